use std::net::SocketAddr;

use aerostride_wire::PARTITIONS;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The nodes and which of them has which partition.
#[derive(Debug)]
pub(crate) struct Cluster {
    members: Vec<Member>,
    copies: usize,
}

/// One node as the others see it.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) id: String,
    pub(crate) address: SocketAddr,
}

impl Cluster {
    pub(crate) fn new(addresses: &[SocketAddr], replication_factor: usize) -> Self {
        let member = |(index, address): (usize, &SocketAddr)| Member {
            id: format!("A{:X}", index + 1),
            address: *address,
        };
        let members: Vec<_> = addresses.iter().enumerate().map(member).collect();
        let copies = replication_factor.min(members.len());
        Self { members, copies }
    }

    pub(crate) fn member(&self, index: usize) -> &Member {
        &self.members[index]
    }

    pub(crate) fn members(&self) -> &[Member] {
        &self.members
    }

    /// Copies of every record, as far as there are nodes.
    pub(crate) const fn copies(&self) -> usize {
        self.copies
    }

    /// The nodes of a partition, the master first: the order of a hash of node and partition, so that a node that
    /// leaves or joins changes no other order.
    fn succession(&self, partition: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.members.len()).collect();
        order.sort_by_key(|&node| mix(node as u64, partition as u64));
        order
    }

    /// The `replicas` value of one namespace for a node: a bitmap per copy, in base64.
    pub(crate) fn replica_bitmaps(&self, node: usize) -> String {
        let mut bitmaps = vec![[0_u8; PARTITIONS / 8]; self.copies];
        for partition in 0..PARTITIONS {
            let order = self.succession(partition);
            if let Some(copy) = order.iter().take(self.copies).position(|&holder| holder == node) {
                bitmaps[copy][partition / 8] |= 0x80 >> (partition % 8);
            }
        }
        bitmaps.iter().map(|bitmap| STANDARD.encode(bitmap)).collect::<Vec<_>>().join(",")
    }
}

fn mix(node: u64, partition: u64) -> u64 {
    let product = u128::from((node + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ partition)
        * u128::from((partition + 1).wrapping_mul(0xd6e8_feb8_6659_fd93));
    product as u64 ^ (product >> 64) as u64
}
