use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};
use socket2::SockRef;

use crate::connection::serve_quietly;
use crate::engine::Engine;
use crate::standing::Standing;

/// Stack of a connection's thread. Nothing recurses deeply, and there may be thousands of them.
const STACK_SIZE: usize = 512 * 1024;

/// One node: a listener and the connections it accepted.
#[derive(Debug)]
struct Node {
    standing: Standing,
    address: SocketAddr,
    connections: Mutex<Connections>,
}

#[derive(Debug, Default)]
struct Connections {
    next: u64,
    open: HashMap<u64, Open>,
    /// Threads that are done and were not joined yet.
    ended: Vec<JoinHandle<()>>,
}

#[derive(Debug)]
struct Open {
    stream: Arc<TcpStream>,
    thread: JoinHandle<()>,
}

/// A node that runs, with the thread that accepts its connections.
#[derive(Debug)]
pub(crate) struct RunningNode {
    node: Arc<Node>,
    acceptor: JoinHandle<()>,
}

impl RunningNode {
    pub(crate) fn start(engine: Arc<Engine>, index: usize, listener: TcpListener) -> io::Result<Self> {
        let node = Arc::new(Node {
            standing: Standing::new(engine, index),
            address: listener.local_addr()?,
            connections: Mutex::default(),
        });
        let acceptor = {
            let node = Arc::clone(&node);
            let serve = move || {
                node.accept(&listener);
                // Closing would not do while a process that is just being started still has a copy of the descriptor.
                // Where a listener cannot be shut down, closing has to.
                let _shut = SockRef::from(&listener).shutdown(Shutdown::Both);
            };
            thread::Builder::new().name(format!("devserver-{index}")).spawn(serve)?
        };
        Ok(Self { node, acceptor })
    }

    /// Stops answering, as a process that was suspended: ports and connections stay open.
    pub(crate) fn freeze(&self) {
        self.node.standing.freeze();
    }

    /// Answers again, what came meanwhile first.
    pub(crate) fn thaw(&self) {
        self.node.standing.thaw();
    }

    /// Closes the port and all connections, and returns when every thread of the node has ended.
    pub(crate) fn stop(self) {
        let Self { node, acceptor } = self;
        node.standing.stop();
        node.wake_acceptor(&acceptor);
        let _panicked = acceptor.join();
        node.close_connections();
    }
}

impl Node {
    fn accept(self: &Arc<Self>, listener: &TcpListener) {
        loop {
            let accepted = listener.accept();
            if self.standing.is_stopping() {
                return;
            }
            match accepted {
                Ok((stream, _)) => self.admit(stream),
                // Out of descriptors, most likely: wait for connections to close instead of spinning.
                Err(_) => thread::sleep(Duration::from_millis(10)),
            }
        }
    }

    /// Starts a thread for a connection, or closes it when there are too many.
    fn admit(self: &Arc<Self>, stream: TcpStream) {
        let mut connections = self.connections();
        for ended in connections.ended.drain(..) {
            let _panicked = ended.join();
        }
        if connections.open.len() >= self.standing.engine.config.max_connections {
            return;
        }
        let id = connections.next;
        connections.next += 1;
        let stream = Arc::new(stream);
        let spawned = {
            let (node, stream) = (Arc::clone(self), Arc::clone(&stream));
            thread::Builder::new().name("devserver-conn".to_owned()).stack_size(STACK_SIZE).spawn(move || {
                // Even a panic must leave the list of connections right.
                let _ended = Ended { node: &node, id };
                serve_quietly(&node.standing, &stream, id + 1);
            })
        };
        // Without a thread the connection is closed as it is dropped.
        if let Ok(thread) = spawned {
            self.standing.engine.counters(self.standing.index).count_opened();
            connections.open.insert(id, Open { stream, thread });
        }
    }

    fn close_connections(&self) {
        let (open, ended) = {
            let mut connections = self.connections();
            (std::mem::take(&mut connections.open), std::mem::take(&mut connections.ended))
        };
        for connection in open.values() {
            let _closed = connection.stream.shutdown(Shutdown::Both);
        }
        let threads = open.into_values().map(|connection| connection.thread).chain(ended);
        for thread in threads {
            let _panicked = thread.join();
        }
    }

    /// Connects to the listener, which is the portable way to make `accept` return.
    fn wake_acceptor(&self, acceptor: &JoinHandle<()>) {
        let mut address = self.address;
        if address.ip().is_unspecified() {
            address.set_ip(match address {
                SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
                SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
            });
        }
        while !acceptor.is_finished() {
            if TcpStream::connect_timeout(&address, Duration::from_millis(100)).is_ok() {
                return;
            }
        }
    }

    fn connections(&self) -> MutexGuard<'_, Connections> {
        self.connections.lock()
    }
}

/// Takes a connection off the list when its thread ends.
struct Ended<'n> {
    node: &'n Node,
    id: u64,
}

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        let mut connections = self.node.connections();
        let Standing { engine, index, .. } = &self.node.standing;
        engine.counters(*index).count_closed();
        if let Some(open) = connections.open.remove(&self.id) {
            connections.ended.push(open.thread);
        }
    }
}
