//! A layout over memory: who may write which rows when ([`Claim`], [`Pass`]), and how a bin's value gets into a cell.

mod alike;
mod append;
mod bits;
mod blocks;
mod cells;
mod claim;
mod column;
mod frame;
mod gate;
mod learnt;
mod numbers;
mod pass;
mod plan;
mod rows;
mod views;

use std::ops::Range;
use std::sync::Arc;

use thiserror::Error;

use crate::{Places, RawMemory};
pub use append::{Appended, Appender, Burst};
use bits::RowBits;
use blocks::Blocks;
pub use claim::Claim;
use gate::Gate;
pub use learnt::Learnt;
pub use pass::{Pass, RowError};
use plan::FieldPlan;
pub use plan::Plan;
use rows::{RowSet, runs};

/// What becomes of a cell whose value changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnLoss {
    /// It is kept, as numpy would.
    #[default]
    Allow,
    /// It is zeroed and not valid.
    Null,
    /// It is kept, and the first one is described in [`Tally::first_loss`].
    Throw,
}

/// How a table is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableOptions {
    /// See [`OnLoss`].
    pub on_loss: OnLoss,
    /// Now, in seconds since 2010-01-01 UTC: ttls on the wire are absolute.
    pub now: u32,
}

/// Rows that cannot be claimed, or memory that does not fit the layout.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TableError {
    /// The memory has not the layout's size.
    #[error("the buffer has {got} bytes, the layout needs {need}")]
    Size {
        /// Bytes that the layout needs.
        need: usize,
        /// Bytes that were given.
        got: usize,
    },
    /// A layout of another dtype.
    #[error("the layout was made for another dtype")]
    ForeignLayout,
    /// A row number past the end.
    #[error("row {row} is past the last of {rows} rows")]
    OutOfRange {
        /// The row.
        row: u32,
        /// Rows of the table.
        rows: usize,
    },
    /// A value that cannot be written.
    #[error("field {field:?}, row {row}: {problem}")]
    Value {
        /// Name of the field.
        field: String,
        /// The row.
        row: usize,
        /// What is wrong.
        problem: &'static str,
    },
    /// A row that another request still owns.
    #[error("row {0} belongs to another request")]
    Claimed(u32),
}

/// What a row says besides its bins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowResult {
    /// The row in the table.
    pub row: u32,
    /// Its result code.
    pub code: u8,
}

/// A layout over memory, ready to be written by several requests at once.
#[derive(Debug)]
pub struct Table {
    memory: RawMemory,
    plan: Arc<Plan>,
    options: TableOptions,
    /// Rows that a request owns.
    claimed: RowBits,
    /// Rows that a server has answered, with whatever code.
    answered: RowBits,
    /// Values that do not lie in their cells.
    blocks: Blocks,
    gate: Gate,
}

impl Table {
    /// Lays what was planned over `memory`, which may hold anything: a row is cleared where its reply leaves it empty, the rows
    /// without a reply by [`finish`](Self::finish), and from then on every byte is known. So memory costs nothing before
    /// the first request leaves, and what a reply fills is touched once. Every row starts as
    /// [`NO_RESPONSE`](crate::NO_RESPONSE).
    ///
    /// # Errors
    /// [`TableError::Size`] when the memory has not the layout's size.
    pub fn new(plan: Arc<Plan>, memory: RawMemory, options: TableOptions) -> Result<Arc<Self>, TableError> {
        let table = Self::to_append(plan, memory, options)?;
        table.clear_codes();
        Ok(table)
    }

    /// The same for an [`Appender`], which gives none but the rows that it has written: theirs have a code, and others need none.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn to_append(
        plan: Arc<Plan>,
        memory: RawMemory,
        options: TableOptions,
    ) -> Result<Arc<Self>, TableError> {
        let Places { rows, byte_len, .. } = **plan.layout();
        if memory.len() != byte_len {
            return Err(TableError::Size { need: byte_len, got: memory.len() });
        }
        let (claimed, answered) = (RowBits::new(rows), RowBits::new(rows));
        let (blocks, gate) = (Blocks::default(), Gate::default());
        let table = Self { memory, plan, options, claimed, answered, blocks, gate };
        table.clear_padding();
        Ok(Arc::new(table))
    }

    /// Rows.
    pub fn rows(&self) -> usize {
        self.plan.layout.rows
    }

    /// Bytes of its memory.
    pub fn byte_len(&self) -> usize {
        self.plan.layout.byte_len
    }

    /// Fields.
    pub fn field_count(&self) -> usize {
        self.plan.fields.len()
    }

    /// Claims consecutive rows.
    ///
    /// # Errors
    /// [`TableError`] when a row is past the end or claimed already; then nothing is claimed.
    pub fn claim_range(self: &Arc<Self>, rows: Range<u32>) -> Result<Claim, TableError> {
        self.claim(RowSet::Range(rows))
    }

    /// Claims the given rows, in that order: a reply's index is the position in this list.
    ///
    /// # Errors
    /// As [`claim_range`](Self::claim_range); a row that is twice in the list counts as claimed.
    pub fn claim_rows(self: &Arc<Self>, rows: Vec<u32>) -> Result<Claim, TableError> {
        self.claim(RowSet::List(rows))
    }

    fn claim(self: &Arc<Self>, rows: RowSet) -> Result<Claim, TableError> {
        if let Some(row) = rows.past(self.plan.layout.rows) {
            return Err(TableError::OutOfRange { row, rows: self.plan.layout.rows });
        }
        for (taken, (word, mask)) in rows.masks().enumerate() {
            let before = self.claimed.set(word, mask);
            if before & mask != 0 {
                self.claimed.clear(word, mask & !before);
                rows.masks().take(taken).for_each(|(word, mask)| self.claimed.clear(word, mask));
                return Err(TableError::Claimed((word as u32) * 64 + (before & mask).trailing_zeros()));
            }
        }
        Ok(Claim { table: Arc::clone(self), rows })
    }

    /// Ends all writing: when this returns nobody writes, and nobody will.
    pub fn close(&self) {
        self.gate.close();
    }

    /// The blocks that view cells speak of, by their numbers, once; ends all writing.
    pub fn take_blocks(&self) -> Vec<Vec<u8>> {
        self.close();
        self.blocks.take_all()
    }

    /// Ends all writing, clears every row that nobody has answered, gives it `code`, and returns those rows. Without a
    /// code the rows keep what their last failure said. When the table is closed already nothing is written: its memory may
    /// be gone.
    pub fn finish(&self, code: Option<i32>) -> Vec<u32> {
        let all = RowSet::Range(0..self.plan.layout.rows as u32);
        let unanswered = || self.answered.missing(all.masks());
        self.gate.close_after(|| {
            for run in runs(unanswered()) {
                self.clear_rows(&run);
                if let Some(code) = code {
                    run.for_each(|row| self.put_code(row, code));
                }
            }
        });
        unanswered().collect()
    }
}
