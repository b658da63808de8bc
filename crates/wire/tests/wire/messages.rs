//! Message headers, fields and ops, and the sizes that they state.

use aerostride_wire::{
    Cursor, Field, MessageHeader, Op, Particle, WireError, particle_type, put_field, put_op, read_op,
    write_type,
};
use proptest::prelude::*;

fn header() -> impl Strategy<Value = MessageHeader> {
    (any::<[u8; 5]>(), any::<[u32; 3]>(), any::<[u16; 2]>()).prop_map(
        |([info1, info2, info3, info4, result_code], [generation, ttl, transaction], counts)| MessageHeader {
            info1,
            info2,
            info3,
            info4,
            result_code,
            generation,
            ttl,
            transaction,
            field_count: counts[0],
            op_count: counts[1],
        },
    )
}

proptest! {
    #[test]
    fn headers_are_read_back(header in header()) {
        let bytes = header.encode();
        let mut cursor = Cursor::new(&bytes);
        prop_assert_eq!(MessageHeader::read(&mut cursor), Ok(header));
        prop_assert!(cursor.is_empty());
    }

    #[test]
    fn fields_and_ops_are_read_back(
        kind: u8,
        operation: u8,
        particle: u8,
        name in proptest::collection::vec(any::<u8>(), 0..=255),
        value in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let op = Op { operation, particle, name: &name, value: &value };
        let mut out = Vec::new();
        put_field(&mut out, kind, &value);
        put_op(&mut out, &op);
        let mut cursor = Cursor::new(&out);
        prop_assert_eq!(Field::read(&mut cursor), Ok(Field { kind, value: &value }));
        prop_assert_eq!(read_op(&mut cursor), Ok(op));
        prop_assert!(cursor.is_empty());
        for cut in 0..out.len() {
            let mut cursor = Cursor::new(&out[..cut]);
            let read = Field::read(&mut cursor).and_then(|_| read_op(&mut cursor));
            prop_assert!(matches!(read, Err(WireError::Truncated { .. })), "{:?} of {} bytes", read, cut);
        }
    }
}

#[test]
fn the_header_size_byte_must_be_22() {
    for size in (0..=u8::MAX).filter(|&size| size != 22) {
        let mut bytes = MessageHeader::default().encode();
        bytes[0] = size;
        assert_eq!(MessageHeader::read(&mut Cursor::new(&bytes)), Err(WireError::HeaderSize(size)));
    }
}

#[test]
fn sizes_that_cannot_hold_their_own_header_are_named() {
    let field = Field::read(&mut Cursor::new(&[0, 0, 0, 0, 7])).unwrap_err();
    assert_eq!(field, WireError::TooSmall { what: "field", size: 0, least: 1 });
    for size in 0..4 {
        let error = read_op(&mut Cursor::new(&[0, 0, 0, size, 1, 1, 0, 0, 0])).unwrap_err();
        assert_eq!(error, WireError::TooSmall { what: "op", size: usize::from(size), least: 4 });
    }
    let name = read_op(&mut Cursor::new(&[0, 0, 0, 6, 1, 1, 0, 3, b'a', b'b', b'c'])).unwrap_err();
    assert_eq!(name, WireError::NameBeyondOp { name: 3, room: 2 });
    let long = read_op(&mut Cursor::new(&[0xff, 0xff, 0xff, 0xff, 1, 1, 0, 0])).unwrap_err();
    assert_eq!(long, WireError::Truncated { what: "op", need: 0xffff_ffff, have: 4 });
}

#[test]
fn numbers_must_have_the_size_of_their_type_and_unknown_types_are_no_error() {
    let bytes = [0_u8; 16];
    for size in 0..=bytes.len() {
        let value = &bytes[..size];
        for kind in 0..=u8::MAX {
            let expected = match kind {
                particle_type::INT | particle_type::DOUBLE => 8,
                particle_type::BOOL => 1,
                _ => size,
            };
            let decoded = Particle::decode(kind, value);
            if size == expected {
                assert!(decoded.is_ok(), "type {kind} of {size} bytes: {decoded:?}");
            } else {
                assert_eq!(decoded, Err(WireError::ParticleSize { kind, size, expected }));
            }
        }
    }
    for kind in (5..=16).chain(24..=255).chain([21, 22]) {
        assert_eq!(Particle::decode(kind, b"x"), Ok(Particle::Other(kind, b"x")));
    }
}

#[test]
fn every_bool_byte_but_zero_is_true() {
    for byte in 0..=u8::MAX {
        assert_eq!(Particle::decode(particle_type::BOOL, &[byte]), Ok(Particle::Bool(byte != 0)));
    }
}

#[test]
fn a_read_op_without_a_value_is_what_named_bins_send() {
    let mut out = Vec::new();
    put_op(&mut out, &Op { operation: write_type::READ, particle: 0, name: b"nope", value: &[] });
    assert_eq!(out, b"\0\0\0\x08\x01\0\0\x04nope");
}
