use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use aerostride_wire::{Digest, FRAME_HEADER_SIZE, finish_frame, result_code as code};

use super::Ended;
use super::pace::Pace;
use super::plan::{Place, Plan};
use super::record::{Outcome, Writer, append_partition_refusal};
use crate::command::Peer;
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
}

/// What a look at a partition has led to.
enum Pass {
    /// All records of it were seen.
    Complete,
    /// The frame is full, or the next record is not due yet: go on behind this record.
    Behind(Digest),
}

impl<'p, 'e, 's, 'a> Walk<'p, 'e, 's, 'a> {
    pub(super) fn new(plan: &'p Plan<'e, 's, 'a>, query: &'p Query) -> Self {
        let pace = Pace::new(plan.records_per_second());
        Self { plan, query, writer: Writer::new(plan), pace, left: plan.max_records }
    }

    /// Visits the partitions in the order of their numbers. `out` holds a begun frame before and after.
    pub(super) fn run(&mut self, out: &mut Vec<u8>, peer: &mut dyn Peer) -> Result<(), Ended> {
        let engine = self.plan.service.engine;
        for place in &self.plan.places {
            if engine.cluster.scans(self.plan.service.node, place.partition) {
                self.visit(place, out, peer)?;
            } else {
                append_partition_refusal(place.partition, out);
            }
            self.query.visited.fetch_add(1, Ordering::Relaxed);
            if self.left == 0 {
                break;
            }
        }
        Ok(())
    }

    /// Delivers the records of a partition. It is not locked while the client is written to, nor while the scan waits.
    fn visit(&mut self, place: &Place, out: &mut Vec<u8>, peer: &mut dyn Peer) -> Result<(), Ended> {
        let mut after = place.after;
        loop {
            self.check()?;
            let mut pause = None;
            let pass = {
                let partition = self.plan.namespace.read(place.partition);
                self.pass(&partition, after, &mut pause, out)
            };
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
                Pass::Behind(digest) => after = Some(digest),
            }
        }
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
        after: Option<Digest>,
        pause: &mut Option<std::time::Duration>,
        out: &mut Vec<u8>,
    ) -> Pass {
        for (digest, record) in self.records(partition, after) {
            if self.left == 0 {
                break;
            }
            let outcome = self.writer.append(digest, record, None, out);
            count(self.query, outcome);
            if outcome == Outcome::Filtered {
                continue;
            }
            self.left -= 1;
            *pause = self.pace.count();
            if pause.is_some() || out.len() - FRAME_HEADER_SIZE > FRAME_LIMIT {
                return Pass::Behind(*digest);
            }
        }
        Pass::Complete
    }

    /// The records to deliver, the highest digest first: the order lets a later scan resume.
    fn records<'r>(&self, partition: &'r Partition, after: Option<Digest>) -> Vec<(&'r Digest, &'r Record)> {
        let wanted = |(digest, record): &(&Digest, &Record)| {
            self.plan.set.is_none_or(|set| record.set == set) && after.is_none_or(|after| **digest < after)
        };
        let mut records: Vec<_> = partition.iter(self.plan.now).filter(wanted).collect();
        records.sort_unstable_by(|(a, _), (b, _)| b.cmp(a));
        records
    }
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
