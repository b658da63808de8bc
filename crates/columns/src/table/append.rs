use std::sync::Arc;

use aerostride_wire::{ReplyWalker, RowHeader, StreamWalker};

use super::blocks::Mark;
use super::learnt::Learnt;
use super::{Claim, Pass, RowError, Table, TableError};
use crate::{Dtype, Layout, LayoutError, LayoutKind, Tally};

/// Fills a table from its first row on, one row behind the other, for replies whose rows have no place of their own.
///
/// What was appended since the last [`keep`](Self::keep) can be taken back by [`rewind`](Self::rewind), so that a frame
/// that turns out to be malformed leaves nothing behind.
#[derive(Debug)]
pub struct Appender {
    claim: Claim,
    dtype: Arc<Dtype>,
    rows: u32,
    kept: u32,
    /// What values were appended of the rows that were kept.
    mark: Mark,
    counted: Tally,
    current: Tally,
    learnt: Learnt,
}

/// What an [`Appender`] has made of its table: the memory begins with exactly this layout.
#[derive(Debug, Clone, PartialEq)]
pub struct Appended {
    /// The layout for the rows that came; with fewer rows than the table has it is smaller than the memory.
    pub layout: Layout,
    /// What was counted over those rows.
    pub tally: Tally,
    /// See [`Table::take_blocks`].
    pub blocks: Vec<Vec<u8>>,
}

/// A batch whose values of any length reserve so much takes no further row: rows of large values would need any amount of
/// memory otherwise.
const MOST_BLOCK_BYTES: usize = 8 * 1024 * 1024;

impl Appender {
    /// Claims every row of a table that was made with `dtype`.
    ///
    /// # Errors
    /// [`TableError`] when somebody has claimed a row.
    pub fn new(table: &Arc<Table>, dtype: Arc<Dtype>) -> Result<Self, TableError> {
        let claim = table.claim_range(0..table.rows() as u32)?;
        let fields = table.field_count();
        let (counted, current) = (Tally::new(fields), Tally::new(fields));
        Ok(Self {
            claim,
            dtype,
            rows: 0,
            kept: 0,
            mark: Mark::default(),
            counted,
            current,
            learnt: Learnt::default(),
        })
    }

    /// Rows that were appended.
    pub const fn len(&self) -> usize {
        self.rows as usize
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Whether no further row has a place.
    pub fn is_full(&self) -> bool {
        self.len() == self.claim.len() || self.claim.table.has_large_blocks()
    }

    /// Passes the table's gate for a burst of rows; `None` once the table is closed. Do not wait while holding it.
    pub fn open(&mut self) -> Option<Burst<'_>> {
        let Self { claim, rows, current, learnt, .. } = self;
        claim.open().map(|pass| Burst { pass, rows, current, learnt })
    }

    /// Steps over the records that [`append_alike`](Burst::append_alike) would take if there were room for any number.
    pub fn skip_alike(&mut self, walker: &mut StreamWalker<'_>) {
        if let Some(known) = &mut self.learnt.known {
            let (pattern, numbers) = known.at(0);
            while walker.next_alike::<false>(pattern, numbers).is_some() {}
            while walker.next_alike::<true>(pattern, numbers).is_some() {}
        }
    }

    /// What it has learnt of the records, for the next table of the same dtype.
    pub fn take_learnt(&mut self) -> (Arc<Dtype>, Learnt) {
        (Arc::clone(&self.dtype), std::mem::take(&mut self.learnt))
    }

    /// Knows from the beginning what another one has [learnt](Self::take_learnt).
    pub fn recall(&mut self, (dtype, learnt): (Arc<Dtype>, Learnt)) {
        if Arc::ptr_eq(&dtype, &self.dtype) {
            self.learnt = learnt;
        }
    }

    /// Makes the rows appended so far final.
    pub fn keep(&mut self) {
        self.kept = self.rows;
        self.mark = self.claim.table.blocks.mark();
        self.counted.add(&self.current);
        self.current.clear();
    }

    /// Takes back the rows appended since they were last kept.
    pub fn rewind(&mut self) {
        if let Some(pass) = self.claim.open() {
            // The row behind the last one may have been begun.
            pass.forget(self.kept..(self.rows + 1).min(pass.rows.len() as u32));
        }
        self.claim.table.blocks.rewind(self.mark);
        self.rows = self.kept;
        self.current.clear();
    }

    /// Moves the kept rows together, so that the memory begins with the layout for just these, and closes the table.
    /// `None` when the table was closed before: its memory may be gone.
    ///
    /// # Errors
    /// [`LayoutError`] cannot happen for fewer rows than the table has.
    pub fn finish(mut self) -> Result<Option<Appended>, LayoutError> {
        self.rewind();
        let layout = self.claim.table.layout_for(&self.dtype, self.len())?;
        let Some(pass) = self.claim.open() else { return Ok(None) };
        if let Some(table) = pass.table() {
            table.move_together(&layout);
        }
        drop(pass);
        let blocks = self.claim.table.take_blocks();
        Ok(Some(Appended { layout, tally: self.counted, blocks }))
    }
}

/// The right to append rows now.
#[derive(Debug)]
pub struct Burst<'a> {
    pub(super) pass: Pass<'a>,
    pub(super) rows: &'a mut u32,
    pub(super) current: &'a mut Tally,
    pub(super) learnt: &'a mut Learnt,
}

impl Burst<'_> {
    /// Whether no further row has a place.
    pub fn is_full(&self) -> bool {
        *self.rows as usize == self.pass.rows.len() || self.pass.table().is_some_and(Table::has_large_blocks)
    }

    /// Writes the row whose header the walker has just given, and steps over its bins.
    ///
    /// # Errors
    /// [`RowError`] when the table is full or closed or a bin is malformed; then the rows since the last
    /// [`keep`](Appender::keep) are to be taken back.
    #[inline]
    pub fn append(&mut self, header: &RowHeader, walker: &mut ReplyWalker<'_>) -> Result<(), RowError> {
        let header = RowHeader { index: *self.rows, ..*header };
        self.pass.write_row(&header, walker, self.current)?;
        *self.rows += 1;
        Ok(())
    }
}

impl Table {
    fn has_large_blocks(&self) -> bool {
        self.blocks.reserved() >= MOST_BLOCK_BYTES
    }

    fn layout_for(&self, dtype: &Dtype, rows: usize) -> Result<Layout, LayoutError> {
        Layout::new(dtype, rows, self.plan.layout.kind)
    }

    /// Moves the first rows of every region to where `to`, a layout for fewer rows, has them, and clears the bytes
    /// between. Regions only move down and keep their order, so none is written over before it has moved.
    fn move_together(&self, to: &Layout) {
        if to.rows == self.plan.layout.rows {
            return;
        }
        let mut regions = Vec::with_capacity(self.plan.fields.len() * 2 + 4);
        match to.kind {
            LayoutKind::Rows { .. } => regions.push((0, 0, to.itemsize)),
            LayoutKind::Columns => regions.extend(
                self.plan
                    .fields
                    .iter()
                    .zip(&to.fields)
                    .map(|(plan, place)| (plan.offset, place.offset, plan.size)),
            ),
        }
        regions.extend(
            self.plan.fields.iter().zip(&to.fields).map(|(plan, place)| (plan.valid, place.valid, 1)),
        );
        let from = &self.plan.layout;
        regions.push((from.generations, to.generations, 4));
        regions.push((from.ttls, to.ttls, 4));
        regions.push((from.result_codes, to.result_codes, 4));
        regions.sort_unstable();
        for (from, to_at, size) in regions {
            self.memory.shift(from, to_at, size * to.rows);
            self.clear_behind(to_at + size * to.rows);
        }
    }
}
