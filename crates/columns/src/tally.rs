use std::fmt::Write as _;

use aerostride_wire::{Particle, particle_type};

/// How many cells of one field were not what the bin held, over the successful rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Conversions {
    /// The record had no such bin, or a nil.
    pub missing: u64,
    /// The value changed: wrapped, truncated, overflowed, cut.
    pub lossy: u64,
    /// The bin's type does not convert to the field's.
    pub mismatched: u64,
}

/// How many cells of a field were mismatched because their bin was of one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mismatches {
    /// Position of the field.
    pub field: usize,
    /// The bins' type.
    pub bin_type: &'static str,
    /// Cells.
    pub count: u64,
}

/// The types that are counted by themselves; the last one stands for all others, and no value has it.
const TYPES: [u8; 10] = {
    use particle_type as t;
    [t::INT, t::DOUBLE, t::BOOL, t::STRING, t::BLOB, t::LIST, t::MAP, t::HLL, t::GEOJSON, u8::MAX]
};

/// Why a cell counts as lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LossReason {
    /// The value changed.
    Lossy,
    /// The type does not convert.
    Mismatched,
}

/// The first cell, in row order, whose value was not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// Row of the batch.
    pub row: u32,
    /// Position of the field.
    pub field: usize,
    /// Particle type's name.
    pub bin_type: &'static str,
    /// The value, shortened.
    pub value: String,
    /// See [`LossReason`].
    pub reason: LossReason,
}

/// What writing some rows has counted. Every request keeps its own; they are added up when the request was sound.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// Rows with result code 0.
    pub ok_rows: u64,
    /// Rows whose every field had its bin, in the dtype's order and with its value kept. They count nowhere else.
    pub whole_rows: u64,
    /// The loss with the smallest row and field, where the table was asked to look for one.
    pub first_loss: Option<Loss>,
    /// Rows begun, which numbers them for `last_row`.
    rows: u64,
    /// Number of fields.
    fields: usize,
    /// Per field; empty before the first row that is not whole, and most batches have none.
    counts: Vec<Counts>,
}

/// What was counted of one field, over the rows that are not whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Counts {
    /// Bins that were there.
    present: u64,
    lossy: u64,
    mismatched: u64,
    /// For every type of a bin: mismatched cells.
    by_type: [u64; TYPES.len()],
    /// The number of the last row that had its bin.
    last_row: u64,
}

impl Counts {
    fn add(&mut self, other: &Self) {
        self.present += other.present;
        self.lossy += other.lossy;
        self.mismatched += other.mismatched;
        self.by_type.iter_mut().zip(&other.by_type).for_each(|(sum, more)| *sum += more);
    }
}

impl Tally {
    /// A tally for so many fields. It takes no memory before the first row that is not whole.
    pub fn new(fields: usize) -> Self {
        Self { fields, ..Self::default() }
    }

    /// Makes it as it was when it was new, in the same memory.
    pub fn clear(&mut self) {
        self.first_loss = None;
        (self.ok_rows, self.whole_rows, self.rows) = (0, 0, 0);
        self.counts.clear();
    }

    /// Adds another tally of the same dtype.
    pub fn add(&mut self, other: &Self) {
        self.ok_rows += other.ok_rows;
        self.whole_rows += other.whole_rows;
        if !other.counts.is_empty() {
            self.counts.resize(self.fields, Counts::default());
        }
        self.counts.iter_mut().zip(&other.counts).for_each(|(sum, more)| sum.add(more));
        if let Some(loss) = &other.first_loss {
            self.keep_first(loss.row, loss.field, |_| loss.clone());
        }
    }

    /// Begins a row that is not whole, of which the first `count` fields had their bins: each of the others may come once.
    pub(crate) fn start_row(&mut self, count: usize) {
        self.counts.resize(self.fields, Counts::default());
        self.rows += 1;
        for counts in &mut self.counts[..count] {
            (counts.last_row, counts.present) = (self.rows, counts.present + 1);
        }
    }

    /// Notes a bin of the row that was begun last, and says whether the row had it before.
    #[inline]
    pub(crate) fn is_doubled(&mut self, field: usize) -> bool {
        std::mem::replace(&mut self.counts[field].last_row, self.rows) == self.rows
    }

    /// Whether the row that was begun last has had the field's bin.
    pub(crate) fn has_bin(&self, field: usize) -> bool {
        self.counts[field].last_row == self.rows
    }

    /// Counts a bin with a value.
    #[inline]
    pub(crate) fn present(&mut self, field: usize) {
        self.counts[field].present += 1;
    }

    /// Counts a cell whose value changed.
    #[inline]
    pub(crate) fn lossy(&mut self, field: usize) {
        self.counts[field].lossy += 1;
    }

    /// Counts a cell of a bin of another type.
    #[cold]
    pub(crate) fn mismatch(&mut self, field: usize, particle: u8) {
        let counts = &mut self.counts[field];
        counts.mismatched += 1;
        let place = TYPES.iter().position(|&known| known == particle).unwrap_or(TYPES.len() - 1);
        counts.by_type[place] += 1;
    }

    /// Of which types the bins of mismatched cells were, by field.
    pub fn mismatches(&self) -> Vec<Mismatches> {
        let each = |(field, counts): (usize, &Counts)| {
            let types = TYPES.into_iter().zip(counts.by_type).filter(|&(_, count)| count > 0);
            types.map(move |(kind, count)| Mismatches { field, bin_type: particle_type::name(kind), count })
        };
        self.counts.iter().enumerate().flat_map(each).collect()
    }

    /// Keeps a loss when it is the first so far. Rows come in any order, so a later one may be the first: it takes over the
    /// memory of the one before it.
    pub(crate) fn keep_first(&mut self, row: u32, field: usize, make: impl FnOnce(String) -> Loss) {
        if self.first_loss.as_ref().is_none_or(|first| (row, field) < (first.row, first.field)) {
            let value = self.first_loss.take().map(|loss| loss.value);
            self.first_loss = Some(make(value.unwrap_or_else(|| String::with_capacity(MOST_VALUE))));
        }
    }

    /// The counts per field.
    pub fn conversions(&self) -> Vec<Conversions> {
        let of = |counts: &Counts| Conversions {
            missing: self.ok_rows.saturating_sub(self.whole_rows + counts.present),
            lossy: counts.lossy,
            mismatched: counts.mismatched,
        };
        if self.counts.is_empty() {
            return vec![of(&Counts::default()); self.fields];
        }
        self.counts.iter().map(of).collect()
    }
}

/// Bytes of the longest description: 32 characters of 4 bytes, or of up to 10 where they are escaped, and a few words.
const MOST_VALUE: usize = 384;

/// Writes a value for a message into `text`, which gets no larger: numbers whole, text and bytes shortened.
pub(crate) fn describe(particle: &Particle<'_>, text: &mut String) {
    const SHOWN: usize = 32;
    text.clear();
    // Writing into a string cannot fail.
    let _ = match particle {
        Particle::Nil => write!(text, "nil"),
        Particle::Int(value) => write!(text, "{value}"),
        Particle::Double(value) => write!(text, "{value:?}"),
        Particle::Bool(value) => write!(text, "{value}"),
        Particle::String(bytes) => {
            let mut chars = bytes.utf8_chunks().flat_map(|chunk| {
                let broken = (!chunk.invalid().is_empty()).then_some(char::REPLACEMENT_CHARACTER);
                chunk.valid().chars().chain(broken)
            });
            let (mut short, mut length) = ([0; 4 * SHOWN], 0);
            for char in chars.by_ref().take(SHOWN) {
                length += char.encode_utf8(&mut short[length..]).len();
            }
            let short = str::from_utf8(&short[..length]).unwrap_or_default();
            let more = if chars.next().is_some() { "..." } else { "" };
            write!(text, "{short:?}{more} ({} bytes)", bytes.len())
        }
        Particle::Blob(bytes) => {
            text.push_str("0x");
            for byte in bytes.iter().take(SHOWN / 2) {
                let _ = write!(text, "{byte:02x}");
            }
            let more = if bytes.len() > SHOWN / 2 { "..." } else { "" };
            write!(text, "{more} ({} bytes)", bytes.len())
        }
        Particle::List(bytes)
        | Particle::Map(bytes)
        | Particle::Hll(bytes)
        | Particle::GeoJson(bytes)
        | Particle::Other(_, bytes) => write!(text, "({} bytes)", bytes.len()),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tally_that_was_cleared_is_as_new() {
        let (mut tally, mut sum) = (Tally::new(3), Tally::new(3));
        tally.start_row(1);
        tally.mismatch(2, particle_type::STRING);
        tally.clear();
        assert_eq!(tally, Tally::new(3));
        sum.add(&tally);
        assert_eq!(sum, Tally::new(3));
        // And counts as a new one does.
        tally.start_row(1);
        tally.ok_rows += 1;
        assert_eq!(tally.conversions().iter().map(|counts| counts.missing).collect::<Vec<_>>(), [0, 1, 1]);
    }
}
