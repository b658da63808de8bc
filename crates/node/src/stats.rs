use aerostride_core::{Latency, NodeStats, Stats, StreamStats};
use napi_derive::napi;

/// What a client has done since it was connected.
#[napi(object)]
#[allow(missing_docs, reason = "the fields are those of the core's Stats")]
pub struct NativeStats {
    pub batches: f64,
    pub failed_batches: f64,
    pub rows: f64,
    pub ok_rows: f64,
    pub requests: f64,
    pub failed_requests: f64,
    pub retried_rows: f64,
    pub bytes_sent: f64,
    pub bytes_received: f64,
    pub streams: NativeStreamStats,
    pub latency: NativeLatency,
    pub nodes: Vec<NativeNodeStats>,
}

/// What scans and queries do and have done.
#[napi(object)]
#[allow(missing_docs, reason = "the fields are those of the core's StreamStats")]
pub struct NativeStreamStats {
    pub open: f64,
    pub connections: f64,
    pub records: f64,
    pub bytes: f64,
}

/// Times of batches in microseconds.
#[napi(object)]
#[allow(missing_docs, reason = "the names say it")]
pub struct NativeLatency {
    pub count: f64,
    pub mean: f64,
    pub min: f64,
    pub p50: f64,
    pub p90: f64,
    pub p99: f64,
    pub max: f64,
}

/// A node as the data plane sees it.
#[napi(object)]
#[allow(missing_docs, reason = "the fields are those of the core's NodeStats")]
pub struct NativeNodeStats {
    pub node: String,
    pub idle: u32,
    pub in_use: u32,
    pub available: bool,
    pub requests_at_once: u32,
    pub keys_per_request: u32,
    pub first_byte: f64,
}

impl From<Stats> for NativeStats {
    fn from(stats: Stats) -> Self {
        Self {
            batches: stats.batches as f64,
            failed_batches: stats.failed_batches as f64,
            rows: stats.rows as f64,
            ok_rows: stats.ok_rows as f64,
            requests: stats.requests as f64,
            failed_requests: stats.failed_requests as f64,
            retried_rows: stats.retried_rows as f64,
            bytes_sent: stats.bytes_sent as f64,
            bytes_received: stats.bytes_received as f64,
            streams: stats.streams.into(),
            latency: stats.latency.into(),
            nodes: stats.nodes.into_iter().map(NativeNodeStats::from).collect(),
        }
    }
}

impl From<StreamStats> for NativeStreamStats {
    fn from(stats: StreamStats) -> Self {
        let StreamStats { open, connections, records, bytes } = stats;
        let [open, connections, records, bytes] =
            [open, connections, records, bytes].map(|value| value as f64);
        Self { open, connections, records, bytes }
    }
}

impl From<Latency> for NativeLatency {
    fn from(latency: Latency) -> Self {
        let Latency { count, mean, min, p50, p90, p99, max } = latency;
        let [count, min, p50, p90, p99, max] = [count, min, p50, p90, p99, max].map(|value| value as f64);
        Self { count, mean, min, p50, p90, p99, max }
    }
}

impl From<NodeStats> for NativeNodeStats {
    fn from(node: NodeStats) -> Self {
        Self {
            node: node.node,
            idle: node.idle as u32,
            in_use: node.in_use as u32,
            available: node.available,
            requests_at_once: node.requests_at_once as u32,
            keys_per_request: node.keys_per_request as u32,
            first_byte: node.first_byte,
        }
    }
}
