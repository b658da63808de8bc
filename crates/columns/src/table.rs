use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use aerostride_wire::{Number, NumberBin, Op, Particle, ReplyWalker, RowHeader, WireError, particle_type};
use thiserror::Error;

use crate::convert::{self, Outcome};
use crate::layout::REGION_ALIGNMENT;
use crate::tally::describe;
use crate::{Dtype, Element, Layout, LayoutKind, Loss, LossReason, NO_RESPONSE, RawMemory, TTL_NEVER, Tally};

/// What becomes of a cell whose value changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnLoss {
    /// It is kept, as numpy would.
    #[default]
    Allow,
    /// It is zeroed and not valid.
    Null,
    /// It is kept, and the first one is described in [`Tally::first_loss`].
    Throw,
}

/// How a table is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableOptions {
    /// See [`OnLoss`].
    pub on_loss: OnLoss,
    /// Now, in seconds since 2010-01-01 UTC: ttls on the wire are absolute.
    pub now: u32,
}

/// Rows that cannot be claimed, or memory that does not fit the layout.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TableError {
    /// The memory has not the layout's size.
    #[error("the buffer has {got} bytes, the layout needs {need}")]
    Size {
        /// Bytes that the layout needs.
        need: usize,
        /// Bytes that were given.
        got: usize,
    },
    /// A row number past the end.
    #[error("row {row} is past the last of {rows} rows")]
    OutOfRange {
        /// The row.
        row: u32,
        /// Rows of the table.
        rows: usize,
    },
    /// A row that another request still owns.
    #[error("row {0} belongs to another request")]
    Claimed(u32),
}

/// What a row says besides its bins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowResult {
    /// The row in the table.
    pub row: u32,
    /// Its result code.
    pub code: u8,
}

/// One field, compiled for the row loop.
#[derive(Debug)]
struct FieldPlan {
    name: Box<[u8]>,
    /// What a number of this name looks like, for scalars that take one.
    number: Option<NumberBin>,
    element: Element,
    shape: Box<[usize]>,
    count: usize,
    size: usize,
    offset: usize,
    stride: usize,
    valid: usize,
}

/// A layout over memory, ready to be written by several requests at once.
#[derive(Debug)]
pub struct Table {
    memory: RawMemory,
    layout: Layout,
    fields: Vec<FieldPlan>,
    /// Field positions sorted by name, for bins out of the expected order.
    by_name: Vec<usize>,
    options: TableOptions,
    /// Rows that a request owns.
    claimed: RowBits,
    /// Rows that a server has answered, with whatever code.
    answered: RowBits,
    gate: Gate,
}

impl Table {
    /// Lays `dtype` over `memory`, which may hold anything: a row is cleared where its reply leaves it empty, the rows
    /// without a reply by [`finish`](Self::finish), and from then on every byte is known. So memory costs nothing before
    /// the first request leaves, and what a reply fills is touched once. Every row starts as [`NO_RESPONSE`].
    ///
    /// # Errors
    /// [`TableError::Size`] when the memory has not the layout's size.
    pub fn new(
        dtype: &Dtype,
        layout: Layout,
        memory: RawMemory,
        options: TableOptions,
    ) -> Result<Arc<Self>, TableError> {
        if memory.len() != layout.byte_len {
            return Err(TableError::Size { need: layout.byte_len, got: memory.len() });
        }
        let fields: Vec<FieldPlan> = dtype.fields().iter().zip(&layout.fields).map(compile).collect();
        let mut by_name: Vec<usize> = (0..fields.len()).collect();
        by_name.sort_by(|&a, &b| fields[a].name.cmp(&fields[b].name));
        let (claimed, answered) = (RowBits::new(layout.rows), RowBits::new(layout.rows));
        let table =
            Self { memory, layout, fields, by_name, options, claimed, answered, gate: Gate::default() };
        table.clear_padding();
        table.clear_codes();
        Ok(Arc::new(table))
    }

    /// Rows.
    pub fn rows(&self) -> usize {
        self.layout.rows
    }

    /// Fields.
    pub fn field_count(&self) -> usize {
        self.fields.len()
    }

    /// Clears the bytes that belong to no cell: behind each region, and inside aligned records.
    fn clear_padding(&self) {
        let Layout { rows, kind, itemsize, .. } = self.layout;
        let records = match kind {
            LayoutKind::Columns => 0,
            LayoutKind::Rows { .. } => rows * itemsize,
        };
        if self.fields.iter().map(|field| field.size).sum::<usize>() < itemsize {
            self.memory.zero(0, records);
        }
        self.clear_behind(records);
        for field in &self.fields {
            if kind == LayoutKind::Columns {
                self.clear_behind(field.offset + rows * field.size);
            }
            self.clear_behind(field.valid + rows);
        }
        let metas = [self.layout.generations, self.layout.ttls, self.layout.result_codes];
        metas.iter().for_each(|begin| self.clear_behind(begin + rows * 4));
    }

    /// Clears from the end of a region to the beginning of the next.
    fn clear_behind(&self, end: usize) {
        self.memory.zero(end, end.next_multiple_of(REGION_ALIGNMENT) - end);
    }

    /// The codes of a table that nobody has written.
    fn clear_codes(&self) {
        let codes = self.layout.result_codes;
        let mut sixteen = [0; 64];
        sixteen.as_chunks_mut::<4>().0.fill(NO_RESPONSE.to_le_bytes());
        let whole = self.layout.rows / 16 * 16;
        (0..whole).step_by(16).for_each(|row| self.memory.put(codes + row * 4, sixteen));
        (whole..self.layout.rows).for_each(|row| self.memory.put(codes + row * 4, NO_RESPONSE.to_le_bytes()));
    }

    /// Claims consecutive rows.
    ///
    /// # Errors
    /// [`TableError`] when a row is past the end or claimed already; then nothing is claimed.
    pub fn claim_range(self: &Arc<Self>, rows: Range<u32>) -> Result<Claim, TableError> {
        self.claim(RowSet::Range(rows))
    }

    /// Claims the given rows, in that order: a reply's index is the position in this list.
    ///
    /// # Errors
    /// As [`claim_range`](Self::claim_range); a row that is twice in the list counts as claimed.
    pub fn claim_rows(self: &Arc<Self>, rows: Vec<u32>) -> Result<Claim, TableError> {
        self.claim(RowSet::List(rows))
    }

    fn claim(self: &Arc<Self>, rows: RowSet) -> Result<Claim, TableError> {
        if let Some(row) = rows.past(self.layout.rows) {
            return Err(TableError::OutOfRange { row, rows: self.layout.rows });
        }
        for (taken, (word, mask)) in rows.masks().enumerate() {
            let before = self.claimed.set(word, mask);
            if before & mask != 0 {
                self.claimed.clear(word, mask & !before);
                rows.masks().take(taken).for_each(|(word, mask)| self.claimed.clear(word, mask));
                return Err(TableError::Claimed((word as u32) * 64 + (before & mask).trailing_zeros()));
            }
        }
        Ok(Claim { table: Arc::clone(self), rows })
    }

    /// Ends all writing: when this returns nobody writes, and nobody will.
    pub fn close(&self) {
        self.gate.close();
    }

    /// Ends all writing, clears every row that nobody has answered, gives it `code`, and returns those rows. Without a
    /// code the rows keep what their last failure said. When the table is closed already nothing is written: its memory may
    /// be gone.
    pub fn finish(&self, code: Option<i32>) -> Vec<u32> {
        let all = RowSet::Range(0..self.layout.rows as u32);
        let unanswered = || self.answered.missing(all.masks());
        self.gate.close_after(|| {
            for run in runs(unanswered()) {
                self.zero_rows(&run);
                if let Some(code) = code {
                    run.for_each(|row| self.put_code(row, code));
                }
            }
        });
        unanswered().collect()
    }

    /// The field of a bin. `expected` is the field that follows the one found before: bins come in the order of the
    /// request, so the first comparison nearly always matches.
    #[inline]
    fn find(&self, name: &[u8], expected: &mut usize) -> Option<usize> {
        let found = match self.fields.get(*expected) {
            Some(field) if same_name(&field.name, name) => *expected,
            _ => self.search(name)?,
        };
        *expected = found + 1;
        Some(found)
    }

    #[cold]
    fn search(&self, name: &[u8]) -> Option<usize> {
        let at = self.by_name.binary_search_by(|&i| (*self.fields[i].name).cmp(name)).ok()?;
        Some(self.by_name[at])
    }

    fn seconds_left(&self, expires: u32) -> u32 {
        match expires {
            0 => TTL_NEVER,
            // The clocks may differ; a record that was answered has not expired, so at least a second is left.
            time => time.saturating_sub(self.options.now).max(1),
        }
    }

    fn put_code(&self, row: u32, code: i32) {
        self.memory.put(self.layout.result_codes + row as usize * 4, code.to_le_bytes());
    }

    fn put_meta(&self, row: u32, generation: u32, ttl: u32) {
        self.memory.put(self.layout.generations + row as usize * 4, generation.to_le_bytes());
        self.memory.put(self.layout.ttls + row as usize * 4, ttl.to_le_bytes());
    }

    /// Clears consecutive rows, column by column: after a timeout that may be most of a large batch.
    fn zero_rows(&self, rows: &Range<u32>) {
        let (begin, count) = (rows.start as usize, rows.len());
        match self.layout.kind {
            LayoutKind::Rows { .. } => {
                self.memory.zero(begin * self.layout.itemsize, count * self.layout.itemsize);
            }
            LayoutKind::Columns => self.fields.iter().for_each(|field| {
                self.memory.zero(field.offset + begin * field.size, count * field.size);
            }),
        }
        self.fields.iter().for_each(|field| self.memory.zero(field.valid + begin, count));
        self.memory.zero(self.layout.generations + begin * 4, count * 4);
        self.memory.zero(self.layout.ttls + begin * 4, count * 4);
    }

    fn zero_row(&self, row: u32) {
        self.fields.iter().for_each(|field| self.zero_cell(row, field));
        self.put_meta(row, 0, 0);
    }

    fn zero_cell(&self, row: u32, field: &FieldPlan) {
        self.memory.zero(field.offset + row as usize * field.stride, field.size);
        self.memory.put(field.valid + row as usize, [0]);
    }
}

/// Whether two bin names are equal. They have at most 15 bytes, so two overlapping words settle it, where calling the C
/// library's `memcmp` would cost more than the rest of a small bin.
#[inline]
fn same_name(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    if a.len() > 16 {
        return a == b;
    }
    if let (Some(a8), Some(b8)) = (a.first_chunk::<8>(), b.first_chunk::<8>()) {
        return u64::from_ne_bytes(*a8) == u64::from_ne_bytes(*b8)
            && a.last_chunk::<8>() == b.last_chunk::<8>();
    }
    if let (Some(a4), Some(b4)) = (a.first_chunk::<4>(), b.first_chunk::<4>()) {
        return u32::from_ne_bytes(*a4) == u32::from_ne_bytes(*b4)
            && a.last_chunk::<4>() == b.last_chunk::<4>();
    }
    a.iter().eq(b)
}

/// Rows in ascending order as runs of neighbours.
fn runs(rows: impl Iterator<Item = u32>) -> impl Iterator<Item = Range<u32>> {
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

fn compile((field, place): (&crate::Field, &crate::Placement)) -> FieldPlan {
    let takes_numbers = field.shape.is_empty() && convert::int(field.element, 0).is_some();
    FieldPlan {
        name: field.name.as_bytes().into(),
        number: takes_numbers.then(|| NumberBin::new(field.name.as_bytes())).flatten(),
        element: field.element,
        shape: field.shape.clone().into(),
        count: field.count,
        size: field.size(),
        offset: place.offset,
        stride: place.stride,
        valid: place.valid,
    }
}

#[derive(Debug)]
enum RowSet {
    Range(Range<u32>),
    List(Vec<u32>),
}

impl RowSet {
    fn len(&self) -> usize {
        match self {
            Self::Range(range) => range.len(),
            Self::List(rows) => rows.len(),
        }
    }

    /// The row at a position, which the caller has checked.
    #[inline]
    fn at(&self, position: usize) -> u32 {
        match self {
            Self::Range(range) => range.start + position as u32,
            Self::List(rows) => rows[position],
        }
    }

    /// Whether all 64 rows of a word are known to be in the set.
    #[inline]
    fn holds_word(&self, word: usize) -> bool {
        match self {
            Self::Range(range) => range.start as usize <= word * 64 && (word + 1) * 64 <= range.end as usize,
            Self::List(_) => false,
        }
    }

    /// The first row that is not one of so many.
    fn past(&self, rows: usize) -> Option<u32> {
        match self {
            Self::Range(range) => {
                (range.end as usize > rows && !range.is_empty()).then(|| range.start.max(rows as u32))
            }
            Self::List(list) => list.iter().copied().find(|&row| row as usize >= rows),
        }
    }

    /// The rows as bits of 64-row words: neighbours are taken together, so that a claim costs an atomic per word and not
    /// per row. A row that comes twice comes in two masks.
    fn masks(&self) -> impl Iterator<Item = (usize, u64)> {
        let mut position = 0;
        std::iter::from_fn(move || {
            let first = (position < self.len()).then(|| self.at(position))?;
            let word = first as usize / 64;
            if let Self::Range(range) = self {
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

/// Rows that one request owns. Dropping it gives them back.
#[derive(Debug)]
pub struct Claim {
    table: Arc<Table>,
    rows: RowSet,
}

impl Claim {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The table's row at a position of this claim.
    #[inline]
    pub fn row(&self, position: usize) -> Option<u32> {
        (position < self.len()).then(|| self.rows.at(position))
    }

    /// The table's rows, where they are consecutive.
    pub fn range(&self) -> Option<Range<u32>> {
        match &self.rows {
            RowSet::Range(range) => Some(range.clone()),
            RowSet::List(_) => None,
        }
    }

    /// Passes the gate for a burst of writes; `None` once the table is closed. Do not wait while holding it.
    pub fn open(&mut self) -> Option<Pass<'_>> {
        self.table.gate.enter().then(|| Pass { table: &self.table, rows: &self.rows })
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.rows.masks().for_each(|(word, mask)| self.table.claimed.clear(word, mask));
    }
}

/// The right to write the rows of a claim now. It borrows the claim, so a claim has one writer.
#[derive(Debug)]
pub struct Pass<'c> {
    table: &'c Table,
    rows: &'c RowSet,
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        self.table.gate.leave();
    }
}

impl Pass<'_> {
    /// Writes the row whose header the walker has just given, and steps over its bins.
    ///
    /// # Errors
    /// [`WireError`] when the index is not one of the claim's or a bin is malformed; the row may then be half written,
    /// see [`reset`](Self::reset).
    pub fn write_row(
        &self,
        header: &RowHeader,
        walker: &mut ReplyWalker<'_>,
        tally: &mut Tally,
    ) -> Result<RowResult, WireError> {
        let position = header.index as usize;
        if position >= self.rows.len() {
            return Err(WireError::ForeignIndex { index: header.index, rows: self.rows.len() });
        }
        let row = self.rows.at(position);
        // A word whose rows are all of this claim has no other writer, and needs no locked instruction.
        let alone = self.rows.holds_word(row as usize / 64);
        if self.table.answered.set_row(row, alone) {
            return Err(WireError::DoubledIndex(header.index));
        }
        if header.result_code == 0 {
            tally.start_row();
            self.write_bins(row, walker, tally)?;
            self.table.put_meta(row, header.generation, self.table.seconds_left(header.ttl));
            tally.ok_rows += 1;
        } else {
            self.table.zero_row(row);
        }
        self.table.put_code(row, i32::from(header.result_code));
        Ok(RowResult { row, code: header.result_code })
    }

    #[inline]
    fn write_bins(&self, row: u32, walker: &mut ReplyWalker<'_>, tally: &mut Tally) -> Result<(), WireError> {
        let fields = self.table.fields.len();
        let mut written = self.write_numbers(row, walker);
        if written == fields && walker.bins_left() == 0 {
            tally.whole_rows += 1;
            return Ok(());
        }
        tally.note_first(written);
        let mut expected = written;
        while let Some(op) = walker.next_bin()? {
            if let Some(field) = self.table.find(op.name, &mut expected) {
                self.write_bin(row, field, &op, tally)?;
                written += 1;
            }
        }
        if written < fields {
            self.clear_missing(row, tally);
        }
        Ok(())
    }

    /// Writes bins for as long as they are numbers of the dtype, in its order, and keep their value; gives how many. In
    /// most batches that is every bin of every row.
    #[inline]
    fn write_numbers(&self, row: u32, walker: &mut ReplyWalker<'_>) -> usize {
        let mut written = 0;
        for plan in &self.table.fields {
            let Some(bin) = &plan.number else { break };
            let cast = match walker.number(bin) {
                Some(Number::Int(value)) => convert::int(plan.element, value),
                Some(Number::Double(value)) => convert::double(plan.element, value),
                None => break,
            };
            let Some((bytes, false)) = cast else { break };
            self.table.put_sized(plan.size, plan.offset + row as usize * plan.stride, bytes);
            self.table.memory.put(plan.valid + row as usize, [1]);
            walker.skip_number(bin);
            written += 1;
        }
        written
    }

    /// Clears the cells whose bins the row did not have.
    #[cold]
    fn clear_missing(&self, row: u32, tally: &Tally) {
        let fields = self.table.fields.iter().enumerate();
        fields.filter(|(at, _)| !tally.has_bin(*at)).for_each(|(_, field)| self.table.zero_cell(row, field));
    }

    #[inline]
    fn write_bin(&self, row: u32, field: usize, op: &Op<'_>, tally: &mut Tally) -> Result<(), WireError> {
        if tally.is_doubled(field) {
            return Err(WireError::DoubledBin(field));
        }
        let plan = &self.table.fields[field];
        if op.particle == particle_type::NIL {
            self.table.zero_cell(row, plan);
            return Ok(());
        }
        tally.present[field] += 1;
        let cell = plan.offset + row as usize * plan.stride;
        let outcome = self.table.write_op(plan, cell, op)?;
        let keep = match outcome {
            Outcome::Exact => true,
            Outcome::Lossy => {
                tally.lossy[field] += 1;
                self.table.options.on_loss != OnLoss::Null
            }
            Outcome::Mismatch => {
                tally.mismatched[field] += 1;
                false
            }
        };
        if !keep {
            self.table.memory.zero(cell, plan.size);
        }
        self.table.memory.put(plan.valid + row as usize, [u8::from(keep)]);
        if outcome != Outcome::Exact && self.table.options.on_loss == OnLoss::Throw {
            note_loss(tally, row, field, &op.decode()?, outcome);
        }
        Ok(())
    }

    /// Gives `code` to every row of the claim that was not answered, and lists them.
    pub fn fail_unanswered(&self, code: i32) -> Vec<u32> {
        // Nearly always none is, which the words say at once.
        if self.table.answered.missing(self.rows.masks()).next().is_none() {
            return Vec::new();
        }
        let rows: Vec<u32> = (0..self.rows.len())
            .map(|position| self.rows.at(position))
            .filter(|&row| !self.table.answered.get(row))
            .collect();
        rows.iter().for_each(|&row| self.table.put_code(row, code));
        rows
    }

    /// Answers the row at a position with a code of the client's own; past the end nothing happens.
    pub fn answer(&self, position: usize, code: i32) {
        if position < self.rows.len() {
            let row = self.rows.at(position);
            self.table.answered.set_row(row, false);
            self.table.zero_row(row);
            self.table.put_code(row, code);
        }
    }

    /// Lets every row of the claim be answered again; its code stays until then.
    pub fn reopen(&self) {
        self.rows.masks().for_each(|(word, mask)| self.table.answered.clear(word, mask));
    }

    /// Makes every row of the claim as it was before anyone wrote it: what a malformed reply said is not to be trusted.
    pub fn reset(&self) {
        for position in 0..self.rows.len() {
            let row = self.rows.at(position);
            self.table.zero_row(row);
            self.table.put_code(row, NO_RESPONSE);
            self.table.answered.clear(row as usize / 64, 1 << (row % 64));
        }
    }
}

#[cold]
fn note_loss(tally: &mut Tally, row: u32, field: usize, particle: &Particle<'_>, outcome: Outcome) {
    let reason = if outcome == Outcome::Lossy { LossReason::Lossy } else { LossReason::Mismatched };
    tally.keep_first(row, field, |mut value| {
        describe(particle, &mut value);
        Loss { row, field, bin_type: particle.type_name(), value, reason }
    });
}

impl Table {
    /// Writes a bin's value into the cell at `cell` by the conversion table. After a mismatch the cell is to be zeroed.
    ///
    /// Numbers into numbers come first and by themselves: going through [`Particle`] costs them as much as all the rest.
    #[inline]
    fn write_op(&self, plan: &FieldPlan, cell: usize, op: &Op<'_>) -> Result<Outcome, WireError> {
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
    fn put_sized(&self, size: usize, cell: usize, bytes: [u8; 8]) {
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
        self.memory.zero(cell + kept, size - kept);
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

/// One bit per row, set and cleared from any thread.
#[derive(Debug)]
struct RowBits(Vec<AtomicU64>);

impl RowBits {
    fn new(rows: usize) -> Self {
        Self((0..rows.div_ceil(64)).map(|_| AtomicU64::new(0)).collect())
    }

    /// Sets the bits of a word and gives what it was. Acquire and release: what an earlier owner of the rows wrote
    /// happened before.
    #[inline]
    fn set(&self, word: usize, mask: u64) -> u64 {
        self.0[word].fetch_or(mask, Ordering::AcqRel)
    }

    /// Sets one bit and gives what it was. `alone`: nobody else writes the word.
    #[inline]
    fn set_row(&self, row: u32, alone: bool) -> bool {
        let (word, bit) = (row as usize / 64, 1 << (row % 64));
        let before = if alone {
            let before = self.0[word].load(Ordering::Relaxed);
            self.0[word].store(before | bit, Ordering::Release);
            before
        } else {
            self.set(word, bit)
        };
        before & bit != 0
    }

    fn clear(&self, word: usize, mask: u64) {
        self.0[word].fetch_and(!mask, Ordering::AcqRel);
    }

    fn get(&self, row: u32) -> bool {
        self.0[row as usize / 64].load(Ordering::Acquire) & 1 << (row % 64) != 0
    }

    /// The rows of `masks` whose bits are not set, a word at a time: when none is missing that is 64 rows a step.
    fn missing(&self, masks: impl Iterator<Item = (usize, u64)>) -> impl Iterator<Item = u32> {
        masks.flat_map(|(word, mask)| {
            let mut left = mask & !self.0[word].load(Ordering::Acquire);
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros())?;
                left &= left - 1;
                Some(word as u32 * 64 + bit)
            })
        })
    }
}

/// Counts the writers inside, and once closed lets none in.
#[derive(Debug, Default)]
struct Gate(AtomicU32);

impl Gate {
    const CLOSED: u32 = 1 << 31;

    /// Whether the caller may write; it must then [`leave`](Self::leave).
    fn enter(&self) -> bool {
        let open = self.0.fetch_add(1, Ordering::Acquire) & Self::CLOSED == 0;
        if !open {
            self.leave();
        }
        open
    }

    fn leave(&self) {
        self.0.fetch_sub(1, Ordering::Release);
    }

    /// Shuts the gate and waits for those inside.
    fn close(&self) {
        self.0.fetch_or(Self::CLOSED, Ordering::AcqRel);
        self.wait_for(Self::CLOSED);
    }

    /// Shuts the gate, waits for the others inside, and calls `last` as the last writer: whoever closes the gate
    /// meanwhile waits for it. `last` is not called when the gate is closed already.
    fn close_after(&self, last: impl FnOnce()) {
        if !self.enter() {
            return self.wait_for(Self::CLOSED);
        }
        let closed_before = self.0.fetch_or(Self::CLOSED, Ordering::AcqRel) & Self::CLOSED != 0;
        if !closed_before {
            self.wait_for(Self::CLOSED + 1);
            last();
        }
        self.leave();
        self.wait_for(Self::CLOSED);
    }

    /// Writers are inside for one frame of a reply, never across a wait, so this takes microseconds; it spins because
    /// the caller may be the JavaScript thread with nothing else to do.
    fn wait_for(&self, state: u32) {
        while self.0.load(Ordering::Acquire) != state {
            std::thread::yield_now();
        }
    }
}
