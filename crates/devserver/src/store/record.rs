use aerostride_wire::{Op, Ops, particle_type};

use super::SetId;
use crate::clock::Now;

/// A record's index entry and, in one allocation, its user key and its bins as the ops of a reply.
#[derive(Debug)]
pub(crate) struct Record {
    data: Box<[u8]>,
    /// Milliseconds since 2010 of the last write.
    pub(crate) last_update: Now,
    /// Seconds since 2010 at which it expires; 0 is never.
    pub(crate) void_time: u32,
    key_size: u32,
    /// 1 for a new record; 65,535 is followed by 1.
    pub(crate) generation: u16,
    /// Bins that `bins` holds.
    pub(crate) bin_count: u16,
    /// The set it belongs to.
    pub(crate) set: SetId,
}

/// The parts of a record that is about to be stored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RecordMeta {
    pub(crate) last_update: Now,
    pub(crate) void_time: u32,
    pub(crate) generation: u16,
    pub(crate) bin_count: u16,
    pub(crate) set: SetId,
}

/// Bytes of a value as a real server stores it, with its type, and its size where that is not always the same. Integers take as
/// few as they can.
fn flat_size(bin: &Op<'_>) -> usize {
    match bin.particle {
        particle_type::INT => {
            let value = bin.value.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes));
            2 + [1, 2, 4].into_iter().find(|size| value < 1 << (8 * size)).unwrap_or(8)
        }
        particle_type::DOUBLE | particle_type::BOOL => 1 + bin.value.len(),
        particle_type::GEOJSON => {
            // The cells that cover a region, which are 8 to 12 of nearly every one.
            let is_point = bin.value.windows(7).any(|text| text == b"\"Point\"");
            5 + bin.value.len() + if is_point { 0 } else { 80 }
        }
        _ => 5 + bin.value.len(),
    }
}

/// Bytes of a small number as a real server stores it, of which 7 bits are in each.
const fn variable_size(number: usize) -> usize {
    if number < 1 << 7 {
        1
    } else if number < 1 << 14 {
        2
    } else {
        3
    }
}

/// What the index and the allocator add to a record's own bytes.
const OVERHEAD: usize = 96;

impl Record {
    /// A record of `meta`. `data` is `key_size` bytes of user key (with its type byte), then the bins.
    pub(crate) fn new(meta: RecordMeta, key_size: usize, data: Vec<u8>) -> Self {
        debug_assert!(key_size <= data.len());
        Self {
            data: data.into_boxed_slice(),
            last_update: meta.last_update,
            void_time: meta.void_time,
            key_size: key_size as u32,
            generation: meta.generation,
            bin_count: meta.bin_count,
            set: meta.set,
        }
    }

    /// The bins, each as the op of a reply.
    #[inline]
    pub(crate) fn bins(&self) -> &[u8] {
        &self.data[self.key_size as usize..]
    }

    /// Some of its bytes, mixed: whoever reads it next finds it in the cache.
    #[inline]
    pub(crate) fn touch(&self) -> u8 {
        let byte = |at: usize| self.data.get(at).copied().unwrap_or(0);
        byte(0) ^ byte(64)
    }

    /// The user key with its type byte; empty when it was not sent.
    pub(crate) fn user_key(&self) -> &[u8] {
        &self.data[..self.key_size as usize]
    }

    /// The bins one by one. They were checked when they were stored.
    pub(crate) fn each_bin(&self) -> impl Iterator<Item = Op<'_>> {
        Ops::new(self.bins(), self.bin_count).map_while(Result::ok)
    }

    /// The bin of that name.
    pub(crate) fn bin(&self, name: &[u8]) -> Option<Op<'_>> {
        self.each_bin().find(|bin| bin.name == name)
    }

    /// Whether it has expired.
    #[inline]
    pub(crate) const fn is_expired(&self, now: Now) -> bool {
        self.void_time != 0 && self.void_time <= now.seconds()
    }

    /// Bytes that a real server would store it in, in whole blocks: what stands in front of its bins, then each with its name, and
    /// a mark at the end.
    pub(crate) fn stored_size(&self, set: &[u8]) -> u64 {
        const HEADER: usize = 35;
        const END: usize = 4;
        const BLOCK: usize = 16;
        let expiry = if self.void_time == 0 { 0 } else { 4 };
        let set = if set.is_empty() { 0 } else { 1 + set.len() };
        let key = self.user_key().len();
        let key = if key == 0 { 0 } else { variable_size(key) + key };
        let bins: usize = self.each_bin().map(|bin| 1 + bin.name.len() + flat_size(&bin)).sum();
        let front = HEADER + expiry + set + key + variable_size(usize::from(self.bin_count));
        (front + bins + END).next_multiple_of(BLOCK) as u64
    }

    /// Bytes that it takes in memory.
    pub(crate) fn memory(&self) -> u64 {
        (self.data.len() + OVERHEAD) as u64
    }
}
