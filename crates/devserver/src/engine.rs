use crate::clock::Now;
use crate::cluster::Cluster;
use crate::store::Namespace;
use crate::{Config, DevServerError};

/// What all nodes of a server share: settings, records and the cluster's view of itself.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) config: Config,
    pub(crate) cluster: Cluster,
    namespaces: Vec<Namespace>,
}

impl Engine {
    pub(crate) fn new(config: Config, cluster: Cluster) -> Self {
        let namespaces = config.namespaces.iter().cloned().map(Namespace::new).collect();
        Self { config, cluster, namespaces }
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
    if config.replication_factor == 0 {
        return invalid("a replication factor of 0; at least 1 copy is needed".to_owned());
    }
    if config.namespaces.is_empty() {
        return invalid("no namespace; at least 1 is needed".to_owned());
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

/// As many nodes as a community cluster may have, and a set of them fits in one integer.
const MAX_NODES: usize = 32;
const MAX_NAMESPACE: usize = 31;
