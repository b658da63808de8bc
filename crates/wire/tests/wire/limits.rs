//! Counts and sizes that a request cannot express: they are refused, and nothing of the request is left.

use aerostride_wire::{
    BatchEncoder, BatchFlags, BatchHeader, BatchRows, BatchWriteEncoder, BinSelection, EncodeError,
    IndexQuery, IndexRange, IndexType, KeyType, MAX_FRAME_BODY, Op, ReadAttributes, Request, RowGroup,
    StreamBins, StreamRequest, WriteAttributes, particle_type, try_put_field, try_put_op, write_type,
};

const GROUP: RowGroup<'_> = RowGroup { namespace: "test", set: "s" };
const BEFORE: &[u8] = b"what was there before";

fn op(name: &[u8]) -> Op<'_> {
    Op { operation: write_type::WRITE, particle: particle_type::INT, name, value: &[0; 8] }
}

fn written(bins: usize, name: &[u8], filter: Option<&[u8]>) -> (Result<(), EncodeError>, Vec<u8>) {
    let mut out = BEFORE.to_vec();
    let mut encoder = BatchWriteEncoder::new(&mut out, 0, filter, WriteAttributes::default());
    encoder.row(0, &[1; 20], GROUP, Some((KeyType::String, b"k")), |sink| sink.put(&op(b"first")));
    encoder.row(1, &[2; 20], GROUP, None, |sink| (0..bins).for_each(|_| sink.put(&op(name))));
    encoder.row(2, &[3; 20], GROUP, None, |sink| sink.put(&op(b"last")));
    (encoder.finish(), out)
}

fn asked(names: &[&str], filter: Option<&[u8]>) -> (Result<(), EncodeError>, Vec<u8>) {
    let mut out = BEFORE.to_vec();
    let header = BatchHeader {
        timeout_ms: 0,
        flags: BatchFlags::default(),
        filter,
        bins: BinSelection::Named(names),
        attributes: ReadAttributes::default(),
    };
    let mut encoder = BatchEncoder::new(&mut out, header);
    encoder.row(0, &[1; 20], GROUP);
    (encoder.finish(), out)
}

/// The number of ops of each row of a request.
fn op_counts(out: &[u8]) -> Vec<u16> {
    let request = Request::parse(&out[BEFORE.len() + 8..]).unwrap();
    let mut rows = BatchRows::new(request.fields.batch.unwrap()).unwrap();
    let mut counts = Vec::new();
    while let Some(row) = rows.next_row().unwrap() {
        counts.push(u16::try_from(row.template.unwrap().ops.count()).unwrap());
    }
    counts
}

#[test]
fn a_row_has_as_many_bins_as_a_server_takes() {
    let (ended, out) = written(32_768, b"n", None);
    assert_eq!((ended, op_counts(&out)), (Ok(()), vec![1, 32_768, 1]));
    for bins in [32_769, 32_779, 131_072] {
        let (ended, out) = written(bins, b"n", None);
        assert_eq!(ended, Err(EncodeError::TooMany { what: "bins", count: bins, most: 32_768 }));
        assert_eq!(out, BEFORE);
    }
}

#[test]
fn a_read_names_as_many_bins_as_a_server_takes() {
    let (ended, out) = asked(&vec!["n"; 32_768], None);
    assert_eq!((ended, op_counts(&out)), (Ok(()), vec![32_768]));
    for bins in [32_769, 32_770, 131_072] {
        let (ended, out) = asked(&vec!["n"; bins], None);
        assert_eq!(ended, Err(EncodeError::TooMany { what: "bins", count: bins, most: 32_768 }));
        assert_eq!(out, BEFORE);
    }
}

#[test]
fn a_name_is_as_long_as_its_size_can_say() {
    let longest = "n".repeat(255);
    assert_eq!(written(1, longest.as_bytes(), None).0, Ok(()));
    assert_eq!(asked(&[&longest], None).0, Ok(()));
    let refused = Err(EncodeError::TooLong { what: "a bin name", size: 256, most: 255 });
    let long = "n".repeat(256);
    for (ended, out) in [written(2, long.as_bytes(), None), asked(&["n", &long], None)] {
        assert_eq!((ended, out.as_slice()), (refused.clone(), BEFORE));
    }
    let mut out = BEFORE.to_vec();
    assert_eq!(try_put_op(&mut out, &op(long.as_bytes())), refused);
    assert_eq!(out, BEFORE);
}

#[test]
fn a_request_is_no_larger_than_servers_take() {
    let filter = vec![0; MAX_FRAME_BODY];
    for (ended, out) in [written(1, b"n", Some(&filter)), asked(&["n"], Some(&filter))] {
        let Err(EncodeError::TooLong { what: "a request", size, most: MAX_FRAME_BODY }) = ended else {
            panic!("{ended:?}");
        };
        assert!(size > MAX_FRAME_BODY);
        assert_eq!(out, BEFORE);
    }
}

/// Sizes have 32 bits. The pieces are the same bytes again and again, so that nobody needs the memory.
#[cfg(target_pointer_width = "64")]
#[test]
fn a_field_is_as_long_as_its_size_can_say() {
    let piece = vec![0; 1 << 20];
    let pieces = vec![piece.as_slice(); 1 << 12];
    let mut out = BEFORE.to_vec();
    let refused = EncodeError::TooLong { what: "a field", size: 1 << 32, most: u32::MAX as usize - 1 };
    assert_eq!(try_put_field(&mut out, 1, &pieces), Err(refused));
    assert_eq!(out, BEFORE);
}

#[test]
fn a_stream_is_refused_as_a_batch_is() {
    let request = StreamRequest {
        group: GROUP,
        query_id: 1,
        socket_timeout_ms: 0,
        records_per_second: 0,
        max_records: 0,
        partitions: &[1],
        resume: &[],
        index: None,
        filter: None,
        bins: StreamBins::All,
        respond_all_ops: false,
    };
    let encoded = |request: StreamRequest<'_>| {
        let mut out = BEFORE.to_vec();
        let ended = request.encode(&mut out);
        assert_eq!(ended.is_err(), out == BEFORE);
        ended
    };
    assert_eq!(encoded(request), Ok(()));
    let ops = vec![op(b"n"); 32_769];
    let refused = EncodeError::TooMany { what: "operations", count: 32_769, most: 32_768 };
    assert_eq!(encoded(StreamRequest { bins: StreamBins::Ops(&ops), ..request }), Err(refused));
    assert_eq!(encoded(StreamRequest { bins: StreamBins::Ops(&ops[1..]), ..request }), Ok(()));
    let bin = "n".repeat(256);
    let range = IndexRange { particle: particle_type::INT, begin: &[0; 8], end: &[0; 8] };
    let index = IndexQuery {
        bin: &bin,
        name: None,
        index_type: IndexType::Default,
        context: None,
        expression: None,
        range,
    };
    let refused = EncodeError::TooLong { what: "a bin name", size: 256, most: 255 };
    assert_eq!(encoded(StreamRequest { index: Some(&index), ..request }), Err(refused));
    let filter = vec![0; MAX_FRAME_BODY];
    assert!(encoded(StreamRequest { filter: Some(&filter), ..request }).is_err());
}
