//! A proxy that keeps every byte that a client sends.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// Between clients and one node, until the test's process ends.
pub struct Recorder {
    address: SocketAddr,
    sent: Arc<Mutex<Vec<u8>>>,
}

impl Recorder {
    pub fn start(node: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let recorder = Self { address: listener.local_addr().unwrap(), sent: Arc::default() };
        let sent = Arc::clone(&recorder.sent);
        std::thread::spawn(move || {
            while let Ok((client, _)) = listener.accept() {
                let Ok(server) = TcpStream::connect(node) else { continue };
                let (replies, back) = (server.try_clone().unwrap(), client.try_clone().unwrap());
                let sent = Arc::clone(&sent);
                std::thread::spawn(move || {
                    forward(client, server, |bytes| sent.lock().unwrap().extend_from_slice(bytes))
                });
                std::thread::spawn(move || forward(replies, back, |_| {}));
            }
        });
        recorder
    }

    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Everything that clients have sent so far, of all connections.
    pub fn sent(&self) -> Vec<u8> {
        self.sent.lock().unwrap().clone()
    }
}

/// Hands on what is read, after it was seen.
fn forward(mut from: TcpStream, mut to: TcpStream, mut see: impl FnMut(&[u8])) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(size @ 1..) = from.read(&mut buffer) {
        see(&buffer[..size]);
        if to.write_all(&buffer[..size]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
    let _ = from.shutdown(Shutdown::Both);
}
