use std::sync::Arc;

use aerostride_wire::{OP_HEADER_SIZE, Op, OpSink, particle_type, write_type};

use crate::{Dtype, Element, Field, Layout, Placement, TableError, f16_to_f64};

/// Bytes of a number on the wire.
const NUMBER: usize = 8;

/// Columns that are to be written into bins: the same layout that reading fills, over bytes of its own.
///
/// What is written with a dtype reads back identical with it: integers become Int (a `u8` above the int64 range keeps
/// its bits), floats Double, `?` Bool, text String without its trailing zeros (a Blob when it is not UTF-8), `V` and
/// sub-arrays Blob.
#[derive(Debug)]
pub struct Source {
    dtype: Arc<Dtype>,
    layout: Layout,
    bytes: Vec<u8>,
}

impl Source {
    /// Columns over bytes of the layout's size.
    ///
    /// # Errors
    /// [`TableError::ForeignLayout`] when the layout is not one of `dtype`; [`TableError::Size`] when the size is another.
    pub fn new(dtype: Arc<Dtype>, layout: Layout, bytes: Vec<u8>) -> Result<Self, TableError> {
        if !layout.is_of(&dtype) {
            return Err(TableError::ForeignLayout);
        }
        if bytes.len() != layout.byte_len {
            return Err(TableError::Size { need: layout.byte_len, got: bytes.len() });
        }
        Ok(Self { dtype, layout, bytes })
    }

    /// Rows.
    pub fn rows(&self) -> usize {
        self.layout.rows
    }

    /// Bytes of one row in a request, at most: every op with its header, name and value.
    pub fn row_bytes(&self) -> usize {
        self.dtype
            .fields()
            .iter()
            .map(|field| OP_HEADER_SIZE + field.name.len() + field.size().max(NUMBER))
            .sum()
    }

    /// Whether a row has any valid cell.
    pub fn has_values(&self, row: usize) -> bool {
        self.layout.fields.iter().any(|place| self.is_valid(place, row))
    }

    fn is_valid(&self, place: &Placement, row: usize) -> bool {
        self.bytes[place.valid + row] != 0
    }

    /// Puts a write op for every valid cell of a row.
    pub fn put_row(&self, row: usize, sink: &mut OpSink<'_>) {
        for (field, place) in self.dtype.fields().iter().zip(&self.layout.fields) {
            if self.is_valid(place, row) {
                let begin = place.offset + row * place.stride;
                put_cell(field, &self.bytes[begin..begin + field.size()], sink);
            }
        }
    }
}

fn put_cell(field: &Field, cell: &[u8], sink: &mut OpSink<'_>) {
    let name = field.name.as_bytes();
    let mut put =
        |particle, value: &[u8]| sink.put(&Op { operation: write_type::WRITE, particle, name, value });
    if field.is_array() {
        return put(particle_type::BLOB, cell);
    }
    match field.element {
        Element::Text(_) => {
            let end = cell.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
            let text = &cell[..end];
            let kind =
                if std::str::from_utf8(text).is_ok() { particle_type::STRING } else { particle_type::BLOB };
            put(kind, text);
        }
        Element::Void(_) => put(particle_type::BLOB, cell),
        Element::Bool => put(particle_type::BOOL, &[u8::from(cell[0] != 0)]),
        Element::F2 | Element::F4 | Element::F8 => {
            put(particle_type::DOUBLE, &float(field.element, widen(cell)).to_be_bytes());
        }
        integer => put(particle_type::INT, &signed(integer, widen(cell)).to_be_bytes()),
    }
}

/// A cell's little-endian bytes in the low end of a word.
fn widen(cell: &[u8]) -> u64 {
    let mut word = [0; 8];
    word[..cell.len()].copy_from_slice(cell);
    u64::from_le_bytes(word)
}

fn float(element: Element, bits: u64) -> f64 {
    match element {
        Element::F2 => f16_to_f64(bits as u16),
        Element::F4 => f64::from(f32::from_bits(bits as u32)),
        _ => f64::from_bits(bits),
    }
}

fn signed(element: Element, bits: u64) -> i64 {
    match element {
        Element::I1 => i64::from(bits as i8),
        Element::I2 => i64::from(bits as i16),
        Element::I4 => i64::from(bits as i32),
        // Unsigned cells have zeros above them; i8 and u8 are all of the word.
        _ => bits as i64,
    }
}
