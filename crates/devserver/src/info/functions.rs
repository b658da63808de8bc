//! User-defined functions: files with their sources are kept, listed and given back.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::arguments::parameter;
use super::{Asked, ENTERPRISE_ONLY, OK};
use crate::functions::hash;

const MAX_NAME: usize = 127;
/// Largest file in bytes.
const MAX_CONTENT: usize = 1 << 20;

fn name(parameters: &str) -> Result<&str, String> {
    let name = parameter(parameters, "filename").filter(|name| name.len() <= MAX_NAME);
    name.ok_or_else(|| "error=invalid_filename".to_owned())
}

pub(super) fn get(asked: &Asked<'_>, parameters: &str) -> String {
    match name(parameters).map(|name| asked.service.engine.functions.get(name)) {
        Ok(Some(content)) => format!("type=LUA;content={content};"),
        Ok(None) => "error=not_found".to_owned(),
        Err(error) => error,
    }
}

pub(super) fn list(asked: &Asked<'_>, _: &str) -> String {
    let mut all = String::new();
    for (name, kept) in asked.service.engine.functions.list() {
        let _written = write!(all, "filename={name},hash={},type=LUA;", hash(&kept)).is_ok();
    }
    all
}

pub(super) fn remove(asked: &Asked<'_>, parameters: &str) -> String {
    match name(parameters) {
        Ok(name) => {
            asked.service.engine.functions.remove(name);
            OK.to_owned()
        }
        Err(error) => error,
    }
}

pub(super) fn put(asked: &Asked<'_>, parameters: &str) -> String {
    match read(parameters) {
        Ok((name, content)) => {
            asked.service.engine.functions.put(name, content);
            OK.to_owned()
        }
        Err(error) => format!("error={error}"),
    }
}

/// The name of a file and its content in base64, checked in the order of real servers.
fn read(parameters: &str) -> Result<(&str, &str), &'static str> {
    let given = |name| parameter(parameters, name);
    let name = name(parameters).map_err(|_| "invalid_filename")?;
    let extension = name.split_once('.').filter(|(stem, _)| !stem.is_empty()).map(|(_, extension)| extension);
    extension.filter(|extension| !extension.is_empty()).ok_or("invalid_filename")?;
    let size = given("content-len").filter(|size| size.len() <= 10).ok_or("invalid_content_len")?;
    if given("udf-type").is_some_and(|kind| kind != "LUA") {
        return Err("invalid_udf_type");
    }
    let size = size.parse::<usize>().ok().filter(|size| size % 4 == 0).ok_or("invalid_content_len")?;
    let content = given("content").filter(|content| content.len() == size).ok_or("invalid_content")?;
    if size / 4 * 3 > MAX_CONTENT {
        return Err("invalid_udf_content_len,>1M");
    }
    STANDARD.decode(content).map_err(|_| "invalid_base64_content")?;
    Ok((name, content))
}

/// What the nodes have agreed on, module by module.
pub(super) fn metadata(asked: &Asked<'_>, _: &str) -> String {
    let engine = asked.service.engine;
    let outlook = engine.cluster.outlook(asked.service.node);
    let key = outlook.cluster_key();
    let principal = engine.cluster.principal(asked.service.node, &outlook);
    let modules = ["evict", "sindex", "truncate", "UDF"].map(|module| {
        let keys = items(asked, module).len();
        format!("{module}:committed_key={key:X},committed_tid={keys},n_keys={keys},state=pr;")
    });
    let size = outlook.size();
    format!(
        "smd:n_pending_sets=0,n_events=0,n_nodes={size},principal={principal},cluster_key={key:X};{}",
        modules.concat()
    )
}

/// What they have agreed on in one module.
pub(super) fn show(asked: &Asked<'_>, parameters: &str) -> String {
    let module = parameter(parameters, "module").unwrap_or_default().to_ascii_lowercase();
    match module.as_str() {
        "evict" | "sindex" | "truncate" | "udf" => {
            let items: Vec<_> =
                items(asked, &module).iter().map(|(key, value)| format!("{key}={value}")).collect();
            if items.is_empty() { "<empty>".to_owned() } else { items.join(";") }
        }
        "roster" | "security" | "xdr" | "masking" => ENTERPRISE_ONLY.to_owned(),
        _ => "ERROR:4:unknown 'module'".to_owned(),
    }
}

fn items(asked: &Asked<'_>, module: &str) -> Vec<(String, String)> {
    let engine = asked.service.engine;
    let namespaces = engine.namespaces().iter();
    match module {
        "udf" | "UDF" => engine.functions.list(),
        "truncate" => namespaces.flat_map(|namespace| namespace.truncations()).collect(),
        "sindex" => namespaces
            .flat_map(|namespace| {
                let indexes = namespace.indexes.list();
                let key = |index: &crate::index::Index| super::indexes::key(&namespace.config.name, index);
                indexes.iter().map(|index| (key(index), index.name.clone())).collect::<Vec<_>>()
            })
            .collect(),
        _ => Vec::new(),
    }
}
