//! Scans under seeded faults, with nodes that stop and return: every record is delivered once, whatever happens; where a
//! stream fails, another one goes on from its cursor, as text, and delivers exactly the rest.
//!
//! `AEROSTRIDE_TEST_SEED` repeats a schedule, `AEROSTRIDE_SCANS` says how many scans the long run makes.

use std::time::{Duration, Instant};

use aerostride_core::{Client, StreamOptions, StreamPolicy};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};

use crate::reader::{Reader, Row, assert_each_once, scan};
use crate::stocked::{Stocked, hasty, until};

const NODES: usize = 3;
const RECORDS: usize = 400;
const PAD: usize = 16;

/// What can go wrong with the reply of a scan so that it can be noticed. A record that a server leaves out in silence cannot.
const FAULTS: [&str; 18] = [
    "on=scan chance=0.06 cut=0",
    "on=scan chance=0.06 cut=11",
    "on=scan chance=0.06 cut=900",
    "on=scan chance=0.06 cut=5000",
    "on=scan chance=0.01 stall=700",
    "on=scan chance=0.01 delay=30",
    "on=scan chance=0.06 refuse",
    "on=scan chance=0.06 close",
    "on=scan chance=0.01 silence",
    "on=connect chance=0.1 close",
    "on=scan chance=0.06 size=short",
    "on=scan chance=0.06 size=long",
    "on=scan chance=0.06 type=1",
    "on=scan chance=0.06 double=2",
    "on=scan chance=0.06 partition=foreign",
    "on=scan chance=0.06 partition=early",
    "on=scan chance=0.06 trailer=missing",
    "on=scan chance=0.06 garbage=200",
];

/// What has happened in a run.
#[derive(Debug, Default)]
struct Tally {
    scans: usize,
    requests_failed: usize,
    streams_failed: usize,
    stops: usize,
}

fn seed() -> u64 {
    std::env::var("AEROSTRIDE_TEST_SEED").map_or_else(|_| rand::random(), |seed| seed.parse().unwrap())
}

fn policy(random: &mut StdRng) -> StreamPolicy {
    StreamPolicy {
        socket_timeout: Duration::from_millis(100),
        server_timeout: Duration::from_millis(*[50, 1000, 120_000].choose(random).unwrap()),
        max_retries: *[2, 10].choose(random).unwrap(),
        sleep_between_retries: Duration::from_millis(2),
        connections_per_node: random.random_range(1..4),
        ..StreamPolicy::default()
    }
}

/// One scan, over as many streams as it needs.
async fn one_scan(client: &Client, random: &mut StdRng, tally: &mut Tally) -> Vec<Row> {
    let (mut rows, mut after) = (Vec::new(), None);
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let batch_rows = *[1, 7, 50, 1000].choose(random).unwrap();
        let max_rows = *[0, 0, 0, 90].choose(random).unwrap();
        let options = StreamOptions { after, policy: policy(random), max_rows, ..scan() };
        let mut reader = Reader::new(client, options, PAD, batch_rows);
        let ended = loop {
            match reader.next().await {
                Ok(Some(mut more)) => rows.append(&mut more),
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        tally.requests_failed += reader.stream.failures().len();
        let cursor = reader.cursor();
        if ended.is_ok() && cursor.is_done() {
            return rows;
        }
        tally.streams_failed += usize::from(ended.is_err());
        assert!(ended.is_ok() || Instant::now() < deadline, "no end: {ended:?}");
        after = Some(cursor);
    }
}

async fn run(scans: usize, seed: u64, with_stops: bool) -> Tally {
    println!("seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let stocked = Stocked::start(hasty(NODES).replication_factor(2).seed(seed), RECORDS, PAD).await;
    let client = stocked.client().await;
    let mut tally = Tally::default();
    for scan in 0..scans {
        let faults: Vec<&str> = FAULTS.sample(&mut random, 4).copied().collect();
        stocked.set_faults(&faults);
        let stopped = (with_stops && random.random_bool(0.1)).then(|| random.random_range(0..NODES));
        if let Some(node) = stopped {
            tally.stops += 1;
            stocked.server.stop_node(node).unwrap();
        }
        let rows = one_scan(&client, &mut random, &mut tally).await;
        assert_each_once(&rows, RECORDS, PAD);
        tally.scans = scan + 1;
        if let Some(node) = stopped {
            stocked.set_faults(&[] as &[&str]);
            stocked.server.start_node(node).unwrap();
            until("the cluster is whole again", || (0..NODES).all(|node| stocked.is_stable(node, NODES)))
                .await;
        }
    }
    client.close().await;
    tally
}

#[tokio::test(flavor = "multi_thread")]
async fn every_record_is_delivered_once_whatever_connections_do() {
    let tally = run(25, seed(), false).await;
    println!("{tally:?}");
    assert!(tally.requests_failed > 10, "{tally:?}: too little has gone wrong");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_record_is_delivered_once_while_nodes_stop_and_return() {
    let tally = run(15, seed(), true).await;
    println!("{tally:?}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes"]
async fn exactly_once_for_long() {
    let scans = std::env::var("AEROSTRIDE_SCANS").map_or(10_000, |scans| scans.parse().unwrap());
    let begin = Instant::now();
    let tally = run(scans, seed(), true).await;
    println!("{tally:?} in {:.1} s", begin.elapsed().as_secs_f64());
}
