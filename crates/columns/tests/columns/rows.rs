//! What a reply row does to the row it belongs to, and to no other.

use aerostride_columns::{
    Conversions, NO_RESPONSE, OnLoss, Plan, RawMemory, TTL_NEVER, Table, TableError, TableOptions,
};
use aerostride_wire::{MessageHeader, WireError, particle_type};

use crate::reply::{double, int, put_row, success};
use crate::sheet::{COLUMNS, LAYOUTS, NOW, Sheet, dtype, single, write_body};

fn sheet(rows: usize) -> Sheet {
    Sheet::new(&dtype(&[("a", "i4"), ("b", "f8")]), rows, COLUMNS, OnLoss::Allow)
}

/// Bytes of a sheet that nobody has written.
fn untouched(rows: usize) -> Vec<u8> {
    sheet(rows).close().bytes
}

#[test]
fn a_new_table_is_zeros_without_a_response() {
    for kind in LAYOUTS {
        let written = Sheet::new(&dtype(&[("a", "i4"), ("b", "f8")]), 70, kind, OnLoss::Allow).close();
        let codes = written.layout.result_codes..written.layout.result_codes + 70 * 4;
        for (at, byte) in written.bytes.iter().enumerate().filter(|(at, _)| !codes.contains(at)) {
            assert_eq!(*byte, 0, "{kind:?} byte {at}");
        }
        assert!((0..70).all(|row| written.code(row) == NO_RESPONSE));
    }
}

#[test]
fn memory_of_another_size_is_refused() {
    let (sheet, mut bytes) = (sheet(3), [0_u8; 7]);
    // SAFETY: the table is not made, so nothing is written.
    let memory = unsafe { RawMemory::new(bytes.as_mut_ptr(), bytes.len()) };
    let options = TableOptions { on_loss: OnLoss::Allow, now: NOW };
    let plan = Plan::new(&dtype(&[("a", "i4"), ("b", "f8")]), 3, COLUMNS).unwrap();
    let error = Table::new(plan, memory, options).unwrap_err();
    assert_eq!(error, TableError::Size { need: sheet.layout.byte_len, got: 7 });
}

#[test]
fn rows_land_where_their_index_says() {
    let sheet = sheet(5);
    let mut claim = sheet.claim_rows(vec![4, 1, 3]).unwrap();
    let mut body = Vec::new();
    put_row(&mut body, success(2), &[int("a", 30), double("b", 3.5)]);
    put_row(&mut body, MessageHeader { result_code: 2, transaction: 0, ..MessageHeader::default() }, &[]);
    put_row(&mut body, success(1), &[double("b", 1.5), int("a", 10)]);
    let mut tally = sheet.tally();
    let results = write_body(&claim.open().unwrap(), &body, &mut tally).unwrap();
    assert_eq!(results.iter().map(|r| (r.row, r.code)).collect::<Vec<_>>(), [(3, 0), (4, 2), (1, 0)]);
    assert_eq!(tally.ok_rows, 2);
    let written = sheet.close();
    assert_eq!([0, 1, 2, 3, 4].map(|row| written.code(row)), [NO_RESPONSE, 0, NO_RESPONSE, 0, 2]);
    assert_eq!([0, 1, 2, 3, 4].map(|row| written.cell(0, row, 4)[0]), [0, 10, 0, 30, 0]);
    assert_eq!([0, 1, 2, 3, 4].map(|row| written.valid(1, row)), [0, 1, 0, 1, 0]);
    assert_eq!([0, 1, 2, 3, 4].map(|row| written.generation(row)), [0, 1, 0, 1, 0]);
}

#[test]
fn an_index_outside_the_claim_is_foreign_and_writes_nothing() {
    for index in [3, 4, 1_000_000, u32::MAX] {
        let sheet = sheet(5);
        let mut claim = sheet.claim_rows(vec![4, 1, 3]).unwrap();
        let mut body = Vec::new();
        put_row(&mut body, success(index), &[int("a", -1)]);
        let error = write_body(&claim.open().unwrap(), &body, &mut sheet.tally()).unwrap_err();
        assert_eq!(error, WireError::ForeignIndex { index, rows: 3 });
        drop(claim);
        assert_eq!(sheet.close().bytes, untouched(5));
    }
}

#[test]
fn a_row_is_answered_once() {
    let sheet = sheet(2);
    let mut body = Vec::new();
    put_row(&mut body, success(1), &[int("a", 1)]);
    put_row(&mut body, success(1), &[int("a", 2)]);
    let (tally, results) = sheet.write(&body);
    assert_eq!(results.unwrap_err(), WireError::DoubledIndex(1));
    assert_eq!(tally.ok_rows, 1);
    assert_eq!(sheet.close().cell(0, 1, 4), [1, 0, 0, 0]);
}

#[test]
fn a_reopened_row_is_answered_again() {
    let sheet = sheet(1);
    let (mut body, mut tally) = (Vec::new(), sheet.tally());
    put_row(&mut body, MessageHeader { result_code: 18, ..MessageHeader::default() }, &[]);
    let mut claim = sheet.claim_range(0..1).unwrap();
    let pass = claim.open().unwrap();
    write_body(&pass, &body, &mut tally).unwrap();
    pass.reopen();
    body.clear();
    put_row(&mut body, success(0), &[int("a", 5)]);
    write_body(&pass, &body, &mut tally).unwrap();
    drop(pass);
    drop(claim);
    assert_eq!(sheet.finish(Some(9)), Vec::<u32>::new());
    let written = sheet.close();
    assert_eq!((written.code(0), written.cell(0, 0, 1)[0]), (0, 5));
}

#[test]
fn a_code_of_the_client_answers_a_row() {
    let sheet = sheet(3);
    let mut claim = sheet.claim_rows(vec![2, 0]).unwrap();
    let pass = claim.open().unwrap();
    pass.answer(0, 20);
    pass.answer(2, 21);
    assert_eq!(pass.fail_unanswered(-8), [0]);
    drop(pass);
    drop(claim);
    let written = sheet.close();
    assert_eq!([0, 1, 2].map(|row| written.code(row)), [-8, NO_RESPONSE, 20]);
}

/// A sheet of 4 rows of which row 0 was written, and nothing else.
fn with_row_0_written() -> Sheet {
    let sheet = sheet(4);
    let mut claim = sheet.claim_rows(vec![0]).unwrap();
    let mut body = Vec::new();
    put_row(&mut body, success(0), &[int("a", 7), double("b", 7.0)]);
    write_body(&claim.open().unwrap(), &body, &mut sheet.tally()).unwrap();
    drop(claim);
    sheet
}

#[test]
fn reset_undoes_every_row_of_the_claim_and_no_other() {
    let sheet = with_row_0_written();
    let mut claim = sheet.claim_rows(vec![3, 1, 2]).unwrap();
    let mut body = Vec::new();
    put_row(&mut body, success(0), &[int("a", 1 << 40), double("b", f64::NAN)]);
    put_row(&mut body, success(1), &[int("a", -1), double("b", -1.0)]);
    put_row(&mut body, MessageHeader { result_code: 4, transaction: 2, ..MessageHeader::default() }, &[]);
    let pass = claim.open().unwrap();
    write_body(&pass, &body, &mut sheet.tally()).unwrap();
    pass.reset();
    assert_eq!(pass.fail_unanswered(NO_RESPONSE), [3, 1, 2]);
    drop(pass);
    drop(claim);
    assert_eq!(sheet.close().bytes, with_row_0_written().close().bytes);
}

#[test]
fn a_malformed_bin_leaves_a_row_that_reset_cleans() {
    let sheet = sheet(1);
    let mut body = Vec::new();
    let short = ("b", particle_type::DOUBLE, vec![1, 2, 3]);
    put_row(&mut body, success(0), &[int("a", -1), short]);
    let mut claim = sheet.claim_range(0..1).unwrap();
    let pass = claim.open().unwrap();
    let error = write_body(&pass, &body, &mut sheet.tally()).unwrap_err();
    assert_eq!(error, WireError::ParticleSize { kind: 2, size: 3, expected: 8 });
    pass.reset();
    drop(pass);
    drop(claim);
    assert_eq!(sheet.close().bytes, untouched(1));
}

#[test]
fn a_bin_that_comes_twice_in_one_record_is_an_error() {
    let nil = || ("a", particle_type::NIL, vec![]);
    for bins in [[int("a", 1), int("a", 2)], [int("a", 1), nil()], [nil(), int("a", 1)], [nil(), nil()]] {
        let sheet = sheet(2);
        let mut body = Vec::new();
        put_row(&mut body, success(0), &[int("a", 1), double("b", 1.0)]);
        put_row(&mut body, success(1), &bins);
        let (_, results) = sheet.write(&body);
        assert_eq!(results.unwrap_err(), WireError::DoubledBin(0));
    }
}

#[test]
fn an_unknown_bin_may_come_twice_and_is_not_looked_at() {
    let sheet = sheet(1);
    let mut body = Vec::new();
    let malformed = || ("z", particle_type::INT, vec![1]);
    put_row(&mut body, success(0), &[malformed(), int("a", 3), malformed(), double("b", 0.5)]);
    let (tally, results) = sheet.write(&body);
    results.unwrap();
    let none = Conversions { missing: 0, lossy: 0, mismatched: 0 };
    assert_eq!(tally.conversions(), [none, none]);
    assert_eq!(sheet.close().cell(0, 0, 1), [3]);
}

#[test]
fn ttls_are_seconds_left() {
    let sheet = sheet(5);
    let mut body = Vec::new();
    let expiries = [0, NOW + 100, NOW + 1, NOW, NOW - 5];
    for (index, ttl) in (0..).zip(expiries) {
        put_row(&mut body, MessageHeader { ttl, ..success(index) }, &[]);
    }
    sheet.write(&body).1.unwrap();
    let written = sheet.close();
    assert_eq!([0, 1, 2, 3, 4].map(|row| written.ttl(row)), [TTL_NEVER, 100, 1, 1, 1]);
}

#[test]
fn a_failed_row_has_no_generation_and_no_ttl_even_if_the_server_sends_them() {
    let sheet = sheet(1);
    let mut body = Vec::new();
    let header = MessageHeader { result_code: 27, generation: 4, ttl: NOW + 9, ..MessageHeader::default() };
    put_row(&mut body, header, &[int("a", 1)]);
    let (tally, results) = sheet.write(&body);
    assert_eq!(results.unwrap()[0].code, 27);
    assert_eq!(tally.conversions()[0], Conversions::default());
    let written = sheet.close();
    assert_eq!((written.code(0), written.generation(0), written.ttl(0), written.valid(0, 0)), (27, 0, 0, 0));
}

#[test]
#[cfg_attr(miri, ignore = "a million bytes of one kind show nothing that a few do not")]
fn a_blob_of_a_mebibyte_fills_a_field_of_its_size() {
    let blob: Vec<u8> = (0..1 << 20).map(|i: u32| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    for kind in LAYOUTS {
        let sheet = Sheet::new(&single("V1048576", &[]), 2, kind, OnLoss::Allow);
        let mut body = Vec::new();
        put_row(&mut body, success(1), &[("x", particle_type::BLOB, blob.clone())]);
        sheet.write(&body).1.unwrap();
        let written = sheet.close();
        assert!(written.cell(0, 1, 1 << 20) == blob && written.cell(0, 0, 1 << 20).iter().all(|b| *b == 0));
    }
}
