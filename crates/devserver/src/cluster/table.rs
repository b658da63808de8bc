use aerostride_wire::PARTITIONS;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A set of nodes, one bit each.
pub(super) type NodeSet = u128;

/// The set of one node.
pub(super) const fn only(node: usize) -> NodeSet {
    1 << node
}

/// Which nodes have which partition, the master first.
#[derive(Debug, Clone)]
pub(super) struct Table {
    copies: usize,
    owners: Vec<u8>,
}

/// No node.
const NOBODY: u8 = u8::MAX;

impl Table {
    /// A table in which nobody has anything.
    pub(super) fn empty(copies: usize) -> Self {
        Self { copies, owners: vec![NOBODY; PARTITIONS * copies] }
    }

    pub(super) const fn copies(&self) -> usize {
        self.copies
    }

    /// The nodes that have a partition.
    pub(super) fn owners(&self, partition: usize) -> impl Iterator<Item = usize> {
        let at = partition * self.copies;
        self.owners[at..at + self.copies]
            .iter()
            .filter(|&&owner| owner != NOBODY)
            .map(|&owner| usize::from(owner))
    }

    pub(super) fn master(&self, partition: usize) -> Option<usize> {
        self.owners(partition).next()
    }

    /// Gives a partition to `owners`, of which as many count as there are to be copies.
    pub(super) fn assign(&mut self, partition: usize, owners: impl Iterator<Item = usize>) {
        let slots = &mut self.owners[partition * self.copies..][..self.copies];
        slots.fill(NOBODY);
        for (slot, owner) in slots.iter_mut().zip(owners) {
            *slot = owner as u8;
        }
    }

    /// A bitmap in base64 for each of the first copies: the partitions of which `node` has it.
    pub(super) fn bitmaps(&self, node: usize, copies: usize) -> String {
        let mut bitmaps = vec![[0_u8; PARTITIONS / 8]; copies];
        for partition in 0..PARTITIONS {
            if let Some(copy) = self.owners(partition).take(copies).position(|owner| owner == node) {
                bitmaps[copy][partition / 8] |= 0x80 >> (partition % 8);
            }
        }
        bitmaps.iter().map(|bitmap| STANDARD.encode(bitmap)).collect::<Vec<_>>().join(",")
    }
}

/// The members in the order in which they would own a partition. It is the order of a hash of node and partition, so
/// that a node that leaves or joins changes nothing about the order of the others.
pub(super) fn succession(partition: usize, members: NodeSet) -> Vec<usize> {
    let mut order: Vec<usize> =
        (0..NodeSet::BITS as usize).filter(|&node| members & only(node) != 0).collect();
    order.sort_by_key(|&node| mix(node as u64, partition as u64));
    order
}

/// The same order, but so that the first `copies` are on as many racks as there are: each further copy goes to the first
/// member of a rack that has none yet. `racks` is empty where there are none.
pub(super) fn succession_over_racks(
    partition: usize,
    members: NodeSet,
    racks: &[u32],
    copies: usize,
) -> Vec<usize> {
    let mut order = succession(partition, members);
    if racks.is_empty() {
        return order;
    }
    for copy in 1..copies.min(order.len()) {
        let taken: Vec<u32> = order[..copy].iter().map(|&node| racks[node]).collect();
        if let Some(ahead) = order[copy..].iter().position(|&node| !taken.contains(&racks[node])) {
            order[copy..=copy + ahead].rotate_right(1);
        }
    }
    order
}

fn mix(node: u64, partition: u64) -> u64 {
    let product = u128::from((node + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ partition)
        * u128::from((partition + 1).wrapping_mul(0xd6e8_feb8_6659_fd93));
    product as u64 ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_node_is_master_of_its_share() {
        let mut masters = [0; 3];
        for partition in 0..PARTITIONS {
            masters[succession(partition, 0b111)[0]] += 1;
        }
        assert!(masters.iter().all(|share| (1200..1550).contains(share)), "{masters:?}");
    }

    #[test]
    fn a_node_that_leaves_changes_no_other_order() {
        for partition in 0..PARTITIONS {
            let mut three = succession(partition, 0b111);
            three.retain(|node| *node != 1);
            assert_eq!(three, succession(partition, 0b101));
        }
    }

    #[test]
    fn copies_are_on_different_racks_while_there_are_any() {
        let racks = [1, 1, 2, 2];
        for partition in 0..PARTITIONS {
            let order = succession_over_racks(partition, 0b1111, &racks, 3);
            assert_eq!(order[0], succession(partition, 0b1111)[0]);
            assert_ne!(racks[order[0]], racks[order[1]]);
            let mut everyone = order.clone();
            everyone.sort_unstable();
            assert_eq!(everyone, [0, 1, 2, 3]);
            assert_eq!(succession_over_racks(partition, 0b0011, &racks, 2).len(), 2);
        }
    }
}
