use fearless_simd::Level;
use ripemd::{Digest as _, Ripemd160};

use crate::digest_lanes::{LANES, Lanes};
use crate::key::{DIGEST_SIZE, Digest, KeyParts, KeyType};

/// Partitions of every namespace.
pub const PARTITIONS: usize = 4096;

/// The digest of a key: RIPEMD-160 over set name, key type byte and key bytes.
pub fn digest(set: &[u8], kind: KeyType, key: &[u8]) -> Digest {
    let mut hash = Ripemd160::new();
    hash.update(set);
    hash.update([kind as u8]);
    hash.update(key);
    hash.finalize().into()
}

/// Appends the digests of many keys, several at once where they are short. Same results as [`digest`], about six times
/// as fast with AVX2.
pub fn digest_all<'k>(keys: impl IntoIterator<Item = KeyParts<'k>>, out: &mut Vec<Digest>) {
    let (level, mut lanes) = (Level::new(), Lanes::new());
    // Where the digests of the lanes that are taken go.
    let (mut places, mut taken) = ([0; LANES], 0);
    for key in keys {
        if !lanes.put(taken, &key) {
            out.push(digest(key.set, key.kind, key.bytes));
            continue;
        }
        places[taken] = out.len();
        out.push([0; DIGEST_SIZE]);
        taken += 1;
        if taken == LANES {
            put_digests(&lanes.hash(level), &places, out);
            taken = 0;
        }
    }
    if taken > 0 {
        put_digests(&lanes.hash(level), &places[..taken], out);
    }
}

/// Puts the digest of each lane, given word by word, into its place.
#[inline]
fn put_digests(words: &[[u32; LANES]; 5], places: &[usize], out: &mut [Digest]) {
    for (lane, place) in places.iter().enumerate() {
        for (bytes, word) in out[*place].as_chunks_mut::<4>().0.iter_mut().zip(words) {
            *bytes = word[lane].to_le_bytes();
        }
    }
}

/// The partition of a digest: its first 4 bytes, little-endian, modulo 4096.
#[inline]
pub fn partition_of(digest: &Digest) -> usize {
    let [a, b, ..] = *digest;
    usize::from(u16::from_le_bytes([a, b])) & (PARTITIONS - 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn many_at_once_are_the_same_as_one_by_one(
            set in "[a-z]{0,63}",
            keys in proptest::collection::vec((0..3, proptest::collection::vec(any::<u8>(), 0..70)), 0..40),
        ) {
            let kinds = [KeyType::Int, KeyType::String, KeyType::Blob];
            let keys: Vec<_> = keys.iter().map(|(kind, bytes)| (kinds[*kind as usize], bytes.clone())).collect();
            let mut together = Vec::new();
            let set = set.as_bytes();
            digest_all(keys.iter().map(|(kind, bytes)| KeyParts { set, kind: *kind, bytes }), &mut together);
            let one_by_one: Vec<Digest> = keys.iter().map(|(kind, bytes)| digest(set, *kind, bytes)).collect();
            prop_assert_eq!(together, one_by_one);
        }
    }
}
