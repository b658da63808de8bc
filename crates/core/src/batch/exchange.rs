use std::ops::Range;

use aerostride_columns::{Pass, RowError, Tally};
use aerostride_wire::{
    BatchEncoder, BatchWriteEncoder, BinRead, Digest, EncodeError, FrameType, ReplyWalker, WireError,
};

use super::alone::{self, alone};
use super::chunk::{Chunk, digests, hash};
use super::context::{Context, WorkerTally};
use super::request::Work;
use crate::codes;
use crate::connection::Connection;
use crate::ended::Ended;
use crate::keys::KeySource;
use crate::watchdog::Watchdog;
use crate::{Error, ErrorKind};

/// One request and its whole reply: the chunk's rows are written while the reply is walked. After malformed bytes the
/// rows are as before.
pub(crate) async fn exchange(
    connection: &mut Connection,
    chunk: &mut Chunk,
    context: &Context,
    tally: &WorkerTally,
) -> Ended {
    let ended = Ended::from(converse(connection, chunk, context, tally).await);
    match &ended {
        // Rows of sound frames in front of the malformed bytes: they are to be trusted as little.
        Ended::Malformed(_) => {
            if let Some(pass) = chunk.claim.open() {
                distrust(&pass, &mut chunk.retryable, &mut tally.lock().1);
            }
            if let Some(doubts) = &context.doubts {
                doubts.distrust(chunk.rows());
            }
        }
        _ => tally.settle(),
    }
    ended
}

async fn converse(
    connection: &mut Connection,
    chunk: &mut Chunk,
    context: &Context,
    tally: &WorkerTally,
) -> Result<(), Error> {
    let only = alone(chunk, &context.batch);
    let is_alone = only.is_some();
    let first_index = if is_alone { 0 } else { connection.reserve_indexes(chunk.claim.len()) };
    encode(connection, chunk, context, only, first_index)?;
    let mut watchdog = Watchdog::new(context.batch.policy.socket_timeout);
    send(connection, chunk, context, &mut watchdog).await?;
    let mut reply = Reply { first_index, is_alone, trailer: None };
    while reply.trailer.is_none() {
        let frame = connection.next_frame(FrameType::Message, &mut watchdog).await?;
        reply.write(connection.body(frame), chunk, context, tally)?;
    }
    match reply.trailer {
        Some(code) if code != 0 => {
            refuse_rows(chunk, context, i32::from(code));
            Err(refused(i32::from(code)))
        }
        _ => Ok(()),
    }
}

/// Sends the request. Its rows are in doubt from the first byte on, unless it could not be sent as a whole: no server does
/// a part of a request.
async fn send(
    connection: &mut Connection,
    chunk: &Chunk,
    context: &Context,
    watchdog: &mut Watchdog,
) -> Result<(), Error> {
    let Some(doubts) = &context.doubts else { return connection.send(watchdog).await };
    doubts.send(chunk.rows());
    let sent = connection.send(watchdog).await;
    if sent.is_err() && !connection.has_handed_over() {
        doubts.take_back(chunk.rows());
    }
    sent
}

/// A request that was refused as a whole has not written the rows that it did not answer.
fn refuse_rows(chunk: &mut Chunk, context: &Context, code: i32) {
    if let Some(doubts) = &context.doubts {
        let unanswered = chunk.claim.open().map(|pass| pass.fail_unanswered(code)).unwrap_or_default();
        unanswered.into_iter().for_each(|row| doubts.answer(row, code));
    }
}

/// Makes the rows of a request, and what was counted of them, as they were before it.
fn distrust(pass: &Pass<'_>, retryable: &mut Vec<u32>, counted: &mut Tally) {
    pass.reset();
    retryable.clear();
    counted.clear();
}

fn refused(code: i32) -> Error {
    let advice = codes::advice(code).map(|what| format!("; {what}")).unwrap_or_default();
    let message = format!("the server refused the batch: {} (code {code}){advice}", codes::describe(code));
    Error::new(ErrorKind::Server, message).with_code(code)
}

fn encode(
    connection: &mut Connection,
    chunk: &mut Chunk,
    context: &Context,
    only: Option<&[BinRead]>,
    first_index: u32,
) -> Result<(), Error> {
    let out = &mut connection.output;
    out.clear();
    hash(chunk, context);
    let digests = digests(chunk, context);
    if let Some(bins) = only {
        return Ok(alone::encode(out, chunk, context, bins)?);
    }
    match &context.batch.work {
        Work::Read { bins } => Ok(encode_read(out, chunk, digests, context, bins, first_index)?),
        Work::Write { source, attributes, send_key } => {
            let keys = &context.keys;
            let (timeout, filter) =
                (context.milliseconds_left(), context.batch.policy.filter_expression.as_deref());
            let mut encoder = BatchWriteEncoder::new(out, timeout, filter, *attributes);
            for (position, (row, digest)) in chunk.rows().zip(digests).enumerate() {
                let index = first_index.wrapping_add(position as u32);
                let user_key = if *send_key { keys.user_key(row) } else { None };
                encoder
                    .row(index, digest, keys.group(row), user_key, |sink| source.put_row(row as usize, sink));
            }
            Ok(encoder.finish()?)
        }
    }
}

fn encode_read(
    out: &mut Vec<u8>,
    chunk: &Chunk,
    digests: &[Digest],
    context: &Context,
    bins: &[BinRead],
    first_index: u32,
) -> Result<(), EncodeError> {
    let keys = &context.keys;
    let mut encoder = BatchEncoder::new(out, context.header(bins));
    let (mut at, count) = (0, digests.len().min(chunk.claim.len()));
    while let (Some(row), Some(digest)) = (chunk.claim.row(at), digests.get(at)) {
        let index = first_index.wrapping_add(at as u32);
        encoder.row(index, digest, keys.group(row));
        // Nearly always all rows are of one group.
        let is_one = keys.distinct_groups().len() == 1;
        let end = if is_one { count } else { end_of_group(chunk, keys, at, count) };
        encoder.repeat_rows(index.wrapping_add(1), &digests[at + 1..end]);
        at = end;
    }
    encoder.finish()
}

/// The end of the rows that share the group of the one at `begin`, of so many rows.
fn end_of_group(chunk: &Chunk, keys: &KeySource, begin: usize, count: usize) -> usize {
    let group = |at| chunk.claim.row(at).map(|row| keys.group_index(row));
    (begin + 1..count).find(|&at| group(at) != group(begin)).unwrap_or(count)
}

/// A reply as far as it was read.
struct Reply {
    first_index: u32,
    /// Whether it is one message about the only row, without a trailer.
    is_alone: bool,
    trailer: Option<u8>,
}

impl Reply {
    /// Writes the rows of one frame. After malformed bytes the chunk is as if nothing had been written.
    fn write(
        &mut self,
        body: &[u8],
        chunk: &mut Chunk,
        context: &Context,
        tally: &WorkerTally,
    ) -> Result<(), Error> {
        let Chunk { claim, retryable, .. } = chunk;
        // A closed gate means that the batch has ended without this request.
        let Some(pass) = claim.open() else {
            return Err(Error::aborted());
        };
        let mut counts = tally.lock();
        if self.is_alone {
            self.trailer = Some(0);
        }
        let walked = self.walk(body, &pass, context, retryable, &mut counts.1);
        if let Err(RowError::Malformed(_)) = walked {
            // Within the same pass: when the batch ends now, half a row must not be left.
            distrust(&pass, retryable, &mut counts.1);
        }
        Ok(walked?)
    }

    fn walk(
        &mut self,
        body: &[u8],
        pass: &Pass<'_>,
        context: &Context,
        retryable: &mut Vec<u32>,
        counts: &mut Tally,
    ) -> Result<(), RowError> {
        let mut walker = ReplyWalker::new(body);
        let mut learnt = context.table.take_learnt();
        let mut answered = |rows: Range<u32>, code: u8| {
            let code = i32::from(code);
            if let Some(doubts) = &context.doubts {
                rows.clone().for_each(|row| doubts.answer(row, code));
            }
            if codes::is_retryable(code) {
                retryable.extend(rows);
            }
        };
        while let Some(last) =
            pass.write_rows(&mut walker, self.first_index, &mut learnt, counts, &mut answered)?
        {
            if self.is_alone {
                return Err(WireError::UnexpectedTrailer.into());
            }
            self.trailer = Some(last.result_code);
        }
        context.table.keep_learnt(learnt);
        Ok(())
    }
}
