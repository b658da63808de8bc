//! Batch replies, encoded as a server does.

use aerostride_wire::{MessageHeader, Op, particle_type, put_op};

/// Appends a row. Its bins are name, particle type and value.
pub fn put_row(body: &mut Vec<u8>, header: MessageHeader, bins: &[(&str, u8, Vec<u8>)]) {
    let header = MessageHeader { op_count: bins.len() as u16, ..header };
    body.extend_from_slice(&header.encode());
    for (name, particle, value) in bins {
        put_op(body, &Op { operation: 1, particle: *particle, name: name.as_bytes(), value });
    }
}

/// A body of one successful row with one bin, `x`.
pub fn one_value(particle: u8, value: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    put_row(&mut body, MessageHeader::default(), &[("x", particle, value.to_vec())]);
    body
}

/// A row that succeeded with generation 1 and never expires.
pub fn success(index: u32) -> MessageHeader {
    MessageHeader { transaction: index, generation: 1, ..MessageHeader::default() }
}

pub fn int(name: &'static str, value: i64) -> (&'static str, u8, Vec<u8>) {
    (name, particle_type::INT, value.to_be_bytes().to_vec())
}

pub fn double(name: &'static str, value: f64) -> (&'static str, u8, Vec<u8>) {
    (name, particle_type::DOUBLE, value.to_be_bytes().to_vec())
}
