use std::time::{Duration, Instant};

use aerostride_wire::{
    Cursor, DIGEST_SIZE, Digest, Fields, MAX_BIN_NAME, PARTITIONS, Request, WireError, info1, info3,
    partition_of, result_code as code, write_type,
};

use super::is_short;
use crate::clock::Now;
use crate::command::compute::check_expression;
use crate::command::read::Selection;
use crate::command::{Command, Service};
use crate::index::Search;
use crate::queries::Wish;
use crate::store::{Namespace, SetId};

/// Longest set name, as in every real server.
const MAX_SET_NAME: usize = 63;
/// How long a short query runs that does not say it.
const SHORT_TIME: Duration = Duration::from_secs(1);
/// How long a query waits for a client that does not say it, in milliseconds.
const PATIENCE: u32 = 10_000;

/// What a scan is to deliver: the request, understood and checked.
pub(super) struct Plan<'e, 's, 'a> {
    pub(super) service: Service<'e>,
    pub(super) namespace: &'e Namespace,
    pub(super) command: Command<'a>,
    pub(super) selection: Selection<'s, 'a>,
    /// Only records of this set; `None` is all of them.
    pub(super) set: Option<SetId>,
    /// Only records that are found there.
    pub(super) search: Option<Search>,
    pub(super) places: Vec<Place>,
    /// Most records that may be looked at for the client.
    pub(super) max_records: u64,
    pub(super) now: Now,
    pub(super) short: bool,
    /// When a short query ends.
    pub(super) deadline: Option<Instant>,
    /// How long the client may take nothing; `None` is forever.
    pub(super) patience: Option<Duration>,
}

/// A partition to visit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) partition: usize,
    /// Records up to this one were delivered before.
    pub(super) after: Option<Mark>,
}

/// A record that was delivered, with its place in the index that the query reads; a scan goes by
/// the digest alone.
pub(super) type Mark = (u64, Digest);

impl<'e, 's, 'a> Plan<'e, 's, 'a> {
    /// Understands a request, or gives the code that refuses it as a whole.
    pub(super) fn new(
        service: Service<'e>,
        request: &Request<'a>,
        names: &'s mut Vec<&'a [u8]>,
    ) -> Result<Self, u8> {
        let fields = &request.fields;
        let short = is_short(request);
        let engine = service.engine;
        let namespace =
            engine.namespace(fields.namespace.unwrap_or_default()).ok_or(code::INVALID_NAMESPACE)?;
        check_kind(request, short)?;
        let set_name = fields.set.unwrap_or_default();
        if set_name.len() > MAX_SET_NAME {
            return Err(code::PARAMETER);
        }
        let set = Some(set_name).filter(|name| !name.is_empty()).map(|name| namespace.set_id(name));
        let now = engine.now();
        let named = fields.partitions.is_some() || fields.digests.is_some();
        let search = Search::new(&namespace.indexes, fields, set_name, now)?;
        if !named {
            return Err(code::UNSUPPORTED_FEATURE);
        }
        if fields.unfit_number {
            return Err(code::PARAMETER);
        }
        let mut places = places(fields, search.as_ref())?;
        let mut command = Command::of_request(request);
        if let Some(Err(code)) = command.filter {
            return Err(code);
        }
        service.check_command(&command)?;
        let selection = select(&mut command, fields.bin_list, names)?;
        if set == Some(None) {
            // Nothing was ever written to it.
            places.clear();
        }
        Ok(Self {
            service,
            namespace,
            command,
            selection,
            set: set.flatten(),
            search,
            places,
            max_records: fields.max_records.filter(|max| *max > 0).unwrap_or(u64::MAX),
            now,
            short,
            deadline: short.then(|| Instant::now() + time_of(request)),
            patience: patience_of(fields),
        })
    }

    pub(super) fn records_per_second(&self) -> u32 {
        self.command.fields.records_per_second.unwrap_or(0)
    }

    /// Threads that share its partitions.
    pub(super) fn threads(&self) -> usize {
        let alone = self.short || self.max_records != u64::MAX || self.records_per_second() > 0;
        let most = if alone { 1 } else { self.service.engine.config.work.scan_threads() };
        most.min(self.places.len()).max(1)
    }

    /// What others are told about it.
    pub(super) fn wish(&self) -> Wish {
        let fields = &self.command.fields;
        let text = |bytes: Option<&[u8]>| String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned();
        Wish {
            id: fields.task_id.unwrap_or(0),
            namespace: self.namespace.config.name.clone(),
            set: text(fields.set),
            index: self.search.as_ref().map_or_else(String::new, |search| search.index.name.clone()),
            partitions: self.places.len(),
            short: self.short,
            kind: "basic",
            detail: String::new(),
            records_per_second: self.records_per_second(),
            socket_timeout: fields.socket_timeout.unwrap_or(PATIENCE),
            resumed: self.places.iter().filter(|place| place.after.is_some()).count(),
            from: self.service.client.to_string(),
        }
    }
}

/// How long a short query may run.
fn time_of(request: &Request<'_>) -> Duration {
    let time = Duration::from_millis(u64::from(request.header.transaction));
    if time.is_zero() { SHORT_TIME } else { time }
}

fn patience_of(fields: &Fields<'_>) -> Option<Duration> {
    let milliseconds = fields.socket_timeout.unwrap_or(PATIENCE);
    (milliseconds > 0).then(|| Duration::from_millis(u64::from(milliseconds)))
}

/// Refuses what is no scan that this server could run.
fn check_kind(request: &Request<'_>, short: bool) -> Result<(), u8> {
    let fields = &request.fields;
    if request.header.info3 & info3::PARTITION_DONE == 0 {
        return Err(code::UNSUPPORTED_FEATURE);
    }
    if short && fields.records_per_second.is_some() {
        return Err(code::PARAMETER);
    }
    Ok(())
}

/// What to return of each record. A scan that names nothing wants all bins.
fn select<'s, 'a>(
    command: &mut Command<'a>,
    bin_list: Option<&'a [u8]>,
    names: &'s mut Vec<&'a [u8]>,
) -> Result<Selection<'s, 'a>, u8> {
    if command.info1 & info1::NO_BIN_DATA != 0 {
        return Ok(Selection::None);
    }
    if bin_list.is_some() && command.ops.count() > 0 {
        return Err(code::PARAMETER);
    }
    for op in command.ops {
        let op = op.map_err(|_| code::PARAMETER)?;
        if op.name.len() > MAX_BIN_NAME || op.name.contains(&0) {
            return Err(code::PARAMETER);
        }
        match op.operation {
            write_type::READ | write_type::CDT_READ | write_type::BITS_READ | write_type::HLL_READ => {}
            write_type::EXPRESSION_READ => check_expression(&op)?,
            _ => return Err(code::PARAMETER),
        }
    }
    if command.ops.count() > 0 {
        // A scan's ops count even where the header says "all bins".
        command.info1 &= !info1::GET_ALL;
        return Ok(Selection::of(command, names));
    }
    match bin_list {
        Some(list) => {
            read_bin_list(list, names).map_err(|_| code::PARAMETER).map(|()| Selection::Named(names))
        }
        None => Ok(Selection::All),
    }
}

/// The older form of naming bins: a count, then each name with its length.
fn read_bin_list<'a>(list: &'a [u8], names: &mut Vec<&'a [u8]>) -> Result<(), WireError> {
    let mut cursor = Cursor::new(list);
    names.clear();
    for _ in 0..cursor.u8("bin count")? {
        let size = cursor.u8("bin name size")?;
        let name = cursor.take(usize::from(size), "bin name")?;
        // Names that no bin can have are left out.
        if name.len() <= MAX_BIN_NAME && !name.contains(&0) {
            names.push(name);
        }
    }
    Ok(())
}

/// The partitions that a scan names, in the order of their numbers, each once.
pub(super) fn places(fields: &Fields<'_>, search: Option<&Search>) -> Result<Vec<Place>, u8> {
    let mut places = Vec::new();
    // Half a number at the end is nothing.
    let pairs = fields.partitions.unwrap_or_default().as_chunks::<2>().0;
    for pair in pairs {
        let partition = usize::from(u16::from_le_bytes(*pair));
        places.push(Place { partition, after: None });
    }
    let digests = fields.digests.unwrap_or_default().as_chunks::<DIGEST_SIZE>().0;
    let bvals = fields.bvals.unwrap_or_default().as_chunks::<8>().0;
    let empty = |field: Option<&[u8]>, count: usize| field.is_some() && count == 0;
    let unfit = match fields.digests {
        None => fields.bvals.is_some(),
        Some(_) => search.is_some() && bvals.len() != digests.len(),
    };
    if unfit || empty(fields.partitions, pairs.len()) || empty(fields.digests, digests.len()) {
        return Err(code::PARAMETER);
    }
    for (at, digest) in digests.iter().enumerate() {
        let bval = bvals.get(at).map(|bval| i64::from_le_bytes(*bval));
        let rank = search.zip(bval).map_or(0, |(search, bval)| search.index.definition.kind.rank_of(bval));
        places.push(Place { partition: partition_of(digest), after: Some((rank, *digest)) });
    }
    places.sort_by_key(|place| place.partition);
    let doubled = places.windows(2).any(|pair| pair[0].partition == pair[1].partition);
    if places.is_empty() || doubled || places.iter().any(|place| place.partition >= PARTITIONS) {
        return Err(code::PARAMETER);
    }
    Ok(places)
}
