//! Records as they are stored: `debug-record` and `debug-record-meta`.

use std::fmt::Write as _;

use aerostride_wire::{Digest, Op, particle_type, partition_of};

use super::Asked;
use super::arguments::{check, parameter};
use crate::store::{Namespace, Record};

pub(super) fn debug(asked: &Asked<'_>, parameters: &str) -> String {
    show(asked, parameters, true).unwrap_or_else(|error| error)
}

pub(super) fn debug_meta(asked: &Asked<'_>, parameters: &str) -> String {
    show(asked, parameters, false).unwrap_or_else(|error| error)
}

fn show(asked: &Asked<'_>, parameters: &str, with_values: bool) -> Result<String, String> {
    let engine = asked.service.engine;
    check("namespace!31@ keyd!40", parameters, engine)?;
    let given = |name| parameter(parameters, name).unwrap_or_default();
    let digest = digest(given("keyd"))?;
    if with_values {
        check("mode?31", parameters, engine)?;
        if !matches!(parameter(parameters, "mode"), None | Some("pickle" | "raw" | "raw-encrypted")) {
            return Err("ERROR:4:unknown mode".to_owned());
        }
    }
    let namespace = engine.namespace(given("namespace").as_bytes());
    let namespace = namespace.ok_or("ERROR:20:namespace not found on node")?;
    let partition = namespace.read(partition_of(&digest));
    let record = partition.get(&digest, engine.now()).ok_or("ERROR:2:record not found")?;
    Ok(dump(asked, namespace, &digest, record, with_values))
}

fn digest(text: &str) -> Result<Digest, String> {
    let mut digest = Digest::default();
    if text.len() != 2 * digest.len() {
        return Err("ERROR:4:keyd".to_owned());
    }
    for (at, byte) in digest.iter_mut().enumerate() {
        let digits = text.get(2 * at..2 * at + 2).unwrap_or_default();
        *byte = u8::from_str_radix(digits, 16).map_err(|_| "ERROR:4:bad keyd")?;
    }
    Ok(digest)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn dump(
    asked: &Asked<'_>,
    namespace: &Namespace,
    digest: &Digest,
    record: &Record,
    with_values: bool,
) -> String {
    let partition = partition_of(digest);
    let outlook = asked.service.engine.cluster.outlook(asked.service.node);
    let copy = outlook.owners(partition).position(|owner| owner == asked.service.node);
    let set = namespace.set_name(record.set);
    let mut page = format!(
        "pid={partition};repl-ix={};index=rc=0,tree-id=1,color=0,is-orig=0,keyd={},left=0,right=0,set-id={},\
         set-name={},in-sindex=0,xdr-bin-cemetery=0,xdr-write=0,xdr-tombstone=0,xdr-nsup-tombstone=0,void-time={},\
         lut={},generation={},rblock-id=0,n-rblocks={},file-id=0,stripe-name=stripe-0,key-stored={},repl-state=0,\
         tombstone=0,cenotaph=0,orig-h=0",
        copy.map_or_else(|| "-1".to_owned(), |copy| copy.to_string()),
        hex(digest),
        record.set,
        if set.is_empty() { "null".into() } else { String::from_utf8_lossy(&set) },
        record.void_time,
        record.last_update.0,
        record.generation,
        record.stored_size(&set) / 16,
        u8::from(!record.user_key().is_empty()),
    );
    if let [kind, key @ ..] = record.user_key() {
        let value = match (*kind, key.first_chunk()) {
            (particle_type::INT, Some(bytes)) => i64::from_be_bytes(*bytes).to_string(),
            _ => hex(key),
        };
        let value = if with_values { format!(",value={value}") } else { String::new() };
        let _written = write!(page, ";key=flat-size={},type={kind}{value}", key.len() + 1).is_ok();
    }
    let bins: Vec<_> = record.each_bin().map(|bin| dump_bin(&bin, with_values)).collect();
    let _written = write!(page, ";n-bins={};bins={}", bins.len(), bins.join(":")).is_ok();
    page
}

fn dump_bin(bin: &Op<'_>, with_values: bool) -> String {
    let number = bin.value.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes));
    let (state, size, value) = match bin.particle {
        particle_type::INT => (1, None, number.to_string()),
        particle_type::DOUBLE => (1, None, format!("{:.6}", f64::from_bits(number))),
        particle_type::BOOL => (1, None, bin.value.first().unwrap_or(&0).to_string()),
        _ => (3, Some(bin.value.len()), hex(bin.value)),
    };
    let size = size.map_or_else(String::new, |size| format!(",data-size={size}"));
    let value = if with_values { format!(",value={value}") } else { String::new() };
    let name = String::from_utf8_lossy(bin.name);
    format!("bin-name={name},xdr-write=0,lut=0,src-id=0,state={state},type={}{size}{value}", bin.particle)
}
