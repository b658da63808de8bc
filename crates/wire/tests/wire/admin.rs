//! Admin messages: fields that come back, and sizes that lie.

use aerostride_wire::{
    AdminMessage, FrameHeader, FrameType, MAX_FRAME_BODY, WireError, admin_command, encode_admin,
};
use proptest::collection::vec;
use proptest::prelude::*;

/// The body of an admin message with one field of this stated size and these bytes.
fn with_field(size: u32, bytes: &[u8]) -> Vec<u8> {
    let mut body = vec![0; 16];
    body[3] = 1;
    body.extend(size.to_be_bytes());
    body.extend(bytes);
    body
}

#[test]
fn a_header_has_16_bytes() {
    for size in 0..16 {
        let error = AdminMessage::parse(&vec![0; size]).unwrap_err();
        assert_eq!(error, WireError::Truncated { what: "admin header", need: 16, have: size });
    }
    assert!(AdminMessage::parse(&[0; 16]).is_ok());
}

#[test]
fn a_field_has_at_least_its_id_and_no_more_than_what_is_left() {
    let error = AdminMessage::parse(&with_field(0, b"\x05token")).unwrap_err();
    assert_eq!(error, WireError::TooSmall { what: "admin field", size: 0, least: 1 });
    for size in [7, 1 << 16, 1 << 31, u32::MAX] {
        let error = AdminMessage::parse(&with_field(size, b"\x05token")).unwrap_err();
        assert_eq!(error, WireError::Truncated { what: "admin field", need: size as usize, have: 6 });
    }
    assert_eq!(AdminMessage::parse(&with_field(6, b"\x05token")).unwrap().field(5), Some(&b"token"[..]));
    assert_eq!(AdminMessage::parse(&with_field(1, b"\x05token")).unwrap().field(5), Some(&b""[..]));
}

#[test]
fn a_message_with_fewer_fields_than_it_says_is_an_error() {
    for count in [2, 255] {
        let mut body = with_field(6, b"\x05token");
        body[3] = count;
        let error = AdminMessage::parse(&body).unwrap_err();
        assert_eq!(error, WireError::Truncated { what: "admin field size", need: 4, have: 0 });
    }
}

#[test]
fn of_equal_fields_the_first_counts() {
    let mut out = Vec::new();
    encode_admin(&mut out, 52, admin_command::LOGIN, &[(5, b"first"), (6, b""), (5, b"second")]);
    let message = AdminMessage::parse(&out[8..]).unwrap();
    assert_eq!((message.result, message.command), (52, 20));
    assert_eq!(
        (message.field(5), message.field(6), message.field(0)),
        (Some(&b"first"[..]), Some(&b""[..]), None)
    );
}

proptest! {
    #[test]
    fn messages_are_read_back(result: u8, command: u8, fields in vec((any::<u8>(), vec(any::<u8>(), 0..40)), 0..6)) {
        let borrowed: Vec<(u8, &[u8])> = fields.iter().map(|(id, value)| (*id, &value[..])).collect();
        let mut out = vec![1, 2, 3];
        encode_admin(&mut out, result, command, &borrowed);
        let header = FrameHeader::parse(out[3..11].try_into().unwrap(), MAX_FRAME_BODY).unwrap();
        prop_assert_eq!(header, FrameHeader { kind: FrameType::Admin, size: out.len() - 11 });
        let message = AdminMessage::parse(&out[11..]).unwrap();
        prop_assert_eq!((message.result, message.command), (result, command));
        for id in 0..=u8::MAX {
            let expected = fields.iter().find(|(own, _)| *own == id).map(|(_, value)| &value[..]);
            prop_assert_eq!(message.field(id), expected);
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused_without_a_panic(bytes in vec(any::<u8>(), 0..80)) {
        if let Ok(message) = AdminMessage::parse(&bytes) {
            for id in 0..=u8::MAX {
                message.field(id);
            }
        }
    }
}
