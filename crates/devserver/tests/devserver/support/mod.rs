//! What several tests need.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, ExitStatus};
use std::sync::Arc;
use std::time::{Duration, Instant};

use aerospike::{Client, ClientPolicy};
use aerostride_devserver::{Config, DevServer};
use aerostride_wire::{
    Cursor, FRAME_HEADER_SIZE, Field, FrameHeader, FrameType, MAX_FRAME_BODY, MessageHeader, Op,
    encode_info_request, finish_frame, put_field, put_op, read_op, start_frame,
};
use serde_json::{Value, json};

/// What has not happened by then never will: a test that waits for it fails instead of hanging.
pub const LONG: Duration = Duration::from_secs(60);

/// How a process has ended, which it does by itself.
pub fn end_of(child: &mut Child) -> ExitStatus {
    let deadline = Instant::now() + LONG;
    while Instant::now() < deadline {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    panic!("process {} does not end", child.id());
}

/// A server with the default settings.
pub fn server() -> DevServer {
    DevServer::start(Config::new()).unwrap()
}

/// A client of the `aerospike` crate for that server.
pub async fn client(server: &DevServer) -> Arc<Client> {
    let hosts = server.addresses()[0].to_string();
    Arc::new(Client::new(&ClientPolicy::default(), &hosts).await.unwrap())
}

/// A recording of a real server: a file of fixtures/captures.
pub fn capture(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/captures").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Bytes that are recorded as hex.
pub fn bytes(hex: &str) -> Vec<u8> {
    assert!(hex.len().is_multiple_of(2));
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

/// Bytes as they are recorded.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What is recorded of an answer to one op: the code, and particle type and value if there is one.
pub fn first_op(frame: &[u8]) -> Value {
    let mut cursor = Cursor::new(&frame[FRAME_HEADER_SIZE..]);
    let header = MessageHeader::read(&mut cursor).unwrap();
    for _ in 0..header.field_count {
        Field::read(&mut cursor).unwrap();
    }
    match read_op(&mut cursor) {
        Ok(op) => json!([header.result_code, op.particle, hex(op.value)]),
        Err(_) => json!([header.result_code]),
    }
}

/// A message as it is sent: the header with the counts of these fields and ops.
pub fn message(header: MessageHeader, fields: &[(u8, &[u8])], ops: &[Op<'_>]) -> Vec<u8> {
    let mut out = Vec::new();
    let frame = start_frame(&mut out, FrameType::Message);
    let header = MessageHeader { field_count: fields.len() as u16, op_count: ops.len() as u16, ..header };
    out.extend_from_slice(&header.encode());
    fields.iter().for_each(|(kind, value)| put_field(&mut out, *kind, value));
    ops.iter().for_each(|op| put_op(&mut out, op));
    finish_frame(&mut out, frame);
    out
}

/// A bare connection that sends bytes and reads frames.
pub struct Raw(pub TcpStream);

impl Raw {
    pub fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        Self(stream)
    }

    pub fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).unwrap();
    }

    /// The next frame with its header.
    pub fn frame(&mut self) -> Vec<u8> {
        let mut header = [0; FRAME_HEADER_SIZE];
        self.0.read_exact(&mut header).unwrap();
        let size = FrameHeader::parse(&header, MAX_FRAME_BODY).unwrap().size;
        let mut frame = header.to_vec();
        frame.resize(FRAME_HEADER_SIZE + size, 0);
        self.0.read_exact(&mut frame[FRAME_HEADER_SIZE..]).unwrap();
        frame
    }

    /// Whether the server closes the connection without another byte.
    pub fn is_closed(&mut self) -> bool {
        match self.0.read(&mut [0]) {
            Ok(size) => size == 0,
            Err(error) => !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
        }
    }

    /// The text of an info reply.
    pub fn info(&mut self, names: &[&str]) -> String {
        let mut request = Vec::new();
        encode_info_request(&mut request, names);
        self.send(&request);
        let frame = self.frame();
        assert_eq!(frame[1], FrameType::Info as u8);
        String::from_utf8(frame[FRAME_HEADER_SIZE..].to_vec()).unwrap()
    }
}
