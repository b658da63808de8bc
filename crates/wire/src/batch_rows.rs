//! The server's side of a batch: its rows, one after the other.

use crate::request::{Fields, Ops};
use crate::{BatchFlags, Cursor, DIGEST_SIZE, Digest, Field, WireError, info1};

/// Bits of a row's flags byte.
pub mod row_flag {
    /// Namespace, set, bins and attributes are those of the row before; nothing else follows.
    pub const REPEAT: u8 = 0x01;
    /// info1, info2 and info3 follow; without it only info1.
    pub const INFO: u8 = 0x02;
    /// A u16 generation follows.
    pub const GENERATION: u8 = 0x04;
    /// A u32 ttl follows.
    pub const TTL: u8 = 0x08;
    /// info4 follows info3.
    pub const INFO4: u8 = 0x10;
}

/// Everything of a row but its index and digest: what a repeating row takes over.
#[derive(Debug, Clone, Copy)]
pub struct RowTemplate<'a> {
    /// See [`crate::info1`].
    pub info1: u8,
    /// See [`crate::info2`].
    pub info2: u8,
    /// See [`crate::info3`].
    pub info3: u8,
    /// More bits of newer servers.
    pub info4: u8,
    /// Generation that the record should have.
    pub generation: u16,
    /// Seconds to live of a written record.
    pub ttl: u32,
    /// Namespace, set, user key, filter.
    pub fields: Fields<'a>,
    /// Bins to read, or ops to perform; structurally sound.
    pub ops: Ops<'a>,
}

/// One row of a batch request.
#[derive(Debug, Clone, Copy)]
pub struct BatchRow<'a> {
    /// Echoed in the reply.
    pub index: u32,
    /// The record.
    pub digest: &'a Digest,
    /// What this row brings; `None` repeats the template of the row before.
    pub template: Option<RowTemplate<'a>>,
}

/// Walks the rows of a batch field. It borrows from the request and allocates nothing.
#[derive(Debug, Clone)]
pub struct BatchRows<'a> {
    cursor: Cursor<'a>,
    left: u32,
    flags: BatchFlags,
    sends_failure: bool,
    repeatable: bool,
}

impl<'a> BatchRows<'a> {
    /// Reads the row count and flags of a batch field's value.
    pub fn new(field: &'a [u8]) -> Result<Self, WireError> {
        let mut cursor = Cursor::new(field);
        let left = cursor.u32("batch row count")?;
        let bits = cursor.u8("batch flags")?;
        let flags = BatchFlags {
            allow_inline: bits & 1 != 0,
            allow_inline_ssd: bits & 2 != 0,
            respond_all_keys: bits & 4 != 0,
        };
        Ok(Self { cursor, left, flags, sends_failure: bits & 8 != 0, repeatable: false })
    }

    /// Flags of the batch.
    pub const fn flags(&self) -> BatchFlags {
        self.flags
    }

    /// Whether the row whose failure ends the batch is wanted, with those around it.
    pub const fn sends_failure(&self) -> bool {
        self.sends_failure
    }

    /// Rows that the batch says are left. No more than that are read, and fewer bytes than that are an error.
    pub const fn left(&self) -> u32 {
        self.left
    }

    /// The next row, or `None` behind the last.
    #[inline]
    pub fn next_row(&mut self) -> Result<Option<BatchRow<'a>>, WireError> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let index = self.cursor.u32("batch index")?;
        let digest = self.cursor.array::<DIGEST_SIZE>("batch digest")?;
        let flags = self.cursor.u8("batch row flags")?;
        let template = if flags & row_flag::REPEAT != 0 {
            if !self.repeatable {
                return Err(WireError::NothingToRepeat(index));
            }
            None
        } else {
            let template = self.template(flags)?;
            // A user key belongs to one record; what follows cannot share it.
            self.repeatable = template.fields.user_key.is_none();
            Some(template)
        };
        Ok(Some(BatchRow { index, digest, template }))
    }

    fn template(&mut self, flags: u8) -> Result<RowTemplate<'a>, WireError> {
        let cursor = &mut self.cursor;
        let info1 = cursor.u8("batch row info1")?;
        let (mut info2, mut info3, mut info4) = (0, 0, 0);
        if flags & row_flag::INFO != 0 {
            info2 = cursor.u8("batch row info2")?;
            info3 = cursor.u8("batch row info3")?;
        }
        if flags & row_flag::INFO4 != 0 {
            info4 = cursor.u8("batch row info4")?;
        }
        let generation =
            if flags & row_flag::GENERATION != 0 { cursor.u16("batch row generation")? } else { 0 };
        let ttl = if flags & row_flag::TTL != 0 { cursor.u32("batch row ttl")? } else { 0 };
        let field_count = cursor.u16("batch row field count")?;
        let op_count = cursor.u16("batch row op count")?;
        // The first field is the namespace, whatever it says, and there even if there are none.
        let namespace = Field::read(cursor)?.value;
        let fields = Fields::read(cursor, field_count.saturating_sub(1))?;
        let fields = Fields { namespace: Some(namespace), ..fields };
        let ops = Ops::skip(cursor, op_count)?;
        Ok(RowTemplate { info1: info1 & !info1::BATCH, info2, info3, info4, generation, ttl, fields, ops })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BatchEncoder, BatchHeader, BinSelection, ReadAttributes, Request, RowGroup};

    fn encoded(bins: BinSelection<'_>) -> Vec<u8> {
        let header = BatchHeader {
            timeout_ms: 1000,
            flags: BatchFlags::default(),
            filter: None,
            bins,
            attributes: ReadAttributes::default(),
        };
        let mut out = Vec::new();
        let mut encoder = BatchEncoder::new(&mut out, header);
        for index in 0..3 {
            encoder.row(index * 10, &[index as u8; 20], RowGroup { namespace: "test", set: "s" });
        }
        encoder.row(99, &[99; 20], RowGroup { namespace: "test", set: "" });
        encoder.finish().unwrap();
        out.split_off(crate::FRAME_HEADER_SIZE)
    }

    #[test]
    fn reads_what_the_encoder_writes() {
        let body = encoded(BinSelection::Named(&["a", "bc"]));
        let request = Request::parse(&body).unwrap();
        let mut rows = BatchRows::new(request.fields.batch.unwrap()).unwrap();
        assert_eq!((rows.left(), rows.flags()), (4, BatchFlags::default()));

        let first = rows.next_row().unwrap().unwrap();
        let template = first.template.unwrap();
        assert_eq!((first.index, first.digest), (0, &[0; 20]));
        assert_eq!((template.fields.namespace, template.fields.set), (Some(&b"test"[..]), Some(&b"s"[..])));
        let names: Vec<_> = template.ops.map(|op| op.unwrap().name).collect();
        assert_eq!(names, [&b"a"[..], b"bc"]);

        let second = rows.next_row().unwrap().unwrap();
        assert_eq!((second.index, second.template.is_none()), (10, true));
        rows.next_row().unwrap().unwrap();
        let last = rows.next_row().unwrap().unwrap();
        assert_eq!((last.index, last.template.unwrap().fields.set), (99, None));
        assert!(rows.next_row().unwrap().is_none());
    }

    #[test]
    fn the_first_row_has_nothing_to_repeat() {
        let mut field = vec![0, 0, 0, 1, 4, 0, 0, 0, 5];
        field.extend_from_slice(&[1; 20]);
        field.push(row_flag::REPEAT);
        assert_eq!(BatchRows::new(&field).unwrap().next_row().unwrap_err(), WireError::NothingToRepeat(5));
    }

    #[test]
    fn every_truncation_is_an_error() {
        let body = encoded(BinSelection::All);
        let field = Request::parse(&body).unwrap().fields.batch.unwrap();
        for end in 0..field.len() {
            let walked = BatchRows::new(&field[..end]).and_then(|mut rows| {
                while rows.next_row()?.is_some() {}
                Ok(())
            });
            assert!(walked.is_err(), "{end} bytes");
        }
    }
}
