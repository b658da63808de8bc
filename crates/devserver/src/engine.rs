use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use aerostride_wire::PARTITIONS;
use parking_lot::RwLock;

use crate::agents::Agents;
use crate::clock::Now;
use crate::cluster::Cluster;
use crate::fault::Plan;
use crate::functions::Functions;
use crate::queries::Queries;
use crate::security::{self, Security};
use crate::settings::Settings;
use crate::store::Namespace;
use crate::{Config, DevServerError, FaultRule};

/// What all nodes of a server share: settings, records and the cluster's view of itself.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) config: Config,
    pub(crate) cluster: Cluster,
    namespaces: Vec<Namespace>,
    nodes: Vec<OfNode>,
    batch_max_requests: AtomicU32,
    query_threads_limit: AtomicUsize,
    pub(crate) functions: Functions,
    started: Instant,
    faults: RwLock<Arc<Plan>>,
    has_faults: AtomicBool,
    pub(crate) security: Option<Security>,
}

/// What every node has of its own.
#[derive(Debug, Default)]
struct OfNode {
    counters: Counters,
    queries: Queries,
    settings: Settings,
    agents: Agents,
}

/// Connections and requests of one node.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    opened: AtomicU64,
    closed: AtomicU64,
    info: AtomicU64,
    batches: AtomicU64,
}

impl Counters {
    pub(crate) fn count_opened(&self) {
        self.opened.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn count_closed(&self) {
        self.closed.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn count_info(&self) {
        self.info.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn count_batch(&self) {
        self.batches.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn info(&self) -> u64 {
        self.info.load(Ordering::Relaxed)
    }

    pub(crate) fn batches(&self) -> u64 {
        self.batches.load(Ordering::Relaxed)
    }

    pub(crate) fn opened(&self) -> u64 {
        self.opened.load(Ordering::Relaxed)
    }

    pub(crate) fn closed(&self) -> u64 {
        self.closed.load(Ordering::Relaxed)
    }

    pub(crate) fn open(&self) -> u64 {
        self.opened().saturating_sub(self.closed())
    }
}

impl Engine {
    pub(crate) fn new(config: Config, cluster: Cluster) -> Self {
        let namespaces = config.namespaces.iter().cloned().map(Namespace::new).collect();
        let nodes = cluster.members().iter().map(|_| OfNode::default()).collect();
        let faults = config.faults.clone();
        let security = Security::new(&config.users, config.session_ttl);
        let engine = Self {
            batch_max_requests: AtomicU32::new(config.batch_max_requests),
            query_threads_limit: AtomicUsize::new(config.query_threads_limit),
            functions: Functions::default(),
            config,
            cluster,
            namespaces,
            nodes,
            started: Instant::now(),
            faults: RwLock::default(),
            has_faults: AtomicBool::new(false),
            security,
        };
        engine.set_faults(faults);
        engine
    }

    /// Replaces all fault rules.
    pub(crate) fn set_faults(&self, rules: Vec<FaultRule>) {
        let plan = Plan::new(self.config.seed, rules);
        let has_faults = !plan.is_empty();
        *self.faults.write() = Arc::new(plan);
        self.has_faults.store(has_faults, Ordering::Release);
    }

    /// Whether anything could go wrong: without rules nobody looks at them.
    #[inline]
    pub(crate) fn has_faults(&self) -> bool {
        self.has_faults.load(Ordering::Acquire)
    }

    pub(crate) fn faults(&self) -> Arc<Plan> {
        Arc::clone(&self.faults.read())
    }

    /// The connections that a node has and had.
    pub(crate) fn counters(&self, node: usize) -> &Counters {
        &self.nodes[node].counters
    }

    /// The scans and queries that a node runs.
    pub(crate) fn queries(&self, node: usize) -> &Queries {
        &self.nodes[node].queries
    }

    /// The settings of a node that have changed.
    pub(crate) fn settings(&self, node: usize) -> &Settings {
        &self.nodes[node].settings
    }

    /// The clients that use a node's connections.
    pub(crate) fn agents(&self, node: usize) -> &Agents {
        &self.nodes[node].agents
    }

    /// Most rows of a batch; 0 is any number.
    pub(crate) fn batch_max_requests(&self) -> u32 {
        self.batch_max_requests.load(Ordering::Relaxed)
    }

    /// Threads of a node's scans and queries.
    pub(crate) fn query_threads_limit(&self) -> usize {
        self.query_threads_limit.load(Ordering::Relaxed)
    }

    /// Changes a setting by its name; others are of no effect.
    pub(crate) fn apply(&self, name: &str, value: &str) {
        let Ok(value) = value.parse::<u32>() else { return };
        match name {
            "batch-max-requests" => self.batch_max_requests.store(value, Ordering::Relaxed),
            "query-threads-limit" => self.query_threads_limit.store(value as usize, Ordering::Relaxed),
            _ => {}
        }
    }

    /// Only one edition of real servers has security, TLS and racks, and a server that has them is of that edition.
    pub(crate) fn is_enterprise(&self) -> bool {
        self.security.is_some() || self.config.tls.is_some() || !self.config.racks.is_empty()
    }

    pub(crate) fn uptime(&self) -> Duration {
        self.started.elapsed()
    }

    /// Empties partitions of which no node has a copy any more.
    pub(crate) fn lose(&self, partitions: &[usize]) {
        for namespace in &self.namespaces {
            for &partition in partitions {
                namespace.remove_if(partition, |_| true);
            }
        }
    }

    /// Frees the memory of records that have expired.
    pub(crate) fn reap(&self) {
        let now = self.now();
        for namespace in &self.namespaces {
            for partition in 0..PARTITIONS {
                if namespace.read(partition).has_expired(now) {
                    namespace.remove_if(partition, |record| record.is_expired(now));
                }
            }
        }
    }

    /// The namespace of that name. There are few: looking at all of them is faster than hashing.
    #[inline]
    pub(crate) fn namespace(&self, name: &[u8]) -> Option<&Namespace> {
        self.namespaces.iter().find(|namespace| namespace.config.name.as_bytes() == name)
    }

    pub(crate) fn namespaces(&self) -> &[Namespace] {
        &self.namespaces
    }

    pub(crate) fn now(&self) -> Now {
        self.config.clock.now()
    }
}

/// Refuses settings that no server could run with.
pub(crate) fn check(config: &Config) -> Result<(), DevServerError> {
    let invalid = |what: String| Err(DevServerError::Config(what));
    if config.nodes == 0 || config.nodes > MAX_NODES {
        return invalid(format!("{} nodes; 1 to {MAX_NODES} are possible", config.nodes));
    }
    if !config.racks.is_empty() && config.racks.len() != config.nodes {
        let (racks, nodes) = (config.racks.len(), config.nodes);
        return Err(DevServerError::Config(format!("{racks} racks for {nodes} nodes: every node has one")));
    }
    if config.replication_factor == 0 {
        return invalid("a replication factor of 0; at least 1 copy is needed".to_owned());
    }
    if config.namespaces.is_empty() {
        return invalid("no namespace; at least 1 is needed".to_owned());
    }
    for user in &config.users {
        if let Some(role) = user.roles().iter().find(|role| !security::is_built_in(role)) {
            return invalid(format!("role {role:?} of user {:?}", user.name()));
        }
    }
    for (index, namespace) in config.namespaces.iter().enumerate() {
        let name = &namespace.name;
        if name.is_empty() || name.len() > MAX_NAMESPACE || name.contains([';', ':', ',', '\n', '\t']) {
            return invalid(format!(
                "namespace name {name:?}; 1 to {MAX_NAMESPACE} bytes without ; : , are possible"
            ));
        }
        if config.namespaces[..index].iter().any(|other| other.name == *name) {
            return invalid(format!("namespace {name:?} twice"));
        }
    }
    Ok(())
}

/// A set of nodes fits in one integer.
const MAX_NODES: usize = 128;
const MAX_NAMESPACE: usize = 31;
