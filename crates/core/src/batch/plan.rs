use crate::options::BatchPolicy;

/// Up to so many rows for a node go in one request: a second one costs more than what is gained by sharing the work.
const ONE_REQUEST: usize = 512;

/// Rows per request that the engine chooses between.
const LEAST_CHUNK: usize = 256;
const MOST_CHUNK: usize = BatchPolicy::MOST_KEYS;

/// Values in one write request; a server refuses frames over 128 MiB, and large ones hold up the others.
const MOST_REQUEST_BYTES: usize = 4 * 1024 * 1024;

/// Requests in flight per node, unless the policy says otherwise: the best of 1 to 4 by measurement (`cargo run --release
/// --example batch_speed`), which is one less for large batches, whose requests keep more threads busy anyway.
const WORKERS_PER_NODE: usize = 4;
const WORKERS_FOR_LARGE: usize = 3;
/// From so many rows per node on a batch is large.
const LARGE_BATCH: usize = 4096;

/// How many requests, and of which size.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) chunk_rows: usize,
    pub(super) workers_per_node: usize,
}

impl Plan {
    pub(super) fn new(
        policy: &BatchPolicy,
        rows: usize,
        nodes: usize,
        row_bytes: usize,
        running: usize,
    ) -> Self {
        let nodes = nodes.max(1);
        let per_node = rows.div_ceil(nodes);
        let alone = match per_node {
            ..=ONE_REQUEST if policy.max_keys_per_request == 0 => 1,
            LARGE_BATCH.. => WORKERS_FOR_LARGE,
            _ => WORKERS_PER_NODE,
        };
        let most_workers = match policy.max_concurrent_requests {
            // Batches that run side by side keep the nodes busy together, and each with less effort.
            0 => (alone / running.max(1)).max(1),
            most => most,
        };
        // Keys never spread evenly over several nodes: without some room each would be asked a second time for a few.
        let room = if nodes > 1 { per_node / 8 } else { 0 };
        let chosen = (per_node + room).div_ceil(most_workers).clamp(LEAST_CHUNK, MOST_CHUNK);
        let chunk_rows = match policy.max_keys_per_request {
            0 => chosen,
            most => most.min(BatchPolicy::MOST_KEYS),
        };
        let chunk_rows = chunk_rows.min(MOST_REQUEST_BYTES / (row_bytes + 1)).max(1);
        let workers_per_node = rows.div_ceil(chunk_rows).clamp(1, most_workers);
        Self { chunk_rows, workers_per_node }
    }
}
