//! One record by itself, over a data connection: asked for and decoded where it is awaited, if possible by the same thread.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aerospike::Bins;
use aerostride_columns::TTL_NEVER;
use aerostride_wire::{BinSelection, Digest, FrameType, RecordRequest, ReplyWalker, WireError};
use tokio::time::Instant;

use crate::batch::{Route, attributes, may_help, pause_before};
use crate::client::Pending;
use crate::connection::Connection;
use crate::ended::Ended;
use crate::keys::{KeyGroup, PackedKeys};
use crate::options::{BatchPolicy, ReadModeSc, Replica};
use crate::pool::no_node;
use crate::records::{Record, check_selection, selection};
use crate::stream::read_bins_of_one;
use crate::under_way::Effect;
use crate::watchdog::Watchdog;
use crate::{Client, Error, ErrorKind, ReadPolicy, codes, now_seconds};

/// Further attempts that a wait for a connection leaves time for.
const ATTEMPTS_TO_COME: usize = 2;

/// A record to be read, and how.
struct Single<'a> {
    client: &'a Client,
    group: &'a KeyGroup,
    digest: Digest,
    bins: Option<BinSelection<'a>>,
    policy: BatchPolicy,
    deadline: Option<Instant>,
    /// Picks the replica of [`Replica::Random`].
    random: usize,
    attempts: AtomicU32,
}

impl ReadPolicy {
    /// Whether [`Client::read`] reads a record this way; the crate does the others.
    pub fn is_plain(&self) -> bool {
        self.transaction.is_none()
            && self.read_touch_ttl_percent == 0
            && self.read_mode_sc != Some(ReadModeSc::Linearize)
    }
}

impl Client {
    /// The record of `keys`' only key, or `None` when there is none. No `bins` are all bins.
    ///
    /// # Errors
    /// [`Error`], as a batch of one key has it.
    pub fn read<'a>(
        &'a self,
        keys: &'a PackedKeys,
        bins: Option<Vec<String>>,
        policy: &'a ReadPolicy,
    ) -> Pending<'a, Option<Record>> {
        Box::pin(async move {
            check_selection(bins.as_deref())?;
            let bins = selection(bins);
            let names: Vec<&str> = match &bins {
                Bins::Some(names) => names.iter().map(String::as_str).collect(),
                Bins::All | Bins::None => Vec::new(),
            };
            let selected = match &bins {
                Bins::All => BinSelection::All,
                Bins::None => BinSelection::HeaderOnly,
                Bins::Some(_) => BinSelection::Named(&names),
            };
            self.single(keys, Some(selected), policy).await
        })
    }

    /// Whether the record of `keys`' only key exists.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn has<'a>(&'a self, keys: &'a PackedKeys, policy: &'a ReadPolicy) -> Pending<'a, bool> {
        Box::pin(async move { Ok(self.single(keys, None, policy).await?.is_some()) })
    }

    async fn single(
        &self,
        keys: &PackedKeys,
        bins: Option<BinSelection<'_>>,
        policy: &ReadPolicy,
    ) -> Result<Option<Record>, Error> {
        let policy = policy.columnar();
        self.check_racks(policy.replica == Replica::PreferRack)?;
        let mut digests = Vec::with_capacity(1);
        keys.digests(0..1, &mut digests);
        let digest = digests.pop().ok_or_else(|| Error::fault("a call without a key"))?;
        let total = policy.total_timeout;
        let single = Single {
            client: self,
            group: keys.key(0).0,
            digest,
            bins,
            deadline: (!total.is_zero()).then(|| Instant::now() + total),
            policy,
            random: rand::random_range(0..64),
            attempts: AtomicU32::new(0),
        };
        self.unless_closed(Effect::Reads, single.in_time()).await
    }
}

impl Single<'_> {
    async fn in_time(&self) -> Result<Option<Record>, Error> {
        let Some(deadline) = self.deadline else { return self.read().await };
        tokio::time::timeout_at(deadline, self.read()).await.unwrap_or_else(|_| {
            let total = self.policy.total_timeout.as_millis();
            let message = format!("the record was not answered within {total} ms (totalTimeout)");
            let error = Error::new(ErrorKind::Timeout, message).with_code(codes::TIMEOUT);
            Err(error.after(self.attempts.load(Ordering::Relaxed)))
        })
    }

    /// All attempts, as a batch makes them.
    async fn read(&self) -> Result<Option<Record>, Error> {
        let cluster = &self.client.engine().cluster;
        let mut first: Option<Error> = None;
        for attempt in 0..=self.policy.max_retries as usize {
            if attempt > 0 {
                cluster.doubt_map();
                tokio::time::sleep(pause_before(attempt, self.policy.sleep_between_retries)).await;
            }
            self.attempts.store(attempt as u32 + 1, Ordering::Relaxed);
            match self.attempt(attempt).await {
                Err(error) if may_help(&error) && attempt < self.policy.max_retries as usize => {
                    first.get_or_insert(error);
                }
                // Nothing was sent.
                Err(error) if error.result_code == Some(codes::NAMESPACE_NOT_FOUND) => return Err(error),
                Err(mut error) => {
                    error.attempts = Some(attempt as u32 + 1);
                    let cause = first.filter(|first| error.cause.is_none() && first.message != error.message);
                    return Err(match cause {
                        Some(cause) => error.because(cause),
                        None => error,
                    });
                }
                read => return read,
            }
        }
        Err(no_node(false))
    }

    async fn attempt(&self, attempt: usize) -> Result<Option<Record>, Error> {
        let map = self.client.engine().cluster.map();
        let Some(namespace) = map.namespace(&self.group.namespace) else {
            return Err(map.unknown_namespace(&self.group.namespace));
        };
        let route = Route { map: &map, policy: &self.policy, attempt, random: self.random };
        let node = route.node(namespace, &self.digest).and_then(|node| map.nodes().get(node));
        let node = node.ok_or_else(|| no_node(true))?;
        let read = match node.lease_near(self.patience(attempt)).await {
            Ok(mut lease) => {
                let read = self.exchange(&mut lease.connection).await;
                let ended = read.as_ref().map_or_else(|error| error.clone().into(), |_| Ended::Answered);
                node.judge(&ended, self.policy.socket_timeout);
                if ended.leaves_connection_clean() {
                    lease.give_back();
                }
                read
            }
            Err(error) => Err(error),
        };
        read.map_err(|error| error.at(node.label()))
    }

    /// As a batch has it: two attempts after this one can wait as long.
    fn patience(&self, attempt: usize) -> Option<Duration> {
        let left = self.deadline?.saturating_duration_since(Instant::now());
        let further = (self.policy.max_retries as usize).saturating_sub(attempt).min(ATTEMPTS_TO_COME);
        Some(left / (further as u32 + 1))
    }

    async fn exchange(&self, connection: &mut Connection) -> Result<Option<Record>, Error> {
        connection.output.clear();
        let request = RecordRequest {
            group: self.group.as_row_group(),
            digest: &self.digest,
            bins: self.bins,
            timeout_ms: self.server_timeout(),
            filter: self.policy.filter_expression.as_deref(),
            attributes: attributes(&self.policy),
        };
        request.encode(&mut connection.output)?;
        let mut watchdog = Watchdog::new(self.policy.socket_timeout);
        connection.send(&mut watchdog).await?;
        let body = connection.next_frame(FrameType::Message, &mut watchdog).await?;
        read_reply(connection.body(body))
    }

    /// What the server may take, as the crate asks for it: 0 is as long as it wants.
    fn server_timeout(&self) -> u32 {
        let (total, socket) = (self.policy.total_timeout, self.policy.socket_timeout);
        let shorter = if socket.is_zero() { total } else { socket.min(total) };
        u32::try_from(shorter.as_millis()).unwrap_or(u32::MAX)
    }
}

/// The only message of a reply.
fn read_reply(body: &[u8]) -> Result<Option<Record>, Error> {
    let mut walker = ReplyWalker::new(body);
    let header = walker.next_row()?.ok_or(WireError::TooSmall { what: "reply", size: 0, least: 1 })?;
    let bins = read_bins_of_one(&mut walker)?;
    if walker.next_row()?.is_some() {
        return Err(WireError::Surplus { what: "only message", bytes: body.len() }.into());
    }
    match i32::from(header.result_code) {
        codes::OK => {
            let ttl = match header.ttl {
                0 => TTL_NEVER,
                time => time.saturating_sub(now_seconds()).max(1),
            };
            Ok(Some(Record { bins, generation: header.generation, ttl }))
        }
        codes::NOT_FOUND => Ok(None),
        code => {
            let advice = codes::advice(code).map(|what| format!("; {what}")).unwrap_or_default();
            let message = format!("{}{advice}", codes::describe(code));
            Err(Error::new(ErrorKind::Server, message).with_code(code))
        }
    }
}
