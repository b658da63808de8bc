use std::ops::Range;

use aerostride_wire::{Op, Particle, WireError, particle_type};

use super::{FieldPlan, Table};
use crate::convert::{self, Outcome};
use crate::layout::REGION_ALIGNMENT;
use crate::{Element, LayoutKind, NO_RESPONSE, Places, TTL_NEVER};

impl Table {
    /// Clears the bytes that belong to no cell: behind each region, and inside aligned records.
    pub(super) fn clear_padding(&self) {
        let Places { rows, kind, itemsize, .. } = *self.plan.layout;
        let records = match kind {
            LayoutKind::Columns => 0,
            LayoutKind::Rows { .. } => rows * itemsize,
        };
        if self.plan.fields.iter().map(|field| field.size).sum::<usize>() < itemsize {
            self.memory.zero(0, records);
        }
        self.clear_behind(records);
        for field in &self.plan.fields {
            if kind == LayoutKind::Columns {
                self.clear_behind(field.offset + rows * field.size);
            }
            self.clear_behind(field.valid + rows);
        }
        let metas = [self.plan.layout.generations, self.plan.layout.ttls, self.plan.layout.result_codes];
        metas.iter().for_each(|begin| self.clear_behind(begin + rows * 4));
    }

    /// Clears from the end of a region to the beginning of the next.
    pub(super) fn clear_behind(&self, end: usize) {
        self.memory.zero(end, end.next_multiple_of(REGION_ALIGNMENT) - end);
    }

    /// The codes of a table that nobody has written.
    pub(super) fn clear_codes(&self) {
        let codes = self.plan.layout.result_codes;
        let mut sixteen = [0; 64];
        sixteen.as_chunks_mut::<4>().0.fill(NO_RESPONSE.to_le_bytes());
        let whole = self.plan.layout.rows / 16 * 16;
        (0..whole).step_by(16).for_each(|row| self.memory.put(codes + row * 4, sixteen));
        (whole..self.plan.layout.rows)
            .for_each(|row| self.memory.put(codes + row * 4, NO_RESPONSE.to_le_bytes()));
    }

    #[inline]
    pub(super) fn seconds_left(&self, expires: u32) -> u32 {
        match expires {
            0 => TTL_NEVER,
            // The clocks may differ; a record that was answered has not expired, so at least a second is left.
            time => time.saturating_sub(self.options.now).max(1),
        }
    }

    #[inline]
    pub(super) fn put_code(&self, row: u32, code: i32) {
        self.memory.put(self.plan.layout.result_codes + row as usize * 4, code.to_le_bytes());
    }

    #[inline]
    pub(super) fn put_meta(&self, row: u32, generation: u32, ttl: u32) {
        self.memory.put(self.plan.layout.generations + row as usize * 4, generation.to_le_bytes());
        self.memory.put(self.plan.layout.ttls + row as usize * 4, ttl.to_le_bytes());
    }

    /// Clears consecutive rows, column by column: after a timeout that may be most of a large batch.
    pub(super) fn clear_rows(&self, rows: &Range<u32>) {
        let (begin, count) = (rows.start as usize, rows.len());
        match self.plan.layout.kind {
            LayoutKind::Rows { .. } => {
                self.memory.zero(begin * self.plan.layout.itemsize, count * self.plan.layout.itemsize);
            }
            LayoutKind::Columns => self.plan.fields.iter().for_each(|field| {
                self.memory.zero(field.offset + begin * field.size, count * field.size);
            }),
        }
        self.plan.fields.iter().for_each(|field| self.memory.zero(field.valid + begin, count));
        for field in self.plan.fields.iter().filter(|field| field.fill.is_some()) {
            rows.clone().for_each(|row| self.clear_value(field, field.offset + row as usize * field.stride));
        }
        self.memory.zero(self.plan.layout.generations + begin * 4, count * 4);
        self.memory.zero(self.plan.layout.ttls + begin * 4, count * 4);
    }

    pub(super) fn clear_row(&self, row: u32) {
        self.plan.fields.iter().for_each(|field| self.clear_cell(row, field));
        self.put_meta(row, 0, 0);
    }

    pub(super) fn clear_cell(&self, row: u32, field: &FieldPlan) {
        self.clear_value(field, field.offset + row as usize * field.stride);
        self.memory.put(field.valid + row as usize, [0]);
    }

    /// Makes the cell at `cell` what one without a value is.
    #[inline]
    pub(super) fn clear_value(&self, field: &FieldPlan, cell: usize) {
        match &field.fill {
            None => self.memory.zero(cell, field.size),
            Some(fill) => self.memory.copy(cell, fill),
        }
    }

    /// Writes a bin's value into the cell at `cell` by the conversion table. After a mismatch the cell is to be cleared.
    ///
    /// Numbers into numbers come first and by themselves: going through [`Particle`] costs them as much as all the rest.
    #[inline]
    pub(super) fn write_op(&self, plan: &FieldPlan, cell: usize, op: &Op<'_>) -> Result<Outcome, WireError> {
        let element = plan.element;
        match (op.particle, <[u8; 8]>::try_from(op.value)) {
            (particle_type::INT, Ok(value)) if plan.shape.is_empty() => {
                Ok(self.write_number(element, cell, convert::int(element, i64::from_be_bytes(value))))
            }
            (particle_type::DOUBLE, Ok(value)) if plan.shape.is_empty() => {
                Ok(self.write_number(element, cell, convert::double(element, f64::from_be_bytes(value))))
            }
            _ => Ok(self.write_cell(plan, cell, &op.decode()?)),
        }
    }

    /// Writes any value.
    fn write_cell(&self, plan: &FieldPlan, cell: usize, particle: &Particle<'_>) -> Outcome {
        if !plan.shape.is_empty() {
            return self.write_array(plan, cell, particle);
        }
        match (plan.element, particle) {
            (Element::Text(size), Particle::String(bytes) | Particle::Blob(bytes))
            | (Element::Void(size), Particle::Blob(bytes)) => self.write_bytes(cell, size, bytes),
            (element, Particle::Int(value)) => {
                self.write_number(element, cell, convert::int(element, *value))
            }
            (element, Particle::Double(value)) => {
                self.write_number(element, cell, convert::double(element, *value))
            }
            (element, Particle::Bool(value)) => {
                self.write_number(element, cell, convert::int(element, i64::from(*value)))
            }
            _ => Outcome::Mismatch,
        }
    }

    #[inline]
    fn write_number(&self, element: Element, cell: usize, cast: Option<convert::Cast>) -> Outcome {
        let Some((bytes, lossy)) = cast else { return Outcome::Mismatch };
        self.put_element(element, cell, bytes);
        if lossy { Outcome::Lossy } else { Outcome::Exact }
    }

    fn put_element(&self, element: Element, cell: usize, bytes: [u8; 8]) {
        self.put_sized(element.size(), cell, bytes);
    }

    /// Writes the first `size` bytes: 1, 2, 4 or 8.
    #[inline(always)]
    pub(super) fn put_sized(&self, size: usize, cell: usize, bytes: [u8; 8]) {
        let [a, b, c, d, ..] = bytes;
        match size {
            1 => self.memory.put(cell, [a]),
            2 => self.memory.put(cell, [a, b]),
            4 => self.memory.put(cell, [a, b, c, d]),
            _ => self.memory.put(cell, bytes),
        }
    }

    /// Text and bytes: what is too long is cut, what is shorter is followed by zeros.
    fn write_bytes(&self, cell: usize, size: usize, bytes: &[u8]) -> Outcome {
        let kept = bytes.len().min(size);
        self.memory.copy(cell, &bytes[..kept]);
        if kept < size {
            self.memory.zero(cell + kept, size - kept);
        }
        if bytes.len() > size { Outcome::Lossy } else { Outcome::Exact }
    }

    /// Sub-arrays: a blob is copied as it is, a list element by element.
    fn write_array(&self, plan: &FieldPlan, cell: usize, particle: &Particle<'_>) -> Outcome {
        match particle {
            Particle::Blob(bytes) => {
                self.write_bytes(cell, plan.size, bytes);
                if bytes.len() == plan.size { Outcome::Exact } else { Outcome::Lossy }
            }
            Particle::List(msgpack) => {
                let element = plan.element;
                let read = convert::list(msgpack, element, &plan.shape, |at, bytes| {
                    // A list can hold no more elements than the shape: `convert::list` checks lengths first.
                    debug_assert!(at < plan.count);
                    self.put_element(element, cell + at * element.size(), bytes);
                });
                // The frame around a malformed list is sound; only this value is not a list of numbers.
                read.unwrap_or(Outcome::Mismatch)
            }
            _ => Outcome::Mismatch,
        }
    }
}
