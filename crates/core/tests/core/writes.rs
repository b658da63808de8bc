//! Columns that we write, read back by the `aerospike` crate and by ourselves.

use std::collections::HashMap;
use std::sync::Arc;

use aerospike::{BatchOperation, BatchReadPolicy, Bins, Value};
use aerostride_columns::{Dtype, Element, Field, Layout, LayoutKind, OnLoss, Source};
use aerostride_core::{BatchPolicy, CancellationToken, KeySource, ReadRequest, WriteRequest, now_seconds};
use aerostride_devserver::Config;
use aerostride_wire::WriteAttributes;
use rand::RngExt as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;

use crate::memory::Memory;
use crate::random::{schema, seeded};
use crate::records::{AnyKey, pack};
use crate::served::Served;

/// Nothing that could be sent.
const ERR_PARAM: i32 = -2;

/// Random cells, of which about a quarter and now and then a whole row are not valid.
fn fill(rng: &mut StdRng, dtype: &Dtype, layout: &Layout) -> Vec<u8> {
    let mut bytes = vec![0; layout.byte_len];
    for row in 0..layout.rows {
        let empty = rng.random_ratio(1, 10);
        for (field, place) in dtype.fields().iter().zip(&layout.fields) {
            if empty || rng.random_ratio(1, 4) {
                continue;
            }
            bytes[place.valid + row] = 1;
            let at = place.offset + row * place.stride;
            bytes[at..at + field.size()].copy_from_slice(&cell(rng, field));
        }
    }
    bytes
}

/// Bytes that every kind keeps: no NaN, and 0 or 1 for a boolean.
fn cell(rng: &mut StdRng, field: &Field) -> Vec<u8> {
    let mut cell: Vec<u8> = (0..field.size()).map(|_| rng.random()).collect();
    match field.element {
        _ if field.is_array() => {}
        Element::Bool => cell[0] %= 2,
        Element::F2 | Element::F4 | Element::F8 => *cell.last_mut().unwrap() &= 0xbf,
        Element::Text(_) => cell.iter_mut().for_each(|byte| *byte = *b"abc\0".choose(rng).unwrap()),
        _ => {}
    }
    cell
}

/// What the crate must read for a cell.
fn value(field: &Field, cell: &[u8]) -> Value {
    let wide = |fill: u8| {
        let mut word = [fill; 8];
        word[..cell.len()].copy_from_slice(cell);
        i64::from_le_bytes(word)
    };
    let sign = if cell.last().is_some_and(|last| last & 0x80 != 0) { 0xff } else { 0 };
    match field.element {
        _ if field.is_array() => Value::Blob(cell.to_vec()),
        Element::Text(_) => Value::from(std::str::from_utf8(cell).unwrap().trim_end_matches('\0')),
        Element::Void(_) => Value::Blob(cell.to_vec()),
        Element::Bool => Value::Bool(cell[0] == 1),
        Element::F2 => Value::from(aerostride_columns::f16_to_f64(wide(0) as u16)),
        Element::F4 => Value::from(f64::from(f32::from_bits(wide(0) as u32))),
        Element::F8 => Value::from(f64::from_bits(wide(0) as u64)),
        Element::I1 | Element::I2 | Element::I4 | Element::I8 => Value::Int(wide(sign)),
        _ => Value::Int(wide(0)),
    }
}

struct Written {
    dtype: Arc<Dtype>,
    layout: Layout,
    bytes: Vec<u8>,
    keys: Vec<AnyKey>,
    ttl: u32,
}

impl Written {
    fn random(rng: &mut StdRng, first_key: u32) -> Self {
        let dtype = Arc::new(schema(rng));
        let rows = *[1, 30, 1500].choose(rng).unwrap();
        let keys = (first_key..first_key + rows).map(|number| AnyKey::random(rng, number)).collect();
        let kind = *[LayoutKind::Columns, LayoutKind::Rows { align: true }].choose(rng).unwrap();
        let layout = Layout::new(&dtype, rows as usize, kind).unwrap();
        let bytes = fill(rng, &dtype, &layout);
        Self { dtype, layout, bytes, keys, ttl: *[u32::MAX, 5000].choose(rng).unwrap() }
    }

    fn source_of_keys(&self) -> KeySource {
        KeySource::Packed(Arc::new(pack(&self.keys)))
    }

    fn cell(&self, field: usize, row: usize) -> Option<&[u8]> {
        let place = &self.layout.fields[field];
        let at = place.offset + row * place.stride;
        (self.bytes[place.valid + row] == 1).then(|| &self.bytes[at..at + self.dtype.fields()[field].size()])
    }

    /// The bins that the record of a row must have.
    fn bins(&self, row: usize) -> HashMap<String, Value> {
        let fields = self.dtype.fields().iter().enumerate();
        let bin = |(position, field): (usize, &Field)| {
            Some((field.name.clone(), value(field, self.cell(position, row)?)))
        };
        fields.filter_map(bin).collect()
    }

    async fn write(&self, served: &Served) {
        let source =
            Source::new(Arc::clone(&self.dtype), self.layout.clone(), self.bytes.clone(), Vec::new())
                .unwrap();
        let no_fields = Dtype::parse(&[]).unwrap();
        let codes =
            Memory::new(&no_fields, self.keys.len(), LayoutKind::Columns, OnLoss::Allow, now_seconds());
        let request = WriteRequest {
            source: Arc::new(source),
            attributes: WriteAttributes { ttl: self.ttl, ..WriteAttributes::default() },
            send_key: true,
            policy: BatchPolicy::default(),
        };
        let (table, never) = (Arc::clone(&codes.table), CancellationToken::new());
        let written = served.ours.batch_write(self.source_of_keys(), table, request, &never).await.unwrap();
        let full = (0..self.keys.len()).filter(|&row| !self.bins(row).is_empty()).count();
        assert_eq!(written.ok, full as u64);
        for row in 0..self.keys.len() {
            let expected = if self.bins(row).is_empty() { ERR_PARAM } else { 0 };
            assert_eq!(codes.code(row), expected, "row {row}");
        }
    }

    async fn check_with_the_crate(&self, served: &Served) {
        let policy = BatchReadPolicy::default();
        let read = |key: &AnyKey| BatchOperation::read(&policy, key.for_crate(), Bins::All);
        let mut reads: Vec<_> = self.keys.iter().map(read).collect();
        served.crates.batch(&aerospike::BatchPolicy::default(), &mut reads).await.unwrap();
        for (row, read) in reads.into_iter().enumerate() {
            let expected = self.bins(row);
            let Some(record) = read.into_batch_record().record else {
                assert!(expected.is_empty(), "row {row} has no record");
                continue;
            };
            assert_eq!(record.generation, 1, "row {row}");
            assert_eq!(record.expiration() == 0, self.ttl == u32::MAX, "row {row}");
            assert_eq!(record.bins.into_iter().collect::<HashMap<_, _>>(), expected, "row {row}");
        }
    }

    /// Whoever wrote no cell reads zeros: the buffers are equal up to generations and codes.
    async fn check_with_ourselves(&self, served: &Served) {
        let memory =
            Memory::new(&self.dtype, self.keys.len(), self.layout.kind, OnLoss::Allow, now_seconds());
        let bins = self.dtype.fields().iter().map(Field::read).collect();
        let request = ReadRequest { bins, policy: BatchPolicy::default() };
        let (table, never) = (Arc::clone(&memory.table), CancellationToken::new());
        served.ours.batch_read(self.source_of_keys(), table, request, &never).await.unwrap();
        let values = ..self.layout.generations;
        assert!(memory.bytes()[values] == self.bytes[values], "the columns differ");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_we_write_is_what_both_clients_read() {
    let mut rng = seeded();
    let served = Served::start(Config::new().nodes(2)).await;
    for batch in 0..40 {
        let written = Written::random(&mut rng, batch * 10_000);
        written.write(&served).await;
        written.check_with_the_crate(&served).await;
        written.check_with_ourselves(&served).await;
    }
    served.stop().await;
}
