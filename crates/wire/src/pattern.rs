/// Bytes that have to be equal where the mask is set.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pattern {
    len: usize,
    words: Vec<u64>,
    masks: Vec<u64>,
    /// Word and mask of the last 8 bytes, which may overlap the word before.
    last: (u64, u64),
}

impl Pattern {
    /// A pattern of `bytes`, of which the spans in `free`, as begin and size, may be anything.
    pub(crate) fn new(bytes: &[u8], free: &[(usize, usize)]) -> Self {
        let mut mask = vec![0xff; bytes.len()];
        for &(at, size) in free {
            mask[at..at + size].fill(0);
        }
        let words = |bytes: &[u8]| -> Vec<u64> {
            bytes.as_chunks().0.iter().copied().map(u64::from_ne_bytes).collect()
        };
        let last = |bytes: &[u8]| bytes.last_chunk().copied().map_or(0, u64::from_ne_bytes);
        let (masks, last_mask) = (words(&mask), last(&mask));
        let words = words(bytes).iter().zip(&masks).map(|(word, mask)| word & mask).collect();
        Self { len: bytes.len(), words, masks, last: (last(bytes) & last_mask, last_mask) }
    }

    /// The bytes that follow the pattern, when `rest` begins with such. It compares whole words, so nothing follows a pattern of
    /// fewer than 8 bytes.
    #[inline]
    pub(crate) fn find<'a>(&self, rest: &'a [u8]) -> Option<&'a [u8]> {
        let seen = rest.get(..self.len)?;
        let (word, mask) = self.last;
        let mut differs = (u64::from_ne_bytes(*seen.last_chunk()?) & mask) ^ word;
        for ((seen, word), mask) in seen.as_chunks().0.iter().zip(&self.words).zip(&self.masks) {
            differs |= (u64::from_ne_bytes(*seen) & mask) ^ word;
        }
        (differs == 0).then_some(seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_follow_a_pattern_when_they_differ_in_free_ones_alone() {
        for len in 0..40_usize {
            let bytes: Vec<u8> = (0..len as u8).collect();
            let free = [(len / 2, len.min(9) / 2), (len.saturating_sub(3), len.min(2))];
            let pattern = Pattern::new(&bytes, &free);
            let follows = |bytes: &[u8]| pattern.find(bytes).map(<[u8]>::len);
            let expected = (len >= 8).then_some(len);
            assert_eq!(follows(&bytes), expected, "{len}");
            assert_eq!(follows(&[&bytes[..], b"more"].concat()), expected, "{len}");
            assert_eq!(follows(&bytes[..len.saturating_sub(1)]), None, "{len}");
            for at in 0..len {
                let mut changed = bytes.clone();
                changed[at] ^= 0x10;
                let is_free = free.iter().any(|&(begin, size)| (begin..begin + size).contains(&at));
                assert_eq!(follows(&changed), expected.filter(|_| is_free), "{len} {at}");
            }
        }
    }
}
