//! One client connection: frames in, frames out, on a thread of its own.

mod certificate;
mod client;
mod faulty;
mod input;
mod joined;
mod session;
mod transport;

use std::io::{self, Write};
use std::net::TcpStream;

use aerostride_wire::{FRAME_HEADER_SIZE, FrameHeader, FrameType, WireError, result_code as code};

use crate::command::append_error_frame;
use crate::standing::Standing;
use client::Client;
use input::Input;
use joined::JOINED;
pub(crate) use joined::frame as joined_frame;
pub(crate) use session::Session;
use transport::Transport;

/// Buffers that grew beyond this are given back when they are empty.
const KEEP_SIZE: usize = 1024 * 1024;

/// Serves a connection until the client closes it, breaks the protocol, or the node stops. `number` counts the node's
/// connections.
pub(crate) fn serve(node: &Standing, stream: &TcpStream, number: u64) -> io::Result<()> {
    let session = Session::new(stream.local_addr()?, stream.peer_addr()?);
    stream.set_nodelay(true)?;
    if !faulty::admit(node, stream, number)? {
        return Ok(());
    }
    serve_session(node, stream, (number, Input::default()), session)
}

/// Serves a connection of which something may have been read.
fn serve_session(
    node: &Standing,
    stream: &TcpStream,
    (number, input): (u64, Input),
    session: Session,
) -> io::Result<()> {
    let transport = Transport::open(node, stream)?;
    let mut connection =
        Connection { node, transport, number, session, input, output: Vec::new(), earlier: Vec::new() };
    while connection.serve_frame()? {}
    Ok(())
}

struct Connection<'n> {
    node: &'n Standing,
    transport: Transport<'n>,
    number: u64,
    session: Session,
    input: Input,
    output: Vec<u8>,
    /// The last reply, kept only while there are faults that could send it again.
    earlier: Vec<u8>,
}

impl Connection<'_> {
    /// Reads and answers one frame. `false` ends the connection.
    fn serve_frame(&mut self) -> io::Result<bool> {
        let limit = self.node.engine.config.max_frame_size;
        let Some(header) = self.input.header(&mut self.transport)? else {
            return Ok(false);
        };
        let header = match FrameHeader::parse(&header, limit) {
            Ok(header) => header,
            Err(WireError::FrameTooLarge { .. }) => {
                // What follows cannot be skipped in any sensible time, so this is the last answer.
                append_error_frame(&mut self.output, code::PARAMETER);
                self.transport.write_all(&self.output)?;
                self.transport.flush()?;
                return Ok(false);
            }
            Err(WireError::FrameType(JOINED)) if self.node.engine.config.tls.is_none() => {
                return self.adopt(header);
            }
            Err(WireError::FrameType(kind)) if kind > FrameType::Compressed as u8 => {
                return self.skip(header);
            }
            Err(_) => return Ok(false),
        };
        if !self.input.body(&mut self.transport, header.size)? || !self.node.wait_while_frozen() {
            return Ok(false);
        }
        if header.kind == FrameType::Admin {
            self.session.certify(self.transport.client_name());
        }
        let keep =
            if self.node.engine.has_faults() { self.answer_faulty(header)? } else { self.answer(header)? };
        self.input.consume(header.size);
        self.give_back();
        Ok(keep)
    }

    /// Steps over a frame of a type that there is not.
    fn skip(&mut self, mut header: [u8; FRAME_HEADER_SIZE]) -> io::Result<bool> {
        header[1] = FrameType::Message as u8;
        let Ok(FrameHeader { size, .. }) =
            FrameHeader::parse(&header, self.node.engine.config.max_frame_size)
        else {
            return Ok(false);
        };
        if !self.input.body(&mut self.transport, size)? {
            return Ok(false);
        }
        self.input.consume(size);
        append_error_frame(&mut self.output, code::PARAMETER);
        self.transport.write_all(&self.output)?;
        self.transport.flush()?;
        self.give_back();
        Ok(true)
    }

    fn answer(&mut self, header: FrameHeader) -> io::Result<bool> {
        let Self { node, transport, session, input, output, .. } = self;
        let body = input.frame_body(header.size);
        let mut client = Client::new(node, transport);
        session.answer((&node.engine, node.index), header.kind, body, output, &mut client)
    }

    fn give_back(&mut self) {
        self.output.clear();
        if self.output.capacity() > KEEP_SIZE {
            self.output = Vec::new();
        }
    }
}

/// Serves and forgets the reason for the end: a client that goes away is no error of the server.
pub(crate) fn serve_quietly(node: &Standing, stream: &TcpStream, number: u64) {
    let _gone = serve(node, stream, number);
}
