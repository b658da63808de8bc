use aerostride_wire::{Digest, partition_of};

use crate::options::{BatchPolicy, ReadModeSc, Replica};
use crate::partition_map::{NamespaceMap, PartitionMap};

/// How one attempt finds the nodes to ask.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Route<'a> {
    pub(crate) map: &'a PartitionMap,
    pub(crate) policy: &'a BatchPolicy,
    pub(crate) attempt: usize,
    /// Picks the replica of [`Replica::Random`].
    pub(crate) random: usize,
}

impl Route<'_> {
    /// The node to ask for a record: the replica that the policy names, or the next that is up.
    pub(crate) fn node(&self, namespace: &NamespaceMap, digest: &Digest) -> Option<usize> {
        let partition = partition_of(digest);
        // A session reads its own writes only from the master.
        let session = self.policy.read_mode_sc == ReadModeSc::Session && namespace.is_strong();
        let first = match self.policy.replica {
            _ if session => 0,
            Replica::Master => 0,
            Replica::Sequence => self.attempt,
            Replica::Random => self.attempt + self.random,
            Replica::PreferRack => {
                let owners = namespace.owners_by_rack(partition, self.attempt);
                return self.first_up(namespace, partition, owners.into_iter());
            }
        };
        let mut owners = namespace.owners(partition, first);
        if session || self.policy.replica == Replica::Master {
            return owners.next().or_else(|| self.stranger(namespace, partition));
        }
        self.first_up(namespace, partition, owners)
    }

    fn first_up(
        &self,
        namespace: &NamespaceMap,
        partition: usize,
        owners: impl Iterator<Item = usize> + Clone,
    ) -> Option<usize> {
        let up = owners.clone().find(|&node| self.is_up(node));
        up.or_else(|| self.stranger(namespace, partition)).or_else(|| {
            // Nobody is known to be up: rather one that was silent than one that could not even be connected to.
            let reluctance = |&node: &usize| self.map.nodes()[node].is_unreachable();
            owners.min_by_key(reluctance)
        })
    }

    /// Any node that is up, for a partition with a position of which nobody says that he has it: then the map was read
    /// while the cluster changed, and somebody has it. Every node of a cluster passes on what it does not have.
    #[cold]
    fn stranger(&self, namespace: &NamespaceMap, partition: usize) -> Option<usize> {
        if namespace.is_complete(partition) {
            return None;
        }
        let count = self.map.nodes().len();
        (0..count).map(|step| (partition + self.attempt + step) % count).find(|&node| self.is_up(node))
    }

    fn is_up(&self, node: usize) -> bool {
        self.map.nodes()[node].is_preferred()
    }
}
