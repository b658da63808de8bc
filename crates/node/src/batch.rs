//! The columnar read, and the hand-over of JavaScript's memory to the threads that fill it.

use std::cell::RefCell;
use std::sync::{Arc, Weak};

use aerostride_columns::{
    Dtype, LayoutKind, OnLoss, Plan, RawMemory, Source, Table, TableError, TableOptions,
};
use aerostride_core::{
    CancellationToken, Client, KeySource, PackedKeys, ReadPolicy, ReadRequest, WritePolicy, WriteRequest,
    now_seconds,
};
use napi::Env;
use napi::bindgen_prelude::{Result, ToNapiValue, Uint8Array};
use napi_derive::napi;
use parking_lot::{Mutex, MutexGuard};

use crate::call::NativeCall;
use crate::dtype::{NativeDtype, NativeLayoutKind};
use crate::error::{Checked, invalid, out_of_range};
use crate::freed;
use crate::outcome::{Done, NativeOutcome};
use crate::policy::{NativeReadPolicy, NativeWritePolicy};
use crate::words::words;

words!(
    /// What a value does that does not fit its field.
    "camelCase" NativeOnLoss => OnLoss { Allow, Null, Throw }
);

/// How to read. Without it, columns and everything else as it is by default.
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

impl Default for NativeReadOptions {
    fn default() -> Self {
        Self {
            policy: None,
            layout: NativeLayoutKind::Columns,
            align: false,
            on_loss: NativeOnLoss::Allow,
            bins: None,
        }
    }
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
        options: Option<NativeReadOptions>,
    ) -> Checked<Self> {
        let options = options.unwrap_or_default();
        let plan = dtype.plan(keys.len(), options.layout, options.align)?;
        let policy = ReadPolicy::from(options.policy.unwrap_or_default()).columnar();
        let request = ReadRequest::new(&dtype.dtype, options.bins.as_deref(), policy)?;
        let abort = CancellationToken::new();
        let table_options = TableOptions { on_loss: options.on_loss.into(), now: now_seconds() };
        let table = lend(env, plan, &mut buffer, table_options, &abort, Table::new)?;
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
        let layout = dtype.plan(rows, options.layout, options.align)?.layout().clone();
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
        let plan =
            Plan::new(&codes, rows, LayoutKind::Columns).map_err(|error| out_of_range(error.to_string()))?;
        let abort = CancellationToken::new();
        let table_options = TableOptions { on_loss: OnLoss::Allow, now: now_seconds() };
        let table = lend(env, plan, &mut result, table_options, &abort, Table::new)?;
        let (keys, work) = (KeySource::Packed(keys), Work::Write(request));
        Ok(Self { client, keys, table, work, abort, dtype: codes, buffer: result })
    }

    /// The batch as a call. The buffer's reference comes back with the outcome, to be released on the JavaScript thread.
    fn into_call<V: ToNapiValue + 'static>(
        self,
        said: impl FnOnce(Done) -> V + Send + 'static,
    ) -> NativeCall {
        let Self { client, keys, table, work, abort, dtype, buffer } = self;
        let ended = abort.clone();
        let run = async move {
            let ended = match work {
                Work::Read(request) => client.batch_read(keys, Arc::clone(&table), request, &abort).await,
                Work::Write(request) => client.batch_write(keys, Arc::clone(&table), request, &abort).await,
            };
            // However the batch ended, nobody may write once JavaScript knows of it.
            table.close();
            Ok(Done::new(ended?, dtype, buffer))
        };
        NativeCall::ending_itself(ended, run, |_, done| Ok(said(done)))
    }
}

/// A columnar read as a call.
pub fn read_call(
    env: &Env,
    client: Client,
    keys: KeySource,
    dtype: &NativeDtype,
    buffer: Uint8Array,
    options: Option<NativeReadOptions>,
) -> Checked<NativeCall> {
    let job = Job::read(env, client, keys, dtype, buffer, options)?;
    Ok(job.into_call(|done| (!done.is_plain()).then(|| NativeOutcome::from(done))))
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
    Ok(Job::write(env, client, keys, dtype, columns, result, options)?.into_call(NativeOutcome::from))
}

/// Lends JavaScript's buffer to the threads that fill it. The caller keeps `buffer` for as long as the table is open.
pub fn lend(
    env: &Env,
    plan: Arc<Plan>,
    buffer: &mut Uint8Array,
    options: TableOptions,
    abort: &CancellationToken,
    make: impl FnOnce(Arc<Plan>, RawMemory, TableOptions) -> std::result::Result<Arc<Table>, TableError>,
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
    let table = make(plan, memory, options).map_err(|error| invalid(error.to_string()))?;
    Running::of_this_thread(env)?.add(&table, abort);
    Ok(table)
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
