//! Bins of records as values: what a list or map holds is msgpack.

use aerospike::Value;
use aerostride_wire::{Cursor, Particle, ReplyWalker, WireError, geo_text, particle_type};

use crate::Error;
use crate::nesting::MAX_DEPTH;

/// How odd values are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Odd {
    /// As something that can be read.
    Any,
    /// As the `aerospike` crate reads them. What it refuses is an error.
    AsTheCrate,
}

/// Reads the bins of a record, without those that have no value.
pub(crate) fn read_bins(bins: &mut ReplyWalker<'_>) -> Result<Vec<(String, Value)>, Error> {
    read_all(bins, Odd::Any)
}

/// Reads the bins of a record as the crate does, and where that refuses any of them, all as [`read_bins`] does: the rows of a
/// batch of records, which the crate reads, are read again then.
pub(crate) fn read_bins_of_one(bins: &mut ReplyWalker<'_>) -> Result<Vec<(String, Value)>, Error> {
    let mut again = bins.clone();
    read_all(bins, Odd::AsTheCrate).or_else(|_| {
        let read = read_all(&mut again, Odd::Any);
        *bins = again;
        read
    })
}

fn read_all(bins: &mut ReplyWalker<'_>, odd: Odd) -> Result<Vec<(String, Value)>, Error> {
    let mut values = Vec::with_capacity(bins.bins_left());
    while let Some(op) = bins.next_bin()? {
        let value = read_value(&op.decode()?, odd)?;
        if !matches!(value, Value::Nil) {
            values.push((text(op.name, odd)?, value));
        }
    }
    Ok(values)
}

fn read_value(particle: &Particle<'_>, odd: Odd) -> Result<Value, WireError> {
    Ok(match *particle {
        Particle::Nil => Value::Nil,
        Particle::Int(value) => Value::Int(value),
        Particle::Double(value) => Value::from(value),
        Particle::Bool(value) => Value::Bool(value),
        Particle::String(bytes) => Value::String(text(bytes, odd)?),
        Particle::Blob(bytes) => Value::Blob(bytes.to_vec()),
        Particle::Hll(bytes) => Value::Hll(bytes.to_vec()),
        Particle::GeoJson(bytes) => Value::GeoJson(text(geo_text(bytes).unwrap_or_default(), odd)?),
        Particle::List(bytes) => packed(bytes, particle_type::LIST, odd)?,
        Particle::Map(bytes) => packed(bytes, particle_type::MAP, odd)?,
        Particle::Other(kind, bytes) => unknown(kind, bytes),
    })
}

fn text(bytes: &[u8], odd: Odd) -> Result<String, WireError> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(_) if odd == Odd::AsTheCrate => Err(WireError::NotText("a value")),
        Err(_) => Ok(String::from_utf8_lossy(bytes).into_owned()),
    }
}

fn unknown(kind: u8, bytes: &[u8]) -> Value {
    Value::Unknown(kind, bytes.to_vec())
}

/// A list or map; bytes that are none stay bytes, because they are one record's matter and not the stream's.
fn packed(bytes: &[u8], kind: u8, odd: Odd) -> Result<Value, WireError> {
    let mut cursor = Cursor::new(bytes);
    match unpack(&mut cursor, 0, odd) {
        Ok(Some(value)) if cursor.is_empty() => Ok(value),
        _ if odd == Odd::Any => Ok(unknown(kind, bytes)),
        Err(error) => Err(error),
        Ok(_) => Err(WireError::Msgpack("more than a list or map")),
    }
}

const WHAT: &str = "msgpack value";

/// The bit of an ordered map's mark that says that its values have an order too.
const ORDERED_BY_VALUE: u8 = 0x08;

/// Reads one value; `None` for the mark with which ordered lists and maps begin.
fn unpack(cursor: &mut Cursor<'_>, depth: usize, odd: Odd) -> Result<Option<Value>, WireError> {
    if depth > MAX_DEPTH {
        return Err(WireError::Msgpack("nested too deep"));
    }
    let head = cursor.u8(WHAT)?;
    Ok(Some(match head {
        0x00..=0x7f => Value::Int(i64::from(head)),
        0xe0..=0xff => Value::Int(i64::from(head as i8)),
        0x80..=0x8f => map(cursor, usize::from(head & 0x0f), depth, odd)?,
        0x90..=0x9f => list(cursor, usize::from(head & 0x0f), depth, odd)?,
        0xa0..=0xbf => bytes(cursor, usize::from(head & 0x1f), odd)?,
        0xc0 => Value::Nil,
        0xc2 => Value::Bool(false),
        0xc3 => Value::Bool(true),
        0xc4 | 0xd9 => sized(cursor, 1, odd)?,
        0xc5 | 0xda => sized(cursor, 2, odd)?,
        0xc6 | 0xdb => sized(cursor, 4, odd)?,
        0xca => Value::from(f64::from(f32::from_bits(cursor.u32(WHAT)?))),
        0xcb => Value::from(f64::from_bits(cursor.u64(WHAT)?)),
        0xcc..=0xd3 => integer(cursor, head)?,
        0xdc => counted_list(cursor, 2, depth, odd)?,
        0xdd => counted_list(cursor, 4, depth, odd)?,
        0xde => counted_map(cursor, 2, depth, odd)?,
        0xdf => counted_map(cursor, 4, depth, odd)?,
        0xc7..=0xc9 | 0xd4..=0xd8 => {
            extension(cursor, head)?;
            return Ok(None);
        }
        0xc1 => return Err(WireError::Msgpack("a byte that means nothing")),
    }))
}

fn integer(cursor: &mut Cursor<'_>, head: u8) -> Result<Value, WireError> {
    Ok(Value::Int(match head {
        0xcc => i64::from(cursor.u8(WHAT)?),
        0xcd => i64::from(cursor.u16(WHAT)?),
        0xce => i64::from(cursor.u32(WHAT)?),
        // The server has no integers over int64; what it sends as unsigned it has stored as these bits.
        0xcf | 0xd3 => cursor.u64(WHAT)? as i64,
        0xd0 => i64::from(cursor.u8(WHAT)? as i8),
        0xd1 => i64::from(cursor.u16(WHAT)? as i16),
        _ => i64::from(cursor.u32(WHAT)? as i32),
    }))
}

fn number(cursor: &mut Cursor<'_>, width: usize) -> Result<usize, WireError> {
    let bytes = cursor.take(width, WHAT)?;
    Ok(bytes.iter().fold(0, |number, byte| number << 8 | usize::from(*byte)))
}

fn sized(cursor: &mut Cursor<'_>, width: usize, odd: Odd) -> Result<Value, WireError> {
    let size = number(cursor, width)?;
    bytes(cursor, size, odd)
}

/// Text and bytes have their particle type in front; text without one passes as it was written, or the crate takes its
/// beginning for a type.
fn bytes(cursor: &mut Cursor<'_>, size: usize, odd: Odd) -> Result<Value, WireError> {
    let bytes = cursor.take(size, WHAT)?;
    Ok(match bytes.split_first() {
        Some((&particle_type::STRING, rest)) => Value::String(text(rest, odd)?),
        Some((&particle_type::BLOB, rest)) => Value::Blob(rest.to_vec()),
        Some((&particle_type::GEOJSON, rest)) => Value::GeoJson(text(rest, odd)?),
        Some((&particle_type::HLL, rest)) if odd == Odd::AsTheCrate => Value::Hll(rest.to_vec()),
        Some((&kind, rest)) if odd == Odd::AsTheCrate => unknown(kind, rest),
        None if odd == Odd::AsTheCrate => return Err(WireError::Msgpack("text without its type")),
        Some((&kind @ (particle_type::HLL | 5..=12 | 21), rest)) => unknown(kind, rest),
        _ => Value::String(text(bytes, odd)?),
    })
}

fn extension(cursor: &mut Cursor<'_>, head: u8) -> Result<(), WireError> {
    let size = match head {
        0xc7 => number(cursor, 1)?,
        0xc8 => number(cursor, 2)?,
        0xc9 => number(cursor, 4)?,
        fixed => 1 << (fixed - 0xd4),
    };
    cursor.u8(WHAT)?;
    cursor.take(size, WHAT).map(|_| ())
}

fn counted_list(cursor: &mut Cursor<'_>, width: usize, depth: usize, odd: Odd) -> Result<Value, WireError> {
    let count = number(cursor, width)?;
    list(cursor, count, depth, odd)
}

fn counted_map(cursor: &mut Cursor<'_>, width: usize, depth: usize, odd: Odd) -> Result<Value, WireError> {
    let count = number(cursor, width)?;
    map(cursor, count, depth, odd)
}

fn list(cursor: &mut Cursor<'_>, count: usize, depth: usize, odd: Odd) -> Result<Value, WireError> {
    let mut items = Vec::new();
    for _ in 0..count {
        items.extend(unpack(cursor, depth + 1, odd)?);
    }
    Ok(Value::List(items))
}

fn map(cursor: &mut Cursor<'_>, count: usize, depth: usize, odd: Odd) -> Result<Value, WireError> {
    let by_value = matches!(cursor.rest(), [0xc7, 0, mark, ..] if mark & ORDERED_BY_VALUE != 0);
    let mut entries = Vec::new();
    for _ in 0..count {
        let key = unpack(cursor, depth + 1, odd)?;
        let value = unpack(cursor, depth + 1, odd)?;
        // An ordered map begins with a pair whose key is its mark.
        if let (Some(key), Some(value)) = (key, value) {
            entries.push((key, value));
        }
    }
    if odd == Odd::AsTheCrate {
        if by_value {
            return Ok(Value::KeyValueList(entries));
        }
        if !entries.iter().all(|(key, _)| is_key(key)) {
            return Err(WireError::Msgpack("a key that no map can have"));
        }
    }
    Ok(Value::OrderedMap(entries.into_iter().collect()))
}

/// Whether the crate takes it for the key of a map.
const fn is_key(value: &Value) -> bool {
    matches!(value, Value::Nil | Value::Int(_) | Value::String(_) | Value::Blob(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list_of(bytes: &[u8]) -> Value {
        read_value(&Particle::List(bytes), Odd::Any).unwrap()
    }

    #[test]
    fn lists_and_maps_are_read_as_a_server_sends_them() {
        let one_a =
            Value::List(vec![Value::Int(1), Value::String("a".into()), Value::List(vec![2.5.into()])]);
        assert_eq!(list_of(b"\x93\x01\xa2\x03a\x91\xcb\x40\x04\0\0\0\0\0\0"), one_a);
        // Ordered: one extra element, which is counted.
        assert_eq!(list_of(b"\x92\xc7\x00\x01\x05"), Value::List(vec![Value::Int(5)]));
        let map =
            read_value(&Particle::Map(b"\x83\xc7\x00\x01\xc0\xa2\x03a\x01\xa2\x03b\xa2\x03x"), Odd::Any)
                .unwrap();
        let Value::OrderedMap(entries) = map else { panic!("{map:?}") };
        assert_eq!(entries.len(), 2);
        assert_eq!(entries[&Value::String("b".into())], Value::String("x".into()));
    }

    #[test]
    fn bytes_that_are_no_list_stay_bytes() {
        for bytes in [&b"\x93\x01"[..], b"\x01\x02", b"\xdd\xff\xff\xff\xff", b"\xc1", b""] {
            assert_eq!(list_of(bytes), Value::Unknown(particle_type::LIST, bytes.to_vec()), "{bytes:?}");
        }
        let nested = |depth: usize| list_of(&[vec![0x91; depth], vec![1]].concat());
        assert!(matches!(nested(MAX_DEPTH), Value::List(..)));
        assert!(matches!(nested(MAX_DEPTH + 1), Value::Unknown(..)));
        assert!(matches!(nested(1_000_000), Value::Unknown(..)));
    }

    #[test]
    fn what_the_crate_reads_in_another_way() {
        let read = |bytes: &[u8], odd| read_value(&Particle::List(bytes), odd).ok();
        let list = |value| Some(Value::List(vec![value]));
        for (bytes, any, crates) in [
            (&b"\x91\xa2ab"[..], list(Value::String("ab".into())), list(unknown(b'a', b"b"))),
            (b"\x91\xa2\x12b", list(unknown(18, b"b")), list(Value::Hll(b"b".to_vec()))),
            (b"\x91\xa0", list(Value::String(String::new())), None),
            (b"\x91\xa2\x03\xff", list(Value::String("\u{fffd}".into())), None),
            (b"\x01\x02", Some(unknown(particle_type::LIST, b"\x01\x02")), None),
        ] {
            assert_eq!((read(bytes, Odd::Any), read(bytes, Odd::AsTheCrate)), (any, crates), "{bytes:?}");
        }
        let by_value = b"\x82\xc7\x00\x08\xc0\x01\x02";
        let pairs = read_value(&Particle::Map(by_value), Odd::AsTheCrate).unwrap();
        assert_eq!(pairs, Value::KeyValueList(vec![(Value::Int(1), Value::Int(2))]));
        assert!(read_value(&Particle::Map(b"\x81\xc3\x01"), Odd::AsTheCrate).is_err());
    }

    #[test]
    fn places_on_the_earth_are_their_text() {
        let point = b"\x00\x00\x01\x10\x14\x14\x3d\x0d\x8f\xe6\x6d{}";
        assert_eq!(read_value(&Particle::GeoJson(point), Odd::Any).unwrap(), Value::GeoJson("{}".into()));
        assert_eq!(
            read_value(&Particle::GeoJson(b"\x00\xff\xff"), Odd::Any).unwrap(),
            Value::GeoJson(String::new())
        );
    }
}
