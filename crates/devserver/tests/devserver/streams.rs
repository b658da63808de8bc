//! Scans and queries as a real server answered them: every recorded request has its recorded reply. Frames of a real server
//! come from several threads, so records are compared by partition; what else cannot be equal is masked, and `MASKED` lists
//! all of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::{Raw, bytes, capture};
use aerostride_devserver::{Config, DevServer, Pace};
use aerostride_wire::{
    Cursor, FRAME_HEADER_SIZE, Field, FrameType, MessageHeader, Op, field_type, finish_frame, info2, info3,
    put_field, put_op, read_op, start_frame,
};
use serde_json::Value;

/// Recordings that need a server of their own, and the tests that look at what they show.
const ELSEWHERE: [(&str, &str); 5] = [
    ("raw_aborted", "an_aborted_scan_ends_with_code_15"),
    ("raw_index_not_ready", "an_index_is_ready_when_the_clock_says_so"),
    ("raw_partition_not_owned", "partitions_of_other_nodes_are_refused_one_by_one"),
    ("raw_query_threads_limit", "a_query_without_threads_is_refused"),
    ("raw_short_timeout_1ms", "a_short_query_ends_in_time"),
];

/// What the comparison leaves out.
const MASKED: [&str; 5] = [
    "bvals of regions: the cells of a region are chosen in another way",
    "expiry times: recorded and replayed ones only have to be set both",
    "max records: which records they are depends on the threads, but they are those of the whole reply",
    "sindex-stat: load_time",
    "state of an index: ready here, still being built as it was recorded",
];

fn load() -> BTreeMap<String, Value> {
    serde_json::from_value(capture("scan-query.json")).unwrap()
}

/// A message of a reply, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Message {
    header: Vec<u8>,
    fields: Vec<(u8, Vec<u8>)>,
    ops: Vec<(u8, u8, Vec<u8>, Vec<u8>)>,
}

impl Message {
    fn field(&self, kind: u8) -> Option<&[u8]> {
        self.fields.iter().find(|field| field.0 == kind).map(|field| field.1.as_slice())
    }

    fn partition(&self) -> Option<u16> {
        let digest = self.field(field_type::DIGEST)?;
        Some(u16::from_le_bytes([digest[0], digest[1]]) & 4095)
    }

    fn is_last(&self) -> bool {
        self.header[3] & info3::LAST != 0
    }

    fn code(&self) -> u8 {
        self.header[5]
    }
}

fn messages(frame: &[u8]) -> Vec<Message> {
    let mut cursor = Cursor::new(&frame[FRAME_HEADER_SIZE..]);
    let mut messages = Vec::new();
    while !cursor.is_empty() {
        let header = MessageHeader::read(&mut cursor).unwrap();
        let field = |field: Field<'_>| (field.kind, field.value.to_vec());
        let fields = (0..header.field_count).map(|_| field(Field::read(&mut cursor).unwrap())).collect();
        let op = |op: Op<'_>| (op.operation, op.particle, op.name.to_vec(), op.value.to_vec());
        let ops = (0..header.op_count).map(|_| op(read_op(&mut cursor).unwrap())).collect();
        messages.push(Message { header: header.encode().to_vec(), fields, ops });
    }
    messages
}

/// What a reply says, whatever threads it came from.
#[derive(Debug, PartialEq, Eq)]
struct Reply {
    /// The records by partition, in the order in which they came.
    records: BTreeMap<u16, Vec<Message>>,
    others: Vec<Message>,
    /// How it ends: with a frame of one message, or with the frame of its records.
    frame_of_its_own: bool,
}

impl Reply {
    fn of(frames: &[Vec<u8>], masked: &mut BTreeSet<&'static str>) -> Self {
        let mut records: BTreeMap<u16, Vec<Message>> = BTreeMap::new();
        let mut others = Vec::new();
        for mut message in frames.iter().flat_map(|frame| messages(frame)) {
            mask(&mut message, masked);
            match message.partition() {
                Some(partition) => records.entry(partition).or_default().push(message),
                None => others.push(message),
            }
        }
        others.sort();
        let last = messages(frames.last().unwrap());
        Self { records, others, frame_of_its_own: last.len() == 1 }
    }
}

impl Reply {
    /// Whether it has at most so many of the other's records, and ends like it.
    fn is_part_of(&self, whole: &Self, max: u64) -> bool {
        let all = |reply: &Self| reply.records.values().flatten().cloned().collect::<BTreeSet<_>>();
        let (some, all) = (all(self), all(whole));
        some.len() as u64 <= max && some.is_subset(&all) && self.others == whole.others
    }
}

fn max_records(request: &[u8]) -> Option<u64> {
    let field = messages(request)[0].field(field_type::MAX_RECORDS)?.to_vec();
    Some(u64::from_be_bytes(field.try_into().unwrap()))
}

/// The request without its limit and its number, which can be used only once.
fn without_limit(request: &[u8]) -> Vec<u8> {
    let Message { header, mut fields, ops } = messages(request).remove(0);
    fields.retain(|(kind, _)| ![field_type::MAX_RECORDS, field_type::TASK_ID].contains(kind));
    let mut out = Vec::new();
    let at = start_frame(&mut out, FrameType::Message);
    let mut header = MessageHeader::read(&mut Cursor::new(&header)).unwrap();
    header.field_count = fields.len() as u16;
    out.extend_from_slice(&header.encode());
    fields.iter().for_each(|(kind, value)| put_field(&mut out, *kind, value));
    for (operation, particle, name, value) in &ops {
        put_op(&mut out, &Op { operation: *operation, particle: *particle, name, value });
    }
    finish_frame(&mut out, at);
    out
}

fn mask(message: &mut Message, masked: &mut BTreeSet<&'static str>) {
    if message.header[10..14] != [0; 4] {
        masked.insert(MASKED[1]);
        message.header[10..14].fill(1);
    }
    let is_region = message.field(field_type::BVALS).is_some_and(|bval| bval == [0, 0, 0, 0, 0, 0, 4, 16]);
    let ours = message.field(field_type::BVALS).is_some_and(|bval| bval == REGION_HERE);
    if is_region || ours {
        masked.insert(MASKED[0]);
        message.fields.retain(|field| field.0 != field_type::BVALS);
    }
}

/// The number under which this server has the recorded region.
const REGION_HERE: [u8; 8] = [0, 0, 0, 0, 0, 0, 0, 0x10];

/// The frames of a reply to a scan: up to the last message, or the one that refuses the request.
fn reply_frames(raw: &mut Raw) -> Vec<Vec<u8>> {
    let mut frames = Vec::new();
    loop {
        frames.push(raw.frame());
        let all = messages(frames.last().unwrap());
        let last = all.last().unwrap();
        if last.is_last() || (all.len() == 1 && last.code() != 0 && last.header[3] == 0) {
            return frames;
        }
    }
}

/// Writes a record as it was recorded.
fn write(raw: &mut Raw, message: &Message) {
    let mut out = Vec::new();
    let at = start_frame(&mut out, FrameType::Message);
    let ttl = if message.header[10..14] == [0; 4] { 0 } else { 100_000 };
    let header = MessageHeader {
        info2: info2::WRITE,
        ttl,
        field_count: message.fields.len() as u16,
        op_count: message.ops.len() as u16,
        ..MessageHeader::default()
    };
    out.extend_from_slice(&header.encode());
    message.fields.iter().for_each(|(kind, value)| put_field(&mut out, *kind, value));
    for (_, particle, name, value) in &message.ops {
        put_op(&mut out, &Op { operation: 2, particle: *particle, name, value });
    }
    finish_frame(&mut out, at);
    raw.send(&out);
    assert_eq!(raw.frame()[13], 0);
}

/// A server that holds the recorded records.
fn recorded_server(recordings: &BTreeMap<String, Value>, pace: Pace) -> DevServer {
    let server = DevServer::start(Config::new().pace(pace)).unwrap();
    let mut raw = Raw::connect(server.addresses()[0]);
    for name in ["scan_all", "scan_without_set"] {
        for frame in recordings[name][0].as_array().unwrap().iter().filter(|frame| frame["dir"] == "reply") {
            let records = messages(&bytes(frame["hex"].as_str().unwrap()));
            records
                .iter()
                .filter(|record| record.partition().is_some())
                .for_each(|record| write(&mut raw, record));
        }
    }
    server
}

/// The order in which the recorded info commands build on one another; the others change nothing.
const FIRST: [&str; 12] = [
    "info_sindex_create_sq_i",
    "info_sindex_create_sq_s",
    "info_sindex_create_sq_b",
    "info_sindex_create_sq_g",
    "info_sindex_create_sq_reg",
    "info_sindex_create_sq_l",
    "info_sindex_create_sq_ls",
    "info_sindex_create_sq_mk",
    "info_sindex_create_sq_mv",
    "info_sindex_create_sq_exp",
    "info_sindex_create_sq_ctx",
    "info_sindex_list",
];
const THEN: [&str; 14] = [
    "info_sindex_list_b64",
    "info_sindex_list_all_namespaces",
    "info_sindex_create_set_index",
    "info_sindex_list_with_set_index",
    "info_sindex_delete_set_index",
    "info_sindex_create_the_same_again",
    "info_sindex_create_the_same_name_another_definition",
    "info_sindex_create_the_same_definition_another_name",
    "info_sindex_list_after_rename",
    "info_sindex_rename_back",
    "info_sindex_create_without_a_set",
    "info_sindex_delete",
    "info_sindex_stat_at_once",
    "info_sindex_stat_expression_index",
];
/// Measured on a set of its own.
const MEASURED: &str = "info_sindex_readiness";

fn info(raw: &mut Raw, name: &str, recording: &Value, masked: &mut BTreeSet<&'static str>) {
    for connection in recording.as_array().unwrap() {
        for pair in connection.as_array().unwrap().chunks(2) {
            let asked = pair[0]["text"].as_str().unwrap();
            let unmeasured = |text: &str| {
                let parts = text.split(';').filter(|part| !part.starts_with("load_time"));
                parts.collect::<Vec<_>>().join(";")
            };
            let (expected, reply) = (pair[1]["text"].as_str().unwrap(), raw.info(&[asked]));
            if expected.contains("load_time") {
                masked.insert(MASKED[3]);
            }
            let ready = unmeasured(expected).replace("state=WO", "state=RW");
            if ready != unmeasured(expected) {
                masked.insert(MASKED[4]);
            }
            assert_eq!(unmeasured(&reply), ready, "{name}");
        }
    }
}

#[test]
fn every_recorded_scan_and_query_has_its_recorded_reply() {
    replay_all(Pace::new());
}

#[test]
fn threads_that_share_a_scan_give_the_same_records() {
    replay_all(Pace::REAL);
}

fn replay_all(pace: Pace) {
    let recordings = load();
    let server = recorded_server(&recordings, pace);
    let mut raw = Raw::connect(server.addresses()[0]);
    let mut masked = BTreeSet::new();
    for name in FIRST.iter().chain(&THEN) {
        info(&mut raw, name, &recordings[*name], &mut masked);
    }
    let mut replayed = FIRST.len() + THEN.len() + 1 + ELSEWHERE.len();
    for (name, recording) in &recordings {
        let name = name.as_str();
        if FIRST.contains(&name) || THEN.contains(&name) || name == MEASURED {
            continue;
        }
        if ELSEWHERE.iter().any(|(elsewhere, _)| *elsewhere == name) {
            continue;
        }
        replayed += 1;
        if name.starts_with("info_") {
            info(&mut raw, name, recording, &mut masked);
        } else {
            replay(&server, name, recording, &mut masked);
        }
    }
    assert_eq!(replayed, recordings.len());
    assert_eq!(masked.into_iter().collect::<Vec<_>>(), MASKED);
}

fn replay(server: &DevServer, name: &str, recording: &Value, masked: &mut BTreeSet<&'static str>) {
    for connection in recording.as_array().unwrap() {
        let mut raw = Raw::connect(server.addresses()[0]);
        let frames = connection.as_array().unwrap();
        let mut at = 0;
        while at < frames.len() {
            let replies = frames[at + 1..].iter().take_while(|frame| frame["dir"] == "reply").count();
            let hex = |frame: &Value| bytes(frame["hex"].as_str().unwrap());
            let recorded: Vec<_> = frames[at + 1..=at + replies].iter().map(hex).collect();
            let request = hex(&frames[at]);
            raw.send(&request);
            let (reply, recorded) =
                (Reply::of(&reply_frames(&mut raw), masked), Reply::of(&recorded, masked));
            if let Some(max) = max_records(&request) {
                masked.insert(MASKED[2]);
                raw.send(&without_limit(&request));
                let whole = Reply::of(&reply_frames(&mut raw), masked);
                assert!(reply.is_part_of(&whole, max) && recorded.is_part_of(&whole, max), "{name}");
            } else {
                assert_eq!(reply, recorded, "{name}");
            }
            at += replies + 1;
        }
    }
}

/// A request for a scan or query of the set `s`.
fn scan(info1: u8, timeout: u32, partitions: &[u16], more: &[(u8, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    let at = start_frame(&mut out, FrameType::Message);
    let header = MessageHeader {
        info1: info1 | 1,
        info3: info3::PARTITION_DONE,
        transaction: timeout,
        field_count: 2 + u16::from(!partitions.is_empty()) + more.len() as u16,
        ..MessageHeader::default()
    };
    out.extend_from_slice(&header.encode());
    put_field(&mut out, field_type::NAMESPACE, b"test");
    put_field(&mut out, field_type::SET, b"s");
    let ids: Vec<u8> = partitions.iter().flat_map(|partition| partition.to_le_bytes()).collect();
    if !partitions.is_empty() {
        put_field(&mut out, field_type::PARTITIONS, &ids);
    }
    more.iter().for_each(|(kind, value)| put_field(&mut out, *kind, value));
    finish_frame(&mut out, at);
    out
}

fn all_partitions() -> Vec<u16> {
    (0..4096).collect()
}

/// Puts a record with one bin into a partition.
fn put(raw: &mut Raw, partition: u16, number: u32, op: (&[u8], u8, &[u8])) {
    let mut digest = [0; 20];
    digest[..2].copy_from_slice(&partition.to_le_bytes());
    digest[2..6].copy_from_slice(&number.to_be_bytes());
    let (name, particle, value) = op;
    let fields = vec![
        (field_type::NAMESPACE, b"test".to_vec()),
        (field_type::SET, b"s".to_vec()),
        (field_type::DIGEST, digest.to_vec()),
    ];
    let ops = vec![(2, particle, name.to_vec(), value.to_vec())];
    write(raw, &Message { header: vec![0; 22], fields, ops });
}

fn put_number(raw: &mut Raw, partition: u16, number: u32, value: i64) {
    put(raw, partition, number, (b"i", 1, &value.to_be_bytes()));
}

/// The field of a range of numbers in the bin `i`.
fn range(low: i64, high: i64) -> Vec<u8> {
    let ends = [&8_u32.to_be_bytes()[..], &low.to_be_bytes(), &8_u32.to_be_bytes(), &high.to_be_bytes()];
    [&[1, 1, b'i', 1][..], &ends.concat()].concat()
}

fn ask(raw: &mut Raw, request: &[u8]) -> Vec<Message> {
    raw.send(request);
    reply_frames(raw).iter().flat_map(|frame| messages(frame)).collect()
}

/// Digest and number in the index of the records among messages, and the code at the end.
fn found(messages: &[Message]) -> (Vec<(i64, Vec<u8>)>, u8) {
    let record = |message: &Message| {
        let bval =
            message.field(field_type::BVALS).map_or(0, |bval| i64::from_le_bytes(bval.try_into().unwrap()));
        Some((bval, message.field(field_type::DIGEST)?.to_vec()))
    };
    (messages.iter().filter_map(record).collect(), messages.last().unwrap().code())
}

const CREATE: &str = "sindex-create:namespace=test;set=s;indexname=by_i;bin=i;type=numeric";

/// Waits until the server says it, which it does soon.
fn until(raw: &mut Raw, command: &str, said: &str) {
    while !raw.info(&[command]).contains(said) {
        std::thread::yield_now();
    }
}

#[test]
fn an_aborted_scan_ends_with_code_15() {
    let server = DevServer::start(Config::new()).unwrap();
    let address = server.addresses()[0];
    let (mut raw, mut other) = (Raw::connect(address), Raw::connect(address));
    (0..200).for_each(|number| put_number(&mut raw, 0, number, 1));
    let (rate, id) = (20_u32.to_be_bytes(), 777_001_u64.to_be_bytes());
    let fields: [(u8, &[u8]); 2] = [(field_type::RECORDS_PER_SECOND, &rate), (field_type::TASK_ID, &id)];
    raw.send(&scan(0, 0, &[0, 1], &fields));
    until(&mut other, "query-abort:trid=777001", "\tok\n");
    let frames = reply_frames(&mut raw);
    let last = messages(frames.last().unwrap());
    assert_eq!((last.len(), last[0].code(), last[0].is_last()), (1, 15, true));
    assert!(frames.len() <= 2);
    assert_eq!(other.info(&["query-abort:trid=777001"]), "query-abort:trid=777001\tERROR:2:id not active\n");
    let shown = other.info(&["query-show:trid=777001"]);
    assert!(shown.contains(":set=s:n-pids-requested=2:n-keyds-requested=0:rps=20:"), "{shown}");
    assert!(shown.contains(":status=done(user-aborted):"), "{shown}");
}

#[test]
fn an_index_is_ready_when_the_clock_says_so() {
    use std::time::Duration;
    let clock = aerostride_devserver::Clock::manual();
    let config = Config::new().clock(clock.clone()).index_building(Duration::from_secs(2));
    let server = DevServer::start(config).unwrap();
    let mut raw = Raw::connect(server.addresses()[0]);
    put_number(&mut raw, 0, 1, 5);
    assert!(raw.info(&[CREATE]).ends_with("\tok\n"));
    let query = scan(0, 0, &[0], &[(field_type::INDEX_RANGE, &range(5, 5))]);
    let refused = ask(&mut raw, &query);
    assert_eq!((refused.len(), refused[0].code(), refused[0].is_last()), (1, 203, false));
    clock.advance(Duration::from_secs(1));
    assert!(raw.info(&["sindex-list"]).contains(":state=WO"));
    assert!(raw.info(&["sindex-stat:namespace=test;indexname=by_i"]).contains("load_pct=50;load_time=0;"));
    clock.advance(Duration::from_secs(1));
    assert!(raw.info(&["sindex-list"]).contains(":state=RW"));
    assert!(raw.info(&["sindex-stat:ns=test;indexname=by_i"]).contains("load_pct=100;load_time=2000;"));
    assert_eq!(found(&ask(&mut raw, &query)).0.len(), 1);
}

#[test]
fn partitions_of_other_nodes_are_refused_one_by_one() {
    let server = DevServer::start(Config::new().nodes(3).replication_factor(2)).unwrap();
    let mut writer = Raw::connect(server.addresses()[0]);
    (0..100).for_each(|number| put_number(&mut writer, number as u16 * 40, number, 1));
    let (mut refused, mut records) = (BTreeMap::new(), 0);
    for address in server.addresses() {
        let messages = ask(&mut Raw::connect(*address), &scan(0, 0, &all_partitions(), &[]));
        for message in messages.iter().filter(|message| message.header[3] == info3::PARTITION_DONE) {
            assert_eq!((message.code(), message.fields.len()), (11, 0));
            let partition = u32::from_be_bytes(message.header[6..10].try_into().unwrap());
            *refused.entry(partition).or_insert(0) += 1;
        }
        records += found(&messages).0.len();
        assert_eq!(found(&messages).1, 0);
    }
    assert_eq!((refused.len(), records), (4096, 200));
    assert!(refused.values().all(|nodes| *nodes == 1));
}

#[test]
fn a_query_without_threads_is_refused() {
    let server = DevServer::start(Config::new().query_threads_limit(4)).unwrap();
    let address = server.addresses()[0];
    let (mut raw, mut other) = (Raw::connect(address), Raw::connect(address));
    (0..200).for_each(|number| put_number(&mut raw, number, u32::from(number), 1));
    let (rate, id) = (1_u32.to_be_bytes(), 9_u64.to_be_bytes());
    raw.send(&scan(
        0,
        0,
        &all_partitions(),
        &[(field_type::RECORDS_PER_SECOND, &rate), (field_type::TASK_ID, &id)],
    ));
    until(&mut other, "query-show", ":status=active(ok):");
    for short in [0, 4] {
        let refused = ask(&mut other, &scan(short, 0, &[3], &[]));
        assert_eq!((refused.len(), refused[0].code(), refused[0].is_last()), (1, 22, false));
    }
    assert!(other.info(&["query-abort-all"]).ends_with(":1\n"));
    assert_eq!(
        found(&reply_frames(&mut raw).iter().flat_map(|frame| messages(frame)).collect::<Vec<_>>()).1,
        15
    );
    assert_eq!(found(&ask(&mut other, &scan(4, 0, &[3], &[]))), (vec![(0, digest(3, 3))], 0));
}

fn digest(partition: u16, number: u32) -> Vec<u8> {
    let mut digest = [0; 20];
    digest[..2].copy_from_slice(&partition.to_le_bytes());
    digest[2..6].copy_from_slice(&number.to_be_bytes());
    digest.to_vec()
}

#[test]
fn a_short_query_ends_in_time() {
    let server = DevServer::start(Config::new()).unwrap();
    let mut raw = Raw::connect(server.addresses()[0]);
    let value = vec![7; 100_000];
    (0..300).for_each(|number| put(&mut raw, 1, number, (b"b", 4, &value)));
    raw.send(&scan(4, 1, &[1], &[]));
    let frames = reply_frames(&mut raw);
    let last = messages(frames.last().unwrap());
    assert_eq!(last.last().unwrap().code(), 9);
    let records: usize = frames
        .iter()
        .map(|frame| messages(frame).len() - usize::from(frame == &frames[frames.len() - 1]))
        .sum();
    assert!(records < 300, "{records} records");
}

#[test]
fn frames_have_more_than_a_mebibyte_but_the_last_one() {
    let server = DevServer::start(Config::new()).unwrap();
    let mut raw = Raw::connect(server.addresses()[0]);
    let value = vec![7; 10_000];
    (0..500).for_each(|number| put(&mut raw, number as u16 % 8, number, (b"b", 4, &value)));
    raw.send(&scan(0, 0, &all_partitions(), &[]));
    let frames = reply_frames(&mut raw);
    let sizes: Vec<_> = frames.iter().map(|frame| frame.len() - FRAME_HEADER_SIZE).collect();
    let [full @ .., rest, last] = sizes.as_slice() else { panic!("{sizes:?}") };
    assert_eq!((full.len(), *last), (4, 22));
    assert!(full.iter().all(|size| (1 << 20 < *size) && *size < (1 << 20) + 10_200), "{sizes:?}");
    assert!(*rest < 1 << 20);
    let all: Vec<_> = frames.iter().flat_map(|frame| messages(frame)).collect();
    let digests: Vec<_> = found(&all).0.into_iter().map(|(_, digest)| digest).collect();
    let mut expected: Vec<_> = (0..500_u32).map(|number| digest(number as u16 % 8, number)).collect();
    expected.sort_by_key(|digest| (digest[0], std::cmp::Reverse(digest.clone())));
    assert_eq!(digests, expected);
}

#[test]
fn threads_send_frames_of_their_own() {
    let server = DevServer::start(Config::new().pace(Pace::new().threads(4))).unwrap();
    let mut raw = Raw::connect(server.addresses()[0]);
    let value = vec![7; 10_000];
    (0..500).for_each(|number| put(&mut raw, number as u16 % 8, number, (b"b", 4, &value)));
    raw.send(&scan(0, 0, &all_partitions(), &[]));
    let frames = reply_frames(&mut raw);
    // Of each thread the last frame has what was left.
    assert!((6..=9).contains(&frames.len()), "{}", frames.len());
    let small = frames.iter().filter(|frame| frame.len() - FRAME_HEADER_SIZE <= 1 << 20).count();
    assert!((1..=5).contains(&small), "{small}");
    let all: Vec<_> = frames.iter().flat_map(|frame| messages(frame)).collect();
    let mut places: BTreeMap<u16, Vec<Vec<u8>>> = BTreeMap::new();
    for (_, digest) in found(&all).0 {
        places.entry(u16::from(digest[0])).or_default().push(digest);
    }
    assert_eq!(places.values().map(Vec::len).sum::<usize>(), 500);
    for digests in places.values() {
        assert!(
            digests.windows(2).all(|pair| pair[0] > pair[1]),
            "the highest digest comes first, and each once"
        );
    }
    // An order to stop reaches all of them.
    let mut other = Raw::connect(server.addresses()[0]);
    let patience = 0_u32.to_be_bytes();
    let fields: [(u8, &[u8]); 2] =
        [(field_type::TASK_ID, &777_u64.to_be_bytes()), (field_type::SOCKET_TIMEOUT, &patience)];
    (0..4000).for_each(|number| put(&mut raw, number as u16 % 8, number, (b"b", 4, &value)));
    raw.send(&scan(0, 0, &all_partitions(), &fields));
    until(&mut other, "query-abort:trid=777", "\tok\n");
    let frames = reply_frames(&mut raw);
    assert_eq!(messages(frames.last().unwrap())[0].code(), 15);
}

#[test]
fn a_reader_that_stops_is_left() {
    use std::io::Read;
    let server = DevServer::start(Config::new()).unwrap();
    let address = server.addresses()[0];
    let (mut raw, mut other) = (Raw::connect(address), Raw::connect(address));
    let value = vec![7; 1_000_000];
    (0..40).for_each(|number| put(&mut raw, 5, number, (b"b", 4, &value)));
    let patience = 50_u32.to_be_bytes();
    raw.send(&scan(0, 0, &[5], &[(field_type::SOCKET_TIMEOUT, &patience)]));
    until(&mut other, "query-show", ":status=done(abandoned-response-error):");
    let mut rest = Vec::new();
    raw.0.read_to_end(&mut rest).unwrap();
    assert!(rest.len() < 30_000_000, "{} bytes", rest.len());
    // The same without a limit waits for its reader.
    let mut raw = Raw::connect(address);
    raw.send(&scan(0, 0, &[5], &[(field_type::SOCKET_TIMEOUT, &0_u32.to_be_bytes())]));
    until(&mut other, "query-show", ":status=active(ok):");
    assert_eq!(reply_frames(&mut raw).iter().flat_map(|frame| messages(frame)).count(), 41);
}

#[test]
fn a_record_comes_once_among_a_hundred_entries_of_an_index() {
    let server = DevServer::start(Config::new()).unwrap();
    let mut raw = Raw::connect(server.addresses()[0]);
    let create = "sindex-create:ns=test;set=s;indexname=by_l;bin=i;type=numeric;indextype=list";
    assert!(raw.info(&[create]).ends_with("\tok\n"));
    let list = [
        &[0xdc, 0, 250][..],
        &(0..250_u16).flat_map(|i| [&[0xcd][..], &i.to_be_bytes()].concat()).collect::<Vec<_>>(),
    ]
    .concat();
    put(&mut raw, 0, 1, (b"i", 20, &list));
    let fields: [(u8, &[u8]); 2] =
        [(field_type::INDEX_RANGE, &range(0, 300)), (field_type::INDEX_TYPE, &[1])];
    let bvals: Vec<_> =
        found(&ask(&mut raw, &scan(0, 0, &[0], &fields))).0.iter().map(|found| found.0).collect();
    assert_eq!(bvals, [0, 100, 200]);
}

/// Random writes and removals, then random ranges in pages: as a naive search finds them.
#[test]
fn queries_find_what_a_naive_search_finds() {
    let server = DevServer::start(Config::new()).unwrap();
    let mut raw = Raw::connect(server.addresses()[0]);
    let mut state = 42_u64;
    let mut random = move |limit: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % limit
    };
    let mut model: BTreeMap<(u16, u32), i64> = BTreeMap::new();
    for step in 0..600 {
        if step == 200 {
            assert!(raw.info(&[CREATE]).ends_with("\tok\n"));
        }
        let (partition, number) = (random(4) as u16, random(60) as u32);
        let value = random(100) as i64 - 50;
        if random(4) == 0 {
            put(&mut raw, partition, number, (b"i", 3, b"no number"));
            model.remove(&(partition, number));
        } else {
            put_number(&mut raw, partition, number, value);
            model.insert((partition, number), value);
        }
    }
    for _ in 0..60 {
        let low = random(100) as i64 - 50;
        let high = low + random(40) as i64;
        let page = random(20) + 1;
        assert_eq!(pages(&mut raw, low, high, page), naive(&model, low, high), "{low} to {high} by {page}");
    }
}

fn naive(model: &BTreeMap<(u16, u32), i64>, low: i64, high: i64) -> Vec<(i64, Vec<u8>)> {
    let mut all: Vec<_> = model
        .iter()
        .filter(|(_, value)| (low..=high).contains(value))
        .map(|((partition, number), value)| (*partition, *value, digest(*partition, *number)))
        .collect();
    all.sort();
    all.into_iter().map(|(_, value, digest)| (value, digest)).collect()
}

/// A query page by page, each behind the last record of every partition that was seen.
fn pages(raw: &mut Raw, low: i64, high: i64, page: u64) -> Vec<(i64, Vec<u8>)> {
    let mut all: Vec<(i64, Vec<u8>)> = Vec::new();
    loop {
        let mut seen: BTreeMap<u8, (i64, Vec<u8>)> = BTreeMap::new();
        all.iter().for_each(|record| {
            seen.insert(record.1[0], record.clone());
        });
        let ids: Vec<u16> = (0..4).filter(|id| !seen.contains_key(&(*id as u8))).collect();
        let digests: Vec<u8> = seen.values().flat_map(|record| record.1.clone()).collect();
        let bvals: Vec<u8> = seen.values().flat_map(|record| record.0.to_le_bytes()).collect();
        let (range, max) = (range(low, high), page.to_be_bytes());
        let mut fields: Vec<(u8, &[u8])> =
            vec![(field_type::INDEX_RANGE, &range), (field_type::MAX_RECORDS, &max)];
        if !digests.is_empty() {
            fields.extend([(field_type::DIGESTS, &digests[..]), (field_type::BVALS, &bvals[..])]);
        }
        let (mut records, code) = found(&ask(raw, &scan(0, 0, &ids, &fields)));
        assert_eq!(code, 0);
        assert!(records.len() as u64 <= page);
        if records.is_empty() {
            all.sort_by_key(|record| record.1[0]);
            return all;
        }
        all.append(&mut records);
    }
}

#[test]
fn a_job_heeds_of_the_record_that_is_there_only_that_it_is_to_be_replaced() {
    let server = DevServer::start(Config::new()).unwrap();
    let mut raw = Raw::connect(server.addresses()[0]);
    let job = |info2: u8, info3: u8, generation: u32, name: &[u8]| {
        let mut out = Vec::new();
        let at = start_frame(&mut out, FrameType::Message);
        let header = MessageHeader {
            info2: info2::WRITE | info2,
            info3,
            generation,
            field_count: 2,
            op_count: 1,
            ..MessageHeader::default()
        };
        out.extend_from_slice(&header.encode());
        put_field(&mut out, field_type::NAMESPACE, b"test");
        put_field(&mut out, field_type::SET, b"s");
        put_op(&mut out, &Op { operation: 2, particle: 1, name, value: &1_i64.to_be_bytes() });
        finish_frame(&mut out, at);
        out
    };
    put_number(&mut raw, 0, 1, 5);
    let requests = [
        job(info2::GENERATION, 0, 99, b"a"),
        job(info2::GENERATION_GT, 0, 0, b"b"),
        job(info2::CREATE_ONLY, 0, 0, b"c"),
        job(0, info3::CREATE_OR_REPLACE, 0, b"d"),
    ];
    let bins = |raw: &mut Raw| {
        let found = ask(raw, &scan(0, 0, &[0], &[]));
        let mut names: Vec<_> = found[0].ops.iter().map(|(_, _, name, _)| name.clone()).collect();
        names.sort();
        names.concat()
    };
    for request in requests {
        assert_eq!(ask(&mut raw, &request).last().unwrap().code(), 0);
    }
    assert_eq!(bins(&mut raw), b"abcdi");
    let replace = job(0, info3::REPLACE_ONLY, 0, b"e");
    assert_eq!(ask(&mut raw, &replace).last().unwrap().code(), 0);
    assert_eq!(bins(&mut raw), b"e");
}
