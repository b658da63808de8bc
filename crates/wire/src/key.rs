/// Bytes of a record's digest.
pub const DIGEST_SIZE: usize = 20;

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

/// What a digest is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyParts<'a> {
    /// Set name; empty for records without a set.
    pub set: &'a [u8],
    /// Type of the key.
    pub kind: KeyType,
    /// The key's bytes.
    pub bytes: &'a [u8],
}
