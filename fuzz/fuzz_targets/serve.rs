//! Whole frames, one after the other, answered by the server as a connection would: info, messages, batches, scans,
//! expressions, logins. Nothing panics, and what is sent back is made of whole frames.
#![no_main]

use aerostride_wire::{FRAME_HEADER_SIZE, FrameHeader};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|frames: &[u8]| {
    let mut replies = &aerostride_devserver::fuzz_answer(frames)[..];
    while let Some(header) = replies.first_chunk::<FRAME_HEADER_SIZE>() {
        let size = FrameHeader::parse(header, usize::MAX).expect("a reply begins with a frame header").size;
        replies = &replies[FRAME_HEADER_SIZE + size..];
    }
    assert!(replies.is_empty(), "a reply ends with a whole frame");
});
