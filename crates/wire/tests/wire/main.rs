//! The protocol as bytes, against recordings of a real server and against bytes that no sound server sends.

#![allow(clippy::unwrap_used, reason = "where a test unwraps, nothing else than a failure is left")]

use proptest::prelude::ProptestConfig;

mod admin;
mod batch_replies;
mod batch_requests;
mod digests;
mod frames;
mod hostile;
mod info;
mod limits;
mod messages;
mod msgpack;
mod recorded;
mod server_side;
mod streams;

/// As many cases as a test wants, unless `PROPTEST_CASES` says how many: interpreters and sanitizers take fewer.
fn cases(many: u32) -> ProptestConfig {
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => ProptestConfig::default(),
        None => ProptestConfig::with_cases(many),
    }
}
