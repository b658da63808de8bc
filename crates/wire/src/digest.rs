use fearless_simd::Level;
use ripemd::{Digest as _, Ripemd160};

use crate::digest_lanes::{LANES, digest_lanes};
use crate::key::{Digest, KeyParts, KeyType};

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
    let level = Level::new();
    let mut keys = keys.into_iter();
    while let Some(first) = keys.next() {
        // A last group that is not full repeats its first key in the lanes left over.
        let mut group = [first; LANES];
        let mut count = 1;
        for (lane, key) in group[1..].iter_mut().zip(&mut keys) {
            *lane = key;
            count += 1;
        }
        match digest_lanes(level, &group) {
            Some(digests) => out.extend_from_slice(&digests[..count]),
            None => out.extend(group[..count].iter().map(|key| digest(key.set, key.kind, key.bytes))),
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
