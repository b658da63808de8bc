//! Records that are alike are written column by column: as if each had been read by itself.

use std::sync::Arc;

use aerostride_columns::{Appended, Appender, Dtype, LayoutKind, OnLoss, RowError};
use aerostride_wire::{
    MESSAGE_HEADER_SIZE, MessageHeader, StreamMessage, StreamRecord, StreamWalker, WireError, field_type,
    info3, particle_type, put_field,
};
use proptest::prelude::*;

use crate::reply::{double, int, put_row};
use crate::sheet::{LAYOUTS, NOW, Sheet, dtype};

/// Numbers of every kind; `f2`, `u8` and dates have no loop of their own.
const CODES: [&str; 14] = [
    "f8",
    "i4",
    "u1",
    "f4",
    "i8",
    "i1",
    "i2",
    "u2",
    "u4",
    "u8",
    "f2",
    "?",
    "datetime64[s]",
    "datetime64[ms]",
];

/// What is written by `Sheet`s of one form.
#[derive(Debug, Clone)]
struct Form {
    codes: Vec<&'static str>,
    rows: usize,
    kind: LayoutKind,
    on_loss: OnLoss,
}

#[derive(Debug, Clone)]
struct Record {
    digest: [u8; 20],
    set: Option<&'static str>,
    key: Option<Vec<u8>>,
    bval: Option<i64>,
    generation: u16,
    ttl: u32,
    values: Vec<Value>,
    /// Bins at the end that it does not have.
    missing: usize,
}

#[derive(Debug, Clone, Copy)]
enum Value {
    Int(i64),
    Double(f64),
    Text(u64),
}

const NAMES: [&str; 6] = ["a", "humidity", "c", "fifteen_letters", "e", "temperature"];

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        20 => (0_i64..100).prop_map(Value::Int),
        20 => (-50_i32..50).prop_map(|value| Value::Double(f64::from(value) / 4.0)),
        1 => any::<i64>().prop_map(Value::Int),
        1 => any::<f64>().prop_map(Value::Double),
        1 => any::<u64>().prop_map(Value::Text),
    ]
}

/// Nearly every record looks like `shape`.
fn record(shape: Vec<Value>, has_key: bool) -> impl Strategy<Value = Record> {
    let values = shape.iter().map(|usual| {
        let usual = match usual {
            Value::Int(_) => (0_i64..100).prop_map(Value::Int).boxed(),
            Value::Double(_) => (0_i32..50).prop_map(|value| Value::Double(f64::from(value))).boxed(),
            Value::Text(_) => Just(Value::Text(7)).boxed(),
        };
        prop_oneof![60 => usual, 1 => value()]
    });
    let key = prop_oneof![
        20 => proptest::collection::vec(any::<u8>(), 1..9),
        1 => Just(Vec::new())
    ];
    let more = (
        prop_oneof![20 => Just(Some("sensors")), 1 => Just(Some("other")), 1 => Just(None)],
        prop_oneof![40 => Just(has_key), 1 => any::<bool>()],
        prop_oneof![40 => Just(None), 1 => any::<i64>().prop_map(Some)],
        prop_oneof![40 => Just(0), 1 => 1..3_usize],
    );
    (any::<[u8; 20]>(), key, any::<u16>(), 0..NOW * 2, values.collect::<Vec<_>>(), more).prop_map(
        |(digest, key, generation, ttl, values, (set, keyed, bval, missing))| Record {
            digest,
            set,
            key: keyed.then_some(key),
            bval,
            generation,
            ttl,
            values,
            missing,
        },
    )
}

fn put(body: &mut Vec<u8>, record: &Record) {
    let mut fields = Vec::new();
    let mut field_count = 2;
    put_field(&mut fields, field_type::NAMESPACE, b"test");
    put_field(&mut fields, field_type::DIGEST, &record.digest);
    let set = record.set.map(|set| (field_type::SET, set.as_bytes().to_vec()));
    let key = record.key.as_ref().map(|key| (field_type::USER_KEY, [&[3], &key[..]].concat()));
    let bval = record.bval.map(|bval| (field_type::BVALS, bval.to_le_bytes().to_vec()));
    for (kind, value) in [set, key, bval].into_iter().flatten() {
        put_field(&mut fields, kind, &value);
        field_count += 1;
    }
    let bins: Vec<_> = record.values[..record.values.len().saturating_sub(record.missing)]
        .iter()
        .zip(NAMES)
        .map(|(value, name)| match value {
            Value::Int(value) => int(name, *value),
            Value::Double(value) => double(name, *value),
            Value::Text(value) => (name, particle_type::STRING, value.to_be_bytes().to_vec()),
        })
        .collect();
    let header = MessageHeader {
        generation: u32::from(record.generation),
        ttl: record.ttl,
        field_count,
        ..MessageHeader::default()
    };
    let at = body.len();
    put_row(body, header, &bins);
    body.splice(at + MESSAGE_HEADER_SIZE..at + MESSAGE_HEADER_SIZE, fields);
}

/// What a record says beside its bins.
type Seen = ([u8; 20], Option<Vec<u8>>, Option<(u8, Vec<u8>)>, Option<i64>);

fn seen(record: &StreamRecord<'_>) -> Seen {
    let key = record.user_key.map(|(kind, key)| (kind, key.to_vec()));
    (*record.digest, record.set.map(<[u8]>::to_vec), key, record.bval)
}

#[derive(Debug)]
struct Stopped;

impl From<RowError> for Stopped {
    fn from(_: RowError) -> Self {
        Self
    }
}

impl From<WireError> for Stopped {
    fn from(_: WireError) -> Self {
        Self
    }
}

/// Appends the records of a frame, together where they are alike if `together`.
fn append(
    appender: &mut Appender,
    body: &[u8],
    together: bool,
    out: &mut Vec<Seen>,
) -> Result<usize, Stopped> {
    let mut walker = StreamWalker::new(body);
    let mut burst = appender.open().unwrap();
    let mut alike = 0;
    while !burst.is_full() {
        if together {
            let count = burst.append_alike(&mut walker, |record| {
                out.push(seen(record));
                Ok::<_, Stopped>(true)
            })?;
            alike += count.unwrap();
            if count != Some(0) {
                continue;
            }
        }
        let Some(StreamMessage::Record(record)) = walker.next_message()? else { break };
        burst.append_record(&record, &mut walker)?;
        out.push(seen(&record));
    }
    Ok(alike)
}

fn form() -> impl Strategy<Value = Form> {
    let codes = proptest::collection::vec(proptest::sample::select(&CODES[..]), 1..=NAMES.len());
    let kind = proptest::sample::select(&LAYOUTS[..]);
    let on_loss = proptest::sample::select(&[OnLoss::Allow, OnLoss::Null, OnLoss::Throw][..]);
    (codes, 1..400_usize, kind, on_loss).prop_map(|(codes, rows, kind, on_loss)| Form {
        codes,
        rows,
        kind,
        on_loss,
    })
}

fn records() -> impl Strategy<Value = (Form, Vec<Record>)> {
    (form(), any::<bool>()).prop_flat_map(|(form, has_key)| {
        let shape = proptest::collection::vec(value(), form.codes.len());
        let records =
            shape.prop_flat_map(move |shape| proptest::collection::vec(record(shape, has_key), 0..300));
        (Just(form), records)
    })
}

/// Appends frames, of which only the sound ones are kept.
fn fill(
    form: &Form,
    dtype: &Arc<Dtype>,
    frames: &[&[u8]],
    together: bool,
) -> (Appended, Vec<u8>, Vec<Seen>, usize) {
    let sheet = Sheet::new(dtype, form.rows, form.kind, form.on_loss);
    let mut appender = Appender::new(&sheet.table, Arc::clone(dtype)).unwrap();
    let (mut out, mut alike) = (Vec::new(), 0);
    for frame in frames {
        let kept = appender.len();
        match append(&mut appender, frame, together, &mut out) {
            Ok(count) => {
                alike += count;
                appender.keep();
            }
            Err(Stopped) => {
                appender.rewind();
                out.truncate(kept);
            }
        }
    }
    let appended = appender.finish().unwrap().unwrap();
    let bytes = sheet.peek()[..appended.layout.byte_len].to_vec();
    (appended, bytes, out, alike)
}

proptest! {
    #![proptest_config(crate::cases(256))]

    #[test]
    fn records_written_together_are_as_if_each_had_been_read_by_itself(
        (form, records) in records(),
        cut in any::<proptest::sample::Index>(),
        extra in 0..2_usize,
    ) {
        let fields: Vec<_> = NAMES.iter().copied().zip(form.codes.iter().copied()).collect();
        let dtype = Arc::new(dtype(&fields));
        let mut body = Vec::new();
        records.iter().for_each(|record| put(&mut body, record));
        // A frame that ends in the middle of a record, one that ends with the scan, and a whole one.
        let half = &body[..if body.is_empty() { 0 } else { cut.index(body.len()) }];
        let last = MessageHeader { info3: info3::LAST, ..MessageHeader::default() };
        let ended = [&body[..], &last.encode(), &[0; 3][..extra]].concat();
        let frames = [half, &body, &ended];
        let (one, one_bytes, one_seen, _) = fill(&form, &dtype, &frames, false);
        let (two, two_bytes, two_seen, _) = fill(&form, &dtype, &frames, true);
        prop_assert!(one_seen == two_seen, "{} records, and {}", one_seen.len(), two_seen.len());
        prop_assert_eq!(one.tally.conversions(), two.tally.conversions());
        prop_assert_eq!(one.tally.mismatches(), two.tally.mismatches());
        prop_assert_eq!((one.tally.ok_rows, &one.tally.first_loss), (two.tally.ok_rows, &two.tally.first_loss));
        prop_assert_eq!(one.layout, two.layout);
        prop_assert!(one_bytes == two_bytes, "the cells differ");
    }
}

fn plain(number: u32) -> Record {
    let mut digest = [0; 20];
    digest[..4].copy_from_slice(&number.to_be_bytes());
    Record {
        digest,
        set: Some("sensors"),
        key: None,
        bval: None,
        generation: 1,
        ttl: 0,
        values: vec![Value::Double(f64::from(number) / 2.0), Value::Int(i64::from(number % 100))],
        missing: 0,
    }
}

fn plain_form(rows: usize) -> (Form, Arc<Dtype>) {
    let form = Form { codes: vec!["f8", "i4"], rows, kind: LAYOUTS[0], on_loss: OnLoss::Allow };
    (form, Arc::new(dtype(&[("a", "f8"), ("humidity", "i4")])))
}

#[test]
fn all_but_the_first_and_the_last_record_of_a_frame_are_written_together() {
    let (form, dtype) = plain_form(500);
    let (mut body, mut keyed) = (Vec::new(), Vec::new());
    for number in 0..200 {
        put(&mut body, &plain(number));
        let key = number.to_string().into_bytes();
        put(&mut keyed, &Record { key: Some(key), ..plain(number) });
    }
    for frame in [body, keyed] {
        let (appended, _, seen, alike) = fill(&form, &dtype, &[&frame], true);
        assert_eq!((appended.layout.rows, seen.len()), (200, 200));
        // Near the end there are fewer bytes than the comparison looks at.
        assert!(alike >= 197, "{alike}");
    }
}

#[test]
fn one_record_that_differs_does_not_end_it() {
    let (form, dtype) = plain_form(500);
    let mut body = Vec::new();
    for number in 0..400 {
        let missing = usize::from(number % 100 == 50);
        put(&mut body, &Record { missing, ..plain(number) });
    }
    let (appended, _, _, alike) = fill(&form, &dtype, &[&body], true);
    assert_eq!(appended.tally.conversions()[1].missing, 4);
    assert!(alike >= 390, "{alike}");
}

#[test]
fn what_is_not_wanted_is_not_written() {
    let (form, dtype) = plain_form(500);
    let mut body = Vec::new();
    (0..300).for_each(|number| put(&mut body, &plain(number)));
    let sheet = Sheet::new(&dtype, form.rows, form.kind, form.on_loss);
    let mut appender = Appender::new(&sheet.table, Arc::clone(&dtype)).unwrap();
    let mut walker = StreamWalker::new(&body);
    let mut burst = appender.open().unwrap();
    let Some(StreamMessage::Record(record)) = walker.next_message().unwrap() else { panic!("a record") };
    burst.append_record(&record, &mut walker).unwrap();
    let mut left = 100;
    let mut take = |_: &StreamRecord<'_>| {
        left -= 1;
        Ok::<_, RowError>(left >= 0)
    };
    assert_eq!(burst.append_alike(&mut walker, &mut take), Ok(Some(64)));
    assert_eq!(burst.append_alike(&mut walker, &mut take), Ok(None));
    drop(burst);
    assert_eq!(appender.len(), 101);
    appender.keep();
    sheet.table.close();
    let mut walker = StreamWalker::new(&body);
    assert!(appender.open().is_none_or(|mut burst| burst.append_alike(&mut walker, take).is_err()));
}
