//! A scan of a whole set: by readers that only read, or by the crate's own stream. Prints one line of JSON.
//!
//! `bench-scan drain|drain-all|crate HOSTS SET CONNECTIONS`: `drain` names the bins, as whoever reads them into columns does, and
//! `drain-all` asks for all there are.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Instant;

use aerospike::{Bins, PartitionFilter, QueryPolicy, Statement, Value};
use aerostride_benchmarks::{ClusterMap, connect};
use aerostride_wire::{Op, RowGroup, StreamBins, StreamRequest, write_type};
use anyhow::{Context, Result, bail, ensure};
use serde_json::json;

const NAMESPACE: &str = "test";
/// Of the workload that is scanned.
const BINS: [&str; 5] = ["temperature", "humidity", "status", "pressure", "battery"];

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [mode, hosts, set, connections] = arguments.as_slice() else {
        bail!("bench-scan drain|drain-all|crate HOSTS SET CONNECTIONS")
    };
    let measured = match mode.as_str() {
        "drain" => drain(hosts, set, &BINS, connections.parse()?).await?,
        "drain-all" => drain(hosts, set, &[], connections.parse()?).await?,
        "crate" => by_the_crate(hosts, set).await?,
        other => bail!("{other} is not drain, drain-all or crate"),
    };
    println!("{measured}");
    Ok(())
}

/// Every node's partitions, shared by so many connections to it.
async fn drain(
    hosts: &str,
    set: &str,
    bins: &[&'static str],
    connections: usize,
) -> Result<serde_json::Value> {
    let map = ClusterMap::fetch(hosts, NAMESPACE).await?;
    let mut readers = Vec::new();
    for (node, address) in map.nodes.iter().enumerate() {
        let owned: Vec<u16> = (0..4096).filter(|&id| map.master(usize::from(id)) == node).collect();
        for part in owned.chunks(owned.len().div_ceil(connections).max(1)) {
            let stream = TcpStream::connect(address)?;
            stream.set_nodelay(true)?;
            readers.push((stream, request(set, bins, part)?));
        }
    }
    let begin = Instant::now();
    let bytes = std::thread::scope(|scope| {
        let running: Vec<_> = readers
            .into_iter()
            .map(|(stream, request)| scope.spawn(move || read(stream, &request)))
            .collect();
        running
            .into_iter()
            .map(|reader| reader.join().map_err(|_| anyhow::anyhow!("a reader panicked"))?)
            .sum::<Result<u64>>()
    })?;
    Ok(json!({ "ms": begin.elapsed().as_secs_f64() * 1000.0, "bytes": bytes }))
}

fn request(set: &str, bins: &[&'static str], partitions: &[u16]) -> Result<Vec<u8>> {
    let read = |name: &'static str| Op {
        operation: write_type::READ,
        particle: 0,
        name: name.as_bytes(),
        value: &[],
    };
    let ops: Vec<_> = bins.iter().copied().map(read).collect();
    let mut out = Vec::new();
    StreamRequest {
        group: RowGroup { namespace: NAMESPACE, set },
        query_id: 0,
        socket_timeout_ms: 30_000,
        records_per_second: 0,
        max_records: 0,
        partitions,
        resume: &[],
        index: None,
        filter: None,
        bins: if bins.is_empty() { StreamBins::All } else { StreamBins::Ops(&ops) },
        respond_all_ops: false,
    }
    .encode(&mut out)?;
    Ok(out)
}

/// Reads frames to the last message, without looking at them.
fn read(mut stream: TcpStream, request: &[u8]) -> Result<u64> {
    stream.write_all(request)?;
    let mut buffer = vec![0; 1 << 20];
    let mut bytes = 0;
    loop {
        let mut header = [0; 8];
        stream.read_exact(&mut header)?;
        let mut left = (u64::from_be_bytes(header) & 0xffff_ffff_ffff) as usize;
        bytes += left as u64 + 8;
        let is_last = left == 22;
        while left > 0 {
            let room = left.min(buffer.len());
            let got = stream.read(&mut buffer[..room])?;
            ensure!(got > 0, "the server closed the connection");
            left -= got;
        }
        if is_last {
            ensure!(buffer[5] == 0, "the scan ended with code {}", buffer[5]);
            return Ok(bytes);
        }
    }
}

/// The crate's own stream: it ends with maps of values, of which the first bin is added up.
async fn by_the_crate(hosts: &str, set: &str) -> Result<serde_json::Value> {
    use futures_util::StreamExt as _;
    let client = connect(hosts).await?;
    let begin = Instant::now();
    let statement = Statement::new(NAMESPACE, set, Bins::All);
    let records = client.query(&QueryPolicy::default(), PartitionFilter::all(), statement).await?;
    let mut records = records.into_stream();
    let (mut rows, mut sum) = (0_u64, 0.0);
    while let Some(record) = records.next().await {
        let record = record.context("the crate's stream failed")?;
        rows += 1;
        if let Some(Value::Float(value)) = record.bins.get("temperature") {
            sum += f64::from(value);
        }
    }
    let ms = begin.elapsed().as_secs_f64() * 1000.0;
    client.close().await?;
    Ok(json!({ "ms": ms, "rows": rows, "sum": sum }))
}
