use std::sync::Arc;
use std::time::Duration;

use aerostride_wire::{StreamMessage, StreamRecord, StreamWalker, WireError, particle_type};
use tokio::time::Instant;

use super::Shared;
use super::chunk::Chunk;
use super::cursor::{Mark, State};
use super::outlet::Out;
use super::slot::Slot;
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
enum Step {
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

/// Takes the frames of a connection's replies into the batch that the connection is filling.
#[derive(Debug)]
pub(super) struct Intake {
    shared: Arc<Shared>,
    slot: Option<Slot>,
    /// Whether the slot has rows of partitions that the current request may have to give back.
    unfinished: bool,
    /// Rows taken from the budget that are not final yet.
    taken: u64,
    /// Whether records without any of the wanted bins come, and are to be left out here.
    drop_empty: bool,
    /// How long the consumer was waited for in the current request.
    pub(super) waited: Duration,
}

impl Intake {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        let drop_empty = shared.options.asks_for_all_ops();
        Self { shared, slot: None, unfinished: false, taken: 0, drop_empty, waited: Duration::ZERO }
    }

    /// Begins a request.
    pub(super) const fn begin(&mut self) {
        self.unfinished = false;
        self.waited = Duration::ZERO;
    }

    /// Takes one frame. Where a batch becomes full in the middle, the rest of the frame is checked before it is handed
    /// over, so that no batch has rows of a frame that turns out to be malformed.
    ///
    /// # Errors
    /// A malformed frame, of which nothing is left; or the consumer is gone.
    pub(super) async fn frame(&mut self, body: &[u8], chunk: &mut Chunk) -> Result<Option<End>, Error> {
        let mut walker = StreamWalker::new(body);
        loop {
            let step = self.fill(&mut walker, chunk).and_then(|step| check_rest(step, &walker));
            if step.is_err() {
                chunk.rewind();
                self.rewind();
            }
            let step = step?;
            self.keep(chunk);
            match step {
                Step::NoRoom if self.slot.is_none() => self.take_slot().await?,
                Step::NoRoom => self.hand_over()?,
                Step::FrameEnd => return self.hand_over_if_full().map(|()| None),
                Step::End(end) => return Ok(Some(end)),
            }
        }
    }

    /// Appends rows until the frame ends or the batch is full.
    fn fill(&mut self, walker: &mut StreamWalker<'_>, chunk: &mut Chunk) -> Result<Step, Error> {
        let Self { shared, slot, taken, drop_empty, .. } = self;
        let Some(slot) = slot else { return without_room(walker, chunk, *drop_empty) };
        let mut step = Step::NoRoom;
        slot.append(walker, |walker| {
            let record = match next_record(walker, chunk, *drop_empty)? {
                Found::Step(found) => {
                    step = found;
                    return Ok(None);
                }
                Found::Record(record) => record,
            };
            if !shared.budget.take() {
                step = Step::End(End::Enough);
                return Ok(None);
            }
            *taken += 1;
            chunk.advance(&record)?;
            Ok(Some(record))
        })?;
        Ok(step)
    }

    /// Makes what was taken final, for the stream as a whole once the batch is delivered.
    fn keep(&mut self, chunk: &mut Chunk) {
        self.taken = 0;
        let mut marks = Vec::new();
        chunk.keep(&mut marks);
        let Some(slot) = &mut self.slot else { return self.put_marks(marks) };
        slot.keep();
        self.unfinished |= !marks.is_empty();
        slot.marks.append(&mut marks);
    }

    fn rewind(&mut self) {
        self.shared.budget.give_back(std::mem::take(&mut self.taken));
        if let Some(slot) = &mut self.slot {
            slot.rewind();
        }
    }

    /// Waits for an empty batch. Meanwhile nothing is read, so that the server waits as well.
    async fn take_slot(&mut self) -> Result<(), Error> {
        let begin = Instant::now();
        self.slot = Some(self.shared.outlet.take().await?);
        self.waited += begin.elapsed();
        Ok(())
    }

    fn hand_over_if_full(&mut self) -> Result<(), Error> {
        if self.slot.as_ref().is_some_and(Slot::is_full) { self.hand_over() } else { Ok(()) }
    }

    /// Hands the batch over as it is.
    pub(super) fn hand_over(&mut self) -> Result<(), Error> {
        self.unfinished = false;
        let Some(slot) = self.slot.take() else { return Ok(()) };
        if self.shared.is_abandoned() {
            return Ok(());
        }
        if slot.is_empty() {
            let (slot, marks) = slot.without_marks();
            self.put_marks(marks);
            self.shared.outlet.lend(slot);
        } else if let Some((filled, marks)) = slot.finish()? {
            self.shared.outlet.put(Out::Batch(Box::new(filled), marks));
        }
        Ok(())
    }

    /// Notes that partitions are done: true once the rows before are delivered.
    pub(super) fn done(&mut self, partitions: impl Iterator<Item = u16>) {
        self.unfinished = false;
        let marks = partitions.map(|partition| Mark { partition, state: State::Done });
        match &mut self.slot {
            Some(slot) => slot.marks.extend(marks),
            None => self.put_marks(marks.collect()),
        }
    }

    fn put_marks(&self, marks: Vec<Mark>) {
        if !marks.is_empty() {
            self.shared.outlet.put(Out::Marks(marks));
        }
    }

    /// Before partitions are given back, whose next rows may come by another connection: the rows that came by this one
    /// have to be delivered before those.
    pub(super) fn give_back(&mut self) -> Result<(), Error> {
        if self.unfinished { self.hand_over() } else { Ok(()) }
    }
}

/// Reads one message; `None` for one that says nothing to the caller.
#[inline]
fn read<'a>(
    walker: &mut StreamWalker<'a>,
    chunk: &mut Chunk,
    drop_empty: bool,
) -> Result<Option<Found<'a>>, Error> {
    Ok(match walker.next_message()? {
        None => Some(Found::Step(Step::FrameEnd)),
        Some(StreamMessage::Record(record)) if drop_empty && is_empty(walker)? => {
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
    drop_empty: bool,
) -> Result<Found<'a>, Error> {
    loop {
        if let Some(found) = read(walker, chunk, drop_empty)? {
            return Ok(found);
        }
    }
}

/// Reads what can be read without a batch, and stops in front of the first record that needs one.
fn without_room(walker: &mut StreamWalker<'_>, chunk: &mut Chunk, drop_empty: bool) -> Result<Step, Error> {
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

/// Whether a record has none of the wanted bins.
fn is_empty(walker: &StreamWalker<'_>) -> Result<bool, WireError> {
    let mut walker = walker.clone();
    while let Some(op) = walker.bins().next_bin()? {
        if op.particle != particle_type::NIL {
            return Ok(false);
        }
    }
    Ok(true)
}

/// In front of a wait, and of the hand-over of a batch: whether the rest of the frame is sound.
fn check_rest(step: Step, walker: &StreamWalker<'_>) -> Result<Step, Error> {
    if step == Step::NoRoom {
        let mut rest = walker.clone();
        while rest.next_message()?.is_some() {}
    }
    Ok(step)
}
