//! Records read where they are asked for are those that the `aerospike` crate reads.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use aerospike::policy::Replica;
use aerospike::{ReadPolicy, Value};
use aerostride_core::{Client, PackedKeys, Quick, Record};
use aerostride_devserver::Config;

use crate::random::seeded;
use crate::records::{pack, populate};
use crate::served::Served;

/// The record, once a connection is at hand.
async fn quick(client: &Client, keys: &PackedKeys, bins: Option<&[String]>) -> Option<Record> {
    let begun = Instant::now();
    loop {
        match client.get_quickly(keys, bins, ReadPolicy::default()).await.unwrap() {
            Quick::Done(record) => return record,
            Quick::Left(_) => assert!(begun.elapsed() < Duration::from_secs(30), "no connection is opened"),
        }
        tokio::task::yield_now().await;
    }
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
    let some = ["a".to_owned(), "none".to_owned()];
    for key in &keys {
        let packed = pack(std::slice::from_ref(key));
        for bins in [None, Some(&some[..]), Some(&[][..])] {
            let policy = ReadPolicy::default();
            let other = served.ours.get(&packed, bins.map(<[String]>::to_vec), &policy).await.unwrap();
            let ours = quick(&served.ours, &packed, bins).await;
            assert_eq!(ours.is_some(), other.is_some(), "{key:?}");
            let (Some(ours), Some(other)) = (ours, other) else { continue };
            assert_eq!(bins_of(&ours), bins_of(&other), "{key:?} {bins:?}");
            assert_eq!(ours.generation, other.generation);
            assert!(ours.ttl.abs_diff(other.ttl) <= 1, "{} and {}", ours.ttl, other.ttl);
        }
    }
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_usual_is_left() {
    let served = Served::start(Config::default()).await;
    let keys = populate(&served.crates, &mut seeded(), 1).await;
    let packed = pack(&keys);
    quick(&served.ours, &packed, None).await;
    let with = |change: fn(&mut ReadPolicy)| {
        let mut policy = ReadPolicy::default();
        change(&mut policy);
        policy
    };
    let unusual = [
        with(|policy| policy.base_policy.replica = Replica::Random),
        with(|policy| policy.base_policy.max_retries = 0),
        with(|policy| policy.base_policy.read_mode_ap = aerospike::ReadModeAp::All),
        with(|policy| policy.base_policy.read_mode_sc = aerospike::ReadModeSc::Linearize),
        with(|policy| {
            policy.base_policy.filter_expression = Some(aerospike::expressions::ge(
                aerospike::expressions::ttl(),
                aerospike::expressions::int_val(0),
            ));
        }),
    ];
    for policy in unusual {
        let left = served.ours.get_quickly(&packed, None, policy.clone()).await.unwrap();
        let Quick::Left(left) = left else { panic!("{policy:?}") };
        assert_eq!(left.base_policy.total_timeout, policy.base_policy.total_timeout);
    }
    let too_long = ["x".repeat(99)];
    assert!(served.ours.get_quickly(&packed, Some(&too_long), ReadPolicy::default()).await.is_err());
    served.server.stop();
    let policy = ReadPolicy::default();
    let total = policy.base_policy.total_timeout;
    let Quick::Left(left) = served.ours.get_quickly(&packed, None, policy).await.unwrap() else {
        panic!("nobody can have answered")
    };
    let left = left.base_policy.total_timeout;
    assert!((1..=total).contains(&left), "{left} of {total}");
    served.ours.close().await;
    assert!(served.ours.get_quickly(&packed, None, ReadPolicy::default()).await.is_err());
}
