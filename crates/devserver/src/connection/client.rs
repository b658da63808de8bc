use std::io::{self, ErrorKind, Write};
use std::time::{Duration, Instant};

use super::transport::Transport;
use crate::command::Peer;
use crate::standing::Standing;

/// The client of a connection, while its request is answered.
pub(super) struct Client<'c, 'n> {
    node: &'n Standing,
    transport: &'c mut Transport<'n>,
    patience: Option<Duration>,
}

impl<'c, 'n> Client<'c, 'n> {
    pub(super) const fn new(node: &'n Standing, transport: &'c mut Transport<'n>) -> Self {
        Self { node, transport, patience: None }
    }

    fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let started = Instant::now();
            match self.transport.write(bytes) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(written) => bytes = &bytes[written..],
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            }
            // A piece that was taken in part only, after all that time, was waited for in vain.
            if !bytes.is_empty() && self.patience.is_some_and(|patience| started.elapsed() >= patience) {
                return Err(ErrorKind::TimedOut.into());
            }
        }
        Ok(())
    }
}

impl Peer for Client<'_, '_> {
    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        if !self.node.wait_while_frozen() {
            return Err(ErrorKind::ConnectionAborted.into());
        }
        self.write(bytes)?;
        // TLS keeps what it is given until it is told to send it.
        self.transport.flush()
    }

    fn set_patience(&mut self, patience: Option<Duration>) -> io::Result<()> {
        self.patience = patience;
        self.transport.stream().set_write_timeout(patience)
    }

    fn pause(&mut self, time: Duration) -> bool {
        self.node.pause(time)
    }
}
