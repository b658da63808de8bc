//! Digests against those of the recorded requests and of records that the server echoed.

use aerostride_wire::{KeyParts, KeyType, PARTITIONS, digest, digest_all, partition_of};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::recorded::unhex;

/// Set, type, key and the digest that three other clients computed for it.
const RECORDED: &[(&str, KeyType, &[u8], &str)] = &[
    ("cap", KeyType::String, b"types", "69550aeaf8a6350552dc631608e8ddbc4d37394d"),
    ("cap", KeyType::String, b"ttl", "e4ccbbce7a565e43df7303153e1a54a55106eee5"),
    ("cap", KeyType::String, b"str", "560327128663d323f6f7b8125b54cdec17aa8b25"),
    ("cap", KeyType::String, b"missing", "cb899c956c56a3876bf9a504dc49763948ca44ae"),
    ("cap", KeyType::String, b"op", "274e9f65a0741b49fbf92105a74287b988f78a97"),
    ("cap", KeyType::String, b"x", "ecadcf79a460b7a58798aedbff36e3256c42cee2"),
    ("cap2", KeyType::String, b"x", "0a1a52a52a141eef94edcb0be00485148c7b08a0"),
    ("cap", KeyType::Int, &42_i64.to_be_bytes(), "02ff74d8568cb27b2cbf76122c50739d3f0c2178"),
    ("cap", KeyType::Int, &(-7_i64).to_be_bytes(), "53f6c068d08e07179fdeb994190f10676fbec91a"),
    ("cap", KeyType::Blob, &[1, 2, 3], "8df364b7a6edd584e9ab4481f1f7abae07420e98"),
    ("", KeyType::String, b"noset", "f5b9da554addce3b9cdb65df8aebd26f86ec1ddb"),
];

#[test]
fn digests_are_those_of_the_recorded_clients() {
    let recordings = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../fixtures/captures/node-6.7.1.json"
    ))
    .unwrap();
    for (set, kind, key, expected) in RECORDED {
        assert_eq!(digest(set.as_bytes(), *kind, key).to_vec(), unhex(expected), "{set} {key:?}");
        assert!(recordings.contains(expected), "{expected} is not in the recording");
    }
}

#[test]
fn many_recorded_keys_at_once_have_the_same_digests() {
    for rotation in 0..RECORDED.len() {
        let keys = RECORDED.iter().cycle().skip(rotation).take(RECORDED.len());
        let mut digests = vec![[0xee; 20]];
        let parts =
            keys.clone().map(|(set, kind, bytes, _)| KeyParts { set: set.as_bytes(), kind: *kind, bytes });
        digest_all(parts, &mut digests);
        assert_eq!(digests.remove(0), [0xee; 20], "what the vector held is kept");
        let expected: Vec<_> = keys.map(|(.., digest)| unhex(digest)).collect();
        assert_eq!(digests.iter().map(|digest| digest.to_vec()).collect::<Vec<_>>(), expected);
    }
}

proptest! {
    /// Sets and keys of every length around a block of the hash, in groups that are full and not.
    #[test]
    fn many_keys_of_mixed_sets_at_once_have_the_digests_of_each(
        keys in vec((vec(any::<u8>(), 0..64), 0..3_usize, vec(any::<u8>(), 0..130)), 0..30),
    ) {
        let kinds = [KeyType::Int, KeyType::String, KeyType::Blob];
        let parts = keys.iter().map(|(set, kind, bytes)| KeyParts { set, kind: kinds[*kind], bytes });
        let mut together = Vec::new();
        digest_all(parts.clone(), &mut together);
        let each: Vec<_> = parts.map(|key| digest(key.set, key.kind, key.bytes)).collect();
        prop_assert_eq!(together, each);
    }
}

/// Every length of set and key together around the end of a block, one at a time and among short ones.
#[test]
fn the_border_of_a_block_is_no_border_of_the_digest() {
    let bytes = [0x5a; 130];
    for length in 0..130 {
        let long =
            KeyParts { set: &bytes[..length / 3], kind: KeyType::Blob, bytes: &bytes[..length - length / 3] };
        let short = KeyParts { set: b"s", kind: KeyType::String, bytes: b"k" };
        let mut digests = Vec::new();
        digest_all([short, long, short, long, long, short, short, long, long], &mut digests);
        let (long, short) = (digest(long.set, long.kind, long.bytes), digest(b"s", KeyType::String, b"k"));
        assert_eq!(digests, [short, long, short, long, long, short, short, long, long], "{length} bytes");
    }
}

#[test]
fn the_partition_is_the_low_12_bits_of_the_first_four_bytes() {
    for (set, kind, key, _) in RECORDED {
        let digest = digest(set.as_bytes(), *kind, key);
        let [a, b, c, d, ..] = digest;
        let expected = u32::from_le_bytes([a, b, c, d]) as usize % PARTITIONS;
        assert_eq!(partition_of(&digest), expected);
    }
    let mut digest = [0xff; 20];
    assert_eq!(partition_of(&digest), 4095);
    digest[..2].copy_from_slice(&[0x01, 0x10]);
    assert_eq!(partition_of(&digest), 1);
}

#[test]
fn key_types_are_the_particle_types_of_keys() {
    for kind in [KeyType::Int, KeyType::String, KeyType::Blob] {
        assert_eq!(KeyType::try_from(kind as u8), Ok(kind));
    }
    for byte in (0..=u8::MAX).filter(|byte| ![1, 3, 4].contains(byte)) {
        assert_eq!(KeyType::try_from(byte), Err(byte));
    }
}
