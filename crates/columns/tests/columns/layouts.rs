//! What every layout keeps, whatever the dtype.

use std::ops::Range;

use aerostride_columns::{Dtype, Element, FieldSpec, Layout};
use proptest::prelude::*;

use crate::sheet::{ALIGNED, COLUMNS, LAYOUTS, PACKED, dtype, single};

const CODES: [&str; 21] = [
    "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "?", "S1", "S7", "V5", "V64", "M8[ms]",
    "utf8", "binary", "any", "list<i2>",
];

const SCALARS: [&str; 9] = ["S1", "S7", "V5", "V64", "M8[ms]", "utf8", "binary", "any", "list<i2>"];

fn any_dtype() -> impl Strategy<Value = Dtype> {
    let shape = proptest::collection::vec(1..5_usize, 0..4);
    proptest::collection::vec((0..CODES.len(), shape), 0..12).prop_map(|fields| {
        let names: Vec<_> = (0..fields.len()).map(|i| format!("f{i}")).collect();
        let specs: Vec<_> = fields
            .iter()
            .zip(&names)
            .map(|((code, shape), name)| {
                let code = CODES[*code];
                let shape = if SCALARS.contains(&code) { &[] } else { &shape[..] };
                FieldSpec { name, code, shape }
            })
            .collect();
        Dtype::parse(&specs).unwrap()
    })
}

/// Every span of bytes that belongs to one cell, mask byte, generation, ttl or code.
fn spans(dtype: &Dtype, layout: &Layout) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    for row in 0..layout.rows {
        for (field, place) in dtype.fields().iter().zip(&layout.fields) {
            let at = place.offset + row * place.stride;
            spans.push(at..at + field.size());
            spans.push(place.valid + row..place.valid + row + 1);
        }
        for region in [layout.generations, layout.ttls, layout.result_codes] {
            spans.push(region + row * 4..region + row * 4 + 4);
        }
    }
    spans
}

proptest! {
    #[test]
    fn no_two_cells_share_a_byte_and_all_are_inside(dtype in any_dtype(), rows in 0..70_usize) {
        for kind in LAYOUTS {
            let layout = Layout::new(&dtype, rows, kind).unwrap();
            let mut spans = spans(&dtype, &layout);
            spans.sort_by_key(|span| span.start);
            for pair in spans.windows(2) {
                prop_assert!(pair[0].end <= pair[1].start, "{:?}: {:?}", kind, pair);
            }
            prop_assert!(spans.last().is_none_or(|span| span.end <= layout.byte_len));
        }
    }

    #[test]
    fn regions_begin_at_multiples_of_64(dtype in any_dtype(), rows in 0..70_usize) {
        for kind in LAYOUTS {
            let layout = Layout::new(&dtype, rows, kind).unwrap();
            let mut regions = vec![layout.generations, layout.ttls, layout.result_codes, layout.byte_len];
            regions.extend(layout.fields.iter().map(|place| place.valid));
            if kind == COLUMNS {
                regions.extend(layout.fields.iter().map(|place| place.offset));
            }
            prop_assert!(regions.iter().all(|at| at % 64 == 0), "{:?}: {:?}", kind, layout);
            prop_assert_eq!((layout.rows, layout.kind), (rows, kind));
        }
    }

    #[test]
    fn aligned_records_are_c_structs_and_packed_ones_have_no_gap(dtype in any_dtype()) {
        let packed = Layout::new(&dtype, 2, PACKED).unwrap();
        let aligned = Layout::new(&dtype, 2, ALIGNED).unwrap();
        let mut end_packed = 0;
        let mut end_aligned = 0;
        for (i, field) in dtype.fields().iter().enumerate() {
            let alignment = alignment(field.element);
            prop_assert_eq!(packed.fields[i].offset, end_packed);
            prop_assert_eq!(aligned.fields[i].offset % alignment, 0);
            prop_assert_eq!(aligned.itemsize % alignment, 0);
            prop_assert!((0..alignment).contains(&(aligned.fields[i].offset - end_aligned)));
            end_packed += field.size();
            end_aligned = aligned.fields[i].offset + field.size();
        }
        prop_assert_eq!(packed.itemsize, end_packed);
        prop_assert!(aligned.itemsize >= end_aligned && aligned.itemsize < end_aligned + 8);
    }
}

fn alignment(element: Element) -> usize {
    match element {
        Element::Text(_) | Element::Void(_) => 1,
        Element::Utf8 | Element::Binary | Element::Any | Element::List(_) => 8,
        number => number.size(),
    }
}

#[test]
fn a_table_without_rows_or_fields_has_a_layout() {
    for kind in LAYOUTS {
        let no_rows = Layout::new(&dtype(&[("a", "f8")]), 0, kind).unwrap();
        assert_eq!((no_rows.byte_len, no_rows.itemsize), (0, 8));
        let no_fields = Layout::new(&dtype(&[]), 3, kind).unwrap();
        assert_eq!((no_fields.byte_len, no_fields.itemsize), (3 * 64, 0));
    }
}

#[test]
fn sizes_beyond_the_address_space_are_refused() {
    let dtype = single("V134217728", &[]);
    for kind in [COLUMNS, PACKED, ALIGNED] {
        for rows in [1 << 37, usize::MAX, usize::MAX / 134_217_728, isize::MAX as usize / 134_217_728] {
            let error = Layout::new(&dtype, rows, kind).unwrap_err();
            assert_eq!(error.to_string(), format!("{rows} rows of 134217728 bytes do not fit in one buffer"));
        }
    }
}
