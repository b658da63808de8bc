mod values;

use std::sync::Arc;

use aerostride_wire::{OP_HEADER_SIZE, Op, OpSink, particle_type, write_type};

use crate::{Dtype, Element, Field, Layout, Placement, TableError, f16_to_f64};

/// Bytes of a number on the wire.
const NUMBER: usize = 8;

/// Columns that are to be written into bins: the same layout that reading fills, over bytes of its own.
///
/// What is written with a dtype reads back identical with it: integers become Int (a `u8` above the int64 range keeps
/// its bits), floats Double, `?` Bool, text String without its trailing zeros (a Blob when it is not UTF-8), `V` and
/// sub-arrays Blob, `utf8` String, `binary` Blob, dates Int, lists List, and `any` what its value says.
#[derive(Debug)]
pub struct Source {
    dtype: Arc<Dtype>,
    layout: Layout,
    bytes: Vec<u8>,
    blocks: Vec<Vec<u8>>,
    row_bytes: usize,
}

/// The largest request has at most this many times the bytes that [`Source::row_bytes`] says.
const UNEVEN: usize = 16;

impl Source {
    /// Columns over bytes of the layout's size, and the blocks that view cells speak of.
    ///
    /// # Errors
    /// [`TableError::ForeignLayout`] when the layout is not one of `dtype`; [`TableError::Size`] when the size is another;
    /// [`TableError::Value`] for the first valid view cell whose value is not there or cannot be written.
    pub fn new(
        dtype: Arc<Dtype>,
        layout: Layout,
        bytes: Vec<u8>,
        blocks: Vec<Vec<u8>>,
    ) -> Result<Self, TableError> {
        if !layout.is_of(&dtype) {
            return Err(TableError::ForeignLayout);
        }
        if bytes.len() != layout.byte_len {
            return Err(TableError::Size { need: layout.byte_len, got: bytes.len() });
        }
        let mut source = Self { dtype, layout, bytes, blocks, row_bytes: 0 };
        source.row_bytes = source.fixed_bytes() + source.check_views()?;
        Ok(source)
    }

    /// Checks every view cell, and gives the bytes of a row's values as they are to be planned for.
    fn check_views(&self) -> Result<usize, TableError> {
        let (mut sum, mut most) = (0, 0);
        for row in 0..self.rows() {
            let mut size = 0;
            for (field, place) in self.dtype.fields().iter().zip(&self.layout.fields) {
                if !field.element.is_view() || !self.is_valid(place, row) {
                    continue;
                }
                let value = values::value_of(field.element, self.cell(field, place, row), &self.blocks);
                let problem = value.map_or(Some("the value lies outside the blocks"), |value| {
                    values::problem(field.element, value)
                });
                if let Some(problem) = problem {
                    return Err(TableError::Value { field: field.name.clone(), row, problem });
                }
                size += values::written_size(field.element, value.unwrap_or_default());
            }
            sum += size;
            most = most.max(size);
        }
        Ok((sum / self.rows().max(1)).max(most / UNEVEN))
    }

    /// Fields.
    pub fn field_count(&self) -> usize {
        self.dtype.fields().len()
    }

    /// Rows.
    pub fn rows(&self) -> usize {
        self.layout.rows
    }

    /// Bytes of one row in a request: every op with its header, name and value. Where values have no size of their own
    /// it is the mean, or a sixteenth of the largest row when that is more.
    pub const fn row_bytes(&self) -> usize {
        self.row_bytes
    }

    fn fixed_bytes(&self) -> usize {
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

    fn cell(&self, field: &Field, place: &Placement, row: usize) -> &[u8] {
        let begin = place.offset + row * place.stride;
        &self.bytes[begin..begin + field.size()]
    }

    /// Puts a write op for every valid cell of a row.
    pub fn put_row(&self, row: usize, sink: &mut OpSink<'_>) {
        for (field, place) in self.dtype.fields().iter().zip(&self.layout.fields) {
            if !self.is_valid(place, row) {
                continue;
            }
            let cell = self.cell(field, place, row);
            if field.element.is_view() {
                // Every valid cell has been found sound.
                let value = values::value_of(field.element, cell, &self.blocks).unwrap_or_default();
                put_value(field, value, sink);
            } else {
                put_cell(field, cell, sink);
            }
        }
    }
}

fn put_value(field: &Field, value: &[u8], sink: &mut OpSink<'_>) {
    let name = field.name.as_bytes();
    let (particle, value) = match (field.element, value.split_first()) {
        (Element::List(element), _) => {
            let op = Op { operation: write_type::WRITE, particle: particle_type::LIST, name, value: &[] };
            return sink.put_made(&op, &mut |out| values::put_list(*element, value, out));
        }
        (Element::Any, Some((kind, bytes))) => (*kind, bytes),
        (Element::Utf8, _) => (particle_type::STRING, value),
        _ => (particle_type::BLOB, value),
    };
    sink.put(&Op { operation: write_type::WRITE, particle, name, value });
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
