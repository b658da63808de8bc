//! The part of msgpack that list bins need: numbers and booleans, read in place. Aerospike marks ordered lists by a first element
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
    /// A boolean.
    Bool(bool),
    /// A list of so many elements, which follow.
    List(usize),
    /// Anything else: nil, text, bytes, map, extension.
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
        0xc2 | 0xc3 => Element::Bool(head == 0xc3),
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

/// What a whole msgpack value is on the outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outer {
    /// A list.
    List,
    /// A map.
    Map,
}

/// Whether the bytes are one whole list or map: everything in it is there, and nothing follows.
pub fn is_sound(bytes: &[u8], outer: Outer) -> bool {
    let begins = match bytes.first() {
        Some(0x90..=0x9f | 0xdc | 0xdd) => Outer::List,
        Some(0x80..=0x8f | 0xde | 0xdf) => Outer::Map,
        _ => return false,
    };
    let mut cursor = Cursor::new(bytes);
    begins == outer && skip_values(&mut cursor, 1).is_ok() && cursor.is_empty()
}

/// Steps over values and everything in them. However deep they are nested, the values that are to come are only counted.
fn skip_values(cursor: &mut Cursor<'_>, count: usize) -> Result<(), WireError> {
    const WHAT: &str = "msgpack value";
    let mut left = count;
    while left > 0 {
        left -= 1;
        let head = cursor.u8(WHAT)?;
        let (inner, bytes) = match head {
            0x80..=0x8f => (2 * usize::from(head & 0x0f), 0),
            0x90..=0x9f => (usize::from(head & 0x0f), 0),
            0xa0..=0xbf => (0, usize::from(head & 0x1f)),
            0xc1 => return Err(WireError::Msgpack("a byte that means nothing")),
            0xc4 | 0xd9 => (0, usize::from(cursor.u8(WHAT)?)),
            0xc5 | 0xda => (0, usize::from(cursor.u16(WHAT)?)),
            0xc6 | 0xdb => (0, cursor.u32(WHAT)? as usize),
            0xc7 => (0, 1 + usize::from(cursor.u8(WHAT)?)),
            0xc8 => (0, 1 + usize::from(cursor.u16(WHAT)?)),
            0xc9 => (0, 1 + cursor.u32(WHAT)? as usize),
            0xcc | 0xd0 => (0, 1),
            0xcd | 0xd1 => (0, 2),
            0xca | 0xce | 0xd2 => (0, 4),
            0xcb | 0xcf | 0xd3 => (0, 8),
            0xd4..=0xd8 => (0, 1 + (1 << (head - 0xd4))),
            0xdc => (usize::from(cursor.u16(WHAT)?), 0),
            0xdd => (cursor.u32(WHAT)? as usize, 0),
            0xde => (2 * usize::from(cursor.u16(WHAT)?), 0),
            0xdf => (2 * cursor.u32(WHAT)? as usize, 0),
            _ => (0, 0),
        };
        cursor.take(bytes, WHAT)?;
        left = left.saturating_add(inner);
        if left > cursor.rest().len() {
            return Err(WireError::Msgpack("more values than bytes are left"));
        }
    }
    Ok(())
}

/// Appends a boolean.
pub fn put_bool(out: &mut Vec<u8>, value: bool) {
    out.push(if value { 0xc3 } else { 0xc2 });
}

/// Appends the header of a list.
pub fn put_list_header(out: &mut Vec<u8>, count: usize) {
    match count {
        0..=15 => out.push(0x90 | count as u8),
        16..=0xffff => put(out, 0xdc, &(count as u16).to_be_bytes()),
        _ => put(out, 0xdd, &(count as u32).to_be_bytes()),
    }
}

/// Appends an integer in its shortest form.
pub fn put_int(out: &mut Vec<u8>, value: i64) {
    match value {
        0.. => put_uint(out, value.unsigned_abs()),
        -32..=-1 => out.push(value as u8),
        -0x80..=-33 => put(out, 0xd0, &(value as i8).to_be_bytes()),
        -0x8000..=-0x81 => put(out, 0xd1, &(value as i16).to_be_bytes()),
        -0x8000_0000..=-0x8001 => put(out, 0xd2, &(value as i32).to_be_bytes()),
        _ => put(out, 0xd3, &value.to_be_bytes()),
    }
}

/// Appends an unsigned integer in its shortest form.
pub fn put_uint(out: &mut Vec<u8>, value: u64) {
    match value {
        0..=0x7f => out.push(value as u8),
        0x80..=0xff => put(out, 0xcc, &[value as u8]),
        0x100..=0xffff => put(out, 0xcd, &(value as u16).to_be_bytes()),
        0x1_0000..=0xffff_ffff => put(out, 0xce, &(value as u32).to_be_bytes()),
        _ => put(out, 0xcf, &value.to_be_bytes()),
    }
}

/// Appends a float64.
pub fn put_double(out: &mut Vec<u8>, value: f64) {
    put(out, 0xcb, &value.to_be_bytes());
}

fn put(out: &mut Vec<u8>, head: u8, bytes: &[u8]) {
    out.push(head);
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_lists_and_maps_are_sound_and_no_part_of_them() {
        let map = b"\x83\xc7\x00\x01\xc0\xa2\x03a\x92\xcd\x01\x02\xd4\x09\x09\xd9\x02\x03x\x81\x01\xcb\0\0\0\0\0\0\0\0";
        assert!(is_sound(map, Outer::Map) && !is_sound(map, Outer::List));
        for end in 0..map.len() {
            assert!(!is_sound(&map[..end], Outer::Map), "{end} bytes");
        }
        assert!(!is_sound(&[map, &[0][..]].concat(), Outer::Map));
        let deep = [vec![0x91; 100_000], vec![0xc0]].concat();
        assert!(is_sound(&deep, Outer::List));
        for bytes in [&b"\x91\xc1"[..], b"\xdd\xff\xff\xff\xff\x01", b"\xdf\xff\xff\xff\xff", b"\x05", b""] {
            assert!(!is_sound(bytes, Outer::List) && !is_sound(bytes, Outer::Map), "{bytes:?}");
        }
    }

    #[test]
    fn numbers_read_back_from_their_shortest_form() {
        let mut integers = vec![0, i64::MIN, i64::MAX];
        for bits in 0..63 {
            for by in -1..=1 {
                integers.extend([(1_i64 << bits) + by, -(1_i64 << bits) + by]);
            }
        }
        for value in integers {
            let mut out = Vec::new();
            put_int(&mut out, value);
            assert_eq!(element(&mut Cursor::new(&out)), Ok(Element::Int(value)), "{out:x?}");
            assert!(is_sound(&[&[0x91][..], &out].concat(), Outer::List));
        }
        let mut out = Vec::new();
        put_uint(&mut out, u64::MAX);
        put_double(&mut out, -0.5);
        let mut cursor = Cursor::new(&out);
        assert_eq!(element(&mut cursor), Ok(Element::Uint(u64::MAX)));
        assert_eq!(element(&mut cursor), Ok(Element::Double(-0.5)));
        for (count, size) in [(0, 1), (15, 1), (16, 3), (65_535, 3), (65_536, 5)] {
            let mut out = Vec::new();
            put_list_header(&mut out, count);
            assert_eq!(out.len(), size);
            out.resize(size + count, 0);
            assert_eq!(list_header(&mut Cursor::new(&out)), Ok(count));
        }
    }
}
