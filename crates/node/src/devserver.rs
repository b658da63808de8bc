//! The embedded server, from JavaScript. It has threads of its own: the event loop never waits for it, and it does not
//! keep the process alive.

use std::sync::Arc;
use std::time::Duration;

use aerostride_core::{Error, ErrorKind};
use aerostride_devserver::{
    Certificates, Config, DevServer, DevServerError, Expired, FaultRule, NamespaceConfig, ParsePaceError,
    SelfMade, Tls, User,
};
use napi::Env;
use napi::bindgen_prelude::Result;
use napi_derive::napi;
use parking_lot::Mutex;

use crate::call::NativeCall;
use crate::error::{Checked, invalid, thrown};
use crate::words::words;

/// A namespace of the server.
#[napi(object)]
pub struct NativeDevNamespace {
    /// Its name.
    pub name: String,
    /// Bytes of records above which writes are refused.
    pub memory_limit: Option<f64>,
    /// Seconds that records live when the writer says nothing.
    pub default_ttl: Option<u32>,
}

/// Somebody who may log in.
#[napi(object)]
pub struct NativeDevUser {
    /// User name.
    pub user: String,
    /// Password.
    pub password: String,
    /// Names of roles.
    pub roles: Vec<String>,
    /// Known to a directory only.
    pub external: Option<bool>,
    /// Whether the password has expired.
    pub expired: Option<bool>,
}

words!(
    /// Whose self-made certificate has expired.
    "lowercase" NativeExpired => Expired { Server, Client }
);

/// How connections are encrypted: with given certificates, or, without any, with self-made ones.
#[napi(object)]
pub struct NativeDevTls {
    /// Certificate chain, PEM.
    pub cert: Option<String>,
    /// Its key, PEM.
    pub key: Option<String>,
    /// The name that clients expect.
    pub name: Option<String>,
    /// Only clients with a certificate of this authority, PEM.
    pub client_ca: Option<String>,
    /// With self-made certificates: only clients with the one that the server hands out.
    pub mutual: Option<bool>,
    /// The name in the self-made client certificate.
    pub client_name: Option<String>,
    /// The self-made certificate that has expired.
    pub expired: Option<NativeExpired>,
}

/// What the server is to be; the defaults are those of the Rust `Config`.
#[napi(object)]
#[derive(Default)]
pub struct NativeDevServerOptions {
    /// Port of the first node; 0 or absent takes a free one.
    pub port: Option<u16>,
    /// Number of nodes.
    pub nodes: Option<u32>,
    /// Copies of every record.
    pub replication_factor: Option<u32>,
    /// The rack of every node.
    pub racks: Option<Vec<u32>>,
    /// The namespaces.
    pub namespaces: Option<Vec<NativeDevNamespace>>,
    /// With users, everybody has to log in.
    pub users: Option<Vec<NativeDevUser>>,
    /// Seconds that a login lasts.
    pub session_ttl: Option<u32>,
    /// See [`NativeDevTls`].
    pub tls: Option<NativeDevTls>,
    /// Fault rules as words.
    pub faults: Option<Vec<String>>,
    /// What the choices of faults follow from.
    pub seed: Option<f64>,
    /// Ms until the others notice that a node has stopped.
    pub failure_detection: Option<u32>,
    /// Ms until a started node has joined.
    pub joining: Option<u32>,
    /// Ms that partitions take to move.
    pub migration: Option<u32>,
    /// Ms until a new index can be queried.
    pub index_building: Option<u32>,
    /// Threads that the scans and queries of a node may have together.
    pub query_threads_limit: Option<u32>,
    /// How slow it is, as words.
    pub pace: Option<String>,
}

/// What a client needs to trust self-made certificates.
#[napi(object)]
#[derive(Clone)]
pub struct NativeDevCertificates {
    /// The authority, PEM.
    pub ca: String,
    /// A client's certificate, PEM.
    pub cert: String,
    /// Its key, PEM.
    pub key: String,
}

/// What the server has done and holds.
#[napi(object)]
pub struct NativeDevStats {
    /// Open connections.
    pub connections: f64,
    /// Connections that were ever accepted.
    pub connections_opened: f64,
    /// Records.
    pub objects: f64,
    /// Bytes that they take.
    pub memory: f64,
    /// How often fault rules have fired.
    pub faults: f64,
}

/// A running server.
#[napi]
pub struct NativeDevServer {
    server: Arc<Mutex<Option<DevServer>>>,
    hosts: Vec<String>,
    certificates: Option<NativeDevCertificates>,
}

#[napi]
impl NativeDevServer {
    /// `address:port` of every node.
    #[napi(getter, catch_unwind)]
    pub fn hosts(&self) -> Vec<String> {
        self.hosts.clone()
    }

    /// With self-made certificates: what a client needs.
    #[napi(getter, catch_unwind)]
    pub fn certificates(&self) -> Option<NativeDevCertificates> {
        self.certificates.clone()
    }

    /// Stops; resolves when every thread has ended. Stopping again does nothing.
    #[napi(ts_return_type = "NativeCallOf<void>", catch_unwind)]
    pub fn stop(&self) -> NativeCall {
        let server = Arc::clone(&self.server);
        elsewhere(move || {
            if let Some(server) = server.lock().take() {
                server.stop();
            }
            Ok(())
        })
    }

    /// Stops a node as a crash would.
    #[napi(ts_return_type = "NativeCallOf<void>", catch_unwind)]
    pub fn stop_node(&self, node: u32) -> NativeCall {
        self.on_node(node, DevServer::stop_node)
    }

    /// Starts a stopped node, empty.
    #[napi(ts_return_type = "NativeCallOf<void>", catch_unwind)]
    pub fn start_node(&self, node: u32) -> NativeCall {
        self.on_node(node, DevServer::start_node)
    }

    /// Suspends a node.
    #[napi(ts_return_type = "NativeCallOf<void>", catch_unwind)]
    pub fn freeze_node(&self, node: u32) -> NativeCall {
        self.on_node(node, DevServer::freeze_node)
    }

    /// Lets a suspended node go on.
    #[napi(ts_return_type = "NativeCallOf<void>", catch_unwind)]
    pub fn thaw_node(&self, node: u32) -> NativeCall {
        self.on_node(node, DevServer::thaw_node)
    }

    /// Replaces all fault rules.
    #[napi(catch_unwind)]
    pub fn set_faults(&self, env: &Env, rules: Vec<String>) -> Result<()> {
        let rules = thrown(env, || fault_rules(&rules))?;
        if let Some(server) = &*self.server.lock() {
            server.set_faults(rules);
        }
        Ok(())
    }

    /// What the server has done and holds; null when it has stopped.
    #[napi(catch_unwind)]
    pub fn stats(&self) -> Option<NativeDevStats> {
        self.server.lock().as_ref().map(|server| {
            let stats = server.stats();
            NativeDevStats {
                connections: stats.connections as f64,
                connections_opened: stats.connections_opened as f64,
                objects: stats.objects as f64,
                memory: stats.memory as f64,
                faults: stats.faults as f64,
            }
        })
    }
}

impl NativeDevServer {
    fn on_node(
        &self,
        node: u32,
        act: fn(&DevServer, usize) -> std::result::Result<(), DevServerError>,
    ) -> NativeCall {
        let server = Arc::clone(&self.server);
        elsewhere(move || match &*server.lock() {
            Some(server) => act(server, node as usize).map_err(|error| failure(&error)),
            None => Err(Error::new(ErrorKind::Closed, "the embedded server has stopped")),
        })
    }
}

/// Runs work that waits for the server's threads on a thread of its own, so that the others go on serving promises.
fn elsewhere(work: impl FnOnce() -> std::result::Result<(), Error> + Send + 'static) -> NativeCall {
    let ended = async move {
        let ended = tokio::task::spawn_blocking(work).await;
        ended.unwrap_or_else(|error| Err(Error::new(ErrorKind::Internal, error.to_string())))
    };
    NativeCall::new(ended, |_, ()| Ok(()))
}

fn failure(error: &DevServerError) -> Error {
    Error::new(ErrorKind::Connection, format!("the embedded server: {error}"))
}

/// Starts a server; its ports are open when this returns.
#[napi(catch_unwind)]
pub fn start_dev_server(env: &Env, options: Option<NativeDevServerOptions>) -> Result<NativeDevServer> {
    thrown(env, || started(options.unwrap_or_default()))
}

fn started(options: NativeDevServerOptions) -> Checked<NativeDevServer> {
    let (tls, certificates) = match &options.tls {
        Some(tls) => encryption(tls).map_err(|error| failure(&error))?,
        None => (None, None),
    };
    let mut config = config(options)?;
    if let Some(tls) = tls {
        config = config.tls(tls);
    }
    let server = DevServer::start(config).map_err(|error| failure(&error))?;
    let hosts = server.addresses().iter().map(ToString::to_string).collect();
    Ok(NativeDevServer { server: Arc::new(Mutex::new(Some(server))), hosts, certificates })
}

type Encryption = (Option<Tls>, Option<NativeDevCertificates>);

fn encryption(tls: &NativeDevTls) -> std::result::Result<Encryption, DevServerError> {
    if let (Some(cert), Some(key)) = (&tls.cert, &tls.key) {
        let name = tls.name.as_deref().unwrap_or(Tls::DEFAULT_NAME);
        return Ok((Some(Tls::from_pem(name, cert, key, tls.client_ca.as_deref())?), None));
    }
    let (made, Certificates { authority, client }) = Tls::self_made(&SelfMade {
        mutual: tls.mutual == Some(true),
        client_name: tls.client_name.clone(),
        expired: tls.expired.map(Expired::from),
    })?;
    let certificates = NativeDevCertificates { ca: authority, cert: client.certificate, key: client.key };
    Ok((Some(made), Some(certificates)))
}

fn fault_rules(rules: &[String]) -> Checked<Vec<FaultRule>> {
    let parse = |(position, rule): (usize, &String)| {
        rule.parse().map_err(|error| invalid(format!("faults[{position}] is {rule:?}: {error}")))
    };
    rules.iter().enumerate().map(parse).collect()
}

fn config(options: NativeDevServerOptions) -> Checked<Config> {
    let ms = |ms: u32| Duration::from_millis(ms.into());
    let mut config = Config::new();
    config = set(config, options.port, Config::port);
    config = set(config, options.nodes.map(|n| n as usize), Config::nodes);
    config = set(config, options.replication_factor.map(|n| n as usize), Config::replication_factor);
    config = set(config, options.racks, Config::racks);
    config = set(config, options.seed.map(|seed| seed as u64), Config::seed);
    config = set(config, options.session_ttl.map(|s| Duration::from_secs(s.into())), Config::session_ttl);
    config = set(config, options.failure_detection.map(ms), Config::failure_detection);
    config = set(config, options.joining.map(ms), Config::joining);
    config = set(config, options.migration.map(ms), Config::migration);
    config = set(config, options.index_building.map(ms), Config::index_building);
    config = set(config, options.query_threads_limit.map(|n| n as usize), Config::query_threads_limit);
    if let Some(namespaces) = options.namespaces {
        config = config.namespaces(namespaces.into_iter().map(namespace));
    }
    if let Some(users) = options.users {
        config = config.users(users.into_iter().map(user));
    }
    if let Some(rules) = options.faults {
        config = config.faults(fault_rules(&rules)?);
    }
    if let Some(pace) = options.pace {
        config = config.pace(pace.parse().map_err(|error: ParsePaceError| invalid(error.to_string()))?);
    }
    Ok(config)
}

fn set<T>(config: Config, value: Option<T>, with: impl FnOnce(Config, T) -> Config) -> Config {
    match value {
        Some(value) => with(config, value),
        None => config,
    }
}

fn user(given: NativeDevUser) -> User {
    let mut user = given.roles.into_iter().fold(User::new(given.user, given.password), User::role);
    if given.external == Some(true) {
        user = user.external();
    }
    if given.expired == Some(true) { user.expired() } else { user }
}

fn namespace(given: NativeDevNamespace) -> NamespaceConfig {
    let mut namespace = NamespaceConfig::new(given.name);
    if let Some(bytes) = given.memory_limit {
        namespace = namespace.memory_limit(bytes as u64);
    }
    if let Some(seconds) = given.default_ttl {
        namespace = namespace.default_ttl(seconds);
    }
    namespace
}
