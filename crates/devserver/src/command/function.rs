//! Calls of user-defined functions. There are none to run: calls are answered as by a server that does not know the package.

use aerostride_wire::{Digest, Op, particle_type, put_op, result_code as code, write_type};

use super::{Answer, Command};
use crate::clock::Now;
use crate::store::Namespace;

/// What a server says of a package that it does not have.
pub(super) const UNKNOWN_PACKAGE: &[u8] = b"UDF: Execution Error 1";

/// Fails, and says why in a bin of the answer.
pub(super) fn call(
    ns: &Namespace,
    digest: &Digest,
    command: &Command<'_>,
    now: Now,
    out: &mut Vec<u8>,
) -> Result<Answer, Answer> {
    let fields = &command.fields;
    if fields.udf_function.is_none() || fields.udf_arguments.is_none() || command.ops.count() > 0 {
        return Err(Answer::failed(code::PARAMETER));
    }
    if let Some(Err(code)) = command.filter {
        return Err(Answer::failed(code));
    }
    append_failure(out);
    let partition = ns.write(digest);
    let failed = partition
        .get(digest, now)
        .map_or(Answer::failed(code::UDF), |record| Answer::about(code::UDF, record));
    Err(Answer { op_count: 1, ..failed })
}

/// Appends the bin that says why a function has failed.
pub(super) fn append_failure(out: &mut Vec<u8>) {
    let particle = particle_type::STRING;
    put_op(out, &Op { operation: write_type::READ, particle, name: b"FAILURE", value: UNKNOWN_PACKAGE });
}
