use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aerostride_wire::{Digest, PARTITIONS, partition_of};
use parking_lot::{RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::tuning::Tuning;
use super::{Partition, Record};
use crate::NamespaceConfig;
use crate::clock::Now;
use crate::expression::Subject;
use crate::index::{Index, Indexes, entries_of};

/// A set's number inside its namespace; 0 is "no set".
pub(crate) type SetId = u16;

/// A namespace: its partitions, its sets, and what it holds.
#[derive(Debug)]
pub(crate) struct Namespace {
    pub(crate) config: NamespaceConfig,
    pub(crate) tuning: Tuning,
    partitions: Box<[RwLock<Partition>]>,
    sets: RwLock<Sets>,
    objects: AtomicU64,
    memory: AtomicU64,
    /// Before which time records of a set were removed; set 0 is all of them.
    truncated: RwLock<BTreeMap<SetId, Now>>,
    pub(crate) indexes: Indexes,
}

#[derive(Debug, Default)]
struct Sets {
    ids: HashMap<Box<[u8]>, SetId>,
    names: Vec<Arc<[u8]>>,
}

/// Sets that a namespace can have. A client could otherwise fill the memory with names.
const MAX_SETS: usize = 4095;

impl Namespace {
    pub(crate) fn new(config: NamespaceConfig) -> Self {
        let sets = Sets { ids: HashMap::new(), names: vec![Arc::default()] };
        Self {
            tuning: Tuning::new(&config),
            truncated: RwLock::default(),
            config,
            partitions: (0..PARTITIONS).map(|_| RwLock::default()).collect(),
            sets: RwLock::new(sets),
            objects: AtomicU64::new(0),
            memory: AtomicU64::new(0),
            indexes: Indexes::default(),
        }
    }

    /// A partition, to read from. A thread that panicked while it held the lock left whole records behind: they are
    /// replaced by one move.
    #[inline]
    pub(crate) fn read(&self, partition: usize) -> RwLockReadGuard<'_, Partition> {
        self.partitions[partition].read()
    }

    /// The partition of `digest`, to change.
    pub(crate) fn write(&self, digest: &Digest) -> RwLockWriteGuard<'_, Partition> {
        self.write_partition(partition_of(digest))
    }

    /// A partition, to change.
    pub(crate) fn write_partition(&self, partition: usize) -> RwLockWriteGuard<'_, Partition> {
        self.partitions[partition].write()
    }

    /// The number of the set of that name, if any record was ever written to it.
    pub(crate) fn set_id(&self, name: &[u8]) -> Option<SetId> {
        if name.is_empty() {
            return Some(0);
        }
        self.sets.read().ids.get(name).copied()
    }

    /// The number of the set of that name, which is made if it does not exist. `None` when there are too many sets.
    pub(crate) fn make_set(&self, name: &[u8]) -> Option<SetId> {
        if let Some(id) = self.set_id(name) {
            return Some(id);
        }
        let mut sets = self.sets.write();
        if let Some(id) = sets.ids.get(name) {
            return Some(*id);
        }
        let id = sets.names.len();
        if id > MAX_SETS {
            return None;
        }
        sets.names.push(name.into());
        sets.ids.insert(name.into(), id as SetId);
        Some(id as SetId)
    }

    /// The name of a set.
    pub(crate) fn set_name(&self, set: SetId) -> Arc<[u8]> {
        let sets = self.sets.read();
        sets.names.get(usize::from(set)).cloned().unwrap_or_default()
    }

    /// The names of all sets, by number.
    pub(crate) fn set_names(&self) -> Vec<Arc<[u8]>> {
        self.sets.read().names.clone()
    }

    /// Notes that records of a set, or of all sets, were removed.
    pub(crate) fn note_truncation(&self, set: SetId, before: Now) {
        let mut truncated = self.truncated.write();
        let noted = truncated.entry(set).or_insert(before);
        *noted = before.max(*noted);
    }

    /// Before which time the records of a set, or of set 0 those of the namespace, were removed.
    pub(crate) fn truncated(&self, set: SetId) -> Now {
        self.truncated.read().get(&set).copied().unwrap_or(Now(0))
    }

    /// All that was removed, as the nodes agree on it.
    pub(crate) fn truncations(&self) -> Vec<(String, String)> {
        let name = |set: SetId| match set {
            0 => self.config.name.clone(),
            _ => format!("{}|{}", self.config.name, String::from_utf8_lossy(&self.set_name(set))),
        };
        self.truncated.read().iter().map(|(set, before)| (name(*set), before.0.to_string())).collect()
    }

    /// Whether another write has to be refused.
    pub(crate) fn is_full(&self) -> bool {
        self.memory.load(Ordering::Relaxed) >= self.config.memory_limit
    }

    /// Records that it holds, expired ones included until they are reaped.
    pub(crate) fn objects(&self) -> u64 {
        self.objects.load(Ordering::Relaxed)
    }

    /// Bytes that the records take.
    pub(crate) fn memory(&self) -> u64 {
        self.memory.load(Ordering::Relaxed)
    }

    /// Stores a record in its partition, which the caller has locked.
    pub(crate) fn store(&self, partition: &mut Partition, digest: Digest, record: Record) {
        self.memory.fetch_add(record.memory(), Ordering::Relaxed);
        self.objects.fetch_add(1, Ordering::Relaxed);
        if !self.indexes.exist() {
            if let Some(old) = partition.insert(digest, record) {
                self.forget(&old);
            }
            return;
        }
        let entries = self.entries(&digest, &record);
        if let Some(old) = partition.insert(digest, record) {
            self.forget_indexed(partition, &digest, &old);
        }
        for (index, ranks) in entries {
            partition.entries_mut(index).extend(ranks.into_iter().map(|rank| (rank, digest)));
        }
    }

    /// Removes a record from its partition, which the caller has locked.
    pub(crate) fn remove(&self, partition: &mut Partition, digest: &Digest) {
        if let Some(old) = partition.remove(digest) {
            self.forget_indexed(partition, digest, &old);
        }
    }

    /// Removes the records of a partition that `doomed` chooses.
    pub(crate) fn remove_if(&self, partition: usize, doomed: impl Fn(&Record) -> bool) {
        let mut partition = self.write_partition(partition);
        for (digest, record) in partition.take_if(doomed) {
            self.forget_indexed(&mut partition, &digest, &record);
        }
    }

    /// Enters all records into a new index.
    pub(crate) fn fill(&self, index: &Index) {
        for partition in 0..PARTITIONS {
            let mut partition = self.write_partition(partition);
            let subjects = partition.iter(Now(0)).map(|(digest, record)| (*digest, record));
            let entered: Vec<_> = subjects
                .flat_map(|(digest, record)| {
                    let ranks = self.entries_in(index, &digest, record);
                    ranks.into_iter().map(move |rank| (rank, digest))
                })
                .collect();
            if !entered.is_empty() {
                partition.entries_mut(index.id).extend(entered);
            }
        }
    }

    /// Forgets what an index knew.
    pub(crate) fn empty(&self, index: &Index) {
        for partition in 0..PARTITIONS {
            self.write_partition(partition).drop_entries(index.id);
        }
    }

    /// Where a record stands in each of the indexes.
    fn entries(&self, digest: &Digest, record: &Record) -> Vec<(u32, Vec<u64>)> {
        let indexes = self.indexes.list();
        indexes.iter().map(|index| (index.id, self.entries_in(index, digest, record))).collect()
    }

    fn entries_in(&self, index: &Index, digest: &Digest, record: &Record) -> Vec<u64> {
        let set = self.set_name(record.set);
        let subject =
            Subject { digest, record: Some(record), bins: record, set: &set, now: record.last_update };
        entries_of(&index.definition, &subject)
    }

    fn forget_indexed(&self, partition: &mut Partition, digest: &Digest, record: &Record) {
        if self.indexes.exist() {
            for (index, ranks) in self.entries(digest, record) {
                let entries = partition.entries_mut(index);
                ranks.into_iter().for_each(|rank| {
                    entries.remove(&(rank, *digest));
                });
            }
        }
        self.forget(record);
    }

    /// Objects and bytes of every set, by number; expired records do not count.
    pub(crate) fn set_usage(&self, now: Now) -> Vec<(u64, u64)> {
        let mut usage = vec![(0, 0); self.set_names().len()];
        for partition in 0..PARTITIONS {
            for (_, record) in self.read(partition).iter(now) {
                // A set made since the names were counted is left for the next time.
                if let Some((objects, bytes)) = usage.get_mut(usize::from(record.set)) {
                    *objects += 1;
                    *bytes += record.memory();
                }
            }
        }
        usage
    }

    fn forget(&self, record: &Record) {
        self.memory.fetch_sub(record.memory(), Ordering::Relaxed);
        self.objects.fetch_sub(1, Ordering::Relaxed);
    }
}
