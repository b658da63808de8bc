use crate::{MAX_BIN_NAME, particle_type};

/// Bytes that are looked at: what an op begins with (8), the longest name, and a number.
pub(crate) const WINDOW: usize = 32;

/// What begins the op of a number: size, READ, no particle type, version 0, the name's length.
const fn head(name: usize) -> u64 {
    let [.., high, low] = (4 + name + 8).to_be_bytes();
    let [.., name] = name.to_be_bytes();
    u64::from_le_bytes([0, 0, high, low, 1, 0, 0, name])
}

/// Everything of that but the particle type.
const HEAD: u64 = u64::from_le_bytes([255, 255, 255, 255, 255, 0, 255, 255]);

/// How a reply spells a bin that holds a number. Whoever knows the bins that come can recognise one by comparing a few
/// words, where [`crate::ReplyWalker::next_bin`] takes every op apart: that is a third of the work of decoding numbers.
#[derive(Debug, Clone, Copy)]
pub struct NumberBin {
    head: u64,
    name: [u64; 2],
    mask: [u64; 2],
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
        let (mut bytes, mut mask) = ([0; 16], [0; 16]);
        bytes[..name.len()].copy_from_slice(name);
        mask[..name.len()].fill(u8::MAX);
        let (head, value_at) = (head(name.len()), 8 + name.len());
        Some(Self { head, name: words(bytes), mask: words(mask), value_at })
    }

    /// Bits in which the name is another one.
    #[inline(always)]
    fn name_differs(&self, window: &[u8; WINDOW]) -> Option<u64> {
        let [first, second] = self.name;
        let differs = (word(window, 8)? ^ first) & self.mask[0];
        // Most names have at most 8 bytes.
        Some(if self.mask[1] == 0 { differs } else { differs | (word(window, 16)? ^ second) & self.mask[1] })
    }

    /// The number that a list of this name has as its only element, and the bytes of the op. Lists of anything else are left to
    /// the walker.
    #[inline]
    pub(crate) fn read_in_list(&self, bytes: &[u8]) -> Option<(Number, usize)> {
        match bytes.first_chunk() {
            Some(window) => self.list_in(window, bytes.len()),
            None => self.list_in(&pad(bytes), bytes.len()),
        }
    }

    #[inline(always)]
    fn list_in(&self, window: &[u8; WINDOW], most: usize) -> Option<(Number, usize)> {
        /// Everything of what an op begins with but its size.
        const KIND: u64 = u64::from_le_bytes([255, 255, 0, 0, 255, 255, 255, 255]);
        const LIST: u64 = u64::from_le_bytes([0, 0, 0, 0, 0, particle_type::LIST, 0, 0]);
        let head = word(window, 0)?;
        if (head ^ self.head ^ LIST) & KIND | self.name_differs(window)? != 0 {
            return None;
        }
        // The longest name leaves too little room behind it; results have short ones. One check instead of one a byte.
        let at = self.value_at;
        if at > WINDOW - 10 || window[at] != 0x91 {
            return None;
        }
        let [.., high, low] = (head as u32).to_le_bytes();
        let size = 4 + usize::from(u16::from_be_bytes([high, low]));
        let (number, width) = only_number(window[at + 1], word(window, at + 2)?.swap_bytes())?;
        (at + 2 + width == size && size <= most).then_some((number, size))
    }

    /// The value, when `bytes` begin with a blob of this name and of so many bytes. Short ones at the end of a frame are left to the
    /// walker.
    #[inline]
    pub(crate) fn read_blob<'a>(&self, bytes: &'a [u8], size: usize) -> Option<&'a [u8]> {
        let window: &[u8; WINDOW] = bytes.first_chunk()?;
        let named = self.value_at - 8;
        let [a, b, c, d] = u32::try_from(size).ok()?.checked_add(4 + named as u32)?.to_be_bytes();
        let head = u64::from_le_bytes([a, b, c, d, 1, particle_type::BLOB, 0, named as u8]);
        if (word(window, 0)? ^ head) | self.name_differs(window)? != 0 {
            return None;
        }
        bytes.get(self.value_at..)?.get(..size)
    }

    /// Bytes in front of the value.
    pub(crate) const fn value_at(&self) -> usize {
        self.value_at
    }

    /// Bytes of the op.
    pub(crate) const fn len(&self) -> usize {
        self.value_at + 8
    }

    /// The number, when `bytes` begin with this bin.
    #[inline]
    pub(crate) fn read(&self, bytes: &[u8]) -> Option<Number> {
        if bytes.len() < self.len() {
            return None;
        }
        match bytes.first_chunk() {
            Some(window) => self.number_in(window),
            None => self.number_in(&pad(bytes)),
        }
    }

    #[inline(always)]
    fn number_in(&self, window: &[u8; WINDOW]) -> Option<Number> {
        let head = word(window, 0)?;
        if (head ^ self.head) & HEAD | self.name_differs(window)? != 0 {
            return None;
        }
        let value = word(window, self.value_at)?.swap_bytes();
        let [_, _, _, _, _, particle, ..] = head.to_le_bytes();
        match particle {
            particle_type::INT => Some(Number::Int(value as i64)),
            particle_type::DOUBLE => Some(Number::Double(f64::from_bits(value))),
            _ => None,
        }
    }
}

/// The bytes that are looked at, at the end of a frame, where there are fewer: zeros follow them.
#[cold]
pub(crate) fn pad(bytes: &[u8]) -> [u8; WINDOW] {
    let mut padded = [0; WINDOW];
    padded.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    padded
}

#[inline(always)]
fn word(window: &[u8; WINDOW], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*window.get(at..)?.first_chunk()?))
}

/// The number of msgpack that begins with `tag`, from the 8 bytes behind that, and how many of them are the number's.
///
/// The widths are computed instead of looked up: a jump for each of them would be taken wrongly wherever they change from row
/// to row.
#[inline(always)]
pub(crate) fn only_number(tag: u8, behind: u64) -> Option<(Number, usize)> {
    match tag {
        0xcb => Some((Number::Double(f64::from_bits(behind)), 8)),
        // Four unsigned integers, then four signed ones, each twice as wide as the one before. Of the widest unsigned one
        // the server makes an integer by its bits.
        0xcc..=0xd3 => {
            let width = 1 << (tag & 3);
            let unused = 64 - 8 * width;
            let number = if tag < 0xd0 { (behind >> unused) as i64 } else { behind as i64 >> unused };
            Some((Number::Int(number), width))
        }
        0xca => Some((Number::Double(f64::from(f32::from_bits((behind >> 32) as u32))), 4)),
        0x00..=0x7f | 0xe0..=0xff => Some((Number::Int(i64::from(tag as i8)), 0)),
        _ => None,
    }
}

fn words(bytes: [u8; 16]) -> [u64; 2] {
    let both = u128::from_le_bytes(bytes);
    [both as u64, (both >> 64) as u64]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Op, msgpack, put_op};

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
    fn the_only_number_of_a_list_is_what_msgpack_says_it_is() {
        let bin = NumberBin::new(b"\x017").unwrap();
        let integers = (0..64).flat_map(|bit| [-1, 0, 1].map(|by| (1_i64 << bit).wrapping_add(by)));
        for integer in integers.flat_map(|integer| [integer, integer.wrapping_neg()]) {
            let mut list = vec![0x91];
            msgpack::put_int(&mut list, integer);
            let whole = op(b"\x017", particle_type::LIST, &list);
            let expected = Some((Number::Int(integer), 8 + 2 + list.len()));
            assert_eq!(bin.read_in_list(&whole), expected, "{integer}");
            for byte in 0..11 {
                let mut changed = whole.clone();
                changed[byte] ^= 0x40;
                assert_eq!(bin.read_in_list(&changed), None, "{integer}, byte {byte}");
            }
        }
        let double = [&[0x91, 0xcb], &2.5_f64.to_be_bytes()[..]].concat();
        let found = bin.read_in_list(&op(b"\x017", particle_type::LIST, &double));
        assert_eq!(found, Some((Number::Double(2.5), 20)));
        for other in [&[0x90][..], &[0x92, 1, 2], &[0x91, 0xc0], &[0x91, 0xc7, 0, 1]] {
            assert_eq!(bin.read_in_list(&op(b"\x017", particle_type::LIST, other)), None, "{other:x?}");
        }
    }

    /// Every head that an element can have, with numbers of every size behind it that are there or not.
    #[test]
    fn the_only_number_of_a_list_is_what_its_first_element_is_otherwise() {
        const BEHIND: [u64; 5] = [0, 5 << 56, 0x7fff_ffff_ffff_ffff, 0x8123_4567_89ab_cdef, u64::MAX];
        let bin = NumberBin::new(b"\x017").unwrap();
        let mut numbers = 0;
        for (tag, behind) in (0..=u8::MAX).flat_map(|tag| BEHIND.map(|behind| (tag, behind))) {
            for size in 0..=8 {
                let list = [&[0x91, tag], &behind.to_be_bytes()[..size]].concat();
                let whole = op(b"\x017", particle_type::LIST, &list);
                let Some((number, end)) = bin.read_in_list(&whole) else { continue };
                let mut scratch = crate::Scratch::default();
                let (kind, value) = crate::first_of_list(&list, &mut scratch).unwrap();
                let expected = match crate::Particle::decode(kind, value).unwrap() {
                    crate::Particle::Int(value) => (particle_type::INT, value as u64),
                    crate::Particle::Double(value) => (particle_type::DOUBLE, value.to_bits()),
                    other => panic!("{other:?} of {list:x?}"),
                };
                let got = match number {
                    Number::Int(value) => (particle_type::INT, value as u64),
                    Number::Double(value) => (particle_type::DOUBLE, value.to_bits()),
                };
                assert_eq!((got, end), (expected, 8 + 2 + list.len()), "{list:x?}");
                numbers += 1;
            }
        }
        // Small integers by themselves, and one size for each of ten heads.
        assert_eq!(numbers, (160 + 10) * BEHIND.len());
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
    }

    #[test]
    fn blobs_of_the_expected_size_are_recognised_and_nothing_else() {
        for (length, size) in [(0, 24), (1, 512), (8, 100), (9, 31), (MAX_BIN_NAME, 70_000)] {
            let bin = NumberBin::new(&b"abcdefghijklmno"[..length]).unwrap();
            let value: Vec<u8> = (0..size).map(|byte| byte as u8).collect();
            let mut whole = Vec::new();
            let name = &b"abcdefghijklmno"[..length];
            put_op(&mut whole, &Op { operation: 1, particle: particle_type::BLOB, name, value: &value });
            assert_eq!(bin.read_blob(&whole, size), Some(&value[..]), "{length}");
            assert_eq!(bin.read_blob(&[&whole[..], b"more"].concat(), size), Some(&value[..]), "{length}");
            assert_eq!(
                [size - 1, size + 1, 0].map(|size| bin.read_blob(&whole, size)),
                [None; 3],
                "{length}"
            );
            assert_eq!(bin.read_blob(&whole[..whole.len() - 1], size), None, "{length}");
            for byte in 0..8 + length {
                let mut changed = whole.clone();
                changed[byte] ^= 0x40;
                assert_eq!(bin.read_blob(&changed, size), None, "{length}, byte {byte}");
            }
        }
        assert_eq!(NumberBin::new(b"a").unwrap().read_blob(&[0; WINDOW], usize::MAX), None);
    }

    #[test]
    fn bins_are_read_up_to_the_last_byte_of_a_frame() {
        for length in 0..=MAX_BIN_NAME {
            let bin = NumberBin::new(&b"abcdefghijklmno"[..length]).unwrap();
            let whole = op(&b"abcdefghijklmno"[..length], particle_type::DOUBLE, &2.5_f64.to_be_bytes());
            assert_eq!(bin.read(&whole[..bin.len()]), Some(Number::Double(2.5)), "{length}");
            assert!((0..bin.len()).all(|end| bin.read(&whole[..end]).is_none()), "{length}");
        }
        let bin = NumberBin::new(b"\x017").unwrap();
        for list in [&[0x91, 5][..], &[0x91, 0xd1, 1, 2], &[0x91, 0xcb, 1, 2, 3, 4, 5, 6, 7, 8], &[0x91, 0]] {
            let whole = op(b"\x017", particle_type::LIST, list);
            let size = 10 + list.len();
            assert!(bin.read_in_list(&whole[..size]).is_some_and(|(_, read)| read == size), "{list:?}");
            assert!((0..size).all(|end| bin.read_in_list(&whole[..end]).is_none()), "{list:?}");
        }
    }
}
