//! Small calls go on in the thread that has begun them, and their records are those that the `aerospike` crate reads.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, channel};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use aerospike::{Bin, Value};
use aerostride_core::{Client, Error, PackedKeys, ReadPolicy, Record, begin, block, turn, unwatch, watch};
use aerostride_devserver::Config;
use tokio::runtime::{Builder, Handle, Runtime};

use crate::random::seeded;
use crate::records::{AnyKey, pack, populate};
use crate::served::Served;

type Read = (ThreadId, Result<Option<Record>, Error>);

/// Long enough for whatever is not awaited for ever.
const LONG: Duration = Duration::from_secs(30);

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// Begins to read a record, and gives what is read and the thread that has seen it.
fn begin_read(runtime: &Handle, client: &Client, key: &AnyKey, policy: &ReadPolicy) -> Receiver<Read> {
    let (client, keys, policy) = (client.clone(), pack(std::slice::from_ref(key)), policy.clone());
    let (done, read) = channel();
    begin(runtime, async move {
        let record = client.read(&keys, None, &policy).await;
        done.send((thread::current().id(), record)).unwrap();
    });
    read
}

/// Takes turns until the record is there.
fn turn_until(runtime: &Handle, read: &Receiver<Read>) -> Read {
    let begun = Instant::now();
    loop {
        turn(runtime).unwrap();
        if let Ok(read) = read.try_recv() {
            return read;
        }
        assert!(begun.elapsed() < LONG, "nothing comes");
        thread::yield_now();
    }
}

fn read(runtime: &Handle, client: &Client, key: &AnyKey) -> Read {
    turn_until(runtime, &begin_read(runtime, client, key, &ReadPolicy::default()))
}

fn served(runtime: &Runtime, count: u32) -> (Served, Vec<AnyKey>) {
    runtime.block_on(async {
        let served = Served::start(Config::default()).await;
        let keys = populate(&served.crates, &mut seeded(), count).await;
        (served, keys)
    })
}

/// Has this thread wait for its sockets, of which the first reads open some.
fn watch_and_connect(runtime: &Handle, client: &Client, key: &AnyKey) {
    watch().unwrap();
    for _ in 0..3 {
        assert!(read(runtime, client, key).1.is_ok());
    }
}

#[test]
fn calls_end_in_the_thread_that_has_begun_them() {
    let runtime = runtime();
    let (served, keys) = served(&runtime, 1);
    let (handle, here) = (runtime.handle(), thread::current().id());
    watch_and_connect(handle, &served.ours, &keys[0]);
    for _ in 0..50 {
        let (seen_by, record) = read(handle, &served.ours, &keys[0]);
        assert!(record.is_ok());
        assert_eq!(seen_by, here);
    }
    // Several at the same time: those that need a connection first are the runtime's.
    let reads: Vec<_> =
        (0..20).map(|_| begin_read(handle, &served.ours, &keys[0], &ReadPolicy::default())).collect();
    reads.iter().for_each(|read| assert!(turn_until(handle, read).1.is_ok()));
    assert_eq!(read(handle, &served.ours, &keys[0]).0, here);
    unwatch();
    assert!(read_without_turns(handle, &served.ours, &keys[0]).1.is_ok());
    runtime.block_on(served.stop());
}

fn read_without_turns(runtime: &Handle, client: &Client, key: &AnyKey) -> Read {
    let policy = ReadPolicy { socket_timeout: Some(Duration::from_secs(2)), ..ReadPolicy::default() };
    let policy = ReadPolicy { total_timeout: Some(Duration::ZERO), ..policy };
    begin_read(runtime, client, key, &policy).recv_timeout(LONG).unwrap()
}

#[test]
fn a_reply_that_its_thread_has_no_time_for_is_no_timeout() {
    let runtime = runtime();
    let (served, keys) = served(&runtime, 1);
    let (handle, here) = (runtime.handle(), thread::current().id());
    watch_and_connect(handle, &served.ours, &keys[0]);
    let (seen_by, record) = read_without_turns(handle, &served.ours, &keys[0]);
    assert!(record.is_ok(), "{record:?}");
    assert_ne!(seen_by, here, "nobody has taken a turn");
    unwatch();
    runtime.block_on(served.stop());
}

#[test]
fn what_waits_goes_on_elsewhere_when_its_thread_looks_no_more() {
    let runtime = runtime();
    let (served, keys) = served(&runtime, 1);
    let handle = runtime.handle();
    watch_and_connect(handle, &served.ours, &keys[0]);
    let policy = ReadPolicy { socket_timeout: Some(Duration::ZERO), ..ReadPolicy::default() };
    let policy = ReadPolicy { total_timeout: Some(Duration::ZERO), ..policy };
    let reads: Vec<_> = (0..5).map(|_| begin_read(handle, &served.ours, &keys[0], &policy)).collect();
    unwatch();
    for read in reads {
        assert!(read.recv_timeout(LONG).unwrap().1.is_ok());
    }
    runtime.block_on(served.stop());
}

#[test]
fn a_large_reply_is_the_runtimes() {
    let runtime = runtime();
    let (served, keys) = served(&runtime, 1);
    let (handle, here) = (runtime.handle(), thread::current().id());
    let blob = Value::Blob(vec![7; 300_000]);
    let policy = aerospike::WritePolicy::default();
    let put = pack(&keys);
    runtime.block_on(served.ours.put(&put, vec![Bin::new("blob", blob.clone())], &policy)).unwrap();
    watch().unwrap();
    for _ in 0..20 {
        let (seen_by, record) = read(handle, &served.ours, &keys[0]);
        assert!(record.unwrap().unwrap().bins.contains(&("blob".to_owned(), blob.clone())));
        assert_ne!(seen_by, here);
    }
    let record = block(handle, async { served.ours.read(&put, None, &ReadPolicy::default()).await });
    assert!(record.unwrap().unwrap().bins.contains(&("blob".to_owned(), blob)));
    unwatch();
    runtime.block_on(served.stop());
}

#[test]
fn a_thread_that_waits_does_all_of_it() {
    let runtime = runtime();
    let (served, keys) = served(&runtime, 1);
    let (handle, keys) = (runtime.handle(), pack(&keys));
    let policy = ReadPolicy::default();
    for _ in 0..10 {
        let read = block(handle, async {
            let record = served.ours.read(&keys, None, &policy).await;
            (thread::current().id(), record.is_ok())
        });
        assert_eq!(read, (thread::current().id(), true));
    }
    let waited = block(handle, async {
        tokio::time::timeout(Duration::from_millis(5), std::future::pending::<()>()).await
    });
    assert!(waited.is_err(), "another thread's timer wakes it");
    runtime.block_on(served.stop());
}

/// Maps have no order of their own here.
fn comparable(value: &Value) -> String {
    let entries = |entries: &mut dyn Iterator<Item = (&Value, &Value)>| {
        let sorted: BTreeMap<_, _> =
            entries.map(|(key, value)| (comparable(key), comparable(value))).collect();
        format!("map {sorted:?}")
    };
    match value {
        Value::HashMap(map) => entries(&mut map.iter()),
        Value::OrderedMap(map) => entries(&mut map.iter()),
        Value::SortedMap(map) => entries(&mut map.iter()),
        Value::List(items) => format!("{:?}", items.iter().map(comparable).collect::<Vec<_>>()),
        other => format!("{other:?}"),
    }
}

fn bins_of(record: &Record) -> BTreeMap<String, String> {
    record.bins.iter().map(|(name, value)| (name.clone(), comparable(value))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_is_the_same_whoever_reads_it() {
    let mut rng = seeded();
    let served = Served::start(Config::default()).await;
    let keys = populate(&served.crates, &mut rng, 200).await;
    let some = vec!["a".to_owned(), "none".to_owned()];
    let policy = ReadPolicy::default();
    for key in &keys {
        let packed: PackedKeys = pack(std::slice::from_ref(key));
        for bins in [None, Some(some.clone()), Some(Vec::new())] {
            let other = served.ours.get(&packed, bins.clone(), &policy.single()).await.unwrap();
            let ours = served.ours.read(&packed, bins.clone(), &policy).await.unwrap();
            assert_eq!(ours.is_some(), other.is_some(), "{key:?}");
            let (Some(ours), Some(other)) = (ours, other) else { continue };
            assert_eq!(bins_of(&ours), bins_of(&other), "{key:?} {bins:?}");
            assert_eq!(ours.generation, other.generation);
            assert!(ours.ttl.abs_diff(other.ttl) <= 60, "{} and {}", ours.ttl, other.ttl);
        }
        let exists = served.ours.exists(&packed, &policy.single()).await.unwrap();
        assert_eq!(served.ours.has(&packed, &policy).await.unwrap(), exists);
    }
    served.stop().await;
}
