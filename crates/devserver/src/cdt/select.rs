//! Where contexts lead, and which operation chooses what.

use aerostride_wire::result_code as code;

use super::chosen_items::Items;
use super::chosen_pairs::Pairs;
use super::container::{Container, List, Map, order};
use super::{Answer, Call};

/// The number of the operation that reads what another one removes.
const fn reading(operation: i64) -> i64 {
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

/// How many arguments a choice may have.
const fn most_arguments(operation: i64) -> usize {
    match operation {
        24..=26 | 103..=106 => 3,
        27 | 109 | 110 => 4,
        _ => 2,
    }
}

/// Performs an operation that chooses elements of a list; `None` when it is not one of them. True when it removed any.
pub(super) fn on_list(list: &mut List, call: &Call<'_>) -> Option<Result<(bool, Answer), u8>> {
    let operation = reading(call.operation);
    let chosen = Items::of(list).choose(operation, call)?;
    Some(call.check_count(most_arguments(operation)).and(chosen).map(|(places, answer)| {
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
    Some(call.check_count(most_arguments(operation)).and(chosen).map(|(places, answer)| {
        let changed = operation != call.operation && !places.is_empty();
        if changed {
            map.remove(&places);
        }
        (changed, answer)
    }))
}

/// Places in the order of their values.
fn ranks(values: &[&[u8]]) -> Vec<usize> {
    let mut ranks: Vec<usize> = (0..values.len()).collect();
    ranks.sort_by(|a, b| order(values[*a], values[*b]));
    ranks
}

/// The place that an index means; negative ones count from the end.
pub(super) fn place(index: i64, count: usize) -> Option<usize> {
    let index = if index < 0 { index.checked_add(count as i64)? } else { index };
    usize::try_from(index).ok().filter(|place| *place < count)
}

/// Kinds of contexts, and the bits that make what is not there.
const MAKES: i64 = 0xc0;
const MAP: i64 = 0x20;

/// Whether a context is one of lists.
pub(super) const fn is_list_context(kind: i64) -> bool {
    kind & MAP == 0
}

/// Whether a context makes what it does not find.
pub(super) const fn makes(kind: i64) -> bool {
    kind & MAKES != 0 && may_make(kind)
}

/// Whether a context says where to make something: only an index of a list and a key of a map do.
pub(super) const fn may_make(kind: i64) -> bool {
    matches!(kind & !MAKES, 0x10 | 0x22)
}

/// An empty list or map, in the order that the context asks for.
pub(super) fn made(kind: i64) -> Container {
    match (is_list_context(kind), kind & MAKES) {
        (true, order) => Container::List(List { ordered: order == 0xc0, items: Vec::new() }),
        (false, 0x80) => Container::Map(Map { flags: 1, pairs: Vec::new() }),
        (false, 0xc0) => Container::Map(Map { flags: 3, pairs: Vec::new() }),
        (false, _) => Container::Map(Map::default()),
    }
}

/// The place that a context leads to.
pub(super) fn locate(container: &Container, kind: i64, value: &[u8]) -> Result<Option<usize>, u8> {
    if matches!(container, Container::List(_)) != is_list_context(kind) {
        return Err(code::OP_NOT_APPLICABLE);
    }
    let values = container.values();
    let find = |elements: &[&[u8]]| elements.iter().position(|own| order(own, value).is_eq());
    let at = || super::integer(value).map_err(|_| code::OP_NOT_APPLICABLE);
    Ok(match kind & !MAKES {
        0x10 | 0x20 => place(at()?, values.len()),
        0x11 | 0x21 => place(at()?, values.len()).map(|rank| ranks(&values)[rank]),
        0x22 => find(&container.keys()),
        0x13 | 0x23 => find(&values),
        _ => return Err(code::OP_NOT_APPLICABLE),
    })
}
