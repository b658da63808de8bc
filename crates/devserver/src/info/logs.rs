//! What a server logs. This one logs nothing, but it keeps the levels.

use super::arguments::parameter;
use super::{Asked, OK};

/// Parts of a server that log.
const CONTEXTS: &str = include_str!("contexts.txt");
const LEVELS: [&str; 5] = ["CRITICAL", "WARNING", "INFO", "DEBUG", "DETAIL"];
const USUAL: &str = "INFO";
const SCOPE: &str = "log";

/// The levels of a sink, or with `log/SINK/CONTEXT` one of them.
pub(super) fn levels(asked: &Asked<'_>, path: &str) -> String {
    let (sink, context) = path.split_once('/').map_or((path, None), |(sink, context)| (sink, Some(context)));
    // No number is 0.
    let Some(sink) = (if sink.is_empty() { Some(0) } else { sink.parse::<i32>().ok() }) else {
        return "ERROR:4:bad sink-id".to_owned();
    };
    if sink != 0 {
        return "ERROR::bad-id".to_owned();
    }
    let settings = asked.service.engine.settings(asked.service.node);
    let level = |context: &str| {
        let level = settings.get(SCOPE, context).unwrap_or_else(|| USUAL.to_owned());
        format!("{context}:{level}")
    };
    match context {
        None => CONTEXTS.lines().map(level).collect::<Vec<_>>().join(";"),
        Some(context) if CONTEXTS.lines().any(|known| known == context) => level(context),
        Some(_) => "ERROR::bad-context".to_owned(),
    }
}

/// Sets a level: `id=SINK;CONTEXT=LEVEL`.
pub(super) fn set(asked: &Asked<'_>, parameters: &str) -> String {
    let error = |what: &str| format!("ERROR:4:{what}");
    let mut words = parameters.splitn(2, '=').filter(|word| !word.is_empty());
    if words.next() != Some("id") {
        return error("missing id");
    }
    let (id, rest) = words.next().map_or(("", ""), |rest| rest.split_once(';').unwrap_or((rest, "")));
    let Ok(id) = id.parse::<u32>() else { return error("bad id") };
    let (context, level) = rest.split_once('=').unwrap_or((rest, ""));
    if context.is_empty() {
        return error("missing context");
    }
    let level = level.split(';').next().unwrap_or_default();
    if level.is_empty() {
        return error("bad level");
    }
    let Some(level) = LEVELS.iter().find(|known| known.eq_ignore_ascii_case(level)) else {
        return error("bad parameter");
    };
    let known = |name: &&str| context == "any" || context == *name;
    let settings = asked.service.engine.settings(asked.service.node);
    let found = CONTEXTS.lines().filter(known).inspect(|name| settings.set(SCOPE, name, level)).count();
    if id != 0 || found == 0 { error("bad parameter") } else { OK.to_owned() }
}

/// Writes something to the log, of which nobody sees anything here.
pub(super) fn dump(_: &Asked<'_>, parameters: &str) -> String {
    match parameter(parameters, "verbose") {
        None | Some("true" | "false") => OK.to_owned(),
        Some(_) => BAD_VERBOSE.to_owned(),
    }
}

pub(super) const BAD_VERBOSE: &str = "ERROR:4:'verbose' may be either 'true' or 'false'";
