//! When `close` has returned nobody writes, and nobody will.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};

use aerostride_columns::{Element, NO_RESPONSE, OnLoss, RowError, Tally};
use aerostride_wire::ReplyWalker;

use crate::oracle::view_value;
use crate::reply::{int, put_row, success};
use crate::sheet::{COLUMNS, LAYOUTS, Sheet, dtype, write_body};

fn sheet(rows: usize) -> Sheet {
    Sheet::new(&dtype(&[("a", "i8"), ("b", "i8")]), rows, COLUMNS, OnLoss::Allow)
}

fn one_row() -> Vec<u8> {
    let mut body = Vec::new();
    put_row(&mut body, success(0), &[int("a", -1), int("b", -1)]);
    body
}

#[test]
fn a_closed_table_opens_no_claim() {
    let sheet = sheet(2);
    let mut claim = sheet.claim_range(0..2).unwrap();
    drop(claim.open().unwrap());
    sheet.table.close();
    sheet.table.close();
    assert!(claim.open().is_none());
    drop(claim);
    assert!(sheet.claim_range(0..2).unwrap().open().is_none());
}

/// Writers that never pause; the memory must not change any more once `close` has returned.
#[test]
fn closing_waits_for_the_writers_inside_and_lets_no_other_in() {
    const WRITERS: usize = 4;
    for _ in 0..crate::rounds(50) {
        let sheet = sheet(WRITERS);
        let table = &sheet.table;
        let (written, start) = (AtomicUsize::new(0), Barrier::new(WRITERS + 1));
        std::thread::scope(|scope| {
            for row in 0..WRITERS as u32 {
                let (written, start) = (&written, &start);
                scope.spawn(move || {
                    let mut claim = table.claim_range(row..row + 1).unwrap();
                    let (body, mut tally) = (one_row(), Tally::new(2));
                    start.wait();
                    while let Some(pass) = claim.open() {
                        write_body(&pass, &body, &mut tally).unwrap();
                        pass.reset();
                        written.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
            start.wait();
            while written.load(Ordering::Relaxed) < WRITERS {
                std::thread::yield_now();
            }
            table.close();
            let after = sheet.peek().to_vec();
            // A row whose turn never came is as the memory was before.
            let whole = |cell: &[u8]| cell == [0; 8] || cell == [0xa5; 8];
            assert!(after[..WRITERS * 8].chunks(8).all(whole), "a row was left half written: {after:?}");
            for _ in 0..20 {
                assert_eq!(sheet.peek(), after);
                std::thread::yield_now();
            }
        });
    }
}

#[test]
fn finishing_gives_a_code_to_the_rows_that_nobody_answered() {
    let sheet = sheet(3);
    let mut claim = sheet.claim_rows(vec![1]).unwrap();
    write_body(&claim.open().unwrap(), &one_row(), &mut sheet.tally()).unwrap();
    assert_eq!(sheet.finish(Some(9)), [0, 2]);
    let written = sheet.close();
    assert_eq!([0, 1, 2].map(|row| written.code(row)), [9, 0, 9]);
}

#[test]
fn finishing_without_a_code_leaves_what_the_last_failure_said() {
    let sheet = sheet(3);
    let mut claim = sheet.claim_rows(vec![2, 1]).unwrap();
    assert_eq!(claim.open().unwrap().fail_unanswered(-10), [2, 1]);
    assert_eq!(sheet.finish(None), [0, 1, 2]);
    let written = sheet.close();
    assert_eq!([0, 1, 2].map(|row| written.code(row)), [NO_RESPONSE, -10, -10]);
}

/// A row that is written and reset until the gate is closed has no answer: the code must be the last thing written.
#[test]
fn finishing_waits_for_the_writers_inside() {
    const WRITERS: usize = 3;
    for _ in 0..crate::rounds(50) {
        let sheet = sheet(WRITERS);
        let (table, start) = (&sheet.table, Barrier::new(WRITERS + 1));
        std::thread::scope(|scope| {
            for row in 0..WRITERS as u32 {
                let start = &start;
                scope.spawn(move || {
                    let mut claim = table.claim_range(row..row + 1).unwrap();
                    let (body, mut tally) = (one_row(), Tally::new(2));
                    start.wait();
                    while let Some(pass) = claim.open() {
                        write_body(&pass, &body, &mut tally).unwrap();
                        pass.reset();
                    }
                });
            }
            start.wait();
            assert_eq!(table.finish(Some(9)), [0, 1, 2]);
        });
        let written = sheet.close();
        assert_eq!([0, 1, 2].map(|row| written.code(row)), [9, 9, 9]);
    }
}

/// Whoever closed the table may have freed its memory: a batch that ends later must not touch it.
#[test]
fn finishing_a_closed_table_writes_nothing() {
    let sheet = sheet(70);
    sheet.table.close();
    let before = sheet.peek().to_vec();
    assert_eq!(sheet.finish(Some(9)).len(), 70);
    assert_eq!(sheet.peek(), before);
}

/// `close` may come while another thread finishes: it must not return before that thread's last write.
#[test]
fn closing_waits_for_a_finish_that_writes() {
    const ROWS: usize = crate::rounds(3_000);
    for round in 0..crate::rounds(200) {
        let sheet = sheet(ROWS);
        let (table, start) = (&sheet.table, Barrier::new(3));
        std::thread::scope(|scope| {
            for code in [9, 11] {
                let start = &start;
                scope.spawn(move || {
                    start.wait();
                    table.finish(Some(code));
                });
            }
            start.wait();
            for _ in 0..round {
                std::hint::spin_loop();
            }
            table.close();
            let after = sheet.peek().to_vec();
            std::thread::yield_now();
            assert_eq!(sheet.peek(), after);
        });
        let written = sheet.close();
        let first = written.code(0);
        assert!([NO_RESPONSE, 9, 11].contains(&first), "{first}");
        assert!((0..ROWS).all(|row| written.code(row) == first), "round {round}: codes of two writers");
    }
}

/// After a timeout any rows may be left, in any pattern: exactly those are cleared, in every layout.
#[test]
fn finishing_clears_exactly_the_rows_that_nobody_answered() {
    for kind in LAYOUTS {
        let answered = [true, false, false, true, false, true, true, false];
        let whole = Sheet::new(&dtype(&[("a", "i1"), ("b", "i8")]), 8, kind, OnLoss::Allow);
        let (mut body, mut tally) = (Vec::new(), whole.tally());
        for row in (0..8).filter(|row| answered[*row as usize]) {
            put_row(&mut body, success(row), &[int("a", -1), int("b", -1)]);
        }
        write_body(&whole.table.claim_range(0..8).unwrap().open().unwrap(), &body, &mut tally).unwrap();
        assert_eq!(whole.table.finish(Some(9)), [1, 2, 4, 7], "{kind:?}");
        let written = whole.close();
        for (row, answered) in answered.into_iter().enumerate() {
            let byte = if answered { 0xff } else { 0 };
            assert_eq!((written.cell(0, row, 1), written.cell(1, row, 8)), (&[byte][..], &[byte; 8][..]));
            assert_eq!(written.valid(0, row), u8::from(answered), "{kind:?} row {row}");
            assert_eq!(written.generation(row), u32::from(answered), "{kind:?} row {row}");
            assert_eq!(written.code(row), if answered { 0 } else { 9 }, "{kind:?} row {row}");
        }
    }
}

/// Writes rows of one large frame; somebody closes the table after the first of them. Gives how many were written in all.
fn rows_until_closed(code: &str, rows: u32) -> usize {
    let sheet = Sheet::new(&dtype(&[("a", code)]), rows as usize, COLUMNS, OnLoss::Allow);
    let (table, mut tally) = (&sheet.table, sheet.tally());
    let mut body = Vec::new();
    (0..rows).for_each(|row| put_row(&mut body, success(row), &[int("a", 1)]));
    let mut claim = sheet.claim_range(0..rows).unwrap();
    let mut other = sheet.claim_range(0..0).unwrap();
    std::thread::scope(|scope| {
        let pass = claim.open().unwrap();
        let mut walker = ReplyWalker::new(&body);
        let mut written = 0;
        while let Some(header) = walker.next_row().unwrap() {
            match pass.write_row(&header, &mut walker, &mut tally) {
                Ok(_) => written += 1,
                Err(RowError::Closed) => break,
                Err(error) => panic!("{error}"),
            }
            if written == 1 {
                scope.spawn(|| table.close());
                // From here on the gate lets nobody in, and whoever closes waits for this pass.
                while other.open().is_some() {
                    std::thread::yield_now();
                }
            }
        }
        // What has no right to write does not.
        pass.answer(0, 7);
        assert_eq!(pass.fail_unanswered(-1), [0; 0]);
        pass.reset();
        drop(pass);
        written
    })
}

#[test]
fn whoever_closes_the_table_waits_for_some_rows_of_a_frame_and_not_for_all() {
    assert_eq!(rows_until_closed("i8", 100), 100, "a small frame is one pass");
    assert_eq!(rows_until_closed("i8", 20_000), 512);
    // A quarter of a MiB of large cells.
    assert_eq!(rows_until_closed("V65536", 64), 3);
    assert_eq!(rows_until_closed("V1048576", 8), 1);
}

/// Between two passes a table can be finished: the rows that were written by then are whole, the others have the code.
#[test]
fn a_table_can_be_finished_between_two_rows_of_a_frame() {
    const ROWS: u32 = 5000;
    let sheet = sheet(ROWS as usize);
    let table = &sheet.table;
    let mut body = Vec::new();
    (0..ROWS).for_each(|row| put_row(&mut body, success(row), &[int("a", -1), int("b", -1)]));
    let mut other = sheet.claim_range(0..0).unwrap();
    let mut claim = sheet.claim_range(0..ROWS).unwrap();
    std::thread::scope(|scope| {
        let pass = claim.open().unwrap();
        let (mut walker, mut tally) = (ReplyWalker::new(&body), Tally::new(2));
        scope.spawn(|| table.finish(Some(9)));
        while other.open().is_some() {
            std::thread::yield_now();
        }
        while let Some(header) = walker.next_row().unwrap() {
            if pass.write_row(&header, &mut walker, &mut tally).is_err() {
                break;
            }
        }
    });
    let written = sheet.close();
    let codes: Vec<i32> = (0..ROWS as usize).map(|row| written.code(row)).collect();
    let whole = codes.iter().take_while(|code| **code == 0).count();
    assert_eq!(whole, 512);
    assert!(codes[whole..].iter().all(|code| *code == 9));
    for row in 0..ROWS as usize {
        let value: i64 = if row < whole { -1 } else { 0 };
        assert_eq!(written.cell(1, row, 8), value.to_le_bytes(), "row {row}");
    }
}

/// Whoever closes the table finds the blocks of writers that were in the middle of their rows.
#[test]
fn values_of_rows_that_were_written_are_there_when_the_table_is_closed() {
    const WRITERS: u32 = 4;
    const ROWS: u32 = if cfg!(miri) { 20 } else { 5000 };
    let value = |row: u32| format!("the value of row {row}").into_bytes();
    for _ in 0..crate::rounds(20) {
        let dtype = dtype(&[("a", "utf8")]);
        let sheet = Sheet::new(&dtype, (WRITERS * ROWS) as usize, COLUMNS, OnLoss::Allow);
        let (table, start) = (&sheet.table, Barrier::new(WRITERS as usize + 1));
        std::thread::scope(|scope| {
            for writer in 0..WRITERS {
                let start = &start;
                scope.spawn(move || {
                    let rows = writer * ROWS..(writer + 1) * ROWS;
                    let mut claim = table.claim_range(rows.clone()).unwrap();
                    let mut body = Vec::new();
                    for (index, row) in (0..).zip(rows) {
                        put_row(&mut body, success(index), &[("a", 3, value(row))]);
                    }
                    let (mut walker, mut tally) = (ReplyWalker::new(&body), Tally::new(1));
                    let pass = claim.open().unwrap();
                    start.wait();
                    while let Some(header) = walker.next_row().unwrap() {
                        if pass.write_row(&header, &mut walker, &mut tally).is_err() {
                            break;
                        }
                    }
                });
            }
            start.wait();
            std::thread::yield_now();
            table.close();
        });
        let written = sheet.close();
        for row in (0..WRITERS * ROWS).filter(|&row| written.code(row as usize) == 0) {
            let cell = written.cell(0, row as usize, 16);
            assert_eq!(view_value(Element::Utf8, cell, &written.blocks), value(row));
        }
    }
}
