//! Every recording of a real server, replayed: for each recorded request this server gives the recorded reply. What
//! cannot be equal is masked, and `MASKED` lists all of it.

use std::collections::BTreeSet;

use crate::support::{Raw, bytes, capture};
use aerostride_devserver::{Config, DevServer};
use aerostride_wire::{Cursor, FRAME_HEADER_SIZE, Field, MessageHeader, info3, read_op};
use serde_json::Value;

/// Everything that the comparison leaves out, in the words that the test notes it with.
const MASKED: [&str; 10] = [
    "absolute expiry times: recorded and replayed ones only have to be set both",
    "addresses: the port",
    "build: time, commit and system of the recorded program",
    "cluster key: 12 hexadecimal digits",
    "failed best practices: those of the recorded machine",
    "namespace/: measured values and those of single stripes; all other names are there",
    "paths: where a server keeps its files",
    "scan: order of records and their division into frames",
    "sets/: bytes used, and the time of a truncation",
    "statistics: measured values; all names are there, in the recorded order",
];

#[derive(Default)]
struct Masked(BTreeSet<&'static str>);

impl Masked {
    fn note(&mut self, start: &str) {
        let entry = MASKED.iter().find(|entry| entry.starts_with(start)).unwrap();
        self.0.insert(entry);
    }
}

fn frames(connection: &Value) -> Vec<(bool, Vec<u8>)> {
    connection.as_array().unwrap().iter().map(frame).collect()
}

/// Whether it is a request, and its bytes.
fn frame(frame: &Value) -> (bool, Vec<u8>) {
    let is_request = frame["dir"] == "request";
    if let Some(hex) = frame["hex"].as_str() {
        return (is_request, bytes(hex));
    }
    let text = frame["text"].as_str().unwrap();
    let mut bytes = vec![2, 1];
    bytes.extend_from_slice(&(text.len() as u64).to_be_bytes()[2..]);
    bytes.extend_from_slice(text.as_bytes());
    (is_request, bytes)
}

/// A server set up as the recorded one was.
fn recorded_server() -> DevServer {
    DevServer::start(Config::new().max_connections(1024)).unwrap()
}

/// Replays one recorded connection.
fn replay(server: &DevServer, name: &str, connection: &Value, masked: &mut Masked) {
    let mut raw = Raw::connect(server.addresses()[0]);
    let frames = frames(connection);
    let mut at = 0;
    while at < frames.len() {
        let request = &frames[at].1;
        let replies = frames[at + 1..].iter().take_while(|(is_request, _)| !is_request).count();
        let recorded: Vec<_> = frames[at + 1..=at + replies].iter().map(|(_, bytes)| bytes).collect();
        write_before(&mut raw, request, recorded[0]);
        raw.send(request);
        if is_scan(request) {
            masked.note("scan");
            assert_eq!(scanned(&mut raw), messages(recorded.iter().map(|frame| &frame[..])), "{name}");
        } else {
            for expected in recorded {
                let reply = raw.frame();
                compare(server, name, expected, &reply, masked);
            }
        }
        at += replies + 1;
    }
}

/// A write whose recorded reply shows a higher generation than the record has here was not the record's first:
/// the earlier ones are made up for.
fn write_before(raw: &mut Raw, request: &[u8], reply: &[u8]) {
    let is_plain_write = request[1] == 3 && request[10] & 3 == 1 && request[9] == 0 && request[11] == 0;
    if !is_plain_write || reply[13] != 0 {
        return;
    }
    let generation = |frame: &[u8]| u32::from_be_bytes(frame[14..18].try_into().unwrap());
    let mut exists = request[..30].to_vec();
    exists[8 + 1] = 0x21;
    exists[8 + 2] = 0;
    exists[28..30].fill(0);
    let fields = fields_end(request);
    exists.extend_from_slice(&request[30..fields]);
    let size = (exists.len() - FRAME_HEADER_SIZE) as u64;
    exists[2..8].copy_from_slice(&size.to_be_bytes()[2..]);
    loop {
        raw.send(&exists);
        if generation(&raw.frame()) + 1 >= generation(reply) {
            return;
        }
        raw.send(request);
        assert_eq!(raw.frame()[13], 0);
    }
}

fn fields_end(frame: &[u8]) -> usize {
    let mut cursor = Cursor::new(&frame[FRAME_HEADER_SIZE..]);
    let header = MessageHeader::read(&mut cursor).unwrap();
    for _ in 0..header.field_count {
        Field::read(&mut cursor).unwrap();
    }
    frame.len() - cursor.rest().len()
}

fn is_scan(request: &[u8]) -> bool {
    request[1] == 3 && request[8 + 3] & info3::PARTITION_DONE != 0
}

/// The messages of all frames of a scan, sorted. The trailer has a frame of its own.
fn scanned(raw: &mut Raw) -> Vec<Vec<u8>> {
    let mut frames = Vec::new();
    loop {
        frames.push(raw.frame());
        let last = frames.last().unwrap();
        if last.len() == 30 && last[8 + 3] & info3::LAST != 0 {
            return messages(frames.iter().map(|frame| &frame[..]));
        }
    }
}

/// The messages of frames, sorted.
fn messages<'f>(frames: impl Iterator<Item = &'f [u8]>) -> Vec<Vec<u8>> {
    let mut messages = Vec::new();
    for frame in frames {
        let mut cursor = Cursor::new(&frame[FRAME_HEADER_SIZE..]);
        while !cursor.is_empty() {
            let start = cursor.rest();
            let header = MessageHeader::read(&mut cursor).unwrap();
            for _ in 0..header.field_count {
                Field::read(&mut cursor).unwrap();
            }
            for _ in 0..header.op_count {
                read_op(&mut cursor).unwrap();
            }
            messages.push(start[..start.len() - cursor.rest().len()].to_vec());
        }
    }
    messages.sort();
    messages
}

fn compare(server: &DevServer, name: &str, expected: &[u8], reply: &[u8], masked: &mut Masked) {
    if expected[1] == 1 {
        let text = |frame: &[u8]| String::from_utf8(frame[FRAME_HEADER_SIZE..].to_vec()).unwrap();
        let (mut expected, reply) = (text(expected), text(reply));
        if expected.contains("127.0.0.1:3100") {
            masked.note("addresses");
            expected = expected.replace("127.0.0.1:3100", &server.addresses()[0].to_string());
        }
        assert_eq!(reply, expected, "{name}");
        return;
    }
    let (mut expected, mut reply) = (expected.to_vec(), reply.to_vec());
    if expected.len() == 30 && expected[18..22] != [0; 4] && reply[18..22] != [0; 4] {
        masked.note("absolute");
        expected[18..22].fill(0);
        reply[18..22].fill(0);
    }
    assert_eq!(reply, expected, "{name}");
}

/// The order in which they were recorded: later ones see what earlier ones wrote.
const ORDER: [&str; 20] = [
    "put_types",
    "key_types",
    "put_ttl_gen",
    "operate",
    "get_missing",
    "get_types",
    "select",
    "exists",
    "batch_all",
    "batch_bins",
    "batch_exists",
    "batch_filter",
    "batch_get_legacy",
    "batch_header",
    "batch_mixed_sets",
    "batch_one",
    "batch_write",
    "batch_remove",
    "touch_remove",
    "scan",
];

/// A server that holds the records of the recordings.
fn server_with_records(masked: &mut Masked) -> DevServer {
    let server = recorded_server();
    let recordings = capture("node-6.7.1.json");
    for name in ORDER {
        for connection in recordings[name].as_array().unwrap() {
            replay(&server, name, connection, masked);
        }
    }
    server
}

fn replay_all(server: &DevServer, recordings: &Value, skip: &[&str], masked: &mut Masked) {
    for (name, connections) in recordings.as_object().unwrap() {
        if !skip.contains(&name.as_str()) {
            for connection in connections.as_array().unwrap() {
                replay(server, name, connection, masked);
            }
        }
    }
}

#[test]
fn every_recorded_request_has_its_recorded_reply() {
    let mut masked = Masked::default();
    // The first pass is the recordings of the Node client itself; its handshake is the rest of them.
    let server = server_with_records(&mut masked);
    replay_all(&server, &capture("node-6.7.1.json"), &ORDER, &mut masked);
    replay_all(&server, &capture("aerospike-crate-3.0.0.json"), &[], &mut masked);
    replay_all(&server, &capture("aerospike-py-0.14.4.json"), &[], &mut masked);
    replay_cases(&server, &mut masked);
    replay_info(&server, &mut masked);
    for entry in &masked.0 {
        println!("masked: {entry}");
    }
    assert_eq!(masked.0.into_iter().collect::<Vec<_>>(), MASKED);
}

fn replay_cases(server: &DevServer, masked: &mut Masked) {
    let cases = capture("batch-read-cases.json");
    for (name, case) in cases.as_object().unwrap() {
        let mut raw = Raw::connect(server.addresses()[0]);
        raw.send(&bytes(case["request"].as_str().unwrap()));
        for expected in case["reply_frames"].as_array().unwrap() {
            let reply = raw.frame();
            compare(server, name, &bytes(expected.as_str().unwrap()), &reply, masked);
        }
    }
}

fn replay_info(server: &DevServer, masked: &mut Masked) {
    let recorded = capture("info-replies.json");
    let mut raw = Raw::connect(server.addresses()[0]);
    // The recorded client had truncated this set; its info frames were not kept.
    assert!(raw.info(&["truncate:namespace=test;set=cap2"]).ends_with("\tok\n"));
    for (name, expected) in recorded.as_object().unwrap() {
        let expected = expected.as_str().unwrap();
        let names: &[&str] = if name == "(empty request)" { &[] } else { &[name] };
        let reply = raw.info(names);
        if names.is_empty() {
            for (expected, line) in expected.lines().zip(reply.lines()) {
                compare_info(server, expected, line, masked);
            }
            assert_eq!(reply.lines().count(), expected.lines().count());
        } else {
            compare_info(server, expected.trim_end_matches('\n'), reply.trim_end_matches('\n'), masked);
        }
    }
}

fn compare_info(server: &DevServer, expected: &str, reply: &str, masked: &mut Masked) {
    let (name, expected) = expected.split_once('\t').unwrap();
    let (replied, value) = reply.split_once('\t').unwrap();
    assert_eq!(replied, name);
    match name {
        "service" | "service-clear-std" => {
            masked.note("addresses");
            assert_eq!(value, server.addresses()[0].to_string());
        }
        "build_time" | "build_sha" | "build_os" | "build_arch" => masked.note("build"),
        "best-practices" => masked.note("failed best practices"),
        "cluster-stable:" => {
            masked.note("cluster key");
            assert!(value.len() == 12 && value.bytes().all(|byte| byte.is_ascii_hexdigit()), "{value}");
        }
        "statistics" => {
            masked.note("statistics");
            assert!(starts_with_names(value, expected), "{value}");
        }
        "namespace/test" => {
            masked.note("namespace/");
            let expected = expected.split(";storage-engine.stripe").next().unwrap();
            assert!(starts_with_names(value, expected), "{value}");
            for constant in
                ["ns_cluster_size=1", "effective_replication_factor=1", "objects=9", "master_objects=9"]
            {
                assert!(value.split(';').any(|pair| pair == constant), "{constant} in {value}");
            }
        }
        "get-config:context=service" => {
            masked.note("paths");
            let has_path = |pair: &&str| pair.starts_with("pidfile=") || pair.starts_with("work-directory=");
            let value: Vec<_> = value.split(';').filter(|pair| !has_path(pair)).collect();
            assert_eq!(value.join(";"), expected, "{name}");
        }
        "sets/test" => {
            masked.note("sets/");
            assert_eq!(sets(value), sets(expected));
        }
        _ => assert_eq!(value, expected, "{name}"),
    }
}

/// Whether the names in `page` begin with those of `recorded`, whose last pair may be cut off.
fn starts_with_names(page: &str, recorded: &str) -> bool {
    let names = |page: &str| {
        page.split(';').map(|pair| pair.split('=').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (page, mut recorded) = (names(page), names(recorded));
    recorded.pop();
    page.starts_with(&recorded)
}

/// The sets of a page with everything but the bytes and times.
fn sets(page: &str) -> Vec<String> {
    let unmeasured = |pair: &&str| !pair.starts_with("data_used_bytes") && !pair.starts_with("truncate_lut");
    let each =
        page.split_terminator(';').map(|set| set.split(':').filter(unmeasured).collect::<Vec<_>>().join(":"));
    each.collect()
}
