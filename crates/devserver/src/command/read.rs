use aerostride_wire::{
    Digest, MAX_BIN_NAME, Op, info1, partition_of, put_op, result_code as code, write_type,
};

use super::bins::Bins;
use super::compute::compute;
use super::write::append_computed;
use super::{Answer, Command, check_filter, check_key};
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
            if op.name.len() > MAX_BIN_NAME {
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
    check_filter(ns, digest, record, command, now)?;
    check_key(record, command.fields.user_key)?;
    // A percentage of the ttl below which a read starts it anew; 0 and "never" are no percentage.
    if !matches!(command.ttl, 0..=100 | u32::MAX) {
        return Err(Answer::about(code::PARAMETER, record));
    }
    let op_count = match selection {
        Selection::Each => {
            let set = ns.set_name(record.set);
            let subject = Subject { digest, record: Some(record), bins: record, set: &set, now };
            append_each(record, &subject, command, out).map_err(|code| Answer::about(code, record))?
        }
        Selection::Refused(code) => return Err(Answer::about(*code, record)),
        _ => append_bins(record, selection, command.responds_to_all_ops(), out),
    };
    Ok(Answer { op_count, ..Answer::about(code::OK, record) })
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
