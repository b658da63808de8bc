//! One client connection: frames in, frames out, on a thread of its own.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use aerostride_wire::{FRAME_HEADER_SIZE, FrameHeader, FrameType, Request, result_code as code};

use crate::command::{Service, answer_batch, answer_record, answer_scan, append_error_frame};
use crate::info::{Asked, answer_info};
use crate::node::Node;

/// Bytes that are read at once, at least.
const READ_SIZE: usize = 64 * 1024;
/// Buffers that grew beyond this are given back when they are empty.
const KEEP_SIZE: usize = 1024 * 1024;

/// Serves a connection until the client closes it, breaks the protocol, or the node stops.
pub(crate) fn serve(node: &Node, stream: &TcpStream) -> io::Result<()> {
    let local = stream.local_addr()?;
    stream.set_nodelay(true)?;
    let mut connection = Connection { node, stream, local, input: Input::default(), output: Vec::new() };
    while connection.serve_frame()? {}
    Ok(())
}

struct Connection<'n> {
    node: &'n Node,
    stream: &'n TcpStream,
    local: SocketAddr,
    input: Input,
    output: Vec<u8>,
}

impl Connection<'_> {
    /// Reads and answers one frame. `false` ends the connection.
    fn serve_frame(&mut self) -> io::Result<bool> {
        let limit = self.node.engine.config.max_frame_size;
        let Some(header) = self.input.header(&mut self.stream)? else {
            return Ok(false);
        };
        let header = match FrameHeader::parse(&header, limit) {
            Ok(header) => header,
            Err(aerostride_wire::WireError::FrameTooLarge { .. }) => {
                // What follows cannot be skipped in any sensible time, so this is the last answer.
                append_error_frame(&mut self.output, code::PARAMETER);
                self.flush()?;
                return Ok(false);
            }
            Err(_) => return Ok(false),
        };
        if !self.input.body(&mut self.stream, header.size)? || !self.node.wait_while_frozen() {
            return Ok(false);
        }
        let keep = self.answer(header)?;
        self.input.consume(header.size);
        Ok(keep)
    }

    fn answer(&mut self, header: FrameHeader) -> io::Result<bool> {
        let Self { node, stream, local, input, output } = self;
        let body = input.frame_body(header.size);
        let service = Service { engine: &node.engine, node: node.index };
        output.clear();
        match header.kind {
            FrameType::Info => {
                let asked = Asked { service, local: *local };
                answer_info(asked, body, output);
            }
            FrameType::Message => match Request::parse(body) {
                Ok(request) if request.fields.batch.is_some() => {
                    answer_batch(service, &request, output, |bytes| stream.write_all(bytes))?;
                }
                Ok(request) if is_scan(&request) => {
                    answer_scan(service, &request, output, |bytes| stream.write_all(bytes))?;
                }
                Ok(request) => answer_record(service, &request, output),
                Err(_) => append_error_frame(output, code::PARAMETER),
            },
            FrameType::Admin | FrameType::Compressed => return Ok(false),
        }
        self.flush()?;
        Ok(true)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.write_all(&self.output)?;
        self.output.clear();
        if self.output.capacity() > KEEP_SIZE {
            self.output = Vec::new();
        }
        Ok(())
    }
}

/// A message that is about no record in particular is about all of them.
fn is_scan(request: &Request<'_>) -> bool {
    request.fields.digest.is_none() && request.fields.user_key.is_none()
}

/// Bytes read from the client. It grows as bytes arrive, never because a frame says that many will.
#[derive(Default)]
struct Input {
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

impl Input {
    /// The next frame's header, or `None` when the client has closed the connection.
    fn header(&mut self, stream: &mut impl Read) -> io::Result<Option<[u8; FRAME_HEADER_SIZE]>> {
        if !self.fill(stream, FRAME_HEADER_SIZE)? {
            return Ok(None);
        }
        Ok(self.buffer[self.start..self.end].first_chunk().copied())
    }

    /// Reads until the body of a frame of `size` bytes is there. `false` when the client closes before that.
    fn body(&mut self, stream: &mut impl Read, size: usize) -> io::Result<bool> {
        self.fill(stream, FRAME_HEADER_SIZE + size)
    }

    fn frame_body(&self, size: usize) -> &[u8] {
        let at = self.start + FRAME_HEADER_SIZE;
        &self.buffer[at..at + size]
    }

    /// Steps over a frame that was answered.
    fn consume(&mut self, size: usize) {
        self.start += FRAME_HEADER_SIZE + size;
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
            if self.buffer.len() > KEEP_SIZE {
                self.buffer = Vec::new();
            }
        }
    }

    fn fill(&mut self, stream: &mut impl Read, wanted: usize) -> io::Result<bool> {
        while self.end - self.start < wanted {
            self.make_room(wanted);
            match stream.read(&mut self.buffer[self.end..]) {
                Ok(0) => return Ok(false),
                Ok(read) => self.end += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    /// Makes room behind the bytes that are there: at most as much again, so that a size that is a lie costs nothing.
    fn make_room(&mut self, wanted: usize) {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        let room = (self.end * 2).clamp(READ_SIZE, wanted.max(READ_SIZE));
        if self.buffer.len() < room {
            self.buffer.resize(room, 0);
        }
    }
}

/// Serves and forgets the reason: a client that goes away is no error of the server.
pub(crate) fn serve_quietly(node: &Node, stream: &Arc<TcpStream>) {
    let _gone = serve(node, stream);
}
