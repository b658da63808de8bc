//! One value into one element: the bytes, and whether the value changed. Pure functions; the rules are numpy's casts.

use aerostride_wire::msgpack::{self, Element as Item};
use aerostride_wire::{Cursor, WireError};

use crate::{Element, f16_to_f64, f32_to_f16, f64_to_f16};

/// What became of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The cell holds the value.
    Exact,
    /// The cell holds what the cast left of it.
    Lossy,
    /// The types do not convert; the cell is zero.
    Mismatch,
}

/// Little-endian bytes of one element, of which the first `element.size()` count, and whether the value changed.
pub(crate) type Cast = ([u8; 8], bool);

const fn bytes<const N: usize>(value: [u8; N], lossy: bool) -> Cast {
    let mut wide = [0; 8];
    let mut i = 0;
    while i < N {
        wide[i] = value[i];
        i += 1;
    }
    (wide, lossy)
}

/// An int64 into any element: integers keep the low bytes, floats round to nearest even.
#[inline(always)]
pub(crate) fn int(element: Element, value: i64) -> Option<Cast> {
    Some(match element {
        Element::I1 => bytes((value as i8).to_le_bytes(), i64::from(value as i8) != value),
        Element::I2 => bytes((value as i16).to_le_bytes(), i64::from(value as i16) != value),
        Element::I4 => bytes((value as i32).to_le_bytes(), i64::from(value as i32) != value),
        Element::I8 | Element::Date(_) => bytes(value.to_le_bytes(), false),
        Element::U1 => bytes((value as u8).to_le_bytes(), i64::from(value as u8) != value),
        Element::U2 => bytes((value as u16).to_le_bytes(), i64::from(value as u16) != value),
        Element::U4 => bytes((value as u32).to_le_bytes(), i64::from(value as u32) != value),
        Element::U8 => bytes((value as u64).to_le_bytes(), value < 0),
        Element::F2 => {
            // numpy goes from int64 to float16 by way of float32, which can round twice.
            let half = f32_to_f16(value as f32);
            bytes(half.to_le_bytes(), f16_to_f64(half) != value as f64)
        }
        Element::F4 => {
            bytes((value as f32).to_le_bytes(), int64_toward_zero(value as f32 as f64) != Some(value))
        }
        Element::F8 => bytes((value as f64).to_le_bytes(), int64_toward_zero(value as f64) != Some(value)),
        Element::Bool => bytes([u8::from(value != 0)], false),
        Element::Text(_)
        | Element::Void(_)
        | Element::Utf8
        | Element::Binary
        | Element::Any
        | Element::List(_) => return None,
    })
}

/// A float64 into any element: toward zero into integers when the result is an int64, else no conversion; into
/// narrower floats to nearest even, where only an overflow to infinity counts as a change.
#[inline(always)]
pub(crate) fn double(element: Element, value: f64) -> Option<Cast> {
    Some(match element {
        Element::F2 => {
            let half = f64_to_f16(value);
            bytes(half.to_le_bytes(), value.is_finite() && f16_to_f64(half).is_infinite())
        }
        Element::F4 => {
            let single = value as f32;
            bytes(single.to_le_bytes(), value.is_finite() && single.is_infinite())
        }
        Element::F8 => bytes(value.to_le_bytes(), false),
        Element::Bool | Element::Text(_) | Element::Void(_) => return None,
        integer => {
            let whole = int64_toward_zero(value)?;
            let (cast, wrapped) = int(integer, whole)?;
            (cast, wrapped || whole as f64 != value)
        }
    })
}

/// The integer part, when it is an int64. 2^63 is the first float64 above the range.
#[inline(always)]
fn int64_toward_zero(value: f64) -> Option<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    (-LIMIT..LIMIT).contains(&value).then_some(value as i64)
}

/// An unsigned integer over the int64 range, as msgpack lists can hold.
fn wide_uint(element: Element, value: u64) -> Option<Cast> {
    Some(match element {
        Element::U8 => bytes(value.to_le_bytes(), false),
        Element::F4 => bytes((value as f32).to_le_bytes(), value as f32 as u128 != u128::from(value)),
        Element::F8 => bytes((value as f64).to_le_bytes(), value as f64 as u128 != u128::from(value)),
        Element::F2 => bytes(f32_to_f16(value as f32).to_le_bytes(), true),
        Element::Bool => bytes([1], false),
        // The low bytes are the same for signed and unsigned.
        _ => (int(element, value as i64)?.0, true),
    })
}

/// Reads a msgpack list of numbers and booleans into a sub-array of `count` elements and gives every element's bytes to `put`.
///
/// The list is either nested exactly as `shape`, or flat with as many numbers as the shape has elements. Anything
/// else, any byte behind the list, and any element that is neither a number nor a boolean or does not convert, is an
/// [`Outcome::Mismatch`]; what `put` has received by then must be zeroed.
pub(crate) fn list(
    msgpack: &[u8],
    element: Element,
    shape: &[usize],
    mut put: impl FnMut(usize, [u8; 8]),
) -> Result<Outcome, WireError> {
    let mut cursor = Cursor::new(msgpack);
    let mut at = 0;
    let mut lossy = false;
    let count: usize = shape.iter().product();
    let nested = nested_shape(msgpack, shape)?;
    let shape = if nested { shape } else { &[count][..] };
    let fits = read_level(&mut cursor, shape, &mut |item| {
        let Some((cast, changed)) = number(element, item) else { return false };
        put(at, cast);
        at += 1;
        lossy |= changed;
        true
    })?;
    Ok(match (fits && at == count && cursor.is_empty(), lossy) {
        (false, _) => Outcome::Mismatch,
        (true, true) => Outcome::Lossy,
        (true, false) => Outcome::Exact,
    })
}

/// Reads a flat msgpack list of numbers and booleans and appends the elements to `out`; gives how many. Anything else, any
/// byte behind the list, and any element that is neither or does not convert, is an [`Outcome::Mismatch`]; what was
/// appended by then is to be taken away.
pub(crate) fn numbers(
    msgpack: &[u8],
    element: Element,
    out: &mut Vec<u8>,
) -> Result<(Outcome, usize), WireError> {
    let mut cursor = Cursor::new(msgpack);
    let count = msgpack::list_header(&mut cursor)?;
    let mut lossy = false;
    for _ in 0..count {
        let Some((cast, changed)) = number(element, msgpack::element(&mut cursor)?) else {
            return Ok((Outcome::Mismatch, 0));
        };
        out.extend_from_slice(cast.get(..element.size()).unwrap_or(&cast));
        lossy |= changed;
    }
    let outcome = match (cursor.is_empty(), lossy) {
        (false, _) => Outcome::Mismatch,
        (true, true) => Outcome::Lossy,
        (true, false) => Outcome::Exact,
    };
    Ok((outcome, count))
}

/// Bytes that the elements of a list can take, at most: each has a byte of msgpack at least.
pub(crate) fn most_bytes(msgpack: &[u8], element: Element) -> usize {
    let count = msgpack::list_header(&mut Cursor::new(msgpack)).unwrap_or(0);
    count.saturating_mul(element.size())
}

/// Whether the list's first value is a list itself, so that it must follow the shape.
fn nested_shape(msgpack: &[u8], shape: &[usize]) -> Result<bool, WireError> {
    let mut cursor = Cursor::new(msgpack);
    let count = msgpack::list_header(&mut cursor)?;
    Ok(shape.len() == 1 || (count > 0 && matches!(msgpack::element(&mut cursor)?, Item::List(_))))
}

fn number(element: Element, item: Item) -> Option<Cast> {
    match item {
        Item::Int(value) => int(element, value),
        Item::Uint(value) => wide_uint(element, value),
        Item::Double(value) => double(element, value),
        Item::Bool(value) => int(element, i64::from(value)),
        Item::List(_) | Item::Other => None,
    }
}

/// Reads one list of `shape[0]` values and, below it, the lists of the other axes. `false`: it does not fit. The depth
/// is that of the shape, so the bytes cannot make it deeper.
fn read_level(
    cursor: &mut Cursor<'_>,
    shape: &[usize],
    take: &mut impl FnMut(Item) -> bool,
) -> Result<bool, WireError> {
    let Some((&length, inner)) = shape.split_first() else { return Ok(false) };
    if inner.len() >= msgpack::MAX_DEPTH || !starts_list(cursor) || msgpack::list_header(cursor)? != length {
        return Ok(false);
    }
    for _ in 0..length {
        let fits =
            if inner.is_empty() { take(msgpack::element(cursor)?) } else { read_level(cursor, inner, take)? };
        if !fits {
            return Ok(false);
        }
    }
    Ok(true)
}

fn starts_list(cursor: &Cursor<'_>) -> bool {
    matches!(cursor.rest().first(), Some(0x90..=0x9f | 0xdc | 0xdd))
}
