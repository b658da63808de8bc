use aerostride_wire::{
    Cursor as Bytes, DIGEST_SIZE, Digest, KeyType, PARTITIONS, Resume, WireError, digest, partition_of,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::StreamOptions;
use super::chunk::Place;
use crate::{Error, ErrorKind};

/// What was delivered of one partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Nothing.
    Fresh,
    /// Everything up to a record.
    At(Resume),
    /// Everything.
    Done,
}

/// A change of one partition's state; those of a batch become true when the batch is delivered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    pub(super) partition: u16,
    pub(super) state: State,
}

/// Where another stream can go on. As text it is safe in JSON, URLs and file names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    namespace: String,
    set: String,
    /// Identifies what is asked of which index.
    index: u64,
    /// Ascending.
    states: Vec<(u16, State)>,
}

const VERSION: u8 = 1;
const CHECK_SIZE: usize = 8;

const FRESH: u8 = 0;
const DONE: u8 = 1;
const AT: u8 = 2;
const AT_VALUE: u8 = 3;

impl Cursor {
    pub(super) fn partition_ids(&self) -> Vec<u16> {
        self.states.iter().map(|(id, _)| *id).collect()
    }

    pub(super) const fn partition_count(&self) -> usize {
        self.states.len()
    }

    /// Whether nothing is left.
    pub fn is_done(&self) -> bool {
        self.states.iter().all(|(_, state)| *state == State::Done)
    }

    /// The text of the cursor.
    pub fn encode(&self) -> String {
        let mut bytes = vec![VERSION];
        for name in [&self.namespace, &self.set] {
            bytes.push(name.len() as u8);
            bytes.extend_from_slice(name.as_bytes());
        }
        bytes.extend_from_slice(&self.index.to_be_bytes());
        for run in self.states.chunk_by(|a, b| b.0 == a.0 + 1 && kind(&a.1) == kind(&b.1)) {
            put_run(&mut bytes, run);
        }
        bytes.extend_from_slice(&check_of(&bytes));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads the text of a cursor.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] for a text that is not one, or was cut or changed.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let wrong = |what: &str| {
            let message = format!(
                "after is not the cursor of a stream: {what}; it is the text of stream.cursor, unchanged"
            );
            Error::new(ErrorKind::InvalidArgument, message)
        };
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| wrong("it is not base64url"))?;
        let Some((body, check)) = bytes.split_last_chunk::<CHECK_SIZE>() else {
            return Err(wrong("it is too short"));
        };
        if check_of(body) != *check {
            return Err(wrong("its checksum does not fit, so that it was cut or changed"));
        }
        read(body).map_err(|error| wrong(&error.to_string()))
    }
}

const fn kind(state: &State) -> u8 {
    match state {
        State::Fresh => FRESH,
        State::Done => DONE,
        State::At(Resume { bval: None, .. }) => AT,
        State::At(_) => AT_VALUE,
    }
}

/// Partitions with neighbouring numbers in the same kind of state.
fn put_run(bytes: &mut Vec<u8>, run: &[(u16, State)]) {
    let Some((first, state)) = run.first() else { return };
    bytes.extend_from_slice(&first.to_be_bytes());
    bytes.extend_from_slice(&(run.len() as u16).to_be_bytes());
    bytes.push(kind(state));
    for (_, state) in run {
        let State::At(place) = state else { continue };
        bytes.extend_from_slice(&place.digest);
        if let Some(bval) = place.bval {
            bytes.extend_from_slice(&bval.to_be_bytes());
        }
    }
}

fn check_of(bytes: &[u8]) -> [u8; CHECK_SIZE] {
    let hash = digest(b"cursor", KeyType::Blob, bytes);
    let mut check = [0; CHECK_SIZE];
    check.copy_from_slice(&hash[..CHECK_SIZE]);
    check
}

fn read(body: &[u8]) -> Result<Cursor, WireError> {
    let mut bytes = Bytes::new(body);
    if bytes.u8("version")? != VERSION {
        return Err(WireError::NotText("of a version that this one reads, and it"));
    }
    let (namespace, set) = (read_name(&mut bytes)?, read_name(&mut bytes)?);
    let index = bytes.u64("index")?;
    let mut states: Vec<(u16, State)> = Vec::new();
    while !bytes.is_empty() {
        let (first, count, kind) = (bytes.u16("partition")?, bytes.u16("count")?, bytes.u8("state")?);
        for id in first..first.saturating_add(count) {
            if usize::from(id) >= PARTITIONS || states.last().is_some_and(|(last, _)| *last >= id) {
                return Err(WireError::Partition(u32::from(id)));
            }
            states.push((id, read_state(&mut bytes, kind, id)?));
        }
    }
    Ok(Cursor { namespace, set, index, states })
}

fn read_name(bytes: &mut Bytes<'_>) -> Result<String, WireError> {
    let size = usize::from(bytes.u8("name")?);
    let name = bytes.take(size, "name")?;
    String::from_utf8(name.to_vec()).map_err(|_| WireError::NotText("a name"))
}

fn read_state(bytes: &mut Bytes<'_>, kind: u8, id: u16) -> Result<State, WireError> {
    match kind {
        FRESH => Ok(State::Fresh),
        DONE => Ok(State::Done),
        _ => {
            let digest: Digest = *bytes.array::<DIGEST_SIZE>("digest")?;
            if partition_of(&digest) != usize::from(id) {
                return Err(WireError::Partition(u32::from(id)));
            }
            let bval = if kind == AT_VALUE { Some(bytes.u64("value")? as i64) } else { None };
            Ok(State::At(Resume { digest, bval }))
        }
    }
}

/// What a consumer has been given so far.
#[derive(Debug)]
pub(super) struct Delivered {
    states: Vec<(u16, State)>,
    rows: u64,
    done: usize,
}

impl Delivered {
    /// The state before the first batch.
    pub(super) fn new(options: &StreamOptions) -> Result<Self, Error> {
        let ids = options.partition_ids();
        let Some(cursor) = &options.after else {
            let states = ids.into_iter().map(|id| (id, State::Fresh)).collect();
            return Ok(Self { states, rows: 0, done: 0 });
        };
        check_origin(cursor, options)?;
        if cursor.partition_ids() != ids {
            let message = "after is the cursor of a stream over other partitions; leave out partitions, or give the same";
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        let done = cursor.states.iter().filter(|(_, state)| *state == State::Done).count();
        Ok(Self { states: cursor.states.clone(), rows: 0, done })
    }

    /// What is to be asked for.
    pub(super) fn places(&self) -> Vec<Place> {
        let place = |&(id, state): &(u16, State)| match state {
            State::Done => None,
            State::Fresh => Some(Place::new(id, None)),
            State::At(resume) => Some(Place::new(id, Some(resume))),
        };
        self.states.iter().filter_map(place).collect()
    }

    pub(super) fn apply(&mut self, marks: &[Mark], rows: u64) {
        self.rows += rows;
        for mark in marks {
            let Ok(at) = self.states.binary_search_by_key(&mark.partition, |(id, _)| *id) else { continue };
            self.done += usize::from(mark.state == State::Done && self.states[at].1 != State::Done);
            self.states[at].1 = mark.state;
        }
    }

    pub(super) const fn rows(&self) -> u64 {
        self.rows
    }

    pub(super) const fn done(&self) -> usize {
        self.done
    }

    pub(super) fn cursor(&self, options: &StreamOptions) -> Cursor {
        Cursor {
            namespace: options.namespace.clone(),
            set: options.set.clone(),
            index: index_print(options),
            states: self.states.clone(),
        }
    }
}

fn check_origin(cursor: &Cursor, options: &StreamOptions) -> Result<(), Error> {
    let place = |namespace: &str, set: &str| format!("namespace {namespace:?}, set {set:?}");
    if cursor.namespace != options.namespace || cursor.set != options.set {
        let message = format!(
            "after is the cursor of a stream over {}, and this one is over {}",
            place(&cursor.namespace, &cursor.set),
            place(&options.namespace, &options.set)
        );
        return Err(Error::new(ErrorKind::InvalidArgument, message));
    }
    if cursor.index != index_print(options) {
        let message = "after is the cursor of another query; scans and queries go on with the same index and the same values";
        return Err(Error::new(ErrorKind::InvalidArgument, message));
    }
    Ok(())
}

/// A number that stands for the index and the values of a query; 0 for scans. Positions in one index mean nothing in
/// another.
fn index_print(options: &StreamOptions) -> u64 {
    let Some(index) = &options.index else { return 0 };
    let mut bytes = vec![index.index_type as u8, index.range.particle];
    let parts: [&[u8]; 6] = [
        index.bin.as_bytes(),
        index.name.as_deref().unwrap_or_default().as_bytes(),
        index.context.as_deref().unwrap_or_default(),
        index.expression.as_deref().unwrap_or_default(),
        &index.range.begin,
        &index.range.end,
    ];
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u32).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    let hash = digest(b"index", KeyType::Blob, &bytes);
    hash.first_chunk::<8>().map_or(1, |first| u64::from_be_bytes(*first) | 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn state(id: u16, which: u8, tail: [u8; 18], bval: i64) -> State {
        let mut digest = [0; DIGEST_SIZE];
        digest[..2].copy_from_slice(&id.to_le_bytes());
        digest[2..].copy_from_slice(&tail);
        match which {
            0 => State::Fresh,
            1 => State::Done,
            2 => State::At(Resume { digest, bval: None }),
            _ => State::At(Resume { digest, bval: Some(bval) }),
        }
    }

    proptest! {
        #[test]
        fn a_cursor_is_read_as_it_was_written(
            states in proptest::collection::btree_map(0_u16..4096, (0_u8..4, any::<[u8; 18]>(), any::<i64>()), 0..60),
            namespace in "[a-z]{1,31}", set in "[a-zé ]{0,20}", index in any::<u64>(),
        ) {
            let states = states.into_iter().map(|(id, (which, tail, bval))| (id, state(id, which, tail, bval)));
            let cursor = Cursor { namespace, set, index, states: states.collect() };
            let text = cursor.encode();
            prop_assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'));
            prop_assert_eq!(Cursor::parse(&text).unwrap(), cursor);
        }

        #[test]
        fn a_changed_cursor_is_refused(at in any::<prop::sample::Index>(), other in any::<u8>(), cut in any::<prop::sample::Index>()) {
            let states = (0..4096).map(|id| (id, State::Fresh)).collect();
            let text = Cursor { namespace: "test".into(), set: "s".into(), index: 0, states }.encode();
            let mut changed = text.clone().into_bytes();
            let at = at.index(changed.len());
            prop_assume!(changed[at] != other);
            changed[at] = other;
            if let Ok(changed) = String::from_utf8(changed) {
                prop_assert!(Cursor::parse(&changed).is_err());
            }
            prop_assert!(Cursor::parse(&text[..cut.index(text.len())]).is_err());
        }
    }

    #[test]
    fn the_cursor_of_a_whole_set_is_short() {
        let states = (0..4096).map(|id| (id, if id < 2000 { State::Done } else { State::Fresh })).collect();
        let cursor = Cursor { namespace: "test".into(), set: "sensors".into(), index: 0, states };
        assert!(cursor.encode().len() < 60, "{}", cursor.encode());
    }
}
