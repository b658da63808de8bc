//! Writes a workload's records: one line of JSON in, `{"written": n}` per thousand records out.
#![forbid(unsafe_code)]

use aerospike::{Client, WritePolicy};
use aerostride_benchmarks::{Workload, connect};
use anyhow::{Context, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

const IN_FLIGHT: usize = 128;
const REPORT_EVERY: u32 = 1000;

#[tokio::main]
async fn main() -> Result<()> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    let request: serde_json::Value = serde_json::from_str(&line).context("no request on standard input")?;
    let records = request["records"].as_u64().context("no records")? as u32;
    let workload = Arc::new(Workload::parse(&request["workload"])?);
    let client = Arc::new(connect(request["hosts"].as_str().context("no hosts")?).await?);
    let next = Arc::new(AtomicU32::new(0));
    let writers =
        (0..IN_FLIGHT).map(|_| tokio::spawn(write(client.clone(), workload.clone(), next.clone(), records)));
    for writer in writers.collect::<Vec<_>>() {
        writer.await??;
    }
    println!("{}", serde_json::json!({ "written": records }));
    Ok(())
}

async fn write(
    client: Arc<Client>,
    workload: Arc<Workload>,
    next: Arc<AtomicU32>,
    records: u32,
) -> Result<()> {
    let policy = WritePolicy::default();
    loop {
        let i = next.fetch_add(1, Ordering::Relaxed);
        if i >= records {
            return Ok(());
        }
        client.put(&policy, &workload.key(i)?, &workload.record(i)).await?;
        if i.is_multiple_of(REPORT_EVERY) {
            println!("{}", serde_json::json!({ "written": i }));
        }
    }
}
