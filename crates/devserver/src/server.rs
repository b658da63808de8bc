use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use parking_lot::{Mutex, MutexGuard};

use crate::cluster::Cluster;
use crate::engine::{self, Engine};
use crate::node::RunningNode;
use crate::store::Namespace;
use crate::{Config, DevServerError, FaultRule};

/// A running server. It stops when it is dropped; [`stop`](Self::stop) says so in the program's text.
///
/// It brings its own threads and needs no async runtime. It can be moved to and used from any thread.
#[derive(Debug)]
pub struct DevServer {
    engine: Arc<Engine>,
    addresses: Vec<SocketAddr>,
    /// The nodes; `None` is stopped.
    nodes: Mutex<Vec<Option<RunningNode>>>,
    cluster: Option<JoinHandle<()>>,
}

impl DevServer {
    /// Listens on the configured ports and serves.
    pub fn start(config: Config) -> Result<Self, DevServerError> {
        engine::check(&config)?;
        let listeners = listen(&config)?;
        Self::run(config, listeners)
    }

    /// Serves on listeners that exist already, one per node; host, port and number of nodes in `config` do not count.
    pub fn run(mut config: Config, listeners: Vec<TcpListener>) -> Result<Self, DevServerError> {
        config.nodes = listeners.len();
        engine::check(&config)?;
        let addresses = listeners.iter().map(TcpListener::local_addr).collect::<Result<Vec<_>, _>>()?;
        let cluster = Cluster::new(&addresses, config.replication_factor, &config.racks, config.pace);
        let engine = Arc::new(Engine::new(config, cluster));
        let mut server =
            Self { engine: Arc::clone(&engine), addresses, nodes: Mutex::default(), cluster: None };
        for (index, listener) in listeners.into_iter().enumerate() {
            let node = RunningNode::start(Arc::clone(&engine), index, listener)?;
            server.lock().push(Some(node));
        }
        let run = move || engine.cluster.run(|| engine.reap());
        server.cluster = Some(thread::Builder::new().name("devserver-cluster".to_owned()).spawn(run)?);
        Ok(server)
    }

    /// The address of every node; any of them is a seed for a client. A node that was stopped keeps its address.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Stops a node as a crash would: its port and connections close and its memory is gone. The records live on in
    /// other nodes' copies, if there are any. Stopping a stopped node changes nothing.
    ///
    /// Returns when all threads of the node have ended. The other nodes notice after
    /// [`failure_detection`](Config::failure_detection).
    pub fn stop_node(&self, index: usize) -> Result<(), DevServerError> {
        let mut nodes = self.lock();
        if let Some(node) = nodes.get_mut(index).ok_or_else(|| self.no_node(index))?.take() {
            node.stop();
            let lost = self.engine.cluster.stop(index);
            self.engine.lose(&lost);
        }
        Ok(())
    }

    /// Starts a stopped node, empty, on the address that it had. It joins the others after
    /// [`joining`](Config::joining). Starting a running node changes nothing.
    pub fn start_node(&self, index: usize) -> Result<(), DevServerError> {
        let mut nodes = self.lock();
        let slot = nodes.get_mut(index).ok_or_else(|| self.no_node(index))?;
        if slot.is_none() {
            let address = self.addresses[index];
            let listener =
                TcpListener::bind(address).map_err(|cause| DevServerError::Bind { address, cause })?;
            self.engine.cluster.start(index);
            *slot = Some(RunningNode::start(Arc::clone(&self.engine), index, listener)?);
        }
        Ok(())
    }

    /// Suspends a node: its port and connections stay open and nothing is answered, until
    /// [`thaw_node`](Self::thaw_node). The others notice as if it had stopped.
    pub fn freeze_node(&self, index: usize) -> Result<(), DevServerError> {
        if let Some(node) = self.lock().get(index).ok_or_else(|| self.no_node(index))? {
            node.freeze();
            self.engine.cluster.freeze(index);
        }
        Ok(())
    }

    /// Lets a frozen node go on. It answers what came meanwhile and joins the others again.
    pub fn thaw_node(&self, index: usize) -> Result<(), DevServerError> {
        if let Some(node) = self.lock().get(index).ok_or_else(|| self.no_node(index))? {
            self.engine.cluster.thaw(index);
            node.thaw();
        }
        Ok(())
    }

    /// Replaces all fault rules, for requests that come from now on. No rules, no faults.
    pub fn set_faults(&self, rules: impl IntoIterator<Item = FaultRule>) {
        self.engine.set_faults(rules.into_iter().collect());
    }

    /// What the server has done and what it holds.
    pub fn stats(&self) -> Stats {
        let engine = &self.engine;
        let counters = (0..self.addresses.len()).map(|node| engine.counters(node));
        let (opened, closed) =
            counters.fold((0, 0), |(opened, closed), node| (opened + node.opened(), closed + node.closed()));
        Stats {
            connections: opened.saturating_sub(closed),
            connections_opened: opened,
            objects: engine.namespaces().iter().map(Namespace::objects).sum(),
            memory: engine.namespaces().iter().map(Namespace::memory).sum(),
            faults: engine.faults().fired(),
        }
    }

    /// Closes all ports and connections and returns when every thread has ended.
    pub fn stop(self) {
        drop(self);
    }

    fn no_node(&self, index: usize) -> DevServerError {
        DevServerError::Config(format!("node {index} of {}", self.addresses.len()))
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Option<RunningNode>>> {
        self.nodes.lock()
    }
}

/// See [`DevServer::stats`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stats {
    /// Connections that are open.
    pub connections: u64,
    /// Connections that were ever accepted.
    pub connections_opened: u64,
    /// Records, expired ones included until their memory is freed.
    pub objects: u64,
    /// Bytes that the records take, index included.
    pub memory: u64,
    /// How often the present fault rules have fired.
    pub faults: u64,
}

impl Drop for DevServer {
    fn drop(&mut self) {
        let nodes = std::mem::take(&mut *self.lock());
        for node in nodes.into_iter().flatten() {
            node.stop();
        }
        self.engine.cluster.end();
        if let Some(thread) = self.cluster.take() {
            let _panicked = thread.join();
        }
    }
}

fn listen(config: &Config) -> Result<Vec<TcpListener>, DevServerError> {
    (0..config.nodes)
        .map(|index| {
            let port = match config.port {
                0 => 0,
                first => u16::try_from(usize::from(first) + index).map_err(|_| {
                    DevServerError::Config(format!("port {first} and {} ports behind it", config.nodes - 1))
                })?,
            };
            let address = SocketAddr::new(config.host, port);
            TcpListener::bind(address).map_err(|cause| DevServerError::Bind { address, cause })
        })
        .collect()
}
