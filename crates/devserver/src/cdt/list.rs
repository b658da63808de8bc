use std::collections::BTreeSet;

use aerostride_wire::result_code as code;

use super::container::{Container, List, NIL, Ordered, integer, list_of, order, sum, zero};
use super::select::{self, place, range};
use super::{Answer, Call, Left};
use crate::msgpack;

/// Write flags of lists.
const ADD_UNIQUE: i64 = 1;
const INSERT_BOUNDED: i64 = 2;
const NO_FAIL: i64 = 4;
const PARTIAL: i64 = 8;

/// Longest list that an insert far behind the end may make by filling up with nil.
const MAX_PADDING: usize = 1 << 20;

/// Performs an operation on a list. Without one, only an operation that adds something makes it.
pub(super) fn perform(list: Option<List>, call: &Call<'_>) -> Result<Left, u8> {
    let adds = matches!(call.operation, 0..=4 | 9 | 12);
    check_arguments(call)?;
    if list.is_none() && call.operation == 13 {
        return Err(code::BIN_TYPE);
    }
    let Some(mut list) = list.or_else(|| adds.then(List::default)) else {
        return Ok((None, None));
    };
    let (changed, answer) = match call.operation {
        0 => set_order(&mut list, call.integer(0)?)?,
        1..=4 => add(&mut list, call)?,
        5 | 7 => take_one(&mut list, call)?,
        6 | 8 => take_range(&mut list, call)?,
        9 => set(&mut list, call)?,
        10 => trim(&mut list, call)?,
        11 => {
            list.items.clear();
            (true, None)
        }
        12 => increment(&mut list, call)?,
        13 => {
            sort(&mut list, call.integer_or(0, 0)?)?;
            (true, None)
        }
        16 => (false, Some(integer(list.items.len() as i64))),
        17 => {
            let at = place(call.integer(0)?, list.items.len()).ok_or(code::OP_NOT_APPLICABLE)?;
            (false, Some(list.items[at].clone()))
        }
        18 => {
            let chosen = range(call.integer(0)?, call.arguments.get(1).copied(), list.items.len())?;
            (false, Some(list_of(list.items[chosen].iter().map(Vec::as_slice))))
        }
        _ => {
            let mut container = Container::List(list);
            let (changed, answer) = select::perform(&mut container, call).ok_or(code::PARAMETER)??;
            return Ok((changed.then(|| container.encode()), answer));
        }
    };
    Ok((changed.then(|| list.encode()), answer))
}

fn set_order(list: &mut List, order: i64) -> Result<(bool, Answer), u8> {
    if !matches!(order, 0 | 1 | 16 | 17) {
        return Err(code::OP_NOT_APPLICABLE);
    }
    list.ordered = order & 1 != 0;
    list.restore_order();
    Ok((true, None))
}

/// Keeps a range. The answer is how many items were removed.
fn trim(list: &mut List, call: &Call<'_>) -> Result<(bool, Answer), u8> {
    let kept = range(call.integer(0)?, Some(call.argument(1)?), list.items.len())?;
    let before = list.items.len();
    list.items = list.items.drain(kept).collect();
    Ok((true, Some(integer((before - list.items.len()) as i64))))
}

/// Refuses more arguments than an operation has; those without any do not look.
fn check_arguments(call: &Call<'_>) -> Result<(), u8> {
    let most = match call.operation {
        0 | 5 | 7 | 13 | 17 => 1,
        6 | 8 | 10 | 18 => 2,
        1..=4 | 9 => 3,
        12 => 4,
        _ => return Ok(()),
    };
    if call.arguments.len() > most { Err(code::PARAMETER) } else { Ok(()) }
}

/// Appends or inserts one or several items. The answer is the size.
fn add(list: &mut List, call: &Call<'_>) -> Result<(bool, Answer), u8> {
    let inserts = matches!(call.operation, 3 | 4);
    let first = usize::from(inserts);
    let items = match call.operation {
        1 | 3 => vec![call.argument(first)?],
        _ => msgpack::list_elements(call.argument(first)?)?,
    };
    // Behind the items come the order of a new list, where one is appended, and the flags.
    let flags = call.integer_or(2, 0)?;
    if !inserts && list.items.is_empty() && matches!(call.integer_or(1, 0)?, 1 | 17) {
        list.ordered = true;
    }
    let mut at = list.items.len();
    if inserts {
        if list.ordered {
            return Err(code::OP_NOT_APPLICABLE);
        }
        at = match insert_place(list, call.integer(0)?, flags) {
            Err(_) if flags & NO_FAIL != 0 => return Ok((false, Some(integer(list.items.len() as i64)))),
            at => at?,
        };
    }
    let before = list.items.len();
    let unique = if flags & ADD_UNIQUE == 0 {
        items
    } else {
        match new_ones(list, items, flags)? {
            Some(items) => items,
            None => return Ok((false, Some(integer(before as i64)))),
        }
    };
    list.items.splice(at..at, unique.into_iter().map(<[u8]>::to_vec));
    list.restore_order();
    Ok((list.items.len() > before, Some(integer(list.items.len() as i64))))
}

/// The items that the list does not have yet; `None` when the flags give all of them up because of one.
fn new_ones<'i>(list: &List, items: Vec<&'i [u8]>, flags: i64) -> Result<Option<Vec<&'i [u8]>>, u8> {
    let mut known: BTreeSet<Ordered<&[u8]>> =
        list.items.iter().map(|item| Ordered(item.as_slice())).collect();
    let mut unique = Vec::new();
    for item in items {
        match (known.insert(Ordered(item)), flags & NO_FAIL != 0, flags & PARTIAL != 0) {
            (true, _, _) => unique.push(item),
            (false, true, true) => {}
            (false, true, false) => return Ok(None),
            (false, false, _) => return Err(code::ELEMENT_EXISTS),
        }
    }
    Ok(Some(unique))
}

/// Where an insert goes; behind the end the list is filled up with nil, unless the flags forbid it.
fn insert_place(list: &mut List, index: i64, flags: i64) -> Result<usize, u8> {
    let count = list.items.len();
    let at = if index < 0 { index.saturating_add(count as i64) } else { index };
    let at = usize::try_from(at).map_err(|_| code::OP_NOT_APPLICABLE)?;
    if at > count && (flags & INSERT_BOUNDED != 0 || at > MAX_PADDING) {
        return Err(code::OP_NOT_APPLICABLE);
    }
    list.items.resize(count.max(at), vec![NIL]);
    Ok(at)
}

/// Pops or removes one item: the answer is the item, or how many were removed.
fn take_one(list: &mut List, call: &Call<'_>) -> Result<(bool, Answer), u8> {
    let at = place(call.integer(0)?, list.items.len()).ok_or(code::OP_NOT_APPLICABLE)?;
    let item = list.items.remove(at);
    Ok((true, Some(if call.operation == 5 { item } else { integer(1) })))
}

/// The same for a range.
fn take_range(list: &mut List, call: &Call<'_>) -> Result<(bool, Answer), u8> {
    let chosen = range(call.integer(0)?, call.arguments.get(1).copied(), list.items.len())?;
    let items: Vec<_> = list.items.drain(chosen).collect();
    let answer = if call.operation == 6 {
        list_of(items.iter().map(Vec::as_slice))
    } else {
        integer(items.len() as i64)
    };
    Ok((!items.is_empty(), Some(answer)))
}

fn set(list: &mut List, call: &Call<'_>) -> Result<(bool, Answer), u8> {
    if list.ordered {
        return Err(code::OP_NOT_APPLICABLE);
    }
    let flags = call.integer_or(2, 0)?;
    let item = call.argument(1)?.to_vec();
    let refused = insert_place(list, call.integer(0)?, flags).and_then(|at| {
        let known = |(place, own): (usize, &Vec<u8>)| place != at && order(own, &item).is_eq();
        let doubled = flags & ADD_UNIQUE != 0 && list.items.iter().enumerate().any(known);
        if doubled { Err(code::ELEMENT_EXISTS) } else { Ok(at) }
    });
    let at = match refused {
        Err(_) if flags & NO_FAIL != 0 => return Ok((false, None)),
        at => at?,
    };
    match list.items.get_mut(at) {
        Some(place) => *place = item,
        None => list.items.push(item),
    }
    Ok((true, None))
}

fn increment(list: &mut List, call: &Call<'_>) -> Result<(bool, Answer), u8> {
    let at = insert_place(list, call.integer(0)?, 0)?;
    let by = call.arguments.get(1).copied().filter(|by| *by != [NIL]).unwrap_or(&[1]);
    let sum = match list.items.get(at) {
        Some(item) => sum(item, by, false)?,
        None => sum(zero(by), by, false)?,
    };
    match list.items.get_mut(at) {
        Some(place) => place.clone_from(&sum),
        None => list.items.push(sum.clone()),
    }
    list.restore_order();
    Ok((true, Some(sum)))
}

fn sort(list: &mut List, flags: i64) -> Result<(), u8> {
    const DESCENDING: i64 = 1;
    const DROP_DUPLICATES: i64 = 2;
    if flags & (DESCENDING | DROP_DUPLICATES) == DESCENDING | DROP_DUPLICATES {
        return Err(code::PARAMETER);
    }
    list.items.sort_by(|a, b| order(a, b));
    if flags & DROP_DUPLICATES != 0 {
        list.items.dedup_by(|a, b| order(a, b).is_eq());
    }
    if flags & DESCENDING != 0 {
        list.items.reverse();
    }
    Ok(())
}
