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

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(bits: &RowBits, masks: &[(usize, u64)]) -> Vec<u32> {
        bits.missing(masks.iter().copied()).collect()
    }

    #[test]
    fn a_bit_is_set_once_and_cleared_alone() {
        let bits = RowBits::new(130);
        for alone in [true, false] {
            for row in [0, 63, 64, 129] {
                assert!(!bits.get(row));
                assert!(!bits.set_row(row, alone), "{row}");
                assert!(bits.set_row(row, alone) && bits.get(row), "{row}");
            }
            assert!(!bits.get(1) && !bits.get(65) && !bits.get(128));
            bits.clear(0, 1);
            assert!(!bits.get(0) && bits.get(63));
            bits.clear(0, u64::MAX);
            bits.clear(1, u64::MAX);
            bits.clear(2, u64::MAX);
        }
    }

    #[test]
    fn setting_a_word_gives_what_it_was() {
        let bits = RowBits::new(64);
        assert_eq!(bits.set(0, 0b0110), 0);
        assert_eq!(bits.set(0, 0b1100), 0b0110);
        assert_eq!(bits.set(0, 0), 0b1110);
    }

    #[test]
    fn missing_rows_are_those_of_the_masks_without_a_bit() {
        let bits = RowBits::new(128);
        assert_eq!(missing(&bits, &[(0, 0b101), (1, 1 << 63)]), [0, 2, 127]);
        bits.set(0, 0b001);
        assert_eq!(missing(&bits, &[(0, 0b101), (1, 1 << 63)]), [2, 127]);
        bits.set(0, u64::MAX);
        bits.set(1, u64::MAX);
        assert_eq!(missing(&bits, &[(0, u64::MAX), (1, u64::MAX)]), [0; 0]);
        assert_eq!(missing(&RowBits::new(0), &[]), [0; 0]);
    }

    #[test]
    fn threads_that_set_bits_of_one_word_lose_none() {
        let bits = RowBits::new(64);
        std::thread::scope(|scope| {
            for row in 0..8 {
                let bits = &bits;
                scope.spawn(move || (row..64).step_by(8).for_each(|row| assert!(!bits.set_row(row, false))));
            }
        });
        assert_eq!(missing(&bits, &[(0, u64::MAX)]), [0; 0]);
    }
}
