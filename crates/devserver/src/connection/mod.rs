//! One client connection: frames in, frames out, on a thread of its own.

mod certificate;
mod client;
mod faulty;
mod input;
mod session;
mod transport;

use std::io::{self, Write};
use std::net::TcpStream;

use aerostride_wire::{FrameHeader, FrameType, WireError, result_code as code};

use crate::command::append_error_frame;
use crate::standing::Standing;
use client::Client;
use input::Input;
pub(crate) use session::Session;
use transport::Transport;

/// Buffers that grew beyond this are given back when they are empty.
const KEEP_SIZE: usize = 1024 * 1024;

/// Serves a connection until the client closes it, breaks the protocol, or the node stops. `number` counts the node's
/// connections.
pub(crate) fn serve(node: &Standing, stream: &TcpStream, number: u64) -> io::Result<()> {
    let (local, client) = (stream.local_addr()?, stream.peer_addr()?);
    stream.set_nodelay(true)?;
    if !faulty::admit(node, stream, number)? {
        return Ok(());
    }
    let transport = Transport::open(node, stream)?;
    let mut connection = Connection {
        node,
        transport,
        number,
        session: Session::new(local, client),
        input: Input::default(),
        output: Vec::new(),
        earlier: Vec::new(),
    };
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
