//! A cluster of several processes, one of which is killed.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{LONG, Raw, end_of};
use aerospike::{Client, ClientPolicy, ReadPolicy, Value, WritePolicy, as_bin, as_key};
use aerostride_devserver::{Config, DevServer};

/// The program, as a node of the server at `seed`, and the address that it has taken.
fn node(seed: SocketAddr, port: u16) -> (Child, SocketAddr) {
    let arguments = ["--join".to_owned(), seed.to_string(), "--port".to_owned(), port.to_string()];
    let mut child = Command::new(env!("CARGO_BIN_EXE_aerostride-devserver"))
        .args(arguments)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    (child, line.trim().strip_prefix("listening on ").unwrap().parse().unwrap())
}

/// Asks until the cluster is as large as that and at rest.
fn wait_for_size(address: SocketAddr, size: usize) {
    let deadline = Instant::now() + LONG;
    let wanted = format!("cluster-stable:size={size}");
    while Raw::connect(address).info(&[&wanted]).contains("ERROR") {
        assert!(Instant::now() < deadline, "the cluster does not get {size} nodes");
        std::thread::yield_now();
    }
}

#[tokio::test]
async fn records_survive_a_process_that_is_killed() {
    let now = Duration::ZERO;
    let server = DevServer::start(Config::new().failure_detection(now).joining(now).migration(now)).unwrap();
    let seed = server.addresses()[0];
    let (mut second, second_address) = node(seed, 0);
    let (mut third, third_address) = node(seed, 0);
    wait_for_size(third_address, 3);
    assert_eq!(Raw::connect(second_address).info(&["node"]), "node\tA2\n");
    let client = Client::new(&ClientPolicy::default(), &second_address.to_string()).await.unwrap();
    for id in 0..200_i64 {
        client
            .put(&WritePolicy::default(), &as_key!("test", "lasting", id), &[as_bin!("id", id)])
            .await
            .unwrap();
    }
    second.kill().unwrap();
    second.wait().unwrap();
    wait_for_size(seed, 2);
    let client = Client::new(&ClientPolicy::default(), &third_address.to_string()).await.unwrap();
    for id in 0..200_i64 {
        let key = as_key!("test", "lasting", id);
        let record = client.get(&ReadPolicy::default(), &key, aerospike::Bins::All).await.unwrap();
        assert_eq!(record.bins["id"], Value::Int(id));
    }
    // It comes back to its old place, on its old port.
    let (mut again, address) = node(seed, second_address.port());
    assert_eq!(address, second_address);
    wait_for_size(address, 3);
    assert_eq!(Raw::connect(address).info(&["node"]), "node\tA2\n");
    for child in [&mut third, &mut again] {
        child.kill().unwrap();
        child.wait().unwrap();
    }
    wait_for_size(seed, 1);
}

#[test]
fn a_node_ends_with_the_server_that_it_has_joined() {
    let server = DevServer::start(Config::new()).unwrap();
    let (mut child, _) = node(server.addresses()[0], 0);
    server.stop();
    assert!(!end_of(&mut child).success());
}
