use std::sync::atomic::Ordering;

use aerostride_wire::result_code as code;

use super::arguments::parameter;
use super::{Asked, OK};
use crate::queries::Query;

/// The queries that run and ran, or the one of that number.
pub(super) fn show(asked: &Asked<'_>, parameters: &str) -> String {
    let queries = asked.service.engine.queries(asked.service.node).list();
    match wanted(parameters) {
        None => queries.iter().map(|query| line(query)).collect::<Vec<_>>().join(";"),
        Some(Ok(id)) => queries
            .iter()
            .find(|query| query.id() == id)
            .map_or_else(|| "ERROR:2:job not found".to_owned(), |query| line(query)),
        Some(Err(())) => BAD_ID.to_owned(),
    }
}

/// Orders the end of the query of that number.
pub(super) fn abort(asked: &Asked<'_>, parameters: &str) -> String {
    match wanted(parameters) {
        Some(Ok(id)) if asked.service.engine.queries(asked.service.node).abort(id) => OK.to_owned(),
        Some(Ok(_)) => "ERROR:2:id not active".to_owned(),
        _ => BAD_ID.to_owned(),
    }
}

/// Orders the end of all queries.
pub(super) fn abort_all(asked: &Asked<'_>, _: &str) -> String {
    format!("number-of-queries-killed:{}", asked.service.engine.queries(asked.service.node).abort_all())
}

const BAD_ID: &str = "ERROR:4:bad id";

/// The number of a query, as C reads numbers.
fn wanted(parameters: &str) -> Option<Result<u64, ()>> {
    let text = parameter(parameters, "id").or_else(|| parameter(parameters, "trid"))?;
    Some(number(text).filter(|id| *id != 0).ok_or(()))
}

/// A number in decimal, or in hexadecimal behind `0x`, or octal behind `0`; a negative one wraps.
pub(super) fn number(text: &str) -> Option<u64> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &digits[2..]),
        [b'0', _, ..] => (8, &digits[1..]),
        _ => (10, digits),
    };
    let sound = digits.starts_with(|first: char| first.is_ascii_alphanumeric());
    let number = u64::from_str_radix(digits, radix).ok().filter(|_| sound)?;
    Some(if negative { number.wrapping_neg() } else { number })
}

fn line(query: &Query) -> String {
    let wish = &query.wish;
    let given = |name: &str, value: &str| {
        if value.is_empty() { String::new() } else { format!(":{name}={value}") }
    };
    let asked_for = match wish.kind {
        "basic" => format!(":n-pids-requested={}:n-keyds-requested={}", wish.partitions, wish.resumed),
        _ => String::new(),
    };
    let (status, since) = match query.ended() {
        None => ("active(ok)".to_owned(), 0),
        Some((ended_with, at)) => {
            (format!("done({})", reason(ended_with, wish.kind)), at.elapsed().as_millis())
        }
    };
    let count = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
    format!(
        "trid={}:ns={}{}{}{asked_for}:rps={}:active-threads={}:status={status}:job-progress={:.2}:\
         run-time={}:time-since-done={since}:recs-throttled={}:recs-filtered-meta=0:recs-filtered-bins={}:\
         recs-succeeded={}:recs-failed={}:from={}:job-type={}:net-io-bytes={}:\
         socket-timeout={}{}",
        query.id(),
        wish.namespace,
        given("set", &wish.set),
        given("sindex-name", &wish.index),
        wish.records_per_second,
        if query.ended().is_some() { 0 } else { query.threads() },
        query.progress(),
        query.run_time().as_millis(),
        count(&query.throttled),
        count(&query.filtered),
        count(&query.delivered),
        count(&query.failed),
        wish.from.replace(':', "+"),
        wish.kind,
        if wish.detail.is_empty() {
            format!("{}:net-io-time=0", count(&query.bytes))
        } else {
            "30".to_owned()
        },
        wish.socket_timeout,
        wish.detail,
    )
}

/// Why a query has ended, in the words of real servers.
fn reason(ended_with: u8, kind: &str) -> &'static str {
    match ended_with {
        code::OK => "ok",
        code::SCAN_ABORT => "user-aborted",
        code::TIMEOUT => "timeout",
        code::UNKNOWN if kind == "aggregation" => "abandoned-unknown",
        _ => "abandoned-response-error",
    }
}
