//! Memory for values of any length: whoever writes rows appends to a block of its own, and cells say block and offset.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Bytes of a block of a table with few values, and of one with many.
const LEAST_BLOCK: usize = 32 * 1024;
const MOST_BLOCK: usize = 1024 * 1024;

/// A block is this part of everything so far, so that what is left over at the end stays small.
const PART_OF_ALL: usize = 16;

/// A value larger than this part of a block has one to itself, so that less than this is left behind in a full block.
const PART_OF_BLOCK: usize = 8;

/// Where lists begin: no element is larger.
const ALIGNMENT: usize = 8;

/// Where a value lies: cells have room for 32 bits of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Spot {
    pub(super) block: u32,
    pub(super) offset: u32,
}

/// The blocks of a table. Their memory is Rust's own until the table is closed and they are taken as a whole.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    shelf: Mutex<Shelf>,
    /// Bytes of all blocks, those included that are not used yet.
    reserved: AtomicUsize,
}

#[derive(Debug, Default)]
struct Shelf {
    /// By number. A block that is being filled leaves its place empty.
    full: Vec<Vec<u8>>,
    /// Blocks with room that nobody fills at the moment.
    idle: Vec<Block>,
}

/// A block with room, which has one writer.
#[derive(Debug, Default)]
pub(super) struct Block {
    number: u32,
    bytes: Vec<u8>,
}

/// How far an only writer had come.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Mark {
    full: usize,
    /// Number and bytes of its block.
    open: Option<(u32, usize)>,
    reserved: usize,
}

impl Blocks {
    /// A block to fill: one that another writer has given back, or one without room.
    pub(super) fn take(&self) -> Block {
        self.lock().idle.pop().unwrap_or_default()
    }

    /// Takes a block back.
    pub(super) fn give_back(&self, block: Block) {
        if block.bytes.capacity() > 0 {
            self.lock().idle.push(block);
        }
    }

    /// Bytes that were reserved so far.
    pub(super) fn reserved(&self) -> usize {
        self.reserved.load(Ordering::Relaxed)
    }

    /// Every block by its number, cut to what it holds. Only once nobody writes any more.
    pub(super) fn take_all(&self) -> Vec<Vec<u8>> {
        let shelf = &mut *self.lock();
        for block in shelf.idle.drain(..) {
            if let Some(place) = shelf.full.get_mut(block.number as usize) {
                *place = block.bytes;
            }
        }
        let mut all = std::mem::take(&mut shelf.full);
        all.iter_mut().for_each(Vec::shrink_to_fit);
        all
    }

    /// Where the only writer is, while it has given its block back.
    pub(super) fn mark(&self) -> Mark {
        let shelf = self.lock();
        let open = shelf.idle.last().map(|block| (block.number, block.bytes.len()));
        Mark { full: shelf.full.len(), open, reserved: self.reserved() }
    }

    /// Takes back everything that the only writer has appended behind a mark.
    pub(super) fn rewind(&self, mark: Mark) {
        let shelf = &mut *self.lock();
        let idle = shelf.idle.pop();
        if let Some((number, size)) = mark.open {
            let full = shelf.full.get_mut(number as usize).map(std::mem::take).unwrap_or_default();
            let mut bytes = idle.filter(|block| block.number == number).map_or(full, |block| block.bytes);
            bytes.truncate(size);
            shelf.idle.push(Block { number, bytes });
        }
        shelf.full.truncate(mark.full);
        self.reserved.store(mark.reserved, Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes room in a block, or a block for one value alone.
    #[cold]
    fn make_room(&self, block: &mut Block, size: usize) -> Option<Alone> {
        let all = self.reserved();
        let usual = (all / PART_OF_ALL).clamp(LEAST_BLOCK, MOST_BLOCK);
        if size > usual / PART_OF_BLOCK {
            return Some(Alone(Vec::with_capacity(size)));
        }
        let fresh = Vec::with_capacity(usual);
        self.reserved.fetch_add(usual, Ordering::Relaxed);
        let shelf = &mut *self.lock();
        let number = shelf.full.len() as u32;
        shelf.full.push(Vec::new());
        let before = std::mem::replace(block, Block { number, bytes: fresh });
        if let Some(place) = shelf.full.get_mut(before.number as usize)
            && before.bytes.capacity() > 0
        {
            *place = before.bytes;
        }
        None
    }

    fn keep_alone(&self, Alone(bytes): Alone) -> Spot {
        self.reserved.fetch_add(bytes.capacity(), Ordering::Relaxed);
        let full = &mut self.lock().full;
        full.push(bytes);
        Spot { block: (full.len() - 1) as u32, offset: 0 }
    }
}

/// A block for one large value.
struct Alone(Vec<u8>);

impl Block {
    const fn room(&self) -> usize {
        self.bytes.capacity() - self.bytes.len()
    }

    fn end(&self) -> Spot {
        Spot { block: self.number, offset: self.bytes.len() as u32 }
    }

    /// Appends a value of `head`, if there is one, and `bytes`.
    #[inline]
    pub(super) fn append(&mut self, blocks: &Blocks, head: Option<u8>, bytes: &[u8]) -> Spot {
        let size = bytes.len() + usize::from(head.is_some());
        if self.room() < size
            && let Some(mut alone) = blocks.make_room(self, size)
        {
            alone.0.extend(head);
            alone.0.extend_from_slice(bytes);
            return blocks.keep_alone(alone);
        }
        let spot = self.end();
        self.bytes.extend(head);
        self.bytes.extend_from_slice(bytes);
        spot
    }

    /// Appends what `write` does, which is at most so many bytes, at a multiple of 8. When it says no, nothing is kept.
    pub(super) fn append_aligned(
        &mut self,
        blocks: &Blocks,
        most: usize,
        write: &mut dyn FnMut(&mut Vec<u8>) -> bool,
    ) -> Option<Spot> {
        if self.room() < most + ALIGNMENT
            && let Some(mut alone) = blocks.make_room(self, most + ALIGNMENT)
        {
            return write(&mut alone.0).then(|| blocks.keep_alone(alone));
        }
        let before = self.bytes.len();
        self.bytes.resize(before.next_multiple_of(ALIGNMENT), 0);
        let spot = self.end();
        let keeps = write(&mut self.bytes);
        if !keeps {
            self.bytes.truncate(before);
        }
        keeps.then_some(spot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes_at(all: &[Vec<u8>], spot: Spot, size: usize) -> &[u8] {
        &all[spot.block as usize][spot.offset as usize..][..size]
    }

    #[test]
    fn values_lie_where_their_spots_say() {
        let blocks = Blocks::default();
        let mut writers = [blocks.take(), blocks.take()];
        let mut values = Vec::new();
        for round in 0..4000_usize {
            let value = vec![round as u8; round % 700 * (1 + round % 50 / 49 * 40)];
            let spot = writers[round % 2].append(&blocks, Some(7), &value);
            values.push((spot, value));
        }
        writers.into_iter().for_each(|writer| blocks.give_back(writer));
        let all = blocks.take_all();
        for (spot, value) in &values {
            let stored = bytes_at(&all, *spot, value.len() + 1);
            assert_eq!((stored[0], &stored[1..]), (7, &value[..]));
        }
        let (held, needed): (usize, usize) =
            (all.iter().map(Vec::capacity).sum(), values.iter().map(|(_, value)| value.len() + 1).sum());
        assert!(held <= needed * 6 / 5, "{held} bytes for {needed}");
        assert!(all.len() < 200, "{} blocks", all.len());
    }

    #[test]
    fn lists_are_aligned_and_leave_nothing_when_they_fail() {
        let blocks = Blocks::default();
        let mut block = blocks.take();
        assert_eq!(block.append(&blocks, None, b"abc"), Spot { block: 0, offset: 0 });
        let mut ten = |keep| {
            block.append_aligned(&blocks, 10, &mut |out| {
                out.extend_from_slice(&[9; 10]);
                keep
            })
        };
        assert_eq!(ten(false), None);
        assert_eq!(ten(true), Some(Spot { block: 0, offset: 8 }));
        let large = block.append_aligned(&blocks, 100_000, &mut |out| {
            out.resize(100_000, 1);
            true
        });
        assert_eq!(large, Some(Spot { block: 1, offset: 0 }));
        assert_eq!(block.append_aligned(&blocks, 100_000, &mut |_| false), None);
        blocks.give_back(block);
        let all = blocks.take_all();
        assert_eq!(all.iter().map(Vec::len).collect::<Vec<_>>(), [18, 100_000]);
        assert_eq!(&all[0][..10], b"abc\0\0\0\0\0\x09\x09");
    }

    #[test]
    fn an_only_writer_can_go_back() {
        for before in [0, 5, 40_000, 100_000] {
            for after in [1, 20_000, 300_000] {
                let blocks = Blocks::default();
                let write = |size: usize, each: usize| {
                    let mut block = blocks.take();
                    (0..size).step_by(each).for_each(|at| {
                        block.append(&blocks, None, &vec![1; each.min(size - at)]);
                    });
                    blocks.give_back(block);
                };
                write(before, 100);
                let mark = blocks.mark();
                let reserved = blocks.reserved();
                write(after, 100);
                write(after, 10_000);
                blocks.rewind(mark);
                assert_eq!(blocks.reserved(), reserved);
                write(30, 10);
                let held: usize = blocks.take_all().iter().map(Vec::len).sum();
                assert_eq!(held, before + 30, "{before} and {after}");
            }
        }
    }
}
