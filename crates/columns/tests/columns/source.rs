//! Columns written into bins: what each kind of cell becomes, and that it reads back as it was.

use std::sync::Arc;

use aerostride_columns::{Dtype, Element, Layout, OnLoss, Source, TableError};
use aerostride_wire::{
    BatchRows, BatchWriteEncoder, MessageHeader, Op, Request, RowGroup, WriteAttributes, particle_type as t,
    write_type,
};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::oracle::view_value;
use crate::records::schema;
use crate::reply::put_row;
use crate::sheet::{COLUMNS, LAYOUTS, Sheet, Written, single};

/// A bin as it is written: name, particle type, value.
type Bin = (String, u8, Vec<u8>);

/// The bins that a write request holds for every row, read as a server does.
fn written_bins(source: &Source) -> Vec<Vec<Bin>> {
    let mut out = Vec::new();
    let mut encoder = BatchWriteEncoder::new(&mut out, 1000, None, WriteAttributes::default());
    let group = RowGroup { namespace: "test", set: "s" };
    for row in 0..source.rows() {
        encoder.row(row as u32, &[7; 20], group, None, |sink| source.put_row(row, sink));
    }
    encoder.finish().unwrap();
    let request = Request::parse(&out[8..]).unwrap();
    let mut rows = BatchRows::new(request.fields.batch.unwrap()).unwrap();
    let mut bins = Vec::new();
    while let Some(row) = rows.next_row().unwrap() {
        let bin = |op: Op<'_>| {
            assert_eq!(op.operation, write_type::WRITE);
            (String::from_utf8(op.name.to_vec()).unwrap(), op.particle, op.value.to_vec())
        };
        let ops = row.template.unwrap().ops;
        assert_eq!(ops.count() > 0, source.has_values(bins.len()));
        bins.push(ops.map(|op| bin(op.unwrap())).collect());
    }
    bins
}

/// One valid cell, and the bin that it becomes.
fn bin_of(code: &str, shape: &[usize], cell: &[u8]) -> (u8, Vec<u8>) {
    let dtype = Arc::new(single(code, shape));
    let layout = Layout::new(&dtype, 1, COLUMNS).unwrap();
    let mut bytes = vec![0; layout.byte_len];
    bytes[layout.fields[0].offset..][..cell.len()].copy_from_slice(cell);
    bytes[layout.fields[0].valid] = 1;
    let source = Source::new(Arc::clone(&dtype), layout, bytes, Vec::new()).unwrap();
    let mut rows = written_bins(&source);
    let (name, particle, value) = rows.remove(0).remove(0);
    // The header of an op has 8 bytes.
    assert!(8 + name.len() + value.len() <= source.row_bytes());
    assert_eq!(name, "x");
    (particle, value)
}

#[test]
fn every_kind_of_cell_becomes_its_particle() {
    let int = |value: i64| (t::INT, value.to_be_bytes().to_vec());
    let double = |value: f64| (t::DOUBLE, value.to_be_bytes().to_vec());
    assert_eq!(bin_of("i1", &[], &[0xff]), int(-1));
    assert_eq!(bin_of("u1", &[], &[0xff]), int(255));
    assert_eq!(bin_of("i2", &[], &(-300_i16).to_le_bytes()), int(-300));
    assert_eq!(bin_of("u2", &[], &65_535_u16.to_le_bytes()), int(65_535));
    assert_eq!(bin_of("i4", &[], &i32::MIN.to_le_bytes()), int(i64::from(i32::MIN)));
    assert_eq!(bin_of("u4", &[], &u32::MAX.to_le_bytes()), int(i64::from(u32::MAX)));
    assert_eq!(bin_of("i8", &[], &i64::MIN.to_le_bytes()), int(i64::MIN));
    assert_eq!(bin_of("u8", &[], &u64::MAX.to_le_bytes()), int(-1));
    assert_eq!(bin_of("f2", &[], &0x3e00_u16.to_le_bytes()), double(1.5));
    assert_eq!(bin_of("f4", &[], &0.1_f32.to_le_bytes()), double(f64::from(0.1_f32)));
    assert_eq!(bin_of("f8", &[], &(-0.0_f64).to_le_bytes()), double(-0.0));
    assert_eq!(bin_of("?", &[], &[1]), (t::BOOL, vec![1]));
    assert_eq!(bin_of("?", &[], &[9]), (t::BOOL, vec![1]));
    assert_eq!(bin_of("?", &[], &[0]), (t::BOOL, vec![0]));
    assert_eq!(bin_of("S6", &[], "ä\0b\0\0".as_bytes()), (t::STRING, "ä\0b".as_bytes().to_vec()));
    assert_eq!(bin_of("S2", &[], b"\0\0"), (t::STRING, vec![]));
    assert_eq!(bin_of("S2", &[], b"\xc3\0"), (t::BLOB, b"\xc3".to_vec()));
    assert_eq!(bin_of("V3", &[], b"a\0\0"), (t::BLOB, b"a\0\0".to_vec()));
    assert_eq!(bin_of("M8[ms]", &[], &7_i64.to_le_bytes()), int(7));
    assert_eq!(bin_of("utf8", &[], b"\x02\0\0\0hi"), (t::STRING, b"hi".to_vec()));
    assert_eq!(bin_of("binary", &[], b"\x02\0\0\0hi"), (t::BLOB, b"hi".to_vec()));
    assert_eq!(bin_of("any", &[], b"\x03\0\0\0\x03hi"), (t::STRING, b"hi".to_vec()));
    assert_eq!(bin_of("list<f4>", &[], &[]), (t::LIST, vec![0x90]));
    assert_eq!(bin_of("i2", &[2], &[1, 2, 3, 4]), (t::BLOB, vec![1, 2, 3, 4]));
    assert_eq!(bin_of("f8", &[1], &1.5_f64.to_le_bytes()), (t::BLOB, 1.5_f64.to_le_bytes().to_vec()));
}

#[test]
fn a_row_without_a_valid_cell_has_no_bins() {
    let dtype = Arc::new(single("i4", &[]));
    let layout = Layout::new(&dtype, 3, COLUMNS).unwrap();
    let mut bytes = vec![0xff; layout.byte_len];
    bytes[layout.fields[0].valid..][..3].copy_from_slice(&[0, 2, 0]);
    let source = Source::new(dtype, layout, bytes, Vec::new()).unwrap();
    assert_eq!([0, 1, 2].map(|row| source.has_values(row)), [false, true, false]);
    assert_eq!(written_bins(&source).iter().map(Vec::len).collect::<Vec<_>>(), [0, 1, 0]);
}

#[test]
fn bytes_of_another_size_are_refused() {
    let dtype = Arc::new(single("i4", &[]));
    let layout = Layout::new(&dtype, 3, COLUMNS).unwrap();
    let need = layout.byte_len;
    let error = Source::new(dtype, layout, vec![0; need - 1], Vec::new()).unwrap_err();
    assert_eq!(error, TableError::Size { need, got: need - 1 });
}

/// Changes cells that are not kept bit for bit: a signalling NaN of 4 bytes becomes quiet, a `?` is 0 or 1.
fn settle(element: Element, cell: &mut [u8]) {
    match element {
        Element::Bool => cell[0] = u8::from(cell[0] != 0),
        Element::F4 if cell[3] & 0x7f == 0x7f => cell.copy_from_slice(&f32::INFINITY.to_le_bytes()),
        _ => {}
    }
}

/// Random bytes without an end.
struct Random<'r>(std::iter::Cycle<std::iter::Copied<std::slice::Iter<'r, u8>>>);

impl Random<'_> {
    fn byte(&mut self) -> u8 {
        self.0.next().unwrap_or(1)
    }

    fn bytes(&mut self, most: u8) -> Vec<u8> {
        let size = self.byte() % (most + 1);
        (0..size).map(|_| self.byte()).collect()
    }

    /// A value that can be written.
    fn value(&mut self, element: Element) -> Vec<u8> {
        match element {
            Element::Utf8 => self.bytes(40).iter().map(|byte| byte & 0x7f).collect(),
            Element::List(element) => {
                let mut cells = self.bytes(60);
                cells.truncate(cells.len() / element.size() * element.size());
                cells.chunks_exact_mut(element.size()).for_each(|cell| settle(*element, cell));
                cells
            }
            Element::Any => match self.byte() % 6 {
                0 => [&[t::INT][..], &[9; 8]].concat(),
                1 => vec![t::BOOL, 1],
                2 => [&[t::STRING][..], &self.bytes(40)].concat(),
                3 => [&[t::BLOB][..], &self.bytes(40)].concat(),
                4 => [&[t::LIST, 0x92, 7, 0xa2][..], &[3, self.byte()]].concat(),
                _ => vec![t::MAP, 0x81, 1, 0xc0],
            },
            _ => self.bytes(40),
        }
    }
}

/// Puts a value into a block and gives the cell that speaks of it.
fn put_view(element: Element, value: &[u8], blocks: &mut Vec<Vec<u8>>) -> Vec<u8> {
    let size = (value.len() as i32).to_le_bytes();
    if value.is_empty() || value.len() <= 12 && !matches!(element, Element::List(_)) {
        let mut cell = [&size[..], value].concat();
        cell.resize(16, 0);
        return cell;
    }
    if blocks.last().is_none_or(|block| block.len() > 50) {
        blocks.push(Vec::new());
    }
    let (number, block) = (blocks.len() as i32 - 1, blocks.last_mut().unwrap());
    block.resize(block.len().next_multiple_of(8), 0);
    let offset = block.len() as i32;
    block.extend(value);
    [size, [0; 4], number.to_le_bytes(), offset.to_le_bytes()].concat()
}

/// Random cells, of which some are valid. The others are zeros, as a batch that was read has them.
fn fill(dtype: &Dtype, layout: &Layout, random: &[u8]) -> (Vec<u8>, Vec<Vec<u8>>) {
    let (mut bytes, mut blocks) = (vec![0; layout.byte_len], Vec::new());
    let mut random = Random(random.iter().copied().cycle());
    for row in 0..layout.rows {
        for (field, place) in dtype.fields().iter().zip(&layout.fields) {
            if random.byte() % 4 == 0 {
                continue;
            }
            bytes[place.valid + row] = 1;
            let cell = &mut bytes[place.offset + row * place.stride..][..field.size()];
            if field.element.is_view() {
                let value = random.value(field.element);
                cell.copy_from_slice(&put_view(field.element, &value, &mut blocks));
                continue;
            }
            cell.fill_with(|| random.byte());
            if !field.is_array() {
                settle(field.element, cell);
            }
        }
    }
    (bytes, blocks)
}

/// The cells of both are the same, those of views when they say the same.
fn assert_same(dtype: &Dtype, layout: &Layout, written: &Written, bytes: &[u8], blocks: &[Vec<u8>]) {
    let mut expected = bytes.to_vec();
    for (field, place) in dtype.fields().iter().zip(&layout.fields) {
        for row in (0..layout.rows).filter(|_| field.element.is_view()) {
            let cell = place.offset + row * place.stride..place.offset + row * place.stride + 16;
            let read = &written.bytes[cell.clone()];
            let value = view_value(field.element, read, &written.blocks);
            // A cell that was made here has no prefix, and one of a list no number of elements.
            let mut made = expected[cell.clone()].to_vec();
            if value.len() > 12 || matches!(field.element, Element::List(_)) {
                made[4..8].copy_from_slice(&read[4..8]);
            }
            assert_eq!(view_value(field.element, &made, blocks), value);
            expected[cell].copy_from_slice(read);
        }
    }
    // Values and masks lie before the generations.
    assert_eq!(&written.bytes[..layout.generations], &expected[..layout.generations]);
}

proptest! {
    #[test]
    fn what_is_written_reads_back_byte_for_byte(
        dtype in schema(),
        rows in 0..6_usize,
        random in vec(any::<u8>(), 1..400),
    ) {
        let dtype = Arc::new(dtype);
        for kind in LAYOUTS {
            let layout = Layout::new(&dtype, rows, kind).unwrap();
            let (bytes, blocks) = fill(&dtype, &layout, &random);
            let source = Source::new(Arc::clone(&dtype), layout.clone(), bytes.clone(), blocks.clone()).unwrap();
            let mut body = Vec::new();
            for (transaction, bins) in (0..).zip(written_bins(&source)) {
                let bins: Vec<_> = bins.iter().map(|(name, kind, value)| (name.as_str(), *kind, value.clone())).collect();
                put_row(&mut body, MessageHeader { transaction, ..MessageHeader::default() }, &bins);
            }
            let sheet = Sheet::new(&dtype, rows, kind, OnLoss::Allow);
            let (tally, results) = sheet.write(&body);
            results.unwrap();
            prop_assert!(tally.mismatches().is_empty());
            assert_same(&dtype, &layout, &sheet.close(), &bytes, &blocks);
        }
    }
}

/// What is said of one cell of a view.
fn refusal(code: &str, cell: [u8; 16], blocks: &[&[u8]]) -> String {
    let dtype = Arc::new(single(code, &[]));
    let layout = Layout::new(&dtype, 2, COLUMNS).unwrap();
    let mut bytes = vec![0; layout.byte_len];
    bytes[layout.fields[0].offset + 16..][..16].copy_from_slice(&cell);
    bytes[layout.fields[0].valid + 1] = 1;
    let blocks = blocks.iter().map(|block| block.to_vec()).collect();
    Source::new(dtype, layout, bytes, blocks).unwrap_err().to_string()
}

fn view(size: i32, block: i32, offset: i32) -> [u8; 16] {
    [size.to_le_bytes(), [0; 4], block.to_le_bytes(), offset.to_le_bytes()].concat().try_into().unwrap()
}

#[test]
fn cells_that_speak_of_bytes_that_are_not_there_are_refused() {
    let block: &[u8] = &[b'a'; 20];
    let told = r#"field "x", row 1: the value lies outside the blocks"#;
    for (size, number, offset) in [
        (13, 1, 0),
        (21, 0, 0),
        (13, 0, 8),
        (13, 0, 21),
        (13, -1, 0),
        (13, 0, -1),
        (-1, 0, 0),
        (i32::MIN, 0, 0),
        (i32::MAX, 0, 0),
        (i32::MAX, i32::MAX, i32::MAX),
    ] {
        assert_eq!(refusal("binary", view(size, number, offset), &[block]), told);
    }
    assert_eq!(refusal("list<u1>", view(1, 0, 0), &[]), told);
}

#[test]
fn values_that_are_not_sound_are_refused() {
    let told = |code, value: &[u8]| {
        let refusal = refusal(code, view(value.len() as i32, 0, 0), &[value]);
        refusal.strip_prefix(r#"field "x", row 1: "#).unwrap().to_owned()
    };
    assert_eq!(told("utf8", b"a text that ends \xff"), "the text is not valid UTF-8");
    assert_eq!(told("list<f4>", &[0; 6]), "the list's bytes are not whole elements");
    assert_eq!(told("any", &[]), "the value has no type");
    assert_eq!(told("any", &[7; 20]), "values of its type cannot be written");
    for kind in [t::INT, t::DOUBLE, t::BOOL, t::LIST, t::MAP] {
        let value = [&[kind][..], &[0x95; 19]].concat();
        assert_eq!(told("any", &value), "the value is not what its type says", "{kind}");
    }
    let point = [&[t::GEOJSON, 0, 0, 9][..], &[0; 20]].concat();
    assert_eq!(told("any", &point), "the value is not what its type says");
}

#[test]
fn rows_are_planned_by_their_mean_unless_one_is_very_large() {
    let row_bytes = |sizes: &[usize]| {
        let dtype = Arc::new(single("binary", &[]));
        let layout = Layout::new(&dtype, sizes.len(), COLUMNS).unwrap();
        let mut bytes = vec![0; layout.byte_len];
        for (row, &size) in sizes.iter().enumerate() {
            let at = layout.fields[0].offset + row * 16;
            bytes[at..at + 16].copy_from_slice(&view(size as i32, row as i32, 0));
            bytes[layout.fields[0].valid + row] = 1;
        }
        let blocks = sizes.iter().map(|&size| vec![0; size]).collect();
        Source::new(dtype, layout, bytes, blocks).unwrap().row_bytes()
    };
    let base = row_bytes(&[]);
    assert_eq!(row_bytes(&[100, 300]) - base, 200);
    let many = [vec![20; 99], vec![160_000]].concat();
    assert_eq!(row_bytes(&many) - base, 10_000);
}
