//! The rows of a frame are written as if each were read by itself, whether or not they are alike.

use std::ops::Range;

use aerostride_columns::{Dtype, FieldSpec, LayoutKind, Learnt, OnLoss, RowError, RowResult, Tally};
use aerostride_wire::{BinRead, MessageHeader, ReplyWalker, WireError, info3, particle_type};
use proptest::prelude::*;

use crate::reply::{double, int, put_row, success};
use crate::sheet::{COLUMNS, LAYOUTS, NOW, Sheet};

/// The index of the claim's first row.
const FIRST: u32 = 1_000;
/// The claim's first row.
const BEGIN: u32 = 30;

const FIELDS: [(&str, &str); 6] = [
    ("a", "f8"),
    ("humidity", "i4"),
    ("c", "u1"),
    ("fifteen_letters", "f4"),
    ("e", "datetime64[s]"),
    ("f", "?"),
];

#[derive(Debug, Clone)]
struct Row {
    /// Position in the claim.
    position: u32,
    code: u8,
    generation: u32,
    ttl: u32,
    /// Whether a bin is not what it is in the other rows, and how.
    odd: Option<(usize, Odd)>,
    number: i64,
}

#[derive(Debug, Clone, Copy)]
enum Odd {
    Missing,
    OtherKind,
    Text,
    Large,
}

fn row(position: u32, numbers: Range<i64>) -> impl Strategy<Value = Row> {
    let odd = prop_oneof![Just(Odd::Missing), Just(Odd::OtherKind), Just(Odd::Text), Just(Odd::Large)];
    let odd = prop_oneof![40 => Just(None), 1 => (0..FIELDS.len(), odd).prop_map(Some)];
    (prop_oneof![30 => Just(0_u8), 1 => Just(2), 1 => Just(14)], any::<u16>(), 0..NOW * 2, odd, numbers)
        .prop_map(move |(code, generation, ttl, odd, number)| Row {
            position,
            code,
            generation: generation.into(),
            ttl,
            odd,
            number,
        })
}

/// What is wrong with a reply, if anything is.
#[derive(Debug, Clone, Copy)]
enum Fault {
    None,
    /// A row comes again behind so many others.
    Doubled(usize, usize),
    /// A row is not of the claim.
    Foreign(usize),
    /// A byte is another.
    Byte(usize, u8),
    /// The end is missing.
    Cut(usize),
}

#[derive(Debug, Clone)]
struct Case {
    /// Whether each field comes in a list.
    in_list: Vec<bool>,
    kind: LayoutKind,
    on_loss: OnLoss,
    /// Rows are claimed as a list, in which every fourth row is another batch's.
    is_list: bool,
    rows: Vec<Row>,
    has_trailer: bool,
    fault: Fault,
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        6 => Just(Fault::None),
        1 => (any::<usize>(), any::<usize>()).prop_map(|(row, behind)| Fault::Doubled(row, behind)),
        1 => any::<usize>().prop_map(Fault::Foreign),
        2 => (any::<usize>(), 1..=255_u8).prop_map(|(at, change)| Fault::Byte(at, change)),
        1 => any::<usize>().prop_map(Fault::Cut),
    ]
}

fn case() -> impl Strategy<Value = Case> {
    // Of every width, of two and of one.
    let numbers = prop::sample::select(&[0..100_i64, 2..6, 2..4][..]);
    let rows = (1..200_u32, numbers).prop_flat_map(|(count, numbers)| {
        (0..count).map(|position| row(position, numbers.clone())).collect::<Vec<_>>()
    });
    let swaps = proptest::collection::vec((any::<usize>(), any::<usize>()), 0..4);
    let on_loss = prop_oneof![Just(OnLoss::Allow), Just(OnLoss::Null), Just(OnLoss::Throw)];
    // As many cases without any list, with lists alone, and with both.
    let in_list = (0..=FIELDS.len(), prop::sample::select(&[0.0, 0.5, 1.0][..]))
        .prop_flat_map(|(fields, listed)| prop::collection::vec(prop::bool::weighted(listed), fields));
    let form = (in_list, 0..LAYOUTS.len(), on_loss, any::<bool>());
    (form, rows, swaps, any::<bool>(), fault()).prop_map(
        |((in_list, layout, on_loss, is_list), mut rows, swaps, has_trailer, fault)| {
            let count = rows.len();
            swaps.iter().for_each(|(a, b)| rows.swap(a % count, b % count));
            Case { in_list, kind: LAYOUTS[layout], on_loss, is_list, rows, has_trailer, fault }
        },
    )
}

type Bin = (&'static str, u8, Vec<u8>);

/// The bin as a list whose only element is its value: an integer in one of the forms that msgpack has for it.
fn listed((name, kind, value): Bin, form: i64) -> Bin {
    let size = [1, 2, 4, 8][form as usize % 4];
    let (front, back) = value.split_at(value.len().saturating_sub(size));
    let element = match kind {
        particle_type::INT if form == 4 && matches!(value[..], [0, 0, 0, 0, 0, 0, 0, ..=0x7f]) => {
            vec![value[7]]
        }
        particle_type::INT if front.iter().all(|&byte| byte == 0) => {
            [&[0xcc + form as u8 % 4], back].concat()
        }
        particle_type::INT => [&[0xcf], &value[..]].concat(),
        particle_type::DOUBLE => [&[0xcb], &value[..]].concat(),
        kind => [&[0xa1 + value.len() as u8, kind], &value[..]].concat(),
    };
    (name, particle_type::LIST, [&[0x91], &element[..]].concat())
}

/// A dtype of the first fields, as many as there are in `in_list`.
fn dtype(in_list: &[bool]) -> Dtype {
    let fields = || FIELDS.iter().zip(in_list);
    let specs: Vec<_> = fields().map(|(&(name, code), _)| FieldSpec { name, code, shape: &[] }).collect();
    let source = |(&(name, _), &in_list): (&(&str, &str), &bool)| {
        Some(BinRead { name: name.to_owned(), expression: None, in_list })
    };
    Dtype::parse_with_sources(&specs, fields().map(source).collect()).unwrap()
}

fn put(body: &mut Vec<u8>, in_list: &[bool], row: &Row) {
    let header = MessageHeader {
        result_code: row.code,
        generation: row.generation,
        ttl: row.ttl,
        ..success(FIRST + row.position)
    };
    let mut bins = Vec::new();
    let fields = FIELDS.iter().zip(in_list).enumerate();
    for (field, ((name, code), &in_list)) in fields.filter(|_| row.code == 0) {
        let is_double = code.starts_with('f');
        let odd = row.odd.filter(|(odd, _)| *odd == field).map(|(_, odd)| odd);
        let bin = match odd {
            Some(Odd::Missing) => continue,
            Some(Odd::Text) => (*name, particle_type::STRING, b"text".to_vec()),
            Some(Odd::Large) if is_double => double(name, 1e300),
            Some(Odd::Large) => int(name, i64::MAX - row.number),
            None if is_double => double(name, row.number as f64 / 4.0),
            Some(Odd::OtherKind) if !is_double => double(name, row.number as f64),
            None | Some(Odd::OtherKind) => int(name, row.number % 2),
        };
        bins.push(if in_list { listed(bin, row.number / 2 % 5) } else { bin });
    }
    put_row(body, header, &bins);
}

impl Case {
    fn body(&self) -> Vec<u8> {
        let mut rows = self.rows.clone();
        match self.fault {
            Fault::Doubled(row, behind) => {
                let doubled = rows[row % rows.len()].clone();
                rows.insert(behind % (rows.len() + 1), doubled);
            }
            Fault::Foreign(row) => {
                let (at, count) = (row % rows.len(), rows.len() as u32);
                rows[at].position = if row.is_multiple_of(2) { count } else { u32::MAX - FIRST };
            }
            _ => {}
        }
        let mut body = Vec::new();
        rows.iter().for_each(|row| put(&mut body, &self.in_list, row));
        if self.has_trailer {
            let last = MessageHeader { info3: info3::LAST, ..MessageHeader::default() };
            put_row(&mut body, last, &[]);
        }
        match self.fault {
            Fault::Byte(at, change) => {
                let at = at % body.len();
                body[at] ^= change;
            }
            Fault::Cut(at) => body.truncate(at % body.len()),
            _ => {}
        }
        body
    }

    /// What `write` makes of the reply: the error, or the results by row; then the counts and the bytes.
    fn written(
        &self,
        write: impl FnOnce(&Pass<'_>, &[u8], &mut Tally) -> Written,
    ) -> (Written, Tally, Vec<u8>) {
        let count = self.rows.len() as u32;
        let sheet = Sheet::new(&dtype(&self.in_list), (BEGIN + 2 * count) as usize, self.kind, self.on_loss);
        let claim = if self.is_list {
            sheet.table.claim_rows(three_of_four(count))
        } else {
            sheet.table.claim_range(BEGIN..BEGIN + count)
        };
        let mut claim = claim.unwrap();
        let mut tally = sheet.tally();
        let pass = claim.open().unwrap();
        let mut written = write(&pass, &self.body(), &mut tally);
        match &mut written {
            Ok((results, _)) => results.sort_unstable_by_key(|result| result.row),
            Err(_) => {
                pass.reset();
                tally.clear();
            }
        }
        drop(pass);
        drop(claim);
        (written, tally, sheet.close().bytes)
    }
}

fn three_of_four(count: u32) -> Vec<u32> {
    (0..count).map(|position| BEGIN + position + position / 3).collect()
}

type Pass<'a> = aerostride_columns::Pass<'a>;
type Written = Result<(Vec<RowResult>, Option<u8>), WireError>;

/// As the table does it.
fn together(pass: &Pass<'_>, body: &[u8], tally: &mut Tally, learnt: &mut Learnt) -> Written {
    let (mut walker, mut results, mut last) = (ReplyWalker::new(body), Vec::new(), None);
    let mut each = |rows: Range<u32>, code| results.extend(rows.map(|row| RowResult { row, code }));
    while let Some(header) = malformed(pass.write_rows(&mut walker, FIRST, learnt, tally, &mut each))? {
        last = Some(header.result_code);
    }
    Ok((results, last))
}

/// One row after the other.
fn one_by_one(pass: &Pass<'_>, body: &[u8], tally: &mut Tally) -> Written {
    let (mut walker, mut results, mut last) = (ReplyWalker::new(body), Vec::new(), None);
    while let Some(mut header) = walker.next_row()? {
        if header.last {
            last = Some(header.result_code);
            continue;
        }
        header.index = header.index.wrapping_sub(FIRST);
        results.push(malformed(pass.write_row(&header, &mut walker, tally))?);
    }
    Ok((results, last))
}

fn malformed<T>(written: Result<T, RowError>) -> Result<T, WireError> {
    written.map_err(|error| match error {
        RowError::Malformed(malformed) => malformed,
        RowError::Closed => panic!("the table was closed"),
    })
}

proptest! {
    #![proptest_config(crate::cases(600))]

    #[test]
    #[cfg_attr(miri, ignore = "minutes for every case")]
    fn rows_that_are_alike_are_written_as_one_by_one(case in case()) {
        let mut learnt = Learnt::default();
        let one = case.written(one_by_one);
        // The second time it knows from the beginning what it has learnt.
        for _ in 0..2 {
            let two = case.written(|pass, body, tally| together(pass, body, tally, &mut learnt));
            prop_assert_eq!(&one.0, &two.0);
            prop_assert_eq!(one.1.conversions(), two.1.conversions());
            prop_assert_eq!(one.1.mismatches(), two.1.mismatches());
            prop_assert_eq!((one.1.ok_rows, &one.1.first_loss), (two.1.ok_rows, &two.1.first_loss));
            prop_assert!(one.2 == two.2, "the cells differ");
        }
    }
}

/// Numbers whose lists are of a size, and of sizes that change every other row; see [`listed`].
const OF_ONE_WIDTH: fn(u32) -> u32 = |position| 2 + position % 2;
const OF_ANY_WIDTH: fn(u32) -> u32 = |position| position % 100;

/// How many rows were written at a time, of 200 rows.
fn bursts(in_list: &[bool], number: fn(u32) -> u32, odd: impl Fn(u32) -> Option<(usize, Odd)>) -> Vec<usize> {
    let body = body_of_200(in_list, number, odd);
    let sheet = Sheet::new(&dtype(in_list), 200, COLUMNS, OnLoss::Allow);
    let mut claim = sheet.table.claim_range(0..200).unwrap();
    let (mut walker, mut tally, mut bursts) = (ReplyWalker::new(&body), sheet.tally(), Vec::new());
    let pass = claim.open().unwrap();
    let each = |rows: Range<u32>, _| bursts.push(rows.len());
    pass.write_rows(&mut walker, FIRST, &mut Learnt::default(), &mut tally, each).unwrap();
    bursts
}

fn body_of_200(
    in_list: &[bool],
    number: fn(u32) -> u32,
    odd: impl Fn(u32) -> Option<(usize, Odd)>,
) -> Vec<u8> {
    let mut body = Vec::new();
    for position in 0..200 {
        let number = i64::from(number(position));
        put(
            &mut body,
            in_list,
            &Row { position, code: 0, generation: 1, ttl: 0, odd: odd(position), number },
        );
    }
    body
}

#[test]
fn rows_behind_the_first_are_written_together() {
    assert_eq!(bursts(&[false; 6], OF_ANY_WIDTH, |_| None), [1, 64, 64, 64, 7]);
    // Integers in lists have no size of their own: those of one width are looked for, ever less often.
    for in_list in [[true, true, true], [false, true, false]] {
        assert_eq!(bursts(&in_list, OF_ANY_WIDTH, |_| None), [1, 4, 8, 16, 32, 64, 64, 11], "{in_list:?}");
        let odd = |row| (row == 100).then_some((1, Odd::Missing));
        assert_eq!(bursts(&in_list, OF_ANY_WIDTH, odd), [1, 4, 8, 16, 32, 39, 1, 64, 35], "{in_list:?}");
    }
    let bursts_of_one = |in_list| bursts(in_list, OF_ONE_WIDTH, |_| None);
    assert_eq!(bursts_of_one(&[true, true, true]), [1, 4, 64, 64, 64, 3]);
    // Doubles in lists have one.
    assert_eq!(bursts(&[true, false, false], OF_ANY_WIDTH, |_| None), [1, 64, 64, 64, 7]);
    // A list behind a long name is looked at by itself.
    assert_eq!(bursts(&[true; 6], OF_ANY_WIDTH, |_| None), [1; 200]);
}

/// Rows that share a batch with those of other nodes are learnt from as well.
#[test]
fn rows_with_others_between_them_are_written_together() {
    for in_list in [[false; 3], [true, true, true]] {
        let sheet = Sheet::new(&dtype(&in_list), 300, COLUMNS, OnLoss::Allow);
        let mut claim = sheet.table.claim_rows(three_of_four(200)).unwrap();
        let body = body_of_200(&in_list, OF_ANY_WIDTH, |_| None);
        let (mut walker, mut tally, mut learnt) = (ReplyWalker::new(&body), sheet.tally(), Learnt::default());
        let pass = claim.open().unwrap();
        pass.write_rows(&mut walker, FIRST, &mut learnt, &mut tally, |_, _| {}).unwrap();
        assert_eq!(learnt.rows(), 199, "{in_list:?}");
    }
}
