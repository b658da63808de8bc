use crate::batch_rows::row_flag;
use crate::message::{
    MessageHeader, Op, count_ops, field_type, info1, size_u32, try_put_field, try_put_op, write_type,
};
use crate::{
    DIGEST_SIZE, Digest, EncodeError, FRAME_HEADER_SIZE, FrameType, MAX_FRAME_BODY, OP_HEADER_SIZE,
    finish_frame, particle_type, start_frame,
};

/// The flags byte behind the row count of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchFlags {
    /// Rows whose data is in memory may be processed by the thread that received the request.
    pub allow_inline: bool,
    /// The same for data on SSD.
    pub allow_inline_ssd: bool,
    /// Every row is answered, whatever happens to the others. Off, the first error ends the batch and loses rows.
    pub respond_all_keys: bool,
}

impl Default for BatchFlags {
    fn default() -> Self {
        Self { allow_inline: true, allow_inline_ssd: false, respond_all_keys: true }
    }
}

impl BatchFlags {
    const fn byte(self) -> u8 {
        self.allow_inline as u8 | (self.allow_inline_ssd as u8) << 1 | (self.respond_all_keys as u8) << 2
    }
}

/// What a request reads under one name: a bin, or what an expression makes of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BinRead {
    /// The name of the bin or of the result.
    pub name: String,
    /// The value of an expression read: expression and flags. None: the bin itself.
    pub expression: Option<Vec<u8>>,
    /// Whether the result is a list, and the value is its first element: that is how an expression, whose type the server
    /// has to be told, reads a value of any type.
    pub in_list: bool,
}

impl From<String> for BinRead {
    fn from(name: String) -> Self {
        Self { name, expression: None, in_list: false }
    }
}

impl From<&str> for BinRead {
    fn from(name: &str) -> Self {
        name.to_owned().into()
    }
}

impl BinRead {
    /// The operation of a request.
    pub fn op(&self) -> Op<'_> {
        let name = self.name.as_bytes();
        match &self.expression {
            None => Op { operation: write_type::READ, particle: 0, name, value: &[] },
            Some(value) => {
                Op { operation: write_type::EXPRESSION_READ, particle: particle_type::BLOB, name, value }
            }
        }
    }

    /// Bytes that its operation takes in a request.
    pub fn size(&self) -> usize {
        OP_HEADER_SIZE + self.name.len() + self.expression.as_ref().map_or(0, Vec::len)
    }
}

/// Which bins the rows of a batch return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinSelection<'a> {
    /// All of them.
    All,
    /// None: generation, ttl and code only.
    HeaderOnly,
    /// These. The server answers them in this order and leaves out those that the record has not.
    Named(&'a [&'a str]),
    /// What these read, in this order; what has no result is left out.
    Reads(&'a [BinRead]),
}

/// The read-mode bits of every row, and when reading renews a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReadAttributes {
    /// More bits for [`info1`].
    pub info1: u8,
    /// Bits for [`crate::info3`].
    pub info3: u8,
    /// Percent of its ttl within which a record that is read is renewed; 0 as the server is set, [`u32::MAX`] never.
    pub touch_ttl: u32,
}

/// Namespace and set that consecutive rows share. An empty set means none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowGroup<'a> {
    /// Namespace name.
    pub namespace: &'a str,
    /// Set name; empty for records without a set.
    pub set: &'a str,
}

/// Everything of a batch request but its rows.
#[derive(Debug, Clone, Copy)]
pub struct BatchHeader<'a> {
    /// The server's own deadline in ms; 0 lets it give up after 30 s.
    pub timeout_ms: u32,
    /// See [`BatchFlags`].
    pub flags: BatchFlags,
    /// A filter expression's msgpack bytes.
    pub filter: Option<&'a [u8]>,
    /// See [`BinSelection`].
    pub bins: BinSelection<'a>,
    /// See [`ReadAttributes`].
    pub attributes: ReadAttributes,
}

/// The part of a batch request around its rows; reads and writes share it.
#[derive(Debug)]
pub(crate) struct BatchFrame {
    frame_at: usize,
    field_at: usize,
    rows: u32,
    /// The first thing that could not be expressed. The request is then taken back by [`finish`](Self::finish).
    refused: Option<EncodeError>,
}

impl BatchFrame {
    /// Begins a request at the end of `out`.
    pub(crate) fn start(
        out: &mut Vec<u8>,
        info1: u8,
        timeout_ms: u32,
        flags: BatchFlags,
        filter: Option<&[u8]>,
    ) -> Self {
        let frame_at = start_frame(out, FrameType::Message);
        let message = MessageHeader {
            info1: info1::BATCH | info1,
            transaction: timeout_ms,
            field_count: 1 + u16::from(filter.is_some()),
            ..MessageHeader::default()
        };
        out.extend_from_slice(&message.encode());
        let mut frame = Self { frame_at, field_at: 0, rows: 0, refused: None };
        if let Some(filter) = filter {
            frame.note(try_put_field(out, field_type::FILTER, &[filter]));
        }
        frame.field_at = out.len();
        // Field size and row count are written by `finish`, when they are known.
        out.extend_from_slice(&[0, 0, 0, 0, field_type::BATCH_INDEX, 0, 0, 0, 0, flags.byte()]);
        frame
    }

    /// Counts a row.
    #[inline]
    pub(crate) fn count_row(&mut self) {
        self.count_rows(1);
    }

    /// Counts rows.
    #[inline]
    pub(crate) fn count_rows(&mut self, count: usize) {
        match u32::try_from(count).ok().and_then(|count| self.rows.checked_add(count)) {
            Some(rows) => self.rows = rows,
            None => self.note(Err(TOO_MANY_ROWS)),
        }
    }

    /// Keeps the first thing that could not be expressed.
    pub(crate) fn note(&mut self, put: Result<(), EncodeError>) {
        if let Err(error) = put {
            self.refused.get_or_insert(error);
        }
    }

    /// Writes the sizes and the row count, or takes everything back.
    pub(crate) fn finish(self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let written = self.write_sizes(out);
        if written.is_err() {
            out.truncate(self.frame_at);
        }
        written
    }

    fn write_sizes(&self, out: &mut [u8]) -> Result<(), EncodeError> {
        if let Some(error) = &self.refused {
            return Err(error.clone());
        }
        check_frame(out.len() - self.frame_at)?;
        // The size counts the type byte and what follows.
        let field_size = size_u32("a batch", 0, out.len() - self.field_at - 4)?;
        out[self.field_at..self.field_at + 4].copy_from_slice(&field_size);
        out[self.field_at + 5..self.field_at + 9].copy_from_slice(&self.rows.to_be_bytes());
        finish_frame(out, self.frame_at);
        Ok(())
    }
}

const TOO_MANY_ROWS: EncodeError =
    EncodeError::TooMany { what: "rows", count: u32::MAX as usize, most: u32::MAX as usize };

/// Checks a frame of `size` bytes, its header included, against what a server takes.
pub(crate) fn check_frame(size: usize) -> Result<(), EncodeError> {
    let size = size - FRAME_HEADER_SIZE;
    if size > MAX_FRAME_BODY {
        return Err(EncodeError::TooLong { what: "a request", size, most: MAX_FRAME_BODY });
    }
    Ok(())
}

/// Appends namespace and, where there is one, set.
pub(crate) fn put_group(out: &mut Vec<u8>, group: RowGroup<'_>) -> Result<(), EncodeError> {
    try_put_field(out, field_type::NAMESPACE, &[group.namespace.as_bytes()])?;
    if !group.set.is_empty() {
        try_put_field(out, field_type::SET, &[group.set.as_bytes()])?;
    }
    Ok(())
}

/// Bytes of a row that repeats the group of the row before it: index, digest, flags.
const REPEATED: usize = 4 + DIGEST_SIZE + 1;

/// Appends a batch read request to a buffer, row by row. A row of the same group as the one before it costs 25 bytes:
/// the REPEAT flag lets it reuse that row's namespace, set and bins.
#[derive(Debug)]
pub struct BatchEncoder<'b, 'a> {
    out: &'b mut Vec<u8>,
    header: BatchHeader<'a>,
    frame: BatchFrame,
    previous: Option<RowGroup<'a>>,
}

impl<'b, 'a> BatchEncoder<'b, 'a> {
    /// Begins a request at the end of `out`.
    pub fn new(out: &'b mut Vec<u8>, header: BatchHeader<'a>) -> Self {
        let compress = header.attributes.info1 & info1::COMPRESS_RESPONSE;
        let frame = BatchFrame::start(out, compress, header.timeout_ms, header.flags, header.filter);
        Self { out, header, frame, previous: None }
    }

    /// Appends a row. The server echoes `index` in its reply.
    #[inline]
    pub fn row(&mut self, index: u32, digest: &Digest, group: RowGroup<'a>) {
        self.frame.count_row();
        self.out.extend_from_slice(&index.to_be_bytes());
        self.out.extend_from_slice(digest);
        if self.previous == Some(group) {
            self.out.push(row_flag::REPEAT);
        } else {
            let put = self.full_row(group);
            self.frame.note(put);
            self.previous = Some(group);
        }
    }

    /// Appends rows of the same group as the row before them, without comparing names. Their indexes count up from the first.
    ///
    /// # Panics
    /// In debug builds, when there is no row before them: a server refuses such a request.
    pub fn repeat_rows(&mut self, first_index: u32, digests: &[Digest]) {
        debug_assert!(self.previous.is_some() || digests.is_empty(), "the first row cannot repeat another");
        self.frame.count_rows(digests.len());
        self.out.reserve(digests.len() * REPEATED);
        let mut index = first_index;
        for digest in digests {
            let mut row = [row_flag::REPEAT; REPEATED];
            row[..4].copy_from_slice(&index.to_be_bytes());
            row[4..4 + DIGEST_SIZE].copy_from_slice(digest);
            self.out.extend_from_slice(&row);
            index = index.wrapping_add(1);
        }
    }

    fn full_row(&mut self, group: RowGroup<'a>) -> Result<(), EncodeError> {
        let ReadAttributes { info1: more1, info3, touch_ttl } = self.header.attributes;
        let (select, ops) = match self.header.bins {
            BinSelection::All => (info1::GET_ALL, 0),
            BinSelection::HeaderOnly => (info1::NO_BIN_DATA, 0),
            BinSelection::Named(names) => (0, names.len()),
            BinSelection::Reads(reads) => (0, reads.len()),
        };
        let row_info1 = info1::READ | select | (more1 & !info1::COMPRESS_RESPONSE);
        if touch_ttl == 0 {
            self.out.extend_from_slice(&[row_flag::INFO, row_info1, 0, info3]);
        } else {
            self.out.extend_from_slice(&[row_flag::INFO | row_flag::TTL, row_info1, 0, info3]);
            self.out.extend_from_slice(&touch_ttl.to_be_bytes());
        }
        self.out.extend_from_slice(&(1 + u16::from(!group.set.is_empty())).to_be_bytes());
        self.out.extend_from_slice(&count_ops("bins", ops)?.to_be_bytes());
        put_group(self.out, group)?;
        match self.header.bins {
            BinSelection::All | BinSelection::HeaderOnly => Ok(()),
            BinSelection::Named(names) => names.iter().try_for_each(|name| {
                let name = name.as_bytes();
                try_put_op(self.out, &Op { operation: write_type::READ, particle: 0, name, value: &[] })
            }),
            BinSelection::Reads(reads) => reads.iter().try_for_each(|read| try_put_op(self.out, &read.op())),
        }
    }

    /// Writes the sizes and the row count; the request is complete.
    ///
    /// # Errors
    /// [`EncodeError`] for what a count or size cannot express, or for a request over [`MAX_FRAME_BODY`]; then the buffer
    /// is as before the request.
    pub fn finish(self) -> Result<(), EncodeError> {
        self.frame.finish(self.out)
    }
}
