//! Every fault of the embedded server against one node and three: what the caller sees is named in [`CASES`], and
//! docs/failures.md is made of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use aerospike::{AuthMode, ClientPolicy};
use aerostride_core::{Auth, BatchOutcome, BatchPolicy, ConnectOptions, Error, ErrorKind};
use aerostride_devserver::{Config, User};

use crate::stocked::{Lag, Read, Stocked};

/// Records of one batch. With their padding the reply is several frames long, from one node as from three.
const RECORDS: usize = 96;
const PAD: usize = 6000;

/// Time that a batch may take beyond its totalTimeout: the machine that runs the tests has other things to do.
const MARGIN: Duration = Duration::from_millis(250);

/// Time that the machine has to lose for a case to be met again.
const LOST: Duration = Duration::from_millis(100);

const USER: &str = "reader";
const PASSWORD: &str = "secret";

/// Where a fault happens.
#[derive(Debug, Clone, Copy)]
struct Scenario {
    title: &'static str,
    nodes: usize,
    /// Conditions added to every rule. Nodes have rules of their own, because the choices of a rule depend on how many
    /// events it has seen, and nodes would share them in any order.
    only: &'static [&'static str],
}

const SCENARIOS: [Scenario; 4] = [
    Scenario { title: "1 node, once", nodes: 1, only: &["times=1"] },
    Scenario { title: "1 node, every time", nodes: 1, only: &[""] },
    Scenario { title: "1 of 3 nodes, every time", nodes: 3, only: &["node=0"] },
    Scenario { title: "all of 3 nodes, every time", nodes: 3, only: &["node=0", "node=1", "node=2"] },
];

/// One fault and what becomes of the batch in every scenario. Several rules are separated by a semicolon.
struct Case {
    rules: &'static str,
    what: &'static str,
    sees: [&'static str; 4],
}

include!("cases.rs");

#[path = "../streams/cases.rs"]
#[allow(dead_code, reason = "crates/core/tests/streams runs them")]
mod streams;

fn policy() -> BatchPolicy {
    BatchPolicy {
        total_timeout: Duration::from_millis(2500),
        socket_timeout: Duration::from_millis(400),
        sleep_between_retries: Duration::from_millis(1),
        ..BatchPolicy::default()
    }
}

/// A server for a scenario; faults of logins need one with users.
async fn served(scenario: Scenario, with_users: bool) -> Stocked {
    let config = Config::new().nodes(scenario.nodes);
    if !with_users {
        return Stocked::start(config, RECORDS, PAD).await;
    }
    let config = config.users([User::new(USER, PASSWORD).role("read-write")]);
    let policy = ClientPolicy {
        auth_mode: AuthMode::Internal(USER.into(), PASSWORD.into()),
        ..ClientPolicy::default()
    };
    Stocked::start_with(config, policy, RECORDS, PAD).await
}

fn rules(case: &Case, scenario: Scenario) -> Vec<String> {
    let everywhere = |rule| scenario.only.iter().map(move |only| format!("{rule} {only}"));
    case.rules.split(';').flat_map(everywhere).collect()
}

fn options(stocked: &Stocked, with_users: bool) -> ConnectOptions {
    let auth =
        if with_users { Auth::Internal { user: USER.into(), password: PASSWORD.into() } } else { Auth::None };
    ConnectOptions { auth, ..stocked.options() }
}

/// What the caller sees of one batch under a fault. The next batch of the same client, without the fault, is whole.
async fn meet(case: &Case, scenario: Scenario, stocked: &Stocked, lag: &Lag) -> String {
    let with_users = needs_users(case);
    let client = aerostride_core::Client::connect(options(stocked, with_users)).await.unwrap();
    let numbers: Vec<usize> = (0..RECORDS).collect();
    stocked.set_faults(&rules(case, scenario));
    if case.rules.contains("stale") {
        // The reply that comes again.
        stocked.read(&client, numbers.clone(), policy()).await.assert_complete();
    }
    let (before, lost) = (client.stats().retried_rows, lag.lost());
    let read = stocked.read(&client, numbers.clone(), policy()).await;
    let most = policy().total_timeout + MARGIN + lag.lost().saturating_sub(lost);
    assert!(read.took < most, "{} took {:?}", case.rules, read.took);
    let sees = describe(&read, client.stats().retried_rows - before);
    read.assert_honest();
    stocked.set_faults(&[""; 0]);
    stocked.read(&client, numbers, BatchPolicy::default()).await.assert_complete();
    client.close().await;
    sees
}

fn needs_users(case: &Case) -> bool {
    case.rules.contains("on=admin")
}

fn describe(read: &Read, sent_again: u64) -> String {
    let mut parts = match &read.ended {
        Ok(outcome) => vec![describe_codes(read), describe_failures(outcome)],
        Err(error) => vec![describe_error(error)],
    };
    let lost: u64 = read.ended.iter().flat_map(|o| &o.conversions).map(|c| c.mismatched).sum();
    if lost > 0 {
        parts.push(format!("{lost} cells mismatched"));
    }
    if sent_again > 0 {
        parts.push(format!("{sent_again} sent again"));
    }
    parts.retain(|part| !part.is_empty());
    parts.join("; ")
}

fn describe_codes(read: &Read) -> String {
    let mut counts = BTreeMap::<i32, usize>::new();
    read.codes().into_iter().for_each(|code| *counts.entry(code).or_default() += 1);
    let one = |(code, count): (&i32, &usize)| match code {
        0 if *count == RECORDS => "all read".to_owned(),
        0 => format!("{count} read"),
        code => format!("{count} of code {code}"),
    };
    counts.iter().rev().map(one).collect::<Vec<_>>().join(", ")
}

fn describe_failures(outcome: &BatchOutcome) -> String {
    let mut codes: Vec<i32> = outcome.failures.iter().map(|failure| failure.code).collect();
    codes.sort_unstable();
    let codes: Vec<String> = codes.iter().map(ToString::to_string).collect();
    if codes.is_empty() { String::new() } else { format!("failures {}", codes.join(", ")) }
}

fn describe_error(error: &Error) -> String {
    let class = match error.kind {
        ErrorKind::Connection => "ConnectionError",
        ErrorKind::Timeout => "TimeoutError",
        ErrorKind::Server => "ServerError",
        ErrorKind::Protocol => "AerostrideError (protocol)",
        other => panic!("{other:?} is no fault of a server"),
    };
    let attempts = error.attempts.unwrap();
    let plural = if attempts == 1 { "" } else { "s" };
    format!("{class} {} after {attempts} attempt{plural}", error.row_code())
}

async fn meet_all((at, scenario): (usize, Scenario)) -> Vec<String> {
    let (plain, with_users) = tokio::join!(served(scenario, false), served(scenario, true));
    let (mut all, lag) = (Vec::new(), Lag::measure());
    for case in CASES {
        let stocked = if needs_users(case) { &with_users } else { &plain };
        let mut lost = lag.lost();
        let mut sees = meet(case, scenario, stocked, &lag).await;
        // Time that the machine has lost counts as silence of a server: then it is no fault of the case.
        for _ in 0..3 {
            if sees == case.sees[at] || lag.lost() - lost < LOST {
                break;
            }
            lost = lag.lost();
            sees = meet(case, scenario, stocked, &lag).await;
        }
        all.push(sees);
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_ends_as_the_table_says() {
    let scenarios = SCENARIOS.into_iter().enumerate().map(|scenario| tokio::spawn(meet_all(scenario)));
    let mut seen = Vec::new();
    for scenario in scenarios.collect::<Vec<_>>() {
        seen.push(scenario.await.unwrap());
    }
    let mut wrong = String::new();
    for (at, case) in CASES.iter().enumerate() {
        let sees = [0, 1, 2, 3].map(|scenario| seen[scenario][at].as_str());
        if sees != case.sees {
            writeln!(wrong, "{}\n    sees: {sees:#?},", case.rules).unwrap();
        }
    }
    assert!(wrong.is_empty(), "other than the table says:\n{wrong}");
}

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/failures.md");

#[test]
fn the_page_about_failures_is_the_table() {
    let page = page();
    if std::env::var_os("AEROSTRIDE_UPDATE_DOCS").is_some() {
        std::fs::write(PAGE, &page).unwrap();
    }
    let committed = std::fs::read_to_string(Path::new(PAGE)).unwrap_or_default().replace("\r\n", "\n");
    assert!(committed == page, "docs/failures.md is old; AEROSTRIDE_UPDATE_DOCS=1 writes it anew");
}

fn page() -> String {
    let mut page = PREFACE.to_owned();
    let titles: Vec<&str> = SCENARIOS.iter().map(|scenario| scenario.title).collect();
    writeln!(page, "| what the server does | {} |", titles.join(" | ")).unwrap();
    writeln!(page, "| --- |{}", " --- |".repeat(SCENARIOS.len())).unwrap();
    for case in CASES {
        writeln!(
            page,
            "| {} (`{}`) | {} |",
            case.what,
            case.rules.replace(';', "` and `"),
            case.sees.join(" | ")
        )
        .unwrap();
    }
    page.push_str(STREAMS);
    writeln!(page, "| what the server does | {} |", titles.join(" | ")).unwrap();
    writeln!(page, "| --- |{}", " --- |".repeat(SCENARIOS.len())).unwrap();
    for case in streams::CASES {
        let rules = case.rules.replace(';', "` and `");
        writeln!(page, "| {} (`{rules}`) | {} |", case.what, case.sees.join(" | ")).unwrap();
    }
    page
}

const STREAMS: &str = r#"
## Scans and queries

What a stream reports. The rules:

* Partitions whose request failed are asked for again, on the next node that has them, behind the last record that was received.
  Every partition has `maxRetries` further attempts (10 by default) from its last record on. The first pause is
  `sleepBetweenRetries`, and every further pause is twice as long, up to a second.
* Code 22 (the query threads of the node are all taken) is waited for up to a minute, and 203 (the index is being built) for as long
  as the attempts last. Codes 9, 11, 14 and 18 are retried too. Other codes, such as 4 for a filter that the server does not
  understand, end the stream.
* Nothing is used of a frame that violates the protocol, and its connection is closed. Batches that were delivered stay as they are.
* A failure that outlasts the attempts rejects with an error whose `cursor` is behind everything that was delivered: another stream
  with `after: error.cursor`, in this process or another one, delivers exactly the rest.
* A slow loop is not a failure. When a node gives up on a connection whose bytes nobody takes, after `socketTimeout` or 2 minutes,
  the stream continues with another request.
* A record that a server leaves out, or a whole reply to an earlier request, cannot be noticed: no reply says how many records there
  are, and whose it is.

A test (`crates/core/tests/streams/faults.rs`) runs these faults and generates this table. The scan has 96 records, `maxRetries` is 2,
`socketTimeout` 150 ms, one connection per node. "All read" is: every record once, with exactly what was stored. Where the stream
rejects, the test continues from the cursor when the fault is gone, and has every record once too.

"#;

const PREFACE: &str = r#"# Failures

What a batch read reports when servers, networks and callers fail. The rules:

* Every row starts with code -15 (no response), zeros and `valid` 0, and keeps them until a server answers it.
* Rows without an answer, and rows with code 9, 11, 14 or 18, are sent again, to the next replica if there is one, up to
  `maxRetries` times and within `totalTimeout`. Other rows are not sent again. The first pause is `sleepBetweenRetries`, and
  every further pause is twice as long, up to a second. When a node refuses a whole request, the request is sent again for the
  same codes, and for 152 (the batch queues of the node are full).
* A row that was answered keeps its answer, whatever happens to the rest of its request. After bytes that violate the protocol,
  nothing from that reply is used: all rows of the request are reset and sent again.
* The batch rejects only when no row at all was answered. Otherwise it resolves, `resultCodes` has a code for every row,
  and `failures` lists the requests whose rows remained without an answer.
* A connection is reused only after a complete and valid reply. Row indexes are never used twice on a connection, so rows of
  an earlier reply cannot be mistaken for rows of a later one.
* A node that did not answer gets no rows that another replica can answer, until it has answered a probe. The first probe
  is sent after 100 ms, and each further probe after twice the time, at most 5 s. Batches never wait for probes.
* A node that stops is detected immediately, because its connections break. A node that hangs is detected after
  `socketTimeout`, by the batches that are running, and does not delay later batches. A node that accepts no connection is
  detected after `connectTimeout`; a batch waits for it at most a third of its time, so that there is time to ask the replica.
* A write without an answer may have been done. Errors of writes have `inDoubt`, and so have their `failures`; the result of
  `batchWrite` and `putMany` has `inDoubt` with a 1 for every row that was sent and not answered, that has code 9 (the server
  timed out), or whose retry failed after an attempt without an answer. A row with `exists: 'create'` and `maxRetries` above 0
  can meet its own first attempt: it has code 5 and is in doubt. Rows that a server refused and rows that were never sent are
  not in doubt. An abort rejects with the reason of the signal, which cannot say so: what was sent by then may have been done.
* Only faults of a node itself count against it. An abort, a `totalTimeout` or a close does not. After a `socketTimeout` that is
  shorter than the client's `connectTimeout`, the node is only probed, within 100 ms; until it answers the probe, rows that
  another replica can answer go to that replica. `stats().nodes[].available` says which nodes have failed.
* The partitions that a node claims count only while the node answers: where other nodes have taken over, those are asked. When
  no available node is known to have a partition, because the cluster is changing, any node is asked and forwards the request.
  After rows were sent again, the partition map is read again soon, at most twice a second.

## Faults and what the caller sees

A test (`crates/core/tests/failures/faults.rs`) runs every fault that the embedded server can produce and generates this table.
The rule in parentheses is what `startDevServer({ faults: [...] })` takes. The batch has 96 keys, the cluster keeps 2 copies,
`maxRetries` is 2, `socketTimeout` 400 ms and `totalTimeout` 2500 ms. Every batch ends within its timeout, rows that were read
contain exactly what was stored, and when the fault is gone the next batch of the same client is complete.

"n sent again" counts the rows of further attempts. An error with a result code is the error that the call rejects with.

"#;
