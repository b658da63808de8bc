//! Calls on many keys.

use std::sync::Arc;

use aerostride_core::{Effect, PackedKeys, ReadPolicy, RowTerms, RowWork, WritePolicy, WrittenRecords};
use napi::Env;
use napi::bindgen_prelude::{External, Object, Result, Uint8Array};
use napi_derive::napi;

use super::NativeClient;
use crate::batch::{NativeColumnarWrite, NativeReadOptions, read_call, write_call};
use crate::call::NativeCall;
use crate::dtype::NativeDtype;
use crate::error::{Checked, thrown};
use crate::keys::{AnyKeys, NativeKeys, key_source, packed_keys};
use crate::policy::{NativeReadPolicy, NativeWritePolicy};
use crate::records::{
    JsRecord, NativeOperation, NativeRowTerms, NativeWorkedRows, NativeWrittenRecords, many_bins_of, ops_of,
};
use crate::udfs::NativeUdf;

#[napi]
impl NativeClient {
    /// Fills `buffer` with the columns of a dtype; null when there is nothing else to say.
    #[napi(ts_return_type = "NativeCallOf<NativeOutcome | null>", catch_unwind)]
    pub fn batch_read(
        &self,
        env: &Env,
        #[napi(ts_arg_type = "NativeKeyList | NativeKeys | Uint8Array")] keys: AnyKeys,
        #[napi(ts_arg_type = "NativeDtype")] dtype: &External<NativeDtype>,
        buffer: Uint8Array,
        options: Option<NativeReadOptions>,
    ) -> Result<NativeCall> {
        thrown(env, || read_call(env, self.client.clone(), key_source(keys)?, dtype, buffer, options))
    }

    /// Writes columns laid out in `buffer`; `result` takes codes and generations, in the layout of a dtype without
    /// fields.
    #[napi(ts_return_type = "NativeCallOf<NativeOutcome>", catch_unwind)]
    #[allow(clippy::too_many_arguments, reason = "JavaScript's side is one call in src")]
    pub fn batch_write(
        &self,
        env: &Env,
        #[napi(ts_arg_type = "NativeKeyList | NativeKeys | Uint8Array")] keys: AnyKeys,
        #[napi(ts_arg_type = "NativeDtype")] dtype: &External<NativeDtype>,
        buffer: Uint8Array,
        result: Uint8Array,
        options: NativeColumnarWrite,
    ) -> Result<NativeCall> {
        let client = self.client.clone();
        thrown(env, || write_call(env, client, packed_keys(keys)?, dtype, &buffer, result, options))
    }

    /// Reads records.
    #[napi(ts_return_type = "NativeCallOf<NativeRecord[]>", catch_unwind)]
    pub fn batch_read_records(
        &self,
        env: &Env,
        #[napi(ts_arg_type = "NativeKeyList | NativeKeys | Uint8Array")] keys: AnyKeys,
        bins: Option<Vec<String>>,
        policy: Option<NativeReadPolicy>,
    ) -> Result<NativeCall> {
        let (client, policy) = (self.client.clone(), policy.unwrap_or_default());
        thrown(env, || {
            let (keys, integers, policy) =
                (packed_keys(keys)?, policy.integers(), ReadPolicy::from(policy).records());
            let read = async move { client.batch_records(&keys, bins, &policy).await };
            Ok(NativeCall::giving_records(Effect::Reads, read, move |_, records| {
                Ok(records.into_iter().map(|record| JsRecord(record, integers)).collect::<Vec<_>>())
            }))
        })
    }

    /// Writes many records in one batch.
    #[napi(
        ts_args_type = "keys: NativeKeys, records: Record<string, unknown>[], terms: NativeRowTerms, policy?: NativeWritePolicy | null",
        ts_return_type = "NativeCallOf<NativeWrittenRecords>",
        catch_unwind
    )]
    pub fn put_many(
        &self,
        env: &Env,
        keys: NativeKeys,
        records: Vec<Object<'_>>,
        terms: NativeRowTerms,
        policy: Option<NativeWritePolicy>,
    ) -> Result<NativeCall> {
        let (client, policy) = (self.client.clone(), policy.unwrap_or_default());
        thrown(env, || {
            let (keys, bins) = (keys.pack()?, many_bins_of(&records)?);
            let (policy, terms) = (WritePolicy::from(policy), RowTerms::from(terms));
            let written = async move { client.put_many(&keys, bins, terms, &policy).await };
            Ok(NativeCall::writing(written, |_, written| Ok(NativeWrittenRecords::from(written))))
        })
    }

    /// Runs operations on many records: those of row i on that of key i, or the only ones on all.
    #[napi(ts_return_type = "NativeCallOf<NativeWorkedRows>", catch_unwind)]
    pub fn batch_operate(
        &self,
        env: &Env,
        #[napi(ts_arg_type = "NativeKeyList | NativeKeys | Uint8Array")] keys: AnyKeys,
        operations: Vec<Vec<NativeOperation<'_>>>,
        terms: NativeRowTerms,
        policy: Option<NativeWritePolicy>,
    ) -> Result<NativeCall> {
        thrown(env, || {
            let work = operations.into_iter().map(|ops| Ok(RowWork::Operate(ops_of(ops)?)));
            let work = work.collect::<Checked<Vec<_>>>()?;
            Ok(self.work(packed_keys(keys)?, work, terms, policy.unwrap_or_default()))
        })
    }

    /// Applies functions to many records: that of row i to that of key i, or the only one to all.
    #[napi(ts_return_type = "NativeCallOf<NativeWorkedRows>", catch_unwind)]
    pub fn batch_apply(
        &self,
        env: &Env,
        #[napi(ts_arg_type = "NativeKeyList | NativeKeys | Uint8Array")] keys: AnyKeys,
        udfs: Vec<NativeUdf<'_>>,
        terms: NativeRowTerms,
        policy: Option<NativeWritePolicy>,
    ) -> Result<NativeCall> {
        thrown(env, || {
            let work = udfs.into_iter().map(|udf| Ok(RowWork::Apply(udf.convert()?)));
            let work = work.collect::<Checked<Vec<_>>>()?;
            Ok(self.work(packed_keys(keys)?, work, terms, policy.unwrap_or_default()))
        })
    }

    /// Deletes many records.
    #[napi(ts_return_type = "NativeCallOf<NativeWrittenRecords>", catch_unwind)]
    pub fn batch_remove(
        &self,
        env: &Env,
        #[napi(ts_arg_type = "NativeKeyList | NativeKeys | Uint8Array")] keys: AnyKeys,
        terms: NativeRowTerms,
        policy: Option<NativeWritePolicy>,
    ) -> Result<NativeCall> {
        let (client, policy) = (self.client.clone(), WritePolicy::from(policy.unwrap_or_default()));
        thrown(env, || {
            let (keys, terms) = (packed_keys(keys)?, RowTerms::from(terms));
            let removed = async move { client.work_on(&keys, vec![RowWork::Remove], terms, &policy).await };
            Ok(NativeCall::writing(removed, |_, rows| {
                Ok(NativeWrittenRecords::from(WrittenRecords::from(rows)))
            }))
        })
    }
}

impl NativeClient {
    fn work(
        &self,
        keys: Arc<PackedKeys>,
        work: Vec<RowWork>,
        terms: NativeRowTerms,
        policy: NativeWritePolicy,
    ) -> NativeCall {
        let (client, integers) = (self.client.clone(), policy.integers());
        let (terms, policy) = (RowTerms::from(terms), WritePolicy::from(policy));
        let effect = RowWork::effect(&work);
        let worked = async move { client.work_on(&keys, work, terms, &policy).await };
        NativeCall::giving_records(effect, worked, move |_, rows| Ok(NativeWorkedRows::new(rows, integers)))
    }
}
