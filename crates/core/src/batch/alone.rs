//! A request for one row. It reads the record by itself: a server answers that at once, and hands a batch over to threads of its
//! own, which takes longer than the read.

use aerostride_wire::{BinRead, BinSelection, EncodeError, RecordRequest};

use super::chunk::{Chunk, digests};
use super::context::{Context, attributes};
use super::request::{Batch, Work};
use crate::options::{BatchPolicy, ReadModeSc};

/// What a server takes for a batch at most that names no time, in ms. It takes less for a record.
const LONGEST: u32 = 30_000;

/// What is read by the request for the chunk, where a record by itself is read in the same way as a row: a filter that the server
/// cannot use refuses a batch, but only records that exist; and the others are options of batches.
pub(super) fn alone<'c>(chunk: &Chunk, batch: &'c Batch) -> Option<&'c [BinRead]> {
    let Work::Read { bins } = &batch.work else { return None };
    (chunk.claim.len() == 1 && is_plain(&batch.policy)).then_some(bins)
}

fn is_plain(policy: &BatchPolicy) -> bool {
    policy.filter_expression.is_none()
        && policy.allow_inline
        && policy.read_touch_ttl_percent == 0
        && policy.read_mode_sc != ReadModeSc::Linearize
}

/// Appends the request.
pub(super) fn encode(
    out: &mut Vec<u8>,
    chunk: &Chunk,
    context: &Context,
    bins: &[BinRead],
) -> Result<(), EncodeError> {
    let only = chunk.rows().zip(digests(chunk, context)).next();
    only.map_or(Ok(()), |(row, digest)| {
        let request = RecordRequest {
            group: context.keys.group(row),
            digest,
            // Existence alone: generation and ttl come with every answer.
            bins: (!bins.is_empty()).then_some(BinSelection::Reads(bins)),
            timeout_ms: match context.milliseconds_left() {
                0 => LONGEST,
                left => left,
            },
            filter: None,
            attributes: attributes(&context.batch.policy),
        };
        request.encode(out)
    })
}
