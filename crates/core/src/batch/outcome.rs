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
        let message = format!(
            "{} of {rows} keys were not answered within {} ms (totalTimeout)",
            unanswered.len(),
            total.as_millis()
        );
        let mut error = Error::new(ErrorKind::Timeout, message).with_code(codes::TIMEOUT).after(attempts);
        if let Some((_, cause)) = failures.pop() {
            error = error.because(cause);
        }
        failures.retain(|(failed, _)| failed.is_by_client());
        let rows = unanswered.clone();
        let failed =
            FailedRequest { node: String::new(), code: codes::TIMEOUT, message: error.message.clone(), rows };
        failures.push((failed, error));
    }
    if rows > 0 && unanswered.len() == rows {
        return Err(whole_failure(failures, attempts));
    }
    let mut tally = Tally::new(context.table.field_count());
    progress.tallies.iter().for_each(|worker| tally.add(&worker.total()));
    Ok(BatchOutcome {
        ok: tally.ok_rows,
        conversions: tally.conversions(),
        first_loss: tally.first_loss,
        failures: lasting(failures, &unanswered),
    })
}

/// The failures whose rows have stayed without an answer: what a later attempt has mended is none.
fn lasting(failures: Vec<(FailedRequest, Error)>, unanswered: &[u32]) -> Vec<FailedRequest> {
    let mut seen = std::collections::HashSet::new();
    let mut lasting: Vec<FailedRequest> = failures
        .into_iter()
        .rev()
        .map(|(mut failed, _)| {
            let by_client = failed.is_by_client();
            failed
                .rows
                .retain(|row| (by_client || unanswered.binary_search(row).is_ok()) && seen.insert(*row));
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
