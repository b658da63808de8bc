//! Rows that are appended instead of addressed, as streams have them.

use std::sync::Arc;

use aerostride_columns::{Appender, Layout, OnLoss};
use aerostride_wire::ReplyWalker;
use proptest::prelude::*;

use crate::reply::{double, int, put_row, success};
use crate::sheet::{LAYOUTS, Sheet, dtype};

const FIELDS: [(&str, &str); 4] = [("a", "i4"), ("b", "f8"), ("c", "S3"), ("d", "utf8")];

/// A body of rows with the values of `numbers`; every third row has no `b`.
fn body(numbers: &[i32]) -> Vec<u8> {
    let mut body = Vec::new();
    for (position, &number) in numbers.iter().enumerate() {
        let mut bins = vec![int("a", i64::from(number))];
        if position % 3 != 2 {
            bins.push(double("b", f64::from(number) / 2.0));
        }
        bins.push(("c", 3, number.to_string().into_bytes()));
        let many = number.unsigned_abs() as usize % 700;
        bins.push(("d", 3, number.to_string().repeat(many).into_bytes()));
        put_row(&mut body, success(0), &bins);
    }
    body
}

fn append(appender: &mut Appender, body: &[u8]) -> usize {
    let mut walker = ReplyWalker::new(body);
    let mut burst = appender.open().unwrap();
    let mut count = 0;
    while !burst.is_full() {
        let Some(header) = walker.next_row().unwrap() else { break };
        burst.append(&header, &mut walker).unwrap();
        count += 1;
    }
    count
}

proptest! {
    #[test]
    fn fewer_rows_than_the_table_has_are_as_if_the_table_had_just_these(
        numbers in proptest::collection::vec(any::<i32>(), 0..90),
        spare in 0_usize..80,
        kind in proptest::sample::select(&LAYOUTS[..]),
    ) {
        let dtype = Arc::new(dtype(&FIELDS));
        let sheet = Sheet::new(&dtype, numbers.len() + spare, kind, OnLoss::Allow);
        let mut appender = Appender::new(&sheet.table, Arc::clone(&dtype)).unwrap();
        append(&mut appender, &body(&numbers));
        appender.keep();
        prop_assert_eq!(appender.is_full(), spare == 0);
        let appended = appender.finish().unwrap().unwrap();

        let exact = Sheet::new(&dtype, numbers.len(), kind, OnLoss::Allow);
        let mut whole = Appender::new(&exact.table, Arc::clone(&dtype)).unwrap();
        append(&mut whole, &body(&numbers));
        whole.keep();
        let expected = whole.finish().unwrap().unwrap();
        prop_assert_eq!(&appended, &expected);
        prop_assert_eq!(&appended.layout, &Layout::new(&dtype, numbers.len(), kind).unwrap());
        prop_assert_eq!(&sheet.peek()[..appended.layout.byte_len], exact.peek());
        prop_assert_eq!(appended.tally.ok_rows, numbers.len() as u64);
    }

    #[test]
    fn rows_taken_back_leave_nothing(
        kept in proptest::collection::vec(any::<i32>(), 0..70),
        dropped in proptest::collection::vec(any::<i32>(), 1..70),
        more in proptest::collection::vec(any::<i32>(), 0..70),
        kind in proptest::sample::select(&LAYOUTS[..]),
    ) {
        let dtype = Arc::new(dtype(&FIELDS));
        let run = |parts: &[(&[i32], bool)]| {
            let sheet = Sheet::new(&dtype, 220, kind, OnLoss::Allow);
            let mut appender = Appender::new(&sheet.table, Arc::clone(&dtype)).unwrap();
            for &(numbers, keep) in parts {
                append(&mut appender, &body(numbers));
                if keep { appender.keep() } else { appender.rewind() }
            }
            let appended = appender.finish().unwrap().unwrap();
            let bytes = sheet.peek()[..appended.layout.byte_len].to_vec();
            (appended.layout, appended.tally.conversions(), bytes, appended.blocks)
        };
        prop_assert_eq!(run(&[(&kept, true), (&dropped, false), (&more, true)]), run(&[(&kept, true), (&more, true)]));
        // What nobody has kept is taken back at the end.
        prop_assert_eq!(run(&[(&kept, true), (&dropped, false)]), run(&[(&kept, true)]));
    }
}

/// The row in whose bins a frame ends was begun, and is to be written again.
#[test]
fn a_row_that_ends_too_early_leaves_its_place_to_the_next_one() {
    let dtype = Arc::new(dtype(&FIELDS));
    let whole = body(&[1, 2, 3]);
    for end in 0..whole.len() {
        let sheet = Sheet::new(&dtype, 3, LAYOUTS[0], OnLoss::Allow);
        let mut appender = Appender::new(&sheet.table, Arc::clone(&dtype)).unwrap();
        let mut walker = ReplyWalker::new(&whole[..end]);
        let mut burst = appender.open().unwrap();
        while let Ok(Some(header)) = walker.next_row() {
            if burst.append(&header, &mut walker).is_err() {
                break;
            }
        }
        drop(burst);
        appender.rewind();
        assert_eq!(append(&mut appender, &whole), 3, "a frame of {end} bytes");
    }
}

#[test]
fn a_full_table_takes_no_further_row() {
    let dtype = Arc::new(dtype(&FIELDS));
    let sheet = Sheet::new(&dtype, 2, LAYOUTS[0], OnLoss::Allow);
    let mut appender = Appender::new(&sheet.table, Arc::clone(&dtype)).unwrap();
    assert!(Appender::new(&sheet.table, Arc::clone(&dtype)).is_err(), "every row is claimed");
    assert_eq!(append(&mut appender, &body(&[1, 2, 3])), 2);
    let body = body(&[4]);
    let mut walker = ReplyWalker::new(&body);
    let header = walker.next_row().unwrap().unwrap();
    assert!(appender.open().unwrap().append(&header, &mut walker).is_err());
}

/// Rows of large values would need any amount of memory otherwise.
#[test]
#[cfg_attr(miri, ignore = "megabytes")]
fn a_batch_of_large_values_is_full_before_its_last_row() {
    let dtype = Arc::new(dtype(&[("d", "utf8")]));
    let sheet = Sheet::new(&dtype, 1000, LAYOUTS[0], OnLoss::Allow);
    let mut appender = Appender::new(&sheet.table, Arc::clone(&dtype)).unwrap();
    let (mut one, text) = (Vec::new(), vec![b'x'; 300_000]);
    put_row(&mut one, success(0), &[("d", 3, text.clone())]);
    let mut rows = 0;
    while !appender.is_full() {
        // What is taken back leaves its room to others.
        append(&mut appender, &one);
        appender.rewind();
        rows += append(&mut appender, &one);
        appender.keep();
    }
    assert_eq!(rows, (8 * 1024 * 1024_usize).div_ceil(300_000));
    assert_eq!(append(&mut appender, &one), 0);
    appender.keep();
    let appended = appender.finish().unwrap().unwrap();
    assert_eq!((appended.layout.rows, appended.blocks.len()), (rows, rows));
    assert!(appended.blocks.iter().all(|block| *block == text));
}

#[test]
fn a_table_that_was_closed_is_not_touched_any_more() {
    let dtype = Arc::new(dtype(&FIELDS));
    let sheet = Sheet::new(&dtype, 9, LAYOUTS[0], OnLoss::Allow);
    let mut appender = Appender::new(&sheet.table, Arc::clone(&dtype)).unwrap();
    append(&mut appender, &body(&[1, 2, 3]));
    appender.keep();
    sheet.close();
    assert!(appender.open().is_none());
    assert!(appender.finish().unwrap().is_none());
}
