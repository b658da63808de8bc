//! A population of keys of which most have a record, written through the `aerospike` crate.

use aerospike::{Bin, Expiration, Key, Value, WritePolicy};
use aerostride_core::{KeyGroup, PackedKeys};
use aerostride_wire::KeyType;
use rand::RngExt as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;

use crate::oracle::{Bin as OracleBin, Item};
use crate::random::{BINS, value};

/// Namespaces and sets that keys are spread over.
const GROUPS: [(&str, &str); 5] = [
    ("test", "sensors"),
    ("test", ""),
    ("bar", "sensors"),
    ("test", "a-set-whose-name-has-many-bytes"),
    ("bar", ""),
];

/// A key in a form that both clients can be given.
#[derive(Debug, Clone)]
pub struct AnyKey {
    group: usize,
    kind: KeyType,
    bytes: Vec<u8>,
}

impl AnyKey {
    pub fn random(rng: &mut StdRng, number: u32) -> Self {
        let (kind, bytes) = match number % 3 {
            0 => (KeyType::Int, (i64::from(number) - 500).to_be_bytes().to_vec()),
            1 => (KeyType::String, format!("schlüssel {number}").into_bytes()),
            _ => (KeyType::Blob, [&number.to_le_bytes()[..], &vec![7; number as usize % 30]].concat()),
        };
        Self { group: rng.random_range(0..GROUPS.len()), kind, bytes }
    }

    pub fn for_crate(&self) -> Key {
        let value = match self.kind {
            KeyType::Int => Value::Int(i64::from_be_bytes(self.bytes[..].try_into().unwrap())),
            KeyType::String => Value::String(String::from_utf8(self.bytes.clone()).unwrap()),
            KeyType::Blob => Value::Blob(self.bytes.clone()),
        };
        let (namespace, set) = GROUPS[self.group];
        Key::new(namespace, set, value).unwrap()
    }
}

/// Keys packed as the binding packs them.
pub fn pack(keys: &[AnyKey]) -> PackedKeys {
    let group = |(namespace, set): &(&str, &str)| KeyGroup::new((*namespace).into(), (*set).into()).unwrap();
    let mut data = Vec::new();
    let mut ends = Vec::new();
    for key in keys {
        data.extend(&key.bytes);
        ends.push(data.len() as u32);
    }
    let types: Vec<u8> = keys.iter().map(|key| key.kind as u8).collect();
    let group_of = keys.iter().map(|key| key.group as u32).collect();
    PackedKeys::new(keys.len(), GROUPS.iter().map(group).collect(), Some(group_of), &types, ends, data)
        .unwrap()
}

/// Writes records for four of five keys: random bins, some several times, some that expire.
pub async fn populate(client: &aerospike::Client, rng: &mut StdRng, count: u32) -> Vec<AnyKey> {
    let keys: Vec<AnyKey> = (0..count).map(|number| AnyKey::random(rng, number)).collect();
    for key in &keys {
        if rng.random_ratio(1, 5) {
            continue;
        }
        let key = key.for_crate();
        for _ in 0..*[1, 1, 1, 2, 3].choose(rng).unwrap() {
            let bins = random_bins(rng);
            let expiration = if rng.random() {
                Expiration::Never
            } else {
                Expiration::Seconds(rng.random_range(1000..90_000))
            };
            let policy = WritePolicy { expiration, ..WritePolicy::default() };
            client.put(&policy, &key, &bins).await.unwrap();
        }
    }
    keys
}

/// Some of the bins, at least one.
fn random_bins(rng: &mut StdRng) -> Vec<Bin> {
    let mut bins = vec![Bin::new(*BINS.choose(rng).unwrap(), value(rng))];
    for name in BINS {
        if rng.random_ratio(3, 4) && bins[0].name != name {
            bins.push(Bin::new(name, value(rng)));
        }
    }
    bins
}

/// A value as the oracle knows it.
pub fn for_oracle(value: &Value) -> OracleBin {
    match value {
        Value::Nil => OracleBin::Nil,
        Value::Bool(value) => OracleBin::Bool(*value),
        Value::Int(value) => OracleBin::Int(*value),
        Value::Float(value) => OracleBin::Double(f64::from(value.clone())),
        Value::String(text) => OracleBin::Text(text.clone().into_bytes()),
        Value::Blob(bytes) => OracleBin::Blob(bytes.clone()),
        Value::List(items) => OracleBin::List(items.iter().map(item).collect()),
        Value::Hll(bytes) => OracleBin::Other(18, bytes.clone()),
        Value::HashMap(_) | Value::OrderedMap(_) | Value::SortedMap(_) => OracleBin::Other(19, vec![]),
        // Without cells in front of the text, of which the crate says nothing.
        Value::GeoJson(text) => OracleBin::Other(23, [&[0; 3], text.as_bytes()].concat()),
        Value::Unknown(kind, bytes) => OracleBin::Other(*kind, bytes.clone()),
        other => panic!("no server sends {other:?}"),
    }
}

fn item(value: &Value) -> Item {
    match value {
        Value::Int(value) => Item::Int { value: i128::from(*value), width: 0 },
        Value::Float(value) => Item::Double(f64::from(value.clone())),
        Value::Bool(value) => Item::Bool(*value),
        Value::List(items) => Item::List { items: items.iter().map(item).collect(), ordered: false, wide: 0 },
        _ => Item::NoNumber(vec![]),
    }
}
