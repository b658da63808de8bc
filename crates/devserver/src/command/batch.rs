use std::io;
use std::rc::Rc;

use aerostride_wire::{
    BatchRow, BatchRows, FRAME_HEADER_SIZE, FrameType, Request, RowTemplate, finish_frame, info1,
    result_code as code, start_frame,
};

use super::read::{self, Selection};
use super::{
    Answer, Command, Ended, Peer, Service, append_last_frame, append_message, execute, parse_filter,
};
use crate::clock::Now;
use crate::expression::Expression;
use crate::store::Namespace;

/// Rows are sent when so many bytes of them are there, frame header included. Real servers do the same.
const FRAME_LIMIT: usize = 128 * 1024;

/// Answers a batch: frames of rows, sent as they fill, then the trailer. `out` is empty before and after.
pub(crate) fn answer_batch(
    service: Service<'_>,
    request: &Request<'_>,
    out: &mut Vec<u8>,
    peer: &mut dyn Peer,
) -> io::Result<()> {
    out.clear();
    let code = match answer_rows(service, request, out, peer) {
        Ok(()) => code::OK,
        Err(Ended::Io(error)) => return Err(error),
        Err(Ended::Code(code)) => {
            // Rows that are done but not sent are lost, as in a real server.
            out.clear();
            code
        }
    };
    append_last_frame(out, code);
    peer.send(out)?;
    out.clear();
    Ok(())
}

fn answer_rows(
    service: Service<'_>,
    request: &Request<'_>,
    out: &mut Vec<u8>,
    peer: &mut dyn Peer,
) -> Result<(), Ended> {
    let mut rows = rows_of(service, request)?;
    let respond_all = rows.flags().respond_all_keys;
    let sends_failure = rows.sends_failure();
    let now = service.engine.now();
    let filter = parse_filter(&request.fields);
    if let Some(Err(code)) = filter {
        return Err(Ended::Code(code));
    }
    // Once a row has failed no more are sent, but all of them are performed. The last failure counts.
    let mut failure = None;
    let mut names = Vec::new();
    let mut pending = rows.next_row()?;
    start_frame(out, FrameType::Message);
    while let Some(BatchRow { template: Some(template), .. }) = pending {
        // Borrowed anew for every template, and reused by all rows that repeat it.
        let run = Run::new(service, &template, filter.as_ref(), &mut names)?;
        while let Some(row) = pending {
            let row_at = out.len();
            let row_code = run.answer(&row, now, out);
            if !respond_all && !matches!(row_code, code::OK | code::NOT_FOUND | code::FILTERED_OUT) {
                failure = Some(row_code);
            }
            if failure.is_some() && !sends_failure {
                out.truncate(FRAME_HEADER_SIZE);
            } else if out.len() > FRAME_LIMIT && row_at > FRAME_HEADER_SIZE {
                send_rows_before(row_at, out, peer)?;
            }
            pending = rows.next_row()?;
            if pending.is_some_and(|row| row.template.is_some()) {
                break;
            }
        }
    }
    finish_frame(out, 0);
    match failure {
        None => Ok(()),
        Some(code) if sends_failure => {
            peer.send(out)?;
            Err(Ended::Code(code))
        }
        Some(code) => Err(Ended::Code(code)),
    }
}

/// The rows of a batch that has any, and not too many.
fn rows_of<'a>(service: Service<'_>, request: &Request<'a>) -> Result<BatchRows<'a>, Ended> {
    let rows = BatchRows::new(request.fields.batch.unwrap_or_default())?;
    service.engine.counters(service.node).count_batch();
    let limit = service.engine.batch_max_requests();
    if rows.left() == 0 {
        return Err(Ended::Code(code::PARAMETER));
    }
    if limit != 0 && rows.left() > limit { Err(Ended::Code(code::BATCH_MAX_REQUESTS)) } else { Ok(rows) }
}

/// Sends the rows in front of `row_at` as a frame, and begins the next one with the row that did not fit.
fn send_rows_before(row_at: usize, out: &mut Vec<u8>, peer: &mut dyn Peer) -> io::Result<()> {
    finish_frame(&mut out[..row_at], 0);
    peer.send(&out[..row_at])?;
    out.copy_within(row_at.., FRAME_HEADER_SIZE);
    out.truncate(out.len() - (row_at - FRAME_HEADER_SIZE));
    Ok(())
}

/// Consecutive rows of one template.
struct Run<'e, 's, 'a> {
    service: Service<'e>,
    namespace: &'e Namespace,
    command: Command<'a>,
    /// What to read; rows that do more than read are performed one by one.
    read: Option<Result<Selection<'s, 'a>, Answer>>,
}

impl<'e, 's, 'a> Run<'e, 's, 'a> {
    fn new(
        service: Service<'e>,
        template: &RowTemplate<'a>,
        filter: Option<&Result<Rc<Expression<'a>>, u8>>,
        names: &'s mut Vec<&'a [u8]>,
    ) -> Result<Self, Ended> {
        let name = template.fields.namespace.ok_or(Ended::Code(code::PARAMETER))?;
        // The whole request is refused with this code, not with "no such namespace".
        let namespace = service.engine.namespace(name).ok_or(Ended::Code(code::PARAMETER))?;
        let command = Command::of_row(template, filter);
        let only_reads = template.info2 & 0x7f == 0
            && template.info1 & info1::READ != 0
            && !command.needs_enterprise()
            && !command.fields.transaction;
        let allowed = service.check_command(&command).map_err(Answer::failed);
        let read = only_reads.then(|| allowed.map(|()| Selection::of(&command, names)));
        Ok(Self { service, namespace, command, read })
    }

    #[inline]
    fn answer(&self, row: &BatchRow<'_>, now: Now, out: &mut Vec<u8>) -> u8 {
        self.service.engine.config.work.spend_row();
        append_message(out, row.index, |out| match &self.read {
            Some(Ok(_)) if !self.service.serves(row.digest, &self.command) => {
                Answer::failed(code::PARTITION_UNAVAILABLE)
            }
            Some(Ok(selection)) => read::read(self.namespace, row.digest, selection, &self.command, now, out)
                .unwrap_or_else(|failure| failure),
            Some(Err(failure)) => *failure,
            None => execute(self.service, self.namespace, row.digest, &self.command, now, out),
        })
    }
}
