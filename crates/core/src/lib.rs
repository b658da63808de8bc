//! The columnar Aerospike client.
//!
//! The control plane (seeds, tending, node list, single-record commands) is the `aerospike` crate. Batch reads with a
//! dtype go over this crate's own pooled connections and are decoded straight into the memory of a
//! [`aerostride_columns::Table`]. How a batch flows: [`Client::batch_read`] routes and chunks the keys, every chunk is one
//! request on one connection, and its reply rows are written by `columns` while they are walked.
#![forbid(unsafe_code)]
#![warn(clippy::too_many_lines)]

mod admin;
mod background;
mod batch;
mod breaker;
mod client;
mod cluster;
pub mod codes;
mod connection;
mod control;
mod control_error;
mod ended;
mod error;
mod indexes;
mod info;
mod integer_keys;
mod keys;
mod limits;
mod near;
mod nesting;
mod operations;
mod options;
mod pace;
mod partition_map;
mod policy;
mod pool;
mod record_batches;
mod records;
mod reread;
mod row_batches;
mod security;
mod seeding;
mod single;
mod stats;
mod stream;
mod transactions;
mod transport;
mod udfs;
mod under_way;
mod watchdog;

pub use admin::{NodeInfo, Ping, Privilege, RoleInfo, UserInfo, UserOrder};
pub use aerospike;
pub use aerostride_wire::BinRead;
pub use background::{BackgroundJob, BackgroundScope, BackgroundWork, JobProgress};
pub use batch::{BatchOutcome, FailedRequest, ReadRequest, WriteRequest};
pub use client::{Client, Pending};
pub use error::{Error, ErrorKind};
pub use indexes::{IndexDefinition, IndexElements, IndexInfo, IndexValues};
pub use integer_keys::IntegerKind;
pub use keys::{KeyGroup, KeyList, KeySource, PackedKeys, PackedType};
#[cfg(unix)]
pub use near::watch;
pub use near::{begin, block, turn, unwatch};
pub use operations::{Computed, Inside, InsideOf, RecordOp, operations_of};
pub use options::{BatchPolicy, ConnectOptions, HostAddress, ReadModeAp, ReadModeSc, Replica};
pub use policy::{CommitLevel, Exists, GenerationPolicy, ReadPolicy, WritePolicy};
pub use record_batches::{RecordOutcome, WrittenRecords};
pub use records::{Operated, Record};
pub use row_batches::{RowTerms, RowWork, WorkedRows};
pub use security::{Auth, AuthMode, TlsOptions};
pub use seeding::Resolver;
pub use stats::{Latency, NodeStats, Stats, StreamStats};
pub use stream::{
    Content, Cursor, Filled, IndexRangeOf, IndexSpec, Stream, StreamBins, StreamFailure, StreamOptions,
    StreamPolicy, StreamProgress,
};
pub use tokio_util::sync::CancellationToken;
pub use transactions::{Transaction, TransactionEnd, TransactionState};
pub use udfs::{Udf, UdfModule};
pub use under_way::{Effect, run_until};

/// Seconds between 1970 and 2010-01-01 UTC, the epoch of ttls on the wire.
const AEROSPIKE_EPOCH: u64 = 1_262_304_000;

/// Now in seconds since 2010-01-01 UTC, for [`aerostride_columns::TableOptions::now`].
pub fn now_seconds() -> u32 {
    let unix =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs();
    u32::try_from(unix.saturating_sub(AEROSPIKE_EPOCH)).unwrap_or(u32::MAX)
}
