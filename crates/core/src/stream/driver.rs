use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::chunk::Place;
use super::ledger::requests_for;
use super::outlet::Out;
use super::worker::{Worker, pause_before};
use super::{Shared, StreamFailure};
use crate::pool::{DataNode, no_node};
use crate::{Error, ErrorKind, codes};

/// Runs a stream to its end: sends workers where partitions wait, for as long as any do.
pub(super) async fn drive(shared: Arc<Shared>) {
    let engine = Arc::clone(&shared.engine);
    let _open = engine.counters.streams.open();
    let mut crew = Crew { shared: Arc::clone(&shared), tasks: JoinSet::new(), nodes: Vec::new() };
    let ended = crew.run().await;
    // Whatever has ended the stream: what was received until then is handed over first.
    shared.stop.cancel();
    let rest = crew.dismiss().await;
    let ended = if shared.engine.closed.is_cancelled() { Err(Error::closed()) } else { ended.and(rest) };
    shared.outlet.put(Out::End(ended));
}

/// The workers of a stream.
struct Crew {
    shared: Arc<Shared>,
    tasks: JoinSet<(Arc<DataNode>, Result<(), Error>)>,
    /// One entry per worker that runs.
    nodes: Vec<Arc<DataNode>>,
}

impl Crew {
    async fn run(&mut self) -> Result<(), Error> {
        let total = self.shared.options.policy.total_timeout;
        let deadline = (!total.is_zero()).then(|| Instant::now() + total);
        let stop = self.shared.stop.clone();
        loop {
            let shared = Arc::clone(&self.shared);
            // Enabled before the look, so that a change between look and wait is not lost.
            let mut changed = std::pin::pin!(shared.ledger.changed.notified());
            changed.as_mut().enable();
            let Some(next) = self.send()? else { return Ok(()) };
            tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(()),
                Some(ended) = self.tasks.join_next(), if !self.tasks.is_empty() => self.note(ended)?,
                () = changed => {}
                () = until(next) => {}
                () = until(deadline) => return Err(timed_out(total)),
            }
        }
    }

    /// Sends workers where they are missing, and says when to look again at the latest; `None` when all is done.
    fn send(&mut self) -> Result<Option<Option<Instant>>, Error> {
        let map = self.shared.engine.cluster.map();
        let plan = self.shared.ledger.plan(&self.shared.routes(&map));
        if plan.done && self.tasks.is_empty() {
            return Ok(None);
        }
        let per_node = self.shared.options.connections_per_node(map.nodes().len());
        for (node, waiting) in plan.waiting {
            let node = &map.nodes()[node];
            let running = self.nodes.iter().filter(|other| Arc::ptr_eq(other, node)).count();
            let wanted = requests_for(waiting).min(per_node.saturating_sub(running));
            (0..wanted).for_each(|_| self.employ(node));
        }
        let unowned = if plan.unowned.is_empty() { None } else { Some(self.wait_for_owners(plan.unowned)?) };
        Ok(Some(plan.next.into_iter().chain(unowned).min()))
    }

    fn employ(&mut self, node: &Arc<DataNode>) {
        let worker = Worker::new(Arc::clone(&self.shared), Arc::clone(node));
        let node = Arc::clone(node);
        self.nodes.push(Arc::clone(&node));
        self.tasks.spawn(async move { (node, worker.run().await) });
    }

    fn note(
        &mut self,
        ended: Result<(Arc<DataNode>, Result<(), Error>), tokio::task::JoinError>,
    ) -> Result<(), Error> {
        let (node, ended) = ended.map_err(Error::fault)?;
        if let Some(at) = self.nodes.iter().position(|other| Arc::ptr_eq(other, &node)) {
            self.nodes.swap_remove(at);
        }
        ended
    }

    /// Puts partitions without an owner back, until the cluster has agreed on one or the attempts are used up.
    fn wait_for_owners(&self, mut places: Vec<Place>) -> Result<Instant, Error> {
        let policy = &self.shared.options.policy;
        let error = no_node(true);
        self.shared.note(StreamFailure {
            node: String::new(),
            code: codes::PARTITION_UNAVAILABLE,
            message: error.message.clone(),
            partitions: places.len(),
        });
        places.iter_mut().for_each(|place| place.failures += 1);
        let failures = places.iter().map(|place| place.failures).max().unwrap_or_default();
        if failures > policy.max_retries {
            return Err(error.after(failures));
        }
        self.shared.engine.cluster.doubt_map();
        let pause = pause_before(failures, policy.sleep_between_retries).max(Duration::from_millis(1));
        self.shared.ledger.put_back(places, pause);
        Ok(Instant::now() + pause)
    }

    /// Waits for the workers, who were told to stop.
    async fn dismiss(mut self) -> Result<(), Error> {
        let mut first = Ok(());
        while let Some(ended) = self.tasks.join_next().await {
            let ended = self.note(ended);
            first = first.and(ended);
        }
        first
    }
}

async fn until(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}

fn timed_out(total: Duration) -> Error {
    let message = format!("the stream did not end within {} ms (totalTimeout)", total.as_millis());
    Error::new(ErrorKind::Timeout, message).with_code(codes::TIMEOUT)
}
