use std::ops::Range;
use std::sync::Arc;

use super::{Pass, RowSet, Table};

/// Rows that one request owns. Dropping it gives them back.
#[derive(Debug)]
pub struct Claim {
    pub(super) table: Arc<Table>,
    pub(super) rows: RowSet,
}

impl Claim {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The table's row at a position of this claim.
    #[inline]
    pub fn row(&self, position: usize) -> Option<u32> {
        (position < self.len()).then(|| self.rows.at(position))
    }

    /// The table's rows, where they are consecutive.
    pub fn range(&self) -> Option<Range<u32>> {
        match &self.rows {
            RowSet::Range(range) => Some(range.clone()),
            RowSet::List(_) => None,
        }
    }

    /// Passes the gate for a burst of writes; `None` once the table is closed. Do not wait while holding it.
    pub fn open(&mut self) -> Option<Pass<'_>> {
        Pass::open(&self.table, &self.rows)
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.rows.masks().for_each(|(word, mask)| self.table.claimed.clear(word, mask));
    }
}
