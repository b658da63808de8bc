//! Scans and queries against the `aerospike` crate's own: the same rows for random data, bins, filters, partitions and keys.

use std::collections::{BTreeMap, BTreeSet};

use aerospike::expressions::lists::get_by_index;
use aerospike::expressions::{
    ExpType, Expression, and, bin_exists, digest_modulo, eq, float_bin, float_val, ge, gt, int_bin, int_val,
    key_exists, le, list_bin, lt, not, num_mod, or, regex_compare, string_bin, string_val,
};
use aerospike::query::Filter;
use aerospike::{
    Bins, ClientPolicy, ListReturnType, PartitionFilter, QueryPolicy, RegexFlags, Statement, Value,
    WritePolicy, as_bin, as_key,
};
use aerostride_core::{
    Client, Content, IndexDefinition, IndexElements, IndexRangeOf, IndexSpec, IndexValues, StreamBins,
    StreamOptions,
};
use aerostride_devserver::Config;
use aerostride_wire::{IndexType, particle_type};
use base64::Engine as _;
use futures_util::StreamExt as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
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

const RECORDS: usize = 400;
const FILTERS: usize = 12;

fn bytes_of(filter: &Expression) -> Vec<u8> {
    base64::engine::general_purpose::STANDARD.decode(filter.base64().unwrap()).unwrap()
}

/// A condition on bins that not every record has, on keys that not every record has stored, on lists and on digests.
fn random_filter(random: &mut StdRng, depth: usize) -> Expression {
    let small = |random: &mut StdRng| int_val(random.random_range(-50..50));
    match random.random_range(0..if depth < 2 { 12 } else { 9 }) {
        0 => gt(int_bin("n"), small(random)),
        1 => le(int_bin("id"), int_val(random.random_range(0..RECORDS as i64))),
        2 => eq(num_mod(int_bin("id"), int_val(random.random_range(2..7))), int_val(0)),
        3 => ge(float_bin("f"), float_val(random.random_range(0.0..100.0))),
        4 => eq(string_bin("text"), string_val(format!("t{}", random.random_range(0..5)))),
        5 => regex_compare("^t[0-2]$", RegexFlags::NONE, string_bin("text")),
        6 => eq(list_number(), int_val(random.random_range(0..9))),
        7 => bin_exists(["n", "text", "list", "f"].choose(random).copied().unwrap()),
        8 => [key_exists(), lt(digest_modulo(5), int_val(2))][random.random_range(0..2)].clone(),
        9 => not(random_filter(random, depth + 1)),
        10 => and(vec![random_filter(random, depth + 1), random_filter(random, depth + 1)]),
        _ => or(vec![random_filter(random, depth + 1), random_filter(random, depth + 1)]),
    }
}

/// The number in front of the list.
fn list_number() -> Expression {
    get_by_index(ListReturnType::VALUES, ExpType::Int, int_val(0), list_bin("list"), &[])
}

/// Asserts that a stream gives as many of each kind of record as the crate has found, with the same digests in all.
async fn assert_alike(client: &Client, options: StreamOptions, theirs: &Found) {
    let (mut digests, mut records) = (Vec::new(), Vec::new());
    for keys in [aerostride_columns::KeyColumns::Digest, aerostride_columns::KeyColumns::User] {
        let stream = client.stream(StreamOptions { keys, ..options.clone() }).unwrap();
        (0..8).for_each(|id| stream.lend_records(id, 57));
        let mut next = 8;
        while let Some(filled) = stream.next().await.unwrap() {
            stream.lend_records(next, 57);
            next += 1;
            digests.extend(filled.keys.digests.chunks(20).map(<[u8]>::to_vec));
            let Content::Records(found) = filled.content else { panic!("columns") };
            if !filled.keys.digests.is_empty() {
                continue;
            }
            records.extend(found.into_iter().enumerate().map(|(row, record)| {
                let bins: BTreeMap<String, String> =
                    record.bins.iter().map(|(name, value)| (name.clone(), shown(value))).collect();
                (user_key(&filled.keys, row), record.generation, bins)
            }));
        }
    }
    digests.sort_unstable();
    records.sort_unstable();
    let mut expected: Vec<_> = theirs.values().cloned().collect();
    expected.sort_unstable();
    assert_eq!(records, expected);
    assert!(digests.iter().eq(theirs.keys()), "digests");
}

async fn compare(nodes: usize, seed: u64) {
    println!("seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let stocked = Stocked::start(Config::new().nodes(nodes).replication_factor(2), 0, 1).await;
    let crate_client =
        aerospike::Client::new(&ClientPolicy::default(), &stocked.server.addresses()[0].to_string())
            .await
            .unwrap();
    store(&crate_client, &mut random, RECORDS).await;
    let client = stocked.client().await;

    for bins in [None, Some(&["id", "n"][..]), Some(&["id", "text", "list"]), Some(&["id", "f", "nowhere"])] {
        let theirs = crates(&crate_client, PartitionFilter::all(), statement(bins), None).await;
        assert_eq!(ours(&client, options(bins)).await, theirs, "bins {bins:?}");
    }
    // Records without any of the bins are left out by both. There are records alike without an `id`.
    for bins in [&["n"][..], &["text", "f"], &["list", "nowhere"], &["nowhere"]] {
        let theirs = crates(&crate_client, PartitionFilter::all(), statement(Some(bins)), None).await;
        assert!(theirs.len() < RECORDS && theirs.is_empty() == (bins == ["nowhere"]), "bins {bins:?}");
        assert_alike(&client, options(Some(bins)), &theirs).await;
    }

    let filter = bytes_of(&lt(int_bin("id"), int_val(100)));
    let theirs = crates(&crate_client, PartitionFilter::all(), statement(None), Some(filter.clone())).await;
    assert_eq!(theirs.len(), 100);
    assert_eq!(ours(&client, StreamOptions { filter: Some(filter), ..options(None) }).await, theirs);
    let mut sizes = BTreeSet::new();
    for _ in 0..FILTERS {
        let filter = bytes_of(&random_filter(&mut random, 0));
        let theirs =
            crates(&crate_client, PartitionFilter::all(), statement(None), Some(filter.clone())).await;
        sizes.insert(theirs.len());
        let found = ours(&client, StreamOptions { filter: Some(filter.clone()), ..options(None) }).await;
        assert_eq!(found, theirs, "filter {filter:02x?}");
    }
    assert!(sizes.len() > FILTERS / 4, "the filters keep {sizes:?} records");

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
        let wanted_again = wanted.clone();
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
        let found = ours(client, StreamOptions { index: Some(index.clone()), ..options(None) }).await;
        assert_eq!(found, theirs, "{low} to {high}");
        // Of one number there may be no record.
        assert!(low == high || found.is_empty() == (low == 1000), "{low} to {high}: {} records", found.len());
        // The same with a filter on top, over some of the partitions.
        let filter = bytes_of(&bin_exists("text"));
        let theirs =
            crates(crate_client, PartitionFilter::by_range(0, 2048), wanted_again, Some(filter.clone()))
                .await;
        let partitions = Some((0..2048).collect());
        let some = StreamOptions { index: Some(index), filter: Some(filter), partitions, ..options(None) };
        assert_eq!(ours(client, some).await, theirs, "{low} to {high}, filtered");
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
