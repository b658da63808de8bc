//! What a caller sees when servers, networks and callers themselves fail.

#![allow(clippy::unwrap_used, reason = "where a test unwraps, nothing else than a failure is left")]

mod cluster;
mod doubt;
mod faults;
#[cfg(unix)]
mod killed;
mod lifecycle;
mod load;
mod logins;
mod odd;
mod patience;
mod peculiar;
mod recorder;
mod scripted;
mod seeds;
mod single;
mod times;

#[path = "../stocked/mod.rs"]
#[allow(dead_code, reason = "every test binary uses its own part")]
mod stocked;
