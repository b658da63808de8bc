use std::sync::LazyLock;
use std::time::Duration;

use aerostride_columns::KeyColumns;
use aerostride_wire::{BinRead, IndexQuery, IndexRange, IndexType, PARTITIONS};

use super::Cursor;
use crate::options::Replica;
use crate::partition_map::PartitionMap;
use crate::{Error, ErrorKind};

/// The bins of a stream's records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StreamBins {
    /// All of them.
    All,
    /// None: keys, generation and ttl.
    None,
    /// These. Records that have none of them are left out.
    Named(Vec<BinRead>),
}

/// Values of an index, both ends included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexRangeOf {
    /// Particle type.
    pub particle: u8,
    /// The smallest.
    pub begin: Vec<u8>,
    /// The largest.
    pub end: Vec<u8>,
}

/// Which index a query reads, and what it looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexSpec {
    /// The indexed bin; empty with a name or an expression.
    pub bin: String,
    /// The index's name.
    pub name: Option<String>,
    /// See [`IndexType`].
    pub index_type: IndexType,
    /// The place inside the bin, msgpack.
    pub context: Option<Vec<u8>>,
    /// The indexed expression, msgpack.
    pub expression: Option<Vec<u8>>,
    /// See [`IndexRangeOf`].
    pub range: IndexRangeOf,
}

impl IndexSpec {
    pub(super) fn query(&self) -> IndexQuery<'_> {
        IndexQuery {
            bin: &self.bin,
            name: self.name.as_deref(),
            index_type: self.index_type,
            context: self.context.as_deref(),
            expression: self.expression.as_deref(),
            range: IndexRange {
                particle: self.range.particle,
                begin: &self.range.begin,
                end: &self.range.end,
            },
        }
    }
}

/// Timeouts, retries and how hard the nodes are asked.
#[derive(Debug, Clone)]
pub struct StreamPolicy {
    /// Over the whole stream; zero is without limit.
    pub total_timeout: Duration,
    /// Without a byte from the server while the consumer is waiting; zero is without limit.
    pub socket_timeout: Duration,
    /// How long the server keeps a request whose bytes nobody takes; zero for ever. Then the stream goes on with a new one.
    pub server_timeout: Duration,
    /// Further attempts for a partition without a row in between.
    pub max_retries: u32,
    /// Before the first further attempt; doubled by each one after it.
    pub sleep_between_retries: Duration,
    /// Which replica is asked first.
    pub replica: Replica,
    /// Connections per node; 0 lets the engine choose.
    pub connections_per_node: usize,
    /// From so many bytes on, what has come of a frame is read before the rest of it is there: while it is in the processor's
    /// cache, and while the server goes on sending.
    pub part_bytes: usize,
}

impl Default for StreamPolicy {
    fn default() -> Self {
        Self {
            total_timeout: Duration::ZERO,
            socket_timeout: Duration::from_secs(30),
            server_timeout: Duration::from_secs(120),
            max_retries: 10,
            sleep_between_retries: Duration::from_millis(10),
            replica: Replica::Sequence,
            connections_per_node: 0,
            part_bytes: 64 * 1024,
        }
    }
}

/// What is read, and how.
#[derive(Debug, Clone)]
pub struct StreamOptions {
    /// Namespace.
    pub namespace: String,
    /// Set; empty for the whole namespace.
    pub set: String,
    /// See [`StreamBins`].
    pub bins: StreamBins,
    /// With one it is an index query, without one a scan.
    pub index: Option<IndexSpec>,
    /// A filter expression's bytes.
    pub filter: Option<Vec<u8>>,
    /// The partitions to read, ascending, each once; `None` for those of `after`, or all.
    pub partitions: Option<Vec<u16>>,
    /// What is kept of the keys.
    pub keys: KeyColumns,
    /// Rows after which the stream ends; 0 without limit.
    pub max_rows: u64,
    /// Records per second and node; 0 without limit.
    pub records_per_second: u32,
    /// Where to go on.
    pub after: Option<Cursor>,
    /// See [`StreamPolicy`].
    pub policy: StreamPolicy,
}

/// Connections to one node, when the policy does not say, at most: one keeps four threads of a server busy, and what more of
/// them add is that batches are filled while others are received. More than there are processors would only wait for each
/// other, and keep waiting who else needs one.
const CONNECTIONS_PER_NODE: usize = 3;
/// From so many nodes on, one connection to each.
const MANY_NODES: usize = 4;

/// Asking the system takes longer than asking for a batch.
static PROCESSORS: LazyLock<usize> =
    LazyLock::new(|| std::thread::available_parallelism().map_or(2, usize::from));

impl StreamOptions {
    /// A scan of a set, with everything else as it is by default.
    pub fn scan(namespace: &str, set: &str) -> Self {
        Self {
            namespace: namespace.to_owned(),
            set: set.to_owned(),
            bins: StreamBins::All,
            index: None,
            filter: None,
            partitions: None,
            keys: KeyColumns::User,
            max_rows: 0,
            records_per_second: 0,
            after: None,
            policy: StreamPolicy::default(),
        }
    }

    /// Connections to each of so many nodes.
    pub(super) fn connections_per_node(&self, nodes: usize) -> usize {
        match self.policy.connections_per_node {
            // A rate is per request, and a few rows are not worth a second connection.
            0 if self.records_per_second > 0 || self.max_rows > 0 || nodes >= MANY_NODES => 1,
            0 => CONNECTIONS_PER_NODE.min(*PROCESSORS).max(2),
            _ if self.records_per_second > 0 => 1,
            given => given,
        }
    }

    /// Whether records without any of the wanted bins have to come, because the server would count them anyway.
    pub(super) fn asks_for_all_ops(&self) -> bool {
        self.max_rows > 0 && matches!(self.bins, StreamBins::Named(_))
    }

    /// What was asked for, where records without any of it come: because of [`asks_for_all_ops`](Self::asks_for_all_ops), or
    /// because a value that is not there is an empty list.
    pub(super) fn drop_empty(&self) -> Option<&[BinRead]> {
        match &self.bins {
            StreamBins::Named(reads) if self.max_rows > 0 || reads.iter().any(|read| read.in_list) => {
                Some(reads)
            }
            _ => None,
        }
    }

    pub(super) fn connections(&self, nodes: usize) -> usize {
        self.connections_per_node(nodes) * nodes.max(1)
    }

    /// The partitions that the stream is about.
    pub(super) fn partition_ids(&self) -> Vec<u16> {
        match (&self.partitions, &self.after) {
            (Some(ids), _) => ids.clone(),
            (None, Some(cursor)) => cursor.partition_ids(),
            (None, None) => (0..PARTITIONS as u16).collect(),
        }
    }

    pub(super) fn partition_count(&self) -> usize {
        match (&self.partitions, &self.after) {
            (Some(ids), _) => ids.len(),
            (None, Some(cursor)) => cursor.partition_count(),
            (None, None) => PARTITIONS,
        }
    }

    pub(super) fn check(&self, map: &PartitionMap) -> Result<(), Error> {
        if let Some(ids) = &self.partitions {
            let ascending = ids.windows(2).all(|pair| pair[0] < pair[1]);
            if !ascending || ids.last().is_some_and(|&last| usize::from(last) >= PARTITIONS) {
                let message = "partitions have to be ascending numbers from 0 to 4095, each once";
                return Err(Error::new(ErrorKind::InvalidArgument, message));
            }
        }
        map.check_namespace(&self.namespace)
    }
}

/// How far a stream has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StreamProgress {
    /// Rows delivered.
    pub rows: u64,
    /// Bytes received.
    pub bytes: u64,
    /// Partitions of which everything was delivered.
    pub partitions_done: usize,
    /// Partitions of the stream.
    pub partitions: usize,
}

/// A request that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamFailure {
    /// Name and address of the node; empty where none was involved.
    pub node: String,
    /// The server's code, or one of [`codes`].
    pub code: i32,
    /// What happened.
    pub message: String,
    /// How many partitions were asked for again.
    pub partitions: usize,
}
