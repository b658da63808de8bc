//! Rows of a batch's reply that follow a pattern and each other.

use crate::pattern::Free;
use crate::record_pattern::FREE_HEADER;
use crate::{RecordPattern, ReplyWalker};

/// Rows of a batch's reply that follow a [`RecordPattern`] and each other, and are equally large.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// The index of the first; those of the others follow it.
    pub index: u32,
    /// Bytes of a row.
    pub size: usize,
    /// Where a row's bins begin.
    pub bins_at: usize,
    /// The rows, one behind the other.
    pub rows: &'a [u8],
}

impl<'a> Run<'a> {
    /// The generation of each row.
    pub fn generations(&self) -> impl ExactSizeIterator<Item = u32> {
        self.words(GENERATION_AT)
    }

    /// When each row expires, as in [`crate::RowHeader::ttl`].
    pub fn expiries(&self) -> impl ExactSizeIterator<Item = u32> {
        self.words(TTL_AT)
    }

    /// The 4 bytes that each row has there.
    #[inline(always)]
    fn words(&self, at: usize) -> impl ExactSizeIterator<Item = u32> {
        self.rows.chunks_exact(self.size).map(move |row| word(row, at))
    }
}

/// Rows of a batch's reply that follow a [`RecordPattern`] and each other, and may differ in size.
#[derive(Debug, Clone, Copy)]
pub struct Messages<'m, 'a> {
    /// The rows.
    pub rows: &'m [&'a [u8]],
    /// Where a row's bins begin.
    pub bins_at: usize,
}

impl Messages<'_, '_> {
    /// The generation of each row.
    pub fn generations(&self) -> impl ExactSizeIterator<Item = u32> {
        self.rows.iter().map(|row| word(row, GENERATION_AT))
    }

    /// When each row expires, as in [`crate::RowHeader::ttl`].
    pub fn expiries(&self) -> impl ExactSizeIterator<Item = u32> {
        self.rows.iter().map(|row| word(row, TTL_AT))
    }
}

/// Where a message has its generation, ttl and index.
const GENERATION_AT: usize = FREE_HEADER.at;
const TTL_AT: usize = GENERATION_AT + 4;
const INDEX_AT: usize = TTL_AT + 4;

/// The 4 bytes that a message has there; zero where it has none.
#[inline(always)]
fn word(message: &[u8], at: usize) -> u32 {
    message.get(at..at + 4).and_then(<[u8]>::first_chunk).map_or(0, |bytes| u32::from_be_bytes(*bytes))
}

/// How a number ends in front of a place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Form {
    /// Bits in front of the number, of the 8 bytes that end with it.
    unused: u32,
    is_signed: bool,
}

impl Form {
    pub(crate) const WHOLE: Self = Self { unused: 0, is_signed: false };

    /// The form of an integer that msgpack spells so, and which of its bytes differ; `at` is where it begins.
    pub(crate) fn of(spelled: &[u8], at: usize) -> Option<(Self, Free)> {
        let (&tag, value) = spelled.split_first()?;
        let form = |size: usize, is_signed| Self { unused: 64 - 8 * size as u32, is_signed };
        match tag {
            // The tag is the number: a bit or three of it say so.
            0x00..=0x7f => Some((form(1, false), Free { at, size: 1, mask: 0x80 })),
            0xe0..=0xff => Some((form(1, true), Free { at, size: 1, mask: 0xe0 })),
            0xcc..=0xd3 => Some((form(value.len(), tag >= 0xd0), Free::whole(at + 1, value.len()))),
            _ => None,
        }
    }

    #[inline(always)]
    const fn widen(self, bits: u64) -> u64 {
        let bits = bits << self.unused;
        if self.is_signed { (bits as i64 >> self.unused) as u64 } else { bits >> self.unused }
    }
}

impl RecordPattern {
    /// Writes the 8 big-endian bytes of each number of a run, row by row, to `numbers`.
    pub fn widen(&self, run: &Run<'_>, numbers: &mut [[u8; 8]]) {
        let count = self.numbers.len().max(1);
        for (field, (place, form)) in self.numbers.iter().zip(&self.forms).enumerate() {
            let at = run.bins_at + place.at;
            for (row, numbers) in run.rows.chunks_exact(run.size).zip(numbers.chunks_exact_mut(count)) {
                let bytes = row.get(at..at + 8).and_then(<[u8]>::first_chunk);
                let bits = bytes.map_or(0, |bytes| form.widen(u64::from_be_bytes(*bytes)));
                numbers[field] = bits.to_be_bytes();
            }
        }
    }
}

impl<'a> ReplyWalker<'a> {
    /// The rows that follow, for as long as they follow the pattern and their indices each other, when it does not
    /// [copy](RecordPattern::copies); then they are stepped over. `room` says of the first index how many there may be. `None`, and
    /// nothing has changed, for everything else, which [`next_row`](Self::next_row) reads.
    #[inline]
    pub fn next_run(&mut self, pattern: &RecordPattern, room: impl FnOnce(u32) -> usize) -> Option<Run<'a>> {
        if self.bins_left != 0 || self.ended || pattern.copies() {
            return None;
        }
        let head = &pattern.head.pattern;
        let (rest, size) = (self.cursor.rest(), head.len());
        let index = word(rest.get(..size).filter(|row| !row.is_empty())?, INDEX_AT);
        let mut count = 0;
        for row in rest.chunks_exact(size).take(room(index)) {
            if word(row, INDEX_AT) != index.wrapping_add(count) || !head.is_followed_by(row) {
                break;
            }
            count += 1;
        }
        let rows = rest.get(..count as usize * size).filter(|rows| !rows.is_empty())?;
        self.cursor.skip(rows.len());
        Some(Run { index, size, bins_at: pattern.bins_at, rows })
    }

    /// The same for a pattern that [copies](RecordPattern::copies): the 8 big-endian bytes of each number go to `numbers`, row by
    /// row, and the rows to `rows`; the run ends where one of the two is full. Gives the index of the first row, and how many
    /// there are.
    #[inline]
    pub fn next_copied(
        &mut self,
        pattern: &RecordPattern,
        numbers: &mut [[u8; 8]],
        rows: &mut [&'a [u8]],
        room: impl FnOnce(u32) -> usize,
    ) -> Option<(u32, usize)> {
        if self.bins_left != 0 || self.ended || !pattern.copies() {
            return None;
        }
        let mut rest = self.cursor.rest();
        let index = word(rest, INDEX_AT);
        let mut next = index;
        let places = numbers.chunks_exact_mut(pattern.numbers.len()).zip(rows).take(room(index));
        for (numbers, row) in places {
            let Some(head) = pattern.head.pattern.find(rest) else { break };
            if word(head, INDEX_AT) != next {
                break;
            }
            let Some(end) = pattern.copy_numbers(rest, head, numbers) else { break };
            let Some((message, behind)) = rest.split_at_checked(end) else { break };
            (*row, rest, next) = (message, behind, next.wrapping_add(1));
        }
        self.cursor.skip(self.cursor.rest().len() - rest.len());
        (next != index).then(|| (index, next.wrapping_sub(index) as usize))
    }
}
