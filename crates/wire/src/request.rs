//! The server's side of a message: what a client asks for.

use crate::message::field_type;
use crate::{
    Cursor, DIGEST_SIZE, Digest, Field, MESSAGE_HEADER_SIZE, MessageHeader, Op, WireError, info1, read_op,
};

/// The fields of a request, each where it can be found without looking again. Of equal fields the last counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fields<'a> {
    /// Namespace name.
    pub namespace: Option<&'a [u8]>,
    /// Set name; clients also send it empty for records without a set.
    pub set: Option<&'a [u8]>,
    /// Particle type byte, then the user's key.
    pub user_key: Option<&'a [u8]>,
    /// Digest of the record.
    pub digest: Option<&'a Digest>,
    /// Flags and rows of a batch.
    pub batch: Option<&'a [u8]>,
    /// A filter expression.
    pub filter: Option<&'a [u8]>,
    /// Partitions of a scan, two bytes each, little-endian.
    pub partitions: Option<&'a [u8]>,
    /// Digests behind which a scan resumes, 20 bytes each.
    pub digests: Option<&'a [u8]>,
    /// Most records that a scan delivers.
    pub max_records: Option<u64>,
    /// Identifies a scan or query.
    pub task_id: Option<u64>,
    /// Milliseconds that a scan or query may wait for its client.
    pub socket_timeout: Option<u32>,
    /// Records per second that a scan or query may deliver.
    pub records_per_second: Option<u32>,
    /// Values in a secondary index behind which a query resumes, 8 bytes each, little-endian.
    pub bvals: Option<&'a [u8]>,
    /// Name of a secondary index.
    pub index_name: Option<&'a [u8]>,
    /// Range of a secondary index query.
    pub index_range: Option<&'a [u8]>,
    /// Place inside a bin that a secondary index holds.
    pub index_context: Option<&'a [u8]>,
    /// Expression that a secondary index holds.
    pub index_expression: Option<&'a [u8]>,
    /// Which elements of a bin a secondary index holds.
    pub index_type: Option<u8>,
    /// Bins of a scan or query in the older form.
    pub bin_list: Option<&'a [u8]>,
    /// Whether a user-defined function is to run.
    pub udf: bool,
    /// The package that it is in.
    pub udf_package: Option<&'a [u8]>,
    /// Its name.
    pub udf_function: Option<&'a [u8]>,
    /// Its arguments.
    pub udf_arguments: Option<&'a [u8]>,
    /// What a scan or query does with it.
    pub udf_operation: Option<u8>,
    /// Whether it is part of a multi-record transaction.
    pub transaction: bool,
    /// Whether a number that only scans and queries look at has another size than it should.
    pub unfit_number: bool,
}

impl<'a> Fields<'a> {
    /// Reads `count` fields. Unknown ones are skipped, as servers do.
    pub fn read(cursor: &mut Cursor<'a>, count: u16) -> Result<Self, WireError> {
        let mut fields = Self::default();
        for left in (0..count).rev() {
            let rows = batch_rows(*cursor);
            match Field::read(cursor) {
                Ok(field) => fields.set_field(field)?,
                Err(_) if rows.is_some() && left == 0 => {
                    cursor.take(cursor.rest().len(), "rows")?;
                }
                Err(error) => return Err(error),
            }
            fields.batch = rows.or(fields.batch);
        }
        Ok(fields)
    }

    fn number<const N: usize>(&mut self, value: &[u8]) -> Option<[u8; N]> {
        let number = value.try_into().ok();
        self.unfit_number |= number.is_none();
        number
    }

    fn set_field(&mut self, field: Field<'a>) -> Result<(), WireError> {
        use field_type as t;
        let value = field.value;
        match field.kind {
            t::NAMESPACE => self.namespace = Some(value),
            t::SET => self.set = Some(value),
            t::USER_KEY => self.user_key = Some(value),
            t::DIGEST => self.digest = Some(sized::<DIGEST_SIZE>("digest", value)?),
            t::FILTER => self.filter = Some(value),
            t::PARTITIONS => self.partitions = Some(value),
            t::DIGESTS => self.digests = Some(value),
            t::MAX_RECORDS => self.max_records = self.number(value).map(u64::from_be_bytes),
            // One of another size is none.
            t::TASK_ID => {
                self.task_id = sized("query id", value).ok().map(|bytes| u64::from_be_bytes(*bytes))
            }
            t::SOCKET_TIMEOUT => self.socket_timeout = self.number(value).map(u32::from_be_bytes),
            t::RECORDS_PER_SECOND => self.records_per_second = self.number(value).map(u32::from_be_bytes),
            t::BVALS => self.bvals = Some(value),
            t::INDEX_NAME => self.index_name = Some(value),
            t::INDEX_RANGE => self.index_range = Some(value),
            t::INDEX_CONTEXT => self.index_context = Some(value),
            t::INDEX_EXPRESSION => self.index_expression = Some(value),
            t::INDEX_TYPE => self.index_type = Some(u8::from_be_bytes(*sized("index type", value)?)),
            t::BIN_LIST => self.bin_list = Some(value),
            t::UDF_PACKAGE => (self.udf, self.udf_package) = (true, Some(value)),
            t::UDF_FUNCTION => self.udf_function = Some(value),
            t::UDF_ARGUMENTS => self.udf_arguments = Some(value),
            t::UDF_OPERATION => self.udf_operation = value.first().copied().filter(|_| value.len() == 1),
            t::TRANSACTION_ID => self.transaction = true,
            _ => {}
        }
        Ok(())
    }
}

/// The rows of a batch, if that is the field at `cursor`: servers take all that follows, whatever the field's size, which some
/// clients declare too large.
fn batch_rows<'a>(mut cursor: Cursor<'a>) -> Option<&'a [u8]> {
    cursor.u32("field size").ok()?;
    let kind = cursor.u8("field type").ok()?;
    matches!(kind, field_type::BATCH_INDEX | field_type::BATCH_INDEX_WITH_SET).then(|| cursor.rest())
}

fn sized<'a, const N: usize>(what: &'static str, value: &'a [u8]) -> Result<&'a [u8; N], WireError> {
    value.try_into().map_err(|_| WireError::FieldSize { what, size: value.len(), expected: N })
}

/// Ops that were not read yet. Each is checked when it is reached; after an error there are no more.
#[derive(Debug, Clone, Copy)]
pub struct Ops<'a> {
    cursor: Cursor<'a>,
    left: u16,
}

impl<'a> Ops<'a> {
    /// `count` ops that begin at `bytes`.
    pub const fn new(bytes: &'a [u8], count: u16) -> Self {
        Self { cursor: Cursor::new(bytes), left: count }
    }

    /// No ops.
    pub const EMPTY: Self = Self::new(&[], 0);

    /// The number of ops that are left.
    pub const fn count(&self) -> u16 {
        self.left
    }

    /// Steps over `count` ops at `cursor` and gives them to be read later. Their structure is sound then.
    pub fn skip(cursor: &mut Cursor<'a>, count: u16) -> Result<Self, WireError> {
        let ops = Self { cursor: *cursor, left: count };
        for _ in 0..count {
            read_op(cursor)?;
        }
        Ok(ops)
    }
}

impl<'a> Iterator for Ops<'a> {
    type Item = Result<Op<'a>, WireError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.left == 0 {
            return None;
        }
        self.left -= 1;
        let op = read_op(&mut self.cursor);
        if op.is_err() {
            self.left = 0;
        }
        Some(op)
    }
}

/// A request's message.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Header.
    pub header: MessageHeader,
    /// Fields.
    pub fields: Fields<'a>,
    /// Ops, structurally sound.
    pub ops: Ops<'a>,
}

impl<'a> Request<'a> {
    /// Reads the body of a message frame. The size that the header states does not count, and neither does what follows the
    /// fields of a batch, as for servers.
    pub fn parse(body: &'a [u8]) -> Result<Self, WireError> {
        let mut cursor = Cursor::new(body);
        let mut header = *cursor.array::<MESSAGE_HEADER_SIZE>("message header")?;
        header[0] = MESSAGE_HEADER_SIZE as u8;
        let header = MessageHeader::read(&mut Cursor::new(&header))?;
        let fields = Fields::read(&mut cursor, header.field_count)?;
        if header.info1 & info1::BATCH != 0 {
            return Ok(Self { header, fields, ops: Ops::EMPTY });
        }
        let ops = Ops::skip(&mut cursor, header.op_count)?;
        match cursor.rest().len() {
            0 => Ok(Self { header, fields, ops }),
            bytes => Err(WireError::Surplus { what: "last op", bytes }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{put_field, put_op, write_type};

    fn request() -> Vec<u8> {
        let header =
            MessageHeader { info1: 3, field_count: 3, op_count: 1, transaction: 1000, ..Default::default() };
        let mut body = header.encode().to_vec();
        put_field(&mut body, field_type::NAMESPACE, b"test");
        put_field(&mut body, 200, b"of a later protocol");
        put_field(&mut body, field_type::DIGEST, &[7; 20]);
        put_op(&mut body, &Op { operation: write_type::READ, particle: 0, name: b"a", value: &[] });
        body
    }

    #[test]
    fn fields_and_ops_are_found() {
        let body = request();
        let request = Request::parse(&body).unwrap();
        assert_eq!(request.fields.namespace, Some(&b"test"[..]));
        assert_eq!(request.fields.digest, Some(&[7; 20]));
        assert_eq!(request.fields.set, None);
        let ops: Vec<_> = request.ops.map(Result::unwrap).collect();
        assert_eq!(ops.len(), 1);
        assert_eq!(ops[0].name, b"a");
    }

    #[test]
    fn every_truncation_is_an_error() {
        let body = request();
        for end in 0..body.len() {
            assert!(Request::parse(&body[..end]).is_err(), "{end} bytes");
        }
    }

    #[test]
    fn a_digest_has_20_bytes() {
        let header = MessageHeader { field_count: 1, ..Default::default() };
        let mut body = header.encode().to_vec();
        put_field(&mut body, field_type::DIGEST, &[7; 19]);
        let error = Request::parse(&body).unwrap_err();
        assert_eq!(error, WireError::FieldSize { what: "digest", size: 19, expected: 20 });
    }
}
