//! Which elements an operation is about, and what it gives of them.

use std::collections::BTreeSet;

use aerostride_wire::result_code as code;

use super::container::{Container, NIL, Ordered, among, integer, list_of, order, put_flags};
use super::{Answer, Call};
use crate::msgpack::{self, put_map_header};

/// How elements are chosen. The arguments behind the return type follow from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choice {
    Index,
    Rank,
    Value,
    ValueList,
    IndexRange,
    ValueInterval,
    RankRange,
    ValueRelativeRank,
    Key,
    FirstValue,
    KeyList,
    KeyInterval,
    KeyRelativeIndex,
}

/// The chosen places, in the order of the answer.
struct Chosen {
    places: Vec<usize>,
    /// Whether the operation is about one element: its answer is no list then.
    single: bool,
    /// Whether it was chosen by rank.
    by_rank: bool,
    /// Whether it is what the operation did not choose.
    inverted: bool,
}

/// The choice of an operation and whether it removes what it chooses.
const fn choice(operation: i64) -> Option<(Choice, bool)> {
    Some(match operation {
        19 | 98 => (Choice::Index, false),
        20 | 99 => (Choice::FirstValue, false),
        21 | 100 => (Choice::Rank, false),
        22 | 102 => (Choice::Value, false),
        23 | 108 => (Choice::ValueList, false),
        24 | 104 => (Choice::IndexRange, false),
        25 | 105 => (Choice::ValueInterval, false),
        26 | 106 => (Choice::RankRange, false),
        27 | 110 => (Choice::ValueRelativeRank, false),
        97 => (Choice::Key, false),
        103 => (Choice::KeyInterval, false),
        107 => (Choice::KeyList, false),
        109 => (Choice::KeyRelativeIndex, false),
        32 | 77 => (Choice::Index, true),
        33 | 78 => (Choice::FirstValue, true),
        34 | 79 => (Choice::Rank, true),
        35 | 82 => (Choice::Value, true),
        36 | 83 => (Choice::ValueList, true),
        37 | 85 => (Choice::IndexRange, true),
        38 | 86 => (Choice::ValueInterval, true),
        39 | 87 => (Choice::RankRange, true),
        40 | 89 => (Choice::ValueRelativeRank, true),
        76 => (Choice::Key, true),
        81 => (Choice::KeyList, true),
        84 => (Choice::KeyInterval, true),
        88 => (Choice::KeyRelativeIndex, true),
        _ => return None,
    })
}

/// Performs an operation that chooses elements; `None` when it is none of them. True when it removed something.
pub(super) fn perform(container: &mut Container, call: &Call<'_>) -> Option<Result<(bool, Answer), u8>> {
    let (choice, removes) = choice(call.operation)?;
    Some(check_arguments(choice, call).and_then(|()| choose(container, choice, call)).and_then(|chosen| {
        let answer = give(container, &chosen, call.integer(0)?)?;
        let changed = removes && !chosen.places.is_empty();
        if changed {
            container.remove(&chosen.places);
        }
        Ok((changed, answer))
    }))
}

/// Refuses more arguments than a choice has.
fn check_arguments(choice: Choice, call: &Call<'_>) -> Result<(), u8> {
    let most = match choice {
        Choice::Index
        | Choice::Rank
        | Choice::Key
        | Choice::Value
        | Choice::FirstValue
        | Choice::ValueList
        | Choice::KeyList => 2,
        Choice::IndexRange | Choice::ValueInterval | Choice::KeyInterval | Choice::RankRange => 3,
        Choice::ValueRelativeRank | Choice::KeyRelativeIndex => 4,
    };
    if call.arguments.len() > most { Err(code::PARAMETER) } else { Ok(()) }
}

/// The bit of a return type that asks for what is not chosen.
const INVERTED: i64 = 0x1_0000;

fn choose(container: &Container, choice: Choice, call: &Call<'_>) -> Result<Chosen, u8> {
    let by_rank = matches!(choice, Choice::Rank | Choice::RankRange | Choice::ValueRelativeRank);
    let chosen = match choose_one(container, choice, call)? {
        Some(places) => Chosen { places, single: true, by_rank, inverted: false },
        None => {
            let places = choose_several(choice, &container.values(), &container.keys(), call)?;
            Chosen { places, single: false, by_rank, inverted: false }
        }
    };
    let return_type = call.integer(0)?;
    let wants_ranks = matches!(return_type & 0xffff, 3 | 4);
    if choice == Choice::KeyList && wants_ranks {
        return Err(code::OP_NOT_APPLICABLE);
    }
    if return_type & INVERTED == 0 { Ok(chosen) } else { inverted(&chosen, container.values().len()) }
}

/// What was not chosen.
fn inverted(chosen: &Chosen, count: usize) -> Result<Chosen, u8> {
    if chosen.single {
        return Err(code::OP_NOT_APPLICABLE);
    }
    let marks = among(&chosen.places, count);
    let places = (0..count).filter(|place| !marks[*place]).collect();
    Ok(Chosen { places, single: false, by_rank: false, inverted: true })
}

/// The place of the one element that is looked for, if it is there; `None` where several are.
fn choose_one(container: &Container, choice: Choice, call: &Call<'_>) -> Result<Option<Vec<usize>>, u8> {
    let values = container.values();
    let at = |index: i64| place(index, values.len()).ok_or(code::OP_NOT_APPLICABLE);
    let found =
        |elements: &[&[u8]], wanted: &[u8]| elements.iter().position(|own| order(own, wanted).is_eq());
    let place = match choice {
        Choice::Index => Some(at(call.integer(1)?)?),
        Choice::Rank => Some(ranks(&values)[at(call.integer(1)?)?]),
        Choice::Key => found(&container.keys(), call.argument(1)?),
        Choice::FirstValue => found(&values, call.argument(1)?),
        _ => return Ok(None),
    };
    Ok(Some(place.into_iter().collect()))
}

fn choose_several(
    choice: Choice,
    values: &[&[u8]],
    keys: &[&[u8]],
    call: &Call<'_>,
) -> Result<Vec<usize>, u8> {
    let within = || range(call.integer(1)?, call.arguments.get(2).copied(), values.len());
    Ok(match choice {
        Choice::Value => equal_to(values, call.argument(1)?),
        Choice::ValueList => among_wanted(values, call)?,
        Choice::KeyList => among_wanted(keys, call)?,
        Choice::ValueInterval => within_interval(values, call)?,
        Choice::KeyInterval => within_interval(keys, call)?,
        Choice::IndexRange => within()?.collect(),
        Choice::RankRange => {
            let ranks = ranks(values);
            within()?.map(|rank| ranks[rank]).collect()
        }
        Choice::ValueRelativeRank => {
            let ranks = ranks(values);
            relative(values, call)?.map(|rank| ranks[rank]).collect()
        }
        Choice::KeyRelativeIndex => relative(keys, call)?.collect(),
        Choice::Index | Choice::Rank | Choice::Key | Choice::FirstValue => Vec::new(),
    })
}

/// The places of the elements that fit.
fn places_of(elements: &[&[u8]], fits: impl Fn(&[u8]) -> bool) -> Vec<usize> {
    elements.iter().enumerate().filter(|(_, element)| fits(element)).map(|(place, _)| place).collect()
}

fn equal_to(elements: &[&[u8]], wanted: &[u8]) -> Vec<usize> {
    places_of(elements, |own| order(own, wanted).is_eq())
}

fn among_wanted(elements: &[&[u8]], call: &Call<'_>) -> Result<Vec<usize>, u8> {
    let wanted: BTreeSet<Ordered<&[u8]>> =
        msgpack::list_elements(call.argument(1)?)?.into_iter().map(Ordered).collect();
    Ok(places_of(elements, |own| wanted.contains(&Ordered(own))))
}

/// From the first argument on, and before the second, where there is one.
fn within_interval(elements: &[&[u8]], call: &Call<'_>) -> Result<Vec<usize>, u8> {
    let (begin, end) = (call.argument(1)?, call.arguments.get(2));
    Ok(places_of(elements, |own| order(own, begin).is_ge() && end.is_none_or(|end| order(own, end).is_lt())))
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

/// The places of a range. Without a count it goes to the end; what lies outside is left out.
pub(super) fn range(start: i64, length: Option<&[u8]>, count: usize) -> Result<std::ops::Range<usize>, u8> {
    let start = if start < 0 { start.saturating_add(count as i64) } else { start };
    clipped(start, length, count)
}

/// A range that counts from where the first argument stands, or would stand, among the elements.
fn relative(elements: &[&[u8]], call: &Call<'_>) -> Result<std::ops::Range<usize>, u8> {
    let anchor = call.argument(1)?;
    let below = elements.iter().filter(|own| order(own, anchor).is_lt()).count() as i64;
    clipped(below.saturating_add(call.integer(2)?), call.arguments.get(3).copied(), elements.len())
}

fn clipped(start: i64, length: Option<&[u8]>, count: usize) -> Result<std::ops::Range<usize>, u8> {
    let end = match length {
        // A count below 0 is as good as none.
        Some(length) => match super::integer(length)? {
            length @ 0.. => start.saturating_add(length),
            _ => i64::MAX,
        },
        None => i64::MAX,
    };
    let within = |at: i64| usize::try_from(at.max(0)).unwrap_or(usize::MAX).min(count);
    let (start, end) = (within(start), within(end));
    Ok(start..end.max(start))
}

/// What the return type wants of the chosen elements.
fn give(container: &Container, chosen: &Chosen, return_type: i64) -> Result<Answer, u8> {
    let values = container.values();
    let count = values.len();
    let places = &chosen.places;
    let is_list = matches!(container, Container::List(_));
    let from_end = |place: usize| count - 1 - place;
    Ok(match return_type & 0xffff {
        0 => None,
        // The one key that was looked for is not there.
        1..=4 if chosen.single && places.is_empty() => Some(integer(-1)),
        1 => numbers(chosen, true, |place| place),
        // The reversed indexes of a list come in the order of its elements, and those of a map in their own.
        2 if is_list => {
            several(chosen, &sorted(places).into_iter().map(from_end).map(number).collect::<Vec<_>>())
        }
        2 => numbers(chosen, true, from_end),
        3 => {
            let ranks = rank_of(&values, chosen.inverted);
            numbers(chosen, !chosen.by_rank, |place| ranks[place])
        }
        4 => {
            let ranks = rank_of(&values, chosen.inverted);
            numbers(chosen, !chosen.by_rank, |place| from_end(ranks[place]))
        }
        5 => Some(number(places.len())),
        6 => several(chosen, &keys_at(container, places).ok_or(code::OP_NOT_APPLICABLE)?),
        7 => several(chosen, &places.iter().map(|place| values[*place].to_vec()).collect::<Vec<_>>()),
        9 => Some(run_of(places, |first| first)),
        10 => Some(run_of(places, |first| count - first - places.len())),
        8 | 16 | 17 if is_list => return Err(code::OP_NOT_APPLICABLE),
        8 => Some(map_of(container, places, ORDER_KEPT)),
        16 => Some(map_of(container, places, 0)),
        17 => Some(map_of(container, &sorted(places), KEY_ORDERED)),
        13 => Some(vec![if places.is_empty() { 0xc2 } else { 0xc3 }]),
        _ => return Err(code::OP_NOT_APPLICABLE),
    })
}

fn number(number: usize) -> Vec<u8> {
    integer(number as i64)
}

fn sorted(places: &[usize]) -> Vec<usize> {
    let mut sorted = places.to_vec();
    sorted.sort_unstable();
    sorted
}

/// A number of each chosen element: in the order of the choice, or in that of the numbers.
fn numbers(chosen: &Chosen, in_order: bool, of_place: impl Fn(usize) -> usize) -> Answer {
    let numbers: Vec<usize> = chosen.places.iter().map(|place| of_place(*place)).collect();
    let numbers = if in_order { sorted(&numbers) } else { numbers };
    several(chosen, &numbers.into_iter().map(number).collect::<Vec<_>>())
}

/// The rank of each element. In an inverted choice, equal elements have the rank of the first of them.
fn rank_of(values: &[&[u8]], inverted: bool) -> Vec<usize> {
    let mut rank_of = vec![0; values.len()];
    let ranks = ranks(values);
    for (rank, place) in ranks.iter().enumerate() {
        let equal = rank > 0 && order(values[ranks[rank - 1]], values[*place]).is_eq();
        rank_of[*place] = if equal && inverted { rank_of[ranks[rank - 1]] } else { rank };
    }
    rank_of
}

/// The keys at those places; a list has none.
fn keys_at(container: &Container, places: &[usize]) -> Option<Vec<Vec<u8>>> {
    let keys = container.keys();
    places.iter().map(|place| keys.get(*place).map(|key| key.to_vec())).collect()
}

/// The first place, as it is counted, and how many there are: a range, where the places are one.
fn run_of(places: &[usize], counted: impl Fn(usize) -> usize) -> Vec<u8> {
    let first = counted(places.iter().min().copied().unwrap_or(0));
    list_of([number(first), number(places.len())].iter().map(Vec::as_slice))
}

/// A list of the elements, or the one of an operation that is about one; nil when there is none.
fn several(chosen: &Chosen, elements: &[Vec<u8>]) -> Answer {
    match (chosen.single, elements.first()) {
        (true, Some(element)) => Some(element.clone()),
        (true, None) => Some(vec![NIL]),
        (false, _) => Some(list_of(elements.iter().map(Vec::as_slice))),
    }
}

/// Flags of maps in answers.
const KEY_ORDERED: u8 = 1;
const ORDER_KEPT: u8 = 8;

fn map_of(container: &Container, places: &[usize], flags: u8) -> Vec<u8> {
    let (keys, values) = (container.keys(), container.values());
    let mut out = Vec::new();
    put_map_header(&mut out, places.len() + usize::from(flags != 0));
    if flags != 0 {
        put_flags(&mut out, flags);
        out.push(NIL);
    }
    for place in places {
        out.extend_from_slice(keys.get(*place).copied().unwrap_or(&[NIL]));
        out.extend_from_slice(values[*place]);
    }
    out
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
    kind & MAKES != 0
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
