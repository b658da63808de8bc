//! Every fault does what it says, on the wire.

use std::io::{ErrorKind, Read};
use std::time::{Duration, Instant};

use crate::support::{LONG, Raw, message, server};
use aerostride_devserver::{Config, DevServer};
use aerostride_wire::{
    BatchEncoder, BatchFlags, BatchHeader, BinSelection, MessageHeader, Op, ReadAttributes, ReplyWalker,
    RowGroup, field_type, info2,
};

const ROWS: u32 = 20;

fn faulty(rules: &[&str]) -> DevServer {
    let server = server();
    let mut raw = Raw::connect(server.addresses()[0]);
    for row in 0..ROWS {
        raw.send(&write(row));
        assert_eq!(raw.frame()[13], 0);
    }
    server.set_faults(rules.iter().map(|words| words.parse().unwrap()));
    server
}

fn write(row: u32) -> Vec<u8> {
    let header = MessageHeader { info2: info2::WRITE, ..MessageHeader::default() };
    let fields: [(u8, &[u8]); 2] = [(field_type::NAMESPACE, b"test"), (field_type::DIGEST, &[row as u8; 20])];
    let value = u64::from(row).to_be_bytes();
    message(header, &fields, &[Op { operation: 2, particle: 1, name: b"a", value: &value }])
}

fn batch() -> Vec<u8> {
    let header = BatchHeader {
        timeout_ms: 1000,
        flags: BatchFlags::default(),
        filter: None,
        bins: BinSelection::All,
        attributes: ReadAttributes::default(),
    };
    let mut out = Vec::new();
    let mut encoder = BatchEncoder::new(&mut out, header);
    for row in 0..ROWS {
        encoder.row(row, &[row as u8; 20], RowGroup { namespace: "test", set: "" });
    }
    encoder.finish().unwrap();
    out
}

/// The connection after it has sent a batch to a server with these rules.
fn ask(rules: &[&str]) -> (DevServer, Raw) {
    let server = faulty(rules);
    let mut raw = Raw::connect(server.addresses()[0]);
    raw.send(&batch());
    (server, raw)
}

/// Index, code and particle type of every row of a reply, and the code of the trailer.
fn rows(raw: &mut Raw) -> (Vec<(u32, u8, u8)>, u8) {
    let mut rows = Vec::new();
    loop {
        let frame = raw.frame();
        let mut walker = ReplyWalker::new(&frame[8..]);
        while let Some(row) = walker.next_row().unwrap() {
            if row.last {
                return (rows, row.result_code);
            }
            let particle = walker.next_bin().unwrap().map_or(0, |bin| bin.particle);
            rows.push((row.index, row.result_code, particle));
        }
    }
}

fn good(index: u32) -> (u32, u8, u8) {
    (index, 0, 1)
}

#[test]
fn without_rules_nothing_goes_wrong() {
    let (_server, mut raw) = ask(&[]);
    assert_eq!(rows(&mut raw), ((0..ROWS).map(good).collect(), 0));
}

#[test]
fn delays_and_drips_take_their_time() {
    for rule in ["on=batch delay=30", "on=batch drip=1"] {
        let before = Instant::now();
        let (_server, mut raw) = ask(&[rule]);
        assert_eq!(rows(&mut raw).0.len(), ROWS as usize);
        assert!(before.elapsed() >= Duration::from_millis(30), "{rule}");
    }
}

#[test]
fn replies_are_cut_where_the_rule_says() {
    for size in [0, 1, 8, 100] {
        let (_server, mut raw) = ask(&[&format!("on=batch cut={size}")]);
        let mut reply = Vec::new();
        raw.0.read_to_end(&mut reply).unwrap();
        assert_eq!(reply.len(), size);
    }
}

#[test]
fn connections_end_with_and_without_a_reset() {
    let (_server, mut raw) = ask(&["on=batch close"]);
    assert_eq!(raw.0.read(&mut [0]).unwrap(), 0);
    let (_server, mut raw) = ask(&["on=batch refuse"]);
    assert_eq!(raw.0.read(&mut [0]).unwrap_err().kind(), ErrorKind::ConnectionReset);
    for rule in ["on=connect close", "on=connect refuse"] {
        let server = faulty(&[rule]);
        assert!(Raw::connect(server.addresses()[0]).is_closed(), "{rule}");
    }
}

#[test]
fn silence_keeps_the_connection_and_says_nothing() {
    let (server, mut raw) = ask(&["on=batch silence times=1"]);
    raw.0.set_read_timeout(Some(Duration::from_millis(30))).unwrap();
    let error = raw.0.read(&mut [0]).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{error}");
    // A silent connection does not keep the server from stopping.
    server.stop();
    raw.0.set_read_timeout(Some(LONG)).unwrap();
    assert!(raw.is_closed());
}

#[test]
fn a_long_delay_does_not_keep_the_server_from_stopping() {
    let (server, mut raw) = ask(&["delay=3600000"]);
    server.stop();
    assert!(raw.is_closed());
}

#[test]
fn frame_headers_can_be_wrong() {
    let (_server, mut raw) = ask(&[]);
    let size = raw.frame().len() as u64 - 8;
    let cases = [("size=zero", 0), ("size=short", size - 1), ("size=long", size + 1), ("size=huge", 1 << 47)];
    for (rule, expected) in cases {
        let (_server, mut raw) = ask(&[rule]);
        let mut header = [0; 8];
        raw.0.read_exact(&mut header).unwrap();
        assert_eq!(u64::from_be_bytes(header) & 0xffff_ffff_ffff, expected, "{rule}");
    }
    for (rule, at) in [("version=7", 0), ("type=7", 1)] {
        let (_server, mut raw) = ask(&[rule]);
        let mut header = [0; 8];
        raw.0.read_exact(&mut header).unwrap();
        assert_eq!(header[at], 7, "{rule}");
    }
}

#[test]
fn rows_can_be_lost_renumbered_refused_and_of_no_known_type() {
    let indexes = |raw: &mut Raw| rows(raw).0.iter().map(|row| row.0).collect::<Vec<_>>();
    let (_server, mut raw) = ask(&["lose=3"]);
    assert_eq!(indexes(&mut raw).len(), ROWS as usize - 3);

    let (_server, mut raw) = ask(&["index=foreign"]);
    assert_eq!(indexes(&mut raw).iter().filter(|index| **index >= ROWS).count(), 1);

    let (_server, mut raw) = ask(&["index=doubled"]);
    let mut doubled = indexes(&mut raw);
    doubled.sort_unstable();
    doubled.dedup();
    assert_eq!(doubled.len(), ROWS as usize - 1);

    let (_server, mut raw) = ask(&["code=18x4"]);
    let codes = rows(&mut raw).0;
    assert_eq!(codes.iter().filter(|row| (row.1, row.2) == (18, 0)).count(), 4);
    assert_eq!(codes.iter().filter(|row| (row.1, row.2) == (0, 1)).count(), ROWS as usize - 4);

    let (_server, mut raw) = ask(&["particle=99"]);
    assert!(rows(&mut raw).0.iter().all(|row| row.2 == 99));
}

#[test]
fn trailers_can_be_missing_doubled_or_failures() {
    let (_server, mut raw) = ask(&["trailer=8"]);
    assert_eq!(rows(&mut raw), ((0..ROWS).map(good).collect(), 8));

    let (_server, mut raw) = ask(&["trailer=doubled times=1"]);
    rows(&mut raw);
    assert_eq!(rows(&mut raw), (vec![], 0));

    let (_server, mut raw) = ask(&["trailer=missing times=1"]);
    raw.frame();
    assert_eq!(raw.info(&["node"]), "node\tA1\n");
}

#[test]
fn names_can_be_longer_than_their_bins() {
    let (_server, mut raw) = ask(&["name-beyond-op"]);
    let frame = raw.frame();
    let mut walker = ReplyWalker::new(&frame[8..]);
    walker.next_row().unwrap();
    assert!(walker.next_bin().is_err());
}

#[test]
fn an_earlier_reply_can_come_again() {
    let (_server, mut raw) = ask(&["on=info stale"]);
    let (first, last) = (raw.frame(), raw.frame());
    let mut request = Vec::new();
    aerostride_wire::encode_info_request(&mut request, &["node"]);
    raw.send(&request);
    assert_eq!((raw.frame(), raw.frame()), (first, last));
    assert_eq!(&raw.frame()[8..], b"node\tA1\n");
}

#[test]
fn garbage_is_as_long_as_it_should_be_and_the_same_every_time() {
    let garbage = || {
        let (_server, mut raw) = ask(&["garbage=300 times=1"]);
        let mut bytes = [0; 300];
        raw.0.read_exact(&mut bytes).unwrap();
        assert_eq!(raw.info(&["node"]), "node\tA1\n");
        bytes
    };
    assert_eq!(garbage(), garbage());
}

#[test]
fn rules_concern_the_node_connection_and_info_that_they_name() {
    let server = DevServer::start(Config::new().nodes(2).faults([
        "node=1 on=info info=build close".parse().unwrap(),
        "node=0 connection=2 close".parse().unwrap(),
    ]))
    .unwrap();
    let [first, second] = [server.addresses()[0], server.addresses()[1]];
    let mut raw = Raw::connect(first);
    assert_eq!(raw.info(&["build"]), "build\t8.1.2.0\n");
    let mut doomed = Raw::connect(first);
    doomed.send(&batch());
    assert!(doomed.is_closed());
    let mut raw = Raw::connect(second);
    assert_eq!(raw.info(&["node"]), "node\tB2\n");
    raw.send(&[2, 1, 0, 0, 0, 0, 0, 6, b'b', b'u', b'i', b'l', b'd', b'\n']);
    assert!(raw.is_closed());
    assert_eq!(server.stats().faults, 2);
    server.set_faults([]);
    assert_eq!(Raw::connect(second).info(&["build"]), "build\t8.1.2.0\n");
}
