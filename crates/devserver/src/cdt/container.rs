use std::cmp::Ordering;

use aerostride_wire::{Cursor, result_code as code};

use crate::msgpack::{self, Item, put_list_header, put_map_header};

/// A list or a map, taken apart.
#[derive(Debug)]
pub(super) enum Container {
    List(List),
    Map(Map),
}

/// A list. An ordered one is sorted at all times.
#[derive(Debug, Default)]
pub(super) struct List {
    pub(super) ordered: bool,
    pub(super) items: Vec<Vec<u8>>,
}

/// A map, sorted by its keys, whatever its flags say.
#[derive(Debug, Default)]
pub(super) struct Map {
    /// 0 unordered, 1 key-ordered, 3 key-value-ordered.
    pub(super) flags: u8,
    pub(super) pairs: Vec<(Vec<u8>, Vec<u8>)>,
}

/// The order of two elements. They are sound when they are compared: a container was parsed before.
pub(super) fn order(a: &[u8], b: &[u8]) -> Ordering {
    msgpack::compare(a, b).unwrap_or(Ordering::Equal)
}

impl Container {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, u8> {
        let mut cursor = Cursor::new(bytes);
        match msgpack::item(&mut cursor)? {
            Item::List(count) => {
                let ordered = msgpack::flags(cursor, count).is_some_and(|flags| flags & 1 != 0);
                let items = msgpack::list_elements(bytes)?.into_iter().map(<[u8]>::to_vec).collect();
                Ok(Self::List(List { ordered, items }))
            }
            Item::Map(count) => {
                let flags = msgpack::flags(cursor, count).unwrap_or(0) & 3;
                let pairs = msgpack::map_pairs(bytes)?;
                let pairs = pairs.into_iter().map(|(key, value)| (key.to_vec(), value.to_vec())).collect();
                let mut map = Map { flags, pairs };
                msgpack::sort_by(&mut map.pairs, &mut |a, b| order(&a.0, &b.0));
                Ok(Self::Map(map))
            }
            _ => Err(code::BIN_TYPE),
        }
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        match self {
            Self::List(list) => list.encode(),
            Self::Map(map) => map.encode(),
        }
    }

    /// Values in the order of their places.
    pub(super) fn values(&self) -> Vec<&[u8]> {
        match self {
            Self::List(list) => list.items.iter().map(Vec::as_slice).collect(),
            Self::Map(map) => map.pairs.iter().map(|pair| pair.1.as_slice()).collect(),
        }
    }

    /// Keys in the order of their places; a list has none.
    pub(super) fn keys(&self) -> Vec<&[u8]> {
        match self {
            Self::List(_) => Vec::new(),
            Self::Map(map) => map.pairs.iter().map(|pair| pair.0.as_slice()).collect(),
        }
    }

    pub(super) fn value(&self, at: usize) -> &[u8] {
        match self {
            Self::List(list) => &list.items[at],
            Self::Map(map) => &map.pairs[at].1,
        }
    }

    pub(super) fn replace(&mut self, at: usize, value: Vec<u8>) {
        match self {
            Self::List(list) => {
                list.items[at] = value;
                list.restore_order();
            }
            Self::Map(map) => map.pairs[at].1 = value,
        }
    }
}

/// For every place whether it is one of `places`.
fn among(places: &[usize], count: usize) -> Vec<bool> {
    let mut marks = vec![false; count];
    places.iter().for_each(|place| marks[*place] = true);
    marks
}

/// An element in the order of elements.
#[derive(Debug)]
pub(super) struct Ordered<B>(pub(super) B);

impl<B: AsRef<[u8]>> Ord for Ordered<B> {
    fn cmp(&self, other: &Self) -> Ordering {
        order(self.0.as_ref(), other.0.as_ref())
    }
}

impl<B: AsRef<[u8]>> PartialOrd for Ordered<B> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<B: AsRef<[u8]>> PartialEq for Ordered<B> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<B: AsRef<[u8]>> Eq for Ordered<B> {}

impl List {
    pub(super) fn remove(&mut self, places: &[usize]) {
        let mut doomed = among(places, self.items.len()).into_iter();
        self.items.retain(|_| !doomed.next().unwrap_or(false));
    }

    /// Where a context makes an element: right behind the end, or where the context lets it, further behind. An ordered list
    /// takes it anywhere. An operation that adds nothing may ask for a place that is not there.
    pub(super) fn place_behind(&self, kind: i64, index: &[u8], adds: bool) -> Result<usize, u8> {
        let count = self.items.len();
        let pads = kind & 0x1c0 == 0x80;
        match msgpack::integer(index).map_err(|_| code::OP_NOT_APPLICABLE)? {
            -1 if count == 0 => Ok(0),
            _ if self.ordered => Ok(count),
            ..0 if pads && !adds => Ok(count),
            index => match usize::try_from(index) {
                Ok(index) if pads && index > MAX_PADDING.max(count) => Err(code::RECORD_TOO_BIG),
                Ok(index) if index == count || (pads && index > count) => Ok(index),
                _ => Err(code::OP_NOT_APPLICABLE),
            },
        }
    }

    /// Puts an element there, with nil in between.
    pub(super) fn put_behind(&mut self, place: usize, made: Vec<u8>) {
        self.items.resize(place, vec![NIL]);
        self.items.push(made);
        self.restore_order();
    }

    pub(super) fn restore_order(&mut self) {
        if self.ordered {
            self.sort();
        }
    }

    pub(super) fn sort(&mut self) {
        msgpack::sort_by(&mut self.items, &mut |a, b| order(a, b));
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put_list_header(&mut out, self.items.len() + usize::from(self.ordered));
        if self.ordered {
            put_flags(&mut out, 1);
        }
        self.items.iter().for_each(|item| out.extend_from_slice(item));
        out
    }
}

impl Map {
    pub(super) fn remove(&mut self, places: &[usize]) {
        let mut doomed = among(places, self.pairs.len()).into_iter();
        self.pairs.retain(|_| !doomed.next().unwrap_or(false));
    }

    pub(super) fn find(&self, key: &[u8]) -> Result<usize, usize> {
        self.pairs.binary_search_by(|pair| order(&pair.0, key))
    }

    pub(super) fn put(&mut self, key: Vec<u8>, value: Vec<u8>) {
        match self.find(&key) {
            Ok(at) => self.pairs[at].1 = value,
            Err(at) => self.pairs.insert(at, (key, value)),
        }
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put_map_header(&mut out, self.pairs.len() + usize::from(self.flags != 0));
        if self.flags != 0 {
            put_flags(&mut out, self.flags);
            out.push(NIL);
        }
        for (key, value) in &self.pairs {
            out.extend_from_slice(key);
            out.extend_from_slice(value);
        }
        out
    }
}

/// Most elements that are made of nil in front of another one: no record can have more.
pub(super) const MAX_PADDING: usize = 1 << 20;

/// msgpack's nil.
pub(super) const NIL: u8 = 0xc0;

/// An extension without content, whose type is the flags.
pub(super) fn put_flags(out: &mut Vec<u8>, flags: u8) {
    out.extend_from_slice(&[0xc7, 0, flags]);
}

/// An integer in the fewest bytes.
pub(super) fn integer(value: i64) -> Vec<u8> {
    let mut out = Vec::new();
    msgpack::put_int(&mut out, value);
    out
}

/// A list of elements.
pub(super) fn list_of<'e>(elements: impl ExactSizeIterator<Item = &'e [u8]>) -> Vec<u8> {
    let mut out = Vec::new();
    put_list_header(&mut out, elements.len());
    elements.for_each(|element| out.extend_from_slice(element));
    out
}

/// The 0 that a missing number counts as, of the kind of what is added to it.
pub(super) fn zero(by: &[u8]) -> &'static [u8] {
    if matches!(by.first(), Some(0xca | 0xcb)) { &[0xcb, 0, 0, 0, 0, 0, 0, 0, 0] } else { &[0] }
}

/// The sum of two numbers of one kind.
pub(super) fn sum(a: &[u8], b: &[u8], negative: bool) -> Result<Vec<u8>, u8> {
    let number = |bytes| msgpack::item(&mut Cursor::new(bytes));
    Ok(match (number(a)?, number(b)?) {
        (Item::Int(a), Item::Int(b)) => integer(if negative { a.wrapping_sub(b) } else { a.wrapping_add(b) }),
        (Item::Double(a), Item::Double(b)) => double(if negative { a - b } else { a + b }),
        (Item::Double(a), Item::Int(b)) => double(if negative { a - b as f64 } else { a + b as f64 }),
        (Item::Int(a), Item::Double(b)) => {
            integer(if negative { a.wrapping_sub(b as i64) } else { a.wrapping_add(b as i64) })
        }
        _ => return Err(code::PARAMETER),
    })
}

fn double(value: f64) -> Vec<u8> {
    let mut out = Vec::with_capacity(9);
    msgpack::put_double(&mut out, value);
    out
}
