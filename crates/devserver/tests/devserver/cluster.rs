//! Several nodes: what they say about each other, and what happens to records when nodes go and come.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::support::{LONG, Raw, client};
use aerospike::{
    BasePolicy, BatchOperation, BatchPolicy, BatchReadPolicy, Bins, Client, Key, PartitionFilter,
    QueryPolicy, ResultCode, Statement, Value, WritePolicy, as_bin, as_key,
};
use aerostride_devserver::{Config, DevServer};
use aerostride_wire::{
    BatchEncoder, BatchFlags, BatchHeader, BinSelection, FRAME_HEADER_SIZE, ReadAttributes, ReplyWalker,
    RowGroup,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::StreamExt;

/// A cluster in which everybody knows everything at once.
fn instant(nodes: usize, copies: usize) -> Config {
    let now = Duration::ZERO;
    let config = Config::new().nodes(nodes).replication_factor(copies);
    config.failure_detection(now).joining(now).migration(now)
}

/// What one node says.
#[derive(Debug, PartialEq)]
struct Said {
    partition_generation: i64,
    peers_generation: u32,
    rebalance_generation: u32,
    peers: String,
    bitmaps: Vec<Vec<u8>>,
}

fn ask(server: &DevServer, node: usize) -> Said {
    const NAMES: [&str; 5] =
        ["partition-generation", "peers-generation", "rebalance-generation", "peers-clear-std", "replicas"];
    let reply = Raw::connect(server.addresses()[node]).info(&NAMES);
    let pairs: HashMap<_, _> = aerostride_wire::info_pairs(&reply).collect();
    let mut peers = pairs["peers-clear-std"].to_owned();
    for (index, address) in server.addresses().iter().enumerate() {
        peers = peers.replace(&address.to_string(), &format!("node{}", index + 1));
    }
    let test = pairs["replicas"].split(';').next().unwrap();
    let mut parts = test.strip_prefix("test:0,").unwrap().split(',');
    let count: usize = parts.next().unwrap().parse().unwrap();
    let bitmaps: Vec<_> = parts.map(|bitmap| STANDARD.decode(bitmap).unwrap()).collect();
    assert_eq!((bitmaps.len(), bitmaps[0].len()), (count, 512));
    Said {
        partition_generation: pairs["partition-generation"].parse().unwrap(),
        peers_generation: pairs["peers-generation"].parse().unwrap(),
        rebalance_generation: pairs["rebalance-generation"].parse().unwrap(),
        peers,
        bitmaps,
    }
}

fn has(bitmap: &[u8], partition: usize) -> bool {
    bitmap[partition / 8] & (0x80 >> (partition % 8)) != 0
}

/// Every partition has one node at every position, and different ones.
fn assert_complete(said: &[Said]) {
    for partition in 0..4096 {
        for copy in 0..said[0].bitmaps.len() {
            let owners = said.iter().filter(|node| has(&node.bitmaps[copy], partition)).count();
            assert_eq!(owners, 1, "partition {partition} copy {copy}");
        }
        let copies = |node: &Said| node.bitmaps.iter().filter(|bitmap| has(bitmap, partition)).count();
        assert!(said.iter().all(|node| copies(node) <= 1));
    }
}

/// The recorded cluster's life: steady, one node killed, noticed, started again, joined. The recording's ports and
/// bitmaps are masked, and of its generations only the direction counts where they depend on the machine.
#[test]
fn a_cluster_says_what_a_recorded_one_said() {
    let server = DevServer::start(instant(3, 2).migration(Duration::from_millis(50))).unwrap();
    let steady: Vec<_> = (0..3).map(|node| ask(&server, node)).collect();
    assert_complete(&steady);
    let said = &steady[0];
    assert_eq!((said.partition_generation, said.peers_generation, said.rebalance_generation), (0, 4, 1));
    assert_eq!(said.peers, "4,3000,[[B2,,[node2]],[B3,,[node3]]]");

    server.stop_node(2).unwrap();
    let said = ask(&server, 0);
    assert_eq!((said.peers_generation, said.rebalance_generation), (5, 2));
    assert_eq!(said.peers, "5,3000,[[B2,,[node2]]]");
    assert_complete(&[ask(&server, 0), ask(&server, 1)]);
    wait_until(|| ask(&server, 0).partition_generation > 1000);

    server.start_node(2).unwrap();
    let back = ask(&server, 2);
    assert_eq!((back.peers_generation, back.rebalance_generation), (4, 1));
    assert_eq!(back.peers, "4,3000,[[B1,,[node1]],[B2,,[node2]]]");
    assert_eq!(ask(&server, 0).peers, "6,3000,[[B2,,[node2]],[B3,,[node3]]]");
    wait_until(|| (0..3).all(|node| ask(&server, node).bitmaps == steady[node].bitmaps));
}

#[test]
fn a_node_is_alone_until_it_has_joined() {
    let server = DevServer::start(instant(2, 2).joining(Duration::from_secs(3600))).unwrap();
    server.stop_node(1).unwrap();
    server.start_node(1).unwrap();
    let said = ask(&server, 1);
    assert_eq!((said.partition_generation, said.peers.as_str()), (-1, "0,3000,[]"));
    assert_eq!(said.bitmaps, [vec![0; 512]]);
}

#[test]
fn an_unnoticed_failure_leaves_the_map_as_it_was() {
    let server = DevServer::start(instant(3, 2).failure_detection(Duration::from_secs(3600))).unwrap();
    let before = [ask(&server, 0), ask(&server, 1)];
    server.stop_node(2).unwrap();
    assert_eq!([ask(&server, 0), ask(&server, 1)], before);
}

/// The result codes of a batch that asks for a record of each partition.
fn batch_codes(raw: &mut Raw, partitions: &[usize]) -> Vec<u8> {
    let header = BatchHeader {
        timeout_ms: 0,
        flags: BatchFlags::default(),
        filter: None,
        bins: BinSelection::All,
        attributes: ReadAttributes::default(),
    };
    let mut request = Vec::new();
    let mut encoder = BatchEncoder::new(&mut request, header);
    for (index, partition) in partitions.iter().enumerate() {
        let mut digest = [7; 20];
        digest[..4].copy_from_slice(&(*partition as u32).to_le_bytes());
        encoder.row(index as u32, &digest, RowGroup { namespace: "test", set: "" });
    }
    encoder.finish().unwrap();
    raw.send(&request);
    let mut codes = vec![u8::MAX; partitions.len()];
    loop {
        let frame = raw.frame();
        let mut walker = ReplyWalker::new(&frame[FRAME_HEADER_SIZE..]);
        while let Some(row) = walker.next_row().unwrap() {
            if row.last {
                assert_eq!(row.result_code, 0, "the batch as a whole is answered");
                return codes;
            }
            codes[row.index as usize] = row.result_code;
        }
    }
}

/// A batch is about many partitions: those that cannot be served have their code, and the others are answered.
#[test]
fn rows_of_partitions_that_nobody_can_serve_have_a_code_of_their_own() {
    const NOT_FOUND: u8 = 2;
    const UNAVAILABLE: u8 = 11;
    let server = DevServer::start(instant(2, 1).failure_detection(Duration::from_secs(3600))).unwrap();
    let partitions: Vec<usize> = (0..4096).collect();
    let owned = ask(&server, 0).bitmaps.remove(0);
    let mut raw = Raw::connect(server.addresses()[0]);
    // A whole cluster serves everything at every node.
    assert_eq!(batch_codes(&mut raw, &partitions), vec![NOT_FOUND; 4096]);
    server.stop_node(1).unwrap();
    let expected: Vec<u8> = partitions
        .iter()
        .map(|&partition| if has(&owned, partition) { NOT_FOUND } else { UNAVAILABLE })
        .collect();
    assert!(expected.contains(&NOT_FOUND) && expected.contains(&UNAVAILABLE));
    assert_eq!(batch_codes(&mut raw, &partitions), expected);
}

fn wait_until(done: impl Fn() -> bool) {
    let deadline = Instant::now() + LONG;
    while !done() {
        assert!(Instant::now() < deadline, "it did not happen within {LONG:?}");
        std::thread::yield_now();
    }
}

async fn fill(client: &Client, count: i64) -> Vec<Key> {
    let mut keys = Vec::new();
    for i in 0..count {
        let key = as_key!("test", "cluster", i);
        client.put(&WritePolicy::default(), &key, &[as_bin!("i", i)]).await.unwrap();
        keys.push(key);
    }
    keys
}

/// How many of the records a batch finds; every other one has the code "not found" or none.
async fn found(client: &Client, keys: &[Key]) -> (usize, usize) {
    let reads = BatchReadPolicy::default();
    let mut ops: Vec<_> =
        keys.iter().map(|key| BatchOperation::read(&reads, key.clone(), Bins::All)).collect();
    let base_policy = BasePolicy { max_retries: 0, ..BasePolicy::default() };
    let _partly = client.batch(&BatchPolicy { base_policy, ..BatchPolicy::default() }, &mut ops).await;
    let mut found = 0;
    let mut missing = 0;
    for (i, op) in ops.iter().enumerate() {
        match op.record() {
            Some(record) => {
                assert_eq!(record.bins["i"], Value::from(i as i64));
                found += 1;
            }
            None => missing += usize::from(op.result_code() == Some(ResultCode::KeyNotFoundError)),
        }
    }
    (found, missing)
}

async fn wait_for(client: &Client, keys: &[Key], expected: (usize, usize)) {
    let deadline = Instant::now() + LONG;
    loop {
        let found = found(client, keys).await;
        if found == expected {
            return;
        }
        assert!(Instant::now() < deadline, "{found:?} instead of {expected:?}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn records_survive_where_a_replica_lives() {
    let server = DevServer::start(instant(3, 2)).unwrap();
    let client = client(&server).await;
    assert_eq!(client.nodes().len(), 3);
    let keys = fill(&client, 600).await;
    assert_eq!(found(&client, &keys).await, (600, 0));
    for node in [2, 1, 0] {
        server.stop_node(node).unwrap();
        wait_for(&client, &keys, (600, 0)).await;
        server.start_node(node).unwrap();
        wait_for(&client, &keys, (600, 0)).await;
    }
}

#[tokio::test]
async fn records_without_a_replica_are_lost_with_their_node() {
    let server = DevServer::start(instant(2, 1)).unwrap();
    let client = client(&server).await;
    let keys = fill(&client, 600).await;
    server.stop_node(1).unwrap();
    let deadline = Instant::now() + LONG;
    let kept = loop {
        let (kept, lost) = found(&client, &keys).await;
        if kept + lost == 600 {
            break kept;
        }
        assert!(Instant::now() < deadline);
        tokio::task::yield_now().await;
    };
    assert!((200..400).contains(&kept), "{kept}");
}

#[tokio::test]
async fn a_frozen_node_answers_when_it_thaws() {
    let server = DevServer::start(instant(2, 2).failure_detection(Duration::from_secs(3600))).unwrap();
    let mut raw = Raw::connect(server.addresses()[1]);
    server.freeze_node(1).unwrap();
    let mut request = Vec::new();
    aerostride_wire::encode_info_request(&mut request, &["node"]);
    raw.send(&request);
    raw.0.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    assert!(std::io::Read::read(&mut raw.0, &mut [0; 8]).is_err());
    raw.0.set_read_timeout(Some(LONG)).unwrap();
    assert_eq!(ask(&server, 0).peers, "3,3000,[[B2,,[node2]]]");
    server.thaw_node(1).unwrap();
    assert_eq!(&raw.frame()[8..], b"node\tB2\n");
    server.freeze_node(1).unwrap();
    // A frozen node can be stopped all the same.
    server.stop_node(1).unwrap();
    assert!(raw.is_closed());
}

#[tokio::test]
async fn a_cluster_goes_on_without_a_frozen_node_and_takes_it_back() {
    let server = DevServer::start(instant(3, 2)).unwrap();
    let client = client(&server).await;
    let keys = fill(&client, 300).await;
    server.freeze_node(1).unwrap();
    assert_eq!(ask(&server, 0).peers, "5,3000,[[B3,,[node3]]]");
    assert_complete(&[ask(&server, 0), ask(&server, 2)]);
    server.thaw_node(1).unwrap();
    assert_complete(&[ask(&server, 0), ask(&server, 1), ask(&server, 2)]);
    wait_for(&client, &keys, (300, 0)).await;
}

#[tokio::test]
async fn records_stay_right_while_partitions_move() {
    let moving = instant(3, 2).migration(Duration::from_millis(500)).joining(Duration::from_millis(50));
    let server = DevServer::start(moving).unwrap();
    let client = client(&server).await;
    let keys = fill(&client, 300).await;
    server.stop_node(0).unwrap();
    server.start_node(0).unwrap();
    // Until everything has settled, whatever is found is right, and nothing is said to be missing.
    let deadline = Instant::now() + LONG;
    while ask(&server, 0).partition_generation < 1000 {
        assert_eq!(found(&client, &keys).await.1, 0);
        assert!(Instant::now() < deadline);
    }
    wait_for(&client, &keys, (300, 0)).await;
}

#[tokio::test]
async fn a_scan_of_a_cluster_sees_every_record_once() {
    let server = DevServer::start(instant(3, 2)).unwrap();
    let client = client(&server).await;
    fill(&client, 500).await;
    let statement = Statement::new("test", "cluster", Bins::All);
    let records = client.query(&QueryPolicy::default(), PartitionFilter::all(), statement).await.unwrap();
    let mut stream = records.into_stream();
    let mut seen = Vec::new();
    while let Some(record) = stream.next().await {
        seen.push(i64::try_from(record.unwrap().bins["i"].clone()).unwrap());
    }
    seen.sort_unstable();
    assert_eq!(seen, (0..500).collect::<Vec<_>>());
}

#[test]
fn nodes_that_do_not_exist_are_named() {
    let server = DevServer::start(instant(2, 2)).unwrap();
    let error = server.stop_node(2).unwrap_err();
    assert_eq!(error.to_string(), "impossible configuration: node 2 of 2");
    server.stop_node(1).unwrap();
    server.stop_node(1).unwrap();
    server.start_node(1).unwrap();
    server.start_node(1).unwrap();
}
