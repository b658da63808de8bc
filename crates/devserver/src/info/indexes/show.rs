use std::collections::HashSet;

use aerostride_wire::PARTITIONS;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::cdt::read_context;
use crate::clock::Now;
use crate::expression::Expression;
use crate::index::{Collection, Index, Kind, Source};
use crate::msgpack;
use crate::store::Namespace;

/// Memory that a real server takes for its first index.
pub(in crate::info) const STAGE: u64 = 16 * 1024 * 1024;
/// Bytes of an entry.
const ENTRY: u64 = 16;

/// An index as `sindex-list` shows it.
pub(super) fn line(namespace: &str, index: &Index, base64: bool, now: Now) -> String {
    let definition = &index.definition;
    let or_null = |text: &str| if text.is_empty() { "null".to_owned() } else { text.to_owned() };
    let (name, set) = (&index.name, or_null(&definition.set));
    let (bin, context, expression) = match &definition.source {
        Source::Set => return format!("ns={namespace}:indexname={name}:set={set}:indextype=set"),
        Source::Bin { name, context } => {
            let context = context.as_deref();
            let shown =
                context.map(|bytes| if base64 { STANDARD.encode(bytes) } else { context_text(bytes) });
            (or_null(name), shown.unwrap_or_default(), String::new())
        }
        Source::Expression(bytes) => {
            let text = if base64 { STANDARD.encode(bytes) } else { expression_text(bytes) };
            (or_null(""), String::new(), text)
        }
    };
    let state = if index.is_ready(now) { "RW" } else { "WO" };
    format!(
        "ns={namespace}:indexname={name}:set={set}:bin={bin}:type={}:indextype={}:context={}:exp={}:state={state}",
        definition.kind.name(),
        definition.collection.name(),
        or_null(&context),
        or_null(&expression),
    )
}

/// An index as the nodes agree on it.
pub(in crate::info) fn key(namespace: &str, index: &Index) -> String {
    let definition = &index.definition;
    let place = match &definition.source {
        Source::Set => return format!("{namespace}|{}|S", definition.set),
        Source::Bin { name, context: None } => name.clone(),
        Source::Bin { name, context: Some(context) } => format!("{name}|c{}", STANDARD.encode(context)),
        Source::Expression(bytes) => format!("|e{}", STANDARD.encode(bytes)),
    };
    let collection = match definition.collection {
        Collection::Default => '.',
        Collection::List => 'L',
        Collection::MapKeys => 'K',
        Collection::MapValues => 'V',
    };
    let kind = match definition.kind {
        Kind::Numeric => 'I',
        Kind::String => 'S',
        Kind::Blob => 'B',
        Kind::Geo => 'G',
    };
    format!("{namespace}|{}|{place}|{collection}|{kind}", definition.set)
}

/// An index as `sindex-stat` shows it.
pub(super) fn stat(namespace: &Namespace, index: &Index, now: Now) -> String {
    if index.is_of_set() {
        let set = namespace.set_id(index.definition.set.as_bytes()).map_or(0, usize::from);
        let objects = namespace.set_usage(now).get(set).map_or(0, |(objects, _)| *objects);
        return format!("entries={objects};used_bytes={};load_pct={}", objects * ENTRY, index.percent(now));
    }
    let (mut entries, mut bvals, mut records) = (0_u64, HashSet::new(), 0_u64);
    for partition in 0..PARTITIONS {
        let partition = namespace.read(partition);
        let Some(all) = partition.entries(index.id) else { continue };
        entries += all.len() as u64;
        bvals.extend(all.iter().map(|(rank, _)| *rank));
        records += all.iter().map(|(_, digest)| digest).collect::<HashSet<_>>().len() as u64;
    }
    let per = |count: u64| (entries + count / 2).checked_div(count).unwrap_or(0);
    let (per_bval, per_record) =
        if index.is_ready(now) { (per(bvals.len() as u64), per(records)) } else { (0, 0) };
    let entries = entries * index.percent(now) / 100;
    format!(
        "entries={entries};used_bytes={};entries_per_bval={per_bval};entries_per_rec={per_record};load_pct={};\
         load_time={};stat_gc_recs=0",
        (entries * ENTRY).max(STAGE),
        index.percent(now),
        index.load_time(now),
    )
}

/// A context in the words of real servers, such as `[map_key(<string#1>)]`.
fn context_text(bytes: &[u8]) -> String {
    let steps = read_context(bytes).unwrap_or_default();
    let step = |(kind, value): (i64, &[u8])| {
        let name = match kind & !0xc0 {
            0x10 => "list_index",
            0x11 => "list_rank",
            0x13 => "list_value",
            0x20 => "map_index",
            0x21 => "map_rank",
            0x22 => "map_key",
            0x23 => "map_value",
            _ => "unknown",
        };
        format!("{name}({})", msgpack::text(value))
    };
    format!("[{}]", steps.into_iter().map(step).collect::<Vec<_>>().join(", "))
}

fn expression_text(bytes: &[u8]) -> String {
    Expression::parse_any(bytes).map_or_else(|_| STANDARD.encode(bytes), |expression| expression.to_string())
}
