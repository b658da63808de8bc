//! The way into a cluster: which of its addresses answer. The control plane is given addresses that do, because it tries the
//! hosts and their addresses one after the other, and keeps the first address of a name whether or not it is alive.

mod names;
mod probe;
mod race;
mod resolve;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::{FuturesUnordered, Stream};
use tokio::time::{Instant, timeout, timeout_at};

use crate::connection::{Address, Connection};
use crate::options::{ConnectOptions, HostAddress};
use crate::policy::whole_milliseconds;
use crate::security::Credentials;
use crate::seeding::names::Named;
use crate::seeding::probe::{Answer, Probes, summary};
use crate::seeding::race::HEAD_START;
use crate::{Error, ErrorKind};

pub use resolve::Resolver;

/// Host names of nodes, and the address of each that answers.
pub(crate) type Names = HashMap<String, String>;

/// A cluster that is joined: its control plane, and what nodes' names stand for there.
pub(crate) struct Joined {
    pub(crate) control: aerospike::Client,
    pub(crate) names: Names,
}

/// How long the control plane may take to settle, as a multiple of the connect timeout: it waits for every node.
const SETTLING: u32 = 10;
const LEAST_SETTLING: Duration = Duration::from_secs(60);

/// Knows how to get into a cluster.
#[derive(Debug, Clone)]
pub(crate) struct Seeding(Probes);

impl Seeding {
    pub(crate) fn new(options: Arc<ConnectOptions>, credentials: Arc<Credentials>) -> Self {
        Self(Probes { options, credentials })
    }

    fn options(&self) -> &ConnectOptions {
        &self.0.options
    }

    /// Asks all hosts side by side, and joins the cluster of the first that answers and lets us in.
    pub(crate) async fn join(&self) -> Result<Joined, Error> {
        let hosts: Vec<Named> = self.options().hosts.iter().map(named).collect();
        let mut answers =
            Answers::new(hosts.iter().map(|host| self.probed(host)).collect::<FuturesUnordered<_>>());
        while let Some(answer) = answers.best().await {
            match self.enter(answer).await {
                Ok(joined) => return Ok(joined),
                // Who is not let in by one node is not by the others, and asking them too may lock a user out.
                Err(error) if matches!(error.kind, ErrorKind::Server | ErrorKind::InvalidArgument) => {
                    return Err(error);
                }
                Err(error) => answers.failures.push(error),
            }
        }
        Err(self.refusal(answers.failures))
    }

    async fn probed(&self, host: &Named) -> Result<Answer, Error> {
        let answered = self.0.host(host).await;
        // One host needs no name: the message begins with it.
        answered
            .map_err(|error| if self.options().hosts.len() > 1 { error.about(label(host)) } else { error })
    }

    /// Logs in, learns the names of the nodes, and starts the control plane.
    async fn enter(&self, mut answer: Answer) -> Result<Joined, Error> {
        self.log_in(&mut answer).await?;
        let Answer { mut connection, address, .. } = answer;
        let names = self.names(&mut connection, &address).await;
        drop(connection);
        let control = self.control(&address, &names).await?;
        Ok(Joined { control, names })
    }

    async fn log_in(&self, answer: &mut Answer) -> Result<(), Error> {
        if answer.is_logged_in {
            return Ok(());
        }
        let logged_in = timeout(self.options().connect_timeout, self.0.log_in(&mut answer.connection));
        logged_in.await.map_err(|_| self.0.too_late(&format!("{}: no login", answer.address)))?
    }

    /// The control plane of the cluster that has a node at `address`.
    pub(crate) async fn control(&self, address: &Address, names: &Names) -> Result<aerospike::Client, Error> {
        let limit = (self.options().connect_timeout * SETTLING).max(LEAST_SETTLING);
        let mut host = aerospike::Host::new(&address.host, address.port);
        host.tls_name = self.options().tls.as_ref().map(|_| address.tls_name.clone());
        let (policy, seeds) = (self.policy(names), vec![host]);
        match timeout(limit, aerospike::Client::new(&policy, &seeds)).await {
            Ok(control) => control.map_err(|error| {
                let mut own = Error::from(error);
                own.message = own.message.split_whitespace().collect::<Vec<_>>().join(" ");
                own
            }),
            Err(_) => {
                let message = format!("the cluster did not settle within {} ms", limit.as_millis());
                Err(Error::new(ErrorKind::Timeout, message).with_code(crate::codes::TIMEOUT))
            }
        }
    }

    fn policy(&self, names: &Names) -> aerospike::ClientPolicy {
        let options = self.options();
        let timeout = whole_milliseconds(options.connect_timeout);
        aerospike::ClientPolicy {
            timeout,
            connect_timeout: timeout,
            auth_mode: options.auth.mode(),
            tls_policy: self.0.credentials.tls.clone().map(aerospike::TlsPolicy::new),
            cluster_name: options.cluster_name.clone(),
            use_services_alternate: options.use_services_alternate,
            max_conns_per_node: options.max_connections_per_node,
            min_conns_per_node: options.min_connections_per_node,
            idle_timeout: whole_milliseconds(options.idle_timeout),
            tend_interval: whole_milliseconds(options.tend_interval),
            rack_ids: (!options.rack_ids.is_empty()).then(|| options.rack_ids.clone()),
            ip_map: (!names.is_empty()).then(|| names.clone()),
            ..aerospike::ClientPolicy::default()
        }
    }

    /// The names that a node gives of itself and its peers, with the address of each that answers. A name with one address
    /// is left to the control plane, which asks for that address whenever it connects.
    async fn names(&self, connection: &mut Connection, address: &Address) -> Names {
        let (peers, service) = (self.0.peers_name(), self.0.service_name());
        let asked = timeout(self.options().connect_timeout, self.0.ask(connection, &[peers, service])).await;
        // A node that does not say is one that the control plane finds out about.
        let Ok(Ok(replies)) = asked else { return Names::new() };
        let mut found: BTreeMap<String, Named> = BTreeMap::new();
        for (name, reply) in replies {
            let named = if name == peers {
                names::in_peers(&reply)
            } else {
                names::in_service(&reply, Some(&address.tls_name))
            };
            found.extend(named.into_iter().map(|named| (named.host.clone(), named)));
        }
        let mapped = found.values().map(|named| self.mapped(named)).collect::<FuturesUnordered<_>>();
        mapped.filter_map(std::future::ready).collect().await
    }

    async fn mapped(&self, named: &Named) -> Option<(String, String)> {
        let resolver = &self.options().resolver;
        let addresses = timeout(self.options().connect_timeout, resolver.addresses(&named.host, named.port));
        let addresses = addresses.await.ok()?.ok()?;
        if addresses.len() == 1 && resolver.is_system() {
            return None;
        }
        let answer = self.0.host(named).await.ok()?;
        Some((named.host.clone(), answer.address.host))
    }

    /// What the nodes' names stand for now, from the first of these nodes that says so.
    pub(crate) async fn names_at(&self, nodes: &[Address]) -> Option<(Address, Names)> {
        for address in nodes {
            let host = Named {
                host: address.host.clone(),
                port: address.port,
                tls_name: Some(address.tls_name.clone()),
            };
            let Ok(mut answer) = self.0.host(&host).await else { continue };
            if self.log_in(&mut answer).await.is_ok() {
                let names = self.names(&mut answer.connection, address).await;
                return Some((address.clone(), names));
            }
        }
        None
    }

    fn refusal(&self, failures: Vec<Error>) -> Error {
        let seeds: Vec<String> = self.options().hosts.iter().map(|host| label(&named(host))).collect();
        let cause = summary(failures);
        let advice = "check host and port, that the server runs, and whether it wants TLS or a login";
        let message = format!("cannot connect to {}: {}; {advice}", seeds.join(", "), cause.message);
        Error { message, ..cause.clone() }.because(cause)
    }
}

/// Answers as they come, and what went wrong.
struct Answers<S> {
    coming: S,
    /// Those of nodes that have no peers.
    alone: VecDeque<Answer>,
    failures: Vec<Error>,
}

impl<S: Stream<Item = Result<Answer, Error>> + Unpin> Answers<S> {
    const fn new(coming: S) -> Self {
        Self { coming, alone: VecDeque::new(), failures: Vec::new() }
    }

    /// The next answer. One of a node that is alone, which may only have lost its cluster, gives others a moment.
    async fn best(&mut self) -> Option<Answer> {
        let mut until = Instant::now() + HEAD_START;
        loop {
            let next = if self.alone.is_empty() {
                self.coming.next().await
            } else {
                timeout_at(until, self.coming.next()).await.ok().flatten()
            };
            match next {
                Some(Ok(answer)) if !answer.is_alone => return Some(answer),
                Some(Ok(answer)) => {
                    if self.alone.is_empty() {
                        until = Instant::now() + HEAD_START;
                    }
                    self.alone.push_back(answer);
                }
                Some(Err(error)) => self.failures.push(error),
                None => return self.alone.pop_front(),
            }
        }
    }
}

fn named(host: &HostAddress) -> Named {
    Named { host: host.host.clone(), port: host.port, tls_name: host.tls_name.clone() }
}

fn label(host: &Named) -> String {
    let address = Address { host: host.host.clone(), port: host.port, tls_name: String::new() };
    address.to_string()
}
