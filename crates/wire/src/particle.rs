use crate::WireError;

/// Type bytes of particles.
pub mod particle_type {
    /// No value.
    pub const NIL: u8 = 0;
    /// int64, 8 bytes big-endian.
    pub const INT: u8 = 1;
    /// float64, 8 bytes big-endian.
    pub const DOUBLE: u8 = 2;
    /// UTF-8 text.
    pub const STRING: u8 = 3;
    /// Raw bytes.
    pub const BLOB: u8 = 4;
    /// One byte, 0 or 1.
    pub const BOOL: u8 = 17;
    /// HyperLogLog.
    pub const HLL: u8 = 18;
    /// msgpack map.
    pub const MAP: u8 = 19;
    /// msgpack list.
    pub const LIST: u8 = 20;
    /// GeoJSON: flags byte, cell count, cells, text.
    pub const GEOJSON: u8 = 23;

    /// A type's name as users know it, for messages.
    pub const fn name(kind: u8) -> &'static str {
        match kind {
            NIL => "Nil",
            INT => "Int",
            DOUBLE => "Double",
            BOOL => "Bool",
            STRING => "String",
            BLOB => "Blob",
            LIST => "List",
            MAP => "Map",
            HLL => "HLL",
            GEOJSON => "GeoJSON",
            _ => "unknown",
        }
    }
}

/// A bin's value, borrowed from the reply.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Particle<'a> {
    /// No value.
    Nil,
    /// int64.
    Int(i64),
    /// float64.
    Double(f64),
    /// Boolean.
    Bool(bool),
    /// Text; the protocol says UTF-8, which is not checked here.
    String(&'a [u8]),
    /// Raw bytes.
    Blob(&'a [u8]),
    /// msgpack of a list.
    List(&'a [u8]),
    /// msgpack of a map.
    Map(&'a [u8]),
    /// HyperLogLog.
    Hll(&'a [u8]),
    /// GeoJSON with its header.
    GeoJson(&'a [u8]),
    /// A type that this client does not know, with its bytes.
    Other(u8, &'a [u8]),
}

impl<'a> Particle<'a> {
    /// Reads a value of type `kind`. Numbers must have the size of their type; unknown types are never an error.
    #[inline]
    pub fn decode(kind: u8, value: &'a [u8]) -> Result<Self, WireError> {
        use particle_type as t;
        Ok(match kind {
            t::INT => Self::Int(i64::from_be_bytes(sized(kind, value)?)),
            t::DOUBLE => Self::Double(f64::from_be_bytes(sized(kind, value)?)),
            t::STRING => Self::String(value),
            t::BLOB => Self::Blob(value),
            t::BOOL => Self::Bool(sized::<1>(kind, value)?[0] != 0),
            t::LIST => Self::List(value),
            t::MAP => Self::Map(value),
            t::HLL => Self::Hll(value),
            t::GEOJSON => Self::GeoJson(value),
            t::NIL => Self::Nil,
            other => Self::Other(other, value),
        })
    }

    /// The type's name as users know it, for messages.
    pub const fn type_name(&self) -> &'static str {
        use particle_type as t;
        t::name(match self {
            Self::Nil => t::NIL,
            Self::Int(_) => t::INT,
            Self::Double(_) => t::DOUBLE,
            Self::Bool(_) => t::BOOL,
            Self::String(_) => t::STRING,
            Self::Blob(_) => t::BLOB,
            Self::List(_) => t::LIST,
            Self::Map(_) => t::MAP,
            Self::Hll(_) => t::HLL,
            Self::GeoJson(_) => t::GEOJSON,
            Self::Other(kind, _) => *kind,
        })
    }
}

/// The text of a GeoJSON particle, which lies behind flags, number of cells and cells; `None` when it ends before.
pub fn geo_text(bytes: &[u8]) -> Option<&[u8]> {
    let (&[_flags, high, low], rest) = bytes.split_first_chunk::<3>()?;
    rest.get(usize::from(u16::from_be_bytes([high, low])) * 8..)
}

#[inline]
fn sized<const N: usize>(kind: u8, value: &[u8]) -> Result<[u8; N], WireError> {
    value.try_into().map_err(|_| WireError::ParticleSize { kind, size: value.len(), expected: N })
}
