//! A few keys in memory that `src` keeps for all calls: nothing is made for them on either side but what the call takes along.

use std::ptr;

use aerostride_core::{KeyGroup, PackedKeys};
use aerostride_wire::KeyType;
use napi::bindgen_prelude::Result;
use napi::{check_status, sys};

use crate::error::Checked;

/// Bytes of a word.
const WORD: usize = size_of::<u32>();
/// Where the names begin.
const NAMES: usize = 16;
/// Where the ends of the keys begin.
const ENDS: usize = 28 * WORD;

/// A copy of what a block has, which `src/keys/block.ts` describes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyBlock {
    pub namespace: String,
    pub set: String,
    pub kind: u8,
    /// The end of each key.
    ends: Vec<u32>,
    pub data: Vec<u8>,
}

impl KeyBlock {
    /// Copies a block, where the value is one and not keys in another form.
    ///
    /// # Safety
    /// `env` has to be live, this its thread, and `value` one of its values.
    pub unsafe fn of(env: sys::napi_env, value: sys::napi_value) -> Result<Option<Self>> {
        let (mut is_array, mut length, mut data) = (false, 0, ptr::null_mut());
        // SAFETY: as this function's. The memory lives as long as the value, and nobody writes it during the call.
        unsafe {
            check_status!(sys::napi_is_typedarray(env, value, &mut is_array))?;
            if !is_array {
                return Ok(None);
            }
            check_status!(sys::napi_get_typedarray_info(
                env,
                value,
                ptr::null_mut(),
                &mut length,
                &mut data,
                ptr::null_mut(),
                ptr::null_mut(),
            ))?;
            let block =
                if data.is_null() { &[][..] } else { std::slice::from_raw_parts(data.cast::<u8>(), length) };
            let read = Self::read(block);
            read.map(Some).ok_or_else(|| napi::Error::from_reason("a block of keys is malformed"))
        }
    }

    fn read(block: &[u8]) -> Option<Self> {
        let word = |at: usize| Some(u32::from_ne_bytes(*block.get(at * WORD..)?.first_chunk()?) as usize);
        let (count, kind, set_at) = (word(0)?, word(1)?, NAMES.checked_add(word(2)?)?);
        let names_end = set_at.checked_add(word(3)?)?;
        let text = |from, to| Some(std::str::from_utf8(block.get(from..to)?).ok()?.to_owned());
        let data_at = ENDS.checked_add(count.checked_mul(WORD)?)?;
        let ends: Vec<u32> =
            block.get(ENDS..data_at)?.as_chunks().0.iter().copied().map(u32::from_ne_bytes).collect();
        let data = block.get(data_at..)?.get(..ends.last().copied().unwrap_or_default() as usize)?;
        Some(Self {
            namespace: text(NAMES, set_at)?,
            set: text(set_at, names_end)?,
            kind: kind.try_into().ok()?,
            ends,
            data: data.to_vec(),
        })
    }

    /// The keys as the core takes them.
    pub fn pack(self) -> Checked<PackedKeys> {
        let Self { namespace, set, kind, ends, data } = self;
        let (count, group) = (ends.len(), KeyGroup::new(namespace, set)?);
        // Integers are as long as each other, which need not be looked at then.
        let ends = if kind == KeyType::Int as u8 && data.len() == count * 8 { Vec::new() } else { ends };
        Ok(PackedKeys::new(count, vec![group], None, &[kind], ends, data)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A block of the keys `a` and `bc` in namespace `test` and set `demo`.
    fn block() -> Vec<u8> {
        let mut words = [0_u32; 30];
        words[..4].copy_from_slice(&[2, 3, 4, 4]);
        words[28..].copy_from_slice(&[1, 3]);
        let mut block: Vec<u8> = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
        block[16..24].copy_from_slice(b"testdemo");
        block.extend_from_slice(b"abc-------");
        block
    }

    #[test]
    fn a_block_has_names_ends_and_bytes() {
        let read = KeyBlock::read(&block()).unwrap();
        assert_eq!((read.namespace.as_str(), read.set.as_str(), read.kind), ("test", "demo", 3));
        assert_eq!((read.ends, read.data), (vec![1, 3], b"abc".to_vec()));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let whole = block();
        for size in 0..30 * 4 + 3 {
            assert!(KeyBlock::read(&whole[..size]).is_none(), "{size} bytes");
        }
        for word in [0, 1, 2, 3, 29] {
            let mut block = whole.clone();
            block[word * 4..][..4].copy_from_slice(&u32::MAX.to_ne_bytes());
            assert!(KeyBlock::read(&block).is_none(), "word {word}");
        }
        let mut block = whole;
        block[16] = 0xff;
        assert!(KeyBlock::read(&block).is_none(), "a name that is not UTF-8");
    }
}
