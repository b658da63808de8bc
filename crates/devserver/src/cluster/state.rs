//! How a cluster changes: nodes go and come, the others notice after a while, agree on a new table, and copy records
//! until every partition is where it belongs.
//!
//! All nodes share one store, which stands for copies that are always equal. What a real cluster would have lost is
//! known all the same: `holders` says which nodes have a copy of a partition, and a partition whose last holder
//! stops is emptied.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aerostride_wire::PARTITIONS;

use super::table::{NodeSet, Table, only, succession_over_racks};

/// How fast a cluster notices and moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pace {
    /// From a node's failure until the others form a cluster without it.
    pub(crate) detection: Duration,
    /// From a node's start until it is a member.
    pub(crate) joining: Duration,
    /// For copying the records of all partitions that have to move.
    pub(crate) migration: Duration,
}

/// What a node is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Condition {
    Up,
    /// It keeps its ports, connections and records, and answers nothing.
    Frozen,
    Stopped,
}

/// The cluster as one node sees it.
#[derive(Debug, Clone)]
pub(super) struct NodeView {
    pub(super) peers: NodeSet,
    pub(super) peers_generation: u32,
    /// -1 while the node is not yet a member of any cluster.
    pub(super) partition_generation: i64,
    pub(super) rebalance_generation: u32,
    pub(super) cluster_key: u64,
    pub(super) migrations: usize,
    pub(super) table: Arc<Table>,
}

#[derive(Debug)]
pub(super) struct State {
    pace: Pace,
    /// The rack of every node, or nothing.
    racks: Vec<u32>,
    pub(super) conditions: Vec<Condition>,
    /// The nodes of the cluster as it was last formed.
    members: NodeSet,
    /// Nodes with a copy, per partition.
    holders: Vec<NodeSet>,
    table: Arc<Table>,
    pub(super) views: Vec<NodeView>,
    /// When the nodes agree on a new cluster.
    reform_at: Option<Instant>,
    /// Partitions that are not where they belong yet.
    moves: VecDeque<u16>,
    next_move_at: Instant,
    move_every: Duration,
    reforms: u32,
}

impl State {
    /// A cluster that formed a while ago.
    #[cfg(test)]
    pub(super) fn formed(nodes: usize, copies: usize, racks: &[u32], pace: Pace, now: Instant) -> Self {
        Self::with_room((nodes, nodes), copies, racks, pace, now)
    }

    /// One that can have more `nodes` than are `present` now.
    pub(super) fn with_room(
        (nodes, present): (usize, usize),
        copies: usize,
        racks: &[u32],
        pace: Pace,
        now: Instant,
    ) -> Self {
        let everyone = (0..present).fold(0, |set, node| set | only(node));
        let mut table = Table::empty(copies);
        let mut holders = vec![0; PARTITIONS];
        for (partition, holders) in holders.iter_mut().enumerate() {
            let order = succession_over_racks(partition, everyone, racks, copies);
            *holders = set_of(order.iter().take(copies));
            table.assign(partition, order.into_iter());
        }
        let table = Arc::new(table);
        let mut state = Self {
            pace,
            racks: racks.to_vec(),
            conditions: (0..nodes)
                .map(|node| if node < present { Condition::Up } else { Condition::Stopped })
                .collect(),
            members: everyone,
            holders,
            table,
            views: Vec::new(),
            reform_at: None,
            moves: VecDeque::new(),
            next_move_at: now,
            move_every: Duration::ZERO,
            reforms: 1,
        };
        let view = |node| NodeView {
            peers: everyone & !only(node),
            peers_generation: first_peers_generation(present),
            partition_generation: 0,
            rebalance_generation: 1,
            cluster_key: cluster_key(1),
            migrations: 0,
            table: Arc::clone(&state.table),
        };
        state.views = (0..nodes).map(view).collect();
        state
    }

    /// A node is gone with its memory. Gives the partitions of which nobody has a copy any more.
    pub(super) fn stop(&mut self, node: usize, now: Instant) -> Vec<usize> {
        self.conditions[node] = Condition::Stopped;
        self.reform_after(self.pace.detection, now);
        let mut lost = Vec::new();
        for (partition, holders) in self.holders.iter_mut().enumerate() {
            if *holders & only(node) != 0 {
                *holders &= !only(node);
                if *holders == 0 {
                    lost.push(partition);
                }
            }
        }
        lost
    }

    /// A node is there again, empty and alone.
    pub(super) fn start(&mut self, node: usize, now: Instant) {
        self.conditions[node] = Condition::Up;
        // Whether or not the others noticed that it was away, it has to be let in anew.
        self.members &= !only(node);
        self.views[node] = NodeView {
            peers: 0,
            peers_generation: 0,
            partition_generation: -1,
            rebalance_generation: 0,
            cluster_key: 0,
            migrations: 0,
            table: Arc::new(Table::empty(self.table.copies())),
        };
        self.reform_after(self.pace.joining, now);
    }

    pub(super) fn freeze(&mut self, node: usize, now: Instant) {
        self.conditions[node] = Condition::Frozen;
        self.reform_after(self.pace.detection, now);
    }

    /// A frozen node goes on, with the view that it had.
    pub(super) fn thaw(&mut self, node: usize, now: Instant) {
        self.conditions[node] = Condition::Up;
        self.reform_after(self.pace.joining, now);
    }

    fn reform_after(&mut self, delay: Duration, now: Instant) {
        let at = now + delay;
        self.reform_at = Some(self.reform_at.map_or(at, |earlier| earlier.min(at)));
    }

    /// Does what is due, and gives when something will be due next.
    pub(super) fn tick(&mut self, now: Instant) -> Option<Instant> {
        if self.reform_at.is_some_and(|at| at <= now) {
            self.reform_at = None;
            self.reform(now);
        }
        let mut moved = Vec::new();
        while self.next_move_at <= now
            && let Some(partition) = self.moves.pop_front()
        {
            moved.push(usize::from(partition));
            self.next_move_at += self.move_every;
        }
        if !moved.is_empty() {
            self.finish_moves(&moved);
        }
        let next_move = (!self.moves.is_empty()).then_some(self.next_move_at);
        [self.reform_at, next_move].into_iter().flatten().min()
    }

    fn up(&self) -> NodeSet {
        let nodes = 0..self.conditions.len();
        nodes.filter(|&node| self.conditions[node] == Condition::Up).fold(0, |set, node| set | only(node))
    }

    /// The nodes that are up form a cluster.
    fn reform(&mut self, now: Instant) {
        let members = self.up();
        if members == self.members || members == 0 {
            return;
        }
        self.members = members;
        self.reforms += 1;
        self.moves.clear();
        let mut table = (*self.table).clone();
        for partition in 0..PARTITIONS {
            if self.settle(partition, &mut table) {
                self.moves.push_back(partition as u16);
            }
        }
        self.table = Arc::new(table);
        self.move_every = self.pace.migration / (self.moves.len().max(1) as u32);
        self.next_move_at = now + self.move_every;
        let size = members.count_ones() as usize;
        for node in nodes_of(members) {
            let view = &mut self.views[node];
            let joins = view.partition_generation < 0;
            view.peers = members & !only(node);
            view.peers_generation =
                if joins { first_peers_generation(size) } else { view.peers_generation + 1 };
            view.partition_generation = view.partition_generation.max(0) + 1;
            view.rebalance_generation += 1;
            view.cluster_key = cluster_key(self.reforms);
        }
        self.publish();
    }

    /// The members in the order in which they are to have a partition.
    fn order(&self, partition: usize) -> Vec<usize> {
        succession_over_racks(partition, self.members, &self.racks, self.table.copies())
    }

    /// Gives a partition to those members that can serve it now. True when records have to move.
    fn settle(&mut self, partition: usize, table: &mut Table) -> bool {
        let order = self.order(partition);
        let target: Vec<usize> = order.iter().copied().take(table.copies()).collect();
        let living = self.holders[partition] & self.members;
        if living == 0 && self.holders[partition] == 0 {
            // There is nothing to move: it is empty everywhere.
            self.holders[partition] = set_of(target.iter());
        } else if living != 0 {
            // Copies of nodes that were left out are old by the time they are back.
            self.holders[partition] = living;
        }
        let master = order.iter().copied().find(|node| self.holders[partition] & only(*node) != 0);
        let owners = master.into_iter().chain(target.iter().copied().filter(|node| Some(*node) != master));
        table.assign(partition, owners);
        self.holders[partition] != set_of(target.iter())
    }

    /// The records of these partitions have arrived.
    fn finish_moves(&mut self, partitions: &[usize]) {
        let mut table = (*self.table).clone();
        for &partition in partitions {
            let target = self.order(partition);
            let target = &target[..target.len().min(table.copies())];
            let living = self.holders[partition] & self.members;
            if living == 0 && self.holders[partition] != 0 {
                // The only copies are on frozen nodes.
                continue;
            }
            let before: NodeSet = table.owners(partition).fold(0, |set, node| set | only(node));
            table.assign(partition, target.iter().copied());
            self.holders[partition] = set_of(target.iter());
            for node in nodes_of((before | set_of(target.iter())) & self.members) {
                self.views[node].partition_generation += 1;
            }
        }
        self.table = Arc::new(table);
        self.publish();
    }

    fn publish(&mut self) {
        for node in nodes_of(self.members) {
            let view = &mut self.views[node];
            view.table = Arc::clone(&self.table);
            view.migrations = self.moves.len();
        }
    }

    /// Whether every partition can be served by its master right now.
    pub(super) fn is_whole(&self) -> bool {
        self.members & !self.up() == 0 && self.up() & !self.members == 0 && !self.hides_partitions()
    }

    fn hides_partitions(&self) -> bool {
        self.holders.iter().any(|&holders| holders & self.members == 0)
    }

    /// Whether `node` can serve a partition; `write` asks for more than a read.
    pub(super) fn serves(&self, node: usize, partition: usize, write: bool) -> bool {
        if self.views[node].partition_generation < 0 || self.holders[partition] & self.up() == 0 {
            return false;
        }
        match self.table.master(partition) {
            Some(master) if self.conditions[master] == Condition::Up => true,
            _ => !write && self.table.owners(partition).any(|owner| owner == node),
        }
    }
}

fn set_of<'n>(nodes: impl Iterator<Item = &'n usize>) -> NodeSet {
    nodes.fold(0, |set, node| set | only(*node))
}

fn nodes_of(set: NodeSet) -> impl Iterator<Item = usize> {
    (0..NodeSet::BITS as usize).filter(move |&node| set & only(node) != 0)
}

/// A node that is alone has seen no change; one that found others has counted them.
const fn first_peers_generation(nodes: usize) -> u32 {
    if nodes == 1 { 0 } else { nodes as u32 + 1 }
}

/// A new key for every cluster that forms, 48 bits as in real ones.
fn cluster_key(reform: u32) -> u64 {
    (u64::from(reform).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16) | 0x8000_0000_0000
}

#[cfg(test)]
mod tests;
