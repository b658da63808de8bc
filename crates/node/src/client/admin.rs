//! Calls that administrate: modules, users, roles, nodes, jobs, the ends of transactions.

use std::time::Duration;

use aerostride_core::{UserOrder, WritePolicy};
use napi::Env;
use napi::bindgen_prelude::{Result, Uint8Array};
use napi_derive::napi;

use super::NativeClient;
use crate::background::{NativeJob, NativeJobOptions};
use crate::call::NativeCall;
use crate::error::thrown;
use crate::keys::NativeKey;
use crate::policy::NativeWritePolicy;
use crate::transactions::{NativeTransaction, NativeTransactionEnd};
use crate::udfs::{JsBinValue, NativeUdf, NativeUdfModule};
use crate::users::{NativeNode, NativePing, NativeRole, NativeUser, NativeUserOrder};

#[napi]
impl NativeClient {
    /// Gives the cluster a module of functions, and waits until every node has it.
    #[napi(ts_return_type = "NativeCallOf<void>", catch_unwind)]
    pub fn register_udf(&self, name: String, code: Uint8Array) -> NativeCall {
        let (client, code) = (self.client.clone(), code.to_vec());
        NativeCall::writing(async move { client.register_udf(&name, &code).await }, |_, ()| Ok(()))
    }

    /// Takes a module away; whether there was one.
    #[napi(ts_return_type = "NativeCallOf<boolean>", catch_unwind)]
    pub fn remove_udf(&self, name: String) -> NativeCall {
        let client = self.client.clone();
        NativeCall::writing(async move { client.remove_udf(&name).await }, |_, removed| Ok(removed))
    }

    /// The modules of the cluster.
    #[napi(ts_return_type = "NativeCallOf<NativeUdfModule[]>", catch_unwind)]
    pub fn udfs(&self) -> NativeCall {
        let client = self.client.clone();
        NativeCall::new(async move { client.udfs().await }, |_, modules| {
            Ok(modules.into_iter().map(NativeUdfModule::from).collect::<Vec<_>>())
        })
    }

    /// Applies a function to a record.
    #[napi(ts_return_type = "NativeCallOf<unknown>", catch_unwind)]
    pub fn apply(
        &self,
        env: &Env,
        #[napi(ts_arg_type = "NativeKey")] key: NativeKey,
        udf: NativeUdf<'_>,
        policy: Option<NativeWritePolicy>,
    ) -> Result<NativeCall> {
        let (client, policy) = (self.client.clone(), policy.unwrap_or_default());
        thrown(env, || {
            let (key, udf, integers) = (key.pack()?, udf.convert()?, policy.integers());
            let policy = WritePolicy::from(policy).single()?;
            let applied = async move { client.apply(&key, &udf, &policy).await };
            let effect = aerostride_core::Effect::Writes;
            Ok(NativeCall::giving_records(effect, applied, move |_, value| Ok(JsBinValue(value, integers))))
        })
    }

    /// Begins a job that the nodes do by themselves.
    #[napi(ts_return_type = "NativeCallOf<NativeJob>", catch_unwind)]
    pub fn begin_job(
        &self,
        env: &Env,
        options: NativeJobOptions<'_>,
        policy: Option<NativeWritePolicy>,
    ) -> Result<NativeCall> {
        let client = self.client.clone();
        thrown(env, || {
            let (scope, work) = options.convert()?;
            let policy = WritePolicy::from(policy.unwrap_or_default()).single()?;
            let begun = async move { client.begin_job(scope, work, &policy).await };
            Ok(NativeCall::writing(begun, |_, job| Ok(NativeJob::from(job))))
        })
    }

    /// Commits a transaction.
    #[napi(ts_return_type = "NativeCallOf<NativeTransactionEnd>", catch_unwind)]
    pub fn commit(&self, transaction: &NativeTransaction) -> NativeCall {
        let (client, transaction) = (self.client.clone(), transaction.shared());
        let ended = async move { client.commit(&transaction).await };
        NativeCall::writing(ended, |_, end| Ok(NativeTransactionEnd::from(end)))
    }

    /// Aborts a transaction.
    #[napi(ts_return_type = "NativeCallOf<NativeTransactionEnd>", catch_unwind)]
    pub fn roll_back(&self, transaction: &NativeTransaction) -> NativeCall {
        let (client, transaction) = (self.client.clone(), transaction.shared());
        let ended = async move { client.roll_back(&transaction).await };
        NativeCall::writing(ended, |_, end| Ok(NativeTransactionEnd::from(end)))
    }

    /// Changes a user or role.
    #[napi(ts_return_type = "NativeCallOf<void>", catch_unwind)]
    pub fn administrate(&self, order: NativeUserOrder) -> NativeCall {
        let (client, order) = (self.client.clone(), UserOrder::from(order));
        NativeCall::writing(async move { client.administrate(order).await }, |_, ()| Ok(()))
    }

    /// The users, or one of them.
    #[napi(ts_return_type = "NativeCallOf<NativeUser[]>", catch_unwind)]
    pub fn users(&self, name: Option<String>) -> NativeCall {
        let client = self.client.clone();
        NativeCall::new(async move { client.users(name.as_deref()).await }, |_, users| {
            Ok(users.into_iter().map(NativeUser::from).collect::<Vec<_>>())
        })
    }

    /// The roles, or one of them.
    #[napi(ts_return_type = "NativeCallOf<NativeRole[]>", catch_unwind)]
    pub fn roles(&self, name: Option<String>) -> NativeCall {
        let client = self.client.clone();
        NativeCall::new(async move { client.roles(name.as_deref()).await }, |_, roles| {
            Ok(roles.into_iter().map(NativeRole::from).collect::<Vec<_>>())
        })
    }

    /// Whether a node answers.
    #[napi(catch_unwind)]
    pub fn is_connected(&self) -> bool {
        self.client.is_connected()
    }

    /// The nodes of the cluster.
    #[napi(catch_unwind)]
    pub fn nodes(&self) -> Vec<NativeNode> {
        self.client.nodes().into_iter().map(NativeNode::from).collect()
    }

    /// Asks every node for its name; each has so many ms.
    #[napi(ts_return_type = "NativeCallOf<NativePing[]>", catch_unwind)]
    pub fn ping(&self, timeout: u32) -> NativeCall {
        let client = self.client.clone();
        let asked = async move { client.ping(Duration::from_millis(timeout.into())).await };
        NativeCall::new(asked, |_, pings| Ok(pings.into_iter().map(NativePing::from).collect::<Vec<_>>()))
    }
}
