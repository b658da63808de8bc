use std::cmp::Ordering;

use aerostride_wire::{PARTITIONS, Resume, StreamRecord, particle_type, partition_of};
use tokio::time::Instant;

use super::cursor::{Mark, State};
use crate::{Error, ErrorKind, codes};

/// A partition that is to be read.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) id: u16,
    /// The last record that was received.
    pub(super) resume: Option<Resume>,
    /// Attempts that failed since a row was received.
    pub(super) failures: u32,
    /// When it may be asked for.
    pub(super) ready_at: Option<Instant>,
}

impl Place {
    pub(super) const fn new(id: u16, resume: Option<Resume>) -> Self {
        Self { id, resume, failures: 0, ready_at: None }
    }
}

/// In which order the records of a partition come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// Scans: digests fall.
    Digests,
    /// Queries of integers and hashes of text: the values in the index rise.
    Values,
    /// Queries of places on the earth: several ranges of the index, so that only a record that comes again at once is
    /// known to be wrong.
    Ranges,
}

impl Order {
    /// Of a query for values of this particle type, or of a scan.
    pub(super) const fn of(particle: Option<u8>) -> Self {
        match particle {
            None => Self::Digests,
            Some(particle_type::GEOJSON) => Self::Ranges,
            Some(_) => Self::Values,
        }
    }

    #[inline]
    fn allows(self, before: &Resume, next: &Resume) -> bool {
        match self {
            Self::Digests => falls(&before.digest, &next.digest),
            Self::Values => next.bval >= before.bval && before != next,
            Self::Ranges => before != next,
        }
    }
}

/// Whether a digest is below another one. The first eight bytes nearly always decide.
#[inline]
fn falls(before: &[u8; 20], next: &[u8; 20]) -> bool {
    let head = |digest: &[u8; 20]| digest.first_chunk().map(|head| u64::from_be_bytes(*head));
    match head(next).cmp(&head(before)) {
        Ordering::Equal => next < before,
        order => order.is_lt(),
    }
}

/// The partitions of one request.
#[derive(Debug)]
pub(super) struct Chunk {
    /// Ascending by id.
    pub(super) places: Vec<Place>,
    order: Order,
    /// Per partition its position in `places`.
    positions: Box<[u16; PARTITIONS]>,
    /// Partitions that the node refuses.
    refused: Vec<(u16, u8)>,
    /// Records received, those included that were not kept.
    pub(super) received: u64,
    /// What to undo when the frame turns out to be malformed.
    undo: Vec<(u16, Option<Resume>)>,
    received_before: u64,
    /// The partition of the record before, whose place is in `undo` already.
    last: Option<u16>,
}

const NOT_HERE: u16 = u16::MAX;

impl Chunk {
    pub(super) fn new(places: Vec<Place>, order: Order) -> Self {
        let mut positions = Box::new([NOT_HERE; PARTITIONS]);
        for (position, place) in places.iter().enumerate() {
            positions[usize::from(place.id)] = position as u16;
        }
        Self {
            places,
            order,
            positions,
            refused: Vec::new(),
            received: 0,
            undo: Vec::new(),
            received_before: 0,
            last: None,
        }
    }

    /// Notes a record as the last that was received of its partition.
    ///
    /// # Errors
    /// A record of a partition that was not asked for, or one that does not belong behind the record before it.
    #[inline]
    pub(super) fn advance(&mut self, record: &StreamRecord<'_>) -> Result<(), Error> {
        let id = partition_of(record.digest) as u16;
        let Some(place) = self.places.get_mut(usize::from(self.positions[usize::from(id)])) else {
            return Err(foreign(id));
        };
        match &mut place.resume {
            // Nearly every record follows another one of its partition in a scan.
            Some(Resume { digest, bval: None })
                if self.last == Some(id) && self.order == Order::Digests && record.bval.is_none() =>
            {
                if !falls(digest, record.digest) {
                    return Err(again(id));
                }
                *digest = *record.digest;
            }
            _ => self.begin_or_go_on(id, Resume { digest: *record.digest, bval: record.bval })?,
        }
        self.received += 1;
        Ok(())
    }

    #[inline(never)]
    fn begin_or_go_on(&mut self, id: u16, next: Resume) -> Result<(), Error> {
        let position = self.positions[usize::from(id)];
        let Some(place) = self.places.get_mut(usize::from(position)) else { return Err(foreign(id)) };
        if self.order != Order::Digests && next.bval.is_none() {
            return Err(malformed("a record of the query has no value in the index"));
        }
        if place.resume.as_ref().is_some_and(|before| !self.order.allows(before, &next)) {
            return Err(again(id));
        }
        if self.last != Some(id) {
            self.undo.push((position, place.resume));
            self.last = Some(id);
        }
        place.resume = Some(next);
        Ok(())
    }

    /// Makes what was noted final, and gives it as marks.
    pub(super) fn keep(&mut self, marks: &mut Vec<Mark>) {
        for (position, _) in self.undo.drain(..) {
            let place = &self.places[usize::from(position)];
            if let Some(resume) = place.resume {
                marks.push(Mark { partition: place.id, state: State::At(resume) });
            }
        }
        self.received_before = self.received;
        self.last = None;
    }

    /// Takes back what was noted since it was last made final.
    pub(super) fn rewind(&mut self) {
        for (position, before) in self.undo.drain(..).rev() {
            self.places[usize::from(position)].resume = before;
        }
        self.received = self.received_before;
        self.last = None;
    }

    /// Notes that the node refuses a partition.
    ///
    /// # Errors
    /// A partition that was not asked for.
    pub(super) fn refuse(&mut self, id: u16, code: u8) -> Result<(), Error> {
        if self.positions[usize::from(id)] == NOT_HERE {
            return Err(foreign(id));
        }
        // Without a code it would say that the partition is done, which no server of today does: the last message counts.
        if code != 0 {
            self.refused.push((id, code));
        }
        Ok(())
    }

    /// Whether anything of the reply has arrived.
    pub(super) const fn has_progressed(&self) -> bool {
        self.received_before > 0
    }

    /// The places that the node has refused, with the code, and the others.
    pub(super) fn split(self) -> (Vec<Place>, Option<u8>, Vec<Place>) {
        let Self { places, refused, .. } = self;
        let code = refused.first().map(|(_, code)| *code);
        let is_refused = |place: &Place| refused.iter().any(|(id, _)| *id == place.id);
        let (refused, rest) = places.into_iter().partition(is_refused);
        (refused, code, rest)
    }
}

#[cold]
fn again(id: u16) -> Error {
    malformed(&format!("a record of partition {id} came again or out of order"))
}

#[cold]
fn foreign(id: u16) -> Error {
    malformed(&format!("partition {id} was not asked for"))
}

fn malformed(what: &str) -> Error {
    Error::new(ErrorKind::Protocol, format!("malformed reply: {what}")).with_code(codes::ERR_CLIENT)
}
