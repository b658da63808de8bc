//! Rows that are written together: a field of all of them after the other.

use aerostride_wire::NumberPlace;

use super::Table;
use super::alike::Alike;
use super::plan::FieldPlan;
use super::rows::Rows;
use crate::Element;
use crate::convert::{self, Cast};

/// Where the numbers of rows are.
pub(super) trait Numbers {
    /// The 8 bytes of each row's number at a place.
    fn values(&self, at: usize) -> impl ExactSizeIterator<Item = u64>;
}

/// Rows that are equally large and lie one behind the other.
pub(super) struct Strided<'a> {
    pub(super) rows: &'a [u8],
    pub(super) size: usize,
    /// Where a row has the place 0.
    pub(super) begin: usize,
}

impl Numbers for Strided<'_> {
    #[inline(always)]
    fn values(&self, at: usize) -> impl ExactSizeIterator<Item = u64> {
        let at = self.begin + at;
        // Said once, so that the loop need not ask.
        let rows = if at + 8 <= self.size { self.rows } else { &[] };
        rows.chunks_exact(self.size).map(move |row| value(row, at))
    }
}

/// Rows that lie anywhere.
impl Numbers for [&[u8]] {
    #[inline(always)]
    fn values(&self, at: usize) -> impl ExactSizeIterator<Item = u64> {
        self.iter().map(move |row| value(row, at))
    }
}

#[inline(always)]
fn value(row: &[u8], at: usize) -> u64 {
    let bytes = row.get(at..at + 8).and_then(<[u8]>::first_chunk);
    bytes.map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

impl Table {
    /// Notes that rows are answered; gives the first that was before.
    pub(super) fn answer_all(&self, rows: Rows<'_>) -> Option<u32> {
        let mut doubled = None;
        for (word, mask) in rows.masks() {
            let before = self.answered.set(word, mask) & mask;
            if before != 0 {
                doubled.get_or_insert(word as u32 * 64 + before.trailing_zeros());
            }
        }
        doubled
    }

    /// Writes of rows everything but their cells.
    pub(super) fn write_metas(&self, rows: &Rows<'_>, alike: &impl Alike) {
        let layout = &self.plan.layout;
        let (generations, ttls, codes) = (layout.generations, layout.ttls, layout.result_codes);
        match rows {
            Rows::Range(range) => {
                let (first, count) = (range.start as usize, range.len());
                self.plan.fields.iter().for_each(|field| self.memory.fill(field.valid + first, count, 1));
                self.memory.zero(codes + first * 4, count * 4);
            }
            Rows::List(list) => {
                let rows = || list.iter().map(|&row| row as usize);
                for field in &self.plan.fields {
                    rows().for_each(|row| self.memory.put(field.valid + row, [1]));
                }
                rows().for_each(|row| self.memory.put(codes + row * 4, [0; 4]));
            }
        }
        self.put_rows(generations, 4, rows, alike.generations(), u32::to_le_bytes);
        self.put_rows(ttls, 4, rows, alike.expiries(), |expires| self.seconds_left(expires).to_le_bytes());
    }

    /// Writes `N` bytes for each of `rows`, row 0 of which has them at `begin`: what `bytes` makes of each of `values`.
    #[inline(always)]
    fn put_rows<const N: usize, T>(
        &self,
        begin: usize,
        stride: usize,
        rows: &Rows<'_>,
        values: impl ExactSizeIterator<Item = T>,
        mut bytes: impl FnMut(T) -> [u8; N],
    ) {
        match rows {
            Rows::Range(range) => {
                self.memory.put_each(begin + range.start as usize * stride, stride, values, bytes);
            }
            Rows::List(list) => {
                for (&row, value) in list.iter().zip(values) {
                    self.memory.put(begin + row as usize * stride, bytes(value));
                }
            }
        }
    }

    /// Writes a field of rows; gives those in which the number does not fit, as bits by position.
    pub(super) fn write_column(
        &self,
        field: usize,
        rows: &Rows<'_>,
        numbers: &(impl Numbers + ?Sized),
        NumberPlace { at, is_double }: NumberPlace,
    ) -> u64 {
        let plan = &self.plan.fields[field];
        let column = Column { table: self, plan, rows };
        let values = numbers.values(at);
        let lost = if is_double { column.write_doubles(values) } else { column.write_ints(values) };
        if lost { which_are_lost(plan.element, is_double, &mut numbers.values(at)) } else { 0 }
    }
}

/// The numbers that do not fit, as bits by position.
#[cold]
fn which_are_lost(element: Element, is_double: bool, values: &mut dyn Iterator<Item = u64>) -> u64 {
    let cast = |value: u64| match is_double {
        true => convert::double(element, f64::from_bits(value)),
        false => convert::int(element, value as i64),
    };
    let is_lost = |value| cast(value).is_none_or(|(_, lost)| lost);
    values.enumerate().fold(0, |lossy, (position, value)| lossy | u64::from(is_lost(value)) << position)
}

/// One field of rows.
struct Column<'c> {
    table: &'c Table,
    plan: &'c FieldPlan,
    rows: &'c Rows<'c>,
}

impl Column<'_> {
    /// Writes integers; gives whether one does not fit.
    #[inline(always)]
    fn write_ints(&self, values: impl ExactSizeIterator<Item = u64>) -> bool {
        use Element as E;
        match self.plan.element {
            E::I1 => self.write::<1>(values, |value| convert::int(E::I1, value as i64)),
            E::I2 => self.write::<2>(values, |value| convert::int(E::I2, value as i64)),
            E::I4 => self.write::<4>(values, |value| convert::int(E::I4, value as i64)),
            E::I8 | E::Date(_) => self.write::<8>(values, |value| convert::int(E::I8, value as i64)),
            E::U1 => self.write::<1>(values, |value| convert::int(E::U1, value as i64)),
            E::U2 => self.write::<2>(values, |value| convert::int(E::U2, value as i64)),
            E::U4 => self.write::<4>(values, |value| convert::int(E::U4, value as i64)),
            E::U8 => self.write::<8>(values, |value| convert::int(E::U8, value as i64)),
            E::F4 => self.write::<4>(values, |value| convert::int(E::F4, value as i64)),
            E::F8 => self.write::<8>(values, |value| convert::int(E::F8, value as i64)),
            E::Bool => self.write::<1>(values, |value| convert::int(E::Bool, value as i64)),
            element => self.write_any(values, |value| convert::int(element, value as i64)),
        }
    }

    /// Writes doubles; gives whether one does not fit.
    #[inline(always)]
    fn write_doubles(&self, values: impl ExactSizeIterator<Item = u64>) -> bool {
        use Element as E;
        match self.plan.element {
            E::F4 => self.write::<4>(values, |value| convert::double(E::F4, f64::from_bits(value))),
            E::F8 => self.write::<8>(values, |value| convert::double(E::F8, f64::from_bits(value))),
            element => self.write_any(values, |value| convert::double(element, f64::from_bits(value))),
        }
    }

    /// A loop for numbers of one kind into cells of one. `convert` has its element in its body, so that of all conversions one is
    /// compiled into it.
    #[inline(always)]
    fn write<const N: usize>(
        &self,
        values: impl ExactSizeIterator<Item = u64>,
        convert: impl Fn(u64) -> Option<Cast>,
    ) -> bool {
        let mut any = false;
        let &FieldPlan { offset, stride, .. } = self.plan;
        self.table.put_rows(offset, stride, self.rows, values, |value| {
            let (bytes, lost) = convert(value).unwrap_or(([0; 8], true));
            any |= lost;
            bytes.first_chunk().copied().unwrap_or([0; N])
        });
        any
    }

    /// The same for what is not worth a loop of its own.
    fn write_any(
        &self,
        values: impl ExactSizeIterator<Item = u64>,
        convert: impl Fn(u64) -> Option<Cast>,
    ) -> bool {
        let (mut any, plan) = (false, self.plan);
        for (position, value) in values.enumerate() {
            let (bytes, lost) = convert(value).unwrap_or(([0; 8], true));
            let cell = plan.offset + self.rows.at(position) as usize * plan.stride;
            self.table.put_sized(plan.size, cell, bytes);
            any |= lost;
        }
        any
    }
}
