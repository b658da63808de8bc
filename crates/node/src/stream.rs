//! Scans and queries: JavaScript lends buffers, and gets them back filled.

use std::collections::HashMap;
use std::sync::Arc;

use aerostride_columns::{Dtype, KeyColumns, Table, TableOptions};
use aerostride_core::{
    CancellationToken, Client, Content, Cursor, Error, ErrorKind, Filled, IndexRangeOf, IndexSpec,
    ReadPolicy, RecordOutcome, Stream, StreamBins, StreamFailure, StreamOptions, codes, now_seconds,
};
use aerostride_wire::IndexType;
use napi::Env;
use napi::bindgen_prelude::{External, Result, Uint8Array, Uint16Array};
use napi_derive::napi;
use parking_lot::Mutex;

use crate::array::TypedArray;
use crate::batch::{NativeOnLoss, lend};
use crate::call::NativeCall;
use crate::dtype::{NativeBinRead, NativeDtype, NativeLayoutKind};
use crate::error::{Checked, thrown};
use crate::indexes::NativeIndexElements;
use crate::outcome::{NativeLoss, NativeMismatches, counts_of, loss_of};
use crate::policy::NativeReadPolicy;
use crate::records::JsRecord;
use crate::runtime::runtime;
use crate::turns::Turns;
use crate::value::Integers;

/// What is kept of the keys.
#[napi(string_enum = "lowercase")]
pub enum NativeKeyColumns {
    User,
    Digest,
    None,
}

impl From<NativeKeyColumns> for KeyColumns {
    fn from(given: NativeKeyColumns) -> Self {
        match given {
            NativeKeyColumns::User => Self::User,
            NativeKeyColumns::Digest => Self::Digest,
            NativeKeyColumns::None => Self::None,
        }
    }
}

/// Which index a query reads, and what it looks for.
#[napi(object, object_to_js = false)]
pub struct NativeIndexQuery {
    /// The bin; empty with a name or an expression.
    pub bin: String,
    /// The index's name.
    pub name: Option<String>,
    /// See [`NativeIndexElements`].
    pub elements: NativeIndexElements,
    /// The place inside the bin.
    pub context: Option<Uint8Array>,
    /// The indexed expression.
    pub expression: Option<Uint8Array>,
    /// Particle type of the values.
    pub particle: u8,
    /// The smallest value.
    pub begin: Uint8Array,
    /// The largest value.
    pub end: Uint8Array,
}

impl From<NativeIndexQuery> for IndexSpec {
    fn from(given: NativeIndexQuery) -> Self {
        let bytes = |bytes: Option<Uint8Array>| bytes.map(|bytes| bytes.to_vec());
        Self {
            bin: given.bin,
            name: given.name,
            index_type: match given.elements {
                NativeIndexElements::Whole => IndexType::Default,
                NativeIndexElements::List => IndexType::List,
                NativeIndexElements::MapKeys => IndexType::MapKeys,
                NativeIndexElements::MapValues => IndexType::MapValues,
            },
            context: bytes(given.context),
            expression: bytes(given.expression),
            range: IndexRangeOf {
                particle: given.particle,
                begin: given.begin.to_vec(),
                end: given.end.to_vec(),
            },
        }
    }
}

/// What to read, and how.
#[napi(object, object_to_js = false)]
pub struct NativeStreamOptions {
    /// Namespace.
    pub namespace: String,
    /// Set; empty for the whole namespace.
    pub set: String,
    /// The bins; all when absent.
    pub bins: Option<Vec<String>>,
    /// What is read into the fields of a dtype, in place of bins.
    pub reads: Option<Vec<NativeBinRead>>,
    /// Absent for a scan.
    pub index: Option<NativeIndexQuery>,
    /// A filter expression's bytes.
    pub filter: Option<Uint8Array>,
    /// The partitions, ascending; all when absent.
    pub partitions: Option<Uint16Array>,
    /// See [`NativeKeyColumns`].
    pub keys: NativeKeyColumns,
    /// Rows after which the stream ends; 0 for none.
    pub max_rows: f64,
    /// Records per second and node; 0 for none.
    pub records_per_second: u32,
    /// A cursor's text.
    pub after: Option<String>,
    /// See [`NativeReadPolicy`].
    pub policy: NativeReadPolicy,
}

fn stream_bins(bins: Option<Vec<String>>, reads: Option<&[NativeBinRead]>) -> StreamBins {
    match (bins, reads) {
        (_, Some(reads)) if !reads.is_empty() => StreamBins::Named(reads.iter().map(Into::into).collect()),
        (None, None) => StreamBins::All,
        (Some(names), _) if !names.is_empty() => {
            StreamBins::Named(names.into_iter().map(Into::into).collect())
        }
        _ => StreamBins::None,
    }
}

impl NativeStreamOptions {
    fn convert(self) -> Checked<StreamOptions> {
        let policy = ReadPolicy::from(self.policy);
        Ok(StreamOptions {
            bins: stream_bins(self.bins, self.reads.as_deref()),
            index: self.index.map(IndexSpec::from),
            filter: self.filter.map(|bytes| bytes.to_vec()).or_else(|| policy.filter_expression.clone()),
            partitions: self.partitions.map(|ids| ids.to_vec()),
            keys: self.keys.into(),
            max_rows: self.max_rows as u64,
            records_per_second: self.records_per_second,
            after: self.after.as_deref().map(Cursor::parse).transpose()?,
            policy: policy.stream(),
            ..StreamOptions::scan(&self.namespace, &self.set)
        })
    }
}

/// Memory that was lent, and what can shut it.
struct Lent {
    table: Arc<Table>,
    dtype: Arc<Dtype>,
    /// JavaScript's buffer cannot be collected while this exists.
    _buffer: Uint8Array,
}

type AllLent = Arc<Mutex<HashMap<u32, Lent>>>;

/// A scan or query. Its methods are called one at a time.
#[napi]
pub struct NativeStream {
    stream: Arc<Stream>,
    lent: AllLent,
    integers: Integers,
    /// From the first batch that was asked for to the end.
    turns: Mutex<Option<Turns>>,
    /// Ends the stream when the environment is torn down.
    ended: CancellationToken,
}

impl Drop for NativeStream {
    /// An object that nobody holds any more ends its stream; no thread may write into its buffers from then on.
    fn drop(&mut self) {
        self.end(Error::new(ErrorKind::Aborted, "the stream was dropped"));
    }
}

impl NativeStream {
    /// Checks and converts what is to be read.
    pub fn open(client: &Client, options: NativeStreamOptions) -> Checked<Self> {
        let integers = options.policy.integers();
        let _inside = runtime()?.enter();
        let stream = Arc::new(client.stream(options.convert()?)?);
        let (lent, turns, ended) = Default::default();
        Ok(Self { stream, lent, integers, turns, ended })
    }

    fn end(&self, reason: Error) {
        self.stream.close(reason);
        self.ended.cancel();
        let mut lent = self.lent.lock();
        lent.values().for_each(|lent| lent.table.close());
        lent.clear();
        self.turns.lock().take();
    }
}

#[napi]
impl NativeStream {
    /// How many batches should be lent at a time.
    #[napi(getter, catch_unwind)]
    pub fn wanted(&self) -> u32 {
        self.stream.wanted() as u32
    }

    /// Lends a buffer for so many rows of a dtype.
    #[napi(catch_unwind)]
    #[allow(clippy::too_many_arguments, reason = "JavaScript's side is one call in src")]
    pub fn lend_columns(
        &self,
        env: &Env,
        id: u32,
        #[napi(ts_arg_type = "NativeDtype")] dtype: &External<NativeDtype>,
        mut buffer: Uint8Array,
        rows: u32,
        layout: NativeLayoutKind,
        align: bool,
        on_loss: NativeOnLoss,
    ) -> Result<()> {
        thrown(env, || {
            let plan = dtype.plan(rows as usize, layout, align)?;
            let options = TableOptions { on_loss: on_loss.into(), now: now_seconds() };
            let table = lend(env, plan, &mut buffer, options, &self.ended, Table::to_append)?;
            let lent = Lent { table: Arc::clone(&table), dtype: Arc::clone(&dtype.dtype), _buffer: buffer };
            self.lent.lock().insert(id, lent);
            Ok(self.stream.lend_columns(id, &table, Arc::clone(&dtype.dtype))?)
        })
    }

    /// Asks for a batch of so many records.
    #[napi(catch_unwind)]
    pub fn lend_records(&self, id: u32, most: u32) {
        self.stream.lend_records(id, most as usize);
    }

    /// The next batch; null at the end.
    #[napi(ts_return_type = "NativeCallOf<NativeFilled | null>", catch_unwind)]
    pub fn next(&self) -> NativeCall {
        if !self.ended.is_cancelled() {
            self.turns.lock().get_or_insert_with(Turns::begin);
        }
        let (stream, lent, integers) = (Arc::clone(&self.stream), Arc::clone(&self.lent), self.integers);
        let convert = move |_, filled: Option<Filled>| {
            Ok(filled.map(|filled| NativeFilled::of(filled, &lent, integers)))
        };
        NativeCall::new(async move { stream.next().await }, convert).by_messenger()
    }

    /// Ends the stream. A call of `next` that waits rejects.
    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.end(Error::new(ErrorKind::Aborted, "the stream was closed"));
    }

    /// The text of the cursor behind everything that was delivered.
    #[napi(catch_unwind)]
    pub fn cursor(&self) -> String {
        self.stream.cursor().encode()
    }

    /// How far the stream has come.
    #[napi(catch_unwind)]
    pub fn progress(&self) -> NativeStreamProgress {
        let progress = self.stream.progress();
        NativeStreamProgress {
            rows: progress.rows as f64,
            bytes: progress.bytes as f64,
            partitions_done: progress.partitions_done as u32,
            partitions: progress.partitions as u32,
        }
    }

    /// Requests that failed.
    #[napi(catch_unwind)]
    pub fn failures(&self) -> Vec<NativeStreamFailure> {
        self.stream.failures().into_iter().map(NativeStreamFailure::from).collect()
    }
}

/// How far a stream has come.
#[napi(object, object_from_js = false)]
pub struct NativeStreamProgress {
    /// Rows delivered.
    pub rows: f64,
    /// Bytes received.
    pub bytes: f64,
    /// Partitions of which everything was delivered.
    pub partitions_done: u32,
    /// Partitions of the stream.
    pub partitions: u32,
}

/// A request that failed.
#[napi(object, object_from_js = false)]
pub struct NativeStreamFailure {
    /// Name and address; empty where no node was involved.
    pub node: String,
    /// The server's code, or one of the client's own.
    pub code: i32,
    /// What happened.
    pub message: String,
    /// How many partitions were asked for again.
    pub partitions: u32,
}

impl From<StreamFailure> for NativeStreamFailure {
    fn from(failure: StreamFailure) -> Self {
        let StreamFailure { node, code, message, partitions } = failure;
        Self { node, code, message, partitions: partitions as u32 }
    }
}

/// A batch that was filled.
#[napi(object, object_from_js = false)]
pub struct NativeFilled {
    /// The number under which it was lent.
    pub id: u32,
    /// Its rows; the buffer begins with the layout for these.
    pub rows: u32,
    /// Missing, lossy, mismatched of every field, one after the other.
    pub conversions: Vec<f64>,
    /// By field and type, where there are any.
    pub mismatches: Vec<NativeMismatches>,
    /// What view cells speak of: block number to bytes.
    #[napi(ts_type = "Uint8Array<ArrayBuffer>[]")]
    pub blocks: Vec<TypedArray<u8>>,
    /// Only with `onLoss: 'throw'`.
    pub loss: Option<NativeLoss>,
    /// Without a dtype.
    #[napi(ts_type = "NativeRecord[]")]
    pub records: Option<Vec<JsRecord>>,
    /// Per row the particle type of its user key, 0 without one.
    #[napi(ts_type = "Uint8Array<ArrayBuffer>")]
    pub key_types: TypedArray<u8>,
    /// Per row where its user key ends.
    #[napi(ts_type = "Uint32Array<ArrayBuffer>")]
    pub key_ends: TypedArray<u32>,
    /// The bytes of the user keys.
    #[napi(ts_type = "Uint8Array<ArrayBuffer>")]
    pub key_bytes: TypedArray<u8>,
    /// 20 bytes per row.
    #[napi(ts_type = "Uint8Array<ArrayBuffer>")]
    pub digests: TypedArray<u8>,
    /// The names of the sets.
    pub sets: Vec<String>,
    /// Per row the position of its set; empty for the first one.
    #[napi(ts_type = "Uint32Array<ArrayBuffer>")]
    pub set_of: TypedArray<u32>,
}

impl NativeFilled {
    fn of(filled: Filled, lent: &AllLent, integers: Integers) -> Self {
        let Filled { id, rows, content, keys } = filled;
        let lent = lent.lock().remove(&id);
        let (mut mismatches, mut blocks) = (Vec::new(), Vec::new());
        let (conversions, loss, records) = match content {
            Content::Columns(appended) => {
                let loss = appended.tally.first_loss.clone().zip(lent.as_ref());
                let loss = loss.map(|(loss, lent)| loss_of(loss, &lent.dtype));
                mismatches.extend(appended.tally.mismatches().into_iter().map(NativeMismatches::from));
                blocks.extend(appended.blocks.into_iter().map(TypedArray::from));
                (counts_of(&appended.tally.conversions()), loss, None)
            }
            Content::Records(records) => {
                let outcome = |record| RecordOutcome { result_code: codes::OK, record: Some(record) };
                let records = records.into_iter().map(|record| JsRecord(outcome(record), integers)).collect();
                (Vec::new(), None, Some(records))
            }
        };
        Self {
            id,
            rows: rows as u32,
            conversions,
            mismatches,
            blocks,
            loss,
            records,
            key_types: keys.kinds.into(),
            key_ends: keys.ends.into(),
            key_bytes: keys.bytes.into(),
            digests: keys.digests.into(),
            sets: keys.sets.iter().map(|set| String::from_utf8_lossy(set).into_owned()).collect(),
            set_of: keys.set_of.into(),
        }
    }
}
