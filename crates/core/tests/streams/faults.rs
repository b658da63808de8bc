//! What becomes of a scan under every fault of the embedded server: the second table of docs/failures.md is made of it.

use std::time::Duration;

use aerostride_core::{Client, ConnectOptions, Error, ErrorKind, StreamOptions, StreamPolicy};
use aerostride_devserver::Config;

use crate::reader::{Reader, Row, assert_each_once, scan};
use crate::stocked::Stocked;

#[path = "cases.rs"]
#[allow(dead_code, reason = "the page that is made of them has words for them")]
mod cases;

use cases::{CASES, Case};

const RECORDS: usize = 96;
const PAD: usize = 24;

/// Where a fault happens, and how often.
const SCENARIOS: [(usize, &str); 4] = [(1, "times=1"), (1, ""), (3, "node=0"), (3, "")];

fn policy() -> StreamPolicy {
    StreamPolicy {
        socket_timeout: Duration::from_millis(150),
        max_retries: 2,
        sleep_between_retries: Duration::from_millis(1),
        // The order of events is that of one connection per node.
        connections_per_node: 1,
        ..StreamPolicy::default()
    }
}

async fn read(client: &Client, options: StreamOptions) -> (Vec<Row>, Result<(), Error>, Reader) {
    let mut reader = Reader::new(client, options, PAD, 16);
    let mut rows = Vec::new();
    let ended = loop {
        match reader.next().await {
            Ok(Some(more)) => rows.extend(more),
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    (rows, ended, reader)
}

/// What the consumer of one scan sees. The rest comes from its cursor when the fault is gone.
async fn meet(case: &Case, (_, only): (usize, &str), stocked: &Stocked) -> String {
    let rules: Vec<String> = case.rules.split(';').map(|rule| format!("{rule} {only}")).collect();
    let connect_timeout = Duration::from_millis(400);
    let hasty = ConnectOptions { connect_timeout, ..stocked.options() };
    let client = Client::connect(hasty).await.unwrap();
    stocked.set_faults(&rules);
    let options = StreamOptions { policy: policy(), ..scan() };
    let (mut rows, ended, reader) = read(&client, options.clone()).await;
    stocked.set_faults(&[""; 0]);
    let failed = !reader.stream.failures().is_empty();
    let after = Some(reader.cursor());
    drop(reader);
    let (rest, whole, _) = read(&client, StreamOptions { after, ..options }).await;
    whole.unwrap();
    client.close().await;
    assert!(ended.is_err() || rest.is_empty(), "{}: a scan that has ended left something", case.rules);
    rows.extend(rest);
    if case.is_noticed {
        assert_each_once(&rows, RECORDS, PAD);
    }
    match ended {
        Ok(()) if rows.len() < RECORDS => "fewer records".into(),
        Ok(()) if failed => "all read, asked again".into(),
        Ok(()) => "all read".into(),
        Err(error) => describe(&error),
    }
}

fn describe(error: &Error) -> String {
    let class = match error.kind {
        ErrorKind::Connection => "ConnectionError",
        ErrorKind::Timeout => "TimeoutError",
        ErrorKind::Server => "ServerError",
        ErrorKind::Protocol => "AerostrideError (protocol)",
        other => panic!("{other:?} is no fault of a server"),
    };
    format!("{class} {}, with a cursor", error.row_code())
}

async fn meet_all(at: usize) -> Vec<String> {
    let scenario = SCENARIOS[at];
    let stocked = Stocked::start(Config::new().nodes(scenario.0), RECORDS, PAD).await;
    let mut all = Vec::new();
    for case in CASES {
        let mut sees = meet(case, scenario, &stocked).await;
        // A machine that is busy with other things makes a healthy server silent.
        for _ in 0..3 {
            if sees == case.sees[at] {
                break;
            }
            println!("{} {:?}: {sees}", case.rules, scenario);
            sees = meet(case, scenario, &stocked).await;
        }
        all.push(sees);
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_ends_as_the_table_says() {
    let scenarios: Vec<_> = (0..4).map(|at| tokio::spawn(meet_all(at))).collect();
    let mut seen = Vec::new();
    for scenario in scenarios {
        seen.push(scenario.await.unwrap());
    }
    let mut wrong = String::new();
    for (at, case) in CASES.iter().enumerate() {
        let sees = [0, 1, 2, 3].map(|scenario| seen[scenario][at].as_str());
        if sees != case.sees {
            wrong.push_str(&format!("{}\n        sees: {sees:#?},\n", case.rules));
        }
    }
    assert!(wrong.is_empty(), "other than the table says:\n{wrong}");
}
