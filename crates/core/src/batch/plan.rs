use crate::options::BatchPolicy;
use crate::pace::{Bounds, Pace, Requests};

/// Values in one write request; a server refuses frames over 128 MiB, and large ones hold up the others.
const MOST_REQUEST_BYTES: usize = 4 * 1024 * 1024;

/// Bytes of a row.
#[derive(Debug, Clone, Copy)]
pub(super) struct RowBytes {
    /// In a request, at most, beyond what every row has there.
    pub(super) asked: usize,
    /// In the table.
    pub(super) made: usize,
}

/// How a batch is asked for, as far as no node has a say in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    bounds: Bounds,
    /// Rows of a node.
    rows: usize,
    /// Values of a row.
    values: usize,
}

impl Plan {
    pub(super) fn new(
        policy: &BatchPolicy,
        rows: usize,
        nodes: usize,
        values: usize,
        row_bytes: RowBytes,
        running: usize,
    ) -> Self {
        let per_node = rows.div_ceil(nodes.max(1));
        // Keys never spread evenly over several nodes: without some room each would be asked a second time for a few.
        let room = if nodes > 1 { per_node / 8 } else { 0 };
        let most_rows = BatchPolicy::MOST_KEYS.min(MOST_REQUEST_BYTES / (row_bytes.asked + 1)).max(1);
        let bounds = Bounds {
            at_once: policy.max_concurrent_requests,
            rows: policy.max_keys_per_request,
            most_rows,
            row_bytes: row_bytes.made,
            running,
        };
        Self { bounds, rows: per_node + room, values }
    }

    /// The requests to a node of this pace.
    pub(super) fn requests(&self, pace: &Pace) -> Requests {
        pace.plan(self.rows, self.values, &self.bounds)
    }
}
