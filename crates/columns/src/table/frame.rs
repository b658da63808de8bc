//! The rows of a batch's reply, frame by frame.

use std::ops::Range;
use std::sync::PoisonError;

use aerostride_wire::{Messages, NumberRead, RecordPattern, ReplyWalker, RowHeader, WireError};

use super::alike::Alike;
use super::column::Strided;
use super::learnt::{Known, MOST_ROWS};
use super::numbers::NumberPlan;
use super::rows::Rows;
use super::{Learnt, Pass, RowError, RowResult, Table};
use crate::Tally;

impl Table {
    /// What the last batch of this plan has learnt of its rows. Nobody else has it until it is [kept](Self::keep_learnt).
    pub fn take_learnt(&self) -> Learnt {
        std::mem::take(&mut *self.plan.learnt.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Leaves what was learnt to the next batch, unless another request has learnt more meanwhile.
    pub fn keep_learnt(&self, learnt: Learnt) {
        let mut kept = self.plan.learnt.lock().unwrap_or_else(PoisonError::into_inner);
        if learnt.known.is_some() || kept.known.is_none() {
            *kept = learnt;
        }
    }
}

impl Pass<'_> {
    /// Writes rows up to the end of the frame or to the closing message, which it gives. `first_index` is the index of the
    /// claim's first row; `each` gets the rows that were answered, one or several at a time, and their code.
    ///
    /// Rows that are like one before are written together, column by column, where all their bins are numbers and they come in
    /// the order of the claim: a row costs less than half of what it costs by itself.
    ///
    /// # Errors
    /// As [`write_row`](Self::write_row), and those of the walker.
    pub fn write_rows(
        &self,
        walker: &mut ReplyWalker<'_>,
        first_index: u32,
        learnt: &mut Learnt,
        tally: &mut Tally,
        mut each: impl FnMut(Range<u32>, u8),
    ) -> Result<Option<RowHeader>, RowError> {
        loop {
            while learnt.known.is_some()
                && let Some(rows) = self.write_next_alike(walker, first_index, learnt, tally)?
            {
                match rows {
                    Rows::Range(range) => each(range, 0),
                    Rows::List(list) => list.iter().for_each(|&row| each(row..row + 1, 0)),
                }
            }
            let message = walker.unread();
            let header = match walker.next_row()? {
                Some(header) if !header.last => header,
                end => return Ok(end),
            };
            let header = RowHeader { index: header.index.wrapping_sub(first_index), ..header };
            let whole = tally.whole_rows;
            let RowResult { row, code } = self.write_row(&header, walker, tally)?;
            each(row..row + 1, code);
            if tally.whole_rows > whole {
                self.learn(message, learnt);
            }
        }
    }

    /// Learns from a row that was just read by itself, and whose message `message` begins with, where it is time to.
    #[inline]
    fn learn(&self, message: &[u8], learnt: &mut Learnt) {
        // What was learnt before was not true of this row.
        if learnt.known.is_some() {
            learnt.known = None;
        }
        if learnt.is_due() {
            self.learn_now(message, learnt);
        }
    }

    #[cold]
    fn learn_now(&self, message: &[u8], learnt: &mut Learnt) {
        learnt.known = RecordPattern::of_row(message, self.reads()).map(Known::new);
    }

    /// Writes some of the rows that follow, and gives them, for as long as they are like the one that was learnt from. Not inlined:
    /// it is compiled once, and here, where it is optimised for speed in every build.
    #[inline(never)]
    fn write_next_alike(
        &self,
        walker: &mut ReplyWalker<'_>,
        first_index: u32,
        learnt: &mut Learnt,
        tally: &mut Tally,
    ) -> Result<Option<Rows<'_>>, RowError> {
        let Some(known) = &mut learnt.known else { return Ok(None) };
        // How many rows of the claim there are from an index on.
        let most = |index: u32| {
            self.rows.len().saturating_sub(index.wrapping_sub(first_index) as usize).min(MOST_ROWS)
        };
        let mut of_claim = |index: u32, count: usize| {
            learnt.rows += count;
            let first = index.wrapping_sub(first_index) as usize;
            self.rows.part(first..first + count)
        };
        let (rows, doubled);
        if !known.pattern.copies() {
            let Some(run) = walker.next_run(&known.pattern, most) else { return Ok(None) };
            rows = of_claim(run.index, run.len());
            let numbers = Strided { rows: run.rows, size: run.size, begin: run.bins_at };
            doubled = self.write_alike(&rows, &run, known.pattern.numbers(), &numbers, tally)?;
        } else if let Some(run) = known.next_run(walker, most) {
            rows = of_claim(run.index, run.len());
            let numbers = known.copied(run.len());
            doubled = self.write_alike(&rows, &run, known.pattern.numbers(), &numbers, tally)?;
        } else {
            let mut messages = [&[][..]; MOST_ROWS];
            let Some((index, count)) = known.next_copied(walker, &mut messages, most) else {
                return Ok(None);
            };
            let (messages, numbers) = (&messages[..count], known.copied(count));
            rows = of_claim(index, count);
            let alike = Messages { rows: messages, bins_at: known.pattern.bins_at() };
            doubled = self.write_alike(&rows, &alike, known.pattern.numbers(), &numbers, tally)?;
            known.learn_width(messages, |row| RecordPattern::of_row_as_wide(row, self.reads()));
        }
        match doubled {
            Some(row) => Err(WireError::DoubledIndex(self.rows.position(row)).into()),
            None => Ok(Some(rows)),
        }
    }

    fn reads(&self) -> impl ExactSizeIterator<Item = NumberRead> {
        self.table.plan.numbers.iter().map(NumberPlan::read)
    }
}
