//! Path expressions: what filters choose in nested lists and maps, read or changed in one go.

use std::borrow::Cow;

use aerostride_wire::{Cursor, particle_type as particle, result_code as code};

use super::container::{Container, compare};
use super::evaluate::Loop;
use super::parse::Expression;
use super::value::Value;
use crate::msgpack::{self, Item, put_list_header, put_map_header};

/// The number of the operation.
pub(super) const SELECT: i64 = 0xfe;

/// Most steps of a path.
const MOST_LEVELS: usize = 64;

/// A path, understood.
#[derive(Debug)]
pub(crate) struct Path<'a> {
    levels: Vec<Level<'a>>,
    gives: Gives,
    /// Whether what cannot be known is not chosen, instead of an error.
    lenient: bool,
    change: Option<Expression<'a>>,
}

/// What is given of the elements at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gives {
    /// The whole, without what was not chosen.
    Tree,
    /// Lists of values, of keys, or of both by turns.
    Leaves { keys: bool, values: bool },
    /// The whole, with the chosen elements changed.
    Changed,
}

/// A step: which elements of a list or map are chosen.
#[derive(Debug)]
struct Level<'a> {
    context: i64,
    by: By<'a>,
    /// What the chosen elements have to pass as well; a filter of `true` is none.
    and: Option<Option<Expression<'a>>>,
}

#[derive(Debug)]
enum By<'a> {
    Index(i64),
    Rank(i64),
    Key(&'a [u8]),
    Value(&'a [u8]),
    Keys(&'a [u8]),
    /// All where there is no filter.
    Filter(Option<Expression<'a>>),
}

impl<'a> Path<'a> {
    /// Whether an operation on a list or map is one.
    pub(crate) fn is_path(operation: &[u8]) -> bool {
        let mut cursor = Cursor::new(operation);
        matches!(msgpack::item(&mut cursor), Ok(Item::List(1..)))
            && msgpack::item(&mut cursor) == Ok(Item::Int(SELECT))
    }

    /// Reads `[0xfe, [context, value, ...], flags]`, with an expression behind it that changes what is chosen.
    pub(crate) fn parse(operation: &'a [u8]) -> Result<Self, u8> {
        let parts = msgpack::list_elements(operation)?;
        let (Some(steps), Some(flags)) = (parts.get(1), parts.get(2)) else { return Err(code::PARAMETER) };
        let levels = parse_levels(steps)?;
        let flags = msgpack::integer(flags)?;
        let (gives, count) = match flags & 0x0f {
            0 => (Gives::Tree, 3),
            kind @ 1..=3 => (Gives::Leaves { keys: kind & 2 != 0, values: kind & 1 != 0 }, 3),
            4 => (Gives::Changed, 4),
            _ => return Err(code::PARAMETER),
        };
        if parts.len() != count {
            return Err(code::PARAMETER);
        }
        let change = parts.get(3).map(|bytes| Expression::parse_any(bytes)).transpose()?;
        Ok(Self { levels, gives, lenient: flags & 0x10 != 0, change })
    }

    /// Reads from a list or map: the particle type and the value.
    pub(crate) fn read(&self, value: &[u8]) -> Result<(u8, Vec<u8>), u8> {
        if self.gives == Gives::Changed {
            return Err(code::PARAMETER);
        }
        self.perform(value)
    }

    /// The list or map as it is then, or else what a path gives that only reads.
    pub(crate) fn modify(&self, value: &[u8]) -> Result<Modified, u8> {
        let (kind, value) = self.perform(value)?;
        if self.gives != Gives::Changed {
            return Ok(Modified::Read(kind, value));
        }
        // What is changed to a mark of comparisons is no value.
        Ok(Modified::Changed(kind, msgpack::normal(&value, kind).map_err(|_| code::BIN_TYPE)?))
    }

    fn perform(&self, value: &[u8]) -> Result<(u8, Vec<u8>), u8> {
        let mut walk = Walk { path: self, leaves: 0, ended: false };
        let mut out = Vec::new();
        walk.level(value, &self.levels, &mut out)?;
        let Gives::Leaves { keys, values } = self.gives else {
            let is_map = matches!(out.first(), Some(0x80..=0x8f | 0xde | 0xdf));
            return Ok((if is_map { particle::MAP } else { particle::LIST }, out));
        };
        let mut list = Vec::with_capacity(out.len() + 5);
        put_list_header(&mut list, walk.leaves * (usize::from(keys) + usize::from(values)));
        list.append(&mut out);
        Ok((particle::LIST, list))
    }
}

/// Particle type and value of what an operation that may change something has made.
pub(crate) enum Modified {
    Changed(u8, Vec<u8>),
    Read(u8, Vec<u8>),
}

fn parse_levels(steps: &[u8]) -> Result<Vec<Level<'_>>, u8> {
    const AND: i64 = 0x200;
    let steps = msgpack::list_elements(steps)?;
    let (pairs, rest) = steps.as_chunks::<2>();
    if pairs.is_empty() || !rest.is_empty() || pairs.len() > MOST_LEVELS {
        return Err(code::PARAMETER);
    }
    let mut levels: Vec<Level<'_>> = Vec::new();
    for [context, value] in pairs {
        let context = msgpack::integer(context)?;
        if context & AND == 0 {
            levels.push(Level { context, by: By::parse(context, value)?, and: None });
            continue;
        }
        let before = levels.last_mut().ok_or(code::PARAMETER)?;
        if context != AND | 4 || before.and.is_some() || matches!(before.by, By::Filter(_)) {
            return Err(code::PARAMETER);
        }
        before.and = Some(parse_filter(value)?);
    }
    Ok(levels)
}

/// A filter, of which `true` is none.
fn parse_filter(bytes: &[u8]) -> Result<Option<Expression<'_>>, u8> {
    match msgpack::item(&mut Cursor::new(bytes))? {
        Item::Bool(true) => Ok(None),
        Item::List(_) => Expression::parse_any(bytes).map(Some),
        _ => Err(code::PARAMETER),
    }
}

impl<'a> By<'a> {
    fn parse(context: i64, value: &'a [u8]) -> Result<Self, u8> {
        Ok(match context & 0x0f {
            0 => Self::Index(msgpack::integer(value)?),
            1 => Self::Rank(msgpack::integer(value)?),
            2 => Self::Key(value),
            3 => Self::Value(value),
            4 => Self::Filter(parse_filter(value)?),
            10 => Self::Keys(value),
            _ => return Err(code::PARAMETER),
        })
    }
}

/// Whether an element is chosen; `None` is not known.
type Chosen = Option<bool>;

struct Walk<'p, 'a> {
    path: &'p Path<'a>,
    /// Elements that were chosen at the end of the path.
    leaves: usize,
    /// Whether a real server would be at the end of the bytes: it goes there behind an element that it has sought by its rank,
    /// or by its index in a map. Whatever comes behind that is an error.
    ended: bool,
}

impl Walk<'_, '_> {
    /// Walks over a list or map, and appends what the path gives of it.
    fn level(&mut self, bytes: &[u8], levels: &[Level<'_>], out: &mut Vec<u8>) -> Result<(), u8> {
        let Some((level, deeper)) = levels.split_first() else { return Err(code::PARAMETER) };
        let container = Container::parse(bytes)?;
        let keeps_rest = !matches!(self.path.gives, Gives::Leaves { .. });
        if container.entries.is_empty() && container.flags.is_none() {
            out.extend_from_slice(if keeps_rest { bytes } else { &[] });
            return Ok(());
        }
        if !container.is_map
            && deeper.is_empty()
            && matches!(self.path.gives, Gives::Leaves { keys: true, .. })
        {
            return if self.path.lenient { Ok(()) } else { Err(code::BIN_TYPE) };
        }
        if container.entries.is_empty() {
            out.extend_from_slice(if keeps_rest { bytes } else { &[] });
            return Ok(());
        }
        level.check(&container)?;
        let chosen = self.entries(&container, level, deeper)?;
        self.put(&container, chosen, out);
        Ok(())
    }

    /// What the path makes of each entry: key and value, or nothing where it is left out.
    fn entries(
        &mut self,
        container: &Container<'_>,
        level: &Level<'_>,
        deeper: &[Level<'_>],
    ) -> Result<Vec<Entry>, u8> {
        let only = match level.by {
            By::Index(at) => Some(container.position(at, false)),
            By::Rank(at) => Some(container.position(at, true)),
            _ => None,
        };
        let mut found_key = false;
        let mut made = Vec::new();
        for (at, &(key, value)) in container.entries.iter().enumerate() {
            if self.ended {
                return Err(code::UNKNOWN);
            }
            let vars = Loop::new(container.is_map.then_some(key), value, at);
            let mut chosen = match only {
                Some(only) => Some(only == Some(at)),
                None if found_key => Some(false),
                None => level.chooses(container.is_map, key, value, &vars)?,
            };
            found_key |= matches!(level.by, By::Key(_)) && chosen == Some(true);
            if let (Some(true), Some(Some(and))) = (chosen, &level.and) {
                chosen = and.truth(&vars);
            }
            if chosen.is_none() && only.is_none() && !self.path.lenient {
                return Err(code::PARAMETER);
            }
            let value = if chosen == Some(true) {
                self.include(key, value, &vars, deeper)?
            } else {
                self.exclude(value)
            };
            made.extend(value.map(|value| (key.to_vec(), value)));
        }
        self.ended |= match level.by {
            By::Rank(_) => only != Some(None),
            By::Index(_) => container.is_map && only != Some(None),
            _ => false,
        };
        Ok(made)
    }

    /// What the path makes of an element that was chosen.
    fn include(
        &mut self,
        key: &[u8],
        value: &[u8],
        vars: &Loop<'_>,
        deeper: &[Level<'_>],
    ) -> Result<Option<Vec<u8>>, u8> {
        let is_container = matches!(msgpack::item(&mut Cursor::new(value)), Ok(Item::List(_) | Item::Map(_)));
        if !deeper.is_empty() {
            if is_container {
                let mut inner = Vec::new();
                self.level(value, deeper, &mut inner)?;
                return Ok(Some(inner));
            }
            return Ok((!matches!(self.path.gives, Gives::Leaves { .. })).then(|| value.to_vec()));
        }
        self.leaves += 1;
        match (self.path.gives, &self.path.change) {
            (Gives::Leaves { keys, values }, _) => {
                let parts = [if keys { key } else { &[] }, if values { value } else { &[] }];
                Ok(Some(parts.concat()))
            }
            (Gives::Changed, Some(change)) => match change.value_in(vars) {
                Value::Unknown if self.path.lenient => Ok(Some(value.to_vec())),
                Value::Unknown => Err(code::UNKNOWN),
                Value::Removal => Ok(None),
                changed => {
                    let mut bytes = Vec::new();
                    changed.append_msgpack(&mut bytes);
                    Ok(Some(bytes))
                }
            },
            _ => Ok(Some(value.to_vec())),
        }
    }

    /// What is left of an element that was not chosen.
    fn exclude(&self, value: &[u8]) -> Option<Vec<u8>> {
        (self.path.gives == Gives::Changed).then(|| value.to_vec())
    }

    fn put(&self, container: &Container<'_>, mut entries: Vec<Entry>, out: &mut Vec<u8>) {
        if let Gives::Leaves { .. } = self.path.gives {
            // Only what the end of the path gives; what stands above it has left nothing else.
            entries.iter().for_each(|(_, value)| out.extend_from_slice(value));
            return;
        }
        // A tree has lost elements, and with them its order.
        let flags = container.flags.filter(|_| self.path.gives == Gives::Changed);
        if flags.is_some() && container.is_ordered_list() {
            msgpack::sort_by(&mut entries, &mut |a, b| compare(&a.1, &b.1));
        }
        let count = entries.len() + usize::from(flags.is_some());
        if container.is_map {
            put_map_header(out, count)
        } else {
            put_list_header(out, count)
        }
        out.extend_from_slice(flags.unwrap_or_default());
        if flags.is_some() && container.is_map {
            out.push(0xc0);
        }
        for (key, value) in entries {
            out.extend_from_slice(&key);
            out.extend_from_slice(&value);
        }
    }
}

/// A key and a value.
type Entry = (Vec<u8>, Vec<u8>);

impl Level<'_> {
    /// Refuses a step into maps for a list, and the other way round.
    fn check(&self, container: &Container<'_>) -> Result<(), u8> {
        let kind = if container.is_map { self.context & 0xf0 } else { self.context & 0x30 };
        let own = if container.is_map { 0x20 } else { 0x10 };
        if kind == 0 || kind == own { Ok(()) } else { Err(code::PARAMETER) }
    }

    fn chooses(&self, is_map: bool, key: &[u8], value: &[u8], vars: &Loop<'_>) -> Result<Chosen, u8> {
        let equal = |a: &[u8], b: &[u8]| msgpack::compare(a, b).map(|order| Some(order.is_eq()));
        Ok(match &self.by {
            By::Filter(None) => Some(true),
            By::Filter(Some(filter)) => filter.truth(vars),
            By::Value(wanted) => equal(value, wanted)?,
            By::Key(wanted) if is_map => equal(key, wanted)?,
            By::Keys(wanted) if is_map => {
                let wanted = msgpack::list_elements(wanted)?;
                Some(wanted.iter().any(|wanted| equal(key, wanted) == Ok(Some(true))))
            }
            _ => None,
        })
    }
}

impl<'a> Loop<'a> {
    /// The variables of one element: its key in a map or its index in a list, and its value.
    fn new(key: Option<&'a [u8]>, value: &'a [u8], index: usize) -> Self {
        let variable = |bytes: &'a [u8]| match msgpack::item(&mut Cursor::new(bytes)) {
            Ok(Item::Raw([particle::HLL, bytes @ ..])) => Value::Hll(Cow::Borrowed(bytes)),
            Ok(Item::Uint(value)) => Value::Int(value as i64),
            _ => Value::of_msgpack(bytes).unwrap_or(Value::Unknown),
        };
        let index = if key.is_none() { Value::Int(index as i64) } else { Value::Unknown };
        Self([key.map_or(Value::Unknown, variable), variable(value), index])
    }
}
