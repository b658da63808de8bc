use std::sync::atomic::{AtomicU64, Ordering};

/// Rows that a stream may still take.
#[derive(Debug)]
pub(super) struct Budget(AtomicU64);

/// No limit.
const ENDLESS: u64 = u64::MAX;

impl Budget {
    /// A budget of so many rows; 0 is without limit.
    pub(super) fn new(most: u64) -> Self {
        Self(AtomicU64::new(if most == 0 { ENDLESS } else { most }))
    }

    /// What is left; `None` without limit.
    pub(super) fn left(&self) -> Option<u64> {
        Some(self.0.load(Ordering::Acquire)).filter(|&left| left != ENDLESS)
    }

    /// Takes one row, if there is one.
    #[inline]
    pub(super) fn take(&self) -> bool {
        if self.0.load(Ordering::Relaxed) == ENDLESS {
            return true;
        }
        let less = |left: u64| left.checked_sub(1);
        self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, less).is_ok()
    }

    /// Gives back rows of a frame that turned out to be malformed.
    pub(super) fn give_back(&self, rows: u64) {
        if self.0.load(Ordering::Relaxed) != ENDLESS {
            self.0.fetch_add(rows, Ordering::AcqRel);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_rows_are_taken_and_no_more() {
        let budget = Budget::new(2);
        assert!(budget.take() && budget.take() && !budget.take());
        assert_eq!(budget.left(), Some(0));
        budget.give_back(1);
        assert!(budget.take() && !budget.take());
        let endless = Budget::new(0);
        assert!(endless.take());
        endless.give_back(1);
        assert_eq!(endless.left(), None);
    }
}
