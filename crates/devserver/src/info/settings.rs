//! Settings: `get-config` and `set-config`.

use super::arguments::{check, parameter};
use super::pages::{self, Page};
use super::{Asked, OK};
use crate::command::Service;
use crate::store::Namespace;

const INVALID: &str = "ERROR:4:invalid set-config parameter";
const INVALID_CONTEXT: &str = "ERROR:4:invalid context";
const ENTERPRISE_ONLY: &str = super::ENTERPRISE_ONLY;
const NAMESPACE: &str = "namespace/id!1023@";
/// Longest ttl, ten years.
const MAX_TTL: u64 = 10 * 365 * 24 * 60 * 60;

/// The settings of a context, or of the node.
pub(super) fn get(asked: &Asked<'_>, parameters: &str) -> String {
    let service = asked.service;
    if parameters.is_empty() {
        return [pages::service_settings(asked), pages::network_settings(asked)].join(";");
    }
    let found = check("context!1023", parameters, service.engine).and_then(|()| {
        match parameter(parameters, "context") {
            Some("service") => Ok(pages::service_settings(asked)),
            Some("network") => Ok(pages::network_settings(asked)),
            Some("namespace") => {
                let namespace = named_namespace(service, parameters)?;
                Ok(pages::namespace_settings(service, namespace))
            }
            Some("security" | "xdr") => Ok(String::new()),
            _ => Err(INVALID_CONTEXT.to_owned()),
        }
    });
    found.unwrap_or_else(|error| error)
}

/// Changes a setting, if it can be changed while the server runs.
pub(super) fn set(asked: &Asked<'_>, parameters: &str) -> String {
    let service = asked.service;
    let done = check("context!1023", parameters, service.engine).and_then(|()| {
        match parameter(parameters, "context") {
            Some("service") => change(service, "service", Page::SERVICE, None, parameters),
            Some("network") => change(service, "network", Page::NETWORK, None, parameters),
            Some("namespace") => {
                let namespace = named_namespace(service, parameters)?;
                match parameter(parameters, "set") {
                    Some(set) => change_set(service, namespace, set, parameters),
                    None => {
                        let scope = namespace.config.name.as_str();
                        change(service, scope, Page::NAMESPACE, Some(namespace), parameters)
                    }
                }
            }
            Some("security" | "xdr") => Err(ENTERPRISE_ONLY.to_owned()),
            _ => Err(INVALID_CONTEXT.to_owned()),
        }
    });
    done.map_or_else(|error| error, |()| OK.to_owned())
}

/// Statistics of what only the Enterprise Edition has.
pub(super) fn stats(_: &Asked<'_>, parameters: &str) -> String {
    match parameter(parameters, "context") {
        Some("xdr") => String::new(),
        _ => "ERROR:4:unknown context".to_owned(),
    }
}

fn named_namespace<'e>(service: Service<'e>, parameters: &str) -> Result<&'e Namespace, String> {
    check(NAMESPACE, parameters, service.engine)?;
    let name = parameter(parameters, "namespace").or_else(|| parameter(parameters, "id")).unwrap_or_default();
    service.engine.namespace(name.as_bytes()).ok_or_else(|| INVALID.to_owned())
}

fn change(
    service: Service<'_>,
    scope: &str,
    page: Page,
    namespace: Option<&Namespace>,
    parameters: &str,
) -> Result<(), String> {
    let given = page.settings().find_map(|(kind, name, _)| {
        let asked_for = name.trim_start_matches("storage-engine.").replace("within.", "within-");
        parameter(parameters, &asked_for).map(|value| (kind, name, value))
    });
    let (kind, name, value) = given.ok_or(INVALID)?;
    let shown = accepted(kind, value).ok_or(INVALID)?;
    if let Some(namespace) = namespace {
        namespace.tuning.apply(name, &shown).map_err(|()| INVALID)?;
    }
    service.engine.apply(name, &shown);
    service.engine.settings(service.node).set(scope, name, &shown);
    Ok(())
}

/// The settings of a set, each with its kind.
const OF_SETS: [(&str, &str); 6] = [
    ("-1..100", "default-read-touch-ttl-pct"),
    ("s", "default-ttl"),
    ("b", "disable-eviction"),
    ("b", "enable-index"),
    ("0..18446744073709551615", "stop-writes-count"),
    ("0..18446744073709551615", "stop-writes-size"),
];

fn change_set(
    service: Service<'_>,
    namespace: &Namespace,
    set: &str,
    parameters: &str,
) -> Result<(), String> {
    if set.is_empty() || set.len() > 63 {
        return Err(INVALID.to_owned());
    }
    namespace.make_set(set.as_bytes()).ok_or(INVALID)?;
    let given = OF_SETS.iter().find_map(|(kind, name)| Some((*kind, *name, parameter(parameters, name)?)));
    let (kind, name, value) = given.ok_or(INVALID)?;
    let shown = accepted(kind, value).ok_or(INVALID)?;
    // -1 is shown as it is stored.
    let shown = if shown == "-1" { u32::MAX.to_string() } else { shown };
    service.engine.settings(service.node).set(&format!("{}|{set}", namespace.config.name), name, &shown);
    Ok(())
}

/// The value as it is shown from now on, if a setting of that kind can have it: `b` is true or false, `s` a time, `i` any
/// number, `t` any text, `A..B` a number of that range and `a|b` one of these words; what is `-` cannot be changed.
fn accepted(kind: &str, value: &str) -> Option<String> {
    let number = || scaled(value, &[('k', 1 << 10), ('m', 1 << 20), ('g', 1 << 30)]);
    let fits = match kind {
        "-" => return None,
        "t" => return (!value.is_empty() && value.len() < 64).then(|| value.to_owned()),
        "s" if value == "-1" => return Some(value.to_owned()),
        "s" => {
            let seconds = scaled(value, &[('s', 1), ('m', 60), ('h', 3600), ('d', 86_400)])?;
            return (0..=MAX_TTL as i128).contains(&seconds).then(|| seconds.to_string());
        }
        "b" => matches!(value, "true" | "false"),
        "i" => return number().map(|number| number.to_string()),
        _ => match kind.split_once("..") {
            Some((low, high)) => {
                let number = number()?;
                let range = low.parse::<i128>().ok()?..=high.parse().ok()?;
                return range.contains(&number).then(|| number.to_string());
            }
            None => kind.split('|').any(|word| word == value),
        },
    };
    fits.then(|| value.to_owned())
}

/// A number with one of these units behind it, in either case.
fn scaled(text: &str, units: &[(char, i128)]) -> Option<i128> {
    let last = text.chars().last()?.to_ascii_lowercase();
    match units.iter().find(|(unit, _)| *unit == last) {
        Some((_, factor)) => text[..text.len() - 1].parse::<i128>().ok().map(|number| number * factor),
        None => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::accepted;

    #[test]
    fn values_are_those_of_their_kind() {
        for (kind, value, shown) in [
            ("b", "true", Some("true")),
            ("b", "yes", None),
            ("s", "2d", Some("172800")),
            ("s", "-1", Some("-1")),
            ("s", "20y", None),
            ("i", "-7", Some("-7")),
            ("1..128", "0", None),
            ("1..4096", "4k", Some("4096")),
            ("off|all", "all", Some("all")),
            ("off|all", "none", None),
            ("-", "1", None),
        ] {
            assert_eq!(accepted(kind, value).as_deref(), shown, "{kind} {value}");
        }
    }
}
