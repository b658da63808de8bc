//! What operations that choose elements give of them.

use std::cmp::Ordering;

use aerostride_wire::result_code as code;

use super::Answer;
use super::container::{NIL, integer, list_of, order, put_flags};
use crate::msgpack::{self, put_bool, put_map_header};

/// The places that an operation has chosen, and its answer.
pub(super) type Chosen = (Vec<usize>, Answer);

/// Return types.
pub(super) const INDEX: i64 = 1;
pub(super) const REVERSE_INDEX: i64 = 2;
pub(super) const RANK: i64 = 3;
pub(super) const REVERSE_RANK: i64 = 4;
const COUNT: i64 = 5;
pub(super) const KEY: i64 = 6;
pub(super) const VALUE: i64 = 7;
pub(super) const KEY_VALUE: i64 = 8;
pub(super) const INDEX_RANGE: i64 = 9;
pub(super) const REVERSE_INDEX_RANGE: i64 = 10;
pub(super) const RANK_RANGE: i64 = 11;
pub(super) const REVERSE_RANK_RANGE: i64 = 12;
const EXISTS: i64 = 13;
pub(super) const UNORDERED_MAP: i64 = 16;
pub(super) const ORDERED_MAP: i64 = 17;

/// The bit of a return type that asks for what is not chosen.
const INVERTED: i64 = 0x1_0000;

/// What is wanted of the chosen elements.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ask {
    pub(super) kind: i64,
    /// About what the operation does not choose.
    pub(super) inverted: bool,
    /// Whether the operation may be about several elements: its answer is a list then.
    pub(super) multi: bool,
}

impl Ask {
    pub(super) const fn new(return_type: i64, multi: bool) -> Self {
        Self { kind: return_type & 0xffff, inverted: return_type & INVERTED != 0, multi }
    }

    pub(super) const fn upright(self) -> Self {
        Self { inverted: false, ..self }
    }

    const fn is_reversed(self) -> bool {
        matches!(self.kind, REVERSE_INDEX | REVERSE_RANK)
    }

    pub(super) const fn is_rank_range(self) -> bool {
        matches!(self.kind, RANK_RANGE | REVERSE_RANK_RANGE)
    }

    pub(super) const fn is_index_range(self) -> bool {
        matches!(self.kind, INDEX_RANGE | REVERSE_INDEX_RANGE)
    }

    /// Whether keys or values are wanted.
    pub(super) const fn is_elements(self) -> bool {
        matches!(self.kind, KEY | VALUE | KEY_VALUE | UNORDERED_MAP | ORDERED_MAP)
    }

    /// The answer where nothing was found. Ranges begin at `index` then.
    pub(super) fn not_found(self, index: i64) -> Result<Answer, u8> {
        Ok(Some(match self.kind {
            0 => return Ok(None),
            INDEX_RANGE..=REVERSE_RANK_RANGE => pair(index, 0),
            INDEX..=REVERSE_RANK | KEY | VALUE if self.multi => list_of([].into_iter()),
            INDEX..=REVERSE_RANK => integer(-1),
            KEY | VALUE => vec![NIL],
            COUNT => integer(0),
            EXISTS => truth(false),
            KEY_VALUE | UNORDERED_MAP | ORDERED_MAP => map_of(self.kind, std::iter::empty()),
            _ => return Err(code::OP_NOT_APPLICABLE),
        }))
    }

    /// Numbers of a run of `count` elements from `start` on, out of `whole`.
    pub(super) fn run(self, start: usize, count: usize, whole: usize) -> Result<Answer, u8> {
        Ok(Some(match self.kind {
            0 => return Ok(None),
            COUNT => number(if self.inverted { whole - count } else { count }),
            EXISTS => truth((count == 0) == self.inverted),
            INDEX..=REVERSE_RANK if !self.multi => match count {
                0 => integer(-1),
                _ if self.is_reversed() => number(whole - start - 1),
                _ => number(start),
            },
            INDEX..=REVERSE_RANK if self.inverted => return Ok(self.around(start, count, whole)),
            INDEX..=REVERSE_RANK => self.spans(&[(start, count)], whole),
            _ if self.inverted => return Err(code::OP_NOT_APPLICABLE),
            INDEX_RANGE | RANK_RANGE => pair(start as i64, count),
            REVERSE_INDEX_RANGE | REVERSE_RANK_RANGE => pair((whole - start - count) as i64, count),
            _ => return Err(code::OP_NOT_APPLICABLE),
        }))
    }

    /// Numbers of what stands around a run.
    pub(super) fn around(self, start: usize, count: usize, whole: usize) -> Answer {
        let end = start + count;
        Some(self.spans(&[(0, start), (end, whole - end)], whole))
    }

    /// Numbers of runs, each of them ascending.
    pub(super) fn spans(self, runs: &[(usize, usize)], whole: usize) -> Vec<u8> {
        let numbers = runs.iter().flat_map(|&(start, count)| {
            let start = if self.is_reversed() { whole - start - count } else { start };
            start..start + count
        });
        list_of_numbers(numbers)
    }

    /// Numbers of elements one by one: a list of them, or the only one.
    pub(super) fn numbers(self, numbers: impl Iterator<Item = usize>, whole: usize) -> Answer {
        let mut numbers = numbers.map(|number| if self.is_reversed() { whole - 1 - number } else { number });
        Some(match (self.multi, numbers.next()) {
            (true, first) => list_of_numbers(first.into_iter().chain(numbers)),
            (false, Some(only)) => number(only),
            (false, None) => integer(-1),
        })
    }

    /// Elements one by one: a list of them, or the only one, or nil.
    pub(super) fn elements<'e>(self, mut elements: impl Iterator<Item = &'e [u8]>) -> Answer {
        if self.multi {
            let all: Vec<_> = elements.collect();
            return Some(list_of(all.into_iter()));
        }
        Some(elements.next().unwrap_or(&[NIL]).to_vec())
    }

    /// How many, or whether any.
    pub(super) fn counted(self, count: usize) -> Option<Answer> {
        match self.kind {
            0 => Some(None),
            COUNT => Some(Some(number(count))),
            EXISTS => Some(Some(truth(count != 0))),
            _ => None,
        }
    }
}

fn number(number: usize) -> Vec<u8> {
    integer(number as i64)
}

fn truth(truth: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(1);
    put_bool(&mut out, truth);
    out
}

fn pair(start: i64, count: usize) -> Vec<u8> {
    list_of([integer(start), number(count)].iter().map(Vec::as_slice))
}

fn list_of_numbers(numbers: impl Iterator<Item = usize>) -> Vec<u8> {
    let numbers: Vec<_> = numbers.map(number).collect();
    list_of(numbers.iter().map(Vec::as_slice))
}

/// A map as the return type wants it.
pub(super) fn map_of<'e>(kind: i64, pairs: impl Iterator<Item = (&'e [u8], &'e [u8])>) -> Vec<u8> {
    let pairs: Vec<_> = pairs.collect();
    let flags = match kind {
        KEY_VALUE => 8,
        ORDERED_MAP => 1,
        _ => 0,
    };
    let mut out = Vec::new();
    put_map_header(&mut out, pairs.len() + usize::from(flags != 0));
    if flags != 0 {
        put_flags(&mut out, flags);
        out.push(NIL);
    }
    for (key, value) in pairs {
        out.extend_from_slice(key);
        out.extend_from_slice(value);
    }
    out
}

/// Where a range begins and how much of it there is. Without `multi` it has to begin inside.
pub(super) fn bounds(index: i64, count: u64, whole: usize, multi: bool) -> Result<(usize, usize), u8> {
    let at = if index < 0 { index.saturating_add(whole as i64) } else { index };
    if !multi && !(0..whole as i64).contains(&at) {
        return Err(code::OP_NOT_APPLICABLE);
    }
    let clip = |count: u64, most: usize| usize::try_from(count).unwrap_or(usize::MAX).min(most);
    Ok(match usize::try_from(at) {
        Err(_) => (0, clip(count.saturating_sub(at.unsigned_abs()), whole)),
        Ok(at) if at >= whole => (whole, 0),
        Ok(at) => (at, clip(count, whole - at)),
    })
}

/// A range that counts from `anchor`, as one that counts from the start.
pub(super) fn relative(index: i64, count: u64, anchor: usize) -> (i64, u64) {
    let at = index.saturating_add(anchor as i64);
    if at < 0 { (0, count.saturating_sub(at.unsigned_abs())) } else { (at, count) }
}

/// What a run leaves out, where that is a run too.
pub(super) const fn complement(start: usize, count: usize, whole: usize) -> Option<(usize, usize)> {
    if count == 0 {
        Some((0, whole))
    } else if start == 0 {
        Some((count, whole - count))
    } else if start + count >= whole {
        Some((0, start))
    } else {
        None
    }
}

/// Elements that are less than `value`.
pub(super) fn below(elements: &[&[u8]], value: &[u8]) -> usize {
    elements.iter().filter(|own| order(own, value).is_lt()).count()
}

/// The places of the elements that are, or are not, among the items. In what has no order, real servers look for each element
/// among the sorted items, which shows where an item is a wildcard.
pub(super) fn wanted(elements: &[&[u8]], ordered: bool, items: &[&[u8]], inverted: bool) -> Vec<usize> {
    let mut items = items.to_vec();
    msgpack::sort_by(&mut items, &mut |a, b| order(a, b));
    let is_wanted = |own: &[u8]| match ordered {
        true => items.iter().any(|item| order(own, item).is_eq()),
        false => search(&items, own).is_ok(),
    };
    (0..elements.len()).filter(|place| is_wanted(elements[*place]) != inverted).collect()
}

/// Where a value is in what is sorted, or where it would come: by the same steps as on a real server, so that a wildcard is
/// found where it is found there.
pub(super) fn search(sorted: &[&[u8]], value: &[u8]) -> Result<usize, usize> {
    let (mut lower, mut upper) = (0, sorted.len());
    while lower < upper {
        let at = (lower + upper) / 2;
        match order(value, sorted[at]) {
            Ordering::Equal => return Ok(at),
            Ordering::Greater => lower = at + 1,
            Ordering::Less => upper = at,
        }
    }
    Err(lower)
}

/// The places of the ranks `start..start + count`. Equal elements come as a real server's heap leaves them.
pub(super) fn ranked(values: &[&[u8]], start: usize, count: usize) -> Vec<usize> {
    let behind = values.len() - start - count;
    let smallest = start <= behind;
    let mut heap = Heap { places: (0..values.len()).collect(), values, smallest };
    (0..values.len() / 2).rev().for_each(|at| heap.sink(at));
    let mut chosen = Vec::new();
    let skipped = if smallest { start } else { behind };
    for at in 0..skipped + count {
        let top = heap.pop();
        if at >= skipped {
            chosen.push(top);
        }
    }
    if !smallest {
        chosen.reverse();
    }
    chosen
}

/// Places with the smallest value, or the largest, on top.
struct Heap<'h> {
    places: Vec<usize>,
    values: &'h [&'h [u8]],
    smallest: bool,
}

impl Heap<'_> {
    fn order(&self, a: usize, b: usize) -> Ordering {
        let order = order(self.values[self.places[a]], self.values[self.places[b]]);
        if self.smallest { order } else { order.reverse() }
    }

    fn sink(&mut self, mut at: usize) {
        loop {
            let (left, right) = (2 * at + 1, 2 * at + 2);
            if left >= self.places.len() {
                return;
            }
            let right_wins = right < self.places.len() && self.order(left, right).is_gt();
            let child = if right_wins { right } else { left };
            if self.order(child, at).is_ge() {
                return;
            }
            self.places.swap(child, at);
            at = child;
        }
    }

    fn pop(&mut self) -> usize {
        let top = self.places.swap_remove(0);
        self.sink(0);
        top
    }
}

/// Where an interval ends.
#[derive(Debug, Clone, Copy)]
pub(super) enum End<'e> {
    /// Only what equals its begin is in it.
    Single,
    Open,
    Before(&'e [u8]),
}

impl End<'_> {
    /// Whether an element that is not below the begin is in it.
    pub(super) fn holds(self, own: &[u8], begin: &[u8]) -> bool {
        match self {
            Self::Single => order(own, begin).is_eq(),
            Self::Open => true,
            Self::Before(end) => order(own, end).is_lt(),
        }
    }
}

/// For every item its first rank and how many elements equal it, each element counted once: with the last of equal items.
/// Behind them the items in their order.
fn runs_of(elements: &[&[u8]], items: &[&[u8]]) -> (Vec<(usize, usize)>, Vec<usize>) {
    let mut sorted: Vec<usize> = (0..items.len()).collect();
    msgpack::sort_by(&mut sorted, &mut |a, b| order(items[*a], items[*b]));
    let mut runs = vec![(0, 0); items.len()];
    for element in elements {
        let (place, found) = last(&sorted, items, element);
        if found {
            runs[sorted[place - 1]].1 += 1;
        }
        if let Some(behind) = sorted.get(place) {
            runs[*behind].0 += 1;
        }
    }
    let mut rank = 0;
    for item in &sorted {
        rank += runs[*item].0;
        runs[*item].0 = rank;
    }
    (runs, sorted)
}

/// The place behind the last of the sorted items that equals an element, and whether there is one; by the steps of real servers.
fn last(sorted: &[usize], items: &[&[u8]], element: &[u8]) -> (usize, bool) {
    let (mut lower, mut upper, mut found) = (0, sorted.len(), false);
    let mut at = upper / 2;
    loop {
        let order = order(element, items[sorted[at]]);
        found |= order.is_eq();
        if order.is_ge() {
            if at + 1 >= upper {
                return (at + 1, found);
            }
            lower = at + usize::from(!found);
            at = (at + upper) / 2;
        } else if at == lower {
            return (at, found);
        } else {
            upper = at;
            at = (at + lower) / 2;
        }
    }
}

/// Elements that equal `value`.
pub(super) fn equal(elements: &[&[u8]], value: &[u8]) -> usize {
    elements.iter().filter(|own| order(own, value).is_eq()).count()
}

/// Runs of an item list, or what is between them.
pub(super) fn item_runs(ask: Ask, elements: &[&[u8]], items: &[&[u8]]) -> Answer {
    let whole = elements.len();
    let (runs, sorted) = runs_of(elements, items);
    if !ask.inverted {
        return ask.numbers(runs.into_iter().flat_map(|(start, count)| start..start + count), whole);
    }
    let mut gaps = Vec::new();
    let mut from = 0;
    for (start, count) in sorted.into_iter().map(|item| runs[item]).filter(|run| run.1 > 0) {
        gaps.push((from, start.saturating_sub(from)));
        from = start + count;
    }
    gaps.push((from, whole.saturating_sub(from)));
    Some(ask.spans(&gaps, whole))
}
