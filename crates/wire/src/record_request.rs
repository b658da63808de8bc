use crate::batch_request::{check_frame, put_group};
use crate::message::{count_ops, field_type, try_put_field, try_put_op};
use crate::{
    BinSelection, Digest, EncodeError, FrameType, MessageHeader, Op, ReadAttributes, RowGroup, finish_frame,
    info1, start_frame, write_type,
};

/// A read of one record by itself.
#[derive(Debug, Clone, Copy)]
pub struct RecordRequest<'a> {
    /// Namespace and set.
    pub group: RowGroup<'a>,
    /// The record's digest.
    pub digest: &'a Digest,
    /// Which bins; `None` asks only whether there is a record.
    pub bins: Option<BinSelection<'a>>,
    /// The server's own deadline in ms; 0 lets it give up after 1 s.
    pub timeout_ms: u32,
    /// A filter expression's msgpack bytes.
    pub filter: Option<&'a [u8]>,
    /// See [`ReadAttributes`].
    pub attributes: ReadAttributes,
}

impl RecordRequest<'_> {
    /// Appends the request to a buffer.
    ///
    /// # Errors
    /// [`EncodeError`] for what a count or size cannot express; then the buffer is as before.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let at = start_frame(out, FrameType::Message);
        let put = self.put(out).and_then(|()| check_frame(out.len() - at));
        match put {
            Ok(()) => finish_frame(out, at),
            Err(_) => out.truncate(at),
        }
        put
    }

    fn put(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let (select, ops) = match self.bins {
            None => (info1::NO_BIN_DATA, 0),
            Some(BinSelection::All) => (info1::GET_ALL, 0),
            Some(BinSelection::HeaderOnly) => (info1::NO_BIN_DATA, 1),
            Some(BinSelection::Named(names)) => (0, names.len()),
            Some(BinSelection::Reads(reads)) => (0, reads.len()),
        };
        let header = MessageHeader {
            info1: info1::READ | select | self.attributes.info1,
            info3: self.attributes.info3,
            ttl: self.attributes.touch_ttl,
            transaction: self.timeout_ms,
            field_count: 2 + u16::from(!self.group.set.is_empty()) + u16::from(self.filter.is_some()),
            op_count: count_ops("bins", ops)?,
            ..MessageHeader::default()
        };
        out.extend_from_slice(&header.encode());
        put_group(out, self.group)?;
        try_put_field(out, field_type::DIGEST, &[self.digest])?;
        if let Some(filter) = self.filter {
            try_put_field(out, field_type::FILTER, &[filter])?;
        }
        match self.bins {
            None | Some(BinSelection::All) => Ok(()),
            // A read of no bin: the answer is the header.
            Some(BinSelection::HeaderOnly) => put_read(out, ""),
            Some(BinSelection::Named(names)) => names.iter().try_for_each(|name| put_read(out, name)),
            Some(BinSelection::Reads(reads)) => reads.iter().try_for_each(|read| try_put_op(out, &read.op())),
        }
    }
}

fn put_read(out: &mut Vec<u8>, name: &str) -> Result<(), EncodeError> {
    try_put_op(out, &Op { operation: write_type::READ, particle: 0, name: name.as_bytes(), value: &[] })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FRAME_HEADER_SIZE, Request};

    fn request<'a>(bins: Option<BinSelection<'a>>, set: &'a str) -> RecordRequest<'a> {
        let attributes = ReadAttributes::default();
        let group = RowGroup { namespace: "test", set };
        RecordRequest { group, digest: &[7; 20], bins, timeout_ms: 1000, filter: Some(b"f"), attributes }
    }

    #[test]
    fn a_server_reads_what_was_asked() {
        for (bins, ops, bits) in [
            (None, vec![], info1::READ | info1::NO_BIN_DATA),
            (Some(BinSelection::All), vec![], info1::READ | info1::GET_ALL),
            (Some(BinSelection::HeaderOnly), vec![""], info1::READ | info1::NO_BIN_DATA),
            (Some(BinSelection::Named(&["a", "b"])), vec!["a", "b"], info1::READ),
        ] {
            for set in ["s", ""] {
                let mut out = Vec::new();
                request(bins, set).encode(&mut out).unwrap();
                let sent = Request::parse(&out[FRAME_HEADER_SIZE..]).unwrap();
                let names: Vec<_> = sent.ops.map(|op| op.unwrap().name).collect();
                assert_eq!(names, ops.iter().map(|name| name.as_bytes()).collect::<Vec<_>>());
                assert_eq!((sent.header.info1, sent.header.transaction), (bits, 1000));
                assert_eq!(sent.fields.set.is_some(), !set.is_empty());
                assert_eq!((sent.fields.digest, sent.fields.filter), (Some(&[7; 20]), Some(&b"f"[..])));
            }
        }
    }

    #[test]
    fn what_cannot_be_expressed_leaves_nothing() {
        let names = vec!["a"; 70_000];
        let mut out = b"before".to_vec();
        assert!(request(Some(BinSelection::Named(&names)), "s").encode(&mut out).is_err());
        assert_eq!(out, b"before");
    }
}
