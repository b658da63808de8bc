//! The recordings under `fixtures/captures`.

use std::path::Path;

use aerostride_wire::{
    Cursor, FRAME_HEADER_SIZE, FrameHeader, FrameType, MAX_FRAME_BODY, Op, ReplyWalker, RowHeader, WireError,
};
use serde_json::Value;

/// One capture file.
pub fn capture(file: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/captures").join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap()
}

/// Bytes from their hexadecimal text.
pub fn unhex(text: &str) -> Vec<u8> {
    assert!(text.len().is_multiple_of(2), "odd number of digits: {text}");
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

/// Name, request and whole reply of every case of `batch-read-cases.json`.
pub fn batch_cases() -> Vec<(String, Vec<u8>, Vec<u8>)> {
    let cases = capture("batch-read-cases.json");
    let read = |(name, case): (&String, &Value)| {
        let frames = case["reply_frames"].as_array().unwrap();
        let reply = frames.iter().flat_map(|frame| unhex(frame.as_str().unwrap())).collect();
        (name.clone(), unhex(case["request"].as_str().unwrap()), reply)
    };
    cases.as_object().unwrap().iter().map(read).collect()
}

/// Every message reply of every recording, each with all the frames that answer one request.
pub fn replies() -> Vec<(String, Vec<u8>)> {
    let mut replies: Vec<_> = batch_cases().into_iter().map(|(name, _, reply)| (name, reply)).collect();
    for file in ["node-6.7.1.json", "aerospike-crate-3.0.0.json", "aerospike-py-0.14.4.json"] {
        for (operation, connections) in capture(file).as_object().unwrap() {
            for connection in connections.as_array().unwrap() {
                replies
                    .extend(replies_of(connection).into_iter().map(|r| (format!("{file} {operation}"), r)));
            }
        }
    }
    assert!(replies.len() > 50, "the recordings hold more replies than {}", replies.len());
    replies
}

/// Joins the frames that follow one request.
fn replies_of(connection: &Value) -> Vec<Vec<u8>> {
    let mut replies = Vec::new();
    let mut after_request = true;
    for frame in connection.as_array().unwrap().iter().filter(|frame| frame["type"] == 3) {
        let reply = frame["dir"] == "reply";
        if reply && after_request {
            replies.push(Vec::new());
        }
        if let (true, Some(last)) = (reply, replies.last_mut()) {
            last.extend(unhex(frame["hex"].as_str().unwrap()));
        }
        after_request = !reply;
    }
    replies
}

/// A row and its bins, borrowed from the reply.
pub type Row<'a> = (RowHeader, Vec<Op<'a>>);

/// Reads the frames of a reply to their end, as a client that holds all its bytes would.
pub fn read_frames(reply: &[u8]) -> Result<Vec<Row<'_>>, WireError> {
    let mut cursor = Cursor::new(reply);
    let mut rows = Vec::new();
    while !cursor.is_empty() {
        let header = FrameHeader::parse(cursor.array::<FRAME_HEADER_SIZE>("frame header")?, MAX_FRAME_BODY)?;
        if header.kind != FrameType::Message {
            return Err(WireError::UnexpectedFrame { got: header.kind, expected: FrameType::Message });
        }
        walk(cursor.take(header.size, "frame body")?, &mut rows)?;
    }
    Ok(rows)
}

/// Walks one frame's body and keeps what was read, also when the walk fails.
pub fn walk<'a>(body: &'a [u8], rows: &mut Vec<Row<'a>>) -> Result<(), WireError> {
    let mut walker = ReplyWalker::new(body);
    while let Some(header) = walker.next_row()? {
        let mut bins = Vec::new();
        while let Some(op) = walker.next_bin()? {
            bins.push(op);
        }
        rows.push((header, bins));
    }
    Ok(())
}
