use std::net::SocketAddr;
use std::sync::Arc;

use tokio::time::{Instant, timeout_at};

use crate::connection::{Address, Connection};
use crate::options::ConnectOptions;
use crate::security::Credentials;
use crate::seeding::names::{Named, has_peers};
use crate::seeding::race::{first, head_start};
use crate::watchdog::Watchdog;
use crate::{Error, ErrorKind, codes};

/// What probes have in common.
#[derive(Debug, Clone)]
pub(crate) struct Probes {
    pub(crate) options: Arc<ConnectOptions>,
    pub(crate) credentials: Arc<Credentials>,
}

/// A node that has answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) connection: Connection,
    /// Its IP address, port and TLS name.
    pub(crate) address: Address,
    /// Whether it has said that it is alone; one that wants a login first has not said anything.
    pub(crate) is_alone: bool,
    pub(crate) is_logged_in: bool,
}

impl Probes {
    /// The first address of a host that answers an info request.
    ///
    /// # Errors
    /// What was wrong with its addresses, in a sentence that does not name the host.
    pub(crate) async fn host(&self, host: &Named) -> Result<Answer, Error> {
        let limit = self.options.connect_timeout;
        let deadline = Instant::now() + limit;
        let resolved = timeout_at(deadline, self.options.resolver.addresses(&host.host, host.port)).await;
        let addresses = resolved.map_err(|_| self.too_late("the name has no address"))?;
        let addresses = addresses.map_err(|error| unresolved(&error.to_string()))?;
        if addresses.is_empty() {
            return Err(unresolved("the name has none"));
        }
        let several = addresses.len() > 1;
        let pause = head_start(addresses.len(), limit);
        let attempt = |address: SocketAddr| async move {
            let answered = timeout_at(deadline, self.address(address, host)).await;
            let error = match answered {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(error)) => error,
                Err(_) => self.too_late("no answer"),
            };
            Err(if several { error.about(address) } else { error })
        };
        first(addresses, pause, attempt).await.map_err(summary)
    }

    async fn address(&self, address: SocketAddr, host: &Named) -> Result<Answer, Error> {
        let tls_name = host.tls_name.clone().unwrap_or_else(|| host.host.clone());
        let address = Address { host: address.ip().to_string(), port: address.port(), tls_name };
        let mut connection = self.open(&address).await?;
        let mut is_logged_in = false;
        let asked = self.ask(&mut connection, &[self.peers_name()]).await;
        let replies = match asked {
            // Some servers close connections that ask before they log in.
            Err(error) if error.kind == ErrorKind::Connection && self.credentials.are_needed() => {
                connection = self.open(&address).await?;
                self.log_in(&mut connection).await?;
                is_logged_in = true;
                self.ask(&mut connection, &[self.peers_name()]).await?
            }
            asked => asked?,
        };
        let peers = replies.first().map_or("", |(_, peers)| peers);
        let is_alone = !peers.starts_with("ERROR") && !has_peers(peers);
        Ok(Answer { connection, address, is_alone, is_logged_in })
    }

    async fn open(&self, address: &Address) -> Result<Connection, Error> {
        let opened = Connection::open(address, self.credentials.tls.as_ref(), self.options.connect_timeout);
        opened.await.map_err(|mut error| {
            // What is said of all addresses together begins with these words.
            if let Some(reason) = error.message.strip_prefix(&format!("cannot connect to {address}: ")) {
                error.message = reason.to_owned();
            }
            error
        })
    }

    /// Info values in the order of the reply. The caller bounds the time, as for the login.
    pub(crate) async fn ask(
        &self,
        connection: &mut Connection,
        names: &[&str],
    ) -> Result<Vec<(String, String)>, Error> {
        connection.ask(names, &mut Watchdog::never()).await
    }

    /// Logs a connection in, where the cluster wants it.
    pub(crate) async fn log_in(&self, connection: &mut Connection) -> Result<(), Error> {
        if !self.credentials.are_needed() {
            return Ok(());
        }
        self.credentials.log_in(connection, &mut Watchdog::never()).await.map(drop)
    }

    /// The info name of the peers' addresses, as the control plane asks for them.
    pub(crate) fn peers_name(&self) -> &'static str {
        match (self.options.tls.is_some(), self.options.use_services_alternate) {
            (false, false) => "peers-clear-std",
            (false, true) => "peers-clear-alt",
            (true, false) => "peers-tls-std",
            (true, true) => "peers-tls-alt",
        }
    }

    /// The info name of the node's own addresses.
    pub(crate) fn service_name(&self) -> &'static str {
        match (self.options.tls.is_some(), self.options.use_services_alternate) {
            (false, false) => "service-clear-std",
            (false, true) => "service-clear-alt",
            (true, false) => "service-tls-std",
            (true, true) => "service-tls-alt",
        }
    }

    pub(crate) fn too_late(&self, what: &str) -> Error {
        let limit = self.options.connect_timeout.as_millis();
        Error::new(ErrorKind::Timeout, format!("{what} within {limit} ms (connectTimeout)"))
            .with_code(codes::TIMEOUT)
    }
}

fn unresolved(why: &str) -> Error {
    Error::new(ErrorKind::Connection, format!("no address: {why}")).with_code(codes::ERR_CONNECTION)
}

/// One error for several of which at least one has to be told: it is a timeout only where all are.
pub(crate) fn summary(mut errors: Vec<Error>) -> Error {
    errors.dedup_by(|a, b| a.message == b.message);
    let told = errors.iter().position(|error| error.kind != ErrorKind::Timeout).unwrap_or(0);
    let message = errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join("; ");
    let Some(decisive) = errors.into_iter().nth(told) else {
        return unresolved("the name has none");
    };
    Error { message, ..decisive }
}
