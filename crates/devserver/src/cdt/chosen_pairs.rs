//! How pairs of a map are chosen.

use aerostride_wire::result_code as code;

use super::answers::{
    Ask, Chosen, End, INDEX, KEY, ORDERED_MAP, RANK, REVERSE_INDEX, REVERSE_RANK, VALUE, below, bounds,
    complement, equal, item_runs, map_of, relative, search, wanted,
};
use super::container::{Map, order};
use super::{Answer, Call};
use crate::msgpack;

/// A map whose pairs are being chosen.
pub(super) struct Pairs<'m> {
    keys: Vec<&'m [u8]>,
    values: Vec<&'m [u8]>,
    key_ordered: bool,
    /// The places in the order of their values.
    by_value: Vec<usize>,
}

impl<'m> Pairs<'m> {
    pub(super) fn of(map: &'m Map) -> Self {
        let values: Vec<&[u8]> = map.pairs.iter().map(|pair| pair.1.as_slice()).collect();
        let mut by_value: Vec<usize> = (0..values.len()).collect();
        msgpack::sort_by(&mut by_value, &mut |a, b| order(values[*a], values[*b]));
        Self {
            keys: map.pairs.iter().map(|pair| pair.0.as_slice()).collect(),
            values,
            key_ordered: map.flags & 1 != 0,
            by_value,
        }
    }

    /// Performs an operation by its number, as one that reads; `None` when it is not one of them.
    pub(super) fn choose(&self, operation: i64, call: &Call<'_>) -> Option<Result<Chosen, u8>> {
        let multi = !matches!(operation, 97..=100);
        Some(call.integer(0).and_then(|return_type| {
            let ask = Ask::new(return_type, multi);
            match operation {
                97 => self.by_key(ask, call.argument(1)?),
                98 => self.by_index(ask, call.integer(1)?, 1),
                99 | 102 => self.by_interval(ask, call.argument(1)?, End::Single),
                100 => self.by_rank(ask, call.integer(1)?, 1),
                103 => self.by_keys_between(ask, call.argument(1)?, call.end(2)),
                104 => self.by_index(ask, call.integer(1)?, call.count(2)?),
                105 => self.by_interval(ask, call.argument(1)?, call.end(2)),
                106 => self.by_rank(ask, call.integer(1)?, call.count(2)?),
                107 => self.by_key_list(ask, &super::elements_of(call.argument(1)?)?),
                108 => self.by_value_list(ask, &super::elements_of(call.argument(1)?)?),
                109 => {
                    let anchor = below(&self.keys, call.argument(1)?);
                    let (index, count) = relative(call.integer(2)?, call.count(3)?, anchor);
                    self.by_index(ask, index, count)
                }
                _ => {
                    let anchor = below(&self.values, call.argument(1)?);
                    let (rank, count) = relative(call.integer(2)?, call.count(3)?, anchor);
                    self.by_rank(ask, rank, count)
                }
            }
        }))
        .filter(|_| matches!(operation, 97..=100 | 102..=110))
    }

    /// The rank of a pair. Equal values rank by their keys.
    fn rank(&self, place: usize) -> usize {
        self.by_value.iter().position(|own| *own == place).unwrap_or(0)
    }

    fn ranks_at(&self, ask: Ask, places: &[usize]) -> Answer {
        ask.numbers(places.iter().map(|place| self.rank(*place)), self.keys.len())
    }

    fn indexes_at(&self, ask: Ask, places: &[usize]) -> Answer {
        ask.numbers(places.iter().copied(), self.keys.len())
    }

    /// Keys, values or pairs, in the order of the places.
    fn elements_at(&self, ask: Ask, places: &[usize]) -> Answer {
        match ask.kind {
            KEY => ask.elements(places.iter().map(|place| self.keys[*place])),
            VALUE => ask.elements(places.iter().map(|place| self.values[*place])),
            _ => Some(map_of(ask.kind, places.iter().map(|place| (self.keys[*place], self.values[*place])))),
        }
    }

    fn key_not_found(ask: Ask, index: i64) -> Result<Chosen, u8> {
        let refused = if ask.is_rank_range() { Err(code::OP_NOT_APPLICABLE) } else { Ok(()) };
        refused.and_then(|()| Ok((Vec::new(), ask.not_found(index)?)))
    }

    fn value_not_found(ask: Ask, rank: i64) -> Result<Chosen, u8> {
        let refused = if ask.is_index_range() { Err(code::OP_NOT_APPLICABLE) } else { Ok(()) };
        refused.and_then(|()| Ok((Vec::new(), ask.not_found(rank)?)))
    }

    fn all(&self, ask: Ask) -> Result<Chosen, u8> {
        let places: Vec<usize> = (0..self.keys.len()).collect();
        let answer = match ask.kind {
            _ if ask.is_elements() => self.elements_at(ask, &places),
            _ => ask.run(0, places.len(), places.len())?,
        };
        Ok((places, answer))
    }

    fn by_key(&self, ask: Ask, key: &[u8]) -> Result<Chosen, u8> {
        if ask.is_rank_range() || (!self.key_ordered && ask.inverted) {
            return Err(code::OP_NOT_APPLICABLE);
        }
        let found = match self.key_ordered {
            true => search(&self.keys, key).ok(),
            false => self.keys.iter().position(|own| order(own, key).is_eq()),
        };
        match found {
            None => Self::key_not_found(ask, -1),
            Some(at) => self.by_index(ask, at as i64, 1),
        }
    }

    fn by_keys_between(&self, ask: Ask, begin: &[u8], end: End<'_>) -> Result<Chosen, u8> {
        if ask.is_rank_range() {
            return Err(code::OP_NOT_APPLICABLE);
        }
        if self.key_ordered {
            let place = |key| search(&self.keys, key).unwrap_or_else(|place| place);
            let start = place(begin);
            let end = if let End::Before(end) = end { place(end) } else { self.keys.len() };
            return self.by_index(ask, start as i64, end.saturating_sub(start) as u64);
        }
        let start = below(&self.keys, begin);
        let is_in = |own: &&[u8]| order(own, begin).is_ge() && end.holds(own, begin);
        let count = self.keys.iter().copied().filter(is_in).count();
        let whole = self.keys.len();
        let places: Vec<usize> =
            (0..whole).filter(|place| is_in(&self.keys[*place]) != ask.inverted).collect();
        let answer = match ask.kind {
            RANK | REVERSE_RANK => self.ranks_at(ask, &places),
            _ if ask.is_elements() => self.elements_at(ask, &places),
            _ => ask.run(start, count, whole)?,
        };
        Ok((places, answer))
    }

    fn by_index(&self, ask: Ask, index: i64, count: u64) -> Result<Chosen, u8> {
        let whole = self.keys.len();
        let (mut start, mut count) = bounds(index, count, whole, ask.multi)?;
        if ask.is_rank_range() || (ask.inverted && !ask.multi) {
            return Err(code::OP_NOT_APPLICABLE);
        }
        if ask.inverted {
            match complement(start, count, whole) {
                Some(run) => (start, count) = run,
                None => return self.around(ask, start, count),
            }
        }
        let ask = ask.upright();
        if count == 0 {
            return Self::key_not_found(ask, start as i64);
        }
        if count == whole {
            return self.all(ask);
        }
        let places: Vec<usize> = (start..start + count).collect();
        let answer = match ask.kind {
            RANK | REVERSE_RANK => self.ranks_at(ask, &places),
            _ if ask.is_elements() => self.elements_at(ask, &places),
            _ => ask.run(start, count, whole)?,
        };
        Ok((places, answer))
    }

    /// What stands around a run of keys.
    fn around(&self, ask: Ask, start: usize, count: usize) -> Result<Chosen, u8> {
        let whole = self.keys.len();
        let places: Vec<usize> = (0..start).chain(start + count..whole).collect();
        let answer = match ask.kind {
            RANK | REVERSE_RANK => self.ranks_at(ask, &places),
            _ if ask.is_elements() => self.elements_at(ask, &places),
            INDEX | REVERSE_INDEX => ask.around(start, count, whole),
            // A map without an order counts what the range chooses when it is asked whether there is anything.
            _ if !self.key_ordered => ask.run(start, count, whole)?,
            _ => ask.counted(places.len()).ok_or(code::OP_NOT_APPLICABLE)?,
        };
        Ok((places, answer))
    }

    fn by_interval(&self, ask: Ask, begin: &[u8], end: End<'_>) -> Result<Chosen, u8> {
        if ask.is_index_range() || (ask.inverted && !ask.multi) {
            return Err(code::OP_NOT_APPLICABLE);
        }
        let whole = self.values.len();
        if whole == 0 {
            return Self::value_not_found(ask, -1);
        }
        let is_in = |own: &[u8]| order(own, begin).is_ge() && end.holds(own, begin);
        let rank = below(&self.values, begin);
        let found = |place: &usize| is_in(self.values[*place]);
        let most = if ask.multi { whole } else { 1 };
        let in_order: Vec<usize> = self.by_value.iter().copied().filter(found).take(most).collect();
        let count = in_order.len();
        let places: Vec<usize> =
            (0..whole).filter(|place| in_order.contains(place) != ask.inverted).collect();
        if count == 0 {
            let wants_rank = matches!(ask.kind, RANK | REVERSE_RANK) || ask.is_rank_range();
            return match ask.inverted {
                true => self.all(ask.upright()),
                false => Self::value_not_found(ask, if wants_rank { rank as i64 } else { 0 }),
            };
        }
        let answer = match ask.kind {
            INDEX | REVERSE_INDEX => self.indexes_at(ask, &places),
            _ if ask.is_elements() => self.elements_at(ask, &places),
            _ => ask.run(rank, count, whole)?,
        };
        Ok((places, answer))
    }

    fn by_rank(&self, ask: Ask, rank: i64, count: u64) -> Result<Chosen, u8> {
        let whole = self.values.len();
        let (mut rank, mut count) = bounds(rank, count, whole, ask.multi)?;
        if ask.is_index_range() || (ask.inverted && !ask.multi) {
            return Err(code::OP_NOT_APPLICABLE);
        }
        let mut ask = ask;
        if ask.inverted
            && let Some(run) = complement(rank, count, whole)
        {
            (rank, count) = run;
            ask = ask.upright();
        }
        if count == 0 {
            return Self::value_not_found(ask, rank as i64);
        }
        let in_order = &self.by_value[rank..rank + count];
        let places: Vec<usize> =
            (0..whole).filter(|place| in_order.contains(place) != ask.inverted).collect();
        let answer = match ask.kind {
            INDEX | REVERSE_INDEX if ask.inverted => self.indexes_at(ask, &places),
            INDEX | REVERSE_INDEX => self.indexes_at(ask, in_order),
            ORDERED_MAP => self.elements_at(ask, &places),
            _ if ask.is_elements() && ask.inverted => self.elements_at(ask, &places),
            _ if ask.is_elements() => self.elements_at(ask, in_order),
            _ => ask.run(rank, count, whole)?,
        };
        Ok((places, answer))
    }

    fn by_key_list(&self, ask: Ask, items: &[&[u8]]) -> Result<Chosen, u8> {
        let numbers = matches!(ask.kind, RANK | REVERSE_RANK) || ask.is_rank_range() || ask.is_index_range();
        if numbers {
            return Err(code::OP_NOT_APPLICABLE);
        }
        if items.is_empty() {
            return if ask.inverted { self.all(ask.upright()) } else { Self::key_not_found(ask, 0) };
        }
        let places = wanted(&self.keys, self.key_ordered, items, ask.inverted);
        let answer = match ask.kind {
            INDEX | REVERSE_INDEX if !self.key_ordered => item_runs(ask, &self.keys, items),
            INDEX | REVERSE_INDEX if ask.inverted => self.indexes_at(ask, &places),
            INDEX | REVERSE_INDEX => Some(ask.spans(&Self::runs(&self.keys, items), self.keys.len())),
            _ if ask.is_elements() => self.elements_at(ask, &places),
            _ => ask.counted(places.len()).ok_or(code::OP_NOT_APPLICABLE)?,
        };
        Ok((places, answer))
    }

    /// For every item how many elements are below it and how many equal it.
    fn runs(elements: &[&[u8]], items: &[&[u8]]) -> Vec<(usize, usize)> {
        items.iter().map(|item| (below(elements, item), equal(elements, item))).collect()
    }

    fn by_value_list(&self, ask: Ask, items: &[&[u8]]) -> Result<Chosen, u8> {
        if ask.is_rank_range() || ask.is_index_range() {
            return Err(code::OP_NOT_APPLICABLE);
        }
        if items.is_empty() {
            return match ask.inverted {
                true => self.all(ask.upright()),
                false => Ok((Vec::new(), ask.not_found(0)?)),
            };
        }
        let places = wanted(&self.values, self.values.len() < 2, items, ask.inverted);
        let answer = match ask.kind {
            INDEX | REVERSE_INDEX => self.indexes_at(ask, &places),
            RANK | REVERSE_RANK if self.values.len() < 2 && ask.inverted => self.ranks_at(ask, &places),
            RANK | REVERSE_RANK if self.values.len() < 2 => {
                Some(ask.spans(&Self::runs(&self.values, items), self.values.len()))
            }
            RANK | REVERSE_RANK => item_runs(ask, &self.values, items),
            _ if ask.is_elements() => self.elements_at(ask, &places),
            _ => ask.counted(places.len()).ok_or(code::OP_NOT_APPLICABLE)?,
        };
        Ok((places, answer))
    }
}
