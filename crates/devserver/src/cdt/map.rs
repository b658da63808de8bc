use std::borrow::Cow;
use std::collections::BTreeMap;

use aerostride_wire::result_code as code;

use super::container::{Map, Ordered, integer, sum, zero};
use super::select;
use super::{Answer, Call, Left, Place};
use crate::msgpack;

/// Write flags of maps.
const CREATE_ONLY: i64 = 1;
const UPDATE_ONLY: i64 = 2;
const NO_FAIL: i64 = 4;
const PARTIAL: i64 = 8;

/// Performs an operation on a map. Without one, only an operation that adds something makes it.
pub(super) fn perform(map: Option<Map>, call: &Call<'_>, place: Place) -> Result<Left, u8> {
    let is_new = map.is_none();
    if is_new && call.operation == 70 {
        return Err(code::ELEMENT_NOT_FOUND);
    }
    let made = || Map { flags: flags_of_new(call), pairs: Vec::new() };
    let Some(mut map) = map.or_else(|| call.adds().then(made)) else {
        return Ok((None, None));
    };
    call.check_arguments()?;
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
            let (changed, answer) = select::on_map(&mut map, call).ok_or(code::PARAMETER)??;
            return Ok((changed.then(|| map.encode()), answer));
        }
    };
    Ok(((changed || (is_new && place == Place::Bin)).then(|| map.encode()), answer))
}

/// The order of a map that an operation makes; flags that say something else say nothing.
fn flags_of_new(call: &Call<'_>) -> u8 {
    let at = match call.operation {
        66 | 68 => 1,
        65 | 67 | 73 | 74 => 2,
        _ => return 0,
    };
    let flags = call.integer_or(at, 0).unwrap_or(0) as u8;
    if flags & !0x13 == 0 { order_flags(flags.into()) } else { 0 }
}

/// Refuses what is no key.
fn check_key(key: &[u8]) -> Result<(), u8> {
    if msgpack::is_key(key) { Ok(()) } else { Err(code::PARAMETER) }
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
    // The older operations say in their number what newer ones say in flags.
    let flags = match call.operation {
        65 | 66 => CREATE_ONLY,
        69 | 70 => UPDATE_ONLY,
        _ => call.integer_or(behind + 1, 0)?,
    };
    pairs.iter().try_for_each(|(key, _)| check_key(key))?;
    // A real server overlooks here that it may not create.
    let overlooks = !is_one && map.pairs.is_empty() && flags & (NO_FAIL | PARTIAL) == NO_FAIL | PARTIAL;
    // Without pairs no more than the map itself is made.
    let mut changed = pairs.is_empty();
    let before = map.pairs.len();
    let own = std::mem::take(&mut map.pairs);
    let mut tree: BTreeMap<_, _> =
        own.into_iter().map(|(key, value)| (Ordered(Cow::Owned(key)), value)).collect();
    for (key, value) in pairs {
        let key = Ordered(Cow::Borrowed(key));
        let refused = match tree.contains_key(&key) {
            true if flags & CREATE_ONLY != 0 => code::ELEMENT_EXISTS,
            false if flags & UPDATE_ONLY != 0 && !overlooks => code::ELEMENT_NOT_FOUND,
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
    check_key(key)?;
    let negative = call.operation == 74;
    let value = match map.find(key) {
        Ok(at) => sum(&map.pairs[at].1, by, negative)?,
        Err(_) => sum(zero(by), by, negative)?,
    };
    map.put(key.to_vec(), value.clone());
    Ok((true, Some(value)))
}
