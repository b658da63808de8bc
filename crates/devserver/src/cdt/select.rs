//! Where contexts lead, and which operation chooses what.

use aerostride_wire::result_code as code;

use super::chosen_items::Items;
use super::chosen_pairs::Pairs;
use super::container::{Container, List, MAX_PADDING, Map, order};
use super::{Answer, Call};
use crate::msgpack;

/// The number of the operation that reads what another one removes.
pub(super) const fn reading(operation: i64) -> i64 {
    match operation {
        32..=40 => operation - 13,
        76 => 97,
        77 => 98,
        78 => 99,
        79 => 100,
        81 => 107,
        82 => 102,
        83 => 108,
        84..=87 => operation + 19,
        88 | 89 => operation + 21,
        _ => operation,
    }
}

/// Performs an operation that chooses elements of a list; `None` when it is not one of them. True when it removed any.
pub(super) fn on_list(list: &mut List, call: &Call<'_>) -> Option<Result<(bool, Answer), u8>> {
    let operation = reading(call.operation);
    let chosen = Items::of(list).choose(operation, call)?;
    Some(chosen.map(|(places, answer)| {
        let changed = operation != call.operation && !places.is_empty();
        if changed {
            list.remove(&places);
        }
        (changed, answer)
    }))
}

/// The same for a map.
pub(super) fn on_map(map: &mut Map, call: &Call<'_>) -> Option<Result<(bool, Answer), u8>> {
    let operation = reading(call.operation);
    let chosen = Pairs::of(map).choose(operation, call)?;
    Some(chosen.map(|(places, answer)| {
        let changed = operation != call.operation && !places.is_empty();
        if changed {
            map.remove(&places);
        }
        (changed, answer)
    }))
}

/// The place that an index means; negative ones count from the end.
pub(super) fn place(index: i64, count: usize) -> Option<usize> {
    let index = if index < 0 { index.checked_add(count as i64)? } else { index };
    usize::try_from(index).ok().filter(|place| *place < count)
}

/// Bits of a context's kind: what makes something where there is nothing, lists and maps, and an index that is kept.
const MAKES: i64 = 0xc0;
const LIST: i64 = 0x10;
const MAP: i64 = 0x20;
const PERSISTS: i64 = 0x100;

const LIST_INDEX: i64 = 0x10;
const MAP_KEY: i64 = 0x22;

/// How a list is made: with nil in front of the index, or ordered. Any other has its first element made.
const PADDED: i64 = 0x80;
const ORDERED: i64 = 0xc0;

const fn base(kind: i64) -> i64 {
    kind & 0x3f
}

/// Whether a context is a key of a map.
pub(super) const fn is_map_key(kind: i64) -> bool {
    base(kind) == MAP_KEY
}

/// Whether a context makes a list.
pub(super) const fn makes_list(kind: i64) -> bool {
    kind & MAP == 0
}

/// Whether a context makes what it does not find.
pub(super) const fn makes(kind: i64) -> bool {
    kind & MAKES != 0 && matches!(base(kind), LIST_INDEX | MAP_KEY)
}

/// Refuses contexts that would make what cannot be made; the first one has to ask for it if nothing is there at all.
pub(super) fn check_made(context: &[(i64, &[u8])], whole: bool) -> Result<(), u8> {
    for (step, (kind, value)) in context.iter().enumerate() {
        let persists = kind & PERSISTS != 0;
        let first = whole && step == 0;
        if (first && !makes(*kind)) || (persists && !first) {
            return Err(code::OP_NOT_APPLICABLE);
        }
        match base(*kind) {
            MAP_KEY => check_key(value)?,
            LIST_INDEX => {
                let anywhere = persists || kind & PADDED != 0;
                let index = super::integer(value).map_err(|_| code::OP_NOT_APPLICABLE)?;
                if index < -1 || (index > 0 && !anywhere) {
                    return Err(code::OP_NOT_APPLICABLE);
                }
                if kind & MAKES == PADDED && index > MAX_PADDING as i64 {
                    return Err(code::RECORD_TOO_BIG);
                }
            }
            _ => return Err(code::OP_NOT_APPLICABLE),
        }
    }
    Ok(())
}

/// Refuses what cannot be a key that a context makes; any value can that can be stored.
pub(super) fn check_key(key: &[u8]) -> Result<(), u8> {
    if msgpack::is_storable(key) { Ok(()) } else { Err(code::OP_NOT_APPLICABLE) }
}

/// The list or map that a context makes around an element.
pub(super) fn made(kind: i64, value: &[u8], element: Vec<u8>) -> Container {
    if makes_list(kind) {
        let padding = if kind & MAKES == PADDED { super::integer(value).unwrap_or(0).max(0) } else { 0 };
        let mut list = List { ordered: kind & MAKES == ORDERED, items: Vec::new() };
        list.put_behind(padding as usize, element);
        return Container::List(list);
    }
    let flags = match kind & MAKES {
        0x80 => 1,
        0xc0 => 3,
        _ => 0,
    };
    Container::Map(Map { flags, pairs: vec![(value.to_vec(), element)] })
}

/// The place that a context leads to.
pub(super) fn locate(container: &Container, kind: i64, value: &[u8]) -> Result<Option<usize>, u8> {
    let (own, other) = if matches!(container, Container::List(_)) { (LIST, MAP) } else { (MAP, LIST) };
    // Without a bit for either, a context is for both, and makes nothing.
    if kind & other != 0 || (kind & own == 0 && kind & (MAKES | PERSISTS) != 0) {
        return Err(code::OP_NOT_APPLICABLE);
    }
    let values = container.values();
    let at = || super::integer(value).map_err(|_| code::OP_NOT_APPLICABLE);
    let find = |elements: &[&[u8]]| elements.iter().position(|own| order(own, value).is_eq());
    Ok(match kind & 0x0f {
        0 => place(at()?, values.len()),
        1 => place(at()?, values.len()).map(|rank| ranked(&values, rank)),
        2 if own == MAP && msgpack::is_storable(value) => find(&container.keys()),
        3 => find(&values),
        _ => return Err(code::OP_NOT_APPLICABLE),
    })
}

/// The place of the element of that rank.
fn ranked(values: &[&[u8]], rank: usize) -> usize {
    let mut places: Vec<usize> = (0..values.len()).collect();
    msgpack::sort_by(&mut places, &mut |a, b| order(values[*a], values[*b]));
    places[rank]
}
