//! Bins that are numbers, as parts of one size and the numbers between them, whose size differs from record to record.

use crate::Number;
use crate::number_bin::{WINDOW, only_number, pad};
use crate::pattern::{Free, Pattern};

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
    /// Spans that differ from record to record.
    pub(crate) free: Vec<Free>,
    numbers: Vec<(usize, usize)>,
}

impl Draft {
    /// Notes one of the record's numbers, of 8 bytes.
    pub(crate) fn number(&mut self, field: usize, at: usize) {
        self.free.push(Free::whole(at, 8));
        self.numbers.push((field, at));
    }

    /// The part of `bytes` that ends at `end`. `None` when it is empty, or not there.
    pub(crate) fn finish(&mut self, bytes: &[u8], end: usize) -> Option<Part> {
        let Self { begin, free, numbers } = std::mem::take(self);
        let bytes = bytes.get(begin..end).filter(|bytes| !bytes.is_empty())?;
        let free: Vec<_> = free.into_iter().map(|free| Free { at: free.at - begin, ..free }).collect();
        let pattern = Pattern::new(bytes, &free);
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
        MessageHeader, Messages, NumberBin, NumberRead, Op, RecordPattern, ReplyWalker, msgpack,
        particle_type, put_op,
    };

    const NAMES: [&[u8]; 4] = [b"first", b"\x01", b"plain", b"fourteen_bytes"];

    /// A double and two integers in lists, with a plain integer between them.
    fn row(double: f64, integers: [i64; 3]) -> Vec<u8> {
        row_at(0, double, integers)
    }

    fn row_at(index: u32, double: f64, integers: [i64; 3]) -> Vec<u8> {
        let header =
            MessageHeader { op_count: 4, generation: 7, transaction: index, ..MessageHeader::default() };
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
        RecordPattern::of_row(&row(0.5, [1, 2, 3]), reads()).unwrap()
    }

    fn reads() -> impl ExactSizeIterator<Item = NumberRead> {
        let in_list = |at| at != 2;
        let read = move |(at, name): (usize, &&[u8])| NumberRead {
            bin: NumberBin::new(name).unwrap(),
            in_list: in_list(at),
        };
        NAMES.iter().enumerate().map(read)
    }

    fn read(pattern: &RecordPattern, bytes: &[u8]) -> Option<([[u8; 8]; 4], usize)> {
        let (mut walker, mut numbers, mut rows) = (ReplyWalker::new(bytes), [[0; 8]; 4], [&[][..]; 2]);
        assert_eq!(walker.next_copied(pattern, &mut numbers, &mut rows, |_| 9)?, (0, 1));
        let left = walker.unread().len();
        let messages = Messages { rows: &rows[..1], bins_at: pattern.bins_at() };
        assert_eq!(messages.generations().collect::<Vec<_>>(), [7]);
        assert_eq!((rows[0].len(), pattern.bins_at()), (bytes.len() - left, 22));
        Some((numbers, left))
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
        let none = |numbers: &mut [[u8; 8]], room| {
            ReplyWalker::new(&whole).next_copied(&pattern, numbers, &mut [&[]], |_| room).is_none()
        };
        assert!(none(&mut short, 9) && none(&mut [[0; 8]; 4], 0) && !none(&mut [[0; 8]; 4], 1));
        assert!(ReplyWalker::new(&whole).next_run(&pattern, |_| 9).is_none());
    }
    #[test]
    fn rows_whose_integers_are_as_wide_are_a_run() {
        let spelled = |integer| {
            let mut bytes = Vec::new();
            msgpack::put_int(&mut bytes, integer);
            // Small integers are their tags.
            (bytes.len(), if bytes.len() == 1 { bytes[0] & 0x80 } else { bytes[0] })
        };
        let integers: Vec<i64> =
            (0..64).step_by(3).flat_map(|bit| [(1_i64 << bit).wrapping_sub(1), i64::MIN >> bit]).collect();
        for (&one, &other) in integers.iter().flat_map(|one| integers.iter().map(move |other| (one, other))) {
            let learnt = row_at(41, 0.5, [one, 5, one]);
            let pattern = RecordPattern::of_row_as_wide(&learnt, reads()).unwrap();
            assert_eq!((pattern.copies(), pattern.row_size()), (false, learnt.len()));
            let rows = [learnt, row_at(42, 2.5, [other, 6, other]), row_at(43, 4.5, [one, 7, one])].concat();
            let mut walker = ReplyWalker::new(&rows);
            let run = walker.next_run(&pattern, |index| if index == 41 { 9 } else { 0 }).unwrap();
            let expected = if spelled(one) == spelled(other) { 3 } else { 1 };
            assert_eq!((run.index, run.rows.len() / run.size), (41, expected), "{one} {other}");
            assert_eq!(run.generations().collect::<Vec<_>>(), vec![7; expected]);
            let mut numbers = [[0; 8]; 12];
            pattern.widen(&run, &mut numbers);
            let row = |double: f64, integers: [i64; 3]| {
                let [first, plain, last] = integers.map(i64::to_be_bytes);
                [double.to_be_bytes(), first, plain, last]
            };
            let all = [row(0.5, [one, 5, one]), row(2.5, [other, 6, other]), row(4.5, [one, 7, one])];
            assert_eq!(&numbers[..4 * expected], &all.as_flattened()[..4 * expected], "{one} {other}");
        }
    }

    #[test]
    fn rows_with_other_numbers_in_lists_have_no_width() {
        let single = [&[0x91, 0xca][..], &2.5_f32.to_be_bytes()].concat();
        let mut row = MessageHeader { op_count: 1, ..MessageHeader::default() }.encode().to_vec();
        put_op(&mut row, &Op { operation: 1, particle: particle_type::LIST, name: NAMES[0], value: &single });
        assert!(RecordPattern::of_row(&row, reads().take(1)).unwrap().copies());
        assert!(RecordPattern::of_row_as_wide(&row, reads().take(1)).is_none());
    }
}
