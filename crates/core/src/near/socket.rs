use std::future::poll_fn;
use std::io::{self, Read as _, Write as _};
use std::sync::Arc;
use std::task::Poll;

use mio::Token;
use mio::net::TcpStream;
use socket2::SockRef;

use super::{INTEREST, Readiness, Sockets, are_here};

/// A connected socket that a thread waits for itself. Any thread may use it: who waits elsewhere is woken there.
#[derive(Debug)]
pub(crate) struct NearSocket {
    socket: TcpStream,
    sockets: Arc<Sockets>,
    token: Token,
    readiness: Arc<Readiness>,
    /// Whether something was sent and nothing was read since.
    asked: bool,
}

impl NearSocket {
    /// Takes a socket that does not block.
    pub(crate) fn new(socket: std::net::TcpStream, sockets: Arc<Sockets>) -> io::Result<Self> {
        let mut socket = TcpStream::from_std(socket);
        let (token, readiness) = sockets.enter();
        if let Err(error) = sockets.registry.register(&mut socket, token, INTEREST) {
            sockets.leave(token);
            return Err(error);
        }
        Ok(Self { socket, sockets, token, readiness, asked: false })
    }

    pub(crate) fn belongs_to(&self, sockets: &Arc<Sockets>) -> bool {
        Arc::ptr_eq(&self.sockets, sockets)
    }

    pub(crate) fn as_ref(&self) -> SockRef<'_> {
        SockRef::from(&self.socket)
    }

    /// Reads what has come, as far as there is room for it.
    pub(crate) async fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let Self { socket, sockets, readiness, asked, .. } = self;
        poll_fn(|context| {
            // First of all: what comes behind this wakes, and what came before is read now.
            readiness.wait(context.waker());
            if std::mem::take(asked) && are_here(sockets) {
                // Nothing can have been looked for since this thread has sent the request.
                return Poll::Pending;
            }
            unless_blocked(sockets, || socket.read(room))
        })
        .await
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Self { socket, sockets, readiness, asked, .. } = self;
        let written = poll_fn(|context| {
            readiness.wait(context.waker());
            unless_blocked(sockets, || socket.write(bytes))
        })
        .await;
        *asked = true;
        written
    }
}

/// What `io` comes to; it waits while the socket would block, for as long as somebody looks at these sockets.
fn unless_blocked<T>(sockets: &Sockets, mut io: impl FnMut() -> io::Result<T>) -> Poll<io::Result<T>> {
    loop {
        match io() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                return if sockets.are_over() { Poll::Ready(Err(over())) } else { Poll::Pending };
            }
            done => return Poll::Ready(done),
        }
    }
}

fn over() -> io::Error {
    io::Error::new(io::ErrorKind::NotConnected, "the thread that waited for it has ended")
}

impl Drop for NearSocket {
    fn drop(&mut self) {
        // Before it is closed: a copy of it may live on.
        let _ = self.sockets.registry.deregister(&mut self.socket);
        self.sockets.leave(self.token);
    }
}
