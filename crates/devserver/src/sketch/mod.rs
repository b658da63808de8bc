//! Sketches (HyperLogLog): how many different elements there were, in a few bytes.

mod estimate;
mod hash;
mod registers;

use aerostride_wire::{Cursor, result_code as code};

use crate::expression::Value;
use crate::msgpack::{self, Item};
use registers::Sketch;

/// Policy flags of operations that change something.
const CREATE_ONLY: u64 = 1;
const UPDATE_ONLY: u64 = 2;
const NO_FAIL: u64 = 4;
const ALLOW_FOLD: u64 = 8;

/// What an argument is.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Elements,
    Sketches,
    IndexBits,
    MinhashBits,
    /// Policy flags, of which these are known.
    Flags(u64),
}

use Kind::{Elements, Flags, IndexBits, MinhashBits, Sketches};

/// The fewest arguments of an operation, and what each of them is.
const fn arguments(operation: i64) -> Option<(usize, &'static [Kind])> {
    Some(match operation {
        0 => (0, &[IndexBits, MinhashBits, Flags(CREATE_ONLY | UPDATE_ONLY | NO_FAIL)]),
        1 => (1, &[Elements, IndexBits, MinhashBits, Flags(CREATE_ONLY | NO_FAIL)]),
        2 => (1, &[Sketches, Flags(CREATE_ONLY | UPDATE_ONLY | NO_FAIL | ALLOW_FOLD)]),
        4 => (1, &[IndexBits]),
        3 | 50 | 55 => (0, &[]),
        51..=54 => (1, &[Sketches]),
        56 => (1, &[Elements]),
        _ => return None,
    })
}

/// An operation with its arguments, `[operation, arguments...]`.
#[derive(Debug, Default)]
struct Call {
    operation: i64,
    elements: Vec<Vec<u8>>,
    sketches: Vec<Sketch>,
    /// `None` stands for the bits that the sketch has.
    index_bits: Option<u8>,
    minhash_bits: Option<u8>,
    flags: u64,
}

impl Call {
    fn parse(bytes: &[u8], reads: bool) -> Result<Self, u8> {
        let elements = msgpack::list_elements(bytes)?;
        let (operation, given) = elements.split_first().ok_or(code::PARAMETER)?;
        let operation = msgpack::integer(operation)?;
        let (fewest, kinds) = arguments(operation).ok_or(code::PARAMETER)?;
        if (operation >= 50) != reads || given.len() < fewest || given.len() > kinds.len() {
            return Err(code::PARAMETER);
        }
        let mut call = Self { operation, ..Self::default() };
        given.iter().zip(kinds).try_for_each(|(argument, kind)| call.take(*kind, argument))?;
        let several = call.sketches.len() > 2 && matches!(operation, 53 | 54);
        if several && minhash_of(&call.sketches).is_none() {
            return Err(code::PARAMETER);
        }
        Ok(call)
    }

    fn take(&mut self, kind: Kind, argument: &[u8]) -> Result<(), u8> {
        match kind {
            Elements => {
                self.elements =
                    msgpack::list_elements(argument)?.into_iter().map(element).collect::<Result<_, u8>>()?;
                if self.elements.is_empty() { Err(code::PARAMETER) } else { Ok(()) }
            }
            Sketches => {
                self.sketches = sketches(argument)?;
                Ok(())
            }
            IndexBits => {
                self.index_bits = bits(argument, |bits| Sketch::are_sizes(bits, 0))?;
                Ok(())
            }
            MinhashBits => {
                let index = self.index_bits.unwrap_or(4);
                self.minhash_bits = bits(argument, |bits| Sketch::are_sizes(index, bits))?;
                Ok(())
            }
            Flags(known) => {
                self.flags = msgpack::integer(argument)? as u64;
                let both = CREATE_ONLY | UPDATE_ONLY;
                let unsound = self.flags & !known != 0 || self.flags & both == both;
                if unsound { Err(code::PARAMETER) } else { Ok(()) }
            }
        }
    }

    fn with(&self, sketch: Sketch) -> Vec<Sketch> {
        self.sketches.iter().cloned().chain([sketch]).collect()
    }

    /// Performs an operation that changes the sketch: what it is then, and the answer.
    fn perform(&self, old: Option<Sketch>) -> Result<(Sketch, Value<'static>), u8> {
        match (self.operation, old) {
            (0, old) => Ok((self.sized(old.as_ref())?, Value::Nil)),
            (1, old) => {
                let mut sketch = old.map_or_else(|| self.sized(None), Ok)?;
                let updated = self.elements.iter().filter(|element| sketch.add(element)).count();
                Ok((sketch, Value::Int(updated as i64)))
            }
            (2, None) => Ok((Sketch::union(&self.sketches), Value::Nil)),
            (2, Some(old)) => {
                let smallest = Sketch::fitting(&self.sketches);
                let folds = smallest.index_bits < old.index_bits
                    || (old.minhash_bits != 0 && old.minhash_bits != smallest.minhash_bits);
                if folds && self.flags & ALLOW_FOLD == 0 {
                    return Err(code::OP_NOT_APPLICABLE);
                }
                Ok((Sketch::union(&self.with(old)), Value::Nil))
            }
            (_, None) => Err(code::BIN_NOT_FOUND),
            (3, Some(mut sketch)) => {
                sketch.cache = estimate::count(&sketch);
                let count = sketch.cache as i64;
                Ok((sketch, Value::Int(count)))
            }
            (_, Some(sketch)) => {
                let index_bits = self.index_bits.filter(|bits| *bits <= sketch.index_bits);
                let fits = index_bits.filter(|_| sketch.minhash_bits == 0);
                let index_bits = fits.ok_or(code::OP_NOT_APPLICABLE)?;
                if index_bits == sketch.index_bits {
                    return Ok((sketch, Value::Nil));
                }
                let mut folded = Sketch::new(index_bits, 0).ok_or(code::PARAMETER)?;
                folded.absorb(&sketch);
                Ok((folded, Value::Nil))
            }
        }
    }

    /// An empty sketch of the sizes that the arguments name, or that the old one has.
    fn sized(&self, old: Option<&Sketch>) -> Result<Sketch, u8> {
        let index_bits = self.index_bits.or_else(|| old.map(|old| old.index_bits));
        let minhash_bits = self.minhash_bits.or_else(|| old.map(|old| old.minhash_bits)).unwrap_or(0);
        index_bits.and_then(|bits| Sketch::new(bits, minhash_bits)).ok_or(code::OP_NOT_APPLICABLE)
    }
}

/// The minhash bits of all of them, if they have any and the same.
fn minhash_of(sketches: &[Sketch]) -> Option<u8> {
    let bits = Sketch::fitting(sketches).minhash_bits;
    (bits != 0).then_some(bits)
}

/// A number of bits, or -1.
fn bits(argument: &[u8], sound: impl Fn(u8) -> bool) -> Result<Option<u8>, u8> {
    match msgpack::integer(argument)? {
        -1 => Ok(None),
        bits => u8::try_from(bits).ok().filter(|bits| sound(*bits)).map(Some).ok_or(code::PARAMETER),
    }
}

/// An element as it is hashed: integers in the fewest bytes. Lists and maps are none.
fn element(bytes: &[u8]) -> Result<Vec<u8>, u8> {
    match msgpack::item(&mut Cursor::new(bytes))? {
        Item::List(_) | Item::Map(_) => Err(code::PARAMETER),
        Item::Int(value) => {
            let mut out = Vec::new();
            msgpack::put_int(&mut out, value);
            Ok(out)
        }
        _ => Ok(bytes.to_vec()),
    }
}

/// Reads from a sketch.
pub(crate) fn read(bin: &[u8], operation: &[u8]) -> Result<Value<'static>, u8> {
    let sketch = Sketch::parse(bin).ok_or(code::PARAMETER)?;
    let call = Call::parse(operation, true)?;
    let several = call.sketches.len() > 2 && matches!(call.operation, 53 | 54);
    if several && minhash_of(&call.sketches) != Some(sketch.minhash_bits) {
        return Err(code::OP_NOT_APPLICABLE);
    }
    let with_others = || call.with(sketch.clone());
    Ok(match call.operation {
        50 => Value::Int(estimate::count(&sketch) as i64),
        51 => Value::Hll(Sketch::union(&with_others()).encode().into()),
        52 => Value::Int(estimate::count(&Sketch::union(&with_others())) as i64),
        53 => Value::Int(estimate::intersection(&with_others()) as i64),
        54 => Value::Float(estimate::similarity(&with_others())),
        55 => Value::List(vec![0x92, sketch.index_bits, sketch.minhash_bits].into()),
        _ => Value::Int(i64::from(call.elements.iter().all(|element| sketch.may_contain(element)))),
    })
}

/// Changes a sketch, or makes it: what it is then, if it changed, and the answer.
pub(crate) fn modify(bin: Option<&[u8]>, operation: &[u8]) -> Result<(Option<Vec<u8>>, Value<'static>), u8> {
    let call = Call::parse(operation, false)?;
    let old = bin.map(|bin| Sketch::parse(bin).ok_or(code::PARAMETER)).transpose()?;
    let refused = match &old {
        Some(_) if call.flags & CREATE_ONLY != 0 => code::BIN_EXISTS,
        None if call.flags & UPDATE_ONLY != 0 => code::BIN_NOT_FOUND,
        _ => {
            let (sketch, answer) = call.perform(old)?;
            return Ok((Some(sketch.encode()), answer));
        }
    };
    if call.flags & NO_FAIL != 0 { Ok((None, Value::Nil)) } else { Err(refused) }
}

/// The sketches of a list, or one by itself.
fn sketches(argument: &[u8]) -> Result<Vec<Sketch>, u8> {
    let parse = |element: &[u8]| match msgpack::item(&mut Cursor::new(element)) {
        Ok(Item::Raw([_, bytes @ ..])) => Sketch::parse(bytes),
        _ => None,
    };
    let all: Option<Vec<_>> = match msgpack::item(&mut Cursor::new(argument))? {
        Item::List(_) => msgpack::list_elements(argument)?.into_iter().map(parse).collect(),
        _ => parse(argument).map(|sketch| vec![sketch]),
    };
    all.filter(|all| !all.is_empty()).ok_or(code::PARAMETER)
}

/// Whether a bin's value is a sketch.
pub(crate) fn is_sound(bin: &[u8]) -> bool {
    Sketch::parse(bin).is_some()
}
