//! What batches say besides their columns, as JavaScript gets it.

use std::sync::Arc;

use aerostride_columns::{Conversions, Dtype, Loss, LossReason, Mismatches};
use aerostride_core::{BatchOutcome, FailedRequest};
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;

use crate::array::TypedArray;

/// A request without an answer.
#[napi(object, object_from_js = false)]
pub struct NativeFailureReport {
    /// Name and address; empty where no node was involved.
    pub node: String,
    /// The rows' code.
    pub code: i32,
    /// What happened.
    pub message: String,
    /// Rows of the batch.
    #[napi(ts_type = "Uint32Array<ArrayBuffer>")]
    pub rows: TypedArray<u32>,
    /// Whether one of the rows may have been written all the same.
    pub in_doubt: bool,
}

impl From<FailedRequest> for NativeFailureReport {
    fn from(failed: FailedRequest) -> Self {
        Self {
            node: failed.node,
            code: failed.code,
            message: failed.message,
            rows: failed.rows.into(),
            in_doubt: failed.in_doubt,
        }
    }
}

/// Why a cell was not kept.
#[napi(string_enum = "lowercase")]
pub enum NativeLossReason {
    Lossy,
    Mismatched,
}

impl From<LossReason> for NativeLossReason {
    fn from(reason: LossReason) -> Self {
        match reason {
            LossReason::Lossy => Self::Lossy,
            LossReason::Mismatched => Self::Mismatched,
        }
    }
}

/// The first cell that was not kept.
#[napi(object)]
pub struct NativeLoss {
    /// Row of the batch.
    pub row: u32,
    /// Name of the field.
    pub field: String,
    /// Type of the bin.
    pub bin_type: String,
    /// The bin's value, shortened.
    pub value: String,
    /// Whether the value was changed, or is of another type.
    pub reason: NativeLossReason,
}

/// Cells of one field that were mismatched because their bins were of one type.
#[napi(object)]
pub struct NativeMismatches {
    /// Position of the field.
    pub field: u32,
    /// Type of the bins.
    #[napi(js_name = "type")]
    pub bin_type: String,
    /// Cells.
    pub count: f64,
}

impl From<Mismatches> for NativeMismatches {
    fn from(Mismatches { field, bin_type, count }: Mismatches) -> Self {
        Self { field: field as u32, bin_type: bin_type.to_owned(), count: count as f64 }
    }
}

/// What a read says besides the columns.
#[napi(object, object_from_js = false)]
pub struct NativeOutcome {
    /// Missing, lossy, mismatched of every field, one after the other; empty where there is nothing to count.
    pub conversions: Vec<f64>,
    /// By field and type, where there are any.
    pub mismatches: Vec<NativeMismatches>,
    /// What view cells speak of: block number to bytes.
    #[napi(ts_type = "Uint8Array<ArrayBuffer>[]")]
    pub blocks: Vec<TypedArray<u8>>,
    /// Requests without an answer.
    pub failures: Vec<NativeFailureReport>,
    /// Rows with code 0.
    pub ok: f64,
    /// Only with `onLoss: 'throw'`.
    pub loss: Option<NativeLoss>,
    /// Of a write: the rows that may have been written although no answer says so, where there are any.
    #[napi(ts_type = "Uint32Array<ArrayBuffer>")]
    pub in_doubt: Option<TypedArray<u32>>,
}

/// A batch that has ended.
pub struct Done {
    outcome: BatchOutcome,
    /// Whose fields a loss names.
    dtype: Arc<Dtype>,
    /// The reference to the memory, which is released with this, on the JavaScript thread.
    _buffer: Uint8Array,
}

impl Done {
    pub fn new(outcome: BatchOutcome, dtype: Arc<Dtype>, buffer: Uint8Array) -> Self {
        Self { outcome, dtype, _buffer: buffer }
    }

    /// Whether there is nothing to say of a read but what is in the buffer.
    pub fn is_plain(&self) -> bool {
        let BatchOutcome { ok: _, conversions, mismatches, blocks, first_loss, failures, in_doubt } =
            &self.outcome;
        is_sound(conversions)
            && mismatches.is_empty()
            && blocks.is_empty()
            && first_loss.is_none()
            && failures.is_empty()
            && in_doubt.is_empty()
    }
}

/// Whether nothing was counted.
fn is_sound(conversions: &[Conversions]) -> bool {
    conversions.iter().all(|counts| *counts == Conversions::default())
}

impl From<Done> for NativeOutcome {
    fn from(done: Done) -> Self {
        let BatchOutcome { ok, conversions, mismatches, blocks, first_loss, failures, in_doubt } =
            done.outcome;
        Self {
            conversions: if is_sound(&conversions) { Vec::new() } else { counts_of(&conversions) },
            mismatches: mismatches.into_iter().map(NativeMismatches::from).collect(),
            blocks: blocks.into_iter().map(TypedArray::from).collect(),
            failures: failures.into_iter().map(NativeFailureReport::from).collect(),
            ok: ok as f64,
            in_doubt: (!in_doubt.is_empty()).then(|| in_doubt.into()),
            loss: first_loss.map(|loss| loss_of(loss, &done.dtype)),
        }
    }
}

/// Missing, lossy, mismatched of every field, one after the other.
pub fn counts_of(conversions: &[Conversions]) -> Vec<f64> {
    let counts = |c: &Conversions| [c.missing as f64, c.lossy as f64, c.mismatched as f64];
    conversions.iter().flat_map(counts).collect()
}

/// A loss with the name of its field.
pub fn loss_of(loss: Loss, dtype: &Dtype) -> NativeLoss {
    NativeLoss {
        row: loss.row,
        field: dtype.fields().get(loss.field).map(|field| field.name.clone()).unwrap_or_default(),
        bin_type: loss.bin_type.to_owned(),
        value: loss.value,
        reason: loss.reason.into(),
    }
}
