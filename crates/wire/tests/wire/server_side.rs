//! The server's reading of requests: all that three clients were recorded to send, cut and damaged ones too.

use aerostride_wire::{BatchRows, Request, WireError, info1};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::recorded::{batch_cases, capture, unhex};

/// The body of every recorded message request.
fn requests() -> Vec<(String, Vec<u8>)> {
    let body = |frame: Vec<u8>| frame[8..].to_vec();
    let mut requests: Vec<_> =
        batch_cases().into_iter().map(|(name, request, _)| (name, body(request))).collect();
    for file in ["node-6.7.1.json", "aerospike-crate-3.0.0.json", "aerospike-py-0.14.4.json"] {
        for (operation, connections) in capture(file).as_object().unwrap() {
            for frame in connections.as_array().unwrap().iter().flat_map(|c| c.as_array().unwrap()) {
                if frame["dir"] == "request" && frame["type"] == 3 {
                    requests
                        .push((format!("{file} {operation}"), body(unhex(frame["hex"].as_str().unwrap()))));
                }
            }
        }
    }
    assert!(requests.len() > 50, "the recordings hold more requests than {}", requests.len());
    requests
}

/// Reads everything that a request holds: ops, rows, and the ops of every row. The number of rows.
fn read(body: &[u8]) -> Result<usize, WireError> {
    let request = Request::parse(body)?;
    request.ops.collect::<Result<Vec<_>, _>>()?;
    let mut count = 0;
    if let Some(batch) = request.fields.batch {
        let mut rows = BatchRows::new(batch)?;
        while let Some(row) = rows.next_row()? {
            count += 1;
            row.template.map(|template| template.ops.collect::<Result<Vec<_>, _>>()).transpose()?;
        }
    }
    Ok(count)
}

#[test]
fn every_recorded_request_is_read_but_the_one_whose_row_count_is_a_lie() {
    for (name, body) in requests() {
        match (name.as_str(), read(&body)) {
            ("count_too_large", rows) => {
                assert_eq!(rows, Err(WireError::Truncated { what: "batch index", need: 4, have: 0 }));
            }
            (_, rows) => {
                let is_batch = body[1] & info1::BATCH != 0;
                assert_eq!(rows.unwrap() > 0, is_batch && name != "empty_batch", "{name}");
            }
        }
    }
}

#[test]
fn every_recorded_request_cut_at_any_byte_is_an_error() {
    for (name, body) in requests().into_iter().filter(|(name, _)| name != "count_too_large") {
        for cut in 0..body.len() {
            assert!(read(&body[..cut]).is_err(), "{name} at {cut}");
        }
    }
}

proptest! {
    #![proptest_config(crate::cases(2048))]

    #[test]
    fn damaged_requests_are_read_or_refused_without_a_panic(
        which: Index,
        damages in vec((any::<Index>(), any::<u8>(), 0..4_u8), 1..6),
    ) {
        thread_local!(static REQUESTS: Vec<(String, Vec<u8>)> = requests());
        let mut body = REQUESTS.with(|requests| which.get(requests).1.clone());
        for (at, byte, how) in damages {
            let at = at.index(body.len());
            match how {
                0 => body[at] = byte,
                1 => body[at] ^= 1 << (byte % 8),
                2 if body.len() > 1 => { body.remove(at); }
                _ => body.insert(at, byte),
            }
        }
        if let Ok(rows) = read(&body) {
            prop_assert!(rows <= body.len() / 25);
        }
    }
}
