//! The columnar read, and the hand-over of JavaScript's memory to the threads that fill it.

use std::cell::RefCell;
use std::sync::{Arc, Weak};

use aerostride_columns::{
    Conversions, Dtype, Layout, Loss, LossReason, Mismatches, OnLoss, RawMemory, Source, Table, TableOptions,
};
use aerostride_core::{
    BatchOutcome, CancellationToken, Client, FailedRequest, KeySource, PackedKeys, ReadPolicy, ReadRequest,
    WritePolicy, WriteRequest, now_seconds,
};
use napi::Env;
use napi::bindgen_prelude::{Result, Uint8Array, Uint32Array};
use napi_derive::napi;
use parking_lot::{Mutex, MutexGuard};

use crate::call::NativeCall;
use crate::dtype::{NativeDtype, NativeLayoutKind};
use crate::error::{Checked, invalid};
use crate::freed;
use crate::policy::{NativeReadPolicy, NativeWritePolicy};
use crate::words::words;

words!(
    /// What a value does that does not fit its field.
    "camelCase" NativeOnLoss => OnLoss { Allow, Null, Throw }
);

/// How to read.
#[napi(object, object_to_js = false)]
pub struct NativeReadOptions {
    /// See [`NativeReadPolicy`].
    pub policy: Option<NativeReadPolicy>,
    /// See [`NativeLayoutKind`].
    pub layout: NativeLayoutKind,
    /// Rows as C structs.
    pub align: bool,
    /// See [`NativeOnLoss`].
    pub on_loss: NativeOnLoss,
    /// The bins to ask for; all of the dtype's when absent.
    pub bins: Option<Vec<String>>,
}

/// How to write columns.
#[napi(object, object_to_js = false)]
pub struct NativeColumnarWrite {
    /// Timeouts, ttl, what to do with a record that exists, whether to store the keys.
    pub policy: Option<NativeWritePolicy>,
    /// See [`NativeLayoutKind`].
    pub layout: NativeLayoutKind,
    /// Rows as C structs.
    pub align: bool,
    /// The blocks that view cells speak of; none when absent.
    pub blocks: Option<Vec<Uint8Array>>,
}

/// A request without an answer.
#[napi(object)]
pub struct NativeFailureReport {
    /// Name and address; empty where no node was involved.
    pub node: String,
    /// The rows' code.
    pub code: i32,
    /// What happened.
    pub message: String,
    /// Rows of the batch.
    pub rows: Uint32Array,
    /// Whether one of the rows may have been written all the same.
    pub in_doubt: bool,
}

impl From<FailedRequest> for NativeFailureReport {
    fn from(failed: FailedRequest) -> Self {
        Self {
            node: failed.node,
            code: failed.code,
            message: failed.message,
            rows: Uint32Array::new(failed.rows),
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
#[napi(object)]
pub struct NativeOutcome {
    /// Missing, lossy, mismatched of every field, one after the other; empty where there is nothing to count.
    pub conversions: Vec<f64>,
    /// By field and type, where there are any.
    pub mismatches: Vec<NativeMismatches>,
    /// What view cells speak of: block number to bytes.
    #[napi(ts_type = "Uint8Array<ArrayBuffer>[]")]
    pub blocks: Vec<Uint8Array>,
    /// Requests without an answer.
    pub failures: Vec<NativeFailureReport>,
    /// Rows with code 0.
    pub ok: f64,
    /// Only with `onLoss: 'throw'`.
    pub loss: Option<NativeLoss>,
    /// Of a write: the rows that may have been written although no answer says so, where there are any.
    pub in_doubt: Option<Uint32Array>,
}

/// A columnar read or write that is ready to run.
struct Job {
    client: Client,
    keys: KeySource,
    table: Arc<Table>,
    work: Work,
    abort: CancellationToken,
    /// Whose fields a loss names.
    dtype: Arc<Dtype>,
    /// JavaScript's buffer cannot be collected while this exists.
    buffer: Uint8Array,
}

enum Work {
    Read(ReadRequest),
    Write(WriteRequest),
}

impl Job {
    /// Checks the arguments of a read and takes the buffer's memory.
    fn read(
        env: &Env,
        client: Client,
        keys: KeySource,
        dtype: &NativeDtype,
        mut buffer: Uint8Array,
        options: NativeReadOptions,
    ) -> Checked<Self> {
        let layout = dtype.place(keys.len(), options.layout, options.align)?;
        let policy = ReadPolicy::from(options.policy.unwrap_or_default()).columnar();
        let request = ReadRequest::new(dtype.dtype.fields(), options.bins.as_deref(), policy)?;
        let abort = CancellationToken::new();
        let table_options = TableOptions { on_loss: options.on_loss.into(), now: now_seconds() };
        let table = lend(env, &dtype.dtype, layout, &mut buffer, table_options, &abort)?;
        let work = Work::Read(request);
        Ok(Self { client, keys, table, work, abort, dtype: Arc::clone(&dtype.dtype), buffer })
    }

    /// Checks the arguments of a write, copies the columns and takes the memory for the codes.
    fn write(
        env: &Env,
        client: Client,
        keys: Arc<PackedKeys>,
        dtype: &NativeDtype,
        columns: &Uint8Array,
        mut result: Uint8Array,
        options: NativeColumnarWrite,
    ) -> Checked<Self> {
        let rows = keys.len();
        let layout = dtype.place(rows, options.layout, options.align)?;
        // The caller may change its columns while the write runs, so the requests are made from a copy.
        let blocks = options.blocks.iter().flatten().map(|block| block.to_vec()).collect();
        let source = Source::new(Arc::clone(&dtype.dtype), layout, columns.to_vec(), blocks);
        let source = Arc::new(source.map_err(|error| invalid(error.to_string()))?);
        let policy = WritePolicy::from(options.policy.unwrap_or_default());
        let request = WriteRequest {
            source,
            attributes: policy.attributes()?,
            send_key: policy.send_key,
            policy: policy.columnar(),
        };
        let codes = Arc::new(Dtype::parse(&[]).map_err(|error| invalid(error.to_string()))?);
        let layout =
            NativeDtype { dtype: Arc::clone(&codes) }.place(rows, NativeLayoutKind::Columns, false)?;
        let abort = CancellationToken::new();
        let table_options = TableOptions { on_loss: OnLoss::Allow, now: now_seconds() };
        let table = lend(env, &codes, layout, &mut result, table_options, &abort)?;
        let (keys, work) = (KeySource::Packed(keys), Work::Write(request));
        Ok(Self { client, keys, table, work, abort, dtype: codes, buffer: result })
    }

    /// The batch as a call. The buffer's reference comes back with the outcome, to be released on the JavaScript thread.
    fn into_call(self) -> NativeCall {
        let Self { client, keys, table, work, abort, dtype, buffer } = self;
        let ended = abort.clone();
        let run = async move {
            let ended = match work {
                Work::Read(request) => client.batch_read(keys, Arc::clone(&table), request, &abort).await,
                Work::Write(request) => client.batch_write(keys, Arc::clone(&table), request, &abort).await,
            };
            // However the batch ended, nobody may write once JavaScript knows of it.
            table.close();
            Ok(Done { outcome: ended?, dtype, _buffer: buffer })
        };
        NativeCall::ending_itself(ended, run, |_, done| Ok(NativeOutcome::from(done)))
    }
}

/// A columnar read as a call.
pub fn read_call(
    env: &Env,
    client: Client,
    keys: KeySource,
    dtype: &NativeDtype,
    buffer: Uint8Array,
    options: NativeReadOptions,
) -> Checked<NativeCall> {
    Ok(Job::read(env, client, keys, dtype, buffer, options)?.into_call())
}

/// A columnar write as a call.
pub fn write_call(
    env: &Env,
    client: Client,
    keys: Arc<PackedKeys>,
    dtype: &NativeDtype,
    columns: &Uint8Array,
    result: Uint8Array,
    options: NativeColumnarWrite,
) -> Checked<NativeCall> {
    Ok(Job::write(env, client, keys, dtype, columns, result, options)?.into_call())
}

/// Lends JavaScript's buffer to the threads that fill it. The caller keeps `buffer` for as long as the table is open.
pub fn lend(
    env: &Env,
    dtype: &Dtype,
    layout: Layout,
    buffer: &mut Uint8Array,
    options: TableOptions,
    abort: &CancellationToken,
) -> Checked<Arc<Table>> {
    // SAFETY: nobody else reads or writes the memory, see below.
    let bytes = unsafe { buffer.as_mut() };
    let (base, size) = (bytes.as_mut_ptr(), bytes.len());
    freed::keep(size);
    // SAFETY: what the contract of `RawMemory::new` asks for is kept like this.
    // * allocated and writable: the job, or the stream, holds `buffer`, a reference, so the engine keeps the memory until
    //   they and what they become are gone; before the environment is torn down, `Running` closes the table.
    // * nobody else reads or writes: `src` has made the ArrayBuffer and hands it out only when the promise has settled,
    //   which is after the batch or the stream has closed the table; the blocking door does not return before.
    // * any thread: the memory is plain bytes.
    let memory = unsafe { RawMemory::new(base, size) };
    let table = Table::new(dtype, layout, memory, options).map_err(|error| invalid(error.to_string()))?;
    Running::of_this_thread(env)?.add(&table, abort);
    Ok(table)
}

/// A batch that has ended.
struct Done {
    outcome: BatchOutcome,
    dtype: Arc<Dtype>,
    _buffer: Uint8Array,
}

impl From<Done> for NativeOutcome {
    fn from(done: Done) -> Self {
        let BatchOutcome { ok, conversions, mismatches, blocks, first_loss, failures, in_doubt } =
            done.outcome;
        let is_sound = conversions.iter().all(|counts| *counts == Conversions::default());
        Self {
            conversions: if is_sound { Vec::new() } else { counts_of(&conversions) },
            mismatches: mismatches.into_iter().map(NativeMismatches::from).collect(),
            blocks: blocks.into_iter().map(Uint8Array::new).collect(),
            failures: failures.into_iter().map(NativeFailureReport::from).collect(),
            ok: ok as f64,
            in_doubt: (!in_doubt.is_empty()).then(|| Uint32Array::new(in_doubt)),
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

/// The tables of one environment that may still be written.
#[derive(Default)]
struct Running(Mutex<Vec<(Weak<Table>, CancellationToken)>>);

impl Running {
    /// The list of this thread's environment. Made on first use, together with the hook that stops all writers before
    /// the engine frees its memory: `process.exit()` or `worker.terminate()` in the middle of a batch is ordinary.
    fn of_this_thread(env: &Env) -> Result<Arc<Self>> {
        thread_local! {
            static RUNNING: RefCell<Option<Arc<Running>>> = const { RefCell::new(None) };
        }
        if let Some(running) = RUNNING.with_borrow(Clone::clone) {
            return Ok(running);
        }
        let running = Arc::new(Self::default());
        env.add_env_cleanup_hook(Arc::clone(&running), |running| {
            running.stop();
            RUNNING.set(None);
        })?;
        RUNNING.set(Some(Arc::clone(&running)));
        Ok(running)
    }

    fn add(&self, table: &Arc<Table>, abort: &CancellationToken) {
        let mut tables = self.lock();
        tables.retain(|(table, _)| table.strong_count() > 0);
        tables.push((Arc::downgrade(table), abort.clone()));
    }

    fn stop(&self) {
        for (table, abort) in self.lock().drain(..) {
            abort.cancel();
            if let Some(table) = table.upgrade() {
                table.close();
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(Weak<Table>, CancellationToken)>> {
        self.0.lock()
    }
}
