//! Records that hold what the control plane's decoder refuses: they fail nobody else, and are read.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use aerospike::{ReadPolicy, Value, WritePolicy};
use aerostride_core::{KeyGroup, PackedKeys, RecordOp, RowTerms, RowWork, codes};
use aerostride_devserver::Config;
use aerostride_wire::{
    FRAME_HEADER_SIZE, FrameHeader, FrameType, KeyType, MAX_FRAME_BODY, MessageHeader, Op, digest,
    field_type, finish_frame, info2, particle_type, put_field, put_op, start_frame,
};

use crate::stocked::Stocked;

/// Writes a bin of the stock's record without looking at its value; the server's code.
fn put(server: SocketAddr, number: i64, particle: u8, value: &[u8]) -> u8 {
    let mut out = Vec::new();
    let frame = start_frame(&mut out, FrameType::Message);
    let header =
        MessageHeader { info2: info2::WRITE, field_count: 3, op_count: 1, ..MessageHeader::default() };
    out.extend_from_slice(&header.encode());
    put_field(&mut out, field_type::NAMESPACE, b"test");
    put_field(&mut out, field_type::SET, b"stock");
    put_field(&mut out, field_type::DIGEST, &digest(b"stock", KeyType::Int, &number.to_be_bytes()));
    put_op(&mut out, &Op { operation: 2, particle, name: b"odd", value });
    finish_frame(&mut out, frame);
    let mut stream = TcpStream::connect(server).unwrap();
    stream.write_all(&out).unwrap();
    let mut head = [0; FRAME_HEADER_SIZE];
    stream.read_exact(&mut head).unwrap();
    let mut body = vec![0; FrameHeader::parse(&head, MAX_FRAME_BODY).unwrap().size];
    stream.read_exact(&mut body).unwrap();
    body[5]
}

fn packed(numbers: &[i64]) -> PackedKeys {
    let group = KeyGroup::new("test".into(), "stock".into()).unwrap();
    let data = numbers.iter().flat_map(|number| number.to_be_bytes()).collect();
    PackedKeys::new(numbers.len(), vec![group], None, &[KeyType::Int as u8], Vec::new(), data).unwrap()
}

fn odd(bins: &[(String, Value)]) -> &Value {
    &bins.iter().find(|(name, _)| name == "odd").unwrap().1
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_cannot_be_decoded_fails_no_other_and_is_read() {
    let stocked = Stocked::start(Config::new(), 10, 8).await;
    let server = stocked.server.addresses()[0];
    let client = stocked.client().await;
    // Text that is not UTF-8: alone, in a list, and as a key of a map.
    let cases: [(&str, u8, &[u8], Value); 3] = [
        ("text", particle_type::STRING, b"a\xffb", Value::String("a\u{fffd}b".into())),
        (
            "a list",
            particle_type::LIST,
            b"\x91\xa3\x03\xff\xfe",
            Value::List(vec![Value::String("\u{fffd}\u{fffd}".into())]),
        ),
        (
            "a map",
            particle_type::MAP,
            b"\x81\xa2\x03\xff\x07",
            Value::OrderedMap([(Value::String("\u{fffd}".into()), Value::Int(7))].into_iter().collect()),
        ),
    ];
    for (what, particle, bytes, expected) in cases {
        assert_eq!(put(server, 5, particle, bytes), 0, "{what} is not stored");
        let all: Vec<i64> = (0..10).collect();
        let policy = aerospike::BatchPolicy::default();
        let rows = client.batch_records(&packed(&all), None, &policy).await.unwrap();
        for (number, row) in rows.iter().enumerate() {
            assert_eq!(row.result_code, codes::OK, "{what}, row {number}");
            let record = row.record.as_ref().unwrap();
            assert!(record.bins.contains(&("n".to_owned(), Value::Int(number as i64))), "{what}: {record:?}");
        }
        assert_eq!(odd(&rows[5].record.as_ref().unwrap().bins), &expected, "{what}");
        let some = vec!["odd".to_owned(), "n".to_owned()];
        let rows = client.batch_records(&packed(&[5, 1, 99]), Some(some.clone()), &policy).await.unwrap();
        let told: Vec<i32> = rows.iter().map(|row| row.result_code).collect();
        assert_eq!(told, [codes::OK, codes::OK, codes::NOT_FOUND], "{what}");
        let (key, read) = (packed(&[5]), ReadPolicy::default());
        let record = client.get(&key, None, &read).await.unwrap().unwrap();
        assert_eq!((odd(&record.bins), record.bins.len()), (&expected, 3), "{what}");
        let record = client.get(&key, Some(some), &read).await.unwrap().unwrap();
        assert_eq!((odd(&record.bins), record.bins.len()), (&expected, 2), "{what}");
        let record = client.read(&key, None, &aerostride_core::ReadPolicy::default()).await.unwrap().unwrap();
        assert_eq!((odd(&record.bins), record.bins.len()), (&expected, 3), "{what}");
        let ops = vec![RecordOp::Read("odd".into())];
        let record = client.operate(&key, ops, false, &WritePolicy::default()).await.unwrap().record;
        assert_eq!((odd(&record.bins), record.bins.len()), (&expected, 1), "{what}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reply_that_is_garbage_is_an_error_still() {
    let stocked = Stocked::start(Config::new(), 10, 8).await;
    let client = stocked.client().await;
    stocked.set_faults(&["on=read version=9", "on=batch garbage=60"]);
    assert!(client.get(&packed(&[1]), None, &ReadPolicy::default()).await.is_err());
    assert!(client.read(&packed(&[1]), None, &aerostride_core::ReadPolicy::default()).await.is_err());
    assert!(client.batch_records(&packed(&[1, 2]), None, &aerospike::BatchPolicy::default()).await.is_err());
}

/// Lists in lists, with a number in the innermost one.
fn nested(depth: usize) -> Vec<u8> {
    [vec![0x91; depth], vec![1]].concat()
}

/// What reads a record whose first bin the server gives as a list, whatever it is.
async fn read_as_lists(bytes: Vec<u8>) -> (Value, Value, i32, Value) {
    let stocked = Stocked::start(Config::new(), 10, 8).await;
    let client = stocked.client().await;
    let (key, policy) = (packed(&[77]), WritePolicy::default());
    client.put(&key, vec![aerospike::Bin::new("odd", Value::Blob(bytes))], &policy).await.unwrap();
    stocked.set_faults(&["on=read particle=20", "on=batch particle=20"]);
    let got = client.get(&key, None, &ReadPolicy::default()).await.unwrap().unwrap();
    let read = client.read(&key, None, &aerostride_core::ReadPolicy::default()).await.unwrap().unwrap();
    assert_eq!(odd(&read.bins), odd(&got.bins));
    let done = client.operate(&key, vec![RecordOp::Read("odd".into())], false, &policy).await.unwrap().record;
    let batch = aerospike::BatchPolicy::default();
    let rows = client.batch_records(&key, None, &batch).await.unwrap();
    let row = rows[0].record.as_ref().unwrap();
    (odd(&got.bins).clone(), odd(&done.bins).clone(), rows[0].result_code, odd(&row.bins).clone())
}

#[test]
fn a_value_that_is_nested_too_deep_is_bytes() {
    // The aerospike crate decodes by recursion: the binding's threads have such stacks.
    let mut threads = tokio::runtime::Builder::new_multi_thread();
    let runtime = threads.worker_threads(2).thread_stack_size(256 << 20).enable_all().build().unwrap();
    for depth in [257, 100_000] {
        let bytes = nested(depth);
        let read = runtime.block_on(runtime.spawn(read_as_lists(bytes.clone()))).unwrap();
        let as_bytes = || Value::Unknown(particle_type::LIST, bytes.clone());
        assert!(read == (as_bytes(), as_bytes(), codes::OK, as_bytes()), "{depth}");
    }
    let read = runtime.block_on(runtime.spawn(read_as_lists(nested(256)))).unwrap();
    assert!(matches!(read, (Value::List(_), Value::List(_), codes::OK, Value::List(_))));
}

/// Operations that write a number and read a value that the server gives as a list that is nested too deep.
async fn write_and_read_too_deep() {
    let stocked = Stocked::start(Config::new(), 10, 8).await;
    let client = stocked.client().await;
    let (key, policy) = (packed(&[5]), WritePolicy::default());
    let odd = aerospike::Bin::new("odd", Value::Blob(nested(300)));
    client.put(&key, vec![odd], &policy).await.unwrap();
    stocked.set_faults(&["on=write particle=20", "on=batch particle=20"]);
    let add = || RecordOp::Add(aerospike::Bin::new("n", Value::Int(100)));
    let read = || RecordOp::Read("odd".into());
    let error = client.operate(&key, vec![read(), add()], false, &policy).await.unwrap_err();
    assert!(error.in_doubt && error.message.contains("\"odd\" is nested deeper"), "{error}");
    let work = [vec![read(), add()], vec![read()]].map(RowWork::Operate).to_vec();
    let (keys, policy) = (packed(&[5, 5]), aerostride_core::WritePolicy::default());
    let worked = client.work_on(&keys, work, RowTerms::default(), &policy).await.unwrap();
    let told: Vec<i32> = worked.outcomes.iter().map(|row| row.result_code).collect();
    assert_eq!((told, worked.in_doubt), (vec![codes::ERR_CLIENT; 2], vec![0]));
    let [failure] = &worked.failures[..] else { panic!("{:?}", worked.failures) };
    assert!(failure.message.contains("\"odd\" is nested deeper"), "{}", failure.message);
    assert_eq!((&failure.rows[..], failure.in_doubt), (&[0, 1][..], true));
    let none: [&str; 0] = [];
    stocked.set_faults(&none);
    let record = client.get(&key, Some(vec!["n".into()]), &ReadPolicy::default()).await.unwrap().unwrap();
    assert_eq!(record.bins, [("n".to_owned(), Value::Int(205))]);
}

#[test]
fn what_writes_and_reads_what_is_nested_too_deep_is_in_doubt_and_says_why() {
    let mut threads = tokio::runtime::Builder::new_multi_thread();
    let runtime = threads.worker_threads(2).thread_stack_size(256 << 20).enable_all().build().unwrap();
    runtime.block_on(runtime.spawn(write_and_read_too_deep())).unwrap();
}
