use aerostride_wire::{Digest, info2, result_code as code};

use super::{Answer, Command, check_filter, check_key, check_set};
use crate::clock::Now;
use crate::store::Namespace;

/// Deletes a record. The reply to a success has no generation.
pub(crate) fn delete(
    ns: &Namespace,
    digest: &Digest,
    command: &Command<'_>,
    now: Now,
) -> Result<Answer, Answer> {
    if command.info2 & info2::DURABLE_DELETE != 0 {
        return Err(Answer::failed(code::ENTERPRISE_ONLY));
    }
    let mut partition = ns.write(digest);
    let Some(record) = partition.get(digest, now) else {
        return Err(Answer::failed(code::NOT_FOUND));
    };
    if command.fields.transaction {
        return Err(Answer::failed(code::ENTERPRISE_ONLY));
    }
    // Of a record that stays nothing is shown.
    let failed = |failure: Answer| Answer::failed(failure.code);
    if command.fields.set.is_some_and(|set| !set.is_empty()) {
        check_set(ns, record, command).map_err(failed)?;
    }
    if !command.accepts_generation(u32::from(record.generation)) {
        return Err(Answer::failed(code::GENERATION));
    }
    check_filter(ns, digest, record, command, now).map_err(failed)?;
    check_key(record, command.fields.user_key).map_err(failed)?;
    ns.remove(&mut partition, digest);
    Ok(Answer::default())
}
