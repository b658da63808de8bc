//! Median time of columnar reads without JavaScript: `cargo run --release --example batch_speed -- HOST:PORT KEYS`.
//! The set is filled by `npm run bench`.
#![allow(clippy::unwrap_used, reason = "an example that measures")]

use std::sync::Arc;
use std::time::Instant;

use aerostride_columns::{Dtype, FieldSpec, LayoutKind, OnLoss, Plan, RawMemory, Table, TableOptions};
use aerostride_core::{
    BatchPolicy, CancellationToken, Client, ConnectOptions, HostAddress, KeyGroup, KeyList, KeySource,
    PackedKeys, ReadRequest, now_seconds,
};

fn main() {
    let mut args = std::env::args().skip(1);
    let address = args.next().expect("host:port");
    let count: usize = args.next().map_or(10_000, |n| n.parse().expect("keys"));
    let chunk: usize = args.next().map_or(0, |n| n.parse().expect("chunk"));
    let workers: usize = args.next().map_or(0, |n| n.parse().expect("workers"));
    let (host, port) = address.rsplit_once(':').expect("host:port");
    let hosts = vec![HostAddress { host: host.into(), port: port.parse().expect("port"), tls_name: None }];
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let fields =
        [("temperature", "f8"), ("humidity", "i4"), ("status", "u1"), ("pressure", "f8"), ("battery", "f8")];
    let specs: Vec<FieldSpec> =
        fields.iter().map(|(name, code)| FieldSpec { name, code, shape: &[] }).collect();
    let dtype = Dtype::parse(&specs).unwrap();
    let mut ends = Vec::new();
    let mut data = Vec::new();
    for i in 0..count {
        data.extend_from_slice(format!("key_{i}").as_bytes());
        ends.push(data.len() as u32);
    }
    let group = KeyGroup::new("test".into(), "sensors".into()).unwrap();
    let packed = PackedKeys::new(count, vec![group], None, &[3], ends, data).unwrap();
    let list = KeySource::List(Arc::new(KeyList::new(&packed)));
    let packed = KeySource::Packed(Arc::new(packed));
    let client = runtime.block_on(Client::connect(ConnectOptions { hosts, ..Default::default() })).unwrap();
    let policy =
        BatchPolicy { max_keys_per_request: chunk, max_concurrent_requests: workers, ..Default::default() };
    let only = args.next();
    for (name, keys) in [("list", list), ("packed", packed)] {
        if only.as_deref().is_some_and(|wanted| wanted != name) {
            continue;
        }
        let mut times = Vec::new();
        let mut ok = 0;
        for _ in 0..300 {
            let plan = Plan::new(&dtype, count, LayoutKind::Columns).unwrap();
            let mut memory = vec![0_u8; plan.layout().byte_len];
            let start = Instant::now();
            // SAFETY: `memory` outlives the read, and nobody else touches it meanwhile.
            let raw = unsafe { RawMemory::new(memory.as_mut_ptr(), memory.len()) };
            let options = TableOptions { on_loss: OnLoss::Allow, now: now_seconds() };
            let table = Table::new(plan, raw, options).unwrap();
            let request = ReadRequest::new(&dtype, None, policy.clone()).unwrap();
            let abort = CancellationToken::new();
            let outcome = runtime.block_on(client.batch_read(keys.clone(), table, request, &abort)).unwrap();
            times.push(start.elapsed().as_secs_f64() * 1e3);
            ok = outcome.ok;
        }
        times.sort_by(f64::total_cmp);
        println!("{name}: median {:.3} ms, p10 {:.3}, min {:.3}, ok {ok}", times[150], times[30], times[0]);
    }
}
