//! Calls on one record.

use std::sync::Arc;

use aerostride_core::{Client, Effect, Error, PackedKeys, ReadPolicy, Record, RecordOp, WritePolicy};
use napi::Env;
use napi::bindgen_prelude::{Object, Result};
use napi_derive::napi;

use super::NativeClient;
use crate::call::{Converts, NativeCall, begun};
use crate::error::{Checked, thrown};
use crate::found::{JsFound, Maker, MakesShape};
use crate::keys::NativeKey;
use crate::policy::{NativeReadPolicy, NativeWritePolicy};
use crate::records::{JsOperated, NativeOperation, bins_of, ops_of};
use crate::value::Integers;

/// A record to be read.
pub(super) struct Get {
    client: Client,
    key: PackedKeys,
    bins: Option<Vec<String>>,
    policy: ReadPolicy,
    integers: Integers,
}

impl Get {
    pub(super) fn new(
        client: &Client,
        key: NativeKey,
        bins: Option<Vec<String>>,
        policy: Option<NativeReadPolicy>,
    ) -> Checked<Self> {
        let policy = policy.unwrap_or_default();
        let (client, key, integers) = (client.clone(), key.pack()?, policy.integers());
        Ok(Self { client, key, bins, policy: ReadPolicy::from(policy), integers })
    }

    async fn read(self) -> std::result::Result<Option<Record>, Error> {
        self.client.read(&self.key, self.bins, &self.policy).await
    }

    async fn read_by_the_crate(self) -> std::result::Result<Option<Record>, Error> {
        self.client.get(&self.key, self.bins, &self.policy.single()).await
    }

    /// Makes JavaScript's value of what is read.
    fn convert(&self, maker: Option<Arc<Maker>>) -> impl Converts<Option<Record>, Option<JsFound>> + use<> {
        let integers = self.integers;
        move |_, found: Option<Record>| Ok(found.map(|record| JsFound { record, integers, maker }))
    }

    fn into_call(self, maker: Option<Arc<Maker>>) -> NativeCall {
        let convert = self.convert(maker);
        if self.policy.is_plain() {
            NativeCall::new(self.read(), convert)
        } else {
            NativeCall::giving_records(Effect::Reads, self.read_by_the_crate(), convert)
        }
    }

    pub(super) fn begin(self, env: &Env, maker: Option<Arc<Maker>>) -> Checked<Object<'_>> {
        if self.policy.is_plain() {
            let convert = self.convert(maker);
            return begun(env, self.read(), convert);
        }
        Ok(self.into_call(maker).promise(env)?)
    }
}

/// Whether a record exists.
pub(super) fn exists(
    client: Client,
    key: NativeKey,
    policy: Option<NativeReadPolicy>,
) -> Checked<NativeCall> {
    let (key, policy) = (key.pack()?, ReadPolicy::from(policy.unwrap_or_default()));
    let found = async move {
        match policy.is_plain() {
            true => client.has(&key, &policy).await,
            false => client.exists(&key, &policy.single()).await,
        }
    };
    Ok(NativeCall::new(found, |_, found| Ok(found)))
}

#[napi]
impl NativeClient {
    /// Has a function make the records of `get`: of the names of bins it makes a function, and this one makes a record of its
    /// generation, its ttl and the values of these bins. Otherwise, and for records of many bins, their parts are given.
    #[napi(
        ts_args_type = "makesShape: (names: string[]) => (gen: number, ttl: number, ...values: unknown[]) => unknown",
        catch_unwind
    )]
    pub fn make_records_with(&self, makes_shape: MakesShape) {
        // A second one is not taken: a client is made for one realm.
        let _ = self.maker.set(Arc::new(Maker::new(makes_shape)));
    }

    /// Reads a record; null when there is none.
    #[napi(ts_return_type = "NativeCallOf<NativeFound | null>", catch_unwind)]
    pub fn get(
        &self,
        env: &Env,
        #[napi(ts_arg_type = "NativeKey | Uint8Array")] key: NativeKey,
        bins: Option<Vec<String>>,
        policy: Option<NativeReadPolicy>,
    ) -> Result<NativeCall> {
        let get = thrown(env, || Get::new(&self.client, key, bins, policy))?;
        Ok(get.into_call(self.maker.get().cloned()))
    }

    /// Whether a record exists.
    #[napi(ts_return_type = "NativeCallOf<boolean>", catch_unwind)]
    pub fn exists(
        &self,
        env: &Env,
        #[napi(ts_arg_type = "NativeKey | Uint8Array")] key: NativeKey,
        policy: Option<NativeReadPolicy>,
    ) -> Result<NativeCall> {
        thrown(env, || exists(self.client.clone(), key, policy))
    }

    /// Writes a record.
    #[napi(
        ts_args_type = "key: NativeKey, bins: Record<string, unknown>, policy?: NativeWritePolicy | null",
        ts_return_type = "NativeCallOf<void>",
        catch_unwind
    )]
    pub fn put(
        &self,
        env: &Env,
        key: NativeKey,
        bins: Object<'_>,
        policy: Option<NativeWritePolicy>,
    ) -> Result<NativeCall> {
        let (client, policy) = (self.client.clone(), policy.unwrap_or_default());
        thrown(env, || {
            let (key, bins, policy) =
                (key.pack()?, bins_of(&bins, "bins")?, WritePolicy::from(policy).single()?);
            Ok(NativeCall::writing(async move { client.put(&key, bins, &policy).await }, |_, ()| Ok(())))
        })
    }

    /// Renews a record's ttl.
    #[napi(ts_return_type = "NativeCallOf<void>", catch_unwind)]
    pub fn touch(
        &self,
        env: &Env,
        #[napi(ts_arg_type = "NativeKey")] key: NativeKey,
        policy: Option<NativeWritePolicy>,
    ) -> Result<NativeCall> {
        let (client, policy) = (self.client.clone(), policy.unwrap_or_default());
        thrown(env, || {
            let (key, policy) = (key.pack()?, WritePolicy::from(policy).single()?);
            Ok(NativeCall::writing(async move { client.touch(&key, &policy).await }, |_, ()| Ok(())))
        })
    }

    /// Deletes a record; whether there was one.
    #[napi(ts_return_type = "NativeCallOf<boolean>", catch_unwind)]
    pub fn remove(
        &self,
        env: &Env,
        #[napi(ts_arg_type = "NativeKey")] key: NativeKey,
        policy: Option<NativeWritePolicy>,
    ) -> Result<NativeCall> {
        let (client, policy) = (self.client.clone(), policy.unwrap_or_default());
        thrown(env, || {
            let (key, policy) = (key.pack()?, WritePolicy::from(policy).single()?);
            Ok(NativeCall::writing(async move { client.remove(&key, &policy).await }, |_, found| Ok(found)))
        })
    }

    /// Runs operations on a record; with `each` the server answers every one of them.
    #[napi(ts_return_type = "NativeCallOf<NativeOperated>", catch_unwind)]
    pub fn operate(
        &self,
        env: &Env,
        #[napi(ts_arg_type = "NativeKey")] key: NativeKey,
        operations: Vec<NativeOperation<'_>>,
        policy: Option<NativeWritePolicy>,
        each: Option<bool>,
    ) -> Result<NativeCall> {
        let (client, policy) = (self.client.clone(), policy.unwrap_or_default());
        thrown(env, || {
            let (key, ops) = (key.pack()?, ops_of(operations)?);
            let (integers, policy) = (policy.integers(), WritePolicy::from(policy).single()?);
            let effect = RecordOp::effect(&ops);
            let each = each == Some(true);
            let done = async move { client.operate(&key, ops, each, &policy).await };
            Ok(NativeCall::giving_records(effect, done, move |_, done| Ok(JsOperated(done, integers))))
        })
    }
}
