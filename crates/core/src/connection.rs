mod input;
mod parts;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use aerostride_wire::{
    FRAME_HEADER_SIZE, FrameHeader, FrameType, MAX_FRAME_BODY, WireError, encode_info_request, info_pairs,
};
use rustls::ClientConfig;
use tokio::time::Instant;

use self::input::Input;
use crate::codes;
use crate::near::{self, Sockets};
use crate::transport::{Stream, connect};
use crate::watchdog::Watchdog;
use crate::{Error, ErrorKind};

/// Room for a server's 128 KiB reply frame and the beginning of the next.
const INPUT_SIZE: usize = 256 * 1024;

/// What is read at once at least, where that much has come.
const LEAST_READ: usize = INPUT_SIZE / 2;

/// So few bytes are moved to the front even where there is room behind them: the front is in the processor's cache.
const CHEAP_MOVE: usize = 1024;

/// Buffers that grew beyond this are given up when the connection goes back to its pool.
const KEPT_SIZE: usize = 1024 * 1024;

/// The reply to the read of one record has index 0, so that no row of a batch is taken for one, nor it for a row.
const FIRST_INDEX: u32 = 1;

/// Where a node listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) host: String,
    pub(crate) port: u16,
    /// The name that its certificate must have.
    pub(crate) tls_name: String,
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port, .. } = self;
        if host.contains(':') { write!(f, "[{host}]:{port}") } else { write!(f, "{host}:{port}") }
    }
}

/// A reply that is larger is read by the runtime: decoding it takes a while, which the thread of a caller may not have.
const NEAR_REPLY: usize = 256 * 1024;

/// One data connection with its buffers.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: Stream,
    /// Bytes received; those before `read_to` are consumed.
    input: Input,
    read_to: usize,
    /// Bytes of a frame whose beginning was consumed that were not.
    frame_left: Option<usize>,
    /// The request being built.
    pub(crate) output: Vec<u8>,
    /// Bytes of it that the system has taken.
    handed_over: usize,
    /// Indexes of the next request begin here, so that rows of an earlier reply are foreign to every later request.
    next_index: u32,
    /// Bytes ever received.
    pub(crate) received: u64,
    /// Bytes received since the last request.
    answered: usize,
    /// How long connecting took, without what TLS needs.
    round_trip: Duration,
    /// When the request was sent whose reply has not begun.
    asked: Option<Instant>,
    /// How long the first byte of the last reply took.
    first_byte: Option<Duration>,
}

impl Connection {
    /// Connects, with TLS where a configuration is given, within `timeout`.
    pub(crate) async fn open(
        address: &Address,
        tls: Option<&Arc<ClientConfig>>,
        timeout: Duration,
    ) -> Result<Self, Error> {
        let opened = tokio::time::timeout(timeout, connect(address, tls)).await;
        let (stream, round_trip) = opened.map_err(|_| {
            let message =
                format!("no connection to {address} within {} ms (connectTimeout)", timeout.as_millis());
            Error::new(ErrorKind::Timeout, message).with_code(codes::TIMEOUT)
        })??;
        Ok(Self {
            stream,
            input: Input::default(),
            read_to: 0,
            frame_left: None,
            output: Vec::new(),
            handed_over: 0,
            next_index: FIRST_INDEX,
            received: 0,
            answered: 0,
            round_trip,
            asked: None,
            first_byte: None,
        })
    }

    /// Whether nothing is left of an earlier reply, in the buffer or in the socket, and the peer has not closed.
    pub(crate) fn is_clean(&mut self) -> bool {
        self.is_read() && self.stream.is_quiet()
    }

    /// Whether all of the last reply was consumed. What may still come, [`is_clean`](Self::is_clean) sees.
    pub(crate) fn is_read(&self) -> bool {
        self.read_to == self.input.len() && self.frame_left.is_none()
    }

    /// See [`Stream::is_at`].
    pub(crate) fn is_at(&self, sockets: Option<&Arc<Sockets>>) -> bool {
        self.stream.is_at(sockets)
    }

    /// Has the thread of these sockets wait for the connection, or the runtime.
    pub(crate) fn move_to(&mut self, sockets: Option<&Arc<Sockets>>) -> std::io::Result<()> {
        if self.stream.is_at(sockets) { Ok(()) } else { self.stream.move_to(sockets) }
    }

    /// Makes the connection small again for its time in the pool.
    pub(crate) fn rest(&mut self) {
        self.output.clear();
        self.output.shrink_to(KEPT_SIZE);
        self.read_to = 0;
        self.input.reset(KEPT_SIZE);
    }

    /// The first index of a request with so many rows.
    pub(crate) fn reserve_indexes(&mut self, rows: usize) -> u32 {
        let rows = rows as u32;
        let fits = self.next_index.checked_add(rows).is_some();
        let first = if fits { self.next_index } else { FIRST_INDEX };
        self.next_index = first.saturating_add(rows);
        first
    }

    /// How long a message takes to the peer and back.
    pub(crate) const fn round_trip(&self) -> Duration {
        self.round_trip
    }

    /// How long the first byte of the last reply took.
    pub(crate) const fn first_byte(&self) -> Option<Duration> {
        self.first_byte
    }

    /// Whether nobody on the way can read what is sent.
    pub(crate) const fn is_encrypted(&self) -> bool {
        matches!(self.stream, Stream::Tls(_))
    }

    /// Asks for info values, and gives them with their names in the order of the reply.
    pub(crate) async fn ask(
        &mut self,
        names: &[&str],
        watchdog: &mut Watchdog,
    ) -> Result<Vec<(String, String)>, Error> {
        self.output.clear();
        encode_info_request(&mut self.output, names);
        self.send(watchdog).await?;
        let body = self.next_frame(FrameType::Info, watchdog).await?;
        let text = std::str::from_utf8(self.body(body)).map_err(|_| WireError::NotText("info reply"))?;
        Ok(info_pairs(text).map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    /// Sends what is in `output`.
    pub(crate) async fn send(&mut self, watchdog: &mut Watchdog) -> Result<(), Error> {
        let Self { stream, output, handed_over, .. } = self;
        *handed_over = 0;
        let asked = Instant::now();
        while *handed_over < output.len() {
            let written = watchdog.guard(stream.write(&output[*handed_over..])).await?;
            if written == 0 {
                return Err(std::io::Error::from(std::io::ErrorKind::WriteZero).into());
            }
            *handed_over += written;
        }
        watchdog.guard(stream.flush()).await?;
        (self.asked, self.first_byte, self.answered) = (Some(asked), None, 0);
        Ok(())
    }

    /// Whether the peer may have got all that was sent last.
    pub(crate) const fn has_handed_over(&self) -> bool {
        self.handed_over == self.output.len()
    }

    /// Receives until a whole frame is in the buffer, consumes it and gives the place of its body.
    pub(crate) async fn next_frame(
        &mut self,
        expected: FrameType,
        watchdog: &mut Watchdog,
    ) -> Result<Range<usize>, Error> {
        loop {
            let buffered = &self.input[self.read_to..];
            let wanted = match buffered.first_chunk() {
                None => FRAME_HEADER_SIZE,
                Some(header) => FRAME_HEADER_SIZE + body_size(header, expected)?,
            };
            if wanted > FRAME_HEADER_SIZE && buffered.len() >= wanted {
                let body = self.read_to + FRAME_HEADER_SIZE..self.read_to + wanted;
                self.read_to = body.end;
                return Ok(body);
            }
            self.receive(wanted, watchdog).await?;
        }
    }

    /// The bytes of a frame that [`next_frame`](Self::next_frame) gave.
    pub(crate) fn body(&self, body: Range<usize>) -> &[u8] {
        &self.input[body]
    }

    /// Reads once. Buffered bytes move to the front only when a frame of `wanted` bytes has no room behind them.
    async fn receive(&mut self, wanted: usize, watchdog: &mut Watchdog) -> Result<(), Error> {
        if self.input.capacity() - self.read_to < wanted || self.input.len() - self.read_to <= CHEAP_MOVE {
            self.input.discard(self.read_to);
            self.read_to = 0;
        }
        // By what has arrived, not by what a frame header claims.
        self.input.grow_if_full(self.input.len().max(INPUT_SIZE));
        // Up to the header behind the frame: what belongs to later frames would have to be moved to the front.
        let missing = self.read_to + wanted + FRAME_HEADER_SIZE - self.input.len();
        if self.answered + missing > NEAR_REPLY {
            self.move_to(None)?;
            near::leave().await;
        }
        let Self { stream, input, .. } = self;
        let received = watchdog.guard(stream.read(input.room(missing.max(LEAST_READ)))).await?;
        input.add(received);
        self.received += received as u64;
        self.answered += received;
        if let Some(asked) = self.asked.take() {
            self.first_byte = Some(watchdog.last_activity().saturating_duration_since(asked));
        }
        if received == 0 {
            let message = "the server closed the connection before its reply was complete";
            return Err(Error::new(ErrorKind::Connection, message).with_code(codes::ERR_CONNECTION));
        }
        Ok(())
    }
}

/// The size of a frame's body, which is never empty.
fn body_size(header: &[u8; FRAME_HEADER_SIZE], expected: FrameType) -> Result<usize, WireError> {
    match FrameHeader::parse(header, MAX_FRAME_BODY)? {
        FrameHeader { kind, .. } if kind != expected => {
            Err(WireError::UnexpectedFrame { got: kind, expected })
        }
        FrameHeader { size: 0, .. } => Err(WireError::TooSmall { what: "frame", size: 0, least: 1 }),
        FrameHeader { size, .. } => Ok(size),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::net::TcpListener;

    use aerostride_devserver::{Authority, Identity};
    use rustls::pki_types::pem::PemObject as _;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    use rustls::{ServerConfig, ServerConnection, StreamOwned};

    use super::*;
    use crate::security::TlsOptions;

    const LONG: Duration = Duration::from_secs(10);

    /// A frame that fills the whole input buffer, so that what follows it stays with the layer below.
    fn frame() -> Vec<u8> {
        let mut frame = vec![2, 3];
        frame.extend_from_slice(&((INPUT_SIZE - FRAME_HEADER_SIZE) as u64).to_be_bytes()[2..]);
        frame.resize(INPUT_SIZE, 7);
        frame
    }

    fn server_config(Identity { certificate, key }: &Identity) -> Arc<ServerConfig> {
        let certificate = CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap();
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        Arc::new(builder.unwrap().with_no_client_auth().with_single_cert(vec![certificate], key).unwrap())
    }

    /// A server that sends `reply` to the first bytes that it receives, over TLS, and closes when it gets more.
    fn serve(authority: &Authority, reply: Vec<u8>) -> Address {
        let config = server_config(&authority.server("localhost").unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            let (tcp, _) = listener.accept().unwrap();
            let mut tls = StreamOwned::new(ServerConnection::new(config).unwrap(), tcp);
            let mut request = [0; 64];
            std::io::Read::read(&mut tls, &mut request).unwrap();
            tls.write_all(&reply).unwrap();
            let _ended = std::io::Read::read(&mut tls, &mut request);
        });
        Address { host: "127.0.0.1".into(), port, tls_name: "localhost".into() }
    }

    /// A connection that has read one frame of the reply.
    async fn after(reply: Vec<u8>) -> Connection {
        let authority = Authority::new().unwrap();
        let address = serve(&authority, reply);
        let tls = TlsOptions { ca: authority.pem().into(), cert: Vec::new(), key: Vec::new() };
        let mut connection = Connection::open(&address, Some(&tls.config().unwrap()), LONG).await.unwrap();
        let mut watchdog = Watchdog::new(LONG);
        encode_info_request(&mut connection.output, &["node"]);
        connection.send(&mut watchdog).await.unwrap();
        let body = connection.next_frame(FrameType::Message, &mut watchdog).await.unwrap();
        assert_eq!(connection.body(body).len(), INPUT_SIZE - FRAME_HEADER_SIZE);
        assert_eq!(connection.read_to, connection.input.len(), "the frame fills the buffer");
        connection
    }

    /// Sees that it is not clean, once what is behind the frame has come.
    fn assert_unclean_soon(connection: &mut Connection) {
        let begun = Instant::now();
        while connection.is_clean() {
            assert!(begun.elapsed() < LONG, "what is behind the frame is not seen");
        }
    }

    #[tokio::test]
    async fn bytes_that_tls_has_decrypted_and_nobody_has_read_make_a_connection_unclean() {
        assert!(after(frame()).await.is_clean());
        assert_unclean_soon(&mut after([frame(), b"more".to_vec()].concat()).await);
    }

    #[tokio::test]
    async fn bytes_that_the_runtime_has_not_heard_of_make_a_connection_unclean() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let address = Address { host: "127.0.0.1".into(), port, tls_name: String::new() };
        let mut connection = Connection::open(&address, None, LONG).await.unwrap();
        let (mut peer, _) = listener.accept().unwrap();
        peer.write_all(&frame()[..]).unwrap();
        connection.next_frame(FrameType::Message, &mut Watchdog::new(LONG)).await.unwrap();
        assert!(connection.is_clean());
        peer.write_all(b"more").unwrap();
        // No step of the runtime between the bytes and the look.
        assert_unclean_soon(&mut connection);
    }
}
