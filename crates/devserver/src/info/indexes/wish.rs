use aerostride_wire::MAX_BIN_NAME;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{MISSING_NAME, MISSING_NAMESPACE, named_namespace, parameter};
use crate::cdt::read_context;
use crate::expression::{Expression, Type};
use crate::index::{Collection, Definition, Kind, Source};

const MAX_NAME: usize = 63;
const MAX_CONTEXT: usize = 2048;
const MAX_EXPRESSION: usize = 16 * 1024;

/// The index that an order asks for.
pub(super) struct Wish<'p> {
    pub(super) namespace: &'p str,
    pub(super) name: &'p str,
    pub(super) definition: Definition,
}

impl<'p> Wish<'p> {
    /// Reads the parameters of an order, or says what is wrong with them in the words of real servers.
    pub(super) fn read(parameters: &'p str) -> Result<Self, String> {
        let given = |name| parameter(parameters, name);
        let name = given("indexname").ok_or(MISSING_NAME)?;
        let namespace = named_namespace(parameters).ok_or(MISSING_NAMESPACE)?;
        check_size("indexname", name, MAX_NAME)?;
        let set = given("set").unwrap_or_default();
        check_size("set", set, MAX_NAME)?;
        let definition =
            |source, kind, collection| Definition { set: set.to_owned(), source, kind, collection };
        let collection = match given("indextype") {
            Some("set") => {
                return Ok(Self {
                    namespace,
                    name,
                    definition: definition(Source::Set, Kind::Numeric, Collection::Default),
                });
            }
            Some(name) => Collection::from_name(name).ok_or(
                "ERROR:4:bad 'indextype' - must be one of 'default', 'list', 'mapkeys', 'mapvalues'",
            )?,
            None => Collection::Default,
        };
        let (bin, kind) = match given("indexdata") {
            Some(data) => {
                data.split_once(',').map_or((Some(data), None), |(bin, kind)| (Some(bin), Some(kind)))
            }
            None => (given("bin"), given("type")),
        };
        let kind = Kind::from_name(kind.ok_or("ERROR:4:missing 'type'")?)
            .ok_or("ERROR:4:bad 'type' - must be one of 'numeric', 'string', 'blob', 'geo2dsphere'")?;
        let source = source(bin, given("exp"), given("context"), kind, collection)?;
        Ok(Self { namespace, name, definition: definition(source, kind, collection) })
    }
}

fn source(
    bin: Option<&str>,
    expression: Option<&str>,
    context: Option<&str>,
    kind: Kind,
    collection: Collection,
) -> Result<Source, String> {
    Ok(match (bin, expression) {
        (Some(_), Some(_)) => return Err("ERROR:4:both 'bin' and 'exp' are specified".to_owned()),
        (None, None) => return Err("ERROR:4:both 'bin' and 'exp' are missing".to_owned()),
        (None, Some(_)) if context.is_some() => {
            return Err("ERROR:4:both 'context' and 'exp' are specified".to_owned());
        }
        (None, Some(text)) => Source::Expression(checked_expression(text, kind, collection)?),
        (Some(bin), None) => {
            check_size("bin", bin, MAX_BIN_NAME)?;
            let context = context.map(|text| decode("context", text, MAX_CONTEXT)).transpose()?;
            if context.as_ref().is_some_and(|bytes| read_context(bytes).is_err()) {
                return Err("ERROR:4:bad 'context'".to_owned());
            }
            Source::Bin { name: bin.to_owned(), context }
        }
    })
}

/// The bytes of an expression whose type is that of the index.
fn checked_expression(text: &str, kind: Kind, collection: Collection) -> Result<Vec<u8>, String> {
    let bytes = decode("exp", text, MAX_EXPRESSION)?;
    let found = Expression::parse_any(&bytes).map_err(|_| "ERROR:4:bad 'exp'")?.kind();
    let wanted = match collection {
        Collection::Default => kind.name(),
        Collection::List => "list",
        Collection::MapKeys | Collection::MapValues => "map",
    };
    let found = match found {
        None => return Ok(bytes),
        Some(Type::Int) => "numeric",
        Some(Type::String) => "string",
        Some(Type::Blob) => "blob",
        Some(Type::Geo) => "geo2dsphere",
        Some(Type::List) => "list",
        Some(Type::Map) => "map",
        Some(Type::Float) => "float",
        Some(Type::Bool) => "bool",
        Some(Type::Hll) => "hll",
        Some(Type::Nil) => "nil",
    };
    if found == wanted {
        return Ok(bytes);
    }
    Err(format!("ERROR:4:bad 'exp' - expression type '{found}' does not match expected type '{wanted}'"))
}

fn decode(name: &str, text: &str, limit: usize) -> Result<Vec<u8>, String> {
    check_size(name, text, limit)?;
    STANDARD.decode(text).map_err(|_| format!("ERROR:4:bad '{name}'"))
}

fn check_size(name: &str, value: &str, limit: usize) -> Result<(), String> {
    if value.len() > limit { Err(format!("ERROR:4:'{name}' value too long")) } else { Ok(()) }
}
