//! Writes on every record of a set or a range of an index, without an answer for each.

use aerostride_wire::{Digest, PARTITIONS, Request, partition_of, result_code as code};

use crate::command::{Command, Service, check_filter, execute};
use crate::expression::Subject;
use crate::index::Search;
use crate::store::Namespace;

/// Performs a write on all records that the request concerns, on the node that is their partition's master. A record that
/// refuses it does not end it.
pub(super) fn run(service: Service<'_>, request: &Request<'_>) -> Result<(), u8> {
    let fields = &request.fields;
    let engine = service.engine;
    let namespace = engine.namespace(fields.namespace.unwrap_or_default()).ok_or(code::INVALID_NAMESPACE)?;
    let command = Command::of_request(request);
    if let Some(Err(code)) = command.filter {
        return Err(code);
    }
    service.check_command(&command)?;
    let set = fields.set.unwrap_or_default();
    let search = Search::new(&namespace.indexes, fields, set, engine.now())?;
    // One that names no partitions concerns all of them.
    let partitions: Vec<usize> = if fields.partitions.is_none() && fields.digests.is_none() {
        (0..PARTITIONS).collect()
    } else {
        super::plan::places(fields, search.as_ref())?.iter().map(|place| place.partition).collect()
    };
    let outlook = engine.cluster.outlook(service.node);
    for partition in partitions {
        if outlook.is_master(partition) {
            let digests = digests(namespace, partition, set, search.as_ref(), service);
            digests.iter().for_each(|digest| write(service, namespace, digest, &command));
        }
    }
    Ok(())
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

fn write(service: Service<'_>, namespace: &Namespace, digest: &Digest, command: &Command<'_>) {
    let now = service.engine.now();
    let passes = {
        let partition = namespace.read(partition_of(digest));
        let record = partition.get(digest, now);
        record.is_some_and(|record| check_filter(namespace, digest, record, command, now).is_ok())
    };
    if passes {
        let _answers_nobody = execute(service, namespace, digest, command, now, &mut Vec::new());
    }
}
