use std::ptr;
use std::sync::Arc;

use aerostride_core::{Error, IntegerKind, KeyGroup, KeyList, KeySource, PackedKeys};
use aerostride_wire::KeyType;
use napi::bindgen_prelude::{BigInt, External, FromNapiRef, FromNapiValue, Result, Uint8Array, Uint32Array};
use napi::{Env, ValueType, check_status, sys, type_of};
use napi_derive::napi;

use crate::error::{Checked, invalid, thrown};
use crate::key_block::KeyBlock;
use crate::words::words;

/// Packed keys.
#[napi(object)]
pub struct NativeKeys {
    /// Number of keys.
    pub count: u32,
    /// Namespace and set of every group, one after the other.
    pub groups: Vec<String>,
    /// The group of every key; absent when there is one group.
    pub group_of: Option<Uint32Array>,
    /// 1 int, 3 string, 4 blob, 0 digest: one for all keys, or one each.
    pub types: Uint8Array,
    /// The end of every key's bytes; empty when each has 8.
    pub ends: Uint32Array,
    /// The keys' bytes; ints are big-endian.
    pub data: Uint8Array,
}

impl NativeKeys {
    /// A copy of the keys that other threads may read.
    pub(crate) fn pack(&self) -> Checked<PackedKeys> {
        let groups = self
            .groups
            .chunks_exact(2)
            .map(|pair| KeyGroup::new(pair[0].clone(), pair[1].clone()))
            .collect::<std::result::Result<Vec<_>, Error>>()?;
        let group_of = self.group_of.as_ref().map(|groups| groups.to_vec());
        let (ends, data) = (self.ends.to_vec(), self.data.to_vec());
        Ok(PackedKeys::new(self.count as usize, groups, group_of, &self.types, ends, data)?)
    }
}

/// The key of a call on one record, which nothing is packed for: a block, or an array of namespace, set, type and primary key.
/// Strings and integers are themselves.
pub struct NativeKey {
    namespace: String,
    set: String,
    kind: u8,
    id: Vec<u8>,
}

impl FromNapiValue for NativeKey {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> Result<Self> {
        // SAFETY: env and value are those that this function was called with.
        if let Some(block) = unsafe { KeyBlock::of(env, value) }? {
            return Ok(block.into());
        }
        let element = |index: u32| {
            let mut element = ptr::null_mut();
            // SAFETY: env and value are those that this function was called with.
            check_status!(unsafe { sys::napi_get_element(env, value, index, &mut element) })?;
            Ok::<_, napi::Error>(element)
        };
        // SAFETY: the elements are values of the same call.
        unsafe {
            let kind = u8::try_from(u32::from_napi_value(env, element(2)?)?).unwrap_or(u8::MAX);
            let id = element(3)?;
            let id = match KeyType::try_from(kind) {
                Ok(KeyType::String) => String::from_napi_value(env, id)?.into_bytes(),
                Ok(KeyType::Int) => integer(env, id)?.to_be_bytes().to_vec(),
                Ok(KeyType::Blob) | Err(_) => <&[u8]>::from_napi_value(env, id)?.to_vec(),
            };
            let (namespace, set) = (element(0)?, element(1)?);
            let (namespace, set) =
                (String::from_napi_value(env, namespace)?, String::from_napi_value(env, set)?);
            Ok(Self { namespace, set, kind, id })
        }
    }
}

/// An integer key, which is a bigint where a number cannot hold it.
///
/// # Safety
/// `env` has to be live, this its thread, and `value` one of its values.
unsafe fn integer(env: sys::napi_env, value: sys::napi_value) -> Result<i64> {
    // SAFETY: as this function's.
    unsafe {
        match type_of!(env, value)? {
            ValueType::BigInt => Ok(BigInt::from_napi_value(env, value)?.get_i64().0),
            _ => i64::from_napi_value(env, value),
        }
    }
}

impl From<KeyBlock> for NativeKey {
    fn from(KeyBlock { namespace, set, kind, data: id, .. }: KeyBlock) -> Self {
        Self { namespace, set, kind, id }
    }
}

impl NativeKey {
    /// The key as the core takes it.
    pub(crate) fn pack(self) -> Checked<PackedKeys> {
        let Self { namespace, set, kind, id } = self;
        let group = KeyGroup::new(namespace, set)?;
        let end = u32::try_from(id.len()).map_err(|_| invalid("a key of more than 4 GiB"))?;
        Ok(PackedKeys::new(1, vec![group], None, &[kind], vec![end], id)?)
    }
}

words!(
    /// The integers of a typed array.
    "lowercase" NativeIntegerKind => IntegerKind { I1, I2, I4, I8, U1, U2, U4, U8 }
);

/// Keys whose digests were computed once. JavaScript has them as an external, see [`NativeDtype`](crate::dtype::NativeDtype).
#[derive(Clone)]
pub struct NativeKeyList {
    list: Arc<KeyList>,
    packed: Arc<PackedKeys>,
}

impl NativeKeyList {
    fn of(packed: PackedKeys) -> External<Self> {
        External::new(Self { list: Arc::new(KeyList::new(&packed)), packed: Arc::new(packed) })
    }
}

/// Hashes packed keys.
#[napi(ts_return_type = "NativeKeyList", catch_unwind)]
pub fn hash_keys(env: &Env, keys: NativeKeys) -> Result<External<NativeKeyList>> {
    thrown(env, || Ok(NativeKeyList::of(keys.pack()?)))
}

/// Hashes integer keys given as the bytes of a typed array.
#[napi(ts_return_type = "NativeKeyList", catch_unwind)]
pub fn hash_integers(
    env: &Env,
    namespace: String,
    set: String,
    bytes: Uint8Array,
    kind: NativeIntegerKind,
) -> Result<External<NativeKeyList>> {
    thrown(env, || {
        let group = KeyGroup::new(namespace, set)?;
        Ok(NativeKeyList::of(PackedKeys::of_integers(group, kind.into(), &bytes)?))
    })
}

/// Each form of keys, as the calls take them.
pub enum AnyKeys {
    List(NativeKeyList),
    Block(KeyBlock),
    Arrays(Box<NativeKeys>),
}

impl FromNapiValue for AnyKeys {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> Result<Self> {
        // SAFETY: env and value are those that this function was called with.
        unsafe {
            if let Some(block) = KeyBlock::of(env, value)? {
                return Ok(Self::Block(block));
            }
            match External::<NativeKeyList>::from_napi_ref(env, value) {
                Ok(list) => Ok(Self::List(NativeKeyList::clone(list))),
                Err(_) => Ok(Self::Arrays(Box::new(NativeKeys::from_napi_value(env, value)?))),
            }
        }
    }
}

/// Keys for a columnar read.
pub fn key_source(keys: AnyKeys) -> Checked<KeySource> {
    Ok(match keys {
        AnyKeys::List(list) => KeySource::List(list.list),
        keys => KeySource::Packed(packed_keys(keys)?),
    })
}

/// Keys for a read of records, which needs the keys themselves.
pub fn packed_keys(keys: AnyKeys) -> Checked<Arc<PackedKeys>> {
    Ok(match keys {
        AnyKeys::List(list) => list.packed,
        AnyKeys::Block(block) => Arc::new(block.pack()?),
        AnyKeys::Arrays(keys) => Arc::new(keys.pack()?),
    })
}
