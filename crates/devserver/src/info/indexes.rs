//! Orders and questions about secondary indexes.

mod show;
mod wish;

use aerostride_wire::result_code as code;

use super::{OK, parameter};
use crate::command::Service;
use crate::index::{Created, Index};
use crate::security::Permission;
use crate::store::Namespace;
use wish::Wish;

const NO_INDEX: &str = "ERROR:201:no index";

/// Makes an index of what is there and of what will be written.
pub(super) fn create(service: Service<'_>, parameters: &str) -> String {
    let made = allowed(service).and_then(|()| Wish::read(parameters)).and_then(|wish| make(service, wish));
    made.map_or_else(|error| error, |()| OK.to_owned())
}

fn make(service: Service<'_>, wish: Wish<'_>) -> Result<(), String> {
    let engine = service.engine;
    // As a real server, which finds out later that there is nothing to index.
    let Some(namespace) = engine.namespace(wish.namespace.as_bytes()) else { return Ok(()) };
    let created =
        namespace.indexes.create(wish.name, wish.definition, engine.now(), engine.config.index_building);
    match created {
        Ok(Created::New(index)) => namespace.fill(&index),
        Ok(Created::Known) => {}
        Err(code::INDEX_EXISTS) => {
            return Err("ERROR:200:'indexname' already exists with different definition".to_owned());
        }
        Err(code) => return Err(format!("ERROR:{code}:too many indexes")),
    }
    Ok(())
}

/// Forgets an index, if there is one of that name.
pub(super) fn delete(service: Service<'_>, parameters: &str) -> String {
    if let Err(error) = allowed(service) {
        return error;
    }
    match target(service, parameters) {
        Ok((Some(namespace), name)) => {
            if let Some(index) = namespace.indexes.remove(name) {
                namespace.empty(&index);
            }
            OK.to_owned()
        }
        Ok((None, _)) => OK.to_owned(),
        Err(error) => error,
    }
}

/// Whether there is an index of that name.
pub(super) fn exists(service: Service<'_>, parameters: &str) -> String {
    match target(service, parameters) {
        Ok((namespace, name)) => {
            namespace.is_some_and(|namespace| namespace.indexes.by_name(name).is_some()).to_string()
        }
        Err(error) => error,
    }
}

/// All indexes, or those of a namespace, joined by semicolons.
pub(super) fn list(service: Service<'_>, parameters: &str) -> String {
    let base64 = parameter(parameters, "b64").is_some_and(|value| value == "true");
    let wanted = named_namespace(parameters);
    if wanted.is_some_and(|name| service.engine.namespace(name.as_bytes()).is_none()) {
        return "ERROR:20:unknown namespace".to_owned();
    }
    let now = service.engine.now();
    let of = |namespace: &Namespace| {
        let name = &namespace.config.name;
        let lines = namespace.indexes.list();
        lines.iter().map(|index| show::line(name, index, base64, now)).collect::<Vec<_>>()
    };
    let namespaces = service.engine.namespaces().iter();
    let lines = namespaces.filter(|namespace| wanted.is_none_or(|name| name == namespace.config.name));
    lines.flat_map(of).collect::<Vec<_>>().join(";")
}

/// How far an index is built, and how large it is.
pub(super) fn stat(service: Service<'_>, parameters: &str) -> String {
    match target(service, parameters) {
        Ok((namespace, name)) => stat_of(service, namespace, name),
        Err(error) => error,
    }
}

/// The older forms `sindex`, `sindex/NAMESPACE` and `sindex/NAMESPACE/INDEX`.
pub(super) fn older(service: Service<'_>, path: &str) -> String {
    match path.split_once('/') {
        Some((namespace, name)) => stat_of(service, service.engine.namespace(namespace.as_bytes()), name),
        None if path.is_empty() || path.contains('=') => list(service, path),
        None => list(service, &format!("namespace={path}")),
    }
}

fn stat_of(service: Service<'_>, namespace: Option<&Namespace>, name: &str) -> String {
    let found = namespace.and_then(|namespace| Some((namespace, namespace.indexes.by_name(name)?)));
    found.map_or_else(
        || NO_INDEX.to_owned(),
        |(namespace, index): (_, std::sync::Arc<Index>)| show::stat(namespace, &index, service.engine.now()),
    )
}

/// The namespace and the index that are named; `None` for a namespace that does not exist.
fn target<'e, 'p>(
    service: Service<'e>,
    parameters: &'p str,
) -> Result<(Option<&'e Namespace>, &'p str), String> {
    match (named_namespace(parameters), parameter(parameters, "indexname")) {
        (Some(namespace), Some(name)) => Ok((service.engine.namespace(namespace.as_bytes()), name)),
        (Some(_), None) => Err(MISSING_NAME.to_owned()),
        (None, Some(_)) => Err(MISSING_NAMESPACE.to_owned()),
        (None, None) => Err(format!("{MISSING_NAME}{MISSING_NAMESPACE}")),
    }
}

const MISSING_NAME: &str = "ERROR:4:missing 'indexname'";
const MISSING_NAMESPACE: &str = "ERROR:20:missing 'namespace'";

fn named_namespace(parameters: &str) -> Option<&str> {
    parameter(parameters, "namespace").or_else(|| parameter(parameters, "ns"))
}

fn allowed(service: Service<'_>) -> Result<(), String> {
    service.check(Permission::IndexAdmin, b"", b"").map_err(|code| format!("ERROR:{code}:role violation"))
}
