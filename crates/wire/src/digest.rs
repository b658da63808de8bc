use ripemd::{Digest as _, Ripemd160};

/// Bytes of a record's digest.
pub const DIGEST_SIZE: usize = 20;

/// Partitions of every namespace.
pub const PARTITIONS: usize = 4096;

/// RIPEMD-160 of set, key type and key: a record's identity inside its namespace.
pub type Digest = [u8; DIGEST_SIZE];

/// The particle type of a user key, which is part of its digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum KeyType {
    /// An int64; its bytes are big-endian.
    Int = 1,
    /// UTF-8 text.
    String = 3,
    /// Raw bytes.
    Blob = 4,
}

impl TryFrom<u8> for KeyType {
    type Error = u8;

    fn try_from(byte: u8) -> Result<Self, u8> {
        match byte {
            1 => Ok(Self::Int),
            3 => Ok(Self::String),
            4 => Ok(Self::Blob),
            other => Err(other),
        }
    }
}

/// The digest of a key: RIPEMD-160 over set name, key type byte and key bytes.
pub fn digest(set: &[u8], kind: KeyType, key: &[u8]) -> Digest {
    let mut hash = Ripemd160::new();
    hash.update(set);
    hash.update([kind as u8]);
    hash.update(key);
    hash.finalize().into()
}

/// The partition of a digest: its first 4 bytes, little-endian, modulo 4096.
#[inline]
pub fn partition_of(digest: &Digest) -> usize {
    let [a, b, ..] = *digest;
    usize::from(u16::from_le_bytes([a, b])) & (PARTITIONS - 1)
}
