//! The scans and queries of a node: those that run, and the last ones that have ended.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use aerostride_wire::result_code as code;

/// Ended queries that are remembered, as in every real server.
const KEEP_ENDED: usize = 100;
/// Threads that a real server gives to a query that is not short.
const THREADS: usize = 4;

/// All queries of a node.
#[derive(Debug, Default)]
pub(crate) struct Queries {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    running: Vec<Arc<Query>>,
    ended: VecDeque<Arc<Query>>,
    threads: usize,
    next: u64,
    /// How many have come to their end, by namespace and whether they used an index.
    completed: HashMap<(String, bool), u64>,
}

/// What is known of a query before it runs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wish {
    /// The client's number for it; without one, or with 0, the node chooses one.
    pub(crate) id: u64,
    pub(crate) namespace: String,
    pub(crate) set: String,
    pub(crate) index: String,
    pub(crate) partitions: usize,
    pub(crate) short: bool,
    /// What it does, as it is shown.
    pub(crate) kind: &'static str,
    /// What else is shown of one in the background.
    pub(crate) detail: String,
    pub(crate) records_per_second: u32,
    pub(crate) socket_timeout: u32,
    /// Partitions that it resumes.
    pub(crate) resumed: usize,
    /// The client's address.
    pub(crate) from: String,
}

/// A query that runs or has run.
#[derive(Debug)]
pub(crate) struct Query {
    pub(crate) wish: Wish,
    id: u64,
    threads: usize,
    started: Instant,
    aborted: AtomicBool,
    result: AtomicU64,
    ended: OnceLock<Instant>,
    /// Partitions that it is done with.
    pub(crate) visited: AtomicU64,
    /// Bytes that were sent.
    pub(crate) bytes: AtomicU64,
    /// Records that it waited for.
    pub(crate) throttled: AtomicU64,
    pub(crate) delivered: AtomicU64,
    pub(crate) failed: AtomicU64,
    pub(crate) filtered: AtomicU64,
}

impl Query {
    pub(crate) const fn id(&self) -> u64 {
        self.id
    }

    /// Whether somebody has ordered its end.
    pub(crate) fn is_aborted(&self) -> bool {
        self.aborted.load(Ordering::Relaxed)
    }

    /// The code that it ended with, and when; `None` while it runs.
    pub(crate) fn ended(&self) -> Option<(u8, Instant)> {
        let at = self.ended.get()?;
        Some((self.result.load(Ordering::Relaxed) as u8, *at))
    }

    pub(crate) fn run_time(&self) -> Duration {
        self.ended.get().map_or_else(|| self.started.elapsed(), |at| at.duration_since(self.started))
    }

    pub(crate) const fn threads(&self) -> usize {
        self.threads
    }

    /// Percent of the partitions that it is done with.
    pub(crate) fn progress(&self) -> f64 {
        let visited = self.visited.load(Ordering::Relaxed) as f64;
        if self.wish.partitions == 0 { 100.0 } else { visited * 100.0 / self.wish.partitions as f64 }
    }
}

/// A query for as long as it runs.
#[derive(Debug)]
pub(crate) struct Running<'q> {
    queries: &'q Queries,
    query: Arc<Query>,
}

impl Running<'_> {
    pub(crate) fn query(&self) -> &Query {
        &self.query
    }

    /// Notes the code that it ends with. One that ends without was left by its client.
    pub(crate) fn end_with(&self, code: u8) {
        self.query.result.store(u64::from(code), Ordering::Relaxed);
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let _only_once = self.query.ended.set(Instant::now());
        self.queries.end(&self.query);
    }
}

impl Queries {
    /// Begins a query, or gives the code that refuses it: its number is in use, or all threads are.
    pub(crate) fn begin(&self, wish: Wish, limit: usize) -> Result<Running<'_>, u8> {
        let mut state = self.lock();
        let threads = if wish.short { 1 } else { THREADS.min(wish.partitions).max(1) };
        if state.threads + threads > limit {
            return Err(code::FAIL_FORBIDDEN);
        }
        let id = match wish.id {
            0 => state.free_id(),
            id if !wish.short && state.knows(id) => return Err(code::PARAMETER),
            id => id,
        };
        let query = Arc::new(Query {
            wish,
            id,
            threads,
            started: Instant::now(),
            aborted: AtomicBool::new(false),
            result: AtomicU64::new(u64::from(code::UNKNOWN)),
            ended: OnceLock::new(),
            visited: AtomicU64::default(),
            bytes: AtomicU64::default(),
            throttled: AtomicU64::default(),
            delivered: AtomicU64::default(),
            failed: AtomicU64::default(),
            filtered: AtomicU64::default(),
        });
        state.threads += threads;
        state.running.push(Arc::clone(&query));
        Ok(Running { queries: self, query })
    }

    fn end(&self, query: &Arc<Query>) {
        let mut state = self.lock();
        state.threads -= query.threads;
        state.running.retain(|running| !Arc::ptr_eq(running, query));
        if query.wish.short {
            return;
        }
        if query.result.load(Ordering::Relaxed) == u64::from(code::OK) {
            let key = (query.wish.namespace.clone(), !query.wish.index.is_empty());
            *state.completed.entry(key).or_default() += 1;
        }
        if state.ended.len() == KEEP_ENDED {
            state.ended.pop_front();
        }
        state.ended.push_back(Arc::clone(query));
    }

    /// Orders the end of a query. `false` if none of that number runs.
    pub(crate) fn abort(&self, id: u64) -> bool {
        let state = self.lock();
        let found = state.running.iter().find(|query| query.id == id && !query.wish.short);
        found.inspect(|query| query.aborted.store(true, Ordering::Relaxed)).is_some()
    }

    /// Orders the end of all queries and gives how many there were.
    pub(crate) fn abort_all(&self) -> usize {
        let state = self.lock();
        let long = state.running.iter().filter(|query| !query.wish.short);
        long.inspect(|query| query.aborted.store(true, Ordering::Relaxed)).count()
    }

    /// Long ones that run.
    pub(crate) fn running(&self) -> usize {
        self.lock().running.iter().filter(|query| !query.wish.short).count()
    }

    /// Long ones that have come to their end.
    pub(crate) fn completed(&self, namespace: &str, by_index: bool) -> u64 {
        self.lock().completed.get(&(namespace.to_owned(), by_index)).copied().unwrap_or(0)
    }

    /// Those that run and those that have ended, the latest first. Short ones are not shown.
    pub(crate) fn list(&self) -> Vec<Arc<Query>> {
        let state = self.lock();
        let all = state.running.iter().rev().chain(state.ended.iter().rev());
        all.filter(|query| !query.wish.short).cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn knows(&self, id: u64) -> bool {
        self.running.iter().chain(&self.ended).any(|query| query.id == id && !query.wish.short)
    }

    fn free_id(&mut self) -> u64 {
        loop {
            self.next += 1;
            if !self.knows(self.next) {
                return self.next;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(id: u64) -> Wish {
        Wish { id, partitions: 64, ..Wish::default() }
    }

    #[test]
    fn a_number_is_free_again_after_a_hundred_others() {
        let queries = Queries::default();
        let first = queries.begin(wish(7), 128).unwrap();
        assert_eq!(queries.begin(wish(7), 128).unwrap_err(), code::PARAMETER);
        drop(first);
        for id in 100..199 {
            assert_eq!(queries.begin(wish(7), 128).unwrap_err(), code::PARAMETER, "{id}");
            drop(queries.begin(wish(id), 128).unwrap());
        }
        drop(queries.begin(wish(199), 128).unwrap());
        drop(queries.begin(wish(7), 128).unwrap());
    }

    #[test]
    fn threads_are_limited_and_come_back() {
        let queries = Queries::default();
        let running: Vec<_> = (0..32).map(|_| queries.begin(wish(0), 128).unwrap()).collect();
        assert_eq!(queries.begin(wish(0), 128).unwrap_err(), code::FAIL_FORBIDDEN);
        let short = Wish { short: true, ..wish(0) };
        assert_eq!(queries.begin(short.clone(), 128).unwrap_err(), code::FAIL_FORBIDDEN);
        drop(running);
        assert!(queries.begin(short, 128).is_ok());
    }

    #[test]
    fn only_what_runs_can_be_aborted() {
        let queries = Queries::default();
        let running = queries.begin(wish(7), 128).unwrap();
        assert!(queries.abort(7) && !queries.abort(8));
        assert!(running.query().is_aborted());
        drop(running);
        assert!(!queries.abort(7));
        assert_eq!(queries.list().len(), 1);
    }
}
