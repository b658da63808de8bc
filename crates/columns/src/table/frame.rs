//! The rows of a batch's reply, frame by frame.

use std::ops::Range;
use std::sync::PoisonError;

use aerostride_wire::{RecordPattern, ReplyWalker, RowHeader, WireError};

use super::alike::Alike;
use super::learnt::{Known, MOST_ROWS};
use super::numbers::NumberPlan;
use super::{Learnt, Pass, RowError, RowResult, RowSet, Table};
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
                each(rows, 0);
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
        if matches!(self.rows, RowSet::Range(_)) && learnt.is_due() {
            self.learn_now(message, learnt);
        }
    }

    #[cold]
    fn learn_now(&self, message: &[u8], learnt: &mut Learnt) {
        let reads = self.table.plan.numbers.iter().map(NumberPlan::read);
        learnt.known = RecordPattern::of_row(message, reads).map(Known::new);
    }

    /// Writes some of the rows that follow, and gives them, for as long as they are like the one that was learnt from. Not inlined:
    /// it is compiled once, and here, where it is optimised for speed in every build.
    fn write_next_alike(
        &self,
        walker: &mut ReplyWalker<'_>,
        first_index: u32,
        learnt: &mut Learnt,
        tally: &mut Tally,
    ) -> Result<Option<Range<u32>>, RowError> {
        if learnt.known.as_ref().is_some_and(|known| known.pattern.copies()) {
            self.write_some_alike::<true>(walker, first_index, learnt, tally)
        } else {
            self.write_some_alike::<false>(walker, first_index, learnt, tally)
        }
    }

    fn write_some_alike<const COPIES: bool>(
        &self,
        walker: &mut ReplyWalker<'_>,
        first_index: u32,
        learnt: &mut Learnt,
        tally: &mut Tally,
    ) -> Result<Option<Range<u32>>, RowError> {
        let (Some(known), RowSet::Range(rows)) = (&mut learnt.known, self.rows) else { return Ok(None) };
        let position = |index: u32| index.wrapping_sub(first_index);
        let is_claimed = |index| (position(index) as usize) < rows.len();
        let (pattern, numbers) = known.at(0);
        let Some((header, bins)) = walker.next_alike::<COPIES>(pattern, numbers, is_claimed) else {
            return Ok(None);
        };
        let first = rows.start + position(header.index);
        let mut alike = Alike::new();
        alike.push(&header, bins);
        while alike.len < MOST_ROWS {
            let next = position(header.index) + alike.len as u32;
            let is_next = |index| position(index) == next && is_claimed(index);
            let (pattern, numbers) = known.at(alike.len);
            let Some((header, bins)) = walker.next_alike::<COPIES>(pattern, numbers, is_next) else { break };
            alike.push(&header, bins);
        }
        match self.write_alike(first, &alike, learnt, tally)? {
            Some(row) => Err(WireError::DoubledIndex(row - rows.start).into()),
            None => Ok(Some(first..first + alike.len as u32)),
        }
    }
}
