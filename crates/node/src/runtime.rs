//! The tokio runtime behind every call, and how a future becomes a promise.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, OnceLock};
use std::thread;

use aerostride_core::{Error, ErrorKind, begin, block};
use futures_util::FutureExt as _;
use napi::Env;
use napi::bindgen_prelude::Object;
use parking_lot::Mutex;
use tokio::runtime::{Builder, Runtime};

use crate::call::{Given, Work};
use crate::error::{Checked, Fault};
use crate::settle::Promises;
use crate::turns;

/// More threads would only share the work of a few connections.
const MOST_THREADS: usize = 4;

/// MiB of a worker's stack, the first that the system allows; what is not used takes no memory. The `aerospike` crate decodes
/// lists and maps by recursion, half a KiB a level: the first is enough for whatever is in a record of a MiB, the default limit
/// of servers.
const STACKS: [usize; 4] = [512, 256, 128, 64];

/// One runtime for all clients of the process. It is never shut down: its threads end with the process, and no thread
/// touches JavaScript's memory after [`crate::batch`] has shut a batch's gate.
pub fn runtime() -> Result<&'static Runtime, Error> {
    static RUNTIME: OnceLock<std::io::Result<Runtime>> = OnceLock::new();
    let made = RUNTIME.get_or_init(|| {
        let threads = thread::available_parallelism().map_or(2, usize::from).clamp(2, MOST_THREADS);
        Builder::new_multi_thread()
            .worker_threads(threads)
            .thread_name("aerostride")
            .on_thread_start(turns::enter)
            .on_thread_stop(turns::leave)
            .thread_stack_size(stack_size(threads))
            .enable_all()
            .build()
    });
    made.as_ref().map_err(not_started)
}

/// A thread that hands over what others have read, and does nothing else. Whoever settles a promise wakes the JavaScript thread
/// with a lock in its hands that this one needs next. A thread that has computed for a while has to make room for the one that
/// it wakes, and may get its processor back only after many milliseconds, in which the JavaScript thread waits for the lock. One
/// that hardly ever runs goes on at once.
fn messenger() -> Result<&'static Runtime, Error> {
    static RUNTIME: OnceLock<std::io::Result<Runtime>> = OnceLock::new();
    let made = RUNTIME.get_or_init(|| {
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(1).thread_name("aerostride-out").build()
    });
    made.as_ref().map_err(not_started)
}

fn not_started(error: &std::io::Error) -> Error {
    Error::new(ErrorKind::Internal, format!("cannot start the worker threads: {error}"))
}

fn stack_size(threads: usize) -> usize {
    let [larger @ .., least] = STACKS.map(|size| size << 20);
    larger.into_iter().find(|size| can_start(threads, *size)).unwrap_or(least)
}

/// Whether so many threads can have such stacks side by side. The runtime would panic where one cannot.
fn can_start(threads: usize, stack: usize) -> bool {
    let gate = Arc::new(Mutex::new(()));
    let shut = gate.lock();
    let start = |_| {
        let gate = Arc::clone(&gate);
        thread::Builder::new().stack_size(stack).spawn(move || drop(gate.lock()))
    };
    let started: Vec<_> = (0..threads).map(start).collect();
    drop(shut);
    let all = started.iter().all(Result::is_ok);
    started.into_iter().flatten().for_each(|thread| drop(thread.join()));
    all
}

fn caught(work: Work) -> impl Future<Output = Result<Given, Error>> {
    AssertUnwindSafe(work).catch_unwind().map(|done| done.unwrap_or_else(|_| Err(panicked())))
}

/// Runs `work` on the threads of the runtime, and nothing of it on the thread that waits.
pub async fn on_worker<T: Send + 'static>(
    work: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> Result<T, Error> {
    runtime()?.spawn(work).await.unwrap_or_else(|_| Err(panicked()))
}

/// What a panic is to whoever called.
pub fn panicked() -> Error {
    Error::new(ErrorKind::Internal, "a fault of this library (a panic), please report it")
}

/// Starts `work` and gives the promise of its result. See [`begin`] for where it runs.
pub fn promise(env: &Env, work: Work) -> Checked<Object<'_>> {
    let runtime = runtime()?;
    let (deferred, promise) = Promises::promise(env)?;
    let work = caught(work).map(move |done| deferred.settle(done));
    // What is done at once is settled a turn of the event loop later all the same: a loop over such calls would stop it.
    begin(runtime.handle(), work);
    Ok(promise)
}

/// The same for what the [`messenger`] hands over. Each of its promises has a queue of its own: from one for all, the event loop
/// would take one after the other without a turn between them, as long as the next is there by then.
pub fn promise_by_messenger(env: &Env, work: Work) -> Checked<Object<'_>> {
    let (deferred, promise) = env.create_deferred()?;
    let work = caught(work).map(move |done| {
        deferred.resolve(move |env| done.map_err(|error| Fault::from(error).thrown(&env)));
    });
    begin(messenger()?.handle(), work);
    Ok(promise)
}

/// The blocking door to the same work.
pub fn wait(work: Work) -> Checked<Given> {
    Ok(block(runtime()?.handle(), caught(work))?)
}
