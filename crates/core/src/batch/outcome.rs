use std::time::Duration;

use aerostride_columns::Tally;

use super::context::Context;
use super::request::{BatchOutcome, FailedRequest};
use crate::codes;
use crate::pool::no_node;
use crate::{Error, ErrorKind};

/// Adds up what the requests did. Without any answered row the batch as a whole has failed.
pub(super) fn finish(context: &Context, timed_out: Option<Duration>) -> Result<BatchOutcome, Error> {
    let unanswered = context.table.finish(timed_out.map(|_| codes::TIMEOUT));
    let mut progress = context.lock();
    let attempts = progress.attempts;
    let mut failures = std::mem::take(&mut progress.failures);
    let rows = context.table.rows();
    if let Some(total) = timed_out {
        failures = out_of_time(failures, &unanswered, rows, total, attempts);
    }
    if rows > 0 && unanswered.len() == rows {
        return Err(whole_failure(failures, attempts));
    }
    let mut tally = Tally::new(context.table.field_count());
    progress.tallies.iter().for_each(|worker| worker.add_to(&mut tally));
    let in_doubt = context.in_doubt();
    Ok(BatchOutcome {
        ok: tally.ok_rows,
        conversions: tally.conversions(),
        mismatches: tally.mismatches(),
        blocks: context.table.take_blocks(),
        first_loss: tally.first_loss,
        failures: lasting(failures, &unanswered, &in_doubt),
        in_doubt,
    })
}

/// The failures of a batch whose time is up: that is why its last rows have no answer, whatever the last attempt had met.
fn out_of_time(
    mut failures: Vec<(FailedRequest, Error)>,
    unanswered: &[u32],
    rows: usize,
    total: Duration,
    attempts: u32,
) -> Vec<(FailedRequest, Error)> {
    let (count, total) = (unanswered.len(), total.as_millis());
    let message = format!("{count} of {rows} keys were not answered within {total} ms (totalTimeout)");
    let mut error = Error::new(ErrorKind::Timeout, message).with_code(codes::TIMEOUT).after(attempts);
    if let Some((_, cause)) = failures.pop() {
        error = error.because(cause);
    }
    failures.retain(|(failed, _)| failed.is_by_client());
    let failed = FailedRequest {
        node: String::new(),
        code: codes::TIMEOUT,
        message: error.message.clone(),
        rows: unanswered.to_vec(),
        in_doubt: false,
    };
    failures.push((failed, error));
    failures
}

/// The failures whose rows have stayed without an answer: what a later attempt has mended is none.
fn lasting(
    failures: Vec<(FailedRequest, Error)>,
    unanswered: &[u32],
    in_doubt: &[u32],
) -> Vec<FailedRequest> {
    if failures.is_empty() {
        return Vec::new();
    }
    let mut seen = std::collections::HashSet::new();
    let mut lasting: Vec<FailedRequest> = failures
        .into_iter()
        .rev()
        .map(|(mut failed, _)| {
            let by_client = failed.is_by_client();
            failed
                .rows
                .retain(|row| (by_client || unanswered.binary_search(row).is_ok()) && seen.insert(*row));
            failed.in_doubt = failed.rows.iter().any(|row| in_doubt.binary_search(row).is_ok());
            failed
        })
        .filter(|failed| !failed.rows.is_empty())
        .collect();
    lasting.reverse();
    lasting
}

/// The last failure is the one that the final attempt ended with; the first is its cause when they differ.
fn whole_failure(mut failures: Vec<(FailedRequest, Error)>, attempts: u32) -> Error {
    let Some((_, mut last)) = failures.pop() else {
        return no_node(false);
    };
    last.attempts = Some(attempts);
    if last.cause.is_none()
        && let Some((_, first)) = failures.into_iter().find(|(_, first)| first.message != last.message)
    {
        last = last.because(first);
    }
    last
}
