//! Codes, names and prefixes that numpy knows.

use aerostride_columns::{Dtype, Element, FieldSpec};
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
