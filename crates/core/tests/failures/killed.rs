//! Nodes that are processes of their own, of which one is killed under load.

use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use aerostride_core::{Client, ConnectOptions, HostAddress};

use crate::load::Load;
use crate::scripted::{RECORDS, Scripted, bitmap};
use crate::stocked::until;

const NODES: usize = 3;
const COPIES: usize = 2;

/// In the environment of a process that is to be a node: its number, its port, and the file with the members.
const NODE: &str = "AEROSTRIDE_TEST_NODE";

/// Is a node where the environment says so, until it is killed; and no test at all otherwise.
#[test]
fn node_process() {
    let Ok(place) = std::env::var(NODE) else { return };
    let mut parts = place.splitn(3, ' ');
    let mut next = || parts.next().unwrap();
    let (node, address, members) = (next().parse().unwrap(), next().to_owned(), PathBuf::from(next()));
    let listener = TcpListener::bind(address).unwrap();
    let address = listener.local_addr().unwrap();
    let scripted = Scripted::listen(vec![(node, listener)]);
    scripted.say(move |node, name| Members::read(&members).says(node, name));
    // In one piece, with a line of its own: the test runner writes as well.
    println!("\nlistening {address}");
    loop {
        std::thread::park();
    }
}

/// Who is in the cluster, as all nodes have agreed; they read it from a file.
#[derive(Debug, Clone)]
struct Members {
    generation: usize,
    addresses: Vec<SocketAddr>,
    up: Vec<usize>,
}

impl Members {
    fn write(&self, path: &Path) {
        let words = |words: Vec<String>| words.join(" ");
        let addresses = words(self.addresses.iter().map(ToString::to_string).collect());
        let up = words(self.up.iter().map(ToString::to_string).collect());
        let whole = path.with_extension("new");
        std::fs::write(&whole, format!("{}\n{addresses}\n{up}\n", self.generation)).unwrap();
        // Nobody reads half of it.
        std::fs::rename(whole, path).unwrap();
    }

    fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        let mut lines = text.lines();
        let mut next = || lines.next().unwrap();
        let generation = next().parse().unwrap();
        let addresses = next().split(' ').map(|word| word.parse().unwrap()).collect();
        let up = next().split(' ').map(|word| word.parse().unwrap()).collect();
        Self { generation, addresses, up }
    }

    /// Partition p belongs to the members in turn, and its copy to the next.
    fn says(&self, node: usize, name: &str) -> Option<String> {
        let owner = |partition: usize, copy: usize| self.up[(partition + copy) % self.up.len()];
        match name {
            "partition-generation" | "peers-generation" => Some(self.generation.to_string()),
            "service-clear-std" => Some(self.addresses[node].to_string()),
            "peers-clear-std" => {
                let others = self.up.iter().filter(|other| **other != node);
                let peers: Vec<_> =
                    others.map(|other| format!("[B{},,[{}]]", other + 1, self.addresses[*other])).collect();
                Some(format!("{},3000,[{}]", self.generation, peers.join(",")))
            }
            "replicas" => {
                let of = |copy| bitmap(|partition| owner(partition, copy) == node);
                let bitmaps: Vec<_> = (0..COPIES).map(of).collect();
                Some(format!("test:0,{COPIES},{}", bitmaps.join(",")))
            }
            _ => None,
        }
    }
}

/// A process that is a node.
struct Process(Child);

impl Process {
    /// Starts it, and gives where it listens.
    fn start(node: usize, address: &str, members: &Path) -> (Self, SocketAddr) {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "killed::node_process", "--nocapture"])
            .env(NODE, format!("{node} {address} {}", members.display()))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let said = lines.map_while(Result::ok).find_map(|line| line.strip_prefix("listening ")?.parse().ok());
        (Self(child), said.unwrap())
    }

    /// As `kill -9`.
    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _ended = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_row_fails_when_the_process_of_a_node_is_killed_and_started_again() {
    let file = std::env::temp_dir().join(format!("aerostride-members-{}", std::process::id()));
    let (mut processes, addresses): (Vec<_>, Vec<_>) =
        (0..NODES).map(|node| Process::start(node, "127.0.0.1:0", &file)).unzip();
    let mut members = Members { generation: 1, addresses, up: (0..NODES).collect() };
    members.write(&file);
    let client = connect(&members.addresses).await;
    until("all nodes are known", || client.stats().nodes.len() == NODES).await;
    let load = Load::start(&client, RECORDS, Scripted::prepare);
    load.more_batches(100).await;
    assert_eq!(client.stats().retried_rows, 0);
    for (node, process) in processes.iter_mut().enumerate() {
        until("all nodes are used", || client.stats().nodes.iter().all(|node| node.available)).await;
        process.kill();
        let is_away = || client.stats().nodes.iter().any(|node| !node.available);
        until("somebody has met the dead node", is_away).await;
        // The other nodes have not noticed yet.
        load.more_batches(100).await;
        members.generation += 1;
        members.up.retain(|member| *member != node);
        members.write(&file);
        until("the client has noticed", || client.stats().nodes.len() == NODES - 1).await;
        load.more_batches(100).await;
        (*process, _) = Process::start(node, &members.addresses[node].to_string(), &file);
        members.generation += 1;
        members.up = (0..NODES).collect();
        members.write(&file);
        until("the client has noticed", || client.stats().nodes.len() == NODES).await;
        until("the node is used", || client.stats().nodes.iter().all(|node| node.available)).await;
        load.more_batches(100).await;
    }
    let slowest = load.end().await;
    assert!(client.stats().retried_rows > 0, "no batch has met a dead node");
    println!("{:?}; the slowest took {slowest:?}", client.stats());
    assert!(slowest < Duration::from_millis(500), "a batch took {slowest:?}");
    client.close().await;
    std::fs::remove_file(file).unwrap();
}

async fn connect(addresses: &[SocketAddr]) -> Client {
    let host = |address: &SocketAddr| HostAddress {
        host: address.ip().to_string(),
        port: address.port(),
        tls_name: None,
    };
    let hosts = addresses.iter().map(host).collect();
    Client::connect(ConnectOptions { hosts, ..ConnectOptions::default() }).await.unwrap()
}
