//! Our columns against the `aerospike` crate's own batch: the same keys, the same server, every row and every cell.

use std::collections::HashMap;
use std::sync::Arc;

use aerospike::{BatchOperation, BatchReadPolicy, Bins, Value};
use aerostride_columns::{Conversions, Dtype, LayoutKind, OnLoss, TTL_NEVER};
use aerostride_core::{
    BatchPolicy, CancellationToken, KeyList, KeySource, ReadRequest, Replica, now_seconds,
};
use aerostride_devserver::Config;
use rand::RngExt as _;
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom as _, SliceRandom as _};

use crate::memory::Memory;
use crate::oracle::{Bin, Cell, cell, view_value};
use crate::random::{schema_with_views, seeded};
use crate::records::{AnyKey, for_oracle, pack, populate};
use crate::served::Served;

/// What the crate says about one key.
struct Row {
    code: i32,
    generation: u32,
    expiration: u32,
    bins: HashMap<String, Value>,
}

async fn crates_batch(client: &aerospike::Client, keys: &[AnyKey], bins: Bins) -> Vec<Row> {
    let policy = BatchReadPolicy::default();
    let mut operations: Vec<_> =
        keys.iter().map(|key| BatchOperation::read(&policy, key.for_crate(), bins.clone())).collect();
    if !operations.is_empty() {
        client.batch(&aerospike::BatchPolicy::default(), &mut operations).await.unwrap();
    }
    operations.into_iter().map(|operation| row(operation.into_batch_record())).collect()
}

fn row(answer: aerospike::BatchRecord) -> Row {
    let code = answer.result_code().map_or(-15, |code| i32::from(u8::from(code)));
    match answer.record {
        Some(record) => Row {
            code: 0,
            generation: record.generation,
            expiration: record.expiration(),
            bins: record.bins.into_iter().collect(),
        },
        None => Row { code, generation: 0, expiration: 0, bins: HashMap::new() },
    }
}

/// One batch, as both clients read it.
struct Batch {
    dtype: Dtype,
    keys: Vec<AnyKey>,
    /// The dtype's bins that are asked for.
    bins: Vec<String>,
    policy: BatchPolicy,
    kind: LayoutKind,
    on_loss: OnLoss,
    as_list: bool,
}

impl Batch {
    fn random(rng: &mut StdRng, population: &[AnyKey]) -> Self {
        let dtype = schema_with_views(rng);
        let mut keys: Vec<AnyKey> = (0..*[0, 1, 7, 400, 2500].choose(rng).unwrap())
            .map(|_| population.choose(rng).unwrap().clone())
            .collect();
        keys.shuffle(rng);
        let mut bins: Vec<String> = dtype.fields().iter().map(|field| field.name.clone()).collect();
        if rng.random_ratio(1, 3) {
            bins.retain(|_| rng.random());
        }
        let kinds =
            [LayoutKind::Columns, LayoutKind::Rows { align: false }, LayoutKind::Rows { align: true }];
        Self {
            dtype,
            keys,
            bins,
            policy: BatchPolicy {
                max_keys_per_request: *[0, 1, 64, 5000].choose(rng).unwrap(),
                max_concurrent_requests: *[0, 1, 3].choose(rng).unwrap(),
                replica: *[Replica::Sequence, Replica::Master, Replica::Random].choose(rng).unwrap(),
                ..BatchPolicy::default()
            },
            kind: *kinds.choose(rng).unwrap(),
            on_loss: *[OnLoss::Allow, OnLoss::Null, OnLoss::Throw].choose(rng).unwrap(),
            as_list: rng.random(),
        }
    }

    fn source(&self) -> KeySource {
        let keys = pack(&self.keys);
        if self.as_list {
            KeySource::List(Arc::new(KeyList::new(&keys)))
        } else {
            KeySource::Packed(Arc::new(keys))
        }
    }

    /// Reads with our client and compares every row with what the crate says.
    async fn compare(&self, served: &Served, whole_records: bool) {
        let now = now_seconds();
        let memory = Memory::new(&self.dtype, self.keys.len(), self.kind, self.on_loss, now);
        let request = ReadRequest {
            bins: self.bins.iter().map(|name| name.as_str().into()).collect(),
            policy: self.policy.clone(),
        };
        let table = Arc::clone(&memory.table);
        let never = CancellationToken::new();
        let outcome = served.ours.batch_read(self.source(), table, request, &never).await.unwrap();
        let selection = match (whole_records, self.bins.is_empty()) {
            (true, _) => Bins::All,
            (false, true) => Bins::None,
            (false, false) => Bins::Some(self.bins.clone()),
        };
        let rows = crates_batch(&served.crates, &self.keys, selection).await;
        let mut conversions = vec![Conversions::default(); self.dtype.fields().len()];
        for (position, row) in rows.iter().enumerate() {
            self.compare_row(&memory, &outcome.blocks, now, position, row, &mut conversions);
        }
        assert_eq!(outcome.conversions, conversions);
        assert_eq!(outcome.ok, rows.iter().filter(|row| row.code == 0).count() as u64);
        assert!(outcome.failures.is_empty(), "{:?}", outcome.failures);
    }

    fn compare_row(
        &self,
        memory: &Memory,
        blocks: &[Vec<u8>],
        now: u32,
        at: usize,
        row: &Row,
        counts: &mut [Conversions],
    ) {
        let key = &self.keys[at];
        let ttl = match (row.code, row.expiration) {
            (0, 0) => TTL_NEVER,
            (0, expiration) => expiration - now,
            _ => 0,
        };
        let got = (memory.code(at), memory.generation(at), memory.ttl(at));
        assert_eq!(got, (row.code, row.generation, ttl), "row {at}, {key:?}");
        for (field, (spec, count)) in self.dtype.fields().iter().zip(counts).enumerate() {
            let asked = self.bins.contains(&spec.name);
            let bin: Option<Bin> = row.bins.get(&spec.name).filter(|_| asked).map(for_oracle);
            let expected = cell(spec, bin.as_ref());
            if row.code == 0 {
                match expected {
                    Cell::Missing => count.missing += 1,
                    Cell::Lossy(_) => count.lossy += 1,
                    Cell::Mismatch => count.mismatched += 1,
                    Cell::Exact(_) => {}
                }
            }
            let (value, valid) = expected.stored(spec, self.on_loss);
            let stored = memory.cell(field, at, spec.size());
            let stored = match spec.element {
                view if view.is_view() => view_value(view, stored, blocks),
                _ => stored.to_vec(),
            };
            assert_eq!(
                (stored, memory.valid(field, at)),
                (value, valid),
                "row {at}, {key:?}, {spec:?}, {bin:?}"
            );
        }
    }
}

async fn compare_many(nodes: usize, keys: u32, batches: usize) {
    let mut rng = seeded();
    let served = Served::start(Config::new().nodes(nodes)).await;
    let population = populate(&served.crates, &mut rng, keys).await;
    for _ in 0..batches {
        let batch = Batch::random(&mut rng, &population);
        batch.compare(&served, rng.random()).await;
    }
    let everything = Batch { keys: population.clone(), ..Batch::random(&mut rng, &population) };
    everything.compare(&served, true).await;
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_node() {
    compare_many(1, 4000, 60).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_nodes() {
    compare_many(3, 4000, 60).await;
}
