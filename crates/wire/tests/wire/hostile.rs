//! Replies that were cut or damaged: an error at worst, never a panic, never a row that was not there.

use aerostride_wire::{Cursor, FRAME_HEADER_SIZE, WireError, msgpack};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::recorded::{read_frames, replies, walk};

#[test]
fn a_reply_cut_at_any_byte_is_an_error_or_ends_between_frames() {
    for (name, reply) in replies() {
        let whole = read_frames(&reply).unwrap();
        let mut between_frames = 0;
        for cut in 1..reply.len() {
            match read_frames(&reply[..cut]) {
                Err(error) => {
                    assert!(matches!(error, WireError::Truncated { .. }), "{name} at {cut}: {error}")
                }
                Ok(rows) => {
                    between_frames += 1;
                    assert_eq!(rows, whole[..rows.len()], "{name} at {cut}");
                    assert!(rows.iter().all(|(row, _)| !row.last), "{name} at {cut}");
                }
            }
        }
        assert!(between_frames < 4, "{name}: {between_frames} cuts went unnoticed");
    }
}

#[test]
fn a_frame_body_cut_at_any_byte_gives_only_rows_that_are_whole() {
    for (name, reply) in replies() {
        let size = usize::from(reply[6]) << 8 | usize::from(reply[7]);
        let body = &reply[FRAME_HEADER_SIZE..FRAME_HEADER_SIZE + size];
        let mut whole = Vec::new();
        walk(body, &mut whole).unwrap();
        let borders = message_ends(body);
        for cut in 0..body.len() {
            let mut rows = Vec::new();
            let read = walk(&body[..cut], &mut rows);
            assert_eq!(rows, whole[..rows.len()], "{name} at {cut}");
            let expected = borders.iter().filter(|&&border| border <= cut).count();
            assert_eq!(rows.len(), expected, "{name} at {cut}");
            assert_eq!(read.is_ok(), cut == 0 || borders.contains(&cut), "{name} at {cut}");
        }
    }
}

/// Where the messages of a body end, found by adding up the stated sizes.
fn message_ends(body: &[u8]) -> Vec<usize> {
    let number = |at: usize, size: usize| body[at..at + size].iter().fold(0, |n, &b| n << 8 | usize::from(b));
    let mut ends = Vec::new();
    let mut at = 0;
    while at < body.len() {
        let parts = number(at + 18, 2) + number(at + 20, 2);
        at += 22;
        for _ in 0..parts {
            at += 4 + number(at, 4);
        }
        ends.push(at);
    }
    ends
}

/// Reads everything that can be read: all rows, all values, and all lists as far as they are numbers.
fn read_deeply(reply: &[u8]) -> Result<(), WireError> {
    for op in read_frames(reply)?.iter().flat_map(|(_, bins)| bins) {
        if let aerostride_wire::Particle::List(bytes) = op.decode()? {
            let mut cursor = Cursor::new(bytes);
            for _ in 0..msgpack::list_header(&mut cursor)? {
                msgpack::element(&mut cursor)?;
            }
        }
    }
    Ok(())
}

/// One change to the bytes of a reply.
#[derive(Debug, Clone)]
enum Damage {
    Set(Index, u8),
    Flip(Index, u8),
    Size(Index, u32),
    Insert(Index, Vec<u8>),
    Remove(Index, usize),
    Double(Index, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let sizes = prop_oneof![Just(0), Just(1), Just(u32::MAX), Just(1 << 31), Just(1 << 16), any::<u32>()];
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Damage::Set(at, byte)),
        (any::<Index>(), 0..8_u8).prop_map(|(at, bit)| Damage::Flip(at, bit)),
        (any::<Index>(), sizes).prop_map(|(at, size)| Damage::Size(at, size)),
        (any::<Index>(), proptest::collection::vec(any::<u8>(), 1..30))
            .prop_map(|(at, b)| Damage::Insert(at, b)),
        (any::<Index>(), 1..40_usize).prop_map(|(at, count)| Damage::Remove(at, count)),
        (any::<Index>(), 1..60_usize).prop_map(|(at, count)| Damage::Double(at, count)),
    ]
}

fn apply(bytes: &mut Vec<u8>, damage: Damage) {
    if bytes.is_empty() {
        return;
    }
    let span = |at: Index, count: usize, len: usize| at.index(len)..(at.index(len) + count).min(len);
    match damage {
        Damage::Set(at, byte) => *at.get_mut(bytes) = byte,
        Damage::Flip(at, bit) => *at.get_mut(bytes) ^= 1 << bit,
        Damage::Size(at, size) => {
            let span = span(at, 4, bytes.len());
            let size = size.to_be_bytes();
            bytes[span.clone()].copy_from_slice(&size[..span.len()]);
        }
        Damage::Insert(at, more) => {
            let at = at.index(bytes.len());
            bytes.splice(at..at, more);
        }
        Damage::Remove(at, count) => {
            bytes.drain(span(at, count, bytes.len()));
        }
        Damage::Double(at, count) => {
            let span = span(at, count, bytes.len());
            let copy = bytes[span.clone()].to_vec();
            bytes.splice(span.end..span.end, copy);
        }
    }
}

proptest! {
    #![proptest_config(crate::cases(4096))]

    #[test]
    fn damaged_replies_are_read_or_refused_without_a_panic(
        which: Index,
        damages in proptest::collection::vec(damage(), 1..6),
    ) {
        thread_local!(static REPLIES: Vec<(String, Vec<u8>)> = replies());
        let mut reply = REPLIES.with(|replies| which.get(replies).1.clone());
        for damage in damages {
            apply(&mut reply, damage);
        }
        let _ = read_deeply(&reply);
    }

    #[test]
    fn a_damaged_body_behind_a_sound_frame_header_is_read_or_refused_without_a_panic(
        which: Index,
        damages in proptest::collection::vec(damage(), 1..6),
    ) {
        thread_local!(static REPLIES: Vec<(String, Vec<u8>)> = replies());
        let mut body = REPLIES.with(|replies| which.get(replies).1[FRAME_HEADER_SIZE..].to_vec());
        for damage in damages {
            apply(&mut body, damage);
        }
        let mut rows = Vec::new();
        let _ = walk(&body, &mut rows);
        prop_assert!(rows.len() <= body.len() / 22);
    }

    #[test]
    fn arbitrary_bytes_are_read_or_refused_without_a_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
    ) {
        let _ = read_frames(&bytes);
        let _ = walk(&bytes, &mut Vec::new());
    }
}
