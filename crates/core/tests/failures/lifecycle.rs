//! Batches that are closed, aborted, timed out or dropped half-way: nobody writes afterwards, and nothing is left behind.

use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::Duration;

use aerostride_core::{BatchPolicy, CancellationToken, Client, ErrorKind};
use aerostride_devserver::Config;

use crate::stocked::{Prepared, Stocked, until};

/// Several chunks, and from every node several frames.
const RECORDS: usize = 3000;

async fn stocked() -> (Arc<Stocked>, Client) {
    let stocked = Arc::new(Stocked::start(Config::new().nodes(3), RECORDS, 200).await);
    let client = stocked.client().await;
    (stocked, client)
}

fn everything(stocked: &Stocked) -> Prepared {
    stocked.prepare((0..RECORDS).collect())
}

fn in_use(client: &Client) -> usize {
    client.stats().nodes.iter().map(|node| node.in_use).sum()
}

/// Late replies arrive and change nothing; slots are free again.
async fn assert_left_alone(stocked: &Stocked, client: &Client, prepared: &Prepared) {
    // This panics unless the table is closed.
    let before = prepared.memory.bytes().to_vec();
    until("connections are free", || in_use(client) == 0).await;
    stocked.set_faults(&[""; 0]);
    everything(stocked)
        .run(client, BatchPolicy::default(), &CancellationToken::new())
        .await
        .assert_complete();
    assert!(prepared.memory.bytes() == before, "written after the end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_batch_writes_no_more() {
    let (stocked, client) = stocked().await;
    for rules in ["on=batch delay=50", "on=batch drip=1", "on=batch silence", "on=connect silence", "delay=0"]
    {
        stocked.set_faults(&[rules]);
        let (prepared, never) = (everything(&stocked), CancellationToken::new());
        let before = client.stats();
        let mut call = prepared.start(&client, BatchPolicy::default(), &never);
        let first = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(first.is_pending(), "{rules}");
        if rules == "delay=0" {
            // Rows are arriving.
            let answered = || client.stats().bytes_received > before.bytes_received;
            until("a request was answered", answered).await;
        } else {
            // Where this thread is late they may be over: a call that is not polled begins no other.
            let begun = || in_use(&client) > 0 || client.stats().requests > before.requests;
            until("requests are under way", begun).await;
        }
        drop(call);
        assert_left_alone(&stocked, &client, &prepared).await;
    }
    client.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_aborted_batch_says_so_and_writes_no_more() {
    let (stocked, client) = stocked().await;
    for rules in ["on=batch delay=2000", "on=batch drip=1", "on=batch silence"] {
        stocked.set_faults(&[rules]);
        let (prepared, abort) = (everything(&stocked), CancellationToken::new());
        let call = prepared.start(&client, BatchPolicy::default(), &abort);
        let abortion = async {
            until("requests are under way", || in_use(&client) > 0).await;
            abort.cancel();
        };
        let (ended, ()) = tokio::join!(call, abortion);
        assert_eq!(ended.unwrap_err().kind, ErrorKind::Aborted);
        assert_left_alone(&stocked, &client, &prepared).await;
    }
    let abort = CancellationToken::new();
    abort.cancel();
    let before = client.stats().requests;
    let read = everything(&stocked).run(&client, BatchPolicy::default(), &abort).await;
    assert_eq!(read.ended.as_ref().unwrap_err().kind, ErrorKind::Aborted);
    assert_eq!(client.stats().requests, before, "nothing is sent after an abort");
    client.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_whose_time_is_up_writes_no_more() {
    let (stocked, client) = stocked().await;
    for rules in ["on=batch delay=100", "on=batch drip=1", "node=1 on=batch silence"] {
        stocked.set_faults(&[rules]);
        let (prepared, never) = (everything(&stocked), CancellationToken::new());
        let policy = BatchPolicy { total_timeout: Duration::from_millis(60), ..BatchPolicy::default() };
        let ended = prepared.start(&client, policy, &never).await;
        // One silent node does not take the others' rows along.
        let codes: Vec<i32> = (0..RECORDS).map(|row| prepared.memory.code(row)).collect();
        match ended {
            Ok(outcome) => {
                assert_eq!(outcome.ok as usize, codes.iter().filter(|code| **code == 0).count(), "{rules}");
                assert_eq!(outcome.failures[0].code, 9);
            }
            Err(error) => assert_eq!(error.kind, ErrorKind::Timeout),
        }
        assert!(codes.iter().all(|code| [0, 9].contains(code)));
        assert_left_alone(&stocked, &client, &prepared).await;
    }
    client.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_ends_running_batches_and_refuses_new_ones() {
    let (stocked, client) = stocked().await;
    stocked.set_faults(&["on=batch silence"]);
    let (prepared, never) = (everything(&stocked), CancellationToken::new());
    let call = prepared.start(&client, BatchPolicy::default(), &never);
    let closing = async {
        until("requests are under way", || in_use(&client) > 0).await;
        client.close().await;
    };
    let (ended, ()) = tokio::join!(call, closing);
    assert_eq!(ended.unwrap_err().kind, ErrorKind::Closed);
    let before = prepared.memory.bytes().to_vec();
    stocked.set_faults(&[""; 0]);

    client.close().await;
    assert!(client.is_closed());
    let read = everything(&stocked).run(&client, BatchPolicy::default(), &never).await;
    assert_eq!(read.ended.as_ref().unwrap_err().kind, ErrorKind::Closed);
    assert!(read.codes().iter().all(|code| *code == -15));
    until("all connections are closed", || stocked.server.stats().connections == 0).await;
    assert!(prepared.memory.bytes() == before, "written after the end");
}

/// A client that nobody closes leaves neither connections nor tasks behind.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_client_ends_its_background_work() {
    let stocked = Stocked::start(Config::new().nodes(3), RECORDS, 20).await;
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let before = tasks();
    let client = stocked.client().await;
    everything(&stocked)
        .run(&client, BatchPolicy::default(), &CancellationToken::new())
        .await
        .assert_complete();
    assert!(tasks() > before);
    drop(client);
    until("all connections are closed", || stocked.server.stats().connections == 0).await;
    until("all tasks have ended", || tasks() <= before).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_takes_fewer_rows_at_once_is_answered_by_smaller_requests() {
    let stocked = Stocked::start(Config::new().batch_max_requests(100), RECORDS, 20).await;
    let (client, never) = (stocked.client().await, CancellationToken::new());
    let read = everything(&stocked).run(&client, BatchPolicy::default(), &never).await;
    let error = read.ended.unwrap_err();
    assert_eq!((error.kind, error.result_code), (ErrorKind::Server, Some(151)));
    assert!(error.message.contains("maxKeysPerRequest"), "{error}");
    let policy = BatchPolicy { max_keys_per_request: 100, ..BatchPolicy::default() };
    everything(&stocked).run(&client, policy, &never).await.assert_complete();
    client.close().await;
}
