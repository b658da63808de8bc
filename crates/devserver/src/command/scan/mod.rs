//! Scans and queries: the records of a namespace, a set or a range of a secondary index, by partition.

mod background;
mod pace;
mod plan;
mod record;
mod threads;
mod walk;

use std::io;

use aerostride_wire::{FrameType, Request, info1, info2, result_code as code, start_frame};

use super::{Ended, Peer, Service, append_error_frame, append_last_frame, append_last_message};
use plan::Plan;
use walk::Walk;

/// Answers a scan or query: frames of records as they fill, then the last message. One that is refused as a whole has a
/// bare message with the code and no last one.
pub(crate) fn answer_scan(
    service: Service<'_>,
    request: &Request<'_>,
    out: &mut Vec<u8>,
    peer: &mut dyn Peer,
) -> io::Result<()> {
    out.clear();
    if request.fields.udf || request.header.info2 & info2::WRITE != 0 {
        if let Err(code) = background::run(service, request, out) {
            append_error_frame(out, code);
        }
        return finish(out, peer);
    }
    let mut names = Vec::new();
    let planned = Plan::new(service, request, &mut names).and_then(|plan| {
        let limit = service.engine.query_threads_limit();
        service.engine.queries(service.node).begin(plan.wish(), limit).map(|running| (plan, running))
    });
    let (plan, running) = match planned {
        Ok(begun) => begun,
        Err(code) => {
            append_error_frame(out, code);
            return finish(out, peer);
        }
    };
    peer.set_patience(plan.patience)?;
    start_frame(out, FrameType::Message);
    let ended = match plan.threads() {
        1 => Walk::new(&plan, running.query()).run(out, peer),
        threads => threads::run(service, request, (&plan.places, threads), running.query(), peer),
    };
    let code = match ended {
        Ok(()) => code::OK,
        Err(Ended::Code(code)) => code,
        Err(Ended::Io(error)) => return Err(error),
    };
    running.end_with(code);
    drop(running);
    close(code, plan.short, out);
    finish(out, peer)?;
    peer.set_patience(None)
}

/// Appends the last message: a short query's stands in the frame of its records, any other's in one of its own.
fn close(code: u8, short: bool, out: &mut Vec<u8>) {
    use aerostride_wire::{FRAME_HEADER_SIZE, finish_frame};
    if short {
        append_last_message(out, code);
        finish_frame(out, 0);
        return;
    }
    if out.len() > FRAME_HEADER_SIZE {
        finish_frame(out, 0);
    } else {
        out.clear();
    }
    append_last_frame(out, code);
}

fn finish(out: &mut Vec<u8>, peer: &mut dyn Peer) -> io::Result<()> {
    peer.send(out)?;
    out.clear();
    Ok(())
}

/// Whether a request is for one thread and a limited time.
const fn is_short(request: &Request<'_>) -> bool {
    request.header.info1 & info1::SHORT_QUERY != 0
}
