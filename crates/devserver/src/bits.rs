//! Operations on the bits of a blob. Bits count from the most significant one of the first byte.

use std::ops::Range;

use aerostride_wire::{Cursor, result_code as code};

use crate::expression::Value;
use crate::msgpack::{self, Item};

/// Bytes that a frame can have, and therefore more than any blob.
const FRAME_MAX: u64 = 128 * 1024 * 1024;
/// Longest blob that an operation makes. No record is that large.
const MAX_SIZE: usize = 16 * 1024 * 1024;

/// Policy flags of operations that change something.
const CREATE_ONLY: u64 = 1;
const UPDATE_ONLY: u64 = 2;
const NO_FAIL: u64 = 4;
const PARTIAL: u64 = 8;

/// Flags of a resize.
const FROM_FRONT: u64 = 1;
const GROW_ONLY: u64 = 2;
const SHRINK_ONLY: u64 = 4;

/// Flags of arithmetic.
const SIGNED: u64 = 1;
const SATURATE: u64 = 2;
const WRAP: u64 = 4;

/// What an argument is.
#[derive(Debug, Clone, Copy)]
enum Kind {
    /// Where it begins, in bytes; negative ones count from the end.
    ByteOffset,
    Offset,
    /// How much it is about, in bytes.
    NewSize,
    ByteSize,
    Size,
    /// In bits, of a number.
    NumberSize,
    Number,
    Distance,
    Truth,
    Bytes,
    /// Policy flags, of which these are known.
    Flags(u64),
    /// Flags of the operation's own; two of them exclude each other.
    Own(u64, u64),
}

use Kind::{
    ByteOffset, ByteSize, Bytes, Distance, Flags, NewSize, Number, NumberSize, Offset, Own, Size, Truth,
};

const MAKING: Kind = Flags(CREATE_ONLY | UPDATE_ONLY | NO_FAIL);
const CHANGING: Kind = Flags(UPDATE_ONLY | NO_FAIL | PARTIAL);
const COUNTING: Kind = Flags(UPDATE_ONLY | NO_FAIL);

/// The fewest arguments of an operation, and what each of them is.
const fn arguments(operation: u64) -> Option<(usize, &'static [Kind])> {
    Some(match operation {
        0 => (1, &[NewSize, MAKING, Own(FROM_FRONT | GROW_ONLY | SHRINK_ONLY, GROW_ONLY | SHRINK_ONLY)]),
        1 => (2, &[ByteOffset, Bytes, MAKING]),
        2 => (2, &[ByteOffset, ByteSize, CHANGING]),
        3..=6 => (3, &[Offset, Size, Bytes, CHANGING]),
        7 => (2, &[Offset, Size, CHANGING]),
        8 | 9 => (3, &[Offset, Size, Distance, CHANGING]),
        10 | 11 => {
            (3, &[Offset, NumberSize, Number, COUNTING, Own(SIGNED | SATURATE | WRAP, SATURATE | WRAP)])
        }
        12 => (3, &[Offset, NumberSize, Number, COUNTING]),
        50 | 51 => (2, &[Offset, Size]),
        52 | 53 => (3, &[Offset, Size, Truth]),
        54 => (2, &[Offset, NumberSize, Own(SIGNED, 0)]),
        _ => return None,
    })
}

/// An operation with its arguments, `[operation, arguments...]`. Offset and size are in bits.
#[derive(Debug, Default)]
struct Call<'a> {
    operation: u64,
    offset: i64,
    size: u64,
    value: u64,
    bytes: &'a [u8],
    flags: u64,
    own: u64,
}

impl<'a> Call<'a> {
    fn parse(bytes: &'a [u8], reads: bool) -> Result<Self, u8> {
        let mut cursor = Cursor::new(bytes);
        let Item::List(count @ 1..) = msgpack::item(&mut cursor)? else { return Err(code::PARAMETER) };
        let operation = number(&mut cursor)?;
        let (fewest, kinds) = arguments(operation).ok_or(code::PARAMETER)?;
        let given = count - 1;
        if (operation >= 50) != reads || given < fewest || given > kinds.len() {
            return Err(code::PARAMETER);
        }
        let mut call = Self { operation, ..Self::default() };
        kinds[..given].iter().try_for_each(|kind| call.take(*kind, &mut cursor))?;
        Ok(call)
    }

    fn take(&mut self, kind: Kind, cursor: &mut Cursor<'a>) -> Result<(), u8> {
        match kind {
            ByteOffset => self.offset = offset(cursor, FRAME_MAX)? * 8,
            Offset => self.offset = offset(cursor, FRAME_MAX * 8)?,
            NewSize => self.size = within(number(cursor)?, 0, FRAME_MAX)? * 8,
            ByteSize => self.size = within(number(cursor)?, 1, FRAME_MAX)? * 8,
            Size => self.size = within(number(cursor)?, 1, FRAME_MAX * 8)?,
            NumberSize => self.size = within(number(cursor)?, 1, 64)?,
            Number => self.value = number(cursor)?,
            Distance => self.value = within(number(cursor)?, 0, FRAME_MAX * 8)?,
            Truth => match msgpack::item(cursor)? {
                Item::Bool(truth) => self.value = u64::from(truth),
                _ => return Err(code::PARAMETER),
            },
            Bytes => self.take_bytes(cursor)?,
            Flags(known) => {
                self.flags = number(cursor)?;
                let both = CREATE_ONLY | UPDATE_ONLY;
                if self.flags & !known != 0 || self.flags & both == both {
                    return Err(code::PARAMETER);
                }
            }
            Own(known, exclusive) => {
                self.own = number(cursor)?;
                if self.own & !known != 0 || (exclusive != 0 && self.own & exclusive == exclusive) {
                    return Err(code::PARAMETER);
                }
            }
        }
        Ok(())
    }

    /// Bytes of at least the size that is known, or of the size that they give.
    fn take_bytes(&mut self, cursor: &mut Cursor<'a>) -> Result<(), u8> {
        match msgpack::item(cursor)? {
            Item::Raw([_, bytes @ ..]) if !bytes.is_empty() => self.bytes = bytes,
            _ => return Err(code::PARAMETER),
        }
        let bits = self.bytes.len() as u64 * 8;
        if self.size == 0 {
            self.size = bits;
        }
        if bits < self.size { Err(code::PARAMETER) } else { Ok(()) }
    }

    /// The first bit in a blob of so many bytes.
    fn start(&self, bytes: usize) -> Result<usize, u8> {
        let offset = if self.offset < 0 { self.offset + bytes as i64 * 8 } else { self.offset };
        usize::try_from(offset).map_err(|_| code::PARAMETER)
    }

    /// The bits in a blob of so many bytes. What lies outside is refused, or left out where that is allowed.
    fn range(&self, bytes: usize, outside: u8) -> Result<Range<usize>, u8> {
        let start = self.start(bytes)?;
        let (whole, end) = (bytes * 8, start + self.size as usize);
        if start >= whole || (end > whole && self.flags & PARTIAL == 0) {
            return Err(outside);
        }
        Ok(start..end.min(whole))
    }
}

fn number(cursor: &mut Cursor<'_>) -> Result<u64, u8> {
    match msgpack::item(cursor)? {
        Item::Int(value) => Ok(value as u64),
        Item::Uint(value) => Ok(value),
        _ => Err(code::PARAMETER),
    }
}

fn offset(cursor: &mut Cursor<'_>, most: u64) -> Result<i64, u8> {
    match number(cursor)? as i64 {
        // A real server takes its absolute value, which has no place in 64 bits, for a small one, and its last 32 bits.
        i64::MIN => Ok(0),
        offset if offset.unsigned_abs() > most => Err(code::PARAMETER),
        offset => Ok(offset),
    }
}

fn within(value: u64, least: u64, most: u64) -> Result<u64, u8> {
    if (least..=most).contains(&value) { Ok(value) } else { Err(code::PARAMETER) }
}

/// Reads from a blob.
pub(crate) fn read(blob: &[u8], operation: &[u8]) -> Result<Value<'static>, u8> {
    let call = Call::parse(operation, true)?;
    let bits = call.range(blob.len(), code::OP_NOT_APPLICABLE)?;
    let wanted = call.value == 1;
    Ok(match call.operation {
        50 => Value::Blob(packed(bits.map(|at| bit(blob, at))).into()),
        51 => Value::Int(bits.filter(|at| bit(blob, *at)).count() as i64),
        52 => {
            let found = bits.clone().position(|at| bit(blob, at) == wanted);
            Value::Int(found.map_or(-1, |at| at as i64))
        }
        53 => {
            // A real server looks on in the bits of the first byte that stand before the range.
            let found = (bits.start / 8 * 8..bits.end).rposition(|at| bit(blob, at) == wanted);
            Value::Int(found.map_or(-1, |at| at as i64 - (bits.start % 8) as i64))
        }
        _ => Value::Int(signed_value(number_at(blob, &bits), bits.len(), call.own & SIGNED != 0)),
    })
}

/// Why an operation may not change, or read, a bin of another type: its arguments come first. `Ok` where its flags let it
/// pass without an effect.
pub(crate) fn refuse(operation: &[u8], reads: bool) -> Result<(), u8> {
    let call = Call::parse(operation, reads)?;
    match (call.flags & CREATE_ONLY != 0, call.flags & NO_FAIL != 0) {
        (true, true) => Ok(()),
        (true, false) => Err(code::BIN_EXISTS),
        (false, _) => Err(code::BIN_TYPE),
    }
}

/// Changes a blob, or makes it. `None` when nothing changes.
pub(crate) fn modify(blob: Option<&[u8]>, operation: &[u8]) -> Result<Option<Vec<u8>>, u8> {
    let call = Call::parse(operation, false)?;
    let refused = match blob {
        Some(_) if call.flags & CREATE_ONLY != 0 => Some(code::BIN_EXISTS),
        None if call.operation > 1 || call.flags & UPDATE_ONLY != 0 => Some(code::BIN_NOT_FOUND),
        None if call.offset < 0 => return Err(code::PARAMETER),
        _ => None,
    };
    let old = blob.unwrap_or_default();
    if refused.is_none() {
        // What is wrong with the arguments themselves fails whatever the flags say.
        call.start(old.len())?;
    }
    match refused.map_or_else(|| change(old, &call), Err) {
        Err(failed) if call.flags & NO_FAIL != 0 && failed != code::RECORD_TOO_BIG => Ok(None),
        changed => changed,
    }
}

fn change(old: &[u8], call: &Call<'_>) -> Result<Option<Vec<u8>>, u8> {
    match call.operation {
        0 => return resize(old, call),
        1 => return insert(old, call).map(Some),
        2 => {
            let gone = call.range(old.len(), code::PARAMETER)?;
            return Ok(Some([&old[..gone.start / 8], &old[gone.end / 8..]].concat()));
        }
        _ => {}
    }
    let bits = call.range(old.len(), code::OP_NOT_APPLICABLE)?;
    let mut blob = old.to_vec();
    match call.operation {
        3..=6 => combine(&mut blob, &bits, call),
        7 => bits.for_each(|at| put_bit(&mut blob, at, !bit(old, at))),
        8 | 9 => shift(&mut blob, old, &bits, call),
        10 | 11 => add(&mut blob, &bits, call)?,
        _ => put_number(&mut blob, &bits, call.value),
    }
    Ok(Some(blob))
}

/// Cuts a blob, or adds zeros, at its end or at its front.
fn resize(old: &[u8], call: &Call<'_>) -> Result<Option<Vec<u8>>, u8> {
    let size = call.size as usize / 8;
    let from_front = call.own & FROM_FRONT != 0;
    if (call.own & GROW_ONLY != 0 && size < old.len()) || (call.own & SHRINK_ONLY != 0 && size > old.len()) {
        return Err(code::PARAMETER);
    }
    if size == old.len() {
        return Ok(None);
    }
    if size > MAX_SIZE {
        return Err(too_large(size));
    }
    let kept = size.min(old.len());
    let zeros = vec![0; size - kept];
    Ok(Some(if from_front {
        [&zeros, &old[old.len() - kept..]].concat()
    } else {
        [&old[..kept], &zeros].concat()
    }))
}

/// The code of a blob that no record can have, or no frame.
const fn too_large(size: usize) -> u8 {
    if size as u64 >= FRAME_MAX { code::PARAMETER } else { code::RECORD_TOO_BIG }
}

/// Puts bytes in between; between the end and the place there are zeros.
fn insert(old: &[u8], call: &Call<'_>) -> Result<Vec<u8>, u8> {
    let at = call.start(old.len())? / 8;
    let size = at.max(old.len()) + call.bytes.len();
    if size > MAX_SIZE {
        return Err(too_large(size));
    }
    let (front, behind) = old.split_at(at.min(old.len()));
    Ok([front, &vec![0; at - front.len()], call.bytes, behind].concat())
}

/// Sets bits, or joins them with others by or, exclusive or, and.
fn combine(blob: &mut [u8], bits: &Range<usize>, call: &Call<'_>) {
    for (index, at) in bits.clone().enumerate() {
        let (old, new) = (bit(blob, at), bit(call.bytes, index));
        let joined = match call.operation {
            3 => new,
            4 => old | new,
            5 => old ^ new,
            _ => old & new,
        };
        put_bit(blob, at, joined);
    }
}

fn shift(blob: &mut [u8], old: &[u8], bits: &Range<usize>, call: &Call<'_>) {
    let by = call.value as usize;
    for at in bits.clone() {
        let from = if call.operation == 8 { Some(at + by) } else { at.checked_sub(by) };
        put_bit(blob, at, from.is_some_and(|from| bits.contains(&from) && bit(old, from)));
    }
}

/// Adds to a number, or subtracts. What no longer fits fails, becomes the largest or smallest, or wraps.
fn add(blob: &mut [u8], bits: &Range<usize>, call: &Call<'_>) -> Result<(), u8> {
    let size = bits.len();
    let mask = u64::MAX >> (64 - size);
    let (old, by) = (number_at(blob, bits), call.value & mask);
    let subtracts = call.operation == 11;
    let new = if subtracts { old.wrapping_sub(by) } else { old.wrapping_add(by) } & mask;
    let limit = if call.own & WRAP != 0 {
        None
    } else if call.own & SIGNED == 0 {
        match subtracts {
            true => (new > old).then_some(0),
            false => (new < old).then_some(mask),
        }
    } else {
        let signed = |number| signed_value(number, size, true);
        let by = signed(if subtracts { by.wrapping_neg() } else { by });
        match (signed(old), by, signed(new)) {
            (..=-1, ..=-1, 1..) => Some(1 << (size - 1)),
            (1.., 1.., ..=-1) => Some(mask >> 1),
            _ => None,
        }
    };
    match limit {
        Some(_) if call.own & SATURATE == 0 => return Err(code::OP_NOT_APPLICABLE),
        Some(limit) => put_number(blob, bits, limit),
        None => put_number(blob, bits, new),
    }
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
fn number_at(bytes: &[u8], bits: &Range<usize>) -> u64 {
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
