use std::cmp::Reverse;
use std::collections::HashSet;
use std::io;
use std::ops::Bound;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use aerostride_wire::{Digest, FRAME_HEADER_SIZE, finish_frame, result_code as code};

use super::pace::Pace;
use super::plan::{Mark, Place, Plan};
use super::record::{Outcome, Writer, append_partition_refusal};
use crate::command::{Ended, Peer, Service};
use crate::expression::Subject;
use crate::index::Search;
use crate::queries::Query;
use crate::store::{Partition, Record};

/// A frame goes out when it has more bytes than this, as in every real server.
const FRAME_LIMIT: usize = 1024 * 1024;

/// A scan on its way through the partitions.
pub(super) struct Walk<'p, 'e, 's, 'a> {
    plan: &'p Plan<'e, 's, 'a>,
    query: &'p Query,
    writer: Writer<'p, 'e, 's, 'a>,
    pace: Pace,
    left: u64,
    looked: u32,
}

/// What a look at a partition has led to.
enum Pass {
    /// All records of it were seen.
    Complete,
    /// The frame is full, or the next record is not due yet: go on behind this record.
    Behind(Mark),
}

impl<'p, 'e, 's, 'a> Walk<'p, 'e, 's, 'a> {
    pub(super) fn new(plan: &'p Plan<'e, 's, 'a>, query: &'p Query) -> Self {
        let pace = Pace::new(plan.records_per_second());
        Self { plan, query, writer: Writer::new(plan), pace, left: plan.max_records, looked: 0 }
    }

    /// Visits the partitions in the order of their numbers. `out` holds a begun frame before and after.
    pub(super) fn run(&mut self, out: &mut Vec<u8>, peer: &mut dyn Peer) -> Result<(), Ended> {
        for place in &self.plan.places {
            self.visit(place, out, peer)?;
            if self.left == 0 {
                break;
            }
        }
        Ok(())
    }

    /// Delivers the records of a partition, or refuses it.
    pub(super) fn visit(
        &mut self,
        place: &Place,
        out: &mut Vec<u8>,
        peer: &mut dyn Peer,
    ) -> Result<(), Ended> {
        let Service { engine, node, .. } = self.plan.service;
        if engine.cluster.scans(node, place.partition) {
            self.deliver(place, out, peer)?;
        } else {
            append_partition_refusal(place.partition, out);
        }
        self.query.visited.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// Delivers the records of a partition. It is not locked while the client is written to, nor while the scan waits.
    fn deliver(&mut self, place: &Place, out: &mut Vec<u8>, peer: &mut dyn Peer) -> Result<(), Ended> {
        let work = self.plan.service.engine.config.work;
        let mut after = place.after;
        loop {
            self.check()?;
            let mut pause = None;
            let left = self.left;
            let pass = {
                let partition = self.plan.namespace.read(place.partition);
                self.pass(&partition, after, &mut pause, out)
            };
            work.spend_records(left - self.left);
            if out.len() - FRAME_HEADER_SIZE > FRAME_LIMIT {
                self.query.bytes.fetch_add(out.len() as u64, Ordering::Relaxed);
                send_frame(out, peer)?;
            }
            if let Some(pause) = pause {
                self.query.throttled.fetch_add(1, Ordering::Relaxed);
                if !peer.pause(pause) {
                    return Err(Ended::Io(io::ErrorKind::ConnectionAborted.into()));
                }
            }
            match pass {
                Pass::Complete => return Ok(()),
                Pass::Behind(mark) => after = Some(mark),
            }
        }
    }

    /// Now and then, as looking at the clock takes time.
    const fn is_due_to_look(&mut self) -> bool {
        self.looked = self.looked.wrapping_add(1);
        self.looked.is_multiple_of(64)
    }

    /// Whether the scan has been ordered to end, or has run out of time.
    fn check(&self) -> Result<(), Ended> {
        if self.query.is_aborted() {
            return Err(Ended::Code(code::SCAN_ABORT));
        }
        match self.plan.deadline {
            Some(deadline) if deadline <= Instant::now() => Err(Ended::Code(code::TIMEOUT)),
            _ => Ok(()),
        }
    }

    /// Appends records of a locked partition until there are no more, the frame is full, or there is a pause to make.
    fn pass(
        &mut self,
        partition: &Partition,
        after: Option<Mark>,
        pause: &mut Option<std::time::Duration>,
        out: &mut Vec<u8>,
    ) -> Pass {
        for Found { mark, record } in self.records(partition, after) {
            if self.left == 0 {
                break;
            }
            let bval = self.plan.search.as_ref().map(|search| search.bval(mark.0));
            let outcome = self.writer.append(&mark.1, record, bval, out);
            count(self.query, outcome);
            if outcome == Outcome::Filtered {
                continue;
            }
            self.left -= 1;
            *pause = self.pace.count();
            if self.is_due_to_look() && self.check().is_err() {
                return Pass::Behind(mark);
            }
            if pause.is_some() || out.len() - FRAME_HEADER_SIZE > FRAME_LIMIT {
                return Pass::Behind(mark);
            }
        }
        Pass::Complete
    }

    /// The records to deliver, in an order that lets a later scan resume.
    fn records<'r>(&self, partition: &'r Partition, after: Option<Mark>) -> Vec<Found<'r>> {
        match &self.plan.search {
            None => self.scanned(partition, after),
            Some(search) => self.found(search, partition, after),
        }
    }

    /// The records of the set, the highest digest first.
    fn scanned<'r>(&self, partition: &'r Partition, after: Option<Mark>) -> Vec<Found<'r>> {
        let wanted = |(digest, record): &(&Digest, &Record)| {
            self.plan.set.is_none_or(|set| record.set == set) && after.is_none_or(|after| **digest < after.1)
        };
        let wanted = partition.iter(self.plan.now).filter(wanted);
        let mut records: Vec<_> =
            wanted.map(|(digest, record)| Found { mark: (high_bytes(digest), *digest), record }).collect();
        records.sort_unstable_by_key(|found| Reverse(found.mark));
        // Records lie anywhere in memory. Looking at all of them first lets their cache misses overlap.
        std::hint::black_box(records.iter().fold(0, |sum, found| sum ^ found.record.touch()));
        records
    }

    /// The records in the range of the index, the lowest value first. One that is there several times comes once among
    /// so many entries of the index, and again after that.
    fn found<'r>(&self, search: &Search, partition: &'r Partition, after: Option<Mark>) -> Vec<Found<'r>> {
        let Some(entries) = partition.entries(search.index.id) else { return Vec::new() };
        // A place in front of the range is none to resume at.
        let resumed = after.filter(|after| after.0 >= search.low);
        let from = resumed.map_or(Bound::Included((search.low, [0; 20])), Bound::Excluded);
        let to = (search.high, [0xff; 20]);
        if after.is_some_and(|after| after >= to) {
            return Vec::new();
        }
        let entries: Vec<_> = entries.range((from, Bound::Included(to))).collect();
        let once = entries.chunks(DISTINCT).flat_map(|chunk| {
            let mut seen = HashSet::new();
            chunk.iter().filter(move |mark| seen.insert(mark.1))
        });
        once.filter_map(|mark| {
            let record = partition.get(&mark.1, self.plan.now)?;
            self.is_found(search, mark, record).then_some(Found { mark: **mark, record })
        })
        .collect()
    }

    fn is_found(&self, search: &Search, (rank, digest): &Mark, record: &Record) -> bool {
        let Plan { set, namespace, now, .. } = self.plan;
        let name = namespace.set_name(record.set);
        let subject = Subject { digest, record: Some(record), bins: record, set: &name, now: *now };
        set.is_none_or(|set| record.set == set) && search.accepts_at(&subject, *rank)
    }
}

/// Entries of an index among which a record comes once, as in every real server.
const DISTINCT: usize = 100;

/// A record to deliver.
struct Found<'r> {
    mark: Mark,
    record: &'r Record,
}

/// The bytes in which digests of one partition differ first, as a number of the same order.
fn high_bytes(digest: &Digest) -> u64 {
    digest[1..].first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

fn count(query: &Query, outcome: Outcome) {
    let counter: &AtomicU64 = match outcome {
        Outcome::Sent | Outcome::Empty => &query.delivered,
        Outcome::Failed => &query.failed,
        Outcome::Filtered => &query.filtered,
    };
    counter.fetch_add(1, Ordering::Relaxed);
}

/// Sends the frame and begins the next one.
fn send_frame(out: &mut Vec<u8>, peer: &mut dyn Peer) -> io::Result<()> {
    finish_frame(out, 0);
    peer.send(out)?;
    out.truncate(FRAME_HEADER_SIZE);
    Ok(())
}
