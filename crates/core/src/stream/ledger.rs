use std::collections::HashMap;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::chunk::Place;
use crate::options::Replica;
use crate::partition_map::{NamespaceMap, PartitionMap};

/// Partitions of one request. Requests over fewer partitions cost time at their beginning and end; over more of them, less is
/// known to be complete at any moment, and a connection that breaks has more to be asked for again.
const PARTITIONS_PER_REQUEST: usize = 256;

/// Which partitions wait, are being read, and are done. Every partition is in exactly one place.
#[derive(Debug)]
pub(super) struct Ledger {
    inner: Mutex<Inner>,
    /// Something waits that did not wait before.
    pub(super) changed: Notify,
}

#[derive(Debug)]
struct Inner {
    waiting: Vec<Place>,
    /// Partitions that a request has.
    busy: usize,
}

/// What can be asked for now.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Per node, by its place in the map, how many partitions wait for it.
    pub(super) waiting: HashMap<usize, usize>,
    /// Partitions that no node has.
    pub(super) unowned: Vec<Place>,
    /// When the next one may be asked for, if later than now.
    pub(super) next: Option<Instant>,
    /// Whether every partition is done.
    pub(super) done: bool,
}

impl Ledger {
    pub(super) fn new(places: Vec<Place>) -> Self {
        Self { inner: Mutex::new(Inner { waiting: places, busy: 0 }), changed: Notify::new() }
    }

    /// Sorts what waits by node. Unowned partitions are taken out and have to be put back.
    pub(super) fn plan(&self, routes: &Routes<'_>) -> Plan {
        let inner = &mut *self.inner.lock();
        let mut plan = Plan { done: inner.waiting.is_empty() && inner.busy == 0, ..Plan::default() };
        let now = Instant::now();
        inner.waiting.retain(|place| {
            if let Some(later) = place.ready_at.filter(|at| *at > now) {
                plan.next = Some(plan.next.map_or(later, |next| next.min(later)));
                return true;
            }
            let node = routes.node_of(place);
            match node {
                Some(node) => *plan.waiting.entry(node).or_default() += 1,
                None => plan.unowned.push(place.clone()),
            }
            node.is_some()
        });
        inner.busy += plan.unowned.len();
        plan
    }

    /// Takes partitions for a request to a node; none when nothing waits for it.
    pub(super) fn take(&self, node: usize, routes: &Routes<'_>) -> Vec<Place> {
        let inner = &mut *self.inner.lock();
        let now = Instant::now();
        let is_wanted =
            |place: &Place| place.ready_at.is_none_or(|at| at <= now) && routes.node_of(place) == Some(node);
        let mut taken: Vec<Place> = Vec::new();
        let mut limit = PARTITIONS_PER_REQUEST;
        inner.waiting.retain(|place| {
            if taken.len() >= limit || !is_wanted(place) {
                return true;
            }
            // What has failed goes in ever smaller requests: one that is too large to be answered in time ends some day.
            limit = limit.min((PARTITIONS_PER_REQUEST >> (2 * place.failures.min(4))).max(1));
            taken.push(place.clone());
            false
        });
        inner.busy += taken.len();
        taken.sort_unstable_by_key(|place| place.id);
        taken
    }

    /// Notes partitions as read to their end.
    pub(super) fn finish(&self, count: usize) {
        self.inner.lock().busy -= count;
        self.changed.notify_one();
    }

    /// Gives partitions back, to be asked for after a pause.
    pub(super) fn put_back(&self, mut places: Vec<Place>, pause: Duration) {
        let ready_at = (!pause.is_zero()).then(|| Instant::now() + pause);
        places.iter_mut().for_each(|place| place.ready_at = ready_at);
        let inner = &mut *self.inner.lock();
        inner.busy -= places.len();
        inner.waiting.append(&mut places);
        inner.waiting.sort_unstable_by_key(|place| place.id);
        self.changed.notify_one();
    }
}

/// How many requests the partitions of a node make.
pub(super) const fn requests_for(partitions: usize) -> usize {
    partitions.div_ceil(PARTITIONS_PER_REQUEST)
}

/// Which node is asked for a partition: every full copy answers, so that a replica takes over at once where the master is
/// away.
#[derive(Debug, Clone, Copy)]
pub(super) struct Routes<'a> {
    map: &'a PartitionMap,
    /// Looked up once for all partitions.
    namespace: Option<&'a NamespaceMap>,
    replica: Replica,
}

impl<'a> Routes<'a> {
    pub(super) fn new(map: &'a PartitionMap, namespace: &str, replica: Replica) -> Self {
        Self { map, namespace: map.namespace(namespace), replica }
    }

    fn node_of(&self, place: &Place) -> Option<usize> {
        let namespace = self.namespace?;
        let partition = usize::from(place.id);
        let attempt = place.failures as usize;
        match self.replica {
            Replica::Master => namespace.owners(partition, 0).next(),
            Replica::Sequence => self.first_up(namespace.owners(partition, attempt)),
            // Any replica, but for one partition the same as long as it answers.
            Replica::Random => self.first_up(namespace.owners(partition, attempt + partition)),
            Replica::PreferRack => self.first_up(namespace.owners_by_rack(partition, attempt).into_iter()),
        }
    }

    fn first_up(&self, owners: impl Iterator<Item = usize> + Clone) -> Option<usize> {
        let nodes = self.map.nodes();
        owners
            .clone()
            .find(|&node| nodes[node].is_preferred())
            .or_else(|| owners.min_by_key(|&node| nodes[node].is_unreachable()))
    }
}
