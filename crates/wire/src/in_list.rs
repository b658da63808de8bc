//! A list's first element as the value of a bin.

use crate::msgpack::{self, Element, Outer};
use crate::{Cursor, WireError, particle_type};

/// What a value is kept in that stands in a list otherwise than in a bin.
#[derive(Debug, Default)]
pub struct Scratch {
    number: [u8; 8],
    text: Vec<u8>,
}

/// A particle type that no server has, for what is no value.
const NO_TYPE: u8 = 0xff;

/// The particle type and the value of a list's first element; `None` for an empty list. Whatever is not a value, or not a
/// list, has a type that nothing converts. GeoJSON is copied, everything else lies in the list or in the scratch.
pub fn first_of_list<'a>(list: &'a [u8], scratch: &'a mut Scratch) -> Option<(u8, &'a [u8])> {
    read(list, scratch).unwrap_or(Some((NO_TYPE, list)))
}

fn read<'a>(list: &'a [u8], scratch: &'a mut Scratch) -> Result<Option<(u8, &'a [u8])>, WireError> {
    const WHAT: &str = "an element";
    let mut cursor = Cursor::new(list);
    if msgpack::list_header(&mut cursor)? == 0 {
        return Ok(None);
    }
    let whole = cursor.rest();
    let number = match msgpack::element(&mut cursor)? {
        Element::Int(value) => (particle_type::INT, value as u64),
        // As the server makes an integer of it.
        Element::Uint(value) => (particle_type::INT, value),
        Element::Double(value) => (particle_type::DOUBLE, value.to_bits()),
        Element::Bool(value) => return Ok(Some((particle_type::BOOL, if value { &[1] } else { &[0] }))),
        Element::List(_) | Element::Other => {
            let mut cursor = Cursor::new(whole);
            let size = match cursor.u8(WHAT)? {
                0xc0 => return Ok(Some((particle_type::NIL, &[]))),
                head @ 0xa0..=0xbf => usize::from(head & 0x1f),
                0xc4 | 0xd9 => usize::from(cursor.u8(WHAT)?),
                0xc5 | 0xda => usize::from(cursor.u16(WHAT)?),
                0xc6 | 0xdb => cursor.u32(WHAT)? as usize,
                _ if msgpack::is_sound(whole, Outer::List) => return Ok(Some((particle_type::LIST, whole))),
                _ if msgpack::is_sound(whole, Outer::Map) => return Ok(Some((particle_type::MAP, whole))),
                _ => return Ok(Some((NO_TYPE, whole))),
            };
            let raw = cursor.take(size, WHAT)?;
            return Ok(Some(match raw.split_first() {
                Some((&particle_type::GEOJSON, text)) => (particle_type::GEOJSON, bin_of_text(text, scratch)),
                Some((&kind, bytes)) => (kind, bytes),
                None => (NO_TYPE, raw),
            }));
        }
    };
    scratch.number = number.1.to_be_bytes();
    Ok(Some((number.0, &scratch.number)))
}

/// GeoJSON as a bin has it: flags and the number of cells, which are none, in front.
fn bin_of_text<'a>(text: &[u8], scratch: &'a mut Scratch) -> &'a [u8] {
    scratch.text.clear();
    scratch.text.extend_from_slice(&[0, 0, 0]);
    scratch.text.extend_from_slice(text);
    &scratch.text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Particle;

    fn first(list: &[u8]) -> Option<(u8, Vec<u8>)> {
        let mut scratch = Scratch::default();
        first_of_list(list, &mut scratch).map(|(kind, value)| (kind, value.to_vec()))
    }

    #[test]
    fn elements_are_what_bins_have() {
        let cases: [(&[u8], Particle<'_>); 12] = [
            (&[0x91, 0x05], Particle::Int(5)),
            (&[0x91, 0xd1, 0xff, 0x00], Particle::Int(-256)),
            (b"\x91\xcf\xff\xff\xff\xff\xff\xff\xff\xfe", Particle::Int(-2)),
            (b"\x91\xcb\x40\x04\0\0\0\0\0\0", Particle::Double(2.5)),
            (&[0x91, 0xc3], Particle::Bool(true)),
            (&[0x91, 0xc0], Particle::Nil),
            (b"\x91\xa3\x03ab", Particle::String(b"ab")),
            (b"\x91\xd9\x03\x03ab", Particle::String(b"ab")),
            (b"\x91\xc4\x03\x04\x00\x01", Particle::Blob(&[0, 1])),
            (b"\x91\xa4\x17{}\n", Particle::GeoJson(b"\0\0\0{}\n")),
            (b"\x91\x92\x01\xa2\x03a", Particle::List(b"\x92\x01\xa2\x03a")),
            (b"\x91\x81\x01\x02", Particle::Map(b"\x81\x01\x02")),
        ];
        for (list, expected) in cases {
            let (kind, value) = first(list).unwrap();
            assert_eq!(Particle::decode(kind, &value), Ok(expected), "{list:x?}");
        }
    }

    #[test]
    fn an_empty_list_has_none_and_broken_ones_have_one_without_a_type() {
        assert_eq!(first(&[0x90]), None);
        // Ordered, and empty but for the mark of it.
        assert_eq!(first(&[0x91, 0xc7, 0, 1]), None);
        for broken in
            [&[][..], &[0x05], &[0x91], &[0x91, 0xcb, 0], &[0x91, 0xa5, 3], &[0x91, 0xa0], b"\x91\x92\x01"]
        {
            assert_eq!(first(broken).map(|(kind, _)| kind), Some(NO_TYPE), "{broken:x?}");
        }
    }
}
