use std::borrow::Cow;
use std::cmp::Ordering;

use aerostride_wire::Cursor;

use super::value::Value;
use crate::cdt;
use crate::msgpack::{self, Item, Malformed};

/// A read of one element by a way of keys and indexes that are known. It walks over the bytes of the list or map, where
/// other operations take all of it apart.
#[derive(Debug)]
pub(super) struct Lookup<'a> {
    way: Vec<Step<'a>>,
    /// Whether the answer is a list of the element, an empty one where there is none.
    in_list: bool,
}

#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    Key(&'a [u8]),
    Index(i64),
}

impl<'a> Lookup<'a> {
    /// The same as an operation, where it is such a read of values.
    pub(super) fn of(context: Option<&'a [u8]>, arguments: &[&'a [u8]]) -> Option<Self> {
        const VALUE: i64 = 7;
        const LIST_INDEX: i64 = 0x10;
        const MAP_KEY: i64 = 0x22;
        let integer = |bytes: &[u8]| msgpack::integer(bytes).ok();
        let mut way = Vec::new();
        for (kind, value) in context.map_or(Some(Vec::new()), |context| cdt::read_context(context).ok())? {
            way.push(match kind {
                LIST_INDEX => Step::Index(integer(value)?),
                MAP_KEY => Step::Key(value),
                _ => return None,
            });
        }
        let (operation, arguments) = arguments.split_first()?;
        let (returns, arguments) = arguments.split_first()?;
        if integer(returns)? != VALUE {
            return None;
        }
        let (step, in_list) = match (integer(operation)?, arguments) {
            (19, [index]) => (Step::Index(integer(index)?), false),
            (24, [index, count]) if integer(count)? == 1 => (Step::Index(integer(index)?), true),
            (97, [key]) => (Step::Key(key), false),
            (107, [keys]) => match *msgpack::list_elements(keys).ok()? {
                [key] => (Step::Key(key), true),
                _ => return None,
            },
            _ => return None,
        };
        way.push(step);
        Some(Self { way, in_list })
    }

    /// What the operation gives for this list or map; nothing where it fails.
    pub(super) fn read<'v>(&self, value: Cow<'v, [u8]>) -> Option<Value<'v>> {
        match value {
            Cow::Borrowed(bytes) => self.within(bytes),
            Cow::Owned(bytes) => self.within(&bytes).map(Value::into_owned),
        }
    }

    fn within<'v>(&self, bytes: &'v [u8]) -> Option<Value<'v>> {
        let (last, way) = self.way.split_last()?;
        let inner = way.iter().try_fold(bytes, |bytes, step| step.find(bytes).ok()?)?;
        let found = last.find(inner).ok()?;
        match (found, self.in_list) {
            (Some(element), true) => Some(Value::List(Cow::Owned([&[0x91], element].concat()))),
            (None, true) => Some(Value::List(Cow::Borrowed(&[0x90]))),
            (Some(element), false) => Value::of_msgpack(element).ok(),
            (None, false) => None,
        }
    }
}

impl Step<'_> {
    /// The element, if it is there. A list that is a map, and the other way round, is an error.
    fn find<'v>(&self, bytes: &'v [u8]) -> Result<Option<&'v [u8]>, Malformed> {
        let mut cursor = Cursor::new(bytes);
        match (self, msgpack::item(&mut cursor)?) {
            (Self::Key(wanted), Item::Map(pairs)) => {
                for _ in 0..pairs {
                    let (key, value) = (msgpack::element(&mut cursor)?, msgpack::element(&mut cursor)?);
                    if key == *wanted
                        || msgpack::compare(key, wanted)? == Ordering::Equal && !msgpack::is_flags(key)
                    {
                        return Ok(Some(value));
                    }
                }
                Ok(None)
            }
            (Self::Index(index), Item::List(count)) => {
                let mut ahead = cursor;
                let has_mark = count > 0 && msgpack::is_flags(msgpack::element(&mut ahead)?);
                let (cursor, count) = if has_mark { (&mut ahead, count - 1) } else { (&mut cursor, count) };
                let at = if *index < 0 { index.saturating_add(count as i64) } else { *index };
                let Some(at) = usize::try_from(at).ok().filter(|at| *at < count) else { return Ok(None) };
                for _ in 0..at {
                    msgpack::element(cursor)?;
                }
                msgpack::element(cursor).map(Some)
            }
            _ => Err(Malformed),
        }
    }
}
