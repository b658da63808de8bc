use aerostride_wire::MAX_BIN_NAME;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::cdt::read_context;
use crate::engine::Engine;
use crate::expression::{Expression, Type};
use crate::index::{Collection, Definition, Kind, Source};
use crate::info::arguments::{check, named_namespace, parameter};

/// What every order needs, in the order in which it is checked; the most bytes of a value.
const NEEDED: &str = "indexname!63 namespace/ns!31";
const OF_VALUES: &str = "set?63 context?2047 indextype?9 indexdata?27 type?11";
/// What an index of a set cannot have.
const UNFIT_FOR_SETS: [&str; 5] = ["context", "indexdata", "type", "bin", "exp"];
const KINDS: &str = "must be one of 'numeric', 'string', 'blob'";

/// The index that an order asks for.
pub(super) struct Wish<'p> {
    pub(super) namespace: &'p str,
    pub(super) name: &'p str,
    pub(super) definition: Definition,
}

impl<'p> Wish<'p> {
    /// Reads the parameters of an order, or says what is wrong with them in the words of real servers.
    pub(super) fn read(parameters: &'p str, engine: &Engine) -> Result<Self, String> {
        check(NEEDED, parameters, engine)?;
        let given = |name| parameter(parameters, name);
        let name = given("indexname").unwrap_or_default();
        let namespace = named_namespace(parameters).unwrap_or_default();
        let of_set = given("indextype").is_some_and(|kind| kind.eq_ignore_ascii_case("set"));
        let definition =
            if of_set { index_of_set(parameters, engine)? } else { index_of_values(parameters, engine)? };
        Ok(Self { namespace, name, definition })
    }
}

fn index_of_set(parameters: &str, engine: &Engine) -> Result<Definition, String> {
    if let Some(name) = UNFIT_FOR_SETS.into_iter().find(|name| parameter(parameters, name).is_some()) {
        return error(&format!("{name} parameter is not supported for set index"));
    }
    check("set!63", parameters, engine)?;
    let set = parameter(parameters, "set").unwrap_or_default();
    let namespace = named_namespace(parameters).and_then(|name| engine.namespace(name.as_bytes()));
    let Some(namespace) = namespace else { return error("namespace not found") };
    if namespace.make_set(set.as_bytes()).is_none() {
        return error("failed to get/create set");
    }
    let (source, kind, collection) = (Source::Set, Kind::Numeric, Collection::Default);
    Ok(Definition { set: set.to_owned(), source, kind, collection })
}

fn index_of_values(parameters: &str, engine: &Engine) -> Result<Definition, String> {
    let given = |name| parameter(parameters, name);
    check(OF_VALUES, parameters, engine)?;
    let context = given("context").map(context).transpose()?;
    let Some(collection) = given("indextype").map_or(Some(Collection::Default), Collection::from_name) else {
        return error("bad 'indextype' - must be one of 'default', 'list', 'mapkeys', 'mapvalues'");
    };
    let (source, kind) = match (given("indexdata"), given("type")) {
        (None, None) => return error("both 'indexdata' and 'type' are missing"),
        (Some(_), Some(_)) => return error("both 'indexdata' and 'type' are specified"),
        (Some(data), None) => older_source(data, context)?,
        (None, Some(kind)) => {
            let Some(kind) = Kind::from_name(kind) else {
                return error(&format!("bad 'type' - {KINDS}, 'geo2dsphere'"));
            };
            check("bin?15 exp?16383", parameters, engine)?;
            (source(given("bin"), given("exp"), context, kind, collection)?, kind)
        }
    };
    if collection == Collection::MapKeys && kind == Kind::Geo {
        return error(&format!("bad 'indexdata' bin type for 'indextype' 'mapkeys' - {KINDS}"));
    }
    Ok(Definition { set: given("set").unwrap_or_default().to_owned(), source, kind, collection })
}

/// The older form: the name of the bin and its type, separated by a comma.
fn older_source(data: &str, context: Option<Vec<u8>>) -> Result<(Source, Kind), String> {
    let Some((name, kind)) = data.split_once(',') else { return error("'indexdata' missing bin type") };
    if name.is_empty() {
        return error("'indexdata' missing bin name");
    }
    if name.len() > MAX_BIN_NAME {
        return error("'indexdata' bin name too long");
    }
    match Kind::from_name(kind) {
        Some(kind) => Ok((Source::Bin { name: name.to_owned(), context }, kind)),
        None => error(&format!("bad 'indexdata' bin type - {KINDS}, 'geo2dsphere'")),
    }
}

fn context(text: &str) -> Result<Vec<u8>, String> {
    let bytes = STANDARD.decode(text).map_err(|_| "ERROR:4:'context' invalid base64")?;
    if read_context(&bytes).is_err() {
        return error("'context' invalid cdt context");
    }
    Ok(bytes)
}

fn error<T>(what: &str) -> Result<T, String> {
    Err(format!("ERROR:4:{what}"))
}

fn source(
    bin: Option<&str>,
    expression: Option<&str>,
    context: Option<Vec<u8>>,
    kind: Kind,
    collection: Collection,
) -> Result<Source, String> {
    Ok(match (bin, expression) {
        (Some(_), Some(_)) => return error("both 'bin' and 'exp' are specified"),
        (None, None) => return error("both 'bin' and 'exp' are missing"),
        (None, Some(_)) if context.is_some() => return error("both 'context' and 'exp' are specified"),
        (None, Some(text)) => Source::Expression(checked_expression(text, kind, collection)?),
        (Some(bin), None) => Source::Bin { name: bin.to_owned(), context },
    })
}

/// The bytes of an expression whose type is that of the index.
fn checked_expression(text: &str, kind: Kind, collection: Collection) -> Result<Vec<u8>, String> {
    let bytes = STANDARD.decode(text).map_err(|_| "ERROR:4:bad 'exp'")?;
    let expression = Expression::parse_any(&bytes).ok().filter(Expression::fits_index);
    let found = expression.ok_or("ERROR:4:bad 'exp'")?.kind();
    let wanted = match collection {
        Collection::Default => kind.name(),
        Collection::List => "list",
        Collection::MapKeys | Collection::MapValues => "map",
    };
    let found = match found {
        Type::Int => "numeric",
        Type::String => "string",
        Type::Blob => "blob",
        Type::Geo => "geo2dsphere",
        Type::List => "list",
        Type::Map => "map",
        Type::Float => "float",
        Type::Bool => "bool",
        Type::Hll => "hll",
        Type::Nil => "nil",
        Type::Removal => "result_remove",
    };
    if found == wanted {
        return Ok(bytes);
    }
    Err(format!("ERROR:4:bad 'exp' - expression type '{found}' does not match expected type '{wanted}'"))
}
