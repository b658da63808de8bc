//! Integer keys that come as the memory of a typed array.

use std::fmt;

use crate::keys::{KeyGroup, PackedKeys};
use crate::{Error, ErrorKind};

/// The integers of a typed array: signed or not, and the bytes of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "they are named as the types of numpy are")]
pub enum IntegerKind {
    I1,
    I2,
    I4,
    I8,
    U1,
    U2,
    U4,
    U8,
}

impl PackedKeys {
    /// Packs integers that stand in `bytes` one after the other, little-endian.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] for one that int64 does not hold.
    pub fn of_integers(group: KeyGroup, kind: IntegerKind, bytes: &[u8]) -> Result<Self, Error> {
        let data = match kind {
            IntegerKind::I1 => widened(bytes, i8::from_le_bytes),
            IntegerKind::I2 => widened(bytes, i16::from_le_bytes),
            IntegerKind::I4 => widened(bytes, i32::from_le_bytes),
            IntegerKind::I8 => widened(bytes, i64::from_le_bytes),
            IntegerKind::U1 => widened(bytes, u8::from_le_bytes),
            IntegerKind::U2 => widened(bytes, u16::from_le_bytes),
            IntegerKind::U4 => widened(bytes, u32::from_le_bytes),
            IntegerKind::U8 => widened(bytes, u64::from_le_bytes),
        }?;
        Self::new(data.len() / 8, vec![group], None, &[1], Vec::new(), data)
    }
}

/// Every integer as the 8 bytes of an int key.
fn widened<T, const N: usize>(bytes: &[u8], read: fn([u8; N]) -> T) -> Result<Vec<u8>, Error>
where
    T: TryInto<i64> + Copy + fmt::Display,
{
    let (integers, _) = bytes.as_chunks::<N>();
    let mut data = Vec::with_capacity(integers.len() * 8);
    for (position, integer) in integers.iter().enumerate() {
        let value = read(*integer);
        let wide: i64 = value.try_into().map_err(|_| no_int64(position, &value))?;
        data.extend_from_slice(&wide.to_be_bytes());
    }
    Ok(data)
}

fn no_int64(position: usize, value: &dyn fmt::Display) -> Error {
    let message = format!("keys[{position}] is {value}; integer keys are int64, up to {}", i64::MAX);
    Error::new(ErrorKind::InvalidArgument, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(kind: IntegerKind, bytes: &[u8]) -> Result<Vec<i64>, String> {
        let group = KeyGroup::new("test".into(), String::new()).unwrap();
        let keys = PackedKeys::of_integers(group, kind, bytes).map_err(|error| error.message)?;
        let key = |row| i64::from_be_bytes(keys.key(row).2.try_into().unwrap());
        Ok((0..keys.len()).map(key).collect())
    }

    #[test]
    fn integers_of_every_width_are_int_keys() {
        use IntegerKind::*;
        let bytes = [0xff, 0x7f, 0, 0, 0, 0, 0, 0];
        for (kind, expected) in [
            (I1, vec![-1, 127, 0, 0, 0, 0, 0, 0]),
            (U1, vec![255, 127, 0, 0, 0, 0, 0, 0]),
            (I2, vec![0x7fff, 0, 0, 0]),
            (U2, vec![0x7fff, 0, 0, 0]),
            (I4, vec![0x7fff, 0]),
            (U4, vec![0x7fff, 0]),
            (I8, vec![0x7fff]),
            (U8, vec![0x7fff]),
        ] {
            assert_eq!(packed(kind, &bytes), Ok(expected), "{kind:?}");
        }
        let large = u64::MAX.to_le_bytes();
        assert_eq!(packed(I8, &large), Ok(vec![-1]));
        let refused = "keys[0] is 18446744073709551615; integer keys are int64, up to 9223372036854775807";
        assert_eq!(packed(U8, &large), Err(refused.to_owned()));
    }
}
