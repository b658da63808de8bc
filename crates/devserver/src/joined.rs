use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use crate::DevServerError;
use crate::connection::joined_frame as frame;

/// A node in a process of its own, in the cluster of a [`DevServer`](crate::DevServer) with one node that runs in another
/// process. Killing the process is the crash of a node: its port and connections close, and the records of which only it has a
/// copy are lost. The process that it has joined keeps the records and knows the partitions; without it there is no cluster.
#[derive(Debug)]
pub struct JoinedNode {
    control: TcpStream,
    address: SocketAddr,
}

impl JoinedNode {
    /// Joins the server at `seed` and serves on `listener`. The server has room for seven such nodes, and none if it has TLS,
    /// racks or nodes of its own.
    pub fn start(seed: SocketAddr, listener: TcpListener) -> Result<Self, DevServerError> {
        let address = listener.local_addr()?;
        let mut control = TcpStream::connect(seed)?;
        control.write_all(&frame(&format!("join {}", address.port())))?;
        let place =
            place(&mut control).map_err(|_| DevServerError::Config(format!("{seed} takes in no node")))?;
        thread::Builder::new().name("devserver-joined".to_owned()).spawn(move || {
            for client in listener.incoming().flatten() {
                // A client that cannot be passed on finds its connection closed.
                let _refused = pass_on(seed, &place, client);
            }
        })?;
        Ok(Self { control, address })
    }

    /// The address on which clients reach it.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns when the process that it has joined has ended.
    pub fn wait(&self) {
        while matches!((&self.control).read(&mut [0; 64]), Ok(read) if read > 0) {}
    }
}

/// The place in the cluster that the server gives.
fn place(control: &mut TcpStream) -> io::Result<String> {
    let mut header = [0; 8];
    control.read_exact(&mut header)?;
    let mut text = vec![0; usize::from(header[7])];
    control.read_exact(&mut text)?;
    String::from_utf8(text).map_err(io::Error::other)
}

/// Passes on what a client sends, and what it is answered.
fn pass_on(seed: SocketAddr, place: &str, client: TcpStream) -> io::Result<()> {
    let mut server = TcpStream::connect(seed)?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (local, peer) = (client.local_addr()?, client.peer_addr()?);
    server.write_all(&frame(&format!("serve {place} {local} {peer}")))?;
    let (client, server) = (Arc::new(client), Arc::new(server));
    let copy = |from: Arc<TcpStream>, to: Arc<TcpStream>| {
        thread::Builder::new().stack_size(64 * 1024).spawn(move || {
            let _gone = io::copy(&mut &*from, &mut &*to);
            let _closed = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
        })
    };
    copy(Arc::clone(&client), Arc::clone(&server))?;
    copy(server, client)?;
    Ok(())
}
