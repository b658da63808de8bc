//! Operations on the bits of a blob. Bits count from the most significant one of the first byte.

use std::ops::Range;

use aerostride_wire::result_code as code;

use crate::expression::Value;
use crate::msgpack::{self, Item};

/// Longest blob that an operation makes.
const MAX_SIZE: usize = 16 * 1024 * 1024;

/// Policy flags of operations that change something.
const CREATE_ONLY: i64 = 1;
const UPDATE_ONLY: i64 = 2;
const NO_FAIL: i64 = 4;
const PARTIAL: i64 = 8;

/// An operation with its arguments, `[operation, arguments...]`.
struct Call<'a> {
    operation: i64,
    arguments: Vec<&'a [u8]>,
}

impl<'a> Call<'a> {
    fn parse(bytes: &'a [u8]) -> Result<Self, u8> {
        let elements = msgpack::list_elements(bytes)?;
        let (operation, arguments) = elements.split_first().ok_or(code::PARAMETER)?;
        Ok(Self { operation: msgpack::integer(operation)?, arguments: arguments.to_vec() })
    }

    fn integer(&self, at: usize) -> Result<i64, u8> {
        Ok(msgpack::integer(self.arguments.get(at).ok_or(code::PARAMETER)?)?)
    }

    fn integer_or(&self, at: usize, default: i64) -> Result<i64, u8> {
        Ok(self.arguments.get(at).map_or(Ok(default), |bytes| msgpack::integer(bytes))?)
    }

    fn truth(&self, at: usize) -> Result<bool, u8> {
        match msgpack::item(&mut aerostride_wire::Cursor::new(
            self.arguments.get(at).ok_or(code::PARAMETER)?,
        ))? {
            Item::Bool(truth) => Ok(truth),
            Item::Int(value @ (0 | 1)) => Ok(value == 1),
            _ => Err(code::PARAMETER),
        }
    }

    fn blob(&self, at: usize) -> Result<&'a [u8], u8> {
        match msgpack::item(&mut aerostride_wire::Cursor::new(
            self.arguments.get(at).ok_or(code::PARAMETER)?,
        ))? {
            Item::Raw([_, value @ ..]) => Ok(value),
            _ => Err(code::PARAMETER),
        }
    }

    /// The bits that the first two arguments name in a blob of so many bytes.
    fn bits(&self, bytes: usize, partial: bool) -> Result<Range<usize>, u8> {
        let (offset, size) = (self.integer(0)?, self.integer(1)?);
        if size <= 0 {
            return Err(code::PARAMETER);
        }
        range(offset, size, bytes * 8, partial)
    }
}

/// A range that may count from the end. What lies outside is refused, or left out where that is allowed.
fn range(offset: i64, size: i64, whole: usize, partial: bool) -> Result<Range<usize>, u8> {
    let offset = if offset < 0 { offset.checked_add(whole as i64) } else { Some(offset) };
    let start = offset.and_then(|offset| usize::try_from(offset).ok()).filter(|start| *start < whole);
    let (Some(start), Ok(size)) = (start, usize::try_from(size)) else {
        return Err(code::OP_NOT_APPLICABLE);
    };
    let end = start.checked_add(size).ok_or(code::PARAMETER)?;
    if end > whole && !partial {
        return Err(code::OP_NOT_APPLICABLE);
    }
    Ok(start..end.min(whole))
}

/// Reads from a blob.
pub(crate) fn read(blob: &[u8], operation: &[u8]) -> Result<Value<'static>, u8> {
    let call = Call::parse(operation)?;
    if !(50..=54).contains(&call.operation) {
        return Err(code::PARAMETER);
    }
    let bits = call.bits(blob.len(), false)?;
    let mut ones = bits.clone().map(|at| bit(blob, at));
    Ok(match call.operation {
        50 => Value::Blob(packed(ones).into()),
        51 => Value::Int(ones.filter(|one| *one).count() as i64),
        52 => {
            let wanted = call.truth(2)?;
            Value::Int(ones.position(|one| one == wanted).map_or(-1, |at| at as i64))
        }
        53 => {
            let wanted = call.truth(2)?;
            Value::Int(ones.rposition(|one| one == wanted).map_or(-1, |at| at as i64))
        }
        _ => {
            if bits.len() > 64 {
                return Err(code::PARAMETER);
            }
            let signed = call.integer_or(2, 0)? & 1 != 0;
            Value::Int(signed_value(number(blob, &bits), bits.len(), signed))
        }
    })
}

/// Changes a blob, or makes it. `None` when nothing changes.
pub(crate) fn modify(blob: Option<&[u8]>, operation: &[u8]) -> Result<Option<Vec<u8>>, u8> {
    let call = Call::parse(operation)?;
    let flags = match call.operation {
        0 => call.integer_or(1, 0)?,
        1 | 2 | 7 => call.integer_or(2, 0)?,
        3..=6 | 8..=12 => call.integer_or(3, 0)?,
        _ => return Err(code::PARAMETER),
    };
    let changed = if blob.is_some() && flags & CREATE_ONLY != 0 {
        Err(code::BIN_EXISTS)
    } else if blob.is_none() && (flags & UPDATE_ONLY != 0 || call.operation > 1) {
        Err(code::BIN_NOT_FOUND)
    } else {
        change(blob.unwrap_or_default().to_vec(), &call, flags & PARTIAL != 0)
    };
    match changed {
        Ok(changed) => Ok(Some(changed)),
        Err(failed) if flags & NO_FAIL != 0 && failed != code::PARAMETER => Ok(None),
        Err(failed) => Err(failed),
    }
}

fn change(mut blob: Vec<u8>, call: &Call<'_>, partial: bool) -> Result<Vec<u8>, u8> {
    match call.operation {
        0 => return resize(blob, call),
        1 => return insert(blob, call),
        2 => return remove(blob, call, partial),
        _ => {}
    }
    let bits = call.bits(blob.len(), partial)?;
    match call.operation {
        3..=6 => combine(&mut blob, &bits, call)?,
        7 => bits.for_each(|at| {
            let one = bit(&blob, at);
            put_bit(&mut blob, at, !one);
        }),
        8 | 9 => shift(&mut blob, &bits, call)?,
        10 | 11 => add(&mut blob, &bits, call)?,
        _ => {
            if bits.len() > 64 {
                return Err(code::PARAMETER);
            }
            put_number(&mut blob, &bits, call.integer(2)? as u64);
        }
    }
    Ok(blob)
}

/// Cuts a blob, or adds zeros, at its end or with flag 1 at its front. Flags 2 and 4: it may only grow, only shrink.
fn resize(blob: Vec<u8>, call: &Call<'_>) -> Result<Vec<u8>, u8> {
    let size =
        usize::try_from(call.integer(0)?).ok().filter(|size| *size <= MAX_SIZE).ok_or(code::PARAMETER)?;
    let flags = call.integer_or(2, 0)?;
    let (from_front, grow_only, shrink_only) = (flags & 1 != 0, flags & 2 != 0, flags & 4 != 0);
    if (grow_only && size < blob.len()) || (shrink_only && size > blob.len()) {
        return Err(code::OP_NOT_APPLICABLE);
    }
    let kept = size.min(blob.len());
    let zeros = vec![0; size - kept];
    Ok(if from_front {
        [&zeros, &blob[blob.len() - kept..]].concat()
    } else {
        [&blob[..kept], &zeros].concat()
    })
}

/// Puts bytes in between; between the end and the place there are zeros.
fn insert(mut blob: Vec<u8>, call: &Call<'_>) -> Result<Vec<u8>, u8> {
    let (offset, value) = (call.integer(0)?, call.blob(1)?);
    let at = if offset < 0 { offset.checked_add(blob.len() as i64) } else { Some(offset) };
    let at = at.and_then(|at| usize::try_from(at).ok()).ok_or(code::OP_NOT_APPLICABLE)?;
    if at.saturating_add(value.len()) > MAX_SIZE {
        return Err(code::PARAMETER);
    }
    if at > blob.len() {
        blob.resize(at, 0);
    }
    blob.splice(at..at, value.iter().copied());
    Ok(blob)
}

fn remove(mut blob: Vec<u8>, call: &Call<'_>, partial: bool) -> Result<Vec<u8>, u8> {
    let (offset, size) = (call.integer(0)?, call.integer(1)?);
    if size <= 0 {
        return Err(code::PARAMETER);
    }
    blob.drain(range(offset, size, blob.len(), partial)?);
    Ok(blob)
}

/// Sets bits, or joins them with others by or, exclusive or, and. The value is used again where it ends.
fn combine(blob: &mut [u8], bits: &Range<usize>, call: &Call<'_>) -> Result<(), u8> {
    let value = call.blob(2)?;
    if value.is_empty() {
        return Err(code::PARAMETER);
    }
    for (index, at) in bits.clone().enumerate() {
        let (old, new) = (bit(blob, at), bit(value, index % (value.len() * 8)));
        let joined = match call.operation {
            3 => new,
            4 => old | new,
            5 => old ^ new,
            _ => old & new,
        };
        put_bit(blob, at, joined);
    }
    Ok(())
}

fn shift(blob: &mut [u8], bits: &Range<usize>, call: &Call<'_>) -> Result<(), u8> {
    let by = usize::try_from(call.integer(2)?).map_err(|_| code::PARAMETER)?;
    let old: Vec<bool> = bits.clone().map(|at| bit(blob, at)).collect();
    for (index, at) in bits.clone().enumerate() {
        let from = if call.operation == 8 { index.checked_add(by) } else { index.checked_sub(by) };
        put_bit(blob, at, from.and_then(|from| old.get(from).copied()).unwrap_or(false));
    }
    Ok(())
}

/// Adds to a number, or subtracts. What no longer fits fails, or with 2 becomes the largest or smallest, or with 4 wraps.
fn add(blob: &mut [u8], bits: &Range<usize>, call: &Call<'_>) -> Result<(), u8> {
    const SATURATE: i64 = 2;
    const WRAP: i64 = 4;
    let size = bits.len();
    if size > 64 {
        return Err(code::PARAMETER);
    }
    let action = call.integer_or(4, 0)?;
    let signed = action & 1 != 0;
    let limits = if signed {
        (-(1_i128 << (size - 1)), (1_i128 << (size - 1)) - 1)
    } else {
        (0, (1_i128 << size) - 1)
    };
    let raw = number(blob, bits);
    let old = if signed { i128::from(signed_value(raw, size, true)) } else { i128::from(raw) };
    let by = call.integer(2)?;
    let by = if signed { i128::from(by) } else { i128::from(by as u64) };
    let new = if call.operation == 10 { old + by } else { old - by };
    let new = if (limits.0..=limits.1).contains(&new) || action & WRAP != 0 {
        new
    } else if action & SATURATE != 0 {
        new.clamp(limits.0, limits.1)
    } else {
        return Err(code::OP_NOT_APPLICABLE);
    };
    put_number(blob, bits, new as u64);
    Ok(())
}

fn bit(bytes: &[u8], at: usize) -> bool {
    bytes.get(at / 8).is_some_and(|byte| byte & (0x80 >> (at % 8)) != 0)
}

fn put_bit(bytes: &mut [u8], at: usize, one: bool) {
    let mask = 0x80 >> (at % 8);
    if let Some(byte) = bytes.get_mut(at / 8) {
        *byte = if one { *byte | mask } else { *byte & !mask };
    }
}

/// Bits as bytes, from the most significant bit of the first one on.
fn packed(bits: impl Iterator<Item = bool>) -> Vec<u8> {
    let mut out = Vec::new();
    for (at, one) in bits.enumerate() {
        if at % 8 == 0 {
            out.push(0);
        }
        put_bit(&mut out, at, one);
    }
    out
}

/// At most 64 bits as a number without sign.
fn number(bytes: &[u8], bits: &Range<usize>) -> u64 {
    bits.clone().fold(0, |number, at| number << 1 | u64::from(bit(bytes, at)))
}

fn put_number(bytes: &mut [u8], bits: &Range<usize>, number: u64) {
    for (index, at) in bits.clone().rev().enumerate() {
        put_bit(bytes, at, index < 64 && number >> index & 1 != 0);
    }
}

/// A number of so many bits with its sign.
const fn signed_value(number: u64, size: usize, signed: bool) -> i64 {
    if !signed || size == 0 || size >= 64 {
        return number as i64;
    }
    let unused = 64 - size as u32;
    (number << unused) as i64 >> unused
}
