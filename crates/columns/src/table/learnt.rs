//! What the rows before have shown of those that follow.

use aerostride_wire::{RecordPattern, ReplyWalker, Run};

use super::alike::Alike;
use super::column::Strided;

/// Rows that are written together, column by column.
pub(super) const MOST_ROWS: usize = 64;

/// What is known of the records that come.
#[derive(Debug, Default)]
pub struct Learnt {
    pub(super) known: Option<Known>,
    /// Rows that have followed the pattern.
    pub(super) rows: usize,
    /// Records that are read one by one before a further pattern is learnt.
    skip: u32,
    /// The last value of `skip` at its beginning.
    pause: u32,
}

/// A pattern that so many rows have followed has been worth it.
const WORTH_IT: usize = 32;

/// Records at most that are read one by one before a further try.
const LONGEST_PAUSE: u32 = 1023;

impl Learnt {
    /// Rows that have followed what was learnt last.
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// Whether to learn from the record that was just read by itself. Where records differ from one to the next that would cost
    /// more than it saves, so it is tried ever less often.
    #[inline]
    pub(super) fn is_due(&mut self) -> bool {
        if self.skip > 0 {
            self.skip -= 1;
            return false;
        }
        self.pause = if self.rows >= WORTH_IT { 0 } else { (self.pause * 2 + 1).min(LONGEST_PAUSE) };
        (self.skip, self.rows) = (self.pause, 0);
        true
    }
}

/// A pattern that rows follow.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) pattern: RecordPattern,
    /// The numbers of rows that are written together, where the pattern copies them.
    numbers: Vec<[u8; 8]>,
    /// The pattern of such rows whose integers in lists are as wide as those of some row lately.
    as_wide: Option<RecordPattern>,
    /// Rows that are read whatever their widths before rows of one width are looked for again.
    stretch: usize,
}

/// Rows of one width that are worth looking for; of fewer nothing is learnt.
const WORTH_A_RUN: usize = 4;

impl Known {
    pub(super) fn new(pattern: RecordPattern) -> Self {
        let count = if pattern.copies() { MOST_ROWS * pattern.numbers().len() } else { 0 };
        Self { pattern, numbers: vec![[0; 8]; count], as_wide: None, stretch: WORTH_A_RUN / 2 }
    }

    /// The pattern, and room for the numbers of one of the rows that are written together, where it copies them.
    #[inline(always)]
    pub(super) fn at(&mut self, row: usize) -> (&RecordPattern, &mut [[u8; 8]]) {
        let begin = row * self.pattern.numbers().len();
        (&self.pattern, self.numbers.get_mut(begin..).unwrap_or_default())
    }

    /// The numbers of the first rows that were read.
    pub(super) fn copied(&self, count: usize) -> Strided<'_> {
        let size = 8 * self.pattern.numbers().len().max(1);
        let rows = self.numbers.as_flattened().get(..count * size).unwrap_or_default();
        Strided { rows, size, begin: 0 }
    }

    /// Rows that follow and whose integers are as wide as was learnt; their numbers are copied. `most` as in
    /// [`ReplyWalker::next_run`].
    pub(super) fn next_run<'a>(
        &mut self,
        walker: &mut ReplyWalker<'a>,
        most: impl FnOnce(u32) -> usize,
    ) -> Option<Run<'a>> {
        let run = self.as_wide.as_ref().and_then(|as_wide| walker.next_run(as_wide, most));
        let is_worth_it = run.is_some_and(|run| run.len() >= WORTH_A_RUN);
        self.stretch = if is_worth_it { WORTH_A_RUN / 2 } else { (2 * self.stretch).min(MOST_ROWS) };
        self.as_wide.as_ref()?.widen(&run?, &mut self.numbers);
        run
    }

    /// Rows that follow, whatever the widths of their integers; their numbers are copied, and the rows go to `rows`. Gives the
    /// index of the first and how many there are. By itself, so that the loop has the registers for what it needs.
    #[inline(never)]
    pub(super) fn next_copied<'a>(
        &mut self,
        walker: &mut ReplyWalker<'a>,
        rows: &mut [&'a [u8]; MOST_ROWS],
        most: impl FnOnce(u32) -> usize,
    ) -> Option<(u32, usize)> {
        let rows = &mut rows[..self.stretch];
        walker.next_copied(&self.pattern, &mut self.numbers, rows, most)
    }

    /// Learns the width of rows where they are of one, which is not that of the rows before.
    pub(super) fn learn_width(&mut self, rows: &[&[u8]], learn: impl FnOnce(&[u8]) -> Option<RecordPattern>) {
        let [first, others @ ..] = rows else { return };
        let is_known = self.as_wide.as_ref().is_some_and(|known| known.row_size() == first.len());
        if rows.len() >= WORTH_A_RUN && !is_known && others.iter().all(|row| row.len() == first.len()) {
            self.as_wide = learn(first);
        }
    }
}
