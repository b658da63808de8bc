use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use aerospike::{AdminPolicy, Node};
use parking_lot::{Mutex, MutexGuard, RwLock};
use tokio::sync::Notify;

use crate::connection::Address;
use crate::control::{Control, address_of};
use crate::options::ConnectOptions;
use crate::partition_map::{Ownership, Part, PartitionMap, add_racks, parse_replicas};
use crate::pool::DataNode;
use crate::security::{Credentials, TlsOptions};
use crate::seeding::Seeding;
use crate::{Error, ErrorKind};

/// The map is read again at most this often, however fast the generations move.
const LEAST_BETWEEN_REFRESHES: Duration = Duration::from_millis(200);

/// A map that batches have reason to doubt is read again although nothing is known to have moved: the generations are
/// asked for once a second, and a node that died meanwhile may have left its partitions to others. At most this often,
/// because nodes that are in trouble for other reasons give rise to doubts as well.
const LEAST_BETWEEN_DOUBTS: Duration = Duration::from_millis(500);

/// How often the node set and the generations are compared with the map.
const CHECK_EVERY: Duration = Duration::from_millis(250);

/// How often nodes that have failed are looked at, whether it is time to try them again.
const PROBE_EVERY: Duration = Duration::from_millis(100);

/// The generation of a map that could not be read: no node has it, so the map is read again.
const UNREAD: isize = isize::MIN;

/// What was known of a node when its part of the map was read.
#[derive(Debug, Clone)]
struct Known {
    name: String,
    generation: isize,
    data: Arc<DataNode>,
    owned: Arc<Vec<Ownership>>,
}

/// The control plane: nodes from the `aerospike` crate, and the partition map read from them.
pub(crate) struct Cluster {
    control: Control,
    options: Arc<ConnectOptions>,
    credentials: Arc<Credentials>,
    map: RwLock<Arc<PartitionMap>>,
    known: Mutex<Vec<Known>>,
    refreshing: tokio::sync::Mutex<Option<Instant>>,
    refresh_wanted: Notify,
    doubted: AtomicBool,
}

impl std::fmt::Debug for Cluster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cluster").field("nodes", &self.control.client().node_names()).finish_non_exhaustive()
    }
}

impl Cluster {
    /// Connects, and reads the first map.
    pub(crate) async fn connect(options: ConnectOptions) -> Result<Arc<Self>, Error> {
        options.check()?;
        let options = Arc::new(options);
        let tls = options.tls.as_ref().map(TlsOptions::config).transpose()?;
        let credentials = Credentials::new(options.auth.clone(), tls).await?;
        let control = Control::connect(Seeding::new(Arc::clone(&options), Arc::clone(&credentials))).await?;
        let cluster = Arc::new(Self {
            control,
            options,
            credentials,
            map: RwLock::default(),
            known: Mutex::default(),
            refreshing: tokio::sync::Mutex::default(),
            refresh_wanted: Notify::new(),
            doubted: AtomicBool::new(false),
        });
        cluster.refresh().await?;
        Ok(cluster)
    }

    pub(crate) fn control(&self) -> Arc<aerospike::Client> {
        self.control.client()
    }

    /// Whether the client knows racks of its own.
    pub(crate) fn is_rack_aware(&self) -> bool {
        !self.options.rack_ids.is_empty()
    }

    /// The map as it is now.
    pub(crate) fn map(&self) -> Arc<PartitionMap> {
        Arc::clone(&self.map.read())
    }

    /// Keeps the map fresh, the pools tidy, and looks after nodes that have failed, until dropped.
    pub(crate) async fn maintain(&self) {
        tokio::join!(self.keep_map(), self.keep_nodes(), self.keep_control());
    }

    async fn keep_map(&self) {
        loop {
            // Looked at when the time is up or somebody asks for it, whichever comes first.
            let _ = tokio::time::timeout(CHECK_EVERY, self.refresh_wanted.notified()).await;
            self.refresh_if_stale().await;
            self.map().nodes().iter().for_each(|node| node.close_old());
        }
    }

    /// Tries failed nodes again, so that no batch has to find out whether they are back.
    async fn keep_nodes(&self) {
        let mut probes = tokio::task::JoinSet::new();
        loop {
            tokio::time::sleep(PROBE_EVERY).await;
            while probes.try_join_next().is_some() {}
            for node in self.map().nodes().iter().filter(|node| node.is_due()) {
                probes.spawn(Arc::clone(node).probe());
            }
        }
    }

    /// Reads the map of a control plane that has taken the place of another.
    async fn keep_control(&self) {
        loop {
            self.control.replaced().await;
            self.doubt_map();
        }
    }

    /// Has the map read again soon, because rows were not answered where it says that they are.
    pub(crate) fn doubt_map(&self) {
        self.doubted.store(true, Ordering::Relaxed);
        self.refresh_wanted.notify_one();
    }

    /// Whether the node set or a partition generation is not that of the map.
    fn is_stale(&self) -> bool {
        let nodes = self.control.nodes();
        let known = self.lock_known();
        nodes.len() != known.len()
            || nodes.iter().any(|node| {
                let generation = node.partition_generation();
                !known.iter().any(|k| k.name == node.name() && k.generation == generation)
            })
    }

    /// Whether somebody doubts a map that is not quite new.
    async fn is_doubtful(&self) -> bool {
        let is_old = |at: &Instant| at.elapsed() >= LEAST_BETWEEN_DOUBTS;
        self.doubted.load(Ordering::Relaxed) && self.refreshing.lock().await.as_ref().is_none_or(is_old)
    }

    /// Reads the map again when something has moved.
    pub(crate) async fn refresh_if_stale(&self) {
        if self.is_stale() || self.is_doubtful().await {
            // A failure leaves the old map, which may still serve.
            let _ = self.refresh().await;
        }
    }

    /// Reads the map of every node. One refresh runs at a time, and whoever waited for one takes its result when it is
    /// young enough.
    async fn refresh(&self) -> Result<(), Error> {
        let mut last = self.refreshing.lock().await;
        if last.is_some_and(|at| at.elapsed() < LEAST_BETWEEN_REFRESHES) {
            return Ok(());
        }
        self.doubted.store(false, Ordering::Relaxed);
        let nodes = self.control.nodes();
        let mut reads = tokio::task::JoinSet::new();
        for node in nodes {
            let (timeout, racks) = (self.options.connect_timeout, self.is_rack_aware());
            reads.spawn(async move {
                // Before the map: one that moves meanwhile is then older than it is, and read again, instead of younger.
                let generation = node.partition_generation();
                let owned = read_owned(&node, timeout, racks).await;
                (node, owned.map(|owned| (owned, generation)))
            });
        }
        let mut known = Vec::new();
        let mut failure = None;
        while let Some(read) = reads.join_next().await {
            let Ok((node, read)) = read else { continue };
            match self.learn(&node, read) {
                Ok(entry) => known.push(entry),
                Err(error) => failure = Some(error),
            }
        }
        *last = Some(Instant::now());
        self.install(known, failure)
    }

    /// What is known of a node now. One that does not answer keeps what it said before.
    fn learn(&self, node: &Node, read: Result<(Vec<Ownership>, isize), Error>) -> Result<Known, Error> {
        let address = address_of(node);
        let earlier = self.lock_known().iter().find(|k| k.data.is_at(node.name(), &address)).cloned();
        let (owned, generation) = match (read, &earlier) {
            (Ok((owned, generation)), _) => (Arc::new(owned), generation),
            (Err(_), Some(earlier)) => (Arc::clone(&earlier.owned), UNREAD),
            (Err(error), None) => return Err(error),
        };
        let data = earlier.map_or_else(|| Arc::new(self.data_node(node, address)), |earlier| earlier.data);
        Ok(Known { name: node.name().to_owned(), generation, data, owned })
    }

    fn data_node(&self, node: &Node, address: Address) -> DataNode {
        let ConnectOptions { connect_timeout, max_connections_per_node, idle_timeout, .. } = *self.options;
        let credentials = Arc::clone(&self.credentials);
        DataNode::new(
            node.name().to_owned(),
            address,
            connect_timeout,
            max_connections_per_node.max(1),
            idle_timeout,
            credentials,
        )
    }

    fn install(&self, mut known: Vec<Known>, failure: Option<Error>) -> Result<(), Error> {
        if known.is_empty() {
            let nothing = || Error::new(ErrorKind::Connection, "no node of the cluster answers");
            return Err(failure.unwrap_or_else(nothing));
        }
        known.sort_by(|a, b| a.name.cmp(&b.name));
        let part = |k: &Known| Part {
            node: Arc::clone(&k.data),
            owned: Arc::clone(&k.owned),
            answered: k.generation != UNREAD,
        };
        let parts = known.iter().map(part).collect();
        *self.map.write() = Arc::new(PartitionMap::new(parts, &self.options.rack_ids));
        *self.lock_known() = known;
        Ok(())
    }

    /// Closes every connection of both planes.
    pub(crate) async fn close(&self) {
        self.map().nodes().iter().for_each(|node| node.close());
        self.control.close().await;
    }

    fn lock_known(&self) -> MutexGuard<'_, Vec<Known>> {
        self.known.lock()
    }
}

async fn read_owned(node: &Node, timeout: Duration, racks: bool) -> Result<Vec<Ownership>, Error> {
    let policy = AdminPolicy { timeout: u32::try_from(timeout.as_millis()).unwrap_or(u32::MAX) };
    let names: &[&str] = if racks { &["replicas", "rack-ids"] } else { &["replicas"] };
    let reply = tokio::time::timeout(timeout, node.info(&policy, names)).await;
    let pairs = reply.map_err(|_| {
        Error::new(ErrorKind::Timeout, format!("no partition map within {} ms", timeout.as_millis()))
            .at(node.name())
    })??;
    let value = pairs
        .get("replicas")
        .ok_or_else(|| Error::new(ErrorKind::Protocol, "the node sent no partition map").at(node.name()))?;
    let mut owned = parse_replicas(value).map_err(|error| error.at(node.name()))?;
    add_racks(&mut owned, pairs.get("rack-ids").map_or("", |ids| ids));
    Ok(owned)
}
