use std::sync::Arc;
use std::time::Duration;

use aerostride_columns::KeyColumns;
use aerostride_core::{Content, Error, ErrorKind, StreamBins, StreamOptions, StreamPolicy, aerospike::Value};
use aerostride_devserver::Config;

use crate::reader::{Reader, assert_each_once, numbers, scan};
use crate::stocked::{Stocked, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_delivers_every_record_once() {
    let stocked = Stocked::start(Config::new(), 1000, 16).await;
    let client = stocked.client().await;
    for batch_rows in [1, 7, 64, 1000, 5000] {
        let mut reader = Reader::new(&client, scan(), 16, batch_rows);
        let rows = reader.rest().await.unwrap();
        assert_each_once(&rows, 1000, 16);
        assert!(reader.next().await.unwrap().is_none(), "the end stays the end");
        let progress = reader.stream.progress();
        assert_eq!((progress.rows, progress.partitions_done, progress.partitions), (1000, 4096, 4096));
        assert!(progress.bytes > 1000 * 16);
        assert!(reader.cursor().is_done() && reader.stream.failures().is_empty());
    }
    client.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn three_nodes_are_one_set() {
    let stocked = Stocked::start(Config::new().nodes(3).replication_factor(2), 1000, 4).await;
    let client = stocked.client().await;
    let mut reader = Reader::new(&client, scan(), 4, 100);
    assert_each_once(&reader.rest().await.unwrap(), 1000, 4);
    client.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn shards_are_together_the_whole() {
    let stocked = Stocked::start(Config::new(), 500, 4).await;
    let client = stocked.client().await;
    let mut all = Vec::new();
    for shard in 0..3_u16 {
        let partitions = (0..4096).filter(|id| id % 3 == shard).collect();
        let mut reader =
            Reader::new(&client, StreamOptions { partitions: Some(partitions), ..scan() }, 4, 64);
        let rows = reader.rest().await.unwrap();
        assert!(rows.len() < 500);
        all.extend(rows);
    }
    assert_each_once(&all, 500, 4);
    client.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_goes_on_from_the_cursor_of_any_batch() {
    let stocked = Stocked::start(Config::new(), 600, 4).await;
    let client = stocked.client().await;
    for batches in 0..12 {
        let mut first = Reader::new(&client, scan(), 4, 50);
        let mut rows = Vec::new();
        for _ in 0..batches {
            rows.extend(first.next().await.unwrap().unwrap_or_default());
        }
        let cursor = first.cursor();
        drop(first);
        let mut second = Reader::new(&client, StreamOptions { after: Some(cursor), ..scan() }, 4, 33);
        rows.extend(second.rest().await.unwrap());
        assert_each_once(&rows, 600, 4);
    }
    client.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_so_many_rows_are_together_the_whole() {
    let stocked = Stocked::start(Config::new(), 300, 4).await;
    let client = stocked.client().await;
    let (mut rows, mut after) = (Vec::new(), None);
    for page in 0.. {
        assert!(page < 20, "pages without end");
        let mut reader = Reader::new(&client, StreamOptions { max_rows: 37, after, ..scan() }, 4, 10);
        let more = reader.rest().await.unwrap();
        assert!(more.len() <= 37);
        after = Some(reader.cursor());
        if more.is_empty() {
            break;
        }
        assert!(more.len() == 37 || rows.len() + more.len() == 300, "a page of {} rows", more.len());
        rows.extend(more);
    }
    assert_each_once(&rows, 300, 4);
    assert!(after.unwrap().is_done());
    client.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_come_as_asked_for() {
    let stocked = Stocked::start(Config::new(), 50, 4).await;
    let client = stocked.client().await;
    for (keys, digest_size) in [(KeyColumns::User, 0), (KeyColumns::Digest, 20), (KeyColumns::None, 0)] {
        let mut reader = Reader::new(&client, StreamOptions { keys, ..scan() }, 4, 64);
        let rows = reader.rest().await.unwrap();
        assert_each_once(&rows, 50, 4);
        assert!(rows.iter().all(|row| row.key.is_none()), "none was stored");
        assert!(rows.iter().all(|row| row.digest.len() == digest_size));
    }
    client.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn records_come_without_a_dtype() {
    let stocked = Stocked::start(Config::new(), 40, 4).await;
    let client = stocked.client().await;
    let stream = client.stream(StreamOptions { bins: StreamBins::All, ..scan() }).unwrap();
    let mut found = Vec::new();
    stream.lend_records(1, 15);
    while let Some(filled) = stream.next().await.unwrap() {
        let Content::Records(records) = filled.content else { panic!("columns") };
        assert!(records.len() <= 15 && records.len() == filled.rows);
        assert_eq!((&filled.keys.sets[..], filled.keys.kinds.len()), (&[b"stock".to_vec()][..], filled.rows));
        for record in records {
            let number = record.bins.iter().find(|(name, _)| name == "n").unwrap();
            let Value::Int(number) = number.1 else { panic!("{number:?}") };
            found.push(number);
        }
        stream.lend_records(filled.id + 1, 15);
    }
    found.sort_unstable();
    assert_eq!(found, (0..40).collect::<Vec<i64>>());
    client.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_refused_with_its_reason() {
    let stocked = Stocked::start(Config::new(), 10, 4).await;
    let client = stocked.client().await;
    let refused = |options: StreamOptions| client.stream(options).unwrap_err();
    let error = refused(StreamOptions::scan("nope", ""));
    assert_eq!((error.kind, error.result_code), (ErrorKind::Server, Some(20)));
    let error = refused(StreamOptions { partitions: Some(vec![1, 1]), ..scan() });
    assert_eq!(error.kind, ErrorKind::InvalidArgument);
    let cursor = client.stream(scan()).unwrap().cursor();
    let other = StreamOptions { after: Some(cursor.clone()), ..StreamOptions::scan("test", "other") };
    assert!(refused(other).message.contains("\"stock\""), "the message names both sets");
    let other = StreamOptions { after: Some(cursor), partitions: Some(vec![1]), ..scan() };
    assert_eq!(refused(other).kind, ErrorKind::InvalidArgument);

    // A filter that the server cannot parse: one bare message, after which nothing comes.
    let mut reader = Reader::new(&client, StreamOptions { filter: Some(vec![0x93, 3]), ..scan() }, 4, 8);
    let error = reader.rest().await.unwrap_err();
    assert_eq!((error.kind, error.result_code), (ErrorKind::Server, Some(4)), "{error}");
    assert_eq!(reader.next().await.unwrap_err().result_code, Some(4), "the failure stays");

    client.close().await;
    assert_eq!(client.stream(scan()).unwrap_err().kind, ErrorKind::Closed);
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_that_are_left_leave_no_task_and_no_connection_in_use() {
    let stocked = Stocked::start(Config::new().nodes(2), 300, 4).await;
    let client = stocked.client().await;
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let before = tasks();
    for round in 0..200 {
        let mut reader = Reader::new(&client, scan(), 4, 10);
        for _ in 0..round % 4 {
            reader.next().await.unwrap();
        }
        match round % 3 {
            0 => reader.stream.close(Error::new(ErrorKind::Aborted, "enough")),
            // The consumer loses interest while it waits.
            1 => drop(tokio::time::timeout(Duration::from_micros(50), reader.next()).await),
            _ => {}
        }
    }
    until("no connection is in use", || client.stats().nodes.iter().all(|node| node.in_use == 0)).await;
    until("all tasks have ended", || tasks() <= before).await;
    let mut reader = Reader::new(&client, scan(), 4, 100);
    assert_each_once(&reader.rest().await.unwrap(), 300, 4);
    client.close().await;
}

/// No reply says to which request it is one: a last message too many would end the next request before its first record.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_of_a_reply_is_not_the_beginning_of_the_next() {
    let stocked = Stocked::start(Config::new(), 300, 4).await;
    let client = stocked.client().await;
    for rule in ["on=scan trailer=doubled", "on=scan chance=0.5 code=18x1"] {
        stocked.set_faults(&[rule]);
        let policy = StreamPolicy { connections_per_node: 1, ..StreamPolicy::default() };
        let mut reader = Reader::new(&client, StreamOptions { policy, ..scan() }, 4, 50);
        assert_each_once(&reader.rest().await.unwrap(), 300, 4);
    }
    client.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_set_ends_at_once() {
    let stocked = Stocked::start(Config::new(), 1, 4).await;
    let client = stocked.client().await;
    let mut reader = Reader::new(&client, StreamOptions { set: "nothing".into(), ..scan() }, 4, 8);
    assert!(reader.next().await.unwrap().is_none());
    assert_eq!(numbers(&[], 4), Vec::<i64>::new());
    client.close().await;
}

/// Who is told to stop says the end too, and may be faster: it would pass for that of all records.
#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_is_closed_while_somebody_waits_does_not_end_well() {
    let stocked = Stocked::start(Config::new(), 10, 4).await;
    let client = stocked.client().await;
    stocked.set_faults(&["on=scan silence"]);
    for _ in 0..200 {
        let stream = Arc::new(client.stream(scan()).unwrap());
        stream.lend_records(1, 10);
        let waiting = tokio::spawn({
            let stream = Arc::clone(&stream);
            async move { stream.next().await.map(|filled| filled.is_some()) }
        });
        until("somebody waits", || client.stats().streams.connections > 0).await;
        stream.close(Error::new(ErrorKind::Aborted, "enough"));
        for ended in [waiting.await.unwrap(), stream.next().await.map(|filled| filled.is_some())] {
            assert_eq!(ended.map_err(|error| error.kind), Err(ErrorKind::Aborted));
        }
        until("nothing is read", || client.stats().streams.connections == 0).await;
    }
    client.close().await;
}
