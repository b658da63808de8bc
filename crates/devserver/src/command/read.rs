use aerostride_wire::{
    Digest, MAX_BIN_NAME, Op, info1, partition_of, put_op, result_code as code, write_type,
};

use super::bins::Bins;
use super::compute::compute;
use super::write::append_computed;
use super::{Answer, Command, check_filter, check_key, check_set};
use crate::clock::Now;
use crate::expression::Subject;
use crate::store::{Namespace, Record};

/// The bins that a read returns.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Selection<'s, 'a> {
    All,
    None,
    Named(&'s [&'a [u8]]),
    /// What each op gives: some of them look inside of bins.
    Each,
    /// Nothing: the ops are none of a read. That shows only once there is a record.
    Refused(u8),
}

impl<'s, 'a> Selection<'s, 'a> {
    /// What `command` selects. Names are gathered in `names`, so that a batch does it once for all rows.
    pub(crate) fn of(command: &Command<'a>, names: &'s mut Vec<&'a [u8]>) -> Self {
        if command.info1 & info1::NO_BIN_DATA != 0 {
            return Self::None;
        }
        if command.info1 & info1::GET_ALL != 0 {
            return Self::All;
        }
        if command.ops.count() == 0 {
            return Self::Refused(code::PARAMETER);
        }
        names.clear();
        let mut each = false;
        for op in command.ops {
            let Ok(op) = op else { return Self::Refused(code::PARAMETER) };
            if op.name.len() > MAX_BIN_NAME || op.name.contains(&0) {
                return Self::Refused(code::BIN_NAME);
            }
            match op.operation {
                write_type::READ => names.push(op.name),
                write_type::CDT_READ
                | write_type::EXPRESSION_READ
                | write_type::BITS_READ
                | write_type::HLL_READ => each = true,
                _ => return Self::Refused(code::PARAMETER),
            }
        }
        if each { Self::Each } else { Self::Named(names) }
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
        Selection::Each => {
            let set = ns.set_name(record.set);
            let subject = Subject { digest, record: Some(record), bins: record, set: &set, now };
            append_each(record, &subject, command, out).map_err(|code| Answer::about(code, record))?
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
        Selection::None | Selection::Each | Selection::Refused(_) => 0,
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
    command: &Command<'_>,
    out: &mut Vec<u8>,
) -> Result<u16, u8> {
    let bins = Bins::of(record);
    let mut replies = 0;
    for op in command.ops {
        let op = op.map_err(|_| code::PARAMETER)?;
        replies += match op.operation {
            write_type::READ => append_bin(record, op.name, command.responds_to_all_ops(), out),
            write_type::EXPRESSION_READ => append_computed(command, &op, compute(&op, subject)?, out),
            _ => append_computed(command, &op, bins.read_inside(&op)?, out),
        };
    }
    Ok(replies)
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
