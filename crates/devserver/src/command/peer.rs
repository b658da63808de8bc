use std::io;
use std::time::Duration;

/// The client at the other end of a connection, as far as a reply in several pieces needs it.
pub(crate) trait Peer: Send {
    /// Sends a piece of the reply.
    fn send(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// How long [`send`](Self::send) waits for room before it gives up; `None`, the default, is forever.
    fn set_patience(&mut self, patience: Option<Duration>) -> io::Result<()>;

    /// Waits. `false` when the node stops meanwhile.
    fn pause(&mut self, time: Duration) -> bool;
}

/// A client that takes every piece at once, up to so many bytes, and is kept waiting by nobody.
#[derive(Debug)]
pub(crate) struct Gathered {
    bytes: Vec<u8>,
    limit: usize,
}

impl Gathered {
    pub(crate) const fn up_to(limit: usize) -> Self {
        Self { bytes: Vec::new(), limit }
    }

    /// Whether it has as many bytes as it wanted.
    pub(crate) const fn is_full(&self) -> bool {
        self.bytes.len() >= self.limit
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

impl Peer for Gathered {
    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.bytes.extend_from_slice(bytes);
        if self.is_full() { Err(io::ErrorKind::WriteZero.into()) } else { Ok(()) }
    }

    fn set_patience(&mut self, _: Option<Duration>) -> io::Result<()> {
        Ok(())
    }

    fn pause(&mut self, _: Duration) -> bool {
        true
    }
}
