//! Frame headers: types, versions, and sizes that lie.

use aerostride_wire::{FrameHeader, FrameType, MAX_FRAME_BODY, WireError, finish_frame, start_frame};

const KINDS: [FrameType; 4] = [FrameType::Info, FrameType::Admin, FrameType::Message, FrameType::Compressed];

fn header(version: u8, kind: u8, size: u64) -> [u8; 8] {
    let mut bytes = size.to_be_bytes();
    bytes[..2].copy_from_slice(&[version, kind]);
    bytes
}

#[test]
fn every_type_and_size_up_to_the_limit_is_read_back() {
    for (kind, byte) in KINDS.into_iter().zip(1..) {
        for size in [0, 1, 21, 22, 65_535, 65_536, MAX_FRAME_BODY - 1, MAX_FRAME_BODY] {
            let frame = FrameHeader { kind, size };
            assert_eq!(frame.encode(), header(2, byte, size as u64));
            assert_eq!(FrameHeader::parse(&frame.encode(), MAX_FRAME_BODY), Ok(frame));
        }
    }
}

#[test]
fn a_size_over_the_limit_is_refused_whatever_the_type() {
    for kind in 1..=4 {
        for size in [MAX_FRAME_BODY as u64 + 1, 1 << 31, 1 << 32, 1 << 47, (1 << 48) - 1] {
            let error = FrameHeader::parse(&header(2, kind, size), MAX_FRAME_BODY).unwrap_err();
            assert_eq!(error, WireError::FrameTooLarge { size, limit: MAX_FRAME_BODY });
        }
        let short = FrameHeader::parse(&header(2, kind, 101), 100).unwrap_err();
        assert_eq!(short.to_string(), "frame body of 101 bytes is over the limit of 100");
        let nothing = FrameHeader::parse(&header(2, kind, 1), 0).unwrap_err();
        assert_eq!(nothing, WireError::FrameTooLarge { size: 1, limit: 0 });
        assert!(FrameHeader::parse(&header(2, kind, 0), 0).is_ok());
    }
}

#[test]
fn other_versions_and_types_are_refused() {
    for byte in 0..=u8::MAX {
        let version = FrameHeader::parse(&header(byte, 3, 22), MAX_FRAME_BODY);
        let kind = FrameHeader::parse(&header(2, byte, 22), MAX_FRAME_BODY);
        if byte != 2 {
            assert_eq!(version, Err(WireError::FrameVersion(byte)));
        }
        if !(1..=4).contains(&byte) {
            assert_eq!(kind, Err(WireError::FrameType(byte)));
        }
    }
}

#[test]
fn a_finished_frame_states_the_size_of_what_was_appended() {
    let mut out = b"before".to_vec();
    for size in [0, 1, 300, 70_000] {
        let start = start_frame(&mut out, FrameType::Admin);
        out.resize(out.len() + size, 0xaa);
        finish_frame(&mut out, start);
        assert_eq!(out[start..start + 8], FrameHeader { kind: FrameType::Admin, size }.encode());
    }
    assert_eq!(&out[..6], b"before");
}

#[test]
fn an_encoded_size_never_reaches_version_and_type() {
    let bytes = FrameHeader { kind: FrameType::Info, size: usize::MAX }.encode();
    assert_eq!(bytes, [2, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
}
