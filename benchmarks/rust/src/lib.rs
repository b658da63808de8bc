//! What the Rust programs of the benchmark share: the data, the cluster's map, and the conversation with the runner.
#![forbid(unsafe_code)]

mod cluster;
mod peer;
mod workload;

pub use cluster::{ClusterMap, connect};
pub use peer::{Peer, cpu_ms, serve};
pub use workload::{BinKind, BinSpec, Workload};
