use std::sync::Arc;

use aerostride_core::{Error, IntegerKind, KeyGroup, KeyList, KeySource, PackedKeys};
use napi::Env;
use napi::bindgen_prelude::{ClassInstance, Either, Result, Uint8Array, Uint32Array};
use napi_derive::napi;

use crate::error::{Checked, invalid, thrown};
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

    /// The one key of a single-record call.
    pub(crate) fn pack_one(&self) -> Checked<PackedKeys> {
        if self.count == 1 {
            self.pack()
        } else {
            Err(invalid(format!("{} keys where one is needed", self.count)))
        }
    }
}

words!(
    /// The integers of a typed array.
    "lowercase" NativeIntegerKind => IntegerKind { I1, I2, I4, I8, U1, U2, U4, U8 }
);

/// Keys whose digests were computed once.
#[napi]
pub struct NativeKeyList {
    list: Arc<KeyList>,
    packed: Arc<PackedKeys>,
}

#[napi]
impl NativeKeyList {
    /// Hashes packed keys.
    #[napi(constructor, catch_unwind)]
    pub fn new(env: &Env, keys: NativeKeys) -> Result<Self> {
        thrown(env, || Ok(Self::of(keys.pack()?)))
    }

    /// Hashes integer keys given as the bytes of a typed array.
    #[napi(factory, catch_unwind)]
    pub fn from_integers(
        env: &Env,
        namespace: String,
        set: String,
        bytes: Uint8Array,
        kind: NativeIntegerKind,
    ) -> Result<Self> {
        thrown(env, || {
            let group = KeyGroup::new(namespace, set)?;
            Ok(Self::of(PackedKeys::of_integers(group, kind.into(), &bytes)?))
        })
    }

    /// Number of keys.
    #[napi(getter)]
    pub fn count(&self) -> u32 {
        self.list.len() as u32
    }
}

impl NativeKeyList {
    fn of(packed: PackedKeys) -> Self {
        Self { list: Arc::new(KeyList::new(&packed)), packed: Arc::new(packed) }
    }
}

/// Either form of keys, as the calls take them.
pub type AnyKeys<'a> = Either<ClassInstance<'a, NativeKeyList>, NativeKeys>;

/// Keys for a columnar read.
pub fn key_source(keys: &AnyKeys<'_>) -> Checked<KeySource> {
    Ok(match keys {
        Either::A(list) => KeySource::List(Arc::clone(&list.list)),
        Either::B(keys) => KeySource::Packed(Arc::new(keys.pack()?)),
    })
}

/// Keys for a read of records, which needs the keys themselves.
pub fn packed_keys(keys: &AnyKeys<'_>) -> Checked<Arc<PackedKeys>> {
    Ok(match keys {
        Either::A(list) => Arc::clone(&list.packed),
        Either::B(keys) => Arc::new(keys.pack()?),
    })
}
