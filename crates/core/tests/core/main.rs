//! Batch reads from an embedded server: the whole way from keys to columns.

#![allow(clippy::unwrap_used, reason = "where a test unwraps, nothing else than a failure is left")]

mod differential;
mod expressions;
mod memory;
mod near;
mod random;
mod records;
mod served;
mod writes;

/// The conversion table, as the tests of `columns` have it.
#[path = "../../../columns/tests/columns/oracle.rs"]
#[allow(dead_code, reason = "malformed lists cannot be written through a client")]
mod oracle;
