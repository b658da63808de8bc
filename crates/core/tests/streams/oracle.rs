//! Scans and queries against the `aerospike` crate's own: the same rows for random data, bins, filters, partitions and keys.

use std::collections::BTreeMap;

use aerospike::query::Filter;
use aerospike::{
    Bins, ClientPolicy, PartitionFilter, QueryPolicy, Statement, Value, WritePolicy, as_bin, as_key,
};
use aerostride_core::{
    Client, Content, IndexDefinition, IndexElements, IndexRangeOf, IndexSpec, IndexValues, StreamBins,
    StreamOptions,
};
use aerostride_devserver::Config;
use aerostride_wire::{IndexType, particle_type};
use futures_util::StreamExt as _;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::stocked::Stocked;

/// Records by digest: user key, generation, bins.
type Found = BTreeMap<Vec<u8>, (Option<String>, u32, BTreeMap<String, String>)>;

fn shown(value: &Value) -> String {
    match value {
        Value::OrderedMap(entries) => {
            let entries: BTreeMap<String, String> =
                entries.iter().map(|(key, value)| (shown(key), shown(value))).collect();
            format!("{entries:?}")
        }
        Value::SortedMap(entries) => {
            let entries: BTreeMap<String, String> =
                entries.iter().map(|(key, value)| (shown(key), shown(value))).collect();
            format!("{entries:?}")
        }
        Value::List(items) => format!("{:?}", items.iter().map(shown).collect::<Vec<_>>()),
        other => format!("{other:?}"),
    }
}

async fn crates(
    client: &aerospike::Client,
    partitions: PartitionFilter,
    statement: Statement,
    filter: Option<Vec<u8>>,
) -> Found {
    let mut policy = QueryPolicy::default();
    policy.base_policy.filter_expression = filter.map(aerospike::expressions::from_packed_bytes);
    let records = client.query(&policy, partitions, statement).await.unwrap();
    let mut stream = records.into_stream();
    let mut found = Found::new();
    while let Some(record) = stream.next().await {
        let record = record.unwrap();
        let key = record.key.as_ref().unwrap();
        let user = key.user_key().map(|key| format!("{key:?}"));
        let bins = record.bins.iter().map(|(name, value)| (name.to_string(), shown(value))).collect();
        let twice = found.insert(key.digest().to_vec(), (user, record.generation, bins));
        assert!(twice.is_none(), "the crate delivered a record twice");
    }
    found
}

async fn ours(client: &Client, options: StreamOptions) -> Found {
    let digests = StreamOptions { keys: aerostride_columns::KeyColumns::Digest, ..options.clone() };
    let mut by_digest = Vec::new();
    let mut found = Found::new();
    // User keys and digests come in streams of their own; a steady set gives both in the same order per partition.
    for (options, take_digests) in [(digests, true), (options, false)] {
        let one = aerostride_core::StreamPolicy { connections_per_node: 1, ..options.policy.clone() };
        let stream = client.stream(StreamOptions { policy: one, ..options }).unwrap();
        (0..4).for_each(|id| stream.lend_records(id, 57));
        let mut next = 4;
        while let Some(filled) = stream.next().await.unwrap() {
            stream.lend_records(next, 57);
            next += 1;
            let Content::Records(records) = filled.content else { panic!("columns") };
            if take_digests {
                by_digest.extend(filled.keys.digests.chunks(20).map(<[u8]>::to_vec).zip(records));
                continue;
            }
            for (row, record) in records.into_iter().enumerate() {
                let bins: BTreeMap<String, String> =
                    record.bins.iter().map(|(name, value)| (name.clone(), shown(value))).collect();
                let at = by_digest.iter().position(|(_, other)| {
                    other.generation == record.generation
                        && other.bins.iter().map(|(n, v)| (n.clone(), shown(v))).collect::<BTreeMap<_, _>>()
                            == bins
                });
                let (digest, _) = by_digest.swap_remove(at.expect("both streams have the record"));
                let twice = found.insert(digest, (user_key(&filled.keys, row), record.generation, bins));
                assert!(twice.is_none());
            }
        }
    }
    assert!(by_digest.is_empty());
    found
}

fn user_key(keys: &aerostride_columns::RowKeys, row: usize) -> Option<String> {
    let begin = if row == 0 { 0 } else { keys.ends[row - 1] as usize };
    let bytes = &keys.bytes[begin..keys.ends[row] as usize];
    let value = match keys.kinds[row] {
        0 => return None,
        1 => Value::Int(i64::from_be_bytes(bytes.try_into().unwrap())),
        3 => Value::String(String::from_utf8(bytes.to_vec()).unwrap()),
        _ => Value::Blob(bytes.to_vec()),
    };
    Some(format!("{value:?}"))
}

/// Records with a number of their own, so that no two are alike, some with stored keys of every type.
async fn store(client: &aerospike::Client, random: &mut StdRng, records: usize) {
    for number in 0..records as i64 {
        let key = match random.random_range(0..3) {
            0 => as_key!("test", "oracle", number),
            1 => as_key!("test", "oracle", format!("key é {number}")),
            _ => as_key!("test", "oracle", number.to_be_bytes().to_vec()),
        };
        let policy = WritePolicy { send_key: random.random(), ..WritePolicy::default() };
        let mut bins = vec![as_bin!("id", number)];
        if random.random() {
            bins.push(as_bin!("n", random.random_range(-50_i64..50)));
        }
        if random.random() {
            bins.push(as_bin!("text", format!("t{}", random.random_range(0..5))));
        }
        if random.random() {
            bins.push(as_bin!("list", Value::List(vec![Value::Int(number % 9), Value::String("x".into())])));
        }
        if random.random() {
            bins.push(as_bin!("f", number as f64 / 4.0));
        }
        client.put(&policy, &key, &bins).await.unwrap();
    }
}

fn options(bins: Option<&[&str]>) -> StreamOptions {
    let named = |names: &[&str]| StreamBins::Named(names.iter().map(|&name| name.into()).collect());
    StreamOptions { bins: bins.map_or(StreamBins::All, named), ..StreamOptions::scan("test", "oracle") }
}

fn statement(bins: Option<&[&str]>) -> Statement {
    let bins =
        bins.map_or(Bins::All, |names| Bins::Some(names.iter().map(|name| (*name).to_owned()).collect()));
    Statement::new("test", "oracle", bins)
}

/// `id` is less than a number.
fn below(number: u8) -> Vec<u8> {
    // [5, [81, int, "id"], number]
    [&[0x93, 5, 0x93, 81, 2, 0xa2][..], b"id", &[number]].concat()
}

async fn compare(nodes: usize, seed: u64) {
    println!("seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let stocked = Stocked::start(Config::new().nodes(nodes).replication_factor(2), 0, 1).await;
    let crate_client =
        aerospike::Client::new(&ClientPolicy::default(), &stocked.server.addresses()[0].to_string())
            .await
            .unwrap();
    store(&crate_client, &mut random, 400).await;
    let client = stocked.client().await;

    for bins in [None, Some(&["id", "n"][..]), Some(&["id", "text", "list"]), Some(&["id", "f", "nowhere"])] {
        let theirs = crates(&crate_client, PartitionFilter::all(), statement(bins), None).await;
        assert_eq!(ours(&client, options(bins)).await, theirs, "bins {bins:?}");
    }
    // Records without any of the bins are left out by both. Ours has no `id` to tell rows apart by, so they are counted.
    let theirs = crates(&crate_client, PartitionFilter::all(), statement(Some(&["n"])), None).await;
    let stream = client.stream(options(Some(&["n"]))).unwrap();
    (0..4).for_each(|id| stream.lend_records(id, 400));
    let mut count = 0;
    while let Some(filled) = stream.next().await.unwrap() {
        count += filled.rows;
        stream.lend_records(9, 400);
    }
    assert_eq!(count, theirs.len());

    let filter = below(100);
    let theirs = crates(&crate_client, PartitionFilter::all(), statement(None), Some(filter.clone())).await;
    assert_eq!(theirs.len(), 100);
    assert_eq!(ours(&client, StreamOptions { filter: Some(filter), ..options(None) }).await, theirs);

    let theirs = crates(&crate_client, PartitionFilter::by_range(700, 1500), statement(None), None).await;
    let partitions = Some((700..2200).collect());
    assert_eq!(ours(&client, StreamOptions { partitions, ..options(None) }).await, theirs);

    compare_queries(&client, &crate_client).await;
    client.close().await;
    crate_client.close().await.unwrap();
}

async fn compare_queries(client: &Client, crate_client: &aerospike::Client) {
    let definition = IndexDefinition {
        namespace: "test".into(),
        set: "oracle".into(),
        name: "oracle_n".into(),
        values: IndexValues::Numeric,
        elements: IndexElements::Whole,
        bin: "n".into(),
        context: None,
        expression: None,
    };
    client.create_index(&definition).await.unwrap();
    for (low, high) in [(-50_i64, 50_i64), (0, 0), (-7, 13), (1000, 2000)] {
        let mut wanted = statement(None);
        wanted.set_filter(Filter::range("n", low, high));
        let theirs = crates(crate_client, PartitionFilter::all(), wanted, None).await;
        let range = IndexRangeOf {
            particle: particle_type::INT,
            begin: low.to_be_bytes().to_vec(),
            end: high.to_be_bytes().to_vec(),
        };
        let index = IndexSpec {
            bin: "n".into(),
            name: None,
            index_type: IndexType::Default,
            context: None,
            expression: None,
            range,
        };
        let found = ours(client, StreamOptions { index: Some(index), ..options(None) }).await;
        assert_eq!(found, theirs, "{low} to {high}");
        assert_eq!(found.is_empty(), low == 1000);
    }
    assert!(client.drop_index("test", "oracle_n").await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_node_gives_what_the_crate_gives() {
    compare(1, rand::random()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn three_nodes_give_what_the_crate_gives() {
    compare(3, rand::random()).await;
}
