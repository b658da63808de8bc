use std::ops::Deref;

use thiserror::Error;

use crate::Dtype;

/// Alignment of every region of the columns layout, as Arrow wants it.
pub(crate) const REGION_ALIGNMENT: usize = 64;

/// How the fields lie in the buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LayoutKind {
    /// Each column contiguous, beginning at a multiple of 64 bytes.
    Columns,
    /// numpy's structured records; `align` as a C struct, else packed.
    Rows {
        /// Align fields and records as C does.
        align: bool,
    },
}

/// Where one field lies: row r is at `offset + r * stride`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placement {
    /// Byte offset of row 0 in the buffer.
    pub offset: usize,
    /// Bytes between rows.
    pub stride: usize,
    /// Byte offset of the field's `valid` mask, one byte per row.
    pub valid: usize,
}

/// A layout that does not fit in memory.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{rows} rows of {itemsize} bytes do not fit in one buffer")]
pub struct LayoutError {
    /// Rows asked for.
    pub rows: usize,
    /// Bytes of one row.
    pub itemsize: usize,
}

/// A dtype placed for a number of rows in one buffer: values, then `valid` masks, generations, ttls and result codes.
///
/// Its parts can be read and not changed, see [`Places`]: no code can make two rows share a byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout(Places);

impl Deref for Layout {
    type Target = Places;

    fn deref(&self) -> &Places {
        &self.0
    }
}

/// Where everything lies in a [`Layout`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// See [`LayoutKind`].
    pub kind: LayoutKind,
    /// Rows.
    pub rows: usize,
    /// Bytes of one record: with padding in the rows layout, the sum of the fields' sizes in the columns layout.
    pub itemsize: usize,
    /// One per field.
    pub fields: Vec<Placement>,
    /// Byte offset of the generations, u32 per row.
    pub generations: usize,
    /// Byte offset of the ttls, u32 per row.
    pub ttls: usize,
    /// Byte offset of the result codes, i32 per row.
    pub result_codes: usize,
    /// Bytes of the whole buffer.
    pub byte_len: usize,
}

impl Layout {
    /// Places `dtype` for `rows` rows.
    ///
    /// # Errors
    /// [`LayoutError`] when the size overflows the address space.
    pub fn new(dtype: &Dtype, rows: usize, kind: LayoutKind) -> Result<Self, LayoutError> {
        let itemsize = match kind {
            LayoutKind::Columns => dtype.fields().iter().map(crate::Field::size).sum(),
            LayoutKind::Rows { align } => record_offsets(dtype, align).1,
        };
        let regions = Regions { rows, at: 0 };
        place(dtype, kind, itemsize, regions).ok_or(LayoutError { rows, itemsize })
    }

    /// Whether it was made for `dtype`.
    pub(crate) fn is_of(&self, dtype: &Dtype) -> bool {
        Self::new(dtype, self.rows, self.kind).is_ok_and(|own| own == *self)
    }
}

/// Offsets of the fields inside one record, and the record's size.
fn record_offsets(dtype: &Dtype, align: bool) -> (Vec<usize>, usize) {
    let mut at = 0_usize;
    let mut widest = 1;
    let mut offsets = Vec::with_capacity(dtype.fields().len());
    for field in dtype.fields() {
        let alignment = if align { field.element.alignment() } else { 1 };
        widest = widest.max(alignment);
        at = at.next_multiple_of(alignment);
        offsets.push(at);
        at += field.size();
    }
    (offsets, at.next_multiple_of(widest))
}

/// Hands out 64-byte aligned regions one after the other; `None` once the sizes overflow.
struct Regions {
    rows: usize,
    at: usize,
}

impl Regions {
    fn take(&mut self, bytes_per_row: usize) -> Option<usize> {
        let begin = self.at;
        let end = begin.checked_add(self.rows.checked_mul(bytes_per_row)?)?;
        self.at = end.checked_next_multiple_of(REGION_ALIGNMENT)?;
        (self.at <= isize::MAX as usize).then_some(begin)
    }
}

fn place(dtype: &Dtype, kind: LayoutKind, itemsize: usize, mut regions: Regions) -> Option<Layout> {
    let values: Vec<(usize, usize)> = match kind {
        LayoutKind::Columns => dtype
            .fields()
            .iter()
            .map(|field| Some((regions.take(field.size())?, field.size())))
            .collect::<Option<_>>()?,
        LayoutKind::Rows { align } => {
            let base = regions.take(itemsize)?;
            record_offsets(dtype, align).0.iter().map(|offset| (base + offset, itemsize)).collect()
        }
    };
    let fields = values
        .into_iter()
        .map(|(offset, stride)| Some(Placement { offset, stride, valid: regions.take(1)? }))
        .collect::<Option<_>>()?;
    let generations = regions.take(4)?;
    let ttls = regions.take(4)?;
    let result_codes = regions.take(4)?;
    let Regions { rows, at: byte_len } = regions;
    Some(Layout(Places { kind, rows, itemsize, fields, generations, ttls, result_codes, byte_len }))
}
