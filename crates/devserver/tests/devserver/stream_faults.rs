//! Every fault does to scans what it says, on the wire.

use std::io::{ErrorKind, Read};
use std::time::Duration;

use crate::support::{Raw, message, server};
use aerostride_devserver::DevServer;
use aerostride_wire::{
    Cursor, FRAME_HEADER_SIZE, Field, MessageHeader, Op, StreamMessage, StreamWalker, field_type, info1,
    info2, info3, partition_of, read_op,
};

const RECORDS: usize = 20;

/// All records are of partition 0.
fn digest(record: usize) -> [u8; 20] {
    let mut digest = [0; 20];
    digest[5] = record as u8;
    digest
}

/// A connection that has sent a scan to a server with this rule.
fn ask(rule: &str) -> (DevServer, Raw) {
    let server = server();
    let mut raw = Raw::connect(server.addresses()[0]);
    for record in 0..RECORDS {
        let op = Op { operation: 2, particle: 1, name: b"a", value: &(record as u64).to_be_bytes() };
        let fields: [(u8, &[u8]); 2] =
            [(field_type::NAMESPACE, b"test"), (field_type::DIGEST, &digest(record))];
        raw.send(&message(MessageHeader { info2: info2::WRITE, ..Default::default() }, &fields, &[op]));
        assert_eq!(raw.frame()[13], 0);
    }
    server.set_faults([rule.parse().unwrap()]);
    raw.send(&scan());
    (server, raw)
}

fn scan() -> Vec<u8> {
    let header =
        MessageHeader { info1: info1::READ, info3: info3::PARTITION_DONE, ..MessageHeader::default() };
    message(header, &[(field_type::NAMESPACE, b"test"), (field_type::PARTITIONS, &[0, 0])], &[])
}

#[derive(Debug, PartialEq, Eq)]
enum Seen {
    Record([u8; 20]),
    Refused(u16, u8),
    Failed(u8),
    Last(u8),
}

/// What comes up to the last message.
fn seen(raw: &mut Raw) -> Vec<Seen> {
    let mut all = Vec::new();
    loop {
        let frame = raw.frame();
        let mut walker = StreamWalker::new(&frame[FRAME_HEADER_SIZE..]);
        while let Some(message) = walker.next_message().unwrap() {
            all.push(match message {
                StreamMessage::Record(record) => Seen::Record(*record.digest),
                StreamMessage::Partition { id, code } => Seen::Refused(id, code),
                StreamMessage::Refused { code } => Seen::Failed(code),
                StreamMessage::Last { code } => Seen::Last(code),
            });
            if let Some(Seen::Last(_)) = all.last() {
                return all;
            }
        }
    }
}

fn records(seen: &[Seen]) -> Vec<[u8; 20]> {
    seen.iter()
        .filter_map(|seen| if let Seen::Record(digest) = seen { Some(*digest) } else { None })
        .collect()
}

#[test]
fn records_are_lost_or_come_twice() {
    let lost = seen(&mut ask("on=scan lose=3").1);
    assert_eq!((records(&lost).len(), lost.last()), (RECORDS - 3, Some(&Seen::Last(0))));
    let doubled = records(&seen(&mut ask("on=scan double=4").1));
    let mut once = doubled.clone();
    once.dedup();
    assert_eq!((doubled.len(), once.len()), (RECORDS + 4, RECORDS));
}

#[test]
fn a_record_is_of_another_partition() {
    let records = records(&seen(&mut ask("on=scan partition=foreign").1));
    let strangers: Vec<_> = records.iter().map(partition_of).filter(|partition| *partition != 0).collect();
    assert_eq!((records.len(), strangers), (RECORDS, vec![2048]));
}

#[test]
fn a_partition_is_refused_while_its_records_come() {
    let seen = seen(&mut ask("on=scan partition=early").1);
    let at = seen.iter().position(|seen| *seen == Seen::Refused(0, 11)).unwrap();
    assert!(at < RECORDS);
    assert_eq!((records(&seen).len(), seen.len()), (RECORDS, RECORDS + 2));
}

#[test]
fn a_scan_is_aborted_in_the_middle() {
    let seen = seen(&mut ask("on=scan abort=7").1);
    assert_eq!((records(&seen).len(), seen.len(), seen.last()), (7, 8, Some(&Seen::Last(15))));
}

#[test]
fn the_last_message_has_a_code_or_does_not_come() {
    let failed = seen(&mut ask("on=scan trailer=9").1);
    assert_eq!((records(&failed).len(), failed.last()), (RECORDS, Some(&Seen::Last(9))));
    let (_server, mut raw) = ask("on=scan times=1 trailer=missing");
    raw.send(&scan());
    // What ends the second scan is the first last message.
    assert_eq!(records(&seen(&mut raw)).len(), 2 * RECORDS);
}

#[test]
fn a_code_comes_in_the_middle() {
    let frame = ask("on=scan code=18x1").1.frame();
    let mut cursor = Cursor::new(&frame[FRAME_HEADER_SIZE..]);
    let mut codes = Vec::new();
    while !cursor.is_empty() {
        let header = MessageHeader::read(&mut cursor).unwrap();
        for _ in 0..header.field_count {
            Field::read(&mut cursor).unwrap();
        }
        for _ in 0..header.op_count {
            read_op(&mut cursor).unwrap();
        }
        codes.push(header.result_code);
    }
    codes.sort_unstable();
    assert_eq!((codes.len(), codes.pop(), codes.pop()), (RECORDS, Some(18), Some(0)));
}

#[test]
fn a_scan_is_cut_off_or_stalls() {
    let (_server, mut raw) = ask("on=scan cut=300");
    let mut rest = Vec::new();
    raw.0.read_to_end(&mut rest).unwrap();
    assert_eq!(rest.len(), 300);
    let (_server, mut raw) = ask("on=scan stall=300");
    raw.0.read_exact(&mut [0; 300]).unwrap();
    raw.0.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    let error = raw.0.read(&mut [0]).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{error}");
}

#[test]
fn a_scan_comes_late_or_in_drops() {
    for rule in ["on=scan delay=30", "on=scan drip=0"] {
        let seen = seen(&mut ask(rule).1);
        assert_eq!((records(&seen).len(), seen.last()), (RECORDS, Some(&Seen::Last(0))), "{rule}");
    }
}

#[test]
fn a_scan_is_answered_again_in_front_of_the_next_one() {
    let (_server, mut raw) = ask("on=scan skip=1 stale");
    assert_eq!(records(&seen(&mut raw)).len(), RECORDS);
    raw.send(&scan());
    assert_eq!(records(&seen(&mut raw)).len(), RECORDS);
    assert_eq!(records(&seen(&mut raw)).len(), RECORDS);
}

#[test]
fn the_bins_of_records_have_another_type() {
    let (_server, mut raw) = ask("on=scan particle=99");
    let frame = raw.frame();
    let mut walker = StreamWalker::new(&frame[FRAME_HEADER_SIZE..]);
    for _ in 0..RECORDS {
        assert!(matches!(walker.next_message().unwrap(), Some(StreamMessage::Record(_))));
        assert_eq!(walker.bins().next_bin().unwrap().unwrap().particle, 99);
    }
}
