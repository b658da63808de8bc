use crate::message::info3;
use crate::{Cursor, Field, MessageHeader, Number, NumberBin, Op, WireError, read_op};

/// The header of one batch reply row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowHeader {
    /// The index that the request gave this row.
    pub index: u32,
    /// 0 success; the server's codes otherwise.
    pub result_code: u8,
    /// Record generation.
    pub generation: u32,
    /// Seconds since 2010-01-01 UTC; 0 = never expires.
    pub ttl: u32,
    /// Bins that follow.
    pub op_count: u16,
    /// Whether this is the closing message, whose code is that of the whole request.
    pub last: bool,
}

impl MessageHeader {
    /// What it says of a row.
    #[inline]
    pub(crate) const fn as_row(&self) -> RowHeader {
        RowHeader {
            index: self.transaction,
            result_code: self.result_code,
            generation: self.generation,
            ttl: self.ttl,
            op_count: self.op_count,
            last: self.info3 & info3::LAST != 0,
        }
    }
}

/// Walks the messages of one batch reply frame: rows, and the bins of each. It borrows from the frame's body and
/// allocates nothing.
///
/// Call [`next_row`](Self::next_row), then [`next_bin`](Self::next_bin) until it gives `None`; bins that were not
/// asked for are skipped by the next call of `next_row`.
#[derive(Debug, Clone)]
pub struct ReplyWalker<'a> {
    pub(crate) cursor: Cursor<'a>,
    /// A whole word: one that is written in part and then copied as a whole waits for all that was written before, which
    /// may be a large value.
    pub(crate) bins_left: usize,
    pub(crate) ended: bool,
}

impl<'a> ReplyWalker<'a> {
    /// A walk over a frame's body, without the 8-byte frame header.
    pub const fn new(body: &'a [u8]) -> Self {
        Self { cursor: Cursor::new(body), bins_left: 0, ended: false }
    }

    /// A walk over so many bins by themselves.
    pub const fn of_bins(bins: &'a [u8], count: u16) -> Self {
        Self { cursor: Cursor::new(bins), bins_left: count as usize, ended: false }
    }

    /// The next row, or `None` at the end of the frame. After the closing message nothing may follow.
    #[inline]
    pub fn next_row(&mut self) -> Result<Option<RowHeader>, WireError> {
        while self.next_bin()?.is_some() {}
        if self.cursor.is_empty() {
            return Ok(None);
        }
        if self.ended {
            return Err(WireError::AfterTrailer(self.cursor.rest().len()));
        }
        let header = MessageHeader::read(&mut self.cursor)?;
        for _ in 0..header.field_count {
            Field::read(&mut self.cursor)?;
        }
        self.bins_left = header.op_count.into();
        self.ended = header.info3 & info3::LAST != 0;
        Ok(Some(header.as_row()))
    }

    /// What was not read of the frame.
    pub const fn unread(&self) -> &'a [u8] {
        self.cursor.rest()
    }

    /// The next bin of the current row, or `None` behind its last.
    #[inline]
    pub fn next_bin(&mut self) -> Result<Option<Op<'a>>, WireError> {
        if self.bins_left == 0 {
            return Ok(None);
        }
        self.bins_left -= 1;
        read_op(&mut self.cursor).map(Some)
    }

    /// The number that the next bin is, if it is the one expected, and the bin's size; it stays the next until
    /// [`skip_number`](Self::skip_number).
    #[inline]
    pub fn number(&self, expected: &NumberBin) -> Option<(Number, usize)> {
        if self.bins_left == 0 { None } else { Some((expected.read(self.cursor.rest())?, expected.len())) }
    }

    /// The same where the number is the only element of a list.
    #[inline]
    pub fn number_in_list(&self, expected: &NumberBin) -> Option<(Number, usize)> {
        if self.bins_left == 0 { None } else { expected.read_in_list(self.cursor.rest()) }
    }

    /// The blob of so many bytes that the next bin is, if it is the one expected, and the bin's size.
    #[inline]
    pub fn blob(&self, expected: &NumberBin, size: usize) -> Option<(&'a [u8], usize)> {
        if self.bins_left == 0 {
            return None;
        }
        Some((expected.read_blob(self.cursor.rest(), size)?, expected.value_at() + size))
    }

    /// Steps over the bin of that size that [`number`](Self::number), [`number_in_list`](Self::number_in_list) or
    /// [`blob`](Self::blob) has given.
    #[inline]
    pub fn skip_number(&mut self, size: usize) {
        self.bins_left = self.bins_left.saturating_sub(1);
        self.cursor.skip(size);
    }

    /// Bins of the current row that were not read.
    pub const fn bins_left(&self) -> usize {
        self.bins_left
    }
}
