//! Random schemas, records, orders and requests, in every layout and with every `onLoss`: equal to the oracle in every
//! byte and every count.

use std::collections::BTreeMap;

use aerostride_columns::{
    Conversions, Dtype, Element, LayoutKind, Loss, LossReason, Mismatches, NO_RESPONSE, OnLoss, TTL_NEVER,
    Tally,
};
use aerostride_wire::MessageHeader;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::oracle::{Bin, Cell, cell, view_value};
use crate::records::{Answer, batch, encode};
use crate::reply::put_row;
use crate::sheet::{LAYOUTS, NOW, Sheet, Written, write_body};

/// Rows of the table in the order in which they were claimed, split into requests, and rows in the order of the reply.
#[derive(Debug, Clone)]
struct Requests {
    order: Vec<Index>,
    cuts: Vec<Index>,
}

fn requests() -> impl Strategy<Value = Requests> {
    let indexes = |most| proptest::collection::vec(any::<Index>(), 0..most);
    (indexes(20), indexes(3)).prop_map(|(order, cuts)| Requests { order, cuts })
}

impl Requests {
    /// The rows of every request.
    fn split(&self, rows: usize) -> Vec<Vec<u32>> {
        let mut order: Vec<u32> = (0..rows as u32).collect();
        for (at, other) in self.order.iter().enumerate().filter(|_| rows > 0) {
            order.swap(at % rows, other.index(rows));
        }
        let mut cuts: Vec<_> = self.cuts.iter().map(|cut| cut.index(rows + 1)).collect();
        cuts.extend([0, rows]);
        cuts.sort_unstable();
        cuts.windows(2).map(|pair| order[pair[0]..pair[1]].to_vec()).collect()
    }
}

/// The rows of one request as a server answers them: last first, which is no order at all.
fn reply(rows: &[u32], answers: &[Answer]) -> Vec<u8> {
    let mut body = Vec::new();
    for (index, &row) in rows.iter().enumerate().rev() {
        let transaction = index as u32;
        match &answers[row as usize] {
            Answer::None => {}
            Answer::Failed { code, generation, expires } => {
                let header = MessageHeader {
                    result_code: *code,
                    generation: *generation,
                    ttl: *expires,
                    transaction,
                    ..MessageHeader::default()
                };
                put_row(&mut body, header, &[]);
            }
            Answer::Record { generation, expires, bins } => {
                let bins: Vec<_> = bins
                    .iter()
                    .map(|(name, bin)| {
                        let (particle, value) = encode(bin);
                        (name.as_str(), particle, value)
                    })
                    .collect();
                let header = MessageHeader {
                    generation: *generation,
                    ttl: *expires,
                    transaction,
                    ..MessageHeader::default()
                };
                put_row(&mut body, header, &bins);
            }
        }
    }
    body
}

/// Bytes in blocks that no cell speaks of are zeros between lists.
fn check_blocks(dtype: &Dtype, written: &Written) {
    let mut rest = written.blocks.clone();
    for (field, place) in dtype.fields().iter().zip(&written.layout.fields) {
        for row in (0..written.layout.rows).filter(|_| field.element.is_view()) {
            let view = &written.bytes[place.offset + row * place.stride..][..16];
            let word = |at: usize| u32::from_le_bytes(view[at..at + 4].try_into().unwrap()) as usize;
            if word(0) > 12 || matches!(field.element, Element::List(_)) && word(0) > 0 {
                rest[word(8)][word(12)..][..word(0)].fill(0);
            }
        }
    }
    assert!(rest.concat().iter().all(|byte| *byte == 0));
}

/// What the library makes of the answers.
fn library(
    dtype: &Dtype,
    answers: &[Answer],
    requests: &Requests,
    kind: LayoutKind,
    on_loss: OnLoss,
) -> (Written, Tally) {
    let sheet = Sheet::new(dtype, answers.len(), kind, on_loss);
    let mut sum = sheet.tally();
    for rows in requests.split(answers.len()) {
        let mut claim = sheet.claim_rows(rows.clone()).unwrap();
        let mut tally = sheet.tally();
        write_body(&claim.open().unwrap(), &reply(&rows, answers), &mut tally).unwrap();
        sum.add(&tally);
    }
    (sheet.close(), sum)
}

fn cells<'a>(dtype: &'a Dtype, answer: &'a Answer) -> impl Iterator<Item = Cell> + 'a {
    dtype.fields().iter().map(move |field| match answer {
        Answer::Record { bins, .. } => {
            match (field.element, bins.iter().find(|(name, _)| *name == field.name)) {
                // As it came: how values are encoded is not the oracle's business.
                (Element::Any, Some((_, bin))) if !matches!(bin, Bin::Nil) => {
                    let (kind, bytes) = encode(bin);
                    Cell::Exact([&[kind][..], &bytes].concat())
                }
                (_, bin) => cell(field, bin.map(|(_, bin)| bin)),
            }
        }
        _ => Cell::Missing,
    })
}

fn expected_bytes(dtype: &Dtype, answers: &[Answer], written: &Written, on_loss: OnLoss) -> Vec<u8> {
    let layout = &written.layout;
    let mut bytes = vec![0; layout.byte_len];
    let mut put = |at: usize, value: &[u8]| bytes[at..at + value.len()].copy_from_slice(value);
    for (row, answer) in answers.iter().enumerate() {
        let (code, generation, ttl) = match answer {
            Answer::None => (NO_RESPONSE, 0, 0),
            Answer::Failed { code, .. } => (i32::from(*code), 0, 0),
            Answer::Record { generation, expires: 0, .. } => (0, *generation, TTL_NEVER),
            Answer::Record { generation, expires, .. } if *expires <= NOW => (0, *generation, 1),
            Answer::Record { generation, expires, .. } => (0, *generation, expires - NOW),
        };
        put(layout.result_codes + row * 4, &code.to_le_bytes());
        put(layout.generations + row * 4, &generation.to_le_bytes());
        put(layout.ttls + row * 4, &ttl.to_le_bytes());
        for ((cell, field), place) in cells(dtype, answer).zip(dtype.fields()).zip(&layout.fields) {
            let (value, valid) = cell.stored(field, on_loss);
            let at = place.offset + row * place.stride;
            if field.element.is_view() {
                // What it says is checked as a value; which block it is in is the library's own business.
                let view = &written.bytes[at..at + field.size()];
                assert_eq!(view_value(field.element, view, &written.blocks), value, "row {row} of {field:?}");
                put(at, view);
            } else {
                put(at, &value);
            }
            put(place.valid + row, &[valid]);
        }
    }
    bytes
}

fn expected_conversions(dtype: &Dtype, answers: &[Answer]) -> Vec<Conversions> {
    let mut counts = vec![Conversions::default(); dtype.fields().len()];
    for answer in answers.iter().filter(|answer| matches!(answer, Answer::Record { .. })) {
        for (cell, count) in cells(dtype, answer).zip(&mut counts) {
            match cell {
                Cell::Missing => count.missing += 1,
                Cell::Lossy(_) => count.lossy += 1,
                Cell::Mismatch => count.mismatched += 1,
                Cell::Exact(_) => {}
            }
        }
    }
    counts
}

/// The types of the mismatched bins of every field.
fn expected_mismatches(dtype: &Dtype, answers: &[Answer]) -> Vec<Mismatches> {
    const TYPES: [&str; 10] =
        ["Int", "Double", "Bool", "String", "Blob", "List", "Map", "HLL", "GeoJSON", "unknown"];
    let mut counts = BTreeMap::new();
    for answer in answers {
        let Answer::Record { bins, .. } = answer else { continue };
        for (field, _) in cells(dtype, answer).enumerate().filter(|(_, cell)| *cell == Cell::Mismatch) {
            let (_, bin) = bins.iter().find(|(name, _)| *name == dtype.fields()[field].name).unwrap();
            let place = TYPES.iter().position(|name| *name == type_name(bin)).unwrap();
            *counts.entry((field, place)).or_insert(0) += 1;
        }
    }
    let told = |((field, place), count)| Mismatches { field, bin_type: TYPES[place], count };
    counts.into_iter().map(told).collect()
}

/// Row, field, particle type and reason of the first loss in the order of rows and fields.
fn expected_loss(dtype: &Dtype, answers: &[Answer]) -> Option<(u32, usize, &'static str, LossReason)> {
    for (row, answer) in (0..).zip(answers) {
        let Answer::Record { bins, .. } = answer else { continue };
        for (field, cell) in cells(dtype, answer).enumerate() {
            let reason = match cell {
                Cell::Lossy(_) => LossReason::Lossy,
                Cell::Mismatch => LossReason::Mismatched,
                _ => continue,
            };
            let (_, bin) = bins.iter().find(|(name, _)| *name == dtype.fields()[field].name)?;
            return Some((row, field, type_name(bin), reason));
        }
    }
    None
}

fn type_name(bin: &Bin) -> &'static str {
    match bin {
        Bin::Nil => "Nil",
        Bin::Int(_) => "Int",
        Bin::Double(_) => "Double",
        Bin::Bool(_) => "Bool",
        Bin::Text(_) => "String",
        Bin::Blob(_) => "Blob",
        Bin::List(_) | Bin::BrokenList(..) => "List",
        Bin::Other(18, _) => "HLL",
        Bin::Other(19, _) => "Map",
        Bin::Other(23, _) => "GeoJSON",
        Bin::Other(..) => "unknown",
    }
}

proptest! {
    #![proptest_config(crate::cases(1500))]

    #[test]
    #[cfg_attr(miri, ignore = "minutes for every case; the conversion table by hand takes the same ways")]
    fn every_cell_mask_count_and_first_loss_is_the_oracles(
        (dtype, answers) in batch(),
        requests in requests(),
    ) {
        for kind in LAYOUTS {
            for on_loss in [OnLoss::Allow, OnLoss::Null, OnLoss::Throw] {
                let (written, tally) = library(&dtype, &answers, &requests, kind, on_loss);
                let expected = expected_bytes(&dtype, &answers, &written, on_loss);
                let differs = (0..expected.len()).find(|&at| expected[at] != written.bytes[at]);
                prop_assert!(
                    differs.is_none(),
                    "{:?} {:?}: byte {:?} of {:?}\n got      {:02x?}\n expected {:02x?}",
                    kind, on_loss, differs, written.layout, written.bytes, expected
                );
                check_blocks(&dtype, &written);
                prop_assert_eq!(tally.conversions(), expected_conversions(&dtype, &answers));
                prop_assert_eq!(tally.mismatches(), expected_mismatches(&dtype, &answers));
                let first = tally.first_loss.map(|Loss { row, field, bin_type, reason, .. }| (row, field, bin_type, reason));
                let expected = if on_loss == OnLoss::Throw { expected_loss(&dtype, &answers) } else { None };
                prop_assert_eq!(first, expected);
                let ok = answers.iter().filter(|answer| matches!(answer, Answer::Record { .. })).count();
                prop_assert_eq!(tally.ok_rows, ok as u64);
            }
        }
    }
}
