use std::sync::atomic::Ordering;

use aerostride_wire::result_code as code;

use super::{OK, parameter};
use crate::command::Service;
use crate::queries::Query;

/// The queries that run and ran, or the one of that `trid`.
pub(super) fn show(service: Service<'_>, parameters: &str) -> String {
    let queries = service.engine.queries(service.node).list();
    match parameter(parameters, "trid").map(str::parse) {
        None => queries.iter().map(|query| line(query)).collect::<Vec<_>>().join(";"),
        Some(Ok(id)) => queries
            .iter()
            .find(|query| query.id() == id)
            .map_or_else(|| "ERROR:2:job not found".to_owned(), |query| line(query)),
        Some(Err(_)) => BAD_TRID.to_owned(),
    }
}

/// Orders the end of the query of that `trid`.
pub(super) fn abort(service: Service<'_>, parameters: &str) -> String {
    match parameter(parameters, "trid").map(str::parse) {
        Some(Ok(id)) if service.engine.queries(service.node).abort(id) => OK.to_owned(),
        Some(Ok(_)) => "ERROR:2:id not active".to_owned(),
        _ => BAD_TRID.to_owned(),
    }
}

/// Orders the end of all queries.
pub(super) fn abort_all(service: Service<'_>) -> String {
    format!("OK - number of queries killed: {}", service.engine.queries(service.node).abort_all())
}

const BAD_TRID: &str = "ERROR:4:bad 'trid'";

fn line(query: &Query) -> String {
    let wish = &query.wish;
    let given = |name: &str, value: &str| {
        if value.is_empty() { String::new() } else { format!(":{name}={value}") }
    };
    let (status, since) = match query.ended() {
        None => ("active(ok)".to_owned(), 0),
        Some((ended_with, at)) => (format!("done({})", reason(ended_with)), at.elapsed().as_millis()),
    };
    let keyds = if wish.resumed == 0 { String::new() } else { wish.resumed.to_string() };
    let count = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
    format!(
        "trid={}:ns={}{}{}:n-pids-requested={}{}:rps={}:active-threads={}:status={status}:job-progress={:.2}:\
         run-time={}:time-since-done={since}:recs-throttled={}:recs-filtered-meta=0:recs-filtered-bins={}:\
         recs-succeeded={}:recs-failed={}:from={}:job-type=basic:net-io-bytes={}:net-io-time=0:\
         socket-timeout={}",
        query.id(),
        wish.namespace,
        given("set", &wish.set),
        given("sindex-name", &wish.index),
        wish.partitions,
        given("n-keyds-requested", &keyds),
        wish.records_per_second,
        if query.ended().is_some() { 0 } else { query.threads() },
        query.progress(),
        query.run_time().as_millis(),
        count(&query.throttled),
        count(&query.filtered),
        count(&query.delivered),
        count(&query.failed),
        wish.from.replace(':', "+"),
        count(&query.bytes),
        wish.socket_timeout,
    )
}

/// Why a query has ended, in the words of real servers.
const fn reason(ended_with: u8) -> &'static str {
    match ended_with {
        code::OK => "ok",
        code::SCAN_ABORT => "user-aborted",
        code::TIMEOUT => "timeout",
        _ => "abandoned-response-error",
    }
}
