use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher};

use aerostride_wire::Digest;

use super::Record;
use crate::clock::Now;
use crate::index::Entries;

/// The records of one partition of one namespace.
#[derive(Debug, Default)]
pub(crate) struct Partition {
    records: HashMap<Digest, Record, DigestHash>,
    /// What secondary indexes know of the records, by the number of the index.
    indexed: Vec<(u32, Entries)>,
}

impl Partition {
    /// The record of `digest`, if there is one that has not expired.
    #[inline]
    pub(crate) fn get(&self, digest: &Digest, now: Now) -> Option<&Record> {
        self.records.get(digest).filter(|record| !record.is_expired(now))
    }

    /// The records of an index.
    pub(crate) fn entries(&self, index: u32) -> Option<&Entries> {
        self.indexed.iter().find(|(id, _)| *id == index).map(|(_, entries)| entries)
    }

    /// The records of an index, to change.
    pub(crate) fn entries_mut(&mut self, index: u32) -> &mut Entries {
        let at = self.indexed.iter().position(|(id, _)| *id == index).unwrap_or_else(|| {
            self.indexed.push((index, Entries::new()));
            self.indexed.len() - 1
        });
        &mut self.indexed[at].1
    }

    /// Forgets an index.
    pub(crate) fn drop_entries(&mut self, index: u32) {
        self.indexed.retain(|(id, _)| *id != index);
    }

    /// Number of records, expired ones included.
    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    /// Stores a record and gives the one it replaces.
    pub(crate) fn insert(&mut self, digest: Digest, record: Record) -> Option<Record> {
        self.records.insert(digest, record)
    }

    /// Removes a record, expired or not.
    pub(crate) fn remove(&mut self, digest: &Digest) -> Option<Record> {
        self.records.remove(digest)
    }

    /// Lets a record live until `void_time`, as if it had been written now.
    pub(crate) fn renew(&mut self, digest: &Digest, void_time: u32, now: Now) {
        if let Some(record) = self.records.get_mut(digest) {
            (record.void_time, record.last_update) = (void_time, now);
        }
    }

    /// All records that have not expired, in no order.
    pub(crate) fn iter(&self, now: Now) -> impl Iterator<Item = (&Digest, &Record)> {
        self.records.iter().filter(move |(_, record)| !record.is_expired(now))
    }

    /// Whether any record has expired and is still here.
    pub(crate) fn has_expired(&self, now: Now) -> bool {
        self.records.values().any(|record| record.is_expired(now))
    }

    /// Takes out the records that `doomed` chooses.
    pub(crate) fn take_if(&mut self, doomed: impl Fn(&Record) -> bool) -> Vec<(Digest, Record)> {
        self.records.extract_if(|_, record| doomed(record)).collect()
    }
}

/// Digests are uniform already: hashing them again would cost more than the look-up. They come from clients, though,
/// who could choose them to collide, so the bytes are mixed with a seed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DigestHash {
    seed: u64,
}

impl Default for DigestHash {
    fn default() -> Self {
        Self { seed: process_seed() }
    }
}

fn process_seed() -> u64 {
    use std::collections::hash_map::RandomState;
    use std::sync::OnceLock;
    static SEED: OnceLock<u64> = OnceLock::new();
    *SEED.get_or_init(|| RandomState::new().build_hasher().finish() | 1)
}

impl BuildHasher for DigestHash {
    type Hasher = DigestHasher;

    #[inline]
    fn build_hasher(&self) -> DigestHasher {
        DigestHasher { state: self.seed }
    }
}

/// See [`DigestHash`].
#[derive(Debug)]
pub(crate) struct DigestHasher {
    state: u64,
}

impl Hasher for DigestHasher {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            let product = u128::from(self.state ^ u64::from_le_bytes(word)) * 0x9e37_79b9_7f4a_7c15;
            self.state = product as u64 ^ (product >> 64) as u64;
        }
    }

    /// The length of an array, which is the same for all digests.
    #[inline]
    fn write_usize(&mut self, _: usize) {}

    #[inline]
    fn finish(&self) -> u64 {
        self.state
    }
}
