use crate::{Cursor, EncodeError, Particle, WireError};

/// Bytes of a message header.
pub const MESSAGE_HEADER_SIZE: usize = 22;

/// Bytes of an op before its name: size, operation, particle type, version, length of the name.
pub const OP_HEADER_SIZE: usize = 8;

/// The longest bin name of a server, in bytes.
pub const MAX_BIN_NAME: usize = 15;

/// The most bins or operations of one record that a server takes in a request, half of what their count can say. A scan that
/// names more has no records and no error.
pub const MAX_OPS: usize = 32_768;

/// Bits of the header's second byte.
pub mod info1 {
    /// Read.
    pub const READ: u8 = 0x01;
    /// All bins.
    pub const GET_ALL: u8 = 0x02;
    /// Of scans and queries: a short one, answered by one thread in a limited time.
    pub const SHORT_QUERY: u8 = 0x04;
    /// A batch request.
    pub const BATCH: u8 = 0x08;
    /// No bin values: header only.
    pub const NO_BIN_DATA: u8 = 0x20;
    /// In AP namespaces: consult all replicas.
    pub const READ_MODE_AP_ALL: u8 = 0x40;
    /// The reply may be compressed.
    pub const COMPRESS_RESPONSE: u8 = 0x80;
}

/// Bits of the header's third byte.
pub mod info2 {
    /// Write.
    pub const WRITE: u8 = 0x01;
    /// Delete the record.
    pub const DELETE: u8 = 0x02;
    /// The generation must be equal.
    pub const GENERATION: u8 = 0x04;
    /// The generation must be greater.
    pub const GENERATION_GT: u8 = 0x08;
    /// Leave a tombstone.
    pub const DURABLE_DELETE: u8 = 0x10;
    /// Fail when the record exists.
    pub const CREATE_ONLY: u8 = 0x20;
    /// A result for every op.
    pub const RESPOND_ALL_OPS: u8 = 0x80;
}

/// Bits of the header's fourth byte.
pub mod info3 {
    /// The last message of a reply.
    pub const LAST: u8 = 0x01;
    /// Commit on the master only.
    pub const COMMIT_LEVEL_MASTER: u8 = 0x02;
    /// In scans and queries: partitions are answered one by one; in their replies: about one partition.
    pub const PARTITION_DONE: u8 = 0x04;
    /// Fail when the record does not exist.
    pub const UPDATE_ONLY: u8 = 0x08;
    /// Create, or replace all bins.
    pub const CREATE_OR_REPLACE: u8 = 0x10;
    /// Replace all bins, and fail when the record does not exist.
    pub const REPLACE_ONLY: u8 = 0x20;
    /// Strong consistency: linearizable, or with [`SC_READ_RELAX`] one of the weaker modes.
    pub const SC_READ_TYPE: u8 = 0x40;
    /// Strong consistency: allow replicas, or with [`SC_READ_TYPE`] unavailable partitions.
    pub const SC_READ_RELAX: u8 = 0x80;
}

/// Type bytes of fields.
pub mod field_type {
    /// Namespace name.
    pub const NAMESPACE: u8 = 0;
    /// Set name.
    pub const SET: u8 = 1;
    /// User key: particle type byte, then the value.
    pub const USER_KEY: u8 = 2;
    /// Digest.
    pub const DIGEST: u8 = 4;
    /// Identifies a multi-record transaction, u64.
    pub const TRANSACTION_ID: u8 = 5;
    /// Identifies a scan or query, u64.
    pub const TASK_ID: u8 = 7;
    /// Milliseconds that a scan or query may wait for its client, u32.
    pub const SOCKET_TIMEOUT: u8 = 9;
    /// Records per second that a scan or query may deliver, u32.
    pub const RECORDS_PER_SECOND: u8 = 10;
    /// Partitions to visit, each a little-endian u16.
    pub const PARTITIONS: u8 = 11;
    /// Digests behind which partitions are to be resumed, 20 bytes each.
    pub const DIGESTS: u8 = 12;
    /// Most records to deliver, u64.
    pub const MAX_RECORDS: u8 = 13;
    /// Values in a secondary index behind which partitions are to be resumed, each a little-endian i64; in replies that of
    /// the record.
    pub const BVALS: u8 = 15;
    /// Name of a secondary index.
    pub const INDEX_NAME: u8 = 21;
    /// Range of a secondary index query.
    pub const INDEX_RANGE: u8 = 22;
    /// Place inside a bin that a secondary index holds, msgpack.
    pub const INDEX_CONTEXT: u8 = 23;
    /// Expression that a secondary index holds, msgpack.
    pub const INDEX_EXPRESSION: u8 = 24;
    /// Which elements of a bin a secondary index holds.
    pub const INDEX_TYPE: u8 = 26;
    /// Package of a user-defined function.
    pub const UDF_PACKAGE: u8 = 30;
    /// Name of a user-defined function in its package.
    pub const UDF_FUNCTION: u8 = 31;
    /// Arguments of a user-defined function, msgpack.
    pub const UDF_ARGUMENTS: u8 = 32;
    /// What a scan or query does with a user-defined function: 1 aggregates, 2 changes records.
    pub const UDF_OPERATION: u8 = 33;
    /// Bins of a scan or query as older clients name them: a count, then names with their lengths.
    pub const BIN_LIST: u8 = 40;
    /// The rows of a batch.
    pub const BATCH_INDEX: u8 = 41;
    /// The rows of a batch, as older clients name them.
    pub const BATCH_INDEX_WITH_SET: u8 = 42;
    /// Filter expression, msgpack.
    pub const FILTER: u8 = 43;
}

/// Operation bytes of ops.
pub mod write_type {
    /// Read a bin.
    pub const READ: u8 = 1;
    /// Write a bin.
    pub const WRITE: u8 = 2;
    /// Read from a list or map.
    pub const CDT_READ: u8 = 3;
    /// Change a list or map.
    pub const CDT_MODIFY: u8 = 4;
    /// Add to an integer or double bin.
    pub const ADD: u8 = 5;
    /// Evaluate an expression into the reply.
    pub const EXPRESSION_READ: u8 = 7;
    /// Evaluate an expression into a bin.
    pub const EXPRESSION_MODIFY: u8 = 8;
    /// Append to a string or blob bin.
    pub const APPEND: u8 = 9;
    /// Prepend to a string or blob bin.
    pub const PREPEND: u8 = 10;
    /// Renew ttl and generation.
    pub const TOUCH: u8 = 11;
    /// Read bits of a blob.
    pub const BITS_READ: u8 = 12;
    /// Change bits of a blob.
    pub const BITS_MODIFY: u8 = 13;
    /// Delete the record.
    pub const DELETE: u8 = 14;
    /// Read a HyperLogLog.
    pub const HLL_READ: u8 = 15;
    /// Change a HyperLogLog.
    pub const HLL_MODIFY: u8 = 16;
}

/// The 22 bytes before a message's fields and ops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MessageHeader {
    /// See [`info1`].
    pub info1: u8,
    /// See [`info2`].
    pub info2: u8,
    /// See [`info3`].
    pub info3: u8,
    /// More bits of newer servers.
    pub info4: u8,
    /// 0 success; the server's codes otherwise.
    pub result_code: u8,
    /// Record generation.
    pub generation: u32,
    /// In requests seconds from now; in replies seconds since 2010-01-01 UTC, 0 = never expires.
    pub ttl: u32,
    /// In requests the server's timeout in ms; in batch replies the batch index.
    pub transaction: u32,
    /// Fields that follow.
    pub field_count: u16,
    /// Ops that follow the fields.
    pub op_count: u16,
}

impl MessageHeader {
    /// Reads a header; its size byte must be 22.
    #[inline]
    pub fn read(cursor: &mut Cursor<'_>) -> Result<Self, WireError> {
        let b: &[u8; MESSAGE_HEADER_SIZE] = cursor.array("message header")?;
        if usize::from(b[0]) != MESSAGE_HEADER_SIZE {
            return Err(WireError::HeaderSize(b[0]));
        }
        Ok(Self {
            info1: b[1],
            info2: b[2],
            info3: b[3],
            info4: b[4],
            result_code: b[5],
            generation: u32::from_be_bytes([b[6], b[7], b[8], b[9]]),
            ttl: u32::from_be_bytes([b[10], b[11], b[12], b[13]]),
            transaction: u32::from_be_bytes([b[14], b[15], b[16], b[17]]),
            field_count: u16::from_be_bytes([b[18], b[19]]),
            op_count: u16::from_be_bytes([b[20], b[21]]),
        })
    }

    /// The header's bytes.
    pub fn encode(&self) -> [u8; MESSAGE_HEADER_SIZE] {
        let mut b = [0; MESSAGE_HEADER_SIZE];
        b[..6].copy_from_slice(&[
            MESSAGE_HEADER_SIZE as u8,
            self.info1,
            self.info2,
            self.info3,
            self.info4,
            self.result_code,
        ]);
        b[6..10].copy_from_slice(&self.generation.to_be_bytes());
        b[10..14].copy_from_slice(&self.ttl.to_be_bytes());
        b[14..18].copy_from_slice(&self.transaction.to_be_bytes());
        b[18..20].copy_from_slice(&self.field_count.to_be_bytes());
        b[20..22].copy_from_slice(&self.op_count.to_be_bytes());
        b
    }
}

/// One field of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// See [`field_type`].
    pub kind: u8,
    /// The bytes behind the type byte.
    pub value: &'a [u8],
}

impl<'a> Field<'a> {
    /// Reads a field: u32 size with the type byte, type byte, value.
    #[inline]
    pub fn read(cursor: &mut Cursor<'a>) -> Result<Self, WireError> {
        let size = cursor.u32("field size")? as usize;
        let body = cursor.take(size, "field")?;
        match body.split_first() {
            Some((&kind, value)) => Ok(Self { kind, value }),
            None => Err(WireError::TooSmall { what: "field", size, least: 1 }),
        }
    }
}

/// One op of a message: in replies a bin with its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Op<'a> {
    /// See [`write_type`].
    pub operation: u8,
    /// See [`crate::particle_type`].
    pub particle: u8,
    /// The bin name's bytes.
    pub name: &'a [u8],
    /// The value's bytes.
    pub value: &'a [u8],
}

impl<'a> Op<'a> {
    /// The value, with its size checked against its type.
    #[inline]
    pub fn decode(&self) -> Result<Particle<'a>, WireError> {
        Particle::decode(self.particle, self.value)
    }
}

/// Reads an op: u32 size, operation, particle type, version, name length, name, value.
#[inline]
pub fn read_op<'a>(cursor: &mut Cursor<'a>) -> Result<Op<'a>, WireError> {
    let size = cursor.u32("op size")? as usize;
    let body = cursor.take(size, "op")?;
    let Some((&[operation, particle, _version, name_size], tail)) = body.split_first_chunk::<4>() else {
        return Err(WireError::TooSmall { what: "op", size, least: 4 });
    };
    match tail.split_at_checked(usize::from(name_size)) {
        Some((name, value)) => Ok(Op { operation, particle, name, value }),
        None => Err(WireError::NameBeyondOp { name: usize::from(name_size), room: tail.len() }),
    }
}

/// A count of bins or operations as the 16 bits that it has on the wire.
pub(crate) fn count_ops(what: &'static str, count: usize) -> Result<u16, EncodeError> {
    let fits = u16::try_from(count).ok().filter(|_| count <= MAX_OPS);
    fits.ok_or(EncodeError::TooMany { what, count, most: MAX_OPS })
}

/// The size of `size` bytes behind `before` bytes of their own header, as the 32 bits that it has on the wire.
pub(crate) fn size_u32(what: &'static str, before: usize, size: usize) -> Result<[u8; 4], EncodeError> {
    let whole = before.checked_add(size).and_then(|whole| u32::try_from(whole).ok());
    whole.map(u32::to_be_bytes).ok_or(EncodeError::TooLong { what, size, most: u32::MAX as usize - before })
}

/// The size of a name as the 8 bits that it has on the wire.
pub(crate) fn name_u8(what: &'static str, size: usize) -> Result<u8, EncodeError> {
    u8::try_from(size).map_err(|_| EncodeError::TooLong { what, size, most: usize::from(u8::MAX) })
}

/// Appends a field, given in pieces.
///
/// # Errors
/// [`EncodeError`] for a value that its size cannot express; then nothing is appended.
pub fn try_put_field(out: &mut Vec<u8>, kind: u8, pieces: &[&[u8]]) -> Result<(), EncodeError> {
    let size = pieces.iter().fold(0_usize, |sum, piece| sum.saturating_add(piece.len()));
    out.extend_from_slice(&size_u32("a field", 1, size)?);
    out.push(kind);
    pieces.iter().for_each(|piece| out.extend_from_slice(piece));
    Ok(())
}

/// Appends an op.
///
/// # Errors
/// [`EncodeError`] for a name or a value that its size cannot express; then nothing is appended. Servers take names of up
/// to [`MAX_BIN_NAME`] bytes.
pub fn try_put_op(out: &mut Vec<u8>, op: &Op<'_>) -> Result<(), EncodeError> {
    let name = name_u8("a bin name", op.name.len())?;
    let size = size_u32("a bin's value", 4 + op.name.len(), op.value.len())?;
    out.extend_from_slice(&size);
    out.extend_from_slice(&[op.operation, op.particle, 0, name]);
    out.extend_from_slice(op.name);
    out.extend_from_slice(op.value);
    Ok(())
}

/// Appends a field of a reply. Its value came out of a request or is small; one that its size cannot express is left out.
pub fn put_field(out: &mut Vec<u8>, kind: u8, value: &[u8]) {
    let _left_out = try_put_field(out, kind, &[value]);
}

/// Appends an op of a reply. Name and value came out of requests; what their sizes cannot express is left out.
pub fn put_op(out: &mut Vec<u8>, op: &Op<'_>) {
    let _left_out = try_put_op(out, op);
}
