//! Every refused dtype: the field, what is wrong, what to use instead.

use aerostride_columns::{Dtype, FieldSpec};

fn refusal(name: &str, code: &str, shape: &[usize]) -> String {
    let specs = [FieldSpec { name: "ok", code: "f8", shape: &[] }, FieldSpec { name, code, shape }];
    Dtype::parse(&specs).unwrap_err().to_string()
}

/// Code and what is said behind `dtype field 1 "x": `.
const CODES: &[(&str, &str)] = &[
    (
        "U",
        r#""U" (UTF-32 text) is not supported; use 'utf8' for text of any length, or 'S{n}' with the largest UTF-8 size in bytes"#,
    ),
    (
        "U16",
        r#""U16" (UTF-32 text) is not supported; use 'utf8' for text of any length, or 'S{n}' with the largest UTF-8 size in bytes"#,
    ),
    (
        "<U16",
        r#""<U16" (UTF-32 text) is not supported; use 'utf8' for text of any length, or 'S{n}' with the largest UTF-8 size in bytes"#,
    ),
    (
        ">U16",
        r#"">U16" (UTF-32 text) is not supported; use 'utf8' for text of any length, or 'S{n}' with the largest UTF-8 size in bytes"#,
    ),
    (
        "str_",
        r#""str_" (UTF-32 text) is not supported; use 'utf8' for text of any length, or 'S{n}' with the largest UTF-8 size in bytes"#,
    ),
    ("O", r#""O" (Python objects) is not supported; use 'any', which takes every value"#),
    ("object", r#""object" (Python objects) is not supported; use 'any', which takes every value"#),
    ("M8", r#""M8" has no unit; say what the integers count, such as 'datetime64[ms]'"#),
    ("datetime64", r#""datetime64" has no unit; say what the integers count, such as 'datetime64[ms]'"#),
    (
        "datetime64[D]",
        r#""datetime64[D]" has a unit that is not supported; use one of s ms us ns, such as 'datetime64[ms]'"#,
    ),
    (
        ">M8[ms]",
        r#"">M8[ms]" is big-endian, which is not supported; use 'M8[ms]', columns are little-endian"#,
    ),
    (
        "list<utf8>",
        r#""list<utf8>" is not supported; lists hold numbers, such as ['f4', null]; use 'any' for other lists"#,
    ),
    ("m8[s]", r#""m8[s]" (time spans) is not supported; use 'i8' and store a count of ms or ns"#),
    ("timedelta64", r#""timedelta64" (time spans) is not supported; use 'i8' and store a count of ms or ns"#),
    ("c", r#""c" (single characters) is not supported; use 'S1'"#),
    ("c8", r#""c8" (complex numbers) is not supported; use a sub-array, ['f8', [2]]"#),
    ("c16", r#""c16" (complex numbers) is not supported; use a sub-array, ['f8', [2]]"#),
    ("complex128", r#""complex128" (complex numbers) is not supported; use a sub-array, ['f8', [2]]"#),
    ("g", r#""g" (long double) is not supported; use 'f8'"#),
    ("f16", r#""f16" (long double) is not supported; use 'f8'"#),
    ("a10", r#""a10" (an old name of text) is not supported; use 'S{n}'"#),
    (">i4", r#"">i4" is big-endian, which is not supported; use 'i4', columns are little-endian"#),
    (
        ">float64",
        r#"">float64" is big-endian, which is not supported; use 'float64', columns are little-endian"#,
    ),
    (">S4", r#"">S4" is big-endian, which is not supported; use 'S4', columns are little-endian"#),
    (
        ">",
        r#"">" is not a dtype code; use one of i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 ? S{n} V{n} datetime64[ms] utf8 binary any ['f4', null], or a numpy name such as 'float64'"#,
    ),
    (
        "",
        r#""" is not a dtype code; use one of i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 ? S{n} V{n} datetime64[ms] utf8 binary any ['f4', null], or a numpy name such as 'float64'"#,
    ),
    (
        "i3",
        r#""i3" is not a dtype code; use one of i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 ? S{n} V{n} datetime64[ms] utf8 binary any ['f4', null], or a numpy name such as 'float64'"#,
    ),
    (
        "é",
        r#""é" is not a dtype code; use one of i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 ? S{n} V{n} datetime64[ms] utf8 binary any ['f4', null], or a numpy name such as 'float64'"#,
    ),
    ("S0", r#""S0" has no room for any value; give the text a size, such as 'S16'"#),
    ("V0", r#""V0" has no room for any value; give the bytes a size, such as 'V16'"#),
    ("|S00", r#""|S00" has no room for any value; give the text a size, such as 'S16'"#),
    (
        "S",
        r#""S" has no size; use 'utf8', which needs none, or give the text its largest size in bytes, such as 'S16'"#,
    ),
    (
        "V",
        r#""V" has no size; use 'binary', which needs none, or give the bytes its largest size in bytes, such as 'V16'"#,
    ),
    ("S-1", r#""S-1" is not a size; use 'S' and a number of bytes from 1 to 134217728, such as 'S16'"#),
    ("S+8", r#""S+8" is not a size; use 'S' and a number of bytes from 1 to 134217728, such as 'S16'"#),
    ("V8x", r#""V8x" is not a size; use 'V' and a number of bytes from 1 to 134217728, such as 'V16'"#),
    (
        "S134217729",
        r#""S134217729" is not a size; use 'S' and a number of bytes from 1 to 134217728, such as 'S16'"#,
    ),
    (
        "S99999999999999999999",
        r#""S99999999999999999999" is not a size; use 'S' and a number of bytes from 1 to 134217728, such as 'S16'"#,
    ),
];

#[test]
fn codes() {
    for (code, problem) in CODES {
        assert_eq!(refusal("x", code, &[]), format!(r#"dtype field 1 "x": {problem}"#));
    }
}

#[test]
fn names() {
    let empty = r#"dtype field 1 "": the name is empty; field names are bin names of 1 to 15 bytes"#;
    assert_eq!(refusal("", "f8", &[]), empty);
    let doubled = r#"dtype field 1 "ok": the name is already field 0; every bin can be a field once"#;
    assert_eq!(refusal("ok", "i4", &[]), doubled);
    assert_eq!(
        refusal("temperature_mean", "f8", &[]),
        r#"dtype field 1 "temperature_mean": the name has 16 bytes; bin names have at most 15, use the bin's own name"#
    );
    assert_eq!(
        refusal("温度計の値x", "f8", &[]),
        r#"dtype field 1 "温度計の値x": the name has 16 bytes; bin names have at most 15, use the bin's own name"#
    );
}

#[test]
fn shapes() {
    assert_eq!(
        refusal("x", "f8", &[2, 0]),
        r#"dtype field 1 "x": shape [2, 0] has a 0 at axis 1; every dimension is at least 1"#
    );
    for code in ["S8", "V8"] {
        assert_eq!(
            refusal("x", code, &[2]),
            format!(
                r#"dtype field 1 "x": a sub-array of "{code}" is not supported; use one 'V{{n}}' field for all its bytes, or a numeric sub-array"#
            )
        );
    }
    for code in ["utf8", "any", "M8[s]", "list<f4>"] {
        let problem = format!(r#"a sub-array of "{code}" is not supported; use one field for each"#);
        assert_eq!(refusal("x", code, &[2]), format!(r#"dtype field 1 "x": {problem}"#));
    }
    for shape in [&[1 << 25][..], &[usize::MAX, 2], &[1 << 40, 1 << 40], &[usize::MAX]] {
        assert_eq!(
            refusal("x", "f8", shape),
            format!(
                r#"dtype field 1 "x": "f8" with shape {shape:?} is larger than 134217728 bytes, which no record can hold"#
            )
        );
    }
    let largest = [FieldSpec { name: "x", code: "f8", shape: &[1 << 24] }];
    assert_eq!(Dtype::parse(&largest).unwrap().fields()[0].size(), 1 << 27);
}

#[test]
#[cfg_attr(miri, ignore = "many fields, no pointers")]
fn more_fields_than_a_request_can_name() {
    let names: Vec<_> = (0..=32_768).map(|i| format!("f{i}")).collect();
    let specs: Vec<_> = names.iter().map(|name| FieldSpec { name, code: "i1", shape: &[] }).collect();
    assert_eq!(Dtype::parse(&specs[..32_768]).unwrap().fields().len(), 32_768);
    assert_eq!(
        Dtype::parse(&specs).unwrap_err().to_string(),
        r#"dtype field 32768 "f32768": a request can name 32768 bins; read the others in another batch"#
    );
}

#[test]
fn the_first_wrong_field_is_the_one_that_is_named() {
    let specs = ["U", "O"].map(|code| FieldSpec { name: code, code, shape: &[] });
    let error = Dtype::parse(&specs).unwrap_err();
    assert_eq!((error.position, error.name.as_str()), (0, "U"));
}
