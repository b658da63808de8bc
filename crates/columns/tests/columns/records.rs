//! Random schemas and records, and their encoding as a server would send them.

use aerostride_columns::{Dtype, Element, Field, FieldSpec};
use aerostride_wire::particle_type as t;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::oracle::{Bin, Damage, Item};

/// What a server answers for a row, or that it does not.
#[derive(Debug, Clone)]
pub enum Answer {
    None,
    Failed { code: u8, generation: u32, expires: u32 },
    Record { generation: u32, expires: u32, bins: Vec<(String, Bin)> },
}

const NUMERIC: [&str; 12] = ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "?"];
const NAMES: [&str; 8] = ["a", "b", "temperature", "abcdefghijklmno", "é", "c", "aa", "B"];
const UNKNOWN: [&str; 3] = ["zz", "abcdefghijklmn", ""];

/// Code and shape.
fn field() -> impl Strategy<Value = (String, Vec<usize>)> {
    let number = || proptest::sample::select(&NUMERIC[..]).prop_map(String::from);
    prop_oneof![
        6 => number().prop_map(|code| (code, vec![])),
        4 => (number(), vec(1..4_usize, 1..4)),
        1 => (1..12_usize).prop_map(|n| (format!("S{n}"), vec![])),
        1 => (1..12_usize).prop_map(|n| (format!("V{n}"), vec![])),
        1 => proptest::sample::select(&["s", "ms", "us", "ns"][..]).prop_map(|unit| (format!("M8[{unit}]"), vec![])),
        5 => proptest::sample::select(&["utf8", "binary", "any"][..]).prop_map(|code| (code.to_owned(), vec![])),
        4 => number().prop_map(|element| (format!("list<{element}>"), vec![])),
    ]
}

pub fn schema() -> impl Strategy<Value = Dtype> {
    vec(field(), 0..=NAMES.len()).prop_map(|fields| {
        let specs: Vec<_> =
            fields.iter().zip(NAMES).map(|((code, shape), name)| FieldSpec { name, code, shape }).collect();
        Dtype::parse(&specs).unwrap()
    })
}

/// A schema of which some fields say what a cell without a value holds.
fn filled_schema() -> impl Strategy<Value = Dtype> {
    let fills = vec(proptest::option::weighted(0.3, any::<u8>()), NAMES.len());
    (schema(), fills).prop_map(|(dtype, fills)| {
        let fill = |(field, byte): (&Field, Option<u8>)| {
            byte.filter(|_| !field.element.is_view())
                .map(|byte| (0..field.size()).map(|at| byte.wrapping_add(at as u8)).collect())
        };
        let fills = dtype.fields().iter().zip(fills).map(fill).collect();
        dtype.with_fills(fills).unwrap()
    })
}

/// Integers at and around powers of two, where casts change their mind.
fn int() -> impl Strategy<Value = i64> {
    let near_power = (0..64_u32, -2..=2_i128, any::<bool>()).prop_map(|(bits, by, negative)| {
        let value = (1_i128 << bits) + by;
        let value = if negative { -value } else { value };
        value.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64
    });
    let limits = proptest::sample::select(vec![i64::MIN, i64::MIN + 1, i64::MAX - 1, i64::MAX]);
    prop_oneof![4 => near_power, 2 => any::<i64>(), 2 => -300..300_i64, 1 => 65_500..65_540_i64, 1 => limits]
}

/// Zeros, infinities, the borders of int64, and NaNs whose payload is in the highest or only in the lowest bits.
fn special_doubles() -> Vec<f64> {
    let nans = [0x7ff8_0000_0000_0000, 0xfff8_0000_0000_0001, 0x7ff0_0000_0000_0001, 0xfff5_5555_5555_5555];
    let mut doubles = nans.map(f64::from_bits).to_vec();
    doubles.extend([0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, -2f64.powi(63), 2f64.powi(63)]);
    doubles
}

/// Doubles of any bits, near integers, and near the middle between two float16 or float32 neighbours.
fn double() -> impl Strategy<Value = f64> {
    let ulps = -2..=2_i64;
    let near = |value: f64, ulps: i64| f64::from_bits(value.to_bits().wrapping_add_signed(ulps));
    prop_oneof![
        any::<u64>().prop_map(f64::from_bits),
        (int(), ulps.clone()).prop_map(move |(value, ulps)| near(value as f64, ulps)),
        (int(), ulps.clone()).prop_map(move |(value, ulps)| near(value as f64 / 2.0, ulps)),
        (any::<u32>(), ulps.clone()).prop_map(move |(bits, ulps)| {
            let middle = (f64::from(f32::from_bits(bits)) + f64::from(f32::from_bits(bits ^ 1))) / 2.0;
            near(middle, ulps)
        }),
        (0..0x7c00_u16, ulps).prop_map(move |(bits, ulps)| {
            let middle =
                (aerostride_columns::f16_to_f64(bits) + aerostride_columns::f16_to_f64(bits + 1)) / 2.0;
            near(middle, ulps)
        }),
        proptest::sample::select(special_doubles()),
    ]
}

fn number() -> impl Strategy<Value = Item> {
    let wide = (1_u64 << 63..).prop_map(i128::from);
    prop_oneof![
        5 => (int(), 0..10_u8).prop_map(|(value, width)| Item::Int { value: i128::from(value), width }),
        1 => (wide, 0..10_u8).prop_map(|(value, width)| Item::Int { value, width }),
        4 => double().prop_map(Item::Double),
        1 => any::<u32>().prop_map(|bits| Item::Single(f32::from_bits(bits))),
        1 => any::<bool>().prop_map(Item::Bool),
    ]
}

/// nil, an empty text, bytes, an empty map: whole msgpack values that are no numbers.
fn no_number() -> impl Strategy<Value = Item> {
    proptest::sample::select(vec![vec![0xc0], vec![0xa0], vec![0xa2, 3, b'x'], vec![0xc4, 1, 9], vec![0x80]])
        .prop_map(Item::NoNumber)
}

/// A list nested as the shape says.
fn nested(shape: Vec<usize>) -> BoxedStrategy<Vec<Item>> {
    match shape.split_first() {
        None => vec(number(), 0..1).boxed(),
        Some((&length, [])) => vec(number(), length).boxed(),
        Some((&length, inner)) => {
            let inner = (nested(inner.to_vec()), any::<bool>(), 0..3_u8);
            vec(inner.prop_map(|(items, ordered, wide)| Item::List { items, ordered, wide }), length).boxed()
        }
    }
}

/// Lists of the field's shape and of others.
fn list(field: &Field) -> impl Strategy<Value = Vec<Item>> + use<> {
    let (shape, count) = (field.shape.clone(), field.count);
    let other_shape = shape.iter().map(|&dim| dim + 1).collect::<Vec<_>>();
    let reversed = shape.iter().rev().copied().collect::<Vec<_>>();
    let with_stranger = (nested(shape.clone()), no_number(), any::<proptest::sample::Index>()).prop_map(
        |(mut items, stranger, at)| {
            if !items.is_empty() {
                *at.get_mut(&mut items) = stranger;
            }
            items
        },
    );
    prop_oneof![
        4 => nested(shape),
        2 => vec(number(), count),
        1 => vec(number(), 0..count + 2),
        1 => nested(reversed),
        1 => nested(other_shape),
        1 => with_stranger,
        1 => vec(prop_oneof![number(), no_number()], count),
    ]
}

/// A value that may or may not suit the field.
fn bin(field: &Field) -> impl Strategy<Value = Bin> + use<> {
    let size = field.size();
    let damage =
        prop_oneof![(1..6_usize).prop_map(Damage::CutBy), vec(any::<u8>(), 1..4).prop_map(Damage::Followed),];
    let is_view = field.element.is_view();
    // Some values have a block to themselves.
    let long = (13..80_usize, 0..40_u32)
        .prop_map(move |(size, many)| if is_view && many == 0 { size * 100 } else { size });
    let long = long.prop_flat_map(|size| vec(any::<u8>(), size));
    let ascii = vec(32..127_u8, 0..60);
    let geo = (0..3_u8, vec(any::<u8>(), 0..30), "\\PC{0,12}")
        .prop_map(|(cells, rest, text)| [&[0, 0, cells][..], &rest, text.as_bytes()].concat());
    let views = if is_view { 5 } else { 1 };
    let blob_sizes = prop_oneof![3 => Just(size), 1 => Just(size + 1), 1 => Just(size - 1), 1 => 0..size + 9];
    let is_list = matches!(field.element, Element::List(_));
    let lists = if field.is_array() || is_list { 10 } else { 1 };
    let counts = if is_list { 0..30_usize } else { 0..1 };
    prop_oneof![
        1 => Just(Bin::Nil),
        5 => int().prop_map(Bin::Int),
        5 => double().prop_map(Bin::Double),
        1 => any::<bool>().prop_map(Bin::Bool),
        2 => vec(any::<u8>(), 0..size + 4).prop_map(Bin::Text),
        1 => "\\PC{0,6}".prop_map(|text| Bin::Text(text.into_bytes())),
        3 => blob_sizes.prop_flat_map(|size| vec(any::<u8>(), size)).prop_map(Bin::Blob),
        lists => list(field).prop_map(Bin::List),
        lists => vec(number(), counts).prop_map(Bin::List),
        views => long.clone().prop_map(Bin::Text),
        views => ascii.prop_map(Bin::Text),
        views => long.prop_map(Bin::Blob),
        views => geo.prop_map(|bytes| Bin::Other(t::GEOJSON, bytes)),
        1 => (list(field), damage).prop_map(|(items, damage)| Bin::BrokenList(items, damage)),
        1 => (proptest::sample::select(vec![7, 8, 9, 10, 11, 12, 16, t::HLL, t::MAP, t::GEOJSON, 99, 255]), vec(any::<u8>(), 0..9))
            .prop_map(|(kind, bytes)| Bin::Other(kind, bytes)),
    ]
}

fn bins(dtype: &Dtype) -> impl Strategy<Value = Vec<(String, Bin)>> + use<> {
    let known: Vec<_> = dtype
        .fields()
        .iter()
        .map(|field| {
            let name = field.name.clone();
            proptest::option::weighted(0.85, bin(field))
                .prop_map(move |bin| bin.map(|bin| (name.clone(), bin)))
        })
        .collect();
    let stranger = (proptest::sample::select(&UNKNOWN[..]), int())
        .prop_map(|(name, value)| (name.to_owned(), Bin::Int(value)));
    (known, vec(stranger, 0..3), any::<bool>()).prop_flat_map(|(known, strangers, shuffled)| {
        let bins: Vec<_> = known.into_iter().flatten().chain(strangers).collect();
        if shuffled { Just(bins).prop_shuffle().boxed() } else { Just(bins).boxed() }
    })
}

fn answer(dtype: &Dtype) -> impl Strategy<Value = Answer> + use<> {
    let expires = prop_oneof![Just(0), any::<u32>(), 499_999_998..500_000_100_u32];
    prop_oneof![
        1 => Just(Answer::None),
        1 => (1..=u8::MAX, any::<u32>(), any::<u32>())
            .prop_map(|(code, generation, expires)| Answer::Failed { code, generation, expires }),
        6 => (any::<u32>(), expires, bins(dtype))
            .prop_map(|(generation, expires, bins)| Answer::Record { generation, expires, bins }),
    ]
}

/// A schema and the answers for a number of rows.
pub fn batch() -> impl Strategy<Value = (Dtype, Vec<Answer>)> {
    filled_schema().prop_flat_map(|dtype| {
        let answers = vec(answer(&dtype), 0..10);
        (Just(dtype), answers)
    })
}

/// Particle type and bytes of a bin.
pub fn encode(bin: &Bin) -> (u8, Vec<u8>) {
    match bin {
        Bin::Nil => (t::NIL, vec![]),
        Bin::Int(value) => (t::INT, value.to_be_bytes().to_vec()),
        Bin::Double(value) => (t::DOUBLE, value.to_be_bytes().to_vec()),
        Bin::Bool(value) => (t::BOOL, vec![u8::from(*value)]),
        Bin::Text(bytes) => (t::STRING, bytes.clone()),
        Bin::Blob(bytes) => (t::BLOB, bytes.clone()),
        Bin::List(items) => (t::LIST, encode_list(items, items.len() % 3 == 1, 0)),
        Bin::BrokenList(items, damage) => (t::LIST, damaged(encode_list(items, false, 0), damage)),
        Bin::Other(kind, bytes) => (*kind, bytes.clone()),
    }
}

fn damaged(mut msgpack: Vec<u8>, damage: &Damage) -> Vec<u8> {
    match damage {
        Damage::CutBy(bytes) => msgpack.truncate(msgpack.len().saturating_sub(*bytes)),
        Damage::Followed(bytes) => msgpack.extend(bytes),
    }
    msgpack
}

fn encode_list(items: &[Item], ordered: bool, wide: u8) -> Vec<u8> {
    let count = items.len() + usize::from(ordered);
    let mut out = match wide {
        0 if count < 16 => vec![0x90 | count as u8],
        0 | 1 => [&[0xdc][..], &(count as u16).to_be_bytes()].concat(),
        _ => [&[0xdd][..], &(count as u32).to_be_bytes()].concat(),
    };
    if ordered {
        out.extend([0xc7, 0, 1]);
    }
    for item in items {
        match item {
            Item::Int { value, width } => out.extend(encode_int(*value, *width)),
            Item::Double(value) => out.extend([&[0xcb][..], &value.to_be_bytes()].concat()),
            Item::Single(value) => out.extend([&[0xca][..], &value.to_be_bytes()].concat()),
            Item::List { items, ordered, wide } => out.extend(encode_list(items, *ordered, *wide)),
            Item::Bool(value) => out.push(if *value { 0xc3 } else { 0xc2 }),
            Item::NoNumber(bytes) => out.extend(bytes),
        }
    }
    out
}

/// One of the encodings that an integer can have; servers and clients choose differently.
fn encode_int(value: i128, width: u8) -> Vec<u8> {
    let mut fitting = Vec::new();
    if (-32..128).contains(&value) {
        fitting.push(vec![value as u8]);
    }
    for (head, bytes, least, most) in [
        (0xcc, 1, 0, 0xff),
        (0xcd, 2, 0, 0xffff),
        (0xce, 4, 0, 0xffff_ffff),
        (0xcf, 8, 0, u64::MAX.into()),
        (0xd0, 1, -0x80, 0x7f),
        (0xd1, 2, -0x8000, 0x7fff),
        (0xd2, 4, -0x8000_0000, 0x7fff_ffff),
        (0xd3, 8, i64::MIN.into(), i64::MAX.into()),
    ] {
        if (least..=most).contains(&value) {
            fitting.push([&[head], &value.to_be_bytes()[16 - bytes..]].concat());
        }
    }
    fitting.swap_remove(usize::from(width) % fitting.len())
}
