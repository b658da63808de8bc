//! Records to and from JavaScript.

use aerostride_core::aerospike::Bin;
use aerostride_core::{Record, RecordOp, RecordOutcome, WrittenRecords, codes};
use napi::Env;
use napi::bindgen_prelude::{Int32Array, JsObjectValue, Object, Result, ToNapiValue, Uint32Array, Unknown};
use napi_derive::napi;

use crate::batch::NativeFailureReport;
use crate::error::invalid;
use crate::value::{Integers, define, from_value, to_value};

/// Bins of a record to be written; `path` names them in errors.
pub fn bins_of(object: &Object<'_>, path: &str) -> Result<Vec<Bin>> {
    Object::keys(object)?
        .into_iter()
        .map(|name| {
            let value =
                to_value(&object.get_named_property::<Unknown<'_>>(&name)?, &format!("{path}.{name}"), 0)?;
            Ok(Bin::new(name, value))
        })
        .collect()
}

/// Bins of many records to be written.
pub fn many_bins_of(records: &[Object<'_>]) -> Result<Vec<Vec<Bin>>> {
    records.iter().enumerate().map(|(row, bins)| bins_of(bins, &format!("records[{row}][1]"))).collect()
}

/// The operations of an `operate` call: objects with `op`, and `bin` and `value` where it needs them.
pub fn ops_of(list: Vec<Object<'_>>) -> Result<Vec<RecordOp>> {
    list.iter().enumerate().map(|(position, object)| op_of(position, object)).collect()
}

fn op_of(position: usize, object: &Object<'_>) -> Result<RecordOp> {
    let name: String = object.get::<String>("op")?.unwrap_or_default();
    let bin_name = || {
        let missing =
            || invalid(format!("operations[{position}].bin is missing; {name:?} needs the name of a bin"));
        object.get::<String>("bin")?.ok_or_else(missing)
    };
    let bin = || {
        let value = object.get_named_property::<Unknown<'_>>("value")?;
        Ok::<_, napi::Error>(Bin::new(
            bin_name()?,
            to_value(&value, &format!("operations[{position}].value"), 0)?,
        ))
    };
    Ok(match name.as_str() {
        "read" => match object.get::<String>("bin")? {
            Some(bin) => RecordOp::Read(bin),
            None => RecordOp::ReadAll,
        },
        "header" => RecordOp::ReadHeader,
        "write" => RecordOp::Write(bin()?),
        "add" => RecordOp::Add(bin()?),
        "append" => RecordOp::Append(bin()?),
        "prepend" => RecordOp::Prepend(bin()?),
        "touch" => RecordOp::Touch,
        "delete" => RecordOp::Delete,
        other => {
            return Err(invalid(format!(
                "operations[{position}].op is {other:?}; use 'read', 'header', 'write', 'add', 'append', 'prepend', 'touch' or 'delete'"
            )));
        }
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

/// What became of the rows of a write of many records.
#[napi(object)]
pub struct NativeWrittenRecords {
    /// Per row.
    pub result_codes: Int32Array,
    /// Generations, per row.
    #[napi(js_name = "gen")]
    pub generations: Uint32Array,
    /// Requests without an answer.
    pub failures: Vec<NativeFailureReport>,
}

impl From<WrittenRecords> for NativeWrittenRecords {
    fn from(written: WrittenRecords) -> Self {
        Self {
            result_codes: written.codes.into(),
            generations: written.generations.into(),
            failures: written.failures.into_iter().map(NativeFailureReport::from).collect(),
        }
    }
}

impl ToNapiValue for JsRecord {
    unsafe fn to_napi_value(env: napi::sys::napi_env, val: Self) -> Result<napi::sys::napi_value> {
        let env_handle = Env::from_raw(env);
        let mut object = Object::new(&env_handle)?;
        let Self(RecordOutcome { result_code, record }, integers) = val;
        let (bins, generation, ttl) = match record {
            Some(Record { bins, generation, ttl }) => {
                (Some(bins_object(&env_handle, bins, integers)?), generation, ttl)
            }
            None => (None, 0, 0),
        };
        object.set_named_property("bins", bins)?;
        object.set_named_property("gen", generation)?;
        object.set_named_property("ttl", ttl)?;
        object.set_named_property("resultCode", result_code)?;
        // SAFETY: the same env and thread that this function was called with.
        unsafe { Object::to_napi_value(env, object) }
    }
}

fn bins_object<'env>(
    env: &'env Env,
    bins: Vec<(String, aerostride_core::aerospike::Value)>,
    integers: Integers,
) -> Result<Object<'env>> {
    let mut object = Object::new(env)?;
    for (name, value) in bins {
        let value = from_value(env, value, integers)?;
        define(env, &mut object, &name, value)?;
    }
    Ok(object)
}
