//! The peer `floor`: sends requests that were prepared before, and reads the replies without looking at them. No
//! client can be faster than its best, over one to eight connections per node.
#![forbid(unsafe_code)]

use aerostride_benchmarks::{ClusterMap, Peer, Workload, serve};
use aerostride_wire::{
    BatchEncoder, BatchFlags, BatchHeader, BinSelection, FRAME_HEADER_SIZE, FrameHeader, KeyType,
    MAX_FRAME_BODY, ReadAttributes, RowGroup, digest, info3, partition_of,
};
use anyhow::{Context, Result};
use serde_json::{Map, Value as Json, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

const CONNECTIONS: [usize; 6] = [1, 2, 3, 4, 6, 8];
/// Servers before 6.4 refuse more rows in one request.
const ROWS_PER_REQUEST: usize = 5000;
const READ_BUFFER: usize = 1 << 20;

fn main() -> Result<()> {
    serve(&mut Floor { drains: Vec::new() })
}

#[derive(Default)]
struct Floor {
    drains: Vec<(usize, Drain)>,
}

impl Peer for Floor {
    fn prepare(&mut self, request: &Json) -> Result<Json> {
        let workload = Workload::parse(&request["workload"])?;
        let hosts = request["hosts"].as_str().context("no hosts")?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let map = runtime.block_on(ClusterMap::fetch(hosts, &workload.namespace))?;
        let keys = request["keys"].as_u64().context("no keys")? as u32;
        // Batches at the same time are to the wire one batch of all their keys.
        let batches = request["concurrent"].as_u64().unwrap_or(1);
        let rows = rows_per_node(&workload, &map, (0..batches).flat_map(|_| 0..keys));
        self.drains.clear();
        for connections in CONNECTIONS {
            self.drains.push((connections, Drain::open(&workload, &map, &rows, connections)?));
        }
        Ok(json!({ "bytes": self.drains[0].1.reply_bytes }))
    }

    fn read(&mut self, times: usize) -> Result<Json> {
        let mut ms = Map::new();
        for (connections, drain) in &mut self.drains {
            let timings =
                (0..times).map(|_| Ok(drain.run()?.as_secs_f64() * 1000.0)).collect::<Result<Vec<_>>>()?;
            ms.insert(connections.to_string(), json!(timings));
        }
        Ok(json!({ "variants": ms }))
    }
}

/// Row number and digest of every key, by the node that answers it.
fn rows_per_node(
    workload: &Workload,
    map: &ClusterMap,
    records: impl Iterator<Item = u32>,
) -> Vec<Vec<(u32, [u8; 20])>> {
    let mut rows = vec![Vec::new(); map.nodes.len()];
    for i in records {
        let digest = digest(workload.set.as_bytes(), KeyType::String, Workload::user_key(i).as_bytes());
        rows[map.master(partition_of(&digest))].push((i, digest));
    }
    rows
}

/// All lanes of one variant. The first one runs on the calling thread, so that a single connection costs no wake-up.
struct Drain {
    first: Lane,
    others: Vec<Worker>,
    done: Receiver<Result<()>>,
    reply_bytes: usize,
}

impl Drain {
    fn open(
        workload: &Workload,
        map: &ClusterMap,
        rows: &[Vec<(u32, [u8; 20])>],
        connections: usize,
    ) -> Result<Self> {
        let mut lanes = Vec::new();
        for (address, rows) in map.nodes.iter().zip(rows) {
            for chunk in rows.chunks(rows.len().div_ceil(connections).max(1)) {
                let requests = chunk.chunks(ROWS_PER_REQUEST).map(|rows| encode(workload, rows)).collect();
                lanes.push(Lane::open(address, requests)?);
            }
        }
        let reply_bytes = lanes.iter().flat_map(|lane| &lane.exchanges).map(|exchange| exchange.reply).sum();
        let (finished, done) = channel();
        let mut lanes = lanes.into_iter();
        let first = lanes.next().context("no keys")?;
        let others = lanes.map(|lane| Worker::start(lane, finished.clone())).collect();
        Ok(Self { first, others, done, reply_bytes })
    }

    fn run(&mut self) -> Result<Duration> {
        let started = Instant::now();
        for worker in &self.others {
            worker.go.send(()).context("a lane has ended")?;
        }
        self.first.drain()?;
        for _ in &self.others {
            self.done.recv().context("a lane has ended")??;
        }
        Ok(started.elapsed())
    }
}

/// A lane on a thread of its own, woken for every run.
struct Worker {
    go: Sender<()>,
    _thread: JoinHandle<()>,
}

impl Worker {
    fn start(mut lane: Lane, finished: Sender<Result<()>>) -> Self {
        let (go, start) = channel();
        let run = move || while start.recv().is_ok() && finished.send(lane.drain()).is_ok() {};
        Self { go, _thread: std::thread::spawn(run) }
    }
}

/// One connection with its requests.
struct Lane {
    stream: TcpStream,
    exchanges: Vec<Exchange>,
    buffer: Vec<u8>,
}

struct Exchange {
    request: Vec<u8>,
    /// Bytes of the reply: the same every time, learned from the first one.
    reply: usize,
}

impl Lane {
    fn open(address: &str, requests: Vec<Vec<u8>>) -> Result<Self> {
        let mut stream =
            TcpStream::connect(address).with_context(|| format!("no connection to {address}"))?;
        stream.set_nodelay(true)?;
        let learn = |request: Vec<u8>| {
            stream.write_all(&request)?;
            Ok(Exchange { request, reply: reply_size(&mut stream)? })
        };
        let exchanges = requests.into_iter().map(learn).collect::<Result<_>>()?;
        Ok(Self { stream, exchanges, buffer: vec![0; READ_BUFFER] })
    }

    fn drain(&mut self) -> Result<()> {
        for exchange in &self.exchanges {
            self.stream.write_all(&exchange.request)?;
            let mut left = exchange.reply;
            while left > 0 {
                let got = self.stream.read(&mut self.buffer)?;
                anyhow::ensure!(got > 0, "the server closed the connection");
                left = left.checked_sub(got).context("more bytes than in the first reply")?;
            }
        }
        Ok(())
    }
}

/// Reads one whole reply: frames up to the one that says it is the last.
fn reply_size(stream: &mut TcpStream) -> Result<usize> {
    let mut size = 0;
    loop {
        let mut header = [0; FRAME_HEADER_SIZE];
        stream.read_exact(&mut header)?;
        let frame = FrameHeader::parse(&header, MAX_FRAME_BODY)?;
        let mut body = vec![0; frame.size];
        stream.read_exact(&mut body)?;
        size += header.len() + body.len();
        if body.get(3).is_some_and(|bits| bits & info3::LAST != 0) {
            return Ok(size);
        }
    }
}

fn encode(workload: &Workload, rows: &[(u32, [u8; 20])]) -> Vec<u8> {
    let names = workload.bin_names();
    let header = BatchHeader {
        timeout_ms: 10_000,
        flags: BatchFlags::default(),
        filter: None,
        bins: BinSelection::Named(&names),
        attributes: ReadAttributes::default(),
    };
    let mut request = Vec::new();
    let mut encoder = BatchEncoder::new(&mut request, header);
    let group = RowGroup { namespace: &workload.namespace, set: &workload.set };
    rows.iter().for_each(|(index, digest)| encoder.row(*index, digest, group));
    encoder.finish().expect("a batch of the benchmark fits into a request");
    request
}
