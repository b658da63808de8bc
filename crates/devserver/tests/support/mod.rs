//! What several tests need.
#![allow(dead_code, reason = "every test file uses its own part")]
#![allow(clippy::unwrap_used, reason = "these are tests, which clippy does not see in a module of their own")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use aerospike::{Client, ClientPolicy};
use aerostride_devserver::{Config, DevServer};
use aerostride_wire::{FRAME_HEADER_SIZE, FrameHeader, FrameType, MAX_FRAME_BODY, encode_info_request};

/// A server with the default settings.
pub fn server() -> DevServer {
    DevServer::start(Config::new()).unwrap()
}

/// A client of the `aerospike` crate for that server.
pub async fn client(server: &DevServer) -> Arc<Client> {
    let hosts = server.addresses()[0].to_string();
    Arc::new(Client::new(&ClientPolicy::default(), &hosts).await.unwrap())
}

/// A bare connection that sends bytes and reads frames.
pub struct Raw(pub TcpStream);

impl Raw {
    pub fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
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
        matches!(self.0.read(&mut [0]), Ok(0) | Err(_))
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
