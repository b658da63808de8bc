use crate::{MAX_BIN_NAME, particle_type};

/// Bytes that are looked at: what an op begins with (8), the longest name, and a number.
const WINDOW: usize = 32;

/// What begins the op of a number: size, READ, the particle type, version 0, the name's length.
const fn head(particle: u8, name: usize) -> u64 {
    let [.., high, low] = (4 + name + 8).to_be_bytes();
    let [.., name] = name.to_be_bytes();
    u64::from_le_bytes([0, 0, high, low, 1, particle, 0, name])
}

/// How a reply spells a bin that holds a number. Whoever knows the bins that come can recognise one by comparing a few
/// words, where [`crate::ReplyWalker::next_bin`] takes every op apart: that is a third of the work of decoding numbers.
#[derive(Debug, Clone, Copy)]
pub struct NumberBin {
    integer: u64,
    double: u64,
    name: u128,
    mask: u128,
    value_at: usize,
}

/// A number as it came.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// An int64.
    Int(i64),
    /// A float64.
    Double(f64),
}

impl NumberBin {
    /// `None` for a name that no server has.
    pub fn new(name: &[u8]) -> Option<Self> {
        if name.len() > MAX_BIN_NAME {
            return None;
        }
        let mut bytes = [0; 16];
        bytes[..name.len()].copy_from_slice(name);
        Some(Self {
            integer: head(particle_type::INT, name.len()),
            double: head(particle_type::DOUBLE, name.len()),
            name: u128::from_le_bytes(bytes),
            mask: (1 << (8 * name.len())) - 1,
            value_at: 8 + name.len(),
        })
    }

    /// Bytes of the op.
    pub(crate) const fn len(&self) -> usize {
        self.value_at + 8
    }

    /// The number, when `bytes` begin with this bin. Near the end of a frame, where there are fewer bytes than it looks
    /// at, the answer is `None` too.
    #[inline]
    pub(crate) fn read(&self, bytes: &[u8]) -> Option<Number> {
        let window = bytes.first_chunk::<WINDOW>()?;
        let head = u64::from_le_bytes(*window.first_chunk()?);
        let name = u128::from_le_bytes(*window[8..].first_chunk()?);
        let value = u64::from_be_bytes(*window.get(self.value_at..)?.first_chunk()?);
        if name & self.mask != self.name {
            return None;
        }
        if head == self.integer {
            Some(Number::Int(value as i64))
        } else {
            (head == self.double).then(|| Number::Double(f64::from_bits(value)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Op, put_op};

    fn op(name: &[u8], particle: u8, value: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        put_op(&mut bytes, &Op { operation: 1, particle, name, value });
        bytes.resize(bytes.len().max(WINDOW) + 3, 0xee);
        bytes
    }

    #[test]
    fn every_name_of_a_server_is_recognised_and_no_other() {
        for length in 0..=MAX_BIN_NAME {
            let name = &b"abcdefghijklmno"[..length];
            let bin = NumberBin::new(name).unwrap();
            let integer = op(name, particle_type::INT, &(-5_i64).to_be_bytes());
            assert_eq!(bin.read(&integer), Some(Number::Int(-5)), "{length}");
            let double = op(name, particle_type::DOUBLE, &2.5_f64.to_be_bytes());
            assert_eq!(bin.read(&double), Some(Number::Double(2.5)), "{length}");
            let mut put = Vec::new();
            put_op(&mut put, &Op { operation: 1, particle: 1, name, value: &[0; 8] });
            assert_eq!(bin.len(), put.len());
            for other in 0..length {
                let mut name = name.to_vec();
                name[other] ^= 1;
                assert_eq!(bin.read(&op(&name, particle_type::INT, &[0; 8])), None, "{length} {other}");
            }
        }
        assert!(NumberBin::new(b"abcdefghijklmnop").is_none());
    }

    #[test]
    fn other_types_sizes_and_bytes_are_left_to_the_walker() {
        let bin = NumberBin::new(b"abc").unwrap();
        assert_eq!(bin.read(&op(b"abc", particle_type::STRING, &[0; 8])), None);
        assert_eq!(bin.read(&op(b"abc", particle_type::INT, &[0; 4])), None);
        assert_eq!(bin.read(&op(b"abcd", particle_type::INT, &[0; 7])), None);
        let whole = op(b"abc", particle_type::INT, &[1; 8]);
        for byte in 0..11 {
            let mut changed = whole.clone();
            changed[byte] ^= 0x40;
            assert_eq!(bin.read(&changed), None, "byte {byte}");
        }
        assert_eq!(bin.read(&whole[..WINDOW - 1]), None);
    }
}
