//! Walking replies and writing columns allocates nothing per row and nothing per value.

#![allow(clippy::unwrap_used, reason = "where a test unwraps, nothing else than a failure is left")]

mod counting;

use aerostride_columns::{
    Dtype, FieldSpec, LayoutKind, Learnt, OnLoss, Plan, RawMemory, Table, TableOptions, Tally,
};
use aerostride_wire::{BinRead, MessageHeader, Op, ReplyWalker, msgpack, particle_type as t, put_op};

fn dtype() -> Dtype {
    let field = |name, code, shape| FieldSpec { name, code, shape };
    Dtype::parse(&[
        field("int", "i8", &[]),
        field("narrow", "u1", &[]),
        field("double", "f4", &[]),
        field("half", "f2", &[]),
        field("flag", "?", &[]),
        field("text", "S8", &[]),
        field("raw", "V4", &[]),
        field("vector", "f4", &[4]),
        field("matrix", "i2", &[2, 2]),
        field("missing", "f8", &[]),
    ])
    .unwrap()
}

/// Rows with every kind of bin: those of the dtype in its order and out of it, some lossy, some that do not fit, and
/// some that nobody asked for; every seventh row is not found.
fn reply(rows: impl Iterator<Item = u32>) -> Vec<u8> {
    let vector: Vec<u8> = [1_f32, 2.0, 3.0, 4.0].iter().flat_map(|value| value.to_le_bytes()).collect();
    let bins: [(&str, u8, &[u8]); 11] = [
        ("int", t::INT, &[0, 0, 0, 0, 0, 0, 0, 9]),
        ("narrow", t::INT, &[0, 0, 0, 0, 0, 0, 9, 9]),
        ("double", t::DOUBLE, &[0x40, 0x34, 0, 0, 0, 0, 0, 0]),
        ("unknown", t::STRING, b"nobody asked for this bin, which is longer than any small string"),
        ("half", t::INT, &[0, 0, 0, 0, 0, 0, 8, 1]),
        ("text", t::STRING, b"a text that is cut"),
        ("flag", t::BOOL, &[1]),
        ("raw", t::MAP, &[0x80]),
        ("matrix", t::LIST, &[0x92, 0x93, 0xc7, 0, 1, 1, 2, 0x92, 3, 4]),
        ("vector", t::BLOB, &vector),
        ("missing", t::NIL, &[]),
    ];
    let mut body = Vec::new();
    for transaction in rows {
        let found = transaction % 7 != 6;
        let header = MessageHeader {
            transaction,
            result_code: if found { 0 } else { 2 },
            op_count: if found { bins.len() as u16 } else { 0 },
            ..MessageHeader::default()
        };
        body.extend_from_slice(&header.encode());
        for (name, particle, value) in bins.iter().filter(|_| found) {
            put_op(&mut body, &Op { operation: 1, particle: *particle, name: name.as_bytes(), value });
        }
    }
    body
}

/// Allocations of walking and writing so many rows.
fn allocations(rows: u32, kind: LayoutKind, on_loss: OnLoss) -> usize {
    allocations_of(&reply(0..rows), rows, kind, on_loss)
}

fn allocations_of(body: &[u8], rows: u32, kind: LayoutKind, on_loss: OnLoss) -> usize {
    let dtype = dtype();
    let plan = Plan::new(&dtype, rows as usize, kind).unwrap();
    let mut buffer = vec![0; plan.layout().byte_len];
    // SAFETY: the buffer outlives the table, and nobody else touches it.
    let memory = unsafe { RawMemory::new(buffer.as_mut_ptr(), buffer.len()) };
    let options = TableOptions { on_loss, now: 0 };
    let table = Table::new(plan, memory, options).unwrap();
    let mut claim = table.claim_range(0..rows).unwrap();
    let mut tally = Tally::new(table.field_count());

    let before = counting::so_far();
    let pass = claim.open().unwrap();
    let mut walker = ReplyWalker::new(body);
    while let Some(header) = walker.next_row().unwrap() {
        pass.write_row(&header, &mut walker, &mut tally).unwrap();
    }
    drop(pass);
    let allocations = counting::so_far() - before;

    let found = u64::from(rows - rows / 7);
    let counts = tally.conversions();
    assert_eq!((tally.ok_rows, counts[1].lossy, counts[7].mismatched), (found, found, 0));
    assert_eq!((counts[6].mismatched, counts[8].mismatched, counts[9].missing), (found, 0, found));
    allocations
}

#[test]
fn rows_and_values_are_written_without_an_allocation_each() {
    for kind in [LayoutKind::Columns, LayoutKind::Rows { align: false }, LayoutKind::Rows { align: true }] {
        for on_loss in [OnLoss::Allow, OnLoss::Null] {
            // The counts per field, at the first row that is not whole.
            assert_eq!(allocations(100, kind, on_loss), 1);
            assert_eq!(allocations(10_000, kind, on_loss), 1);
        }
    }
}

#[test]
fn only_the_first_loss_is_described() {
    let few = allocations(100, LayoutKind::Columns, OnLoss::Throw);
    assert!(few > 0, "the allocator counts");
    assert_eq!(allocations(10_000, LayoutKind::Columns, OnLoss::Throw), few);
}

/// Rows come in any order, at worst the last one first: then every loss is the first so far.
#[test]
fn a_loss_before_all_others_takes_over_their_memory() {
    let kind = LayoutKind::Columns;
    let one = allocations(1, kind, OnLoss::Throw);
    assert_eq!(allocations_of(&reply((0..10_000).rev()), 10_000, kind, OnLoss::Throw), one);
}

/// Allocations of writing so many rows of views, and the blocks with the bytes that they hold.
fn allocations_of_views(rows: u32, sizes: &[usize]) -> (usize, Vec<Vec<u8>>) {
    let field = |name, code| FieldSpec { name, code, shape: &[] };
    let dtype = Dtype::parse(&[
        field("text", "utf8"),
        field("raw", "binary"),
        field("any", "any"),
        field("list", "list<f4>"),
        field("not_one", "list<i1>"),
    ])
    .unwrap();
    let mut body = Vec::new();
    for transaction in 0..rows {
        let text = vec![b'x'; sizes[transaction as usize % sizes.len()]];
        let bins: [(&str, u8, &[u8]); 5] = [
            ("text", t::STRING, &text),
            ("raw", t::BLOB, &text),
            ("any", t::MAP, &text),
            ("list", t::LIST, b"\x93\x01\x02\xcb\0\0\0\0\0\0\0\0"),
            ("not_one", t::LIST, b"\x93\x01\x02\xc0"),
        ];
        body.extend_from_slice(
            &MessageHeader { transaction, op_count: 5, ..MessageHeader::default() }.encode(),
        );
        for (name, particle, value) in bins {
            put_op(&mut body, &Op { operation: 1, particle, name: name.as_bytes(), value });
        }
    }
    let plan = Plan::new(&dtype, rows as usize, LayoutKind::Columns).unwrap();
    let mut buffer = vec![0; plan.layout().byte_len];
    // SAFETY: the buffer outlives the table, and nobody else touches it.
    let memory = unsafe { RawMemory::new(buffer.as_mut_ptr(), buffer.len()) };
    let options = TableOptions { on_loss: OnLoss::Allow, now: 0 };
    let table = Table::new(plan, memory, options).unwrap();
    let mut claim = table.claim_range(0..rows).unwrap();
    let mut tally = Tally::new(table.field_count());
    let before = counting::so_far();
    let pass = claim.open().unwrap();
    let mut walker = ReplyWalker::new(&body);
    while let Some(header) = walker.next_row().unwrap() {
        pass.write_row(&header, &mut walker, &mut tally).unwrap();
    }
    drop(pass);
    let allocations = counting::so_far() - before;
    assert_eq!((tally.ok_rows, tally.conversions()[4].mismatched), (u64::from(rows), u64::from(rows)));
    (allocations, table.take_blocks())
}

#[test]
fn values_of_any_length_allocate_blocks_and_nothing_else() {
    for sizes in [&[5, 12, 13, 40][..], &[0, 400], &[20_000]] {
        for rows in [100, 10_000_u32] {
            let rows = if sizes == [20_000] { rows / 10 } else { rows };
            let (allocations, blocks) = allocations_of_views(rows, sizes);
            // The list of blocks grows by doubling; the list of idle ones has one place, and the counts per field are one.
            let lists = 3 + blocks.len().max(4).ilog2() as usize;
            assert!(allocations <= blocks.len() + lists, "{allocations} for {} blocks", blocks.len());
            let held: usize = blocks.iter().map(Vec::capacity).sum();
            let stored = |size: usize| {
                let alone = |size| if size > 12 { size } else { 0 };
                2 * alone(size) + alone(size + 1) + 16
            };
            let needed = sizes.iter().map(|&size| stored(size)).sum::<usize>() * rows as usize / sizes.len();
            assert!(held <= needed * 6 / 5 + 64, "{held} bytes for {needed}");
        }
    }
}

/// Allocations of writing so many rows of integers in lists, which are written together.
fn allocations_of_lists(rows: u32, number: impl Fn(u32) -> u32) -> usize {
    let names = ["\u{1}0", "\u{1}1"];
    let specs = names.map(|name| FieldSpec { name, code: "i4", shape: &[] });
    let sources = names.map(|name| Some(BinRead { name: name.to_owned(), expression: None, in_list: true }));
    let dtype = Dtype::parse_with_sources(&specs, sources.into()).unwrap();
    let mut body = Vec::new();
    for transaction in 0..rows {
        let header = MessageHeader { transaction, op_count: 2, ..MessageHeader::default() };
        body.extend_from_slice(&header.encode());
        for (name, number) in names.into_iter().zip([5, number(transaction)]) {
            let mut value = vec![0x91];
            msgpack::put_int(&mut value, i64::from(number));
            put_op(&mut body, &Op { operation: 1, particle: t::LIST, name: name.as_bytes(), value: &value });
        }
    }
    let plan = Plan::new(&dtype, rows as usize, LayoutKind::Columns).unwrap();
    let mut buffer = vec![0; plan.layout().byte_len];
    // SAFETY: the buffer outlives the table, and nobody else touches it.
    let memory = unsafe { RawMemory::new(buffer.as_mut_ptr(), buffer.len()) };
    let table = Table::new(plan, memory, TableOptions { on_loss: OnLoss::Allow, now: 0 }).unwrap();
    let mut claim = table.claim_range(0..rows).unwrap();
    let mut tally = Tally::new(table.field_count());
    let before = counting::so_far();
    let (pass, mut walker) = (claim.open().unwrap(), ReplyWalker::new(&body));
    let mut together = 0;
    let each = |rows: std::ops::Range<u32>, _| together += rows.len() - 1;
    pass.write_rows(&mut walker, 0, &mut Learnt::default(), &mut tally, each).unwrap();
    assert!(together > rows as usize / 2, "{together}");
    counting::so_far() - before
}

#[test]
fn rows_that_are_written_together_allocate_what_the_first_has_shown() {
    let few = allocations_of_lists(100, |row| 1_000 + row);
    assert_eq!((few > 0, allocations_of_lists(10_000, |row| 1_000 + row)), (true, few));
    // A width is learnt where enough rows have it: that takes as much each time, and soon happens seldom.
    let ever_wider = allocations_of_lists(10_000, |row| row * row);
    assert!(ever_wider <= 3 * few, "{ever_wider} against {few}");
    let of_any_width = allocations_of_lists(10_000, |row| row.wrapping_mul(0x9e37_79b9) >> (row % 4 * 8));
    assert!(of_any_width <= 3 * few, "{of_any_width} against {few}");
}
