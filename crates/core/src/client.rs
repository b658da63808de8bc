use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use aerostride_columns::Table;
use tokio_util::sync::CancellationToken;

use crate::batch::{self, Admission, Batch, BatchOutcome, Engine, ReadRequest, WriteRequest};
use crate::cluster::Cluster;
use crate::keys::KeySource;
use crate::options::{ConnectOptions, Replica};
use crate::stats::Stats;
use crate::under_way::{Effect, run_until};
use crate::{Error, ErrorKind};

/// What every call returns. It is boxed so that the code behind it is compiled once, in this crate, and not again by
/// whoever awaits it; one allocation per call is nothing beside a round trip.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// A connected client. Clones share everything; [`close`](Self::close) ends it for all of them.
///
/// All methods must be called inside a tokio runtime with timers and I/O.
#[derive(Debug, Clone)]
pub struct Client {
    engine: Arc<Engine>,
}

impl Client {
    /// Connects to the first seed that answers and reads the partition map.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] without hosts; [`ErrorKind::Connection`] or [`ErrorKind::Timeout`] when no seed
    /// answers.
    pub fn connect(options: ConnectOptions) -> Pending<'static, Self> {
        Box::pin(Self::connected(options))
    }

    async fn connected(options: ConnectOptions) -> Result<Self, Error> {
        let admission = Admission::new(options.max_running_batches.max(1), options.max_queued_batches);
        let cluster = Cluster::connect(options).await?;
        let closed = CancellationToken::new();
        let (maintained, ended) = (Arc::clone(&cluster), closed.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = ended.cancelled() => {}
                () = maintained.maintain() => {}
            }
            maintained.close().await;
        });
        Ok(Self { engine: Arc::new(Engine { cluster, admission, counters: Arc::default(), closed }) })
    }

    pub(crate) const fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// The control plane.
    pub(crate) fn control(&self) -> Arc<aerospike::Client> {
        self.engine.cluster.control()
    }

    /// Reads the bins of all keys into `table`, whose row i is that of key i.
    ///
    /// When the future has ended, or was dropped, nobody writes into the table's memory any more.
    ///
    /// # Errors
    /// [`ErrorKind::Aborted`] and [`ErrorKind::Closed`]; anything else only when no row at all was answered, otherwise
    /// rows have codes and [`BatchOutcome::failures`] says why.
    pub fn batch_read<'a>(
        &'a self,
        keys: KeySource,
        table: Arc<Table>,
        request: ReadRequest,
        abort: &'a CancellationToken,
    ) -> Pending<'a, BatchOutcome> {
        Box::pin(self.batch(keys, table, request.into(), abort))
    }

    /// Writes the valid cells of the request's columns into the bins of all keys. `table` has no fields; it takes the
    /// result codes and new generations.
    ///
    /// # Errors
    /// As [`batch_read`](Self::batch_read); [`ErrorKind::InvalidArgument`] when keys and columns differ in length.
    pub fn batch_write<'a>(
        &'a self,
        keys: KeySource,
        table: Arc<Table>,
        request: WriteRequest,
        abort: &'a CancellationToken,
    ) -> Pending<'a, BatchOutcome> {
        Box::pin(async move {
            check_rows(keys.len(), request.source.rows())?;
            self.batch(keys, table, request.into(), abort).await
        })
    }

    async fn batch(
        &self,
        keys: KeySource,
        table: Arc<Table>,
        batch: Batch,
        abort: &CancellationToken,
    ) -> Result<BatchOutcome, Error> {
        check_rows(keys.len(), table.rows())?;
        self.check_racks(batch.policy.replica == Replica::PreferRack)?;
        let (rows, begin) = (keys.len(), Instant::now());
        let ended = batch::run(&self.engine, keys, table, batch, abort).await;
        self.engine.counters.batch(rows, ended.as_ref().ok().map(|outcome| outcome.ok), begin.elapsed());
        ended
    }

    /// Ends running batches with [`ErrorKind::Closed`] and closes every connection. Calling it again does nothing.
    pub fn close(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async {
            self.engine.closed.cancel();
            self.engine.cluster.close().await;
        })
    }

    /// What the client has done so far.
    pub fn stats(&self) -> Stats {
        self.engine.counters.read(self.engine.cluster.map().nodes().iter().map(|node| node.stats()).collect())
    }

    /// Whether [`close`](Self::close) was called.
    pub fn is_closed(&self) -> bool {
        self.engine.closed.is_cancelled()
    }

    /// A preference for racks needs racks to prefer.
    pub(crate) fn check_racks(&self, preferred: bool) -> Result<(), Error> {
        if !preferred || self.engine.cluster.is_rack_aware() {
            return Ok(());
        }
        let message = "policy.replica is 'preferRack', and the client knows no racks; connect with rackIds";
        Err(Error::new(ErrorKind::InvalidArgument, message))
    }

    /// Refuses a namespace that the cluster does not have, before a node is asked, which may say `ok` all the same.
    pub(crate) fn check_namespace(&self, namespace: &str) -> Result<(), Error> {
        if self.is_closed() {
            Err(Error::closed())
        } else {
            self.engine.cluster.map().check_namespace(namespace)
        }
    }

    /// Runs `work` unless the client is closed, and ends it when it is.
    pub(crate) async fn unless_closed<T>(
        &self,
        effect: Effect,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        run_until(&self.engine.closed, Error::closed, effect, work).await
    }
}

/// As many rows as keys.
pub(crate) fn check_rows(keys: usize, rows: usize) -> Result<(), Error> {
    if keys == rows {
        return Ok(());
    }
    Err(Error::new(ErrorKind::InvalidArgument, format!("{keys} keys for {rows} rows")))
}
