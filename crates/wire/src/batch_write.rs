use crate::batch_request::{BatchFrame, put_group};
use crate::batch_rows::row_flag;
use crate::message::{Op, count_ops, field_type, info2, size_u32, try_put_field, try_put_op};
use crate::{BatchFlags, Digest, EncodeError, KeyType, RowGroup};

/// How the rows of a batch write are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WriteAttributes {
    /// More bits for [`crate::info2`], beside WRITE.
    pub info2: u8,
    /// Bits for [`crate::info3`].
    pub info3: u8,
    /// Seconds; 0 the namespace's default, 0xFFFFFFFF never, 0xFFFFFFFE keep.
    pub ttl: u32,
}

/// Appends a batch write request to a buffer, row by row. Every row carries its own values, so none repeats another.
#[derive(Debug)]
pub struct BatchWriteEncoder<'b> {
    out: &'b mut Vec<u8>,
    attributes: WriteAttributes,
    frame: BatchFrame,
}

impl<'b> BatchWriteEncoder<'b> {
    /// Begins a request at the end of `out`. `timeout_ms` is the server's own deadline, 0 its default; `filter` is a
    /// filter expression's msgpack bytes.
    pub fn new(
        out: &'b mut Vec<u8>,
        timeout_ms: u32,
        filter: Option<&[u8]>,
        attributes: WriteAttributes,
    ) -> Self {
        let frame = BatchFrame::start(out, 0, timeout_ms, BatchFlags::default(), filter);
        Self { out, attributes, frame }
    }

    /// Appends a row with the ops that `ops` puts. With a user key the server stores it in the record.
    pub fn row(
        &mut self,
        index: u32,
        digest: &Digest,
        group: RowGroup<'_>,
        user_key: Option<(KeyType, &[u8])>,
        ops: impl FnOnce(&mut OpSink<'_>),
    ) {
        self.frame.count_row();
        let put = self.put_row(index, digest, group, user_key, ops);
        self.frame.note(put);
    }

    fn put_row(
        &mut self,
        index: u32,
        digest: &Digest,
        group: RowGroup<'_>,
        user_key: Option<(KeyType, &[u8])>,
        ops: impl FnOnce(&mut OpSink<'_>),
    ) -> Result<(), EncodeError> {
        let out = &mut *self.out;
        out.extend_from_slice(&index.to_be_bytes());
        out.extend_from_slice(digest);
        let WriteAttributes { info2, info3, ttl } = self.attributes;
        out.extend_from_slice(&[row_flag::INFO | row_flag::TTL, 0, info2::WRITE | info2, info3]);
        out.extend_from_slice(&ttl.to_be_bytes());
        let fields = 1 + u16::from(!group.set.is_empty()) + u16::from(user_key.is_some());
        out.extend_from_slice(&fields.to_be_bytes());
        let count_at = out.len();
        out.extend_from_slice(&[0; 2]);
        put_group(out, group)?;
        if let Some((kind, bytes)) = user_key {
            try_put_field(out, field_type::USER_KEY, &[&[kind as u8], bytes])?;
        }
        let mut sink = OpSink { out, count: 0, refused: Ok(()) };
        ops(&mut sink);
        let OpSink { count, refused, .. } = sink;
        refused?;
        out[count_at..count_at + 2].copy_from_slice(&count_ops("bins", count)?.to_be_bytes());
        Ok(())
    }

    /// Writes the sizes and the row count; the request is complete.
    ///
    /// # Errors
    /// As [`BatchEncoder::finish`](crate::BatchEncoder::finish).
    pub fn finish(self) -> Result<(), EncodeError> {
        self.frame.finish(self.out)
    }
}

/// Takes the ops of one row.
#[derive(Debug)]
pub struct OpSink<'o> {
    out: &'o mut Vec<u8>,
    count: usize,
    refused: Result<(), EncodeError>,
}

impl OpSink<'_> {
    /// Appends an op. What cannot be expressed is told when the request is complete.
    pub fn put(&mut self, op: &Op<'_>) {
        self.count += 1;
        if self.refused.is_ok() {
            self.refused = try_put_op(self.out, op);
        }
    }

    /// Appends an op and, behind what it has of its value, what `make` appends.
    pub fn put_made(&mut self, op: &Op<'_>, make: &mut dyn FnMut(&mut Vec<u8>)) {
        let size_at = self.out.len();
        self.put(op);
        if self.refused.is_ok() {
            make(self.out);
            let size = self.out.len() - size_at - size_of::<u32>();
            match size_u32("a bin's value", 0, size) {
                Ok(size) => self.out[size_at..size_at + size.len()].copy_from_slice(&size),
                Err(error) => self.refused = Err(error),
            }
        }
    }
}
