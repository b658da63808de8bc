//! What the rows before have shown of those that follow.

use aerostride_wire::RecordPattern;

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
}

impl Known {
    pub(super) fn new(pattern: RecordPattern) -> Self {
        let count = if pattern.copies() { MOST_ROWS * pattern.numbers().len() } else { 0 };
        Self { pattern, numbers: vec![[0; 8]; count] }
    }

    /// The pattern, and room for the numbers of one of the rows that are written together, where it copies them.
    #[inline(always)]
    pub(super) fn at(&mut self, row: usize) -> (&RecordPattern, &mut [[u8; 8]]) {
        let begin = row * self.pattern.numbers().len();
        (&self.pattern, self.numbers.get_mut(begin..).unwrap_or_default())
    }

    /// The numbers that were read, row by row.
    pub(super) fn rows(&self) -> [&[u8]; MOST_ROWS] {
        let mut rows = [&[][..]; MOST_ROWS];
        let numbers = self.numbers.chunks_exact(self.pattern.numbers().len().max(1));
        rows.iter_mut().zip(numbers).for_each(|(row, numbers)| *row = numbers.as_flattened());
        rows
    }
}
