//! Seeded chaos: faults, nodes that stop, start, hang and go on, timeouts and aborts, under concurrent readers. Whatever
//! happens, a row that reports success holds what was stored, and no batch outlives its timeout.
//!
//! `AEROSTRIDE_SIMULATION_SECONDS` says how long (5 by default), `AEROSTRIDE_TEST_SEED` repeats a schedule.

#![allow(clippy::unwrap_used, reason = "where a test unwraps, nothing else than a failure is left")]

mod soak;

#[path = "../stocked/mod.rs"]
#[allow(dead_code, reason = "every test binary uses its own part")]
mod stocked;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aerostride_core::{BatchPolicy, CancellationToken, Client, ErrorKind, Replica};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};

use stocked::{Lag, Read, Stocked, hasty, until};

const READERS: u64 = 16;
const NODES: usize = 3;
const RECORDS: usize = 1000;
const MARGIN: Duration = Duration::from_millis(250);

/// What can go wrong on the wire. Unknown particles are left out: they are a mismatch, which is no wrong value, and the
/// table of faults has them.
const FAULTS: [&str; 30] = [
    "on=batch chance=0.2 delay=30",
    "on=batch chance=0.1 delay=400",
    "on=batch chance=0.02 drip=1",
    "on=batch chance=0.2 cut=0",
    "on=batch chance=0.2 cut=11",
    "on=batch chance=0.2 cut=900",
    "on=batch chance=0.2 refuse",
    "on=batch chance=0.2 close",
    "on=batch chance=0.1 silence",
    "on=connect chance=0.3 refuse",
    "on=connect chance=0.3 close",
    "on=connect chance=0.1 silence",
    "on=info chance=0.3 close",
    "on=batch chance=0.3 size=short",
    "on=batch chance=0.3 size=long",
    "on=batch chance=0.3 size=huge",
    "on=batch chance=0.3 type=1",
    "on=batch chance=0.3 index=foreign",
    "on=batch chance=0.3 index=doubled",
    "on=batch chance=0.3 lose=2",
    "on=batch chance=0.3 trailer=doubled",
    "on=batch chance=0.3 stale",
    "on=batch chance=0.3 garbage=200",
    "on=batch chance=0.3 code=18x5",
    "on=read chance=0.2 delay=30",
    "on=read chance=0.2 cut=11",
    "on=read chance=0.2 close",
    "on=read chance=0.1 silence",
    "on=read chance=0.3 size=long",
    "on=read chance=0.3 code=18",
];

/// How batches have ended.
#[derive(Debug, Default)]
struct Ends {
    batches: u64,
    rows: BTreeMap<i32, u64>,
    errors: BTreeMap<&'static str, u64>,
    slowest_over: Duration,
}

struct Simulation {
    seed: u64,
    stocked: Stocked,
    client: Client,
    ends: Mutex<Ends>,
    over: AtomicBool,
    /// What went wrong so far, and what does at the moment.
    faults: Mutex<Vec<Vec<String>>>,
    lag: Lag,
}

impl Simulation {
    /// Every actor has random numbers of its own, so that its schedule does not depend on how fast the others are.
    fn random(&self, actor: u64) -> StdRng {
        StdRng::seed_from_u64(self.seed.wrapping_mul(1_000_003).wrapping_add(actor))
    }

    async fn read_on(self: Arc<Self>, reader: u64) {
        let mut rng = self.random(reader);
        while !self.over.load(Ordering::Relaxed) {
            self.read(&mut rng).await;
        }
    }

    async fn read(&self, rng: &mut StdRng) {
        let numbers: Vec<usize> =
            (0..*[1, 5, 40, 120].choose(rng).unwrap()).map(|_| rng.random_range(0..RECORDS + 50)).collect();
        let policy = policy(rng);
        let total = policy.total_timeout;
        let abort = CancellationToken::new();
        let prepared = self.stocked.prepare(numbers);
        let patience = Duration::from_millis(rng.random_range(0..30));
        let choice = rng.random_range(0..20);
        let (begin, lost) = (Instant::now(), self.lag.lost());
        let call = prepared.start(&self.client, policy, &abort);
        let ended = match choice {
            // The caller loses interest: the call is dropped.
            0 => tokio::time::timeout(patience, call).await.ok(),
            1 | 2 => {
                let abortion = async {
                    tokio::time::sleep(patience).await;
                    abort.cancel();
                };
                Some(tokio::join!(call, abortion).0)
            }
            _ => Some(call.await),
        };
        // Sixteen readers without a pause keep every thread of a small machine busy. What a task loses that has nothing to
        // do but to wake, every batch may lose.
        let (took, lost) = (begin.elapsed(), self.lag.lost().saturating_sub(lost));
        if let Some(ended) = ended {
            self.check(prepared.ended(ended, took), total, lost);
        } else {
            self.ends.lock().unwrap().batches += 1;
        }
    }

    fn check(&self, read: Read, total: Duration, lost: Duration) {
        let _told = ToldOnPanic(self);
        read.assert_honest();
        let over = read.took.saturating_sub(total + lost);
        let mut ends = self.ends.lock().unwrap();
        ends.batches += 1;
        ends.slowest_over = ends.slowest_over.max(over);
        match &read.ended {
            Ok(_) => read.codes().into_iter().for_each(|code| *ends.rows.entry(code).or_default() += 1),
            Err(error) => {
                assert!(
                    !matches!(
                        error.kind,
                        ErrorKind::Internal | ErrorKind::Closed | ErrorKind::InvalidArgument
                    ),
                    "{error:?}"
                );
                *ends.errors.entry(error.kind.code()).or_default() += 1;
            }
        }
        drop(ends);
        assert!(
            over < MARGIN,
            "a batch took {:?} with a totalTimeout of {total:?}; the machine has lost {lost:?}",
            read.took
        );
    }

    /// One thing after the other goes wrong, and is mended. At most one node is away at a time, and none stops before all
    /// records have their copies again: with two copies that loses nothing.
    fn make_chaos(&self) {
        let mut rng = self.random(READERS);
        while !self.over.load(Ordering::Relaxed) {
            let mut faults: Vec<String> = Vec::new();
            for _ in 0..rng.random_range(0..4) {
                let node = [String::new(), format!(" node={}", rng.random_range(0..NODES))];
                faults.push(format!(
                    "{}{}",
                    FAULTS.choose(&mut rng).unwrap(),
                    node.choose(&mut rng).unwrap()
                ));
            }
            // A row under the index of another is found out by that other one. Where it is left out, or where the wrong row
            // is that of an earlier reply, the reply is a lie that nobody can see through.
            if faults.iter().any(|rule| rule.contains("index=doubled")) {
                faults.retain(|rule| !rule.contains("lose=") && !rule.contains("stale"));
            }
            self.stocked.set_faults(&faults);
            self.faults.lock().unwrap().push(faults);
            self.pause(&mut rng, 300);
            let node = rng.random_range(0..NODES);
            match rng.random_range(0..5) {
                0 | 1 if self.is_settled() => {
                    self.stocked.server.stop_node(node).unwrap();
                    self.pause(&mut rng, 600);
                    self.stocked.server.start_node(node).unwrap();
                }
                2 => {
                    self.stocked.server.freeze_node(node).unwrap();
                    self.pause(&mut rng, 600);
                    self.stocked.server.thaw_node(node).unwrap();
                }
                _ => {}
            }
        }
        self.stocked.set_faults(&[""; 0]);
    }

    /// How long things stay as they are is part of the schedule.
    fn pause(&self, rng: &mut StdRng, most: u64) {
        std::thread::sleep(Duration::from_millis(rng.random_range(0..most)));
    }

    fn is_settled(&self) -> bool {
        self.stocked.set_faults(&[""; 0]);
        (0..NODES).all(|node| self.stocked.is_stable(node, NODES))
    }
}

/// Says what was going wrong when a check fails.
struct ToldOnPanic<'s>(&'s Simulation);

impl Drop for ToldOnPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let faults = self.0.faults.lock().unwrap_or_else(PoisonError::into_inner);
            let latest = &faults[faults.len().saturating_sub(3)..];
            println!("seed {}, with the faults {latest:?}", self.0.seed);
        }
    }
}

fn policy(rng: &mut StdRng) -> BatchPolicy {
    BatchPolicy {
        total_timeout: Duration::from_millis(*[5, 50, 300, 1500].choose(rng).unwrap()),
        socket_timeout: Duration::from_millis(*[20, 100, 400].choose(rng).unwrap()),
        max_retries: rng.random_range(0..4),
        sleep_between_retries: Duration::from_millis(rng.random_range(0..10)),
        replica: *[Replica::Sequence, Replica::Master, Replica::Random].choose(rng).unwrap(),
        max_keys_per_request: *[0, 1, 16].choose(rng).unwrap(),
        max_concurrent_requests: *[0, 1, 2].choose(rng).unwrap(),
        ..BatchPolicy::default()
    }
}

/// The seed of this run, from the environment or new.
fn seed() -> u64 {
    let given = std::env::var("AEROSTRIDE_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = given.unwrap_or_else(rand::random);
    println!("to see this run again: AEROSTRIDE_TEST_SEED={seed}");
    seed
}

fn seconds() -> Duration {
    let given = std::env::var("AEROSTRIDE_SIMULATION_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    Duration::from_secs(given.unwrap_or(5))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_wrong_nothing_stuck_whatever_happens() {
    let seed = seed();
    let stocked = Stocked::start(hasty(NODES).seed(seed), RECORDS, 24).await;
    let client = stocked.client().await;
    let (ends, over, faults) = (Mutex::default(), AtomicBool::new(false), Mutex::default());
    let simulation = Arc::new(Simulation { seed, stocked, client, ends, over, faults, lag: Lag::measure() });
    let chaos = {
        let simulation = Arc::clone(&simulation);
        tokio::task::spawn_blocking(move || simulation.make_chaos())
    };
    let mut readers: tokio::task::JoinSet<()> =
        (0..READERS).map(|reader| Arc::clone(&simulation).read_on(reader)).collect();
    // A reader that ends before the time is up has failed.
    let failed = tokio::time::timeout(seconds(), readers.join_next()).await;
    simulation.over.store(true, Ordering::Relaxed);
    if let Ok(Some(failed)) = failed {
        failed.unwrap();
    }
    while let Some(reader) = readers.join_next().await {
        reader.unwrap();
    }
    chaos.await.unwrap();
    // When everything is mended, everything is there.
    let everything: Vec<usize> = (0..RECORDS).collect();
    let client = &simulation.client;
    until("all nodes are back", || client.stats().nodes.len() == NODES).await;
    until("all nodes are in use", || client.stats().nodes.iter().all(|node| node.available)).await;
    until("the cluster is whole", || simulation.is_settled()).await;
    simulation.stocked.read(client, everything, BatchPolicy::default()).await.assert_complete();
    until("no connection is in use", || client.stats().nodes.iter().all(|node| node.in_use == 0)).await;
    let ends = simulation.ends.lock().unwrap();
    println!("{} batches; rows by code {:?}; errors {:?}", ends.batches, ends.rows, ends.errors);
    println!(
        "the latest batch came {:?} after its timeout; the machine was {:?} late at worst, besides",
        ends.slowest_over,
        simulation.lag.worst()
    );
}
