//! A row belongs to one request at a time.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Barrier};

use aerostride_columns::{Layout, OnLoss, Source, TableError};

use crate::sheet::{COLUMNS, LAYOUTS, Sheet, dtype};

fn sheet(rows: usize) -> Sheet {
    Sheet::new(&dtype(&[("a", "i4")]), rows, COLUMNS, OnLoss::Allow)
}

#[test]
fn a_claimed_row_cannot_be_claimed_again_until_it_is_dropped() {
    let sheet = sheet(200);
    let claim = sheet.claim_range(60..130).unwrap();
    assert_eq!(sheet.claim_range(129..140).unwrap_err(), TableError::Claimed(129));
    assert_eq!(sheet.claim_rows(vec![5, 60]).unwrap_err(), TableError::Claimed(60));
    let beside = sheet.claim_rows(vec![59, 130]).unwrap();
    drop(claim);
    let again = sheet.claim_range(60..130).unwrap();
    assert_eq!((again.len(), beside.len()), (70, 2));
}

#[test]
fn a_claim_that_fails_claims_nothing() {
    let sheet = sheet(100);
    let _taken = sheet.claim_rows(vec![50]).unwrap();
    assert_eq!(sheet.claim_range(0..51).unwrap_err(), TableError::Claimed(50));
    assert_eq!(
        sheet.claim_rows(vec![1, 2, 100]).unwrap_err(),
        TableError::OutOfRange { row: 100, rows: 100 }
    );
    assert_eq!(sheet.claim_rows(vec![7, 8, 7]).unwrap_err(), TableError::Claimed(7));
    assert_eq!(sheet.claim_range(0..50).unwrap().len(), 50);
}

#[test]
fn rows_past_the_end_are_out_of_range() {
    let sheet = sheet(64);
    for row in [64, 65, u32::MAX] {
        let error = sheet.claim_rows(vec![row]).unwrap_err();
        assert_eq!(error, TableError::OutOfRange { row, rows: 64 });
    }
    assert_eq!(sheet.claim_range(0..65).unwrap_err().to_string(), "row 64 is past the last of 64 rows");
    assert_eq!(sheet.claim_range(0..64).unwrap().len(), 64);
}

#[test]
fn an_empty_claim_owns_nothing() {
    let sheet = sheet(0);
    for claim in [sheet.claim_range(0..0).unwrap(), sheet.claim_rows(vec![]).unwrap()] {
        assert!(claim.is_empty());
        assert_eq!(claim.row(0), None);
    }
}

#[test]
fn positions_are_those_of_the_list_that_was_claimed() {
    let sheet = sheet(10);
    let list = sheet.claim_rows(vec![9, 0, 4]).unwrap();
    assert_eq!([0, 1, 2, 3].map(|position| list.row(position)), [Some(9), Some(0), Some(4), None]);
    let range = sheet.claim_range(5..7).unwrap();
    assert_eq!([0, 1, 2].map(|position| range.row(position)), [Some(5), Some(6), None]);
}

/// Threads that claim overlapping rows at the same time: whoever has a claim is alone on its rows.
#[test]
fn two_threads_never_own_the_same_row() {
    const ROWS: u32 = 130;
    let sheet = sheet(ROWS as usize);
    let owners: Vec<AtomicBool> = (0..ROWS).map(|_| AtomicBool::new(false)).collect();
    let (table, start, won) = (&sheet.table, Barrier::new(4), AtomicU32::new(0));
    std::thread::scope(|scope| {
        for thread in 0..4_u32 {
            let (owners, start, won) = (&owners, &start, &won);
            scope.spawn(move || {
                start.wait();
                for round in 0..crate::rounds(2_000) as u32 {
                    let first = (round * 37 + thread * 11) % (ROWS - 20);
                    let Ok(claim) = table.claim_range(first..first + 20) else { continue };
                    won.fetch_add(1, Ordering::Relaxed);
                    for row in first..first + 20 {
                        assert!(
                            !owners[row as usize].swap(true, Ordering::Relaxed),
                            "row {row} has two owners"
                        );
                    }
                    for row in first..first + 20 {
                        owners[row as usize].store(false, Ordering::Relaxed);
                    }
                    drop(claim);
                }
            });
        }
    });
    assert!(won.into_inner() > 0);
    assert_eq!(sheet.claim_range(0..ROWS).unwrap().len(), ROWS as usize);
}

/// Sizes of one dtype with places of another would be those of other bytes.
#[test]
fn columns_are_read_only_with_a_layout_of_their_own_dtype() {
    let (small, large) = (dtype(&[("a", "u1")]), dtype(&[("a", "V100")]));
    for kind in LAYOUTS {
        let layout = Layout::new(&small, 10, kind).unwrap();
        let refused =
            Source::new(Arc::new(large.clone()), layout.clone(), vec![0; layout.byte_len], Vec::new())
                .unwrap_err();
        assert_eq!(refused, TableError::ForeignLayout);
    }
}
