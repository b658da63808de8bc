//! Replies of scans and queries, walked and appended to columns: no panic, no slice outside of the reply, no byte of what
//! the memory held before, and of frames that turn out to be malformed nothing at all.
//!
//! The first bytes are the frames' bodies, one behind the other, so that recordings mean something; the last four say where
//! the first frame ends and what is made of them.
#![no_main]

use std::sync::Arc;

use aerostride_columns::{
    Appended, Appender, Dtype, FieldSpec, KeyColumns, LayoutKind, OnLoss, Plan, RawMemory, RowError, RowKeys,
    Table, TableOptions,
};
use aerostride_wire::{BinRead, StreamMessage, StreamRecord, StreamWalker};
use libfuzzer_sys::fuzz_target;

/// Bins of the recordings, as what they are and as something else.
const DTYPES: [&[(&str, &str, &[usize])]; 7] = [
    &[("i", "i8", &[]), ("f", "f8", &[]), ("s", "S8", &[]), ("b", "V4", &[]), ("t", "?", &[])],
    &[("ls", "f4", &[2]), ("l", "i2", &[3]), ("count", "u1", &[]), ("i", "f4", &[]), ("s", "V3", &[])],
    &[("other", "i4", &[]), ("x", "f2", &[])],
    &[("i", "i4", &[])],
    &[("i", "u1", &[]), ("f", "f4", &[])],
    &[("l", "i4", &[])],
    &[("i", "i4", &[]), ("ls", "f8", &[]), ("l", "utf8", &[])],
];

/// Bins of which a field has the first element, in the last dtypes of the table.
const LISTS: [&str; 2] = ["l", "ls"];
const FIRST_OF_LISTS: usize = 5;

fn dtype(which: u8) -> Dtype {
    let which = usize::from(which) % DTYPES.len();
    let specs: Vec<FieldSpec<'_>> =
        DTYPES[which].iter().map(|&(name, code, shape)| FieldSpec { name, code, shape }).collect();
    let source = |spec: &FieldSpec<'_>| BinRead {
        name: spec.name.to_owned(),
        expression: None,
        in_list: which >= FIRST_OF_LISTS && LISTS.contains(&spec.name),
    };
    let sources = specs.iter().map(|spec| Some(source(spec))).collect();
    Dtype::parse_with_sources(&specs, sources).expect("every dtype of the table is sound")
}

/// How a reply is taken.
#[derive(Debug, Clone, Copy)]
struct Taken {
    rows: usize,
    kind: LayoutKind,
    on_loss: OnLoss,
    which: KeyColumns,
    /// Whether records that are alike are written together.
    together: bool,
}

/// What has become of a reply.
#[derive(Debug)]
struct Result {
    appended: Appended,
    keys: RowKeys,
    /// The set of each row, where user keys are kept. Names of rows that were taken back stay among those of `keys`.
    sets: Vec<Vec<u8>>,
    bytes: Vec<u8>,
    /// Per frame whether its rows were taken.
    is_sound: Vec<bool>,
}

impl PartialEq for Result {
    fn eq(&self, other: &Self) -> bool {
        let parts = |keys: &RowKeys| {
            (keys.kinds.clone(), keys.ends.clone(), keys.bytes.clone(), keys.digests.clone())
        };
        parts(&self.keys) == parts(&other.keys)
            && (&self.appended, &self.sets, &self.bytes) == (&other.appended, &other.sets, &other.bytes)
    }
}

impl Result {
    /// Whether it says the same, however its rows were counted.
    fn says_the_same(&self, other: &Self) -> bool {
        let counts = |Appended { layout, tally, blocks }: &Appended| {
            let losses = (tally.conversions(), tally.mismatches(), tally.first_loss.clone());
            (layout.clone(), tally.ok_rows, losses, blocks.clone())
        };
        let keys = |keys: &RowKeys| {
            (keys.kinds.clone(), keys.ends.clone(), keys.bytes.clone(), keys.digests.clone())
        };
        counts(&self.appended) == counts(&other.appended)
            && keys(&self.keys) == keys(&other.keys)
            && (&self.sets, &self.bytes, &self.is_sound) == (&other.sets, &other.bytes, &other.is_sound)
    }
}

/// Appends the rows of the frames, takes back those of malformed ones, and finishes the batch, in memory full of `old`.
fn fill(dtype: &Arc<Dtype>, frames: &[&[u8]], taken: Taken, old: u8) -> Result {
    let Taken { rows, kind, on_loss, which, .. } = taken;
    let plan = Plan::new(dtype, rows, kind).expect("a small table fits");
    let mut bytes = vec![old; plan.layout().byte_len].into_boxed_slice();
    // SAFETY: the bytes outlive the table, which `finish` closes; they are read only behind that.
    let memory = unsafe { RawMemory::new(bytes.as_mut_ptr(), bytes.len()) };
    let options = TableOptions { on_loss, now: 1 << 29 };
    let table = Table::new(plan, memory, options).expect("the size is the layout's");
    let mut appender = Appender::new(&table, Arc::clone(dtype)).expect("nobody else has a claim");
    let mut keys = RowKeys::with_room(which, rows);
    let mut is_sound = Vec::new();
    for frame in frames {
        is_sound.push(append(&mut appender, &mut keys, taken, frame));
        if is_sound.last() == Some(&true) {
            appender.keep();
        } else {
            appender.rewind();
            keys.truncate(appender.len());
        }
    }
    let kept = appender.len();
    let appended =
        appender.finish().expect("fewer rows than there are").expect("nobody has closed the table");
    assert_eq!((appended.layout.rows, appended.tally.ok_rows), (kept, kept as u64));
    for counts in appended.tally.conversions() {
        assert!(counts.missing + counts.lossy + counts.mismatched <= kept as u64);
    }
    let bytes = bytes[..appended.layout.byte_len].to_vec();
    let set_of = |row| keys.set_of.get(row).map_or(0, |&set| set as usize);
    let sets = (0..keys.kinds.len()).map(|row| keys.sets[set_of(row)].clone()).collect();
    Result { appended, keys, sets, bytes, is_sound }
}

/// Appends the rows of a frame for as long as there is room; `false` for a malformed frame.
fn append(
    appender: &mut Appender,
    keys: &mut RowKeys,
    Taken { which, together, .. }: Taken,
    frame: &[u8],
) -> bool {
    let within = frame.as_ptr_range();
    let check = |slice: &[u8]| {
        let range = slice.as_ptr_range();
        assert!(slice.is_empty() || (range.start >= within.start && range.end <= within.end));
    };
    let mut walker = StreamWalker::new(frame);
    let mut burst = appender.open().expect("the table is open");
    let mut ended = false;
    let mut note = |StreamRecord { digest, set, user_key, .. }: &StreamRecord<'_>| {
        let (set, user) = (set.unwrap_or_default(), user_key.map_or(&[][..], |(_, key)| key));
        [&digest[..], set, user].into_iter().for_each(check);
        keys.push(which, digest, set, *user_key);
    };
    loop {
        if together {
            let take = |record: &StreamRecord<'_>| {
                note(record);
                Ok::<_, RowError>(true)
            };
            match burst.append_alike(&mut walker, take) {
                Err(_) | Ok(None) => return false,
                Ok(Some(0)) => {}
                Ok(Some(_)) => continue,
            }
        }
        let message = match walker.next_message() {
            Err(_) => return false,
            Ok(None) => return true,
            Ok(Some(message)) => message,
        };
        assert!(!ended, "nothing may follow the last message");
        match message {
            StreamMessage::Last { .. } | StreamMessage::Refused { .. } => ended = true,
            StreamMessage::Partition { id, .. } => assert!(id < 4096),
            // As with a batch that is full: the rest of the frame has to be sound all the same.
            StreamMessage::Record(_) if burst.is_full() => {}
            StreamMessage::Record(record) => {
                if burst.append_record(&record, &mut walker).is_err() {
                    return false;
                }
                note(&record);
            }
        }
    }
}

fn check_keys(keys: &RowKeys, which: KeyColumns, rows: usize) {
    let (user, digests) = (which == KeyColumns::User, which == KeyColumns::Digest);
    let expected = if user { rows } else { 0 };
    assert_eq!((keys.kinds.len(), keys.ends.len()), (expected, expected));
    assert_eq!(keys.digests.len(), if digests { rows * 20 } else { 0 });
    assert_eq!(keys.ends.last().map_or(0, |&end| end as usize), keys.bytes.len());
    assert!(keys.ends.is_sorted());
    assert!(keys.set_of.is_empty() || keys.set_of.len() == rows);
    assert!(keys.set_of.iter().all(|&set| (set as usize) < keys.sets.len()));
}

/// A row that has a value says so, and one without has zeros.
fn check_cells(dtype: &Dtype, Result { appended: Appended { layout, .. }, bytes, .. }: &Result) {
    for row in 0..layout.rows {
        let at = layout.result_codes + row * 4;
        assert_eq!(bytes[at..at + 4], [0; 4]);
        for (field, place) in dtype.fields().iter().zip(&layout.fields) {
            let (valid, at) = (bytes[place.valid + row], place.offset + row * place.stride);
            assert!(valid < 2);
            assert!(valid == 1 || bytes[at..at + field.size()].iter().all(|byte| *byte == 0));
        }
    }
}

fuzz_target!(|input: &[u8]| {
    let Some((body, &[cut, rows, form, which])) = input.split_last_chunk::<4>() else { return };
    let dtype = Arc::new(dtype(which / 3));
    let kinds = [LayoutKind::Columns, LayoutKind::Rows { align: false }, LayoutKind::Rows { align: true }];
    let taken = Taken {
        rows: usize::from(rows),
        kind: kinds[usize::from(form % 3)],
        on_loss: [OnLoss::Allow, OnLoss::Null, OnLoss::Throw][usize::from(form / 3 % 3)],
        which: [KeyColumns::User, KeyColumns::Digest, KeyColumns::None][usize::from(which % 3)],
        together: true,
    };
    let (first, second) = body.split_at(body.len() * usize::from(cut) / 255);
    let result = fill(&dtype, &[first, second, body], taken, 0xa5);
    check_keys(&result.keys, taken.which, result.appended.layout.rows);
    check_cells(&dtype, &result);
    assert!(
        result == fill(&dtype, &[first, second, body], taken, 0x5a),
        "what the memory held before is gone"
    );
    let one_by_one = Taken { together: false, ..taken };
    assert!(
        result.says_the_same(&fill(&dtype, &[first, second, body], one_by_one, 0xa5)),
        "records that are written together are as if each had come by itself"
    );
    // Frames that are malformed are as if they had never come.
    let sound = [first, second, body].into_iter().zip(&result.is_sound);
    let sound: Vec<&[u8]> = sound.filter(|(_, is_sound)| **is_sound).map(|(frame, _)| frame).collect();
    assert!(result == fill(&dtype, &sound, taken, 0xa5), "a malformed frame leaves no trace");
});
