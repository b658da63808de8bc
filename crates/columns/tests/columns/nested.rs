//! A field that comes as the first element of a list is what a bin with that element is, whichever way it takes.

use std::sync::Arc;

use aerostride_columns::{Appender, Dtype, FieldSpec, LayoutKind, OnLoss, RowError, Tally};
use aerostride_wire::{
    BinRead, MESSAGE_HEADER_SIZE, MessageHeader, Scratch, StreamMessage, StreamWalker, field_type,
    first_of_list, particle_type, put_field,
};
use proptest::prelude::*;

use crate::reply::{put_row, success};
use crate::sheet::{LAYOUTS, Sheet, Written, write_body};

const NAMES: [&str; 3] = ["\u{1}0", "\u{1}1", "\u{1}2"];

const CODES: [(&str, &[usize]); 21] = [
    ("i1", &[]),
    ("i2", &[]),
    ("i4", &[]),
    ("i8", &[]),
    ("u1", &[]),
    ("u2", &[]),
    ("u4", &[]),
    ("u8", &[]),
    ("f2", &[]),
    ("f4", &[]),
    ("f8", &[]),
    ("?", &[]),
    ("datetime64[ms]", &[]),
    ("S4", &[]),
    ("V4", &[]),
    ("i4", &[2]),
    ("utf8", &[]),
    ("binary", &[]),
    ("any", &[]),
    ("list<f4>", &[]),
    ("i4", &[]),
];

/// What a bin holds: particle type and bytes.
type Value = (u8, Vec<u8>);

#[derive(Debug, Clone)]
struct Case {
    codes: Vec<(&'static str, &'static [usize])>,
    /// Fields whose bins are lists; the others come as they are.
    in_list: Vec<bool>,
    rows: Vec<Vec<Option<Value>>>,
    kind: LayoutKind,
    on_loss: OnLoss,
    has_key: bool,
}

/// A number in one of the forms that msgpack has for it, whether it is the shortest or not.
fn number() -> impl Strategy<Value = Vec<u8>> {
    let behind = prop_oneof![
        3 => (0_u64..300).prop_map(u64::to_be_bytes),
        1 => any::<[u8; 8]>(),
        1 => (0_u32..64, any::<bool>()).prop_map(|(bit, less)| {
            (1_u64 << bit).wrapping_sub(u64::from(less)).to_be_bytes()
        }),
        1 => any::<f64>().prop_map(f64::to_be_bytes),
        1 => (-100_i32..100).prop_map(|value| (f64::from(value) / 4.0).to_be_bytes()),
    ];
    let sized = (0xca_u8..=0xd3, behind).prop_map(|(tag, behind)| {
        let size = [4, 8, 1, 2, 4, 8, 1, 2, 4, 8][usize::from(tag - 0xca)];
        // A float has its bytes in front, an integer behind.
        let number = if tag <= 0xcb { &behind[..size] } else { &behind[8 - size..] };
        [&[tag], number].concat()
    });
    let small = prop_oneof![0_u8..=0x7f, 0xe0_u8..=0xff].prop_map(|tag| vec![tag]);
    prop_oneof![4 => sized, 1 => small]
}

fn element() -> impl Strategy<Value = Vec<u8>> {
    let raw = (prop_oneof![Just(3_u8), Just(4), Just(23)], prop::collection::vec(any::<u8>(), 0..40))
        .prop_map(|(kind, bytes)| [&[0xd9, bytes.len() as u8 + 1, kind], &bytes[..]].concat());
    let list = prop::collection::vec(number(), 0..4)
        .prop_map(|numbers| [&[0x90 | numbers.len() as u8], &numbers.concat()[..]].concat());
    prop_oneof![
        20 => number(),
        2 => raw,
        1 => list,
        1 => prop::sample::select(&[0xc0_u8, 0xc2, 0xc3, 0xc1, 0xc7, 0x80][..]).prop_map(|head| vec![head]),
    ]
}

fn list() -> impl Strategy<Value = Value> {
    let list = |elements: Vec<Vec<u8>>| [&[0x90 | elements.len() as u8], &elements.concat()[..]].concat();
    prop_oneof![
        30 => element().prop_map(move |element| list(vec![element])),
        1 => prop::collection::vec(element(), 0..4).prop_map(list),
        1 => prop::collection::vec(any::<u8>(), 0..12),
    ]
    .prop_map(|bytes| (particle_type::LIST, bytes))
}

fn bin() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => (0_i64..300).prop_map(|value| (particle_type::INT, value.to_be_bytes().to_vec())),
        4 => (0_i32..300).prop_map(|value| (particle_type::DOUBLE, f64::from(value).to_be_bytes().to_vec())),
        1 => any::<i64>().prop_map(|value| (particle_type::INT, value.to_be_bytes().to_vec())),
        1 => Just((particle_type::STRING, b"text".to_vec())),
    ]
}

fn case() -> impl Strategy<Value = Case> {
    let fields = prop::collection::vec((prop::sample::select(&CODES[..]), any::<bool>()), 1..=NAMES.len());
    fields.prop_flat_map(|fields| {
        let (codes, in_list): (Vec<_>, Vec<_>) = fields.into_iter().unzip();
        let values: Vec<_> = in_list
            .iter()
            .map(|&in_list| {
                let usual = if in_list { list().boxed() } else { bin().boxed() };
                prop_oneof![40 => usual.prop_map(Some), 1 => bin().prop_map(Some), 1 => Just(None)]
            })
            .collect();
        let rows = prop::collection::vec(values, 0..100);
        let kind = prop::sample::select(&LAYOUTS[..]);
        let on_loss = prop::sample::select(&[OnLoss::Allow, OnLoss::Null, OnLoss::Throw][..]);
        (rows, kind, on_loss, any::<bool>()).prop_map(move |(rows, kind, on_loss, has_key)| {
            let (codes, in_list) = (codes.clone(), in_list.clone());
            Case { codes, in_list, rows, kind, on_loss, has_key }
        })
    })
}

impl Case {
    /// The dtype, of which fields come in lists or not at all.
    fn dtype(&self, in_lists: bool) -> Arc<Dtype> {
        let specs: Vec<_> = self
            .codes
            .iter()
            .zip(NAMES)
            .map(|(&(code, shape), name)| FieldSpec { name, code, shape })
            .collect();
        let source = |(&name, &in_list): (&&str, &bool)| {
            Some(BinRead { name: name.to_owned(), expression: None, in_list: in_list && in_lists })
        };
        let sources = NAMES.iter().zip(&self.in_list).map(source).collect();
        Arc::new(Dtype::parse_with_sources(&specs, sources).unwrap())
    }

    /// The bins of a row, and with `unwrapped` the elements of its lists instead.
    fn bins(&self, row: usize, unwrapped: bool) -> Vec<(&'static str, u8, Vec<u8>)> {
        let value = |(kind, bytes): &Value, in_list: bool| {
            if !unwrapped || !in_list || *kind != particle_type::LIST {
                return (*kind, bytes.clone());
            }
            let mut scratch = Scratch::default();
            let (kind, value) = first_of_list(bytes, &mut scratch).unwrap_or_default();
            (kind, value.to_vec())
        };
        let values = self.rows[row].iter().zip(&self.in_list).zip(NAMES);
        values
            .filter_map(|((bin, &in_list), name)| {
                let (kind, bytes) = value(bin.as_ref()?, in_list);
                Some((name, kind, bytes))
            })
            .collect()
    }

    fn batch(&self, in_lists: bool) -> (Written, Tally) {
        let sheet = Sheet::new(&self.dtype(in_lists), self.rows.len(), self.kind, self.on_loss);
        let mut body = Vec::new();
        for row in 0..self.rows.len() {
            put_row(&mut body, success(row as u32), &self.bins(row, !in_lists));
        }
        let mut claim = sheet.claim_range(0..self.rows.len() as u32).unwrap();
        let mut tally = sheet.tally();
        write_body(&claim.open().unwrap(), &body, &mut tally).unwrap();
        drop(claim);
        (sheet.close(), tally)
    }

    /// The bytes that a stream appends, and how many rows of it were written together.
    fn stream(&self) -> (Vec<u8>, Tally, usize) {
        let dtype = self.dtype(true);
        let sheet = Sheet::new(&dtype, self.rows.len(), self.kind, self.on_loss);
        let mut body = Vec::new();
        for row in 0..self.rows.len() {
            let mut fields = Vec::new();
            put_field(&mut fields, field_type::DIGEST, &[row as u8; 20]);
            if self.has_key {
                put_field(&mut fields, field_type::USER_KEY, &[&[3], &b"keys"[..row % 5]].concat());
            }
            let at = body.len() + MESSAGE_HEADER_SIZE;
            let header = MessageHeader {
                field_count: 1 + u16::from(self.has_key),
                generation: 1,
                ..MessageHeader::default()
            };
            put_row(&mut body, header, &self.bins(row, false));
            body.splice(at..at, fields);
        }
        let mut appender = Appender::new(&sheet.table, dtype).unwrap();
        let mut together = 0;
        {
            let (mut walker, mut burst) = (StreamWalker::new(&body), appender.open().unwrap());
            loop {
                match burst.append_alike::<RowError>(&mut walker, |_| Ok(true)).unwrap() {
                    Some(0) | None => {}
                    Some(count) => {
                        together += count;
                        continue;
                    }
                }
                let Some(StreamMessage::Record(record)) = walker.next_message().unwrap() else { break };
                burst.append_record(&record, &mut walker).unwrap();
            }
        }
        appender.keep();
        let appended = appender.finish().unwrap().unwrap();
        (sheet.peek()[..appended.layout.byte_len].to_vec(), appended.tally, together)
    }
}

fn same(one: &Tally, other: &Tally) {
    assert_eq!(one.conversions(), other.conversions());
    assert_eq!(one.mismatches(), other.mismatches());
    assert_eq!((one.ok_rows, &one.first_loss), (other.ok_rows, &other.first_loss));
}

proptest! {
    #![proptest_config(crate::cases(600))]

    #[test]
    #[cfg_attr(miri, ignore = "minutes for every case")]
    fn a_field_in_a_list_is_what_a_bin_with_its_first_element_is(case in case()) {
        let (listed, tally) = case.batch(true);
        let (plain, plain_tally) = case.batch(false);
        same(&tally, &plain_tally);
        prop_assert!(listed.bytes == plain.bytes, "the cells differ");
        prop_assert_eq!(&listed.blocks, &plain.blocks);
        let (bytes, streamed, _) = case.stream();
        same(&streamed, &plain_tally);
        prop_assert!(bytes == plain.bytes, "the cells of the stream differ");
    }
}

#[test]
fn numbers_in_lists_are_written_together_whatever_their_width() {
    let values = |row: usize| {
        let mut width = vec![0x91];
        aerostride_wire::msgpack::put_int(&mut width, (row * row * row) as i64 - 500);
        let double = [&[0x91, 0xcb], &(row as f64).to_be_bytes()[..]].concat();
        vec![Some((particle_type::LIST, width)), Some((particle_type::LIST, double))]
    };
    for (has_key, codes) in [(false, [("i8", &[][..]), ("f8", &[])]), (true, [("f8", &[]), ("f4", &[])])] {
        let (kind, on_loss) = (LAYOUTS[0], OnLoss::Allow);
        let rows: Vec<_> = (0..300).map(values).collect();
        let case = Case { codes: codes.to_vec(), in_list: vec![true; 2], rows, kind, on_loss, has_key };
        let (bytes, tally, together) = case.stream();
        // Near the end there are fewer bytes than the comparison looks at.
        assert!(together >= 296, "{together}");
        assert_eq!(tally.ok_rows, 300);
        assert!(bytes == case.batch(false).0.bytes);
        // Doubles have one width, and are found without a look at each.
        let rows = case.rows.iter().map(|row| vec![row[1].clone()]).collect();
        let doubles = Case { codes: vec![("f8", &[])], in_list: vec![true], rows, ..case };
        assert!(doubles.stream().2 >= 296);
    }
}
