use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A node that failed is left alone for this long before it is tried again, doubled by every further failure.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// But never longer than this.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// For how long the answer to a probe keeps impatient callers from having the node probed again.
const VOUCHED_FOR: Duration = Duration::from_secs(1);

/// Keeps callers away from a node that failed, until a probe has got an answer. While it is open the requests that were
/// under way fail too, all for the same reason, so only the first of them counts.
#[derive(Debug)]
pub(crate) struct Breaker {
    start: Instant,
    open: AtomicBool,
    /// Whether the last failure was one to connect.
    pub(crate) unreachable: AtomicBool,
    /// Since the last success.
    failures: AtomicU32,
    /// When to probe, in milliseconds after `start`.
    due: AtomicU64,
    /// Whether somebody has waited in vain, for less time than counts. It ends with the next answer or probe.
    pub(crate) doubted: AtomicBool,
    /// Until when the answer to a probe speaks for the node, in milliseconds after `start`: one impatient caller does not
    /// have it asked all the time.
    vouched: AtomicU64,
}

/// A probe is under way, or none is needed.
const NOT_DUE: u64 = u64::MAX;

impl Default for Breaker {
    fn default() -> Self {
        Self {
            start: Instant::now(),
            open: AtomicBool::new(false),
            unreachable: AtomicBool::new(false),
            failures: AtomicU32::new(0),
            due: AtomicU64::new(NOT_DUE),
            doubted: AtomicBool::new(false),
            vouched: AtomicU64::new(0),
        }
    }
}

impl Breaker {
    pub(crate) fn now(&self) -> u64 {
        self.start.elapsed().as_millis() as u64
    }

    pub(crate) fn is_closed(&self) -> bool {
        !self.open.load(Ordering::Relaxed)
    }

    /// After a success. The common case only reads.
    pub(crate) fn reset(&self) {
        if self.failures.load(Ordering::Relaxed) != 0 || self.doubted.load(Ordering::Relaxed) {
            self.failures.store(0, Ordering::Relaxed);
            self.half_close();
        }
    }

    /// After a silence that was too short to count: the node is probed as soon as it can be.
    pub(crate) fn doubt(&self) {
        let now = self.now();
        let is_known = now < self.vouched.load(Ordering::Relaxed) || !self.is_closed();
        if !is_known && !self.doubted.swap(true, Ordering::Relaxed) {
            self.due.store(now, Ordering::Relaxed);
        }
    }

    pub(crate) fn trip(&self) {
        if !self.open.swap(true, Ordering::Relaxed) {
            self.trip_again();
        }
    }

    /// After a failed probe.
    pub(crate) fn trip_again(&self) {
        self.open.store(true, Ordering::Relaxed);
        self.doubted.store(false, Ordering::Relaxed);
        let earlier = self.failures.fetch_add(1, Ordering::Relaxed).min(10);
        let pause = FIRST_PAUSE.saturating_mul(1 << earlier).min(LONGEST_PAUSE);
        self.due.store(self.now() + pause.as_millis() as u64, Ordering::Relaxed);
    }

    /// After a successful probe.
    pub(crate) fn vouch(&self) {
        self.vouched.store(self.now() + VOUCHED_FOR.as_millis() as u64, Ordering::Relaxed);
        self.half_close();
    }

    /// The next request will tell. The failures still count, so that a node that answers probes
    /// and nothing else is tried ever less often.
    pub(crate) fn half_close(&self) {
        self.due.store(NOT_DUE, Ordering::Relaxed);
        self.unreachable.store(false, Ordering::Relaxed);
        self.doubted.store(false, Ordering::Relaxed);
        self.open.store(false, Ordering::Relaxed);
    }

    pub(crate) fn take_due(&self) -> bool {
        let due = self.due.load(Ordering::Relaxed);
        due <= self.now()
            && self.due.compare_exchange(due, NOT_DUE, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_breaker_stays_open_until_a_probe_has_succeeded() {
        let breaker = Breaker::default();
        assert!(breaker.is_closed() && !breaker.take_due());
        breaker.trip();
        assert!(!breaker.is_closed() && !breaker.take_due());
        breaker.due.store(0, Ordering::Relaxed);
        assert!(breaker.take_due() && !breaker.take_due(), "one probe at a time");
        assert!(!breaker.is_closed());
        breaker.trip_again();
        assert!(!breaker.is_closed());
        breaker.half_close();
        assert!(breaker.is_closed());
    }

    #[test]
    fn pauses_double_with_every_probe_that_fails_and_not_with_every_request() {
        let breaker = Breaker::default();
        (0..100).for_each(|_| breaker.trip());
        assert!(breaker.due.load(Ordering::Relaxed) <= breaker.now() + 100);
        breaker.trip_again();
        assert!(breaker.due.load(Ordering::Relaxed) > breaker.now() + 150);
        (0..20).for_each(|_| breaker.trip_again());
        assert!(breaker.due.load(Ordering::Relaxed) <= breaker.now() + 5000);
        breaker.reset();
        breaker.trip();
        assert!(breaker.due.load(Ordering::Relaxed) <= breaker.now() + 100);
    }
}
