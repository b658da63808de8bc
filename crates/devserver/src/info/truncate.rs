use aerostride_wire::PARTITIONS;

use super::{OK, parameter};
use crate::clock::Now;
use crate::command::Service;
use crate::security::Permission;

/// Removes the records of a set, or with `truncate-namespace` of a namespace, that were last written before `lut`
/// (nanoseconds since 1970), or before now.
pub(super) fn truncate(service: Service<'_>, command: &str, parameters: &str) -> String {
    let engine = service.engine;
    let Some(namespace) = parameter(parameters, "namespace") else {
        return "ERROR:20:missing 'namespace'".to_owned();
    };
    for name in ["set", "lut"] {
        if parameter(parameters, name) == Some("") {
            return format!("ERROR:4:missing '{name}' value");
        }
    }
    let Some(namespace) = engine.namespace(namespace.as_bytes()) else {
        return OK.to_owned();
    };
    let set_name = parameter(parameters, "set").unwrap_or_default();
    if let Err(code) =
        service.check(Permission::Truncate, namespace.config.name.as_bytes(), set_name.as_bytes())
    {
        return format!("ERROR:{code}:role violation");
    }
    let before = match parameter(parameters, "lut").map(str::parse) {
        None => engine.now().next(),
        Some(Ok(nanoseconds)) => Now::from_unix_nanoseconds(nanoseconds),
        Some(Err(_)) => return "ERROR:4:bad lut".to_owned(),
    };
    if before > engine.now().next() {
        return "ERROR:4:lut is in the future".to_owned();
    }
    let set = match parameter(parameters, "set") {
        Some(name) if command == "truncate" => match namespace.set_id(name.as_bytes()) {
            Some(set) => Some(set),
            // Nothing was ever written to it.
            None => return OK.to_owned(),
        },
        _ => None,
    };
    for partition in 0..PARTITIONS {
        namespace.remove_if(partition, |record| {
            set.is_none_or(|set| record.set == set) && record.last_update < before
        });
    }
    OK.to_owned()
}
