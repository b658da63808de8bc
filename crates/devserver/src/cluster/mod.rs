//! The nodes, what they think of one another, and which of them has which partition.

mod state;
mod table;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex, MutexGuard};
use state::{Condition, NodeView, State};
use table::only;

pub(crate) use state::Pace;

/// A cluster of one or more nodes.
#[derive(Debug)]
pub(crate) struct Cluster {
    members: Vec<Member>,
    /// The ports of those that may join later; 0 until then.
    ports: Vec<AtomicU16>,
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
        // A lone node is A1, and those that join it are A2, A3...; nodes of other clusters are B1, B2...
        let lone = addresses.len() == 1 && racks.is_empty();
        let letter = if addresses.len() == 1 { 'A' } else { 'B' };
        let room = if lone { ROOM } else { 0 };
        let present = addresses.len();
        let addresses: Vec<_> =
            addresses.iter().copied().chain(addresses.iter().copied().cycle().take(room)).collect();
        let member = |(index, address): (usize, &SocketAddr)| Member {
            id: format!("{letter}{:X}", index + 1),
            address: *address,
        };
        let members: Vec<_> = addresses.iter().enumerate().map(member).collect();
        let copies = replication_factor.min(members.len());
        let state = State::with_room((members.len(), present), copies, racks, pace, Instant::now());
        let port =
            |(index, member): (usize, &Member)| if index < present { member.address.port() } else { 0 };
        Self {
            ports: members.iter().enumerate().map(port).map(AtomicU16::new).collect(),
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

    /// The port on which clients reach a node.
    pub(crate) fn port(&self, node: usize) -> u16 {
        self.ports[node].load(Ordering::Acquire)
    }

    /// Takes in a node of another process, which gets the place that it had before, or a free one if there is any.
    pub(crate) fn join(&self, port: u16) -> Option<usize> {
        if port == 0 {
            return None;
        }
        self.change(|state| {
            let mine = |place: &usize| state.conditions[*place] == Condition::Stopped;
            let places = 1..self.ports.len();
            let place = places.clone().find(|&place| self.port(place) == port);
            let place = place.or_else(|| places.clone().find(|&place| self.port(place) == 0)).filter(mine)?;
            self.ports[place].store(port, Ordering::Release);
            state.start(place, Instant::now());
            Some(place)
        })
    }

    /// The member that decides, as `node` sees it: the last one.
    pub(crate) fn principal(&self, node: usize, outlook: &Outlook) -> &str {
        let others = (0..self.members.len()).rfind(|&other| other == node || outlook.has_peer(other));
        others.map_or("", |member| self.members[member].id.as_str())
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

/// Nodes of other processes that a lone node can take in.
const ROOM: usize = 7;
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

    /// The bitmaps of the partitions that this node has the first `copies` of, in base64.
    pub(crate) fn bitmaps(&self, copies: usize) -> String {
        self.view.table.bitmaps(self.node, copies)
    }

    /// The nodes that have a partition, the master first.
    pub(crate) fn owners(&self, partition: usize) -> impl Iterator<Item = usize> {
        self.view.table.owners(partition)
    }

    /// Whether this node is the master of a partition.
    pub(crate) fn is_master(&self, partition: usize) -> bool {
        self.view.table.master(partition) == Some(self.node)
    }
}
