use aerostride_wire::{NumberPlace, ReplyWalker, RowHeader, StreamRecord, StreamWalker};

use super::learnt::{Known, Learnt, MOST_ROWS};
use super::numbers::NumberPlan;
use super::{Burst, Pass, RowError, RowSet, Table};
use crate::convert::{self, Cast};
use crate::{Element, Tally};

/// Rows that follow a pattern, and are not written yet.
pub(super) struct Alike<'a> {
    pub(super) len: usize,
    bins: [&'a [u8]; MOST_ROWS],
    generations: [u32; MOST_ROWS],
    expiries: [u32; MOST_ROWS],
}

impl<'a> Alike<'a> {
    pub(super) const fn new() -> Self {
        Self { len: 0, bins: [&[]; MOST_ROWS], generations: [0; MOST_ROWS], expiries: [0; MOST_ROWS] }
    }

    #[inline]
    pub(super) const fn push(&mut self, header: &RowHeader, bins: &'a [u8]) {
        self.bins[self.len] = bins;
        self.generations[self.len] = header.generation;
        self.expiries[self.len] = header.ttl;
        self.len += 1;
    }

    /// Gathers records that follow for as long as there is room and `take` wants them; `false` when it did not want one.
    #[inline(always)]
    fn gather<const COPIES: bool, E>(
        &mut self,
        known: &mut Known,
        walker: &mut StreamWalker<'a>,
        room: usize,
        mut take: impl FnMut(&StreamRecord<'a>) -> Result<bool, E>,
    ) -> Result<bool, E> {
        while self.len < room {
            let (pattern, numbers) = known.at(self.len);
            let Some(next) = walker.next_alike::<COPIES>(pattern, numbers) else { break };
            if !take(&next.record)? {
                return Ok(false);
            }
            self.push(&next.record.header, next.bins);
        }
        Ok(true)
    }
}

impl Burst<'_> {
    /// Appends the record that the walker has just given, and steps over its bins.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    #[inline]
    pub fn append_record<'a>(
        &mut self,
        record: &StreamRecord<'a>,
        walker: &mut StreamWalker<'a>,
    ) -> Result<(), RowError> {
        let whole = self.current.whole_rows;
        self.append(&record.header, walker.bins())?;
        if self.current.whole_rows > whole && self.learnt.is_due() {
            self.learn(walker);
        }
        Ok(())
    }

    #[cold]
    fn learn(&mut self, walker: &StreamWalker<'_>) {
        // Where a field is a blob there is no pattern.
        let reads = self.pass.table.plan.numbers.iter().map(NumberPlan::read);
        self.learnt.known = walker.learn(reads).map(Known::new);
    }

    /// Appends some of the records that follow, for as long as they are like one that
    /// [`append_record`](Self::append_record) has read, there is room, and `take` wants them; gives how many, or `None` when
    /// `take` did not want one. Their bins are numbers, which are written column by column: a row costs a third of what it
    /// costs by itself.
    ///
    /// # Errors
    /// Those of `take`, and [`RowError::Closed`]; then the rows since the last [`keep`](super::Appender::keep) are to be taken
    /// back.
    #[inline]
    pub fn append_alike<'a, E: From<RowError>>(
        &mut self,
        walker: &mut StreamWalker<'a>,
        take: impl FnMut(&StreamRecord<'a>) -> Result<bool, E>,
    ) -> Result<Option<usize>, E> {
        let Self { pass, rows, current, learnt } = self;
        let Some(known) = &mut learnt.known else { return Ok(Some(0)) };
        let room = (pass.rows.len() - **rows as usize).min(MOST_ROWS);
        let mut alike = Alike::new();
        let wanted = if known.pattern.copies() {
            alike.gather::<true, E>(known, walker, room, take)?
        } else {
            alike.gather::<false, E>(known, walker, room, take)?
        };
        if alike.len > 0 {
            pass.write_alike(**rows, &alike, learnt, current)?;
            **rows += alike.len as u32;
        }
        Ok(wanted.then_some(alike.len))
    }
}

impl Pass<'_> {
    /// Writes rows that follow what is known, and each other from `first` on. Gives the first that was answered before.
    pub(super) fn write_alike(
        &self,
        first: u32,
        alike: &Alike<'_>,
        learnt: &mut Learnt,
        tally: &mut Tally,
    ) -> Result<Option<u32>, RowError> {
        let Some(known) = &learnt.known else { return Ok(None) };
        let each;
        let numbers = if known.pattern.copies() {
            each = known.rows();
            &each[..alike.len]
        } else {
            &alike.bins[..alike.len]
        };
        if !self.take_rows(alike.len) {
            return Err(RowError::Closed);
        }
        let (table, count) = (self.table, alike.len);
        let mut lossy = 0;
        for (field, place) in known.pattern.numbers().iter().enumerate() {
            lossy |= table.write_column(field, first as usize, numbers, *place);
        }
        let doubled = table.answer_all(first, count);
        table.write_metas(first, alike);
        let lost = lossy.count_ones();
        learnt.rows += count;
        tally.ok_rows += count as u64;
        tally.whole_rows += count as u64 - u64::from(lost);
        if lost > 0 {
            self.rewrite(first, lossy, alike, tally)?;
        }
        Ok(doubled)
    }

    /// Writes rows of which a number does not fit its field by themselves, which counts what was lost.
    #[cold]
    fn rewrite(
        &self,
        first: u32,
        mut rows: u64,
        alike: &Alike<'_>,
        tally: &mut Tally,
    ) -> Result<(), RowError> {
        while rows != 0 {
            let position = rows.trailing_zeros();
            rows &= rows - 1;
            let mut walker =
                ReplyWalker::of_bins(alike.bins[position as usize], self.table.plan.fields.len() as u16);
            self.write_bins(first + position, &mut walker, tally)?;
        }
        Ok(())
    }
}

impl Table {
    /// Notes that rows are answered; gives the first that was before.
    fn answer_all(&self, first: u32, count: usize) -> Option<u32> {
        let mut doubled = None;
        for (word, mask) in RowSet::Range(first..first + count as u32).masks() {
            let before = self.answered.set(word, mask) & mask;
            if before != 0 {
                doubled.get_or_insert(word as u32 * 64 + before.trailing_zeros());
            }
        }
        doubled
    }

    fn write_metas(&self, first: u32, Alike { len, generations, expiries, .. }: &Alike<'_>) {
        let (count, at) = (*len, first as usize * 4);
        self.plan.fields.iter().for_each(|field| self.memory.fill(field.valid + first as usize, count, 1));
        let (generations, expiries) = (&generations[..count], &expiries[..count]);
        self.memory.put_each(self.plan.layout.generations + at, 4, generations, |row| row.to_le_bytes());
        self.memory
            .put_each(self.plan.layout.ttls + at, 4, expiries, |&row| self.seconds_left(row).to_le_bytes());
        self.memory.zero(self.plan.layout.result_codes + at, count * 4);
    }

    /// Writes a field of rows that follow each other; gives the rows in which the number does not fit, as bits.
    fn write_column(
        &self,
        field: usize,
        first: usize,
        bins: &[&[u8]],
        NumberPlace { at, is_double }: NumberPlace,
    ) -> u64 {
        let plan = &self.plan.fields[field];
        let column =
            Column { table: self, begin: plan.offset + first * plan.stride, stride: plan.stride, bins, at };
        match (plan.element, is_double) {
            (Element::I1, false) => column.write::<1>(|value| convert::int(Element::I1, value as i64)),
            (Element::I2, false) => column.write::<2>(|value| convert::int(Element::I2, value as i64)),
            (Element::I4, false) => column.write::<4>(|value| convert::int(Element::I4, value as i64)),
            (Element::I8 | Element::Date(_), false) => {
                column.write::<8>(|value| convert::int(Element::I8, value as i64))
            }
            (Element::U1, false) => column.write::<1>(|value| convert::int(Element::U1, value as i64)),
            (Element::U2, false) => column.write::<2>(|value| convert::int(Element::U2, value as i64)),
            (Element::U4, false) => column.write::<4>(|value| convert::int(Element::U4, value as i64)),
            (Element::U8, false) => column.write::<8>(|value| convert::int(Element::U8, value as i64)),
            (Element::F4, false) => column.write::<4>(|value| convert::int(Element::F4, value as i64)),
            (Element::F8, false) => column.write::<8>(|value| convert::int(Element::F8, value as i64)),
            (Element::Bool, false) => column.write::<1>(|value| convert::int(Element::Bool, value as i64)),
            (Element::F4, true) => {
                column.write::<4>(|value| convert::double(Element::F4, f64::from_bits(value)))
            }
            (Element::F8, true) => {
                column.write::<8>(|value| convert::double(Element::F8, f64::from_bits(value)))
            }
            (element, false) => {
                self.write_rarely(&column, |value| convert::int(element, value as i64), plan.size)
            }
            (element, true) => {
                self.write_rarely(&column, |value| convert::double(element, f64::from_bits(value)), plan.size)
            }
        }
    }

    /// Conversions that are not worth a loop of their own.
    fn write_rarely(&self, column: &Column<'_>, convert: impl Fn(u64) -> Option<Cast>, size: usize) -> u64 {
        let mut lossy = 0;
        for (row, bins) in column.bins.iter().enumerate() {
            let (bytes, lost) = convert(Column::value(column.at, bins)).unwrap_or(([0; 8], true));
            self.put_sized(size, column.begin + row * column.stride, bytes);
            lossy |= u64::from(lost) << row;
        }
        lossy
    }
}

/// One field of rows that follow each other.
struct Column<'c> {
    table: &'c Table,
    begin: usize,
    stride: usize,
    bins: &'c [&'c [u8]],
    /// Where the value lies in the bins.
    at: usize,
}

impl Column<'_> {
    /// The 8 bytes of the number in the bins of a row.
    #[inline(always)]
    fn value(at: usize, bins: &[u8]) -> u64 {
        let bytes = bins.get(at..at + 8).and_then(<[u8]>::first_chunk);
        bytes.map_or(0, |bytes| u64::from_be_bytes(*bytes))
    }

    /// Writes the numbers; gives the rows in which one does not fit, as bits. `convert` has its element in its body, so that of all
    /// conversions one is compiled into the loop.
    #[inline(always)]
    fn write<const N: usize>(&self, convert: impl Fn(u64) -> Option<Cast>) -> u64 {
        let (mut lossy, mut row) = (0, 1_u64);
        self.table.memory.put_each(self.begin, self.stride, self.bins, |bins| {
            let (bytes, lost) = convert(Self::value(self.at, bins)).unwrap_or(([0; 8], true));
            lossy |= if lost { row } else { 0 };
            row <<= 1;
            bytes.first_chunk().copied().unwrap_or([0; N])
        });
        lossy
    }
}
