//! Random schemas, values and keys from a seed that a failing test prints.

use aerospike::Value;
use aerostride_columns::{Dtype, FieldSpec};
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom as _, SliceRandom as _};
use rand::{RngExt as _, SeedableRng as _};

/// Bins that records have.
pub const BINS: [&str; 10] = ["a", "b", "c", "temperature", "abcdefghijklmno", "d", "e", "f", "g", "größe"];

/// Random numbers from the seed in `AEROSTRIDE_TEST_SEED`, or from a fresh one, which is printed where a test fails.
pub fn seeded() -> StdRng {
    let given = std::env::var("AEROSTRIDE_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed: u64 = given.unwrap_or_else(rand::random);
    println!("to see this run again: AEROSTRIDE_TEST_SEED={seed}");
    StdRng::seed_from_u64(seed)
}

fn int(rng: &mut StdRng) -> i64 {
    match rng.random_range(0..4) {
        0 => rng.random(),
        1 => rng.random_range(-300..300),
        2 => *[i64::MIN, i64::MAX, 0, 65_504, 65_520].choose(rng).unwrap(),
        _ => (1_i64 << rng.random_range(0..63)).wrapping_add(rng.random_range(-2..=2)),
    }
}

fn double(rng: &mut StdRng) -> f64 {
    match rng.random_range(0..4) {
        0 => f64::from_bits(rng.random()),
        1 => int(rng) as f64,
        2 => *[0.0, -0.0, f64::NAN, f64::INFINITY, 0.5, 1e300, 65_519.9].choose(rng).unwrap(),
        _ => f64::from(rng.random_range(-1000_i32..1000)) / 8.0,
    }
}

fn bytes(rng: &mut StdRng, most: usize) -> Vec<u8> {
    let size = rng.random_range(0..=most);
    (0..size).map(|_| rng.random()).collect()
}

fn text(rng: &mut StdRng) -> String {
    let size = rng.random_range(0..12);
    (0..size).map(|_| *['a', 'Z', '0', 'ä', '€', '😀', '\n'].choose(rng).unwrap()).collect()
}

fn number(rng: &mut StdRng) -> Value {
    if rng.random() { Value::Int(int(rng)) } else { Value::from(double(rng)) }
}

fn list(rng: &mut StdRng) -> Value {
    let length = rng.random_range(0..5);
    let items = match rng.random_range(0..4) {
        0 => (0..length).map(|_| Value::List((0..2).map(|_| number(rng)).collect())).collect(),
        1 => (0..length).map(|_| any_value(rng, true)).collect(),
        _ => (0..length).map(|_| number(rng)).collect(),
    };
    Value::List(items)
}

/// A value of any particle type that a client can write.
pub fn value(rng: &mut StdRng) -> Value {
    any_value(rng, false)
}

fn any_value(rng: &mut StdRng, inside: bool) -> Value {
    match rng.random_range(0..if inside { 6 } else { 18 }) {
        0 => Value::Bool(rng.random()),
        1 => Value::String(text(rng)),
        2 => Value::Blob(bytes(rng, 20)),
        3 | 6 | 7 | 8 => Value::Int(int(rng)),
        4 | 9 | 10 => Value::from(double(rng)),
        5 if inside => Value::Nil,
        5 | 11 | 12 => list(rng),
        13 => Value::HashMap([(Value::String("k".into()), number(rng))].into()),
        15 => Value::Hll(sketch(rng)),
        14 => Value::GeoJson(r#"{"type":"Point","coordinates":[1.5,-2.5]}"#.into()),
        _ => Value::Unknown(*[7, 8, 9, 10, 11, 12].choose(rng).unwrap(), bytes(rng, 9)),
    }
}

/// A sketch that servers take: flags, 4 bits of index, none of minhash, the cached count, and 16 registers of 6 bits.
fn sketch(rng: &mut StdRng) -> Vec<u8> {
    let (count, registers): ([u8; 8], [u8; 12]) = (rng.random(), rng.random());
    [&[0, 4, 0][..], &count, &registers].concat()
}

/// Fields over some of the bins and over one that no record has, in any order.
pub fn schema(rng: &mut StdRng) -> Dtype {
    schema_of(rng, fixed_kind)
}

/// The same with fields of values of any length among them.
pub fn schema_with_views(rng: &mut StdRng) -> Dtype {
    schema_of(rng, |rng| match rng.random_range(0..3) {
        0 => {
            let codes = ["utf8", "binary", "list<f8>", "list<i2>", "list<f2>", "list<?>", "datetime64[us]"];
            ((*codes.choose(rng).unwrap()).to_owned(), vec![])
        }
        _ => fixed_kind(rng),
    })
}

fn schema_of(rng: &mut StdRng, mut kind: impl FnMut(&mut StdRng) -> (String, Vec<usize>)) -> Dtype {
    let mut names: Vec<&str> = BINS.iter().copied().chain(["nowhere"]).collect();
    names.shuffle(rng);
    names.truncate(rng.random_range(0..=names.len()));
    let kinds: Vec<(String, Vec<usize>)> = names.iter().map(|_| kind(rng)).collect();
    let specs: Vec<_> =
        names.iter().zip(&kinds).map(|(name, (code, shape))| FieldSpec { name, code, shape }).collect();
    Dtype::parse(&specs).unwrap()
}

fn fixed_kind(rng: &mut StdRng) -> (String, Vec<usize>) {
    const NUMERIC: [&str; 12] = ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "?"];
    let number = (*NUMERIC.choose(rng).unwrap()).to_owned();
    match rng.random_range(0..8) {
        0 => (format!("S{}", rng.random_range(1..24)), vec![]),
        1 => (format!("V{}", rng.random_range(1..24)), vec![]),
        2 => (number, vec![rng.random_range(1..5)]),
        3 => (number, vec![rng.random_range(1..4), 2]),
        _ => (number, vec![]),
    }
}
