//! Sketches (HyperLogLog): how many different elements there were, in a few bytes.

mod estimate;
mod hash;
mod registers;

use aerostride_wire::{Cursor, result_code as code};

use crate::expression::Value;
use crate::msgpack::{self, Item};
use registers::Sketch;

/// Policy flags of operations that change something.
const CREATE_ONLY: i64 = 1;
const UPDATE_ONLY: i64 = 2;
const NO_FAIL: i64 = 4;
const ALLOW_FOLD: i64 = 8;

/// Reads from a sketch.
pub(crate) fn read(bin: &[u8], operation: &[u8]) -> Result<Value<'static>, u8> {
    let sketch = Sketch::parse(bin).ok_or(code::PARAMETER)?;
    let elements = msgpack::list_elements(operation)?;
    let (operation, arguments) = elements.split_first().ok_or(code::PARAMETER)?;
    let with_others = || -> Result<Vec<Sketch>, u8> {
        let mut all = sketches(arguments.first().ok_or(code::PARAMETER)?)?;
        all.push(sketch.clone());
        Ok(all)
    };
    Ok(match msgpack::integer(operation)? {
        50 => Value::Int(estimate::count(&sketch) as i64),
        51 => Value::Hll(Sketch::union(&with_others()?).encode().into()),
        52 => Value::Int(estimate::count(&Sketch::union(&with_others()?)) as i64),
        53 => Value::Int(estimate::intersection(&with_others()?) as i64),
        54 => Value::Float(estimate::similarity(&with_others()?)),
        55 => Value::List(vec![0x92, sketch.index_bits, sketch.minhash_bits].into()),
        56 => {
            let wanted = msgpack::list_elements(arguments.first().ok_or(code::PARAMETER)?)?;
            Value::Int(i64::from(wanted.iter().all(|element| sketch.may_contain(element))))
        }
        _ => return Err(code::PARAMETER),
    })
}

/// Changes a sketch, or makes it: what it is then, if it changed, and the answer.
pub(crate) fn modify(bin: Option<&[u8]>, operation: &[u8]) -> Result<(Option<Vec<u8>>, Value<'static>), u8> {
    let elements = msgpack::list_elements(operation)?;
    let (operation, arguments) = elements.split_first().ok_or(code::PARAMETER)?;
    let call = Call { arguments, operation: msgpack::integer(operation)? };
    let flags = call.flags()?;
    if call.operation == 1 && flags & UPDATE_ONLY != 0 {
        return Err(code::PARAMETER);
    }
    let old = bin.map(|bin| Sketch::parse(bin).ok_or(code::PARAMETER)).transpose()?;
    let changed = if old.is_some() && flags & CREATE_ONLY != 0 {
        Err(code::BIN_EXISTS)
    } else if old.is_none() && flags & UPDATE_ONLY != 0 {
        Err(code::BIN_NOT_FOUND)
    } else {
        call.perform(old, flags)
    };
    match changed {
        Ok((sketch, answer)) => Ok((Some(sketch.encode()), answer)),
        Err(failed) if flags & NO_FAIL != 0 && failed != code::PARAMETER => Ok((None, Value::Nil)),
        Err(failed) => Err(failed),
    }
}

struct Call<'c, 'a> {
    operation: i64,
    arguments: &'c [&'a [u8]],
}

impl Call<'_, '_> {
    fn integer_or(&self, at: usize, default: i64) -> Result<i64, u8> {
        Ok(self.arguments.get(at).map_or(Ok(default), |bytes| msgpack::integer(bytes))?)
    }

    /// Policy flags stand last, where the operation has them.
    fn flags(&self) -> Result<i64, u8> {
        match self.operation {
            0 => self.integer_or(2, 0),
            1 => self.integer_or(3, 0),
            2 => self.integer_or(1, 0),
            3 | 4 => Ok(0),
            _ => Err(code::PARAMETER),
        }
    }

    fn perform(&self, old: Option<Sketch>, flags: i64) -> Result<(Sketch, Value<'static>), u8> {
        let present = |old: Option<Sketch>| old.ok_or(code::BIN_NOT_FOUND);
        match self.operation {
            0 => Ok((self.sized(0, old.as_ref())?, Value::Nil)),
            1 => {
                let mut sketch = match old {
                    Some(sketch) => sketch,
                    None => self.sized(1, None)?,
                };
                let elements = msgpack::list_elements(self.arguments.first().ok_or(code::PARAMETER)?)?;
                let updated = elements.iter().filter(|element| sketch.add(element)).count();
                Ok((sketch, Value::Int(updated as i64)))
            }
            2 => {
                let mut all = sketches(self.arguments.first().ok_or(code::PARAMETER)?)?;
                if let Some(old) = old {
                    let smallest = all.iter().map(|sketch| sketch.index_bits).min().unwrap_or(old.index_bits);
                    if smallest < old.index_bits && flags & ALLOW_FOLD == 0 {
                        return Err(code::OP_NOT_APPLICABLE);
                    }
                    all.push(old);
                }
                Ok((Sketch::union(&all), Value::Nil))
            }
            3 => {
                let mut sketch = present(old)?;
                sketch.cache = estimate::count(&sketch);
                let count = sketch.cache as i64;
                Ok((sketch, Value::Int(count)))
            }
            _ => {
                let sketch = present(old)?;
                let bits = u8::try_from(self.integer_or(0, -1)?).map_err(|_| code::PARAMETER)?;
                if bits > sketch.index_bits || sketch.minhash_bits != 0 {
                    return Err(code::OP_NOT_APPLICABLE);
                }
                let mut folded = Sketch::new(bits, 0).ok_or(code::PARAMETER)?;
                folded.absorb(&sketch);
                Ok((folded, Value::Nil))
            }
        }
    }

    /// A new sketch of the sizes that two arguments name; -1 keeps those of the old one.
    fn sized(&self, at: usize, old: Option<&Sketch>) -> Result<Sketch, u8> {
        let chosen = |at, old: Option<u8>| -> Result<u8, u8> {
            match (self.integer_or(at, -1)?, old) {
                (-1, Some(old)) => Ok(old),
                (bits, _) => u8::try_from(bits).map_err(|_| code::PARAMETER),
            }
        };
        let index_bits = chosen(at, old.map(|old| old.index_bits))?;
        let minhash_bits = chosen(at + 1, Some(old.map_or(0, |old| old.minhash_bits)))?;
        Sketch::new(index_bits, minhash_bits).ok_or(code::PARAMETER)
    }
}

/// The sketches of a list.
fn sketches(list: &[u8]) -> Result<Vec<Sketch>, u8> {
    let parse = |element: &&[u8]| match msgpack::item(&mut Cursor::new(element)) {
        Ok(Item::Raw([_, bytes @ ..])) => Sketch::parse(bytes),
        _ => None,
    };
    let all: Option<Vec<_>> = msgpack::list_elements(list)?.iter().map(parse).collect();
    all.filter(|all| !all.is_empty()).ok_or(code::PARAMETER)
}

/// Whether a bin's value is a sketch.
pub(crate) fn is_sound(bin: &[u8]) -> bool {
    Sketch::parse(bin).is_some()
}
