//! Faults that change the bytes of a reply. The reply is complete here, frame after frame; what is changed may be
//! no protocol any more.

use aerostride_wire::{
    Cursor, FRAME_HEADER_SIZE, Field, FrameHeader, FrameType, MESSAGE_HEADER_SIZE, MessageHeader,
    finish_frame, info3, read_op, start_frame,
};

use super::plan::Random;
use super::stream;
use super::{Fault, WrongIndex, WrongSize, WrongTrailer};

/// An index that no batch has asked for.
const FOREIGN_INDEX: u32 = u32::MAX - 1;

/// `reply` as `fault` makes it. `earlier` is what the connection was sent before.
pub(crate) fn mangle(fault: &Fault, random: &mut Random, reply: Vec<u8>, earlier: &[u8]) -> Vec<u8> {
    match *fault {
        Fault::Size(wrong) => with_size(reply, wrong),
        Fault::Version(version) => with_byte(reply, 0, version),
        Fault::Type(kind) => with_byte(reply, 1, kind),
        Fault::Stale => [earlier, &reply].concat(),
        Fault::Garbage(size) => (0..size).map(|_| random.next() as u8).collect(),
        Fault::NameBeyondOp => with_long_name(reply),
        Fault::Index(_)
        | Fault::LoseRows(_)
        | Fault::DoubleRows(_)
        | Fault::Partition(_)
        | Fault::Abort(_)
        | Fault::Trailer(_)
        | Fault::Code { .. }
        | Fault::Particle(_) => with_messages(reply, |messages| change(fault, random, messages)),
        Fault::Delay(_)
        | Fault::Drip(_)
        | Fault::Cut(_)
        | Fault::Stall(_)
        | Fault::Refuse
        | Fault::Close
        | Fault::Silence => reply,
    }
}

fn with_byte(mut reply: Vec<u8>, at: usize, value: u8) -> Vec<u8> {
    if let Some(byte) = reply.get_mut(at) {
        *byte = value;
    }
    reply
}

fn with_size(mut reply: Vec<u8>, wrong: WrongSize) -> Vec<u8> {
    let Some(header) = reply.first_chunk_mut::<FRAME_HEADER_SIZE>() else { return reply };
    let head = u64::from_be_bytes(*header) & 0xffff_0000_0000_0000;
    let size = u64::from_be_bytes(*header) & !0xffff_0000_0000_0000;
    let size = match wrong {
        WrongSize::Zero => 0,
        WrongSize::Short => size.saturating_sub(1),
        WrongSize::Long => size + 1,
        WrongSize::Huge => 1 << 47,
    };
    *header = (head | size).to_be_bytes();
    reply
}

/// The name length stands in the eighth byte of an op, behind the headers of frame and message and all fields.
fn with_long_name(mut reply: Vec<u8>) -> Vec<u8> {
    const NAME_SIZE_AT: usize = 7;
    if let Some(op_at) = first_op(&reply)
        && let Some(name_size) = reply.get_mut(op_at + NAME_SIZE_AT)
    {
        *name_size = u8::MAX;
    }
    reply
}

fn first_op(reply: &[u8]) -> Option<usize> {
    let mut cursor = Cursor::new(reply.get(FRAME_HEADER_SIZE..)?);
    loop {
        let header = MessageHeader::read(&mut cursor).ok()?;
        for _ in 0..header.field_count {
            Field::read(&mut cursor).ok()?;
        }
        if header.op_count > 0 {
            return Some(reply.len() - cursor.rest().len());
        }
    }
}

/// One message of a reply, and whether it closes the reply.
#[derive(Debug, Clone)]
pub(super) struct Message {
    pub(super) header: MessageHeader,
    /// Fields and ops.
    pub(super) rest: Vec<u8>,
}

impl Message {
    pub(super) const fn is_trailer(&self) -> bool {
        self.header.info3 & info3::LAST != 0
    }

    /// Where its ops begin behind its fields.
    fn ops_at(&self) -> Option<usize> {
        let mut cursor = Cursor::new(&self.rest);
        for _ in 0..self.header.field_count {
            Field::read(&mut cursor).ok()?;
        }
        Some(self.rest.len() - cursor.rest().len())
    }

    fn fail(&mut self, code: u8) {
        self.header = MessageHeader { result_code: code, op_count: 0, field_count: 0, ..self.header };
        self.rest.clear();
    }
}

/// Takes a reply of messages apart and puts it together again. A reply that is none stays as it is.
fn with_messages(reply: Vec<u8>, change: impl FnOnce(&mut Vec<Vec<Message>>)) -> Vec<u8> {
    let Some(mut frames) = parse(&reply) else { return reply };
    change(&mut frames);
    let mut out = Vec::with_capacity(reply.len());
    for messages in frames.iter().filter(|messages| !messages.is_empty()) {
        let frame = start_frame(&mut out, FrameType::Message);
        for message in messages {
            out.extend_from_slice(&message.header.encode());
            out.extend_from_slice(&message.rest);
        }
        finish_frame(&mut out, frame);
    }
    out
}

fn parse(reply: &[u8]) -> Option<Vec<Vec<Message>>> {
    let mut frames = Vec::new();
    let mut cursor = Cursor::new(reply);
    while !cursor.is_empty() {
        let header = FrameHeader::parse(cursor.array("frame").ok()?, usize::MAX).ok()?;
        if header.kind != FrameType::Message {
            return None;
        }
        let mut body = Cursor::new(cursor.take(header.size, "frame").ok()?);
        let mut messages = Vec::new();
        while !body.is_empty() {
            messages.push(parse_message(&mut body)?);
        }
        frames.push(messages);
    }
    Some(frames)
}

fn parse_message(cursor: &mut Cursor<'_>) -> Option<Message> {
    let start = cursor.rest();
    let header = MessageHeader::read(cursor).ok()?;
    for _ in 0..header.field_count {
        Field::read(cursor).ok()?;
    }
    for _ in 0..header.op_count {
        read_op(cursor).ok()?;
    }
    let rest = &start[MESSAGE_HEADER_SIZE..start.len() - cursor.rest().len()];
    Some(Message { header, rest: rest.to_vec() })
}

fn change(fault: &Fault, random: &mut Random, frames: &mut Vec<Vec<Message>>) {
    match *fault {
        Fault::Trailer(wrong) => change_trailer(wrong, frames),
        Fault::LoseRows(count) => {
            let lost = random.choose(count, rows(frames).count());
            let mut row = 0;
            for messages in frames {
                messages.retain(|message| {
                    let keep = message.is_trailer() || !lost.contains(&row);
                    row += usize::from(!message.is_trailer());
                    keep
                });
            }
        }
        Fault::Code { code, rows: count } => {
            let hit = random.choose(count, rows(frames).count());
            rows(frames).enumerate().filter(|(row, _)| hit.contains(row)).for_each(|(_, row)| row.fail(code));
        }
        Fault::DoubleRows(count) => stream::double(random, count, frames),
        Fault::Partition(wrong) => stream::misplace(random, wrong, frames),
        Fault::Abort(rows) => stream::abort(rows, frames),
        Fault::Index(wrong) => {
            let mut chosen = random.choose(2, rows(frames).count()).into_iter();
            let (victim, twin) = (chosen.next(), chosen.next());
            let index = match (wrong, twin) {
                (WrongIndex::Foreign, _) => Some(FOREIGN_INDEX),
                (WrongIndex::Doubled, Some(twin)) => rows(frames).nth(twin).map(|row| row.header.transaction),
                (WrongIndex::Doubled, None) => None,
            };
            if let (Some(index), Some(victim)) = (index, victim.and_then(|victim| rows(frames).nth(victim))) {
                victim.header.transaction = index;
            }
        }
        Fault::Particle(kind) => {
            const PARTICLE_AT: usize = 5;
            for row in rows(frames).filter(|row| row.header.op_count > 0) {
                let particle_at = row.ops_at().map(|ops| ops + PARTICLE_AT);
                if let Some(particle) = particle_at.and_then(|at| row.rest.get_mut(at)) {
                    *particle = kind;
                }
            }
        }
        _ => {}
    }
}

pub(super) fn rows(frames: &mut [Vec<Message>]) -> impl Iterator<Item = &mut Message> {
    frames.iter_mut().flatten().filter(|message| !message.is_trailer())
}

fn change_trailer(wrong: WrongTrailer, frames: &mut Vec<Vec<Message>>) {
    match wrong {
        WrongTrailer::Missing => frames.iter_mut().for_each(|messages| messages.retain(|m| !m.is_trailer())),
        WrongTrailer::Doubled => {
            let header =
                frames.iter().flatten().find(|message| message.is_trailer()).map(|trailer| trailer.header);
            if let Some(header) = header {
                frames.push(vec![Message { header, rest: Vec::new() }]);
            }
        }
        WrongTrailer::Code(code) => {
            let trailers = frames.iter_mut().flatten().filter(|message| message.is_trailer());
            trailers.for_each(|trailer| trailer.header.result_code = code);
        }
    }
}
