//! An embedded server with both clients connected to it.

use aerostride_core::{Client, ConnectOptions, HostAddress};
use aerostride_devserver::{Config, DevServer};

/// A server, our client, and the crate's.
pub struct Served {
    pub ours: Client,
    pub crates: aerospike::Client,
    pub server: DevServer,
}

impl Served {
    pub async fn start(config: Config) -> Self {
        let server = DevServer::start(config).unwrap();
        let address = server.addresses()[0];
        let host = HostAddress { host: address.ip().to_string(), port: address.port(), tls_name: None };
        let ours = Client::connect(ConnectOptions { hosts: vec![host], ..ConnectOptions::default() });
        let ours = ours.await.unwrap();
        let policy = aerospike::ClientPolicy::default();
        let crates = aerospike::Client::new(&policy, &address.to_string()).await.unwrap();
        Self { ours, crates, server }
    }

    pub async fn stop(self) {
        self.ours.close().await;
        self.crates.close().await.unwrap();
        self.server.stop();
    }
}
