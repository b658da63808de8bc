//! What a node has shown of its speed, and the requests that follow from it.

use std::time::Duration;

use parking_lot::Mutex;

/// Requests in flight to a node for one batch, at most.
const MOST_AT_ONCE: usize = 4;

/// Microseconds of work that one more request costs, client and server together, whatever is in it.
const REQUEST_COST: f64 = 40.0;

/// A request takes a node about so many microseconds at most: the others of its batch end at the same time, and none is
/// waited for long.
const LONGEST_REQUEST: f64 = 600.0;

/// Where a node is far away, a request takes so many times as long as its first byte, so that waiting for that is little of it.
const FIRST_BYTES: f64 = 4.0;

/// Microseconds that a value takes a node nobody knows yet.
const UNKNOWN: f64 = 0.03;

/// No node is taken for faster or slower: a sample may be of anything.
const FASTEST: f64 = 0.002;
const SLOWEST: f64 = 20.0;

/// Rows of a request at least where more than one follows on a connection: a time that was taken badly does not make many.
const LEAST_PART: usize = 256;

/// And values: where a node needs long for few of them, as for values that it computes, more requests would only take the client
/// more time.
const LEAST_PART_VALUES: usize = 5000;

/// A value of so many bytes more takes the client twice as long.
const VALUE_BYTES: usize = 32;

/// Values of a request at least, those of a row and one more, where a policy does not ask for fewer rows.
const LEAST_REQUEST_VALUES: usize = 384;

/// The pace of a node at one kind of work, reads or writes.
#[derive(Debug, Default)]
pub(crate) struct Pace(Mutex<Seen>);

#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    /// Microseconds until the first byte of a reply.
    first_byte: Option<f64>,
    /// Microseconds per value, where the whole node works; what a row takes besides its values counts as one.
    value: Option<f64>,
    /// Requests that are answered at the same time, where a further one had to wait for one of them.
    side_by_side: Option<f64>,
    requests: Requests,
    /// By the size of batches.
    sizes: [Size; SIZES],
}

/// Sizes of batches are told apart by the factor 4 in their values.
const SIZES: usize = 16;

/// Every so often a batch is asked for with one request more or fewer, at first more often.
const TRIES: [usize; 4] = [2, 3, 5, 6];
const NEXT_TRY: usize = 16;

/// What batches of one size have shown.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    /// Requests in flight that should be the best.
    likely: usize,
    /// Those that have been better than these.
    best: Option<usize>,
    /// By the requests in flight, less one.
    tried: [Tried; MOST_AT_ONCE],
    batches: usize,
}

/// What batches have taken.
#[derive(Debug, Clone, Copy, Default)]
struct Tried {
    /// Microseconds per value, about as many above as below.
    took: f64,
    batches: usize,
}

impl Tried {
    /// A step up or down, however far away the time is: one batch that was held up by something else changes little.
    fn learn(&mut self, value: f64) {
        self.batches += 1;
        let step = (0.3 / self.batches as f64).max(0.03);
        self.took = match self.batches {
            1 => value,
            _ if value > self.took => (self.took * (1.0 + step)).min(value),
            _ => (self.took * (1.0 - step)).max(value),
        };
    }
}

impl Size {
    fn at_once(&self) -> usize {
        self.best.unwrap_or(self.likely)
    }

    /// Requests in flight for the next batch: so many, unless others have been better, and no more than there is room for.
    fn next(&mut self, likely: usize, room: usize) -> usize {
        self.likely = likely;
        let at_once = self.at_once();
        let batch = self.batches;
        self.batches += 1;
        let more = match TRIES.iter().position(|&at| at == batch) {
            Some(at) => at % 2 == 0,
            None if batch > 0 && batch.is_multiple_of(NEXT_TRY) => (batch / NEXT_TRY).is_multiple_of(2),
            None => return at_once.min(room),
        };
        (if more { at_once + 1 } else { at_once - 1 }).clamp(1, room)
    }

    fn learn(&mut self, at_once: usize, value: f64) {
        let place = |at_once: usize| at_once.checked_sub(1);
        let is_tried = at_once != self.at_once();
        let Some(tried) = place(at_once).and_then(|at| self.tried.get_mut(at)) else { return };
        let before = tried.took;
        tried.learn(value);
        // What now takes longer than it did, as other values do, takes longer in any number of requests: what was known of the
        // others would else look better than it is until each has been tried.
        if !is_tried && before > 0.0 {
            let change = tried.took / before;
            for (other, tried) in self.tried.iter_mut().enumerate() {
                if other + 1 != at_once {
                    tried.took *= change;
                }
            }
        }
        let took = |at_once: usize| {
            let tried = place(at_once).and_then(|at| self.tried.get(at));
            tried.filter(|tried| tried.batches >= LEAST_TRIES).map_or(f64::MAX, |tried| tried.took)
        };
        // A change has to be worth it, or chance would change the plan from batch to batch.
        let before = self.at_once();
        let better = (1..=MOST_AT_ONCE).min_by(|&a, &b| took(a).total_cmp(&took(b)));
        if let Some(better) = better.filter(|&better| took(better) < took(before) * WORTH_IT) {
            let beyond = if better > before { better } else { better.wrapping_sub(2) };
            if self.tried.get(beyond).is_some_and(|beyond| beyond.batches < LEAST_TRIES) {
                self.batches = 1;
            }
            self.best = Some(better);
        }
    }
}

/// Batches before it is known how long they take.
const LEAST_TRIES: usize = 2;

const WORTH_IT: f64 = 0.93;

/// A faster time says more than a slower one, which may have had to wait for something else.
fn toward(before: f64, now: f64) -> f64 {
    if now < before { (before + now) / 2.0 } else { before + (now - before).min(before) / 8.0 }
}

/// The place of a batch's size.
fn size_of(rows: usize, values: usize) -> usize {
    let all = rows.saturating_mul(values.saturating_add(1)).max(1);
    (all.ilog2() as usize / 2).min(SIZES - 1)
}

/// How a node was asked last, and what that follows from.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Requests {
    /// Requests in flight.
    pub(crate) at_once: usize,
    /// Rows of each, at first.
    pub(crate) rows: usize,
    /// And of the last ones, where they become smaller.
    pub(crate) last: usize,
}

impl Requests {
    /// Rows of the next request, where so many are left: smaller ones towards the end, so that all connections end at the same
    /// time although one is faster than the other.
    pub(crate) fn next(&self, left: usize) -> usize {
        (left / (2 * self.at_once.max(1))).clamp(self.last, self.rows)
    }
}

/// What a plan may not go beyond.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Requests in flight that the policy asks for; 0 leaves it to the node's pace.
    pub(crate) at_once: usize,
    /// Rows of a request that the policy asks for; 0 leaves it to the node's pace.
    pub(crate) rows: usize,
    /// Rows of a request at most.
    pub(crate) most_rows: usize,
    /// Bytes that the client makes of a row.
    pub(crate) row_bytes: usize,
    /// Batches that run side by side: together they keep a node busy, and each with less effort.
    pub(crate) running: usize,
}

/// What the requests of one batch to one node came to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Exchanged {
    /// Requests in flight.
    pub(crate) at_once: usize,
    /// Those of the first ones that were answered at the same time.
    pub(crate) side_by_side: usize,
    /// Rows that were answered, and values of each.
    pub(crate) rows: usize,
    pub(crate) values: usize,
    /// From the first request to the last byte.
    pub(crate) took: Duration,
    /// Requests that followed each other on one connection.
    pub(crate) turns: usize,
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

impl Pace {
    /// Notes how long the first byte of a reply took. A node is about as near as it ever was: what takes longer, its work does.
    pub(crate) fn hear(&self, first_byte: Duration) {
        let seen = &mut *self.0.lock();
        let now = micros(first_byte);
        seen.first_byte = Some(
            seen.first_byte
                .map_or(now, |before| if now < before { (before * 3.0 + now) / 4.0 } else { before }),
        );
    }

    /// Notes how long connecting took, which is a round trip: the only one that also shows that a node has moved away.
    pub(crate) fn connected(&self, round_trip: Duration) {
        let seen = &mut *self.0.lock();
        let now = micros(round_trip);
        seen.first_byte = Some(match seen.first_byte {
            Some(before) if before < now => before + (now - before) / 8.0,
            _ => now,
        });
    }

    /// Notes what a batch came to that was alone.
    pub(crate) fn learn(&self, exchanged: Exchanged) {
        let Exchanged { at_once, side_by_side, rows, values, took, turns } = exchanged;
        let all = rows * (values + 1);
        if all < 2 * LEAST_REQUEST_VALUES {
            return;
        }
        let seen = &mut *self.0.lock();
        let (took, all) = (micros(took), all as f64);
        seen.sizes[size_of(rows, values)].learn(at_once, took / all);
        let waited = seen.first_byte.unwrap_or_default() * turns as f64;
        let now = ((took - waited).max(took / 4.0) / all).clamp(FASTEST, SLOWEST);
        seen.value = Some(seen.value.map_or(now, |before| toward(before, now)));
        // Where none had to wait, more may be answered.
        let now = side_by_side as f64;
        seen.side_by_side = match seen.side_by_side {
            None => (side_by_side < at_once).then_some(now),
            Some(before) if side_by_side == at_once && before > now => Some(before),
            Some(before) => Some(before + (now - before) / if now > before { 2.0 } else { 8.0 }),
        };
    }

    /// The requests for so many rows of so many values.
    ///
    /// `n` requests in flight take `work / n + n * cost`, which is least at the root of `work / cost`, unless a node answers fewer
    /// at the same time. That is where batches of a size begin; which number is the best they find out.
    pub(crate) fn plan(&self, rows: usize, values: usize, bounds: &Bounds) -> Requests {
        let Bounds { most_rows, running, .. } = *bounds;
        let seen = &mut *self.0.lock();
        let row = seen.value.unwrap_or(UNKNOWN) * (values + 1) as f64;
        let least_rows = LEAST_REQUEST_VALUES.div_ceil(values + 1);
        let longest = LONGEST_REQUEST.max(FIRST_BYTES * seen.first_byte.unwrap_or_default());
        let least = LEAST_PART.max(LEAST_PART_VALUES / (values + 1 + bounds.row_bytes / VALUE_BYTES));
        let most = ((longest / row) as usize).max(least);
        let at_once = match (bounds.at_once, bounds.rows) {
            (0, 0) => {
                let room = (rows / least_rows).clamp(1, MOST_AT_ONCE);
                let likely = (row * rows as f64 / REQUEST_COST).sqrt().round() as usize;
                // Where another one follows each, the node has something to do while the client reads. And that one of two had to
                // wait may also be because client and server share a processor.
                let answered = seen.side_by_side.map_or(MOST_AT_ONCE, |seen| seen.round() as usize).max(2);
                let useful = if rows.div_ceil(answered) <= most { answered } else { MOST_AT_ONCE };
                let size = &mut seen.sizes[size_of(rows, values)];
                match running {
                    0 | 1 => size.next(likely.clamp(1, room.min(useful)), room.min(useful + 1)),
                    _ => (MOST_AT_ONCE.min(room) / running).max(1),
                }
            }
            (0, _) => (MOST_AT_ONCE / running.max(1)).max(1),
            (wanted, _) => wanted,
        };
        // Where a request follows the other on a single connection, the node would only have to wait in between.
        let most = if at_once == 1 { rows.max(least) } else { most }.min(most_rows).max(1);
        let one_each = rows.div_ceil(at_once.max(1)).max(least_rows);
        let (first, last) = match bounds.rows {
            0 if one_each <= most => (one_each, one_each),
            0 => {
                let last = least.min(most);
                (rows.div_ceil(at_once.saturating_mul(2)).clamp(last, most), last)
            }
            wanted => (wanted, wanted),
        };
        let [first, last] = [first, last].map(|rows| rows.clamp(1, most_rows.max(1)));
        seen.requests = Requests { at_once: rows.div_ceil(first).clamp(1, at_once), rows: first, last };
        seen.requests
    }

    /// How the node was asked last, the microseconds until its first byte, and those per value; zero where they are not
    /// known.
    pub(crate) fn shown(&self) -> (Requests, f64, f64) {
        let seen = *self.0.lock();
        (seen.requests, seen.first_byte.unwrap_or_default(), seen.value.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests;
