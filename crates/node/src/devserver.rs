//! The embedded server, from JavaScript. It has threads of its own: the event loop never waits for it, and it does not
//! keep the process alive.

use std::sync::{Arc, Mutex, PoisonError};

use aerostride_core::{Error, ErrorKind};
use aerostride_devserver::{Config, DevServer, NamespaceConfig};
use napi::Env;
use napi::bindgen_prelude::{Object, Result};
use napi_derive::napi;

use crate::error::to_napi;
use crate::runtime::promise;

/// What the server is to be; the defaults are those of the Rust `Config`.
#[napi(object)]
pub struct NativeDevServerOptions {
    /// Port of the first node; 0 or absent takes a free one.
    pub port: Option<u16>,
    /// Number of nodes.
    pub nodes: Option<u32>,
    /// Copies of every record.
    pub replication_factor: Option<u32>,
    /// Names of the namespaces.
    pub namespaces: Option<Vec<String>>,
}

/// A running server.
#[napi]
pub struct NativeDevServer {
    server: Arc<Mutex<Option<DevServer>>>,
    hosts: Vec<String>,
}

#[napi]
impl NativeDevServer {
    /// `address:port` of every node.
    #[napi(getter)]
    pub fn hosts(&self) -> Vec<String> {
        self.hosts.clone()
    }

    /// Stops; resolves when every thread has ended. Stopping again does nothing.
    #[napi(ts_return_type = "Promise<void>", catch_unwind)]
    pub fn stop<'env>(&self, env: &'env Env) -> Result<Object<'env>> {
        let server = Arc::clone(&self.server);
        let stopped = async move {
            // Another thread waits for the server's threads, so that this one goes on serving promises.
            let taken = server.lock().unwrap_or_else(PoisonError::into_inner).take();
            let ended = tokio::task::spawn_blocking(move || taken.map(DevServer::stop)).await;
            ended.map(drop).map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))
        };
        promise(env, stopped, |_, ()| Ok(()))
    }
}

/// Starts a server; its ports are open when this returns.
#[napi(catch_unwind)]
pub fn start_dev_server(options: Option<NativeDevServerOptions>) -> Result<NativeDevServer> {
    let server = DevServer::start(config(options)).map_err(|error| {
        to_napi(&Error::new(ErrorKind::Connection, format!("cannot start the embedded server: {error}")))
    })?;
    let hosts = server.addresses().iter().map(ToString::to_string).collect();
    Ok(NativeDevServer { server: Arc::new(Mutex::new(Some(server))), hosts })
}

fn config(options: Option<NativeDevServerOptions>) -> Config {
    let mut config = Config::new();
    let Some(options) = options else { return config };
    if let Some(port) = options.port {
        config = config.port(port);
    }
    if let Some(nodes) = options.nodes {
        config = config.nodes(nodes as usize);
    }
    if let Some(copies) = options.replication_factor {
        config = config.replication_factor(copies as usize);
    }
    if let Some(names) = options.namespaces {
        config = config.namespaces(names.into_iter().map(NamespaceConfig::new));
    }
    config
}
