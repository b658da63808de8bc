use std::mem::MaybeUninit;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::coop::unconstrained;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::connection::Address;
use crate::near::{NearSocket, Sockets};
use crate::{Error, ErrorKind, codes};

/// TCP, with or without TLS.
#[derive(Debug)]
pub(crate) enum Stream {
    Plain(TcpStream),
    /// Without TLS, and a thread waits for it by itself.
    Near(NearSocket),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Stream {
    /// Reads what has come, as far as there is room for it.
    pub(crate) async fn read(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(room).await,
            Self::Near(socket) => socket.read(room).await,
            Self::Tls(stream) => stream.read(room).await,
        }
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.write(bytes).await,
            Self::Near(socket) => socket.write(bytes).await,
            Self::Tls(stream) => stream.write(bytes).await,
        }
    }

    pub(crate) async fn flush(&mut self) -> std::io::Result<()> {
        match self {
            Self::Plain(_) | Self::Near(_) => Ok(()),
            Self::Tls(stream) => stream.flush().await,
        }
    }

    /// Whether there is nothing to read: no byte, decrypted ones that nobody has asked for included, and no end.
    pub(crate) fn is_quiet(&mut self) -> bool {
        match self {
            Self::Plain(stream) => is_empty(&SockRef::from(&*stream)),
            Self::Near(socket) => is_empty(&socket.as_ref()),
            Self::Tls(stream) => {
                let mut byte = [0];
                // Outside the task's budget, where a read could say that there is nothing because it is another's turn.
                let read = std::pin::pin!(unconstrained(stream.read(&mut byte)));
                read.poll(&mut Context::from_waker(Waker::noop())).is_pending()
                    && is_empty(&SockRef::from(stream.get_ref().0))
            }
        }
    }

    /// Whether those wait for it who are to wait: the thread of these sockets, or the runtime. TLS is the runtime's.
    pub(crate) fn is_at(&self, sockets: Option<&Arc<Sockets>>) -> bool {
        match (self, sockets) {
            (Self::Plain(_), None) | (Self::Tls(_), _) => true,
            (Self::Near(socket), Some(sockets)) => socket.belongs_to(sockets),
            (Self::Plain(_), Some(_)) | (Self::Near(_), None) => false,
        }
    }

    /// Has them wait for it. What waits for a socket cannot be changed, so that this one is closed and a copy goes on.
    pub(crate) fn move_to(&mut self, sockets: Option<&Arc<Sockets>>) -> std::io::Result<()> {
        let copy = match self {
            Self::Plain(stream) => SockRef::from(&*stream).try_clone()?,
            Self::Near(socket) => socket.as_ref().try_clone()?,
            Self::Tls(_) => return Ok(()),
        };
        *self = match sockets {
            Some(sockets) => Self::Near(NearSocket::new(copy.into(), Arc::clone(sockets))?),
            None => Self::Plain(TcpStream::from_std(copy.into())?),
        };
        Ok(())
    }
}

/// Whether the system has neither bytes nor an end for whoever reads next. It is asked itself: what the runtime knows of a
/// socket is as old as its last look at all of them.
fn is_empty(socket: &SockRef<'_>) -> bool {
    let peeked = socket.peek(&mut [MaybeUninit::uninit()]);
    matches!(peeked, Err(error) if error.kind() == std::io::ErrorKind::WouldBlock)
}

/// Connects, and gives how long that took without what TLS needs.
pub(crate) async fn connect(
    address: &Address,
    tls: Option<&Arc<ClientConfig>>,
) -> Result<(Stream, Duration), Error> {
    let Address { host, port, tls_name } = address;
    let failed = |what: &str, error: std::io::Error| {
        let message = format!("{what} {address}: {error}");
        Error::new(ErrorKind::Connection, message).with_code(codes::ERR_CONNECTION)
    };
    let begun = Instant::now();
    let tcp = TcpStream::connect((host.as_str(), *port)).await.map_err(|e| failed("cannot connect to", e))?;
    let round_trip = begun.elapsed();
    tcp.set_nodelay(true)?;
    let Some(config) = tls else { return Ok((Stream::Plain(tcp), round_trip)) };
    let name = ServerName::try_from(tls_name.clone()).map_err(|_| {
        Error::new(
            ErrorKind::InvalidArgument,
            format!("{tls_name:?} is not a host name that a certificate can have"),
        )
    })?;
    let connected = TlsConnector::from(Arc::clone(config)).connect(name, tcp).await;
    connected.map(|tls| (Stream::Tls(Box::new(tls)), round_trip)).map_err(|e| failed("no TLS with", e))
}
