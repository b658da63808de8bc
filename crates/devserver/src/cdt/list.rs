use aerostride_wire::result_code as code;

use super::answers::{Ask, search};
use super::chosen_items::Items;
use super::container::{List, MAX_PADDING, NIL, integer, order, sum, zero};
use super::select;
use super::{Answer, Call, Left, Place};
use crate::msgpack;

/// Write flags of lists.
const ADD_UNIQUE: i64 = 1;
const INSERT_BOUNDED: i64 = 2;
const NO_FAIL: i64 = 4;
const PARTIAL: i64 = 8;

/// Return types of operations that do not say one.
const COUNT: i64 = 5;
const VALUE: i64 = 7;
const INVERTED: i64 = 0x1_0000;

/// Performs an operation on a list. Without one, only an operation that adds something makes it.
pub(super) fn perform(list: Option<List>, call: &Call<'_>, place: Place) -> Result<Left, u8> {
    let is_new = list.is_none();
    if is_new && call.operation == 13 && place == Place::Bin {
        return Err(code::BIN_TYPE);
    }
    let made = || List { ordered: is_made_ordered(call), items: Vec::new() };
    let Some(mut list) = list.or_else(|| call.adds().then(made)) else {
        return Ok((None, None));
    };
    call.check_arguments()?;
    let (changed, answer) = match call.operation {
        0 => set_order(&mut list, call.integer(0)?)?,
        1..=4 => add(&mut list, call)?,
        9 => set(&mut list, call)?,
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
        5..=8 | 10 | 17 | 18 => range(&mut list, call)?,
        _ => select::on_list(&mut list, call).ok_or(code::PARAMETER)??,
    };
    Ok(((changed || (is_new && place == Place::Bin)).then(|| list.encode()), answer))
}

/// The order of a list that an operation makes; flags that say something else say nothing.
fn is_made_ordered(call: &Call<'_>) -> bool {
    let at = match call.operation {
        1 | 2 => 1,
        12 => 2,
        _ => return false,
    };
    call.integer_or(at, 0).is_ok_and(|flags| matches!(flags as u8, 1 | 17))
}

/// The operations on a range that have no return type of their own: the answer is the items, or how many were removed.
fn range(list: &mut List, call: &Call<'_>) -> Result<(bool, Answer), u8> {
    let (kind, multi) = match call.operation {
        5 | 17 => (VALUE, false),
        6 | 18 => (VALUE, true),
        7 => (COUNT, false),
        8 => (COUNT, true),
        _ => (COUNT | INVERTED, true),
    };
    let count = if multi { call.count(1)? } else { 1 };
    let (places, answer) = Items::of(list).by_index(Ask::new(kind, multi), call.integer(0)?, count)?;
    let changed = call.operation < 16 && !places.is_empty();
    if changed {
        list.remove(&places);
    }
    Ok((changed, answer))
}

fn set_order(list: &mut List, order: i64) -> Result<(bool, Answer), u8> {
    if !matches!(order, 0 | 1 | 16 | 17) {
        return Err(code::OP_NOT_APPLICABLE);
    }
    list.ordered = order & 1 != 0;
    list.restore_order();
    Ok((true, None))
}

/// Appends or inserts one or several items. The answer is the size.
fn add(list: &mut List, call: &Call<'_>) -> Result<(bool, Answer), u8> {
    let inserts = matches!(call.operation, 3 | 4);
    let first = usize::from(inserts);
    let items = match call.operation {
        1 | 3 => vec![call.argument(first)?],
        _ => super::elements_of(call.argument(first)?)?,
    };
    // Behind the items come the order of a new list, where one is appended, and the flags.
    let flags = call.integer_or(2, 0)?;
    if inserts && list.ordered {
        return Err(code::OP_NOT_APPLICABLE);
    }
    let before = list.items.len();
    let size = |list: &List| Some(integer(list.items.len() as i64));
    if items.is_empty() {
        // No more than the list itself is made.
        return Ok((true, size(list)));
    }
    let at = if inserts { insert_place(before, call.integer(0)?)? } else { before };
    if at > before && flags & INSERT_BOUNDED != 0 && inserts {
        let unchanged = Ok((false, size(list)));
        return if flags & NO_FAIL != 0 { unchanged } else { Err(code::OP_NOT_APPLICABLE) };
    }
    let Some(items) = unique_ones(list, items, flags)? else { return Ok((false, size(list))) };
    if list.ordered {
        add_in_order(list, items);
    } else {
        fill(list, at);
        list.items.splice(at..at, items.into_iter().map(<[u8]>::to_vec));
    }
    Ok((list.items.len() > before, size(list)))
}

/// Adds items to an ordered list, each in front of what equals it.
fn add_in_order(list: &mut List, mut items: Vec<&[u8]>) {
    msgpack::sort_by(&mut items, &mut |a, b| order(a, b));
    let own: Vec<&[u8]> = list.items.iter().map(Vec::as_slice).collect();
    let places: Vec<usize> =
        items.iter().map(|item| search(&own, item).unwrap_or_else(|place| place)).collect();
    for (item, place) in items.into_iter().zip(places).rev() {
        list.items.insert(place, item.to_vec());
    }
}

/// The items that the flags let into the list; `None` when they give all of them up.
fn unique_ones<'i>(list: &List, items: Vec<&'i [u8]>, flags: i64) -> Result<Option<Vec<&'i [u8]>>, u8> {
    if flags & ADD_UNIQUE == 0 {
        return Ok(Some(items));
    }
    let no_fail = flags & NO_FAIL != 0;
    let partial = no_fail && flags & PARTIAL != 0;
    let refused = |code| if no_fail { Ok(None) } else { Err(code) };
    let is_in = |items: &[&[u8]], item: &[u8]| items.iter().any(|own| order(own, item).is_eq());
    let own: Vec<&[u8]> = list.items.iter().map(Vec::as_slice).collect();
    let mut unique: Vec<&[u8]> = Vec::new();
    // An ordered list looks for doubles among the items first, any other as it goes on.
    let doubled = |(at, item): (usize, &&[u8])| is_in(&items[..at], item);
    if list.ordered && !partial && items.iter().enumerate().any(doubled) {
        return refused(code::OP_NOT_APPLICABLE);
    }
    for item in items {
        if is_in(&own, item) {
            if !partial {
                return refused(code::ELEMENT_EXISTS);
            }
        } else if !is_in(&unique, item) {
            unique.push(item);
        } else if !partial {
            return refused(code::OP_NOT_APPLICABLE);
        }
    }
    if unique.is_empty() && !list.ordered { refused(code::ELEMENT_EXISTS) } else { Ok(Some(unique)) }
}

/// Where an insert goes.
fn insert_place(count: usize, index: i64) -> Result<usize, u8> {
    let at = if index < 0 { index.saturating_add(count as i64) } else { index };
    let at = i32::try_from(at).ok().and_then(|at| usize::try_from(at).ok()).ok_or(code::OP_NOT_APPLICABLE)?;
    if at > MAX_PADDING.max(count) { Err(code::RECORD_TOO_BIG) } else { Ok(at) }
}

/// Fills a list up with nil.
fn fill(list: &mut List, at: usize) {
    list.items.resize(list.items.len().max(at), vec![NIL]);
}

fn set(list: &mut List, call: &Call<'_>) -> Result<(bool, Answer), u8> {
    let flags = call.integer_or(2, 0)?;
    let item = call.argument(1)?.to_vec();
    if list.ordered {
        return Err(code::OP_NOT_APPLICABLE);
    }
    let at = insert_place(list.items.len(), call.integer(0)?)?;
    replace(list, at, item, flags).map(|changed| (changed, None))
}

/// Puts an item where another one is, or behind the end. False where the flags forbid it without a failure.
fn replace(list: &mut List, at: usize, item: Vec<u8>, flags: i64) -> Result<bool, u8> {
    let count = list.items.len();
    let refused = |code| if flags & NO_FAIL != 0 { Ok(false) } else { Err(code) };
    if at > count && flags & INSERT_BOUNDED != 0 {
        return refused(code::OP_NOT_APPLICABLE);
    }
    let mut others = list.items.iter().enumerate().filter(|(place, _)| *place != at);
    if flags & ADD_UNIQUE != 0 && others.any(|(_, own)| order(own, &item).is_eq()) {
        return refused(code::ELEMENT_EXISTS);
    }
    fill(list, at);
    match list.items.get_mut(at) {
        Some(place) => *place = item,
        None => list.items.push(item),
    }
    list.restore_order();
    Ok(true)
}

fn increment(list: &mut List, call: &Call<'_>) -> Result<(bool, Answer), u8> {
    let by = call.arguments.get(1).copied().filter(|by| *by != [NIL]).unwrap_or(&[1]);
    let flags = call.integer_or(3, 0)?;
    let at = insert_place(list.items.len(), call.integer(0)?)?;
    let sum = match list.items.get(at) {
        Some(item) => sum(item, by, false)?,
        None => sum(zero(by), by, false)?,
    };
    if list.ordered && at > list.items.len() {
        return Err(code::OP_NOT_APPLICABLE);
    }
    Ok((replace(list, at, sum.clone(), flags)?, Some(sum)))
}

/// Sorts a list; an ordered one is sorted already, and stays so.
fn sort(list: &mut List, flags: i64) -> Result<(), u8> {
    const DESCENDING: i64 = 1;
    const DROP_DUPLICATES: i64 = 2;
    let descends = flags & DESCENDING != 0 && !list.ordered;
    list.sort();
    if flags & DROP_DUPLICATES != 0 {
        let doubles: Vec<usize> =
            (1..list.items.len()).filter(|at| order(&list.items[at - 1], &list.items[*at]).is_eq()).collect();
        list.remove(&doubles);
        // A real server does not find the doubles of a list that descends.
        if descends && list.items.len() > 1 {
            return Err(code::PARAMETER);
        }
    }
    if descends {
        list.items.reverse();
    }
    Ok(())
}
