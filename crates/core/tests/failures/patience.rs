//! Callers who give up: that says nothing about the nodes, which stay in use with their idle connections.

use std::time::Duration;

use aerostride_core::{BatchPolicy, CancellationToken, Client, ErrorKind};
use aerostride_devserver::Config;

use crate::stocked::{Stocked, until};

const RECORDS: usize = 3000;
const NODES: usize = 3;

async fn stocked() -> (Stocked, Client) {
    let never = Duration::from_secs(3600);
    let config = Config::new().nodes(NODES).failure_detection(never);
    let stocked = Stocked::start(config, RECORDS, 200).await;
    let client = stocked.client().await;
    until("all nodes are known", || client.stats().nodes.len() == NODES).await;
    (stocked, client)
}

fn everything() -> Vec<usize> {
    (0..RECORDS).collect()
}

fn assert_available(client: &Client, what: &str) {
    let nodes = client.stats().nodes;
    assert!(nodes.len() == NODES && nodes.iter().all(|node| node.available), "{what}: {nodes:?}");
}

/// Idle connections of every node.
fn idle(client: &Client) -> Vec<usize> {
    client.stats().nodes.iter().map(|node| node.idle).collect()
}

/// Several connections to every node, all idle.
async fn fill_pools(stocked: &Stocked, client: &Client) {
    let policy =
        BatchPolicy { max_keys_per_request: 50, max_concurrent_requests: 4, ..BatchPolicy::default() };
    while idle(client).iter().any(|count| *count < 3) {
        stocked.read(client, everything(), policy.clone()).await.assert_complete();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_impatient_caller_leaves_the_nodes_and_their_idle_connections_to_the_others() {
    let (stocked, client) = stocked().await;
    fill_pools(&stocked, &client).await;
    let before = idle(&client);
    stocked.set_faults(&["on=batch silence"]);
    let policy = BatchPolicy {
        socket_timeout: Duration::from_millis(2),
        max_retries: 0,
        max_keys_per_request: RECORDS,
        max_concurrent_requests: 1,
        ..BatchPolicy::default()
    };
    let read = stocked.read(&client, everything(), policy.clone()).await;
    assert_eq!(read.ended.unwrap_err().kind, ErrorKind::Timeout);
    // The caller has used one connection to each node, and those are lost.
    let expected: Vec<usize> = before.iter().map(|count| count - 1).collect();
    assert_eq!(idle(&client), expected);
    assert_available(&client, "after one");
    // For longer than connectTimeout, with nobody else who would get an answer.
    for round in 0..30 {
        let read = stocked.read(&client, everything(), policy.clone()).await;
        assert_eq!(read.ended.unwrap_err().kind, ErrorKind::Timeout);
        assert_available(&client, &format!("after {round}"));
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
    stocked.set_faults(&[""; 0]);
    stocked.read(&client, everything(), BatchPolicy::default()).await.assert_complete();
    client.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn aborts_say_nothing_about_the_nodes() {
    let (stocked, client) = stocked().await;
    stocked.read(&client, everything(), BatchPolicy::default()).await.assert_complete();
    for round in 0..60 {
        let (prepared, abort) = (stocked.prepare(everything()), CancellationToken::new());
        let begin = client.stats().bytes_received;
        let policy = BatchPolicy { max_keys_per_request: 100, ..BatchPolicy::default() };
        let call = prepared.start(&client, policy, &abort);
        let abortion = async {
            // Somewhere among the replies.
            while client.stats().bytes_received < begin + 8000 * round {
                tokio::task::yield_now().await;
            }
            abort.cancel();
        };
        let (ended, ()) = tokio::join!(call, abortion);
        assert!(ended.map_or_else(|error| error.kind == ErrorKind::Aborted, |_| true));
        assert_available(&client, &format!("after {round} aborts"));
    }
    client.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_whose_time_is_up_and_a_close_say_nothing_about_the_nodes() {
    let (stocked, client) = stocked().await;
    stocked.read(&client, everything(), BatchPolicy::default()).await.assert_complete();
    for millis in 1..40 {
        let policy = BatchPolicy { total_timeout: Duration::from_millis(millis), ..BatchPolicy::default() };
        let _ended = stocked.read(&client, everything(), policy).await;
        assert_available(&client, &format!("after a totalTimeout of {millis} ms"));
    }
    stocked.set_faults(&["on=batch silence"]);
    let (prepared, never) = (stocked.prepare(everything()), CancellationToken::new());
    let call = prepared.start(&client, BatchPolicy::default(), &never);
    let closing = async {
        until("requests are under way", || client.stats().nodes.iter().all(|node| node.in_use > 0)).await;
        client.close().await;
    };
    let (ended, ()) = tokio::join!(call, closing);
    assert_eq!(ended.unwrap_err().kind, ErrorKind::Closed);
    assert_available(&client, "after the close");
}

/// A node that hangs is noticed by callers with little patience too: it does not answer when it is asked.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_hangs_is_noticed_however_short_the_callers_wait() {
    let (stocked, client) = stocked().await;
    stocked.read(&client, everything(), BatchPolicy::default()).await.assert_complete();
    stocked.server.freeze_node(1).unwrap();
    let policy = BatchPolicy { socket_timeout: Duration::from_millis(20), ..BatchPolicy::default() };
    let _met = stocked.read(&client, everything(), policy).await;
    until("the node is known to hang", || client.stats().nodes.iter().any(|node| !node.available)).await;
    let hung: Vec<usize> =
        client.stats().nodes.iter().filter(|node| !node.available).map(|n| n.idle).collect();
    assert_eq!(hung, [0], "idle connections to a node that hangs");
    stocked.server.thaw_node(1).unwrap();
    until("the node is used again", || client.stats().nodes.iter().all(|node| node.available)).await;
    client.close().await;
}
