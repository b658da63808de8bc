//! Writes of which nobody knows whether they were done.

use std::sync::Arc;
use std::time::Duration;

use aerospike::{Bin, RecordExistsAction, Value, WritePolicy};
use aerostride_columns::{Dtype, FieldSpec, Layout, LayoutKind, OnLoss, Source};
use aerostride_core::{
    BatchOutcome, BatchPolicy, CancellationToken, Client, Error, ErrorKind, Exists, KeyGroup, KeySource,
    PackedKeys, RowTerms, WriteRequest,
};
use aerostride_devserver::Config;
use aerostride_wire::{KeyType, WriteAttributes, info2};

use crate::stocked::memory::Memory;
use crate::stocked::{Stocked, until};

const ROWS: usize = 20;
const ALL: [u32; ROWS] = {
    let mut all = [0; ROWS];
    let mut row = 0;
    while row < ROWS {
        all[row] = row as u32;
        row += 1;
    }
    all
};

/// Keys that no other case of these tests has.
fn fresh_keys(case: usize) -> Arc<PackedKeys> {
    let group = KeyGroup::new("test".into(), "doubt".into()).unwrap();
    let data = (0..ROWS).flat_map(|row| ((case * ROWS + row) as i64).to_be_bytes()).collect();
    Arc::new(PackedKeys::new(ROWS, vec![group], None, &[KeyType::Int as u8], Vec::new(), data).unwrap())
}

/// A write that creates records, and the codes of its rows.
struct Creation {
    keys: KeySource,
    codes: Memory,
    request: WriteRequest,
}

impl Creation {
    fn new(keys: &Arc<PackedKeys>, policy: BatchPolicy) -> Self {
        let dtype = Arc::new(Dtype::parse(&[FieldSpec { name: "n", code: "i8", shape: &[] }]).unwrap());
        let layout = Layout::new(&dtype, ROWS, LayoutKind::Columns).unwrap();
        // Every cell is valid; what it holds does not matter here.
        let source = Source::new(dtype, layout.clone(), vec![1; layout.byte_len], Vec::new()).unwrap();
        let attributes = WriteAttributes { info2: info2::CREATE_ONLY, ..WriteAttributes::default() };
        let request = WriteRequest { source: Arc::new(source), attributes, send_key: false, policy };
        let codes = Memory::new(&Dtype::parse(&[]).unwrap(), ROWS, LayoutKind::Columns, OnLoss::Allow, 0);
        Self { keys: KeySource::Packed(Arc::clone(keys)), codes, request }
    }

    async fn run(&self, client: &Client, abort: &CancellationToken) -> Result<BatchOutcome, Error> {
        let table = Arc::clone(&self.codes.table);
        client.batch_write(self.keys.clone(), table, self.request.clone(), abort).await
    }

    fn codes(&self) -> Vec<i32> {
        (0..ROWS).map(|row| self.codes.code(row)).collect()
    }
}

fn policy(max_retries: u32) -> BatchPolicy {
    BatchPolicy { max_retries, ..BatchPolicy::default() }
}

/// For a server that says nothing first, and then has to answer in as short a time.
fn impatient(max_retries: u32) -> BatchPolicy {
    BatchPolicy { socket_timeout: Duration::from_secs(2), ..policy(max_retries) }
}

async fn served() -> (Stocked, Client) {
    let stocked = Stocked::start(Config::new(), 1, 20).await;
    let client = stocked.client().await;
    (stocked, client)
}

/// What becomes of a write of fresh keys under faults: its codes and the rows in doubt, or its error.
async fn create(
    (stocked, client): &(Stocked, Client),
    case: usize,
    rules: &[&str],
    policy: BatchPolicy,
) -> (Result<BatchOutcome, Error>, Vec<i32>) {
    let creation = Creation::new(&fresh_keys(case), policy);
    stocked.set_faults(rules);
    let ended = creation.run(client, &CancellationToken::new()).await;
    stocked.set_faults(&[""; 0]);
    let codes = creation.codes();
    (ended, codes)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_retry_that_meets_its_own_earlier_write_is_in_doubt() {
    let served = served().await;
    // The server writes, and what it says of that never arrives.
    for (case, rules) in ["on=batch silence times=1", "on=batch cut=0 times=1", "on=batch garbage=64 times=1"]
        .into_iter()
        .enumerate()
    {
        let (ended, codes) = create(&served, case, &[rules], impatient(1)).await;
        let outcome = ended.unwrap();
        assert_eq!((outcome.ok, codes), (0, vec![5; ROWS]), "{rules}");
        assert_eq!(outcome.in_doubt, ALL, "{rules}");
        assert!(outcome.failures.is_empty(), "{rules}: {:?}", outcome.failures);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_without_an_answer_is_in_doubt_and_one_that_was_not_sent_or_refused_is_not() {
    let served = served().await;
    let whole: [(&[&str], ErrorKind, bool); 5] = [
        (&["on=batch silence"], ErrorKind::Timeout, true),
        (&["on=batch close"], ErrorKind::Connection, true),
        (&["on=batch garbage=64"], ErrorKind::Protocol, true),
        (&["on=batch lose=20"], ErrorKind::Protocol, true),
        (&["on=batch lose=20", "on=batch trailer=4"], ErrorKind::Server, false),
    ];
    for (case, (rules, kind, in_doubt)) in whole.into_iter().enumerate() {
        // A new client has no connection yet.
        let fresh = served.0.client().await;
        let creation = Creation::new(&fresh_keys(100 + case), impatient(0));
        served.0.set_faults(rules);
        let error = creation.run(&fresh, &CancellationToken::new()).await.unwrap_err();
        served.0.set_faults(&[""; 0]);
        assert_eq!((error.kind, error.in_doubt), (kind, in_doubt), "{rules:?}");
        fresh.close().await;
    }
    // Nobody listens any more.
    let fresh = served.0.client().await;
    served.0.server.stop_node(0).unwrap();
    let creation = Creation::new(&fresh_keys(110), policy(1));
    let error = creation.run(&fresh, &CancellationToken::new()).await.unwrap_err();
    assert_eq!((error.kind, error.in_doubt), (ErrorKind::Connection, false));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_are_in_doubt_one_by_one() {
    let served = served().await;
    let (ended, codes) = create(&served, 200, &[], policy(0)).await;
    assert_eq!((ended.unwrap().in_doubt, codes), (vec![], vec![0; ROWS]));
    // The records exist: a plain failure.
    let (ended, codes) = create(&served, 200, &[], policy(2)).await;
    assert_eq!((ended.unwrap().in_doubt, codes), (vec![], vec![5; ROWS]));
    // The server's time was up for some rows.
    let (ended, codes) = create(&served, 201, &["on=batch code=9x3"], policy(0)).await;
    let late: Vec<u32> = (0..).zip(&codes).filter(|(_, code)| **code == 9).map(|(row, _)| row).collect();
    assert_eq!((ended.unwrap().in_doubt, late.len()), (late, 3));
    // Rows whose key is busy were not written.
    let (ended, _) = create(&served, 202, &["on=batch code=14x3"], policy(0)).await;
    assert_eq!(ended.unwrap().in_doubt, [0; 0]);
    // Some rows are missing in the reply.
    let (ended, codes) = create(&served, 203, &["on=batch lose=3"], policy(0)).await;
    let lost: Vec<u32> = (0..).zip(&codes).filter(|(_, code)| **code == -15).map(|(row, _)| row).collect();
    let outcome = ended.unwrap();
    assert_eq!((&outcome.in_doubt, lost.len()), (&lost, 3));
    assert!(outcome.failures.iter().all(|failed| failed.in_doubt), "{:?}", outcome.failures);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_abort_leaves_a_write_in_doubt_that_was_sent() {
    let (stocked, client) = served().await;
    stocked.set_faults(&["on=batch silence"]);
    let abort = CancellationToken::new();
    let creation = Creation::new(&fresh_keys(300), policy(0));
    let abortion = async {
        until("the request was received", || stocked.server.stats().faults > 0).await;
        abort.cancel();
    };
    let (ended, ()) = tokio::join!(creation.run(&client, &abort), abortion);
    let error = ended.unwrap_err();
    assert_eq!((error.kind, error.in_doubt), (ErrorKind::Aborted, true));
    let error = Creation::new(&fresh_keys(301), policy(0)).run(&client, &abort).await.unwrap_err();
    assert_eq!((error.kind, error.in_doubt), (ErrorKind::Aborted, false), "it never began");
}

/// The crate says it of its own writes: single ones, and those of `put_many`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_through_the_crate_are_in_doubt_alike() {
    let (stocked, client) = served().await;
    let mut single =
        WritePolicy { record_exists_action: RecordExistsAction::CreateOnly, ..WritePolicy::default() };
    single.base_policy.socket_timeout = 300;
    let one = |number: i64| {
        let group = KeyGroup::new("test".into(), "doubt".into()).unwrap();
        let data = number.to_be_bytes().to_vec();
        PackedKeys::new(1, vec![group], None, &[KeyType::Int as u8], Vec::new(), data).unwrap()
    };
    let bins = || vec![Bin::new("n", Value::Int(1))];
    stocked.set_faults(&["on=write silence"]);
    let error = client.put(&one(-1), bins(), &single).await.unwrap_err();
    assert_eq!((error.kind, error.in_doubt), (ErrorKind::Timeout, true));
    stocked.set_faults(&[""; 0]);
    single.base_policy.socket_timeout = 0;
    single.base_policy.total_timeout = 0;
    let error = client.put(&one(-1), bins(), &single).await.unwrap_err();
    assert_eq!((error.result_code, error.in_doubt), (Some(5), false), "the first was done");

    stocked.set_faults(&["on=batch silence times=1"]);
    let many = aerostride_core::WritePolicy {
        socket_timeout: Some(Duration::from_secs(2)),
        max_retries: Some(1),
        exists: Exists::Create,
        ..Default::default()
    };
    let terms = RowTerms::default;
    let written = client.put_many(&fresh_keys(400), vec![bins(); ROWS], terms(), &many).await.unwrap();
    assert_eq!((written.codes, written.in_doubt), (vec![5; ROWS], ALL.to_vec()));
    let written = client.put_many(&fresh_keys(400), vec![bins(); ROWS], terms(), &many).await.unwrap();
    assert_eq!((written.codes, written.in_doubt), (vec![5; ROWS], vec![]));
}
