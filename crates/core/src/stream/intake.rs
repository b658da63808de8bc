use std::sync::Arc;
use std::time::Duration;

use aerostride_wire::StreamWalker;
use tokio::time::Instant;

use super::Shared;
use super::chunk::Chunk;
use super::cursor::{Mark, State};
use super::incoming::{End, Incoming, Step, without_room};
use super::outlet::Out;
use super::slot::{Extent, Known, Slot};
use crate::Error;

/// Takes the frames of a connection's replies into the batch that the connection is filling.
#[derive(Debug)]
pub(super) struct Intake {
    shared: Arc<Shared>,
    slot: Option<Slot>,
    /// Whether the slot has rows of partitions that the current request may have to give back.
    unfinished: bool,
    /// What is known of the records that come, while there is no slot.
    known: Option<Known>,
    /// Rows taken from the budget that are not final yet.
    taken: u64,
    /// How long the consumer was waited for in the current request.
    pub(super) waited: Duration,
}

impl Intake {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, slot: None, known: None, unfinished: false, taken: 0, waited: Duration::ZERO }
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
        let mut is_checked = false;
        loop {
            let mut step = self.fill(&mut walker, chunk);
            if !is_checked {
                step = step.and_then(|step| self.check_rest(step, &walker));
            }
            if step.is_err() {
                chunk.rewind();
                self.rewind();
            }
            let step = step?;
            is_checked |= step == Step::NoRoom;
            self.keep(chunk);
            match step {
                Step::NoRoom if self.slot.is_none() => self.take_slot().await?,
                Step::NoRoom => self.hand_over()?,
                Step::FrameEnd => return self.hand_over_if_full().map(|()| None),
                Step::End(end) => return Ok(Some(end)),
            }
        }
    }

    /// Takes what it can of the first bytes of a frame of which more follows, and gives how many bytes that were: those of
    /// records that are like the ones before. Nothing of it is final before [`frame`](Self::frame) has taken the rest.
    ///
    /// # Errors
    /// Those of [`frame`](Self::frame).
    pub(super) fn part(&mut self, bytes: &[u8], chunk: &mut Chunk) -> Result<usize, Error> {
        // With a limit, what is taken of it has to be given back when the frame does not end.
        if self.shared.budget.left().is_some() {
            return Ok(0);
        }
        if self.slot.is_none() {
            self.slot = self.shared.outlet.try_take();
            self.recall();
        }
        let Self { shared, slot: Some(slot), taken, .. } = self else { return Ok(0) };
        let mut walker = StreamWalker::new(bytes);
        let mut incoming = Incoming::new(&shared.budget, chunk, taken, shared.options.drop_empty());
        let appended = slot.append(&mut walker, &mut incoming, Extent::Part);
        if appended.is_err() {
            chunk.rewind();
            self.rewind();
        }
        appended.map(|()| bytes.len() - walker.unread())
    }

    /// Appends rows until the frame ends or the batch is full.
    fn fill(&mut self, walker: &mut StreamWalker<'_>, chunk: &mut Chunk) -> Result<Step, Error> {
        let Self { shared, slot, taken, .. } = self;
        let drop_empty = shared.options.drop_empty();
        let Some(slot) = slot else { return without_room(walker, chunk, drop_empty) };
        let mut incoming = Incoming::new(&shared.budget, chunk, taken, drop_empty);
        slot.append(walker, &mut incoming, Extent::Whole)?;
        Ok(incoming.step)
    }

    /// In front of a wait, and of the hand-over of a batch: whether the rest of the frame is sound.
    fn check_rest(&mut self, step: Step, walker: &StreamWalker<'_>) -> Result<Step, Error> {
        match &mut self.slot {
            Some(slot) if step == Step::NoRoom => slot.check(walker.clone())?,
            None if step == Step::NoRoom => {
                let mut rest = walker.clone();
                while rest.next_message()?.is_some() {}
            }
            _ => {}
        }
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

    /// Takes back what is not final.
    pub(super) fn rewind(&mut self) {
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
        self.recall();
        Ok(())
    }

    /// Tells a new batch what the one before it has learnt.
    fn recall(&mut self) {
        if let Some((slot, known)) = self.slot.as_mut().zip(self.known.take()) {
            slot.recall(known);
        }
    }

    fn hand_over_if_full(&mut self) -> Result<(), Error> {
        if self.slot.as_ref().is_some_and(Slot::is_full) { self.hand_over() } else { Ok(()) }
    }

    /// Hands the batch over, without what is not final.
    pub(super) fn hand_over(&mut self) -> Result<(), Error> {
        self.unfinished = false;
        self.rewind();
        let Some(mut slot) = self.slot.take() else { return Ok(()) };
        self.known = slot.take_learnt();
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
