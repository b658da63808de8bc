use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use rustls::{ServerConnection, StreamOwned};

use super::certificate::common_name;
use crate::standing::Standing;

/// How the bytes of a connection travel.
pub(super) enum Transport<'n> {
    Plain(&'n TcpStream),
    Tls(Box<StreamOwned<ServerConnection, &'n TcpStream>>),
}

impl<'n> Transport<'n> {
    /// The transport that the node's settings ask for. Handshakes happen as the first bytes are read.
    pub(super) fn open(node: &'n Standing, stream: &'n TcpStream) -> io::Result<Self> {
        let Some(tls) = &node.engine.config.tls else {
            return Ok(Self::Plain(stream));
        };
        let connection = ServerConnection::new(Arc::clone(&tls.config)).map_err(io::Error::other)?;
        Ok(Self::Tls(Box::new(StreamOwned::new(connection, stream))))
    }

    /// Whom the client's certificate names, once the handshake is done.
    pub(super) fn client_name(&self) -> Option<String> {
        match self {
            Self::Plain(_) => None,
            Self::Tls(stream) => common_name(stream.conn.peer_certificates()?.first()?),
        }
    }

    /// The socket below.
    pub(super) const fn stream(&self) -> &TcpStream {
        match self {
            Self::Plain(stream) => stream,
            Self::Tls(stream) => stream.sock,
        }
    }
}

impl Read for Transport<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(buffer),
            Self::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Transport<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.write(bytes),
            Self::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}
