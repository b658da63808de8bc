//! User-defined functions.

use aerostride_core::aerospike::Value;
use aerostride_core::{Udf, UdfModule};
use napi::Env;
use napi::bindgen_prelude::{JsValue, Result, ToNapiValue, Unknown};
use napi_derive::napi;

use crate::error::Checked;
use crate::value::{Integers, from_value, to_value};

/// A function of a module, and what it is called with.
#[napi(object, object_to_js = false)]
pub struct NativeUdf<'env> {
    /// The module's name without `.lua`.
    pub module: String,
    /// The function's name.
    pub function: String,
    /// Its arguments after the record.
    #[napi(ts_type = "unknown[]")]
    pub args: Vec<Unknown<'env>>,
    /// What errors call the arguments.
    pub path: String,
}

impl NativeUdf<'_> {
    /// The core's own.
    pub fn convert(self) -> Checked<Udf> {
        let Self { module, function, args, path } = self;
        let value = |(i, arg): (usize, &Unknown<'_>)| to_value(arg, &format!("{path}[{i}]"), 0);
        let args = args.iter().enumerate().map(value).collect::<Checked<Vec<_>>>()?;
        Ok(Udf { module, function, args })
    }
}

/// A module as the nodes list it.
#[napi(object, object_from_js = false)]
pub struct NativeUdfModule {
    /// Its name, with `.lua`.
    pub name: String,
    /// The hash of its code.
    pub hash: String,
    /// Its language.
    pub language: String,
}

impl From<UdfModule> for NativeUdfModule {
    fn from(UdfModule { name, hash, language }: UdfModule) -> Self {
        Self { name, hash, language }
    }
}

/// A value as JavaScript gets it; made on the JavaScript thread.
pub struct JsBinValue(pub Value, pub Integers);

impl ToNapiValue for JsBinValue {
    unsafe fn to_napi_value(
        env: napi::sys::napi_env,
        Self(value, integers): Self,
    ) -> Result<napi::sys::napi_value> {
        let env = Env::from_raw(env);
        Ok(from_value(&env, value, integers)?.raw())
    }
}
