//! The tokio runtime behind every call, and how a future becomes a promise.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::OnceLock;
use std::task::{Context, Poll, Waker};

use aerostride_core::{Error, ErrorKind};
use futures_util::FutureExt as _;
use napi::Env;
use napi::bindgen_prelude::{Object, Result, ToNapiValue};
use tokio::runtime::{Builder, Runtime};

use crate::error::to_napi;

/// More threads would only share the work of a few connections.
const MOST_THREADS: usize = 4;

/// One runtime for all clients of the process. It is never shut down: its threads end with the process, and no thread
/// touches JavaScript's memory after [`crate::batch`] has shut a batch's gate.
pub fn runtime() -> Result<&'static Runtime> {
    static RUNTIME: OnceLock<std::io::Result<Runtime>> = OnceLock::new();
    let made = RUNTIME.get_or_init(|| {
        let threads = std::thread::available_parallelism().map_or(2, usize::from).clamp(2, MOST_THREADS);
        Builder::new_multi_thread().worker_threads(threads).thread_name("aerostride").enable_all().build()
    });
    made.as_ref().map_err(|error| {
        to_napi(&Error::new(ErrorKind::Internal, format!("cannot start the worker threads: {error}")))
    })
}

fn caught<T>(
    work: impl Future<Output = std::result::Result<T, Error>>,
) -> impl Future<Output = std::result::Result<T, Error>> {
    AssertUnwindSafe(work).catch_unwind().map(|done| {
        done.unwrap_or_else(|_| {
            Err(Error::new(ErrorKind::Internal, "a fault of this library (a panic), please report it"))
        })
    })
}

/// Starts `work` and gives the promise of what `convert` makes of its result. `convert` runs on the JavaScript thread.
///
/// The first step of the work is done here and now: for a small batch that is everything up to the waiting for the
/// server, which saves a switch to another thread.
pub fn promise<'env, T, V, W, C>(env: &'env Env, work: W, convert: C) -> Result<Object<'env>>
where
    T: Send + 'static,
    V: ToNapiValue + 'static,
    W: Future<Output = std::result::Result<T, Error>> + Send + 'static,
    C: FnOnce(Env, T) -> Result<V> + Send + 'static,
{
    let runtime = runtime()?;
    let (deferred, promise) = env.create_deferred()?;
    let mut work = Box::pin(caught(work).map(move |done| match done {
        Ok(value) => deferred.resolve(move |env| convert(env, value)),
        Err(error) => deferred.reject(to_napi(&error)),
    }));
    let _inside = runtime.enter();
    if work.as_mut().poll(&mut Context::from_waker(Waker::noop())) == Poll::Pending {
        runtime.spawn(work);
    }
    Ok(promise)
}

/// The blocking door to the same work.
pub fn block<T>(work: impl Future<Output = std::result::Result<T, Error>>) -> Result<T> {
    runtime()?.block_on(caught(work)).map_err(|error| to_napi(&error))
}
