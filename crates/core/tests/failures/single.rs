//! Calls of the control plane fail with the same kind and code as columnar batches.

use std::time::Duration;

use aerospike::policy::BasePolicy;
use aerospike::{Bin, ReadPolicy, Value, WritePolicy};
use aerostride_core::{
    BatchPolicy, Client, Error, ErrorKind, KeyGroup, PackedKeys, RecordOp, RowTerms, codes,
};
use aerostride_devserver::Config;
use aerostride_wire::KeyType;

use crate::stocked::Stocked;

/// In milliseconds: soon over where nobody answers, and for servers that answer however busy the machine is.
const SHORT: u32 = 300;
const LONG: u32 = 30_000;

fn base(patience: u32) -> BasePolicy {
    BasePolicy { socket_timeout: patience, total_timeout: 0, max_retries: 1, ..BasePolicy::default() }
}

fn packed(number: i64) -> PackedKeys {
    let group = KeyGroup::new("test".into(), "stock".into()).unwrap();
    PackedKeys::new(1, vec![group], None, &[KeyType::Int as u8], Vec::new(), number.to_be_bytes().to_vec())
        .unwrap()
}

fn bin() -> Bin {
    Bin::new("n", Value::Int(1))
}

/// How every call for one record ends, by name.
async fn ends(client: &Client, patience: u32) -> Vec<(&'static str, Result<(), Error>)> {
    let key = packed(1);
    let read = ReadPolicy { base_policy: base(patience) };
    let write = WritePolicy { base_policy: base(patience), ..WritePolicy::default() };
    let step = || vec![RecordOp::Write(bin()), RecordOp::ReadAll];
    let own = aerostride_core::ReadPolicy {
        socket_timeout: Some(Duration::from_millis(patience.into())),
        total_timeout: Some(Duration::ZERO),
        max_retries: Some(1),
        ..Default::default()
    };
    vec![
        ("read", client.read(&key, None, &own).await.map(drop)),
        ("has", client.has(&key, &own).await.map(drop)),
        ("get", client.get(&key, None, &read).await.map(drop)),
        ("exists", client.exists(&key, &read).await.map(drop)),
        ("put", client.put(&key, vec![bin()], &write).await),
        ("touch", client.touch(&key, &write).await),
        ("operate", client.operate(&key, step(), false, &write).await.map(drop)),
        ("remove", client.remove(&key, &write).await.map(drop)),
    ]
}

/// How batches of ordinary records end: the whole of them, or their only row.
async fn batches(client: &Client, patience: u32) -> Vec<(&'static str, i32)> {
    let key = packed(2);
    let policy = aerospike::BatchPolicy { base_policy: base(patience), ..aerospike::BatchPolicy::default() };
    let read = client.batch_records(&key, None, &policy).await;
    let write = aerostride_core::WritePolicy {
        socket_timeout: Some(Duration::from_millis(patience.into())),
        total_timeout: Some(Duration::ZERO),
        max_retries: Some(1),
        ..Default::default()
    };
    let written = client.put_many(&key, vec![vec![bin()]], RowTerms::default(), &write).await;
    vec![
        ("batch_records", read.map_or_else(|error| error.row_code(), |rows| rows[0].result_code)),
        ("put_many", written.map_or_else(|error| error.row_code(), |written| written.codes[0])),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_is_closed_reset_or_cut_is_a_connection_error_on_both_planes() {
    let stocked = Stocked::start(Config::new(), 10, 8).await;
    for rule in ["on=any close", "on=any refuse", "on=any cut=0", "on=any cut=7", "on=any cut=20"] {
        stocked.set_faults(&[""; 0]);
        let client = stocked.client().await;
        let rules = ["read", "write", "batch"].map(|on| rule.replace("any", on));
        stocked.set_faults(&rules);
        for (call, ended) in ends(&client, LONG).await {
            let error = ended.unwrap_err();
            let told = (error.kind, error.result_code);
            assert_eq!(told, (ErrorKind::Connection, Some(codes::ERR_CONNECTION)), "{rule}, {call}: {error}");
            assert_eq!(error.attempts, Some(2), "{rule}, {call}: {error}");
        }
        for (call, code) in batches(&client, LONG).await {
            assert_eq!(code, codes::ERR_CONNECTION, "{rule}, {call}");
        }
        let policy = BatchPolicy { max_retries: 1, ..BatchPolicy::default() };
        let error = stocked.read(&client, vec![1], policy).await.ended.unwrap_err();
        assert_eq!((error.kind, error.result_code), (ErrorKind::Connection, Some(codes::ERR_CONNECTION)));
        client.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silence_is_a_timeout_on_both_planes() {
    let stocked = Stocked::start(Config::new(), 10, 8).await;
    let client = stocked.client().await;
    stocked.set_faults(&["on=read silence", "on=write silence", "on=batch silence"]);
    for (call, ended) in ends(&client, SHORT).await {
        let error = ended.unwrap_err();
        assert_eq!(
            (error.kind, error.result_code),
            (ErrorKind::Timeout, Some(codes::TIMEOUT)),
            "{call}: {error}"
        );
    }
    for (call, code) in batches(&client, SHORT).await {
        assert_eq!(code, codes::TIMEOUT, "{call}");
    }
    let socket_timeout = Duration::from_millis(SHORT.into());
    let policy = BatchPolicy { max_retries: 1, socket_timeout, ..BatchPolicy::default() };
    let error = stocked.read(&client, vec![1], policy).await.ended.unwrap_err();
    assert_eq!((error.kind, error.result_code), (ErrorKind::Timeout, Some(codes::TIMEOUT)));
}
