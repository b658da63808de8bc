//! Typed arrays for JavaScript.

use std::cell::Cell;

use napi::Env;
use napi::bindgen_prelude::{
    Int32Array, Int32ArraySlice, Result, ToNapiValue, Uint8Array, Uint8ArraySlice, Uint32Array,
    Uint32ArraySlice,
};
use napi::sys;

thread_local! {
    static COPIES: Cell<bool> = const { Cell::new(false) };
}

/// What becomes a typed array: over the memory that it has, unless a blocking call gives it, see [`copying`].
pub struct TypedArray<T>(Vec<T>);

impl<T> From<Vec<T>> for TypedArray<T> {
    fn from(values: Vec<T>) -> Self {
        Self(values)
    }
}

/// Has all typed arrays that are made meanwhile copied into memory of the engine.
///
/// Memory that is not the engine's is freed by Node.js when the event loop turns. In a program of blocking calls it never
/// does, so that everything that was read would stay.
pub fn copying<R>(make: impl FnOnce() -> R) -> R {
    struct Ends(bool);
    impl Drop for Ends {
        fn drop(&mut self) {
            COPIES.set(self.0);
        }
    }
    let _ends = Ends(COPIES.replace(true));
    make()
}

macro_rules! typed_array {
    ($element:ty, $array:ident, $slice:ident) => {
        impl ToNapiValue for TypedArray<$element> {
            unsafe fn to_napi_value(env: sys::napi_env, Self(values): Self) -> Result<sys::napi_value> {
                // SAFETY: as the caller of this says of `env`.
                unsafe {
                    if COPIES.get() {
                        let copy = $slice::copy_from(&Env::from_raw(env), values)?;
                        <&$slice<'_>>::to_napi_value(env, &copy)
                    } else {
                        $array::to_napi_value(env, $array::new(values))
                    }
                }
            }
        }
    };
}

typed_array!(u8, Uint8Array, Uint8ArraySlice);
typed_array!(u32, Uint32Array, Uint32ArraySlice);
typed_array!(i32, Int32Array, Int32ArraySlice);
