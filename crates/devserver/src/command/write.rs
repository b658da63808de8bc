use aerostride_wire::{
    Digest, MAX_BIN_NAME, MAX_OPS, Op, info1, info2, info3, particle_type, put_op, result_code as code,
    write_type,
};

use super::bins::Bins;
use super::compute::{Computation, Computed, compute, compute_bin, may_write};
use super::{Answer, Command, check_filter, check_key, check_set};
use crate::clock::Now;
use crate::expression::{Subject, Value};
use crate::store::{Namespace, Record, RecordMeta};

/// Longest set name, as in every real server.
const MAX_SET_NAME: usize = 63;
/// Most bins of a record.
const MAX_BINS: usize = 32 * 1024 - 1;
/// The ttl that means "never expires".
const TTL_NEVER: u32 = u32::MAX;
/// The ttl that means "keep the record's own".
const TTL_KEEP: u32 = u32::MAX - 1;
/// Ten years, the longest ttl.
const TTL_MAX: u32 = 10 * 365 * 24 * 60 * 60;

/// Performs the ops of a write on one record, all or none of them.
pub(crate) fn write(
    ns: &Namespace,
    digest: &Digest,
    command: &Command<'_>,
    now: Now,
    out: &mut Vec<u8>,
) -> Result<Answer, Answer> {
    let needs_record = check_ops(command).map_err(Answer::failed)?;
    let set = command.fields.set.unwrap_or_default();
    if set.is_empty() && ns.tuning.needs_set() {
        return Err(Answer::failed(code::PARAMETER));
    }
    if command.fields.transaction {
        return Err(Answer::failed(code::ENTERPRISE_ONLY));
    }
    let mut partition = ns.write(digest);
    let old = partition.get(digest, now);
    check_policies(command, old, needs_record)?;
    if let Some(record) = old {
        check_set(ns, record, command)?;
        check_filter(ns, digest, record, command, now)?;
        check_key(record, command.fields.user_key)?;
    } else if set.len() > MAX_SET_NAME || set.contains(&0) || ns.make_set(set).is_none() {
        return Err(Answer::failed(code::PARAMETER));
    }
    let failed = |code| old.map_or(Answer::failed(code), |record| Answer::about(code, record));
    check_demands(ns, command, old).map_err(failed)?;

    let mut bins = match old {
        Some(record) if !replaces(command) => Bins::of(record),
        _ => Bins::default(),
    };
    let place = Place { digest, record: old, set, now };
    let op_count = apply(command, &place, &mut bins, out).map_err(failed)?;
    // Of a record that is replaced by nothing, nothing is looked at.
    if replaces(command) && bins.count() == 0 {
        return Err(failed(code::NOT_FOUND));
    }
    if bins.count() > MAX_BINS {
        return Err(failed(code::PARAMETER));
    }
    if bins.count() == 0 {
        check_removal(command, old)?;
        ns.remove(&mut partition, digest);
        return Ok(Answer { op_count, ..Answer::default() });
    }
    if ns.is_full() {
        return Err(Answer::failed(code::OUT_OF_SPACE));
    }
    let record = build(ns, command, old, &bins, now).map_err(Answer::failed)?;
    let answer = Answer { op_count, ..Answer::about(code::OK, &record) };
    ns.store(&mut partition, *digest, record);
    Ok(answer)
}

/// Refuses what fits no record: a key that cannot be stored, or too long a ttl.
fn check_demands(ns: &Namespace, command: &Command<'_>, old: Option<&Record>) -> Result<(), u8> {
    let keeps_key = old.is_some_and(|record| !record.user_key().is_empty());
    if !keeps_key && command.fields.user_key.is_some_and(|key| !is_storable_key(key)) {
        return Err(code::UNSUPPORTED_FEATURE);
    }
    if command.ttl > TTL_MAX && command.ttl < TTL_KEEP {
        return Err(code::PARAMETER);
    }
    if (1..=TTL_MAX).contains(&command.ttl) && !ns.tuning.accepts_ttl() {
        return Err(code::FAIL_FORBIDDEN);
    }
    Ok(())
}

const fn is_storable_key(key: &[u8]) -> bool {
    match key {
        [] => false,
        [particle_type::INT, number @ ..] => number.len() == 8,
        _ => true,
    }
}

/// Refuses to remove a record that is not there, or durably.
fn check_removal(command: &Command<'_>, old: Option<&Record>) -> Result<(), Answer> {
    let record = old.ok_or(Answer::failed(code::NOT_FOUND))?;
    let durable = command.info2 & info2::DURABLE_DELETE != 0;
    if durable { Err(Answer::about(code::ENTERPRISE_ONLY, record)) } else { Ok(()) }
}

const fn replaces(command: &Command<'_>) -> bool {
    command.info3 & (info3::CREATE_OR_REPLACE | info3::REPLACE_ONLY) != 0
}

/// Refuses ops that can never succeed. True where there must be a record already: only something that exists can be touched.
fn check_ops(command: &Command<'_>) -> Result<bool, u8> {
    if command.ops.count() == 0 || command.ops.count() > MAX_OPS {
        return Err(code::PARAMETER);
    }
    let (mut touches, mut any_reads, mut answers, mut read_alls) = (false, false, 0, 0);
    for op in command.ops {
        let op = op.map_err(|_| code::PARAMETER)?;
        // The name of a touch does not count.
        if op.operation != write_type::TOUCH && (op.name.len() > MAX_BIN_NAME || op.name.contains(&0)) {
            return Err(code::BIN_NAME);
        }
        touches |= op.operation == write_type::TOUCH;
        let reads = is_read(op.operation);
        let reads_all = op.operation == write_type::READ && op.name.is_empty();
        let read_all = reads_all && command.info1 & info1::GET_ALL != 0;
        any_reads |= reads;
        read_alls += usize::from(read_all);
        answers += usize::from(reads || is_modify(op.operation));
        if replaces(command) && !fits_replace(&op) {
            return Err(code::PARAMETER);
        }
    }
    if any_reads && command.info1 & info1::READ == 0 {
        return Err(code::PARAMETER);
    }
    if command.info1 & info1::GET_ALL != 0 && (read_alls != 1 || answers != 1) {
        return Err(code::PARAMETER);
    }
    if read_alls > 0 && command.responds_to_all_ops() {
        return Err(code::PARAMETER);
    }
    Ok(touches)
}

/// Whether an operation only reads.
const fn is_read(operation: u8) -> bool {
    matches!(
        operation,
        write_type::READ
            | write_type::CDT_READ
            | write_type::EXPRESSION_READ
            | write_type::BITS_READ
            | write_type::HLL_READ
    )
}

/// Whether an operation changes the inside of a bin, which may have an answer.
const fn is_modify(operation: u8) -> bool {
    matches!(operation, write_type::CDT_MODIFY | write_type::HLL_MODIFY)
}

/// A record that is replaced has nothing that could be touched, added to or removed.
const fn fits_replace(op: &Op<'_>) -> bool {
    match op.operation {
        write_type::WRITE => op.particle != particle_type::NIL,
        write_type::TOUCH
        | write_type::ADD
        | write_type::APPEND
        | write_type::PREPEND
        | write_type::DELETE
        | write_type::BITS_MODIFY
        | write_type::HLL_MODIFY
        | write_type::CDT_MODIFY => false,
        _ => true,
    }
}

fn check_policies(command: &Command<'_>, old: Option<&Record>, needs_record: bool) -> Result<(), Answer> {
    const MUST_EXIST: u8 = info3::UPDATE_ONLY | info3::REPLACE_ONLY;
    let Some(record) = old else {
        if needs_record || command.info3 & MUST_EXIST != 0 {
            return Err(Answer::failed(code::NOT_FOUND));
        }
        return if command.accepts_generation(0) { Ok(()) } else { Err(Answer::failed(code::GENERATION)) };
    };
    if command.info2 & info2::CREATE_ONLY != 0 {
        return Err(Answer::about(code::RECORD_EXISTS, record));
    }
    if !command.accepts_generation(u32::from(record.generation)) {
        return Err(Answer::about(code::GENERATION, record));
    }
    Ok(())
}

/// What expressions can see besides the bins.
struct Place<'p> {
    digest: &'p Digest,
    record: Option<&'p Record>,
    set: &'p [u8],
    now: Now,
}

impl<'p> Place<'p> {
    fn with<'b>(&self, bins: &'b Bins<'_>) -> Subject<'b>
    where
        'p: 'b,
    {
        Subject { digest: self.digest, record: self.record, bins, set: self.set, now: self.now }
    }
}

/// Performs the ops in order and appends what they return.
fn apply<'a>(
    command: &Command<'a>,
    place: &Place<'_>,
    bins: &mut Bins<'a>,
    out: &mut Vec<u8>,
) -> Result<u16, u8> {
    let mut replies = 0;
    for op in command.ops {
        let op = op.map_err(|_| code::PARAMETER)?;
        replies += apply_one(command, place, &op, bins, out)?;
    }
    Ok(replies)
}

/// Performs an op, and returns how many replies it has appended.
fn apply_one<'a>(
    command: &Command<'a>,
    place: &Place<'_>,
    op: &Op<'a>,
    bins: &mut Bins<'a>,
    out: &mut Vec<u8>,
) -> Result<u16, u8> {
    let computed = match op.operation {
        write_type::READ => return Ok(append_read(command, bins, op, out)),
        write_type::TOUCH => return Ok(0),
        write_type::CDT_READ | write_type::BITS_READ | write_type::HLL_READ => {
            // Nothing is read from a bin that is not there, and nothing said of it.
            if !command.responds_to_all_ops() && bins.get(op.name).is_none() {
                return Ok(0);
            }
            bins.read_inside(op)?
        }
        write_type::CDT_MODIFY | write_type::BITS_MODIFY | write_type::HLL_MODIFY => {
            bins.modify_inside(op)?
        }
        write_type::EXPRESSION_READ => compute(op, &place.with(bins))?,
        _ => {
            write_bin(place, op, bins)?;
            return Ok(append_done(command, op, out));
        }
    };
    Ok(append_computed(command, op, computed, out))
}

/// Performs an op that only writes.
fn write_bin<'a>(place: &Place<'_>, op: &Op<'a>, bins: &mut Bins<'a>) -> Result<(), u8> {
    match op.operation {
        write_type::WRITE => bins.put(op),
        write_type::ADD => bins.add(op),
        write_type::APPEND | write_type::PREPEND => bins.extend(op),
        write_type::DELETE => {
            bins.clear();
            Ok(())
        }
        write_type::EXPRESSION_MODIFY => {
            let computation = Computation::of(op)?;
            if may_write(op, bins)? {
                let computed = computation.value(&place.with(bins))?.map(Value::into_particle);
                compute_bin(op, computed, bins)?;
            }
            Ok(())
        }
        _ => Err(code::PARAMETER),
    }
}

/// Appends that an op is done, where every op wants a reply.
fn append_done(command: &Command<'_>, op: &Op<'_>, out: &mut Vec<u8>) -> u16 {
    if !command.responds_to_all_ops() {
        return 0;
    }
    put_op(out, &Op { particle: particle_type::NIL, value: &[], ..*op });
    1
}

/// Appends what an op has given, as a bin has it. Nothing, or nil, is left out unless every op wants a reply.
pub(super) fn append_computed(
    command: &Command<'_>,
    op: &Op<'_>,
    computed: Computed,
    out: &mut Vec<u8>,
) -> u16 {
    let (particle, value) = computed.unwrap_or((particle_type::NIL, Vec::new()));
    // A write answers every op that looks inside of a bin, and a read only those that find something.
    let answers = command.responds_to_all_ops() || (command.is_write() && is_read(op.operation));
    if particle == particle_type::NIL && !answers {
        return 0;
    }
    put_op(out, &Op { operation: command.reply_code(op), particle, name: op.name, value: &value });
    1
}

/// Appends the bin that a read op names, or all of them when it names none.
fn append_read(command: &Command<'_>, bins: &Bins<'_>, op: &Op<'_>, out: &mut Vec<u8>) -> u16 {
    if op.name.is_empty() && command.info1 & info1::GET_ALL != 0 {
        if command.info1 & info1::NO_BIN_DATA != 0 {
            return 0;
        }
        bins.append_all(out);
        return bins.count() as u16;
    }
    match bins.get(op.name) {
        Some(bin) => put_op(out, &bin),
        None if command.responds_to_all_ops() => put_op(out, &Op { particle: 0, value: &[], ..*op }),
        None => return 0,
    }
    1
}

/// The record as it is to be stored.
fn build(
    ns: &Namespace,
    command: &Command<'_>,
    old: Option<&Record>,
    bins: &Bins<'_>,
    now: Now,
) -> Result<Record, u8> {
    let key = match (command.fields.user_key, old) {
        (Some(key), _) => key,
        (None, Some(record)) => record.user_key(),
        (None, None) => &[],
    };
    let mut data = key.to_vec();
    bins.append_all(&mut data);
    if data.len() > ns.tuning.max_record_size() {
        return Err(code::RECORD_TOO_BIG);
    }
    let set = match old {
        Some(record) => record.set,
        None => ns.make_set(command.fields.set.unwrap_or_default()).ok_or(code::PARAMETER)?,
    };
    let meta = RecordMeta {
        last_update: now,
        void_time: void_time(ns, command.ttl, old, now),
        generation: old.map_or(1, |record| next_generation(record.generation)),
        bin_count: bins.count() as u16,
        set,
    };
    Ok(Record::new(meta, key.len(), data))
}

/// Generations are never 0: that is the generation of what does not exist.
const fn next_generation(generation: u16) -> u16 {
    if generation == u16::MAX { 1 } else { generation + 1 }
}

fn void_time(ns: &Namespace, ttl: u32, old: Option<&Record>, now: Now) -> u32 {
    let seconds = match ttl {
        TTL_NEVER => return 0,
        TTL_KEEP => return old.map_or_else(|| void_time(ns, 0, None, now), |record| record.void_time),
        0 if ns.tuning.default_ttl() == 0 => return 0,
        0 => ns.tuning.default_ttl(),
        seconds => seconds,
    };
    now.seconds().saturating_add(seconds)
}
