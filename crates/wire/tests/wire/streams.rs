//! Scans and queries against recordings of a real server: requests byte by byte, replies message by message.

use std::collections::BTreeMap;

use aerostride_wire::{
    Cursor, Digest, FRAME_HEADER_SIZE, Field, FrameHeader, IndexQuery, IndexRange, IndexType, MAX_FRAME_BODY,
    MESSAGE_HEADER_SIZE, MessageHeader, Op, Resume, RowGroup, StreamBins, StreamMessage, StreamRequest,
    StreamWalker, WireError, field_type, particle_type, partition_of, read_op, write_type,
};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::recorded::{capture, unhex};

/// The message frames of a case, as exchanges of a request and the frames that answer it.
fn exchanges() -> Vec<(String, Vec<u8>, Vec<Vec<u8>>)> {
    let cases = capture("scan-query.json");
    let mut exchanges: Vec<(String, Vec<u8>, Vec<Vec<u8>>)> = Vec::new();
    for (name, connections) in cases.as_object().unwrap() {
        for connection in connections.as_array().unwrap() {
            for frame in connection.as_array().unwrap().iter().filter(|frame| frame["type"] == 3) {
                let bytes = unhex(frame["hex"].as_str().unwrap());
                match frame["dir"] == "request" {
                    true => exchanges.push((name.clone(), bytes, Vec::new())),
                    false => exchanges.last_mut().unwrap().2.push(bytes),
                }
            }
        }
    }
    assert!(exchanges.len() > 120, "the recording holds more than {}", exchanges.len());
    exchanges
}

fn exchange(case: &str) -> (Vec<u8>, Vec<Vec<u8>>) {
    let found = exchanges().into_iter().find(|(name, ..)| name == case);
    let (_, request, reply) = found.unwrap_or_else(|| panic!("no recorded {case}"));
    (request, reply)
}

/// A request's header, fields and ops, whatever the order of the fields: clients differ in that.
#[derive(Debug, PartialEq)]
struct Parts {
    infos: [u8; 3],
    fields: BTreeMap<u8, Vec<u8>>,
    ops: Vec<(u8, u8, Vec<u8>, Vec<u8>)>,
}

fn parts(frame: &[u8]) -> Parts {
    let mut cursor = Cursor::new(&frame[FRAME_HEADER_SIZE..]);
    let header = MessageHeader::read(&mut cursor).unwrap();
    let mut fields = BTreeMap::new();
    for _ in 0..header.field_count {
        let Field { kind, value } = Field::read(&mut cursor).unwrap();
        assert_eq!(fields.insert(kind, value.to_vec()), None, "field {kind} twice");
    }
    let ops = (0..header.op_count).map(|_| {
        let op = read_op(&mut cursor).unwrap();
        (op.operation, op.particle, op.name.to_vec(), op.value.to_vec())
    });
    let ops = ops.collect();
    assert!(cursor.is_empty());
    Parts { infos: [header.info1, header.info2, header.info3], fields, ops }
}

const GROUP: RowGroup<'_> = RowGroup { namespace: "test", set: "scanq" };

/// What the recorded clients send when they are asked for nothing special.
fn plain<'a>(partitions: &'a [u16], bins: StreamBins<'a>) -> StreamRequest<'a> {
    StreamRequest {
        group: GROUP,
        query_id: 0,
        socket_timeout_ms: 30_000,
        records_per_second: 0,
        max_records: 0,
        partitions,
        resume: &[],
        index: None,
        filter: None,
        bins,
        respond_all_ops: false,
    }
}

fn read(name: &str) -> Op<'_> {
    Op { operation: write_type::READ, particle: 0, name: name.as_bytes(), value: &[] }
}

/// Encodes with the recorded request's id and gives both.
fn both(case: &str, request: StreamRequest<'_>) -> (Vec<u8>, Vec<u8>) {
    let recorded = exchange(case).0;
    let id = parts(&recorded).fields[&field_type::TASK_ID].clone();
    let mut ours = Vec::new();
    StreamRequest { query_id: u64::from_be_bytes(id.try_into().unwrap()), ..request }
        .encode(&mut ours)
        .unwrap();
    (ours, recorded)
}

#[test]
fn scans_are_the_bytes_that_another_client_sends() {
    let first: Vec<u16> = (0..64).collect();
    let all: Vec<u16> = (0..4096).collect();
    let (i, is, s) = ([read("i")], [read("i"), read("s")], [read("s")]);
    let (i, is, s) = (StreamBins::Ops(&i), StreamBins::Ops(&is), StreamBins::Ops(&s));
    let filter = unhex("9303935102a16932");
    let after: Digest = unhex("0be0eef060e9b70e1aabc961274d9c03cfa6f8d6").try_into().unwrap();
    let resume = [Resume { digest: after, bval: None }];
    let table = [
        ("scan_all", plain(&first, StreamBins::All)),
        ("scan_bins", plain(&first, is)),
        ("scan_nobins", plain(&first, StreamBins::None)),
        ("scan_4096", plain(&all, s)),
        ("scan_filter", StreamRequest { filter: Some(&filter), ..plain(&first, i) }),
        ("scan_max_records_pages", StreamRequest { max_records: 5, ..plain(&first, i) }),
        ("scan_records_per_second", StreamRequest { records_per_second: 1000, ..plain(&first, i) }),
        ("scan_after_digest", StreamRequest { resume: &resume, ..plain(&[], i) }),
    ];
    for (case, request) in table {
        let (ours, recorded) = both(case, request);
        assert_eq!(ours, recorded, "{case}");
    }
}

/// A query on a bin, without anything special.
fn on<'a>(bin: &'a str, range: IndexRange<'a>) -> IndexQuery<'a> {
    IndexQuery { bin, name: None, index_type: IndexType::Default, context: None, expression: None, range }
}

fn same(particle: u8, value: &[u8]) -> IndexRange<'_> {
    IndexRange { particle, begin: value, end: value }
}

fn ints<'a>(begin: &'a [u8; 8], end: &'a [u8; 8]) -> IndexRange<'a> {
    IndexRange { particle: particle_type::INT, begin, end }
}

#[test]
fn queries_hold_what_another_client_sends() {
    let first: Vec<u16> = (0..64).collect();
    let (i, is, l, m) = ([read("i")], [read("i"), read("s")], [read("l")], [read("m")]);
    let (i, is, l, m) = (StreamBins::Ops(&i), StreamBins::Ops(&is), StreamBins::Ops(&l), StreamBins::Ops(&m));
    let int = |value: i64| value.to_be_bytes();
    let (two, three, four, five, ten, thirty, sixty) =
        (int(2), int(3), int(4), int(5), int(10), int(30), int(60));
    let (at1010, at1030) = (int(1010), int(1030));
    let (context, expression) = (unhex("9222a20361"), unhex("9314935102a169cd03e8"));
    let square = br#"{"type":"Polygon","coordinates":[[[-1,-1],[3.5,-1],[3.5,3.5],[-1,3.5],[-1,-1]]]}"#;
    let elements = |index_type, query| IndexQuery { index_type, ..query };
    let table = [
        ("query_int_range", StreamBins::All, on("i", ints(&ten, &sixty))),
        ("query_int_nobins", StreamBins::None, on("i", ints(&ten, &sixty))),
        ("query_string_equal", is, on("s", same(particle_type::STRING, b"red"))),
        ("node_query_blob", StreamBins::All, on("b", same(particle_type::BLOB, &[3, 255]))),
        ("node_query_geo_region", StreamBins::All, on("g", same(particle_type::GEOJSON, square))),
        ("query_list_int_contains", l, elements(IndexType::List, on("l", ints(&five, &five)))),
        (
            "query_mapkeys_string",
            m,
            elements(IndexType::MapKeys, on("m", same(particle_type::STRING, b"k3"))),
        ),
        ("query_mapvalues_int", m, elements(IndexType::MapValues, on("m", ints(&three, &three)))),
        ("query_context_map_key", m, IndexQuery { context: Some(&context), ..on("m", ints(&two, &four)) }),
        (
            "query_expression_index",
            i,
            IndexQuery { expression: Some(&expression), ..on("", ints(&at1010, &at1030)) },
        ),
        ("query_by_index_name", i, IndexQuery { name: Some("sq_i"), ..on("", ints(&ten, &thirty)) }),
    ];
    for (case, bins, index) in table {
        let (ours, recorded) = both(case, StreamRequest { index: Some(&index), ..plain(&first, bins) });
        assert_eq!(parts(&ours), parts(&recorded), "{case}");
    }
}

#[test]
fn a_query_with_read_operations_asks_for_all_their_answers() {
    let first: Vec<u16> = (0..64).collect();
    let (length, plus_one) = (unhex("9110"), unhex("929314935102a1690100"));
    let list = Op { operation: write_type::CDT_READ, particle: 4, name: b"l", value: &length };
    let computed = Op { operation: write_type::EXPRESSION_READ, particle: 4, name: b"x", value: &plus_one };
    let (ten, sixty) = (10_i64.to_be_bytes(), 60_i64.to_be_bytes());
    let index = on("i", ints(&ten, &sixty));
    let ops = [list, read("i"), computed];
    let request =
        StreamRequest { index: Some(&index), respond_all_ops: true, ..plain(&first, StreamBins::Ops(&ops)) };
    let (ours, recorded) = both("node_query_with_ops", request);
    assert_eq!(parts(&ours), parts(&recorded));
}

#[test]
fn a_further_page_goes_on_behind_digests_and_values() {
    let pages: Vec<_> = exchanges().into_iter().filter(|(name, ..)| name == "node_query_paginate").collect();
    let mut theirs = parts(&pages[1].1);
    let digests = theirs.fields[&field_type::DIGESTS].clone();
    let mut resume = Vec::new();
    for digest in digests.chunks(20) {
        let record = records(&pages[0].2).into_iter().find(|record| record.digest[..] == *digest).unwrap();
        resume.push(Resume { digest: record.digest, bval: record.bval });
    }
    let seen = |id: u16| resume.iter().any(|place| partition_of(&place.digest) == usize::from(id));
    let partitions: Vec<u16> = (0..64).filter(|&id| !seen(id)).collect();
    let (zero, ninety) = (0_i64.to_be_bytes(), 90_i64.to_be_bytes());
    let index = on("i", ints(&zero, &ninety));
    let mut ours = Vec::new();
    StreamRequest { index: Some(&index), resume: &resume, ..plain(&partitions, StreamBins::All) }
        .encode(&mut ours)
        .unwrap();
    let mut ours = parts(&ours);
    ours.fields.remove(&field_type::TASK_ID);
    theirs.fields.remove(&field_type::TASK_ID);
    assert_eq!(ours, theirs);
    // The official client reads such a page as this: the values have their digests' order.
    assert_eq!(ours.fields[&field_type::BVALS].len() / 8, digests.len() / 20);
}

/// A record as the reply has it, owned.
#[derive(Debug, Clone, PartialEq)]
struct Seen {
    digest: Digest,
    key: Option<(u8, Vec<u8>)>,
    bval: Option<i64>,
    set: Option<Vec<u8>>,
    bins: Vec<(String, u8, Vec<u8>)>,
}

/// Everything but records, in order.
#[derive(Debug, Clone, PartialEq, Default)]
struct Walked {
    records: Vec<Seen>,
    refused_partitions: Vec<(u16, u8)>,
    last: Option<u8>,
    refused: Option<u8>,
}

fn walk(body: &[u8], walked: &mut Walked) -> Result<(), WireError> {
    let mut walker = StreamWalker::new(body);
    while let Some(message) = walker.next_message()? {
        match message {
            StreamMessage::Record(record) => {
                let mut bins = Vec::new();
                while let Some(op) = walker.bins().next_bin()? {
                    bins.push((
                        String::from_utf8_lossy(op.name).into_owned(),
                        op.particle,
                        op.value.to_vec(),
                    ));
                }
                assert_eq!(bins.len(), usize::from(record.header.op_count));
                walked.records.push(Seen {
                    digest: *record.digest,
                    key: record.user_key.map(|(kind, key)| (kind, key.to_vec())),
                    bval: record.bval,
                    set: record.set.map(<[u8]>::to_vec),
                    bins,
                });
            }
            StreamMessage::Partition { id, code } => walked.refused_partitions.push((id, code)),
            StreamMessage::Last { code } => walked.last = Some(code),
            StreamMessage::Refused { code } => walked.refused = Some(code),
        }
    }
    Ok(())
}

fn walk_frames(frames: &[Vec<u8>]) -> Walked {
    let mut walked = Walked::default();
    for frame in frames {
        let header = FrameHeader::parse(frame.first_chunk().unwrap(), MAX_FRAME_BODY).unwrap();
        assert_eq!(header.size, frame.len() - FRAME_HEADER_SIZE);
        walk(&frame[FRAME_HEADER_SIZE..], &mut walked).unwrap();
    }
    walked
}

fn records(frames: &[Vec<u8>]) -> Vec<Seen> {
    walk_frames(frames).records
}

#[test]
fn every_recorded_reply_is_walked_to_its_one_end() {
    for (name, _, reply) in exchanges() {
        if reply.is_empty() {
            assert!(matches!(&*name, "raw_aborted"), "{name} has no reply");
            continue;
        }
        let walked = walk_frames(&reply);
        let ends = usize::from(walked.last.is_some()) + usize::from(walked.refused.is_some());
        assert_eq!(ends, 1, "{name}: {walked:?}");
        if let Some(code) = walked.refused {
            assert!(
                matches!(code, 4 | 16 | 20 | 22 | 201 | 203) && walked.records.is_empty(),
                "{name}: {code}"
            );
            assert_eq!(reply.len(), 1, "{name}: nothing follows a refusal");
        }
        let (_, request, _) = exchanges().into_iter().find(|(other, ..)| *other == name).unwrap();
        let indexed = parts(&request).fields.contains_key(&field_type::INDEX_RANGE);
        for record in &walked.records {
            assert_eq!(record.bval.is_some(), indexed, "{name}: only index queries have values");
        }
    }
}

#[test]
fn ends_are_those_of_the_recording() {
    let table = [
        ("scan_all", 12, Some(0), None),
        ("query_int_range", 6, Some(0), None),
        ("query_int_range_none", 0, Some(0), None),
        ("query_missing_index", 0, None, Some(201)),
        ("raw_index_not_ready", 0, None, Some(203)),
        ("raw_query_threads_limit", 0, None, Some(22)),
        ("raw_no_pids", 0, None, Some(16)),
        ("raw_unknown_namespace", 0, None, Some(20)),
        ("raw_digest_and_its_partition", 0, None, Some(4)),
        ("raw_aborted", 59, Some(15), None),
        ("raw_short_timeout_1ms", 3, Some(0), None),
    ];
    for (case, count, last, refused) in table {
        let walked = walk_frames(&exchange_frames(case));
        let got = (walked.records.len(), walked.last, walked.refused);
        assert_eq!(got, (count, last, refused), "{case}");
    }
    let walked = walk_frames(&exchange("raw_partition_not_owned").1);
    assert_eq!(walked.refused_partitions, [(3, 11), (4, 11), (7, 11), (1, 11)]);
    assert_eq!(walked.last, Some(0));
}

/// The reply frames of a case, whatever stands between request and reply.
fn exchange_frames(case: &str) -> Vec<Vec<u8>> {
    let frames: Vec<_> = exchanges().into_iter().filter(|(name, ..)| name == case).collect();
    frames.into_iter().map(|(_, _, reply)| reply).find(|reply| !reply.is_empty()).unwrap()
}

#[test]
fn keys_sets_and_values_are_those_that_were_stored() {
    let mut seen = records(&exchange("scan_all").1);
    seen.sort_by_key(|record| record.bins.len());
    let keys: Vec<_> = seen.iter().filter_map(|record| record.key.clone()).collect();
    for expected in [(3, b"k51".to_vec()), (3, b"k477".to_vec()), (4, vec![1, 0, 0xc4])] {
        assert!(keys.contains(&expected), "{expected:?}");
    }
    for number in [2_i64, 175, -112] {
        assert!(keys.contains(&(1, number.to_be_bytes().to_vec())), "{number}");
    }
    assert_eq!(keys.len(), 9, "three records have no stored key");
    assert!(seen.iter().all(|record| record.set.as_deref() == Some(b"scanq")));
    let lone = records(&exchange("raw_no_set_field").1);
    assert!(lone.iter().any(|record| record.set.is_none()), "a record without a set has no set field");

    let ranged = records(&exchange("query_int_range").1);
    for record in &ranged {
        let i = record.bins.iter().find(|(name, ..)| name == "i").unwrap();
        assert_eq!(
            record.bval.unwrap().to_be_bytes().to_vec(),
            i.2,
            "the index value of an integer is itself"
        );
    }
}

#[test]
fn within_a_partition_digests_fall() {
    for case in ["scan_all", "scan_bins", "scan_4096"] {
        let mut previous: BTreeMap<usize, Digest> = BTreeMap::new();
        for record in records(&exchange(case).1) {
            if let Some(before) = previous.insert(partition_of(&record.digest), record.digest) {
                assert!(before > record.digest, "{case}");
            }
        }
    }
}

#[test]
fn a_body_cut_at_any_byte_gives_only_whole_messages() {
    for (name, _, reply) in exchanges() {
        for frame in reply.iter().filter(|frame| frame.len() < 2000) {
            let body = &frame[FRAME_HEADER_SIZE..];
            let mut whole = Walked::default();
            walk(body, &mut whole).unwrap();
            let mut between = 0;
            for cut in 1..body.len() {
                let mut walked = Walked::default();
                let sound = walk(&body[..cut], &mut walked);
                assert_eq!(walked.records, whole.records[..walked.records.len()], "{name} at {cut}");
                match sound {
                    Ok(()) => between += 1,
                    Err(error) => {
                        assert!(matches!(error, WireError::Truncated { .. }), "{name} at {cut}: {error}")
                    }
                }
            }
            let messages = whole.records.len()
                + whole.refused_partitions.len()
                + usize::from(whole.last.is_some() || whole.refused.is_some());
            assert_eq!(between + 1, messages, "{name}: only cuts between messages are sound");
        }
    }
}

#[test]
fn nothing_may_follow_the_end_of_a_stream() {
    for case in ["query_missing_index", "scan_all"] {
        let end = exchange(case).1.pop().unwrap();
        let body = &end[FRAME_HEADER_SIZE..];
        let doubled = [body, body].concat();
        let error = walk(&doubled, &mut Walked::default()).unwrap_err();
        assert_eq!(error, WireError::AfterTrailer(MESSAGE_HEADER_SIZE), "{case}");
    }
}

#[test]
fn records_need_a_digest_and_partitions_exist() {
    let record = MessageHeader::default().encode();
    assert_eq!(walk(&record, &mut Walked::default()), Err(WireError::NoDigest));
    let partition = MessageHeader { info3: 4, result_code: 11, generation: 4096, ..Default::default() };
    assert_eq!(walk(&partition.encode(), &mut Walked::default()), Err(WireError::Partition(4096)));
}

proptest! {
    #![proptest_config(crate::cases(2000))]

    #[test]
    fn damaged_frames_never_panic(
        case in any::<Index>(),
        damage in proptest::collection::vec((any::<Index>(), any::<u8>()), 1..6),
    ) {
        let replies = frames();
        let mut body = replies[case.index(replies.len())].clone();
        for (at, byte) in damage {
            let at = at.index(body.len());
            body[at] = byte;
        }
        let mut walker = StreamWalker::new(&body);
        while let Ok(Some(_)) = walker.next_message() {}
    }
}

fn frames() -> &'static [Vec<u8>] {
    static FRAMES: std::sync::OnceLock<Vec<Vec<u8>>> = std::sync::OnceLock::new();
    FRAMES.get_or_init(|| {
        let frames = exchanges().into_iter().flat_map(|(_, _, reply)| reply);
        frames.map(|frame| frame[FRAME_HEADER_SIZE..].to_vec()).collect()
    })
}
