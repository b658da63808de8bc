use std::cell::{Cell, RefCell};
use std::ops::Range;

use aerostride_wire::{
    Op, Particle, ReplyWalker, RowHeader, Scratch, WireError, first_of_list, particle_type,
};
use thiserror::Error;

use super::blocks::Block;
use super::plan::FieldPlan;
use super::{OnLoss, RowResult, RowSet, Table};
use crate::convert::Outcome;
use crate::tally::describe;
use crate::{Loss, LossReason, NO_RESPONSE, Tally};

/// Bytes of cells that a writer writes at most before whoever closes the table gets its turn.
const PASS_BYTES: usize = 256 * 1024;

/// Rows that a writer writes at most before whoever closes the table gets its turn.
const PASS_ROWS: usize = 512;

/// Why a row was not written.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RowError {
    /// Its bytes, or its index.
    #[error(transparent)]
    Malformed(#[from] WireError),
    /// The table was closed between two rows; nothing is written any more.
    #[error("the table is closed")]
    Closed,
}

/// The right to write the rows of a claim now. It borrows the claim, so a claim has one writer.
///
/// It lasts for some rows only: the gate is passed again before the next ones, so that closing a table does not wait for
/// all rows of a large frame. Once that fails the pass writes nothing more.
#[derive(Debug)]
pub struct Pass<'c> {
    pub(super) table: &'c Table,
    pub(super) rows: &'c RowSet,
    /// Rows that may be written before the gate is passed again.
    left: Cell<usize>,
    inside: Cell<bool>,
    /// What values are appended to that do not lie in their cells.
    block: RefCell<Block>,
}

impl<'c> Pass<'c> {
    /// Passes the table's gate; `None` once the table is closed.
    pub(super) fn open(table: &'c Table, rows: &'c RowSet) -> Option<Self> {
        let (left, inside, block) = (Cell::new(0), Cell::new(false), RefCell::default());
        let pass = Self { table, rows, left, inside, block };
        pass.enter().then_some(pass)
    }

    /// The table, while it may be written.
    pub(super) fn table(&self) -> Option<&'c Table> {
        self.inside.get().then_some(self.table)
    }

    #[cold]
    fn enter(&self) -> bool {
        let open = self.table.gate.enter();
        self.inside.set(open);
        self.left.set(if open { pass_rows(self.table.plan.layout.itemsize) } else { 0 });
        if open && self.table.plan.has_views {
            self.block.replace(self.table.blocks.take());
        }
        open
    }

    /// Whether a further row may be written, or a row's worth of bytes cleared.
    #[inline]
    fn take_row(&self) -> bool {
        match self.left.get() {
            0 => {
                self.leave();
                self.enter() && self.take_row()
            }
            left => {
                self.left.set(left - 1);
                true
            }
        }
    }

    /// Whether so many further rows may be written.
    #[inline]
    pub(super) fn take_rows(&self, count: usize) -> bool {
        if self.left.get() < count {
            self.leave();
            if !self.enter() {
                return false;
            }
        }
        self.left.set(self.left.get().saturating_sub(count));
        true
    }

    fn leave(&self) {
        if self.inside.replace(false) {
            // Whoever closes the table finds every block in its place.
            self.table.blocks.give_back(self.block.take());
            self.table.gate.leave();
        }
    }
}

/// Rows of so many bytes that one pass may write.
const fn pass_rows(row_bytes: usize) -> usize {
    match PASS_BYTES / (row_bytes + 1) {
        0 => 1,
        rows if rows > PASS_ROWS => PASS_ROWS,
        rows => rows,
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        self.leave();
    }
}

impl Pass<'_> {
    /// Writes the row whose header the walker has just given, and steps over its bins.
    ///
    /// # Errors
    /// [`RowError::Malformed`] when the index is not one of the claim's or a bin is malformed; the row may then be half
    /// written, see [`reset`](Self::reset). [`RowError::Closed`] when the table was closed since the row before.
    #[inline]
    pub fn write_row(
        &self,
        header: &RowHeader,
        walker: &mut ReplyWalker<'_>,
        tally: &mut Tally,
    ) -> Result<RowResult, RowError> {
        if !self.take_row() {
            return Err(RowError::Closed);
        }
        Ok(self.write_one(header, walker, tally)?)
    }

    #[inline]
    fn write_one(
        &self,
        header: &RowHeader,
        walker: &mut ReplyWalker<'_>,
        tally: &mut Tally,
    ) -> Result<RowResult, WireError> {
        let position = header.index as usize;
        if position >= self.rows.len() {
            return Err(WireError::ForeignIndex { index: header.index, rows: self.rows.len() });
        }
        let row = self.rows.at(position);
        // A word whose rows are all of this claim has no other writer, and needs no locked instruction.
        let alone = self.rows.holds_word(row as usize / 64);
        if self.table.answered.set_row(row, alone) {
            return Err(WireError::DoubledIndex(header.index));
        }
        if header.result_code == 0 {
            self.write_bins(row, walker, tally)?;
            self.table.put_meta(row, header.generation, self.table.seconds_left(header.ttl));
            tally.ok_rows += 1;
        } else {
            self.table.clear_row(row);
        }
        self.table.put_code(row, i32::from(header.result_code));
        Ok(RowResult { row, code: header.result_code })
    }

    #[inline]
    pub(super) fn write_bins(
        &self,
        row: u32,
        walker: &mut ReplyWalker<'_>,
        tally: &mut Tally,
    ) -> Result<(), WireError> {
        let fields = self.table.plan.fields.len();
        let mut written = self.table.write_numbers(row, walker);
        if written == fields && walker.bins_left() == 0 {
            tally.whole_rows += 1;
            return Ok(());
        }
        tally.start_row(written);
        let mut expected = written;
        while let Some(op) = walker.next_bin()? {
            if let Some(field) = self.table.plan.find(op.name, &mut expected) {
                self.write_bin(row, field, &op, tally)?;
                written += 1;
            }
        }
        if written < fields {
            self.clear_missing(row, tally);
        }
        Ok(())
    }

    /// Clears the cells whose bins the row did not have.
    #[cold]
    fn clear_missing(&self, row: u32, tally: &Tally) {
        let fields = self.table.plan.fields.iter().enumerate();
        fields.filter(|(at, _)| !tally.has_bin(*at)).for_each(|(_, field)| self.table.clear_cell(row, field));
    }

    #[inline]
    fn write_bin(&self, row: u32, field: usize, op: &Op<'_>, tally: &mut Tally) -> Result<(), WireError> {
        if tally.is_doubled(field) {
            return Err(WireError::DoubledBin(field));
        }
        let plan = &self.table.plan.fields[field];
        if plan.in_list {
            return self.write_in_list(row, field, op, tally);
        }
        self.write_value(row, field, op, tally)
    }

    /// Writes the value of a field that comes as the first element of a list.
    #[inline(never)]
    fn write_in_list(&self, row: u32, field: usize, op: &Op<'_>, tally: &mut Tally) -> Result<(), WireError> {
        let mut scratch = Scratch::default();
        // An empty list says what a bin that is nil says: there is no value.
        let (particle, value) = match op.particle {
            particle_type::LIST => first_of_list(op.value, &mut scratch).unwrap_or_default(),
            particle => (particle, op.value),
        };
        self.write_value(row, field, &Op { particle, value, ..*op }, tally)
    }

    #[inline]
    fn write_value(&self, row: u32, field: usize, op: &Op<'_>, tally: &mut Tally) -> Result<(), WireError> {
        let plan = &self.table.plan.fields[field];
        if op.particle == particle_type::NIL {
            self.table.clear_cell(row, plan);
            return Ok(());
        }
        tally.present(field);
        let cell = plan.offset + row as usize * plan.stride;
        let outcome = if plan.is_view {
            self.write_view(plan, cell, op)?
        } else {
            self.table.write_op(plan, cell, op)?
        };
        let keep = match outcome {
            Outcome::Exact => true,
            Outcome::Lossy => {
                tally.lossy(field);
                self.table.options.on_loss != OnLoss::Null
            }
            Outcome::Mismatch => {
                tally.mismatch(field, op.particle);
                false
            }
        };
        if !keep {
            self.table.clear_value(plan, cell);
        }
        self.table.memory.put(plan.valid + row as usize, [u8::from(keep)]);
        if outcome != Outcome::Exact && self.table.options.on_loss == OnLoss::Throw {
            note_loss(tally, row, field, &op.decode()?, outcome);
        }
        Ok(())
    }

    /// Apart from the loop over other values, which is shorter without it.
    #[inline(never)]
    fn write_view(&self, plan: &FieldPlan, cell: usize, op: &Op<'_>) -> Result<Outcome, WireError> {
        Ok(self.table.write_view(plan, cell, op, &op.decode()?, &mut self.block.borrow_mut()))
    }

    /// Gives `code` to every row of the claim that was not answered, and lists them.
    pub fn fail_unanswered(&self, code: i32) -> Vec<u32> {
        let Some(table) = self.table() else { return Vec::new() };
        // Nearly always none is, which the words say at once.
        if table.answered.missing(self.rows.masks()).next().is_none() {
            return Vec::new();
        }
        let rows: Vec<u32> = (0..self.rows.len())
            .map(|position| self.rows.at(position))
            .filter(|&row| !table.answered.get(row))
            .collect();
        rows.iter().for_each(|&row| table.put_code(row, code));
        rows
    }

    /// Answers the row at a position with a code of the client's own; past the end nothing happens.
    pub fn answer(&self, position: usize, code: i32) {
        if position < self.rows.len() && self.take_row() {
            let row = self.rows.at(position);
            self.table.answered.set_row(row, false);
            self.table.clear_row(row);
            self.table.put_code(row, code);
        }
    }

    /// Lets every row of the claim be answered again; its code stays until then.
    pub fn reopen(&self) {
        self.unanswer(self.rows);
    }

    /// Lets consecutive rows be answered again, whatever was written there.
    pub(super) fn forget(&self, rows: Range<u32>) {
        self.unanswer(&RowSet::Range(rows));
    }

    fn unanswer(&self, rows: &RowSet) {
        if let Some(table) = self.table() {
            rows.masks().for_each(|(word, mask)| table.answered.clear(word, mask));
        }
    }

    /// Makes every row of the claim as it was before anyone wrote it: what a malformed reply said is not to be trusted.
    ///
    /// Answers and codes go first, within the present pass. The cells follow in as many passes as it takes: when the table
    /// is finished meanwhile, that clears them, because nobody has answered their rows.
    pub fn reset(&self) {
        self.reopen();
        let Some(table) = self.table() else { return };
        let rows = || (0..self.rows.len()).map(|position| self.rows.at(position));
        rows().for_each(|row| table.put_code(row, NO_RESPONSE));
        for row in rows() {
            if !self.take_row() {
                return;
            }
            table.clear_row(row);
        }
    }
}

#[cold]
fn note_loss(tally: &mut Tally, row: u32, field: usize, particle: &Particle<'_>, outcome: Outcome) {
    let reason = if outcome == Outcome::Lossy { LossReason::Lossy } else { LossReason::Mismatched };
    tally.keep_first(row, field, |mut value| {
        describe(particle, &mut value);
        Loss { row, field, bin_type: particle.type_name(), value, reason }
    });
}
