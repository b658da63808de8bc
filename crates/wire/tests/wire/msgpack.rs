//! Numbers and list headers of msgpack, as list bins carry them.

use aerostride_wire::msgpack::{Element, element, list_header};
use aerostride_wire::{Cursor, WireError};
use proptest::prelude::*;

/// Reads one element that must take all the bytes.
fn whole(bytes: &[u8]) -> Element {
    let mut cursor = Cursor::new(bytes);
    let read = element(&mut cursor).unwrap();
    assert!(cursor.is_empty(), "{} bytes of {bytes:02x?} are left", cursor.rest().len());
    read
}

/// Every encoding that msgpack allows for an integer.
fn encodings(value: i128) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    let mut put = |head: u8, bytes: &[u8]| all.push([&[head], bytes].concat());
    if (0..=0x7f).contains(&value) {
        put(value as u8, &[]);
    }
    if (-32..0).contains(&value) {
        put(value as i8 as u8, &[]);
    }
    if let Ok(v) = u8::try_from(value) {
        put(0xcc, &v.to_be_bytes());
    }
    if let Ok(v) = u16::try_from(value) {
        put(0xcd, &v.to_be_bytes());
    }
    if let Ok(v) = u32::try_from(value) {
        put(0xce, &v.to_be_bytes());
    }
    if let Ok(v) = u64::try_from(value) {
        put(0xcf, &v.to_be_bytes());
    }
    if let Ok(v) = i8::try_from(value) {
        put(0xd0, &v.to_be_bytes());
    }
    if let Ok(v) = i16::try_from(value) {
        put(0xd1, &v.to_be_bytes());
    }
    if let Ok(v) = i32::try_from(value) {
        put(0xd2, &v.to_be_bytes());
    }
    if let Ok(v) = i64::try_from(value) {
        put(0xd3, &v.to_be_bytes());
    }
    all
}

fn check_integer(value: i128) {
    let expected = i64::try_from(value).map_or(Element::Uint(value as u64), Element::Int);
    let encodings = encodings(value);
    assert!(!encodings.is_empty());
    for bytes in encodings {
        assert_eq!(whole(&bytes), expected, "{bytes:02x?}");
    }
}

#[test]
fn integers_at_every_border_in_every_encoding() {
    for bits in [0, 5, 7, 8, 15, 16, 31, 32, 63] {
        for value in [(1_i128 << bits) - 1, 1 << bits, -(1 << bits), -(1 << bits) - 1] {
            if value >= i128::from(i64::MIN) {
                check_integer(value);
            }
        }
    }
    check_integer(i128::from(u64::MAX));
}

proptest! {
    #[test]
    fn integers(value: i64) {
        check_integer(i128::from(value));
    }

    #[test]
    fn doubles_keep_their_bits_and_singles_are_widened(bits: u64, single: u32) {
        let Element::Double(double) = whole(&[&[0xcb], &bits.to_be_bytes()[..]].concat()) else { panic!() };
        prop_assert_eq!(double.to_bits(), bits);
        let Element::Double(widened) = whole(&[&[0xca], &single.to_be_bytes()[..]].concat()) else { panic!() };
        let value = f32::from_bits(single);
        prop_assert!(widened == f64::from(value) || (widened.is_nan() && value.is_nan()));
    }

    #[test]
    fn any_bytes_are_read_or_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        let mut cursor = Cursor::new(&bytes);
        let _ = list_header(&mut cursor);
        while !cursor.is_empty() && element(&mut cursor).is_ok() {}
    }
}

#[test]
fn booleans_are_read() {
    assert_eq!(element(&mut Cursor::new(&[0xc2])), Ok(Element::Bool(false)));
    assert_eq!(element(&mut Cursor::new(&[0xc3])), Ok(Element::Bool(true)));
}

#[test]
fn what_is_no_number_no_boolean_and_no_list_is_other() {
    let heads = (0x80..=0x8f).chain(0xa0..=0xc1).chain(0xc4..=0xc9).chain(0xd4..=0xdb).chain([0xde, 0xdf]);
    for head in heads {
        let mut cursor = Cursor::new(std::slice::from_ref(&head));
        assert_eq!(element(&mut cursor), Ok(Element::Other), "{head:#04x}");
    }
}

#[test]
fn truncated_numbers_are_errors() {
    for bytes in
        encodings(0x7f).into_iter().chain([vec![0xca, 0, 0, 0, 0], vec![0xcb, 0, 0, 0, 0, 0, 0, 0, 0]])
    {
        for cut in 0..bytes.len() {
            let read = element(&mut Cursor::new(&bytes[..cut]));
            assert!(matches!(read, Err(WireError::Truncated { .. })), "{read:?}");
        }
    }
}

#[test]
fn list_headers_of_every_width() {
    let with_values = |head: &[u8], count: usize| [head, &vec![1; count][..]].concat();
    for (head, count) in [
        (&[0x90][..], 0),
        (&[0x9f][..], 15),
        (&[0xdc, 0, 3][..], 3),
        (&[0xdc, 1, 0][..], 256),
        (&[0xdd, 0, 0, 0, 3][..], 3),
        (&[0xdd, 0, 1, 0, 0][..], 65_536),
    ] {
        let bytes = with_values(head, count);
        let mut cursor = Cursor::new(&bytes);
        assert_eq!(list_header(&mut cursor), Ok(count));
        assert_eq!(cursor.rest().len(), count);
    }
}

#[test]
fn a_list_cannot_have_more_values_than_bytes() {
    for bytes in
        [&[0xdc, 0xff, 0xff, 1][..], &[0xdd, 0xff, 0xff, 0xff, 0xff, 1][..], &[0xdc, 0, 1][..], &[0x91]]
    {
        let error = list_header(&mut Cursor::new(bytes)).unwrap_err();
        assert_eq!(error.to_string(), "msgpack: a list says it has more elements than bytes are left");
    }
}

#[test]
fn what_is_no_list_is_named() {
    for bytes in [&[0x01][..], &[0x80], &[0xa0], &[0xc0]] {
        assert_eq!(list_header(&mut Cursor::new(bytes)), Err(WireError::Msgpack("not a list")));
    }
}

/// The order mark is an extension element in front of the values, in any of the widths that msgpack has for one.
#[test]
fn the_order_mark_is_not_a_value() {
    let data = |size: usize| vec![0xee; size];
    let marks: Vec<Vec<u8>> = vec![
        vec![0xc7, 0, 1],
        [&[0xc7, 5, 1][..], &data(5)].concat(),
        [&[0xc8, 1, 4, 1][..], &data(260)].concat(),
        [&[0xc9, 0, 0, 0, 9, 1][..], &data(9)].concat(),
        [&[0xd4, 1][..], &data(1)].concat(),
        [&[0xd5, 1][..], &data(2)].concat(),
        [&[0xd6, 1][..], &data(4)].concat(),
        [&[0xd7, 1][..], &data(8)].concat(),
        [&[0xd8, 1][..], &data(16)].concat(),
    ];
    for mark in marks {
        let bytes = [&[0x93][..], &mark, &[7, 8]].concat();
        let mut cursor = Cursor::new(&bytes);
        assert_eq!(list_header(&mut cursor), Ok(2), "{mark:02x?}");
        assert_eq!(cursor.rest(), [7, 8]);
        for cut in 1..1 + mark.len() {
            let cut_short = list_header(&mut Cursor::new(&bytes[..cut]));
            assert!(cut_short.is_err(), "{cut} bytes of {mark:02x?}: {cut_short:?}");
        }
    }
}
