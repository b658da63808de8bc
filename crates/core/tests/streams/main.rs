//! Scans and queries against the embedded server over real sockets: every record once, whatever happens.

#![allow(clippy::unwrap_used, reason = "where a test unwraps, nothing else than a failure is left")]

mod basics;
mod faults;
mod oracle;
mod reader;
mod simulation;

#[path = "../stocked/mod.rs"]
#[allow(dead_code, reason = "every test binary uses its own part")]
mod stocked;
