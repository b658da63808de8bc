//! Encoding against the recorded requests, byte for byte.

use aerostride_wire::{
    BatchEncoder, BatchFlags, BatchHeader, BatchRows, BinRead, BinSelection, Digest, KeyType, ReadAttributes,
    RowGroup, digest, info1, info3,
};

use crate::recorded::{batch_cases, capture, unhex};

const CAP: RowGroup<'_> = RowGroup { namespace: "test", set: "cap" };

const HEADER: BatchHeader<'_> = BatchHeader {
    timeout_ms: 1000,
    flags: BatchFlags { allow_inline: true, allow_inline_ssd: false, respond_all_keys: true },
    filter: None,
    bins: BinSelection::All,
    attributes: ReadAttributes { info1: 0, info3: 0, touch_ttl: 0 },
};

const STOP_AT_ERRORS: BatchFlags =
    BatchFlags { allow_inline: true, allow_inline_ssd: false, respond_all_keys: false };

type Rows<'a> = Vec<(u32, Digest, RowGroup<'a>)>;

fn encode(header: BatchHeader<'_>, rows: &Rows<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = BatchEncoder::new(&mut out, header);
    for (index, digest, group) in rows {
        encoder.row(*index, digest, *group);
    }
    encoder.finish().unwrap();
    out
}

fn text(key: &str) -> Digest {
    digest(b"cap", KeyType::String, key.as_bytes())
}

fn rows_of(keys: &[&str]) -> Rows<'static> {
    (0..).zip(keys).map(|(index, key)| (index, text(key), CAP)).collect()
}

/// Header and rows that must give the recorded request of that name.
fn inputs(case: &str) -> (BatchHeader<'static>, Rows<'static>) {
    let elsewhere = |namespace| RowGroup { namespace, set: "cap" };
    let through_unknown =
        vec![(0, text("str"), CAP), (1, text("str"), elsewhere("nope")), (2, text("ttl"), CAP)];
    match case {
        "all_bins_repeat" => (HEADER, rows_of(&["types", "missing", "str", "ttl"])),
        "named_bins_repeat" => (
            BatchHeader { bins: BinSelection::Named(&["i1", "a", "nope"]), ..HEADER },
            rows_of(&["types", "str", "missing"]),
        ),
        "header_only" => {
            (BatchHeader { bins: BinSelection::HeaderOnly, ..HEADER }, rows_of(&["types", "missing"]))
        }
        "sparse_indexes" => (HEADER, vec![(7, text("str"), CAP), (1_000_000, text("missing"), CAP)]),
        "duplicate_keys" => (HEADER, rows_of(&["str", "str"])),
        "unknown_namespace_respond_all" => (HEADER, through_unknown),
        "unknown_namespace_stop" => (BatchHeader { flags: STOP_AT_ERRORS, ..HEADER }, through_unknown),
        "missing_without_respond_all" => {
            (BatchHeader { flags: STOP_AT_ERRORS, ..HEADER }, rows_of(&["str", "missing", "ttl"]))
        }
        "empty_batch" => (HEADER, vec![]),
        "count_too_large" => (HEADER, rows_of(&["str", "ttl"])),
        "two_namespaces" => (HEADER, vec![(0, text("str"), CAP), (1, text("x"), elsewhere("bar"))]),
        "no_set" => {
            let no_set = RowGroup { namespace: "test", set: "" };
            (HEADER, vec![(0, digest(b"", KeyType::String, b"noset"), no_set)])
        }
        "int_blob_keys" => {
            let int = |key: i64| digest(b"cap", KeyType::Int, &key.to_be_bytes());
            let blob = digest(b"cap", KeyType::Blob, &[1, 2, 3]);
            (HEADER, vec![(0, int(42), CAP), (1, int(-7), CAP), (2, blob, CAP)])
        }
        unknown => panic!("no input for the recorded case {unknown}"),
    }
}

/// The only recorded request that no encoder may produce: its row count is a lie.
fn with_true_count(case: &str, mut request: Vec<u8>) -> Vec<u8> {
    const ROW_COUNT: std::ops::Range<usize> = 35..39;
    if case == "count_too_large" {
        assert_eq!(request[ROW_COUNT], [0, 0, 0, 5]);
        request[ROW_COUNT].copy_from_slice(&[0, 0, 0, 2]);
    }
    request
}

#[test]
fn encoding_gives_the_recorded_requests() {
    let cases = batch_cases();
    assert_eq!(cases.len(), 13);
    for (name, request, _) in cases {
        let (header, rows) = inputs(&name);
        assert_eq!(encode(header, &rows), with_true_count(&name, request), "{name}");
    }
}

#[test]
fn a_request_is_appended_to_what_the_buffer_holds() {
    let (header, rows) = inputs("all_bins_repeat");
    let alone = encode(header, &rows);
    let mut out = alone.clone();
    let mut encoder = BatchEncoder::new(&mut out, header);
    for (index, digest, group) in &rows {
        encoder.row(*index, digest, *group);
    }
    encoder.finish().unwrap();
    assert_eq!(out, [&alone[..], &alone].concat());
}

#[test]
fn a_repeated_row_costs_25_bytes_and_a_new_set_a_whole_row() {
    let other_set = RowGroup { namespace: "test", set: "cap2" };
    let one = encode(HEADER, &rows_of(&["str"])).len();
    assert_eq!(encode(HEADER, &rows_of(&["str", "ttl"])).len(), one + 25);
    let two_sets = encode(HEADER, &vec![(0, text("str"), CAP), (1, text("str"), other_set)]);
    assert_eq!(two_sets.len(), one + 24 + 4 + 4 + (5 + 4) + (5 + 4));
}

#[test]
fn a_filter_comes_before_the_rows_as_in_the_recorded_request_of_the_official_client() {
    let filter = [0x93, 0x03, 0x93, 0x51, 0x02, 0xa1, 0x61, 0x01];
    let out = encode(BatchHeader { filter: Some(&filter), ..HEADER }, &rows_of(&["str"]));
    let field_count = &out[26..28];
    assert_eq!(field_count, [0, 2]);
    assert_eq!(out[30..35], [0, 0, 0, 9, 43]);
    assert_eq!(out[35..43], filter);
    let size_of_rows = u32::from_be_bytes([out[43], out[44], out[45], out[46]]) as usize;
    assert_eq!(out[47], 41);
    assert_eq!(size_of_rows, out.len() - 47);
}

#[test]
fn read_modes_go_to_the_row_and_compression_to_the_request() {
    let attributes = ReadAttributes {
        info1: info1::READ_MODE_AP_ALL | info1::COMPRESS_RESPONSE,
        info3: info3::SC_READ_TYPE | info3::SC_READ_RELAX,
        touch_ttl: 0,
    };
    let plain = encode(HEADER, &rows_of(&["str"]));
    let out = encode(BatchHeader { attributes, ..HEADER }, &rows_of(&["str"]));
    let changed: Vec<_> = (0..out.len()).filter(|&at| out[at] != plain[at]).collect();
    let row_flags = 40 + 4 + 20;
    assert_eq!(changed, [9, row_flags + 1, row_flags + 3]);
    assert_eq!(out[9], info1::BATCH | info1::COMPRESS_RESPONSE);
    assert_eq!(out[row_flags + 1], info1::READ | info1::GET_ALL | info1::READ_MODE_AP_ALL);
    assert_eq!(out[row_flags + 3], info3::SC_READ_TYPE | info3::SC_READ_RELAX);
}

#[test]
fn when_reading_renews_a_record_stands_behind_the_bits_of_its_row() {
    let encoded = |touch_ttl| {
        let attributes = ReadAttributes { touch_ttl, ..ReadAttributes::default() };
        encode(BatchHeader { attributes, ..HEADER }, &rows_of(&["str", "int"]))
    };
    for touch_ttl in [80, u32::MAX] {
        let encoded = encoded(touch_ttl);
        let mut rows = BatchRows::new(&encoded[35..]).unwrap();
        assert_eq!(rows.next_row().unwrap().unwrap().template.unwrap().ttl, touch_ttl);
        assert!(rows.next_row().unwrap().unwrap().template.is_none(), "the second row repeats the first");
    }
    assert_eq!(encoded(80).len(), encoded(0).len() + 4);
}

#[test]
fn flags_are_the_protocol_bits() {
    let byte = |allow_inline, allow_inline_ssd, respond_all_keys| {
        let flags = BatchFlags { allow_inline, allow_inline_ssd, respond_all_keys };
        encode(BatchHeader { flags, ..HEADER }, &vec![])[39]
    };
    assert_eq!([byte(true, false, false), byte(false, true, false), byte(false, false, true)], [1, 2, 4]);
    assert_eq!(BatchFlags::default(), HEADER.flags);
}

/// What is computed, as `[expression, flags]` in hexadecimal digits.
fn computed(name: &str, value: &str) -> BinRead {
    BinRead { name: name.to_owned(), expression: Some(unhex(value)), in_list: false }
}

/// The reads that must give the rows of the recorded requests of that name.
fn computing() -> Vec<(&'static str, Vec<BinRead>)> {
    let (no_fail, exists) = ("929314935102a46e6f70650110", "9293029252a1690010");
    let add = "929314935102a1690110";
    vec![
        ("exp_missing_bin_no_fail", vec![computed("v", no_fail)]),
        ("exp_one_of_two_fails_no_fail", vec![computed("a", no_fail), computed("b", exists)]),
        ("exp_same_name_twice", vec![computed("v", "920100"), computed("v", "920200")]),
        (
            "exp_constants_only",
            vec![computed("one", "920100"), computed("yes", "92c300"), computed("nothing", "92c000")],
        ),
        ("exp_name_of_a_bin", vec![computed("i", "926300"), "i".into()]),
        ("exp_with_plain_reads", vec!["s".into(), computed("v", add), "i".into(), "nope".into()]),
    ]
}

#[test]
fn computed_reads_are_those_of_the_recorded_requests() {
    let recordings = capture("batch-operations.json");
    let group = RowGroup { namespace: "test", set: "exq" };
    let key = digest(b"exq", KeyType::String, b"e0");
    for (name, reads) in computing() {
        let header = BatchHeader { bins: BinSelection::Reads(&reads), ..HEADER };
        let ours = encode(header, &vec![(0, key, group)]);
        let theirs = unhex(recordings[name][0][0]["hex"].as_str().unwrap());
        // Behind the head of the frame and of the message stand the head of the field of rows, index, digest and attributes,
        // to which the official client adds a ttl of 4 bytes.
        let counts = 8 + 22 + 10 + 4 + 20 + 4;
        assert_eq!(ours[counts..], theirs[counts + 4..ours.len() + 4], "{name}");
    }
}

#[test]
fn rows_that_repeat_a_group_are_those_that_name_it_again() {
    let digests: Vec<Digest> =
        (0..100_u32).map(|row| digest(b"cap", KeyType::Int, &row.to_be_bytes())).collect();
    for count in [0, 1, 99] {
        let rows: Rows<'_> =
            (7..).zip(&digests[..count + 1]).map(|(index, digest)| (index, *digest, CAP)).collect();
        let mut out = Vec::new();
        let mut encoder = BatchEncoder::new(&mut out, HEADER);
        encoder.row(7, &digests[0], CAP);
        encoder.repeat_rows(8, &digests[1..count + 1]);
        encoder.finish().unwrap();
        assert_eq!(out, encode(HEADER, &rows), "{count}");
    }
}
