//! Arbitrary reply bytes, walked and written into columns of an arbitrary dtype: no panic, no byte outside the claim, no
//! value in a cell that is not valid, nothing at all after a reset, no view on bytes that are not there, and never a byte of
//! what the memory held before.
#![no_main]

use std::sync::Arc;

use aerostride_columns::{
    Claim, Dtype, Element, Field, FieldSpec, Layout, LayoutKind, Learnt, NO_RESPONSE, OnLoss, Pass, Plan,
    RawMemory, RowError, Table, TableOptions, Tally,
};
use aerostride_wire::{BinRead, MessageHeader, Op, ReplyWalker, put_field, put_op};
use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;

const CODES: [&str; 12] = ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "?"];
const SCALARS: [&str; 8] = ["M8[ms]", "utf8", "binary", "any", "list<f4>", "list<i8>", "list<u1>", "list<?>"];
const NAMES: [&str; 6] = ["a", "b", "temperature", "abcdefghijklmno", "é", "aa"];

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    fields: Vec<FieldInput>,
    rows: u8,
    layout: u8,
    on_loss: u8,
    /// Where the claim begins, how long it is, and whether its rows are in reverse.
    claim: (u8, u8, bool),
    frames: Vec<Frame<'a>>,
}

#[derive(Arbitrary, Debug)]
struct FieldInput {
    code: u8,
    size: u8,
    shape: [u8; 3],
    dimensions: u8,
    fill: Option<u8>,
    /// Whether the value is the first element of a list.
    in_list: bool,
}

/// The body of one frame: any bytes, or rows that are sound on the outside so that their values are reached.
#[derive(Arbitrary, Debug)]
enum Frame<'a> {
    Bytes(&'a [u8]),
    Rows(Vec<RowInput<'a>>),
}

#[derive(Arbitrary, Debug)]
struct RowInput<'a> {
    index: u8,
    code: u8,
    generation: u32,
    ttl: u32,
    field: Option<&'a [u8]>,
    bins: Vec<BinInput<'a>>,
}

#[derive(Arbitrary, Debug)]
struct BinInput<'a> {
    name: u8,
    particle: u8,
    value: Value<'a>,
}

#[derive(Arbitrary, Debug)]
enum Value<'a> {
    Bytes(&'a [u8]),
    Number(u64),
    /// One byte many times over, so that values have blocks of their own and blocks become full.
    Long(u8, u16),
    /// msgpack numbers behind a list header that fits them.
    List(Vec<(u8, u64)>),
}

/// Dimensions are small, but one field may be large.
fn dtype(inputs: &[FieldInput]) -> Dtype {
    let shapes: Vec<Vec<usize>> = inputs
        .iter()
        .map(|input| {
            let dimensions = usize::from(input.dimensions % 4);
            input.shape[..dimensions].iter().map(|&dim| usize::from(dim % 5) + 1).collect()
        })
        .collect();
    let codes: Vec<String> = inputs
        .iter()
        .map(|input| match usize::from(input.code) % (CODES.len() + 2 + SCALARS.len()) {
            12 => format!("S{}", usize::from(input.size) + 1),
            13 => format!("V{}", usize::from(input.size) + 1),
            scalar @ 14.. => SCALARS[scalar - 14].to_owned(),
            numeric => CODES[numeric].to_owned(),
        })
        .collect();
    let specs: Vec<FieldSpec<'_>> = codes
        .iter()
        .zip(&shapes)
        .zip(NAMES)
        .map(|((code, shape), name)| {
            let shape = if CODES.contains(&code.as_str()) { shape } else { &[][..] };
            FieldSpec { name, code, shape }
        })
        .collect();
    let source = |(name, input): (&str, &FieldInput)| {
        Some(BinRead { name: name.to_owned(), expression: None, in_list: input.in_list })
    };
    let sources = NAMES.into_iter().zip(inputs).map(source).collect();
    let dtype = Dtype::parse_with_sources(&specs, sources).expect("every generated dtype is sound");
    let fill = |(field, input): (&Field, &FieldInput)| {
        input.fill.filter(|_| !field.element.is_view()).map(|byte| vec![byte; field.size()])
    };
    let fills = dtype.fields().iter().zip(inputs).map(fill).collect();
    dtype.with_fills(fills).expect("every fill is as large as its cell")
}

/// The value of a view cell, which has to be there as a whole.
fn view_value<'a>(view: &'a [u8], is_list: bool, blocks: &'a [Vec<u8>]) -> &'a [u8] {
    let word = |at: usize| {
        let word = i32::from_le_bytes(view[at..at + 4].try_into().expect("four bytes"));
        usize::try_from(word).expect("no part of a view is negative")
    };
    let size = word(0);
    if size == 0 || size <= 12 && !is_list {
        assert!(view[4 + size..].iter().all(|byte| *byte == 0));
        return &view[4..4 + size];
    }
    let value = &blocks[word(8)][word(12)..][..size];
    assert!(is_list || value[..4] == view[4..8]);
    value
}

fn check_value(field: &Field, view: &[u8], blocks: &[Vec<u8>]) {
    let value = view_value(view, matches!(field.element, Element::List(_)), blocks);
    match field.element {
        Element::Utf8 => assert!(std::str::from_utf8(value).is_ok()),
        Element::Any => assert!(!value.is_empty()),
        Element::List(element) => assert!(value.len().is_multiple_of(element.size())),
        _ => {}
    }
}

fn body(frame: &Frame<'_>) -> Vec<u8> {
    match frame {
        Frame::Bytes(bytes) => bytes.to_vec(),
        Frame::Rows(rows) => rows.iter().fold(Vec::new(), |mut body, row| {
            put_row(&mut body, row);
            body
        }),
    }
}

fn put_row(body: &mut Vec<u8>, row: &RowInput<'_>) {
    let header = MessageHeader {
        // Most rows succeed.
        result_code: if row.code < 200 { 0 } else { row.code },
        generation: row.generation,
        ttl: row.ttl,
        transaction: u32::from(row.index % 40),
        field_count: u16::from(row.field.is_some()),
        op_count: row.bins.len() as u16,
        ..MessageHeader::default()
    };
    body.extend_from_slice(&header.encode());
    if let Some(field) = row.field {
        put_field(body, 4, field);
    }
    for bin in &row.bins {
        let name = NAMES.get(usize::from(bin.name % 8)).copied().unwrap_or("unknown");
        let value = value(&bin.value);
        put_op(body, &Op { operation: 1, particle: bin.particle % 26, name: name.as_bytes(), value: &value });
    }
}

fn value(value: &Value<'_>) -> Vec<u8> {
    match value {
        Value::Bytes(bytes) => bytes.to_vec(),
        Value::Number(number) => number.to_be_bytes().to_vec(),
        Value::Long(byte, size) => vec![*byte; usize::from(*size)],
        Value::List(items) => {
            // As servers write them: the length of a short list is in its first byte.
            let mut list = match items.len() {
                count @ ..=15 => vec![0x90 | count as u8],
                count => [&[0xdc], &(count as u16).to_be_bytes()[..]].concat(),
            };
            for (head, number) in items {
                // 0x90..=0x93 are lists in the list, 0xca..=0xd3 numbers of every width, the rest is small.
                let head = if head & 0x80 == 0 { *head } else { 0xca + head % 10 };
                let width = [4, 8, 1, 2, 4, 8, 1, 2, 4, 8];
                list.push(head);
                if head >= 0xca {
                    list.extend(&number.to_be_bytes()[8 - width[usize::from(head - 0xca)]..]);
                }
            }
            list
        }
    }
}

struct Memory {
    table: Arc<Table>,
    layout: Layout,
    base: *mut u8,
}

impl Memory {
    /// A table over memory that is full of `old`.
    fn new(dtype: &Dtype, rows: usize, kind: LayoutKind, on_loss: OnLoss, old: u8) -> Self {
        let plan = Plan::new(dtype, rows, kind).expect("a small table fits");
        let layout = plan.layout().clone();
        let base = Box::into_raw(vec![old; layout.byte_len].into_boxed_slice()).cast::<u8>();
        // SAFETY: the bytes live until this value is dropped, which closes the table first.
        let memory = unsafe { RawMemory::new(base, layout.byte_len) };
        let options = TableOptions { on_loss, now: 1 << 29 };
        let table = Table::new(plan, memory, options).expect("the size is the layout's");
        Self { table, layout, base }
    }

    fn close(&self) -> &[u8] {
        self.table.finish(None);
        // SAFETY: the memory is this value's own, and behind a closed table nobody writes it.
        unsafe { std::slice::from_raw_parts(self.base, self.layout.byte_len) }
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.table.close();
        let bytes = std::ptr::slice_from_raw_parts_mut(self.base, self.layout.byte_len);
        // SAFETY: it came from a box of this size, and the closed table writes it no more.
        drop(unsafe { Box::from_raw(bytes) });
    }
}

/// How the rows of one frame are written.
type Write<'w> = &'w mut dyn FnMut(&Pass<'_>, &mut ReplyWalker<'_>, &mut Tally) -> Result<(), RowError>;

/// Writes the frames one after the other, and resets the claim when one is malformed.
fn write_frames(
    mut claim: Claim,
    frames: &[Frame<'_>],
    tally: &mut Tally,
    write: Write<'_>,
) -> Result<(), RowError> {
    for frame in frames {
        let body = body(frame);
        let pass = claim.open().expect("the table is open");
        if let Err(error) = write(&pass, &mut ReplyWalker::new(&body), tally) {
            pass.reset();
            return Err(error);
        }
    }
    Ok(())
}

/// As batches do: rows that are alike are written together where the claim is a range.
fn write(memory: &Memory, rows: &[u32], frames: &[Frame<'_>], tally: &mut Tally) -> Result<(), RowError> {
    let claim = match rows {
        [first, ..] if rows.is_sorted() => memory.table.claim_range(*first..first + rows.len() as u32),
        _ => memory.table.claim_rows(rows.to_vec()),
    };
    let mut learnt = Learnt::default();
    write_frames(claim.expect("nobody else has a claim"), frames, tally, &mut |pass, walker, tally| {
        while pass.write_rows(walker, 0, &mut learnt, tally, |_, _| {})?.is_some() {}
        Ok(())
    })
}

/// One row after the other.
fn write_each(
    memory: &Memory,
    rows: &[u32],
    frames: &[Frame<'_>],
    tally: &mut Tally,
) -> Result<(), RowError> {
    let claim = memory.table.claim_rows(rows.to_vec()).expect("nobody else has a claim");
    write_frames(claim, frames, tally, &mut |pass, walker, tally| {
        while let Some(header) = walker.next_row()? {
            if !header.last {
                pass.write_row(&header, walker, tally)?;
            }
        }
        Ok(())
    })
}

fn check(dtype: &Dtype, memory: &Memory, blocks: &[Vec<u8>], claimed: &[u32], untouched: &[u8]) -> u64 {
    let (layout, bytes) = (&memory.layout, memory.close());
    let mut succeeded = 0;
    for row in 0..layout.rows {
        let at = layout.result_codes + row * 4;
        let code = i32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
        succeeded += u64::from(code == 0);
        assert!(code == NO_RESPONSE || claimed.contains(&(row as u32)), "row {row} was never claimed");
        for (field, place) in dtype.fields().iter().zip(&layout.fields) {
            let valid = bytes[place.valid + row];
            let at = place.offset + row * place.stride;
            assert!(valid < 2 && (valid == 0 || code == 0));
            let cell = &bytes[at..at + field.size()];
            match (valid, &field.fill) {
                (1, _) if field.element.is_view() => check_value(field, cell, blocks),
                (1, _) => {}
                (_, Some(fill)) => assert_eq!(cell, &fill[..]),
                _ => assert!(cell.iter().all(|byte| *byte == 0)),
            }
        }
        if code == NO_RESPONSE {
            for region in [layout.generations, layout.ttls] {
                assert_eq!(bytes[region + row * 4..][..4], untouched[region + row * 4..][..4]);
            }
        }
    }
    succeeded
}

fuzz_target!(|input: Input<'_>| {
    let dtype = dtype(&input.fields);
    let rows = usize::from(input.rows % 40);
    let kind = match input.layout % 3 {
        0 => LayoutKind::Columns,
        1 => LayoutKind::Rows { align: false },
        _ => LayoutKind::Rows { align: true },
    };
    let on_loss = [OnLoss::Allow, OnLoss::Null, OnLoss::Throw][usize::from(input.on_loss % 3)];
    let memory = Memory::new(&dtype, rows, kind, on_loss, 0xa5);
    let untouched = Memory::new(&dtype, rows, kind, on_loss, 0x5a).close().to_vec();
    let (first, length, reversed) = input.claim;
    let first = u32::from(first).min(rows as u32);
    let mut claimed: Vec<u32> = (first..(first + u32::from(length)).min(rows as u32)).collect();
    if reversed {
        claimed.reverse();
    }
    let mut tally = Tally::new(dtype.fields().len());
    let written = write(&memory, &claimed, &input.frames, &mut tally);
    memory.table.finish(None);
    let blocks = memory.table.take_blocks();
    let succeeded = check(&dtype, &memory, &blocks, &claimed, &untouched);
    let elsewhere = Memory::new(&dtype, rows, kind, on_loss, 0x5a);
    let mut counted = Tally::new(dtype.fields().len());
    let again = write_each(&elsewhere, &claimed, &input.frames, &mut counted);
    assert_eq!(again, written);
    assert!(elsewhere.close() == memory.close(), "what the memory held before is gone");
    assert!(elsewhere.table.take_blocks() == blocks, "blocks hold what came and nothing else");
    match written {
        Err(_) => assert!(memory.close() == untouched, "a reset leaves no trace"),
        Ok(()) => {
            assert_eq!(tally.ok_rows, succeeded);
            assert_eq!(tally.conversions(), counted.conversions());
            assert_eq!(tally.mismatches(), counted.mismatches());
            assert_eq!(tally.first_loss, counted.first_loss);
            for counts in tally.conversions() {
                assert!(counts.missing + counts.lossy + counts.mismatched <= tally.ok_rows);
            }
            assert!(tally.first_loss.is_none() || on_loss == OnLoss::Throw);
        }
    }
});
