//! The Aerospike wire protocol as bytes: frames, info, messages, batch requests and the walk over batch replies.
#![forbid(unsafe_code)]
