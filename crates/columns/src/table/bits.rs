use std::sync::atomic::{AtomicU64, Ordering};

/// One bit per row, set and cleared from any thread.
#[derive(Debug)]
pub(super) struct RowBits(Vec<AtomicU64>);

impl RowBits {
    pub(super) fn new(rows: usize) -> Self {
        Self((0..rows.div_ceil(64)).map(|_| AtomicU64::new(0)).collect())
    }

    /// Sets the bits of a word and gives what it was. Acquire and release: what an earlier owner of the rows wrote
    /// happened before.
    #[inline]
    pub(super) fn set(&self, word: usize, mask: u64) -> u64 {
        self.0[word].fetch_or(mask, Ordering::AcqRel)
    }

    /// Sets one bit and gives what it was. `alone`: nobody else writes the word.
    #[inline]
    pub(super) fn set_row(&self, row: u32, alone: bool) -> bool {
        let (word, bit) = (row as usize / 64, 1 << (row % 64));
        let before = if alone {
            let before = self.0[word].load(Ordering::Relaxed);
            self.0[word].store(before | bit, Ordering::Release);
            before
        } else {
            self.set(word, bit)
        };
        before & bit != 0
    }

    pub(super) fn clear(&self, word: usize, mask: u64) {
        self.0[word].fetch_and(!mask, Ordering::AcqRel);
    }

    pub(super) fn get(&self, row: u32) -> bool {
        self.0[row as usize / 64].load(Ordering::Acquire) & 1 << (row % 64) != 0
    }

    /// The rows of `masks` whose bits are not set, a word at a time: when none is missing that is 64 rows a step.
    pub(super) fn missing(&self, masks: impl Iterator<Item = (usize, u64)>) -> impl Iterator<Item = u32> {
        masks.flat_map(|(word, mask)| {
            let mut left = mask & !self.0[word].load(Ordering::Acquire);
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros())?;
                left &= left - 1;
                Some(word as u32 * 64 + bit)
            })
        })
    }
}
