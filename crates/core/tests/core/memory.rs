//! Memory with a table over it, read only when the batch has ended.

use std::sync::Arc;

use aerostride_columns::{Dtype, Layout, LayoutKind, OnLoss, Plan, RawMemory, Table, TableOptions};

/// A table and the memory under it.
pub struct Memory {
    pub table: Arc<Table>,
    pub layout: Layout,
    base: *mut u8,
}

// SAFETY: the pointer is to the memory that this value owns; what is written there is kept apart by the table.
unsafe impl Send for Memory {}

impl Memory {
    pub fn new(dtype: &Dtype, rows: usize, kind: LayoutKind, on_loss: OnLoss, now: u32) -> Self {
        let plan = Plan::new(dtype, rows, kind).unwrap();
        let layout = plan.layout().clone();
        let base = Box::into_raw(vec![0xa5_u8; layout.byte_len].into_boxed_slice()).cast::<u8>();
        // SAFETY: the bytes live until this value is dropped, which closes the table first, and are read only behind a
        // closed table.
        let memory = unsafe { RawMemory::new(base, layout.byte_len) };
        let options = TableOptions { on_loss, now };
        let table = Table::new(plan, memory, options).unwrap();
        Self { table, layout, base }
    }

    /// The bytes. Nobody may write any more.
    pub fn bytes(&self) -> &[u8] {
        assert!(self.table.claim_rows(vec![]).unwrap().open().is_none(), "the table is not closed");
        // SAFETY: the memory is this value's own, and behind a closed table nobody writes it.
        unsafe { std::slice::from_raw_parts(self.base, self.layout.byte_len) }
    }

    pub fn cell(&self, field: usize, row: usize, size: usize) -> &[u8] {
        let place = &self.layout.fields[field];
        let at = place.offset + row * place.stride;
        &self.bytes()[at..at + size]
    }

    pub fn valid(&self, field: usize, row: usize) -> u8 {
        self.bytes()[self.layout.fields[field].valid + row]
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
        self.bytes()[at..at + 4].try_into().unwrap()
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.table.close();
        let bytes = std::ptr::slice_from_raw_parts_mut(self.base, self.layout.byte_len);
        // SAFETY: it came from a box of this size, and the closed table writes it no more.
        drop(unsafe { Box::from_raw(bytes) });
    }
}
