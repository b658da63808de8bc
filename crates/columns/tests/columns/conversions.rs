//! The conversion table, read off by hand: which particle fits in which field, and what is left of it.

use aerostride_columns::{Dtype, FieldSpec, Loss, LossReason, OnLoss};
use aerostride_wire::{Particle, particle_type as t};

use crate::reply::{one_value, put_row, success};
use crate::sheet::{COLUMNS, LAYOUTS, Sheet, single};

const FIELDS: [(&str, &[usize]); 14] = [
    ("i4", &[]),
    ("u1", &[]),
    ("f2", &[]),
    ("f8", &[]),
    ("?", &[]),
    ("S4", &[]),
    ("V4", &[]),
    ("f4", &[1]),
    ("u1", &[1]),
    ("M8[ms]", &[]),
    ("utf8", &[]),
    ("binary", &[]),
    ("any", &[]),
    ("list<i2>", &[]),
];

/// Per field of `FIELDS`: `=` exact, `~` lossy, `x` mismatch, `-` missing.
const TABLE: &[(&str, u8, &[u8], &str)] = &[
    ("Int 7", t::INT, &[0, 0, 0, 0, 0, 0, 0, 7], "=====xxxx=xx=x"),
    ("Int 2^40+1", t::INT, &[0, 0, 1, 0, 0, 0, 0, 1], "~~~==xxxx=xx=x"),
    ("Int -1", t::INT, &[0xff; 8], "=~===xxxx=xx=x"),
    ("Double 7.0", t::DOUBLE, &[0x40, 0x1c, 0, 0, 0, 0, 0, 0], "====xxxxx=xx=x"),
    ("Double -0.5", t::DOUBLE, &[0xbf, 0xe0, 0, 0, 0, 0, 0, 0], "~~==xxxxx~xx=x"),
    ("Double 1e5", t::DOUBLE, &[0x40, 0xf8, 0x6a, 0, 0, 0, 0, 0], "=~~=xxxxx=xx=x"),
    ("Double NaN", t::DOUBLE, &[0x7f, 0xf8, 0, 0, 0, 0, 0, 0], "xx==xxxxxxxx=x"),
    ("Double inf", t::DOUBLE, &[0x7f, 0xf0, 0, 0, 0, 0, 0, 0], "xx==xxxxxxxx=x"),
    ("Double 2^63", t::DOUBLE, &[0x43, 0xe0, 0, 0, 0, 0, 0, 0], "xx~=xxxxxxxx=x"),
    ("Bool true", t::BOOL, &[1], "=====xxxx=xx=x"),
    ("String 7", t::STRING, b"7", "xxxxx=xxxx===x"),
    ("String of 5 bytes", t::STRING, b"12345", "xxxxx~xxxx===x"),
    ("String of none", t::STRING, b"", "xxxxx=xxxx===x"),
    ("Blob of 1 byte", t::BLOB, b"7", "xxxxx==~=xx==x"),
    ("Blob of 4 bytes", t::BLOB, b"1234", "xxxxx===~xx==="),
    ("Blob of 5 bytes", t::BLOB, b"12345", "xxxxx~~~~xx==x"),
    ("Blob of none", t::BLOB, b"", "xxxxx==~~xx==="),
    ("List [7]", t::LIST, &[0x91, 7], "xxxxxxx==xxx=="),
    ("List [300]", t::LIST, &[0x91, 0xcd, 1, 44], "xxxxxxx=~xxx=="),
    ("List [7, 7]", t::LIST, &[0x92, 7, 7], "xxxxxxxxxxxx=="),
    ("List []", t::LIST, &[0x90], "xxxxxxxxxxxx=="),
    ("List [[7]]", t::LIST, &[0x91, 0x91, 7], "xxxxxxxxxxxx=x"),
    ("List [true]", t::LIST, &[0x91, 0xc3], "xxxxxxx==xxx=="),
    ("List [nil]", t::LIST, &[0x91, 0xc0], "xxxxxxxxxxxx=x"),
    ("List of no bytes", t::LIST, &[], "xxxxxxxxxxxx=x"),
    ("Map {}", t::MAP, &[0x80], "xxxxxxxxxxxx=x"),
    ("HLL", t::HLL, &[0; 4], "xxxxxxxxxxx==x"),
    ("GeoJSON", t::GEOJSON, &[0, 0, 0, b'{', b'}'], "xxxxxxxxxx=x=x"),
    ("a language's own blob", 9, b"1234", "xxxxxxxxxxxx=x"),
    ("an unknown type", 200, b"1234", "xxxxxxxxxxxx=x"),
    ("List [70000, 7]", t::LIST, &[0x92, 0xce, 0, 1, 0x11, 0x70, 7], "xxxxxxxxxxxx=~"),
    ("String that is no UTF-8", t::STRING, b"a\xff", "xxxxx=xxxxx==x"),
    ("GeoJSON with a cell", t::GEOJSON, b"\0\0\x01abcdefgh{}", "xxxxxxxxxx=x=x"),
    ("GeoJSON that ends in its cells", t::GEOJSON, b"\0\0\x01abcdefg", "xxxxxxxxxxxx=x"),
    ("GeoJSON that is no UTF-8", t::GEOJSON, b"\0\0\0\xff", "xxxxxxxxxxxx=x"),
    ("Nil", t::NIL, &[], "--------------"),
];

fn particle_name(particle: u8) -> &'static str {
    Particle::decode(particle, &[0; 8]).or_else(|_| Particle::decode(particle, &[0])).unwrap().type_name()
}

#[test]
fn every_particle_in_every_kind_of_field() {
    for (name, particle, value, outcomes) in TABLE {
        assert_eq!(outcomes.len(), FIELDS.len());
        for ((code, shape), outcome) in FIELDS.iter().zip(outcomes.chars()) {
            for kind in LAYOUTS {
                let dtype = single(code, shape);
                let sheet = Sheet::new(&dtype, 1, kind, OnLoss::Allow);
                let (tally, results) = sheet.write(&one_value(*particle, value));
                results.unwrap();
                let counts = tally.conversions()[0];
                let got = match (counts.missing, counts.lossy, counts.mismatched) {
                    (0, 0, 0) => '=',
                    (0, 1, 0) => '~',
                    (0, 0, 1) => 'x',
                    (1, 0, 0) => '-',
                    other => panic!("{other:?}"),
                };
                assert_eq!(got, outcome, "{name} in {code} {shape:?}");
                let written = sheet.close();
                assert_eq!(written.valid(0, 0), u8::from("=~".contains(got)), "{name} in {code} {shape:?}");
                if got == 'x' {
                    let [mismatch] = tally.mismatches()[..] else { panic!("{name}") };
                    assert_eq!((mismatch.field, mismatch.count), (0, 1));
                    assert_eq!(mismatch.bin_type, particle_name(*particle), "{name}");
                }
                let zero = written.cell(0, 0, dtype.fields()[0].size()).iter().all(|byte| *byte == 0);
                assert!(zero || "=~".contains(got), "{name} in {code} {shape:?} left bytes");
            }
        }
    }
}

/// The cell's bytes for one value.
fn bytes(code: &str, shape: &[usize], particle: u8, value: &[u8]) -> Vec<u8> {
    let dtype = single(code, shape);
    let sheet = Sheet::new(&dtype, 1, COLUMNS, OnLoss::Allow);
    sheet.write(&one_value(particle, value)).1.unwrap();
    sheet.close().cell(0, 0, dtype.fields()[0].size()).to_vec()
}

#[test]
fn the_limits_of_int64_keep_their_low_bytes() {
    for code in ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8"] {
        for limit in [i64::MIN, i64::MAX] {
            let cell = bytes(code, &[], t::INT, &limit.to_be_bytes());
            assert_eq!(cell, limit.to_le_bytes()[..cell.len()], "{code}");
        }
    }
}

#[test]
fn text_is_cut_at_the_byte_even_inside_a_character() {
    assert_eq!(bytes("S2", &[], t::STRING, "é€".as_bytes()), "é".as_bytes());
    assert_eq!(bytes("S3", &[], t::STRING, "é€".as_bytes()), &"é€".as_bytes()[..3]);
    assert_eq!(bytes("S8", &[], t::STRING, "é€".as_bytes()), b"\xc3\xa9\xe2\x82\xac\0\0\0");
}

#[test]
fn blobs_are_copied_cut_and_padded() {
    assert_eq!(bytes("f4", &[2], t::BLOB, &[1, 2, 3, 4, 5, 6, 7, 8]), [1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(bytes("f4", &[2], t::BLOB, &[1, 2, 3, 4, 5]), [1, 2, 3, 4, 5, 0, 0, 0]);
    assert_eq!(bytes("u2", &[2, 1], t::BLOB, &[1, 2, 3, 4, 5]), [1, 2, 3, 4]);
    assert_eq!(bytes("V2", &[], t::BLOB, &[1, 2, 3]), [1, 2]);
}

#[test]
#[cfg_attr(miri, ignore = "thousands of elements of one kind show nothing that a few do not")]
fn a_large_sub_array_is_filled_by_a_list_and_by_a_blob() {
    let values: Vec<f32> = (0..4096).map(|i| i as f32 / 8.0).collect();
    let expected: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    let list: Vec<u8> = [0xdc, 0x10, 0x00]
        .into_iter()
        .chain(values.iter().flat_map(|value| [&[0xca][..], &value.to_be_bytes()].concat()))
        .collect();
    for shape in [&[4096][..], &[64, 64]] {
        assert!(bytes("f4", shape, t::LIST, &list) == expected);
        assert!(bytes("f4", shape, t::BLOB, &expected) == expected);
    }
}

/// The first loss of a record with this value, and of rows around it that lose nothing.
fn loss(code: &str, particle: u8, value: &[u8]) -> Loss {
    let dtype = Dtype::parse(&[
        FieldSpec { name: "fine", code: "i1", shape: &[] },
        FieldSpec { name: "x", code, shape: &[] },
    ])
    .unwrap();
    let sheet = Sheet::new(&dtype, 4, COLUMNS, OnLoss::Throw);
    let mut body = Vec::new();
    for index in [3, 2, 0] {
        put_row(
            &mut body,
            success(index),
            &[("x", if index == 0 { t::NIL } else { particle }, value.to_vec())],
        );
    }
    let (tally, results) = sheet.write(&body);
    results.unwrap();
    tally.first_loss.unwrap()
}

#[test]
fn the_first_loss_names_row_field_type_and_value() {
    let long_text = "ä".repeat(40);
    let cases: &[(&str, u8, &[u8], &str, &str)] = &[
        ("u1", t::INT, &300_i64.to_be_bytes(), "Int", "300"),
        ("i4", t::DOUBLE, &1.5_f64.to_be_bytes(), "Double", "1.5"),
        ("i4", t::DOUBLE, &f64::NAN.to_be_bytes(), "Double", "NaN"),
        ("S8", t::BOOL, &[1], "Bool", "true"),
        ("S2", t::STRING, b"abc", "String", "\"abc\" (3 bytes)"),
        (
            "S2",
            t::STRING,
            long_text.as_bytes(),
            "String",
            "\"ääääääääääääääääääääääääääääääää\"... (80 bytes)",
        ),
        ("S2", t::STRING, b"\xff\"\n", "String", "\"\u{fffd}\\\"\\n\" (3 bytes)"),
        ("i4", t::BLOB, &[0xab, 0x01], "Blob", "0xab01 (2 bytes)"),
        ("V2", t::BLOB, &[0x11; 17], "Blob", "0x11111111111111111111111111111111... (17 bytes)"),
        ("i4", t::LIST, &[0x90], "List", "(1 bytes)"),
        ("i4", t::MAP, &[0x80], "Map", "(1 bytes)"),
        ("i4", t::HLL, &[], "HLL", "(0 bytes)"),
        ("i4", t::GEOJSON, b"12345", "GeoJSON", "(5 bytes)"),
        ("i4", 77, b"12345", "unknown", "(5 bytes)"),
    ];
    for (code, particle, value, bin_type, shown) in cases {
        let loss = loss(code, *particle, value);
        assert_eq!((loss.row, loss.field, loss.bin_type, loss.value.as_str()), (2, 1, *bin_type, *shown));
        let lossy = matches!((*particle, *code), (t::INT, _) | (t::STRING | t::BLOB, "S2" | "V2"))
            || **value == 1.5_f64.to_be_bytes();
        assert_eq!(loss.reason == LossReason::Lossy, lossy, "{bin_type} in {code}");
    }
}
