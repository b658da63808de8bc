//! The nodes, what they think of one another, and which of them has which partition.

mod state;
mod table;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex, MutexGuard};
use state::{NodeView, State};
use table::only;

pub(crate) use state::Pace;

/// A cluster of one or more nodes.
#[derive(Debug)]
pub(crate) struct Cluster {
    members: Vec<Member>,
    state: Mutex<State>,
    /// False while some partition cannot be served by its master, or some node is no member: then every request looks
    /// closely, and only then.
    whole: AtomicBool,
    changed: Condvar,
    stopping: AtomicBool,
}

/// One node as the others see it.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) id: String,
    pub(crate) address: SocketAddr,
}

/// What info has to say about the cluster from one node's point of view.
#[derive(Debug)]
pub(crate) struct Outlook {
    view: NodeView,
    node: usize,
}

impl Cluster {
    pub(crate) fn new(
        addresses: &[SocketAddr],
        replication_factor: usize,
        racks: &[u32],
        pace: Pace,
    ) -> Self {
        // A lone node is A1; nodes of clusters are B1, B2...
        let letter = if addresses.len() == 1 { 'A' } else { 'B' };
        let member = |(index, address): (usize, &SocketAddr)| Member {
            id: format!("{letter}{:X}", index + 1),
            address: *address,
        };
        let members: Vec<_> = addresses.iter().enumerate().map(member).collect();
        let copies = replication_factor.min(members.len());
        let state = State::formed(members.len(), copies, racks, pace, Instant::now());
        Self {
            members,
            state: Mutex::new(state),
            whole: AtomicBool::new(true),
            changed: Condvar::new(),
            stopping: AtomicBool::new(false),
        }
    }

    pub(crate) fn member(&self, index: usize) -> &Member {
        &self.members[index]
    }

    pub(crate) fn members(&self) -> &[Member] {
        &self.members
    }

    /// The cluster as `node` sees it.
    pub(crate) fn outlook(&self, node: usize) -> Outlook {
        Outlook { view: self.state().views[node].clone(), node }
    }

    /// Whether `node` can serve a partition. In a whole cluster every node can: it would ask the one that has it.
    #[inline]
    pub(crate) fn serves(&self, node: usize, partition: usize, write: bool) -> bool {
        self.whole.load(Ordering::Acquire) || self.state().serves(node, partition, write)
    }

    /// Whether `node` has a copy of a partition, and so delivers its records to scans.
    pub(crate) fn scans(&self, node: usize, partition: usize) -> bool {
        let state = self.state();
        let has_copy = state.views[node].table.owners(partition).any(|owner| owner == node);
        has_copy && state.serves(node, partition, false)
    }

    /// A node has stopped. Gives the partitions whose records are lost.
    pub(crate) fn stop(&self, node: usize) -> Vec<usize> {
        self.change(|state| state.stop(node, Instant::now()))
    }

    pub(crate) fn start(&self, node: usize) {
        self.change(|state| state.start(node, Instant::now()));
    }

    pub(crate) fn freeze(&self, node: usize) {
        self.change(|state| state.freeze(node, Instant::now()));
    }

    pub(crate) fn thaw(&self, node: usize) {
        self.change(|state| state.thaw(node, Instant::now()));
    }

    /// Makes a change and what it entails at once, and leaves the rest to [`run`](Self::run).
    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.state();
        let result = change(&mut state);
        state.tick(Instant::now());
        self.whole.store(state.is_whole(), Ordering::Release);
        self.changed.notify_all();
        result
    }

    /// Lets the cluster notice, agree and move in its own time, until [`end`](Self::end) is called. Now and then it does
    /// a chore besides.
    pub(crate) fn run(&self, chore: impl Fn()) {
        let mut chore_at = Instant::now() + CHORE;
        while !self.stopping.load(Ordering::Acquire) {
            self.wait_for_change(chore_at);
            if chore_at <= Instant::now() {
                chore();
                chore_at = Instant::now() + CHORE;
            }
        }
    }

    fn wait_for_change(&self, until: Instant) {
        let mut state = self.state();
        let now = Instant::now();
        let next = state.tick(now);
        self.whole.store(state.is_whole(), Ordering::Release);
        if self.stopping.load(Ordering::Acquire) {
            return;
        }
        // Short pauses would only contend for the lock: what falls due meanwhile is done together.
        let pause = next.map_or(until, |at| at.min(until)).saturating_duration_since(now).max(TICK);
        self.changed.wait_for(&mut state, pause);
    }

    /// Makes [`run`](Self::run) return.
    pub(crate) fn end(&self) {
        let _state = self.state();
        self.stopping.store(true, Ordering::Release);
        self.changed.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }
}

/// The finest time in which a cluster changes.
const TICK: Duration = Duration::from_millis(1);
/// How often there is a chore to do.
const CHORE: Duration = Duration::from_secs(5);

impl Outlook {
    pub(crate) const fn partition_generation(&self) -> i64 {
        self.view.partition_generation
    }

    pub(crate) const fn peers_generation(&self) -> u32 {
        self.view.peers_generation
    }

    pub(crate) const fn rebalance_generation(&self) -> u32 {
        self.view.rebalance_generation
    }

    pub(crate) const fn cluster_key(&self) -> u64 {
        self.view.cluster_key
    }

    /// Partitions that are on their way.
    pub(crate) const fn migrations(&self) -> usize {
        self.view.migrations
    }

    /// Whether that node is one of this one's peers.
    pub(crate) const fn has_peer(&self, node: usize) -> bool {
        self.view.peers & only(node) != 0
    }

    /// Nodes of the cluster, this one included.
    pub(crate) const fn size(&self) -> usize {
        self.view.peers.count_ones() as usize + 1
    }

    /// Copies that there are of every record.
    pub(crate) fn copies(&self) -> usize {
        self.view.table.copies().min(self.size())
    }

    /// The number and the bitmaps of the `replicas` info.
    pub(crate) fn replicas(&self) -> String {
        let copies = self.copies();
        format!("{copies},{}", self.view.table.bitmaps(self.node, copies))
    }

    /// Whether this node is the master of a partition.
    pub(crate) fn is_master(&self, partition: usize) -> bool {
        self.view.table.master(partition) == Some(self.node)
    }
}
