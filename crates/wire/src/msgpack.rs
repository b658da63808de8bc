//! The part of msgpack that list bins need: numbers, read in place. Aerospike marks ordered lists by a first element
//! of an extension type, which is not part of the list's values.

use crate::{Cursor, WireError};

/// Lists inside lists beyond this depth are refused.
pub const MAX_DEPTH: usize = 32;

/// One element of a list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Element {
    /// An integer that fits in int64.
    Int(i64),
    /// An unsigned integer over the largest int64.
    Uint(u64),
    /// float32 or float64, widened.
    Double(f64),
    /// A list of so many elements, which follow.
    List(usize),
    /// Anything else: nil, boolean, text, bytes, map, extension.
    Other,
}

/// Reads the header of a list and leaves the cursor at its first value: the number of values.
/// The count is bounded by the bytes that are left, each value needs at least one.
pub fn list_header(cursor: &mut Cursor<'_>) -> Result<usize, WireError> {
    match element(cursor)? {
        Element::List(count) => skip_order_mark(cursor, count),
        _ => Err(WireError::Msgpack("not a list")),
    }
}

/// Reads one element. Text, bytes, maps and extensions are [`Element::Other`] and are not stepped over: whoever meets
/// one stops reading.
#[inline]
pub fn element(cursor: &mut Cursor<'_>) -> Result<Element, WireError> {
    const WHAT: &str = "msgpack element";
    let head = cursor.u8(WHAT)?;
    Ok(match head {
        0x00..=0x7f => Element::Int(i64::from(head)),
        0xe0..=0xff => Element::Int(i64::from(head as i8)),
        0xca => Element::Double(f64::from(f32::from_bits(cursor.u32(WHAT)?))),
        0xcb => Element::Double(f64::from_bits(cursor.u64(WHAT)?)),
        0xcc => Element::Int(i64::from(cursor.u8(WHAT)?)),
        0xcd => Element::Int(i64::from(cursor.u16(WHAT)?)),
        0xce => Element::Int(i64::from(cursor.u32(WHAT)?)),
        0xcf => {
            let value = cursor.u64(WHAT)?;
            i64::try_from(value).map_or(Element::Uint(value), Element::Int)
        }
        0xd0 => Element::Int(i64::from(cursor.u8(WHAT)? as i8)),
        0xd1 => Element::Int(i64::from(cursor.u16(WHAT)? as i16)),
        0xd2 => Element::Int(i64::from(cursor.u32(WHAT)? as i32)),
        0xd3 => Element::Int(cursor.u64(WHAT)? as i64),
        0x90..=0x9f => Element::List(bounded(usize::from(head & 0x0f), cursor)?),
        0xdc => Element::List(bounded(usize::from(cursor.u16(WHAT)?), cursor)?),
        0xdd => Element::List(bounded(cursor.u32(WHAT)? as usize, cursor)?),
        _ => Element::Other,
    })
}

fn bounded(count: usize, cursor: &Cursor<'_>) -> Result<usize, WireError> {
    if count > cursor.rest().len() {
        return Err(WireError::Msgpack("a list says it has more elements than bytes are left"));
    }
    Ok(count)
}

/// Steps over the extension element that an ordered list begins with. Servers write its flags as the type of an empty
/// ext8; every other width of an extension is one too.
fn skip_order_mark(cursor: &mut Cursor<'_>, count: usize) -> Result<usize, WireError> {
    const WHAT: &str = "msgpack extension";
    let mut after = *cursor;
    if count == 0 {
        return Ok(0);
    }
    let size = match after.u8(WHAT)? {
        head @ 0xd4..=0xd8 => 1 << (head - 0xd4),
        0xc7 => usize::from(after.u8(WHAT)?),
        0xc8 => usize::from(after.u16(WHAT)?),
        0xc9 => after.u32(WHAT)? as usize,
        _ => return Ok(count),
    };
    after.u8(WHAT)?;
    after.take(size, WHAT)?;
    *cursor = after;
    Ok(count - 1)
}
