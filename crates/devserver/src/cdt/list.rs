use std::collections::BTreeSet;

use aerostride_wire::result_code as code;

use super::answers::Ask;
use super::chosen_items::Items;
use super::container::{List, NIL, Ordered, integer, order, sum, zero};
use super::select;
use super::{Answer, Call, Left};

/// Write flags of lists.
const ADD_UNIQUE: i64 = 1;
const INSERT_BOUNDED: i64 = 2;
const NO_FAIL: i64 = 4;
const PARTIAL: i64 = 8;

/// Return types of operations that do not say one.
const COUNT: i64 = 5;
const VALUE: i64 = 7;
const INVERTED: i64 = 0x1_0000;

/// Longest list that an insert far behind the end may make by filling up with nil.
const MAX_PADDING: usize = 1 << 20;

/// Performs an operation on a list. Without one, only an operation that adds something makes it.
pub(super) fn perform(list: Option<List>, call: &Call<'_>) -> Result<Left, u8> {
    if list.is_none() && call.operation == 13 {
        return Err(code::BIN_TYPE);
    }
    let is_new = list.is_none();
    let made = || List { ordered: is_made_ordered(call), items: Vec::new() };
    let Some(mut list) = list.or_else(|| call.adds().then(made)) else {
        return Ok((None, None));
    };
    call.check_count(most_arguments(call.operation))?;
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
    Ok(((changed || is_new).then(|| list.encode()), answer))
}

/// How many arguments an operation may have; those without any do not look.
const fn most_arguments(operation: i64) -> usize {
    match operation {
        0 | 5 | 7 | 13 | 17 => 1,
        6 | 8 | 10 | 18 => 2,
        1..=4 | 9 => 3,
        12 => 4,
        _ => usize::MAX,
    }
}

/// The order of a list that an operation makes; flags that say something else say nothing.
fn is_made_ordered(call: &Call<'_>) -> bool {
    let at = match call.operation {
        1 | 2 => 1,
        12 => 2,
        _ => return false,
    };
    matches!(call.integer_or(at, 0), Ok(1 | 17))
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
    if call.operation == 10 {
        call.argument(1)?;
    }
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
    call.integer_or(1 + first, 0)?;
    let flags = call.integer_or(2, 0)?;
    if inserts && list.ordered {
        return Err(code::OP_NOT_APPLICABLE);
    }
    let before = list.items.len();
    let size = |list: &List| Some(integer(list.items.len() as i64));
    if items.is_empty() {
        return Ok((false, size(list)));
    }
    let at = if inserts { insert_place(before, call.integer(0)?)? } else { before };
    if at > before && flags & INSERT_BOUNDED != 0 && inserts {
        let unchanged = Ok((false, size(list)));
        return if flags & NO_FAIL != 0 { unchanged } else { Err(code::OP_NOT_APPLICABLE) };
    }
    let unique = if flags & ADD_UNIQUE == 0 { Some(items) } else { new_ones(list, items, flags)? };
    let Some(unique) = unique else { return Ok((false, size(list))) };
    fill(list, at);
    list.items.splice(at..at, unique.into_iter().map(<[u8]>::to_vec));
    list.restore_order();
    Ok((list.items.len() > before, size(list)))
}

/// The items that the list does not have yet; `None` when the flags give all of them up.
fn new_ones<'i>(list: &List, items: Vec<&'i [u8]>, flags: i64) -> Result<Option<Vec<&'i [u8]>>, u8> {
    let (no_fail, partial) = (flags & NO_FAIL != 0, flags & PARTIAL != 0);
    let known: BTreeSet<Ordered<&[u8]>> = list.items.iter().map(|item| Ordered(item.as_slice())).collect();
    let mut seen = BTreeSet::new();
    let mut unique = Vec::new();
    // An ordered list looks for doubles among the items first, any other as it goes on.
    let doubled = list.ordered && !items.iter().all(|item| seen.insert(Ordered(*item)));
    if doubled && !(no_fail && partial) {
        return if no_fail { Ok(None) } else { Err(code::OP_NOT_APPLICABLE) };
    }
    seen.clear();
    for item in items {
        if known.contains(&Ordered(item)) {
            match (partial, no_fail) {
                (true, _) => {}
                (false, true) => return Ok(None),
                (false, false) => return Err(code::ELEMENT_EXISTS),
            }
        } else if seen.insert(Ordered(item)) {
            unique.push(item);
        } else if !no_fail {
            return Err(code::OP_NOT_APPLICABLE);
        } else if !partial {
            return Ok(None);
        }
    }
    match (unique.is_empty() && !list.ordered, no_fail) {
        (true, false) => Err(code::ELEMENT_EXISTS),
        (true, true) => Ok(None),
        (false, _) => Ok(Some(unique)),
    }
}

/// Where an insert goes.
fn insert_place(count: usize, index: i64) -> Result<usize, u8> {
    let at = if index < 0 { index.saturating_add(count as i64) } else { index };
    usize::try_from(at).ok().filter(|at| *at <= MAX_PADDING.max(count)).ok_or(code::OP_NOT_APPLICABLE)
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
    call.integer_or(2, 0)?;
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
    list.items.sort_by(|a, b| order(a, b));
    if flags & DROP_DUPLICATES != 0 {
        list.items.dedup_by(|a, b| order(a, b).is_eq());
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
