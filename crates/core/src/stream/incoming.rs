use aerostride_wire::{BinRead, StreamMessage, StreamRecord, StreamWalker, WireError, particle_type};

use super::budget::Budget;
use super::chunk::Chunk;
use crate::Error;

/// How a reply has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// With its last message, and this code.
    Last(u8),
    /// The request was refused as a whole.
    Refused(u8),
    /// The stream has all the rows that it may have.
    Enough,
}

/// What a walk has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    FrameEnd,
    /// A record, and no batch to put it in.
    NoRoom,
    End(End),
}

/// What a walk has found.
enum Found<'a> {
    Record(StreamRecord<'a>),
    Step(Step),
}

/// The records of a reply, as far as the stream may have them. Each is noted as the last one of its partition.
pub(super) struct Incoming<'i> {
    budget: &'i Budget,
    chunk: &'i mut Chunk,
    /// Rows taken from the budget.
    taken: &'i mut u64,
    drop_empty: DropEmpty<'i>,
    /// What the walk has come to, when there is no further record.
    pub(super) step: Step,
}

impl<'i> Incoming<'i> {
    pub(super) const fn new(
        budget: &'i Budget,
        chunk: &'i mut Chunk,
        taken: &'i mut u64,
        drop_empty: DropEmpty<'i>,
    ) -> Self {
        Self { budget, chunk, taken, drop_empty, step: Step::NoRoom }
    }

    /// The next record; the walker is then at its bins.
    #[inline]
    pub(super) fn next<'a>(
        &mut self,
        walker: &mut StreamWalker<'a>,
    ) -> Result<Option<StreamRecord<'a>>, Error> {
        match next_record(walker, self.chunk, self.drop_empty)? {
            Found::Record(record) => Ok(self.take(&record)?.then_some(record)),
            Found::Step(step) => {
                self.step = step;
                Ok(None)
            }
        }
    }

    /// Notes a record, and says whether the stream may have it.
    ///
    /// # Errors
    /// A record that was not asked for, or has come before.
    #[inline]
    pub(super) fn take(&mut self, record: &StreamRecord<'_>) -> Result<bool, Error> {
        if !self.budget.take() {
            self.step = Step::End(End::Enough);
            return Ok(false);
        }
        *self.taken += 1;
        self.chunk.advance(record)?;
        Ok(true)
    }
}

/// Reads one message; `None` for one that says nothing to the caller.
#[inline]
fn read<'a>(
    walker: &mut StreamWalker<'a>,
    chunk: &mut Chunk,
    drop_empty: DropEmpty<'_>,
) -> Result<Option<Found<'a>>, Error> {
    Ok(match walker.next_message()? {
        None => Some(Found::Step(Step::FrameEnd)),
        Some(StreamMessage::Record(record)) if is_to_drop(walker, drop_empty)? => {
            chunk.advance(&record)?;
            None
        }
        Some(StreamMessage::Record(record)) => Some(Found::Record(record)),
        Some(StreamMessage::Partition { id, code }) => {
            chunk.refuse(id, code)?;
            None
        }
        Some(StreamMessage::Last { code }) => Some(Found::Step(Step::End(End::Last(code)))),
        Some(StreamMessage::Refused { code }) => Some(Found::Step(Step::End(End::Refused(code)))),
    })
}

/// Steps to the next record, over everything that says nothing to the caller.
#[inline]
fn next_record<'a>(
    walker: &mut StreamWalker<'a>,
    chunk: &mut Chunk,
    drop_empty: DropEmpty<'_>,
) -> Result<Found<'a>, Error> {
    loop {
        if let Some(found) = read(walker, chunk, drop_empty)? {
            return Ok(found);
        }
    }
}

/// Reads what can be read without a batch, and stops in front of the first record that needs one.
pub(super) fn without_room(
    walker: &mut StreamWalker<'_>,
    chunk: &mut Chunk,
    drop_empty: DropEmpty<'_>,
) -> Result<Step, Error> {
    loop {
        let before = walker.clone();
        match read(walker, chunk, drop_empty)? {
            None => {}
            Some(Found::Step(step)) => return Ok(step),
            Some(Found::Record(_)) => {
                *walker = before;
                return Ok(Step::NoRoom);
            }
        }
    }
}

/// What was asked for, where records without any of it come and are to be left out here.
pub(super) type DropEmpty<'r> = Option<&'r [BinRead]>;

/// Whether a record has nothing of what was asked for, and is to be left out for that.
#[inline]
fn is_to_drop(walker: &StreamWalker<'_>, drop_empty: DropEmpty<'_>) -> Result<bool, WireError> {
    match drop_empty {
        None => Ok(false),
        Some(reads) => is_empty(walker, reads),
    }
}

fn is_empty(walker: &StreamWalker<'_>, reads: &[BinRead]) -> Result<bool, WireError> {
    let in_list = |name: &[u8]| reads.iter().any(|read| read.in_list && read.name.as_bytes() == name);
    let mut walker = walker.clone();
    while let Some(op) = walker.bins().next_bin()? {
        let is_nothing = match op.particle {
            particle_type::NIL => true,
            particle_type::LIST => NOTHING.contains(&op.value) && in_list(op.name),
            _ => false,
        };
        if !is_nothing {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What a read of a value in a list gives where there is none: an empty list, or one of nil.
const NOTHING: [&[u8]; 2] = [&[0x90], &[0x91, 0xc0]];
