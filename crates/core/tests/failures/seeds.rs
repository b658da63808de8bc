//! Hosts of which some are dead or silent, and names with several addresses. Limits are so long that a test which waits for
//! one fails, however busy the machine is.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use aerostride_core::{
    BatchPolicy, CancellationToken, Client, ConnectOptions, ErrorKind, HostAddress, Resolver, codes,
};
use aerostride_devserver::{Config, DevServer};

use crate::scripted::{RECORDS, Scripted};
use crate::stocked::{Stocked, until};

const LONG: Duration = Duration::from_secs(30);
/// No test takes that long that waits for nothing.
const SOON: Duration = Duration::from_secs(15);

fn host(name: &str, port: u16) -> HostAddress {
    HostAddress { host: name.into(), port, tls_name: None }
}

/// A resolver that knows names ending in `.test`.
fn resolver(known: impl Fn(&str) -> Vec<SocketAddr> + Send + Sync + 'static) -> Resolver {
    Resolver::new(move |host, _| match known(host) {
        none if none.is_empty() => Err(io::Error::other(format!("{host} is unknown"))),
        addresses => Ok(addresses),
    })
}

fn options(hosts: Vec<HostAddress>, resolver: Resolver) -> ConnectOptions {
    ConnectOptions { hosts, connect_timeout: LONG, resolver, ..ConnectOptions::default() }
}

/// A port that takes connections and says nothing.
fn silent() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// A port that nobody listens on.
fn dead() -> SocketAddr {
    silent().1
}

/// A port whose queue of connections is full, so that further ones get no answer at all.
async fn full() -> (tokio::net::TcpListener, Vec<tokio::net::TcpStream>, SocketAddr) {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    while waiting.len() < 50 {
        let connected = tokio::net::TcpStream::connect(address);
        match tokio::time::timeout(Duration::from_millis(200), connected).await {
            Ok(connected) => waiting.push(connected.unwrap()),
            Err(_) => break,
        }
    }
    (listener, waiting, address)
}

/// Both planes work.
async fn works(stocked: &Stocked, client: &Client) {
    stocked.read(client, vec![1, 2, 3], BatchPolicy::default()).await.ended.unwrap();
    client.info(&["build".to_owned()], None).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_address_of_a_name_is_tried() {
    let stocked = Stocked::start(Config::new(), 10, 8).await;
    let live = stocked.server.addresses()[0];
    let (_listener, silent) = silent();
    let (_full, _waiting, full) = full().await;
    let nowhere: SocketAddr = "[::1]:1".parse().unwrap();
    for addresses in [
        vec![dead(), live],
        vec![silent, live],
        vec![full, live],
        vec![nowhere, live],
        vec![silent, full, dead(), nowhere, silent, dead(), live],
    ] {
        let begin = Instant::now();
        let known = addresses.clone();
        let resolver = resolver(move |_| known.clone());
        let client = Client::connect(options(vec![host("db.test", 3000)], resolver)).await.unwrap();
        works(&stocked, &client).await;
        assert_eq!(client.stats().nodes.len(), 1);
        assert!(client.stats().nodes[0].node.ends_with(&live.to_string()), "{:?}", client.stats().nodes);
        client.close().await;
        assert!(begin.elapsed() < SOON, "{addresses:?} took {:?}", begin.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silent_hosts_cost_nothing_where_another_answers() {
    let stocked = Stocked::start(Config::new(), 10, 8).await;
    let live = stocked.server.addresses()[0];
    let (_listener, silent) = silent();
    let (silent, live) = (host("127.0.0.1", silent.port()), host("127.0.0.1", live.port()));
    for place in [0, 2, 4] {
        let mut hosts = vec![silent.clone(); 4];
        hosts.insert(place, live.clone());
        let begin = Instant::now();
        let client = Client::connect(options(hosts, Resolver::default())).await.unwrap();
        works(&stocked, &client).await;
        client.close().await;
        assert!(begin.elapsed() < SOON, "{:?}", begin.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_says_what_is_wrong_with_every_host() {
    let (dead, (_listener, silent)) = (dead(), silent());
    let hosts = vec![host("127.0.0.1", dead.port()), host("127.0.0.1", silent.port()), host("db.test", 3000)];
    let connect_timeout = Duration::from_millis(300);
    let options = ConnectOptions { connect_timeout, ..options(hosts, resolver(|_| Vec::new())) };
    let begin = Instant::now();
    let error = Client::connect(options).await.unwrap_err();
    assert!(begin.elapsed() < SOON);
    assert_eq!((error.kind, error.result_code), (ErrorKind::Connection, Some(codes::ERR_CONNECTION)));
    let parts = [
        format!("cannot connect to {dead}, {silent}, db.test:3000: "),
        format!("{dead}: Connection refused"),
        format!("{silent}: no answer within 300 ms (connectTimeout)"),
        "db.test:3000: no address: db.test is unknown".to_owned(),
        "check host and port".to_owned(),
    ];
    for part in parts {
        assert!(error.message.contains(&part), "{part} is not in {error}");
    }
    let cause = error.cause.unwrap();
    assert!(cause.message.contains("Connection refused") && !cause.message.contains("check host"), "{cause}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_is_reached_at_any_address_of_its_name() {
    let scripted = Scripted::start(2);
    let ports = [scripted.addresses()[0].port(), scripted.addresses()[1].port()];
    let named = move |node: usize| format!("node{node}.test:{}", ports[node]);
    scripted.say(move |node, name| match name {
        "peers-clear-std" => Some(format!("1,3000,[[B{},,[{}]]]", 2 - node, named(1 - node))),
        "service-clear-std" => Some(named(node)),
        _ => None,
    });
    // Nodes listen on IPv4 only: nobody listens at the other address, and then somebody who says nothing.
    for is_silent in [false, true] {
        let _silent: Vec<_> =
            ports.iter().filter(|_| is_silent).map(|&port| TcpListener::bind(("::1", port))).collect();
        let resolver = Resolver::new(|_, port| {
            Ok(vec![SocketAddr::new([0, 0, 0, 0, 0, 0, 0, 1].into(), port), ([127, 0, 0, 1], port).into()])
        });
        let begin = Instant::now();
        let client = Client::connect(options(vec![host("node0.test", ports[0])], resolver)).await.unwrap();
        until("both nodes are known", || client.stats().nodes.len() == 2).await;
        let all = scripted.everything();
        let read = all.run(&client, BatchPolicy::default(), &CancellationToken::new()).await;
        assert_eq!(read.ended.as_ref().unwrap().ok, RECORDS as u64);
        client.close().await;
        assert!(begin.elapsed() < SOON, "{:?}", begin.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_that_moves_to_other_addresses_is_found_by_its_name() {
    let first = DevServer::start(Config::new()).unwrap();
    let now = Arc::new(Mutex::new(first.addresses()[0]));
    let seen = Arc::clone(&now);
    let resolver = resolver(move |_| vec![*seen.lock().unwrap()]);
    let client = Client::connect(options(vec![host("db.test", 3000)], resolver)).await.unwrap();
    assert!(client.stats().nodes[0].node.ends_with(&first.addresses()[0].to_string()));
    first.stop();
    let stocked = Stocked::start(Config::new(), 10, 8).await;
    let moved = stocked.server.addresses()[0];
    *now.lock().unwrap() = moved;
    until("the node is at its new address", || {
        client.stats().nodes.iter().any(|node| node.node.ends_with(&moved.to_string()))
    })
    .await;
    works(&stocked, &client).await;
}
