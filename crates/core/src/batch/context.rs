use std::sync::Arc;
use std::time::Duration;

use aerostride_columns::{Table, Tally};
use aerostride_wire::{BatchFlags, BatchHeader, BinRead, BinSelection, ReadAttributes, info1, info3};
use parking_lot::{Mutex, MutexGuard};
use tokio::time::Instant;

use super::doubts::Doubts;
use super::request::{Batch, FailedRequest, Work};
use crate::Error;
use crate::keys::KeySource;
use crate::options::{BatchPolicy, ReadModeAp, ReadModeSc};
use crate::stats::Counters;

/// Rows that the thread of a caller writes itself, at most, and values of them: that takes it less than a millisecond's tenth.
const NEAR_ROWS: usize = 256;
const NEAR_VALUES: usize = 4096;

/// Twice to four times as many where no other batch waits for that thread: handing them to others would take as long.
const NEAR_ROWS_ALONE: usize = 1024;
const NEAR_VALUES_ALONE: usize = 8192;

/// And no more than so many bytes.
const NEAR_BYTES: usize = 128 * 1024;

/// Everything that the requests of one batch share.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) keys: KeySource,
    pub(crate) table: Arc<Table>,
    pub(crate) batch: Batch,
    pub(crate) counters: Arc<Counters>,
    /// Picks the replica of [`crate::Replica::Random`].
    pub(crate) random: usize,
    /// Whether no other batch ran when this one began.
    pub(super) alone: bool,
    pub(super) deadline: Option<Instant>,
    /// Only writes have them.
    pub(super) doubts: Option<Doubts>,
    pub(super) progress: Mutex<Progress>,
}

/// What has happened so far. It outlives the requests, for a batch whose time is up.
#[derive(Debug, Default)]
pub(super) struct Progress {
    pub(super) tallies: Vec<Arc<WorkerTally>>,
    pub(super) failures: Vec<(FailedRequest, Error)>,
    pub(super) attempts: u32,
}

impl Context {
    pub(super) fn lock(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock()
    }

    pub(crate) fn header<'a>(&'a self, bins: &'a [BinRead]) -> BatchHeader<'a> {
        let policy = &self.batch.policy;
        BatchHeader {
            timeout_ms: self.milliseconds_left(),
            flags: BatchFlags {
                allow_inline: policy.allow_inline,
                allow_inline_ssd: policy.allow_inline_ssd,
                respond_all_keys: true,
            },
            filter: policy.filter_expression.as_deref(),
            bins: if bins.is_empty() { BinSelection::HeaderOnly } else { BinSelection::Reads(bins) },
            attributes: attributes(policy),
        }
    }

    /// The rows that may have been written although nobody says so, ascending.
    pub(super) fn in_doubt(&self) -> Vec<u32> {
        self.doubts.as_ref().map(Doubts::rows).unwrap_or_default()
    }

    /// What one row adds to a request beyond its 25 bytes of index, digest and flags, at most. Rows of reads that share
    /// their group share the bins' names too.
    pub(super) fn row_bytes(&self) -> usize {
        match &self.batch.work {
            Work::Read { .. } if self.keys.distinct_groups().len() == 1 => 0,
            Work::Read { bins } => bins.iter().map(BinRead::size).sum(),
            Work::Write { source, send_key, .. } => {
                source.row_bytes() + if *send_key { self.keys.longest() } else { 0 }
            }
        }
    }

    /// Whether the rows are so few that the thread of the caller may write them itself.
    pub(super) fn is_small(&self) -> bool {
        let (most_rows, most_values) =
            if self.alone { (NEAR_ROWS_ALONE, NEAR_VALUES_ALONE) } else { (NEAR_ROWS, NEAR_VALUES) };
        let rows = self.keys.len();
        rows <= most_rows
            && rows * (self.batch.values() + 1) <= most_values
            && self.table.byte_len() <= NEAR_BYTES
    }

    /// What the server may take at most; at least 1, because 0 means without limit.
    pub(crate) fn milliseconds_left(&self) -> u32 {
        self.deadline.map_or(0, |deadline| {
            let left = deadline.saturating_duration_since(Instant::now()).as_millis();
            u32::try_from(left).unwrap_or(u32::MAX).max(1)
        })
    }

    /// How long an attempt may wait for a connection, so that two attempts after it, if there are to be so many, can wait
    /// as long for one with another node.
    pub(super) fn patience(&self, attempt: usize) -> Option<Duration> {
        let left = self.deadline?.saturating_duration_since(Instant::now());
        let further = (self.batch.policy.max_retries as usize).saturating_sub(attempt).min(2);
        Some(left / (further as u32 + 1))
    }

    pub(super) fn note(&self, node: String, error: Error, rows: Vec<u32>) {
        if !rows.is_empty() {
            let (code, message) = (error.row_code(), error.message.clone());
            let request = FailedRequest { node, code, message, rows, in_doubt: false };
            self.lock().failures.push((request, error));
        }
    }
}

/// What every row of a read asks for besides its bins.
pub(crate) fn attributes(policy: &BatchPolicy) -> ReadAttributes {
    let info1 = if policy.read_mode_ap == ReadModeAp::All { info1::READ_MODE_AP_ALL } else { 0 };
    let info3 = match policy.read_mode_sc {
        ReadModeSc::Session => 0,
        ReadModeSc::Linearize => info3::SC_READ_TYPE,
        ReadModeSc::AllowReplica => info3::SC_READ_RELAX,
        ReadModeSc::AllowUnavailable => info3::SC_READ_TYPE | info3::SC_READ_RELAX,
    };
    ReadAttributes { info1, info3, touch_ttl: i32::from(policy.read_touch_ttl_percent) as u32 }
}

/// Answers rows with an error of the client's own.
pub(super) fn answer(context: &Context, rows: &[u32], error: Error) {
    let Ok(mut claim) = context.table.claim_rows(rows.to_vec()) else { return };
    if let Some(pass) = claim.open() {
        (0..rows.len()).for_each(|position| pass.answer(position, error.row_code()));
    }
    context.note(String::new(), error, rows.to_vec());
}

/// What a worker has counted: requests that are done, and the one in flight. It is shared so that a batch whose time is
/// up can still count the rows that were answered.
#[derive(Debug, Default)]
pub(crate) struct WorkerTally(Mutex<(Tally, Tally)>);

impl WorkerTally {
    pub(crate) fn new(fields: usize) -> Arc<Self> {
        Arc::new(Self(Mutex::new((Tally::new(fields), Tally::new(fields)))))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, (Tally, Tally)> {
        self.0.lock()
    }

    /// Ends the request in flight.
    pub(super) fn settle(&self) {
        let (settled, current) = &mut *self.lock();
        settled.add(current);
        current.clear();
    }

    /// Adds everything so far to `sum`.
    pub(crate) fn add_to(&self, sum: &mut Tally) {
        let (settled, current) = &*self.lock();
        sum.add(settled);
        sum.add(current);
    }
}
