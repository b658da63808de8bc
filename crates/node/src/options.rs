//! The options of a connection as JavaScript gives them.

use aerostride_core::{Auth, AuthMode, ConnectOptions, Error, HostAddress, Resolver, TlsOptions};
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;

use crate::policy::milliseconds;
use crate::words::words;

words!(
    /// How a user proves who it is.
    "camelCase" NativeAuthMode => AuthMode { Internal, External, Pki }
);

/// A seed host.
#[napi(object)]
pub struct NativeHost {
    /// Name or IP address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Certificate name.
    pub tls_name: Option<String>,
}

/// How to connect.
#[napi(object)]
pub struct NativeConnectOptions {
    /// Seeds.
    pub hosts: Vec<NativeHost>,
    /// In ms.
    pub connect_timeout: Option<u32>,
    /// The name that the cluster must have.
    pub cluster_name: Option<String>,
    /// Use alternate addresses.
    pub use_services_alternate: Option<bool>,
    /// Data connections per node.
    pub max_conns_per_node: Option<u32>,
    /// Connections per node that are opened in advance.
    pub min_conns_per_node: Option<u32>,
    /// In ms.
    pub idle_timeout: Option<u32>,
    /// In ms.
    pub tend_interval: Option<u32>,
    /// Columnar batches that run at the same time.
    pub max_running_batches: Option<u32>,
    /// Columnar batches that wait.
    pub max_queued_batches: Option<u32>,
    /// The client's racks, the best first.
    pub rack_ids: Option<Vec<u32>>,
    /// User name.
    pub user: Option<String>,
    /// Password.
    pub password: Option<String>,
    /// See [`NativeAuthMode`].
    pub auth_mode: Option<NativeAuthMode>,
    /// Encrypt everything.
    pub tls: Option<NativeTls>,
}

/// Certificates in PEM form.
#[napi(object)]
pub struct NativeTls {
    /// Authorities.
    pub ca: Option<Uint8Array>,
    /// The client's chain.
    pub cert: Option<Uint8Array>,
    /// The client's key.
    pub key: Option<Uint8Array>,
}

impl From<NativeTls> for TlsOptions {
    fn from(given: NativeTls) -> Self {
        let bytes = |pem: Option<Uint8Array>| pem.map(|pem| pem.to_vec()).unwrap_or_default();
        Self { ca: bytes(given.ca), cert: bytes(given.cert), key: bytes(given.key) }
    }
}

impl TryFrom<NativeConnectOptions> for ConnectOptions {
    type Error = Error;

    fn try_from(given: NativeConnectOptions) -> Result<Self, Error> {
        let defaults = Self::default();
        let count = |given: Option<u32>, default: usize| given.map_or(default, |most| most as usize);
        let mode = given.auth_mode.map(AuthMode::from).unwrap_or_default();
        let hosts = given.hosts.into_iter();
        Ok(Self {
            hosts: hosts.map(|h| HostAddress { host: h.host, port: h.port, tls_name: h.tls_name }).collect(),
            connect_timeout: given.connect_timeout.map_or(defaults.connect_timeout, milliseconds),
            cluster_name: given.cluster_name,
            use_services_alternate: given.use_services_alternate.unwrap_or(false),
            max_connections_per_node: count(given.max_conns_per_node, defaults.max_connections_per_node),
            min_connections_per_node: count(given.min_conns_per_node, defaults.min_connections_per_node),
            idle_timeout: given.idle_timeout.map_or(defaults.idle_timeout, milliseconds),
            tend_interval: given.tend_interval.map_or(defaults.tend_interval, milliseconds),
            max_running_batches: count(given.max_running_batches, defaults.max_running_batches),
            max_queued_batches: count(given.max_queued_batches, defaults.max_queued_batches),
            rack_ids: given.rack_ids.unwrap_or_default().into_iter().map(|id| id as usize).collect(),
            auth: Auth::new(mode, given.user, given.password)?,
            tls: given.tls.map(TlsOptions::from),
            resolver: Resolver::default(),
        })
    }
}
