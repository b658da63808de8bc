//! Memory with a table over it, as the binding has it: somebody else's, and read only when the table is closed.

use std::ops::{Deref, Range};
use std::sync::Arc;

use aerostride_columns::{
    Dtype, FieldSpec, Layout, LayoutKind, Learnt, OnLoss, Plan, RawMemory, RowError, RowResult, Table,
    TableOptions, Tally,
};
use aerostride_wire::{ReplyWalker, WireError};

/// The time of every table in the tests, in seconds since 2010.
pub const NOW: u32 = 500_000_000;

pub const COLUMNS: LayoutKind = LayoutKind::Columns;
pub const PACKED: LayoutKind = LayoutKind::Rows { align: false };
pub const ALIGNED: LayoutKind = LayoutKind::Rows { align: true };
pub const LAYOUTS: [LayoutKind; 3] = [COLUMNS, PACKED, ALIGNED];

/// A dtype of scalars from `(name, code)` pairs.
pub fn dtype(fields: &[(&str, &str)]) -> Dtype {
    let specs: Vec<_> = fields.iter().map(|&(name, code)| FieldSpec { name, code, shape: &[] }).collect();
    Dtype::parse(&specs).unwrap()
}

/// A dtype of one field, `x`.
pub fn single(code: &str, shape: &[usize]) -> Dtype {
    Dtype::parse(&[FieldSpec { name: "x", code, shape }]).unwrap()
}

/// A table and the memory under it. The memory is filled with a pattern first, of which nothing may be left at the end.
pub struct Sheet {
    pub table: Arc<Table>,
    pub layout: Layout,
    base: *mut u8,
}

/// What was written, once nobody writes any more.
pub struct Written {
    pub layout: Layout,
    pub bytes: Vec<u8>,
    pub blocks: Vec<Vec<u8>>,
}

impl Sheet {
    pub fn new(dtype: &Dtype, rows: usize, kind: LayoutKind, on_loss: OnLoss) -> Self {
        let plan = Plan::new(dtype, rows, kind).unwrap();
        let layout = plan.layout().clone();
        let base = Box::into_raw(vec![0xa5_u8; layout.byte_len].into_boxed_slice()).cast::<u8>();
        // SAFETY: the bytes live until this sheet is dropped or closed, and are read only behind a closed table.
        let memory = unsafe { RawMemory::new(base, layout.byte_len) };
        let options = TableOptions { on_loss, now: NOW };
        let table = Table::new(plan, memory, options).unwrap();
        Self { table, layout, base }
    }

    pub fn tally(&self) -> Tally {
        Tally::new(self.table.field_count())
    }

    /// Writes every row of a reply's body through a claim of all rows.
    pub fn write(&self, body: &[u8]) -> (Tally, Result<Vec<RowResult>, WireError>) {
        let mut claim = self.table.claim_range(0..self.layout.rows as u32).unwrap();
        let pass = claim.open().unwrap();
        let mut tally = self.tally();
        let results = write_body(&pass, body, &mut tally);
        (tally, results)
    }

    /// Ends the writing and gives the bytes.
    pub fn close(self) -> Written {
        self.table.finish(None);
        let blocks = self.table.take_blocks();
        Written { layout: self.layout.clone(), bytes: self.peek().to_vec(), blocks }
    }

    /// The bytes of a table that is closed.
    pub fn peek(&self) -> &[u8] {
        assert!(self.table.claim_rows(vec![]).unwrap().open().is_none(), "the table is not closed");
        // SAFETY: the memory is this sheet's own, and behind a closed table nobody writes it.
        unsafe { std::slice::from_raw_parts(self.base, self.layout.byte_len) }
    }
}

impl Drop for Sheet {
    fn drop(&mut self) {
        self.table.close();
        let bytes = std::ptr::slice_from_raw_parts_mut(self.base, self.layout.byte_len);
        // SAFETY: it came from a box of this size, and the closed table writes it no more.
        drop(unsafe { Box::from_raw(bytes) });
    }
}

/// Writes the rows of one body, as a client does with each frame.
pub fn write_body(
    pass: &aerostride_columns::Pass<'_>,
    body: &[u8],
    tally: &mut Tally,
) -> Result<Vec<RowResult>, WireError> {
    let mut walker = ReplyWalker::new(body);
    let (mut results, mut learnt) = (Vec::new(), Learnt::default());
    let mut each = |rows: Range<u32>, code| results.extend(rows.map(|row| RowResult { row, code }));
    loop {
        match pass.write_rows(&mut walker, 0, &mut learnt, tally, &mut each) {
            Ok(Some(_last)) => {}
            Ok(None) => return Ok(results),
            Err(RowError::Malformed(malformed)) => return Err(malformed),
            Err(RowError::Closed) => panic!("the table was closed"),
        }
    }
}

impl Written {
    pub fn cell(&self, field: usize, row: usize, size: usize) -> &[u8] {
        let place = &self.layout.fields[field];
        let at = place.offset + row * place.stride;
        &self.bytes[at..at + size]
    }

    pub fn valid(&self, field: usize, row: usize) -> u8 {
        self.bytes[self.layout.fields[field].valid + row]
    }

    pub fn generation(&self, row: usize) -> u32 {
        u32::from_le_bytes(self.four(self.layout.generations + row * 4))
    }

    pub fn ttl(&self, row: usize) -> u32 {
        u32::from_le_bytes(self.four(self.layout.ttls + row * 4))
    }

    pub fn code(&self, row: usize) -> i32 {
        i32::from_le_bytes(self.four(self.layout.result_codes + row * 4))
    }

    fn four(&self, at: usize) -> [u8; 4] {
        self.bytes[at..at + 4].try_into().unwrap()
    }
}

impl Deref for Sheet {
    type Target = Arc<Table>;

    fn deref(&self) -> &Arc<Table> {
        &self.table
    }
}
