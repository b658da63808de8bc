mod idle;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use crate::breaker::Breaker;
use crate::connection::{Address, Connection};
use crate::ended::Ended;
use crate::near::{self, Sockets};
use crate::pace::{Pace, Requests};
use crate::security::{Credentials, Session};
use crate::stats::NodeStats;
use crate::watchdog::Watchdog;
use crate::{Error, ErrorKind};
use idle::IdleConnections;
pub(crate) use idle::Place;

/// One node's address, idle data connections, and whether it is worth asking.
#[derive(Debug)]
pub(crate) struct DataNode {
    name: String,
    address: Address,
    connect_timeout: Duration,
    credentials: Arc<Credentials>,
    /// The token of the last login. One connection at a time logs in; the others wait and use its token.
    session: tokio::sync::Mutex<Option<Session>>,
    idle: IdleConnections,
    permits: Arc<Semaphore>,
    most: usize,
    breaker: Breaker,
    reads: Pace,
    writes: Pace,
}

impl DataNode {
    pub(crate) fn new(
        name: String,
        address: Address,
        connect_timeout: Duration,
        most: usize,
        most_idle: Duration,
        credentials: Arc<Credentials>,
    ) -> Self {
        Self {
            name,
            address,
            connect_timeout,
            credentials,
            session: tokio::sync::Mutex::default(),
            idle: IdleConnections::new(most_idle),
            permits: Arc::new(Semaphore::new(most)),
            most,
            breaker: Breaker::default(),
            reads: Pace::default(),
            writes: Pace::default(),
        }
    }

    #[cfg(test)]
    pub(crate) fn for_tests(name: &str) -> Self {
        let address = Address { host: "127.0.0.1".into(), port: 0, tls_name: String::new() };
        let second = Duration::from_secs(1);
        Self::new(name.into(), address, second, 1, second, Arc::default())
    }

    /// Name and address, as errors show it.
    pub(crate) fn label(&self) -> String {
        format!("{} {}", self.name, self.address)
    }

    /// What the node has shown of its speed.
    pub(crate) const fn pace(&self, writes: bool) -> &Pace {
        if writes { &self.writes } else { &self.reads }
    }

    pub(crate) fn is_at(&self, name: &str, address: &Address) -> bool {
        self.name == name && self.address == *address
    }

    /// Whether the node has not failed since it last answered.
    pub(crate) fn is_available(&self) -> bool {
        self.breaker.is_closed()
    }

    /// Whether requests should go to this node while another replica could answer: it is available, and nobody waits to
    /// hear whether it still is.
    pub(crate) fn is_preferred(&self) -> bool {
        self.breaker.is_closed() && !self.breaker.doubted.load(Ordering::Relaxed)
    }

    /// Whether it is time to [`probe`](Self::probe) the node. Says so once.
    pub(crate) fn is_due(&self) -> bool {
        self.breaker.take_due()
    }

    /// Asks a node that has failed for its name, so that it is not a batch that waits for one that is still dead.
    pub(crate) async fn probe(self: Arc<Self>) {
        let greeted = tokio::time::timeout(self.connect_timeout, self.greet()).await;
        match greeted.map(Ended::from) {
            Ok(Ended::Answered | Ended::Refused(_)) => self.breaker.vouch(),
            Ok(Ended::CallerGone(_) | Ended::Unsendable(_)) => self.breaker.half_close(),
            Ok(Ended::Malformed(_) | Ended::PeerFailed(_) | Ended::Silent(_)) | Err(_) => {
                self.breaker.trip_again();
                self.idle.close();
            }
        }
    }

    /// The connection is an extra one and not kept: all others may be in use by requests that wait for the node.
    async fn greet(&self) -> Result<(), Error> {
        let mut connection = self.open().await?;
        connection.ask(&["node"], &mut Watchdog::never()).await.map(drop)
    }

    /// Notes how an exchange with the node ended, whose caller has waited up to `patience` for a byte; zero is for ever.
    /// A silence counts when it was as long as connectTimeout, which belongs to the client. After a shorter one, which one
    /// impatient caller may have chosen, the node is asked whether it is there.
    pub(crate) fn judge(&self, ended: &Ended, patience: Duration) {
        match ended {
            Ended::Answered | Ended::Refused(_) => self.breaker.reset(),
            Ended::PeerFailed(_) => self.failed(),
            Ended::Silent(_) if patience.is_zero() || patience >= self.connect_timeout => self.failed(),
            Ended::Silent(_) => self.breaker.doubt(),
            Ended::Malformed(_) | Ended::CallerGone(_) | Ended::Unsendable(_) => {}
        }
    }

    /// Notes that the node did not answer. Its idle connections are as dead as the one that failed.
    fn failed(&self) {
        self.breaker.trip();
        self.idle.close();
    }

    /// Whether the last that was heard of the node is that nobody could connect to it.
    pub(crate) fn is_unreachable(&self) -> bool {
        self.breaker.unreachable.load(Ordering::Relaxed)
    }

    /// An idle connection, or a new one, for which nobody waits longer than `patience`. Waits while the node has as many
    /// as it may have; the caller bounds that.
    pub(crate) async fn lease(self: &Arc<Self>, patience: Option<Duration>) -> Result<Lease, Error> {
        self.lease_at(patience, None).await
    }

    /// The same for an exchange so small that the thread which asks may wait for it itself.
    pub(crate) async fn lease_near(self: &Arc<Self>, patience: Option<Duration>) -> Result<Lease, Error> {
        self.lease_at(patience, near::sockets()).await
    }

    async fn lease_at(
        self: &Arc<Self>,
        patience: Option<Duration>,
        sockets: Option<Arc<Sockets>>,
    ) -> Result<Lease, Error> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| Error::closed())?;
        if let Some((connection, place)) = self.idle.take(sockets.as_ref()) {
            return Ok(self.lent(connection, place, permit));
        }
        let opened = self.open_apart(permit);
        let Some(patience) = patience.filter(|patience| *patience < self.connect_timeout) else {
            return opened.await.unwrap_or_else(|_| Err(Error::closed()));
        };
        tokio::time::timeout(patience, opened).await.map_or_else(
            |_| Err(self.too_slow(patience)),
            |opened| opened.unwrap_or_else(|_| Err(Error::closed())),
        )
    }

    fn lent(self: &Arc<Self>, connection: Connection, place: Place, permit: OwnedSemaphorePermit) -> Lease {
        Lease { connection, place, node: Arc::clone(self), _permit: permit }
    }

    fn too_slow(&self, patience: Duration) -> Error {
        let message = format!(
            "no connection to {} within {} ms, the time for one attempt within totalTimeout",
            self.label(),
            patience.as_millis()
        );
        Error::new(ErrorKind::Timeout, message).with_code(crate::codes::TIMEOUT)
    }

    /// Opens a connection in a task of its own. When whoever wanted it has given up, it goes into the pool, or the node is
    /// known to be away: a batch with little time does not have to find out what the batch before it has begun to.
    fn open_apart(self: &Arc<Self>, permit: OwnedSemaphorePermit) -> oneshot::Receiver<Result<Lease, Error>> {
        let (sender, receiver) = oneshot::channel();
        let node = Arc::clone(self);
        tokio::spawn(async move {
            let opened = node.open().await.map(|connection| {
                let place = node.idle.take_place();
                node.lent(connection, place, permit)
            });
            if let Err(error) = &opened {
                node.judge_opening(&error.clone().into());
            }
            if let Err(Ok(unwanted)) = sender.send(opened) {
                unwanted.give_back();
            }
        });
        receiver
    }

    /// Notes why a connection could not be opened. A login that the server refuses says that the node is there.
    fn judge_opening(&self, ended: &Ended) {
        match ended {
            Ended::PeerFailed(_) | Ended::Silent(_) | Ended::Malformed(_) => {
                self.failed();
                self.breaker.unreachable.store(true, Ordering::Relaxed);
            }
            Ended::Answered | Ended::Refused(_) | Ended::CallerGone(_) | Ended::Unsendable(_) => {}
        }
    }

    /// A new connection, logged in where the server wants it. All of that has to be done within the connect timeout,
    /// whatever a peer sends meanwhile: others wait for the login.
    async fn open(&self) -> Result<Connection, Error> {
        tokio::time::timeout(self.connect_timeout, self.open_patiently()).await.unwrap_or_else(|_| {
            let limit = self.connect_timeout.as_millis();
            let what =
                if self.credentials.are_needed() { "connection that is logged in" } else { "connection" };
            let message = format!("no {what} to {} within {limit} ms (connectTimeout)", self.address);
            Err(Error::new(ErrorKind::Timeout, message).with_code(crate::codes::TIMEOUT))
        })
    }

    async fn open_patiently(&self) -> Result<Connection, Error> {
        let connect = || Connection::open(&self.address, self.credentials.tls.as_ref(), self.connect_timeout);
        let mut connection = connect().await?;
        [&self.reads, &self.writes].iter().for_each(|pace| pace.connected(connection.round_trip()));
        if !self.credentials.are_needed() {
            return Ok(connection);
        }
        let mut shown = None;
        loop {
            let mut session = self.session.lock().await;
            let known = session.clone().filter(|known| known.is_fresh() && shown.as_ref() != Some(known));
            let mut watchdog = Watchdog::never();
            let Some(known) = known else {
                // Under the lock, so that those who wait get its token instead of logging in as well.
                *session = self.credentials.log_in(&mut connection, &mut watchdog).await?;
                return Ok(connection);
            };
            drop(session);
            if self.credentials.authenticate(&mut connection, &mut watchdog, &known).await? {
                return Ok(connection);
            }
            // The server has forgotten the token, and may close a connection that showed it.
            connection = connect().await?;
            shown = Some(known);
        }
    }

    /// Notes of the idle connections at these places whose requests had to wait for others of their batch.
    pub(crate) fn rank(&self, seen: impl Iterator<Item = (Place, bool)>) {
        self.idle.rank(seen);
    }

    /// What a user may see of the node.
    pub(crate) fn stats(&self) -> NodeStats {
        let idle = self.idle.len();
        let in_use = self.most.saturating_sub(self.permits.available_permits());
        let (Requests { at_once, rows, .. }, first_byte, _) = self.reads.shown();
        NodeStats {
            node: self.label(),
            idle,
            in_use,
            available: self.is_available(),
            requests_at_once: at_once,
            keys_per_request: rows,
            first_byte,
        }
    }

    /// Closes connections that were idle for too long.
    pub(crate) fn close_old(&self) {
        self.idle.close_old();
    }

    /// Closes all idle connections, and lets nobody have another.
    pub(crate) fn close(&self) {
        self.permits.close();
        self.idle.close();
    }
}

/// A connection in use. Dropped it is closed: only [`give_back`](Self::give_back), after a complete and sound reply,
/// returns it to the pool.
#[derive(Debug)]
pub(crate) struct Lease {
    pub(crate) connection: Connection,
    place: Place,
    node: Arc<DataNode>,
    _permit: OwnedSemaphorePermit,
}

impl Lease {
    /// The lease, where nothing is left of an earlier reply that the next one could be mistaken for.
    pub(crate) fn if_clean(mut self) -> Option<Self> {
        self.connection.is_clean().then_some(self)
    }

    /// Names the connection among the idle ones.
    pub(crate) const fn place(&self) -> Place {
        self.place
    }

    pub(crate) fn give_back(self) {
        let Self { mut connection, place, node, _permit } = self;
        // What comes behind the reply is found when the connection is lent again.
        if connection.is_read() && !node.permits.is_closed() {
            connection.rest();
            node.idle.put(connection, place);
        }
    }
}

/// The error for rows that have no node at all.
pub(crate) fn no_node(partition_owner_missing: bool) -> Error {
    if partition_owner_missing {
        Error::new(ErrorKind::Server, "no node owns the partition at the moment")
            .with_code(crate::codes::PARTITION_UNAVAILABLE)
    } else {
        Error::new(ErrorKind::Connection, "the cluster has no node").with_code(crate::codes::INVALID_NODE)
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    const LONG: Duration = Duration::from_secs(10);

    #[tokio::test]
    async fn connections_are_lent_in_the_order_in_which_they_were_opened() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let address = Address { host: "127.0.0.1".into(), port, tls_name: String::new() };
        let node = Arc::new(DataNode::new("A".into(), address, LONG, 4, LONG, Arc::default()));
        let mut leases = Vec::new();
        for _ in 0..4 {
            leases.push(node.lease(None).await.unwrap());
        }
        let places: Vec<_> = leases.iter().map(Lease::place).collect();
        // However they come back.
        for last in [2, 0, 1, 0] {
            leases.remove(last).give_back();
        }
        let lent = || {
            let leases: Vec<_> = std::iter::from_fn(|| node.idle.take(None)).collect();
            let places: Vec<_> = leases.iter().map(|(_, place)| *place).collect();
            leases.into_iter().for_each(|(connection, place)| node.idle.put(connection, place));
            places
        };
        assert_eq!(lent(), places);
        // Those that have waited for others twice in a row are the last.
        let order = |waits: [bool; 4]| {
            node.rank(lent().into_iter().zip(waits));
            lent().iter().map(|place| place.number).collect::<Vec<_>>()
        };
        assert_eq!(order([false, true, true, false]), [0, 1, 2, 3]);
        assert_eq!(order([false, true, false, true]), [0, 2, 3, 4]);
        assert_eq!(order([false, true, true, false]), [0, 2, 4, 5]);
    }
}
