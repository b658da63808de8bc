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
        19 => (Choice::Index, false),
        20 | 99 => (Choice::FirstValue, false),
        33 | 78 => (Choice::FirstValue, true),
        21 => (Choice::Rank, false),
        22 => (Choice::Value, false),
        23 => (Choice::ValueList, false),
        24 => (Choice::IndexRange, false),
        25 => (Choice::ValueInterval, false),
        26 => (Choice::RankRange, false),
        27 => (Choice::ValueRelativeRank, false),
        32 => (Choice::Index, true),
        34 => (Choice::Rank, true),
        35 => (Choice::Value, true),
        36 => (Choice::ValueList, true),
        37 => (Choice::IndexRange, true),
        38 => (Choice::ValueInterval, true),
        39 => (Choice::RankRange, true),
        40 => (Choice::ValueRelativeRank, true),
        76 => (Choice::Key, true),
        77 => (Choice::Index, true),
        79 => (Choice::Rank, true),
        81 => (Choice::KeyList, true),
        82 => (Choice::Value, true),
        83 => (Choice::ValueList, true),
        84 => (Choice::KeyInterval, true),
        85 => (Choice::IndexRange, true),
        86 => (Choice::ValueInterval, true),
        87 => (Choice::RankRange, true),
        88 => (Choice::KeyRelativeIndex, true),
        89 => (Choice::ValueRelativeRank, true),
        97 => (Choice::Key, false),
        98 => (Choice::Index, false),
        100 => (Choice::Rank, false),
        102 => (Choice::Value, false),
        103 => (Choice::KeyInterval, false),
        104 => (Choice::IndexRange, false),
        105 => (Choice::ValueInterval, false),
        106 => (Choice::RankRange, false),
        107 => (Choice::KeyList, false),
        108 => (Choice::ValueList, false),
        109 => (Choice::KeyRelativeIndex, false),
        110 => (Choice::ValueRelativeRank, false),
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

fn choose(container: &Container, choice: Choice, call: &Call<'_>) -> Result<Chosen, u8> {
    const INVERTED: i64 = 0x1_0000;
    let (values, keys) = (container.values(), container.keys());
    let count = values.len();
    let by_rank = matches!(choice, Choice::Rank | Choice::RankRange | Choice::ValueRelativeRank);
    let single = |place: Option<usize>| Chosen {
        places: place.into_iter().collect(),
        single: true,
        by_rank,
        inverted: false,
    };
    let chosen = match choice {
        Choice::Index => single(Some(place(call.integer(1)?, count).ok_or(code::OP_NOT_APPLICABLE)?)),
        Choice::Rank => {
            let rank = place(call.integer(1)?, count).ok_or(code::OP_NOT_APPLICABLE)?;
            single(Some(ranks(&values)[rank]))
        }
        Choice::Key => {
            let key = call.argument(1)?;
            single(keys.iter().position(|own| order(own, key).is_eq()))
        }
        Choice::FirstValue => {
            let value = call.argument(1)?;
            single(values.iter().position(|own| order(own, value).is_eq()))
        }
        _ => Chosen {
            places: choose_several(choice, &values, &keys, call)?,
            single: false,
            by_rank,
            inverted: false,
        },
    };
    let wants_ranks = matches!(call.integer(0)? & 0xffff, 3 | 4);
    if choice == Choice::KeyList && wants_ranks {
        return Err(code::OP_NOT_APPLICABLE);
    }
    if call.integer(0)? & INVERTED == 0 {
        return Ok(chosen);
    }
    if chosen.single {
        return Err(code::OP_NOT_APPLICABLE);
    }
    let marks = among(&chosen.places, count);
    let places = (0..count).filter(|place| !marks[*place]).collect();
    Ok(Chosen { places, single: false, by_rank: false, inverted: true })
}

fn choose_several(
    choice: Choice,
    values: &[&[u8]],
    keys: &[&[u8]],
    call: &Call<'_>,
) -> Result<Vec<usize>, u8> {
    let every = |elements: &[&[u8]], fits: &dyn Fn(&[u8]) -> bool| -> Vec<usize> {
        elements.iter().enumerate().filter(|(_, element)| fits(element)).map(|(place, _)| place).collect()
    };
    let wanted = || -> Result<BTreeSet<Ordered<&[u8]>>, u8> {
        Ok(msgpack::list_elements(call.argument(1)?)?.into_iter().map(Ordered).collect())
    };
    let interval = |elements: &[&[u8]]| -> Result<Vec<usize>, u8> {
        let (begin, end) = (call.argument(1)?, call.arguments.get(2));
        Ok(every(elements, &|element| {
            order(element, begin).is_ge() && end.is_none_or(|end| order(element, end).is_lt())
        }))
    };
    let count = values.len();
    Ok(match choice {
        Choice::Value => {
            let value = call.argument(1)?;
            every(values, &|own| order(own, value).is_eq())
        }
        Choice::ValueList => {
            let wanted = wanted()?;
            every(values, &|own| wanted.contains(&Ordered(own)))
        }
        Choice::KeyList => {
            let wanted = wanted()?;
            every(keys, &|own| wanted.contains(&Ordered(own)))
        }
        Choice::ValueInterval => interval(values)?,
        Choice::KeyInterval => interval(keys)?,
        Choice::IndexRange => range(call.integer(1)?, call.arguments.get(2).copied(), count)?.collect(),
        Choice::RankRange => {
            let ranks = ranks(values);
            range(call.integer(1)?, call.arguments.get(2).copied(), count)?.map(|rank| ranks[rank]).collect()
        }
        Choice::ValueRelativeRank => {
            let (value, ranks) = (call.argument(1)?, ranks(values));
            let below = values.iter().filter(|own| order(own, value).is_lt()).count() as i64;
            let range = relative(below, call, count)?;
            range.map(|rank| ranks[rank]).collect()
        }
        Choice::KeyRelativeIndex => {
            let key = call.argument(1)?;
            let below = keys.iter().filter(|own| order(own, key).is_lt()).count() as i64;
            relative(below, call, count)?.collect()
        }
        Choice::Index | Choice::Rank | Choice::Key | Choice::FirstValue => Vec::new(),
    })
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

fn relative(below: i64, call: &Call<'_>, count: usize) -> Result<std::ops::Range<usize>, u8> {
    clipped(below.saturating_add(call.integer(2)?), call.arguments.get(3).copied(), count)
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
    // In the order of the choice, unless it is one that is answered in the order of the numbers.
    let numbers = |sorted: bool, number: &dyn Fn(usize) -> usize| {
        let mut numbers: Vec<_> = places.iter().map(|place| number(*place)).collect();
        if sorted {
            numbers.sort_unstable();
        }
        several(chosen, &numbers.into_iter().map(|number| integer(number as i64)).collect::<Vec<_>>())
    };
    let rank_of = || {
        let mut rank_of = vec![0; count];
        let ranks = ranks(&values);
        for (rank, place) in ranks.iter().enumerate() {
            // Equal elements have the rank of the first of them.
            let equal = rank > 0 && order(values[ranks[rank - 1]], values[*place]).is_eq();
            rank_of[*place] = if equal && chosen.inverted { rank_of[ranks[rank - 1]] } else { rank };
        }
        move |place: usize| rank_of[place]
    };
    let is_list = matches!(container, Container::List(_));
    Ok(match return_type & 0xffff {
        0 => None,
        // The one key that was looked for is not there.
        1..=4 if chosen.single && places.is_empty() => Some(integer(-1)),
        1 => numbers(true, &|place| place),
        2 if is_list => {
            let mut sorted = places.clone();
            sorted.sort_unstable();
            let reversed: Vec<_> = sorted.iter().map(|place| integer((count - 1 - place) as i64)).collect();
            several(chosen, &reversed)
        }
        2 => numbers(true, &|place| count - 1 - place),
        3 => numbers(!chosen.by_rank, &rank_of()),
        4 => {
            let rank = rank_of();
            numbers(!chosen.by_rank, &|place| count - 1 - rank(place))
        }
        5 => Some(integer(places.len() as i64)),
        6 => {
            let keys = container.keys();
            let chosen_keys: Option<Vec<_>> =
                places.iter().map(|place| keys.get(*place).map(|key| key.to_vec())).collect();
            several(chosen, &chosen_keys.ok_or(code::OP_NOT_APPLICABLE)?)
        }
        7 => several(chosen, &places.iter().map(|place| values[*place].to_vec()).collect::<Vec<_>>()),
        // The first place and how many there are: a range, where the places are one.
        9 | 10 => {
            let first = places.iter().min().copied().unwrap_or(0);
            let first = if return_type & 0xffff == 9 { first } else { count - first - places.len() };
            Some(list_of([integer(first as i64), integer(places.len() as i64)].iter().map(Vec::as_slice)))
        }
        8 | 16 | 17 if is_list => return Err(code::OP_NOT_APPLICABLE),
        8 => Some(map_of(container, places, ORDER_KEPT)),
        16 => Some(map_of(container, places, 0)),
        17 => {
            let mut sorted = places.clone();
            sorted.sort_unstable();
            Some(map_of(container, &sorted, KEY_ORDERED))
        }
        13 => Some(vec![if places.is_empty() { 0xc2 } else { 0xc3 }]),
        _ => return Err(code::OP_NOT_APPLICABLE),
    })
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
