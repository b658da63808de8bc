use aerostride_wire::{Number, NumberBin, NumberRead, ReplyWalker};

use super::{FieldPlan, Table};
use crate::memory::Pen;
use crate::{Element, convert};

/// A field that takes numbers, or as many of them as a blob has, with no more than the row loop looks at.
#[derive(Debug)]
pub(super) struct NumberPlan {
    /// What a number of its name looks like.
    bin: NumberBin,
    /// Whether it comes as the only element of a list.
    in_list: bool,
    /// Bytes of a blob that is copied as it is; zero for numbers.
    blob: usize,
    cell: Cell,
    element: Element,
    offset: usize,
    stride: usize,
    valid: usize,
}

impl NumberPlan {
    pub(super) const fn read(&self) -> NumberRead {
        NumberRead { bin: self.bin, in_list: self.in_list }
    }
}

/// What a cell holds, as far as most numbers get there by one check and one write.
#[derive(Debug, Clone, Copy)]
enum Cell {
    Double,
    Single,
    /// Integers of 1 and 2 bytes, whose common numbers are the same signed and unsigned; of 4; of 8.
    Byte,
    Short,
    Signed,
    Unsigned,
    Long,
    /// Every other kind.
    Other,
}

impl From<Element> for Cell {
    fn from(element: Element) -> Self {
        match element {
            Element::F8 => Self::Double,
            Element::F4 => Self::Single,
            Element::I1 | Element::U1 => Self::Byte,
            Element::I2 | Element::U2 => Self::Short,
            Element::I4 => Self::Signed,
            Element::U4 => Self::Unsigned,
            Element::I8 | Element::Date(_) => Self::Long,
            _ => Self::Other,
        }
    }
}

/// The fields before the first that takes neither.
pub(super) fn leading_numbers(fields: &[FieldPlan]) -> Vec<NumberPlan> {
    let number = |field: &FieldPlan| {
        let is_array = !field.shape.is_empty() && !field.in_list && !field.is_view;
        let blob = if is_array { field.size } else { 0 };
        let takes_numbers = blob > 0 || field.shape.is_empty() && convert::int(field.element, 0).is_some();
        let &FieldPlan { element, offset, stride, valid, in_list, .. } = field;
        let bin = takes_numbers.then(|| NumberBin::new(&field.name)).flatten()?;
        Some(NumberPlan { bin, in_list, blob, cell: element.into(), element, offset, stride, valid })
    };
    fields.iter().map_while(number).collect()
}

impl Table {
    /// Writes bins for as long as they are numbers of the dtype, or blobs with all of an array, in its order, and keep their
    /// value; gives how many. In most batches that is every bin of every row.
    #[inline]
    pub(super) fn write_numbers(&self, row: u32, walker: &mut ReplyWalker<'_>) -> usize {
        // Copies, so that what each bin needs stays in registers.
        let (pen, mut ahead) = (self.memory.pen(), walker.clone());
        let mut written = 0;
        for plan in &self.plan.numbers {
            let Some(size) = put_next(pen, plan, row as usize, &ahead) else { break };
            pen.put(plan.valid + row as usize, [1]);
            ahead.skip_number(size);
            written += 1;
        }
        *walker = ahead;
        written
    }
}

/// Writes what the next bin holds, where that is what the field takes and it keeps its value; gives the bin's size.
#[inline(always)]
fn put_next(pen: Pen<'_>, plan: &NumberPlan, row: usize, walker: &ReplyWalker<'_>) -> Option<usize> {
    let cell = plan.offset + row * plan.stride;
    if plan.blob > 0 {
        let (bytes, size) = walker.blob(&plan.bin, plan.blob)?;
        pen.copy(cell, bytes);
        return Some(size);
    }
    let (number, size) =
        if plan.in_list { walker.number_in_list(&plan.bin) } else { walker.number(&plan.bin) }?;
    put_exact(pen, plan, cell, number).then_some(size)
}

/// Writes a number that keeps its value; `false` when it does not, or does not convert. A number of the field's own kind,
/// as nearly all are, takes one jump.
#[inline(always)]
fn put_exact(pen: Pen<'_>, plan: &NumberPlan, at: usize, number: Number) -> bool {
    match (plan.cell, number) {
        (Cell::Double, Number::Double(value)) => pen.put(at, value.to_le_bytes()),
        (Cell::Double, Number::Int(value)) if value.unsigned_abs() < 1 << 53 => {
            pen.put(at, (value as f64).to_le_bytes());
        }
        (Cell::Single, Number::Double(value)) if (value as f32).is_finite() => {
            pen.put(at, (value as f32).to_le_bytes());
        }
        (Cell::Byte, Number::Int(value)) if value as u64 <= 0x7f => pen.put(at, [value as u8]),
        (Cell::Short, Number::Int(value)) if value as u64 <= 0x7fff => {
            pen.put(at, (value as u16).to_le_bytes());
        }
        (Cell::Signed, Number::Int(value)) if i64::from(value as i32) == value => {
            pen.put(at, (value as i32).to_le_bytes());
        }
        (Cell::Unsigned, Number::Int(value)) if i64::from(value as u32) == value => {
            pen.put(at, (value as u32).to_le_bytes());
        }
        (Cell::Long, Number::Int(value)) => pen.put(at, value.to_le_bytes()),
        _ => return put_converted(pen, plan.element, at, number),
    }
    true
}

/// The same for every other pair of kinds.
#[inline(never)]
fn put_converted(pen: Pen<'_>, element: Element, at: usize, number: Number) -> bool {
    let cast = match number {
        Number::Int(value) => convert::int(element, value),
        Number::Double(value) => convert::double(element, value),
    };
    let Some((bytes, false)) = cast else { return false };
    pen.copy(at, &bytes[..element.size().min(bytes.len())]);
    true
}
