use aerospike::{AdminPolicy, Client, ClientPolicy};
use aerostride_wire::PARTITIONS;
use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Which node is the master of which partition of one namespace.
#[derive(Debug)]
pub struct ClusterMap {
    /// `host:port` of every node.
    pub nodes: Vec<String>,
    masters: Vec<usize>,
}

/// Connects the crate's client to a comma-separated list of seeds.
pub async fn connect(hosts: &str) -> Result<Client> {
    Client::new(&ClientPolicy::default(), &hosts).await.context("the aerospike crate cannot connect")
}

impl ClusterMap {
    /// Asks every node which partitions it is the master of.
    pub async fn fetch(hosts: &str, namespace: &str) -> Result<Self> {
        let client = connect(hosts).await?;
        let mut map = Self { nodes: Vec::new(), masters: vec![usize::MAX; PARTITIONS] };
        for node in client.nodes() {
            let reply = node.info(&AdminPolicy::default(), &["replicas"]).await?;
            let replicas = reply.get("replicas").context("the node does not answer `replicas`")?;
            map.add(node.address(), replicas, namespace)?;
        }
        client.close().await?;
        ensure!(map.masters.iter().all(|&node| node != usize::MAX), "some partitions have no master");
        Ok(map)
    }

    /// The index in `nodes` of a partition's master.
    pub fn master(&self, partition: usize) -> usize {
        self.masters[partition]
    }

    fn add(&mut self, address: &str, replicas: &str, namespace: &str) -> Result<()> {
        let prefix = format!("{namespace}:");
        let entry = replicas.split(';').find_map(|part| part.strip_prefix(&prefix));
        let bitmap = entry.and_then(|entry| entry.split(',').nth(2)).context("no such namespace")?;
        let bits = STANDARD.decode(bitmap).context("the partition bitmap is not base64")?;
        ensure!(bits.len() * 8 == PARTITIONS, "a partition bitmap of {} bytes", bits.len());
        let owned = (0..PARTITIONS).filter(|p| bits[p / 8] & (0x80 >> (p % 8)) != 0);
        owned.for_each(|partition| self.masters[partition] = self.nodes.len());
        self.nodes.push(address.to_owned());
        Ok(())
    }
}
