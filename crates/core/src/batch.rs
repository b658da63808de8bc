use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aerostride_columns::{Conversions, Loss, Source, Table, Tally};
use aerostride_wire::{BatchFlags, BatchHeader, BinSelection, ReadAttributes, WriteAttributes, info1, info3};
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::cluster::Cluster;
use crate::codes;
use crate::connection::Connection;
use crate::exchange::{Chunk, WorkerTally, exchange};
use crate::keys::KeySource;
use crate::options::{ReadModeAp, ReadModeSc, ReadPolicy, Replica};
use crate::partition_map::PartitionMap;
use crate::pool::{DataNode, Lease, no_node};
use crate::router::{Router, Rows};
use crate::stats::Counters;
use crate::{Error, ErrorKind};

/// Up to so many rows a batch is read by the task that was called, without spreading it over threads.
const SMALL_BATCH: usize = 512;

/// Up to so many rows for a node go in one request: a second one costs more than what is gained by sharing the work.
const ONE_REQUEST: usize = 512;

/// Rows per request that the engine chooses between.
const LEAST_CHUNK: usize = 256;
const MOST_CHUNK: usize = ReadPolicy::MOST_KEYS;

/// Values in one write request; a server refuses frames over 128 MiB, and large ones hold up the others.
const MOST_REQUEST_BYTES: usize = 4 * 1024 * 1024;

/// Requests in flight per node, unless the policy says otherwise: the best of 1 to 4 by measurement (`cargo run --release
/// --example batch_speed`), which is one less for large batches, whose requests keep more threads busy anyway.
const WORKERS_PER_NODE: usize = 4;
const WORKERS_FOR_LARGE: usize = 3;
/// From so many rows per node on a batch is large.
const LARGE_BATCH: usize = 4096;

/// The pause before a further attempt grows up to this, unless the policy asks for a longer one from the start.
const LONGEST_BACKOFF: Duration = Duration::from_secs(1);

/// What is read, and how.
#[derive(Debug, Clone, Default)]
pub struct ReadRequest {
    /// Bins to ask for, in the order of the dtype's fields. None: only generation, ttl and code.
    pub bins: Vec<String>,
    /// See [`ReadPolicy`].
    pub policy: ReadPolicy,
}

/// What is written, and how.
#[derive(Debug, Clone)]
pub struct WriteRequest {
    /// Row i holds the bins of key i; only its valid cells are written.
    pub source: Arc<Source>,
    /// Ttl and what is to happen when the record exists.
    pub attributes: WriteAttributes,
    /// Store the user keys with the records.
    pub send_key: bool,
    /// Timeouts, retries and request sizes. Writes always go to the masters.
    pub policy: ReadPolicy,
}

/// What the requests of a batch do.
#[derive(Debug)]
pub(crate) enum Work {
    Read { bins: Vec<String> },
    Write { source: Arc<Source>, attributes: WriteAttributes, send_key: bool },
}

impl From<ReadRequest> for (ReadPolicy, Work) {
    fn from(request: ReadRequest) -> Self {
        (request.policy, Work::Read { bins: request.bins })
    }
}

impl From<WriteRequest> for (ReadPolicy, Work) {
    fn from(request: WriteRequest) -> Self {
        let WriteRequest { source, attributes, send_key, policy } = request;
        (ReadPolicy { replica: Replica::Master, ..policy }, Work::Write { source, attributes, send_key })
    }
}

/// One request whose rows got no answer, in the attempt that was the last for them.
#[derive(Debug, Clone)]
pub struct FailedRequest {
    /// Name and address of the node; empty where no node was involved.
    pub node: String,
    /// The code that the rows have.
    pub code: i32,
    /// What happened.
    pub message: String,
    /// Rows of the batch.
    pub rows: Vec<u32>,
}

impl FailedRequest {
    /// Whether these rows have an answer of the client's own: no node was asked.
    fn is_by_client(&self) -> bool {
        self.node.is_empty() && codes::is_by_client(self.code)
    }
}

/// What a batch read says besides the columns.
#[derive(Debug, Clone, Default)]
pub struct BatchOutcome {
    /// Rows with result code 0.
    pub ok: u64,
    /// Per field of the dtype.
    pub conversions: Vec<Conversions>,
    /// See [`Tally::first_loss`].
    pub first_loss: Option<Loss>,
    /// Requests without an answer.
    pub failures: Vec<FailedRequest>,
}

/// Everything that the requests of one batch share.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) keys: KeySource,
    pub(crate) table: Arc<Table>,
    pub(crate) policy: ReadPolicy,
    pub(crate) work: Work,
    pub(crate) counters: Arc<Counters>,
    /// Picks the replica of [`crate::Replica::Random`].
    pub(crate) random: usize,
    deadline: Option<Instant>,
    progress: Mutex<Progress>,
}

/// What has happened so far. It outlives the requests, for a batch whose time is up.
#[derive(Debug, Default)]
struct Progress {
    tallies: Vec<Arc<WorkerTally>>,
    failures: Vec<(FailedRequest, Error)>,
    attempts: u32,
}

impl Context {
    fn lock(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn header<'a>(&'a self, names: &'a [&'a str]) -> BatchHeader<'a> {
        let policy = &self.policy;
        BatchHeader {
            timeout_ms: self.milliseconds_left(),
            flags: BatchFlags {
                allow_inline: policy.allow_inline,
                allow_inline_ssd: policy.allow_inline_ssd,
                respond_all_keys: true,
            },
            filter: policy.filter_expression.as_deref(),
            bins: if names.is_empty() { BinSelection::HeaderOnly } else { BinSelection::Named(names) },
            attributes: attributes(policy),
        }
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
    fn patience(&self, attempt: usize) -> Option<Duration> {
        let left = self.deadline?.saturating_duration_since(Instant::now());
        let further = (self.policy.max_retries as usize).saturating_sub(attempt).min(2);
        Some(left / (further as u32 + 1))
    }

    /// Notes a request without an answer and gives its rows for another attempt, if one can help.
    fn fail(&self, chunk: &mut Chunk, node: String, error: Error) -> Vec<u32> {
        let code = error.row_code();
        let Some(pass) = chunk.claim.open() else { return Vec::new() };
        let rows = pass.fail_unanswered(code);
        drop(pass);
        let retry = if may_help(&error) { rows.clone() } else { Vec::new() };
        self.note(node, error, rows);
        retry
    }

    fn note(&self, node: String, error: Error, rows: Vec<u32>) {
        if !rows.is_empty() {
            let request =
                FailedRequest { node, code: error.row_code(), message: error.message.clone(), rows };
            self.lock().failures.push((request, error));
        }
    }
}

fn attributes(policy: &ReadPolicy) -> ReadAttributes {
    let info1 = if policy.read_mode_ap == ReadModeAp::All { info1::READ_MODE_AP_ALL } else { 0 };
    let info3 = match policy.read_mode_sc {
        ReadModeSc::Session => 0,
        ReadModeSc::Linearize => info3::SC_READ_TYPE,
        ReadModeSc::AllowReplica => info3::SC_READ_RELAX,
        ReadModeSc::AllowUnavailable => info3::SC_READ_TYPE | info3::SC_READ_RELAX,
    };
    ReadAttributes { info1, info3 }
}

/// Whether another attempt may end better. A server's refusal of the whole request will be the same again, unless its
/// code is one of those that pass.
fn may_help(error: &Error) -> bool {
    match error.kind {
        ErrorKind::Connection | ErrorKind::Timeout | ErrorKind::Protocol => true,
        ErrorKind::Server => error.result_code.is_some_and(codes::is_retryable),
        _ => false,
    }
}

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

/// How many batches of a client run, and how many wait for that.
#[derive(Debug)]
pub(crate) struct Admission {
    running: Semaphore,
    most_running: usize,
    waiting: AtomicUsize,
    most_waiting: usize,
}

impl Admission {
    pub(crate) fn new(most_running: usize, most_waiting: usize) -> Self {
        Self {
            running: Semaphore::new(most_running),
            most_running,
            waiting: AtomicUsize::new(0),
            most_waiting,
        }
    }

    /// Batches that run now.
    fn running(&self) -> usize {
        self.most_running.saturating_sub(self.running.available_permits())
    }

    /// Waits for a place.
    async fn enter(&self) -> Result<SemaphorePermit<'_>, Error> {
        if let Ok(permit) = self.running.try_acquire() {
            return Ok(permit);
        }
        let waiting = Waiting::new(&self.waiting);
        if waiting.before >= self.most_waiting {
            let message = format!(
                "{} batches are waiting already (maxQueuedBatches); await some before starting more",
                self.most_waiting
            );
            return Err(Error::new(ErrorKind::Overloaded, message));
        }
        self.running.acquire().await.map_err(|_| Error::closed())
    }
}

/// One batch in the queue; counted for as long as it exists, so that one that gives up is not counted for ever.
struct Waiting<'a> {
    count: &'a AtomicUsize,
    before: usize,
}

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        Self { count, before: count.fetch_add(1, Ordering::Relaxed) }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.count.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Reads or writes all keys; the table takes columns and codes. When this returns, by whatever way, nobody writes into the table any more.
pub(crate) async fn run(
    engine: &Engine,
    keys: KeySource,
    table: Arc<Table>,
    (policy, work): (ReadPolicy, Work),
    abort: &CancellationToken,
) -> Result<BatchOutcome, Error> {
    let total = policy.total_timeout;
    let deadline = (!total.is_zero()).then(|| Instant::now() + total);
    let random = rand::random_range(0..64);
    let context = Arc::new(Context {
        keys,
        table,
        policy,
        work,
        counters: Arc::clone(&engine.counters),
        random,
        deadline,
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
    ended.and_then(|timed_out| finish(&context, timed_out.then_some(total)))
}

async fn admitted(engine: &Engine, context: &Arc<Context>) -> Result<(), Error> {
    let _place = engine.admission.enter().await?;
    attempts(&engine.cluster, context, engine.admission.running()).await
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

/// Adds up what the requests did. Without any answered row the batch as a whole has failed.
fn finish(context: &Context, timed_out: Option<Duration>) -> Result<BatchOutcome, Error> {
    let unanswered = context.table.finish(timed_out.map(|_| codes::TIMEOUT));
    let mut progress = context.lock();
    let attempts = progress.attempts;
    let mut failures = std::mem::take(&mut progress.failures);
    let rows = context.table.rows();
    if let Some(total) = timed_out {
        let message = format!(
            "{} of {rows} keys were not answered within {} ms (totalTimeout)",
            unanswered.len(),
            total.as_millis()
        );
        let mut error = Error::new(ErrorKind::Timeout, message).with_code(codes::TIMEOUT).after(attempts);
        if let Some((_, cause)) = failures.pop() {
            error = error.because(cause);
        }
        failures.retain(|(failed, _)| failed.is_by_client());
        let rows = unanswered.clone();
        let failed =
            FailedRequest { node: String::new(), code: codes::TIMEOUT, message: error.message.clone(), rows };
        failures.push((failed, error));
    }
    if rows > 0 && unanswered.len() == rows {
        return Err(whole_failure(failures, attempts));
    }
    let mut tally = Tally::new(context.table.field_count());
    progress.tallies.iter().for_each(|worker| tally.add(&worker.total()));
    Ok(BatchOutcome {
        ok: tally.ok_rows,
        conversions: tally.conversions(),
        first_loss: tally.first_loss,
        failures: lasting(failures, &unanswered),
    })
}

/// The failures whose rows have stayed without an answer: what a later attempt has mended is none.
fn lasting(failures: Vec<(FailedRequest, Error)>, unanswered: &[u32]) -> Vec<FailedRequest> {
    let mut seen = std::collections::HashSet::new();
    let mut lasting: Vec<FailedRequest> = failures
        .into_iter()
        .rev()
        .map(|(mut failed, _)| {
            let by_client = failed.is_by_client();
            failed
                .rows
                .retain(|row| (by_client || unanswered.binary_search(row).is_ok()) && seen.insert(*row));
            failed
        })
        .filter(|failed| !failed.rows.is_empty())
        .collect();
    lasting.reverse();
    lasting
}

/// The last failure is the one that the final attempt ended with; the first is its cause when they differ.
fn whole_failure(mut failures: Vec<(FailedRequest, Error)>, attempts: u32) -> Error {
    let Some((_, mut last)) = failures.pop() else {
        return no_node(false);
    };
    last.attempts = Some(attempts);
    if last.cause.is_none()
        && let Some((_, first)) = failures.into_iter().find(|(_, first)| first.message != last.message)
    {
        last = last.because(first);
    }
    last
}

/// All attempts: every further one asks again only for rows without an answer, or with a code worth it.
async fn attempts(cluster: &Arc<Cluster>, context: &Arc<Context>, running: usize) -> Result<(), Error> {
    let policy = &context.policy;
    let mut rows = refuse_unknown_namespaces(context, &cluster.map());
    if let Work::Write { source, .. } = &context.work {
        rows = refuse_empty_rows(context, source, rows);
    }
    for attempt in 0..=policy.max_retries as usize {
        if rows.len() == 0 {
            break;
        }
        if attempt > 0 {
            // The map is read again meanwhile if need be; no batch waits for that, as the old one may still serve.
            cluster.doubt_map();
            tokio::time::sleep(pause_before(attempt, policy.sleep_between_retries)).await;
        }
        if attempt > 0 {
            context.counters.retry(rows.len());
        }
        context.lock().attempts = attempt as u32 + 1;
        rows = Rows::Some(one_attempt(cluster.map(), context, rows, attempt, running).await?);
    }
    Ok(())
}

/// Every further attempt waits twice as long as the one before it, so that nodes that are in trouble are asked ever less.
fn pause_before(attempt: usize, first: Duration) -> Duration {
    let doublings = u32::try_from(attempt - 1).unwrap_or(u32::MAX).min(20);
    first.saturating_mul(1 << doublings).min(LONGEST_BACKOFF.max(first))
}

/// One unknown namespace would make a server refuse the whole request, so such rows are answered here.
fn refuse_unknown_namespaces(context: &Arc<Context>, map: &PartitionMap) -> Rows {
    let count = context.keys.len() as u32;
    let groups = context.keys.distinct_groups();
    if groups.iter().all(|group| map.has_namespace(&group.namespace)) {
        return Rows::All(count);
    }
    let is_known = |row: &u32| map.has_namespace(context.keys.group(*row).namespace);
    let (known, unknown): (Vec<u32>, Vec<u32>) = (0..count).partition(is_known);
    for group in groups.iter().filter(|group| !map.has_namespace(&group.namespace)) {
        let rows: Vec<u32> = unknown
            .iter()
            .copied()
            .filter(|&row| context.keys.group(row).namespace == group.namespace)
            .collect();
        let message =
            format!("namespace {:?} is unknown; the cluster has: {}", group.namespace, map.namespace_names());
        answer(context, &rows, Error::new(ErrorKind::Server, message).with_code(codes::NAMESPACE_NOT_FOUND));
    }
    Rows::Some(known)
}

/// A write without any value is none; the server would refuse it.
fn refuse_empty_rows(context: &Context, source: &Source, rows: Rows) -> Rows {
    let (full, empty): (Vec<u32>, Vec<u32>) = rows.iter().partition(|&row| source.has_values(row as usize));
    if empty.is_empty() {
        return rows;
    }
    let message = "the row has no valid cell, so there is nothing to write";
    answer(context, &empty, Error::new(ErrorKind::InvalidArgument, message).with_code(codes::ERR_PARAM));
    Rows::Some(full)
}

/// Answers rows with an error of the client's own.
fn answer(context: &Context, rows: &[u32], error: Error) {
    let Ok(mut claim) = context.table.claim_rows(rows.to_vec()) else { return };
    if let Some(pass) = claim.open() {
        (0..rows.len()).for_each(|position| pass.answer(position, error.row_code()));
    }
    context.note(String::new(), error, rows.to_vec());
}

/// Sends every row once and gives those that need another attempt.
async fn one_attempt(
    map: Arc<PartitionMap>,
    context: &Arc<Context>,
    rows: Rows,
    attempt: usize,
    running: usize,
) -> Result<Vec<u32>, Error> {
    let count = rows.len();
    let row_bytes = match &context.work {
        Work::Read { .. } => 0,
        Work::Write { source, .. } => source.row_bytes(),
    };
    let plan = Plan::new(&context.policy, count, map.nodes().len(), row_bytes, running);
    let router = Arc::new(Router::new(Arc::clone(context), Arc::clone(&map), rows, attempt, plan.chunk_rows));
    let workers = (0..map.nodes().len())
        .flat_map(|node| std::iter::repeat_n(node, plan.workers_per_node))
        .map(|node| {
            let worker = Worker {
                context: Arc::clone(context),
                router: Arc::clone(&router),
                node: Arc::clone(&map.nodes()[node]),
                index: node,
                tally: WorkerTally::new(context.table.field_count()),
                attempt,
            };
            context.lock().tallies.push(Arc::clone(&worker.tally));
            worker.run()
        });
    let mut again = run_all(workers, count <= SMALL_BATCH).await?;
    again.append(&mut answer_unowned(context, router.take_unowned()));
    again.sort_unstable();
    Ok(again)
}

fn answer_unowned(context: &Context, rows: Vec<u32>) -> Vec<u32> {
    // Rows that had no owner in an earlier attempt have been asked for by now, or are here again.
    let unowned =
        |failed: &FailedRequest| failed.is_by_client() && failed.code == codes::PARTITION_UNAVAILABLE;
    context.lock().failures.retain(|(failed, _)| !unowned(failed));
    if !rows.is_empty() {
        answer(context, &rows, no_node(true));
    }
    rows
}

/// Runs the workers in this task when the batch is small, because moving it to other threads costs more than it
/// gains; else the first here and each of the others as a task of its own.
async fn run_all(
    workers: impl Iterator<Item = impl Future<Output = Result<Vec<u32>, Error>> + Send + 'static>,
    here: bool,
) -> Result<Vec<u32>, Error> {
    let mut again = Vec::new();
    if here {
        let mut running: FuturesUnordered<_> = workers.collect();
        while let Some(rows) = running.next().await {
            again.append(&mut rows?);
        }
        return Ok(again);
    }
    // One of them runs in this task: its first request is on its way before another thread has woken up.
    let mut workers = workers;
    let own = workers.next();
    // Dropping the set, as a timeout or an abort does, ends its tasks.
    let mut others: JoinSet<_> = workers.collect();
    let own = async {
        match own {
            Some(worker) => worker.await,
            None => Ok(Vec::new()),
        }
    };
    let others = async {
        let mut again = Vec::new();
        while let Some(joined) = others.join_next().await {
            again.append(&mut joined.map_err(Error::fault)??);
        }
        Ok(again)
    };
    let (mut rows, mut more) = tokio::try_join!(own, others)?;
    again.append(&mut rows);
    again.append(&mut more);
    Ok(again)
}

/// How many requests, and of which size.
#[derive(Debug, PartialEq, Eq)]
struct Plan {
    chunk_rows: usize,
    workers_per_node: usize,
}

impl Plan {
    fn new(policy: &ReadPolicy, rows: usize, nodes: usize, row_bytes: usize, running: usize) -> Self {
        let nodes = nodes.max(1);
        let per_node = rows.div_ceil(nodes);
        let alone = match per_node {
            ..=ONE_REQUEST if policy.max_keys_per_request == 0 => 1,
            LARGE_BATCH.. => WORKERS_FOR_LARGE,
            _ => WORKERS_PER_NODE,
        };
        let most_workers = match policy.max_concurrent_requests {
            // Batches that run side by side keep the nodes busy together, and each with less effort.
            0 => (alone / running.max(1)).max(1),
            most => most,
        };
        // Keys never spread evenly over several nodes: without some room each would be asked a second time for a few.
        let room = if nodes > 1 { per_node / 8 } else { 0 };
        let chosen = (per_node + room).div_ceil(most_workers).clamp(LEAST_CHUNK, MOST_CHUNK);
        let chunk_rows = match policy.max_keys_per_request {
            0 => chosen,
            most => most.min(ReadPolicy::MOST_KEYS),
        };
        let chunk_rows = chunk_rows.min(MOST_REQUEST_BYTES / (row_bytes + 1)).max(1);
        let workers_per_node = rows.div_ceil(chunk_rows).clamp(1, most_workers);
        Self { chunk_rows, workers_per_node }
    }
}

/// Sends chunks to one node over one connection, one after the other.
struct Worker {
    context: Arc<Context>,
    router: Arc<Router>,
    node: Arc<DataNode>,
    index: usize,
    tally: Arc<WorkerTally>,
    attempt: usize,
}

impl Worker {
    async fn run(self) -> Result<Vec<u32>, Error> {
        let mut again = Vec::new();
        let mut lease: Option<Lease> = None;
        // A node that has failed this worker once is not asked again before the next attempt.
        let mut broken: Option<Error> = None;
        while let Some(mut chunk) = self.router.next_chunk(self.index).await? {
            if self.attempt > 0
                && let Some(pass) = chunk.claim.open()
            {
                pass.reopen();
            }
            let ended = match &broken {
                Some(error) => Err(error.clone()),
                None => self.ask(&mut lease, &mut chunk).await,
            };
            if let Err(error) = ended {
                if matches!(error.kind, ErrorKind::Connection | ErrorKind::Timeout) {
                    broken = Some(error.clone());
                }
                let label = self.node.label();
                again.append(&mut self.context.fail(&mut chunk, label.clone(), error.at(label)));
            }
            again.append(&mut chunk.retryable);
        }
        if let Some(lease) = lease {
            lease.give_back();
        }
        Ok(again)
    }

    async fn ask(&self, lease: &mut Option<Lease>, chunk: &mut Chunk) -> Result<(), Error> {
        let mut connected = match lease.take() {
            Some(connected) => connected,
            None => self.node.lease(self.context.patience(self.attempt)).await?,
        };
        let before = connected.connection.received;
        let ended = exchange(&mut connected.connection, chunk, &self.context, &self.tally).await;
        let Connection { output, received, .. } = &connected.connection;
        self.context.counters.request(output.len() as u64, received - before, ended.is_err());
        match ended {
            Ok(()) => {}
            // A refusal is a complete reply: the connection is as good as before.
            Err(error) if error.kind == ErrorKind::Server => {
                *lease = Some(connected);
                return Err(error);
            }
            Err(error) => {
                if error.kind != ErrorKind::Protocol {
                    self.node.failed();
                }
                return Err(error);
            }
        }
        self.node.succeeded();
        check_complete(chunk)?;
        *lease = Some(connected);
        Ok(())
    }
}

/// A reply that ended without some of its rows is an error for those, and its connection is not to be trusted.
fn check_complete(chunk: &mut Chunk) -> Result<(), Error> {
    let rows = chunk.claim.len();
    let lost = chunk.claim.open().map_or(0, |pass| pass.fail_unanswered(codes::NO_RESPONSE).len());
    if lost == 0 {
        return Ok(());
    }
    let message = format!("the server's reply ended without {lost} of {rows} rows");
    Err(Error::new(ErrorKind::Protocol, message).with_code(codes::NO_RESPONSE))
}
