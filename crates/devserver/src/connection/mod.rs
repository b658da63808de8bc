//! One client connection: frames in, frames out, on a thread of its own.

mod faulty;
mod input;
mod transport;

use std::io::{self, Write};
use std::net::{SocketAddr, TcpStream};

use aerostride_wire::{FrameHeader, FrameType, Request, WireError, info2, result_code as code};

use crate::command::{Service, answer_batch, answer_record, answer_scan, append_error_frame};
use crate::fault::{Event, Trigger};
use crate::info::{Asked, answer_info};
use crate::node::Node;
use crate::security::{Login, answer_admin};
use input::Input;
use transport::Transport;

/// Buffers that grew beyond this are given back when they are empty.
const KEEP_SIZE: usize = 1024 * 1024;

/// Serves a connection until the client closes it, breaks the protocol, or the node stops. `number` counts the node's
/// connections.
pub(crate) fn serve(node: &Node, stream: &TcpStream, number: u64) -> io::Result<()> {
    let local = stream.local_addr()?;
    stream.set_nodelay(true)?;
    if !faulty::admit(node, stream, number)? {
        return Ok(());
    }
    let transport = Transport::open(node, stream)?;
    let mut connection = Connection {
        node,
        transport,
        number,
        local,
        login: None,
        input: Input::default(),
        output: Vec::new(),
        earlier: Vec::new(),
    };
    while connection.serve_frame()? {}
    Ok(())
}

struct Connection<'n> {
    node: &'n Node,
    transport: Transport<'n>,
    number: u64,
    local: SocketAddr,
    login: Login,
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
        let keep =
            if self.node.engine.has_faults() { self.answer_faulty(header)? } else { self.answer(header)? };
        self.input.consume(header.size);
        self.give_back();
        Ok(keep)
    }

    fn answer(&mut self, header: FrameHeader) -> io::Result<bool> {
        let Self { node, transport, local, login, input, output, .. } = self;
        let body = input.frame_body(header.size);
        // TLS keeps what it is given until it is told to send it.
        let mut send = |bytes: &[u8]| transport.write_all(bytes).and_then(|()| transport.flush());
        answer(node, *local, login, header.kind, body, output, &mut send)
    }

    fn give_back(&mut self) {
        self.output.clear();
        if self.output.capacity() > KEEP_SIZE {
            self.output = Vec::new();
        }
    }
}

/// Answers the request in `body`; the reply goes to `send` in one or more pieces. `false` ends the connection.
fn answer(
    node: &Node,
    local: SocketAddr,
    login: &mut Login,
    kind: FrameType,
    body: &[u8],
    output: &mut Vec<u8>,
    send: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<bool> {
    output.clear();
    if kind == FrameType::Admin {
        answer_admin(node.engine.security.as_ref(), login, body, output);
        return send(output).map(|()| true);
    }
    let service = Service { engine: &node.engine, node: node.index, login: login.as_deref() };
    match kind {
        FrameType::Info => answer_info(Asked { service, local }, body, output),
        FrameType::Message => match Request::parse(body) {
            Ok(request) => match trigger_of(&request) {
                Trigger::Batch => answer_batch(service, &request, output, &mut *send)?,
                Trigger::Scan => answer_scan(service, &request, output, &mut *send)?,
                _ => answer_record(service, &request, output),
            },
            Err(_) => append_error_frame(output, code::PARAMETER),
        },
        FrameType::Admin | FrameType::Compressed => return Ok(false),
    }
    if !output.is_empty() {
        send(output)?;
    }
    Ok(true)
}

/// What a message asks for. One that is about no record in particular is about all of them.
fn trigger_of(request: &Request<'_>) -> Trigger {
    let fields = &request.fields;
    if fields.batch.is_some() {
        Trigger::Batch
    } else if fields.digest.is_none() && fields.user_key.is_none() {
        Trigger::Scan
    } else if request.header.info2 & info2::WRITE != 0 {
        Trigger::Write
    } else {
        Trigger::Read
    }
}

/// The event that a request is to fault rules.
fn event_of<'b>(node: &Node, number: u64, kind: FrameType, body: &'b [u8]) -> Event<'b> {
    let trigger = match kind {
        FrameType::Info => Trigger::Info,
        FrameType::Admin => Trigger::Admin,
        FrameType::Message | FrameType::Compressed => {
            Request::parse(body).map_or(Trigger::Any, |request| trigger_of(&request))
        }
    };
    Event { trigger, node: node.index, connection: number, body }
}

/// Serves and forgets the reason for the end: a client that goes away is no error of the server.
pub(crate) fn serve_quietly(node: &Node, stream: &TcpStream, number: u64) {
    let _gone = serve(node, stream, number);
}
