use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use crate::cluster::Pace as MembershipPace;
use crate::{Clock, FaultRule, Pace, Tls, User};

/// What a server is to be. Every setting has a default that suits a test: one node on a free loopback port with the
/// namespaces `test` and `bar`.
///
/// ```
/// use aerostride_devserver::{Config, DevServer};
///
/// let server = DevServer::start(Config::new()).unwrap();
/// println!("connect to {}", server.addresses()[0]);
/// server.stop();
/// ```
#[derive(Debug, Clone)]
pub struct Config {
    pub(crate) host: IpAddr,
    pub(crate) port: u16,
    pub(crate) nodes: usize,
    pub(crate) replication_factor: usize,
    pub(crate) racks: Vec<u32>,
    pub(crate) namespaces: Vec<NamespaceConfig>,
    pub(crate) build: String,
    pub(crate) cluster_name: String,
    pub(crate) batch_max_requests: u32,
    pub(crate) max_connections: usize,
    pub(crate) query_threads_limit: usize,
    pub(crate) index_building: Duration,
    pub(crate) max_frame_size: usize,
    pub(crate) clock: Clock,
    pub(crate) pace: MembershipPace,
    pub(crate) work: Pace,
    pub(crate) faults: Vec<FaultRule>,
    pub(crate) seed: u64,
    pub(crate) users: Vec<User>,
    pub(crate) session_ttl: Duration,
    pub(crate) tls: Option<Tls>,
}

/// One namespace of the server.
#[derive(Debug, Clone)]
pub struct NamespaceConfig {
    pub(crate) name: String,
    pub(crate) memory_limit: u64,
    pub(crate) default_ttl: u32,
    pub(crate) nsup_period: u32,
    pub(crate) max_record_size: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}

impl Config {
    /// The defaults.
    pub fn new() -> Self {
        Self {
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            nodes: 1,
            replication_factor: 2,
            racks: Vec::new(),
            namespaces: vec![NamespaceConfig::new("test"), NamespaceConfig::new("bar")],
            build: "8.1.2.0".to_owned(),
            cluster_name: "local-loopback".to_owned(),
            batch_max_requests: 0,
            max_connections: 15_000,
            query_threads_limit: 128,
            index_building: Duration::ZERO,
            max_frame_size: aerostride_wire::MAX_FRAME_BODY,
            clock: Clock::system(),
            work: Pace::new(),
            pace: MembershipPace {
                detection: Duration::from_millis(1700),
                joining: Duration::from_millis(1000),
                migration: Duration::from_millis(2000),
            },
            faults: Vec::new(),
            seed: 0,
            users: Vec::new(),
            session_ttl: Duration::from_secs(24 * 60 * 60),
            tls: None,
        }
    }

    /// The address that all nodes listen on. Default 127.0.0.1.
    pub fn host(mut self, host: IpAddr) -> Self {
        self.host = host;
        self
    }

    /// The port of the first node; further nodes take the ports behind it. 0, the default, takes free ports.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Number of nodes, up to 128. Default 1.
    pub fn nodes(mut self, nodes: usize) -> Self {
        self.nodes = nodes;
        self
    }

    /// Copies that the cluster keeps of every record, as far as there are nodes. Default 2.
    pub fn replication_factor(mut self, copies: usize) -> Self {
        self.replication_factor = copies;
        self
    }

    /// The rack of every node. Copies of a record are then kept on as many racks as there are, and clients that ask for
    /// racks hear of them, as of a server of the Enterprise Edition. Default none.
    pub fn racks(mut self, racks: impl IntoIterator<Item = u32>) -> Self {
        self.racks = racks.into_iter().collect();
        self
    }

    /// The namespaces, replacing the default ones.
    pub fn namespaces(mut self, namespaces: impl IntoIterator<Item = NamespaceConfig>) -> Self {
        self.namespaces = namespaces.into_iter().collect();
        self
    }

    /// The server version that clients see; they choose their features by it. Default 8.1.2.0.
    pub fn build(mut self, build: impl Into<String>) -> Self {
        self.build = build.into();
        self
    }

    /// The cluster's name. Default `local-loopback`.
    pub fn cluster_name(mut self, name: impl Into<String>) -> Self {
        self.cluster_name = name.into();
        self
    }

    /// Most rows that one batch request may have. 0, the default, is no limit.
    pub fn batch_max_requests(mut self, rows: u32) -> Self {
        self.batch_max_requests = rows;
        self
    }

    /// Most connections that a node keeps open; one more is closed as soon as it is accepted. Default 15,000.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = connections;
        self
    }

    /// Threads that a node's scans and queries may have together: a short one takes 1, others take 4, or as many as
    /// they have partitions. One more is refused with code 22. Default 128.
    pub fn query_threads_limit(mut self, threads: usize) -> Self {
        self.query_threads_limit = threads;
        self
    }

    /// How long it takes until a new secondary index can be queried, by the [`clock`](Self::clock): a test that sets the
    /// clock decides when it is ready. Default 0, at once.
    pub fn index_building(mut self, time: Duration) -> Self {
        self.index_building = time;
        self
    }

    /// Largest request in bytes. Default 128 MiB, as in a real server.
    pub fn max_frame_size(mut self, bytes: usize) -> Self {
        self.max_frame_size = bytes;
        self
    }

    /// What is to go wrong, from the beginning. [`DevServer::set_faults`](crate::DevServer::set_faults) replaces it
    /// later.
    pub fn faults(mut self, rules: impl IntoIterator<Item = FaultRule>) -> Self {
        self.faults = rules.into_iter().collect();
        self
    }

    /// What the choices of faults follow from. Default 0.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Who may log in. With users, everybody has to; without, the default, there is no security.
    pub fn users(mut self, users: impl IntoIterator<Item = User>) -> Self {
        self.users = users.into_iter().collect();
        self
    }

    /// How long a login is good for new connections. Default one day.
    pub fn session_ttl(mut self, time: Duration) -> Self {
        self.session_ttl = time;
        self
    }

    /// Encrypts all connections.
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// How long the other nodes take to notice that one has stopped or frozen; until then its partitions have no
    /// master. 0 lets them notice at once. Default 1.7 s, as in a real cluster.
    pub fn failure_detection(mut self, time: Duration) -> Self {
        self.pace.detection = time;
        self
    }

    /// How long a node that was started takes to become a member of the cluster. Default 1 s.
    pub fn joining(mut self, time: Duration) -> Self {
        self.pace.joining = time;
        self
    }

    /// How long it takes until all partitions are where they belong after a node went or came. 0 moves them at once.
    /// Default 2 s.
    pub fn migration(mut self, time: Duration) -> Self {
        self.pace.migration = time;
        self
    }

    /// How slow the server is, see [`Pace`]. Default as fast as it goes.
    pub fn pace(mut self, pace: Pace) -> Self {
        self.work = pace;
        self
    }

    /// The clock that records expire by. Default the computer's.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }
}

impl NamespaceConfig {
    /// A namespace with default settings.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            memory_limit: 2 << 30,
            default_ttl: 0,
            nsup_period: 120,
            max_record_size: 1 << 20,
        }
    }

    /// Bytes of records above which writes are refused. Default 2 GiB.
    pub fn memory_limit(mut self, bytes: u64) -> Self {
        self.memory_limit = bytes;
        self
    }

    /// Seconds to live of records that are written without a ttl of their own. 0, the default, is forever.
    pub fn default_ttl(mut self, seconds: u32) -> Self {
        self.default_ttl = seconds;
        self
    }

    /// Seconds from one removal of expired records to the next. Writes with a ttl are refused where it is 0, code 22, as by a
    /// real server. Default 120; this server removes them every 5 seconds all the same.
    pub fn nsup_period(mut self, seconds: u32) -> Self {
        self.nsup_period = seconds;
        self
    }

    /// Largest record in bytes. Default 1 MiB.
    pub fn max_record_size(mut self, bytes: usize) -> Self {
        self.max_record_size = bytes;
        self
    }
}
