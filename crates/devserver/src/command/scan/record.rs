use aerostride_wire::{
    Digest, MESSAGE_HEADER_SIZE, MessageHeader, field_type, info1, info3, put_field, result_code as code,
};

use super::plan::Plan;
use crate::command::read::{Each, Selection, append_bins, append_each};
use crate::expression::Subject;
use crate::store::{Record, SetId};

/// What became of a record that the scan came by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Sent,
    /// It has none of the chosen bins.
    Empty,
    /// An op failed on it.
    Failed,
    /// It did not pass the filter.
    Filtered,
}

/// Writes records as messages. What is the same for all of them is prepared once.
pub(super) struct Writer<'p, 'e, 's, 'a> {
    plan: &'p Plan<'e, 's, 'a>,
    namespace: Vec<u8>,
    /// The set's field, by the set's number.
    sets: Vec<Option<Box<[u8]>>>,
}

impl<'p, 'e, 's, 'a> Writer<'p, 'e, 's, 'a> {
    pub(super) fn new(plan: &'p Plan<'e, 's, 'a>) -> Self {
        let mut namespace = Vec::new();
        put_field(&mut namespace, field_type::NAMESPACE, plan.namespace.config.name.as_bytes());
        Self { plan, namespace, sets: Vec::new() }
    }

    /// Appends a record, if it passes and has anything to show. `bval` is its value in the index.
    #[inline]
    pub(super) fn append(
        &mut self,
        digest: &Digest,
        record: &Record,
        bval: Option<i64>,
        out: &mut Vec<u8>,
    ) -> Outcome {
        if !self.passes(digest, record) {
            return Outcome::Filtered;
        }
        let at = out.len();
        let field_count = self.append_fields(digest, record, bval, out);
        let outcome = match self.append_ops(digest, record, out) {
            Ok(op_count) => {
                let chosen = matches!(self.plan.selection, Selection::Named(_) | Selection::Each(_));
                if op_count == 0 && chosen {
                    Outcome::Empty
                } else {
                    let header = MessageHeader {
                        info1: self.plan.command.info1 & info1::NO_BIN_DATA,
                        generation: u32::from(record.generation),
                        ttl: record.void_time,
                        field_count,
                        op_count,
                        ..MessageHeader::default()
                    };
                    out[at..at + MESSAGE_HEADER_SIZE].copy_from_slice(&header.encode());
                    return Outcome::Sent;
                }
            }
            Err(_) => Outcome::Failed,
        };
        out.truncate(at);
        outcome
    }

    fn passes(&self, digest: &Digest, record: &Record) -> bool {
        let Some(Ok(filter)) = &self.plan.command.filter else { return true };
        let set = filter.names_set().then(|| self.plan.namespace.set_name(record.set));
        let set = set.as_deref().unwrap_or_default();
        filter.passes(&Subject { digest, record: Some(record), bins: record, set, now: self.plan.now })
    }

    fn append_fields(
        &mut self,
        digest: &Digest,
        record: &Record,
        bval: Option<i64>,
        out: &mut Vec<u8>,
    ) -> u16 {
        out.extend_from_slice(&[0; MESSAGE_HEADER_SIZE]);
        out.extend_from_slice(&self.namespace);
        put_field(out, field_type::DIGEST, digest);
        let mut fields = 2;
        if record.set != 0 {
            out.extend_from_slice(self.set_field(record.set));
            fields += 1;
        }
        if !record.user_key().is_empty() {
            put_field(out, field_type::USER_KEY, record.user_key());
            fields += 1;
        }
        if let Some(bval) = bval {
            put_field(out, field_type::BVALS, &bval.to_le_bytes());
            fields += 1;
        }
        fields
    }

    fn append_ops(&self, digest: &Digest, record: &Record, out: &mut Vec<u8>) -> Result<u16, u8> {
        let Plan { selection, command, namespace, now, .. } = self.plan;
        let each = match selection {
            Selection::Each(each) => each,
            Selection::Refused(code) => return Err(*code),
            _ => return Ok(append_bins(record, selection, command.responds_to_all_ops(), out)),
        };
        let set = each.iter().any(Each::names_set).then(|| namespace.set_name(record.set));
        let set = set.as_deref().unwrap_or_default();
        let subject = Subject { digest, record: Some(record), bins: record, set, now: *now };
        append_each(record, &subject, each, command, out)
    }

    fn set_field(&mut self, set: SetId) -> &[u8] {
        let index = usize::from(set);
        if self.sets.len() <= index {
            self.sets.resize(index + 1, None);
        }
        self.sets[index].get_or_insert_with(|| {
            let mut field = Vec::new();
            put_field(&mut field, field_type::SET, &self.plan.namespace.set_name(set));
            field.into_boxed_slice()
        })
    }
}

/// Tells the client to look for a partition elsewhere.
pub(super) fn append_partition_refusal(partition: usize, out: &mut Vec<u8>) {
    let header = MessageHeader {
        info3: info3::PARTITION_DONE,
        result_code: code::PARTITION_UNAVAILABLE,
        generation: partition as u32,
        ..MessageHeader::default()
    };
    out.extend_from_slice(&header.encode());
}
