use crate::batch_request::{RowGroup, check_frame, put_group};
use crate::message::{
    MessageHeader, Op, count_ops, field_type, info1, info2, info3, name_u8, size_u32, try_put_field,
    try_put_op,
};
use crate::{Digest, EncodeError, FrameType, finish_frame, start_frame};

/// Which elements of a bin a secondary index holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(u8)]
pub enum IndexType {
    /// The bin's value itself.
    #[default]
    Default = 0,
    /// The elements of a list.
    List = 1,
    /// The keys of a map.
    MapKeys = 2,
    /// The values of a map.
    MapValues = 3,
}

/// Values of a secondary index, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexRange<'a> {
    /// See [`crate::particle_type`]: integer, string, blob or GeoJSON.
    pub particle: u8,
    /// The smallest value: 8 bytes of an integer, text, bytes, or GeoJSON text.
    pub begin: &'a [u8],
    /// The largest value. Text, bytes and GeoJSON have no ranges: the same as `begin`.
    pub end: &'a [u8],
}

/// The secondary index that a query reads, and what it looks for there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexQuery<'a> {
    /// The bin that is indexed; empty with a name or an expression.
    pub bin: &'a str,
    /// The index's name.
    pub name: Option<&'a str>,
    /// See [`IndexType`].
    pub index_type: IndexType,
    /// The place inside the bin that is indexed, msgpack.
    pub context: Option<&'a [u8]>,
    /// The expression that is indexed, msgpack.
    pub expression: Option<&'a [u8]>,
    /// See [`IndexRange`].
    pub range: IndexRange<'a>,
}

/// Where a partition goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resume {
    /// The last record that was received of the partition. It does not come again.
    pub digest: Digest,
    /// That record's value in the index; only index queries have one.
    pub bval: Option<i64>,
}

/// What a stream returns of each record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamBins<'a> {
    /// All bins.
    All,
    /// None: keys, generation and ttl only.
    None,
    /// What these ops give: reads of bins, list and map reads, expressions.
    Ops(&'a [Op<'a>]),
}

/// A scan, or with an index a query, of partitions of one node.
#[derive(Debug, Clone, Copy)]
pub struct StreamRequest<'a> {
    /// Namespace and set; without a set the whole namespace.
    pub group: RowGroup<'a>,
    /// Identifies the stream on its node; an id that was used lately is refused.
    pub query_id: u64,
    /// How long the server waits for room in its socket, in ms; 0 for ever.
    pub socket_timeout_ms: u32,
    /// Records per second of the node; 0 without limit.
    pub records_per_second: u32,
    /// Records of the whole request; 0 without limit.
    pub max_records: u64,
    /// Partitions to be read from their beginning.
    pub partitions: &'a [u16],
    /// Partitions that go on; none of them may be in `partitions` too.
    pub resume: &'a [Resume],
    /// None for a scan.
    pub index: Option<&'a IndexQuery<'a>>,
    /// A filter expression's msgpack bytes.
    pub filter: Option<&'a [u8]>,
    /// See [`StreamBins`].
    pub bins: StreamBins<'a>,
    /// Records without any of the chosen bins come too, and every op has its answer.
    pub respond_all_ops: bool,
}

impl StreamRequest<'_> {
    /// Appends the request's frame.
    ///
    /// # Errors
    /// [`EncodeError`] for what a count or size cannot express, or for a request over [`crate::MAX_FRAME_BODY`]; then
    /// nothing is appended.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let frame_at = start_frame(out, FrameType::Message);
        let encoded = self.encode_body(out, frame_at);
        match encoded {
            Ok(()) => finish_frame(out, frame_at),
            Err(_) => out.truncate(frame_at),
        }
        encoded
    }

    fn encode_body(&self, out: &mut Vec<u8>, frame_at: usize) -> Result<(), EncodeError> {
        let header_at = out.len();
        out.extend_from_slice(&MessageHeader::default().encode());
        let mut fields = FieldSink { out, count: 0 };
        self.put_fields(&mut fields)?;
        let field_count = fields.count;
        let ops = match self.bins {
            StreamBins::Ops(ops) => ops,
            StreamBins::All | StreamBins::None => &[],
        };
        ops.iter().try_for_each(|op| try_put_op(out, op))?;
        let header = self.header(field_count, count_ops("operations", ops.len())?).encode();
        out[header_at..header_at + header.len()].copy_from_slice(&header);
        check_frame(out.len() - frame_at)
    }

    fn header(&self, field_count: u16, op_count: u16) -> MessageHeader {
        let no_bins = if self.bins == StreamBins::None { info1::NO_BIN_DATA } else { 0 };
        MessageHeader {
            info1: info1::READ | no_bins,
            info2: if self.respond_all_ops { info2::RESPOND_ALL_OPS } else { 0 },
            info3: info3::PARTITION_DONE,
            field_count,
            op_count,
            ..MessageHeader::default()
        }
    }

    fn put_fields(&self, fields: &mut FieldSink<'_>) -> Result<(), EncodeError> {
        put_group(fields.out, self.group)?;
        fields.count += 1 + u16::from(!self.group.set.is_empty());
        self.put_index(fields)?;
        self.put_partitions(fields)?;
        if self.max_records > 0 {
            fields.put(field_type::MAX_RECORDS, &self.max_records.to_be_bytes())?;
        }
        if let Some(filter) = self.filter {
            fields.put(field_type::FILTER, filter)?;
        }
        if self.records_per_second > 0 {
            fields.put(field_type::RECORDS_PER_SECOND, &self.records_per_second.to_be_bytes())?;
        }
        fields.put(field_type::SOCKET_TIMEOUT, &self.socket_timeout_ms.to_be_bytes())?;
        fields.put(field_type::TASK_ID, &self.query_id.to_be_bytes())?;
        Ok(())
    }

    fn put_partitions(&self, fields: &mut FieldSink<'_>) -> Result<(), EncodeError> {
        if !self.partitions.is_empty() {
            let ids = self.partitions.iter().flat_map(|id| id.to_le_bytes());
            fields.put_all(field_type::PARTITIONS, self.partitions.len() * 2, ids)?;
        }
        if self.resume.is_empty() {
            return Ok(());
        }
        let digests = self.resume.iter().flat_map(|place| place.digest);
        fields.put_all(field_type::DIGESTS, self.resume.len() * size_of::<Digest>(), digests)?;
        if self.index.is_some() {
            let bvals = self.resume.iter().flat_map(|place| place.bval.unwrap_or_default().to_le_bytes());
            fields.put_all(field_type::BVALS, self.resume.len() * 8, bvals)?;
        }
        Ok(())
    }

    fn put_index(&self, fields: &mut FieldSink<'_>) -> Result<(), EncodeError> {
        let Some(index) = self.index else { return Ok(()) };
        if index.index_type != IndexType::Default {
            fields.put(field_type::INDEX_TYPE, &[index.index_type as u8])?;
        }
        fields.put(field_type::INDEX_RANGE, &index.range_bytes()?)?;
        if let Some(context) = index.context {
            fields.put(field_type::INDEX_CONTEXT, context)?;
        }
        if let Some(name) = index.name {
            fields.put(field_type::INDEX_NAME, name.as_bytes())?;
        }
        if let Some(expression) = index.expression {
            fields.put(field_type::INDEX_EXPRESSION, expression)?;
        }
        Ok(())
    }
}

impl IndexQuery<'_> {
    /// One range: its number, bin, type, and both ends with their sizes.
    fn range_bytes(&self) -> Result<Vec<u8>, EncodeError> {
        let IndexRange { particle, begin, end } = self.range;
        let mut bytes = vec![1, name_u8("a bin name", self.bin.len())?];
        bytes.extend_from_slice(self.bin.as_bytes());
        bytes.push(particle);
        for value in [begin, end] {
            bytes.extend_from_slice(&size_u32("a value of a range", 0, value.len())?);
            bytes.extend_from_slice(value);
        }
        Ok(bytes)
    }
}

/// Takes the fields of a message and counts them.
struct FieldSink<'o> {
    out: &'o mut Vec<u8>,
    count: u16,
}

impl FieldSink<'_> {
    fn put(&mut self, kind: u8, value: &[u8]) -> Result<(), EncodeError> {
        self.count += 1;
        try_put_field(self.out, kind, &[value])
    }

    fn put_all(&mut self, kind: u8, size: usize, bytes: impl Iterator<Item = u8>) -> Result<(), EncodeError> {
        self.count += 1;
        self.out.extend_from_slice(&size_u32("a field", 1, size)?);
        self.out.push(kind);
        self.out.extend(bytes);
        Ok(())
    }
}
