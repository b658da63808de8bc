//! The conversion table, written down once more: slowly, from the table itself, with exact arithmetic and without a
//! look at the code that it checks.

use aerostride_columns::{Element, Field, OnLoss};

/// A bin's value.
#[derive(Debug, Clone)]
pub enum Bin {
    Nil,
    Int(i64),
    Double(f64),
    Bool(bool),
    Text(Vec<u8>),
    Blob(Vec<u8>),
    List(Vec<Item>),
    /// A list whose msgpack is malformed.
    BrokenList(Vec<Item>, Damage),
    /// Any other particle type, with its bytes.
    Other(u8, Vec<u8>),
}

/// How the bytes of a list are damaged.
#[derive(Debug, Clone)]
pub enum Damage {
    CutBy(usize),
    Followed(Vec<u8>),
}

/// An element of a list. How it is encoded is none of the oracle's business, see `records`.
#[derive(Debug, Clone)]
pub enum Item {
    Int { value: i128, width: u8 },
    Double(f64),
    Single(f32),
    Bool(bool),
    List { items: Vec<Item>, ordered: bool, wide: u8 },
    NoNumber(Vec<u8>),
}

/// What belongs into a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Missing,
    Exact(Vec<u8>),
    Lossy(Vec<u8>),
    Mismatch,
}

impl Cell {
    /// The cell's bytes and its `valid` byte. Of a view they are those of the value, and none without one.
    pub fn stored(&self, field: &Field, on_loss: OnLoss) -> (Vec<u8>, u8) {
        match self {
            Self::Exact(bytes) => (bytes.clone(), 1),
            Self::Lossy(bytes) if on_loss != OnLoss::Null => (bytes.clone(), 1),
            _ if field.element.is_view() => (Vec::new(), 0),
            _ => (field.fill.as_deref().map_or_else(|| vec![0; field.size()], <[u8]>::to_vec), 0),
        }
    }
}

/// The cell of a field for the bin of that name, if the record has one.
pub fn cell(field: &Field, bin: Option<&Bin>) -> Cell {
    let Some(bin) = bin else { return Cell::Missing };
    if matches!(bin, Bin::Nil) {
        return Cell::Missing;
    }
    if field.element.is_view() {
        return view(field.element, bin);
    }
    if field.shape.is_empty() {
        return scalar(field.element, bin);
    }
    match bin {
        Bin::Blob(bytes) => {
            let exact = bytes.len() == field.size();
            fit(bytes, field.size(), !exact)
        }
        Bin::List(items) => match flatten(items, &field.shape) {
            Some(numbers) => join(numbers.into_iter().map(|number| item(field.element, number))),
            None => Cell::Mismatch,
        },
        _ => Cell::Mismatch,
    }
}

/// What a view cell says, after everything that Arrow asks of it has been checked.
pub fn view_value(element: Element, view: &[u8], blocks: &[Vec<u8>]) -> Vec<u8> {
    let word = |at: usize| u32::from_le_bytes(view[at..at + 4].try_into().unwrap()) as usize;
    let size = word(0);
    let is_list = matches!(element, Element::List(_));
    if size == 0 || size <= 12 && !is_list {
        assert!(view[4 + size..].iter().all(|byte| *byte == 0), "{view:?}");
        return view[4..4 + size].to_vec();
    }
    let value = blocks[word(8)][word(12)..][..size].to_vec();
    match element {
        Element::List(element) => {
            assert_eq!((word(4) * element.size(), word(12) % 8), (size, 0), "{view:?}");
        }
        _ => assert_eq!(view[4..8], value[..4]),
    }
    value
}

/// A value of any length.
fn view(element: Element, bin: &Bin) -> Cell {
    match (element, bin) {
        (Element::Utf8, Bin::Text(bytes)) => text(bytes),
        (Element::Utf8, Bin::Other(23, bytes)) if bytes.len() >= 3 => {
            let begin = 3 + 8 * (256 * usize::from(bytes[1]) + usize::from(bytes[2]));
            if begin > bytes.len() { Cell::Mismatch } else { text(&bytes[begin..]) }
        }
        (Element::Binary, Bin::Text(bytes) | Bin::Blob(bytes) | Bin::Other(18, bytes)) => {
            Cell::Exact(bytes.clone())
        }
        (Element::List(element), Bin::Blob(bytes)) if bytes.len() % element.size() == 0 => {
            Cell::Exact(bytes.clone())
        }
        (Element::List(element), Bin::List(items)) => join(items.iter().map(|number| item(*element, number))),
        _ => Cell::Mismatch,
    }
}

fn text(bytes: &[u8]) -> Cell {
    if String::from_utf8(bytes.to_vec()).is_ok() { Cell::Exact(bytes.to_vec()) } else { Cell::Mismatch }
}

fn scalar(element: Element, bin: &Bin) -> Cell {
    match (element, bin) {
        (Element::Text(size), Bin::Text(bytes) | Bin::Blob(bytes))
        | (Element::Void(size), Bin::Blob(bytes)) => fit(bytes, size, bytes.len() > size),
        (Element::Text(_) | Element::Void(_), _) => Cell::Mismatch,
        (element, Bin::Int(value)) => integer(element, i128::from(*value)),
        (element, Bin::Double(value)) => double(element, *value),
        (element, Bin::Bool(value)) => integer(element, i128::from(*value)),
        _ => Cell::Mismatch,
    }
}

/// Bytes cut or padded with zeros to `size`.
fn fit(bytes: &[u8], size: usize, lossy: bool) -> Cell {
    let fitted: Vec<u8> = bytes.iter().copied().chain(std::iter::repeat(0)).take(size).collect();
    made(fitted, lossy)
}

fn made(bytes: Vec<u8>, lossy: bool) -> Cell {
    if lossy { Cell::Lossy(bytes) } else { Cell::Exact(bytes) }
}

/// The numbers of a list that is nested exactly as the shape, or flat and as long as the shape has elements.
fn flatten<'i>(items: &'i [Item], shape: &[usize]) -> Option<Vec<&'i Item>> {
    let flat = items.iter().all(|item| !matches!(item, Item::List { .. }));
    if flat && items.len() == shape.iter().product::<usize>() {
        return Some(items.iter().collect());
    }
    nested(items, shape)
}

fn nested<'i>(items: &'i [Item], shape: &[usize]) -> Option<Vec<&'i Item>> {
    if items.len() != shape[0] {
        return None;
    }
    let mut numbers = Vec::new();
    for item in items {
        match item {
            Item::List { items, .. } if shape.len() > 1 => numbers.extend(nested(items, &shape[1..])?),
            Item::List { .. } => return None,
            _ if shape.len() > 1 => return None,
            number => numbers.push(number),
        }
    }
    Some(numbers)
}

fn item(element: Element, item: &Item) -> Cell {
    match item {
        Item::Int { value, .. } => integer(element, *value),
        Item::Double(value) => double(element, *value),
        Item::Single(value) => double(element, widen(*value)),
        Item::Bool(value) => integer(element, i128::from(*value)),
        Item::List { .. } | Item::NoNumber(_) => Cell::Mismatch,
    }
}

/// One cell out of the cells of its elements.
fn join(cells: impl Iterator<Item = Cell>) -> Cell {
    let (mut all, mut changed) = (Vec::new(), false);
    for cell in cells {
        let (Cell::Exact(bytes) | Cell::Lossy(bytes)) = &cell else { return Cell::Mismatch };
        all.extend(bytes);
        changed |= matches!(cell, Cell::Lossy(_));
    }
    made(all, changed)
}

fn integer(element: Element, value: i128) -> Cell {
    let exact = Exact { negative: value < 0, magnitude: value.unsigned_abs(), exponent: 0 };
    match element {
        Element::Bool => Cell::Exact(vec![u8::from(value != 0)]),
        Element::F2 => {
            // numpy casts an int64 to float16 by way of float32.
            let (single, changed) = exact.round(F4);
            match single {
                Some(single) => float(single, F2, changed),
                None => made(F2.infinity(value < 0), true),
            }
        }
        Element::F4 => float(exact, F4, false),
        Element::F8 => float(exact, F8, false),
        Element::I1 | Element::I2 | Element::I4 | Element::I8 | Element::Date(_) => {
            low_bytes(element.size(), value, true)
        }
        _ => low_bytes(element.size(), value, false),
    }
}

/// The low bytes of an integer, and whether they still mean the same.
fn low_bytes(size: usize, value: i128, signed: bool) -> Cell {
    let modulus = 1_i128 << (8 * size);
    let wrapped = value.rem_euclid(modulus);
    let means = if signed && wrapped >= modulus / 2 { wrapped - modulus } else { wrapped };
    made(wrapped.to_le_bytes()[..size].to_vec(), means != value)
}

fn double(element: Element, value: f64) -> Cell {
    let format = match element {
        Element::F2 => F2,
        Element::F4 => F4,
        Element::F8 => F8,
        Element::Bool | Element::Text(_) | Element::Void(_) => return Cell::Mismatch,
        integer => return truncated(integer, value),
    };
    let negative = value.to_bits() >> 63 == 1;
    if value.is_nan() {
        return Cell::Exact(format.nan(value));
    }
    if value.is_infinite() {
        return Cell::Exact(format.infinity(negative));
    }
    // Rounding within the range is what the user asked for; only an overflow counts.
    match Exact::of(value).round(format).0 {
        Some(rounded) => Cell::Exact(format.encode(rounded)),
        None => Cell::Lossy(format.infinity(negative)),
    }
}

/// Toward zero, if that is an int64.
fn truncated(element: Element, value: f64) -> Cell {
    if !value.is_finite() {
        return Cell::Mismatch;
    }
    let exact = Exact::of(value);
    let (whole, fraction) = match exact.exponent {
        e if e > 64 && exact.magnitude > 0 => return Cell::Mismatch,
        e if e >= 0 => (exact.magnitude << e, false),
        e if e <= -64 => (0, exact.magnitude > 0),
        e => (exact.magnitude >> -e, exact.magnitude.trailing_zeros() < e.unsigned_abs()),
    };
    let whole = if exact.negative { -(whole as i128) } else { whole as i128 };
    if whole < i128::from(i64::MIN) || whole > i128::from(i64::MAX) {
        return Cell::Mismatch;
    }
    match integer(element, whole) {
        Cell::Exact(bytes) => made(bytes, fraction && exact.magnitude > 0),
        other => other,
    }
}

fn float(exact: Exact, format: Format, changed_before: bool) -> Cell {
    let (rounded, changed) = exact.round(format);
    match rounded {
        Some(rounded) => made(format.encode(rounded), changed || changed_before),
        None => Cell::Lossy(format.infinity(exact.negative)),
    }
}

/// A float32 as float64, with the payload of a NaN.
fn widen(value: f32) -> f64 {
    if !value.is_nan() {
        return f64::from(value);
    }
    let bits = u64::from(value.to_bits());
    f64::from_bits((bits & 0x8000_0000) << 32 | 0x7ff8 << 48 | (bits & 0x007f_ffff) << 29)
}

/// A number without any rounding: magnitude * 2^exponent, and a sign that zero has too.
#[derive(Debug, Clone, Copy)]
struct Exact {
    negative: bool,
    magnitude: u128,
    exponent: i32,
}

/// A binary floating-point format.
#[derive(Debug, Clone, Copy)]
struct Format {
    /// Significant bits.
    precision: i32,
    /// The smallest number is 2 to this power.
    lowest: i32,
    /// Numbers are smaller than 2 to this power.
    limit: i32,
    bytes: usize,
}

const F2: Format = Format { precision: 11, lowest: -24, limit: 16, bytes: 2 };
const F4: Format = Format { precision: 24, lowest: -149, limit: 128, bytes: 4 };
const F8: Format = Format { precision: 53, lowest: -1074, limit: 1024, bytes: 8 };

impl Exact {
    fn of(value: f64) -> Self {
        let bits = value.to_bits();
        let (exponent, fraction) = ((bits >> 52 & 0x7ff) as i32, u128::from(bits & ((1 << 52) - 1)));
        let (magnitude, exponent) = match exponent {
            0 => (fraction, -1074),
            _ => (fraction + (1 << 52), exponent - 1075),
        };
        Self { negative: bits >> 63 == 1, magnitude, exponent }
    }

    fn bits(&self) -> i32 {
        128 - self.magnitude.leading_zeros() as i32
    }

    /// The nearest number of a format, of two the even one, and whether it is another one. `None` is an overflow.
    fn round(self, format: Format) -> (Option<Self>, bool) {
        let last_place = (self.exponent + self.bits() - format.precision).max(format.lowest);
        let dropped = last_place - self.exponent;
        let (rounded, changed) = match dropped {
            ..=0 => (self, false),
            120.. => (Self { magnitude: 0, exponent: last_place, ..self }, self.magnitude > 0),
            _ => {
                let (kept, rest) = (self.magnitude >> dropped, self.magnitude & ((1 << dropped) - 1));
                let half = 1 << (dropped - 1);
                let up = rest > half || rest == half && kept % 2 == 1;
                let magnitude = kept + u128::from(up);
                (Self { magnitude, exponent: last_place, ..self }, rest > 0)
            }
        };
        let overflows = rounded.magnitude > 0 && rounded.bits() + rounded.exponent > format.limit;
        ((!overflows).then_some(rounded), changed || overflows)
    }
}

impl Format {
    /// The bytes of a number that has been rounded to this format.
    fn encode(self, number: Exact) -> Vec<u8> {
        let least_normal = self.lowest + self.precision - 1;
        let leading = number.exponent + number.bits() - 1;
        let magnitude = if number.magnitude == 0 || leading < least_normal {
            number.magnitude << (number.exponent - self.lowest).min(60)
        } else {
            let shift = self.precision - number.bits();
            let significand = if shift >= 0 { number.magnitude << shift } else { number.magnitude >> -shift };
            let exponent_field = (leading - least_normal + 1) as u128;
            (exponent_field << (self.precision - 1)) + significand - (1 << (self.precision - 1))
        };
        self.signed(number.negative, magnitude)
    }

    fn infinity(self, negative: bool) -> Vec<u8> {
        let exponent_bits = 8 * self.bytes as i32 - self.precision;
        self.signed(negative, ((1 << exponent_bits) - 1) << (self.precision - 1))
    }

    /// numpy's NaN: the upper bits of the payload. float16 keeps them as they are, float32 becomes quiet.
    fn nan(self, value: f64) -> Vec<u8> {
        let payload = u128::from(value.to_bits() & ((1 << 52) - 1)) >> (53 - self.precision);
        let infinity = self.infinity(false).iter().rev().fold(0, |n, &byte| n << 8 | u128::from(byte));
        let fraction = match self.bytes {
            2 => payload.max(1),
            4 => payload | 1 << 22,
            _ => payload,
        };
        self.signed(value.to_bits() >> 63 == 1, infinity | fraction)
    }

    fn signed(self, negative: bool, magnitude: u128) -> Vec<u8> {
        let bits = u128::from(negative) << (8 * self.bytes - 1) | magnitude;
        bits.to_le_bytes()[..self.bytes].to_vec()
    }
}
