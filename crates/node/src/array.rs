//! Arrays of JavaScript: typed ones that are given, and those that have to be made of something else.

use std::cell::Cell;

use napi::bindgen_prelude::{
    Array, Function, Int32Array, Int32ArraySlice, JsObjectValue, JsValue, Object, Result, ToNapiValue,
    Uint8Array, Uint8ArraySlice, Uint32Array, Uint32ArraySlice, Unknown,
};
use napi::sys;
use napi::{Env, ValueType};

use crate::value::cast;

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

/// The elements of an array behind a `Proxy`. To Node-API that is an object, and one without a prototype.
pub fn proxied_array<'env>(object: &Object<'env>) -> Result<Option<Array<'env>>> {
    if object.get_prototype()?.get_type()? != ValueType::Null {
        return Ok(None);
    }
    let class = array_class(object)?;
    let is_array = class.get_named_property::<Function<'_, Object<'_>, bool>>("isArray")?;
    if is_array.apply(class, *object)? { array_from(object.to_unknown()).map(Some) } else { Ok(None) }
}

/// The class `Array`.
fn array_class<'env>(of: &impl JsValue<'env>) -> Result<Object<'env>> {
    let env = Env::from_raw(of.value().env);
    let class = env.get_global()?.get_named_property::<Unknown<'_>>("Array")?;
    cast::<Object<'_>>(&class)
}

/// What iterates, as an array.
pub fn array_from<'env>(value: Unknown<'env>) -> Result<Array<'env>> {
    let class = array_class(&value)?;
    let from = class.get_named_property::<Function<'_, Unknown<'_>, Array<'_>>>("from")?;
    from.apply(class, value)
}
