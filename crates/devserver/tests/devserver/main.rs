//! The server as its clients see it, over real sockets. One program, because each would be linked with the server and the
//! `aerospike` crate, and compile the parts of both that are generic.

#![allow(clippy::unwrap_used, reason = "where a test unwraps, nothing else than a failure is left")]

mod cluster;
mod crate_client;
mod differences;
mod documentation;
mod expressions;
mod faults;
mod fidelity;
mod inside;
mod lifecycle;
mod operations;
mod oracle;
mod other_clients;
mod paths;
mod prober;
#[cfg(unix)]
mod processes;
mod replay;
mod security;
mod stream_faults;
mod streams;
mod support;
