//! How elements of a list are chosen.

use aerostride_wire::result_code as code;

use super::answers::{
    Ask, Chosen, End, INDEX, RANK, REVERSE_INDEX, REVERSE_RANK, VALUE, below, bounds, complement, equal,
    item_runs, ranked, relative, wanted,
};
use super::container::{List, order};
use super::{Answer, Call};

/// A list whose elements are being chosen.
pub(super) struct Items<'l> {
    values: Vec<&'l [u8]>,
    ordered: bool,
}

impl<'l> Items<'l> {
    pub(super) fn of(list: &'l List) -> Self {
        Self { values: list.items.iter().map(Vec::as_slice).collect(), ordered: list.ordered }
    }

    /// Performs an operation by its number, as one that reads; `None` when it is not one of them.
    pub(super) fn choose(&self, operation: i64, call: &Call<'_>) -> Option<Result<Chosen, u8>> {
        let multi = !matches!(operation, 19..=21);
        Some(call.integer(0).and_then(|return_type| {
            let ask = Ask::new(return_type, multi);
            match operation {
                19 => self.by_index(ask, call.integer(1)?, 1),
                20 | 22 => self.by_interval(ask, call.argument(1)?, End::Single),
                21 => self.by_rank(ask, call.integer(1)?, 1),
                23 => self.by_values(ask, &super::elements_of(call.argument(1)?)?),
                24 => self.by_index(ask, call.integer(1)?, call.count(2)?),
                25 => self.by_interval(ask, call.argument(1)?, call.end(2)),
                26 => self.by_rank(ask, call.integer(1)?, call.count(2)?),
                _ => self.by_relative_rank(ask, call.argument(1)?, call.integer(2)?, call.count(3)?),
            }
        }))
        .filter(|_| (19..=27).contains(&operation))
    }

    /// The rank of an element: how many are below it.
    fn rank(&self, place: usize) -> usize {
        below(&self.values, self.values[place])
    }

    fn values_at(&self, ask: Ask, places: &[usize]) -> Answer {
        ask.elements(places.iter().map(|place| self.values[*place]))
    }

    fn not_found(ask: Ask, index: usize) -> Result<Chosen, u8> {
        if ask.is_elements() && ask.kind != VALUE {
            return Err(code::OP_NOT_APPLICABLE);
        }
        Ok((Vec::new(), ask.not_found(index as i64)?))
    }

    pub(super) fn by_index(&self, ask: Ask, index: i64, count: u64) -> Result<Chosen, u8> {
        let whole = self.values.len();
        let (mut start, mut count) = bounds(index, count, whole, ask.multi)?;
        if ask.inverted {
            if !ask.multi || ask.is_index_range() || ask.is_rank_range() {
                return Err(code::OP_NOT_APPLICABLE);
            }
            match complement(start, count, whole) {
                Some(run) => (start, count) = run,
                None => return self.around(ask.upright(), start, count),
            }
        }
        let ask = ask.upright();
        if count == 0 {
            return Self::not_found(ask, start);
        }
        let places: Vec<usize> = (start..start + count).collect();
        let answer = match ask.kind {
            VALUE => self.values_at(ask, &places),
            RANK | REVERSE_RANK if count == whole => ask.run(0, count, whole)?,
            RANK | REVERSE_RANK if !self.ordered => {
                ask.numbers(places.iter().map(|place| self.rank(*place)), whole)
            }
            _ if ask.is_rank_range() && !self.ordered => return Err(code::OP_NOT_APPLICABLE),
            _ => ask.run(start, count, whole)?,
        };
        Ok((places, answer))
    }

    /// What stands around a run.
    fn around(&self, ask: Ask, start: usize, count: usize) -> Result<Chosen, u8> {
        let whole = self.values.len();
        let places: Vec<usize> = (0..start).chain(start + count..whole).collect();
        let answer = match ask.kind {
            INDEX | REVERSE_INDEX => ask.around(start, count, whole),
            RANK | REVERSE_RANK if self.ordered => ask.around(start, count, whole),
            RANK | REVERSE_RANK => ask.numbers(places.iter().map(|place| self.rank(*place)), whole),
            VALUE => self.values_at(ask, &places),
            _ => ask.counted(places.len()).ok_or(code::OP_NOT_APPLICABLE)?,
        };
        Ok((places, answer))
    }

    fn by_interval(&self, ask: Ask, begin: &[u8], end: End<'_>) -> Result<Chosen, u8> {
        if ask.inverted && !ask.multi {
            return Err(code::OP_NOT_APPLICABLE);
        }
        let rank = below(&self.values, begin);
        if self.ordered {
            let count = self.ordered_count(begin, end, rank);
            let count = if ask.multi { count } else { count.min(1) };
            if count == 0 && !ask.multi {
                return Self::not_found(ask, 0);
            }
            return self.by_index(ask, rank as i64, count as u64);
        }
        let whole = self.values.len();
        let is_in = |own: &[u8]| order(own, begin).is_ge() && end.holds(own, begin);
        let fits = |place: &usize| is_in(self.values[*place]) != ask.inverted;
        let most = if ask.multi { whole } else { 1 };
        let places: Vec<usize> = (0..whole).filter(fits).take(most).collect();
        let answer = match ask.kind {
            INDEX | REVERSE_INDEX => ask.numbers(places.iter().copied(), whole),
            VALUE => self.values_at(ask, &places),
            _ if ask.is_index_range() || ask.is_elements() => return Err(code::OP_NOT_APPLICABLE),
            _ => {
                let count = if ask.inverted { whole - places.len() } else { places.len() };
                ask.run(rank, count, whole)?
            }
        };
        Ok((places, answer))
    }

    fn ordered_count(&self, begin: &[u8], end: End<'_>, rank: usize) -> usize {
        match end {
            End::Single => equal(&self.values, begin),
            End::Open => self.values.len() - rank,
            End::Before(end) if order(begin, end).is_ge() => 0,
            End::Before(end) => below(&self.values, end).saturating_sub(rank),
        }
    }

    fn by_rank(&self, ask: Ask, rank: i64, count: u64) -> Result<Chosen, u8> {
        if ask.inverted && !ask.multi {
            return Err(code::OP_NOT_APPLICABLE);
        }
        if self.ordered {
            return self.by_index(ask, rank, count);
        }
        let whole = self.values.len();
        let (rank, count) = bounds(rank, count, whole, ask.multi)?;
        if (if ask.inverted { whole - count } else { count }) == 0 {
            return Self::not_found(ask, rank);
        }
        if ask.inverted && ask.is_rank_range() {
            return Err(code::OP_NOT_APPLICABLE);
        }
        let in_order = ranked(&self.values, rank, count);
        let places: Vec<usize> =
            (0..whole).filter(|place| in_order.contains(place) != ask.inverted).collect();
        let answer = match ask.kind {
            INDEX | REVERSE_INDEX => ask.numbers(places.iter().copied(), whole),
            VALUE if ask.inverted => self.values_at(ask, &places),
            // A real server's heap leaves the lowest ranks in descending order.
            VALUE if rank + rank + count <= whole => {
                self.values_at(ask, &in_order.iter().rev().copied().collect::<Vec<_>>())
            }
            VALUE => self.values_at(ask, &in_order),
            _ if ask.is_index_range() || ask.is_elements() => return Err(code::OP_NOT_APPLICABLE),
            _ => ask.run(rank, count, whole)?,
        };
        Ok((places, answer))
    }

    fn by_values(&self, ask: Ask, items: &[&[u8]]) -> Result<Chosen, u8> {
        if ask.is_index_range() || ask.is_rank_range() {
            return Err(code::OP_NOT_APPLICABLE);
        }
        let whole = self.values.len();
        if items.is_empty() {
            return match ask.inverted {
                false => Self::not_found(ask, 0),
                true => self.by_index(ask.upright(), 0, whole as u64),
            };
        }
        let places = wanted(&self.values, self.ordered, items, ask.inverted);
        let each = || {
            items.iter().flat_map(|item| {
                let start = below(&self.values, item);
                start..start + equal(&self.values, item)
            })
        };
        let answer = match ask.kind {
            INDEX..=REVERSE_RANK if self.ordered && !ask.inverted => {
                let runs: Vec<_> =
                    items.iter().map(|item| (below(&self.values, item), equal(&self.values, item))).collect();
                Some(ask.spans(&runs, whole))
            }
            RANK | REVERSE_RANK if !self.ordered => item_runs(ask, &self.values, items),
            INDEX..=REVERSE_RANK => ask.numbers(places.iter().copied(), whole),
            VALUE if self.ordered && !ask.inverted => {
                ask.elements(each().filter_map(|place| self.values.get(place).copied()))
            }
            VALUE => self.values_at(ask, &places),
            _ => ask.counted(places.len()).ok_or(code::OP_NOT_APPLICABLE)?,
        };
        Ok((places, answer))
    }

    fn by_relative_rank(&self, ask: Ask, value: &[u8], rank: i64, count: u64) -> Result<Chosen, u8> {
        let (rank, count) = relative(rank, count, below(&self.values, value));
        self.by_rank_or_index(ask, rank, count)
    }

    fn by_rank_or_index(&self, ask: Ask, rank: i64, count: u64) -> Result<Chosen, u8> {
        if self.ordered { self.by_index(ask, rank, count) } else { self.by_rank(ask, rank, count) }
    }
}
