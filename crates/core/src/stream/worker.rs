mod confirm;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use aerostride_wire::{BinRead, FrameType, Op, Resume, RowGroup, StreamBins as WireBins, StreamRequest};

use super::chunk::{Chunk, Order, Place};
use super::incoming::End;
use super::intake::Intake;
use super::ledger::Routes;
use super::{Shared, StreamBins, StreamFailure};
use crate::connection::Connection;
use crate::ended::Ended;
use crate::partition_map::PartitionMap;
use crate::pool::{DataNode, Lease};
use crate::watchdog::Watchdog;
use crate::{Error, ErrorKind, codes};

/// The pause before a further attempt grows up to this.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// The pause while all query threads of a server are taken, and for how long that is put up with.
const BUSY_PAUSE: Duration = Duration::from_millis(100);
const MOST_BUSY: u32 = 600;

/// The server says that all its query threads are taken.
const NO_THREADS: u8 = 22;
/// The index is being built.
const INDEX_NOT_READABLE: u8 = 203;

/// Frames of this size are what a server sends when it has much; at a low rate it takes long to fill one.
const RECORDS_PER_FRAME: u32 = 16_384;

/// Asks one node for partitions, request by request on one connection.
pub(super) struct Worker {
    shared: Arc<Shared>,
    node: Arc<DataNode>,
    lease: Option<Lease>,
    intake: Intake,
    /// What a query has read to its end, unless its index was dropped meanwhile: then a server ends in the middle and says that all
    /// is well. That it answers a later request tells that it had the index until then.
    unconfirmed: Vec<Place>,
}

/// How a request has ended.
enum Outcome {
    /// As it should.
    Done,
    /// With as many records as were asked for, so that there may be more.
    More,
    /// The stream has all the rows that it may have.
    Enough,
}

impl Worker {
    pub(super) fn new(shared: Arc<Shared>, node: Arc<DataNode>) -> Self {
        let intake = Intake::new(Arc::clone(&shared));
        Self { shared, node, lease: None, intake, unconfirmed: Vec::new() }
    }

    /// Works until nothing waits for the node, or the stream is to end; what was received is handed over.
    ///
    /// # Errors
    /// What no further attempt can mend.
    pub(super) async fn run(mut self) -> Result<(), Error> {
        let stop = self.shared.stop.clone();
        let ended = tokio::select! {
            biased;
            () = stop.cancelled() => Ok(()),
            ended = self.work() => ended,
        };
        let handed = self.intake.hand_over();
        if let Some(lease) = self.lease.take() {
            lease.give_back();
        }
        ended.and(handed)
    }

    async fn work(&mut self) -> Result<(), Error> {
        loop {
            if self.shared.budget.left() == Some(0) {
                self.shared.stop.cancel();
                return Ok(());
            }
            let places = self.take();
            if places.is_empty() {
                return self.confirm().await;
            }
            let order = Order::of(self.shared.options.index.as_ref().map(|index| index.range.particle));
            let mut chunk = Chunk::new(places, order);
            self.intake.begin();
            let asked = self.ask(&mut chunk).await;
            if asked.is_ok() {
                let confirmed = std::mem::take(&mut self.unconfirmed);
                self.finish(&confirmed);
            }
            match asked {
                Ok(Outcome::Done) => self.settle(chunk)?,
                Ok(Outcome::More) => {
                    self.intake.give_back()?;
                    self.shared.ledger.put_back(chunk.places, Duration::ZERO);
                }
                Ok(Outcome::Enough) => {
                    self.shared.stop.cancel();
                    return Ok(());
                }
                Err(error) => {
                    self.fail(chunk, error)?;
                    self.take_back()?;
                }
            }
        }
    }

    fn take(&self) -> Vec<Place> {
        let map = self.shared.engine.cluster.map();
        // The map may have changed since this worker was sent to its node.
        let Some(node) = map.nodes().iter().position(|node| Arc::ptr_eq(node, &self.node)) else {
            return Vec::new();
        };
        self.shared.ledger.take(node, &self.shared.routes(&map))
    }

    /// The connection of the request before, or another one.
    async fn leased(&mut self) -> Result<Lease, Error> {
        match self.lease.take().and_then(Lease::if_clean) {
            Some(lease) => Ok(lease),
            None => Ok(self.node.lease(None).await?),
        }
    }

    /// One request and its whole reply.
    async fn ask(&mut self, chunk: &mut Chunk) -> Result<Outcome, Error> {
        let mut lease = self.leased().await?;
        let most = self.encode(&mut lease.connection, chunk)?;
        let engine = Arc::clone(&self.shared.engine);
        let in_use = engine.counters.streams.connection();
        let before = lease.connection.received;
        let ended = self.converse(&mut lease.connection, chunk).await;
        drop(in_use);
        let received = lease.connection.received - before;
        let sent = lease.connection.output.len() as u64;
        self.shared.engine.counters.request(sent, received, ended.is_err());
        self.shared.bytes.fetch_add(received, Ordering::Relaxed);
        engine.counters.streams.received(received);
        self.judge(&ended);
        match ended? {
            End::Enough => return Ok(Outcome::Enough),
            End::Last(0) => self.lease = Some(lease),
            End::Last(code) => {
                // The reply is complete: the connection is as good as before.
                self.lease = Some(lease);
                return Err(refused(code, self.shared.options.index.is_some()));
            }
            // Nothing follows, or the reply is malformed and a last message does, which the next request would take for its
            // own: no reply says whose it is.
            End::Refused(code) => return Err(refused(code, self.shared.options.index.is_some())),
        }
        if most.is_some_and(|most| chunk.received >= most) {
            return Ok(Outcome::More);
        }
        Ok(Outcome::Done)
    }

    /// Whether the consumer was waited for: then the server may have given up on the request, as healthy as before.
    fn was_slow(&self) -> bool {
        self.intake.waited > Duration::ZERO
    }

    fn judge(&self, ended: &Result<End, Error>) {
        match ended {
            Ok(_) => self.node.judge(&Ended::Answered, self.patience()),
            Err(_) if self.was_slow() => {}
            Err(error) => self.node.judge(&error.clone().into(), self.patience()),
        }
    }

    async fn converse(&mut self, connection: &mut Connection, chunk: &mut Chunk) -> Result<End, Error> {
        let mut watchdog = Watchdog::new(self.patience());
        let least = self.shared.options.policy.part_bytes;
        connection.send(&mut watchdog).await?;
        loop {
            let (body, is_whole) = connection.next_part(FrameType::Message, least, &mut watchdog).await?;
            if !is_whole {
                let taken = self.intake.part(connection.body(body), chunk)?;
                connection.consume(taken, &mut watchdog).await?;
                continue;
            }
            if let Some(end) = self.intake.frame(connection.body(body), chunk).await? {
                return Ok(end);
            }
            watchdog.rouse();
        }
    }

    /// How long a server may be silent: at a low rate it takes that long to gather what it sends.
    fn patience(&self) -> Duration {
        let limit = self.shared.options.policy.socket_timeout;
        match self.shared.options.records_per_second {
            0 => limit,
            _ if limit.is_zero() => limit,
            rate => limit + Duration::from_secs(u64::from(RECORDS_PER_FRAME.div_ceil(rate))),
        }
    }

    /// Writes the request, and gives the number of records that it asks for at most.
    ///
    /// # Errors
    /// For a request that cannot be expressed.
    fn encode(&self, connection: &mut Connection, chunk: &Chunk) -> Result<Option<u64>, Error> {
        let options = &self.shared.options;
        let ids: Vec<u16> =
            chunk.places.iter().filter(|place| place.resume.is_none()).map(|place| place.id).collect();
        let resume: Vec<Resume> = chunk.places.iter().filter_map(|place| place.resume).collect();
        let ops: Vec<Op<'_>> = match &options.bins {
            StreamBins::Named(reads) => reads.iter().map(BinRead::op).collect(),
            StreamBins::All | StreamBins::None => Vec::new(),
        };
        let most = self.shared.budget.left().map(|left| left.max(1));
        let index = options.index.as_ref().map(super::IndexSpec::query);
        connection.output.clear();
        let request = StreamRequest {
            max_records: most.unwrap_or(0),
            partitions: &ids,
            resume: &resume,
            index: index.as_ref(),
            filter: options.filter.as_deref(),
            bins: match &options.bins {
                StreamBins::All => WireBins::All,
                StreamBins::None => WireBins::None,
                StreamBins::Named(_) => WireBins::Ops(&ops),
            },
            respond_all_ops: options.asks_for_all_ops(),
            ..self.request()
        };
        request.encode(&mut connection.output)?;
        Ok(most)
    }

    /// After a last message without a code: every partition that was not refused is done.
    fn settle(&mut self, chunk: Chunk) -> Result<(), Error> {
        let (refused_places, code, done) = chunk.split();
        if let Some(code) = code {
            self.intake.give_back()?;
            self.retry(refused_places, refused(code, false), false)?;
        }
        if self.shared.options.index.is_some() {
            self.unconfirmed.extend(done);
        } else {
            self.finish(&done);
        }
        Ok(())
    }

    fn finish(&mut self, done: &[Place]) {
        self.intake.done(done.iter().map(|place| place.id));
        self.shared.ledger.finish(done.len());
    }

    /// What every request says.
    fn request(&self) -> StreamRequest<'_> {
        let options = &self.shared.options;
        StreamRequest {
            group: RowGroup { namespace: &options.namespace, set: &options.set },
            query_id: rand::random(),
            socket_timeout_ms: milliseconds(options.policy.server_timeout),
            records_per_second: options.records_per_second,
            max_records: 0,
            partitions: &[],
            resume: &[],
            index: None,
            filter: None,
            bins: WireBins::All,
            respond_all_ops: false,
        }
    }

    /// After anything else: every partition of the request goes on behind its last record.
    fn fail(&mut self, mut chunk: Chunk, error: Error) -> Result<(), Error> {
        chunk.rewind();
        self.intake.rewind();
        let progress = chunk.has_progressed() || self.was_slow();
        self.intake.give_back()?;
        self.retry(chunk.places, error, progress)
    }

    /// Gives partitions back for another attempt.
    ///
    /// # Errors
    /// The error itself, where no attempt is left or none can help.
    fn retry(&self, mut places: Vec<Place>, error: Error, progress: bool) -> Result<(), Error> {
        if error.kind == ErrorKind::Aborted {
            return Err(error);
        }
        let policy = &self.shared.options.policy;
        let busy = error.result_code == Some(i32::from(NO_THREADS));
        let label = self.node.label();
        self.shared.note(StreamFailure {
            node: label.clone(),
            code: error.row_code(),
            message: error.message.clone(),
            partitions: places.len(),
        });
        for place in &mut places {
            place.failures = if progress { 1 } else { place.failures + 1 };
        }
        let failures = places.iter().map(|place| place.failures).max().unwrap_or_default();
        let most = if busy { MOST_BUSY } else { policy.max_retries };
        if !may_help(&error) || failures > most {
            return Err(error.at(label).after(failures));
        }
        self.shared.engine.cluster.doubt_map();
        let pause = if busy { BUSY_PAUSE } else { pause_before(failures, policy.sleep_between_retries) };
        self.shared.ledger.put_back(places, pause);
        Ok(())
    }
}

impl Shared {
    pub(super) fn routes<'a>(&self, map: &'a PartitionMap) -> Routes<'a> {
        Routes::new(map, &self.options.namespace, self.options.policy.replica)
    }
}

fn refused(code: u8, is_query: bool) -> Error {
    let what = if is_query { "query" } else { "scan" };
    let code = i32::from(code);
    let message = format!("the server refused the {what}: {} (code {code})", codes::describe(code));
    Error::new(ErrorKind::Server, message).with_code(code)
}

fn milliseconds(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX)
}

/// Every further attempt waits twice as long as the one before it.
pub(super) fn pause_before(attempt: u32, first: Duration) -> Duration {
    let doublings = attempt.saturating_sub(1).min(20);
    first.saturating_mul(1 << doublings).min(LONGEST_PAUSE.max(first))
}

/// Whether another attempt may end better.
fn may_help(error: &Error) -> bool {
    match error.kind {
        ErrorKind::Connection | ErrorKind::Timeout | ErrorKind::Protocol => true,
        ErrorKind::Server => error.result_code.is_some_and(|code| {
            codes::is_retryable(code)
                || code == i32::from(NO_THREADS)
                || code == i32::from(INDEX_NOT_READABLE)
        }),
        _ => false,
    }
}
