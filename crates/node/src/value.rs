//! Bin values between JavaScript and the `aerospike` crate.

use std::ptr;

use aerostride_core::aerospike::{FloatValue, IndexMap, Value};
use napi::bindgen_prelude::{
    Array, BigInt, ClassInstance, FromNapiValue, Function, JavaScriptClassExt, JsObjectValue, JsValue, Null,
    Object, Result, ToNapiValue, TypeName, Uint8Array, Unknown, ValidateNapiValue,
};
use napi::{Env, ValueType, check_status, sys};
use napi_derive::napi;

use crate::array::{TypedArray, array_from, proxied_array};
use crate::error::{Checked, invalid, out_of_range};

/// Lists and maps nested deeper than this are refused, which also ends cycles.
const MOST_DEPTH: usize = 64;

/// The integers that a JavaScript number holds exactly.
const MOST_SAFE: i64 = 9_007_199_254_740_991;

/// A number that is stored as Double even when it is whole.
#[napi]
pub struct NativeDouble {
    value: f64,
}

#[napi]
impl NativeDouble {
    /// Wraps a number.
    #[napi(constructor, catch_unwind)]
    pub fn new(value: f64) -> Self {
        Self { value }
    }

    /// The number.
    #[napi(getter, catch_unwind)]
    pub fn value(&self) -> f64 {
        self.value
    }
}

/// A value of a type that only servers have: GeoJSON, which has its text in `text`, or a HyperLogLog, which has its bytes
/// in `bytes`. The classes of src extend this one, and set `make` of its prototype, by which they are made here.
#[napi]
pub struct NativeParticle {}

#[napi]
impl NativeParticle {
    /// Made by the classes of src.
    #[napi(constructor, catch_unwind)]
    #[allow(clippy::new_without_default, reason = "JavaScript has the constructor only")]
    pub fn new() -> Self {
        Self {}
    }
}

/// What a JavaScript value is stored as. `path` names it in errors, such as `bins.tags[2]`.
pub fn to_value(value: &Unknown<'_>, path: &str, depth: usize) -> Checked<Value> {
    if depth > MOST_DEPTH {
        return Err(out_of_range(format!("{path} is nested deeper than {MOST_DEPTH} levels, or in a cycle")));
    }
    match value.get_type()? {
        ValueType::Null => Ok(Value::Nil),
        ValueType::Boolean => Ok(Value::Bool(cast::<bool>(value)?)),
        ValueType::Number => number(cast::<f64>(value)?),
        ValueType::BigInt => bigint(&cast::<BigInt>(value)?, path),
        ValueType::String => Ok(Value::String(cast::<String>(value)?)),
        ValueType::Object => object(value, path, depth),
        other => Err(invalid(format!(
            "{path} is of type {}, which cannot be stored; use a number, bigint, boolean, string, Uint8Array, array, plain object, Map, double(x) or null",
            type_name(other)
        ))),
    }
}

const fn type_name(kind: ValueType) -> &'static str {
    match kind {
        ValueType::Undefined => "undefined",
        ValueType::Symbol => "symbol",
        ValueType::Function => "function",
        ValueType::External => "external",
        _ => "unknown",
    }
}

/// A value as what it is known to be.
pub fn cast<T: FromNapiValue>(value: &Unknown<'_>) -> Result<T> {
    let raw = value.value();
    // SAFETY: env and value come from the same live `Unknown` of this call, on the JavaScript thread.
    unsafe { T::from_napi_value(raw.env, raw.value) }
}

/// Whether the value is an instance of a napi class or type.
fn is<T: ValidateNapiValue + TypeName>(value: &Unknown<'_>) -> bool {
    let raw = value.value();
    // SAFETY: as in `cast`.
    unsafe { T::validate(raw.env, raw.value) }.is_ok()
}

/// A whole number in the safe range is an Int, any other a Double, as the official client has it.
fn number(value: f64) -> Checked<Value> {
    let whole = value.fract() == 0.0
        && value.abs() <= MOST_SAFE as f64
        && !(value == 0.0 && value.is_sign_negative());
    Ok(if whole { Value::Int(value as i64) } else { double(value) })
}

fn double(value: f64) -> Value {
    Value::Float(FloatValue::from(value))
}

fn bigint(value: &BigInt, path: &str) -> Checked<Value> {
    let (int, lossless) = value.get_i64();
    if lossless {
        return Ok(Value::Int(int));
    }
    Err(out_of_range(format!("{path} is a bigint outside int64, which is -2^63 to 2^63-1")))
}

fn object(value: &Unknown<'_>, path: &str, depth: usize) -> Checked<Value> {
    if value.is_array()? {
        return list(&cast::<Array<'_>>(value)?, path, depth);
    }
    if is::<Uint8Array>(value) {
        return Ok(Value::Blob(cast::<Uint8Array>(value)?.to_vec()));
    }
    if is::<ClassInstance<'_, NativeDouble>>(value) {
        let wrapped = cast::<ClassInstance<'_, NativeDouble>>(value)?;
        return Ok(double(NativeDouble::value(&wrapped)));
    }
    let object = cast::<Object<'_>>(value)?;
    if let Some(array) = proxied_array(&object)? {
        list(&array, path, depth)
    } else if is_literal(&object)? {
        map(&object, path, depth)
    } else if is::<ClassInstance<'_, NativeParticle>>(value) {
        particle(&object)
    } else {
        map_of_any_keys(value, path, depth)
    }
}

fn particle(object: &Object<'_>) -> Checked<Value> {
    Ok(match object.get_named_property::<Option<String>>("text")? {
        Some(text) => Value::GeoJson(text),
        None => Value::Hll(object.get_named_property::<Uint8Array>("bytes")?.to_vec()),
    })
}

/// Whether an object was written as `{ ... }`, in whichever realm: nothing else that src lets through has a prototype
/// with a prototype but a `Map`.
fn is_literal(object: &Object<'_>) -> Result<bool> {
    let prototype = object.get_prototype()?;
    if prototype.get_type()? == ValueType::Null {
        return Ok(true);
    }
    let above = cast::<Object<'_>>(&prototype)?.get_prototype()?;
    Ok(above.get_type()? == ValueType::Null)
}

fn list(array: &Array<'_>, path: &str, depth: usize) -> Checked<Value> {
    (0..array.len())
        .map(|i| {
            let at = format!("{path}[{i}]");
            match array.get::<Unknown<'_>>(i)? {
                Some(item) => to_value(&item, &at, depth + 1),
                None => Err(invalid(format!("{at} is undefined, which cannot be stored; use null"))),
            }
        })
        .collect::<Checked<Vec<_>>>()
        .map(Value::List)
}

/// The entries keep their order: the server stores a map that is not ordered by key as it was sent.
fn map(object: &Object<'_>, path: &str, depth: usize) -> Checked<Value> {
    let mut entries = IndexMap::new();
    for name in own_names(object)? {
        let at = format!("{path}.{name}");
        let item = property(object, &name)?;
        entries.insert(Value::String(name), to_value(&item, &at, depth + 1)?);
    }
    Ok(Value::OrderedMap(entries))
}

/// A JavaScript `Map`, in its own order.
fn map_of_any_keys(value: &Unknown<'_>, path: &str, depth: usize) -> Checked<Value> {
    let pairs = array_from(*value)?;
    let mut entries = IndexMap::with_capacity(pairs.len() as usize);
    for i in 0..pairs.len() {
        let pair = pairs.get::<Array<'_>>(i)?.ok_or_else(|| invalid(format!("{path} is not a Map")))?;
        let key = to_key(&item_of(&pair, 0, path)?, path)?;
        let item = to_value(&item_of(&pair, 1, path)?, &format!("{path}.get({})", quoted(&key)), depth + 1)?;
        entries.insert(key, item);
    }
    Ok(Value::OrderedMap(entries))
}

fn item_of<'env>(pair: &Array<'env>, position: u32, path: &str) -> Checked<Unknown<'env>> {
    let missing =
        || invalid(format!("{path} has an entry that is undefined, which cannot be stored; use null"));
    pair.get(position)?.ok_or_else(missing)
}

/// The server has maps by integers, strings and bytes, and refuses any other key.
fn to_key(value: &Unknown<'_>, path: &str) -> Checked<Value> {
    let key = to_value(value, &format!("a key of {path}"), MOST_DEPTH)?;
    if matches!(key, Value::Int(_) | Value::String(_) | Value::Blob(_)) {
        return Ok(key);
    }
    Err(invalid(format!("{path} has a key that no map can have; use strings, integers or Uint8Arrays")))
}

/// A key as a person would write it to look it up.
fn quoted(key: &Value) -> String {
    match key {
        Value::String(text) => format!("{text:?}"),
        Value::Int(int) => int.to_string(),
        _ => "bytes".to_owned(),
    }
}

/// Which integers become bigints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Integers {
    /// Those outside the safe range.
    Unsafe,
    /// All.
    All,
}

impl Integers {
    /// What the option `bigints` of a policy asks for.
    pub fn of(bigints: Option<bool>) -> Self {
        if bigints == Some(true) { Self::All } else { Self::Unsafe }
    }
}

/// A stored value as JavaScript sees it: integers as `integers` says, blobs `Uint8Array`s, maps with string keys plain
/// objects and any others `Map`s.
pub fn from_value(env: &Env, value: Value, integers: Integers) -> Result<Unknown<'_>> {
    match value {
        Value::Nil | Value::Infinity | Value::Wildcard => js(env, Null),
        Value::Bool(bool) => js(env, bool),
        Value::Int(int) if integers == Integers::Unsafe && int.unsigned_abs() <= MOST_SAFE as u64 => {
            js(env, int as f64)
        }
        Value::Int(int) => js(env, BigInt::from(int)),
        Value::Float(float) => js(env, f64::from(float)),
        Value::String(text) => js(env, text),
        Value::Blob(bytes) | Value::Unknown(_, bytes) => js(env, TypedArray::from(bytes)),
        Value::GeoJson(text) => made(env, js(env, text)?),
        Value::Hll(bytes) => made(env, js(env, TypedArray::from(bytes))?),
        Value::List(items) | Value::MultiResult(items) => {
            let mut array = env.create_array(items.len() as u32)?;
            for (i, item) in items.into_iter().enumerate() {
                array.set(i as u32, from_value(env, item, integers)?)?;
            }
            array.into_unknown(env)
        }
        Value::HashMap(entries) => from_entries(env, entries.into_iter().collect(), integers),
        Value::OrderedMap(entries) => from_entries(env, entries.into_iter().collect(), integers),
        Value::SortedMap(entries) => from_entries(env, entries.into_iter().collect(), integers),
        Value::KeyValueList(entries) => from_pairs(env, entries, integers)?.into_unknown(env),
        other => {
            Err(invalid(format!("a stored value of kind {other:?} is not known to this version")).thrown(env))
        }
    }
}

/// A value as JavaScript has it.
pub fn js<'env, T: ToNapiValue>(env: &'env Env, value: T) -> Result<Unknown<'env>> {
    // SAFETY: called on the JavaScript thread with the live env of this call.
    unsafe {
        let raw = T::to_napi_value(env.raw(), value)?;
        Ok(Unknown::from_raw_unchecked(env.raw(), raw))
    }
}

fn from_entries(env: &Env, entries: Vec<(Value, Value)>, integers: Integers) -> Result<Unknown<'_>> {
    if !entries.iter().all(|(key, _)| matches!(key, Value::String(_))) {
        return from_mixed_entries(env, entries, integers);
    }
    let mut object = Object::new(env)?;
    for (key, value) in entries {
        if let Value::String(name) = key {
            // Defined, not assigned: a key such as `__proto__` is data like any other.
            let value = from_value(env, value, integers)?;
            define(env, &mut object, &name, value)?;
        }
    }
    object.into_unknown(env)
}

/// The names that `Object.keys` gives; the function of `napi` gives those that are inherited too.
pub fn own_names(object: &Object<'_>) -> Result<Vec<String>> {
    let raw = object.value();
    let filter = sys::KeyFilter::enumerable | sys::KeyFilter::skip_symbols;
    let mut names = ptr::null_mut();
    // SAFETY: env and object come from the same live `Object` of this call, on the JavaScript thread.
    unsafe {
        check_status!(sys::napi_get_all_property_names(
            raw.env,
            raw.value,
            sys::KeyCollectionMode::own_only,
            filter,
            sys::KeyConversion::numbers_to_strings,
            &raw mut names,
        ))?;
        Vec::from_napi_value(raw.env, names)
    }
}

/// A property whatever its name is: a C string would end at the first NUL.
pub fn property<'env>(object: &Object<'env>, name: &str) -> Result<Unknown<'env>> {
    let env = Env::from_raw(object.value().env);
    object.get_property(env.create_string(name)?)
}

/// Sets an own property whatever its name is.
pub fn define(env: &Env, object: &mut Object<'_>, name: &str, value: Unknown<'_>) -> Result<()> {
    let property = napi::Property::new().with_name(env, name)?.with_value(&value).with_property_attributes(
        napi::PropertyAttributes::Writable
            | napi::PropertyAttributes::Enumerable
            | napi::PropertyAttributes::Configurable,
    );
    object.define_properties(&[property])
}

/// Sets own properties whatever their names are: at once, as every call of Node-API costs as much as the property itself.
pub fn define_all<'env>(
    env: &Env,
    object: &Object<'_>,
    properties: impl Iterator<Item = Result<(sys::napi_value, Unknown<'env>)>>,
) -> Result<()> {
    let plain = sys::PropertyAttributes::writable
        | sys::PropertyAttributes::enumerable
        | sys::PropertyAttributes::configurable;
    let descriptors = properties.map(|property| {
        let (name, value) = property?;
        Ok(sys::napi_property_descriptor {
            utf8name: ptr::null(),
            name,
            method: None,
            getter: None,
            setter: None,
            value: value.raw(),
            attributes: plain,
            data: ptr::null_mut(),
        })
    });
    let descriptors = descriptors.collect::<Result<Vec<_>>>()?;
    // SAFETY: the live env of this call, and values of it.
    check_status!(unsafe {
        sys::napi_define_properties(env.raw(), object.raw(), descriptors.len(), descriptors.as_ptr())
    })
}

/// The name of a property.
pub fn name_of(env: &Env, name: &str) -> Result<sys::napi_value> {
    Ok(env.create_string(name)?.raw())
}

fn from_mixed_entries(env: &Env, entries: Vec<(Value, Value)>, integers: Integers) -> Result<Unknown<'_>> {
    let pairs = from_pairs(env, entries, integers)?;
    let class = env.get_global()?.get_named_property::<Function<'_, Array<'_>>>("Map")?;
    class.new_instance(pairs)
}

/// Entries whose order says something: a list of keys and values.
fn from_pairs(env: &Env, entries: Vec<(Value, Value)>, integers: Integers) -> Result<Array<'_>> {
    let mut pairs = env.create_array(entries.len() as u32)?;
    for (i, (key, value)) in entries.into_iter().enumerate() {
        let mut pair = env.create_array(2)?;
        pair.set(0, from_value(env, key, integers)?)?;
        pair.set(1, from_value(env, value, integers)?)?;
        pairs.set(i as u32, pair)?;
    }
    Ok(pairs)
}

/// GeoJSON of a text, or a HyperLogLog of bytes, as the classes of src make it.
fn made<'env>(env: &'env Env, content: Unknown<'env>) -> Result<Unknown<'env>> {
    let brand = NativeParticle {}.into_instance(env)?.as_object(env);
    brand.get_named_property::<Function<'_, Unknown<'_>, Unknown<'_>>>("make")?.call(content)
}
