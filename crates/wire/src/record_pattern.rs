use crate::message::{field_type, info3};
use crate::pattern::Pattern;
use crate::stream_reply::{RecordFields, StreamRecord, StreamWalker};
use crate::{Cursor, DIGEST_SIZE, Field, MessageHeader, Number, NumberBin, ReplyWalker, RowHeader};

/// What the records of a stream have in common when their bins are all numbers: every byte but generation, ttl, digest, value
/// in an index, user key and the numbers themselves. Integers in lists have no size of their own: with them the bins are read
/// one by one, and have in common which of them are doubles.
///
/// Reading one record after the other takes every field and every op apart. Whoever has learnt the pattern of one record
/// recognises the next one by comparing words.
#[derive(Debug, Clone, Default)]
pub struct RecordPattern {
    /// The header and the fields up to the user key; without user keys, bins of one size as well.
    head: Pattern,
    /// Fields from the user key on, whose sizes differ.
    more_fields: u16,
    bins: Bins,
    /// Where the first bin begins, when there are no such fields.
    bins_at: usize,
    digest_at: Option<usize>,
    set_at: Option<(usize, usize)>,
    bval_at: Option<usize>,
    numbers: Vec<NumberPlace>,
}

/// Bytes that a double in a list takes beside those of the number: the list's head and the double's.
const IN_LIST: usize = 2;

/// How the bins of a record are recognised.
#[derive(Debug, Clone, Default)]
enum Bins {
    /// As a part of the head.
    #[default]
    InHead,
    /// Behind fields whose sizes differ.
    Behind(Pattern),
    /// One by one.
    Each(Vec<NumberRead>),
}

/// How a reply spells a number under a name.
#[derive(Debug, Clone, Copy)]
pub struct NumberRead {
    /// The bin.
    pub bin: NumberBin,
    /// Whether it is a list whose only element is the number.
    pub in_list: bool,
}

impl NumberRead {
    #[inline]
    fn find(&self, bytes: &[u8]) -> Option<(Number, usize)> {
        if self.in_list {
            self.bin.read_in_list(bytes)
        } else {
            Some((self.bin.read(bytes)?, self.bin.len()))
        }
    }
}

/// Where the number of a bin lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberPlace {
    /// Of its 8 big-endian bytes, behind the beginning of the first bin; or in the numbers that were read one by one.
    pub at: usize,
    /// A float64; otherwise an int64.
    pub is_double: bool,
}

/// A record that follows a [`RecordPattern`].
#[derive(Debug, Clone, Copy)]
pub struct AlikeRecord<'a> {
    /// The record.
    pub record: StreamRecord<'a>,
    /// Its bins, in which the numbers are where the pattern says, unless it [`reads_each`](RecordPattern::reads_each).
    pub bins: &'a [u8],
}

/// Records larger than this have no pattern, so that learning one takes little time and memory.
const MOST_BYTES: usize = 4096;

/// Bytes of the header that differ from record to record: generation, ttl and transaction.
const FREE_HEADER: (usize, usize) = (6, 12);

impl RecordPattern {
    /// The numbers of a record, in the order of its bins.
    pub fn numbers(&self) -> &[NumberPlace] {
        &self.numbers
    }

    /// Whether the numbers of a record are read one by one, and do not lie in its bins as they are.
    pub const fn reads_each(&self) -> bool {
        matches!(self.bins, Bins::Each(_))
    }

    /// Learns from the record that `bytes` begin with. `None` when it is none, is large, or has other bins than `bins`, in
    /// this order.
    fn learn(bytes: &[u8], bins: impl ExactSizeIterator<Item = NumberRead>) -> Option<Self> {
        let mut cursor = Cursor::new(bytes);
        let place = |cursor: &Cursor<'_>| bytes.len() - cursor.rest().len();
        let header = MessageHeader::read(&mut cursor).ok()?;
        let special = info3::LAST | info3::PARTITION_DONE;
        if header.result_code != 0
            || header.info3 & special != 0
            || usize::from(header.op_count) != bins.len()
        {
            return None;
        }
        let mut learnt = Self::default();
        let mut free = vec![FREE_HEADER];
        learnt.learn_fields(bytes, &mut cursor, header.field_count, &mut free)?;
        learnt.bins_at = place(&cursor);
        for _ in 0..learnt.more_fields {
            Field::read(&mut cursor).ok()?;
        }
        let begin = place(&cursor);
        let mut reads = Vec::with_capacity(bins.len());
        let mut is_of_one_size = true;
        for read in bins {
            let (number, size) = read.find(cursor.rest())?;
            cursor.skip(size);
            let is_double = matches!(number, Number::Double(_));
            is_of_one_size &= !read.in_list || is_double && size == read.bin.len() + IN_LIST;
            learnt.numbers.push(NumberPlace { at: place(&cursor) - begin - 8, is_double });
            reads.push(read);
        }
        let end = place(&cursor);
        if end > MOST_BYTES {
            return None;
        }
        let values = learnt.numbers.iter().map(|number| (number.at, 8));
        if !is_of_one_size {
            learnt.numbers.iter_mut().enumerate().for_each(|(field, number)| number.at = 8 * field);
            learnt.bins = Bins::Each(reads);
        } else if learnt.more_fields == 0 {
            free.extend(values.map(|(at, size)| (begin + at, size)));
            learnt.head = Pattern::new(&bytes[..end], &free);
            return Some(learnt);
        } else {
            learnt.bins = Bins::Behind(Pattern::new(&bytes[begin..end], &values.collect::<Vec<_>>()));
        }
        learnt.head = Pattern::new(&bytes[..learnt.bins_at], &free);
        Some(learnt)
    }

    /// Learns the fields up to the user key. Which bytes of theirs differ from record to record goes to `free`.
    fn learn_fields(
        &mut self,
        bytes: &[u8],
        cursor: &mut Cursor<'_>,
        count: u16,
        free: &mut Vec<(usize, usize)>,
    ) -> Option<()> {
        for read in 0..count {
            let mut behind = *cursor;
            let Field { kind, value } = Field::read(&mut behind).ok()?;
            let at = bytes.len() - behind.rest().len() - value.len();
            match kind {
                field_type::USER_KEY => {
                    self.more_fields = count - read;
                    break;
                }
                field_type::DIGEST if value.len() == DIGEST_SIZE => self.digest_at = Some(at),
                field_type::BVALS if value.len() == 8 => self.bval_at = Some(at),
                field_type::DIGEST | field_type::BVALS => return None,
                field_type::SET => self.set_at = Some((at, value.len())),
                _ => {}
            }
            if matches!(kind, field_type::DIGEST | field_type::BVALS) {
                free.push((at, value.len()));
            }
            *cursor = behind;
        }
        Some(())
    }

    /// The pattern of the row of a batch's reply that `message` begins with, under the conditions of [`StreamWalker::learn`].
    pub fn of_row(message: &[u8], bins: impl ExactSizeIterator<Item = NumberRead>) -> Option<Self> {
        Self::learn(message, bins).filter(|learnt| matches!(learnt.bins, Bins::InHead))
    }

    /// The record that `rest` begins with, and its size, when it follows the pattern.
    #[inline]
    fn read<'a>(&self, rest: &'a [u8]) -> Option<(AlikeRecord<'a>, usize)> {
        let head = self.head.find(rest)?;
        let mut fields = self.fields_of(head)?;
        let (bins, size) = match &self.bins {
            Bins::InHead => (head.get(self.bins_at..)?, head.len()),
            Bins::Behind(pattern) => {
                let mut cursor = Cursor::new(rest.get(head.len()..)?);
                fields.read_more(&mut cursor, self.more_fields).ok()?;
                let bins = pattern.find(cursor.rest())?;
                (bins, rest.len() - cursor.rest().len() + bins.len())
            }
            Bins::Each(_) => return None,
        };
        let header = MessageHeader::read(&mut Cursor::new(head)).ok()?;
        Some((AlikeRecord { record: fields.record(&header).ok()?, bins }, size))
    }

    /// The same where the numbers are read one by one, which `put` gets.
    #[inline]
    fn read_each<'a>(
        &self,
        rest: &'a [u8],
        put: impl FnMut(usize, [u8; 8]),
    ) -> Option<(AlikeRecord<'a>, usize)> {
        let Bins::Each(reads) = &self.bins else { return None };
        let head = self.head.find(rest)?;
        let mut fields = self.fields_of(head)?;
        let mut cursor = Cursor::new(rest.get(head.len()..)?);
        fields.read_more(&mut cursor, self.more_fields).ok()?;
        let bins = self.read_bins(reads, cursor.rest(), put)?;
        let size = rest.len() - cursor.rest().len() + bins.len();
        let header = MessageHeader::read(&mut Cursor::new(head)).ok()?;
        Some((AlikeRecord { record: fields.record(&header).ok()?, bins }, size))
    }

    /// The fields that the head has.
    #[inline]
    fn fields_of<'a>(&self, head: &'a [u8]) -> Option<RecordFields<'a>> {
        Some(RecordFields {
            digest: head.get(self.digest_at?..)?.first_chunk(),
            set: self.set_at.and_then(|(at, size)| head.get(at..at + size)),
            user_key: None,
            bval: self
                .bval_at
                .and_then(|at| head.get(at..)?.first_chunk())
                .map(|&bval| i64::from_le_bytes(bval)),
        })
    }

    /// The bins that `rest` begins with, when their numbers are of the kinds that were learnt.
    #[inline]
    fn read_bins<'a>(
        &self,
        reads: &[NumberRead],
        rest: &'a [u8],
        mut put: impl FnMut(usize, [u8; 8]),
    ) -> Option<&'a [u8]> {
        let mut cursor = Cursor::new(rest);
        for (field, (read, place)) in reads.iter().zip(&self.numbers).enumerate() {
            let (number, size) = read.find(cursor.rest())?;
            let (bytes, is_double) = match number {
                Number::Int(value) => (value.to_be_bytes(), false),
                Number::Double(value) => (value.to_be_bytes(), true),
            };
            if is_double != place.is_double {
                return None;
            }
            put(field, bytes);
            cursor.skip(size);
        }
        rest.get(..rest.len() - cursor.rest().len())
    }
}

impl<'a> ReplyWalker<'a> {
    /// The next row and its bins, when it follows the pattern and `is_wanted` says so of its index; then it is stepped over.
    /// `None`, and nothing has changed, for everything else, which [`next_row`](Self::next_row) reads.
    #[inline]
    pub fn next_alike(
        &mut self,
        pattern: &RecordPattern,
        is_wanted: impl FnOnce(u32) -> bool,
    ) -> Option<(RowHeader, &'a [u8])> {
        if self.bins_left != 0 || self.ended {
            return None;
        }
        let whole = pattern.head.find(self.cursor.rest())?;
        let header = MessageHeader::read(&mut Cursor::new(whole)).ok()?;
        let bins = whole.get(pattern.bins_at..)?;
        if !is_wanted(header.transaction) {
            return None;
        }
        self.cursor.skip(whole.len());
        Some((header.as_row(), bins))
    }
}

impl<'a> StreamWalker<'a> {
    /// The pattern of the record that was given last. `None` when it has other bins than `bins`, all of them numbers, in this
    /// order, or is large.
    pub fn learn(&self, bins: impl ExactSizeIterator<Item = NumberRead>) -> Option<RecordPattern> {
        RecordPattern::learn(self.message, bins).filter(|learnt| learnt.digest_at.is_some())
    }

    /// The next record, when it follows the pattern; then it is stepped over together with its bins. `None`, and nothing has
    /// changed, for everything else, which [`next_message`](Self::next_message) reads.
    #[inline]
    pub fn next_alike(&mut self, pattern: &RecordPattern) -> Option<AlikeRecord<'a>> {
        self.step(|rest| pattern.read(rest))
    }

    /// The same for a pattern that [`reads_each`](RecordPattern::reads_each) number: `put` gets them, as their position and 8
    /// big-endian bytes.
    #[inline]
    pub fn next_each(
        &mut self,
        pattern: &RecordPattern,
        put: impl FnMut(usize, [u8; 8]),
    ) -> Option<AlikeRecord<'a>> {
        self.step(|rest| pattern.read_each(rest, put))
    }

    #[inline]
    fn step(
        &mut self,
        read: impl FnOnce(&'a [u8]) -> Option<(AlikeRecord<'a>, usize)>,
    ) -> Option<AlikeRecord<'a>> {
        let ReplyWalker { cursor, bins_left, ended } = &mut self.bins;
        if *bins_left != 0 || *ended {
            return None;
        }
        let (record, size) = read(cursor.rest())?;
        cursor.skip(size);
        Some(record)
    }
}
