//! Walking the recorded replies gives exactly the recorded rows.

use aerostride_wire::{Particle, WireError};

use crate::recorded::{batch_cases, read_frames, replies};

type Bins = &'static [(&'static str, Particle<'static>)];

/// A row: batch index, result code, generation, bins. Every record of the recording never expires.
type Expected = (u32, u8, u32, Bins);

const A1: Bins = &[("a", Particle::Int(1))];
const Z3: Bins = &[("z", Particle::Int(3))];

const TYPES: Bins = &[
    ("i0", Particle::Int(0)),
    ("i1", Particle::Int(1)),
    ("im", Particle::Int(-1)),
    ("imax", Particle::Int(i64::MAX)),
    ("imin", Particle::Int(i64::MIN)),
    ("d", Particle::Double(1.5)),
    ("dint", Particle::Double(20.0)),
    ("s", Particle::String(b"hello")),
    ("u", Particle::String("héllo € 😀".as_bytes())),
    ("b", Particle::Blob(&[0x00, 0x01, 0x02, 0xff])),
    ("e", Particle::String(b"")),
    ("eb", Particle::Blob(b"")),
    ("t", Particle::Bool(true)),
    ("f", Particle::Bool(false)),
    ("l", Particle::List(b"\x93\x01\xa2\x03a\x91\xcb\x40\x04\0\0\0\0\0\0")),
    ("m", Particle::Map(b"\x83\xc7\x00\x01\xc0\xa2\x03a\x01\xa2\x03b\xa2\x03x")),
];

/// The rows of a recorded reply and the code of its closing message.
fn expected(case: &str) -> (&'static [Expected], u8) {
    match case {
        "all_bins_repeat" => (&[(0, 0, 1, TYPES), (1, 2, 0, &[]), (2, 0, 2, A1), (3, 0, 6, Z3)], 0),
        "named_bins_repeat" => (&[(0, 0, 1, &[("i1", Particle::Int(1))]), (1, 0, 2, A1), (2, 2, 0, &[])], 0),
        "header_only" => (&[(0, 0, 1, &[]), (1, 2, 0, &[])], 0),
        "sparse_indexes" => (&[(7, 0, 2, A1), (1_000_000, 2, 0, &[])], 0),
        "duplicate_keys" => (&[(0, 0, 2, A1), (1, 0, 2, A1)], 0),
        "missing_without_respond_all" => (&[(0, 0, 2, A1), (1, 2, 0, &[]), (2, 0, 6, Z3)], 0),
        "two_namespaces" => (&[(0, 0, 2, A1), (1, 0, 2, &[("a", Particle::Int(10))])], 0),
        "no_set" => (&[(0, 0, 2, &[("a", Particle::Int(5))])], 0),
        "int_blob_keys" => (
            &[
                (0, 0, 2, &[("a", Particle::Int(2))]),
                (1, 0, 2, &[("a", Particle::Int(3))]),
                (2, 0, 2, &[("a", Particle::Int(4))]),
            ],
            0,
        ),
        "unknown_namespace_respond_all" | "unknown_namespace_stop" | "empty_batch" | "count_too_large" => {
            (&[], 4)
        }
        unknown => panic!("no rows for the recorded case {unknown}"),
    }
}

#[test]
fn walking_gives_the_recorded_rows() {
    let cases = batch_cases();
    assert_eq!(cases.len(), 13);
    for (name, _, reply) in cases {
        let mut rows = read_frames(&reply).unwrap();
        let (last, bins) = rows.pop().unwrap();
        let (expected, code) = expected(&name);
        assert!(last.last && bins.is_empty() && last.op_count == 0, "{name}: {last:?}");
        assert_eq!((last.index, last.result_code), (0, code), "{name}");
        assert_eq!(rows.len(), expected.len(), "{name}");
        for ((row, bins), &(index, code, generation, values)) in rows.iter().zip(expected) {
            let got = (row.index, row.result_code, row.generation, row.ttl, row.last, row.op_count as usize);
            assert_eq!(got, (index, code, generation, 0, false, values.len()), "{name}");
            let bins: Vec<_> =
                bins.iter().map(|op| (std::str::from_utf8(op.name).unwrap(), op.decode().unwrap())).collect();
            assert_eq!(bins, values, "{name} row {index}");
        }
    }
}

#[test]
fn every_recorded_reply_of_every_client_is_read_to_its_end() {
    for (name, reply) in replies() {
        let rows = read_frames(&reply).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert!(!rows.is_empty(), "{name}");
        for op in rows.iter().flat_map(|(_, bins)| bins) {
            op.decode().unwrap_or_else(|e| panic!("{name}: {e}"));
        }
    }
}

#[test]
fn unread_bins_are_stepped_over() {
    for (name, _, reply) in batch_cases() {
        let body_size = usize::from(reply[6]) << 8 | usize::from(reply[7]);
        let body = &reply[8..8 + body_size];
        let mut walker = aerostride_wire::ReplyWalker::new(body);
        let mut skipped = Vec::new();
        while let Some(header) = walker.next_row().unwrap() {
            if header.index % 2 == 0 {
                walker.next_bin().unwrap();
            }
            skipped.push(header);
        }
        let whole = read_frames(&reply[..8 + body_size]).unwrap();
        assert_eq!(skipped, whole.into_iter().map(|(header, _)| header).collect::<Vec<_>>(), "{name}");
    }
}

#[test]
fn nothing_may_follow_the_closing_message_in_its_frame() {
    let (_, _, reply) = batch_cases().into_iter().find(|(name, ..)| name == "header_only").unwrap();
    let trailer = &reply[reply.len() - 22..];
    let body = [trailer, trailer].concat();
    let error = crate::recorded::walk(&body, &mut Vec::new()).unwrap_err();
    assert_eq!(error, WireError::AfterTrailer(22));
}
