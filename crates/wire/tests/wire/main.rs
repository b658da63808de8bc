//! The protocol as bytes, against recordings of a real server and against bytes that no sound server sends.

#![allow(clippy::unwrap_used, reason = "where a test unwraps, nothing else than a failure is left")]

mod batch_replies;
mod batch_requests;
mod digests;
mod frames;
mod hostile;
mod info;
mod messages;
mod msgpack;
mod recorded;
