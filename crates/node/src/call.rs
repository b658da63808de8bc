//! A call whose arguments have been converted: one object for both doors, the promise and the blocking one.

use std::pin::Pin;

use aerostride_core::{CancellationToken, Effect, Error, ErrorKind, run_until};
use napi::Env;
use napi::bindgen_prelude::{Object, Result, ToNapiValue};
use napi::sys;
use napi_derive::napi;

use crate::array::copying;
use crate::error::{Checked, thrown};
use crate::runtime::{on_worker, promise, promise_by_messenger, wait};

/// A result on its way to JavaScript, made there: nothing else may run on the JavaScript thread.
pub struct Given(Box<dyn FnOnce(Env) -> Result<sys::napi_value> + Send>);

impl Given {
    fn new<T: Send + 'static, V: ToNapiValue>(value: T, convert: impl Converts<T, V>) -> Self {
        Self(Box::new(move |env| {
            let converted = convert(env, value)?;
            // SAFETY: `ToNapiValue for Given` calls this on the JavaScript thread with the live env.
            unsafe { V::to_napi_value(env.raw(), converted) }
        }))
    }

    /// Made of memory of the engine alone.
    fn copied(self) -> Self {
        Self(Box::new(move |env| copying(|| (self.0)(env))))
    }
}

impl ToNapiValue for Given {
    unsafe fn to_napi_value(env: sys::napi_env, given: Self) -> Result<sys::napi_value> {
        (given.0)(Env::from_raw(env))
    }
}

/// The work behind a call.
pub type Work = Pin<Box<dyn Future<Output = std::result::Result<Given, Error>> + Send>>;

/// A call that is ready to run, once. `NativeCallOf` says what it gives.
#[napi]
pub struct NativeCall {
    work: Option<Work>,
    abort: CancellationToken,
    /// Whether the messenger of the runtime settles its promise.
    by_messenger: bool,
}

/// The future of what a call comes to.
pub trait Ends<T>: Future<Output = std::result::Result<T, Error>> + Send + 'static {}

impl<T, F: Future<Output = std::result::Result<T, Error>> + Send + 'static> Ends<T> for F {}

/// What makes JavaScript's value of it.
pub trait Converts<T, V>: FnOnce(Env, T) -> Result<V> + Send + 'static {}

impl<T, V, F: FnOnce(Env, T) -> Result<V> + Send + 'static> Converts<T, V> for F {}

/// Work that ends when it is aborted.
fn until<T>(abort: CancellationToken, effect: Effect, work: impl Ends<T>) -> impl Ends<T> {
    async move { run_until(&abort, Error::aborted, effect, work).await }
}

/// Begins work that nobody can abort, for which no call is made.
pub fn begun<'env, T: Send + 'static, V: ToNapiValue>(
    env: &'env Env,
    work: impl Ends<T>,
    convert: impl Converts<T, V>,
) -> Checked<Object<'env>> {
    promise(env, Box::pin(async move { Ok(Given::new(work.await?, convert)) }))
}

impl NativeCall {
    /// A call that aborting ends wherever it stands. Dropping its work closes the connection that it was using; what the
    /// server has received by then it carries out.
    pub fn new<T: Send + 'static, V: ToNapiValue>(work: impl Ends<T>, convert: impl Converts<T, V>) -> Self {
        Self::with_effect(Effect::Reads, work, convert)
    }

    /// The same for a call that changes records.
    pub fn writing<T: Send + 'static, V: ToNapiValue>(
        work: impl Ends<T>,
        convert: impl Converts<T, V>,
    ) -> Self {
        Self::with_effect(Effect::Writes, work, convert)
    }

    /// The same for a call that has `effect` and gives records. It runs on the threads of the runtime alone: their stacks
    /// are made for values that are nested deep.
    pub fn giving_records<T: Send + 'static, V: ToNapiValue>(
        effect: Effect,
        work: impl Ends<T>,
        convert: impl Converts<T, V>,
    ) -> Self {
        let abort = CancellationToken::new();
        let work = on_worker(until(abort.clone(), effect, work));
        Self::ending_itself(abort, work, convert)
    }

    fn with_effect<T: Send + 'static, V: ToNapiValue>(
        effect: Effect,
        work: impl Ends<T>,
        convert: impl Converts<T, V>,
    ) -> Self {
        let abort = CancellationToken::new();
        Self::ending_itself(abort.clone(), until(abort, effect, work), convert)
    }

    /// A call whose work looks at `abort` itself, because it has something to finish before it ends.
    pub fn ending_itself<T: Send + 'static, V: ToNapiValue>(
        abort: CancellationToken,
        work: impl Ends<T>,
        convert: impl Converts<T, V>,
    ) -> Self {
        let work = async move { Ok(Given::new(work.await?, convert)) };
        Self { work: Some(Box::pin(work)), abort, by_messenger: false }
    }

    /// For a call that waits for what other threads read: the messenger of the runtime settles its promise.
    pub fn by_messenger(self) -> Self {
        Self { by_messenger: true, ..self }
    }

    fn take(&mut self) -> std::result::Result<Work, Error> {
        self.work.take().ok_or_else(|| Error::new(ErrorKind::Internal, "a call runs once"))
    }
}

#[napi]
impl NativeCall {
    /// Begins the call.
    #[napi(ts_return_type = "Promise<unknown>", catch_unwind)]
    pub fn promise<'env>(&mut self, env: &'env Env) -> Result<Object<'env>> {
        thrown(env, || {
            let work = self.take()?;
            if self.by_messenger { promise_by_messenger(env, work) } else { promise(env, work) }
        })
    }

    /// Runs the call, and blocks until it is done.
    #[napi(ts_return_type = "unknown", catch_unwind)]
    pub fn wait(&mut self, env: &Env) -> Result<Given> {
        thrown(env, || wait(self.take()?).map(Given::copied))
    }

    /// Ends the call early. Doing it again does nothing.
    #[napi(catch_unwind)]
    pub fn abort(&self) {
        self.abort.cancel();
    }
}
