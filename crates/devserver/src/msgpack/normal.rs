//! Lists and maps as a server stores them: maps without an order sorted by key, integers in the fewest bytes, and nothing
//! that is not sound.

use aerostride_wire::{Cursor, particle_type as particle};

use super::{
    Item, MAX_DEPTH, Malformed, compare, flags, item, put_int, put_list_header, put_map_header, sort_by,
};

/// The stored form of a list (or map), all of `bytes`.
pub(crate) fn normal(bytes: &[u8], particle: u8) -> Result<Vec<u8>, Malformed> {
    normal_with(bytes, particle, false)
}

/// [`normal`] of what the server has put together itself: contexts make pairs with keys that no client can write.
pub(crate) fn normal_made(bytes: &[u8], particle: u8) -> Result<Vec<u8>, Malformed> {
    normal_with(bytes, particle, true)
}

/// Whether `bytes` are an element that can be stored.
pub(crate) fn is_storable(bytes: &[u8]) -> bool {
    let mut cursor = Cursor::new(bytes);
    element(&mut cursor, &mut Vec::new(), Bounds { depth: MAX_DEPTH, any_key: false }).is_ok()
        && cursor.is_empty()
}

fn normal_with(bytes: &[u8], particle: u8, any_key: bool) -> Result<Vec<u8>, Malformed> {
    let mut cursor = Cursor::new(bytes);
    let fits = match item(&mut cursor)? {
        Item::List(_) => particle == particle::LIST,
        Item::Map(_) => particle == particle::MAP,
        _ => false,
    };
    let mut cursor = Cursor::new(bytes);
    let mut out = Vec::with_capacity(bytes.len());
    element(&mut cursor, &mut out, Bounds { depth: MAX_DEPTH, any_key })?;
    if fits && cursor.is_empty() { Ok(out) } else { Err(Malformed) }
}

fn element(cursor: &mut Cursor<'_>, out: &mut Vec<u8>, bounds: Bounds) -> Result<(), Malformed> {
    let inside = Bounds { depth: bounds.depth.checked_sub(1).ok_or(Malformed)?, ..bounds };
    let start = cursor.rest();
    match item(cursor)? {
        Item::List(count) => list(cursor, count, out, inside)?,
        Item::Map(pairs) => map(cursor, pairs, out, inside)?,
        Item::Int(value) => put_int(out, value),
        // The marks of comparisons are no values, and flags stand only in front.
        Item::Extension(..) => return Err(Malformed),
        _ => out.extend_from_slice(&start[..start.len() - cursor.rest().len()]),
    }
    Ok(())
}

/// What the elements of a list or map have to be.
#[derive(Clone, Copy)]
struct Bounds {
    /// Levels that may still follow.
    depth: usize,
    /// Whether everything can be the key of a pair.
    any_key: bool,
}

fn list(cursor: &mut Cursor<'_>, count: usize, out: &mut Vec<u8>, bounds: Bounds) -> Result<(), Malformed> {
    let flags = flags(*cursor, count);
    if flags.is_some() {
        item(cursor)?;
    }
    let mut elements = Vec::new();
    for _ in usize::from(flags.is_some())..count {
        let mut bytes = Vec::new();
        element(cursor, &mut bytes, bounds)?;
        elements.push(bytes);
    }
    let ordered = flags.is_some_and(|flags| flags & 1 != 0);
    put_list_header(out, elements.len() + usize::from(ordered));
    if ordered {
        out.extend_from_slice(&[0xc7, 0, 1]);
        check_order(elements.iter().map(Vec::as_slice), true)?;
    }
    elements.iter().for_each(|bytes| out.extend_from_slice(bytes));
    Ok(())
}

fn map(cursor: &mut Cursor<'_>, count: usize, out: &mut Vec<u8>, bounds: Bounds) -> Result<(), Malformed> {
    let flags = flags(*cursor, count);
    if flags.is_some() {
        item(cursor)?;
        // The value that the flags stand at is nothing.
        item(cursor)?;
    }
    let mut pairs = Vec::new();
    for _ in usize::from(flags.is_some())..count {
        let (mut key, mut value) = (Vec::new(), Vec::new());
        element(cursor, &mut key, bounds)?;
        if !bounds.any_key && !is_key(&key) {
            return Err(Malformed);
        }
        element(cursor, &mut value, bounds)?;
        pairs.push((key, value));
    }
    let order = flags.unwrap_or(0) & 3;
    if order == 0 {
        sort_by(&mut pairs, &mut |a, b| compare(&a.0, &b.0).unwrap_or(std::cmp::Ordering::Equal));
    }
    check_order(pairs.iter().map(|pair| pair.0.as_slice()), false)?;
    put_map_header(out, pairs.len() + usize::from(order != 0));
    if order != 0 {
        out.extend_from_slice(&[0xc7, 0, order, 0xc0]);
    }
    pairs.iter().for_each(|(key, value)| {
        out.extend_from_slice(key);
        out.extend_from_slice(value);
    });
    Ok(())
}

/// Whether it can be the key of a pair: only integers, text and bytes can.
pub(crate) fn is_key(key: &[u8]) -> bool {
    use particle::{BLOB, STRING};
    matches!(item(&mut Cursor::new(key)), Ok(Item::Int(_) | Item::Uint(_) | Item::Raw([STRING | BLOB, ..])))
}

/// Whether elements ascend; equal ones may only stand in lists.
fn check_order<'e>(mut elements: impl Iterator<Item = &'e [u8]>, equal: bool) -> Result<(), Malformed> {
    let Some(mut earlier) = elements.next() else { return Ok(()) };
    for element in elements {
        let order = compare(earlier, element)?;
        if order.is_gt() || (order.is_eq() && !equal) {
            return Err(Malformed);
        }
        earlier = element;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_are_sorted_and_integers_short() {
        // {b: 1 in nine bytes, a: {2: 0, 1: 0}}
        let map =
            [&[0x82, 0xa2, 3, b'b', 0xd3, 0, 0, 0, 0, 0, 0, 0, 1, 0xa2, 3, b'a'][..], &[0x82, 2, 0, 1, 0]];
        let sorted = [0x82, 0xa2, 3, b'a', 0x82, 1, 0, 2, 0, 0xa2, 3, b'b', 1];
        assert_eq!(normal(&map.concat(), particle::MAP).as_deref(), Ok(&sorted[..]));
    }

    #[test]
    fn what_is_not_sound_is_refused() {
        for (bytes, kind) in [
            (&b""[..], particle::LIST),
            (&[0x91], particle::LIST),
            (&[0x90, 0], particle::LIST),
            (&[0x80], particle::LIST),
            (&[0x92, 0xd4, 0xff, 0], particle::LIST),
            (&[0x83, 0xc7, 0, 1, 0xc0, 2, 0, 1, 0], particle::MAP),
            (&[0x82, 1, 0, 1, 0], particle::MAP),
            (&[0x81, 0xc0, 0], particle::MAP),
            (&[0x93, 0xc7, 0, 1, 2, 1], particle::LIST),
        ] {
            assert_eq!(normal(bytes, kind), Err(Malformed), "{bytes:?}");
        }
    }
}
