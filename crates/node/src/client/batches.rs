//! Calls on many keys.

use aerostride_core::{Effect, ReadPolicy, WritePolicy};
use napi::Env;
use napi::bindgen_prelude::{Object, Result, Uint8Array};
use napi_derive::napi;

use super::NativeClient;
use crate::batch::{NativeColumnarWrite, NativeReadOptions, read_call, write_call};
use crate::call::NativeCall;
use crate::dtype::NativeDtype;
use crate::error::thrown;
use crate::keys::{AnyKeys, NativeKeys, key_source, packed_keys};
use crate::policy::{NativeReadPolicy, NativeWritePolicy};
use crate::records::{JsRecord, NativeWrittenRecords, many_bins_of};

#[napi]
impl NativeClient {
    /// Fills `buffer` with the columns of a dtype.
    #[napi(ts_return_type = "NativeCallOf<NativeOutcome>", catch_unwind)]
    pub fn batch_read(
        &self,
        env: &Env,
        #[napi(ts_arg_type = "NativeKeyList | NativeKeys")] keys: AnyKeys<'_>,
        dtype: &NativeDtype,
        buffer: Uint8Array,
        options: NativeReadOptions,
    ) -> Result<NativeCall> {
        thrown(env, || read_call(env, self.client.clone(), key_source(&keys)?, dtype, buffer, options))
    }

    /// Writes columns laid out in `buffer`; `result` takes codes and generations, in the layout of a dtype without
    /// fields.
    #[napi(ts_return_type = "NativeCallOf<NativeOutcome>", catch_unwind)]
    #[allow(clippy::too_many_arguments, reason = "JavaScript's side is one call in src")]
    pub fn batch_write(
        &self,
        env: &Env,
        #[napi(ts_arg_type = "NativeKeyList | NativeKeys")] keys: AnyKeys<'_>,
        dtype: &NativeDtype,
        buffer: Uint8Array,
        result: Uint8Array,
        options: NativeColumnarWrite,
    ) -> Result<NativeCall> {
        let client = self.client.clone();
        thrown(env, || write_call(env, client, packed_keys(&keys)?, dtype, &buffer, result, options))
    }

    /// Reads records.
    #[napi(ts_return_type = "NativeCallOf<NativeRecord[]>", catch_unwind)]
    pub fn batch_read_records(
        &self,
        env: &Env,
        #[napi(ts_arg_type = "NativeKeyList | NativeKeys")] keys: AnyKeys<'_>,
        bins: Option<Vec<String>>,
        policy: Option<NativeReadPolicy>,
    ) -> Result<NativeCall> {
        let (client, policy) = (self.client.clone(), policy.unwrap_or_default());
        thrown(env, || {
            let (keys, integers, policy) =
                (packed_keys(&keys)?, policy.integers(), ReadPolicy::from(policy).records());
            let read = async move { client.batch_records(&keys, bins, &policy).await };
            Ok(NativeCall::giving_records(Effect::Reads, read, move |_, records| {
                Ok(records.into_iter().map(|record| JsRecord(record, integers)).collect::<Vec<_>>())
            }))
        })
    }

    /// Writes many records in one batch.
    #[napi(
        ts_args_type = "keys: NativeKeys, records: Record<string, unknown>[], policy?: NativeWritePolicy | null",
        ts_return_type = "NativeCallOf<NativeWrittenRecords>",
        catch_unwind
    )]
    pub fn put_many(
        &self,
        env: &Env,
        keys: NativeKeys,
        records: Vec<Object<'_>>,
        policy: Option<NativeWritePolicy>,
    ) -> Result<NativeCall> {
        let (client, policy) = (self.client.clone(), policy.unwrap_or_default());
        thrown(env, || {
            let (keys, bins) = (keys.pack()?, many_bins_of(&records)?);
            let (policy, row_policy) = WritePolicy::from(policy).rows()?;
            let written = async move { client.put_many(&keys, bins, &policy, &row_policy).await };
            Ok(NativeCall::writing(written, |_, written| Ok(NativeWrittenRecords::from(written))))
        })
    }
}
