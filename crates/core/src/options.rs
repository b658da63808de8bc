use std::time::Duration;

use rustls::pki_types::ServerName;

use crate::security::{Auth, TlsOptions};
use crate::seeding::Resolver;
use crate::{Error, ErrorKind};

/// A seed host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostAddress {
    /// Name or IP address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// The name in the server's certificate, where TLS is used.
    pub tls_name: Option<String>,
}

/// How to connect.
#[derive(Debug, Clone)]
pub struct ConnectOptions {
    /// Seeds; one that answers is enough.
    pub hosts: Vec<HostAddress>,
    /// Time for connecting and for every info exchange.
    pub connect_timeout: Duration,
    /// The name that the cluster must have.
    pub cluster_name: Option<String>,
    /// Use the nodes' alternate addresses.
    pub use_services_alternate: bool,
    /// Data connections per node; at least one.
    pub max_connections_per_node: usize,
    /// Connections per node that are opened in advance for single records.
    pub min_connections_per_node: usize,
    /// Connections that were idle for longer are closed.
    pub idle_timeout: Duration,
    /// How often the nodes are asked whether the cluster has changed.
    pub tend_interval: Duration,
    /// Columnar reads that run at the same time; more wait.
    pub max_running_batches: usize,
    /// Columnar reads that wait; one more is an error.
    pub max_queued_batches: usize,
    /// The racks to read from with [`Replica::PreferRack`], the best first; empty without rack awareness.
    pub rack_ids: Vec<usize>,
    /// See [`Auth`].
    pub auth: Auth,
    /// Encrypt everything.
    pub tls: Option<TlsOptions>,
    /// See [`Resolver`].
    pub resolver: Resolver,
}

impl ConnectOptions {
    /// Checks what can be checked before anything is sent.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] that names the option.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let invalid = |message: String| Err(Error::new(ErrorKind::InvalidArgument, message));
        if self.hosts.is_empty() {
            return invalid("hosts is empty; name at least one, as in '127.0.0.1:3000'".into());
        }
        self.auth.check(self.tls.as_ref())?;
        for host in self.hosts.iter().filter(|_| self.tls.is_some()) {
            let name = host.tls_name.as_ref().unwrap_or(&host.host);
            if ServerName::try_from(name.as_str()).is_err() {
                return invalid(format!("{name:?} is not a host name that a certificate can have"));
            }
        }
        Ok(())
    }
}

impl Default for ConnectOptions {
    fn default() -> Self {
        Self {
            hosts: Vec::new(),
            connect_timeout: Duration::from_millis(1000),
            cluster_name: None,
            use_services_alternate: false,
            max_connections_per_node: 100,
            min_connections_per_node: 0,
            idle_timeout: Duration::from_secs(55),
            tend_interval: Duration::from_millis(1000),
            max_running_batches: 64,
            max_queued_batches: 10_000,
            rack_ids: Vec::new(),
            auth: Auth::None,
            tls: None,
            resolver: Resolver::default(),
        }
    }
}

/// Which replica of a partition is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Replica {
    /// The master first; every further attempt asks the next replica.
    #[default]
    Sequence,
    /// Only the master.
    Master,
    /// A random replica first, then the others in turn.
    Random,
    /// The replica on the best of the client's racks first, then those on its other racks, then the rest.
    PreferRack,
}

/// Reads in AP namespaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReadModeAp {
    /// One replica answers.
    #[default]
    One,
    /// Duplicates are resolved over all replicas.
    All,
}

/// Reads in SC namespaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReadModeSc {
    /// Session consistency.
    #[default]
    Session,
    /// Linearizable.
    Linearize,
    /// Replicas may answer.
    AllowReplica,
    /// Unavailable partitions may answer too.
    AllowUnavailable,
}

/// The policy of a columnar batch, read or written.
#[derive(Debug, Clone)]
pub struct BatchPolicy {
    /// Over all attempts; zero is without limit.
    pub total_timeout: Duration,
    /// Without a byte from the server; zero is without limit.
    pub socket_timeout: Duration,
    /// Further attempts for rows without an answer.
    pub max_retries: u32,
    /// Before every further attempt.
    pub sleep_between_retries: Duration,
    /// See [`Replica`].
    pub replica: Replica,
    /// See [`ReadModeAp`].
    pub read_mode_ap: ReadModeAp,
    /// See [`ReadModeSc`].
    pub read_mode_sc: ReadModeSc,
    /// Rows in memory may be read by the server thread that received the request.
    pub allow_inline: bool,
    /// The same for rows on SSD.
    pub allow_inline_ssd: bool,
    /// Rows per request; 0 lets the engine choose. Never over [`BatchPolicy::MOST_KEYS`].
    pub max_keys_per_request: usize,
    /// Requests in flight per node; 0 lets the engine choose.
    pub max_concurrent_requests: usize,
    /// A filter expression's bytes.
    pub filter_expression: Option<Vec<u8>>,
    /// Percent of a record's ttl within which a read renews it: 1 to 100; 0 as the server is set, -1 never.
    pub read_touch_ttl_percent: i8,
}

impl BatchPolicy {
    /// The most rows that every server takes in one request.
    pub const MOST_KEYS: usize = 5000;
}

impl Default for BatchPolicy {
    fn default() -> Self {
        Self {
            total_timeout: Duration::from_millis(10_000),
            socket_timeout: Duration::from_millis(5_000),
            max_retries: 2,
            sleep_between_retries: Duration::from_millis(10),
            replica: Replica::default(),
            read_mode_ap: ReadModeAp::default(),
            read_mode_sc: ReadModeSc::default(),
            allow_inline: true,
            allow_inline_ssd: false,
            max_keys_per_request: 0,
            max_concurrent_requests: 0,
            filter_expression: None,
            read_touch_ttl_percent: 0,
        }
    }
}
