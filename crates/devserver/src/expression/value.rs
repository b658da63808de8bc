use std::borrow::Cow;
use std::cmp::Ordering;

use aerostride_wire::{Op, Particle};

use crate::geo;
use crate::msgpack::{self, Item, Malformed};

/// The type that an expression says it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Nil,
    Bool,
    Int,
    String,
    List,
    Map,
    Blob,
    Float,
    Geo,
    Hll,
    /// That of a value that takes an element out of its list or map; no client can name it.
    Removal,
}

impl Type {
    /// The type of that number in the protocol.
    pub(crate) const fn from_wire(number: i64) -> Option<Self> {
        Some(match number {
            0 => Self::Nil,
            1 => Self::Bool,
            2 => Self::Int,
            3 => Self::String,
            4 => Self::List,
            5 => Self::Map,
            6 => Self::Blob,
            7 => Self::Float,
            8 => Self::Geo,
            9 => Self::Hll,
            _ => return None,
        })
    }
}

/// What an expression evaluates to. `Unknown` is the value of what a record does not have; nearly everything that
/// touches it is unknown itself.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value<'a> {
    Unknown,
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    String(Cow<'a, [u8]>),
    Blob(Cow<'a, [u8]>),
    /// The text alone.
    Geo(Cow<'a, [u8]>),
    /// msgpack of a list.
    List(Cow<'a, [u8]>),
    /// msgpack of a map.
    Map(Cow<'a, [u8]>),
    Hll(Cow<'a, [u8]>),
    /// Takes an element out of its list or map.
    Removal,
}

impl<'a> Value<'a> {
    /// A bin's value.
    pub(crate) fn of_bin(bin: &Op<'a>) -> Self {
        match bin.decode() {
            Ok(Particle::Nil) => Self::Nil,
            Ok(Particle::Int(value)) => Self::Int(value),
            Ok(Particle::Double(value)) => Self::Float(value),
            Ok(Particle::Bool(value)) => Self::Bool(value),
            Ok(Particle::String(bytes)) => Self::String(Cow::Borrowed(bytes)),
            Ok(Particle::Blob(bytes)) => Self::Blob(Cow::Borrowed(bytes)),
            Ok(Particle::List(bytes)) => Self::List(Cow::Borrowed(bytes)),
            Ok(Particle::Map(bytes)) => Self::Map(Cow::Borrowed(bytes)),
            Ok(Particle::Hll(bytes)) => Self::Hll(Cow::Borrowed(bytes)),
            Ok(Particle::GeoJson(bytes)) => {
                geo::text_of_bin(bytes).map_or(Self::Unknown, |text| Self::Geo(Cow::Borrowed(text)))
            }
            Ok(Particle::Other(..)) | Err(_) => Self::Unknown,
        }
    }

    /// A value that stands in msgpack, all of `bytes`.
    pub(crate) fn of_msgpack(bytes: &'a [u8]) -> Result<Self, Malformed> {
        use aerostride_wire::particle_type as particle;
        if !msgpack::is_one_element(bytes) {
            return Err(Malformed);
        }
        Ok(match msgpack::item(&mut aerostride_wire::Cursor::new(bytes))? {
            Item::Nil => Self::Nil,
            Item::Bool(value) => Self::Bool(value),
            Item::Int(value) => Self::Int(value),
            Item::Double(value) => Self::Float(value),
            Item::Raw([particle::STRING, text @ ..]) => Self::String(Cow::Borrowed(text)),
            Item::Raw([particle::GEOJSON, text @ ..]) => Self::Geo(Cow::Borrowed(text)),
            Item::Raw([_, bytes @ ..]) => Self::Blob(Cow::Borrowed(bytes)),
            Item::List(_) => Self::List(Cow::Borrowed(bytes)),
            Item::Map(_) => Self::Map(Cow::Borrowed(bytes)),
            Item::Uint(_) | Item::Raw([]) | Item::Extension(..) => return Err(Malformed),
        })
    }

    /// Its type; the unknown has none.
    pub(crate) const fn kind(&self) -> Option<Type> {
        Some(match self {
            Self::Unknown => return None,
            Self::Nil => Type::Nil,
            Self::Bool(_) => Type::Bool,
            Self::Int(_) => Type::Int,
            Self::Float(_) => Type::Float,
            Self::String(_) => Type::String,
            Self::Blob(_) => Type::Blob,
            Self::Geo(_) => Type::Geo,
            Self::List(_) => Type::List,
            Self::Map(_) => Type::Map,
            Self::Hll(_) => Type::Hll,
            Self::Removal => Type::Removal,
        })
    }

    /// The same value with bytes of its own.
    pub(crate) fn into_owned<'o>(self) -> Value<'o> {
        let own = |bytes: Cow<'a, [u8]>| Cow::Owned(bytes.into_owned());
        match self {
            Self::Unknown => Value::Unknown,
            Self::Nil => Value::Nil,
            Self::Bool(value) => Value::Bool(value),
            Self::Int(value) => Value::Int(value),
            Self::Float(value) => Value::Float(value),
            Self::String(bytes) => Value::String(own(bytes)),
            Self::Blob(bytes) => Value::Blob(own(bytes)),
            Self::Geo(bytes) => Value::Geo(own(bytes)),
            Self::List(bytes) => Value::List(own(bytes)),
            Self::Map(bytes) => Value::Map(own(bytes)),
            Self::Hll(bytes) => Value::Hll(own(bytes)),
            Self::Removal => Value::Removal,
        }
    }

    /// The value as a bin has it; what is unknown is nil.
    pub(crate) fn into_particle(self) -> (u8, Vec<u8>) {
        use aerostride_wire::particle_type as particle;
        match self {
            Self::Unknown | Self::Nil | Self::Removal => (particle::NIL, Vec::new()),
            Self::Bool(truth) => (particle::BOOL, vec![u8::from(truth)]),
            Self::Int(value) => (particle::INT, value.to_be_bytes().to_vec()),
            Self::Float(value) => (particle::DOUBLE, value.to_be_bytes().to_vec()),
            Self::String(bytes) => (particle::STRING, bytes.into_owned()),
            Self::Blob(bytes) => (particle::BLOB, bytes.into_owned()),
            Self::Geo(text) => {
                (particle::GEOJSON, geo::bin_of_text(&text).unwrap_or_else(|| text.into_owned()))
            }
            Self::List(bytes) => (particle::LIST, bytes.into_owned()),
            Self::Map(bytes) => (particle::MAP, bytes.into_owned()),
            Self::Hll(bytes) => (particle::HLL, bytes.into_owned()),
        }
    }

    /// Appends the value as msgpack. False when it is unknown, which cannot be written.
    pub(crate) fn append_msgpack(&self, out: &mut Vec<u8>) -> bool {
        use aerostride_wire::particle_type as particle;
        match self {
            Self::Unknown | Self::Removal => return false,
            Self::Nil => out.push(0xc0),
            Self::Bool(truth) => msgpack::put_bool(out, *truth),
            Self::Int(value) => msgpack::put_int(out, *value),
            Self::Float(value) => msgpack::put_double(out, *value),
            Self::List(bytes) | Self::Map(bytes) => out.extend_from_slice(bytes),
            Self::String(bytes) => put_raw(out, particle::STRING, bytes),
            Self::Blob(bytes) => put_raw(out, particle::BLOB, bytes),
            Self::Geo(bytes) => put_raw(out, particle::GEOJSON, bytes),
            Self::Hll(bytes) => put_raw(out, particle::HLL, bytes),
        }
        true
    }

    /// The order of two values of one type; values of different types have none.
    pub(crate) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Nil, Self::Nil) => Some(Ordering::Equal),
            (Self::Bool(a), Self::Bool(b)) => Some(a.cmp(b)),
            (Self::Int(a), Self::Int(b)) => Some(a.cmp(b)),
            (Self::Float(a), Self::Float(b)) => a.partial_cmp(b),
            (Self::String(a), Self::String(b))
            | (Self::Blob(a), Self::Blob(b))
            | (Self::Geo(a), Self::Geo(b))
            | (Self::Hll(a), Self::Hll(b)) => Some(a.cmp(b)),
            (Self::List(a), Self::List(b)) | (Self::Map(a), Self::Map(b)) => msgpack::compare(a, b).ok(),
            _ => None,
        }
    }
}

/// Bytes as msgpack, their particle type in front.
fn put_raw(out: &mut Vec<u8>, kind: u8, bytes: &[u8]) {
    let size = bytes.len() as u32 + 1;
    let [.., b, a] = size.to_be_bytes();
    match size {
        ..32 => out.push(0xa0 | a),
        32..0x100 => out.extend_from_slice(&[0xd9, a]),
        0x100..0x1_0000 => out.extend_from_slice(&[0xda, b, a]),
        _ => {
            out.push(0xdb);
            out.extend_from_slice(&size.to_be_bytes());
        }
    }
    out.push(kind);
    out.extend_from_slice(bytes);
}
