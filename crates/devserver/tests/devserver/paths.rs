//! Every recorded path expression has the outcome that it had on a real server.

use crate::support::{Raw, capture, first_op, message};
use aerostride_devserver::{Config, DevServer};
use aerostride_wire::{MessageHeader, Op, field_type, info1, info2, write_type};
use serde_json::{Value, json};

fn bytes(hex: &Value) -> Vec<u8> {
    crate::support::bytes(hex.as_str().unwrap())
}

/// A server with a connection, and what was recorded.
struct Replay {
    _server: DevServer,
    raw: Raw,
    recorded: Value,
}

impl Replay {
    fn new() -> Self {
        let recorded = capture("path-expressions.json");
        let server = DevServer::start(Config::new()).unwrap();
        let raw = Raw::connect(server.addresses()[0]);
        let mut replay = Self { _server: server, raw, recorded };
        replay.write();
        replay
    }

    /// Code of a request about the one record, and particle type and value of the first answer.
    fn ask(&mut self, header: MessageHeader, ops: &[Op<'_>]) -> Value {
        let fields: [(u8, &[u8]); 2] = [(field_type::NAMESPACE, b"test"), (field_type::DIGEST, &[7; 20])];
        self.raw.send(&message(header, &fields, ops));
        first_op(&self.raw.frame())
    }

    fn read(&mut self, operation: u8, name: &str, value: &[u8]) -> Value {
        let op = Op { operation, particle: 4, name: name.as_bytes(), value };
        self.ask(MessageHeader { info1: info1::READ, ..MessageHeader::default() }, &[op])
    }

    fn change(&mut self, ops: &[Op<'_>]) -> Value {
        self.ask(MessageHeader { info2: info2::WRITE, ..MessageHeader::default() }, ops)
    }

    /// Writes the recorded bins.
    fn write(&mut self) {
        let bins = self.recorded["bins"].as_object().unwrap().clone();
        let values: Vec<(String, u8, Vec<u8>)> = bins
            .iter()
            .map(|(name, bin)| (name.clone(), bin[0].as_u64().unwrap() as u8, bytes(&bin[1])))
            .collect();
        let ops: Vec<_> = values
            .iter()
            .map(|(name, particle, value)| Op {
                operation: write_type::WRITE,
                particle: *particle,
                name: name.as_bytes(),
                value,
            })
            .collect();
        assert_eq!(self.change(&ops), json!([0]));
    }

    fn entries(&self, kind: &str) -> Vec<Value> {
        let entries = self.recorded[kind].as_array().unwrap().clone();
        assert!(entries.len() > 300);
        entries
    }
}

/// Fails with all that is wrong.
fn check(wrong: &[String], of: usize) {
    assert!(wrong.is_empty(), "{} of {of}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn reads() {
    let mut replay = Replay::new();
    let entries = replay.entries("reads");
    let mut wrong = Vec::new();
    for entry in &entries {
        let ours = replay.read(write_type::CDT_READ, entry["bin"].as_str().unwrap(), &bytes(&entry["op"]));
        if ours != entry["value"] {
            wrong.push(format!("{} {}: {ours}, not {}", entry["bin"], entry["op"], entry["value"]));
        }
    }
    check(&wrong, entries.len());
}

#[test]
fn modifies() {
    let mut replay = Replay::new();
    let entries = replay.entries("modifies");
    let mut wrong = Vec::new();
    for entry in &entries {
        replay.write();
        let (name, value) = (entry["bin"].as_str().unwrap(), bytes(&entry["op"]));
        let op = Op { operation: write_type::CDT_MODIFY, particle: 4, name: name.as_bytes(), value: &value };
        let ours = (replay.change(&[op]), replay.read(write_type::READ, name, &[]));
        if ours.0 != entry["value"] || ours.1 != entry["after"] {
            wrong
                .push(format!("{name} {}: {ours:?}, not {} {}", entry["op"], entry["value"], entry["after"]));
        }
    }
    check(&wrong, entries.len());
}

#[test]
fn expressions() {
    let mut replay = Replay::new();
    let entries = replay.entries("expressions");
    let mut wrong = Vec::new();
    for entry in &entries {
        let value = [&[0x92], &bytes(&entry["wire"])[..], &[0]].concat();
        let ours = replay.read(write_type::EXPRESSION_READ, "v", &value);
        if ours != entry["value"] {
            wrong.push(format!("{}: {ours}, not {}", entry["wire"], entry["value"]));
        }
    }
    check(&wrong, entries.len());
}
