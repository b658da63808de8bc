//! Nodes that stop, hang and return while batches run.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use aerostride_core::{CancellationToken, Client, ReadPolicy};
use aerostride_devserver::Config;

use crate::stocked::{Read, Stocked, hasty, until};

const RECORDS: usize = 3000;
const READERS: usize = 4;
const KEYS: usize = 100;

/// What readers under load have seen.
#[derive(Debug, Default)]
struct Seen {
    batches: AtomicU64,
    /// The slowest batch before anything happened, in microseconds: how busy the machine is with other things.
    slowest_before: AtomicU64,
    /// The slowest batch that began after the dead node had been met.
    slowest: AtomicU64,
    /// Whether a batch has come back from an attempt that failed.
    met: AtomicBool,
    stop: AtomicBool,
}

/// Reads batch after batch, all of which have to be whole.
async fn read_on(stocked: Arc<Stocked>, client: Client, seen: Arc<Seen>, reader: usize) {
    for round in 0_usize.. {
        if seen.stop.load(Ordering::Relaxed) {
            return;
        }
        let first = (reader * 997 + round * 131) % RECORDS;
        let numbers = (first..first + KEYS).map(|number| number % RECORDS).collect();
        let met_before = seen.met.load(Ordering::Relaxed);
        let read = stocked.read(&client, numbers, ReadPolicy::default()).await;
        read.assert_complete();
        let met = seen.met.fetch_or(client.stats().retried_rows > 0, Ordering::Relaxed);
        let took = read.took.as_micros() as u64;
        if met_before {
            seen.slowest.fetch_max(took, Ordering::Relaxed);
        } else if !met {
            seen.slowest_before.fetch_max(took, Ordering::Relaxed);
        }
        seen.batches.fetch_add(1, Ordering::Relaxed);
    }
}

async fn more_batches(seen: &Seen, count: u64) {
    let goal = seen.batches.load(Ordering::Relaxed) + count;
    until("readers go on", || seen.batches.load(Ordering::Relaxed) >= goal).await;
}

/// As `kill -9` of a process: one of three nodes goes under load and comes back, at the pace of a real cluster.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_row_fails_when_a_node_stops_and_returns() {
    let stocked = Arc::new(Stocked::start(Config::new().nodes(3), RECORDS, 20).await);
    let client = stocked.client().await;
    let seen = Arc::new(Seen::default());
    let readers: Vec<_> = (0..READERS)
        .map(|reader| tokio::spawn(read_on(Arc::clone(&stocked), client.clone(), Arc::clone(&seen), reader)))
        .collect();
    more_batches(&seen, 100).await;
    assert_eq!(client.stats().retried_rows, 0);
    // Counts how often anybody reads the map: our client, its control plane, and nobody else.
    stocked.set_faults(&["on=info info=replicas delay=0"]);
    let begin = Instant::now();
    let server = Arc::clone(&stocked);
    tokio::task::spawn_blocking(move || server.server.stop_node(2).unwrap()).await.unwrap();
    until("the client has noticed", || client.stats().nodes.len() == 2).await;
    until("the records have moved", || stocked.is_stable(0, 2)).await;
    more_batches(&seen, 100).await;
    stocked.server.start_node(2).unwrap();
    until("the client has noticed", || client.stats().nodes.len() == 3).await;
    until("the records are back", || (0..3).all(|node| stocked.is_stable(node, 3))).await;
    more_batches(&seen, 100).await;
    until("the node is used", || client.stats().nodes.iter().all(|node| node.available)).await;
    seen.stop.store(true, Ordering::Relaxed);
    for reader in readers {
        reader.await.unwrap();
    }
    let (reads, seconds) = (stocked.server.stats().faults, begin.elapsed().as_secs_f64());
    let time = |micros: &AtomicU64| Duration::from_micros(micros.load(Ordering::Relaxed));
    let (slowest, before) = (time(&seen.slowest), time(&seen.slowest_before));
    let stats = client.stats();
    println!(
        "{} batches, {} rows sent again, the slowest took {slowest:?}, {before:?} before; {reads} reads of the map in {seconds:.1} s",
        stats.batches, stats.retried_rows
    );
    assert!(
        slowest < Duration::from_millis(500).max(before * 4),
        "a batch took {slowest:?}, {before:?} before"
    );
    // Once a second and node by the control plane, and as often by ourselves.
    assert!((reads as f64) < (seconds + 2.0) * 3.0 * 2.0, "{reads} reads of the map in {seconds} s");
    client.close().await;
}

/// A node that hangs is met once, for socketTimeout; after that no batch waits for it, whenever it is probed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_hangs_costs_only_the_batch_that_meets_it() {
    let never = Duration::from_secs(3600);
    let stocked = Stocked::start(Config::new().nodes(3).failure_detection(never), RECORDS, 20).await;
    let client = stocked.client().await;
    let everything = || (0..RECORDS).collect::<Vec<_>>();
    let policy = ReadPolicy { socket_timeout: Duration::from_millis(700), ..ReadPolicy::default() };
    stocked.read(&client, everything(), policy.clone()).await.assert_complete();
    stocked.server.freeze_node(1).unwrap();
    let read = stocked.read(&client, everything(), policy.clone()).await;
    read.assert_complete();
    assert!(read.took >= policy.socket_timeout, "{:?}", read.took);
    let before = client.stats().retried_rows;
    let begin = Instant::now();
    // Long enough for probes after 100, 200 and 400 ms, each of which waits for connectTimeout.
    while begin.elapsed() < Duration::from_millis(2500) {
        stocked.read(&client, everything(), policy.clone()).await.assert_complete();
    }
    assert_eq!(client.stats().retried_rows, before, "a batch has met the node again");
    stocked.server.thaw_node(1).unwrap();
    until("the node is used again", || client.stats().nodes.iter().all(|node| node.available)).await;
    stocked.read(&client, everything(), policy).await.assert_complete();
    assert_eq!(client.stats().retried_rows, before);
    client.close().await;
}

/// Rows whose only copy is on a node that hangs: the others say that they cannot have them, until it is back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_whose_only_copy_is_away_are_read_when_it_is_back() {
    let stocked = Arc::new(Stocked::start(hasty(2).replication_factor(1), RECORDS, 20).await);
    let client = stocked.client().await;
    let everything = || (0..RECORDS).collect::<Vec<_>>();
    stocked.server.freeze_node(1).unwrap();
    until("the client has noticed", || client.stats().nodes.len() == 1).await;
    let read = stocked.read(&client, everything(), ReadPolicy::default()).await;
    read.assert_honest();
    let away = read.codes().iter().filter(|code| **code == 11).count();
    let outcome = read.ended.as_ref().unwrap();
    assert_eq!(outcome.ok as usize + away, RECORDS);
    assert!(away > RECORDS / 4, "{away}");
    // They were answered, with a code.
    assert!(outcome.failures.is_empty(), "{:?}", outcome.failures);
    let reading = read_patiently(&stocked, &client);
    stocked.server.thaw_node(1).unwrap();
    reading.await.unwrap().assert_complete();
    client.close().await;
}

/// A batch that is sent again until all its rows are answered for good.
fn read_patiently(stocked: &Arc<Stocked>, client: &Client) -> tokio::task::JoinHandle<Read> {
    let policy = ReadPolicy {
        max_retries: 100_000,
        socket_timeout: Duration::from_millis(500),
        total_timeout: Duration::from_secs(30),
        ..ReadPolicy::default()
    };
    let (stocked, client) = (Arc::clone(stocked), client.clone());
    tokio::spawn(async move { stocked.read(&client, (0..RECORDS).collect(), policy).await })
}

/// When nobody listens, nothing is waited for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_that_is_gone_is_an_error_of_all_nodes() {
    let stocked = Arc::new(Stocked::start(hasty(2), RECORDS, 20).await);
    let client = stocked.client().await;
    for node in 0..2 {
        let server = Arc::clone(&stocked);
        tokio::task::spawn_blocking(move || server.server.stop_node(node).unwrap()).await.unwrap();
    }
    let read = stocked.read(&client, (0..RECORDS).collect(), ReadPolicy::default()).await;
    read.assert_honest();
    let error = read.ended.unwrap_err();
    assert_eq!((error.kind, error.attempts), (aerostride_core::ErrorKind::Connection, Some(3)));
    assert!(error.node.is_some());
    assert!(read.took < Duration::from_secs(8), "{:?}", read.took);
    client.close().await;
}

/// The map must not be read by the batches themselves: they retry by the thousand.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn retries_do_not_read_the_map_more_often() {
    let stocked = Arc::new(Stocked::start(hasty(3), RECORDS, 20).await);
    let client = stocked.client().await;
    // Nobody answers questions about the map, so that it stays old as soon as the cluster moves.
    stocked.set_faults(&["on=info info=replicas close", "on=batch code=18"]);
    stocked.server.freeze_node(2).unwrap();
    until("the cluster has moved", || stocked.is_stable(0, 2)).await;
    let (fired, retried) = (stocked.server.stats().faults, client.stats().retried_rows);
    let policy = ReadPolicy {
        max_retries: 100_000,
        total_timeout: Duration::from_millis(2000),
        sleep_between_retries: Duration::from_millis(1),
        ..ReadPolicy::default()
    };
    let never = CancellationToken::new();
    let batch = |first: usize| stocked.prepare(vec![first]).run(&client, policy.clone(), &never);
    let reads = futures_util::future::join_all((0..20).map(batch)).await;
    assert!(reads.iter().all(|read| read.ended.is_ok() || read.ended.is_err()));
    let retried = client.stats().retried_rows - retried;
    assert!(retried > 50, "{retried}");
    // Every retry is one more event of the other rule.
    let map_reads = (stocked.server.stats().faults - fired).saturating_sub(retried + 20);
    println!("{retried} retries, {map_reads} reads of the map");
    assert!(map_reads < 3 * 2 * 2 * 5, "{map_reads} reads of the map in 2 s");
    client.close().await;
}
