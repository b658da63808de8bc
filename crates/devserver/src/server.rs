use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use crate::cluster::Cluster;
use crate::engine::{self, Engine};
use crate::node::RunningNode;
use crate::{Config, DevServerError};

/// A running server. It stops when it is dropped; [`stop`](Self::stop) says so in the program's text.
///
/// It brings its own threads and needs no async runtime. It can be moved to and used from any thread.
#[derive(Debug)]
pub struct DevServer {
    addresses: Vec<SocketAddr>,
    nodes: Vec<RunningNode>,
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
        let cluster = Cluster::new(&addresses, config.replication_factor);
        let engine = Arc::new(Engine::new(config, cluster));
        let mut server = Self { addresses, nodes: Vec::new() };
        for (index, listener) in listeners.into_iter().enumerate() {
            server.nodes.push(RunningNode::start(Arc::clone(&engine), index, listener)?);
        }
        Ok(server)
    }

    /// The address of every node; any of them is a seed for a client.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Closes all ports and connections and returns when every thread has ended.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for DevServer {
    fn drop(&mut self) {
        for node in self.nodes.drain(..) {
            node.stop();
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
