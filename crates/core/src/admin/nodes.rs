use std::time::{Duration, Instant};

use aerospike::{AdminPolicy, Version};

use crate::client::Pending;
use crate::control::address_of;
use crate::under_way::Effect;
use crate::{Client, Error};

/// A node of the cluster, as the client knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeInfo {
    /// Its name.
    pub name: String,
    /// Where the client reaches it: host and port.
    pub address: String,
    /// The server's version.
    pub version: String,
    /// Whether it answered when it was last asked.
    pub active: bool,
}

/// How long a node took to answer.
#[derive(Debug, Clone)]
pub struct Ping {
    /// The node's name.
    pub node: String,
    /// From the question to the answer, or why there was none.
    pub time: Result<Duration, Error>,
}

impl Client {
    /// Whether the client is open and knows a node that answers.
    pub fn is_connected(&self) -> bool {
        !self.is_closed() && self.control().is_connected()
    }

    /// The nodes of the cluster, by name.
    pub fn nodes(&self) -> Vec<NodeInfo> {
        let mut nodes: Vec<NodeInfo> = if self.is_closed() { Vec::new() } else { self.known_nodes() };
        nodes.sort_by(|a, b| a.name.cmp(&b.name));
        nodes
    }

    fn known_nodes(&self) -> Vec<NodeInfo> {
        let nodes = self.control().nodes();
        let info = |node: &std::sync::Arc<aerospike::Node>| NodeInfo {
            name: node.name().to_owned(),
            address: address_of(node).to_string(),
            version: {
                let Version { major, minor, patch, build } = node.version();
                format!("{major}.{minor}.{patch}.{build}")
            },
            active: node.is_active() && node.failures() == 0,
        };
        nodes.iter().map(info).collect()
    }

    /// Asks every node for its name, all at once, and gives how long each took.
    ///
    /// # Errors
    /// [`ErrorKind::Closed`](crate::ErrorKind::Closed). A node that does not answer is no error: its ping says why.
    pub fn ping(&self, timeout: Duration) -> Pending<'_, Vec<Ping>> {
        Box::pin(async move {
            if self.is_closed() {
                return Err(Error::closed());
            }
            let policy = AdminPolicy { timeout: u32::try_from(timeout.as_millis()).unwrap_or(u32::MAX) };
            self.unless_closed(Effect::Reads, async {
                let mut asked = tokio::task::JoinSet::new();
                for node in self.control().nodes() {
                    asked.spawn(async move {
                        let begin = Instant::now();
                        let reply = node.info(&policy, &["node"]).await;
                        let time = reply.map(|_| begin.elapsed()).map_err(Error::from);
                        Ping { node: node.name().to_owned(), time }
                    });
                }
                let mut pings = asked.join_all().await;
                pings.sort_by(|a, b| a.node.cmp(&b.node));
                Ok(pings)
            })
            .await
        })
    }
}
