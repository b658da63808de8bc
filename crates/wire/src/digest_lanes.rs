//! RIPEMD-160 of eight short messages at once, one in each lane of a vector. Every step of the algorithm is the same for
//! all messages of one block, so eight cost little more than one. The `ripemd` crate is the reference that the tests
//! compare with, and hashes whatever does not fit in one block.
//!
//! Order of message words, rotations and constants: H. Dobbertin, A. Bosselaers, B. Preneel, "RIPEMD-160", 1996.

use fearless_simd::{Level, Simd, SimdFrom as _, dispatch, u32x8};

use crate::key::KeyParts;

/// Messages that are hashed together.
pub(crate) const LANES: usize = 8;

/// Bytes of a block.
const BLOCK: usize = 64;

/// The longest message that fits in one block together with its padding: a bit and the 8-byte length.
const LONGEST: usize = BLOCK - 9;

/// Messages that are hashed together, one in each lane.
pub(crate) struct Lanes([[u32; LANES]; 16]);

impl Lanes {
    pub(crate) const fn new() -> Self {
        Self([[0; LANES]; 16])
    }

    /// Puts a key into a lane, in the place of the one before. Whether it is short enough for a single block.
    #[inline]
    pub(crate) fn put(&mut self, lane: usize, key: &KeyParts<'_>) -> bool {
        let Some(block) = padded(key) else { return false };
        for (word, bytes) in self.0.iter_mut().zip(block.as_chunks::<4>().0) {
            word[lane] = u32::from_le_bytes(*bytes);
        }
        true
    }

    /// The words of the digests of all lanes. The code is large and made once for each level; were it inlined, every crate
    /// that hashes keys would make it anew.
    #[inline(never)]
    pub(crate) fn hash(&self, level: Level) -> [[u32; LANES]; 5] {
        dispatch!(level, simd => compress(simd, &self.0))
    }
}

/// Set, key type and key in one block, followed by the bit, zeros, and the length in bits.
#[inline]
fn padded(key: &KeyParts<'_>) -> Option<[u8; BLOCK]> {
    let (set, bytes) = (key.set.len(), key.bytes.len());
    let length = set + 1 + bytes;
    if length > LONGEST {
        return None;
    }
    let mut block = [0; BLOCK];
    block[..set].copy_from_slice(key.set);
    block[set] = key.kind as u8;
    block[set + 1..length].copy_from_slice(key.bytes);
    block[length] = 0x80;
    block[BLOCK - 8..].copy_from_slice(&(length as u64 * 8).to_le_bytes());
    Some(block)
}

const START: [u32; 5] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];

/// Sixteen steps: the function of the round, its constant, and word and rotation of every step. They are a function of
/// their own, as the compiler takes eight times as long for one with all 160 steps.
macro_rules! steps {
    ($simd:ident, $v:ident, $x:ident, $f:expr, $k:expr, $($word:literal $turn:literal),+) => {
        $v = $simd.vectorize(
            #[inline(always)]
            || {
                let mut v = $v;
                $({
                    let [a, b, c, d, e] = v;
                    let sum = a + $f(b, c, d) + $x[$word] + $k;
                    v = [e, rotate::<S, $turn>(sum) + e, b, rotate::<S, 10>(c), d];
                })+
                v
            },
        );
    };
}

#[inline(always)]
fn rotate<S: Simd, const TURN: u32>(v: u32x8<S>) -> u32x8<S> {
    (v << TURN) | (v >> (32 - TURN))
}

#[inline(always)]
fn compress<S: Simd>(simd: S, words: &[[u32; LANES]; 16]) -> [[u32; LANES]; 5] {
    let x: [u32x8<S>; 16] = std::array::from_fn(|i| u32x8::simd_from(simd, words[i]));
    let start = START.map(|word| u32x8::simd_from(simd, word));
    let constant = |k: u32| u32x8::simd_from(simd, k);
    let f1 = |b: u32x8<S>, c: u32x8<S>, d: u32x8<S>| b ^ c ^ d;
    let f2 = |b: u32x8<S>, c: u32x8<S>, d: u32x8<S>| ((c ^ d) & b) ^ d;
    let f3 = |b: u32x8<S>, c: u32x8<S>, d: u32x8<S>| (b | !c) ^ d;
    let f4 = |b: u32x8<S>, c: u32x8<S>, d: u32x8<S>| ((b ^ c) & d) ^ c;
    let f5 = |b: u32x8<S>, c: u32x8<S>, d: u32x8<S>| b ^ (c | !d);

    let mut l = start;
    steps!(simd, l, x, f1, constant(0), 0 11, 1 14, 2 15, 3 12, 4 5, 5 8, 6 7, 7 9, 8 11, 9 13, 10 14, 11 15, 12 6, 13 7, 14 9, 15 8);
    steps!(simd, l, x, f2, constant(0x5a82_7999), 7 7, 4 6, 13 8, 1 13, 10 11, 6 9, 15 7, 3 15, 12 7, 0 12, 9 15, 5 9, 2 11, 14 7, 11 13, 8 12);
    steps!(simd, l, x, f3, constant(0x6ed9_eba1), 3 11, 10 13, 14 6, 4 7, 9 14, 15 9, 8 13, 1 15, 2 14, 7 8, 0 13, 6 6, 13 5, 11 12, 5 7, 12 5);
    steps!(simd, l, x, f4, constant(0x8f1b_bcdc), 1 11, 9 12, 11 14, 10 15, 0 14, 8 15, 12 9, 4 8, 13 9, 3 14, 7 5, 15 6, 14 8, 5 6, 6 5, 2 12);
    steps!(simd, l, x, f5, constant(0xa953_fd4e), 4 9, 0 15, 5 5, 9 11, 7 6, 12 8, 2 13, 10 12, 14 5, 1 12, 3 13, 8 14, 11 11, 6 8, 15 5, 13 6);

    let mut r = start;
    steps!(simd, r, x, f5, constant(0x50a2_8be6), 5 8, 14 9, 7 9, 0 11, 9 13, 2 15, 11 15, 4 5, 13 7, 6 7, 15 8, 8 11, 1 14, 10 14, 3 12, 12 6);
    steps!(simd, r, x, f4, constant(0x5c4d_d124), 6 9, 11 13, 3 15, 7 7, 0 12, 13 8, 5 9, 10 11, 14 7, 15 7, 8 12, 12 7, 4 6, 9 15, 1 13, 2 11);
    steps!(simd, r, x, f3, constant(0x6d70_3ef3), 15 9, 5 7, 1 15, 3 11, 7 8, 14 6, 6 6, 9 14, 11 12, 8 13, 12 5, 2 14, 10 13, 0 13, 4 7, 13 5);
    steps!(simd, r, x, f2, constant(0x7a6d_76e9), 8 15, 6 5, 4 8, 1 11, 3 14, 11 14, 15 6, 0 14, 5 6, 12 9, 2 12, 13 9, 9 12, 7 5, 10 15, 14 8);
    steps!(simd, r, x, f1, constant(0), 12 8, 15 5, 10 12, 4 9, 1 12, 5 5, 8 14, 7 6, 6 8, 2 13, 13 6, 14 5, 0 15, 3 13, 9 11, 11 11);

    let [a, b, c, d, e] = start;
    [b + l[2] + r[3], c + l[3] + r[4], d + l[4] + r[0], e + l[0] + r[1], a + l[1] + r[2]].map(Into::into)
}
