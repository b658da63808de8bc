//! Scans and primary-index queries: all records of a namespace or set, by partition.

use std::io;

use aerostride_wire::{
    DIGEST_SIZE, Digest, FRAME_HEADER_SIZE, FrameType, MESSAGE_HEADER_SIZE, MessageHeader, PARTITIONS,
    Request, field_type, finish_frame, info2, info3, partition_of, put_field, result_code as code,
    start_frame,
};

use super::batch::FRAME_LIMIT;
use super::read::{Selection, append_bins};
use super::{Answer, Command, Service, append_last_frame, check_filter};
use crate::clock::Now;
use crate::store::{Namespace, Record, SetId};

/// Answers a scan: frames of records, handed to `send` as they fill, then the trailer.
pub(crate) fn answer_scan(
    service: Service<'_>,
    request: &Request<'_>,
    out: &mut Vec<u8>,
    mut send: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    out.clear();
    let mut names = Vec::new();
    let code = match Scan::new(service, request, &mut names) {
        Ok(mut scan) => {
            start_frame(out, FrameType::Message);
            scan.run(out, &mut send)?;
            if out.len() > FRAME_HEADER_SIZE {
                finish_frame(out, 0);
            } else {
                out.clear();
            }
            code::OK
        }
        Err(answer) => answer.code,
    };
    append_last_frame(out, code);
    send(out)?;
    out.clear();
    Ok(())
}

struct Scan<'e, 's, 'a> {
    service: Service<'e>,
    namespace: &'e Namespace,
    command: Command<'a>,
    selection: Selection<'s, 'a>,
    /// Only records of this set; `None` is all of them.
    set: Option<SetId>,
    places: Vec<Place<'a>>,
    left: u64,
    now: Now,
}

/// A partition to visit.
#[derive(Debug, Clone, Copy)]
struct Place<'a> {
    partition: usize,
    /// Records up to this one were delivered before.
    after: Option<&'a Digest>,
}

impl<'e, 's, 'a> Scan<'e, 's, 'a> {
    fn new(
        service: Service<'e>,
        request: &Request<'a>,
        names: &'s mut Vec<&'a [u8]>,
    ) -> Result<Self, Answer> {
        let fields = &request.fields;
        let namespace = service
            .engine
            .namespace(fields.namespace.unwrap_or_default())
            .ok_or(Answer::failed(code::INVALID_NAMESPACE))?;
        if fields.index_query {
            return Err(Answer::failed(code::INDEX_NOT_FOUND));
        }
        if fields.udf || request.header.info2 & info2::WRITE != 0 {
            return Err(Answer::failed(code::UNSUPPORTED_FEATURE));
        }
        let mut command = Command::of_request(request).map_err(Answer::failed)?;
        service.check_command(&command).map_err(Answer::failed)?;
        if command.ops.count() == 0 {
            // A scan that names no bins wants all of them.
            command.info1 |= aerostride_wire::info1::GET_ALL;
        }
        let selection = Selection::of(&command, names)?;
        if matches!(selection, Selection::Each) {
            return Err(Answer::failed(code::UNSUPPORTED_FEATURE));
        }
        let mut places = places(fields.partitions, fields.digests).ok_or(Answer::failed(code::PARAMETER))?;
        let set = match fields.set {
            None | Some([]) => None,
            Some(name) => {
                let id = namespace.set_id(name);
                if id.is_none() {
                    // Nothing was ever written to it.
                    places.clear();
                }
                id
            }
        };
        let left = fields.max_records.filter(|max| *max > 0).unwrap_or(u64::MAX);
        Ok(Self { service, namespace, command, selection, set, places, left, now: service.engine.now() })
    }

    fn run(&mut self, out: &mut Vec<u8>, send: &mut impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        for place in std::mem::take(&mut self.places) {
            if self.service.engine.cluster.scans(self.service.node, place.partition) {
                self.visit(place, out, send)?;
            } else {
                append_partition_refusal(place.partition, out);
            }
            if self.left == 0 {
                break;
            }
        }
        Ok(())
    }

    /// Delivers the records of a partition in the order of their digests, which is what lets a later scan resume. The
    /// partition is not locked while the client is written to.
    fn visit(
        &mut self,
        place: Place<'_>,
        out: &mut Vec<u8>,
        send: &mut impl FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        for digest in self.digests(place) {
            if self.left == 0 {
                break;
            }
            let partition = self.namespace.read(place.partition);
            let Some(record) = partition.get(&digest, self.now) else { continue };
            if check_filter(self.namespace, &digest, record, &self.command, self.now).is_err() {
                continue;
            }
            self.append_record(&digest, record, out);
            drop(partition);
            self.left -= 1;
            if out.len() >= FRAME_LIMIT {
                finish_frame(out, 0);
                send(out)?;
                out.truncate(FRAME_HEADER_SIZE);
            }
        }
        Ok(())
    }

    fn digests(&self, place: Place<'_>) -> Vec<Digest> {
        let partition = self.namespace.read(place.partition);
        let wanted = |(digest, record): &(&Digest, &Record)| {
            self.set.is_none_or(|set| record.set == set) && place.after.is_none_or(|after| *digest > after)
        };
        let mut digests: Vec<_> =
            partition.iter(self.now).filter(wanted).map(|(digest, _)| *digest).collect();
        digests.sort_unstable();
        digests
    }

    fn append_record(&self, digest: &Digest, record: &Record, out: &mut Vec<u8>) {
        let at = out.len();
        out.extend_from_slice(&[0; MESSAGE_HEADER_SIZE]);
        let set = self.namespace.set_name(record.set);
        let optional = [(field_type::SET, &*set), (field_type::USER_KEY, record.user_key())];
        put_field(out, field_type::NAMESPACE, self.namespace.config.name.as_bytes());
        put_field(out, field_type::DIGEST, digest);
        let mut field_count = 2;
        for (kind, value) in optional {
            if !value.is_empty() {
                put_field(out, kind, value);
                field_count += 1;
            }
        }
        let op_count = append_bins(record, &self.selection, false, out);
        let header = MessageHeader {
            generation: u32::from(record.generation),
            ttl: record.void_time,
            field_count,
            op_count,
            ..MessageHeader::default()
        };
        out[at..at + MESSAGE_HEADER_SIZE].copy_from_slice(&header.encode());
    }
}

/// The partitions that a scan names, in the order of their numbers. A scan that names none means all of them.
fn places<'a>(partitions: Option<&[u8]>, digests: Option<&'a [u8]>) -> Option<Vec<Place<'a>>> {
    if partitions.is_none() && digests.is_none() {
        return Some((0..PARTITIONS).map(|partition| Place { partition, after: None }).collect());
    }
    let mut places = Vec::new();
    let (pairs, rest) = partitions.unwrap_or_default().as_chunks::<2>();
    for pair in pairs {
        let partition = usize::from(u16::from_le_bytes(*pair));
        places.push(Place { partition, after: None });
    }
    let (digests, more) = digests.unwrap_or_default().as_chunks::<DIGEST_SIZE>();
    for digest in digests {
        places.push(Place { partition: partition_of(digest), after: Some(digest) });
    }
    let sound = rest.is_empty() && more.is_empty() && places.iter().all(|place| place.partition < PARTITIONS);
    // More places than partitions would visit some of them again and again.
    (sound && places.len() <= PARTITIONS).then_some(places)
}

/// Tells the client to look for a partition elsewhere.
fn append_partition_refusal(partition: usize, out: &mut Vec<u8>) {
    let header = MessageHeader {
        info3: info3::PARTITION_DONE,
        result_code: code::PARTITION_UNAVAILABLE,
        generation: partition as u32,
        ..MessageHeader::default()
    };
    out.extend_from_slice(&header.encode());
}
