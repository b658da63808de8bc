//! Nodes that stop, hang and return while batches run.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aerostride_core::{BatchPolicy, CancellationToken, Client, ConnectOptions};
use aerostride_devserver::Config;
#[cfg(target_os = "linux")]
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use crate::load::Load;
use crate::stocked::{Read, Stocked, hasty, until};

const RECORDS: usize = 3000;

fn load_of(stocked: &Arc<Stocked>, client: &Client) -> Load {
    let stocked = Arc::clone(stocked);
    Load::start(client, RECORDS, move |numbers| stocked.prepare(numbers))
}

/// One of three nodes stops, the others take over, and it returns.
async fn go_and_return(stocked: &Arc<Stocked>, client: &Client, load: &Load, node: usize) {
    let server = Arc::clone(stocked);
    tokio::task::spawn_blocking(move || server.server.stop_node(node).unwrap()).await.unwrap();
    until("the client has noticed", || client.stats().nodes.len() == 2).await;
    until("the records have moved", || stocked.is_stable((node + 1) % 3, 2)).await;
    load.more_batches(100).await;
    stocked.server.start_node(node).unwrap();
    until("the client has noticed", || client.stats().nodes.len() == 3).await;
    until("the records are back", || (0..3).all(|node| stocked.is_stable(node, 3))).await;
    load.more_batches(100).await;
    until("the node is used", || client.stats().nodes.iter().all(|node| node.available)).await;
}

/// How often a node stops, one by default.
fn rounds() -> usize {
    std::env::var("AEROSTRIDE_STOP_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(1)
}

/// As `kill -9` of a process: one of three nodes goes under load and comes back, at the pace of a real cluster.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_row_fails_when_a_node_stops_and_returns() {
    let stocked = Arc::new(Stocked::start(Config::new().nodes(3), RECORDS, 20).await);
    let client = stocked.client().await;
    let load = load_of(&stocked, &client);
    load.more_batches(100).await;
    assert_eq!(client.stats().retried_rows, 0);
    // Counts how often anybody reads the map: our client, its control plane, and nobody else.
    stocked.set_faults(&["on=info info=replicas delay=0"]);
    let begin = Instant::now();
    for round in 0..rounds() {
        go_and_return(&stocked, &client, &load, (2 + round) % 3).await;
    }
    let slowest = load.end().await;
    let (reads, seconds) = (stocked.server.stats().faults, begin.elapsed().as_secs_f64());
    let stats = client.stats();
    println!(
        "{} batches, {} rows sent again, the slowest took {slowest:?}; \
         {reads} reads of the map in {seconds:.1} s",
        stats.batches, stats.retried_rows
    );
    assert!(stats.retried_rows > 0, "nobody has met the dead node");
    assert!(slowest < Duration::from_millis(500), "a batch took {slowest:?}");
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
    let policy = BatchPolicy { socket_timeout: Duration::from_millis(700), ..BatchPolicy::default() };
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

/// A port that takes no connection and refuses none, as that of a machine that is gone.
#[cfg(target_os = "linux")]
async fn black_hole(address: std::net::SocketAddr) -> (TcpListener, Vec<TcpStream>) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.bind(address).unwrap();
    let listener = socket.listen(0).unwrap();
    // When the queue of those that wait to be accepted is full, nobody is answered.
    let mut waiting = Vec::new();
    while let Ok(connected) =
        tokio::time::timeout(Duration::from_millis(300), TcpStream::connect(address)).await
    {
        waiting.push(connected.unwrap());
    }
    (listener, waiting)
}

/// Connecting may take as long as the whole batch may: the replica is asked in time all the same.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_takes_no_connection_leaves_time_for_the_replica() {
    let never = Duration::from_secs(3600);
    let stocked =
        Arc::new(Stocked::start(Config::new().nodes(3).failure_detection(never), RECORDS, 20).await);
    let connect_timeout = Duration::from_secs(4);
    let options = ConnectOptions { connect_timeout, ..stocked.options() };
    let client = Client::connect(options).await.unwrap();
    let server = Arc::clone(&stocked);
    tokio::task::spawn_blocking(move || server.server.stop_node(1).unwrap()).await.unwrap();
    let _hole = black_hole(stocked.server.addresses()[1]).await;
    let everything = || (0..RECORDS).collect::<Vec<_>>();
    let policy = BatchPolicy { total_timeout: Duration::from_secs(3), ..BatchPolicy::default() };
    let read = stocked.read(&client, everything(), policy.clone()).await;
    read.assert_complete();
    assert!(client.stats().retried_rows > 0);
    // When nobody waits any more, the attempt to connect goes on and tells the next batches.
    until("the node is known to be away", || client.stats().nodes.iter().any(|node| !node.available)).await;
    let before = client.stats().retried_rows;
    stocked.read(&client, everything(), policy).await.assert_complete();
    assert_eq!(client.stats().retried_rows, before, "a batch has met the node again");
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
    let read = stocked.read(&client, everything(), BatchPolicy::default()).await;
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
    let policy = BatchPolicy {
        max_retries: 100_000,
        socket_timeout: Duration::from_millis(500),
        total_timeout: Duration::from_secs(30),
        ..BatchPolicy::default()
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
    let read = stocked.read(&client, (0..RECORDS).collect(), BatchPolicy::default()).await;
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
    const BATCHES: usize = 200;
    let stocked = Arc::new(Stocked::start(hasty(3), RECORDS, 20).await);
    let client = stocked.client().await;
    // Nobody answers questions about the map, so that it stays old as soon as the cluster moves.
    stocked.set_faults(&["on=info info=replicas close", "on=read code=18"]);
    stocked.server.freeze_node(2).unwrap();
    until("the cluster has moved", || stocked.is_stable(0, 2)).await;
    let (fired, retried) = (stocked.server.stats().faults, client.stats().retried_rows);
    let policy = BatchPolicy {
        max_retries: 100_000,
        total_timeout: Duration::from_millis(2000),
        sleep_between_retries: Duration::from_millis(1),
        ..BatchPolicy::default()
    };
    let never = CancellationToken::new();
    let batch = |first: usize| stocked.prepare(vec![first]).run(&client, policy.clone(), &never);
    let reads = futures_util::future::join_all((0..BATCHES).map(batch)).await;
    assert!(reads.iter().all(|read| read.ended.is_ok() || read.ended.is_err()));
    let retried = client.stats().retried_rows - retried;
    assert!(retried > 100, "{retried}");
    // Every retry is one more event of the other rule.
    let map_reads = (stocked.server.stats().faults - fired).saturating_sub(retried + BATCHES as u64);
    println!("{retried} retries, {map_reads} reads of the map");
    assert!(map_reads < 3 * 2 * 2 * 5, "{map_reads} reads of the map in 2 s");
    client.close().await;
}

/// IPv6 addresses have colons of their own: in what nodes say of one another, and in what we say of nodes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_at_ipv6_addresses_are_asked_and_named() {
    if std::net::TcpListener::bind("[::1]:0").is_err() {
        println!("this machine has no IPv6");
        return;
    }
    let config = Config::new().nodes(3).host(std::net::Ipv6Addr::LOCALHOST.into());
    let stocked = Stocked::start(config, 300, 20).await;
    let client = stocked.client().await;
    until("all nodes are known", || client.stats().nodes.len() == 3).await;
    stocked.read(&client, (0..300).collect(), BatchPolicy::default()).await.assert_complete();
    let named: Vec<String> = client.stats().nodes.into_iter().map(|node| node.node).collect();
    for (address, named) in stocked.server.addresses().iter().zip(&named) {
        assert!(named.ends_with(&format!(" {address}")), "{named}");
        assert!(named.contains("[::1]:"), "{named}");
    }
    client.close().await;
}
