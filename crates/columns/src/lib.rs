//! dtype schemas, the memory layout that follows from them, and writing bin values into cells.
//!
//! A [`Dtype`] is parsed once; a [`Layout`] places its fields for a number of rows in one buffer; a [`Table`] is that
//! layout, compiled to a [`Plan`], over memory that somebody else owns. Rows are claimed before they are written: a [`Claim`] owns its rows
//! until it is dropped, so two requests can never write the same row, and a [`Pass`] through the table's gate is
//! needed for every burst of writes, so that [`Table::close`] can promise that nobody writes any more.
//!
//! The rules of conversion are those of numpy's casts; `fixtures/golden` holds numpy's own answers.
#![deny(unsafe_code)]
#![warn(clippy::too_many_lines)]

mod code;
mod convert;
mod dtype;
mod element;
mod half;
mod layout;
#[allow(unsafe_code, reason = "the one file that writes through raw pointers")]
mod memory;
mod row_keys;
mod source;
mod table;
mod tally;

pub use convert::Outcome;
pub use dtype::{Dtype, DtypeError, Field, FieldSpec};
pub use element::{Element, TimeUnit, VIEW_SIZE};
pub use half::{f16_to_f64, f32_to_f16, f64_to_f16};
pub use layout::{Layout, LayoutError, LayoutKind, Placement, Places};
pub use memory::RawMemory;
pub use row_keys::{KeyColumns, RowKeys};
pub use source::Source;
pub use table::{
    Appended, Appender, Burst, Claim, Learnt, OnLoss, Pass, Plan, RowError, RowResult, Table, TableError,
    TableOptions,
};
pub use tally::{Conversions, Loss, LossReason, Mismatches, Tally};

/// The result code of a row that nobody has answered yet.
pub const NO_RESPONSE: i32 = -15;

/// The ttl of a record that never expires.
pub const TTL_NEVER: u32 = u32::MAX;

#[cfg(not(target_endian = "little"))]
compile_error!("columns are little-endian, as JavaScript's typed arrays are on every supported platform");
