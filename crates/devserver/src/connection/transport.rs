use std::io::{self, Read, Write};
use std::net::TcpStream;

use crate::node::Node;

/// How the bytes of a connection travel.
#[derive(Debug)]
pub(super) enum Transport<'n> {
    Plain(&'n TcpStream),
}

impl<'n> Transport<'n> {
    /// The transport that the node's settings ask for.
    pub(super) fn open(_node: &'n Node, stream: &'n TcpStream) -> io::Result<Self> {
        Ok(Self::Plain(stream))
    }

    /// The socket below.
    pub(super) const fn stream(&self) -> &TcpStream {
        match self {
            Self::Plain(stream) => stream,
        }
    }
}

impl Read for Transport<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(buffer),
        }
    }
}

impl Write for Transport<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.flush(),
        }
    }
}
