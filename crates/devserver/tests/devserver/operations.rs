//! Random operations on lists, maps, bits and sketches, and values written over others, as a real server answered them.
//! `OPEN` lists those that this server still answers otherwise; the test fails when one more does, and when one of them no
//! longer does.

use crate::support::{Raw, bytes, capture, hex};
use aerostride_wire::{Cursor, FRAME_HEADER_SIZE, MessageHeader, read_op};
use serde_json::Value;

/// What is open.
const OPEN: &[&str] = &[];

fn cases() -> Vec<Value> {
    capture("operations.json")["cases"].as_array().unwrap().clone()
}

/// A whole request on the record of that number.
fn request(step: &Value, record: usize) -> Vec<u8> {
    let mut digest = [0; 20];
    digest[..8].copy_from_slice(&(record as u64).to_le_bytes());
    let mut body = vec![22, step[0].as_u64().unwrap() as u8, step[1].as_u64().unwrap() as u8, 0, 0, 0];
    body.extend_from_slice(&[0; 12]);
    let ops = step[2].as_array().unwrap();
    body.extend_from_slice(&3_u16.to_be_bytes());
    body.extend_from_slice(&(ops.len() as u16).to_be_bytes());
    for (kind, field) in [(0, &b"test"[..]), (1, b"operations"), (4, &digest)] {
        body.extend_from_slice(&(field.len() as u32 + 1).to_be_bytes());
        body.push(kind);
        body.extend_from_slice(field);
    }
    for op in ops {
        let value = bytes(op[2].as_str().unwrap());
        body.extend_from_slice(&(value.len() as u32 + 5).to_be_bytes());
        body.extend_from_slice(&[op[0].as_u64().unwrap() as u8, op[1].as_u64().unwrap() as u8, 0, 1, b'b']);
        body.extend_from_slice(&value);
    }
    let mut frame = vec![2, 3, 0, 0];
    frame.extend_from_slice(&(body.len() as u32).to_be_bytes());
    frame.extend_from_slice(&body);
    frame
}

/// Result code, generation and ops of an answer, as the recording has them.
fn answer(frame: &[u8]) -> (u64, u64, Vec<Value>) {
    let mut cursor = Cursor::new(&frame[FRAME_HEADER_SIZE..]);
    let header = MessageHeader::read(&mut cursor).unwrap();
    let ops = (0..header.op_count).map(|_| {
        let op = read_op(&mut cursor).unwrap();
        serde_json::json!([op.operation, op.particle, hex(op.value)])
    });
    (header.result_code.into(), header.generation.into(), ops.collect())
}

#[test]
fn operations_are_answered_as_by_a_real_server() {
    let server = crate::support::server();
    let mut connection = Raw::connect(server.addresses()[0]);
    let mut wrong = Vec::new();
    let mut open: Vec<&str> = OPEN.to_vec();
    let cases = cases();
    for (record, case) in cases.iter().enumerate() {
        let id = case["id"].as_str().unwrap();
        let listed = open.iter().position(|known| *known == id);
        let different = case["steps"].as_array().unwrap().iter().find_map(|step| {
            connection.send(&request(step, record));
            let given = answer(&connection.frame());
            let wanted = (step[3].as_u64().unwrap(), step[4].as_u64().unwrap(), step[5].as_array().unwrap());
            ((given.0, given.1, &given.2) != wanted).then(|| format!("{:?} instead of {wanted:?}", given))
        });
        match (different, listed) {
            (None, None) => {}
            (Some(_), Some(at)) => drop(open.swap_remove(at)),
            (Some(difference), None) => wrong.push(format!("{id}: {difference}")),
            (None, Some(_)) => wrong.push(format!("{id} is right and still listed")),
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
