use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hdrhistogram::Histogram;
use parking_lot::Mutex;

/// What a client has done since it was connected. Batches are columnar reads and writes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stats {
    /// Batches that have ended, in whatever way.
    pub batches: u64,
    /// Batches that failed as a whole.
    pub failed_batches: u64,
    /// Rows of those batches.
    pub rows: u64,
    /// Rows with result code 0.
    pub ok_rows: u64,
    /// Requests that were sent.
    pub requests: u64,
    /// Requests without an answer.
    pub failed_requests: u64,
    /// Rows that were sent again.
    pub retried_rows: u64,
    /// Bytes sent on data connections.
    pub bytes_sent: u64,
    /// Bytes received on data connections.
    pub bytes_received: u64,
    /// Scans and queries.
    pub streams: StreamStats,
    /// Time of batches.
    pub latency: Latency,
    /// One per node, sorted by name.
    pub nodes: Vec<NodeStats>,
}

/// What scans and queries do and have done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StreamStats {
    /// Those that run.
    pub open: u64,
    /// Connections that they have in use.
    pub connections: u64,
    /// Records delivered.
    pub records: u64,
    /// Bytes received.
    pub bytes: u64,
}

/// A node as the data plane sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeStats {
    /// Name and address.
    pub node: String,
    /// Connections that wait for a batch.
    pub idle: usize,
    /// Connections in use.
    pub in_use: usize,
    /// Whether requests go to it.
    pub available: bool,
    /// Requests of the last columnar read that were in flight to it at the same time, at most.
    pub requests_at_once: usize,
    /// Keys in each of them, at most.
    pub keys_per_request: usize,
    /// Microseconds until the first byte of its quickest reply; 0 before there was one.
    pub first_byte: f64,
}

/// The distribution of batch times, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Latency {
    pub count: u64,
    pub mean: f64,
    pub min: u64,
    pub p50: u64,
    pub p90: u64,
    pub p99: u64,
    pub max: u64,
}

impl Latency {
    fn of(times: &Histogram<u64>) -> Self {
        let at = |quantile| times.value_at_quantile(quantile);
        Self {
            count: times.len(),
            mean: times.mean(),
            min: times.min(),
            p50: at(0.5),
            p90: at(0.9),
            p99: at(0.99),
            max: times.max(),
        }
    }
}

/// 1 % is enough for a latency.
const DIGITS: u8 = 2;

/// Batches that took longer count as this long. A histogram without a limit begins at 2 and has to be told to grow, and one
/// with this limit has 30 KiB.
const LONGEST: Duration = Duration::from_secs(86_400);

/// Counts while batches run. Plain atomics; the histogram is touched once per batch.
#[derive(Debug)]
pub(crate) struct Counters {
    batches: AtomicU64,
    failed_batches: AtomicU64,
    rows: AtomicU64,
    ok_rows: AtomicU64,
    requests: AtomicU64,
    failed_requests: AtomicU64,
    retried_rows: AtomicU64,
    bytes_sent: AtomicU64,
    bytes_received: AtomicU64,
    pub(crate) streams: StreamCounters,
    /// `None` only if the crate refused its constant precision.
    latency: Mutex<Option<Histogram<u64>>>,
}

impl Default for Counters {
    fn default() -> Self {
        let latency = Histogram::new_with_max(LONGEST.as_micros() as u64, DIGITS).ok();
        Self {
            batches: AtomicU64::default(),
            failed_batches: AtomicU64::default(),
            rows: AtomicU64::default(),
            ok_rows: AtomicU64::default(),
            requests: AtomicU64::default(),
            failed_requests: AtomicU64::default(),
            retried_rows: AtomicU64::default(),
            bytes_sent: AtomicU64::default(),
            bytes_received: AtomicU64::default(),
            streams: StreamCounters::default(),
            latency: Mutex::new(latency),
        }
    }
}

/// Counts of scans and queries.
#[derive(Debug, Default)]
pub(crate) struct StreamCounters {
    open: AtomicU64,
    connections: AtomicU64,
    records: AtomicU64,
    bytes: AtomicU64,
}

impl StreamCounters {
    /// Counts a stream for as long as what is given lives.
    pub(crate) fn open(&self) -> InUse<'_> {
        InUse::new(&self.open)
    }

    /// Counts a connection for as long as what is given lives.
    pub(crate) fn connection(&self) -> InUse<'_> {
        InUse::new(&self.connections)
    }

    pub(crate) fn delivered(&self, records: usize) {
        self.records.fetch_add(records as u64, Ordering::Relaxed);
    }

    pub(crate) fn received(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    fn read(&self) -> StreamStats {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        StreamStats {
            open: get(&self.open),
            connections: get(&self.connections),
            records: get(&self.records),
            bytes: get(&self.bytes),
        }
    }
}

/// Something that is counted while it is in use.
#[derive(Debug)]
pub(crate) struct InUse<'c>(&'c AtomicU64);

impl<'c> InUse<'c> {
    fn new(counter: &'c AtomicU64) -> Self {
        counter.fetch_add(1, Ordering::Relaxed);
        Self(counter)
    }
}

impl Drop for InUse<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Counters {
    pub(crate) fn batch(&self, rows: usize, ok: Option<u64>, took: Duration) {
        self.batches.fetch_add(1, Ordering::Relaxed);
        self.rows.fetch_add(rows as u64, Ordering::Relaxed);
        match ok {
            Some(ok) => self.ok_rows.fetch_add(ok, Ordering::Relaxed),
            None => self.failed_batches.fetch_add(1, Ordering::Relaxed),
        };
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        if let Some(histogram) = &mut *self.latency.lock() {
            histogram.saturating_record(micros.max(1));
        }
    }

    pub(crate) fn request(&self, sent: u64, received: u64, failed: bool) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.bytes_sent.fetch_add(sent, Ordering::Relaxed);
        self.bytes_received.fetch_add(received, Ordering::Relaxed);
        self.failed_requests.fetch_add(u64::from(failed), Ordering::Relaxed);
    }

    pub(crate) fn retry(&self, rows: usize) {
        self.retried_rows.fetch_add(rows as u64, Ordering::Relaxed);
    }

    pub(crate) fn read(&self, nodes: Vec<NodeStats>) -> Stats {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let latency = self.latency.lock();
        Stats {
            batches: get(&self.batches),
            failed_batches: get(&self.failed_batches),
            rows: get(&self.rows),
            ok_rows: get(&self.ok_rows),
            requests: get(&self.requests),
            failed_requests: get(&self.failed_requests),
            retried_rows: get(&self.retried_rows),
            bytes_sent: get(&self.bytes_sent),
            bytes_received: get(&self.bytes_received),
            streams: self.streams.read(),
            latency: latency.as_ref().filter(|times| !times.is_empty()).map(Latency::of).unwrap_or_default(),
            nodes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the histogram says of batches that took so long.
    fn latency(took: &[Duration]) -> Latency {
        let counters = Counters::default();
        took.iter().for_each(|took| counters.batch(1, Some(1), *took));
        counters.read(Vec::new()).latency
    }

    #[test]
    fn times_from_a_microsecond_to_a_day_are_right_to_a_percent() {
        for micros in [1, 255, 256, 10_000, 1_000_000, 3_600_000_000, 86_000_000_000] {
            let latency = latency(&[Duration::from_micros(micros)]);
            let Latency { count, mean, min, p50, p90, p99, max } = latency;
            assert_eq!(count, 1);
            for seen in [mean, min as f64, p50 as f64, p90 as f64, p99 as f64, max as f64] {
                assert!((seen / micros as f64 - 1.0).abs() <= 0.01, "{micros}: {latency:?}");
            }
        }
    }

    #[test]
    fn quantiles_lie_where_the_batches_are() {
        let took: Vec<_> = (1..=100).map(Duration::from_millis).collect();
        let Latency { count, mean, min, p50, p90, p99, max } = latency(&took);
        assert_eq!(count, 100);
        let near = |seen: f64, millis: f64| (seen / (millis * 1000.0) - 1.0).abs() <= 0.01;
        assert!(near(mean, 50.5) && near(min as f64, 1.0) && near(max as f64, 100.0));
        assert!(near(p50 as f64, 50.0) && near(p90 as f64, 90.0) && near(p99 as f64, 99.0));
    }

    #[test]
    fn a_time_beyond_the_last_counts_as_the_last() {
        let latency = latency(&[Duration::ZERO, Duration::MAX]);
        assert_eq!((latency.count, latency.min), (2, 1));
        assert!(latency.max >= LONGEST.as_micros() as u64);
    }
}
