use std::io;
use std::time::Duration;

/// The client at the other end of a connection, as far as a reply in several pieces needs it.
pub(crate) trait Peer {
    /// Sends a piece of the reply.
    fn send(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// How long [`send`](Self::send) waits for room before it gives up; `None`, the default, is forever.
    fn set_patience(&mut self, patience: Option<Duration>) -> io::Result<()>;

    /// Waits. `false` when the node stops meanwhile.
    fn pause(&mut self, time: Duration) -> bool;
}

/// A client that takes every piece at once and is kept waiting by nobody.
#[derive(Debug, Default)]
pub(crate) struct Gathered(pub(crate) Vec<u8>);

impl Peer for Gathered {
    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn set_patience(&mut self, _: Option<Duration>) -> io::Result<()> {
        Ok(())
    }

    fn pause(&mut self, _: Duration) -> bool {
        true
    }
}
