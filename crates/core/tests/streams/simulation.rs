//! Scans and index queries under seeded faults, with nodes that stop and return in the middle of them: every record is
//! delivered once, whatever happens; where a stream fails or its consumer goes away, another one goes on from its cursor, as
//! text, and delivers exactly the rest.
//!
//! Several clusters run side by side, because most of a schedule is waiting: for timeouts, and for nodes.
//! `AEROSTRIDE_SIMULATION_SECONDS` says how long (5 by default), `AEROSTRIDE_SCANS` how many scans to make instead, and
//! `AEROSTRIDE_TEST_SEED` repeats a schedule.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aerospike::{ClientPolicy, WritePolicy, as_bin, as_key};
use aerostride_core::{
    Client, ErrorKind, IndexDefinition, IndexElements, IndexRangeOf, IndexSpec, IndexValues, Replica,
    StreamOptions, StreamPolicy,
};
use aerostride_wire::{IndexType, KeyType, digest, particle_type, partition_of};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};

use crate::reader::{Reader, Row, assert_each_once, scan};
use crate::stocked::{Stocked, hasty, padding, until};

const NODES: usize = 3;
/// Clusters, and the consumers that each of them has at a time.
const CLUSTERS: u64 = 5;
const CONSUMERS: u64 = 3;

/// All records are in a few partitions, so that a partition has several to break off between.
const PARTITIONS: usize = 48;
const RECORDS: usize = 240;
/// Bytes of a record's padding. Those of one cluster are so large that a reply has several frames.
const PAD: usize = 16;
const LARGE_PAD: usize = 30_000;

/// No scan takes longer, even if everything goes wrong again and again.
const PATIENCE: Duration = Duration::from_secs(120);

/// What can go wrong with the reply of a scan so that it can be noticed. A record that a server leaves out in silence cannot,
/// nor a whole reply to an earlier request that comes after the next one was sent, as no reply says whose it is: a second
/// last message never drips.
const FAULTS: [&str; 27] = [
    "on=scan chance=0.1 cut=0",
    "on=scan chance=0.1 cut=11",
    "on=scan chance=0.1 cut=900",
    "on=scan chance=0.1 cut=2500",
    "on=scan chance=0.1 cut=1200000",
    "on=scan chance=0.03 stall=700",
    "on=scan chance=0.03 stall=1100000",
    "on=scan chance=0.1 delay=30",
    DRIP,
    "on=scan chance=0.1 refuse",
    "on=scan chance=0.1 close",
    "on=scan chance=0.03 silence",
    "on=connect chance=0.2 close",
    "on=info chance=0.2 close",
    "on=scan chance=0.1 size=short",
    "on=scan chance=0.1 size=long",
    "on=scan chance=0.1 size=huge",
    "on=scan chance=0.1 type=1",
    "on=scan chance=0.1 double=2",
    "on=scan chance=0.1 partition=foreign",
    "on=scan chance=0.1 partition=early",
    "on=scan chance=0.1 abort=3",
    "on=scan chance=0.1 code=18x1",
    "on=scan chance=0.1 trailer=9",
    "on=scan chance=0.1 trailer=missing",
    DOUBLED_END,
    "on=scan chance=0.1 garbage=200",
];

const DRIP: &str = "on=scan chance=0.02 drip=1";
const DOUBLED_END: &str = "on=scan chance=0.1 trailer=doubled";

/// What has happened in a run.
#[derive(Debug, Default)]
struct Tally {
    scans: AtomicUsize,
    queries: AtomicUsize,
    rows: AtomicUsize,
    failed_requests: AtomicUsize,
    failed_streams: AtomicUsize,
    left_streams: AtomicUsize,
    resumed_streams: AtomicUsize,
    stopped_nodes: AtomicUsize,
    faults: AtomicU64,
    slowest_ms: AtomicU64,
}

impl Tally {
    fn add(count: &AtomicUsize, more: usize) {
        count.fetch_add(more, Ordering::Relaxed);
    }

    /// Whether so much has gone wrong that a run says something.
    fn has_enough(&self) -> bool {
        let more = |count: &AtomicUsize, than| count.load(Ordering::Relaxed) > than;
        more(&self.scans, 0) && more(&self.failed_requests, 10) && more(&self.resumed_streams, 10)
    }
}

/// How much is to be done.
#[derive(Debug)]
enum Goal {
    Until(Instant),
    Scans(usize),
}

/// What all clusters share.
#[derive(Debug)]
struct Run {
    seed: u64,
    goal: Goal,
    begun: AtomicUsize,
    /// A check has failed: nobody needs to go on.
    broken: AtomicBool,
    tally: Tally,
}

impl Run {
    fn new() -> Arc<Self> {
        let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
        let seed = number("AEROSTRIDE_TEST_SEED").unwrap_or_else(rand::random);
        println!("to see this run again: AEROSTRIDE_TEST_SEED={seed}");
        let seconds = number("AEROSTRIDE_SIMULATION_SECONDS").unwrap_or(5);
        let goal = match number("AEROSTRIDE_SCANS") {
            Some(scans) => Goal::Scans(scans as usize),
            None => Goal::Until(Instant::now() + Duration::from_secs(seconds)),
        };
        Arc::new(Self {
            seed,
            goal,
            begun: AtomicUsize::new(0),
            broken: AtomicBool::new(false),
            tally: Tally::default(),
        })
    }

    /// Whether another scan is to be made.
    fn goes_on(&self) -> bool {
        let begun = self.begun.fetch_add(1, Ordering::Relaxed);
        if self.broken.load(Ordering::Relaxed) {
            return false;
        }
        match self.goal {
            // A busy machine gets less done in the time.
            Goal::Until(end) => {
                let now = Instant::now();
                now < end || (now < end + PATIENCE && !self.tally.has_enough())
            }
            Goal::Scans(scans) => begun < scans,
        }
    }

    /// Every actor has random numbers of its own, so that its schedule does not depend on how fast the others are.
    fn random(&self, actor: u64) -> StdRng {
        StdRng::seed_from_u64(self.seed.wrapping_mul(1_000_003).wrapping_add(actor))
    }
}

/// A cluster with its records, and those who read them.
struct Cluster {
    run: Arc<Run>,
    number: u64,
    stocked: Stocked,
    client: Client,
    over: AtomicBool,
    /// The faults so far, the present ones last.
    faults: Mutex<Vec<Vec<&'static str>>>,
}

impl Cluster {
    async fn start(run: Arc<Run>, number: u64) -> Self {
        let pad = if number == 0 { LARGE_PAD } else { PAD };
        let config = hasty(NODES).replication_factor(2).seed(run.seed.wrapping_add(number));
        let mut stocked = Stocked::start(config, 0, pad).await;
        stocked.records = if number == 0 { RECORDS / 2 } else { RECORDS };
        fill(&stocked).await;
        let client = stocked.client().await;
        client.create_index(&index_definition()).await.unwrap();
        let (over, faults) = (AtomicBool::new(false), Mutex::default());
        Self { run, number, stocked, client, over, faults }
    }

    /// One thing after the other goes wrong, and is mended. At most one node is away at a time, and none stops before all
    /// records have their copies again: with two copies that loses nothing.
    fn make_chaos(&self) {
        let mut random = self.run.random(self.number * 1000);
        while !self.over.load(Ordering::Relaxed) && !self.run.broken.load(Ordering::Relaxed) {
            let wanted = random.random_range(0..6);
            let mut faults: Vec<&str> = FAULTS.sample(&mut random, wanted).copied().collect();
            if faults.contains(&DOUBLED_END) {
                faults.retain(|fault| *fault != DRIP);
            }
            self.go_wrong(&faults);
            pause(&mut random, 120);
            let node = random.random_range(0..NODES);
            if random.random_bool(0.06) && self.is_settled() {
                self.go_wrong(&faults);
                self.stocked.server.stop_node(node).unwrap();
                Tally::add(&self.run.tally.stopped_nodes, 1);
                pause(&mut random, 500);
                self.stocked.server.start_node(node).unwrap();
            }
        }
        self.go_wrong(&[]);
    }

    fn go_wrong(&self, faults: &[&'static str]) {
        let fired = self.stocked.server.stats().faults;
        self.run.tally.faults.fetch_add(fired, Ordering::Relaxed);
        self.stocked.set_faults(faults);
        self.faults.lock().unwrap().push(faults.to_vec());
    }

    fn is_settled(&self) -> bool {
        self.go_wrong(&[]);
        (0..NODES).all(|node| self.stocked.is_stable(node, NODES))
    }

    async fn consume(self: Arc<Self>, consumer: u64) {
        let mut random = self.run.random(self.number * 1000 + consumer + 1);
        while self.run.goes_on() {
            let told = ToldOnPanic(&self);
            let begin = Instant::now();
            let is_query = random.random_bool(0.3);
            let rows = self.read_all(&mut random, is_query).await;
            assert_each_once(&rows, self.stocked.records, self.stocked.pad);
            drop(told);
            let tally = &self.run.tally;
            Tally::add(if is_query { &tally.queries } else { &tally.scans }, 1);
            Tally::add(&tally.rows, rows.len());
            tally.slowest_ms.fetch_max(begin.elapsed().as_millis() as u64, Ordering::Relaxed);
        }
    }

    /// One scan or query, over as many streams as it needs.
    async fn read_all(&self, random: &mut StdRng, is_query: bool) -> Vec<Row> {
        let (mut rows, mut after) = (Vec::new(), None);
        let deadline = Instant::now() + PATIENCE;
        let partitions = random.random_bool(0.5).then(stocked_partitions);
        let tally = &self.run.tally;
        loop {
            let options = StreamOptions {
                index: is_query.then(everything),
                partitions: partitions.clone(),
                policy: policy(random),
                max_rows: *[0, 0, 0, 70].choose(random).unwrap(),
                after,
                ..scan()
            };
            let mut reader = Reader::new(&self.client, options, self.stocked.pad, self.batch_rows(random));
            // Some consumers go away after a few batches.
            let most = if random.random_bool(0.1) { random.random_range(0..5) } else { usize::MAX };
            let ended = read_some(&mut reader, most, &mut rows).await;
            Tally::add(&tally.failed_requests, reader.stream.failures().len());
            let cursor = reader.cursor();
            match &ended {
                Ok(true) if cursor.is_done() => return rows,
                Ok(true) => {}
                Ok(false) => Tally::add(&tally.left_streams, 1),
                Err(error) => {
                    let is_ours = matches!(
                        error.kind,
                        ErrorKind::Internal
                            | ErrorKind::Closed
                            | ErrorKind::InvalidArgument
                            | ErrorKind::Aborted
                    );
                    assert!(!is_ours, "{error:?}");
                    Tally::add(&tally.failed_streams, 1);
                }
            }
            assert!(Instant::now() < deadline, "no end after {PATIENCE:?}: {ended:?}");
            Tally::add(&tally.resumed_streams, 1);
            after = Some(cursor);
        }
    }

    fn batch_rows(&self, random: &mut StdRng) -> usize {
        let sizes: &[usize] = if self.stocked.pad == LARGE_PAD { &[1, 7, 40] } else { &[1, 7, 50, 1000] };
        *sizes.choose(random).unwrap()
    }
}

/// Reads batches until the stream ends (`true`) or there were enough of them.
async fn read_some(
    reader: &mut Reader,
    most: usize,
    rows: &mut Vec<Row>,
) -> Result<bool, aerostride_core::Error> {
    for _ in 0..most {
        let Some(mut more) = reader.next().await? else { return Ok(true) };
        rows.append(&mut more);
    }
    Ok(false)
}

/// Says what was going wrong when a check fails.
struct ToldOnPanic<'c>(&'c Cluster);

impl Drop for ToldOnPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.run.broken.store(true, Ordering::Relaxed);
            let faults = self.0.faults.lock().unwrap_or_else(PoisonError::into_inner);
            let latest = &faults[faults.len().saturating_sub(3)..];
            println!("seed {}, cluster {}, with the faults {latest:?}", self.0.run.seed, self.0.number);
        }
    }
}

/// How long things stay as they are is part of the schedule.
fn pause(random: &mut StdRng, most: u64) {
    std::thread::sleep(Duration::from_millis(random.random_range(0..most)));
}

/// Where the records are: all over the nodes.
fn stocked_partitions() -> Vec<u16> {
    (0..PARTITIONS as u16).map(|place| place * 85 + 7).collect()
}

/// The user keys of the records: integers that fall into the partitions.
fn user_keys(records: usize) -> Vec<i64> {
    let wanted = stocked_partitions();
    let fits = |key: &i64| {
        let partition = partition_of(&digest(b"stock", KeyType::Int, &key.to_be_bytes()));
        wanted.binary_search(&(partition as u16)).is_ok()
    };
    (0..).filter(fits).take(records).collect()
}

async fn fill(stocked: &Stocked) {
    let address = stocked.server.addresses()[0].to_string();
    let crates = aerospike::Client::new(&ClientPolicy::default(), &address).await.unwrap();
    for (number, key) in user_keys(stocked.records).into_iter().enumerate() {
        let bins = [as_bin!("n", number as i64), as_bin!("pad", padding(number, stocked.pad))];
        crates.put(&WritePolicy::default(), &as_key!("test", "stock", key), &bins).await.unwrap();
    }
    crates.close().await.unwrap();
}

fn index_definition() -> IndexDefinition {
    IndexDefinition {
        namespace: "test".into(),
        set: "stock".into(),
        name: "stock_n".into(),
        values: IndexValues::Numeric,
        elements: IndexElements::Whole,
        bin: "n".into(),
        context: None,
        expression: None,
    }
}

/// Every record, by the index.
fn everything() -> IndexSpec {
    IndexSpec {
        bin: "n".into(),
        name: None,
        index_type: IndexType::Default,
        context: None,
        expression: None,
        range: IndexRangeOf {
            particle: particle_type::INT,
            begin: 0_i64.to_be_bytes().to_vec(),
            end: i64::MAX.to_be_bytes().to_vec(),
        },
    }
}

fn policy(random: &mut StdRng) -> StreamPolicy {
    let milliseconds = Duration::from_millis;
    StreamPolicy {
        total_timeout: milliseconds(*[150, 600, 3000].choose(random).unwrap()),
        socket_timeout: milliseconds(*[40, 80].choose(random).unwrap()),
        server_timeout: milliseconds(*[50, 1000, 120_000].choose(random).unwrap()),
        max_retries: *[1, 3, 10].choose(random).unwrap(),
        sleep_between_retries: milliseconds(2),
        replica: *[Replica::Sequence, Replica::Sequence, Replica::Random].choose(random).unwrap(),
        connections_per_node: random.random_range(1..4),
        part_bytes: *[1, 300, 64 * 1024].choose(random).unwrap(),
    }
}

async fn simulate(run: Arc<Run>, number: u64) {
    let cluster = Arc::new(Cluster::start(run, number).await);
    let chaos = {
        let cluster = Arc::clone(&cluster);
        tokio::task::spawn_blocking(move || cluster.make_chaos())
    };
    let mut consumers: tokio::task::JoinSet<()> =
        (0..CONSUMERS).map(|consumer| Arc::clone(&cluster).consume(consumer)).collect();
    let mut failed = None;
    while let Some(ended) = consumers.join_next().await {
        failed = failed.or(ended.err());
    }
    cluster.over.store(true, Ordering::Relaxed);
    chaos.await.unwrap();
    if let Some(failed) = failed {
        std::panic::resume_unwind(failed.into_panic());
    }
    let client = &cluster.client;
    until("no connection is in use", || client.stats().nodes.iter().all(|node| node.in_use == 0)).await;
    client.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_record_is_delivered_once_whatever_happens() {
    let run = Run::new();
    let begin = Instant::now();
    let mut clusters: tokio::task::JoinSet<()> =
        (0..CLUSTERS).map(|number| simulate(Arc::clone(&run), number)).collect();
    while let Some(ended) = clusters.join_next().await {
        ended.unwrap();
    }
    let tally = &run.tally;
    println!("{tally:#?} in {:.1} s", begin.elapsed().as_secs_f64());
    assert!(tally.has_enough(), "too little has gone wrong, or too few streams went on from a cursor");
}
