use aerospike::{Bin, Key, Value};
use anyhow::{Context, Result, bail};
use serde_json::Value as Json;

/// A set of records that every peer can make up by itself: the runner describes it, the loader writes it, the peers
/// read it, and the sum over its first bin proves that they have.
#[derive(Debug, Clone)]
pub struct Workload {
    /// Namespace name.
    pub namespace: String,
    /// Set name.
    pub set: String,
    /// The bins of every record.
    pub bins: Vec<BinSpec>,
}

/// One bin of a workload.
#[derive(Debug, Clone)]
pub struct BinSpec {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: BinKind,
}

/// What a bin holds; the same names as in a dtype.
#[derive(Debug, Clone, Copy)]
pub enum BinKind {
    /// `f8`: a double.
    Double,
    /// `i4`: an integer below 100,000.
    Int,
    /// `u1`: 0, 1 or 2.
    Status,
    /// `S16`: a short text.
    Text,
    /// `f4` with a length: a blob of little-endian floats.
    Vector(usize),
}

impl Workload {
    /// Reads the runner's description.
    pub fn parse(json: &Json) -> Result<Self> {
        let text = |name: &str| json[name].as_str().map(str::to_owned).with_context(|| format!("no {name}"));
        let bins = json["bins"].as_array().context("no bins")?;
        Ok(Self {
            namespace: text("namespace")?,
            set: text("set")?,
            bins: bins.iter().map(BinSpec::parse).collect::<Result<_>>()?,
        })
    }

    /// The user key of record `i`.
    pub fn user_key(i: u32) -> String {
        format!("key_{i}")
    }

    /// The key of record `i` as the crate wants it.
    pub fn key(&self, i: u32) -> Result<Key> {
        Ok(Key::new(&self.namespace, &self.set, Value::from(Self::user_key(i)))?)
    }

    /// The bins of record `i`.
    pub fn record(&self, i: u32) -> Vec<Bin> {
        self.bins
            .iter()
            .enumerate()
            .map(|(b, bin)| Bin::new(&bin.name, bin.kind.value(i, b as u32)))
            .collect()
    }

    /// The names of all bins.
    pub fn bin_names(&self) -> Vec<&str> {
        self.bins.iter().map(|bin| bin.name.as_str()).collect()
    }
}

impl BinSpec {
    fn parse(json: &Json) -> Result<Self> {
        let name = json["name"].as_str().context("a bin without a name")?.to_owned();
        let length = json["length"].as_u64().unwrap_or(0) as usize;
        let kind = match (json["code"].as_str(), length) {
            (Some("f8"), 0) => BinKind::Double,
            (Some("i4"), 0) => BinKind::Int,
            (Some("u1"), 0) => BinKind::Status,
            (Some("S16"), 0) => BinKind::Text,
            (Some("f4"), 1..) => BinKind::Vector(length),
            _ => bail!("bin {name} is of no known kind: {json}"),
        };
        Ok(Self { name, kind })
    }
}

impl BinKind {
    /// The value of bin number `b` of record `i`. The runner and the peers in other languages compute the same.
    pub fn value(self, i: u32, b: u32) -> Value {
        match self {
            Self::Double => Value::from(f64::from(i) * 0.5 + f64::from(b) + 0.25),
            Self::Int => Value::from(i64::from((u64::from(i) * 7 + u64::from(b)) as u32 % 100_000)),
            Self::Status => Value::from(i64::from((i + b) % 3)),
            Self::Text => Value::from(format!("v{b}_{i}")),
            Self::Vector(length) => Value::from(vector(i, length)),
        }
    }

    /// What a value of the first bin adds to the checksum.
    pub fn checksum(self, value: &Value) -> f64 {
        match value {
            Value::Float(number) => f64::from(number),
            Value::Int(number) => *number as f64,
            Value::String(text) => text.len() as f64,
            Value::Blob(bytes) => {
                bytes.first_chunk().map_or(0.0, |first| f64::from(f32::from_le_bytes(*first)))
            }
            _ => 0.0,
        }
    }
}

fn vector(i: u32, length: usize) -> Vec<u8> {
    let element = |e: usize| ((u64::from(i) * 31 + e as u64 * 7) % 1000) as f32 / 8.0;
    (0..length).flat_map(|e| element(e).to_le_bytes()).collect()
}
