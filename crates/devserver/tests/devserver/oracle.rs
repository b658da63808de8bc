//! Random writes against a naive model, and batch reads against single reads: whatever was written, both see the same.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::support::{Raw, server};
use aerostride_wire::{
    BatchEncoder, BatchFlags, BatchHeader, BinSelection, Cursor, FrameType, MESSAGE_HEADER_SIZE,
    MessageHeader, Op, ReadAttributes, ReplyWalker, RowGroup, field_type, finish_frame, info1, info2, info3,
    put_field, put_op, read_op, start_frame, write_type,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

/// A record as the model has it: its generation, and its bins in the order in which they were made.
#[derive(Debug, Clone, Default, PartialEq)]
struct Model {
    generation: u32,
    bins: Vec<(String, u8, Vec<u8>)>,
}

#[derive(Debug, Clone)]
struct Step {
    record: u8,
    action: Action,
    exists: Exists,
    generation: Option<u16>,
}

#[derive(Debug, Clone)]
enum Action {
    Ops(Vec<(u8, String, u8, Vec<u8>)>),
    Delete,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Exists {
    Whatever,
    Update,
    Create,
}

const NAMES: [&str; 4] = ["a", "b", "c", "fifteen-letters"];

fn value() -> impl Strategy<Value = (u8, Vec<u8>)> {
    prop_oneof![
        any::<i64>().prop_map(|int| (1, int.to_be_bytes().to_vec())),
        any::<f64>().prop_map(|double| (2, double.to_be_bytes().to_vec())),
        "[a-z]{0,5}".prop_map(|text| (3, text.into_bytes())),
        vec(any::<u8>(), 0..5).prop_map(|blob| (4, blob)),
        Just((0, Vec::new())),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let operation = prop_oneof![
        4 => Just(write_type::WRITE),
        2 => Just(write_type::ADD),
        2 => Just(write_type::APPEND),
        1 => Just(write_type::PREPEND),
        1 => Just(write_type::TOUCH),
        1 => Just(write_type::DELETE),
    ];
    let op = (operation, prop::sample::select(&NAMES[..]), value())
        .prop_map(|(operation, name, (particle, value))| (operation, name.to_owned(), particle, value));
    let action = prop_oneof![6 => vec(op, 1..4).prop_map(Action::Ops), 1 => Just(Action::Delete)];
    let exists =
        prop_oneof![4 => Just(Exists::Whatever), 1 => Just(Exists::Update), 1 => Just(Exists::Create)];
    let generation = prop::option::weighted(0.2, 0..4_u16);
    (0..6_u8, action, exists, generation).prop_map(|(record, action, exists, generation)| Step {
        record,
        action,
        exists,
        generation,
    })
}

/// What the step does to a record, in the simplest words; the code when it fails.
fn apply(model: &mut BTreeMap<u8, Model>, step: &Step) -> u8 {
    let old = model.get(&step.record).cloned();
    let touches = matches!(&step.action, Action::Ops(ops) if ops.iter().any(|op| op.0 == write_type::TOUCH));
    let must_exist = step.exists == Exists::Update || touches || matches!(step.action, Action::Delete);
    if old.is_none() && must_exist {
        return 2;
    }
    if old.is_some() && step.exists == Exists::Create && !matches!(step.action, Action::Delete) {
        return 5;
    }
    let mut record = old.clone().unwrap_or_default();
    if step.generation.is_some_and(|wanted| u32::from(wanted) != record.generation) {
        return 3;
    }
    let Action::Ops(ops) = &step.action else {
        model.remove(&step.record);
        return 0;
    };
    for (operation, name, particle, value) in ops {
        let place = record.bins.iter().position(|bin| bin.0 == *name);
        match (*operation, place) {
            (write_type::TOUCH, _) => {}
            (write_type::DELETE, _) => record.bins.clear(),
            (write_type::WRITE, Some(at)) if *particle == 0 => drop(record.bins.swap_remove(at)),
            (write_type::WRITE, None) if *particle == 0 => {}
            (write_type::ADD | write_type::APPEND | write_type::PREPEND, _) if *particle == 0 => return 4,
            (_, None) => record.bins.push((name.clone(), *particle, value.clone())),
            (write_type::WRITE, Some(at)) => record.bins[at] = (name.clone(), *particle, value.clone()),
            (_, Some(at)) => {
                let bin = &mut record.bins[at];
                let fits = if *operation == write_type::ADD { [1, 2] } else { [3, 4] };
                if bin.1 != *particle || !fits.contains(particle) {
                    return 12;
                }
                bin.2 = match *operation {
                    write_type::ADD => sum(*particle, &bin.2, value),
                    write_type::APPEND => [&bin.2[..], value].concat(),
                    _ => [value, &bin.2[..]].concat(),
                };
            }
        }
    }
    record.generation += 1;
    if !record.bins.is_empty() {
        model.insert(step.record, record);
    } else if model.remove(&step.record).is_none() {
        return 2;
    }
    0
}

fn sum(particle: u8, a: &[u8], b: &[u8]) -> Vec<u8> {
    let (a, b): ([u8; 8], [u8; 8]) = (a.try_into().unwrap(), b.try_into().unwrap());
    if particle == 1 {
        i64::from_be_bytes(a).wrapping_add(i64::from_be_bytes(b)).to_be_bytes().to_vec()
    } else {
        (f64::from_be_bytes(a) + f64::from_be_bytes(b)).to_be_bytes().to_vec()
    }
}

fn digest(case: u64, record: u8) -> [u8; 20] {
    let mut digest = [record; 20];
    digest[..8].copy_from_slice(&case.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes());
    digest
}

fn message(header: MessageHeader, digest: &[u8; 20], ops: &[(u8, String, u8, Vec<u8>)]) -> Vec<u8> {
    let mut out = Vec::new();
    let frame = start_frame(&mut out, FrameType::Message);
    out.extend_from_slice(&MessageHeader { field_count: 2, op_count: ops.len() as u16, ..header }.encode());
    put_field(&mut out, field_type::NAMESPACE, b"test");
    put_field(&mut out, field_type::DIGEST, digest);
    for (operation, name, particle, value) in ops {
        put_op(&mut out, &Op { operation: *operation, particle: *particle, name: name.as_bytes(), value });
    }
    finish_frame(&mut out, frame);
    out
}

fn request(step: &Step, case: u64) -> Vec<u8> {
    let mut header = MessageHeader { info2: info2::WRITE, ..MessageHeader::default() };
    if let Some(generation) = step.generation {
        header.info2 |= info2::GENERATION;
        header.generation = u32::from(generation);
    }
    match step.exists {
        Exists::Whatever => {}
        Exists::Update => header.info3 |= info3::UPDATE_ONLY,
        Exists::Create => header.info2 |= info2::CREATE_ONLY,
    }
    let digest = digest(case, step.record);
    match &step.action {
        Action::Ops(ops) => message(header, &digest, ops),
        Action::Delete => {
            message(MessageHeader { info2: header.info2 | info2::DELETE, ..header }, &digest, &[])
        }
    }
}

/// A record as a single read shows it.
fn read(raw: &mut Raw, case: u64, record: u8) -> Option<Model> {
    let header = MessageHeader { info1: info1::READ | info1::GET_ALL, ..MessageHeader::default() };
    raw.send(&message(header, &digest(case, record), &[]));
    let frame = raw.frame();
    let mut cursor = Cursor::new(&frame[8..]);
    let header = MessageHeader::read(&mut cursor).unwrap();
    if header.result_code != 0 {
        assert_eq!((header.result_code, frame.len()), (2, 8 + MESSAGE_HEADER_SIZE));
        return None;
    }
    let bins = (0..header.op_count).map(|_| bin(&read_op(&mut cursor).unwrap())).collect();
    assert!(cursor.is_empty());
    Some(Model { generation: header.generation, bins })
}

fn bin(op: &Op<'_>) -> (String, u8, Vec<u8>) {
    (String::from_utf8(op.name.to_vec()).unwrap(), op.particle, op.value.to_vec())
}

/// The same records as a batch shows them.
fn read_batch(raw: &mut Raw, case: u64, records: u8, names: Option<&[&str]>) -> Vec<Option<Model>> {
    let header = BatchHeader {
        timeout_ms: 0,
        flags: BatchFlags::default(),
        filter: None,
        bins: names.map_or(BinSelection::All, BinSelection::Named),
        attributes: ReadAttributes::default(),
    };
    let mut out = Vec::new();
    let mut encoder = BatchEncoder::new(&mut out, header);
    for record in 0..records {
        encoder.row(u32::from(record), &digest(case, record), RowGroup { namespace: "test", set: "" });
    }
    encoder.finish().unwrap();
    raw.send(&out);
    let mut rows = vec![None; usize::from(records)];
    loop {
        let frame = raw.frame();
        let mut walker = ReplyWalker::new(&frame[8..]);
        while let Some(row) = walker.next_row().unwrap() {
            if row.last {
                return rows;
            }
            let mut bins = Vec::new();
            while let Some(op) = walker.next_bin().unwrap() {
                bins.push(bin(&op));
            }
            rows[row.index as usize] =
                (row.result_code == 0).then_some(Model { generation: row.generation, bins });
        }
    }
}

#[test]
fn writes_do_what_a_naive_model_does() {
    let server = server();
    let connection = RefCell::new((Raw::connect(server.addresses()[0]), 0));
    let mut runner = TestRunner::new(ProptestConfig::with_cases(1000));
    let checked = runner.run(&vec(step(), 1..30), |steps| {
        let (raw, case) = &mut *connection.borrow_mut();
        *case += 1;
        let case = *case;
        let mut model = BTreeMap::new();
        for step in &steps {
            raw.send(&request(step, case));
            let frame = raw.frame();
            prop_assert_eq!(frame[13], apply(&mut model, step), "{:?}", step);
        }
        let singles: Vec<_> = (0..6).map(|record| read(raw, case, record)).collect();
        let expected: Vec<_> = (0..6).map(|record| model.get(&record).cloned()).collect();
        prop_assert_eq!(&singles, &expected);
        prop_assert_eq!(&read_batch(raw, case, 6, None), &expected);
        let named = read_batch(raw, case, 6, Some(&["c", "none", "a"]));
        for (row, expected) in named.iter().zip(&expected) {
            let expected = expected.as_ref().map(|record| Model {
                bins: ["c", "a"]
                    .iter()
                    .filter_map(|name| record.bins.iter().find(|bin| bin.0 == *name).cloned())
                    .collect(),
                ..record.clone()
            });
            prop_assert_eq!(row, &expected);
        }
        Ok(())
    });
    checked.unwrap();
}
