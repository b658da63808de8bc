//! Cells of values of any length: what they say, whether that can be written, and how lists are.

use std::ops::Range;

use aerostride_wire::{Particle, geo_text, msgpack, particle_type};

use super::{float, signed, widen};
use crate::Element;

/// The value of a view cell; `None` for a cell that speaks of bytes that are not there.
pub(super) fn value_of<'a>(element: Element, cell: &'a [u8], blocks: &'a [Vec<u8>]) -> Option<&'a [u8]> {
    let word = |range: Range<usize>| Some(i32::from_le_bytes(cell.get(range)?.try_into().ok()?));
    let size = usize::try_from(word(0..4)?).ok()?;
    if size == 0 || size <= 12 && !matches!(element, Element::List(_)) {
        return cell.get(4..4 + size);
    }
    let (block, offset) = (usize::try_from(word(8..12)?).ok()?, usize::try_from(word(12..16)?).ok()?);
    blocks.get(block)?.get(offset..)?.get(..size)
}

/// Why a value cannot be written.
pub(super) fn problem(element: Element, value: &[u8]) -> Option<&'static str> {
    match element {
        Element::Utf8 if std::str::from_utf8(value).is_err() => Some("the text is not valid UTF-8"),
        Element::List(element) if !value.len().is_multiple_of(element.size()) => {
            Some("the list's bytes are not whole elements")
        }
        Element::Any => particle_problem(value),
        _ => None,
    }
}

/// A server stores what it is sent, so that a particle that is not sound would stay in the record.
fn particle_problem(value: &[u8]) -> Option<&'static str> {
    use particle_type as t;
    let Some((&kind, bytes)) = value.split_first() else { return Some("the value has no type") };
    let sound = match kind {
        t::INT | t::DOUBLE | t::BOOL => Particle::decode(kind, bytes).is_ok(),
        t::STRING | t::BLOB | t::HLL => true,
        t::LIST => msgpack::is_sound(bytes, msgpack::Outer::List),
        t::MAP => msgpack::is_sound(bytes, msgpack::Outer::Map),
        t::GEOJSON => geo_text(bytes).is_some_and(|text| std::str::from_utf8(text).is_ok()),
        _ => return Some("values of its type cannot be written"),
    };
    (!sound).then_some("the value is not what its type says")
}

/// Bytes of a value in a request, at most.
pub(super) fn written_size(element: Element, value: &[u8]) -> usize {
    match element {
        Element::List(element) => 5 + value.len() / element.size() * 9,
        _ => value.len(),
    }
}

/// Appends a list as msgpack: integers in their shortest form, floats as float64, `?` as booleans.
pub(super) fn put_list(element: Element, value: &[u8], out: &mut Vec<u8>) {
    msgpack::put_list_header(out, value.len() / element.size());
    for item in value.chunks_exact(element.size()) {
        let bits = widen(item);
        match element {
            Element::F2 | Element::F4 | Element::F8 => msgpack::put_double(out, float(element, bits)),
            Element::U8 => msgpack::put_uint(out, bits),
            Element::Bool => msgpack::put_bool(out, bits != 0),
            integer => msgpack::put_int(out, signed(integer, bits)),
        }
    }
}
