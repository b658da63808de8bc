use std::sync::Arc;

use aerostride_core::{Client, ConnectOptions, RecordOutcome, codes};
use napi::Env;
use napi::bindgen_prelude::{Object, Result, Uint8Array};
use napi_derive::napi;

use crate::batch::{Job, NativeOutcome, NativeReadOptions};
use crate::dtype::NativeDtype;
use crate::keys::{AnyKeys, NativeKeys, key_source, packed_keys};
use crate::options::{NativeConnectOptions, NativePolicy, NativeWritePolicy};
use crate::records::{JsRecord, bins_of};
use crate::runtime::{block, promise, runtime};

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
        promise(env, Client::connect(ConnectOptions::from(options)), |_, client| Ok(Self { client }))
    }

    /// Connects, and blocks until done.
    #[napi(factory, catch_unwind)]
    pub fn connect_sync(options: NativeConnectOptions) -> Result<Self> {
        block(Client::connect(ConnectOptions::from(options))).map(|client| Self { client })
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
        let job = Job::new(env, self.client.clone(), key_source(&keys)?, dtype, buffer, options)?;
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
        let job = Job::new(env, self.client.clone(), key_source(&keys)?, dtype, buffer, options)?;
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
    ) -> Result<Object<'env>> {
        promise(env, self.records(&keys, bins, policy)?, |_, records| Ok(js_records(records)))
    }

    /// Reads records, and blocks until done.
    #[napi(ts_return_type = "NativeRecord[]", catch_unwind)]
    pub fn batch_read_records_sync(
        &self,
        #[napi(ts_arg_type = "NativeKeyList | NativeKeys")] keys: AnyKeys<'_>,
        bins: Option<Vec<String>>,
        policy: Option<NativePolicy>,
    ) -> Result<Vec<JsRecord>> {
        block(self.records(&keys, bins, policy)?).map(js_records)
    }

    /// Writes a record.
    #[napi(
        ts_args_type = "key: NativeKeys, bins: Record<string, unknown>, policy?: NativeWritePolicy | null",
        ts_return_type = "Promise<void>",
        catch_unwind
    )]
    pub fn put<'env>(
        &self,
        env: &'env Env,
        key: NativeKeys,
        bins: Object<'_>,
        policy: Option<NativeWritePolicy>,
    ) -> Result<Object<'env>> {
        promise(env, self.write(&key, &bins, policy)?, |_, ()| Ok(()))
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

    /// Reads a record; null when there is none.
    #[napi(ts_return_type = "Promise<NativeRecord | null>", catch_unwind)]
    pub fn get<'env>(
        &self,
        env: &'env Env,
        key: NativeKeys,
        bins: Option<Vec<String>>,
        policy: Option<NativePolicy>,
    ) -> Result<Object<'env>> {
        promise(env, self.read(&key, bins, policy)?, |_, record| Ok(record.map(JsRecord)))
    }

    /// Reads a record, and blocks until done.
    #[napi(ts_return_type = "NativeRecord | null", catch_unwind)]
    pub fn get_sync(
        &self,
        key: NativeKeys,
        bins: Option<Vec<String>>,
        policy: Option<NativePolicy>,
    ) -> Result<Option<JsRecord>> {
        block(self.read(&key, bins, policy)?).map(|record| record.map(JsRecord))
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
    ) -> Result<impl Future<Output = CoreResult<Vec<RecordOutcome>>> + Send + use<>> {
        let (client, keys) = (self.client.clone(), Arc::clone(&packed_keys(keys)?));
        let policy = policy.unwrap_or_default().records()?;
        Ok(async move { client.batch_records(&keys, bins, &policy).await })
    }

    fn write(
        &self,
        key: &NativeKeys,
        bins: &Object<'_>,
        policy: Option<NativeWritePolicy>,
    ) -> Result<impl Future<Output = CoreResult<()>> + Send + use<>> {
        let (client, key, bins) = (self.client.clone(), key.pack_one()?, bins_of(bins)?);
        let policy = policy.unwrap_or_default().convert()?;
        Ok(async move { client.put(&key, bins, &policy).await })
    }

    fn read(
        &self,
        key: &NativeKeys,
        bins: Option<Vec<String>>,
        policy: Option<NativePolicy>,
    ) -> Result<impl Future<Output = CoreResult<Option<RecordOutcome>>> + Send + use<>> {
        let (client, key) = (self.client.clone(), key.pack_one()?);
        let policy = policy.unwrap_or_default().single()?;
        Ok(async move {
            let record = client.get(&key, bins, &policy).await?;
            Ok(record.map(|record| RecordOutcome { result_code: codes::OK, record: Some(record) }))
        })
    }
}

fn js_records(records: Vec<RecordOutcome>) -> Vec<JsRecord> {
    records.into_iter().map(JsRecord).collect()
}
