//! CPU time that requests take beside what they take anyway, so that this server is as slow as one that does more.

use std::hint::black_box;
use std::str::FromStr;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use thiserror::Error;

/// How slow a server is. Everything is CPU time of the thread that serves, so that a client on the same cores gets less of
/// them, as beside a real server.
///
/// ```
/// use std::time::Duration;
/// use aerostride_devserver::Pace;
///
/// let pace = Pace::new().record(Duration::from_nanos(400)).threads(4);
/// // The same in words, as a command line has it.
/// assert_eq!("record=400 threads=4".parse(), Ok(pace));
/// assert_eq!("real".parse(), Ok(Pace::REAL));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    request: u32,
    row: u32,
    record: u32,
    threads: u32,
}

/// A pace that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "pace {0:?}: it is real, or words such as request=5000 row=900 record=400 threads=4: nanoseconds of a request, of a row of a \
     batch and of a record of a scan, each up to 1000000000, and 1 to 64 threads of a scan"
)]
pub struct ParsePaceError(String);

const MOST_NANOSECONDS: u32 = 1_000_000_000;
const MOST_THREADS: u32 = 64;

impl Default for Pace {
    fn default() -> Self {
        Self::new()
    }
}

impl Pace {
    /// As a Community Edition 8.1.2 with its records in memory, on the machine of docs/performance.md: 3 million records of
    /// 5 small bins per second in scans, 10,000 in a batch in 3 ms, both with a client that only reads on the same two cores.
    pub const REAL: Self = Self { request: 15_000, row: 350, record: 400, threads: 4 };

    /// As fast as it goes, and one thread for a scan.
    pub const fn new() -> Self {
        Self { request: 0, row: 0, record: 0, threads: 1 }
    }

    /// For every request of whatever kind but info and logins.
    pub const fn request(mut self, time: Duration) -> Self {
        self.request = nanoseconds(time);
        self
    }

    /// For every row of a batch.
    pub const fn row(mut self, time: Duration) -> Self {
        self.row = nanoseconds(time);
        self
    }

    /// For every record of a scan or query.
    pub const fn record(mut self, time: Duration) -> Self {
        self.record = nanoseconds(time);
        self
    }

    /// Threads that share the partitions of a scan or query, unless it is short, or has a rate or a number of records at most.
    /// Each sends frames of its own. Default 1; real servers have 4.
    pub const fn threads(mut self, threads: u32) -> Self {
        self.threads = match threads {
            0 => 1,
            MOST_THREADS.. => MOST_THREADS,
            threads => threads,
        };
        self
    }

    pub(crate) const fn scan_threads(self) -> usize {
        self.threads as usize
    }

    /// Takes the time of a request.
    #[inline]
    pub(crate) fn spend_request(self) {
        spend(u64::from(self.request));
    }

    /// Takes the time of a row.
    #[inline]
    pub(crate) fn spend_row(self) {
        spend(u64::from(self.row));
    }

    /// Takes the time of so many records.
    #[inline]
    pub(crate) fn spend_records(self, records: u64) {
        spend(u64::from(self.record) * records);
    }
}

const fn nanoseconds(time: Duration) -> u32 {
    if time.as_nanos() > MOST_NANOSECONDS as u128 { MOST_NANOSECONDS } else { time.as_nanos() as u32 }
}

impl FromStr for Pace {
    type Err = ParsePaceError;

    fn from_str(text: &str) -> Result<Self, ParsePaceError> {
        let wrong = || ParsePaceError(text.to_owned());
        if text == "real" {
            return Ok(Self::REAL);
        }
        let mut pace = Self::new();
        for word in text.split_whitespace() {
            let (name, number) = word.split_once('=').ok_or_else(wrong)?;
            let number: u32 = number.parse().map_err(|_| wrong())?;
            let (place, least, most) = match name {
                "request" => (&mut pace.request, 0, MOST_NANOSECONDS),
                "row" => (&mut pace.row, 0, MOST_NANOSECONDS),
                "record" => (&mut pace.record, 0, MOST_NANOSECONDS),
                "threads" => (&mut pace.threads, 1, MOST_THREADS),
                _ => return Err(wrong()),
            };
            if !(least..=most).contains(&number) {
                return Err(wrong());
            }
            *place = number;
        }
        Ok(pace)
    }
}

/// Computes for so long. By the clock it would be less on a machine that is busy: what others take of the core would count.
#[inline]
fn spend(nanoseconds: u64) {
    if nanoseconds > 0 {
        compute((nanoseconds as f64 * *STEPS_PER_NANOSECOND.get_or_init(measure)) as u64);
    }
}

static STEPS_PER_NANOSECOND: OnceLock<f64> = OnceLock::new();

/// Steps of a trial, and trials: the fastest one was interrupted by nobody.
const STEPS: u64 = 20_000;
const TRIALS: usize = 50;

fn measure() -> f64 {
    let trial = |_| {
        let begin = Instant::now();
        compute(STEPS);
        begin.elapsed()
    };
    let fastest = (0..TRIALS).map(trial).min().unwrap_or_default();
    STEPS as f64 / fastest.as_nanos().max(1) as f64
}

fn compute(steps: u64) {
    let mut state = black_box(1_u64);
    for _ in 0..steps {
        state = black_box(state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_a_pace_or_say_what_is_wrong() {
        let pace = Pace::new().request(Duration::from_micros(5)).row(Duration::from_nanos(900));
        assert_eq!("request=5000 row=900".parse(), Ok(pace));
        assert_eq!("".parse(), Ok(Pace::new()));
        for text in
            ["fast", "row", "row=", "row=-1", "row=1000000001", "threads=0", "threads=65", "real row=1"]
        {
            let error = text.parse::<Pace>().unwrap_err();
            assert!(
                error.to_string().starts_with(&format!("pace {text:?}: it is real, or words")),
                "{error}"
            );
        }
        assert_eq!(Pace::new().threads(0).scan_threads(), 1);
        assert_eq!(Pace::new().threads(1000).scan_threads(), 64);
        assert_eq!(Pace::new().record(Duration::from_secs(9)), "record=1000000000".parse().unwrap());
    }

    #[test]
    fn more_time_is_more_steps() {
        let rate = measure();
        assert!(rate > 0.0 && rate.is_finite());
        spend(1);
        spend(1000);
    }
}
