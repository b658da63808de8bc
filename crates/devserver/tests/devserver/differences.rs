//! Requests of many kinds as a real server answers them. `OPEN` lists those that this server still answers otherwise; the
//! test fails when one more does, and when one of them no longer does.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::support::{LONG, bytes, capture, hex};
use aerostride_devserver::{Clock, Config, DevServer};
use aerostride_wire::{Cursor, Field, MessageHeader, info3, read_op};
use serde_json::Value;

/// 2010-01-01 UTC, where the protocol's times begin.
const EPOCH: u64 = 1_262_304_000;

/// What is open: functions in Lua, and info that shows the addresses, the node and the computer of the recording.
const OPEN: &[&str] = &[
    "unsupported: functions/0",
    "info commands/2",
    "info commands/50",
    "info commands/86",
    "info commands/101",
    "info commands/189",
    "info pages/get-config:context=network",
    "info pages/query-show",
];

fn entries() -> Vec<Value> {
    capture("differences.json")["entries"].as_array().unwrap().clone()
}

/// What is compared of a message: code, bits, generation and seconds to live.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Said {
    code: u64,
    info3: u64,
    generation: u64,
    ttl: u64,
}

/// A message and its ops, each as code, type, name and value.
type Message = (Said, Vec<(u64, u64, String, String)>);

/// The messages of a frame's body, as far as they can be read.
fn messages(body: &[u8], now: u64) -> Vec<Message> {
    let mut cursor = Cursor::new(body);
    let mut all = Vec::new();
    while let Ok(header) = MessageHeader::read(&mut cursor) {
        for _ in 0..header.field_count {
            Field::read(&mut cursor).unwrap();
        }
        let ops = (0..header.op_count).map(|_| {
            let op = read_op(&mut cursor).unwrap();
            let name = String::from_utf8_lossy(op.name).into_owned();
            (u64::from(op.operation), u64::from(op.particle), name, hex(op.value))
        });
        let ops = ops.collect();
        let ttl = if header.ttl == 0 { 0 } else { (u64::from(header.ttl) + EPOCH).saturating_sub(now) };
        let said = Said {
            code: header.result_code.into(),
            info3: header.info3.into(),
            generation: header.generation.into(),
            ttl,
        };
        all.push((said, ops));
    }
    all
}

/// A connection that gives up instead of waiting for what does not come.
struct Patient(TcpStream);

impl Patient {
    fn frame(&mut self) -> Option<(u8, Vec<u8>)> {
        let mut header = [0; 8];
        self.0.read_exact(&mut header).ok()?;
        let mut body = vec![0; (u64::from_be_bytes(header) & 0xffff_ffff_ffff) as usize];
        self.0.read_exact(&mut body).ok()?;
        Some((header[1], body))
    }

    /// All messages of an answer of so many, or up to the last one.
    fn answer(&mut self, count: usize, now: u64) -> Vec<Message> {
        let mut all = Vec::new();
        while all.len() < count {
            let Some((_, body)) = self.frame() else { break };
            all.extend(messages(&body, now));
            if all.last().is_some_and(|(said, _)| said.info3 & u64::from(info3::LAST) != 0) {
                break;
            }
        }
        all
    }
}

fn expected(real: &Value) -> Said {
    let number = |name: &str| real[name].as_u64().unwrap_or(0);
    Said { code: number("code"), info3: number("info3"), generation: number("gen"), ttl: number("ttl") }
}

fn is_right(connection: &mut Patient, step: &Value, now: u64) -> bool {
    if connection.0.write_all(&bytes(step["hex"].as_str().unwrap())).is_err() {
        return false;
    }
    if let Some(names) = step["real_names"].as_array() {
        let Some((_, body)) = connection.frame() else { return false };
        let page = String::from_utf8_lossy(&body).into_owned();
        return names.iter().all(|name| page.contains(&format!("{}=", name.as_str().unwrap())));
    }
    if let Some(real) = step["real"].as_str() {
        let Some((kind, body)) = connection.frame() else { return real == "connection closed" };
        return match real.strip_prefix("frame type ") {
            Some(_) => real == format!("frame type {kind}: {}", hex(&body)),
            None => real == String::from_utf8_lossy(&body),
        };
    }
    let real: Vec<&Value> =
        step["real"].as_array().map_or_else(|| vec![&step["real"]], |all| all.iter().collect());
    let mut answer = connection.answer(real.len(), now);
    let mut wanted: Vec<Said> = real.iter().map(|real| expected(real)).collect();
    answer.sort();
    wanted.sort();
    for ((said, _), wanted) in answer.iter_mut().zip(&wanted) {
        // Time goes on between the looks at it.
        if wanted.ttl > 0 && said.ttl.abs_diff(wanted.ttl) <= 2 {
            said.ttl = wanted.ttl;
        }
    }
    let said = answer.iter().map(|(said, _)| said).eq(wanted.iter());
    let Some(real_ops) = step["real_ops_hex"].as_array() else { return said };
    let mut ops: Vec<_> = answer.into_iter().flat_map(|(_, ops)| ops).collect();
    let op = |op: &Value| {
        let text = |at: usize| op[at].as_str().unwrap_or_default().to_owned();
        (op[0].as_u64().unwrap(), op[1].as_u64().unwrap(), text(2), text(3))
    };
    let mut real_ops: Vec<_> = real_ops.iter().map(op).collect();
    if real.len() > 1 {
        ops.sort();
        real_ops.sort();
    }
    said && ops == real_ops
}

/// The request of the first step that is answered otherwise.
fn first_difference(entry: &Value) -> Option<String> {
    let clock = Clock::manual();
    let server = DevServer::start(Config::new().clock(clock.clone())).unwrap();
    let stream = TcpStream::connect(server.addresses()[0]).unwrap();
    stream.set_read_timeout(Some(LONG)).unwrap();
    let mut connection = Patient(stream);
    let mut now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    for step in entry["steps"].as_array().unwrap() {
        match step["wait_ms"].as_u64() {
            Some(wait) => {
                let wait = Duration::from_millis(wait);
                clock.advance(wait);
                now += wait;
            }
            // Requests for all partitions are shortened in the recording; tests/streams.rs has their like.
            None if step["hex"].as_str().unwrap().contains('(') => {}
            None if is_right(&mut connection, step, now.as_secs()) => {}
            None => return Some(step["request"].as_str().unwrap().to_owned()),
        }
    }
    None
}

#[test]
fn requests_of_all_kinds_are_answered_as_by_a_real_server() {
    let mut wrong = Vec::new();
    let mut open: Vec<&str> = OPEN.to_vec();
    for entry in entries() {
        let id = entry["id"].as_str().unwrap();
        let listed = open.iter().position(|known| *known == id);
        match (first_difference(&entry), listed) {
            (None, None) => {}
            (Some(_), Some(at)) => drop(open.swap_remove(at)),
            (Some(request), None) => wrong.push(format!("{id}: {request}")),
            (None, Some(_)) => wrong.push(format!("{id} is right and still listed")),
        }
    }
    assert!(wrong.is_empty(), "{} entries:\n{}", wrong.len(), wrong.join("\n"));
}
