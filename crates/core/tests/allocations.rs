//! A batch read allocates per request, not per row and not per value.

#![allow(clippy::unwrap_used, reason = "where a test unwraps, nothing else than a failure is left")]

#[path = "../../columns/tests/counting/mod.rs"]
mod counting;
#[path = "core/memory.rs"]
#[allow(dead_code, reason = "shared with tests that look at every region")]
mod memory;
#[path = "core/served.rs"]
mod served;

use std::sync::Arc;

use aerospike::{BatchOperation, BatchWritePolicy, Bin, Key, Value, operations};
use aerostride_columns::{Dtype, FieldSpec, LayoutKind, OnLoss};
use aerostride_core::{
    BatchPolicy, CancellationToken, KeyGroup, KeyList, KeySource, PackedKeys, ReadRequest, now_seconds,
};
use aerostride_devserver::Config;

use memory::Memory;
use served::Served;

const ROWS: usize = 5000;

fn dtype() -> Dtype {
    let field = |name, code, shape| FieldSpec { name, code, shape };
    Dtype::parse(&[
        field("int", "i4", &[]),
        field("double", "f8", &[]),
        field("text", "S8", &[]),
        field("vector", "f4", &[3]),
        field("nowhere", "i8", &[]),
    ])
    .unwrap()
}

async fn write_records(client: &aerospike::Client) {
    let policy = BatchWritePolicy::default();
    for rows in (0..ROWS as i64).collect::<Vec<_>>().chunks(1000) {
        let bins: Vec<[Bin; 4]> = rows.iter().map(|&row| bins(row)).collect();
        let mut writes: Vec<_> = rows
            .iter()
            .zip(&bins)
            .map(|(&row, bins)| {
                let key = Key::new("test", "rows", Value::Int(row)).unwrap();
                BatchOperation::write(&policy, key, bins.iter().map(operations::put).collect::<Vec<_>>())
            })
            .collect();
        client.batch(&aerospike::BatchPolicy::write_default(), &mut writes).await.unwrap();
    }
}

fn bins(row: i64) -> [Bin; 4] {
    let vector = (0..3).map(|axis| Value::Int(row + axis)).collect();
    [
        Bin::new("int", Value::Int(row)),
        Bin::new("double", Value::from(row as f64 / 2.0)),
        Bin::new("text", Value::String(format!("a text of row {row}"))),
        Bin::new("vector", Value::List(vector)),
    ]
}

fn keys(rows: usize) -> Arc<PackedKeys> {
    let groups = vec![KeyGroup::new("test".into(), "rows".into()).unwrap()];
    let data = (0..rows as i64).flat_map(i64::to_be_bytes).collect();
    Arc::new(PackedKeys::new(rows, groups, None, &[1], vec![], data).unwrap())
}

/// Allocations of this thread, which runs all of the batch, while one request reads so many rows.
async fn allocations(served: &Served, keys: KeySource) -> usize {
    let rows = keys.len();
    let memory = Memory::new(&dtype(), rows, LayoutKind::Columns, OnLoss::Allow, now_seconds());
    let bins = Arc::clone(dtype().reads());
    let policy =
        BatchPolicy { max_keys_per_request: ROWS, max_concurrent_requests: 1, ..BatchPolicy::default() };
    let (request, table, never) =
        (ReadRequest { bins, policy }, Arc::clone(&memory.table), CancellationToken::new());
    let before = counting::so_far();
    let outcome = served.ours.batch_read(keys, table, request, &never).await.unwrap();
    let allocations = counting::so_far() - before;
    assert_eq!(outcome.ok, rows as u64);
    assert_eq!(outcome.conversions[2].lossy, rows as u64);
    assert_eq!(memory.cell(0, rows - 1, 4), (rows as u32 - 1).to_le_bytes());
    allocations
}

#[test]
fn a_request_of_many_rows_allocates_no_more_than_one_of_few() {
    // The clients' own background work runs elsewhere and is not counted.
    let background =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let foreground = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let served = background.block_on(async {
        let served = Served::start(Config::new()).await;
        write_records(&served.crates).await;
        served
    });
    for list in [false, true] {
        let keys = |rows| {
            let packed = keys(rows);
            if list { KeySource::List(Arc::new(KeyList::new(&packed))) } else { KeySource::Packed(packed) }
        };
        // The first batch makes the connection and its buffers.
        foreground.block_on(allocations(&served, keys(ROWS)));
        let many = foreground.block_on(allocations(&served, keys(ROWS)));
        let few = foreground.block_on(allocations(&served, keys(600)));
        // The receive buffer may double a few times, depending on how the bytes arrive.
        assert!(few > 0 && many <= few + 8, "{few} allocations for 600 rows, {many} for {ROWS}");
    }
    background.block_on(served.stop());
}
