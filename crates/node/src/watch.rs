//! The event loop of Node.js watches the sockets of small requests: the JavaScript thread sees their replies itself, and no
//! other thread has to be woken for them. Where there is no such event loop the runtime sees them.

use napi::Env;

/// Has the event loop of this environment watch the sockets of its thread, where that is possible.
pub fn begin(env: &Env) {
    #[cfg(target_os = "linux")]
    // Whatever is missing, the runtime does it.
    let _ = linux::begin(env);
    #[cfg(not(target_os = "linux"))]
    let _ = env;
}

#[cfg(target_os = "linux")]
mod linux {
    use std::alloc::{Layout, alloc_zeroed, dealloc};
    use std::ffi::{c_int, c_void};
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::ptr;
    use std::sync::OnceLock;

    use aerostride_core::{turn, unwatch, watch};
    use libloading::os::unix::Library;
    use napi::bindgen_prelude::JsObjectValue;
    use napi::{Env, check_status, sys};

    use crate::runtime::runtime;
    use crate::settle::settling;

    /// libuv's number of the kind of handle that watches a descriptor, the same in all of its versions 1.
    const UV_POLL: c_int = 8;
    const UV_READABLE: c_int = 1;

    type Handle = *mut c_void;

    /// The functions of libuv that the program exports which has loaded this library.
    struct Uv {
        handle_size: unsafe extern "C" fn(c_int) -> usize,
        poll_init: unsafe extern "C" fn(*mut sys::uv_loop_s, Handle, c_int) -> c_int,
        poll_start: unsafe extern "C" fn(Handle, c_int, unsafe extern "C" fn(Handle, c_int, c_int)) -> c_int,
        unref: unsafe extern "C" fn(Handle),
        close: unsafe extern "C" fn(Handle, unsafe extern "C" fn(Handle)),
        set_data: unsafe extern "C" fn(Handle, *mut c_void),
        data: unsafe extern "C" fn(Handle) -> *mut c_void,
    }

    impl Uv {
        /// Those of this program, where it has them.
        fn of_program() -> Option<&'static Self> {
            static UV: OnceLock<Option<Uv>> = OnceLock::new();
            UV.get_or_init(Self::find).as_ref()
        }

        fn find() -> Option<Self> {
            let program = Library::this();
            // SAFETY: these are libuv's functions, whose types have been the same in all of its versions 1.
            unsafe {
                Some(Self {
                    handle_size: *program.get(b"uv_handle_size\0").ok()?,
                    poll_init: *program.get(b"uv_poll_init\0").ok()?,
                    poll_start: *program.get(b"uv_poll_start\0").ok()?,
                    unref: *program.get(b"uv_unref\0").ok()?,
                    close: *program.get(b"uv_close\0").ok()?,
                    set_data: *program.get(b"uv_handle_set_data\0").ok()?,
                    data: *program.get(b"uv_handle_get_data\0").ok()?,
                })
            }
        }
    }

    /// What the handle of an environment has with it.
    struct Watch {
        env: sys::napi_env,
        context: sys::napi_async_context,
        layout: Layout,
        cleanup: sys::napi_async_cleanup_hook_handle,
    }

    pub(super) fn begin(env: &Env) -> napi::Result<()> {
        let global = env.get_global()?;
        // Both have functions of these names that end the program.
        if global.has_named_property("Bun")? || global.has_named_property("Deno")? {
            return Ok(());
        }
        let Some(uv) = Uv::of_program() else { return Ok(()) };
        let Ok(descriptor) = watch() else { return Ok(()) };
        let started = start(env, uv, descriptor);
        if started.is_err() {
            unwatch();
        }
        started
    }

    fn start(env: &Env, uv: &Uv, descriptor: c_int) -> napi::Result<()> {
        let refused = |what: &str| napi::Error::from_reason(format!("libuv does not {what}"));
        let name = env.create_string("aerostride")?;
        let (mut context, mut event_loop, mut cleanup) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
        // SAFETY: the live env of this call, on its thread. The handle has the size and alignment that libuv asks for, and
        // lives until `closed`, which libuv calls after the last event.
        unsafe {
            check_status!(sys::napi_get_uv_event_loop(env.raw(), &mut event_loop))?;
            let layout = Layout::from_size_align((uv.handle_size)(UV_POLL), align_of::<u128>())
                .map_err(|_| refused("know its handles"))?;
            let handle: Handle = alloc_zeroed(layout).cast();
            if handle.is_null() || (uv.poll_init)(event_loop, handle, descriptor) != 0 {
                dealloc(handle.cast(), layout);
                return Err(refused("watch the sockets"));
            }
            let (raw_name, raw) = (napi::JsValue::raw(&name), env.raw());
            let init = sys::napi_async_init(raw, ptr::null_mut(), raw_name, &mut context);
            let hook = sys::napi_add_async_cleanup_hook(raw, Some(end), handle, &mut cleanup);
            (uv.unref)(handle);
            let watch = Box::new(Watch { env: raw, context, layout, cleanup });
            (uv.set_data)(handle, Box::into_raw(watch).cast());
            if init != sys::Status::napi_ok
                || hook != sys::Status::napi_ok
                || (uv.poll_start)(handle, UV_READABLE, ready) != 0
            {
                (uv.close)(handle, closed);
                return Err(refused("start"));
            }
        }
        Ok(())
    }

    /// Something has come on a socket of this thread.
    unsafe extern "C" fn ready(handle: Handle, _status: c_int, _events: c_int) {
        // SAFETY: libuv gives the handle that was started, on the thread of its environment; `closed` has not been called.
        // Scopes are closed in the reverse order, on every way.
        unsafe {
            let Some(get) = Uv::of_program().map(|uv| uv.data) else { return };
            let watch = &*get(handle).cast::<Watch>();
            let (mut values, mut callback) = (ptr::null_mut(), ptr::null_mut());
            if sys::napi_open_handle_scope(watch.env, &mut values) != sys::Status::napi_ok {
                return;
            }
            // Closing it runs what awaits the promises.
            let opened =
                sys::napi_open_callback_scope(watch.env, ptr::null_mut(), watch.context, &mut callback);
            if opened == sys::Status::napi_ok {
                let env = Env::from_raw(watch.env);
                let turned = AssertUnwindSafe(|| settling(&env, || runtime().map(|rt| turn(rt.handle()))));
                // The work of calls catches its own panics.
                let _ = catch_unwind(turned);
                sys::napi_close_callback_scope(watch.env, callback);
            }
            sys::napi_close_handle_scope(watch.env, values);
        }
    }

    /// The environment is torn down.
    unsafe extern "C" fn end(_hook: sys::napi_async_cleanup_hook_handle, handle: *mut c_void) {
        // SAFETY: the handle that was started, which is closed once, here.
        unsafe {
            let Some(uv) = Uv::of_program() else { return };
            let watch = &*(uv.data)(handle).cast::<Watch>();
            sys::napi_async_destroy(watch.env, watch.context);
            (uv.close)(handle, closed);
        }
        // After that: a descriptor that is watched has to be open.
        unwatch();
    }

    /// libuv has done with the handle.
    unsafe extern "C" fn closed(handle: Handle) {
        // SAFETY: what `start` has made, once.
        unsafe {
            let Some(uv) = Uv::of_program() else { return };
            let watch = Box::from_raw((uv.data)(handle).cast::<Watch>());
            dealloc(handle.cast(), watch.layout);
            if !watch.cleanup.is_null() {
                sys::napi_remove_async_cleanup_hook(watch.cleanup);
            }
        }
    }
}
