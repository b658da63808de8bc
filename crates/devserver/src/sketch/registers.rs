use super::hash::hash;

/// Bits of a register that count zeros; those of its minhash follow.
const ZEROS: u32 = 6;
/// Flags, both sizes and the cached count stand in front of the registers.
const HEADER: usize = 11;

/// A sketch, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sketch {
    pub(super) index_bits: u8,
    pub(super) minhash_bits: u8,
    /// The count as it was last computed; 0 is "not computed".
    pub(super) cache: u64,
    pub(super) registers: Vec<u64>,
}

impl Sketch {
    /// An empty sketch; `None` for sizes that no server has.
    pub(super) fn new(index_bits: u8, minhash_bits: u8) -> Option<Self> {
        let registers = || vec![0; 1 << index_bits];
        Self::are_sizes(index_bits, minhash_bits).then(|| Self {
            index_bits,
            minhash_bits,
            cache: 0,
            registers: registers(),
        })
    }

    /// Whether a sketch can have these sizes.
    pub(super) const fn are_sizes(index_bits: u8, minhash_bits: u8) -> bool {
        matches!(index_bits, 4..=16) && matches!(minhash_bits, 0 | 4..=51) && index_bits + minhash_bits <= 64
    }

    /// Reads a bin's value.
    pub(super) fn parse(bin: &[u8]) -> Option<Self> {
        let (header, bytes) = bin.split_first_chunk::<HEADER>()?;
        let [0, index_bits, minhash_bits, cache @ ..] = *header else { return None };
        let mut sketch = Self::new(index_bits, minhash_bits)?;
        if bytes.len() != sketch.size() {
            return None;
        }
        sketch.cache = u64::from_le_bytes(cache);
        let width = sketch.width() as usize;
        for (index, register) in sketch.registers.iter_mut().enumerate() {
            let bits = index * width..(index + 1) * width;
            let one = |at: usize| u64::from(bytes[at / 8] >> (7 - at % 8) & 1);
            *register = bits.fold(0, |value, at| value << 1 | one(at));
        }
        Some(sketch)
    }

    /// The sketch as a bin's value.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = vec![0, self.index_bits, self.minhash_bits];
        out.extend_from_slice(&self.cache.to_le_bytes());
        out.resize(HEADER + self.size(), 0);
        let width = self.width() as usize;
        for (index, register) in self.registers.iter().enumerate() {
            for bit in 0..width {
                let at = index * width + bit;
                let one = (register >> (width - 1 - bit) & 1) as u8;
                out[HEADER + at / 8] |= one << (7 - at % 8);
            }
        }
        out
    }

    /// Notes an element, given as msgpack. Whether that changed anything.
    pub(super) fn add(&mut self, element: &[u8]) -> bool {
        let (register, value) = self.place(element);
        let higher = self.registers[register] < value;
        if higher {
            self.registers[register] = value;
            self.cache = 0;
        }
        higher
    }

    /// Whether an element may have been noted.
    pub(super) fn may_contain(&self, element: &[u8]) -> bool {
        let (register, value) = self.place(element);
        self.registers[register] >= value
    }

    /// Notes everything that another sketch of at least as many registers has noted.
    pub(super) fn absorb(&mut self, other: &Self) {
        let mask = self.registers.len() - 1;
        for (index, register) in other.registers.iter().enumerate() {
            let value = if self.minhash_bits == 0 { register >> other.minhash_bits } else { *register };
            let own = &mut self.registers[index & mask];
            *own = (*own).max(value);
        }
        self.cache = 0;
    }

    /// What all of them have noted together, in the size of the smallest.
    pub(super) fn union(all: &[Self]) -> Self {
        let mut union = Self::fitting(all);
        all.iter().for_each(|sketch| union.absorb(sketch));
        union
    }

    /// An empty sketch that can absorb all of them.
    pub(super) fn fitting(all: &[Self]) -> Self {
        let index_bits = all.iter().map(|sketch| sketch.index_bits).min().unwrap_or(4);
        let first = all.first().map_or(0, |sketch| sketch.minhash_bits);
        let minhash_bits = if all.iter().all(|sketch| sketch.minhash_bits == first) { first } else { 0 };
        Self { index_bits, minhash_bits, cache: 0, registers: vec![0; 1 << index_bits] }
    }

    const fn width(&self) -> u32 {
        ZEROS + self.minhash_bits as u32
    }

    /// Bytes of the registers.
    fn size(&self) -> usize {
        (self.width() as usize * self.registers.len()).div_ceil(8)
    }

    fn place(&self, element: &[u8]) -> (usize, u64) {
        let (low, high) = hash(element);
        let minhash = low >> self.index_bits & ((1 << self.minhash_bits) - 1);
        // More zeros than a register can count are as good as none at all.
        let zeros = u64::from(high.trailing_zeros() + 1) & ((1 << ZEROS) - 1);
        (low as usize & (self.registers.len() - 1), zeros << self.minhash_bits | minhash)
    }
}
