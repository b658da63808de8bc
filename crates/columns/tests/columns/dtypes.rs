//! Codes, names and prefixes that numpy knows.

use aerostride_columns::{Dtype, Element, FieldSpec, TimeUnit, VIEW_SIZE};
use aerostride_wire::MAX_BIN_NAME;

use crate::sheet::{dtype, single};

const NAMES: &[(Element, &[&str])] = &[
    (Element::I1, &["i1", "int8", "b", "byte"]),
    (Element::I2, &["i2", "int16", "h", "short"]),
    (Element::I4, &["i4", "int32", "i", "intc"]),
    (Element::I8, &["i8", "int64", "q", "int", "longlong"]),
    (Element::U1, &["u1", "uint8", "B", "ubyte"]),
    (Element::U2, &["u2", "uint16", "H", "ushort"]),
    (Element::U4, &["u4", "uint32", "I", "uintc"]),
    (Element::U8, &["u8", "uint64", "Q", "uint", "ulonglong"]),
    (Element::F2, &["f2", "float16", "e", "half"]),
    (Element::F4, &["f4", "float32", "f", "single"]),
    (Element::F8, &["f8", "float64", "d", "double", "float"]),
    (Element::Bool, &["?", "bool", "bool_", "b1"]),
    (Element::Text(32), &["S32", "S032"]),
    (Element::Void(64), &["V64"]),
    (Element::Date(TimeUnit::Second), &["datetime64[s]", "M8[s]"]),
    (Element::Date(TimeUnit::Millisecond), &["datetime64[ms]", "M8[ms]"]),
    (Element::Date(TimeUnit::Microsecond), &["datetime64[us]", "M8[us]"]),
    (Element::Date(TimeUnit::Nanosecond), &["datetime64[ns]", "M8[ns]"]),
    (Element::Utf8, &["utf8", "str", "T"]),
    (Element::Binary, &["binary", "bytes"]),
    (Element::Any, &["any"]),
    (Element::List(&Element::F4), &["list<f4>", "list<float32>", "list<<f4>"]),
    (Element::List(&Element::Bool), &["list<?>", "list<bool>"]),
];

#[test]
fn every_name_and_prefix_gives_its_element() {
    for (element, names) in NAMES {
        for name in *names {
            for prefix in ["", "<", "=", "|"] {
                let field = single(&format!("{prefix}{name}"), &[]).fields()[0].clone();
                assert_eq!(field.element, *element, "{prefix}{name}");
                assert_eq!((field.count, field.size()), (1, element.size()));
                assert!(!field.is_array());
            }
        }
    }
}

#[test]
fn sub_arrays_have_a_shape_and_a_count() {
    let field = single("f8", &[2, 3]).fields()[0].clone();
    assert_eq!((field.count, field.size(), field.is_array()), (6, 48, true));
    assert_eq!(field.describe(), "'f8' with shape [2, 3]");
    let one = single("i1", &[1]).fields()[0].clone();
    assert_eq!((one.count, one.size(), one.is_array()), (1, 1, true));
    assert_eq!(single("S8", &[]).fields()[0].describe(), "'S8'");
    assert_eq!(single("float64", &[]).fields()[0].describe(), "'f8'");
}

#[test]
fn views_have_16_bytes_and_dates_their_unit() {
    let told = |code| {
        let field = single(code, &[]).fields()[0].clone();
        (field.element.kind(), field.element.descr(), field.describe())
    };
    let owned = |kind, descr: &str, describe: &str| (kind, descr.to_owned(), describe.to_owned());
    assert_eq!(told("M8[us]"), owned("M8", "<M8[us]", "'datetime64[us]'"));
    assert_eq!(told("str"), owned("utf8", "|V16", "'utf8'"));
    assert_eq!(told("bytes"), owned("binary", "|V16", "'binary'"));
    assert_eq!(told("any"), owned("any", "|V16", "'any'"));
    assert_eq!(told("list<int64>"), owned("list", "|V16", "['i8', null]"));
    for code in ["utf8", "binary", "any", "list<u1>"] {
        let element = single(code, &[]).fields()[0].element;
        assert_eq!((element.size(), element.alignment(), element.is_view()), (VIEW_SIZE, 8, true));
    }
}

#[test]
fn a_fill_has_the_bytes_of_a_cell() {
    let filled = |code, shape: &[usize], bytes: usize| {
        let filled = single(code, shape).with_fills(vec![Some(vec![7; bytes])]);
        filled.map(|dtype| dtype.fields()[0].fill.clone().unwrap().len()).map_err(|error| error.to_string())
    };
    assert_eq!(filled("f4", &[3], 12), Ok(12));
    assert_eq!(
        filled("f4", &[3], 4).unwrap_err(),
        r#"dtype field 0 "x": the fill has 4 bytes, a cell of 'f4' with shape [3] has 12"#
    );
    assert_eq!(
        filled("utf8", &[], 16).unwrap_err(),
        r#"dtype field 0 "x": a cell of 'utf8' without a value is empty; it has no fill"#
    );
}

#[test]
fn names_of_15_bytes_and_of_any_script_are_bin_names() {
    let dtype = dtype(&[("abcdefghijklmno", "i4"), ("größe", "f4"), ("温度計の値", "f8")]);
    assert_eq!(dtype.fields()[2].name.len(), MAX_BIN_NAME);
}

#[test]
fn a_thousand_fields_keep_their_order() {
    let names: Vec<_> = (0..1000).rev().map(|i| format!("field{i}")).collect();
    let specs: Vec<_> = names.iter().map(|name| FieldSpec { name, code: "i4", shape: &[] }).collect();
    let dtype = Dtype::parse(&specs).unwrap();
    assert!(dtype.fields().iter().map(|field| &field.name).eq(&names));
}
