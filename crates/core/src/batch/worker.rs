use std::sync::Arc;
use std::time::{Duration, Instant};

use super::chunk::Chunk;
use super::context::{Context, WorkerTally};
use super::exchange::exchange;
use super::router::Router;
use crate::codes;
use crate::connection::Connection;
use crate::ended::Ended;
use crate::pool::{DataNode, Lease, Place};
use crate::{Error, ErrorKind};

/// Sends chunks to one node over one connection, one after the other.
pub(super) struct Worker {
    pub(super) context: Arc<Context>,
    pub(super) router: Arc<Router>,
    pub(super) node: Arc<DataNode>,
    pub(super) index: usize,
    pub(super) tally: Arc<WorkerTally>,
    pub(super) attempt: usize,
}

/// What a worker has done.
#[derive(Debug)]
pub(super) struct Run {
    /// Rows for another attempt.
    pub(super) again: Vec<u32>,
    /// Its node.
    pub(super) node: usize,
    /// What it saw of the node, if every request was answered.
    pub(super) span: Option<Span>,
}

/// Requests that followed each other on one connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) begun: Instant,
    pub(super) ended: Instant,
    pub(super) rows: usize,
    pub(super) turns: usize,
    /// How long the first byte of the first reply took.
    pub(super) first_byte: Duration,
    /// See [`Lease::place`].
    pub(super) place: Place,
}

impl Span {
    /// With a further request over this connection, which began at `begun` where it is the first.
    fn and(span: Option<Self>, begun: Instant, rows: usize, lease: &Lease) -> Self {
        let first = || Self {
            begun,
            ended: begun,
            rows: 0,
            turns: 0,
            first_byte: lease.connection.first_byte().unwrap_or_default(),
            place: lease.place(),
        };
        let before = span.unwrap_or_else(first);
        Self { ended: Instant::now(), rows: before.rows + rows, turns: before.turns + 1, ..before }
    }
}

impl Worker {
    pub(super) async fn run(self) -> Result<Run, Error> {
        let mut again = Vec::new();
        let (mut span, mut sound) = (None, true);
        let mut lease: Option<Lease> = None;
        // A node that has failed this worker once is not asked again before the next attempt.
        let mut broken: Option<Error> = None;
        while let Some(mut chunk) = self.router.next_chunk(self.index).await? {
            if self.attempt > 0
                && let Some(pass) = chunk.claim.open()
            {
                pass.reopen();
            }
            let begun = Instant::now();
            let ended = match &broken {
                Some(error) => Ended::PeerFailed(error.clone()),
                None => self.ask(&mut lease, &mut chunk).await,
            };
            sound &= matches!(ended, Ended::Answered);
            span = lease.as_ref().map(|lease| Span::and(span, begun, chunk.claim.len(), lease));
            if let Ended::PeerFailed(error) | Ended::Silent(error) = &ended {
                broken = Some(error.clone());
            }
            if let Some(error) = ended.error() {
                let label = self.node.label();
                again.append(&mut fail(&self.context, &mut chunk, label.clone(), error.at(label)));
            }
            again.append(&mut chunk.retryable);
        }
        if let Some(lease) = lease {
            lease.give_back();
        }
        Ok(Run { again, node: self.index, span: span.filter(|_| sound) })
    }

    async fn ask(&self, lease: &mut Option<Lease>, chunk: &mut Chunk) -> Ended {
        let leased = match lease.take() {
            Some(connected) => Ok(connected),
            None if self.context.is_small() => {
                self.node.lease_near(self.context.patience(self.attempt)).await
            }
            None => self.node.lease(self.context.patience(self.attempt)).await,
        };
        let mut connected = match leased {
            Ok(connected) => connected,
            // What that says about the node, the node knows itself.
            Err(error) => return error.into(),
        };
        let before = connected.connection.received;
        let ended = exchange(&mut connected.connection, chunk, &self.context, &self.tally).await;
        self.count(&connected.connection, before, &ended);
        if let Some(first_byte) = connected.connection.first_byte() {
            self.node.pace(self.context.batch.writes()).hear(first_byte);
        }
        self.node.judge(&ended, self.context.batch.policy.socket_timeout);
        let ended = match ended {
            Ended::Answered => check_complete(chunk).into(),
            other => other,
        };
        if ended.leaves_connection_clean() {
            *lease = Some(connected);
        }
        ended
    }

    fn count(&self, connection: &Connection, received_before: u64, ended: &Ended) {
        let received = connection.received - received_before;
        let failed = !matches!(ended, Ended::Answered);
        self.context.counters.request(connection.output.len() as u64, received, failed);
    }
}

/// Notes a request without an answer and gives its rows for another attempt, if one can help.
fn fail(context: &Context, chunk: &mut Chunk, node: String, error: Error) -> Vec<u32> {
    let code = error.row_code();
    let Some(pass) = chunk.claim.open() else { return Vec::new() };
    let rows = pass.fail_unanswered(code);
    drop(pass);
    let retry = if may_help(&error) { rows.clone() } else { Vec::new() };
    context.note(node, error, rows);
    retry
}

/// A reply that ended without some of its rows is an error for those, and its connection is not to be trusted.
fn check_complete(chunk: &mut Chunk) -> Result<(), Error> {
    let rows = chunk.claim.len();
    let lost = chunk.claim.open().map_or(0, |pass| pass.fail_unanswered(codes::NO_RESPONSE).len());
    if lost == 0 {
        return Ok(());
    }
    let message = format!("the server's reply ended without {lost} of {rows} rows");
    Err(Error::new(ErrorKind::Protocol, message).with_code(codes::NO_RESPONSE))
}

/// Whether another attempt may end better. A server's refusal of the whole request will be the same again, unless its
/// code is one of those that pass.
pub(crate) fn may_help(error: &Error) -> bool {
    match error.kind {
        ErrorKind::Connection | ErrorKind::Timeout | ErrorKind::Protocol => true,
        ErrorKind::Server => error.result_code.is_some_and(codes::is_retryable),
        _ => false,
    }
}
