use crate::message::{field_type, info3};
use crate::{Cursor, Digest, Field, MessageHeader, PARTITIONS, ReplyWalker, RowHeader, WireError};

/// What the fields of a stream's record say; its bins follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamRecord<'a> {
    /// Generation, ttl and number of bins.
    pub header: RowHeader,
    /// The record's digest.
    pub digest: &'a Digest,
    /// The set's name; none for a record without a set.
    pub set: Option<&'a [u8]>,
    /// Particle type byte and bytes of the user key, where the record has one.
    pub user_key: Option<(u8, &'a [u8])>,
    /// The record's value in the index, in index queries.
    pub bval: Option<i64>,
}

/// One message of a stream's reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamMessage<'a> {
    /// A record.
    Record(StreamRecord<'a>),
    /// What the node says of one partition: with a code other than 0 it refuses it.
    Partition {
        /// The partition.
        id: u16,
        /// Why it is refused.
        code: u8,
    },
    /// The last message: every partition that was not refused is complete when the code is 0, unless max records were
    /// reached.
    Last {
        /// The code of the whole request.
        code: u8,
    },
    /// The request is refused as a whole. Nothing follows, no last message either.
    Refused {
        /// The reason.
        code: u8,
    },
}

/// Walks the messages of one frame of a stream's reply. It borrows from the frame's body and allocates nothing.
///
/// Call [`next_message`](Self::next_message); the bins of a record are those of [`bins`](Self::bins), and those that
/// were not read are skipped by the next call.
#[derive(Debug, Clone)]
pub struct StreamWalker<'a> {
    pub(crate) bins: ReplyWalker<'a>,
    /// The frame from the message on that was given last.
    pub(crate) message: &'a [u8],
}

impl<'a> StreamWalker<'a> {
    /// A walk over a frame's body, without the 8-byte frame header.
    pub const fn new(body: &'a [u8]) -> Self {
        Self { bins: ReplyWalker::new(body), message: body }
    }

    /// Bytes of the frame that were not read.
    pub const fn unread(&self) -> usize {
        self.bins.cursor.rest().len()
    }

    /// The walk over the bins of the record that was given last.
    #[inline]
    pub const fn bins(&mut self) -> &mut ReplyWalker<'a> {
        &mut self.bins
    }

    /// The next message, or `None` at the end of the frame. After the end of the stream nothing may follow.
    #[inline]
    pub fn next_message(&mut self) -> Result<Option<StreamMessage<'a>>, WireError> {
        while self.bins.next_bin()?.is_some() {}
        let cursor = &mut self.bins.cursor;
        if cursor.is_empty() {
            return Ok(None);
        }
        if self.bins.ended {
            return Err(WireError::AfterTrailer(cursor.rest().len()));
        }
        self.message = cursor.rest();
        let header = MessageHeader::read(cursor)?;
        let mut found = RecordFields::default();
        found.read_more(cursor, header.field_count)?;
        self.bins.bins_left = header.op_count.into();
        if header.info3 & info3::LAST != 0 {
            return self.end(StreamMessage::Last { code: header.result_code }).map(Some);
        }
        if header.info3 & info3::PARTITION_DONE != 0 {
            return partition(&header).map(Some);
        }
        if header.result_code != 0 {
            return self.end(StreamMessage::Refused { code: header.result_code }).map(Some);
        }
        found.record(&header).map(|record| Some(StreamMessage::Record(record)))
    }

    /// Steps over what belongs to the closing message; only its frame's end may follow.
    fn end(&mut self, message: StreamMessage<'a>) -> Result<StreamMessage<'a>, WireError> {
        while self.bins.next_bin()?.is_some() {}
        self.bins.ended = true;
        Ok(message)
    }
}

/// A partition's number stands in the place of the generation.
fn partition(header: &MessageHeader) -> Result<StreamMessage<'static>, WireError> {
    match u16::try_from(header.generation) {
        Ok(id) if usize::from(id) < PARTITIONS => {
            Ok(StreamMessage::Partition { id, code: header.result_code })
        }
        _ => Err(WireError::Partition(header.generation)),
    }
}

#[derive(Debug, Default)]
pub(crate) struct RecordFields<'a> {
    pub(crate) digest: Option<&'a Digest>,
    pub(crate) set: Option<&'a [u8]>,
    pub(crate) user_key: Option<(u8, &'a [u8])>,
    pub(crate) bval: Option<i64>,
}

impl<'a> RecordFields<'a> {
    /// Reads so many fields; of those that come twice the last one counts.
    #[inline]
    pub(crate) fn read_more(&mut self, cursor: &mut Cursor<'a>, count: u16) -> Result<(), WireError> {
        for _ in 0..count {
            let Field { kind, value } = Field::read(cursor)?;
            match kind {
                field_type::DIGEST => self.digest = Some(sized("digest", value)?),
                field_type::SET => self.set = Some(value),
                field_type::USER_KEY => self.user_key = value.split_first().map(|(kind, key)| (*kind, key)),
                field_type::BVALS => self.bval = Some(i64::from_le_bytes(*sized("bval", value)?)),
                _ => {}
            }
        }
        Ok(())
    }

    #[inline]
    pub(crate) fn record(self, header: &MessageHeader) -> Result<StreamRecord<'a>, WireError> {
        let digest = self.digest.ok_or(WireError::NoDigest)?;
        let header = RowHeader {
            index: 0,
            result_code: header.result_code,
            generation: header.generation,
            ttl: header.ttl,
            op_count: header.op_count,
            last: false,
        };
        Ok(StreamRecord { header, digest, set: self.set, user_key: self.user_key, bval: self.bval })
    }
}

#[inline]
fn sized<'a, const N: usize>(what: &'static str, value: &'a [u8]) -> Result<&'a [u8; N], WireError> {
    value.try_into().map_err(|_| WireError::FieldSize { what, size: value.len(), expected: N })
}
