//! Records that are read by themselves: functions of `src` make them of their values, since each property that Node-API sets
//! costs as much as a whole record does in JavaScript.

use std::ptr;
use std::sync::Arc;

use aerostride_core::Record;
use aerostride_core::aerospike::Value;
use napi::bindgen_prelude::{FnArgs, FromNapiValue, FunctionRef, JsValue, Result, ToNapiValue, Unknown};
use napi::{Env, check_status, sys};
use parking_lot::Mutex;

use crate::records::bins_object;
use crate::value::{Integers, from_value, js};

/// Records of more bins are made here.
const MOST_BINS: usize = 128;

/// How many lists of names are remembered.
const MOST_SHAPES: usize = 16;

/// Makes the function that makes records with bins of these names.
pub type MakesShape = FunctionRef<FnArgs<(Vec<String>,)>, Unknown<'static>>;

/// Makes a record of its generation, its ttl and the values of its bins, however many.
type MakesRecord = FunctionRef<FnArgs<(u32, u32)>, Unknown<'static>>;

/// The functions by which a client makes records, in the realm that the client is for.
pub struct Maker {
    makes_shape: MakesShape,
    shapes: Mutex<Vec<Shape>>,
}

/// Names of bins in the order of a reply. Records that a program reads one by one mostly have the same.
struct Shape {
    names: Vec<String>,
    makes: MakesRecord,
}

impl Shape {
    fn fits(&self, bins: &[(String, Value)]) -> bool {
        self.names.len() == bins.len() && self.names.iter().zip(bins).all(|(name, (bin, _))| name == bin)
    }
}

impl Maker {
    pub fn new(makes_shape: MakesShape) -> Self {
        Self { makes_shape, shapes: Mutex::default() }
    }

    /// The function that makes records with these bins.
    fn shape(&self, env: &Env, bins: &[(String, Value)]) -> Result<sys::napi_value> {
        let raw = |makes: &MakesRecord| makes.borrow_back(env).map(|function| function.raw());
        if let Some(known) = self.shapes.lock().iter().find(|shape| shape.fits(bins)) {
            return raw(&known.makes);
        }
        let names: Vec<_> = bins.iter().map(|(name, _)| name.clone()).collect();
        let list = js(env, names.clone())?.raw();
        let made = call(env, self.makes_shape.borrow_back(env)?.raw(), &[list])?;
        // SAFETY: a value of this env, on its thread.
        let makes = unsafe { MakesRecord::from_napi_value(env.raw(), made) }?;
        let mut shapes = self.shapes.lock();
        shapes.truncate(MOST_SHAPES - 1);
        shapes.insert(0, Shape { names, makes });
        Ok(made)
    }

    fn record(&self, env: &Env, record: Record, integers: Integers) -> Result<sys::napi_value> {
        let Record { bins, generation, ttl } = record;
        let shape = self.shape(env, &bins)?;
        let mut values = Vec::with_capacity(bins.len() + 2);
        values.extend([js(env, generation)?.raw(), js(env, ttl)?.raw()]);
        for (_, value) in bins {
            values.push(from_value(env, value, integers)?.raw());
        }
        call(env, shape, &values)
    }
}

fn call(env: &Env, function: sys::napi_value, values: &[sys::napi_value]) -> Result<sys::napi_value> {
    let (mut this, mut given) = (ptr::null_mut(), ptr::null_mut());
    // SAFETY: the live env, on its thread, and values of it.
    unsafe {
        check_status!(sys::napi_get_undefined(env.raw(), &mut this))?;
        check_status!(sys::napi_call_function(
            env.raw(),
            this,
            function,
            values.len(),
            values.as_ptr(),
            &mut given
        ))?;
    }
    Ok(given)
}

/// A record, and who makes it.
pub struct JsFound {
    pub record: Record,
    pub integers: Integers,
    pub maker: Option<Arc<Maker>>,
}

impl ToNapiValue for JsFound {
    unsafe fn to_napi_value(raw: sys::napi_env, found: Self) -> Result<sys::napi_value> {
        let Self { record, integers, maker } = found;
        let env = Env::from_raw(raw);
        if let Some(maker) = maker.filter(|_| record.bins.len() <= MOST_BINS) {
            return maker.record(&env, record, integers);
        }
        let Record { bins, generation, ttl } = record;
        let mut parts = env.create_array(3)?;
        parts.set(0, bins_object(&env, bins, integers)?)?;
        parts.set(1, generation)?;
        parts.set(2, ttl)?;
        // SAFETY: the same env and thread that this function was called with.
        unsafe { ToNapiValue::to_napi_value(raw, parts) }
    }
}
