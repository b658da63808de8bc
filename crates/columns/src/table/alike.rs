use aerostride_wire::{Messages, NumberPlace, ReplyWalker, RowHeader, Run, StreamRecord, StreamWalker};

use super::column::Numbers;
use super::learnt::{Known, Learnt, MOST_ROWS};
use super::numbers::NumberPlan;
use super::rows::Rows;
use super::{Burst, Pass, RowError};
use crate::Tally;

/// Rows that follow a pattern, and are not written yet.
pub(super) trait Alike {
    fn len(&self) -> usize;
    fn generations(&self) -> impl ExactSizeIterator<Item = u32>;
    fn expiries(&self) -> impl ExactSizeIterator<Item = u32>;
    /// The bins of one of them.
    fn bins(&self, position: usize) -> &[u8];
}

impl Alike for Run<'_> {
    fn len(&self) -> usize {
        self.rows.len() / self.size
    }

    fn generations(&self) -> impl ExactSizeIterator<Item = u32> {
        self.generations()
    }

    fn expiries(&self) -> impl ExactSizeIterator<Item = u32> {
        self.expiries()
    }

    fn bins(&self, position: usize) -> &[u8] {
        &self.rows[position * self.size..][self.bins_at..self.size]
    }
}

impl Alike for Messages<'_, '_> {
    fn len(&self) -> usize {
        self.rows.len()
    }

    fn generations(&self) -> impl ExactSizeIterator<Item = u32> {
        self.generations()
    }

    fn expiries(&self) -> impl ExactSizeIterator<Item = u32> {
        self.expiries()
    }

    fn bins(&self, position: usize) -> &[u8] {
        &self.rows[position][self.bins_at..]
    }
}

/// Records that were gathered one by one.
pub(super) struct Gathered<'a> {
    pub(super) len: usize,
    bins: [&'a [u8]; MOST_ROWS],
    generations: [u32; MOST_ROWS],
    expiries: [u32; MOST_ROWS],
}

impl Alike for Gathered<'_> {
    fn len(&self) -> usize {
        self.len
    }

    fn generations(&self) -> impl ExactSizeIterator<Item = u32> {
        self.generations[..self.len].iter().copied()
    }

    fn expiries(&self) -> impl ExactSizeIterator<Item = u32> {
        self.expiries[..self.len].iter().copied()
    }

    fn bins(&self, position: usize) -> &[u8] {
        self.bins[position]
    }
}

impl<'a> Gathered<'a> {
    pub(super) const fn new() -> Self {
        Self { len: 0, bins: [&[]; MOST_ROWS], generations: [0; MOST_ROWS], expiries: [0; MOST_ROWS] }
    }

    #[inline]
    pub(super) const fn push(&mut self, generation: u32, expiry: u32, bins: &'a [u8]) {
        self.bins[self.len] = bins;
        self.generations[self.len] = generation;
        self.expiries[self.len] = expiry;
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
            let RowHeader { generation, ttl, .. } = next.record.header;
            self.push(generation, ttl, next.bins);
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
        let mut alike = Gathered::new();
        let wanted = if known.pattern.copies() {
            alike.gather::<true, E>(known, walker, room, take)?
        } else {
            alike.gather::<false, E>(known, walker, room, take)?
        };
        if alike.len > 0 {
            let end = **rows + alike.len as u32;
            pass.write_gathered(&Rows::Range(**rows..end), &alike, learnt, current)?;
            **rows = end;
        }
        Ok(wanted.then_some(alike.len))
    }
}

impl Pass<'_> {
    /// Writes rows that were gathered because they follow what is known. Gives the first that was answered before.
    pub(super) fn write_gathered(
        &self,
        rows: &Rows<'_>,
        alike: &Gathered<'_>,
        learnt: &mut Learnt,
        tally: &mut Tally,
    ) -> Result<Option<u32>, RowError> {
        let Learnt { known: Some(known), rows: followed, .. } = learnt else { return Ok(None) };
        *followed += alike.len;
        let places = known.pattern.numbers();
        if known.pattern.copies() {
            self.write_alike(rows, alike, places, &known.copied(alike.len), tally)
        } else {
            self.write_alike(rows, alike, places, &alike.bins[..alike.len], tally)
        }
    }

    /// Writes rows that follow what is known, whose numbers are at `places`. Gives the first that was answered before.
    pub(super) fn write_alike(
        &self,
        rows: &Rows<'_>,
        alike: &impl Alike,
        places: &[NumberPlace],
        numbers: &(impl Numbers + ?Sized),
        tally: &mut Tally,
    ) -> Result<Option<u32>, RowError> {
        let (table, count) = (self.table, alike.len());
        if !self.take_rows(count) {
            return Err(RowError::Closed);
        }
        let mut lossy = 0;
        for (field, place) in places.iter().enumerate() {
            lossy |= table.write_column(field, rows, numbers, *place);
        }
        let doubled = table.answer_all(rows.clone());
        table.write_metas(rows, alike);
        let lost = lossy.count_ones();
        tally.ok_rows += count as u64;
        tally.whole_rows += count as u64 - u64::from(lost);
        if lost > 0 {
            self.rewrite(rows, lossy, alike, tally)?;
        }
        Ok(doubled)
    }

    /// Writes rows of which a number does not fit its field by themselves, which counts what was lost.
    #[cold]
    fn rewrite(
        &self,
        rows: &Rows<'_>,
        mut lossy: u64,
        alike: &impl Alike,
        tally: &mut Tally,
    ) -> Result<(), RowError> {
        while lossy != 0 {
            let position = lossy.trailing_zeros() as usize;
            lossy &= lossy - 1;
            let mut walker = ReplyWalker::of_bins(alike.bins(position), self.table.plan.fields.len() as u16);
            self.write_bins(rows.at(position), &mut walker, tally)?;
        }
        Ok(())
    }
}
