use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use aerostride_core::{Client, ConnectOptions, WrittenRecords};
use napi::Env;
use napi::bindgen_prelude::{BigInt, Object, Result, Uint8Array};
use napi_derive::napi;

use crate::abort::{NativeAbort, unless_aborted};
use crate::batch::{Job, NativeColumnarWrite, NativeOutcome, NativeReadOptions};
use crate::dtype::NativeDtype;
use crate::keys::{AnyKeys, NativeKeys, key_source, packed_keys};
use crate::options::{NativeConnectOptions, NativePolicy, NativeWritePolicy};
use crate::records::{JsRecord, NativeWrittenRecords, bins_of, many_bins_of, ops_of};
use crate::runtime::{block, promise, runtime};
use crate::stats::NativeStats;

/// A connected client. Every method has a promise form and a blocking one over the same work.
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
    #[napi(ts_return_type = "Promise<NativeClient>", catch_unwind)]
    pub fn connect(env: &Env, options: NativeConnectOptions) -> Result<Object<'_>> {
        promise(env, Client::connect(ConnectOptions::try_from(options)?), |_, client| Ok(Self { client }))
    }

    /// Connects, and blocks until done.
    #[napi(factory, catch_unwind)]
    pub fn connect_sync(options: NativeConnectOptions) -> Result<Self> {
        block(Client::connect(ConnectOptions::try_from(options)?)).map(|client| Self { client })
    }

    /// Fills `buffer` with the columns of a dtype.
    #[napi(ts_return_type = "Promise<NativeOutcome>", catch_unwind)]
    pub fn batch_read<'env>(
        &self,
        env: &'env Env,
        #[napi(ts_arg_type = "NativeKeyList | NativeKeys")] keys: AnyKeys<'_>,
        dtype: &NativeDtype,
        buffer: Uint8Array,
        options: NativeReadOptions<'_>,
    ) -> Result<Object<'env>> {
        let job = Job::read(env, self.client.clone(), key_source(&keys)?, dtype, buffer, options)?;
        promise(env, job.run(), |_, done| Ok(NativeOutcome::from(done)))
    }

    /// Fills `buffer`, and blocks until done.
    #[napi(catch_unwind)]
    pub fn batch_read_sync(
        &self,
        env: &Env,
        #[napi(ts_arg_type = "NativeKeyList | NativeKeys")] keys: AnyKeys<'_>,
        dtype: &NativeDtype,
        buffer: Uint8Array,
        options: NativeReadOptions<'_>,
    ) -> Result<NativeOutcome> {
        let job = Job::read(env, self.client.clone(), key_source(&keys)?, dtype, buffer, options)?;
        block(job.run()).map(NativeOutcome::from)
    }

    /// Reads records.
    #[napi(ts_return_type = "Promise<NativeRecord[]>", catch_unwind)]
    pub fn batch_read_records<'env>(
        &self,
        env: &'env Env,
        #[napi(ts_arg_type = "NativeKeyList | NativeKeys")] keys: AnyKeys<'_>,
        bins: Option<Vec<String>>,
        policy: Option<NativePolicy>,
        abort: Option<&NativeAbort>,
    ) -> Result<Object<'env>> {
        promise(env, unless_aborted(abort, self.records(&keys, bins, policy)?), |_, records| Ok(records))
    }

    /// Reads records, and blocks until done.
    #[napi(ts_return_type = "NativeRecord[]", catch_unwind)]
    pub fn batch_read_records_sync(
        &self,
        #[napi(ts_arg_type = "NativeKeyList | NativeKeys")] keys: AnyKeys<'_>,
        bins: Option<Vec<String>>,
        policy: Option<NativePolicy>,
    ) -> Result<Vec<JsRecord>> {
        block(self.records(&keys, bins, policy)?)
    }

    /// Writes a record.
    #[napi(
        ts_args_type = "key: NativeKeys, bins: Record<string, unknown>, policy?: NativeWritePolicy | null, abort?: NativeAbort | null",
        ts_return_type = "Promise<void>",
        catch_unwind
    )]
    pub fn put<'env>(
        &self,
        env: &'env Env,
        key: NativeKeys,
        bins: Object<'_>,
        policy: Option<NativeWritePolicy>,
        abort: Option<&NativeAbort>,
    ) -> Result<Object<'env>> {
        promise(env, unless_aborted(abort, self.write(&key, &bins, policy)?), |_, ()| Ok(()))
    }

    /// Writes a record, and blocks until done.
    #[napi(
        ts_args_type = "key: NativeKeys, bins: Record<string, unknown>, policy?: NativeWritePolicy | null",
        catch_unwind
    )]
    pub fn put_sync(
        &self,
        key: NativeKeys,
        bins: Object<'_>,
        policy: Option<NativeWritePolicy>,
    ) -> Result<()> {
        block(self.write(&key, &bins, policy)?)
    }

    /// Writes many records in one batch.
    #[napi(
        ts_args_type = "keys: NativeKeys, records: Record<string, unknown>[], policy?: NativeWritePolicy | null, abort?: NativeAbort | null",
        ts_return_type = "Promise<NativeWrittenRecords>",
        catch_unwind
    )]
    pub fn put_many<'env>(
        &self,
        env: &'env Env,
        keys: NativeKeys,
        records: Vec<Object<'_>>,
        policy: Option<NativeWritePolicy>,
        abort: Option<&NativeAbort>,
    ) -> Result<Object<'env>> {
        let written = unless_aborted(abort, self.write_many(&keys, &records, policy)?);
        promise(env, written, |_, written| Ok(NativeWrittenRecords::from(written)))
    }

    /// Writes many records, and blocks until done.
    #[napi(
        ts_args_type = "keys: NativeKeys, records: Record<string, unknown>[], policy?: NativeWritePolicy | null",
        catch_unwind
    )]
    pub fn put_many_sync(
        &self,
        keys: NativeKeys,
        records: Vec<Object<'_>>,
        policy: Option<NativeWritePolicy>,
    ) -> Result<NativeWrittenRecords> {
        block(self.write_many(&keys, &records, policy)?).map(NativeWrittenRecords::from)
    }

    /// Reads a record; null when there is none.
    #[napi(ts_return_type = "Promise<NativeRecord | null>", catch_unwind)]
    pub fn get<'env>(
        &self,
        env: &'env Env,
        key: NativeKeys,
        bins: Option<Vec<String>>,
        policy: Option<NativePolicy>,
        abort: Option<&NativeAbort>,
    ) -> Result<Object<'env>> {
        promise(env, unless_aborted(abort, self.read(&key, bins, policy)?), |_, record| Ok(record))
    }

    /// Reads a record, and blocks until done.
    #[napi(ts_return_type = "NativeRecord | null", catch_unwind)]
    pub fn get_sync(
        &self,
        key: NativeKeys,
        bins: Option<Vec<String>>,
        policy: Option<NativePolicy>,
    ) -> Result<Option<JsRecord>> {
        block(self.read(&key, bins, policy)?)
    }

    /// Whether a record exists.
    #[napi(ts_return_type = "Promise<boolean>", catch_unwind)]
    pub fn exists<'env>(
        &self,
        env: &'env Env,
        key: NativeKeys,
        policy: Option<NativePolicy>,
        abort: Option<&NativeAbort>,
    ) -> Result<Object<'env>> {
        promise(env, unless_aborted(abort, self.has(&key, policy)?), |_, found| Ok(found))
    }

    /// Whether a record exists; blocks until known.
    #[napi(catch_unwind)]
    pub fn exists_sync(&self, key: NativeKeys, policy: Option<NativePolicy>) -> Result<bool> {
        block(self.has(&key, policy)?)
    }

    /// Renews a record's ttl.
    #[napi(ts_return_type = "Promise<void>", catch_unwind)]
    pub fn touch<'env>(
        &self,
        env: &'env Env,
        key: NativeKeys,
        policy: Option<NativeWritePolicy>,
        abort: Option<&NativeAbort>,
    ) -> Result<Object<'env>> {
        promise(env, unless_aborted(abort, self.renew(&key, policy)?), |_, ()| Ok(()))
    }

    /// Renews a record's ttl, and blocks until done.
    #[napi(catch_unwind)]
    pub fn touch_sync(&self, key: NativeKeys, policy: Option<NativeWritePolicy>) -> Result<()> {
        block(self.renew(&key, policy)?)
    }

    /// Deletes a record; whether there was one.
    #[napi(ts_return_type = "Promise<boolean>", catch_unwind)]
    pub fn remove<'env>(
        &self,
        env: &'env Env,
        key: NativeKeys,
        policy: Option<NativeWritePolicy>,
        abort: Option<&NativeAbort>,
    ) -> Result<Object<'env>> {
        promise(env, unless_aborted(abort, self.delete(&key, policy)?), |_, found| Ok(found))
    }

    /// Deletes a record, and blocks until done.
    #[napi(catch_unwind)]
    pub fn remove_sync(&self, key: NativeKeys, policy: Option<NativeWritePolicy>) -> Result<bool> {
        block(self.delete(&key, policy)?)
    }

    /// Runs operations on a record.
    #[napi(
        ts_args_type = "key: NativeKeys, operations: { op: string, bin?: string, value?: unknown }[], policy?: NativeWritePolicy | null, abort?: NativeAbort | null",
        ts_return_type = "Promise<NativeRecord>",
        catch_unwind
    )]
    pub fn operate<'env>(
        &self,
        env: &'env Env,
        key: NativeKeys,
        operations: Vec<Object<'_>>,
        policy: Option<NativeWritePolicy>,
        abort: Option<&NativeAbort>,
    ) -> Result<Object<'env>> {
        promise(env, unless_aborted(abort, self.run(&key, operations, policy)?), |_, record| Ok(record))
    }

    /// Runs operations on a record, and blocks until done.
    #[napi(
        ts_args_type = "key: NativeKeys, operations: { op: string, bin?: string, value?: unknown }[], policy?: NativeWritePolicy | null",
        ts_return_type = "NativeRecord",
        catch_unwind
    )]
    pub fn operate_sync(
        &self,
        key: NativeKeys,
        operations: Vec<Object<'_>>,
        policy: Option<NativeWritePolicy>,
    ) -> Result<JsRecord> {
        block(self.run(&key, operations, policy)?)
    }

    /// Asks all nodes, or one, for info values: node name to info name to value.
    #[napi(ts_return_type = "Promise<Record<string, Record<string, string>>>", catch_unwind)]
    pub fn info<'env>(
        &self,
        env: &'env Env,
        names: Vec<String>,
        node: Option<String>,
        abort: Option<&NativeAbort>,
    ) -> Result<Object<'env>> {
        let client = self.client.clone();
        let asked = async move { client.info(&names, node.as_deref()).await };
        promise(env, unless_aborted(abort, asked), |_, replies| Ok(js_info(replies)))
    }

    /// Asks nodes for info values, and blocks until done.
    #[napi(ts_return_type = "Record<string, Record<string, string>>", catch_unwind)]
    pub fn info_sync(&self, names: Vec<String>, node: Option<String>) -> Result<JsInfo> {
        block(self.client.info(&names, node.as_deref())).map(js_info)
    }

    /// Deletes the records of a set, or with an empty one of the whole namespace, that were written before a time: ns since
    /// 1970; 0 is now.
    #[napi(ts_return_type = "Promise<void>", catch_unwind)]
    pub fn truncate<'env>(
        &self,
        env: &'env Env,
        namespace: String,
        set: String,
        before_nanos: BigInt,
        abort: Option<&NativeAbort>,
    ) -> Result<Object<'env>> {
        let (client, before) = (self.client.clone(), before_nanos.get_u64().1);
        let emptied = async move { client.truncate(&namespace, chosen_set(&set), before).await };
        promise(env, unless_aborted(abort, emptied), |_, ()| Ok(()))
    }

    /// Deletes records, and blocks until done.
    #[napi(catch_unwind)]
    pub fn truncate_sync(&self, namespace: String, set: String, before_nanos: BigInt) -> Result<()> {
        block(self.client.truncate(&namespace, chosen_set(&set), before_nanos.get_u64().1))
    }

    /// Writes columns laid out in `buffer`; `result` takes codes and generations, in the layout of a dtype without
    /// fields.
    #[napi(ts_return_type = "Promise<NativeOutcome>", catch_unwind)]
    #[allow(clippy::too_many_arguments, reason = "JavaScript's side is one call in src")]
    pub fn batch_write<'env>(
        &self,
        env: &'env Env,
        #[napi(ts_arg_type = "NativeKeyList | NativeKeys")] keys: AnyKeys<'_>,
        dtype: &NativeDtype,
        buffer: Uint8Array,
        result: Uint8Array,
        options: NativeColumnarWrite<'_>,
    ) -> Result<Object<'env>> {
        let job = Job::write(env, self.client.clone(), packed_keys(&keys)?, dtype, &buffer, result, options)?;
        promise(env, job.run(), |_, done| Ok(NativeOutcome::from(done)))
    }

    /// Writes columns, and blocks until done.
    #[napi(catch_unwind)]
    pub fn batch_write_sync(
        &self,
        env: &Env,
        #[napi(ts_arg_type = "NativeKeyList | NativeKeys")] keys: AnyKeys<'_>,
        dtype: &NativeDtype,
        buffer: Uint8Array,
        result: Uint8Array,
        options: NativeColumnarWrite<'_>,
    ) -> Result<NativeOutcome> {
        let job = Job::write(env, self.client.clone(), packed_keys(&keys)?, dtype, &buffer, result, options)?;
        block(job.run()).map(NativeOutcome::from)
    }

    /// What the client has done so far.
    #[napi(catch_unwind)]
    pub fn stats(&self) -> NativeStats {
        self.client.stats().into()
    }

    /// Closes; running batches reject.
    #[napi(ts_return_type = "Promise<void>", catch_unwind)]
    pub fn close<'env>(&self, env: &'env Env) -> Result<Object<'env>> {
        let client = self.client.clone();
        promise(
            env,
            async move {
                client.close().await;
                Ok(())
            },
            |_, ()| Ok(()),
        )
    }

    /// Closes, and blocks until done.
    #[napi(catch_unwind)]
    pub fn close_sync(&self) -> Result<()> {
        block(async {
            self.client.close().await;
            Ok(())
        })
    }
}

type CoreResult<T> = std::result::Result<T, aerostride_core::Error>;

impl NativeClient {
    fn records(
        &self,
        keys: &AnyKeys<'_>,
        bins: Option<Vec<String>>,
        policy: Option<NativePolicy>,
    ) -> Result<impl Future<Output = CoreResult<Vec<JsRecord>>> + Send + use<>> {
        let (client, keys) = (self.client.clone(), Arc::clone(&packed_keys(keys)?));
        let policy = policy.unwrap_or_default();
        let (policy, integers) = (policy.records()?, policy.integers());
        Ok(async move {
            let records = client.batch_records(&keys, bins, &policy).await?;
            Ok(records.into_iter().map(|record| JsRecord(record, integers)).collect())
        })
    }

    fn write(
        &self,
        key: &NativeKeys,
        bins: &Object<'_>,
        policy: Option<NativeWritePolicy>,
    ) -> Result<impl Future<Output = CoreResult<()>> + Send + use<>> {
        let (client, key, bins) = (self.client.clone(), key.pack_one()?, bins_of(bins, "bins")?);
        let policy = policy.unwrap_or_default().convert()?;
        Ok(async move { client.put(&key, bins, &policy).await })
    }

    fn write_many(
        &self,
        keys: &NativeKeys,
        records: &[Object<'_>],
        policy: Option<NativeWritePolicy>,
    ) -> Result<impl Future<Output = CoreResult<WrittenRecords>> + Send + use<>> {
        let (client, keys, bins) = (self.client.clone(), keys.pack()?, many_bins_of(records)?);
        let (policy, row_policy) = policy.unwrap_or_default().many()?;
        Ok(async move { client.put_many(&keys, bins, &policy, &row_policy).await })
    }

    fn has(
        &self,
        key: &NativeKeys,
        policy: Option<NativePolicy>,
    ) -> Result<impl Future<Output = CoreResult<bool>> + Send + use<>> {
        let (client, key, policy) =
            (self.client.clone(), key.pack_one()?, policy.unwrap_or_default().single()?);
        Ok(async move { client.exists(&key, &policy).await })
    }

    fn renew(
        &self,
        key: &NativeKeys,
        policy: Option<NativeWritePolicy>,
    ) -> Result<impl Future<Output = CoreResult<()>> + Send + use<>> {
        let (client, key, policy) =
            (self.client.clone(), key.pack_one()?, policy.unwrap_or_default().convert()?);
        Ok(async move { client.touch(&key, &policy).await })
    }

    fn delete(
        &self,
        key: &NativeKeys,
        policy: Option<NativeWritePolicy>,
    ) -> Result<impl Future<Output = CoreResult<bool>> + Send + use<>> {
        let (client, key, policy) =
            (self.client.clone(), key.pack_one()?, policy.unwrap_or_default().convert()?);
        Ok(async move { client.remove(&key, &policy).await })
    }

    fn run(
        &self,
        key: &NativeKeys,
        operations: Vec<Object<'_>>,
        policy: Option<NativeWritePolicy>,
    ) -> Result<impl Future<Output = CoreResult<JsRecord>> + Send + use<>> {
        let (client, key, ops) = (self.client.clone(), key.pack_one()?, ops_of(operations)?);
        let policy = policy.unwrap_or_default();
        let (policy, integers) = (policy.convert()?, policy.integers());
        Ok(async move { Ok(JsRecord::read(client.operate(&key, ops, &policy).await?, integers)) })
    }

    fn read(
        &self,
        key: &NativeKeys,
        bins: Option<Vec<String>>,
        policy: Option<NativePolicy>,
    ) -> Result<impl Future<Output = CoreResult<Option<JsRecord>>> + Send + use<>> {
        let (client, key) = (self.client.clone(), key.pack_one()?);
        let policy = policy.unwrap_or_default();
        let (policy, integers) = (policy.single()?, policy.integers());
        Ok(async move {
            let record = client.get(&key, bins, &policy).await?;
            Ok(record.map(|record| JsRecord::read(record, integers)))
        })
    }
}

fn chosen_set(set: &str) -> Option<&str> {
    (!set.is_empty()).then_some(set)
}

type JsInfo = HashMap<String, HashMap<String, String>>;

fn js_info(replies: BTreeMap<String, BTreeMap<String, String>>) -> JsInfo {
    replies.into_iter().map(|(node, values)| (node, values.into_iter().collect())).collect()
}
