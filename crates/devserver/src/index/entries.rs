use std::borrow::Cow;
use std::collections::BTreeSet;

use aerostride_wire::{Digest, particle_type as particle};

use super::hash::hash;
use super::{Collection, Definition, Kind, Source};
use crate::cdt;
use crate::expression::{Expression, Subject, Value};
use crate::geo::{self, Geometry};
use crate::msgpack;

/// Where records stand in an index of one partition, in the order in which queries deliver them.
pub(crate) type Entries = BTreeSet<(u64, Digest)>;

/// The numbers under which a record stands in an index.
pub(crate) fn entries_of(definition: &Definition, subject: &Subject<'_>) -> Vec<u64> {
    let mut all = Vec::new();
    each_value(definition, subject, &mut |value| all.extend(definition.kind.rank(value)));
    all
}

/// Shows every value of the index's type that a record has where the index looks.
pub(super) fn each_value(definition: &Definition, subject: &Subject<'_>, show: &mut dyn FnMut(&Value<'_>)) {
    if !definition.set.is_empty() && definition.set.as_bytes() != subject.set {
        return;
    }
    let value = match &definition.source {
        Source::Set => return,
        Source::Expression(bytes) => Expression::parse_any(bytes)
            .map_or(Value::Unknown, |expression| expression.value(subject).into_owned()),
        Source::Bin { name, context } => match (subject.bins.bin(name.as_bytes()), context) {
            (None, _) => return,
            (Some(bin), None) => Value::of_bin(&bin),
            (Some(bin), Some(context)) => {
                let bin = cdt::Bin { particle: bin.particle, value: bin.value };
                let Some(inside) = cdt::inside(&bin, context) else { return };
                Value::of_msgpack(&inside).map_or(Value::Unknown, Value::into_owned)
            }
        },
    };
    each_element(&value, definition.collection, show);
}

fn each_element(value: &Value<'_>, collection: Collection, show: &mut dyn FnMut(&Value<'_>)) {
    let elements: Cow<'_, [&[u8]]> = match (collection, value) {
        (Collection::Default, value) => return show(value),
        (Collection::List, Value::List(list)) => msgpack::list_elements(list).unwrap_or_default().into(),
        (Collection::MapKeys | Collection::MapValues, Value::Map(map)) => {
            let pairs = msgpack::map_pairs(map).unwrap_or_default();
            let keys = collection == Collection::MapKeys;
            pairs.into_iter().map(|(key, value)| if keys { key } else { value }).collect()
        }
        _ => return,
    };
    elements.iter().filter_map(|element| Value::of_msgpack(element).ok()).for_each(|element| show(&element));
}

impl Kind {
    /// The place of a value in the order of an index of this kind; `None` for values of other types.
    pub(super) fn rank(self, value: &Value<'_>) -> Option<u64> {
        match (self, value) {
            (Self::Numeric, Value::Int(value)) => Some(self.rank_of(*value)),
            (Self::String, Value::String(text)) => Some(self.rank_of(hash(text))),
            (Self::Blob, Value::Blob(bytes)) => Some(self.rank_of(hash(bytes))),
            (Self::Geo, Value::Geo(text)) => {
                Geometry::parse(text).map(|geometry| self.rank_of(geometry.cell() as i64))
            }
            _ => None,
        }
    }

    /// Cells are in the order of unsigned numbers, everything else in that of signed ones.
    pub(crate) const fn rank_of(self, bval: i64) -> u64 {
        match self {
            Self::Geo => bval as u64,
            _ => bval as u64 ^ 1 << 63,
        }
    }

    /// The number that clients see of a place in the order.
    pub(crate) const fn bval_of(self, rank: u64) -> i64 {
        match self {
            Self::Geo => rank as i64,
            _ => (rank ^ 1 << 63) as i64,
        }
    }
}

/// A value of the particle type of a range, as it stands in a request.
pub(super) fn value_of(kind: u8, bytes: &[u8]) -> Option<Value<'_>> {
    Some(match kind {
        particle::INT => Value::Int(i64::from_be_bytes(bytes.try_into().ok()?)),
        particle::STRING => Value::String(Cow::Borrowed(bytes)),
        particle::BLOB => Value::Blob(Cow::Borrowed(bytes)),
        particle::GEOJSON => Value::Geo(Cow::Borrowed(geo_text(bytes))),
        _ => return None,
    })
}

/// Ranges hold the text alone; a whole bin's value is accepted too.
fn geo_text(bytes: &[u8]) -> &[u8] {
    if bytes.first() == Some(&b'{') { bytes } else { geo::text_of_bin(bytes).unwrap_or(bytes) }
}
