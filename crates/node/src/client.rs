use std::collections::{BTreeMap, HashMap};

use aerostride_core::{Client, ConnectOptions, Effect, ReadPolicy, RecordOp, WritePolicy};
use napi::Env;
use napi::bindgen_prelude::{BigInt, Object, Result, Uint8Array};
use napi_derive::napi;

use crate::batch::{NativeColumnarWrite, NativeReadOptions, read_call, write_call};
use crate::call::NativeCall;
use crate::dtype::NativeDtype;
use crate::error::thrown;
use crate::indexes::{NativeIndexDefinition, NativeIndexInfo};
use crate::keys::{AnyKeys, NativeKeys, key_source, packed_keys};
use crate::options::NativeConnectOptions;
use crate::policy::{NativeReadPolicy, NativeWritePolicy};
use crate::records::{JsRecord, NativeOperation, NativeWrittenRecords, bins_of, many_bins_of, ops_of};
use crate::runtime::runtime;
use crate::stats::NativeStats;
use crate::stream::{NativeStream, NativeStreamOptions};

/// A connected client. Every method checks and converts its arguments and gives the call, which has not begun.
#[napi]
pub struct NativeClient {
    client: Client,
}

impl Drop for NativeClient {
    /// A client that was never closed ends with its object, so that no task and no connection outlives its users.
    fn drop(&mut self) {
        let client = self.client.clone();
        if let Ok(runtime) = runtime() {
            runtime.spawn(async move { client.close().await });
        }
    }
}

#[napi]
impl NativeClient {
    /// Connects.
    #[napi(ts_return_type = "NativeCallOf<NativeClient>", catch_unwind)]
    pub fn connect(env: &Env, options: NativeConnectOptions) -> Result<NativeCall> {
        thrown(env, || {
            let connected = Client::connect(ConnectOptions::try_from(options)?);
            Ok(NativeCall::new(connected, |_, client| Ok(Self { client })))
        })
    }

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

    /// A scan or query, which has not begun.
    #[napi(catch_unwind)]
    pub fn stream(&self, env: &Env, options: NativeStreamOptions) -> Result<NativeStream> {
        thrown(env, || NativeStream::open(&self.client, options))
    }

    /// Makes a secondary index and waits until it is ready.
    #[napi(ts_return_type = "NativeCallOf<void>", catch_unwind)]
    pub fn create_index(&self, definition: NativeIndexDefinition) -> NativeCall {
        let client = self.client.clone();
        NativeCall::new(async move { client.create_index(&definition.into()).await }, |_, ()| Ok(()))
    }

    /// Drops a secondary index; whether there was one.
    #[napi(ts_return_type = "NativeCallOf<boolean>", catch_unwind)]
    pub fn drop_index(&self, namespace: String, name: String) -> NativeCall {
        let client = self.client.clone();
        NativeCall::new(async move { client.drop_index(&namespace, &name).await }, |_, dropped| Ok(dropped))
    }

    /// The secondary indexes.
    #[napi(ts_return_type = "NativeCallOf<NativeIndexInfo[]>", catch_unwind)]
    pub fn indexes(&self, namespace: Option<String>) -> NativeCall {
        let client = self.client.clone();
        NativeCall::new(async move { client.indexes(namespace.as_deref()).await }, |_, indexes| {
            Ok(indexes.into_iter().map(NativeIndexInfo::from).collect::<Vec<_>>())
        })
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

    /// Reads a record; null when there is none.
    #[napi(ts_return_type = "NativeCallOf<NativeRecord | null>", catch_unwind)]
    pub fn get(
        &self,
        env: &Env,
        key: NativeKeys,
        bins: Option<Vec<String>>,
        policy: Option<NativeReadPolicy>,
    ) -> Result<NativeCall> {
        let (client, policy) = (self.client.clone(), policy.unwrap_or_default());
        thrown(env, || {
            let (key, integers, policy) =
                (key.pack_one()?, policy.integers(), ReadPolicy::from(policy).single());
            let read = async move { client.get(&key, bins, &policy).await };
            Ok(NativeCall::giving_records(Effect::Reads, read, move |_, found| {
                Ok(found.map(|record| JsRecord::read(record, integers)))
            }))
        })
    }

    /// Whether a record exists.
    #[napi(ts_return_type = "NativeCallOf<boolean>", catch_unwind)]
    pub fn exists(&self, env: &Env, key: NativeKeys, policy: Option<NativeReadPolicy>) -> Result<NativeCall> {
        let (client, policy) = (self.client.clone(), policy.unwrap_or_default());
        thrown(env, || {
            let (key, policy) = (key.pack_one()?, ReadPolicy::from(policy).single());
            Ok(NativeCall::new(async move { client.exists(&key, &policy).await }, |_, found| Ok(found)))
        })
    }

    /// Writes a record.
    #[napi(
        ts_args_type = "key: NativeKeys, bins: Record<string, unknown>, policy?: NativeWritePolicy | null",
        ts_return_type = "NativeCallOf<void>",
        catch_unwind
    )]
    pub fn put(
        &self,
        env: &Env,
        key: NativeKeys,
        bins: Object<'_>,
        policy: Option<NativeWritePolicy>,
    ) -> Result<NativeCall> {
        let (client, policy) = (self.client.clone(), policy.unwrap_or_default());
        thrown(env, || {
            let (key, bins, policy) =
                (key.pack_one()?, bins_of(&bins, "bins")?, WritePolicy::from(policy).single()?);
            Ok(NativeCall::writing(async move { client.put(&key, bins, &policy).await }, |_, ()| Ok(())))
        })
    }

    /// Renews a record's ttl.
    #[napi(ts_return_type = "NativeCallOf<void>", catch_unwind)]
    pub fn touch(&self, env: &Env, key: NativeKeys, policy: Option<NativeWritePolicy>) -> Result<NativeCall> {
        let (client, policy) = (self.client.clone(), policy.unwrap_or_default());
        thrown(env, || {
            let (key, policy) = (key.pack_one()?, WritePolicy::from(policy).single()?);
            Ok(NativeCall::writing(async move { client.touch(&key, &policy).await }, |_, ()| Ok(())))
        })
    }

    /// Deletes a record; whether there was one.
    #[napi(ts_return_type = "NativeCallOf<boolean>", catch_unwind)]
    pub fn remove(
        &self,
        env: &Env,
        key: NativeKeys,
        policy: Option<NativeWritePolicy>,
    ) -> Result<NativeCall> {
        let (client, policy) = (self.client.clone(), policy.unwrap_or_default());
        thrown(env, || {
            let (key, policy) = (key.pack_one()?, WritePolicy::from(policy).single()?);
            Ok(NativeCall::writing(async move { client.remove(&key, &policy).await }, |_, found| Ok(found)))
        })
    }

    /// Runs operations on a record.
    #[napi(ts_return_type = "NativeCallOf<NativeRecord>", catch_unwind)]
    pub fn operate(
        &self,
        env: &Env,
        key: NativeKeys,
        operations: Vec<NativeOperation<'_>>,
        policy: Option<NativeWritePolicy>,
    ) -> Result<NativeCall> {
        let (client, policy) = (self.client.clone(), policy.unwrap_or_default());
        thrown(env, || {
            let (key, ops) = (key.pack_one()?, ops_of(operations)?);
            let (integers, policy) = (policy.integers(), WritePolicy::from(policy).single()?);
            let effect = RecordOp::effect(&ops);
            let done = async move { client.operate(&key, ops, &policy).await };
            Ok(NativeCall::giving_records(effect, done, move |_, record| {
                Ok(JsRecord::read(record, integers))
            }))
        })
    }

    /// Asks all nodes, or one, for info values: node name to info name to value.
    #[napi(ts_return_type = "NativeCallOf<Record<string, Record<string, string>>>", catch_unwind)]
    pub fn info(&self, names: Vec<String>, node: Option<String>) -> NativeCall {
        let client = self.client.clone();
        let asked = async move { client.info(&names, node.as_deref()).await };
        NativeCall::new(asked, |_, replies| Ok(js_info(replies)))
    }

    /// Deletes the records of a set, or without one of the whole namespace, that were written before a time: ns since 1970;
    /// 0 is now.
    #[napi(
        ts_return_type = "NativeCallOf<void>",
        ts_args_type = "namespace: string, set: string | undefined, beforeNanos: bigint",
        catch_unwind
    )]
    pub fn truncate(&self, namespace: String, set: Option<String>, before_nanos: BigInt) -> NativeCall {
        let (client, before) = (self.client.clone(), before_nanos.get_u64().1);
        let emptied = async move { client.truncate(&namespace, set.as_deref(), before).await };
        NativeCall::writing(emptied, |_, ()| Ok(()))
    }

    /// What the client has done so far.
    #[napi(catch_unwind)]
    pub fn stats(&self) -> NativeStats {
        self.client.stats().into()
    }

    /// Closes; running batches reject.
    #[napi(ts_return_type = "NativeCallOf<void>", catch_unwind)]
    pub fn close(&self) -> NativeCall {
        let client = self.client.clone();
        let closed = async move {
            client.close().await;
            Ok(())
        };
        NativeCall::new(closed, |_, ()| Ok(()))
    }
}

/// '' for none.
type JsInfo = HashMap<String, HashMap<String, String>>;

fn js_info(replies: BTreeMap<String, BTreeMap<String, String>>) -> JsInfo {
    replies.into_iter().map(|(node, values)| (node, values.into_iter().collect())).collect()
}
