//! msgpack as Aerospike uses it: text, bytes and GeoJSON begin with a byte of their particle type, and ordered lists
//! and maps carry their flags in an extension in front of their first element.

mod normal;

use std::cmp::Ordering;

use aerostride_wire::{Cursor, particle_type as particle};

pub(crate) use aerostride_wire::msgpack::{put_bool, put_double, put_int, put_list_header};
pub(crate) use normal::{is_key, is_storable, normal, normal_made};

/// Nesting beyond this is refused, so that a few bytes cannot exhaust a thread's stack.
pub(crate) const MAX_DEPTH: usize = 64;

/// Bytes that are no msgpack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed;

impl From<aerostride_wire::WireError> for Malformed {
    fn from(_: aerostride_wire::WireError) -> Self {
        Self
    }
}

/// One element. Lists and maps are headers: their elements follow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Item<'a> {
    Nil,
    Bool(bool),
    Int(i64),
    /// Over the largest int64.
    Uint(u64),
    Double(f64),
    /// Text, bytes or GeoJSON, the particle type still in front.
    Raw(&'a [u8]),
    List(usize),
    /// Pairs that follow.
    Map(usize),
    /// Type and content.
    Extension(u8, &'a [u8]),
}

/// Reads one element, or the header of a list or map.
pub(crate) fn item<'a>(cursor: &mut Cursor<'a>) -> Result<Item<'a>, Malformed> {
    const WHAT: &str = "msgpack";
    let head = cursor.u8(WHAT)?;
    Ok(match head {
        0x00..=0x7f => Item::Int(i64::from(head)),
        0xe0..=0xff => Item::Int(i64::from(head as i8)),
        0x80..=0x8f => map(usize::from(head & 0x0f), cursor)?,
        0x90..=0x9f => list(usize::from(head & 0x0f), cursor)?,
        0xa0..=0xbf => Item::Raw(cursor.take(usize::from(head & 0x1f), WHAT)?),
        0xc0 => Item::Nil,
        0xc2 => Item::Bool(false),
        0xc3 => Item::Bool(true),
        0xc4 | 0xd9 => raw(usize::from(cursor.u8(WHAT)?), cursor)?,
        0xc5 | 0xda => raw(usize::from(cursor.u16(WHAT)?), cursor)?,
        0xc6 | 0xdb => raw(cursor.u32(WHAT)? as usize, cursor)?,
        0xc7 => extension(usize::from(cursor.u8(WHAT)?), cursor)?,
        0xc8 => extension(usize::from(cursor.u16(WHAT)?), cursor)?,
        0xc9 => extension(cursor.u32(WHAT)? as usize, cursor)?,
        0xca => Item::Double(f64::from(f32::from_bits(cursor.u32(WHAT)?))),
        0xcb => Item::Double(f64::from_bits(cursor.u64(WHAT)?)),
        0xcc => Item::Int(i64::from(cursor.u8(WHAT)?)),
        0xcd => Item::Int(i64::from(cursor.u16(WHAT)?)),
        0xce => Item::Int(i64::from(cursor.u32(WHAT)?)),
        0xcf => {
            let value = cursor.u64(WHAT)?;
            i64::try_from(value).map_or(Item::Uint(value), Item::Int)
        }
        0xd0 => Item::Int(i64::from(cursor.u8(WHAT)? as i8)),
        0xd1 => Item::Int(i64::from(cursor.u16(WHAT)? as i16)),
        0xd2 => Item::Int(i64::from(cursor.u32(WHAT)? as i32)),
        0xd3 => Item::Int(cursor.u64(WHAT)? as i64),
        0xd4..=0xd8 => extension(1 << (head - 0xd4), cursor)?,
        0xdc => list(usize::from(cursor.u16(WHAT)?), cursor)?,
        0xdd => list(cursor.u32(WHAT)? as usize, cursor)?,
        0xde => map(usize::from(cursor.u16(WHAT)?), cursor)?,
        0xdf => map(cursor.u32(WHAT)? as usize, cursor)?,
        0xc1 => return Err(Malformed),
    })
}

fn raw<'a>(size: usize, cursor: &mut Cursor<'a>) -> Result<Item<'a>, Malformed> {
    Ok(Item::Raw(cursor.take(size, "msgpack text or bytes")?))
}

fn extension<'a>(size: usize, cursor: &mut Cursor<'a>) -> Result<Item<'a>, Malformed> {
    let kind = cursor.u8("msgpack extension")?;
    Ok(Item::Extension(kind, cursor.take(size, "msgpack extension")?))
}

/// Every element takes at least a byte, so a count over the bytes that are left is a lie.
fn list<'a>(count: usize, cursor: &Cursor<'_>) -> Result<Item<'a>, Malformed> {
    if count <= cursor.rest().len() { Ok(Item::List(count)) } else { Err(Malformed) }
}

fn map<'a>(pairs: usize, cursor: &Cursor<'_>) -> Result<Item<'a>, Malformed> {
    if pairs <= cursor.rest().len() / 2 { Ok(Item::Map(pairs)) } else { Err(Malformed) }
}

/// Steps over one element with everything in it, and gives its bytes.
pub(crate) fn element<'a>(cursor: &mut Cursor<'a>) -> Result<&'a [u8], Malformed> {
    let start = cursor.rest();
    skip(cursor, MAX_DEPTH)?;
    Ok(&start[..start.len() - cursor.rest().len()])
}

fn skip(cursor: &mut Cursor<'_>, depth: usize) -> Result<(), Malformed> {
    let elements = match item(cursor)? {
        Item::List(count) => count,
        Item::Map(pairs) => pairs * 2,
        _ => return Ok(()),
    };
    let depth = depth.checked_sub(1).ok_or(Malformed)?;
    (0..elements).try_for_each(|_| skip(cursor, depth))
}

/// Whether `bytes` are exactly one element.
pub(crate) fn is_one_element(bytes: &[u8]) -> bool {
    let mut cursor = Cursor::new(bytes);
    element(&mut cursor).is_ok() && cursor.is_empty()
}

/// An element in the words that real servers log it with: text and bytes only by their size.
pub(crate) fn text(bytes: &[u8]) -> String {
    match item(&mut Cursor::new(bytes)) {
        Ok(Item::Nil) => "nil".to_owned(),
        Ok(Item::Bool(truth)) => truth.to_string(),
        Ok(Item::Int(value)) => value.to_string(),
        Ok(Item::Uint(value)) => value.to_string(),
        Ok(Item::Double(value)) => value.to_string(),
        Ok(Item::Raw([kind, value @ ..])) => {
            let name = match *kind {
                particle::STRING => "string",
                particle::GEOJSON => "geojson",
                _ => "blob",
            };
            format!("<{name}#{}>", value.len())
        }
        Ok(Item::List(count)) => format!("<list#{count}>"),
        Ok(Item::Map(count)) => format!("<map#{count}>"),
        _ => "<unknown>".to_owned(),
    }
}

/// The elements of a list, without the flags of an ordered one.
pub(crate) fn list_elements(bytes: &[u8]) -> Result<Vec<&[u8]>, Malformed> {
    let mut cursor = Cursor::new(bytes);
    let Item::List(count) = item(&mut cursor)? else { return Err(Malformed) };
    let mut elements = Vec::new();
    for index in 0..count {
        let bytes = element(&mut cursor)?;
        if index > 0 || !is_flags(bytes) {
            elements.push(bytes);
        }
    }
    Ok(elements)
}

/// The msgpack of a key and of its value.
pub(crate) type Pair<'a> = (&'a [u8], &'a [u8]);

/// The pairs of a map, without the flags of an ordered one.
pub(crate) fn map_pairs(bytes: &[u8]) -> Result<Vec<Pair<'_>>, Malformed> {
    let mut cursor = Cursor::new(bytes);
    let Item::Map(count) = item(&mut cursor)? else { return Err(Malformed) };
    let mut pairs = Vec::new();
    for index in 0..count {
        let pair = (element(&mut cursor)?, element(&mut cursor)?);
        if index > 0 || !is_flags(pair.0) {
            pairs.push(pair);
        }
    }
    Ok(pairs)
}

/// An integer, which is all of `bytes`.
pub(crate) fn integer(bytes: &[u8]) -> Result<i64, Malformed> {
    match item(&mut Cursor::new(bytes))? {
        Item::Int(value) => Ok(value),
        Item::Uint(value) => Ok(value as i64),
        _ => Err(Malformed),
    }
}

/// Whether this is a map with pairs and without an order, its pairs at the cursor.
fn is_unordered(map: &Item<'_>, pairs: &Cursor<'_>) -> bool {
    matches!(map, Item::Map(count @ 1..) if flags(*pairs, *count).is_none_or(|flags| flags & 1 == 0))
}

/// Appends the header of a map.
pub(crate) fn put_map_header(out: &mut Vec<u8>, pairs: usize) {
    if pairs < 16 {
        out.push(0x80 | pairs as u8);
    } else if let Ok(pairs) = u16::try_from(pairs) {
        out.push(0xde);
        out.extend_from_slice(&pairs.to_be_bytes());
    } else {
        out.push(0xdf);
        out.extend_from_slice(&(pairs as u32).to_be_bytes());
    }
}

/// An extension of this type is one of the marks "infinite" and "wildcard", which are values and no flags.
const MARK: u8 = 0xff;

/// Whether an element says that the list or map around it is ordered.
pub(crate) fn is_flags(element: &[u8]) -> bool {
    flags(Cursor::new(element), 1).is_some()
}

/// The flags in front of the first of `count` elements or pairs, which are at the cursor.
pub(crate) fn flags(mut elements: Cursor<'_>, count: usize) -> Option<u8> {
    match item(&mut elements) {
        Ok(Item::Extension(flags, _)) if count > 0 && flags != MARK => Some(flags),
        _ => None,
    }
}

/// The order of values in Aerospike: first by type, then by value. Maps compare as their pairs stand, and a wildcard, however
/// deep, ends the comparison: everything is equal then.
pub(crate) fn compare(a: &[u8], b: &[u8]) -> Result<Ordering, Malformed> {
    compare_noting(a, b, &mut false)
}

/// The order of two lists or maps; none where that depends on a map that has no order of its own.
pub(crate) fn defined_order(a: &[u8], b: &[u8]) -> Option<Ordering> {
    let mut unordered = false;
    let order = compare_noting(a, b, &mut unordered).ok()?;
    (!unordered).then_some(order)
}

fn compare_noting(a: &[u8], b: &[u8], unordered: &mut bool) -> Result<Ordering, Malformed> {
    let (mut a, mut b) = (Cursor::new(a), Cursor::new(b));
    let (mut elements, mut end) = (1, Ordering::Equal);
    while elements > 0 {
        elements -= 1;
        let (x, y) = (item(&mut a)?, item(&mut b)?);
        *unordered |= is_unordered(&x, &a) || is_unordered(&y, &b);
        if x == WILDCARD || y == WILDCARD {
            return Ok(Ordering::Equal);
        }
        let order = rank(&x).cmp(&rank(&y)).then_with(|| compare_items(&x, &y));
        if order.is_ne() {
            return Ok(order);
        }
        match (x, y) {
            (Item::List(x), Item::List(y)) => {
                let (x, y) = (x - skip_flags(&mut a, x)?, y - skip_flags(&mut b, y)?);
                if x == y {
                    elements += x;
                } else {
                    // What is behind the shorter list does not matter any more.
                    (elements, end) = (x.min(y), x.cmp(&y));
                }
            }
            (Item::Map(x), Item::Map(y)) => {
                let (x, y) = (x - skip_map_flags(&mut a, x)?, y - skip_map_flags(&mut b, y)?);
                if x != y {
                    return Ok(x.cmp(&y));
                }
                elements += 2 * x;
            }
            _ => {}
        }
    }
    Ok(end)
}

/// The order of two elements of the same type without what is in them. Doubles that have no order are equal, and zeros are.
fn compare_items(x: &Item<'_>, y: &Item<'_>) -> Ordering {
    match (x, y) {
        (Item::Bool(x), Item::Bool(y)) => x.cmp(y),
        (Item::Int(x), Item::Int(y)) => x.cmp(y),
        (Item::Uint(x), Item::Uint(y)) => x.cmp(y),
        (Item::Double(x), Item::Double(y)) => x.partial_cmp(y).unwrap_or(Ordering::Equal),
        (Item::Raw(x), Item::Raw(y)) => x.cmp(y),
        _ => Ordering::Equal,
    }
}

/// Steps over the flags in front of a list of `count` elements, and gives how many elements they were.
fn skip_flags(cursor: &mut Cursor<'_>, count: usize) -> Result<usize, Malformed> {
    if flags(*cursor, count).is_none() {
        return Ok(0);
    }
    element(cursor).map(|_| 1)
}

/// The same for a map, whose flags have a value.
fn skip_map_flags(cursor: &mut Cursor<'_>, pairs: usize) -> Result<usize, Malformed> {
    let skipped = skip_flags(cursor, pairs)?;
    if skipped > 0 {
        element(cursor)?;
    }
    Ok(skipped)
}

/// `*` in comparisons: equal to everything.
const WILDCARD: Item<'static> = Item::Extension(MARK, &[0]);

/// Sorts as real servers do, so that wildcards and numbers without an order come where they come there. Equal elements keep
/// their order.
pub(crate) fn sort_by<T: Default>(elements: &mut [T], order: &mut impl FnMut(&T, &T) -> Ordering) {
    let middle = elements.len() / 2;
    if middle == 0 {
        return;
    }
    sort_by(&mut elements[..middle], order);
    sort_by(&mut elements[middle..], order);
    let left: Vec<T> = elements[..middle].iter_mut().map(std::mem::take).collect();
    let (mut at, mut right) = (0, middle);
    for element in left {
        while right < elements.len() && order(&element, &elements[right]).is_gt() {
            elements.swap(at, right);
            (at, right) = (at + 1, right + 1);
        }
        elements[at] = element;
        at += 1;
    }
}

const fn rank(item: &Item<'_>) -> u8 {
    match item {
        Item::Nil => 1,
        Item::Bool(_) => 2,
        Item::Int(_) => 3,
        Item::Uint(_) => 4,
        Item::Raw([particle::STRING, ..]) => 5,
        Item::List(_) => 6,
        Item::Map(_) => 7,
        Item::Raw([particle::GEOJSON, ..]) => 10,
        Item::Raw(_) => 8,
        Item::Double(_) => 9,
        Item::Extension(MARK, _) => 12,
        Item::Extension(..) => 11,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_maps_compare_by_their_elements() {
        // [1, "a"] < [1, "b"] < [1, "b", nil] < {} in the order of types.
        let values: [&[u8]; 4] =
            [&[0x92, 1, 0xa2, 3, b'a'], &[0x92, 1, 0xa2, 3, b'b'], &[0x93, 1, 0xa2, 3, b'b', 0xc0], &[0x80]];
        for (i, a) in values.iter().enumerate() {
            for (j, b) in values.iter().enumerate() {
                assert_eq!(compare(a, b), Ok(i.cmp(&j)), "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn flags_of_ordered_maps_do_not_count() {
        // {a: 1} plain and as a key-ordered map with its extension pair.
        let plain: &[u8] = &[0x81, 0xa2, 3, b'a', 1];
        let ordered: &[u8] = &[0x82, 0xc7, 0, 1, 0xc0, 0xa2, 3, b'a', 1];
        assert_eq!(compare(plain, ordered), Ok(Ordering::Equal));
        assert_eq!(map_pairs(ordered).unwrap().len(), 1);
    }

    #[test]
    fn nesting_and_counts_are_bounded() {
        let deep = vec![0x91; 10_000];
        assert_eq!(element(&mut Cursor::new(&deep)), Err(Malformed));
        assert_eq!(element(&mut Cursor::new(&[0xdd, 0xff, 0xff, 0xff, 0xff])), Err(Malformed));
    }
}
