use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aerostride_wire::Digest;
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::Notify;

use super::chunk::Chunk;
use super::context::Context;
use super::route::Route;
use crate::Error;
use crate::pace::Requests;
use crate::partition_map::{NamespaceMap, PartitionMap};

/// Rows that one worker hashes and sorts by node before it looks for work again.
const SEGMENT: usize = 512;

/// Where keys have to be hashed first, the first requests of a large batch have so many rows: the server has something to
/// do while the others are hashed.
const LEAD: usize = 512;

/// The rows of one attempt.
#[derive(Debug)]
pub(crate) enum Rows {
    /// All rows of the batch.
    All(u32),
    /// The rows left over by earlier attempts.
    Some(Vec<u32>),
}

impl Rows {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::All(count) => *count as usize,
            Self::Some(rows) => rows.len(),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> {
        (0..self.len()).map(|position| self.at(position))
    }

    fn at(&self, position: usize) -> u32 {
        match self {
            Self::All(_) => position as u32,
            Self::Some(rows) => rows[position],
        }
    }
}

/// Hands out chunks to the workers of an attempt.
///
/// Where one node owns everything, a chunk is the next run of rows and its digests are computed by whoever sends it. With
/// several nodes, a worker without work takes the next segment of rows, hashes it and sorts it into the buckets of the
/// nodes; a full bucket becomes a chunk. So hashing is spread over the workers, and the first request leaves when the first
/// bucket is full.
#[derive(Debug)]
pub(crate) struct Router {
    context: Arc<Context>,
    map: Arc<PartitionMap>,
    rows: Rows,
    attempt: usize,
    /// How each node is asked.
    requests: Vec<Requests>,
    /// Rows that go out in requests of [`LEAD`].
    lead_rows: usize,
    sole: bool,
    /// The next position in `rows` that nobody has taken.
    next: AtomicUsize,
    sorting: Mutex<Sorting>,
    sorted: Notify,
}

#[derive(Debug, Default)]
struct Sorting {
    buckets: Vec<Bucket>,
    ready: Vec<VecDeque<Bucket>>,
    /// Positions that are sorted; everything is when it reaches the number of rows.
    sorted: usize,
    unowned: Vec<u32>,
}

#[derive(Debug, Default)]
struct Bucket {
    rows: Vec<u32>,
    digests: Vec<Digest>,
}

impl Router {
    pub(crate) fn new(
        context: Arc<Context>,
        map: Arc<PartitionMap>,
        rows: Rows,
        attempt: usize,
        requests: Vec<Requests>,
    ) -> Self {
        let namespaces = context.keys.distinct_groups().iter().map(|group| group.namespace.as_str());
        let sole = map.sole_owner(namespaces).is_some();
        // One node gets its rows without sorting.
        let nodes = if sole { 0 } else { map.nodes().len() };
        let large = requests.iter().all(|requests| requests.rows > 2 * LEAD);
        let lead_rows = if large && context.keys.hashed().is_none() { 2 * LEAD } else { 0 };
        let sorting = Sorting {
            buckets: (0..nodes).map(|_| Bucket::default()).collect(),
            ready: (0..nodes).map(|_| VecDeque::new()).collect(),
            ..Sorting::default()
        };
        Self {
            context,
            map,
            rows,
            attempt,
            requests,
            lead_rows,
            sole,
            next: AtomicUsize::new(0),
            sorting: Mutex::new(sorting),
            sorted: Notify::new(),
        }
    }

    /// The requests to each node.
    pub(crate) fn requests(&self) -> &[Requests] {
        &self.requests
    }

    /// The next chunk for a node, or `None` when there will be no more.
    ///
    /// # Errors
    /// A fault of this library: a row that two requests wanted.
    pub(crate) async fn next_chunk(&self, node: usize) -> Result<Option<Chunk>, Error> {
        if self.sole {
            return self.next_run(&self.requests[node]).transpose();
        }
        loop {
            // Enabled before the look, so that a wake-up between look and wait is not lost.
            let mut wake = std::pin::pin!(self.sorted.notified());
            wake.as_mut().enable();
            if let Some(bucket) = self.lock().ready[node].pop_front() {
                return self.claim_bucket(bucket).map(Some);
            }
            if self.sort_segment() {
                continue;
            }
            let done = {
                let sorting = self.lock();
                sorting.sorted == self.rows.len() && sorting.ready[node].is_empty()
            };
            if done {
                return Ok(None);
            }
            wake.await;
        }
    }

    /// Rows without an owner, once all chunks were handed out.
    pub(crate) fn take_unowned(&self) -> Vec<u32> {
        std::mem::take(&mut self.lock().unowned)
    }

    fn next_run(&self, requests: &Requests) -> Option<Result<Chunk, Error>> {
        let left = |begin| self.rows.len().saturating_sub(begin);
        let run = |begin| begin + if begin < self.lead_rows { LEAD } else { requests.next(left(begin)) };
        let next = |begin| Some(run(begin));
        let Ok(begin) = self.next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next) else {
            return None;
        };
        let end = run(begin).min(self.rows.len());
        if begin >= end {
            return None;
        }
        let claim = match &self.rows {
            Rows::All(_) => self.context.table.claim_range(begin as u32..end as u32),
            Rows::Some(rows) => self.context.table.claim_rows(rows[begin..end].to_vec()),
        };
        Some(claim.map(|claim| Chunk::new(claim, Vec::new())).map_err(Error::fault))
    }

    fn claim_bucket(&self, bucket: Bucket) -> Result<Chunk, Error> {
        let claim = self.context.table.claim_rows(bucket.rows).map_err(Error::fault)?;
        Ok(Chunk::new(claim, bucket.digests))
    }

    /// Hashes and sorts the next rows; `false` when all were taken.
    fn sort_segment(&self) -> bool {
        let begin = self.next.fetch_add(SEGMENT, Ordering::Relaxed);
        let end = (begin + SEGMENT).min(self.rows.len());
        if begin >= end {
            return false;
        }
        let mut digests = Vec::with_capacity(end - begin);
        self.context.keys.digests((begin..end).map(|position| self.rows.at(position)), &mut digests);
        // Neighbours nearly always share their namespace: it is looked up once for all of them.
        let mut seen: Option<(usize, Option<&NamespaceMap>)> = None;
        let route = Route {
            map: &self.map,
            policy: &self.context.batch.policy,
            attempt: self.attempt,
            random: self.context.random,
        };
        let routed: Vec<(u32, Digest, Option<usize>)> = digests
            .into_iter()
            .enumerate()
            .map(|(offset, digest)| {
                let row = self.rows.at(begin + offset);
                let group = self.context.keys.group_index(row);
                let namespace = match seen {
                    Some((same, namespace)) if same == group => namespace,
                    _ => self.map.namespace(self.context.keys.group(row).namespace),
                };
                seen = Some((group, namespace));
                (row, digest, namespace.and_then(|namespace| route.node(namespace, &digest)))
            })
            .collect();
        self.put(&routed, end - begin);
        self.sorted.notify_waiters();
        true
    }

    fn put(&self, routed: &[(u32, Digest, Option<usize>)], count: usize) {
        let mut sorting = self.lock();
        for (row, digest, node) in routed {
            let Some(node) = *node else {
                sorting.unowned.push(*row);
                continue;
            };
            let bucket = &mut sorting.buckets[node];
            bucket.rows.push(*row);
            bucket.digests.push(*digest);
            if bucket.rows.len() >= self.requests[node].rows {
                sorting.flush(node);
            }
        }
        sorting.sorted += count;
        if sorting.sorted == self.rows.len() {
            (0..sorting.buckets.len()).for_each(|node| sorting.flush(node));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Sorting> {
        self.sorting.lock()
    }
}

impl Sorting {
    fn flush(&mut self, node: usize) {
        let bucket = std::mem::take(&mut self.buckets[node]);
        if !bucket.rows.is_empty() {
            self.ready[node].push_back(bucket);
        }
    }
}
