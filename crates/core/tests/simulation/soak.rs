//! Many batches, of which a tenth time out or are aborted: nothing is left behind by any.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aerostride_core::{BatchPolicy, CancellationToken, Client};
use aerostride_devserver::Config;

use crate::stocked::{Stocked, until};

const BATCHES: u64 = 100_000;
/// Those in the beginning after which everything has its size.
const WARM_UP: u64 = 10_000;
const READERS: u64 = 8;
const RECORDS: usize = 500;

/// What the process holds.
#[derive(Debug, Clone, Copy)]
struct Held {
    descriptors: usize,
    kilobytes: usize,
    tasks: usize,
}

fn held() -> Held {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    Held {
        descriptors: std::fs::read_dir("/proc/self/fd").unwrap().count(),
        kilobytes: resident.trim().trim_end_matches(" kB").parse().unwrap(),
        tasks: tokio::runtime::Handle::current().metrics().num_alive_tasks(),
    }
}

async fn read_on(stocked: Arc<Stocked>, client: Client, counts: Arc<[AtomicU64; 3]>, goal: u64) {
    loop {
        let number = counts[0].fetch_add(1, Ordering::Relaxed);
        if number >= goal {
            return;
        }
        let abort = CancellationToken::new();
        let (times_out, is_aborted) = (number.is_multiple_of(20), number % 20 == 10);
        // Timers have milliseconds: a batch of many requests, one after the other, takes longer than that.
        let (keys, policy) = if times_out {
            let total_timeout = Duration::from_micros(1);
            let one =
                BatchPolicy { max_keys_per_request: 1, max_concurrent_requests: 1, ..BatchPolicy::default() };
            (200, BatchPolicy { total_timeout, ..one })
        } else {
            (20, BatchPolicy { total_timeout: Duration::from_secs(20), ..BatchPolicy::default() })
        };
        let numbers = (0..keys).map(|step| (number as usize * 7 + step) % RECORDS).collect();
        let prepared = stocked.prepare(numbers);
        let call = prepared.start(&client, policy, &abort);
        let ended = if is_aborted {
            // By then the requests are sent, and their replies are not there yet.
            tokio::join!(call, async { abort.cancel() }).0
        } else {
            call.await
        };
        counts[1].fetch_add(u64::from(ended.is_err()), Ordering::Relaxed);
        counts[2]
            .fetch_add(u64::from(ended.is_ok_and(|outcome| outcome.ok < keys as u64)), Ordering::Relaxed);
    }
}

/// Runs so many batches, and waits until nothing of them is under way.
async fn run(stocked: &Arc<Stocked>, client: &Client, batches: u64) -> Held {
    let counts = Arc::new([const { AtomicU64::new(0) }; 3]);
    let readers: Vec<_> = (0..READERS)
        .map(|_| tokio::spawn(read_on(Arc::clone(stocked), client.clone(), Arc::clone(&counts), batches)))
        .collect();
    for reader in readers {
        reader.await.unwrap();
    }
    until("no connection is in use", || client.stats().nodes.iter().all(|node| node.in_use == 0)).await;
    let connected = || client.stats().nodes.iter().map(|node| node.idle as u64).sum::<u64>();
    // The control plane has a few connections with each node.
    until("closed connections are gone", || stocked.server.stats().connections <= connected() + 9).await;
    let [_, failed, partial] = counts.each_ref().map(|count| count.load(Ordering::Relaxed));
    let held = held();
    println!("{batches} batches, {failed} failed, {partial} in part: {held:?}");
    assert!((failed + partial) * 11 > batches, "too few have timed out or were aborted");
    held
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes; CONTRIBUTING.md has the command"]
async fn descriptors_memory_and_tasks_stay_flat() {
    let stocked = Arc::new(Stocked::start(Config::new().nodes(3), RECORDS, 24).await);
    // A twentieth of the replies is late, so that there is something to time out and to abort.
    stocked.set_faults(&["on=batch chance=0.05 delay=2"]);
    let client = stocked.client().await;
    let early = run(&stocked, &client, WARM_UP).await;
    let late = run(&stocked, &client, BATCHES - WARM_UP).await;
    assert!(late.descriptors <= early.descriptors + 20, "{early:?} {late:?}");
    assert!(late.tasks <= early.tasks, "{early:?} {late:?}");
    assert!(late.kilobytes < early.kilobytes + early.kilobytes / 5 + 8192, "{early:?} {late:?}");
    client.close().await;
}
