//! Orders and questions about secondary indexes.

mod show;
mod wish;

use aerostride_wire::result_code as code;

use super::arguments::{check, named_namespace, parameter};
use super::{Asked, OK};
use crate::command::Service;
use crate::index::{Created, Index};
use crate::store::Namespace;
pub(super) use show::{STAGE, key};
use wish::Wish;

const NO_INDEX: &str = "ERROR:201:no index";

/// Makes an index of what is there and of what will be written.
pub(super) fn create(asked: &Asked<'_>, parameters: &str) -> String {
    let service = asked.service;
    let made = Wish::read(parameters, service.engine).and_then(|wish| make(service, wish));
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
        Err(_) => return Err("ERROR:206:already at sindex definition limit".to_owned()),
    }
    Ok(())
}

/// The index and the namespace that are named, and what is said of arguments that are missing or wrong: a real server says
/// it and goes on without a name, except where there is no namespace to look in.
struct Target<'e, 'p> {
    said: String,
    name: &'p str,
    namespace: Option<&'e Namespace>,
}

impl<'e, 'p> Target<'e, 'p> {
    fn read(service: Service<'e>, parameters: &'p str, demand: &str) -> Result<Self, String> {
        let named = check("indexname!63", parameters, service.engine);
        let name = if named.is_ok() { parameter(parameters, "indexname") } else { None };
        let said = named.err().unwrap_or_default();
        if let Err(error) = check(demand, parameters, service.engine) {
            return Err(said + &error);
        }
        let namespace =
            named_namespace(parameters).and_then(|name| service.engine.namespace(name.as_bytes()));
        Ok(Self { said, name: name.unwrap_or_default(), namespace })
    }

    fn index(&self) -> Option<std::sync::Arc<Index>> {
        self.namespace?.indexes.by_name(self.name)
    }
}

/// A namespace that has to exist.
const LOCAL: &str = "namespace/ns!31@";

/// Forgets an index, if there is one of that name.
pub(super) fn delete(asked: &Asked<'_>, parameters: &str) -> String {
    let target = match Target::read(asked.service, parameters, "namespace/ns!31") {
        Ok(target) => target,
        Err(error) => return error,
    };
    if let Some(namespace) = target.namespace
        && let Some(index) = namespace.indexes.remove(target.name)
    {
        namespace.empty(&index);
    }
    target.said + OK
}

/// Whether there is an index of that name.
pub(super) fn exists(asked: &Asked<'_>, parameters: &str) -> String {
    match Target::read(asked.service, parameters, LOCAL) {
        Ok(target) => {
            let exists = target.index().is_some();
            format!("{}{exists}", target.said)
        }
        Err(error) => error,
    }
}

/// How far an index is built, and how large it is.
pub(super) fn stat(asked: &Asked<'_>, parameters: &str) -> String {
    match Target::read(asked.service, parameters, LOCAL) {
        Ok(target) => target.said + &stat_of(asked.service, target.namespace, target.name),
        Err(error) => error,
    }
}

/// All indexes, or those of a namespace, joined by semicolons.
pub(super) fn list(asked: &Asked<'_>, parameters: &str) -> String {
    if let Err(error) = check("namespace/ns?127@ b64?5", parameters, asked.service.engine) {
        // Indexes of sets are asked for after the others, with the same words.
        return if error.contains("namespace") { format!("{error};{error}") } else { error };
    }
    let base64 = match parameter(parameters, "b64") {
        Some("true") => true,
        None | Some("false") => false,
        Some(_) => return "ERROR:4:bad b64".to_owned(),
    };
    lines(asked.service, named_namespace(parameters), base64, true)
}

fn lines(service: Service<'_>, wanted: Option<&str>, base64: bool, with_sets: bool) -> String {
    let now = service.engine.now();
    let of = |of_sets: bool| {
        let namespaces = service.engine.namespaces().iter();
        let namespaces =
            namespaces.filter(|namespace| wanted.is_none_or(|name| name == namespace.config.name));
        namespaces.flat_map(move |namespace| {
            let indexes = namespace.indexes.list();
            let chosen = indexes.into_iter().filter(move |index| index.is_of_set() == of_sets);
            chosen.map(move |index| show::line(&namespace.config.name, &index, base64, now))
        })
    };
    of(false).chain(of(true).filter(|_| with_sets)).collect::<Vec<_>>().join(";")
}

/// The older forms `sindex`, `sindex/NAMESPACE` and `sindex/NAMESPACE/INDEX`.
pub(super) fn older(asked: &Asked<'_>, path: &str) -> String {
    let service = asked.service;
    let (name, index) = path.split_once('/').map_or((path, None), |(name, index)| (name, Some(index)));
    if path.is_empty() {
        return lines(service, None, false, false);
    }
    match (service.engine.namespace(name.as_bytes()), index) {
        (None, _) => "ns_type=unknown".to_owned(),
        (_, None) => lines(service, Some(name), false, false),
        (namespace, Some(index)) => stat_of(service, namespace, index),
    }
}

fn stat_of(service: Service<'_>, namespace: Option<&Namespace>, name: &str) -> String {
    let found = namespace.and_then(|namespace| Some((namespace, namespace.indexes.by_name(name)?)));
    found.map_or_else(
        || NO_INDEX.to_owned(),
        |(namespace, index)| show::stat(namespace, &index, service.engine.now()),
    )
}
