//! A consumer of streams: lends memory, takes batches, and gives what it was given as rows.

use std::collections::HashMap;
use std::sync::Arc;

use aerostride_columns::{Dtype, FieldSpec, LayoutKind, OnLoss};
use aerostride_core::{
    Client, Content, Cursor, Error, Filled, Stream, StreamBins, StreamOptions, now_seconds,
};

use crate::stocked::memory::Memory;

/// A row of the set `stock`: its number, its padding, its key, its digest, as far as it has them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    pub number: Option<i64>,
    pub pad: Vec<u8>,
    pub key: Option<(u8, Vec<u8>)>,
    pub digest: Vec<u8>,
    pub generation: u32,
}

/// A stream with its consumer's memory.
pub struct Reader {
    pub stream: Stream,
    dtype: Arc<Dtype>,
    pad: usize,
    batch_rows: usize,
    lent: HashMap<u32, Memory>,
    next_id: u32,
    /// Rows of each batch, in order.
    pub batches: Vec<usize>,
}

/// A scan of the set `stock` into the columns `n` and `pad`.
pub fn scan() -> StreamOptions {
    let bins = StreamBins::Named(vec!["n".into(), "pad".into()]);
    StreamOptions { bins, ..StreamOptions::scan("test", "stock") }
}

impl Reader {
    pub fn new(client: &Client, options: StreamOptions, pad: usize, batch_rows: usize) -> Self {
        // A padding that does not lie in its cell is read as bytes of any length.
        let code = if pad > 12 { "binary".to_owned() } else { format!("V{}", pad.max(1)) };
        let fields = [
            FieldSpec { name: "n", code: "i8", shape: &[] },
            FieldSpec { name: "pad", code: &code, shape: &[] },
        ];
        Self {
            stream: client.stream(options).unwrap(),
            dtype: Arc::new(Dtype::parse(&fields).unwrap()),
            pad,
            batch_rows,
            lent: HashMap::new(),
            next_id: 0,
            batches: Vec::new(),
        }
    }

    /// The rows of the next batch.
    pub async fn next(&mut self) -> Result<Option<Vec<Row>>, Error> {
        while self.lent.len() < self.stream.wanted() {
            let memory =
                Memory::new(&self.dtype, self.batch_rows, LayoutKind::Columns, OnLoss::Allow, now_seconds());
            self.next_id += 1;
            self.stream.lend_columns(self.next_id, &memory.table, Arc::clone(&self.dtype)).unwrap();
            self.lent.insert(self.next_id, memory);
        }
        let Some(filled) = self.stream.next().await? else { return Ok(None) };
        let memory = self.lent.remove(&filled.id).unwrap();
        self.batches.push(filled.rows);
        assert!(filled.rows > 0 && filled.rows <= self.batch_rows, "{} rows", filled.rows);
        Ok(Some(self.rows(&memory, &filled)))
    }

    /// All rows that are left.
    pub async fn rest(&mut self) -> Result<Vec<Row>, Error> {
        let mut rows = Vec::new();
        while let Some(mut more) = self.next().await? {
            rows.append(&mut more);
        }
        Ok(rows)
    }

    fn rows(&self, memory: &Memory, filled: &Filled) -> Vec<Row> {
        let Content::Columns(appended) = &filled.content else { panic!("{:?}", filled.content) };
        assert_eq!(appended.layout.rows, filled.rows);
        assert_eq!(appended.tally.ok_rows as usize, filled.rows);
        let bytes = &memory.bytes()[..appended.layout.byte_len];
        let layout = &appended.layout;
        let cell = |field: usize, row: usize, size: usize| {
            let place = &layout.fields[field];
            let at = place.offset + row * place.stride;
            (bytes[place.valid + row] == 1).then(|| bytes[at..at + size].to_vec())
        };
        let view = |cell: Vec<u8>| {
            let word = |at: usize| u32::from_le_bytes(cell[at..at + 4].try_into().unwrap()) as usize;
            match (word(0), word(8), word(12)) {
                (size @ ..13, ..) => cell[4..4 + size].to_vec(),
                (size, block, offset) => appended.blocks[block][offset..offset + size].to_vec(),
            }
        };
        let pad =
            |row: usize| if self.pad > 12 { cell(1, row, 16).map(view) } else { cell(1, row, self.pad) };
        let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
        (0..filled.rows)
            .map(|row| {
                assert_eq!(word(layout.result_codes + row * 4), 0);
                Row {
                    number: cell(0, row, 8).map(|bytes| i64::from_le_bytes(bytes.try_into().unwrap())),
                    pad: pad(row).unwrap_or_default(),
                    key: key(filled, row),
                    digest: filled.keys.digests.get(row * 20..row * 20 + 20).unwrap_or_default().to_vec(),
                    generation: word(layout.generations + row * 4),
                }
            })
            .collect()
    }

    pub fn cursor(&self) -> Cursor {
        // As text, as another process would get it.
        Cursor::parse(&self.stream.cursor().encode()).unwrap()
    }
}

fn key(filled: &Filled, row: usize) -> Option<(u8, Vec<u8>)> {
    let kind = *filled.keys.kinds.get(row)?;
    let begin = if row == 0 { 0 } else { filled.keys.ends[row - 1] as usize };
    let bytes = filled.keys.bytes[begin..filled.keys.ends[row] as usize].to_vec();
    (kind != 0).then_some((kind, bytes))
}

/// The numbers of rows, sorted, after a check that each row is what was stored under its number.
pub fn numbers(rows: &[Row], pad: usize) -> Vec<i64> {
    let mut numbers: Vec<i64> = rows
        .iter()
        .map(|row| {
            let number = row.number.unwrap_or_else(|| panic!("{row:?}"));
            assert_eq!(row.pad, crate::stocked::padding(number as usize, pad), "record {number}");
            assert_eq!(row.generation, 1, "record {number}");
            number
        })
        .collect();
    numbers.sort_unstable();
    numbers
}

/// Asserts that the rows are those of the first `records` numbers, each once.
pub fn assert_each_once(rows: &[Row], records: usize, pad: usize) {
    let numbers = numbers(rows, pad);
    let expected: Vec<i64> = (0..records as i64).collect();
    if numbers != expected {
        let doubled: Vec<_> =
            numbers.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
        let missing: Vec<_> =
            expected.iter().filter(|number| numbers.binary_search(number).is_err()).collect();
        panic!("{} rows of {records}; twice: {doubled:?}; missing: {missing:?}", numbers.len());
    }
}
