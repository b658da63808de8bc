use super::*;

/// A node of so many threads, that takes so many microseconds per value, so far away.
struct Node {
    threads: f64,
    value: f64,
    round_trip: f64,
}

const BOUNDS: Bounds = Bounds { at_once: 0, rows: 0, most_rows: 5000, row_bytes: 20, running: 1 };

fn equal(at_once: usize, rows: usize) -> Requests {
    Requests { at_once, rows, last: rows }
}

/// The rows of the requests of a batch.
fn sizes(rows: usize, requests: Requests) -> Vec<usize> {
    let mut left = rows;
    let next = || {
        let next = requests.next(left).min(left);
        left -= next;
        (next > 0).then_some(next)
    };
    std::iter::from_fn(next).collect()
}

impl Node {
    fn answer(&self, rows: usize, values: usize, requests: Requests) -> Exchanged {
        let turns = sizes(rows, requests).len().div_ceil(requests.at_once);
        let threads = self.threads.min(requests.at_once as f64);
        let work = (rows * (values + 1)) as f64 * self.value / threads;
        let took = Duration::from_secs_f64((turns as f64 * self.round_trip + work) / 1e6);
        // A further request costs the two something.
        let took = took + Duration::from_secs_f64(requests.at_once as f64 * 15e-6);
        Exchanged { at_once: requests.at_once, side_by_side: threads as usize, rows, values, took, turns }
    }

    /// The plans of batches of so many rows of 5 values, one after the other.
    fn plans(&self, rows: usize, batches: usize) -> Vec<Requests> {
        let pace = Pace::default();
        pace.connected(Duration::from_secs_f64(self.round_trip / 1e6));
        let batch = |_| {
            let requests = pace.plan(rows, 5, &Bounds { most_rows: rows, ..BOUNDS });
            pace.learn(self.answer(rows, 5, requests));
            requests
        };
        (0..batches).map(batch).collect()
    }
}

const FAST: Node = Node { threads: 2.0, value: 0.033, round_trip: 30.0 };
const ORDINARY: Node = Node { threads: 2.0, value: 0.16, round_trip: 60.0 };
const SLOW: Node = Node { threads: 4.0, value: 2.0, round_trip: 60.0 };
const FAR: Node = Node { threads: 8.0, value: 0.16, round_trip: 20_000.0 };

#[test]
fn plans_settle_within_a_few_batches() {
    for node in [FAST, ORDINARY, SLOW, FAR] {
        for rows in [1, 100, 1000, 10_000, 100_000] {
            let plans = node.plans(rows, 200);
            let (settled, last) = (plans[14], plans[199]);
            assert_eq!(settled.at_once, last.at_once, "{rows}: {settled:?}, {last:?}");
            let ratio = settled.rows as f64 / last.rows as f64;
            assert!((0.7..1.4).contains(&ratio), "{rows}: {settled:?}, {last:?}");
        }
    }
}

/// Most batches are held up a little, and some for long.
#[test]
fn chance_changes_little() {
    let pace = Pace::default();
    let node = Node { threads: 3.0, value: 0.03, round_trip: 30.0 };
    let (mut good, mut chance) = (0, 12345_u64);
    for batch in 0..600 {
        let requests = pace.plan(10_000, 5, &BOUNDS);
        // At least the node's threads: one request more takes about as long.
        good += usize::from(batch >= 30 && requests.at_once >= 3);
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let part = (chance >> 33) as f64 / f64::from(1_u32 << 31);
        let held_up = if part > 0.85 { 3.0 } else { 1.0 + part / 2.0 };
        let Exchanged { took, .. } = node.answer(10_000, 5, requests);
        pace.learn(Exchanged { took: took.mul_f64(held_up), ..node.answer(10_000, 5, requests) });
    }
    assert!(good > 500, "{good} of 570");
}

/// As for texts that are read in turns with numbers.
#[test]
fn values_that_take_longer_in_batches_of_the_same_size_change_little() {
    let pace = Pace::default();
    let batches = |value, count| {
        let node = Node { threads: 2.0, value, round_trip: 30.0 };
        let batch = |_| {
            let requests = pace.plan(10_000, 5, &BOUNDS);
            pace.learn(node.answer(10_000, 5, requests));
            requests.at_once
        };
        (0..count).map(batch).collect::<Vec<_>>()
    };
    assert!(*batches(0.03, 100).last().unwrap() > 1);
    // One of them alone would take twice as long as two.
    for value in [0.075, 0.03, 0.15, 0.03] {
        let alone = batches(value, 200).into_iter().filter(|&at_once| at_once == 1).count();
        assert!(alone < 10, "{alone} of 200");
    }
}

#[test]
fn requests_follow_from_what_a_node_shows() {
    let last = |node: &Node, rows| node.plans(rows, 20)[19];
    // Few rows go in one request, wherever the node is.
    for node in [FAST, ORDINARY, SLOW, FAR] {
        assert_eq!(last(&node, 100).at_once, 1);
    }
    // A slow node is asked for less at once than a fast one, so that the last of its requests is not waited for long.
    let between = Node { value: 0.07, ..ORDINARY };
    let rows = [FAST, between, ORDINARY, SLOW].map(|node| last(&node, 1_000_000).rows);
    assert!(rows[0] > 2 * rows[1] && rows[1] > 2 * rows[2] && rows[2] > rows[3], "{rows:?}");
    // But not for ever fewer: each request costs the client as much, however few values it brings.
    assert!(last(&Node { value: 20.0, ..SLOW }, 100_000).rows * 6 > LEAST_PART_VALUES * 9 / 10);
    // More requests pay the more there is to do.
    let at_once = [100, 1000, 10_000].map(|rows| last(&FAST, rows).at_once);
    assert!(at_once.is_sorted() && at_once[0] == 1 && at_once[2] > 1, "{at_once:?}");
    // So few rows are worth it where there is much in each.
    let wide = Pace::default().plan(100, 50, &BOUNDS);
    assert!(wide.at_once > 1 && wide.rows < 100, "{wide:?}");
    // A second request pays where a second thread answers it.
    let thousand = |threads| last(&Node { threads, value: 0.02, round_trip: 30.0 }, 1000).at_once;
    assert_eq!([1.0, 2.0].map(thousand), [1, 2]);
    // What a node far away does is little beside the way there.
    assert!(last(&FAR, 100_000).rows > 2 * last(&ORDINARY, 100_000).rows);
}

#[test]
fn requests_become_smaller_towards_the_end() {
    let requests = ORDINARY.plans(20_000, 20)[19];
    let sizes = sizes(20_000, requests);
    assert!(sizes.is_sorted_by(|a, b| a >= b) && sizes.iter().sum::<usize>() == 20_000, "{sizes:?}");
    let (first, last) = (sizes[0], sizes[sizes.len() - 2]);
    assert!(first > last && last == requests.last, "{sizes:?}");
    // Where one follows the other nowhere, all are the same.
    let one_each = FAST.plans(1000, 20)[19];
    assert_eq!(one_each.last, one_each.rows);
}

/// Which is known after the first batch, whatever that seemed to take.
#[test]
fn no_more_requests_leave_than_are_answered_at_the_same_time() {
    for threads in [1.0, 2.0] {
        let node = Node { threads, value: 0.03, round_trip: 30.0 };
        let plans = node.plans(3000, 2).into_iter().map(|requests| requests.at_once);
        assert_eq!(plans.collect::<Vec<_>>(), [MOST_AT_ONCE, 2]);
    }
}

/// A vector is one value, and takes the client as long as many.
#[test]
fn large_values_come_in_smaller_requests() {
    let last = |row_bytes| {
        let pace = Pace::default();
        pace.learn(SLOW.answer(10_000, 1, equal(4, 2500)));
        pace.plan(10_000, 1, &Bounds { row_bytes, at_once: 4, ..BOUNDS }).last
    };
    assert!(last(8) > 5 * last(512), "{} {}", last(8), last(512));
}

#[test]
fn nothing_follows_on_a_single_connection() {
    let pace = Pace::default();
    pace.learn(SLOW.answer(3000, 5, equal(4, 750)));
    let rows = |at_once, running| pace.plan(3000, 5, &Bounds { at_once, running, ..BOUNDS }).rows;
    assert_eq!([rows(1, 1), rows(0, 4)], [3000, 3000]);
    assert!(rows(2, 1) < 1500);
}

#[test]
fn plans_are_bounded_whatever_is_seen() {
    let odd = [Duration::ZERO, Duration::from_nanos(1), Duration::from_micros(300), Duration::MAX];
    for took in odd {
        let pace = Pace::default();
        for rows in [0, 1, 255, 256, 5001, 1_000_000] {
            for (values, turns) in [(0, 0), (5, 1), (10_000, 50)] {
                pace.hear(took);
                pace.connected(took);
                pace.learn(Exchanged { at_once: turns, side_by_side: turns / 2, rows, values, took, turns });
                let Requests { at_once, rows: each, last } = pace.plan(rows, values, &BOUNDS);
                assert!((1..=MOST_AT_ONCE).contains(&at_once), "{at_once}");
                let least = LEAST_REQUEST_VALUES.div_ceil(values + 1);
                assert!((least..=5000).contains(&each) && (1..=each).contains(&last), "{each}, {last}");
                assert!(pace.plan(rows, values, &Bounds { most_rows: 7, ..BOUNDS }).rows <= 7);
            }
        }
    }
}

#[test]
fn a_policy_is_obeyed() {
    let pace = Pace::default();
    let plan = |rows, at_once, each| pace.plan(rows, 5, &Bounds { at_once, rows: each, ..BOUNDS });
    assert_eq!(plan(1000, 0, 10), equal(4, 10));
    assert_eq!(plan(1000, 8, 250), equal(4, 250));
    assert_eq!(plan(1000, 1, 0).at_once, 1);
    assert_eq!(plan(10_000, 20, 0).at_once, 20);
    assert_eq!(plan(10_000, usize::MAX, 9000), equal(2, 5000));
}

#[test]
fn batches_side_by_side_share_the_requests() {
    let pace = Pace::default();
    let at_once = |running| pace.plan(100_000, 5, &Bounds { running, ..BOUNDS }).at_once;
    assert_eq!([0, 1, 2, 3, 64].map(at_once), [4, 4, 2, 1, 1]);
}
