use crate::message::{field_type, info3};
use crate::pattern::Free;
use crate::run::Form;
use crate::stream_reply::{RecordFields, StreamRecord, StreamWalker};
use crate::varying::{Draft, Part, Varying};
use crate::{Cursor, DIGEST_SIZE, Field, MessageHeader, Number, NumberBin, ReplyWalker};

/// What records have in common when their bins are all numbers: every byte but generation, ttl, digest, value in an index, user
/// key and the numbers themselves. Integers in lists have no size of their own: what lies between them is compared by itself,
/// unless the pattern is of [one width](Self::of_row_as_wide).
///
/// Reading one record after the other takes every field and every op apart. Whoever has learnt the pattern of one record
/// recognises the next one by comparing words.
#[derive(Debug, Clone, Default)]
pub struct RecordPattern {
    /// The header and the fields up to the user key; without user keys, the first bins as well.
    pub(crate) head: Part,
    /// Fields from the user key on, whose sizes differ.
    more_fields: u16,
    /// The first bins, where there are such fields.
    first_bins: Option<Part>,
    /// The numbers that the first bins end in front of, and what lies behind each.
    varying: Vec<Varying>,
    /// Where the first bin begins, when there are no such fields.
    pub(crate) bins_at: usize,
    digest_at: Option<usize>,
    set_at: Option<(usize, usize)>,
    bval_at: Option<usize>,
    pub(crate) numbers: Vec<NumberPlace>,
    /// How wide each number is, where integers are as wide as in the row that was learnt from.
    pub(crate) forms: Vec<Form>,
}

/// Of which width integers in lists may be.
#[derive(Debug, Clone, Copy)]
enum Widths {
    Any,
    /// As in the row that is learnt from.
    OfThis,
}

/// Bytes that a double in a list takes beside those of the number: the list's head and the double's.
const IN_LIST: usize = 2;

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
    /// Of its 8 big-endian bytes, behind the beginning of the first bin; or in the numbers that were copied.
    pub at: usize,
    /// A float64; otherwise an int64.
    pub is_double: bool,
}

/// A record that follows a [`RecordPattern`].
#[derive(Debug, Clone, Copy)]
pub struct AlikeRecord<'a> {
    /// The record.
    pub record: StreamRecord<'a>,
    /// Its bins, in which the numbers are where the pattern says, unless it [copies](RecordPattern::copies) them.
    pub bins: &'a [u8],
}

/// Records larger than this have no pattern, so that learning one takes little time and memory.
const MOST_BYTES: usize = 4096;

/// Bytes of the header that differ from record to record: generation, ttl and transaction.
pub(crate) const FREE_HEADER: Free = Free::whole(6, 12);

impl RecordPattern {
    /// Where the first bin begins in a row of a batch's reply.
    pub const fn bins_at(&self) -> usize {
        self.bins_at
    }

    /// The numbers of a record, in the order of its bins.
    pub fn numbers(&self) -> &[NumberPlace] {
        &self.numbers
    }

    /// Whether the numbers of a record are copied, because they do not lie in the same places of all records.
    pub const fn copies(&self) -> bool {
        !self.varying.is_empty()
    }

    /// Learns from the record that `bytes` begin with. `None` when it is none, is large, or has other bins than `bins`, in
    /// this order.
    fn learn(bytes: &[u8], bins: impl ExactSizeIterator<Item = NumberRead>, widths: Widths) -> Option<Self> {
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
        let mut draft = Draft::default();
        draft.free.push(FREE_HEADER);
        learnt.learn_fields(bytes, &mut cursor, header.field_count, &mut draft.free)?;
        learnt.bins_at = place(&cursor);
        for _ in 0..learnt.more_fields {
            Field::read(&mut cursor).ok()?;
        }
        let bytes = bytes.get(..MOST_BYTES).unwrap_or(bytes);
        if learnt.more_fields > 0 {
            learnt.head = draft.finish(bytes, learnt.bins_at)?;
            draft.begin = place(&cursor);
        }
        learnt.learn_bins(bytes, place(&cursor), bins, widths, draft)?;
        Some(learnt)
    }

    fn learn_bins(
        &mut self,
        bytes: &[u8],
        begin: usize,
        bins: impl Iterator<Item = NumberRead>,
        widths: Widths,
        mut draft: Draft,
    ) -> Option<()> {
        let mut op = begin;
        for (field, read) in bins.enumerate() {
            let (number, size) = read.find(bytes.get(op..)?)?;
            let (is_double, end) = (matches!(number, Number::Double(_)), op + size);
            self.numbers.push(NumberPlace { at: end - 8 - begin, is_double });
            let is_whole = !read.in_list || is_double && size == read.bin.len() + IN_LIST;
            // What a plain number has in front of it, and the list's head.
            let in_front = read.bin.len() - 8 + 1;
            if is_whole {
                draft.number(field, end - 8);
                self.forms.push(Form::WHOLE);
            } else if matches!(widths, Widths::OfThis) {
                let (form, free) = Form::of(bytes.get(op + in_front..end)?, op + in_front)?;
                draft.free.push(free);
                self.forms.push(form);
            } else {
                draft.free.push(Free::whole(op, 4));
                self.end_part(draft.finish(bytes, op + in_front));
                self.varying.push(Varying { field, is_double, in_front, behind: None });
                draft.begin = end;
            }
            op = end;
        }
        self.end_part(draft.finish(bytes, op));
        if self.copies() {
            self.numbers.iter_mut().enumerate().for_each(|(field, number)| number.at = 8 * field);
        }
        Some(())
    }

    /// Takes the part behind those before.
    fn end_part(&mut self, part: Option<Part>) {
        match self.varying.last_mut() {
            Some(varying) => varying.behind = part,
            None if self.more_fields > 0 => self.first_bins = part,
            None => self.head = part.unwrap_or_default(),
        }
    }

    /// Learns the fields up to the user key. Which bytes of theirs differ from record to record goes to `free`.
    fn learn_fields(
        &mut self,
        bytes: &[u8],
        cursor: &mut Cursor<'_>,
        count: u16,
        free: &mut Vec<Free>,
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
                free.push(Free::whole(at, value.len()));
            }
            *cursor = behind;
        }
        Some(())
    }

    /// The pattern of the row of a batch's reply that `message` begins with, under the conditions of [`StreamWalker::learn`].
    pub fn of_row(message: &[u8], bins: impl ExactSizeIterator<Item = NumberRead>) -> Option<Self> {
        Self::learn(message, bins, Widths::Any).filter(|learnt| learnt.more_fields == 0)
    }

    /// The same with integers in lists that are as wide as those of this row, and of the same sign where that has a form of its own:
    /// rows that follow it are equally large. `None` where a list has a float32.
    pub fn of_row_as_wide(message: &[u8], bins: impl ExactSizeIterator<Item = NumberRead>) -> Option<Self> {
        Self::learn(message, bins, Widths::OfThis).filter(|learnt| learnt.more_fields == 0)
    }

    /// Bytes of a row, where all are equally large.
    pub const fn row_size(&self) -> usize {
        self.head.pattern.len()
    }

    /// The record that `rest` begins with, and its size, when it follows the pattern.
    #[inline(always)]
    fn read<'a, const COPIES: bool>(
        &self,
        rest: &'a [u8],
        numbers: &mut [[u8; 8]],
    ) -> Option<(AlikeRecord<'a>, usize)> {
        let head = self.head.pattern.find(rest)?;
        let mut fields = self.fields_of(head)?;
        let (mut part, mut seen, mut begin, mut end) = (&self.head, head, self.bins_at, head.len());
        if self.more_fields > 0 {
            let mut cursor = Cursor::new(rest.get(head.len()..)?);
            fields.read_more(&mut cursor, self.more_fields).ok()?;
            part = self.first_bins.as_ref()?;
            seen = part.pattern.find(cursor.rest())?;
            begin = rest.len() - cursor.rest().len();
            end = begin + seen.len();
        }
        if COPIES {
            part.copy(seen, numbers)?;
            end = self.read_varying(rest, end, numbers)?;
        }
        let header = MessageHeader::read(&mut Cursor::new(head)).ok()?;
        let record = fields.record(&header).ok()?;
        Some((AlikeRecord { record, bins: rest.get(begin..end)? }, end))
    }

    /// The numbers of a row that begins with `head`; gives the end of its bins.
    #[inline(always)]
    pub(crate) fn copy_numbers(&self, bytes: &[u8], head: &[u8], numbers: &mut [[u8; 8]]) -> Option<usize> {
        self.head.copy(head, numbers)?;
        self.read_varying(bytes, head.len(), numbers)
    }

    /// Reads the numbers that differ in size, and what lies behind each, from `at` on; gives the end of the bins.
    #[inline(always)]
    fn read_varying(&self, bytes: &[u8], mut at: usize, numbers: &mut [[u8; 8]]) -> Option<usize> {
        for varying in &self.varying {
            at = varying.read(bytes, at, numbers)?;
        }
        Some(at)
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
}

impl<'a> StreamWalker<'a> {
    /// The pattern of the record that was given last. `None` when it has other bins than `bins`, all of them numbers, in this
    /// order, or is large.
    pub fn learn(&self, bins: impl ExactSizeIterator<Item = NumberRead>) -> Option<RecordPattern> {
        RecordPattern::learn(self.message, bins, Widths::Any).filter(|learnt| learnt.digest_at.is_some())
    }

    /// The next record, when it follows the pattern; then it is stepped over together with its bins. `None`, and nothing has
    /// changed, for everything else, which [`next_message`](Self::next_message) reads.
    ///
    /// `COPIES` is whether the pattern [copies](RecordPattern::copies) the numbers: the 8 big-endian bytes of each, to `numbers`,
    /// which needs room for them only then.
    #[inline]
    pub fn next_alike<const COPIES: bool>(
        &mut self,
        pattern: &RecordPattern,
        numbers: &mut [[u8; 8]],
    ) -> Option<AlikeRecord<'a>> {
        let ReplyWalker { cursor, bins_left, ended } = &mut self.bins;
        if *bins_left != 0 || *ended || pattern.copies() != COPIES {
            return None;
        }
        let (record, size) = pattern.read::<COPIES>(cursor.rest(), numbers)?;
        cursor.skip(size);
        Some(record)
    }
}
