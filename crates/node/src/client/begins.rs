//! The calls that are made most often, begun by functions that know their client. Of a method, Node-API has to find out whose it
//! is, which takes longer than all else about its arguments.

use std::panic::{AssertUnwindSafe, catch_unwind};

use aerostride_core::Client;
use napi::bindgen_prelude::{External, FunctionCallContext, JsObjectValue, JsValue, Object, Result};
use napi::{Env, sys};
use napi_derive::napi;

use super::NativeClient;
use super::records::{Get, exists};
use crate::batch::read_call;
use crate::dtype::NativeDtype;
use crate::error::{Fault, thrown};
use crate::keys::key_source;
use crate::runtime::panicked;

#[napi]
impl NativeClient {
    /// Functions that begin a call, and give a promise of what the method of the same name gives: nobody can abort it. They make
    /// records with what [`make_records_with`](Self::make_records_with) was given before.
    #[napi(ts_return_type = "NativeBegins", catch_unwind)]
    pub fn begins<'env>(&self, env: &'env Env) -> Result<Object<'env>> {
        let mut begins = Object::new(env)?;
        let client = self.client.clone();
        define(env, &mut begins, "batchRead", move |call| batch_read(&client, &call))?;
        let (client, maker) = (self.client.clone(), self.maker.get().cloned());
        define(env, &mut begins, "get", move |call| {
            let (key, bins, policy) = (call.get(0)?, call.get(1)?, call.get(2)?);
            let begin = || Ok(Get::new(&client, key, bins, policy)?.begin(call.env, maker.clone())?.raw());
            thrown(call.env, begin)
        })?;
        let client = self.client.clone();
        define(env, &mut begins, "exists", move |call| {
            let (key, policy) = (call.get(0)?, call.get(1)?);
            thrown(call.env, || Ok(exists(client.clone(), key, policy)?.promise(call.env)?.raw()))
        })?;
        Ok(begins)
    }
}

fn batch_read(client: &Client, call: &FunctionCallContext<'_>) -> Result<sys::napi_value> {
    let (keys, dtype) = (call.get(0)?, call.get::<&External<NativeDtype>>(1)?);
    let (buffer, options) = (call.get(2)?, call.get(3)?);
    thrown(call.env, || {
        let mut read = read_call(call.env, client.clone(), key_source(keys)?, dtype, buffer, options)?;
        Ok(read.promise(call.env)?.raw())
    })
}

/// A panic is thrown: nothing above a closure would stop it.
fn define(
    env: &Env,
    begins: &mut Object<'_>,
    name: &str,
    begin: impl Fn(FunctionCallContext<'_>) -> Result<sys::napi_value> + 'static,
) -> Result<()> {
    let begin = move |call: FunctionCallContext<'_>| {
        let env = *call.env;
        catch_unwind(AssertUnwindSafe(|| begin(call)))
            .unwrap_or_else(|_| Err(Fault::from(panicked()).thrown(&env)))
    };
    begins.set_named_property(name, env.create_function_from_closure::<(), _, _>(name, begin)?)
}
