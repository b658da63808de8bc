use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// 2010-01-01 00:00 UTC, where the protocol's times begin, in unix milliseconds.
const EPOCH_MS: u64 = 1_262_304_000_000;

/// Where the server takes the time from. Records expire by it, so a test that sets it needs no waiting.
#[derive(Debug, Clone, Default)]
pub struct Clock(Source);

#[derive(Debug, Clone, Default)]
enum Source {
    #[default]
    System,
    Manual(Arc<AtomicU64>),
}

/// Milliseconds since 2010-01-01 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Now(pub u64);

impl Now {
    /// Whole seconds since 2010, as records keep the time at which they expire.
    pub(crate) const fn seconds(self) -> u32 {
        (self.0 / 1000) as u32
    }

    /// The next moment that can be told from this one.
    pub(crate) const fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// The moment so many nanoseconds after the beginning of 1970, or the beginning of 2010 if that is later.
    pub(crate) const fn from_unix_nanoseconds(nanoseconds: u64) -> Self {
        Self((nanoseconds / 1_000_000).saturating_sub(EPOCH_MS))
    }

    /// Nanoseconds since 1970, as expressions see times.
    pub(crate) const fn unix_nanoseconds(self) -> i64 {
        (self.0 + EPOCH_MS) as i64 * 1_000_000
    }
}

impl Clock {
    /// The computer's own clock.
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still until [`advance`](Self::advance) is called. Clones share the time. It begins at
    /// the computer's time.
    pub fn manual() -> Self {
        Self(Source::Manual(Arc::new(AtomicU64::new(system_ms()))))
    }

    /// Moves a manual clock forward. The computer's clock is not ours to move: nothing happens.
    pub fn advance(&self, by: Duration) {
        if let Source::Manual(ms) = &self.0 {
            ms.fetch_add(by.as_millis() as u64, Ordering::Relaxed);
        }
    }

    pub(crate) fn now(&self) -> Now {
        match &self.0 {
            Source::System => Now(system_ms()),
            Source::Manual(ms) => Now(ms.load(Ordering::Relaxed)),
        }
    }
}

fn system_ms() -> u64 {
    let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    (unix.as_millis() as u64).saturating_sub(EPOCH_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_of_a_manual_clock_share_the_time() {
        let clock = Clock::manual();
        let twin = clock.clone();
        let before = twin.now();
        clock.advance(Duration::from_secs(60));
        assert_eq!(twin.now().0 - before.0, 60_000);
    }
}
