//! The class `NativeClient`: connecting, closing, and what concerns the cluster. Further methods are in the files beside.

mod admin;
mod batches;
mod begins;
mod records;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use aerostride_core::{Client, ConnectOptions};
use napi::Env;
use napi::bindgen_prelude::{BigInt, Result};
use napi_derive::napi;

use crate::call::NativeCall;
use crate::error::thrown;
use crate::found::Maker;
use crate::indexes::{NativeIndexDefinition, NativeIndexInfo};
use crate::options::NativeConnectOptions;
use crate::runtime::runtime;
use crate::stats::NativeStats;
use crate::stream::{NativeStream, NativeStreamOptions};

/// A connected client. Every method checks and converts its arguments and gives the call, which has not begun.
#[napi]
pub struct NativeClient {
    client: Client,
    /// Who makes records, once that is known.
    maker: OnceLock<Arc<Maker>>,
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
            Ok(NativeCall::new(connected, |_, client| Ok(Self { client, maker: OnceLock::new() })))
        })
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
