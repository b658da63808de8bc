//! What callers say of how a call behaves. What they leave out has a default, which depends on the kind of call: these
//! rules stand here, and nowhere else.

mod read;
mod write;

use std::time::Duration;

use aerospike::expressions::{Expression, from_packed_bytes};
pub use read::ReadPolicy;
pub(crate) use write::expiration;
pub use write::{CommitLevel, Exists, GenerationPolicy, WritePolicy};

/// As the `aerospike` crate counts: 0 is without limit there too.
pub(crate) fn whole_milliseconds(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX)
}

fn filter(bytes: Option<&Vec<u8>>) -> Option<Expression> {
    bytes.cloned().map(from_packed_bytes)
}
