use std::sync::Arc;
use std::time::Duration;

use aerostride_columns::Source;
use futures_util::future::try_join_all;
use tokio::task::JoinSet;

use super::admission::Admission;
use super::context::{Context, WorkerTally, answer};
use super::plan::{Plan, RowBytes};
use super::request::{Batch, FailedRequest, Work};
use super::router::{Router, Rows};
use super::worker::{Run, Span, Worker};
use crate::cluster::Cluster;
use crate::codes;
use crate::pace::Exchanged;
use crate::partition_map::PartitionMap;
use crate::pool::{DataNode, no_node};
use crate::{Error, ErrorKind};

/// Up to so many rows a batch is read by the task that was called, without spreading it over threads.
const SMALL_BATCH: usize = 512;

/// The pause before a further attempt grows up to this, unless the policy asks for a longer one from the start.
const LONGEST_BACKOFF: Duration = Duration::from_secs(1);

/// All attempts: every further one asks again only for rows without an answer, or with a code worth it.
pub(super) async fn attempts(
    cluster: &Arc<Cluster>,
    context: &Arc<Context>,
    admission: &Admission,
) -> Result<(), Error> {
    let policy = &context.batch.policy;
    let mut rows = refuse_unknown_namespaces(context, &cluster.map());
    if let Work::Write { source, .. } = &context.batch.work {
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
        rows = Rows::Some(one_attempt(cluster.map(), context, rows, attempt, admission).await?);
    }
    Ok(())
}

/// Every further attempt waits twice as long as the one before it, so that nodes that are in trouble are asked ever less.
pub(crate) fn pause_before(attempt: usize, first: Duration) -> Duration {
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
        answer(context, &rows, map.unknown_namespace(&group.namespace));
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

/// Sends every row once and gives those that need another attempt.
async fn one_attempt(
    map: Arc<PartitionMap>,
    context: &Arc<Context>,
    rows: Rows,
    attempt: usize,
    admission: &Admission,
) -> Result<Vec<u32>, Error> {
    let (count, nodes, batch) = (rows.len(), map.nodes(), &context.batch);
    let (running, entered) = (admission.running(), admission.entered());
    let row_bytes =
        RowBytes { asked: context.row_bytes(), made: context.table.byte_len() / context.keys.len().max(1) };
    let plan = Plan::new(&batch.policy, count, nodes.len(), batch.values(), row_bytes, running);
    let requests = nodes.iter().map(|node| plan.requests(node.pace(batch.writes()))).collect();
    let router = Arc::new(Router::new(Arc::clone(context), Arc::clone(&map), rows, attempt, requests));
    let workers = router
        .requests()
        .iter()
        .enumerate()
        .flat_map(|(node, requests)| std::iter::repeat_n(node, requests.at_once))
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
    let mut runs = run_all(workers, count <= SMALL_BATCH || context.is_small()).await?;
    // Batches side by side hold each other up, which says nothing about a node.
    if attempt == 0 && running <= 1 && admission.entered() == entered {
        nodes.iter().enumerate().for_each(|(node, known)| learn(known, node, &runs, batch));
    }
    let mut again: Vec<u32> = runs.iter_mut().flat_map(|run| std::mem::take(&mut run.again)).collect();
    again.append(&mut answer_unowned(context, router.take_unowned()));
    again.sort_unstable();
    Ok(again)
}

/// A first reply that took so many times as long as another's had to wait for that.
const WAITED: f64 = 1.5;

/// Tells a node what the workers of one batch have seen of it: its pace, and which connections wait for others.
fn learn(node: &DataNode, index: usize, runs: &[Run], batch: &Batch) {
    let spans = || runs.iter().filter(|run| run.node == index).filter_map(|run| run.span);
    let (Some(begun), Some(ended)) =
        (spans().map(|span| span.begun).min(), spans().map(|span| span.ended).max())
    else {
        return;
    };
    // A server answers on the thread that a connection belongs to, and the first requests of a batch are of one size.
    let fastest = spans().map(|span| span.first_byte).min().unwrap_or_default();
    let has_waited = |span: &Span| span.first_byte > fastest.mul_f64(WAITED);
    let at_once = spans().count();
    let exchanged = Exchanged {
        at_once,
        side_by_side: spans().filter(|span| !has_waited(span)).count(),
        rows: spans().map(|span| span.rows).sum(),
        values: batch.values(),
        took: ended.saturating_duration_since(begun),
        turns: spans().map(|span| span.turns).max().unwrap_or_default(),
    };
    node.pace(batch.writes()).learn(exchanged);
    if at_once > 1 {
        node.rank(spans().map(|span| (span.place, has_waited(&span))));
    }
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

/// Runs a single worker in this task, and several when the batch is small, because moving it to other threads costs more than
/// it gains; else the first here and each of the others as a task of its own.
async fn run_all(
    mut workers: impl Iterator<Item = impl Future<Output = Result<Run, Error>> + Send + 'static>,
    here: bool,
) -> Result<Vec<Run>, Error> {
    // One of them always runs in this task: its first request is on its way before another thread has woken up.
    let Some(own) = workers.next() else { return Ok(Vec::new()) };
    let others: Vec<_> = workers.collect();
    if others.is_empty() {
        return Ok(vec![own.await?]);
    }
    if here {
        // As a list: of how many there are, an iterator knows too little, and more than a few are joined in another way, which
        // wakes the task once more after every first step.
        return try_join_all(std::iter::once(own).chain(others).collect::<Vec<_>>()).await;
    }
    // Dropping the set, as a timeout or an abort does, ends its tasks.
    let mut others: JoinSet<_> = others.into_iter().collect();
    let others = async {
        let mut runs = Vec::new();
        while let Some(joined) = others.join_next().await {
            runs.push(joined.map_err(Error::fault)??);
        }
        Ok(runs)
    };
    let (own, mut runs) = tokio::try_join!(own, others)?;
    runs.push(own);
    Ok(runs)
}
