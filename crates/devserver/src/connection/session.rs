use std::io::{self, Read};
use std::net::SocketAddr;

use aerostride_wire::{
    Cursor, FRAME_HEADER_SIZE, FrameHeader, FrameType, Request, encode_admin, info1, info2,
    result_code as code,
};
use flate2::read::ZlibDecoder;

use crate::agents::Agent;
use crate::command::{
    Peer, Service, answer_batch, answer_record, answer_scan, append_error_frame, append_last_frame,
};
use crate::engine::Engine;
use crate::fault::Trigger;
use crate::info::{Asked, answer_info};
use crate::security::{Visitor, answer_admin};

/// What a connection is besides its bytes: where the client reached the server, and who it is.
#[derive(Debug)]
pub(crate) struct Session {
    local: SocketAddr,
    client: SocketAddr,
    visitor: Visitor,
    agent: Agent,
}

impl Session {
    /// A connection of `client` to `local` on which nobody has logged in.
    pub(crate) fn new(local: SocketAddr, client: SocketAddr) -> Self {
        Self { local, client, visitor: Visitor::default(), agent: Agent::default() }
    }

    /// Notes whom the client's certificate names.
    pub(super) fn certify(&mut self, name: Option<String>) {
        self.visitor.certified = name;
    }

    /// Answers the request in `body`; the reply goes to `peer` in one or more pieces. `false` ends the connection.
    pub(crate) fn answer(
        &mut self,
        (engine, node): (&Engine, usize),
        kind: FrameType,
        body: &[u8],
        output: &mut Vec<u8>,
        peer: &mut dyn Peer,
    ) -> io::Result<bool> {
        output.clear();
        let service = Service { engine, node, login: self.visitor.login.as_deref(), client: self.client };
        match kind {
            FrameType::Info => {
                answer_info(Asked { service, local: self.local, agent: &self.agent }, body, output)
            }
            FrameType::Admin if !engine.is_enterprise() => {
                encode_admin(output, code::SECURITY_NOT_SUPPORTED, 0, &[]);
            }
            FrameType::Admin => answer_admin(engine.security.as_ref(), &mut self.visitor, body, output),
            FrameType::Message => answer_message(service, body, output, peer)?,
            FrameType::Compressed if !engine.is_enterprise() => {
                append_error_frame(output, code::ENTERPRISE_ONLY)
            }
            FrameType::Compressed => match decompress(body, engine.config.max_frame_size) {
                Some(message) => answer_message(service, &message, output, peer)?,
                None => return Ok(false),
            },
        }
        if !output.is_empty() {
            peer.send(output)?;
        }
        Ok(true)
    }
}

fn answer_message(
    service: Service<'_>,
    body: &[u8],
    output: &mut Vec<u8>,
    peer: &mut dyn Peer,
) -> io::Result<()> {
    service.engine.config.work.spend_request();
    match Request::parse(body) {
        Ok(request) => match trigger_of(&request) {
            Trigger::Batch => answer_batch(service, &request, output, peer)?,
            Trigger::Scan => answer_scan(service, &request, output, peer)?,
            _ => answer_record(service, &request, output),
        },
        Err(_) if body.get(1).is_some_and(|bits| bits & info1::BATCH != 0) => {
            append_last_frame(output, code::PARAMETER);
        }
        Err(_) => append_error_frame(output, code::PARAMETER),
    }
    Ok(())
}

/// The body of the message frame in a compressed one: the frame's size, then a zlib stream of it. No more than the
/// stated size is unpacked.
fn decompress(body: &[u8], limit: usize) -> Option<Vec<u8>> {
    let mut cursor = Cursor::new(body);
    let size = usize::try_from(cursor.u64("uncompressed size").ok()?).ok()?;
    if !(FRAME_HEADER_SIZE..=limit.saturating_add(FRAME_HEADER_SIZE)).contains(&size) {
        return None;
    }
    let mut frame = Vec::new();
    ZlibDecoder::new(cursor.rest()).take(size as u64).read_to_end(&mut frame).ok()?;
    let header = FrameHeader::parse(frame.first_chunk()?, limit).ok()?;
    let whole = header.kind == FrameType::Message && frame.len() == FRAME_HEADER_SIZE + header.size;
    whole.then(|| frame.split_off(FRAME_HEADER_SIZE))
}

/// What a request is to fault rules.
pub(super) fn trigger_of_frame(kind: FrameType, body: &[u8]) -> Trigger {
    match kind {
        FrameType::Info => Trigger::Info,
        FrameType::Admin => Trigger::Admin,
        FrameType::Message => Request::parse(body).map_or(Trigger::Any, |request| trigger_of(&request)),
        FrameType::Compressed => Trigger::Any,
    }
}

/// What a message asks for. One that is about no record in particular is about all of them.
fn trigger_of(request: &Request<'_>) -> Trigger {
    let fields = &request.fields;
    if request.header.info1 & info1::BATCH != 0 {
        Trigger::Batch
    } else if fields.digest.is_none() {
        Trigger::Scan
    } else if request.header.info2 & info2::WRITE != 0 {
        Trigger::Write
    } else {
        Trigger::Read
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use flate2::Compression;
    use flate2::write::ZlibEncoder;

    fn compressed(frame: &[u8], stated: u64) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(stated.to_be_bytes().to_vec(), Compression::fast());
        encoder.write_all(frame).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_compressed_frame_is_what_it_says_or_nothing() {
        let frame = [2, 3, 0, 0, 0, 0, 0, 3, 7, 8, 9];
        let limit = 1000;
        assert_eq!(decompress(&compressed(&frame, 11), limit), Some(vec![7, 8, 9]));
        for stated in [0, 7, 10, 1 << 40, u64::MAX] {
            assert_eq!(decompress(&compressed(&frame, stated), limit), None, "{stated}");
        }
        // A bomb is unpacked no further than it said, and then it is no frame.
        assert_eq!(decompress(&compressed(&vec![0; 1 << 20], 100), limit), None);
        assert_eq!(decompress(&compressed(&[2, 1, 0, 0, 0, 0, 0, 0], 8), limit), None);
        assert_eq!(decompress(b"no zlib at all", limit), None);
    }
}
