//! Records to and from JavaScript.

use aerostride_core::aerospike::{Bin, Value};
use aerostride_core::{
    Computed, Inside, InsideOf, Operated, Record, RecordOp, RecordOutcome, RowTerms, WorkedRows,
    WrittenRecords, codes,
};
use napi::Env;
use napi::bindgen_prelude::{
    Int32Array, JsObjectValue, JsValue, Null, Object, Result, ToNapiValue, Uint8Array, Uint32Array, Unknown,
};
use napi_derive::napi;

use crate::array::TypedArray;
use crate::error::{Checked, Fault, invalid};
use crate::outcome::NativeFailureReport;
use crate::value::{Integers, define_all, from_value, js, name_of, own_names, property, to_value};

/// Bins of a record to be written; `path` names them in errors.
pub fn bins_of(object: &Object<'_>, path: &str) -> Checked<Vec<Bin>> {
    own_names(object)?
        .into_iter()
        .map(|name| {
            let value = to_value(&property(object, &name)?, &format!("{path}.{name}"), 0)?;
            Ok(Bin::new(name, value))
        })
        .collect()
}

/// Bins of many records to be written.
pub fn many_bins_of(records: &[Object<'_>]) -> Checked<Vec<Vec<Bin>>> {
    records.iter().enumerate().map(|(row, bins)| bins_of(bins, &format!("records[{row}][1]"))).collect()
}

/// What one step of an `operate` call does.
#[napi(string_enum = "camelCase")]
#[derive(Clone, Copy)]
pub enum NativeOperator {
    Read,
    Header,
    Write,
    Add,
    Append,
    Prepend,
    Compute,
    WriteComputed,
    List,
    Map,
    Bits,
    Hll,
    Touch,
    Delete,
}

/// One step of an `operate` call.
#[napi(object, object_to_js = false)]
pub struct NativeOperation<'env> {
    /// See [`NativeOperator`].
    pub op: NativeOperator,
    /// The bin, where one is named.
    pub bin: Option<String>,
    /// The value to store, add or attach; the arguments of an operation on the inside of a bin, as an array.
    #[napi(ts_type = "unknown")]
    pub value: Option<Unknown<'env>>,
    /// The bytes of the expression to compute.
    pub expression: Option<Uint8Array>,
    /// The server's flags of an operation with an expression.
    pub flags: Option<u32>,
    /// The protocol's number of an operation on the inside of a bin.
    pub code: Option<u8>,
    /// The packed steps to what such an operation is about.
    pub context: Option<Uint8Array>,
}

/// The operations of an `operate` call.
pub fn ops_of(list: Vec<NativeOperation<'_>>) -> Checked<Vec<RecordOp>> {
    list.into_iter().enumerate().map(|(position, operation)| op_of(position, operation)).collect()
}

fn op_of(position: usize, operation: NativeOperation<'_>) -> Checked<RecordOp> {
    let NativeOperation { op, bin, value, expression, flags, code, context } = operation;
    let missing = |what: &str| invalid(format!("operations[{position}].{what} is missing"));
    let stored = |bin: Option<String>| {
        let (bin, value) = (bin.ok_or_else(|| missing("bin"))?, value.ok_or_else(|| missing("value"))?);
        Ok::<_, Fault>(Bin::new(bin, to_value(&value, &format!("operations[{position}].value"), 0)?))
    };
    let computed = |bin: Option<String>| {
        let (name, bytes) =
            (bin.ok_or_else(|| missing("bin"))?, expression.ok_or_else(|| missing("expression"))?);
        Ok::<_, Fault>(Computed { name, expression: bytes.to_vec(), flags: flags.unwrap_or_default().into() })
    };
    let inside = |content: InsideOf, bin: Option<String>| {
        let Bin { name: bin, value } = stored(bin)?;
        let Value::List(arguments) = value else { return Err(missing("value")) };
        let code = code.ok_or_else(|| missing("code"))?;
        let context = context.map(|bytes| bytes.to_vec()).unwrap_or_default();
        Ok::<_, Fault>(RecordOp::Inside(Inside { content, code, bin, arguments, context }))
    };
    Ok(match op {
        NativeOperator::Read => bin.map_or(RecordOp::ReadAll, RecordOp::Read),
        NativeOperator::Header => RecordOp::ReadHeader,
        NativeOperator::Write => RecordOp::Write(stored(bin)?),
        NativeOperator::Add => RecordOp::Add(stored(bin)?),
        NativeOperator::Append => RecordOp::Append(stored(bin)?),
        NativeOperator::Prepend => RecordOp::Prepend(stored(bin)?),
        NativeOperator::Compute => RecordOp::Compute(computed(bin)?),
        NativeOperator::WriteComputed => RecordOp::WriteComputed(computed(bin)?),
        NativeOperator::List => inside(InsideOf::List, bin)?,
        NativeOperator::Map => inside(InsideOf::Map, bin)?,
        NativeOperator::Bits => inside(InsideOf::Bits, bin)?,
        NativeOperator::Hll => inside(InsideOf::Hll, bin)?,
        NativeOperator::Touch => RecordOp::Touch,
        NativeOperator::Delete => RecordOp::Delete,
    })
}

/// A record as JavaScript gets it; made on the JavaScript thread.
pub struct JsRecord(pub RecordOutcome, pub Integers);

impl JsRecord {
    /// A record that was read.
    pub fn read(record: Record, integers: Integers) -> Self {
        Self(RecordOutcome { result_code: codes::OK, record: Some(record) }, integers)
    }
}

/// What rows of a batch have of their own.
#[napi(object, object_to_js = false)]
#[derive(Default)]
pub struct NativeRowTerms {
    /// Seconds per row, as in the policy.
    pub ttls: Option<Int32Array>,
    /// The generation that each record must have.
    pub generations: Option<Uint32Array>,
}

impl From<NativeRowTerms> for RowTerms {
    fn from(given: NativeRowTerms) -> Self {
        Self {
            ttls: given.ttls.map(|ttls| ttls.iter().map(|ttl| i64::from(*ttl)).collect()),
            generations: given.generations.map(|generations| generations.to_vec()),
        }
    }
}

/// What became of the rows of a batch that reads and writes.
#[napi(object, object_from_js = false)]
pub struct NativeWorkedRows {
    /// Per row.
    #[napi(ts_type = "NativeRecord[]")]
    pub records: Vec<JsRecord>,
    /// Requests without an answer.
    pub failures: Vec<NativeFailureReport>,
    /// The rows that may have been changed although no answer says so.
    #[napi(ts_type = "Uint32Array<ArrayBuffer>")]
    pub in_doubt: TypedArray<u32>,
}

impl NativeWorkedRows {
    /// Rows whose integers become what `integers` says.
    pub fn new(rows: WorkedRows, integers: Integers) -> Self {
        Self {
            records: rows.outcomes.into_iter().map(|row| JsRecord(row, integers)).collect(),
            failures: rows.failures.into_iter().map(NativeFailureReport::from).collect(),
            in_doubt: rows.in_doubt.into(),
        }
    }
}

/// What became of the rows of a write of many records.
#[napi(object, object_from_js = false)]
pub struct NativeWrittenRecords {
    /// Per row.
    #[napi(ts_type = "Int32Array<ArrayBuffer>")]
    pub result_codes: TypedArray<i32>,
    /// Generations, per row.
    #[napi(js_name = "gen", ts_type = "Uint32Array<ArrayBuffer>")]
    pub generations: TypedArray<u32>,
    /// Requests without an answer.
    pub failures: Vec<NativeFailureReport>,
    /// The rows that may have been written although no answer says so.
    #[napi(ts_type = "Uint32Array<ArrayBuffer>")]
    pub in_doubt: TypedArray<u32>,
}

impl From<WrittenRecords> for NativeWrittenRecords {
    fn from(written: WrittenRecords) -> Self {
        Self {
            result_codes: written.codes.into(),
            generations: written.generations.into(),
            in_doubt: written.in_doubt.into(),
            failures: written.failures.into_iter().map(NativeFailureReport::from).collect(),
        }
    }
}

impl ToNapiValue for JsRecord {
    unsafe fn to_napi_value(env: napi::sys::napi_env, val: Self) -> Result<napi::sys::napi_value> {
        let env_handle = Env::from_raw(env);
        let object = Object::new(&env_handle)?;
        let Self(RecordOutcome { result_code, record }, integers) = val;
        let (bins, generation, ttl) = match record {
            Some(Record { bins, generation, ttl }) => {
                (Some(bins_object(&env_handle, bins, integers)?), generation, ttl)
            }
            None => (None, 0, 0),
        };
        let bins = match bins {
            Some(bins) => bins.to_unknown(),
            None => js(&env_handle, Null)?,
        };
        let properties = [
            ("bins", bins),
            ("gen", js(&env_handle, generation)?),
            ("ttl", js(&env_handle, ttl)?),
            ("resultCode", js(&env_handle, result_code)?),
        ];
        let named = |(name, value)| Ok((name_of(&env_handle, name)?, value));
        define_all(&env_handle, &object, properties.into_iter().map(named))?;
        // SAFETY: the same env and thread that this function was called with.
        unsafe { Object::to_napi_value(env, object) }
    }
}

/// A record as operations left it, and what each of them answered.
pub struct JsOperated(pub Operated, pub Integers);

impl ToNapiValue for JsOperated {
    unsafe fn to_napi_value(env: napi::sys::napi_env, val: Self) -> Result<napi::sys::napi_value> {
        let Self(Operated { record, answers }, integers) = val;
        let env_handle = Env::from_raw(env);
        let answers =
            answers.map(|answers| from_value(&env_handle, Value::List(answers), integers)).transpose()?;
        // SAFETY: the same env and thread that this function was called with, and the object that was just made.
        unsafe {
            let raw = JsRecord::to_napi_value(env, JsRecord::read(record, integers))?;
            Object::from_raw(env, raw).set_named_property("answers", answers)?;
            Ok(raw)
        }
    }
}

/// The bins of a record as an object.
pub fn bins_object<'env>(
    env: &'env Env,
    bins: Vec<(String, Value)>,
    integers: Integers,
) -> Result<Object<'env>> {
    let object = Object::new(env)?;
    let property =
        |(name, value): (String, Value)| Ok((name_of(env, &name)?, from_value(env, value, integers)?));
    define_all(env, &object, bins.into_iter().map(property))?;
    Ok(object)
}
