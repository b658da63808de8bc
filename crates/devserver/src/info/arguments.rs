//! Arguments of commands: `name=value` pairs joined by semicolons.

use crate::engine::Engine;

/// The value of `name` among `name=value` pairs.
pub(super) fn parameter<'p>(parameters: &'p str, name: &str) -> Option<&'p str> {
    parameters
        .split(';')
        .filter_map(|pair| pair.split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// The namespace that is named, by its newer or its older argument.
pub(super) fn named_namespace(parameters: &str) -> Option<&str> {
    parameter(parameters, "namespace").or_else(|| parameter(parameters, "ns"))
}

/// Checks arguments in the order of `demands`, which is words such as `namespace/ns!31@`: the names that an argument has, the
/// first of which messages give; `!` if it is needed and `?` if not; the most bytes that its value may have; `@` if it names a
/// namespace that has to exist.
pub(super) fn check(demands: &str, parameters: &str, engine: &Engine) -> Result<(), String> {
    demands.split(' ').filter(|word| !word.is_empty()).try_for_each(|word| demand(word, parameters, engine))
}

fn demand(word: &str, parameters: &str, engine: &Engine) -> Result<(), String> {
    let (names, rest) = word.split_once(['!', '?']).unwrap_or((word, ""));
    let needed = word.as_bytes().get(names.len()) == Some(&b'!');
    let limit: usize = rest.trim_end_matches('@').parse().unwrap_or(usize::MAX);
    let name = names.split('/').next().unwrap_or_default();
    let code = if name == "namespace" { 20 } else { 4 };
    match names.split('/').find_map(|name| parameter(parameters, name)) {
        None if needed => Err(format!("ERROR:{code}:missing '{name}'")),
        None => Ok(()),
        Some("") => Err(format!("ERROR:{code}:missing '{name}' value")),
        Some(value) if value.len() > limit => Err(format!("ERROR:{code}:'{name}' value too long")),
        Some(value) if rest.ends_with('@') && engine.namespace(value.as_bytes()).is_none() => {
            Err("ERROR:20:namespace not found on node".to_owned())
        }
        Some(_) => Ok(()),
    }
}
