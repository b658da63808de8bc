//! numpy's own answers under `fixtures/golden`.

use std::path::Path;

use aerostride_columns::{Dtype, FieldSpec, Layout, OnLoss};
use aerostride_wire::particle_type;
use serde_json::Value;

use crate::reply::one_value;
use crate::sheet::{ALIGNED, COLUMNS, PACKED, Sheet, single};

fn golden(file: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/golden").join(file);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn numbers(value: &Value) -> Vec<usize> {
    value.as_array().unwrap().iter().map(|n| n.as_u64().unwrap() as usize).collect()
}

/// The dtype of a golden entry's `fields`: `[name, code]` or `[name, code, shape]`.
fn dtype_of(fields: &Value) -> Dtype {
    let fields = fields.as_array().unwrap();
    let shapes: Vec<Vec<usize>> = fields.iter().map(|f| f.get(2).map(numbers).unwrap_or_default()).collect();
    let specs: Vec<_> = fields
        .iter()
        .zip(&shapes)
        .map(|(f, shape)| FieldSpec { name: f[0].as_str().unwrap(), code: f[1].as_str().unwrap(), shape })
        .collect();
    Dtype::parse(&specs).unwrap()
}

/// The `descr` of a dtype as Python prints it in the header of an `.npy` file.
fn descr(dtype: &Dtype) -> String {
    let fields = dtype.fields().iter().map(|field| {
        let dims: Vec<_> = field.shape.iter().map(usize::to_string).collect();
        let shape = match dims.len() {
            0 => String::new(),
            1 => format!(", ({},)", dims[0]),
            _ => format!(", ({})", dims.join(", ")),
        };
        format!("('{}', '{}'{shape})", field.name, field.element.descr())
    });
    format!("[{}]", fields.collect::<Vec<_>>().join(", "))
}

#[test]
fn itemsize_offsets_sizes_and_descr_are_numpys() {
    let entries = golden("numpy-dtypes.json");
    assert_eq!(entries.len(), 12);
    for entry in &entries {
        let fields = &entry["fields"];
        let dtype = dtype_of(fields);
        for (kind, expected) in [(PACKED, &entry["packed"]), (ALIGNED, &entry["aligned"])] {
            let layout = Layout::new(&dtype, 3, kind).unwrap();
            let offsets: Vec<_> = layout.fields.iter().map(|place| place.offset).collect();
            assert_eq!(offsets, numbers(&expected["offsets"]), "{fields} {kind:?}");
            assert_eq!(Value::from(layout.itemsize), expected["itemsize"], "{fields} {kind:?}");
            assert!(layout.fields.iter().all(|place| place.stride == layout.itemsize));
        }
        let sizes: Vec<_> = dtype.fields().iter().map(aerostride_columns::Field::size).collect();
        assert_eq!(sizes, numbers(&entry["sizes"]), "{fields}");
        assert_eq!(descr(&dtype), entry["npy_descr"].as_str().unwrap());
        let columns = Layout::new(&dtype, 3, COLUMNS).unwrap();
        let strides: Vec<_> = columns.fields.iter().map(|place| place.stride).collect();
        assert_eq!(strides, sizes, "{fields}");
    }
}

/// The particle of a cast's input.
fn input(entry: &Value) -> (u8, [u8; 8]) {
    let text = entry["value"].as_str().unwrap();
    match entry["bin"].as_str().unwrap() {
        "int" => (particle_type::INT, text.parse::<i64>().unwrap().to_be_bytes()),
        "double" => {
            let bits = u64::from_str_radix(entry["value_be"].as_str().unwrap(), 16).unwrap();
            (particle_type::DOUBLE, bits.to_be_bytes())
        }
        other => panic!("no such bin: {other}"),
    }
}

/// Entries that the conversion table makes a mismatch although numpy casts them: none, as numpy's recorded doubles go to
/// floats only.
const MISMATCHES: &[&str] = &[];

#[test]
fn casts_are_numpys_bit_for_bit() {
    let entries = golden("numpy-casts.json");
    assert_eq!(entries.len(), 374);
    // An interpreter needs a second for each.
    for entry in entries.iter().step_by(if cfg!(miri) { 17 } else { 1 }) {
        let name = format!("{} {} to {}", entry["bin"], entry["value"], entry["to"]);
        let code = entry["to"].as_str().unwrap();
        let (particle, value) = input(entry);
        let dtype = single(code, &[]);
        let sheet = Sheet::new(&dtype, 1, COLUMNS, OnLoss::Allow);
        let (tally, results) = sheet.write(&one_value(particle, &value));
        assert_eq!(results.unwrap().len(), 1);
        let written = sheet.close();
        let got: String =
            written.cell(0, 0, dtype.fields()[0].size()).iter().map(|b| format!("{b:02x}")).collect();
        let mismatch = MISMATCHES.contains(&name.as_str());
        let expected =
            if mismatch { "0".repeat(got.len()) } else { entry["bytes_le"].as_str().unwrap().into() };
        assert_eq!(got, expected, "{name}");
        assert_eq!(written.valid(0, 0), u8::from(!mismatch), "{name}");
        assert_eq!(tally.conversions()[0].mismatched, u64::from(mismatch), "{name}");
    }
}
