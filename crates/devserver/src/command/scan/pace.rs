use std::time::{Duration, Instant};

/// Keeps a scan to so many records per second.
#[derive(Debug)]
pub(super) struct Pace {
    started: Instant,
    /// 0 is as fast as it goes.
    records_per_second: u32,
    records: u64,
}

/// Pauses shorter than this are added up: a scan that slept for each record would sleep too long.
const SHORTEST: Duration = Duration::from_millis(5);

impl Pace {
    pub(super) fn new(records_per_second: u32) -> Self {
        Self { started: Instant::now(), records_per_second, records: 0 }
    }

    /// Counts a record and gives how long to wait before the next one.
    #[inline]
    pub(super) fn count(&mut self) -> Option<Duration> {
        if self.records_per_second == 0 {
            return None;
        }
        self.records += 1;
        let due = Duration::from_secs_f64(self.records as f64 / f64::from(self.records_per_second));
        let ahead = due.checked_sub(self.started.elapsed())?;
        (ahead >= SHORTEST).then_some(ahead)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scan_waits_for_its_records_to_be_due() {
        let mut pace = Pace::new(10);
        let waits: Vec<_> = (0..20).filter_map(|_| pace.count()).collect();
        assert!(waits.iter().all(|wait| *wait <= Duration::from_secs(2)));
        assert!(*waits.last().unwrap() > Duration::from_secs(1));
        assert_eq!(Pace::new(0).count(), None);
    }
}
