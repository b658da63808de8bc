//! The peer `crate`: `Client::batch` of the aerospike crate, its operations made once and used again, which is the
//! best it can do. What it gives are maps of values; no time is counted for turning them into columns.
//! With `get`, the peer `crateGet`: `Client::get` of the first record.
#![forbid(unsafe_code)]

use aerospike::{BatchOperation, BatchPolicy, BatchReadPolicy, Bins, Client, ReadPolicy, Record};
use aerostride_benchmarks::{Peer, Workload, connect, cpu_ms, serve};
use anyhow::{Context, Result};
use serde_json::{Value as Json, json};
use std::sync::Arc;
use std::time::Instant;
use tokio::runtime::Runtime;

struct CrateBatch {
    runtime: Runtime,
    client: Option<Arc<Client>>,
    workload: Option<Workload>,
    /// One list per batch that runs at the same time.
    batches: Vec<Vec<BatchOperation>>,
    /// One record by itself instead of batches.
    single: bool,
    record: Option<Record>,
}

fn main() -> Result<()> {
    let runtime = Runtime::new()?;
    let single = std::env::args().nth(1).as_deref() == Some("get");
    serve(&mut CrateBatch {
        runtime,
        client: None,
        workload: None,
        batches: Vec::new(),
        single,
        record: None,
    })
}

impl Peer for CrateBatch {
    fn prepare(&mut self, request: &Json) -> Result<Json> {
        if self.client.is_none() {
            let hosts = request["hosts"].as_str().context("no hosts")?;
            self.client = Some(Arc::new(self.runtime.block_on(connect(hosts))?));
        }
        let workload = Workload::parse(&request["workload"])?;
        let bins = Bins::Some(workload.bin_names().into_iter().map(str::to_owned).collect());
        let policy = BatchReadPolicy::default();
        let read = |i| Ok(BatchOperation::read(&policy, workload.key(i)?, bins.clone()));
        let keys = request["keys"].as_u64().context("no keys")? as u32;
        let operations = (0..keys).map(read).collect::<Result<Vec<_>>>()?;
        self.batches = vec![operations; request["concurrent"].as_u64().unwrap_or(1) as usize];
        self.workload = Some(workload);
        Ok(json!({}))
    }

    fn read(&mut self, times: usize) -> Result<Json> {
        let client = self.client.clone().context("not prepared")?;
        let cpu = cpu_ms();
        let mut ms = Vec::with_capacity(times);
        for _ in 0..times {
            let started = Instant::now();
            if self.single {
                self.record = Some(self.runtime.block_on(self.read_one(&client))?);
            } else {
                self.runtime.block_on(read_all(&client, &mut self.batches))?;
            }
            ms.push(started.elapsed().as_secs_f64() * 1000.0);
        }
        Ok(json!({ "ms": ms, "cpu": cpu_ms() - cpu, "sum": self.checksum() }))
    }
}

/// Every batch in a task of its own; a single one needs none.
async fn read_all(client: &Arc<Client>, batches: &mut [Vec<BatchOperation>]) -> Result<()> {
    if let [only] = batches {
        return Ok(client.batch(&BatchPolicy::default(), only).await?);
    }
    let start = |batch: &mut Vec<BatchOperation>| {
        let (client, mut operations) = (client.clone(), std::mem::take(batch));
        tokio::spawn(async move {
            client.batch(&BatchPolicy::default(), &mut operations).await.map(|()| operations)
        })
    };
    let running: Vec<_> = batches.iter_mut().map(start).collect();
    for (task, batch) in running.into_iter().zip(batches) {
        *batch = task.await??;
    }
    Ok(())
}

impl CrateBatch {
    async fn read_one(&self, client: &Client) -> Result<Record> {
        let workload = self.workload.as_ref().context("not prepared")?;
        Ok(client.get(&ReadPolicy::default(), &workload.key(0)?, Bins::All).await?)
    }

    fn checksum(&self) -> f64 {
        let first = self.workload.as_ref().map(|workload| &workload.bins[0]);
        let batch = self.batches.iter().take(1).filter(|_| !self.single).flatten();
        let records = batch.filter_map(BatchOperation::record).chain(&self.record);
        first.map_or(0.0, |bin| {
            records.filter_map(|r| r.bins.get(&bin.name)).map(|v| bin.kind.checksum(v)).sum()
        })
    }
}
