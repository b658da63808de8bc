//! Faults of scans and queries: records that come twice, partitions that are not the right ones, ends that come too soon.

use aerostride_wire::{
    Cursor, Digest, Field, MessageHeader, field_type, info3, partition_of, result_code as code,
};

use super::WrongPartition;
use super::mangle::{Message, rows};
use super::plan::Random;

/// Sends so many rows a second time, right behind the first.
pub(super) fn double(random: &mut Random, count: usize, frames: &mut [Vec<Message>]) {
    let doubled = random.choose(count, rows(frames).count());
    let mut row = 0;
    for messages in frames {
        for message in std::mem::take(messages) {
            let is_doubled = !message.is_trailer() && doubled.contains(&row);
            row += usize::from(!message.is_trailer());
            if is_doubled {
                messages.push(message.clone());
            }
            messages.push(message);
        }
    }
}

/// Gives a record another partition, or refuses the partition of a record in front of it.
pub(super) fn misplace(random: &mut Random, wrong: WrongPartition, frames: &mut [Vec<Message>]) {
    let records = frames.iter().flatten().filter(|message| digest_at(message).is_some()).count();
    let Some(chosen) = random.choose(1, records).pop() else { return };
    let mut record = 0;
    for messages in frames {
        for at in 0..messages.len() {
            let Some(digest_at) = digest_at(&messages[at]) else { continue };
            if record == chosen {
                let message = &mut messages[at];
                match wrong {
                    // The highest of the partition's 12 bits.
                    WrongPartition::Foreign => message.rest[digest_at + 1] ^= 8,
                    WrongPartition::Early => {
                        let partition = partition_at(message, digest_at);
                        messages.insert(at, refusal(partition));
                    }
                }
                return;
            }
            record += 1;
        }
    }
}

/// Ends the reply after so many records, as a scan that was aborted.
pub(super) fn abort(records: usize, frames: &mut Vec<Vec<Message>>) {
    let mut left = records;
    for messages in frames.iter_mut() {
        messages.retain(|message| {
            let keep = !message.is_trailer() && left > 0;
            left -= usize::from(keep);
            keep
        });
    }
    let header =
        MessageHeader { info3: info3::LAST, result_code: code::SCAN_ABORT, ..MessageHeader::default() };
    frames.push(vec![Message { header, rest: Vec::new() }]);
}

/// Where the digest of a record stands behind the header.
fn digest_at(message: &Message) -> Option<usize> {
    let mut cursor = Cursor::new(&message.rest);
    for _ in 0..message.header.field_count {
        let field = Field::read(&mut cursor).ok()?;
        if field.kind == field_type::DIGEST && field.value.len() == size_of::<Digest>() {
            return Some(message.rest.len() - cursor.rest().len() - field.value.len());
        }
    }
    None
}

fn partition_at(message: &Message, digest_at: usize) -> usize {
    message.rest[digest_at..].first_chunk::<{ size_of::<Digest>() }>().map_or(0, partition_of)
}

fn refusal(partition: usize) -> Message {
    let header = MessageHeader {
        info3: info3::PARTITION_DONE,
        result_code: code::PARTITION_UNAVAILABLE,
        generation: partition as u32,
        ..MessageHeader::default()
    };
    Message { header, rest: Vec::new() }
}
