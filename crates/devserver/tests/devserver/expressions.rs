//! Every recorded expression has on the recorded records what a real server made of it, as a filter and as a value.

use crate::support::{Raw, bytes, capture, first_op, hex, message};
use aerostride_devserver::{Clock, Config, DevServer};
use aerostride_wire::{
    Cursor, Digest, FRAME_HEADER_SIZE, Field, KeyType, MessageHeader, Op, digest, field_type, info1, info2,
    read_op, write_type,
};
use serde_json::Value;

/// The user keys of the recorded records, and whether they are stored.
const KEYS: [(&[u8], bool); 5] = [
    (b"\x03e0", true),
    (b"\x03e1", false),
    (b"\x03e2", false),
    (b"\x03e3", false),
    (b"\x01\0\0\0\0\0\0\0\x2a", true),
];

fn digests() -> Vec<Digest> {
    KEYS.iter().map(|(key, _)| digest(b"exq", KeyType::try_from(key[0]).unwrap(), &key[1..])).collect()
}

/// A server with the recorded records, whose bins stand in a recorded batch.
fn recorded() -> (DevServer, Raw) {
    // A record that expires does so an hour from now, whenever that is looked at.
    let server = DevServer::start(Config::new().clock(Clock::manual())).unwrap();
    let mut raw = Raw::connect(server.addresses()[0]);
    let recording = capture("batch-operations.json");
    let frames = recording["raw_get_all_and_ops"][0].as_array().unwrap();
    let rows = bytes(frames[1]["hex"].as_str().unwrap());
    let mut cursor = Cursor::new(&rows[FRAME_HEADER_SIZE..]);
    for ((key, stored), digest) in KEYS.iter().zip(digests()) {
        let header = MessageHeader::read(&mut cursor).unwrap();
        let ops: Vec<_> = (0..header.op_count)
            .map(|_| Op { operation: write_type::WRITE, ..read_op(&mut cursor).unwrap() })
            .collect();
        let mut fields: Vec<(u8, &[u8])> =
            vec![(field_type::NAMESPACE, b"test"), (field_type::SET, b"exq"), (field_type::DIGEST, &digest)];
        if *stored {
            fields.push((field_type::USER_KEY, key));
        }
        let ttl = if header.ttl == 0 { 0 } else { 3600 };
        raw.send(&message(MessageHeader { info2: info2::WRITE, ttl, ..Default::default() }, &fields, &ops));
        assert_eq!(raw.frame()[13], 0);
    }
    (server, raw)
}

/// The code of a read of each record's header with the expression as its filter.
fn filtered(raw: &mut Raw, wire: &[u8]) -> Value {
    let header = MessageHeader { info1: info1::READ | info1::NO_BIN_DATA, ..MessageHeader::default() };
    let codes = digests().into_iter().map(|digest| {
        let fields: [(u8, &[u8]); 3] =
            [(field_type::NAMESPACE, b"test"), (field_type::DIGEST, &digest), (field_type::FILTER, wire)];
        raw.send(&message(header, &fields, &[]));
        raw.frame()[13]
    });
    codes.collect::<Vec<_>>().into()
}

/// Code, particle type and bytes of a read of the expression on each record.
fn values(raw: &mut Raw, wire: &[u8]) -> Value {
    let op = [&[0x92], wire, &[0]].concat();
    let op = Op { operation: write_type::EXPRESSION_READ, particle: 4, name: b"v", value: &op };
    let header = MessageHeader { info1: info1::READ, ..MessageHeader::default() };
    let values = digests().into_iter().map(|digest| {
        let fields: [(u8, &[u8]); 2] = [(field_type::NAMESPACE, b"test"), (field_type::DIGEST, &digest)];
        raw.send(&message(header, &fields, &[op]));
        first_op(&raw.frame())
    });
    values.collect::<Vec<_>>().into()
}

#[test]
fn every_recorded_expression_has_its_recorded_outcome() {
    let (_server, mut raw) = recorded();
    let mut wrong = Vec::new();
    for entry in capture("expressions.json")["entries"].as_array().unwrap() {
        let wire = bytes(entry["wire"].as_str().unwrap());
        let (filter, value) = (filtered(&mut raw, &wire), values(&mut raw, &wire));
        if filter != entry["filter"] || value != entry["value"] {
            wrong.push(format!(
                "{}: {filter} {value}, not {} {}",
                entry["name"], entry["filter"], entry["value"]
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of 247:\n{}", wrong.len(), wrong.join("\n"));
}

/// The messages of a reply, sorted: rows come in any order.
fn messages<'f>(frames: impl Iterator<Item = &'f [u8]>) -> Vec<String> {
    let mut all = Vec::new();
    for frame in frames {
        let mut cursor = Cursor::new(&frame[FRAME_HEADER_SIZE..]);
        while !cursor.is_empty() {
            let mut header = MessageHeader::read(&mut cursor).unwrap();
            // Written once here; and when a record expires is only compared as whether it does.
            header.generation = header.generation.min(1);
            header.ttl = header.ttl.min(1);
            for _ in 0..header.field_count {
                Field::read(&mut cursor).unwrap();
            }
            let op = |op: Op<'_>| {
                format!(
                    "[{} {} {} {}]",
                    op.operation,
                    op.particle,
                    String::from_utf8_lossy(op.name),
                    hex(op.value)
                )
            };
            let ops: Vec<_> = (0..header.op_count).map(|_| op(read_op(&mut cursor).unwrap())).collect();
            all.push(format!("{} {:?} {}", header.transaction, header, ops.concat()));
        }
    }
    all.sort();
    all
}

/// What the real server answers otherwise, and why that is left.
const DIFFERENT: [&str; 0] = [];

#[test]
fn every_recorded_batch_with_operations_has_its_recorded_reply() {
    let (server, _raw) = recorded();
    let mut wrong = Vec::new();
    for (name, connections) in capture("batch-operations.json").as_object().unwrap() {
        for connection in connections.as_array().unwrap() {
            let mut raw = Raw::connect(server.addresses()[0]);
            let frames: Vec<(bool, Vec<u8>)> = connection
                .as_array()
                .unwrap()
                .iter()
                .map(|frame| (frame["dir"] == "request", bytes(frame["hex"].as_str().unwrap())))
                .collect();
            let mut at = 0;
            while at < frames.len() {
                let replies = frames[at + 1..].iter().take_while(|(request, _)| !request).count();
                raw.send(&frames[at].1);
                let mut reply = Vec::new();
                while reply.len() < replies
                    && reply.last().is_none_or(|frame: &Vec<u8>| frame.len() != 30 || frame[11] != 1)
                {
                    reply.push(raw.frame());
                }
                let recorded = frames[at + 1..=at + replies].iter().map(|(_, frame)| frame.as_slice());
                let (ours, theirs) = (messages(reply.iter().map(Vec::as_slice)), messages(recorded));
                if ours != theirs && !DIFFERENT.contains(&name.as_str()) {
                    let differ: Vec<_> = ours.iter().zip(&theirs).filter(|(a, b)| a != b).collect();
                    wrong.push(format!("{name}: {} messages, not {}; {differ:#?}", ours.len(), theirs.len()));
                }
                at += replies + 1;
            }
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}
