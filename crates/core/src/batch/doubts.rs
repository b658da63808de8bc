use std::sync::atomic::{AtomicU8, Ordering};

use crate::codes;

/// The row was sent, and no answer says what became of it.
const OUTSTANDING: u8 = 1;
/// The same of an earlier attempt: whatever a later one is answered, the row may have been written before.
const EARLIER: u8 = 2;
/// A server says that the row is written.
const WRITTEN: u8 = 4;

/// What is known of the rows of a write: a row is in doubt when it may have been written although nobody says so.
#[derive(Debug)]
pub(super) struct Doubts(Vec<AtomicU8>);

impl Doubts {
    pub(super) fn new(rows: usize) -> Self {
        Self((0..rows).map(|_| AtomicU8::new(0)).collect())
    }

    /// Notes that rows are being sent.
    pub(super) fn send(&self, rows: impl Iterator<Item = u32>) {
        rows.for_each(|row| {
            let state = self.0[row as usize].load(Ordering::Relaxed);
            let earlier = if state & OUTSTANDING == 0 { 0 } else { EARLIER };
            self.0[row as usize].fetch_or(OUTSTANDING | earlier, Ordering::Relaxed);
        });
    }

    /// Notes that rows have not been done: their request was not sent as a whole, or was refused.
    pub(super) fn take_back(&self, rows: impl Iterator<Item = u32>) {
        rows.for_each(|row| self.clear(row));
    }

    /// Notes a row's answer. A server whose time was up does not know itself what became of the row.
    pub(super) fn answer(&self, row: u32, code: i32) {
        match code {
            codes::TIMEOUT => {}
            codes::OK => {
                self.0[row as usize].fetch_or(WRITTEN, Ordering::Relaxed);
            }
            _ => self.clear(row),
        }
    }

    /// Notes that the answers to rows are not to be believed.
    pub(super) fn distrust(&self, rows: impl Iterator<Item = u32>) {
        rows.for_each(|row| {
            self.0[row as usize].fetch_or(OUTSTANDING, Ordering::Relaxed);
            self.0[row as usize].fetch_and(!WRITTEN, Ordering::Relaxed);
        });
    }

    fn clear(&self, row: u32) {
        self.0[row as usize].fetch_and(!OUTSTANDING, Ordering::Relaxed);
    }

    /// The rows in doubt, ascending.
    pub(super) fn rows(&self) -> Vec<u32> {
        let states = (0..).zip(self.0.iter().map(|state| state.load(Ordering::Relaxed)));
        states.filter(|(_, state)| state & WRITTEN == 0 && *state != 0).map(|(row, _)| row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows in doubt after some attempts at row 0, given as their answers: none where nobody knows.
    fn in_doubt(answers: &[Option<i32>]) -> bool {
        let doubts = Doubts::new(2);
        for answer in answers {
            doubts.send(0..1);
            if let Some(code) = *answer {
                doubts.answer(0, code);
            }
        }
        match doubts.rows().as_slice() {
            [] => false,
            [0] => true,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_row_is_in_doubt_when_an_attempt_had_no_answer_and_none_says_that_it_is_written() {
        for (answers, expected) in [
            (&[][..], false),
            (&[Some(0)], false),
            (&[Some(5)], false),
            (&[None], true),
            // The server's time was up.
            (&[Some(9)], true),
            (&[None, Some(0)], false),
            // What the second attempt met may be the first.
            (&[None, Some(5)], true),
            (&[None, Some(3)], true),
            (&[None, None, Some(5)], true),
            (&[Some(9), Some(5)], true),
            // The key was busy: nothing was done.
            (&[Some(14), Some(5)], false),
            (&[Some(14), None], true),
        ] {
            assert_eq!(in_doubt(answers), expected, "{answers:?}");
        }
    }

    #[test]
    fn what_was_not_sent_is_taken_back_and_what_is_not_believed_is_in_doubt() {
        let doubts = Doubts::new(3);
        doubts.send(0..3);
        doubts.take_back(0..1);
        doubts.answer(1, 0);
        doubts.answer(2, 5);
        assert_eq!(doubts.rows(), [0; 0]);
        doubts.distrust(1..3);
        assert_eq!(doubts.rows(), [1, 2]);
        doubts.send(1..2);
        doubts.take_back(1..2);
        assert_eq!(doubts.rows(), [1, 2], "the first attempt is still in doubt");
    }
}
