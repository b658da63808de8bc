//! What a real server does at the edges, asked for by the `aerospike` crate and by bare bytes.

use std::time::Duration;

use crate::support::{Raw, client, message, server};
use aerospike::expressions as exp;
use aerospike::{
    AdminPolicy, BasePolicy, BatchOperation, BatchPolicy, BatchReadPolicy, Bin, Bins, Client, Expiration,
    Key, PartitionFilter, QueryPolicy, ReadPolicy, ResultCode, Statement, Value, WritePolicy, as_bin, as_key,
};
use aerostride_devserver::{Clock, Config, DevServer, NamespaceConfig};
use aerostride_wire::{
    BatchEncoder, BatchFlags, BatchHeader, BinSelection, Digest, MAX_OPS, MessageHeader, Op, ReadAttributes,
    RowGroup, field_type, info1, info2, info3, write_type,
};
use futures::StreamExt;

fn code<T>(result: Result<T, aerospike::Error>) -> Option<ResultCode> {
    result.err().and_then(|error| error.server_result_code())
}

async fn fill(client: &Client, count: i64) -> Vec<Key> {
    let mut keys = Vec::new();
    for i in 0..count {
        let key = as_key!("test", "fill", i);
        let policy = WritePolicy { send_key: i % 2 == 0, ..WritePolicy::default() };
        let name = format!("name{i}");
        client
            .put(&policy, &key, &[as_bin!("i", i), as_bin!("d", i as f64 / 2.0), as_bin!("s", name)])
            .await
            .unwrap();
        keys.push(key);
    }
    keys
}

/// The values of bin `i` of the records of a batch that pass a filter.
async fn passing(client: &Client, keys: &[Key], filter: exp::Expression) -> Vec<i64> {
    let policy = BatchReadPolicy { filter_expression: Some(filter), ..BatchReadPolicy::default() };
    let mut ops: Vec<_> =
        keys.iter().map(|key| BatchOperation::read(&policy, key.clone(), Bins::All)).collect();
    client.batch(&BatchPolicy::default(), &mut ops).await.unwrap();
    let mut values = Vec::new();
    for op in &ops {
        match op.record() {
            Some(record) => values.push(i64::try_from(record.bins["i"].clone()).unwrap()),
            None => assert_eq!(op.result_code(), Some(ResultCode::FilteredOut)),
        }
    }
    values
}

#[tokio::test]
async fn filters_see_bins_keys_and_metadata() {
    let server = server();
    let client = client(&server).await;
    let keys = fill(&client, 10).await;
    let i = || exp::int_bin("i");
    let at_least = |n| exp::ge(i(), exp::int_val(n));
    let cases = [
        (exp::eq(i(), exp::int_val(3)), vec![3]),
        (exp::and(vec![at_least(3), exp::lt(i(), exp::int_val(5))]), vec![3, 4]),
        (exp::or(vec![exp::eq(i(), exp::int_val(0)), at_least(9)]), vec![0, 9]),
        (exp::not(at_least(2)), vec![0, 1]),
        (exp::xor(vec![at_least(2), at_least(8)]), vec![2, 3, 4, 5, 6, 7]),
        (exp::gt(exp::float_bin("d"), exp::float_val(4.0)), vec![9]),
        (exp::eq(exp::string_bin("s"), exp::string_val("name7")), vec![7]),
        (exp::regex_compare("^NAME[12]$", aerospike::RegexFlags::ICASE, exp::string_bin("s")), vec![1, 2]),
        (exp::eq(exp::key(exp::ExpType::Int), exp::int_val(4)), vec![4]),
        (exp::not(exp::key_exists()), vec![1, 3, 5, 7, 9]),
        (exp::bin_exists("nope"), vec![]),
        (exp::eq(exp::int_bin("nope"), exp::int_val(0)), vec![]),
        (exp::eq(exp::int_bin("s"), exp::int_val(0)), vec![]),
        (exp::eq(exp::bin_type("d"), exp::int_val(2)), (0..10).collect()),
        (exp::eq(exp::set_name(), exp::string_val("fill")), (0..10).collect()),
        (exp::eq(exp::ttl(), exp::int_val(-1)), (0..10).collect()),
        (exp::lt(exp::since_update(), exp::int_val(0)), vec![]),
        (exp::eq(exp::num_mod(i(), exp::int_val(4)), exp::int_val(3)), vec![3, 7]),
        (exp::eq(exp::num_add(vec![i(), i()]), exp::int_val(8)), vec![4]),
        (exp::eq(exp::to_int(exp::num_floor(exp::float_bin("d"))), exp::int_val(2)), vec![4, 5]),
        (exp::eq(exp::int_and(vec![i(), exp::int_val(6)]), exp::int_val(6)), vec![6, 7]),
        (exp::in_list(i(), exp::list_val(vec![Value::from(2), Value::from(5)])), vec![2, 5]),
        (
            exp::cond(vec![at_least(5), exp::bool_val(true), exp::eq(i(), exp::int_val(1))]),
            vec![1, 5, 6, 7, 8, 9],
        ),
        (
            exp::exp_let(vec![
                exp::def("twice", exp::num_mul(vec![i(), exp::int_val(2)])),
                exp::ge(exp::var("twice"), exp::int_val(17)),
            ]),
            vec![9],
        ),
    ];
    for (filter, expected) in cases {
        assert_eq!(passing(&client, &keys, filter.clone()).await, expected, "{filter:?}");
    }
}

#[tokio::test]
async fn filters_look_inside_of_lists_and_maps() {
    use aerospike::expressions::{ExpType, lists, maps};
    use aerospike::{ListReturnType, MapReturnType};
    let server = server();
    let client = client(&server).await;
    let mut keys = Vec::new();
    for i in 0..6_i64 {
        let key = as_key!("test", "nested", i);
        let list = Value::List((0..i).map(Value::from).collect());
        let map: std::collections::BTreeMap<_, _> =
            [(Value::from("n"), Value::from(i)), (Value::from("l"), list.clone())].into();
        let bins = [as_bin!("i", i), Bin::new("l", list), Bin::new("m", Value::SortedMap(map))];
        client.put(&WritePolicy::default(), &key, &bins).await.unwrap();
        keys.push(key);
    }
    let size = |list| lists::size(list, &[]);
    let inner =
        maps::get_by_key(MapReturnType::VALUE, ExpType::List, exp::string_val("l"), exp::map_bin("m"), &[]);
    let cases = [
        (exp::eq(size(exp::list_bin("l")), exp::int_val(2)), vec![2]),
        (exp::gt(size(inner), exp::int_val(3)), vec![4, 5]),
        (
            exp::eq(
                maps::get_by_key(
                    MapReturnType::VALUE,
                    ExpType::Int,
                    exp::string_val("n"),
                    exp::map_bin("m"),
                    &[],
                ),
                exp::int_val(5),
            ),
            vec![5],
        ),
        (
            exp::eq(
                lists::get_by_index(
                    ListReturnType::VALUES,
                    ExpType::Int,
                    exp::int_val(-1),
                    exp::list_bin("l"),
                    &[],
                ),
                exp::num_sub(vec![exp::int_bin("i"), exp::int_val(1)]),
            ),
            vec![1, 2, 3, 4, 5],
        ),
        (
            exp::eq(
                lists::get_by_value(ListReturnType::COUNT, exp::int_bin("i"), exp::list_bin("l"), &[]),
                exp::int_val(0),
            ),
            vec![0, 1, 2, 3, 4, 5],
        ),
    ];
    for (filter, expected) in cases {
        assert_eq!(passing(&client, &keys, filter.clone()).await, expected, "{filter:?}");
    }
}

#[tokio::test]
async fn filters_guard_single_reads_writes_and_deletes() {
    let server = server();
    let client = client(&server).await;
    let keys = fill(&client, 1).await;
    let base = |value| BasePolicy {
        filter_expression: Some(exp::eq(exp::int_bin("i"), exp::int_val(value))),
        ..BasePolicy::default()
    };
    let read = |value| ReadPolicy { base_policy: base(value) };
    let write = |value| WritePolicy { base_policy: base(value), ..WritePolicy::default() };
    let out = Some(ResultCode::FilteredOut);
    assert_eq!(code(client.get(&read(5), &keys[0], Bins::All).await), out);
    assert_eq!(code(client.put(&write(5), &keys[0], &[as_bin!("x", 1)]).await), out);
    assert_eq!(code(client.delete(&write(5), &keys[0]).await), out);
    client.get(&read(0), &keys[0], Bins::All).await.unwrap();
    client.put(&write(0), &keys[0], &[as_bin!("x", 1)]).await.unwrap();
    assert!(client.delete(&write(0), &keys[0]).await.unwrap());
}

#[tokio::test]
async fn a_filter_that_is_none_is_a_parameter_error() {
    let server = server();
    let client = client(&server).await;
    let keys = fill(&client, 1).await;
    let mixed = exp::eq(exp::int_bin("i"), exp::string_val("text"));
    let policy =
        ReadPolicy { base_policy: BasePolicy { filter_expression: Some(mixed), ..BasePolicy::default() } };
    assert_eq!(code(client.get(&policy, &keys[0], Bins::All).await), Some(ResultCode::ParameterError));
}

async fn query(
    client: &Client,
    policy: &QueryPolicy,
    filter: PartitionFilter,
    set: &str,
    bins: Bins,
) -> Vec<i64> {
    let statement = Statement::new("test", set, bins);
    let records = client.query(policy, filter, statement).await.unwrap();
    let mut stream = records.into_stream();
    let mut values = Vec::new();
    while let Some(record) = stream.next().await {
        let record = record.unwrap();
        assert_eq!(record.key.as_ref().unwrap().set_name(), set);
        values.push(record.bins.get("i").map_or(-1, |value| i64::try_from(value.clone()).unwrap()));
    }
    values.sort_unstable();
    values
}

#[tokio::test]
async fn scans_visit_sets_partitions_and_what_passes_the_filter() {
    let server = server();
    let client = client(&server).await;
    let keys = fill(&client, 300).await;
    let other = as_key!("test", "other", 1);
    client.put(&WritePolicy::default(), &other, &[as_bin!("i", 1)]).await.unwrap();
    let all: Vec<i64> = (0..300).collect();
    let policy = QueryPolicy::default();

    assert_eq!(query(&client, &policy, PartitionFilter::all(), "fill", Bins::All).await, all);
    assert_eq!(query(&client, &policy, PartitionFilter::all(), "fill", Bins::from(["i"])).await, all);
    assert_eq!(query(&client, &policy, PartitionFilter::all(), "fill", Bins::None).await, vec![-1; 300]);
    assert!(query(&client, &policy, PartitionFilter::all(), "nobody", Bins::All).await.is_empty());

    let low = query(&client, &policy, PartitionFilter::by_range(0, 2048), "fill", Bins::All).await;
    let high = query(&client, &policy, PartitionFilter::by_range(2048, 2048), "fill", Bins::All).await;
    assert!(low.len() > 100 && high.len() > 100, "{} {}", low.len(), high.len());
    let mut both = [low, high].concat();
    both.sort_unstable();
    assert_eq!(both, all);

    let few = QueryPolicy { max_records: 10, ..QueryPolicy::default() };
    assert_eq!(query(&client, &few, PartitionFilter::all(), "fill", Bins::All).await.len(), 10);

    let filtered = QueryPolicy {
        base_policy: BasePolicy {
            filter_expression: Some(exp::ge(exp::int_bin("i"), exp::int_val(297))),
            ..BasePolicy::default()
        },
        ..QueryPolicy::default()
    };
    assert_eq!(query(&client, &filtered, PartitionFilter::all(), "fill", Bins::All).await, [297, 298, 299]);
    assert_eq!(keys.len(), 300);
}

#[tokio::test]
async fn a_scan_resumes_behind_the_last_record() {
    let server = server();
    let client = client(&server).await;
    fill(&client, 100).await;
    let page = QueryPolicy { max_records: 30, ..QueryPolicy::default() };
    let mut filter = PartitionFilter::all();
    let mut seen = Vec::new();
    for _ in 0..5 {
        let records = client.query(&page, filter, Statement::new("test", "fill", Bins::All)).await.unwrap();
        let mut stream = records.clone().into_stream();
        while let Some(record) = stream.next().await {
            seen.push(i64::try_from(record.unwrap().bins["i"].clone()).unwrap());
        }
        filter = records.partition_filter().unwrap();
    }
    seen.sort_unstable();
    assert_eq!(seen, (0..100).collect::<Vec<_>>());
}

#[tokio::test]
async fn truncate_empties_a_set_and_nothing_else() {
    let server = server();
    let client = client(&server).await;
    let keys = fill(&client, 20).await;
    let other = as_key!("test", "other", 1);
    client.put(&WritePolicy::default(), &other, &[as_bin!("i", 1)]).await.unwrap();
    client.truncate(&AdminPolicy::default(), "test", "fill", 0).await.unwrap();
    for key in &keys {
        assert!(!client.exists(&ReadPolicy::default(), key).await.unwrap());
    }
    assert!(client.exists(&ReadPolicy::default(), &other).await.unwrap());
    client.truncate(&AdminPolicy::default(), "test", "", 0).await.unwrap();
    assert!(!client.exists(&ReadPolicy::default(), &other).await.unwrap());
}

#[tokio::test]
async fn records_expire_by_the_given_clock() {
    let clock = Clock::manual();
    let namespace = NamespaceConfig::new("test").default_ttl(500);
    let server = DevServer::start(Config::new().clock(clock.clone()).namespaces([namespace])).unwrap();
    let client = client(&server).await;
    let (short, long) = (as_key!("test", "demo", "short"), as_key!("test", "demo", "long"));
    let seconds =
        |seconds| WritePolicy { expiration: Expiration::Seconds(seconds), ..WritePolicy::default() };
    client.put(&seconds(100), &short, &[as_bin!("a", 1)]).await.unwrap();
    client.put(&WritePolicy::default(), &long, &[as_bin!("a", 1)]).await.unwrap();
    let read = ReadPolicy::default();

    clock.advance(Duration::from_secs(99));
    assert!(client.exists(&read, &short).await.unwrap());
    let keep = WritePolicy { expiration: Expiration::DontUpdate, ..WritePolicy::default() };
    client.put(&keep, &short, &[as_bin!("b", 2)]).await.unwrap();
    clock.advance(Duration::from_secs(2));
    assert!(!client.exists(&read, &short).await.unwrap());
    assert!(client.exists(&read, &long).await.unwrap());

    // What has expired does not exist for writes either.
    client.put(&seconds(100), &short, &[as_bin!("c", 3)]).await.unwrap();
    let record = client.get(&read, &short, Bins::All).await.unwrap();
    assert_eq!((record.generation, record.bins.len()), (1, 1));
    clock.advance(Duration::from_secs(400));
    assert!(!client.exists(&read, &long).await.unwrap());
}

#[tokio::test]
async fn limits_have_their_own_codes() {
    let namespaces = [
        NamespaceConfig::new("test").max_record_size(1000),
        NamespaceConfig::new("small").memory_limit(5000),
    ];
    let server = DevServer::start(Config::new().namespaces(namespaces)).unwrap();
    let client = client(&server).await;
    let policy = WritePolicy::default();
    let key = as_key!("test", "demo", 1);
    let big = as_bin!("b", "x".repeat(1000));
    assert_eq!(code(client.put(&policy, &key, &[big]).await), Some(ResultCode::RecordTooBig));
    let mut raw = Raw::connect(server.addresses()[0]);
    raw.send(&single("test", &[1; 20], 0, info2::WRITE, &[write_op(b"sixteen-letters-", 1, &[0; 8])]));
    assert_eq!(raw.frame()[13], 21);

    let mut full = None;
    for i in 0..100 {
        let key = as_key!("small", "demo", i);
        full = code(client.put(&policy, &key, &[as_bin!("a", "x".repeat(100))]).await);
        if full.is_some() {
            break;
        }
    }
    assert_eq!(full, Some(ResultCode::ServerMemError));
    // Reading and deleting make room again.
    for i in 0..10 {
        client.delete(&policy, &as_key!("small", "demo", i)).await.unwrap();
    }
    client.put(&policy, &as_key!("small", "demo", 0), &[as_bin!("a", 1)]).await.unwrap();
}

fn write_op<'a>(name: &'a [u8], particle: u8, value: &'a [u8]) -> Op<'a> {
    Op { operation: write_type::WRITE, particle, name, value }
}

fn single(namespace: &str, digest: &Digest, info1: u8, info2: u8, ops: &[Op<'_>]) -> Vec<u8> {
    let fields: [(u8, &[u8]); 2] =
        [(field_type::NAMESPACE, namespace.as_bytes()), (field_type::DIGEST, digest)];
    message(MessageHeader { info1, info2, ..MessageHeader::default() }, &fields, ops)
}

#[test]
fn requests_that_make_no_sense_have_the_code_of_a_real_server() {
    let server = server();
    let mut raw = Raw::connect(server.addresses()[0]);
    let digest = [7; 20];
    let bits = Op { operation: write_type::BITS_READ, particle: 4, name: b"l", value: &[0x91, 16] };
    let unknown = Op { operation: 77, particle: 4, name: b"l", value: &[] };
    let nil = write_op(b"a", 0, &[]);
    let cases = [
        ("unknown namespace", single("nope", &digest, info1::READ | info1::GET_ALL, 0, &[]), 20),
        ("neither read nor write", single("test", &digest, 0, 0, &[]), 4),
        ("a read of nothing, of no record", single("test", &digest, info1::READ, 0, &[]), 2),
        ("a write of nothing", single("test", &digest, 0, info2::WRITE, &[]), 4),
        ("an int of three bytes", single("test", &digest, 0, info2::WRITE, &[write_op(b"a", 1, &[0; 3])]), 4),
        (
            "a durable delete",
            single("test", &digest, 0, info2::WRITE | info2::DELETE | info2::DURABLE_DELETE, &[]),
            25,
        ),
        ("removing a bin of no record", single("test", &digest, 0, info2::WRITE, &[nil]), 2),
        ("an unknown operation", single("test", &digest, 0, info2::WRITE, &[unknown]), 4),
        ("a read of bits of no record", single("test", &digest, info1::READ, info2::WRITE, &[bits]), 2),
    ];
    for (what, request, code) in cases {
        raw.send(&request);
        assert_eq!(raw.frame()[13], code, "{what}");
    }
}

/// The code of a request with a user key and flags of what may be there.
fn code_of(raw: &mut Raw, header: MessageHeader, key: Option<&[u8]>, ops: &[Op<'_>]) -> u8 {
    let digest = [7; 20];
    let mut fields: Vec<(u8, &[u8])> = vec![(field_type::NAMESPACE, b"test"), (field_type::DIGEST, &digest)];
    fields.extend(key.map(|key| (field_type::USER_KEY, key)));
    raw.send(&message(header, &fields, ops));
    raw.frame()[13]
}

#[test]
fn what_is_wrong_in_several_ways_has_the_code_of_a_real_server() {
    let server = server();
    let mut raw = Raw::connect(server.addresses()[0]);
    let one = [write_op(b"a", 1, &[1; 8])];
    let write = MessageHeader { info2: info2::WRITE, ..MessageHeader::default() };
    // Keys that cannot be stored: none, and an integer of three bytes.
    for key in [&b""[..], &[1], &[1, 0, 0, 9]] {
        assert_eq!(code_of(&mut raw, write, Some(key), &one), 16, "{key:?}");
    }
    assert_eq!(code_of(&mut raw, write, None, &one), 0);
    // The generation of a delete comes before its filter.
    let digest = [7; 20];
    let fields: [(u8, &[u8]); 3] =
        [(field_type::NAMESPACE, b"test"), (field_type::DIGEST, &digest), (field_type::FILTER, &[0xc1])];
    let bits = info2::WRITE | info2::DELETE | info2::GENERATION;
    let delete = MessageHeader { info2: bits, generation: 9, ..MessageHeader::default() };
    raw.send(&message(delete, &fields, &[]));
    assert_eq!(raw.frame()[13], 3);
    // A read of the bin without a name is one of any bin, and its answer is nil where every op has one.
    let read = Op { operation: write_type::READ, particle: 0, name: b"", value: &[] };
    let both = MessageHeader {
        info1: info1::READ,
        info2: info2::WRITE | info2::RESPOND_ALL_OPS,
        ..MessageHeader::default()
    };
    assert_eq!(code_of(&mut raw, both, None, &[one[0], read]), 0);
    // What fails first of what replaces a record, and nothing to replace it with.
    let replace = MessageHeader { info3: info3::CREATE_OR_REPLACE, info1: info1::READ, ..write };
    let wrong = Op { operation: write_type::EXPRESSION_READ, particle: 4, name: b"a", value: &[0x92, 5, 1] };
    assert_eq!(code_of(&mut raw, replace, None, &[read, wrong]), 4);
    assert_eq!(code_of(&mut raw, replace, None, &[read]), 2);
}

/// Whether a scan of the namespace for these bins, all of one partition, delivers a record, and the code of its end.
fn scan_finds(raw: &mut Raw, partition: &[u8], ops: &[Op<'_>]) -> (bool, u8) {
    let header =
        MessageHeader { info1: info1::READ, info3: info3::PARTITION_DONE, ..MessageHeader::default() };
    let fields: [(u8, &[u8]); 2] = [(field_type::NAMESPACE, b"test"), (field_type::PARTITIONS, partition)];
    raw.send(&message(header, &fields, ops));
    let first = raw.frame();
    let finds = first[11] & info3::LAST == 0;
    let last = if finds { raw.frame() } else { first };
    (finds, last[13])
}

#[test]
fn a_request_has_32768_operations_at_most() {
    let server = server();
    let mut raw = Raw::connect(server.addresses()[0]);
    let (digest, missing) = ([7; 20], [8; 20]);
    let read = Op { operation: write_type::READ, particle: 0, name: b"a", value: &[] };
    let most = vec![read; MAX_OPS];
    let more = vec![read; MAX_OPS + 1];
    let writes = vec![write_op(b"a", 1, &[0; 8]); MAX_OPS + 1];
    let cases = [
        ("as many writes", single("test", &digest, 0, info2::WRITE, &writes[1..]), 0),
        ("too many writes", single("test", &digest, 0, info2::WRITE, &writes), 4),
        ("as many reads", single("test", &digest, info1::READ, 0, &most), 0),
        ("too many reads", single("test", &digest, info1::READ, 0, &more), 4),
        ("too many of what needs none", single("test", &digest, info1::READ | info1::GET_ALL, 0, &more), 4),
        ("whether it exists", single("test", &digest, info1::READ | info1::NO_BIN_DATA, 0, &more), 0),
        ("too many reads of no record", single("test", &missing, info1::READ, 0, &more), 2),
    ];
    for (what, request, code) in cases {
        raw.send(&request);
        assert_eq!(raw.frame()[13], code, "{what}");
    }
    // The record does not come, and the scan ends well.
    assert_eq!(scan_finds(&mut raw, &[7, 7], &most), (true, 0));
    assert_eq!(scan_finds(&mut raw, &[7, 7], &more), (false, 0));
}

#[test]
fn removing_the_last_bin_removes_the_record() {
    let server = server();
    let mut raw = Raw::connect(server.addresses()[0]);
    let digest = [7; 20];
    let two = [write_op(b"a", 1, &[0; 8]), write_op(b"b", 1, &[0; 8])];
    let exists = single("test", &digest, info1::READ | info1::NO_BIN_DATA, 0, &[]);
    let steps = [
        (single("test", &digest, 0, info2::WRITE, &two), 0),
        (single("test", &digest, 0, info2::WRITE, &[write_op(b"a", 0, &[])]), 0),
        (exists.clone(), 0),
        (single("test", &digest, 0, info2::WRITE, &[write_op(b"b", 0, &[])]), 0),
        (exists, 2),
    ];
    for (request, code) in steps {
        raw.send(&request);
        assert_eq!(raw.frame()[13], code);
    }
}

#[test]
fn a_batch_over_the_limit_is_refused() {
    let server = DevServer::start(Config::new().batch_max_requests(3)).unwrap();
    let mut raw = Raw::connect(server.addresses()[0]);
    for (rows, code) in [(3, 0), (4, 151)] {
        raw.send(&batch(rows, BatchFlags::default()));
        let first = raw.frame();
        let trailer = if code == 0 { raw.frame() } else { first };
        assert_eq!((trailer.len(), trailer[11], trailer[13]), (30, 1, code));
    }
}

fn batch(rows: u32, flags: BatchFlags) -> Vec<u8> {
    let header = BatchHeader {
        timeout_ms: 1000,
        flags,
        filter: None,
        bins: BinSelection::All,
        attributes: ReadAttributes::default(),
    };
    let mut out = Vec::new();
    let mut encoder = BatchEncoder::new(&mut out, header);
    for row in 0..rows {
        encoder.row(row, &[row as u8; 20], RowGroup { namespace: "test", set: "" });
    }
    encoder.finish().unwrap();
    out
}

#[test]
fn frames_of_a_batch_are_filled_and_no_row_is_cut() {
    let server = server();
    let mut raw = Raw::connect(server.addresses()[0]);
    let rows = 40;
    for row in 0..rows {
        // Row 7 is larger than a frame usually is, and has one for itself.
        let size = if row == 7 { 200_000 } else { 10_000 };
        let value = vec![row as u8; size];
        raw.send(&single("test", &[row as u8; 20], 0, info2::WRITE, &[write_op(b"b", 4, &value)]));
        assert_eq!(raw.frame()[13], 0);
    }
    raw.send(&batch(rows, BatchFlags::default()));
    let (mut indexes, mut sizes) = (Vec::new(), Vec::new());
    loop {
        let frame = raw.frame();
        let mut walker = aerostride_wire::ReplyWalker::new(&frame[8..]);
        let before = indexes.len();
        while let Some(row) = walker.next_row().unwrap() {
            if row.last {
                assert_eq!(frame.len(), 30);
                assert_eq!(indexes, (0..rows).collect::<Vec<_>>());
                assert!(sizes.iter().filter(|size| **size > 128 * 1024).count() == 1, "{sizes:?}");
                return;
            }
            indexes.push(row.index);
        }
        sizes.push(frame.len());
        assert!(frame.len() <= 128 * 1024 || indexes.len() == before + 1, "{sizes:?}");
    }
}
