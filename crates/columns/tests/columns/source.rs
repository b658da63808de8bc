//! Columns written into bins: what each kind of cell becomes, and that it reads back as it was.

use std::sync::Arc;

use aerostride_columns::{Dtype, Element, Layout, OnLoss, Source, TableError};
use aerostride_wire::{
    BatchRows, BatchWriteEncoder, MessageHeader, Op, Request, RowGroup, WriteAttributes, particle_type as t,
    write_type,
};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::records::schema;
use crate::reply::put_row;
use crate::sheet::{COLUMNS, LAYOUTS, Sheet, single};

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
    let source = Source::new(Arc::clone(&dtype), layout, bytes).unwrap();
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
    assert_eq!(bin_of("i2", &[2], &[1, 2, 3, 4]), (t::BLOB, vec![1, 2, 3, 4]));
    assert_eq!(bin_of("f8", &[1], &1.5_f64.to_le_bytes()), (t::BLOB, 1.5_f64.to_le_bytes().to_vec()));
}

#[test]
fn a_row_without_a_valid_cell_has_no_bins() {
    let dtype = Arc::new(single("i4", &[]));
    let layout = Layout::new(&dtype, 3, COLUMNS).unwrap();
    let mut bytes = vec![0xff; layout.byte_len];
    bytes[layout.fields[0].valid..][..3].copy_from_slice(&[0, 2, 0]);
    let source = Source::new(dtype, layout, bytes).unwrap();
    assert_eq!([0, 1, 2].map(|row| source.has_values(row)), [false, true, false]);
    assert_eq!(written_bins(&source).iter().map(Vec::len).collect::<Vec<_>>(), [0, 1, 0]);
}

#[test]
fn bytes_of_another_size_are_refused() {
    let dtype = Arc::new(single("i4", &[]));
    let layout = Layout::new(&dtype, 3, COLUMNS).unwrap();
    let need = layout.byte_len;
    let error = Source::new(dtype, layout, vec![0; need - 1]).unwrap_err();
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

/// Random cells, of which some are valid. The others are zeros, as a batch that was read has them.
fn fill(dtype: &Dtype, layout: &Layout, random: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; layout.byte_len];
    let mut random = random.iter().copied().cycle();
    let mut next = || random.next().unwrap_or(1);
    for row in 0..layout.rows {
        for (field, place) in dtype.fields().iter().zip(&layout.fields) {
            if next() % 4 == 0 {
                continue;
            }
            bytes[place.valid + row] = 1;
            let cell = &mut bytes[place.offset + row * place.stride..][..field.size()];
            cell.fill_with(&mut next);
            if !field.is_array() {
                settle(field.element, cell);
            }
        }
    }
    bytes
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
            let bytes = fill(&dtype, &layout, &random);
            let source = Source::new(Arc::clone(&dtype), layout.clone(), bytes.clone()).unwrap();
            let mut body = Vec::new();
            for (transaction, bins) in (0..).zip(written_bins(&source)) {
                let bins: Vec<_> = bins.iter().map(|(name, kind, value)| (name.as_str(), *kind, value.clone())).collect();
                put_row(&mut body, MessageHeader { transaction, ..MessageHeader::default() }, &bins);
            }
            let sheet = Sheet::new(&dtype, rows, kind, OnLoss::Allow);
            let (tally, results) = sheet.write(&body);
            results.unwrap();
            prop_assert!(tally.mismatched.iter().all(|count| *count == 0));
            let written = sheet.close();
            // Values and masks lie before the generations.
            prop_assert_eq!(&written.bytes[..layout.generations], &bytes[..layout.generations]);
        }
    }
}
