//! Readers that read batch after batch while nodes come and go.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use aerostride_core::{BatchPolicy, CancellationToken, Client};
use tokio::task::JoinHandle;

use crate::stocked::{Lag, Prepared, until};

const READERS: usize = 8;
const KEYS: usize = 100;
const PAUSE: Duration = Duration::from_millis(2);

/// What readers under load have seen.
#[derive(Debug, Default)]
struct Seen {
    batches: AtomicU64,
    /// The time of the slowest batch, without what the machine lost meanwhile.
    slowest_micros: AtomicU64,
    stop: AtomicBool,
}

/// Reads batch after batch, all of which have to be whole.
async fn read_on(prepare: Prepare, records: usize, client: Client, seen: Arc<Seen>, lag: Lag, reader: usize) {
    let never = CancellationToken::new();
    for round in 0_usize.. {
        if seen.stop.load(Ordering::Relaxed) {
            return;
        }
        let first = (reader * 997 + round * 131) % records;
        let numbers = (first..first + KEYS).map(|number| number % records).collect();
        let lost = lag.lost();
        let read = prepare(numbers).run(&client, BatchPolicy::default(), &never).await;
        read.assert_complete();
        let took = read.took.saturating_sub(lag.lost().saturating_sub(lost));
        seen.slowest_micros.fetch_max(took.as_micros() as u64, Ordering::Relaxed);
        seen.batches.fetch_add(1, Ordering::Relaxed);
        // Eight readers without any pause would take all of a small machine, and its servers would have none of it.
        tokio::time::sleep(PAUSE).await;
    }
}

/// Makes a read of some records.
type Prepare = Arc<dyn Fn(Vec<usize>) -> Prepared + Send + Sync>;

/// Several readers at once.
pub struct Load {
    seen: Arc<Seen>,
    readers: Vec<JoinHandle<()>>,
}

impl Load {
    pub fn start(
        client: &Client,
        records: usize,
        prepare: impl Fn(Vec<usize>) -> Prepared + Send + Sync + 'static,
    ) -> Self {
        let (seen, prepare): (Arc<Seen>, Prepare) = (Arc::default(), Arc::new(prepare));
        let lag = Lag::measure();
        let read_on = |reader| {
            read_on(Arc::clone(&prepare), records, client.clone(), Arc::clone(&seen), lag.clone(), reader)
        };
        let readers = (0..READERS).map(|reader| tokio::spawn(read_on(reader))).collect();
        Self { seen, readers }
    }

    /// Waits for so many batches more, all of which have to be whole.
    pub async fn more_batches(&self, count: u64) {
        let goal = self.seen.batches.load(Ordering::Relaxed) + count;
        let has_failed = || self.readers.iter().any(JoinHandle::is_finished);
        until("readers go on", || has_failed() || self.seen.batches.load(Ordering::Relaxed) >= goal).await;
        assert!(!has_failed(), "a reader has failed");
    }

    /// The time of the slowest batch, without what the machine lost meanwhile.
    pub async fn end(self) -> Duration {
        self.seen.stop.store(true, Ordering::Relaxed);
        for reader in self.readers {
            reader.await.unwrap();
        }
        Duration::from_micros(self.seen.slowest_micros.load(Ordering::Relaxed))
    }
}
