//! Bins that are numbers, as parts of one size and the numbers between them, whose size differs from record to record.

use crate::Number;
use crate::number_bin::{WINDOW, only_number, pad};
use crate::pattern::Pattern;

/// Bytes that are the same in every record, but for spans of one size.
#[derive(Debug, Clone, Default)]
pub(crate) struct Part {
    pub(crate) pattern: Pattern,
    /// Which of the record's numbers are among these, and where they begin.
    numbers: Vec<(usize, usize)>,
}

impl Part {
    /// Copies the numbers of `seen`, which follows the pattern.
    #[inline]
    pub(crate) fn copy(&self, seen: &[u8], numbers: &mut [[u8; 8]]) -> Option<()> {
        for &(field, at) in &self.numbers {
            *numbers.get_mut(field)? = *seen.get(at..)?.first_chunk()?;
        }
        Some(())
    }
}

/// A part that is being learnt.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub(crate) begin: usize,
    /// Spans that differ from record to record, as begin and size.
    pub(crate) free: Vec<(usize, usize)>,
    numbers: Vec<(usize, usize)>,
}

impl Draft {
    /// Notes one of the record's numbers, of 8 bytes.
    pub(crate) fn number(&mut self, field: usize, at: usize) {
        self.free.push((at, 8));
        self.numbers.push((field, at));
    }

    /// The part of `bytes` that ends at `end`. `None` when it is empty, or not there.
    pub(crate) fn finish(&mut self, bytes: &[u8], end: usize) -> Option<Part> {
        let Self { begin, free, numbers } = std::mem::take(self);
        let behind = |spans: Vec<(usize, usize)>| spans.into_iter().map(move |(at, size)| (at - begin, size));
        let bytes = bytes.get(begin..end).filter(|bytes| !bytes.is_empty())?;
        let pattern = Pattern::new(bytes, &behind(free).collect::<Vec<_>>());
        let numbers = numbers.into_iter().map(|(field, at)| (field, at - begin)).collect();
        Some(Part { pattern, numbers })
    }
}

/// The only element of a list, where that has no size of its own: nearly always an integer.
#[derive(Debug, Clone)]
pub(crate) struct Varying {
    /// Its position among the record's numbers.
    pub(crate) field: usize,
    pub(crate) is_double: bool,
    /// Bytes of its op in front of it.
    pub(crate) in_front: usize,
    /// What lies between it and the next such number.
    pub(crate) behind: Option<Part>,
}

impl Varying {
    /// Reads the number that begins at `at`, and what lies behind it; gives the end of that.
    #[inline(always)]
    pub(crate) fn read(&self, bytes: &[u8], at: usize, numbers: &mut [[u8; 8]]) -> Option<usize> {
        let op = at.wrapping_sub(self.in_front);
        let rest = bytes.get(op..)?;
        let (bits, size) = match rest.first_chunk() {
            Some(window) => self.number_in(window)?,
            None => self.number_in(&pad(rest))?,
        };
        if size > rest.len() {
            return None;
        }
        *numbers.get_mut(self.field)? = bits.to_be_bytes();
        let end = op + size;
        let Some(part) = &self.behind else { return Some(end) };
        let seen = part.pattern.find(bytes.get(end..)?)?;
        part.copy(seen, numbers)?;
        Some(end + seen.len())
    }

    /// The bits of the number of the op that `window` begins with, and the bytes of the op.
    #[inline(always)]
    fn number_in(&self, window: &[u8; WINDOW]) -> Option<(u64, usize)> {
        let [tag, behind @ ..] = window.get(self.in_front..)?.first_chunk::<9>()?;
        let (number, width) = only_number(*tag, u64::from_be_bytes(*behind))?;
        let bits = match (number, self.is_double) {
            (Number::Int(value), false) => value as u64,
            (Number::Double(value), true) => value.to_bits(),
            _ => return None,
        };
        let size = self.in_front + 1 + width;
        // What an op says of its size leaves out the 4 bytes that say it.
        let [first, second, third, fourth, ..] = *window;
        let said = u32::from_be_bytes([first, second, third, fourth]) as usize;
        (said == size - 4).then_some((bits, size))
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        MessageHeader, NumberBin, NumberRead, Op, RecordPattern, ReplyWalker, msgpack, particle_type, put_op,
    };

    const NAMES: [&[u8]; 4] = [b"first", b"\x01", b"plain", b"fourteen_bytes"];

    /// A double and two integers in lists, with a plain integer between them.
    fn row(double: f64, integers: [i64; 3]) -> Vec<u8> {
        let header = MessageHeader { op_count: 4, generation: 7, ..MessageHeader::default() };
        let [first, plain, last] = integers;
        let listed = |integer| {
            let mut list = vec![0x91];
            msgpack::put_int(&mut list, integer);
            (particle_type::LIST, list)
        };
        let double = (particle_type::LIST, [&[0x91, 0xcb], &double.to_be_bytes()[..]].concat());
        let plain = (particle_type::INT, plain.to_be_bytes().to_vec());
        let mut row = header.encode().to_vec();
        for (name, (particle, value)) in NAMES.into_iter().zip([double, listed(first), plain, listed(last)]) {
            put_op(&mut row, &Op { operation: 1, particle, name, value: &value });
        }
        row
    }

    fn pattern() -> RecordPattern {
        let in_list = |at| at != 2;
        let reads = NAMES
            .iter()
            .enumerate()
            .map(|(at, name)| NumberRead { bin: NumberBin::new(name).unwrap(), in_list: in_list(at) });
        RecordPattern::of_row(&row(0.5, [1, 2, 3]), reads).unwrap()
    }

    fn read(pattern: &RecordPattern, bytes: &[u8]) -> Option<([[u8; 8]; 4], usize)> {
        let (mut walker, mut numbers) = (ReplyWalker::new(bytes), [[0; 8]; 4]);
        let (header, bins) = walker.next_alike::<true>(pattern, &mut numbers, |_| true)?;
        assert_eq!((header.generation, bins.len() + 22), (7, bytes.len() - walker.unread().len()));
        Some((numbers, walker.unread().len()))
    }

    #[test]
    fn numbers_of_any_width_are_copied() {
        let pattern = pattern();
        let integers = (0..64).flat_map(|bit| [(1_i64 << bit).wrapping_sub(1), i64::MIN >> bit]);
        for (integer, more) in integers.flat_map(|integer| [0, 1, 40].map(|more| (integer, more))) {
            let bytes = [&row(2.5, [integer, 5, integer ^ 1])[..], &vec![0; more]].concat();
            let expected = [2.5_f64.to_be_bytes(), integer.to_be_bytes(), 5_i64.to_be_bytes()];
            let (numbers, left) = read(&pattern, &bytes).unwrap();
            assert_eq!((&numbers[..3], left), (&expected[..], more), "{integer}");
            assert_eq!(numbers[3], (integer ^ 1).to_be_bytes());
            assert!((0..bytes.len() - more).all(|end| read(&pattern, &bytes[..end]).is_none()), "{integer}");
        }
    }

    #[test]
    fn rows_that_differ_in_more_than_numbers_are_left_to_the_walker() {
        let (pattern, whole) = (pattern(), row(2.5, [300, 5, 70_000]));
        for at in (0..whole.len()).filter(|at| !(6..18).contains(at)) {
            let mut changed = whole.clone();
            changed[at] ^= 0x40;
            let Some((numbers, left)) = read(&pattern, &changed) else { continue };
            let expected = read(&pattern, &whole).unwrap();
            let differ = numbers.iter().zip(expected.0).filter(|(one, other)| **one != *other).count();
            assert_eq!((differ, left), (1, 0), "byte {at}");
        }
        let mut short = [[0; 8]; 3];
        assert!(ReplyWalker::new(&whole).next_alike::<true>(&pattern, &mut short, |_| true).is_none());
        assert!(ReplyWalker::new(&whole).next_alike::<false>(&pattern, &mut [], |_| true).is_none());
        assert!(ReplyWalker::new(&whole).next_alike::<true>(&pattern, &mut short, |_| false).is_none());
    }
}
