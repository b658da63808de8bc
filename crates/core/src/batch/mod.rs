//! Columnar batches: keys are routed to nodes, cut into requests, sent, and asked for again where that may help.

mod admission;
mod alone;
mod attempts;
mod chunk;
mod context;
mod doubts;
mod exchange;
mod outcome;
mod plan;
mod request;
mod route;
mod router;
mod worker;

use std::sync::Arc;

use aerostride_columns::Table;
use parking_lot::Mutex;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::cluster::Cluster;
use crate::keys::KeySource;
use crate::stats::Counters;
use crate::{Error, ErrorKind};
pub(crate) use admission::Admission;
use attempts::attempts;
pub(crate) use attempts::pause_before;
use context::Context;
pub(crate) use context::attributes;
use doubts::Doubts;
use outcome::finish;
pub(crate) use request::Batch;
pub use request::{BatchOutcome, FailedRequest, ReadRequest, WriteRequest};
pub(crate) use route::Route;
pub(crate) use worker::may_help;

/// What all batches of a client share.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) cluster: Arc<Cluster>,
    pub(crate) admission: Admission,
    pub(crate) counters: Arc<Counters>,
    pub(crate) closed: CancellationToken,
}

impl Drop for Engine {
    /// A client that nobody has closed ends its background work with its last clone.
    fn drop(&mut self) {
        self.closed.cancel();
    }
}

/// Reads or writes all keys; the table takes columns and codes. When this returns, by whatever way, nobody writes into the
/// table any more.
pub(crate) async fn run(
    engine: &Engine,
    keys: KeySource,
    table: Arc<Table>,
    batch: Batch,
    abort: &CancellationToken,
) -> Result<BatchOutcome, Error> {
    let total = batch.policy.total_timeout;
    let deadline = (!total.is_zero()).then(|| Instant::now() + total);
    let doubts = batch.writes().then(|| Doubts::new(keys.len()));
    let random = rand::random_range(0..64);
    let context = Arc::new(Context {
        keys,
        table,
        batch,
        counters: Arc::clone(&engine.counters),
        random,
        alone: engine.admission.running() == 0,
        deadline,
        doubts,
        progress: Mutex::default(),
    });
    // Whatever ends this function, a dropped future included, shuts the gate first.
    let _shut = ShutOnDrop(Arc::clone(&context.table));
    let ended = tokio::select! {
        biased;
        () = engine.closed.cancelled() => Err(Error::closed()),
        () = abort.cancelled() => Err(Error::new(ErrorKind::Aborted, "the batch was aborted")),
        done = admitted(engine, &context) => done.map(|()| false),
        () = until(deadline) => Ok(true),
    };
    let ended = ended.and_then(|timed_out| finish(&context, timed_out.then_some(total)));
    ended.map_err(|error| error.in_doubt_if(!context.in_doubt().is_empty()))
}

async fn admitted(engine: &Engine, context: &Arc<Context>) -> Result<(), Error> {
    let _place = engine.admission.enter().await?;
    attempts(&engine.cluster, context, &engine.admission).await
}

struct ShutOnDrop(Arc<Table>);

impl Drop for ShutOnDrop {
    fn drop(&mut self) {
        self.0.close();
    }
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}
