use aerostride_wire::{
    Digest, MAX_BIN_NAME, MAX_OPS, Op, info1, particle_type, partition_of, put_op, result_code as code,
    write_type,
};

use super::bins::Bins;
use super::compute::Computation;
use super::write::append_computed;
use super::{Answer, Command, check_filter, check_key, check_set};
use crate::clock::Now;
use crate::expression::{Subject, Value};
use crate::store::{Namespace, Record};

/// The bins that a read returns.
#[derive(Debug)]
pub(crate) enum Selection<'s, 'a> {
    All,
    None,
    Named(&'s [&'a [u8]]),
    /// What each of these gives: some of them look inside of bins, or compute.
    Each(Vec<Each<'a>>),
    /// Nothing: the ops are none of a read, or too many. That shows only once there is a record.
    Refused(u8),
}

/// An op that reads something.
#[derive(Debug)]
pub(crate) enum Each<'a> {
    Bin(&'a [u8]),
    /// From a list or map, bits or a sketch.
    Inside(Op<'a>),
    /// What it computes, or the code that refuses it once there is a record.
    Computed(Op<'a>, Result<Computation<'a>, u8>),
    /// Nothing: the op is none of a read. Those before it come first.
    Refused(u8),
}

fn is_name(name: &[u8]) -> bool {
    name.len() <= MAX_BIN_NAME && !name.contains(&0)
}

impl<'s, 'a> Selection<'s, 'a> {
    /// What `command` selects. Names are gathered in `names`, so that a batch does it once for all rows.
    pub(crate) fn of(command: &Command<'a>, names: &'s mut Vec<&'a [u8]>) -> Self {
        if command.info1 & info1::NO_BIN_DATA != 0 {
            return Self::None;
        }
        if command.ops.count() > MAX_OPS {
            return Self::Refused(code::PARAMETER);
        }
        if command.info1 & info1::GET_ALL != 0 {
            return Self::All;
        }
        if command.ops.count() == 0 {
            return Self::Refused(code::PARAMETER);
        }
        names.clear();
        let mut is_plain = true;
        for op in command.ops {
            let Ok(op) = op else { return Self::Refused(code::PARAMETER) };
            match op.operation {
                write_type::READ if is_name(op.name) => names.push(op.name),
                _ => is_plain = false,
            }
        }
        if is_plain {
            return Self::Named(names);
        }
        Self::Each(command.ops.flatten().map(Each::of).collect())
    }
}

impl<'a> Each<'a> {
    fn of(op: Op<'a>) -> Self {
        match op.operation {
            _ if !is_name(op.name) => Self::Refused(code::BIN_NAME),
            write_type::READ => Self::Bin(op.name),
            write_type::EXPRESSION_READ => Self::Computed(op, Computation::of(&op)),
            write_type::CDT_READ | write_type::BITS_READ | write_type::HLL_READ => Self::Inside(op),
            _ => Self::Refused(code::PARAMETER),
        }
    }

    /// Whether the name of the record's set is needed.
    pub(crate) fn names_set(&self) -> bool {
        matches!(self, Self::Computed(_, Ok(computation)) if computation.names_set())
    }
}

/// Reads a record.
#[inline]
pub(crate) fn read(
    ns: &Namespace,
    digest: &Digest,
    selection: &Selection<'_, '_>,
    command: &Command<'_>,
    now: Now,
    out: &mut Vec<u8>,
) -> Result<Answer, Answer> {
    let partition = ns.read(partition_of(digest));
    let record = partition.get(digest, now).ok_or(Answer::failed(code::NOT_FOUND))?;
    check_set(ns, record, command)?;
    let renewed = if record.void_time == 0 { None } else { renewal(ns, record, command, now)? };
    check_filter(ns, digest, record, command, now)?;
    check_key(record, command.fields.user_key)?;
    let op_count = match selection {
        Selection::Each(each) => {
            let set = each.iter().any(Each::names_set).then(|| ns.set_name(record.set));
            let set = set.as_deref().unwrap_or_default();
            let subject = Subject { digest, record: Some(record), bins: record, set, now };
            append_each(record, &subject, each, command, out).map_err(|code| Answer::about(code, record))?
        }
        Selection::Refused(code) => return Err(Answer::about(*code, record)),
        _ => append_bins(record, selection, command.responds_to_all_ops(), out),
    };
    let answer = Answer { op_count, ..Answer::about(code::OK, record) };
    drop(partition);
    if let Some(void_time) = renewed {
        ns.write(digest).renew(digest, void_time, now);
    }
    Ok(answer)
}

/// When the record expires from now on, if less than the wanted percentage of its ttl is left. 0 is the namespace's
/// percentage, and "never" is none.
fn renewal(ns: &Namespace, record: &Record, command: &Command<'_>, now: Now) -> Result<Option<u32>, Answer> {
    let percent = match command.ttl {
        u32::MAX => 0,
        0 => ns.tuning.read_touch(),
        percent @ 1..=100 => percent,
        _ => return Err(Answer::about(code::PARAMETER, record)),
    };
    let ttl = record.void_time.saturating_sub(record.last_update.seconds());
    let least = (u64::from(ttl) * u64::from(percent) / 100) as u32;
    let due = percent > 0 && now.seconds() >= record.void_time.saturating_sub(least);
    Ok(due.then(|| now.seconds().saturating_add(ttl)))
}

/// Appends the selected bins. Missing ones are left out, or are nil where the client wants an answer to every op.
#[inline]
pub(crate) fn append_bins(
    record: &Record,
    selection: &Selection<'_, '_>,
    respond_all: bool,
    out: &mut Vec<u8>,
) -> u16 {
    match selection {
        Selection::None | Selection::Each(_) | Selection::Refused(_) => 0,
        Selection::All => {
            out.extend_from_slice(record.bins());
            record.bin_count
        }
        Selection::Named(names) => names.iter().map(|name| append_bin(record, name, respond_all, out)).sum(),
    }
}

/// Performs the ops one by one.
pub(super) fn append_each(
    record: &Record,
    subject: &Subject<'_>,
    each: &[Each<'_>],
    command: &Command<'_>,
    out: &mut Vec<u8>,
) -> Result<u16, u8> {
    let mut bins = None;
    let mut replies = 0;
    for each in each {
        replies += match each {
            Each::Bin(name) => append_bin(record, name, command.responds_to_all_ops(), out),
            Each::Computed(op, computation) => {
                append_value(command, op, computation.as_ref().map_err(|code| *code)?.value(subject)?, out)
            }
            Each::Refused(code) => return Err(*code),
            Each::Inside(op) => {
                let bins = bins.get_or_insert_with(|| Bins::of(record));
                append_computed(command, op, bins.read_inside(op)?, out)
            }
        };
    }
    Ok(replies)
}

/// Appends what was computed. Numbers, which most of it is, need no memory of their own on the way.
fn append_value(command: &Command<'_>, op: &Op<'_>, value: Option<Value<'_>>, out: &mut Vec<u8>) -> u16 {
    let (particle, bytes) = match value {
        Some(Value::Int(value)) => (particle_type::INT, value.to_be_bytes()),
        Some(Value::Float(value)) => (particle_type::DOUBLE, value.to_be_bytes()),
        value => return append_computed(command, op, value.map(Value::into_particle), out),
    };
    put_op(out, &Op { operation: command.reply_code(op), particle, name: op.name, value: &bytes });
    1
}

fn append_bin(record: &Record, name: &[u8], respond_all: bool, out: &mut Vec<u8>) -> u16 {
    if let Some(bin) = record.bin(name) {
        put_op(out, &bin);
    } else if respond_all {
        put_op(out, &Op { operation: write_type::READ, particle: 0, name, value: &[] });
    } else {
        return 0;
    }
    1
}
