//! What real clusters do now and then, and hostile ones whenever they like.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use aerostride_core::{BatchPolicy, CancellationToken, Client, ErrorKind, Replica};
use aerostride_wire::{FrameType, finish_frame, start_frame};

use crate::scripted::{
    Asked, RECORDS, Scripted, bitmap, put_code, put_row, put_trailer, replicas, sound_reply,
};
use crate::stocked::{Read, until};

async fn read(scripted: &Scripted, client: &Client, policy: BatchPolicy) -> Read {
    scripted.everything().run(client, policy, &CancellationToken::new()).await
}

fn once() -> BatchPolicy {
    BatchPolicy { max_retries: 0, socket_timeout: Duration::from_millis(500), ..BatchPolicy::default() }
}

/// A frame of message bytes.
fn frame(out: &mut Vec<u8>, body: &[u8]) {
    let begin = start_frame(out, FrameType::Message);
    out.extend_from_slice(body);
    finish_frame(out, begin);
}

/// What comes behind a sound frame with the first rows of a reply.
type Behind = fn(&mut Vec<u8>, &[Asked], &[Asked]);

/// Bytes that are bad in a later frame only.
const LATE: &[(&str, Behind)] = &[
    ("a row that was in the frame before", |out, first, _| {
        let mut body = Vec::new();
        put_row(&mut body, first[0]);
        frame(out, &body);
    }),
    ("a row that nobody asked for", |out, _, rest| {
        let mut body = Vec::new();
        put_row(&mut body, (u32::MAX - 1, rest[0].1));
        frame(out, &body);
    }),
    ("a row of which the end is missing", |out, _, rest| {
        let mut body = Vec::new();
        rest.iter().for_each(|row| put_row(&mut body, *row));
        frame(out, &body[..body.len() - 5]);
    }),
    ("a frame without a byte", |out, _, _| out.extend_from_slice(&[2, 3, 0, 0, 0, 0, 0, 0])),
    ("a frame of 2^47 bytes", |out, _, _| out.extend_from_slice(&[2, 3, 0x80, 0, 0, 0, 0, 0])),
    ("a frame of an unknown version", |out, _, _| out.extend_from_slice(&[3, 3, 0, 0, 0, 0, 0, 1, 0])),
    ("a compressed frame, which nobody asked for", |out, _, _| {
        out.extend_from_slice(&[2, 4, 0, 0, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 30, 1, 2, 3, 4]);
    }),
    ("an info reply", |out, _, _| out.extend_from_slice(b"\x02\x01\0\0\0\0\0\x0anode\tB1\n\n\n")),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_in_front_of_malformed_bytes_are_as_before() {
    let scripted = Scripted::start(2);
    let client = scripted.client().await;
    until("both nodes are known", || client.stats().nodes.len() == 2).await;
    for (what, behind) in LATE {
        let bad = |asked: &[Asked]| {
            let (first, rest) = asked.split_at(asked.len() / 2);
            let mut reply = Vec::new();
            let mut body = Vec::new();
            first.iter().for_each(|row| put_row(&mut body, *row));
            frame(&mut reply, &body);
            behind(&mut reply, first, rest);
            put_trailer(&mut reply, 0);
            reply
        };
        scripted.answer(move |node, asked| if node == 0 { bad(asked) } else { sound_reply(asked, 7) });
        let spoilt = read(&scripted, &client, once()).await;
        // Whatever has no success is zeros, the rows of the sound frame included.
        spoilt.assert_honest();
        let codes = spoilt.codes();
        assert!(codes.iter().all(|code| [0, -1].contains(code)), "{what}: {codes:?}");
        let failed: usize =
            spoilt.ended.as_ref().unwrap().failures.iter().map(|failed| failed.rows.len()).sum();
        assert_eq!(failed, codes.iter().filter(|code| **code == -1).count(), "{what}");
        assert!(failed > RECORDS / 3, "{what}: {failed}");
        // The replica's answer mends it within the batch.
        read(&scripted, &client, BatchPolicy::default()).await.assert_complete();
    }
    client.close().await;
}

/// One request is refused as a whole, by codes that pass and codes that do not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_request_is_sent_again_only_where_that_can_help() {
    let scripted = Scripted::start(1);
    let client = scripted.client().await;
    // Timeout, unavailable partition, busy key, overloaded device, full batch queues; batches disabled, too many rows.
    let codes =
        [(9, true), (11, true), (14, true), (18, true), (152, true), (150, false), (151, false), (4, false)];
    for (code, helps) in codes {
        let refused = AtomicBool::new(false);
        scripted.answer(move |_, asked| {
            if refused.swap(true, Ordering::Relaxed) {
                return sound_reply(asked, usize::MAX);
            }
            let mut reply = Vec::new();
            put_trailer(&mut reply, code);
            reply
        });
        let policy = BatchPolicy { max_keys_per_request: RECORDS, ..BatchPolicy::default() };
        let read = read(&scripted, &client, policy).await;
        read.assert_honest();
        if helps {
            read.assert_complete();
        } else {
            let error = read.ended.unwrap_err();
            assert_eq!(
                (error.kind, error.result_code),
                (ErrorKind::Server, Some(i32::from(code))),
                "{error}"
            );
        }
    }
    client.close().await;
}

/// Generations may move without a pause; nobody may ask for the map as often.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_map_whose_generation_never_rests_is_read_at_a_bounded_rate() {
    let scripted = Scripted::start(3);
    let (generation, reads) = (AtomicUsize::new(1), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&reads);
    scripted.say(move |_, name| match name {
        "partition-generation" => Some(generation.fetch_add(1, Ordering::Relaxed).to_string()),
        "replicas" => {
            counted.fetch_add(1, Ordering::Relaxed);
            None
        }
        _ => None,
    });
    let client = scripted.client().await;
    until("all nodes are known", || client.stats().nodes.len() == 3).await;
    let (begin, before) = (Instant::now(), reads.load(Ordering::Relaxed));
    let mut batches = 0;
    while begin.elapsed() < Duration::from_secs(3) {
        read(&scripted, &client, BatchPolicy::default()).await.assert_complete();
        batches += 1;
    }
    let (read, seconds) = (reads.load(Ordering::Relaxed) - before, begin.elapsed().as_secs_f64());
    println!("{batches} batches, {read} reads of the map in {seconds:.1} s");
    // Once a second and node by the control plane, and as often by ourselves.
    assert!(read > 0 && (read as f64) < (seconds + 1.0) * 3.0 * 2.0, "{read} in {seconds} s");
    client.close().await;
}

/// The partitions change owners between the question for the generation and the answer that is the map: the old map must
/// not be taken for that of the new generation.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_map_that_moves_while_it_is_read_is_read_again() {
    let scripted = Scripted::start(2);
    let client = scripted.client().await;
    until("both nodes are known", || client.stats().nodes.len() == 2).await;
    // All partitions go from where they were to node 1, and only what is read before that says otherwise.
    let (generation, moved) = (Arc::new(AtomicUsize::new(2)), Arc::new(AtomicBool::new(false)));
    let at = Arc::clone(&generation);
    let has_moved = Arc::clone(&moved);
    let reads = AtomicUsize::new(0);
    scripted.say(move |node, name| match name {
        "partition-generation" => Some(at.load(Ordering::Relaxed).to_string()),
        "replicas" if has_moved.load(Ordering::Relaxed) => {
            let [all, none] = [bitmap(|_| true), bitmap(|_| false)];
            Some(if node == 1 { format!("test:0,1,{all}") } else { format!("test:0,1,{none}") })
        }
        "replicas" => {
            // The control plane reads it first, and then we: we get the old one of generation 2, and from then on everything
            // is different.
            if node == 1 && reads.fetch_add(1, Ordering::Relaxed) == 1 {
                has_moved.store(true, Ordering::Relaxed);
                at.store(3, Ordering::Relaxed);
            }
            Some(replicas(2, node, 0))
        }
        _ => None,
    });
    until("the map has moved while it was read", || moved.load(Ordering::Relaxed)).await;
    let asked: Arc<[AtomicUsize; 2]> = Arc::default();
    let counted = Arc::clone(&asked);
    scripted.answer(move |node, rows| {
        counted[node].fetch_add(1, Ordering::Relaxed);
        sound_reply(rows, usize::MAX)
    });
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        asked.iter().for_each(|count| count.store(0, Ordering::Relaxed));
        read(&scripted, &client, BatchPolicy::default()).await.assert_complete();
        if asked[0].load(Ordering::Relaxed) == 0 {
            break;
        }
        assert!(Instant::now() < deadline, "the old map is still in use");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(asked[1].load(Ordering::Relaxed) > 0);
    client.close().await;
}

/// Info that cannot be read leaves the map that is there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_map_that_makes_no_sense_changes_nothing() {
    let values = ["", "ERROR:80:not authenticated", "test:0,2,AAAA,AAAA;", "test:x,1,;", "\u{0}", "test"];
    let scripted = Scripted::start(2);
    let client = scripted.client().await;
    until("both nodes are known", || client.stats().nodes.len() == 2).await;
    let (reads, generation) = (Arc::new(AtomicUsize::new(0)), AtomicUsize::new(2));
    let counted = Arc::clone(&reads);
    scripted.say(move |_, name| match name {
        "partition-generation" => Some(generation.fetch_add(1, Ordering::Relaxed).to_string()),
        "replicas" => Some(values[counted.fetch_add(1, Ordering::Relaxed) % values.len()].to_owned()),
        _ => None,
    });
    while reads.load(Ordering::Relaxed) < 2 * values.len() {
        read(&scripted, &client, once()).await.assert_complete();
    }
    client.close().await;
}

/// A node has several addresses of which the client can reach one, and then it moves to another.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_are_found_at_any_of_their_addresses_and_where_they_go() {
    let scripted = Scripted::start(2);
    let (first, second) = (scripted.addresses()[1], scripted.open_port(1));
    let has_moved = Arc::new(AtomicBool::new(false));
    let moved = Arc::clone(&has_moved);
    scripted.say(move |node, name| match (node, name) {
        // Nobody listens on port 1.
        (0, "peers-clear-std") if moved.load(Ordering::Relaxed) => {
            Some(format!("2,3000,[[B2,,[127.0.0.1:1,{second}]]]"))
        }
        (0, "peers-clear-std") => Some(format!("1,3000,[[B2,,[127.0.0.1:1,{first}]]]")),
        (0, "peers-generation") => Some(if moved.load(Ordering::Relaxed) { "2" } else { "1" }.into()),
        // A node that is asked at its old address is another by now.
        (1, "node") if moved.load(Ordering::Relaxed) => None,
        _ => None,
    });
    let client = scripted.client().await;
    until("both nodes are known", || client.stats().nodes.len() == 2).await;
    read(&scripted, &client, once()).await.assert_complete();
    has_moved.store(true, Ordering::Relaxed);
    for _ in 0..20 {
        read(&scripted, &client, BatchPolicy::default()).await.assert_complete();
    }
    client.close().await;
}

/// A strongly consistent namespace: a session reads from the master only, and what it says of unavailable partitions is
/// the rows' code.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_asks_only_masters_of_strong_namespaces() {
    let scripted = Scripted::start(2);
    scripted.say(|node, name| {
        // Node 1 knows of a later regime, in which it is the master of everything.
        let of = |copy: usize| bitmap(|_| copy == 1 - node);
        let regime = if node == 1 { 7 } else { 6 };
        let stale = bitmap(|_| true);
        match (name, node) {
            ("replicas", 0) => Some(format!("test:{regime},2,{stale},{}", of(1))),
            ("replicas", _) => Some(format!("test:{regime},2,{},{}", of(0), of(1))),
            _ => None,
        }
    });
    let client = scripted.client().await;
    until("both nodes are known", || client.stats().nodes.len() == 2).await;
    let asked: Arc<[AtomicUsize; 2]> = Arc::default();
    let counted = Arc::clone(&asked);
    scripted.answer(move |node, rows| {
        counted[node].fetch_add(1, Ordering::Relaxed);
        let mut reply = Vec::new();
        let mut body = Vec::new();
        for row in rows {
            if row.1 % 3 == 0 { put_code(&mut body, *row, 11) } else { put_row(&mut body, *row) }
        }
        frame(&mut reply, &body);
        put_trailer(&mut reply, 0);
        reply
    });
    for replica in [Replica::Sequence, Replica::Random, Replica::Master] {
        let read = read(&scripted, &client, BatchPolicy { replica, ..BatchPolicy::default() }).await;
        read.assert_honest();
        let unavailable = |(row, code): (usize, &i32)| *code == if row.is_multiple_of(3) { 11 } else { 0 };
        assert!(read.codes().iter().enumerate().all(unavailable), "{:?}", read.codes());
        assert!(read.ended.unwrap().failures.is_empty());
    }
    assert_eq!(asked[0].load(Ordering::Relaxed), 0, "a node of an old regime was asked");
    client.close().await;
}

/// A record that is read by itself has no place where the request says which it is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_left_of_a_batch_is_no_record() {
    type Reply = fn(&mut Vec<u8>, Asked);
    const LEFT: [Reply; 3] = [
        |out, _| put_trailer(out, 0),
        |out, (_, number)| {
            let mut body = Vec::new();
            put_row(&mut body, (1, number));
            frame(out, &body);
        },
        |out, asked| {
            let mut body = Vec::new();
            put_row(&mut body, asked);
            put_row(&mut body, asked);
            frame(out, &body);
        },
    ];
    let scripted = Scripted::start(1);
    let client = scripted.client().await;
    let read = || async { Scripted::prepare(vec![7]).run(&client, once(), &CancellationToken::new()).await };
    for left in LEFT {
        scripted.answer(move |_, asked| {
            let mut out = Vec::new();
            left(&mut out, asked[0]);
            out
        });
        let error = read().await.ended.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Protocol, "{error}");
    }
    scripted.answer(|_, asked| sound_reply(asked, usize::MAX));
    read().await.assert_complete();
    client.close().await;
}
