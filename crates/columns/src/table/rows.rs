use std::ops::Range;

/// Rows in ascending order as runs of neighbours.
pub(super) fn runs(rows: impl Iterator<Item = u32>) -> impl Iterator<Item = Range<u32>> {
    let mut rows = rows.peekable();
    std::iter::from_fn(move || {
        let first = rows.next()?;
        let mut run = first..first + 1;
        while rows.next_if_eq(&run.end).is_some() {
            run.end += 1;
        }
        Some(run)
    })
}

#[derive(Debug)]
pub(super) enum RowSet {
    Range(Range<u32>),
    List(Vec<u32>),
}

impl RowSet {
    #[inline]
    fn all(&self) -> Rows<'_> {
        match self {
            Self::Range(range) => Rows::Range(range.clone()),
            Self::List(rows) => Rows::List(rows),
        }
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.all().len()
    }

    /// The row at a position, which the caller has checked.
    #[inline]
    pub(super) fn at(&self, position: usize) -> u32 {
        self.all().at(position)
    }

    /// The position of a row of the set.
    #[cold]
    pub(super) fn position(&self, row: u32) -> u32 {
        (0..self.len()).find(|&position| self.at(position) == row).unwrap_or_default() as u32
    }

    /// Whether all 64 rows of a word are known to be in the set.
    #[inline]
    pub(super) fn holds_word(&self, word: usize) -> bool {
        match self {
            Self::Range(range) => range.start as usize <= word * 64 && (word + 1) * 64 <= range.end as usize,
            Self::List(_) => false,
        }
    }

    /// The first row that is not one of so many.
    pub(super) fn past(&self, rows: usize) -> Option<u32> {
        match self {
            Self::Range(range) => {
                (range.end as usize > rows && !range.is_empty()).then(|| range.start.max(rows as u32))
            }
            Self::List(list) => list.iter().copied().find(|&row| row as usize >= rows),
        }
    }

    /// The rows at some positions, which the caller has checked.
    #[inline]
    pub(super) fn part(&self, positions: Range<usize>) -> Rows<'_> {
        match self {
            Self::Range(range) => {
                Rows::Range(range.start + positions.start as u32..range.start + positions.end as u32)
            }
            Self::List(rows) => Rows::List(&rows[positions]),
        }
    }

    /// See [`Rows::masks`].
    pub(super) fn masks(&self) -> impl Iterator<Item = (usize, u64)> {
        self.all().masks()
    }
}

/// Rows in an order.
#[derive(Debug, Clone)]
pub(super) enum Rows<'a> {
    Range(Range<u32>),
    List(&'a [u32]),
}

impl<'a> Rows<'a> {
    #[inline]
    fn len(&self) -> usize {
        match self {
            Self::Range(range) => range.len(),
            Self::List(rows) => rows.len(),
        }
    }

    /// The row at a position, which the caller has checked.
    #[inline]
    pub(super) fn at(&self, position: usize) -> u32 {
        match self {
            Self::Range(range) => range.start + position as u32,
            Self::List(rows) => rows[position],
        }
    }

    /// The rows as bits of 64-row words: neighbours are taken together, so that a claim costs an atomic per word and not
    /// per row. A row that comes twice comes in two masks.
    pub(super) fn masks(self) -> impl Iterator<Item = (usize, u64)> + 'a {
        let mut position = 0;
        std::iter::from_fn(move || {
            let first = (position < self.len()).then(|| self.at(position))?;
            let word = first as usize / 64;
            if let Self::Range(range) = &self {
                let end = range.end.min((word as u32 + 1) * 64);
                position += (end - first) as usize;
                return Some((word, u64::MAX << (first % 64) & u64::MAX >> (63 - (end - 1) % 64)));
            }
            let mut mask = 0;
            while position < self.len() {
                let row = self.at(position);
                let bit = 1 << (row % 64);
                if row as usize / 64 != word || mask & bit != 0 {
                    break;
                }
                mask |= bit;
                position += 1;
            }
            Some((word, mask))
        })
    }
}
