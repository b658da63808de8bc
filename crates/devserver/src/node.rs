use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use socket2::SockRef;

use crate::connection::serve_quietly;
use crate::engine::Engine;

/// Stack of a connection's thread. Nothing recurses deeply, and there may be thousands of them.
const STACK_SIZE: usize = 512 * 1024;

/// One node: a listener and the connections it accepted.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) engine: Arc<Engine>,
    pub(crate) index: usize,
    address: SocketAddr,
    connections: Mutex<Connections>,
    stopping: AtomicBool,
    frozen: AtomicBool,
    gate: Mutex<()>,
    /// Signals that the node goes on, or stops.
    thawed: Condvar,
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
            engine,
            index,
            address: listener.local_addr()?,
            connections: Mutex::default(),
            stopping: AtomicBool::new(false),
            frozen: AtomicBool::new(false),
            gate: Mutex::default(),
            thawed: Condvar::new(),
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
        self.node.frozen.store(true, Ordering::Release);
    }

    /// Answers again, what came meanwhile first.
    pub(crate) fn thaw(&self) {
        self.node.frozen.store(false, Ordering::Release);
        self.node.wake_frozen();
    }

    /// Closes the port and all connections, and returns when every thread of the node has ended.
    pub(crate) fn stop(self) {
        let Self { node, acceptor } = self;
        node.stopping.store(true, Ordering::SeqCst);
        node.wake_frozen();
        node.wake_acceptor(&acceptor);
        let _panicked = acceptor.join();
        node.close_connections();
    }
}

impl Node {
    fn accept(self: &Arc<Self>, listener: &TcpListener) {
        loop {
            let accepted = listener.accept();
            if self.stopping.load(Ordering::SeqCst) {
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
        if connections.open.len() >= self.engine.config.max_connections {
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
                serve_quietly(&node, &stream, id + 1);
            })
        };
        // Without a thread the connection is closed as it is dropped.
        if let Ok(thread) = spawned {
            self.engine.counters(self.index).count_opened();
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

    /// Waits while the node is frozen. `false` when it stops meanwhile.
    pub(crate) fn wait_while_frozen(&self) -> bool {
        if self.frozen.load(Ordering::Acquire) {
            let mut gate = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
            while self.frozen.load(Ordering::Acquire) && !self.stopping.load(Ordering::Acquire) {
                gate = self.thawed.wait(gate).unwrap_or_else(PoisonError::into_inner);
            }
        }
        !self.stopping.load(Ordering::Acquire)
    }

    /// Waits so long. `false` when the node stops meanwhile.
    pub(crate) fn pause(&self, time: Duration) -> bool {
        let deadline = Instant::now() + time;
        let mut gate = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
        while !self.stopping.load(Ordering::Acquire) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            gate = self.thawed.wait_timeout(gate, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        false
    }

    fn wake_frozen(&self) {
        let _gate = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
        self.thawed.notify_all();
    }

    fn connections(&self) -> MutexGuard<'_, Connections> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
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
        self.node.engine.counters(self.node.index).count_closed();
        if let Some(open) = connections.open.remove(&self.id) {
            connections.ended.push(open.thread);
        }
    }
}
