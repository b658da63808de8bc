//! Scans and index queries: partitions are dealt out to the connections of the nodes that hold them, rows are appended to
//! memory that the consumer lends, and every partition goes on behind the last record that was received of it, whatever
//! happens to connections and nodes.

mod budget;
mod chunk;
mod cursor;
mod driver;
mod incoming;
mod intake;
mod ledger;
mod outlet;
mod request;
mod slot;
mod values;
mod worker;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use crate::batch::Engine;
use crate::{Client, Error, ErrorKind};
use budget::Budget;
pub use cursor::Cursor;
use cursor::Delivered;
use ledger::Ledger;
use outlet::{Out, Outlet};
pub use request::{
    IndexRangeOf, IndexSpec, StreamBins, StreamFailure, StreamOptions, StreamPolicy, StreamProgress,
};
pub use slot::{Content, Filled};
pub(crate) use values::{read_bins, read_bins_of_one};

/// What a stream's consumer, driver and workers share.
#[derive(Debug)]
struct Shared {
    engine: Arc<Engine>,
    options: StreamOptions,
    ledger: Ledger,
    budget: Budget,
    outlet: Outlet,
    /// Ends the workers at the next place where nothing is half done; what they have received is handed over.
    stop: CancellationToken,
    /// The consumer is gone: nothing is handed over any more.
    abandoned: AtomicBool,
    bytes: AtomicU64,
    failures: Mutex<Vec<StreamFailure>>,
}

/// So many failures are kept for the user; of a stream that goes on for days the last ones tell enough.
const MOST_FAILURES: usize = 100;

impl Shared {
    fn is_abandoned(&self) -> bool {
        self.abandoned.load(Ordering::Acquire)
    }

    fn note(&self, failure: StreamFailure) {
        let mut failures = self.failures.lock();
        if failures.len() == MOST_FAILURES {
            failures.remove(0);
        }
        failures.push(failure);
    }
}

/// A scan or index query under way. Nothing is asked before the first [`next`](Self::next). Dropping it ends it.
#[derive(Debug)]
pub struct Stream {
    shared: Arc<Shared>,
    /// Where it is read, whoever asks for its batches.
    runtime: Handle,
    started: OnceLock<()>,
    delivered: Mutex<Delivered>,
    /// What [`next`](Self::next) goes on saying once the stream has ended.
    ended: Mutex<Option<Result<(), Error>>>,
}

impl Client {
    /// Makes a stream, inside the tokio runtime that is to read it. Every batch goes into memory that was lent to it by [`Stream::lend_columns`] or
    /// [`Stream::lend_records`].
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] for a cursor of another stream and for no partitions at all;
    /// [`ErrorKind::Server`] for a namespace that the cluster does not have; [`ErrorKind::Closed`].
    pub fn stream(&self, options: StreamOptions) -> Result<Stream, Error> {
        if self.is_closed() {
            return Err(Error::closed());
        }
        options.check(&self.engine().cluster.map())?;
        self.check_racks(options.policy.replica == crate::Replica::PreferRack)?;
        let delivered = Delivered::new(&options)?;
        let shared = Shared {
            engine: Arc::clone(self.engine()),
            ledger: Ledger::new(delivered.places()),
            budget: Budget::new(options.max_rows),
            outlet: Outlet::default(),
            stop: self.engine().closed.child_token(),
            abandoned: AtomicBool::new(false),
            bytes: AtomicU64::new(0),
            failures: Mutex::default(),
            options,
        };
        Ok(Stream {
            shared: Arc::new(shared),
            runtime: Handle::current(),
            started: OnceLock::new(),
            delivered: Mutex::new(delivered),
            ended: Mutex::default(),
        })
    }
}

impl Stream {
    /// How many batches should be lent at a time: one for every connection, one that is handed over, and one that waits.
    pub fn wanted(&self) -> usize {
        let nodes = self.shared.engine.cluster.map().nodes().len();
        self.shared.options.connections(nodes) + 2
    }

    /// The next batch, or `None` at the end. Batches lent earlier come back in the order in which they were filled.
    ///
    /// To be called by one caller at a time.
    ///
    /// # Errors
    /// What outlasted the retries; [`ErrorKind::Closed`] when the client was closed. What was delivered until then stays
    /// in the [`cursor`](Self::cursor).
    pub async fn next(&self) -> Result<Option<Filled>, Error> {
        if let Some(ended) = &*self.ended.lock() {
            return ended.clone().map(|()| None);
        }
        self.started.get_or_init(|| {
            self.runtime.spawn(driver::drive(Arc::clone(&self.shared)));
        });
        loop {
            match self.shared.outlet.next_out().await {
                Out::Marks(marks) => self.delivered.lock().apply(&marks, 0),
                Out::Batch(filled, marks) => {
                    self.delivered.lock().apply(&marks, filled.rows as u64);
                    self.shared.engine.counters.streams.delivered(filled.rows);
                    return Ok(Some(*filled));
                }
                Out::End(ended) => return self.ended.lock().get_or_insert(ended).clone().map(|()| None),
            }
        }
    }

    /// Ends the stream: connections are closed, nobody is waited for, and what was not delivered is dropped.
    pub fn close(&self, reason: Error) {
        // First, as whoever is told to stop says that this is the end, which would pass for that of all records.
        self.ended.lock().get_or_insert(Err(reason.clone()));
        self.shared.abandoned.store(true, Ordering::Release);
        self.shared.stop.cancel();
        self.shared.outlet.put(Out::End(Err(reason)));
    }

    /// Where a stream over the rest would begin: behind everything that was delivered.
    pub fn cursor(&self) -> Cursor {
        self.delivered.lock().cursor(&self.shared.options)
    }

    /// How far it has come.
    pub fn progress(&self) -> StreamProgress {
        let delivered = self.delivered.lock();
        StreamProgress {
            rows: delivered.rows(),
            bytes: self.shared.bytes.load(Ordering::Relaxed),
            partitions_done: delivered.done(),
            partitions: self.shared.options.partition_count(),
        }
    }

    /// Requests that failed, those included that were made good; the last hundred of them.
    pub fn failures(&self) -> Vec<StreamFailure> {
        self.shared.failures.lock().clone()
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.close(Error::new(ErrorKind::Aborted, "the stream was dropped"));
    }
}
