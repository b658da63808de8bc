use std::io::{self, Read};

use aerostride_wire::FRAME_HEADER_SIZE;

use super::KEEP_SIZE;

/// Bytes that are read at once, at least.
const READ_SIZE: usize = 64 * 1024;

/// Bytes read from the client. It grows as bytes arrive, never because a frame says that many will.
#[derive(Debug, Default)]
pub(super) struct Input {
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

impl Input {
    /// The next frame's header, or `None` when the client has closed the connection.
    pub(super) fn header(&mut self, stream: &mut impl Read) -> io::Result<Option<[u8; FRAME_HEADER_SIZE]>> {
        if !self.fill(stream, FRAME_HEADER_SIZE)? {
            return Ok(None);
        }
        Ok(self.buffer[self.start..self.end].first_chunk().copied())
    }

    /// Reads until the body of a frame of `size` bytes is there. `false` when the client closes before that.
    pub(super) fn body(&mut self, stream: &mut impl Read, size: usize) -> io::Result<bool> {
        self.fill(stream, FRAME_HEADER_SIZE + size)
    }

    pub(super) fn frame_body(&self, size: usize) -> &[u8] {
        let at = self.start + FRAME_HEADER_SIZE;
        &self.buffer[at..at + size]
    }

    /// Steps over a frame that was answered.
    pub(super) fn consume(&mut self, size: usize) {
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
