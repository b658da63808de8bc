//! Promises, and how they are settled: at once by the JavaScript thread where it sees the result itself, and else through one
//! queue for all promises of an environment.

use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;

use aerostride_core::Error;
use napi::bindgen_prelude::{Object, Result, ToNapiValue};
use napi::{Env, check_status, sys};
use parking_lot::Mutex;

use crate::call::Given;
use crate::error::Fault;
use crate::watch;

/// What a call came to.
type Done = std::result::Result<Given, Error>;

/// The promises of one environment. While there are any, its event loop does not end.
pub struct Promises {
    /// Absent once the environment is being torn down.
    queue: Mutex<Option<Queue>>,
    /// The same for the JavaScript thread, which waits for no lock to count its promises.
    own: Cell<sys::napi_threadsafe_function>,
    /// Those that are not settled.
    pending: Cell<usize>,
}

struct Queue(sys::napi_threadsafe_function);

// SAFETY: a threadsafe function may be called from any thread, and the mutex around it keeps it alive meanwhile.
unsafe impl Send for Queue {}

// SAFETY: the cells are used by the JavaScript thread alone: by `Promises::promise` and `of_this_thread`, which have its `Env`, by
// the hook of its end, and by `conclude`. The pointer in one of them may be handed to any thread.
unsafe impl Send for Promises {}
// SAFETY: see above.
unsafe impl Sync for Promises {}

/// A promise that is not settled.
pub struct Deferred {
    raw: sys::napi_deferred,
    promises: Arc<Promises>,
}

// SAFETY: other threads do nothing with the pointer but to hand it back to the JavaScript thread.
unsafe impl Send for Deferred {}

thread_local! {
    static PROMISES: RefCell<Option<Arc<Promises>>> = const { RefCell::new(None) };
    /// The environment whose JavaScript thread this is, while it does a step of a call and may settle promises.
    static OPEN: Cell<Option<sys::napi_env>> = const { Cell::new(None) };
}

/// Runs `work`, during which promises of this environment are settled at once.
pub fn settling<T>(env: &Env, work: impl FnOnce() -> T) -> T {
    struct Over(Option<sys::napi_env>);
    impl Drop for Over {
        fn drop(&mut self) {
            OPEN.set(self.0);
        }
    }
    let _over = Over(OPEN.replace(Some(env.raw())));
    work()
}

impl Promises {
    /// Those of this thread's environment, made on first use.
    fn of_this_thread(env: &Env) -> Result<Arc<Self>> {
        if let Some(promises) = PROMISES.with_borrow(Clone::clone) {
            return Ok(promises);
        }
        let queue = queue(env)?;
        let own = Cell::new(queue.0);
        let promises = Arc::new(Self { queue: Mutex::new(Some(queue)), own, pending: Cell::new(0) });
        // Runs before Node.js finalizes the queue, which was registered before it.
        env.add_env_cleanup_hook(Arc::clone(&promises), |promises| {
            PROMISES.set(None);
            promises.own.set(ptr::null_mut());
            if let Some(Queue(queue)) = promises.queue.lock().take() {
                // SAFETY: the function is alive, and nobody else has it any more.
                unsafe {
                    sys::napi_release_threadsafe_function(queue, sys::ThreadsafeFunctionReleaseMode::abort)
                };
            }
        })?;
        watch::begin(env);
        PROMISES.set(Some(Arc::clone(&promises)));
        Ok(promises)
    }

    /// A new promise.
    pub fn promise(env: &Env) -> Result<(Deferred, Object<'_>)> {
        let promises = Self::of_this_thread(env)?;
        let (mut raw, mut promise) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: the live env of this call, on its thread.
        check_status!(unsafe { sys::napi_create_promise(env.raw(), &mut raw, &mut promise) })?;
        promises.count(env.raw(), 1);
        Ok((Deferred { raw, promises }, Object::from_raw(env.raw(), promise)))
    }

    /// Counts promises that came or went; the first keeps the event loop alive, and the last lets it end.
    fn count(&self, env: sys::napi_env, change: isize) {
        let before = self.pending.get();
        let now = before.saturating_add_signed(change);
        self.pending.set(now);
        let queue = self.own.get();
        if queue.is_null() {
            return;
        }
        // SAFETY: the function is alive while it is in `own`, and this is the JavaScript thread.
        unsafe {
            match (before, now) {
                (0, 1..) => sys::napi_ref_threadsafe_function(env, queue),
                (1.., 0) => sys::napi_unref_threadsafe_function(env, queue),
                _ => 0,
            };
        }
    }
}

impl Deferred {
    /// Settles the promise, from any thread.
    pub fn settle(self, done: Done) {
        let is_here = PROMISES.with_borrow(|promises| {
            promises.as_ref().is_some_and(|promises| Arc::ptr_eq(promises, &self.promises))
        });
        match OPEN.get().filter(|_| is_here) {
            Some(env) => self.conclude(env, done),
            None => self.send(done),
        }
    }

    fn send(self, done: Done) {
        let promises = Arc::clone(&self.promises);
        let queue = promises.queue.lock();
        // Without it the environment is gone, and its promises with it.
        let Some(Queue(queue)) = &*queue else { return };
        let settled = Box::into_raw(Box::new((self, done)));
        // SAFETY: the function is alive while it is in `queue`, and `deliver` takes the box back.
        let status = unsafe {
            sys::napi_call_threadsafe_function(
                *queue,
                settled.cast(),
                sys::ThreadsafeFunctionCallMode::nonblocking,
            )
        };
        if status != sys::Status::napi_ok {
            // SAFETY: the box that was just made, which nobody took.
            drop(unsafe { Box::from_raw(settled) });
        }
    }

    /// Settles the promise on the JavaScript thread.
    fn conclude(self, env: sys::napi_env, done: Done) {
        self.promises.count(env, -1);
        let wrapped = Env::from_raw(env);
        let given = done.map_err(|error| Fault::from(error).thrown(&wrapped));
        // SAFETY: the live env, on its thread; the deferred is used once.
        unsafe {
            match given.and_then(|given| Given::to_napi_value(env, given)) {
                Ok(value) => sys::napi_resolve_deferred(env, self.raw, value),
                Err(error) => sys::napi_reject_deferred(env, self.raw, reason(env, error)),
            };
        }
    }
}

/// What a promise rejects with. What JavaScript threw while a value was made is the reason itself.
///
/// # Safety
/// `env` has to be live, and this its thread.
unsafe fn reason(env: sys::napi_env, error: napi::Error) -> sys::napi_value {
    let mut reason = ptr::null_mut();
    let mut pending = false;
    // SAFETY: as this function's.
    unsafe {
        sys::napi_is_exception_pending(env, &mut pending);
        if pending {
            sys::napi_get_and_clear_last_exception(env, &mut reason);
            return reason;
        }
        ToNapiValue::to_napi_value(env, error).unwrap_or_else(|_| {
            sys::napi_get_undefined(env, &mut reason);
            reason
        })
    }
}

/// The queue by which other threads settle promises. It does not keep the event loop alive by itself.
fn queue(env: &Env) -> Result<Queue> {
    let name = env.create_string("aerostride")?;
    let mut queue = ptr::null_mut();
    // SAFETY: the live env of this call; the name is a value of it, and `deliver` has no context.
    unsafe {
        check_status!(sys::napi_create_threadsafe_function(
            env.raw(),
            ptr::null_mut(),
            ptr::null_mut(),
            napi::JsValue::raw(&name),
            0,
            1,
            ptr::null_mut(),
            None,
            ptr::null_mut(),
            Some(deliver),
            &mut queue,
        ))?;
        check_status!(sys::napi_unref_threadsafe_function(env.raw(), queue))?;
    }
    Ok(Queue(queue))
}

/// Settles what another thread has sent.
unsafe extern "C" fn deliver(
    env: sys::napi_env,
    _function: sys::napi_value,
    _context: *mut c_void,
    data: *mut c_void,
) {
    // SAFETY: what `send` has put there, once.
    let (deferred, done) = *unsafe { Box::from_raw(data.cast::<(Deferred, Done)>()) };
    // Without an environment the queue is being emptied.
    if !env.is_null() {
        deferred.conclude(env, done);
    }
}
