use std::sync::Arc;

use aerostride_wire::{
    Cursor, Fields, MAX_BIN_NAME, WireError, particle_type as particle, result_code as code,
};

use super::entries::{each_value, value_of};
use super::{Collection, Definition, Index, Indexes, Kind, Source};
use crate::clock::Now;
use crate::expression::{Subject, Value};
use crate::geo::Geometry;

/// Longest values of a range, as in every real server.
const MAX_VALUE: usize = 2047;
const MAX_GEO: usize = 1 << 20;
/// Longest name of an index.
const MAX_INDEX_NAME: usize = 63;

/// What a query looks for, and in which index.
#[derive(Debug)]
pub(crate) struct Search {
    pub(crate) index: Arc<Index>,
    /// The first and the last place in the index to look at.
    pub(crate) low: u64,
    pub(crate) high: u64,
    check: Check,
}

/// What an entry in the range is asked besides: its number alone does not tell everything.
#[derive(Debug)]
enum Check {
    Nothing,
    Never,
    Equal(Value<'static>),
    Matches(Geometry),
}

impl Search {
    /// The search that the fields of a request ask for, or the code that refuses it.
    pub(crate) fn new(
        indexes: &Indexes,
        fields: &Fields<'_>,
        set: &[u8],
        now: Now,
    ) -> Result<Option<Self>, u8> {
        let Some(range) = fields.index_range else {
            // A name alone says nothing.
            let fits = fields.index_name.is_none_or(|name| (1..=MAX_INDEX_NAME).contains(&name.len()));
            return if fits { Ok(None) } else { Err(code::PARAMETER) };
        };
        let range = Range::read(range).map_err(|_| code::PARAMETER)?;
        let kind = Kind::from_particle(range.particle).ok_or(code::PARAMETER)?;
        let (low, high, check) = range.limits(kind)?;
        let named = fields.index_name.is_some() || fields.index_expression.is_some();
        if range.bin.len() > MAX_BIN_NAME || named != range.bin.is_empty() {
            return Err(code::PARAMETER);
        }
        let collection = fields.index_type.map_or(Some(Collection::Default), Collection::from_wire);
        let collection = collection.ok_or(code::PARAMETER)?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let index = match fields.index_name {
            Some(name) => indexes.by_name(&text(name)),
            None => {
                let source = match fields.index_expression {
                    Some(expression) => Source::Expression(expression.to_vec()),
                    None => {
                        let context = fields.index_context.map(<[u8]>::to_vec);
                        Source::Bin { name: text(range.bin), context }
                    }
                };
                indexes.by_definition(&Definition { set: text(set), source, kind, collection })
            }
        };
        let index = index.ok_or(code::INDEX_NOT_FOUND)?;
        if !index.is_ready(now) {
            return Err(code::INDEX_NOT_READY);
        }
        // An index that is named may have values of another type, of which the range says nothing.
        let check = if index.definition.kind == kind { check } else { Check::Never };
        Ok(Some(Self { index, low, high, check }))
    }

    /// Whether a record stands in the range of the index.
    pub(crate) fn finds(&self, subject: &Subject<'_>) -> bool {
        let ranks = super::entries_of(&self.index.definition, subject);
        ranks.iter().any(|rank| (self.low..=self.high).contains(rank)) && self.accepts(subject)
    }

    /// Whether a record has a value that is looked for.
    fn accepts(&self, subject: &Subject<'_>) -> bool {
        self.accepts_any(subject, |_| true)
    }

    /// Whether the value for which a record stands at this place of the index is looked for.
    pub(crate) fn accepts_at(&self, subject: &Subject<'_>, rank: u64) -> bool {
        self.accepts_any(subject, |value| self.index.definition.kind.rank(value) == Some(rank))
    }

    fn accepts_any(&self, subject: &Subject<'_>, is_meant: impl Fn(&Value<'_>) -> bool) -> bool {
        let mut found = matches!(self.check, Check::Nothing);
        if !found {
            each_value(&self.index.definition, subject, &mut |value| {
                found |= self.check.accepts(value) && is_meant(value);
            });
        }
        found
    }

    /// The number that clients see of a place in the index.
    pub(crate) fn bval(&self, rank: u64) -> i64 {
        self.index.definition.kind.bval_of(rank)
    }
}

impl Check {
    fn accepts(&self, value: &Value<'_>) -> bool {
        match (self, value) {
            (Self::Nothing, _) => true,
            (Self::Never, _) => false,
            (Self::Equal(wanted), value) => wanted == value,
            (Self::Matches(wanted), Value::Geo(text)) => {
                Geometry::parse(text).is_some_and(|geometry| geometry.matches(wanted))
            }
            (Self::Matches(_), _) => false,
        }
    }
}

/// The range of a request as it stands there.
struct Range<'a> {
    bin: &'a [u8],
    particle: u8,
    begin: &'a [u8],
    end: &'a [u8],
}

impl<'a> Range<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, WireError> {
        const WHAT: &str = "index range";
        let mut cursor = Cursor::new(bytes);
        let ranges = cursor.u8(WHAT)?;
        let size = usize::from(cursor.u8(WHAT)?);
        let bin = cursor.take(size, WHAT)?;
        let particle = cursor.u8(WHAT)?;
        let size = cursor.u32(WHAT)? as usize;
        let begin = cursor.take(size, WHAT)?;
        let size = cursor.u32(WHAT)? as usize;
        let end = cursor.take(size, WHAT)?;
        if ranges != 1 {
            return Err(WireError::FieldSize {
                what: "index ranges",
                size: usize::from(ranges),
                expected: 1,
            });
        }
        Ok(Self { bin, particle, begin, end })
    }

    fn limits(&self, kind: Kind) -> Result<(u64, u64, Check), u8> {
        let value = |bytes| value_of(self.particle, bytes).ok_or(code::PARAMETER);
        let (begin, end) = (value(self.begin)?, value(self.end)?);
        let limit = if self.particle == particle::GEOJSON { MAX_GEO } else { MAX_VALUE };
        if self.begin.len() > limit || self.end.len() > limit {
            return Err(code::PARAMETER);
        }
        if let Value::Geo(text) = &begin {
            let geometry = Geometry::parse(text).ok_or(code::PARAMETER)?;
            return Ok((0, u64::MAX, Check::Matches(geometry)));
        }
        let rank = |value| kind.rank(value).ok_or(code::PARAMETER);
        let (low, high) = (rank(&begin)?, rank(&end)?);
        match kind {
            Kind::Numeric if low <= high => Ok((low, high, Check::Nothing)),
            Kind::String | Kind::Blob if begin == end => Ok((low, low, Check::Equal(begin.into_owned()))),
            _ => Err(code::PARAMETER),
        }
    }
}
