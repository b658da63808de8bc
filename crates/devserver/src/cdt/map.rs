use std::borrow::Cow;
use std::collections::BTreeMap;

use aerostride_wire::result_code as code;

use super::container::{Container, Map, Ordered, integer, sum, zero};
use super::select;
use super::{Answer, Call, Left};
use crate::msgpack;

/// Write flags of maps.
const CREATE_ONLY: i64 = 1;
const UPDATE_ONLY: i64 = 2;
const NO_FAIL: i64 = 4;
const PARTIAL: i64 = 8;

/// Performs an operation on a map. Without one, only an operation that adds something makes it.
pub(super) fn perform(map: Option<Map>, call: &Call<'_>) -> Result<Left, u8> {
    let adds = matches!(call.operation, 64..=70 | 73 | 74);
    check_arguments(call)?;
    let is_new = map.is_none();
    let Some(mut map) = map.or_else(|| adds.then(Map::default)) else {
        return Ok((None, None));
    };
    let (changed, answer) = match call.operation {
        64 => {
            let attributes = call.integer(0)?;
            if attributes & !0x13 != 0 {
                return Err(code::OP_NOT_APPLICABLE);
            }
            map.flags = order_flags(attributes);
            (true, None)
        }
        65..=70 => put(&mut map, call)?,
        73 | 74 => increment(&mut map, call)?,
        75 => {
            map.pairs.clear();
            (true, None)
        }
        96 => (false, Some(integer(map.pairs.len() as i64))),
        _ => {
            let mut container = Container::Map(map);
            let (changed, answer) = select::perform(&mut container, call).ok_or(code::PARAMETER)??;
            return Ok((changed.then(|| container.encode()), answer));
        }
    };
    Ok(((changed || is_new).then(|| map.encode()), answer))
}

/// Refuses more arguments than an operation has; those without any do not look.
fn check_arguments(call: &Call<'_>) -> Result<(), u8> {
    let most = match call.operation {
        64 => 1,
        66 | 68 | 70 => 3,
        65 | 67 | 69 | 73 | 74 => 4,
        _ => return Ok(()),
    };
    if call.arguments.len() > most { Err(code::PARAMETER) } else { Ok(()) }
}

const fn order_flags(attributes: i64) -> u8 {
    (attributes & 3) as u8
}

/// Puts one or several pairs. The answer is the size.
fn put(map: &mut Map, call: &Call<'_>) -> Result<(bool, Answer), u8> {
    let is_one = matches!(call.operation, 65 | 67 | 69);
    let pairs = if is_one {
        vec![(call.argument(0)?, call.argument(1)?)]
    } else {
        msgpack::map_pairs(call.argument(0)?)?
    };
    let behind = 1 + usize::from(is_one);
    if map.pairs.is_empty() && call.arguments.len() > behind {
        map.flags = order_flags(call.integer(behind)?);
    }
    // The older operations say in their number what newer ones say in flags.
    let flags = match call.operation {
        65 | 66 => CREATE_ONLY,
        69 | 70 => UPDATE_ONLY,
        _ => call.integer_or(behind + 1, 0)?,
    };
    let mut changed = false;
    let before = map.pairs.len();
    let own = std::mem::take(&mut map.pairs);
    let mut tree: BTreeMap<_, _> =
        own.into_iter().map(|(key, value)| (Ordered(Cow::Owned(key)), value)).collect();
    for (key, value) in pairs {
        let key = Ordered(Cow::Borrowed(key));
        let refused = match tree.contains_key(&key) {
            true if flags & CREATE_ONLY != 0 => code::ELEMENT_EXISTS,
            false if flags & UPDATE_ONLY != 0 => code::ELEMENT_NOT_FOUND,
            _ => {
                tree.insert(key, value.to_vec());
                changed = true;
                continue;
            }
        };
        match (flags & NO_FAIL != 0, flags & PARTIAL != 0) {
            (true, true) => {}
            (true, false) => return Ok((false, Some(integer(before as i64)))),
            _ => return Err(refused),
        }
    }
    map.pairs =
        tree.into_iter().map(|(key, value): (Ordered<Cow<[u8]>>, _)| (key.0.into_owned(), value)).collect();
    Ok((changed, Some(integer(map.pairs.len() as i64))))
}

/// Adds to, or takes from, a number. A missing one counts as 0.
fn increment(map: &mut Map, call: &Call<'_>) -> Result<(bool, Answer), u8> {
    let by = call.arguments.get(1).copied().filter(|by| *by != [0xc0]).unwrap_or(&[1]);
    let key = call.argument(0)?;
    if map.pairs.is_empty() && call.arguments.len() > 2 {
        map.flags = order_flags(call.integer(2)?);
    }
    let negative = call.operation == 74;
    let value = match map.find(key) {
        Ok(at) => sum(&map.pairs[at].1, by, negative)?,
        Err(_) => sum(zero(by), by, negative)?,
    };
    map.put(key.to_vec(), value.clone());
    Ok((true, Some(value)))
}
