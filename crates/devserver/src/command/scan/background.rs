//! Writes on every record of a set or a range of an index, without an answer for each.

use std::sync::atomic::Ordering::Relaxed;

use aerostride_wire::{
    Digest, FrameType, MessageHeader, PARTITIONS, Request, finish_frame, info1, info2, info3, partition_of,
    result_code as code, start_frame, write_type,
};

use super::is_short;
use crate::command::compute::check_expression;
use crate::command::{Command, Service, append_last_frame, check_filter, execute, function};
use crate::expression::Subject;
use crate::index::Search;
use crate::queries::{Query, Wish};
use crate::store::Namespace;

/// Records per second that such a query may change.
const MOST_PER_SECOND: u32 = 10_000;
const MAX_SET_NAME: usize = 63;

/// What is done with the records.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Ops,
    /// A function changes them.
    Function,
    /// A function makes one value of them.
    Aggregate,
}

/// Performs a write on all records that the request concerns, on the node that is their partition's master, whatever
/// partitions it names. A record that refuses it does not end it. The answer is that it has begun.
pub(super) fn run(service: Service<'_>, request: &Request<'_>, out: &mut Vec<u8>) -> Result<(), u8> {
    let fields = &request.fields;
    let engine = service.engine;
    let namespace = engine.namespace(fields.namespace.unwrap_or_default()).ok_or(code::INVALID_NAMESPACE)?;
    let kind = kind_of(request)?;
    let command = command_of(request, kind);
    let set = fields.set.unwrap_or_default();
    let most = if kind == Kind::Aggregate { u32::MAX } else { MOST_PER_SECOND };
    let rate = fields.records_per_second.unwrap_or(0);
    if is_short(request) || set.len() > MAX_SET_NAME {
        return Err(code::PARAMETER);
    }
    let search = Search::new(&namespace.indexes, fields, set, engine.now());
    if namespace.set_id(set).is_none() && search.as_ref().err() != Some(&code::PARAMETER) {
        return Err(code::NOT_FOUND);
    }
    if rate > most {
        return Err(code::PARAMETER);
    }
    let search = search?;
    if let Some(Err(code)) = command.filter {
        return Err(code);
    }
    service.check_command(&command)?;
    check_ops(&command, kind)?;
    let wish =
        wish(service, request, search.as_ref(), (namespace, kind, if rate == 0 { most } else { rate }));
    let running = engine.queries(service.node).begin(wish, engine.query_threads_limit())?;
    if kind == Kind::Aggregate {
        append_no_aggregate(out);
        running.end_with(code::UNKNOWN);
        return Ok(());
    }
    let outlook = engine.cluster.outlook(service.node);
    for partition in (0..PARTITIONS).filter(|&partition| outlook.is_master(partition)) {
        let digests = digests(namespace, partition, set, search.as_ref(), service);
        digests.iter().for_each(|digest| write(service, namespace, digest, &command, running.query()));
    }
    running.end_with(code::OK);
    append_last_frame(out, code::OK);
    Ok(())
}

/// The command for each record. Of what a write can be told about generations and existing records, real servers heed in such
/// queries only that the record is to be replaced.
fn command_of<'a>(request: &Request<'a>, kind: Kind) -> Command<'a> {
    let command = Command::of_request(request);
    let heeded = if kind == Kind::Ops { info3::UPDATE_ONLY | command.info3 & info3::REPLACE_ONLY } else { 0 };
    Command {
        is_background: true,
        info2: command.info2 & (info2::WRITE | info2::DURABLE_DELETE),
        info3: heeded,
        ..command
    }
}

fn kind_of(request: &Request<'_>) -> Result<Kind, u8> {
    let fields = &request.fields;
    match fields.udf_operation {
        _ if !fields.udf => Ok(Kind::Ops),
        Some(1 | 2) if fields.udf_function.is_none() || fields.udf_arguments.is_none() => {
            Err(code::PARAMETER)
        }
        Some(1) => Ok(Kind::Aggregate),
        Some(2) => Ok(Kind::Function),
        _ => Err(code::PARAMETER),
    }
}

/// What others are told about it.
fn wish(
    service: Service<'_>,
    request: &Request<'_>,
    search: Option<&Search>,
    (namespace, kind, rate): (&Namespace, Kind, u32),
) -> Wish {
    let text = |bytes: Option<&[u8]>| String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned();
    Wish {
        id: request.fields.task_id.unwrap_or(0),
        namespace: namespace.config.name.clone(),
        set: text(request.fields.set),
        index: search.map_or_else(String::new, |search| search.index.name.clone()),
        partitions: 0,
        kind: match kind {
            Kind::Ops => "background-ops",
            Kind::Function => "background-udf",
            Kind::Aggregate => "aggregation",
        },
        detail: match kind {
            Kind::Ops => ":ops-active=0".to_owned(),
            Kind::Function => format!(
                ":udf-filename={}:udf-function={}:udf-active=0",
                text(request.fields.udf_package),
                text(request.fields.udf_function),
            ),
            Kind::Aggregate => String::new(),
        },
        records_per_second: if kind == Kind::Aggregate { 0 } else { rate },
        socket_timeout: 10_000,
        from: service.client.to_string(),
        ..Wish::default()
    }
}

/// Only ops that write, and at least one.
fn check_ops(command: &Command<'_>, kind: Kind) -> Result<(), u8> {
    if kind != Kind::Ops {
        return Ok(());
    }
    if command.info1 & info1::READ != 0 || command.ops.count() == 0 {
        return Err(code::PARAMETER);
    }
    for op in command.ops {
        let op = op.map_err(|_| code::PARAMETER)?;
        match op.operation {
            write_type::READ
            | write_type::CDT_READ
            | write_type::EXPRESSION_READ
            | write_type::BITS_READ
            | write_type::HLL_READ => return Err(code::PARAMETER),
            write_type::EXPRESSION_MODIFY => check_expression(&op)?,
            _ => {}
        }
    }
    Ok(())
}

/// An aggregation that fails: a record that says why, and the end.
fn append_no_aggregate(out: &mut Vec<u8>) {
    let frame = start_frame(out, FrameType::Message);
    out.extend_from_slice(&MessageHeader { op_count: 1, ..MessageHeader::default() }.encode());
    function::append_failure(out);
    finish_frame(out, frame);
    append_last_frame(out, code::UNKNOWN);
}

/// The records of a partition that are concerned, as they are now.
fn digests(
    namespace: &Namespace,
    partition: usize,
    set: &[u8],
    search: Option<&Search>,
    service: Service<'_>,
) -> Vec<Digest> {
    let now = service.engine.now();
    let wanted = namespace.set_id(set);
    let records = namespace.read(partition);
    let concerned = records.iter(now).filter(|(digest, record)| {
        let name = namespace.set_name(record.set);
        let subject = Subject { digest, record: Some(record), bins: *record, set: &name, now };
        (set.is_empty() || Some(record.set) == wanted) && search.is_none_or(|search| search.finds(&subject))
    });
    concerned.map(|(digest, _)| *digest).collect()
}

fn write(service: Service<'_>, namespace: &Namespace, digest: &Digest, command: &Command<'_>, query: &Query) {
    let now = service.engine.now();
    let passes = {
        let partition = namespace.read(partition_of(digest));
        let record = partition.get(digest, now);
        record.is_some_and(|record| check_filter(namespace, digest, record, command, now).is_ok())
    };
    if !passes {
        query.filtered.fetch_add(1, Relaxed);
        return;
    }
    let done = execute(service, namespace, digest, command, now, &mut Vec::new());
    if done.code == code::OK { &query.delivered } else { &query.failed }.fetch_add(1, Relaxed);
}
