use std::sync::Arc;
use std::time::Duration;

use aerospike::Node;
use parking_lot::RwLock;
use tokio::time::{Instant, sleep};

use crate::Error;
use crate::connection::Address;
use crate::seeding::{Joined, Names, Seeding};

/// How often the control plane is looked at, and the shortest time between two attempts to find a better one.
const CHECK_EVERY: Duration = Duration::from_secs(1);

/// The longest time between two attempts that found nothing better.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// A control plane that was replaced is closed when nobody uses it any more, or after this time.
const FAREWELL: Duration = Duration::from_secs(60);

/// The `aerospike` crate's client. It keeps the addresses that it was given, so it is replaced by another one when they have
/// become useless: when no node is left and the hosts have to be asked for anew, or when a node's name has an address that
/// answers and the client uses another.
pub(crate) struct Control {
    seeding: Seeding,
    current: RwLock<Current>,
}

#[derive(Clone)]
struct Current {
    client: Arc<aerospike::Client>,
    names: Arc<Names>,
}

impl From<Joined> for Current {
    fn from(Joined { control, names }: Joined) -> Self {
        Self { client: Arc::new(control), names: Arc::new(names) }
    }
}

impl Control {
    pub(crate) async fn connect(seeding: Seeding) -> Result<Self, Error> {
        let current = RwLock::new(seeding.join().await?.into());
        Ok(Self { seeding, current })
    }

    pub(crate) fn client(&self) -> Arc<aerospike::Client> {
        Arc::clone(&self.current.read().client)
    }

    pub(crate) fn nodes(&self) -> Vec<Arc<Node>> {
        self.current.read().client.nodes()
    }

    /// Waits until another client has taken the place of this one.
    pub(crate) async fn replaced(&self) {
        let mut pause = CHECK_EVERY;
        loop {
            sleep(pause).await;
            let current = self.current.read().clone();
            if !current.is_lost() && !current.is_misled() {
                pause = CHECK_EVERY;
                continue;
            }
            let better =
                if current.is_lost() { self.seeding.join().await.ok() } else { self.renamed(&current).await };
            if let Some(better) = better {
                let old = std::mem::replace(&mut *self.current.write(), better.into());
                tokio::spawn(retire(old.client));
                return;
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// A client for what the nodes' names stand for now, if that has changed.
    async fn renamed(&self, current: &Current) -> Option<Joined> {
        let alive: Vec<Address> = current
            .client
            .nodes()
            .iter()
            .filter(|node| node.failures() == 0)
            .map(|node| address_of(node))
            .collect();
        let (address, names) = self.seeding.names_at(&alive).await?;
        if names == *current.names {
            return None;
        }
        let control = self.seeding.control(&address, &names).await.ok()?;
        Some(Joined { control, names })
    }

    pub(crate) async fn close(&self) {
        // The crate reports an error when it was closed before, which is what is wanted.
        let _ = self.client().close().await;
    }
}

impl Current {
    fn is_lost(&self) -> bool {
        self.client.nodes().is_empty()
    }

    /// Whether a node has a name with several addresses that nobody has tried, or an address that was chosen does not lead
    /// to a node that is well.
    fn is_misled(&self) -> bool {
        let nodes = self.client.nodes();
        let is_well =
            |address: &String| nodes.iter().any(|node| node.host().name == *address && node.failures() == 0);
        nodes.iter().any(|node| node.aliases().len() > 1) || !self.names.values().all(is_well)
    }
}

/// Where the control plane reaches a node.
pub(crate) fn address_of(node: &Node) -> Address {
    let host = node.host();
    let tls_name = host.tls_name.clone().unwrap_or_else(|| host.name.clone());
    Address { host: host.name, port: host.port, tls_name }
}

async fn retire(client: Arc<aerospike::Client>) {
    let until = Instant::now() + FAREWELL;
    while Arc::strong_count(&client) > 1 && Instant::now() < until {
        sleep(CHECK_EVERY).await;
    }
    let _ = client.close().await;
}
