//! What clients ask for. Every command appends its reply to a buffer that the connection reuses.

mod batch;
mod bins;
mod compute;
mod delete;
mod function;
mod peer;
mod read;
mod scan;
mod write;

use std::cell::Cell;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;

use aerostride_wire::{
    Digest, Fields, KeyType, MESSAGE_HEADER_SIZE, MessageHeader, Op, Ops, Request, RowTemplate, WireError,
    digest, finish_frame, info1, info2, info3, partition_of, result_code as code, start_frame, write_type,
};

pub(crate) use batch::answer_batch;
pub(crate) use peer::{Gathered, Peer};
pub(crate) use scan::answer_scan;

use crate::clock::Now;
use crate::engine::Engine;
use crate::expression::{Expression, Subject};
use crate::security::Permission;
use crate::store::{Namespace, Record, SetId};

/// The node that performs a command.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Service<'e> {
    pub(crate) engine: &'e Engine,
    pub(crate) node: usize,
    /// Who asks, as far as it is known.
    pub(crate) login: Option<&'e str>,
    /// The address of the one who asks.
    pub(crate) client: SocketAddr,
}

/// A command on one record, whether it came by itself or as a row of a batch.
#[derive(Debug, Clone)]
pub(crate) struct Command<'a> {
    pub(crate) info1: u8,
    pub(crate) info2: u8,
    pub(crate) info3: u8,
    info4: u8,
    pub(crate) generation: u32,
    pub(crate) ttl: u32,
    pub(crate) fields: Fields<'a>,
    pub(crate) ops: Ops<'a>,
    /// The filter, or the code that refuses it once there is a record.
    pub(crate) filter: Option<Result<Rc<Expression<'a>>, u8>>,
    /// Whether it is a row of a batch.
    is_row: bool,
    /// Whether it is done to every record of a scan or query.
    is_background: bool,
    /// The number of the set that it names, once somebody has looked.
    set: Cell<Option<SetId>>,
}

impl<'a> Command<'a> {
    /// The command of a request by itself.
    pub(crate) fn of_request(request: &Request<'a>) -> Self {
        let Request { header, fields, ops } = *request;
        Self {
            info1: header.info1,
            info2: header.info2,
            info3: header.info3,
            info4: header.info4,
            generation: header.generation,
            ttl: header.ttl,
            fields,
            ops,
            filter: parse_filter(&fields),
            is_row: false,
            is_background: false,
            set: Cell::new(None),
        }
    }

    /// The command of a batch's rows. `filter` is that of the whole batch; a row may bring its own.
    fn of_row(row: &RowTemplate<'a>, filter: Option<&Result<Rc<Expression<'a>>, u8>>) -> Self {
        Self {
            info1: row.info1,
            info2: row.info2,
            info3: row.info3,
            info4: row.info4,
            generation: u32::from(row.generation),
            ttl: row.ttl,
            fields: row.fields,
            ops: row.ops,
            filter: parse_filter(&row.fields).or_else(|| filter.cloned()),
            is_row: true,
            is_background: false,
            set: Cell::new(None),
        }
    }

    const fn is_write(&self) -> bool {
        self.info2 & info2::WRITE != 0
    }

    const fn permission(&self) -> Permission {
        match (self.is_write(), self.info1 & info1::READ != 0) {
            (true, true) => Permission::ReadWrite,
            (true, false) => Permission::Write,
            (false, _) => Permission::Read,
        }
    }

    /// The op code of an answer: that of the op, but batches answer every read as one of a bin.
    const fn reply_code(&self, op: &Op<'_>) -> u8 {
        if self.is_row && !self.is_write() { write_type::READ } else { op.operation }
    }

    /// Whether only the Enterprise Edition reads like this: consistently, or for a transaction.
    const fn needs_enterprise(&self) -> bool {
        const LINEARIZE: u8 = info3::SC_READ_TYPE;
        const VERIFY: u8 = 1;
        let mode = self.info3 & (info3::SC_READ_TYPE | info3::SC_READ_RELAX);
        !self.is_write() && (mode == LINEARIZE || self.info4 & VERIFY != 0)
    }

    /// Whether it is a read that only the Enterprise Edition does.
    const fn reads_for_enterprise(&self) -> bool {
        let reads = !self.is_write() && self.info1 & info1::READ != 0;
        reads && (self.fields.transaction || self.needs_enterprise())
    }

    const fn is_delete(&self) -> bool {
        self.is_write() && self.info2 & info2::DELETE != 0
    }

    const fn responds_to_all_ops(&self) -> bool {
        self.info2 & info2::RESPOND_ALL_OPS != 0
    }

    /// Whether the record's generation is one that the client wants. Missing records have 0.
    fn accepts_generation(&self, generation: u32) -> bool {
        if self.info2 & info2::GENERATION != 0 {
            return self.generation == generation;
        }
        self.info2 & info2::GENERATION_GT == 0 || self.generation > generation
    }
}

/// The filter among a request's fields.
pub(crate) fn parse_filter<'a>(fields: &Fields<'a>) -> Option<Result<Rc<Expression<'a>>, u8>> {
    fields.filter.map(|bytes| Expression::parse(bytes).map(Rc::new))
}

/// Why a batch or scan ends before its last row.
enum Ended {
    /// The request is refused, a row failed and the client does not want the others, or something else has ended it: the
    /// code of the last message.
    Code(u8),
    /// The client is gone, or took nothing for too long.
    Io(io::Error),
}

impl From<WireError> for Ended {
    fn from(_: WireError) -> Self {
        Self::Code(code::PARAMETER)
    }
}

impl From<io::Error> for Ended {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// The header of a reply message; its ops are in the buffer already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) code: u8,
    pub(crate) generation: u32,
    pub(crate) void_time: u32,
    pub(crate) op_count: u16,
}

impl Answer {
    /// A failure about which there is no more to say.
    pub(crate) const fn failed(code: u8) -> Self {
        Self { code, generation: 0, void_time: 0, op_count: 0 }
    }

    /// An answer that shows the generation and the expiry of `record`.
    pub(crate) fn about(code: u8, record: &Record) -> Self {
        Self { code, generation: u32::from(record.generation), void_time: record.void_time, op_count: 0 }
    }
}

/// Appends a message whose ops `body` writes. A failure has no ops.
#[inline]
pub(crate) fn append_message(out: &mut Vec<u8>, index: u32, body: impl FnOnce(&mut Vec<u8>) -> Answer) -> u8 {
    let at = out.len();
    out.extend_from_slice(&[0; MESSAGE_HEADER_SIZE]);
    let answer = body(out);
    let failed = answer.code != code::OK && answer.op_count == 0;
    if failed {
        out.truncate(at + MESSAGE_HEADER_SIZE);
    }
    let header = MessageHeader {
        result_code: answer.code,
        generation: answer.generation,
        ttl: answer.void_time,
        transaction: index,
        op_count: if failed { 0 } else { answer.op_count },
        ..MessageHeader::default()
    };
    out[at..at + MESSAGE_HEADER_SIZE].copy_from_slice(&header.encode());
    answer.code
}

/// Appends a frame with one message that says no more than `code`.
pub(crate) fn append_error_frame(out: &mut Vec<u8>, code: u8) {
    let frame = start_frame(out, aerostride_wire::FrameType::Message);
    append_message(out, 0, |_| Answer::failed(code));
    finish_frame(out, frame);
}

/// Appends the frame that closes a batch, a scan or a query.
pub(crate) fn append_last_frame(out: &mut Vec<u8>, code: u8) {
    let frame = start_frame(out, aerostride_wire::FrameType::Message);
    append_last_message(out, code);
    finish_frame(out, frame);
}

/// Appends the message that such a reply ends with.
pub(crate) fn append_last_message(out: &mut Vec<u8>, code: u8) {
    let header = MessageHeader { info3: info3::LAST, result_code: code, ..MessageHeader::default() };
    out.extend_from_slice(&header.encode());
}

/// Appends the reply frame of a command on one record.
pub(crate) fn answer_record(service: Service<'_>, request: &Request<'_>, out: &mut Vec<u8>) {
    let frame = start_frame(out, aerostride_wire::FrameType::Message);
    append_message(out, 0, |out| match target(service.engine, &request.fields) {
        Ok((namespace, digest)) => {
            let command = Command::of_request(request);
            execute(service, namespace, &digest, &command, service.engine.now(), out)
        }
        Err(code) => Answer::failed(code),
    });
    finish_frame(out, frame);
}

impl Service<'_> {
    /// Whether the one who asks may do that, or the code that refuses it. Without users everybody may do everything.
    pub(crate) fn check(&self, permission: Permission, namespace: &[u8], set: &[u8]) -> Result<(), u8> {
        match &self.engine.security {
            None => Ok(()),
            Some(security) => security.check(self.login, permission, namespace, set),
        }
    }

    /// [`check`](Self::check) for a command on records.
    fn check_command(&self, command: &Command<'_>) -> Result<(), u8> {
        let Fields { namespace, set, .. } = command.fields;
        self.check(command.permission(), namespace.unwrap_or_default(), set.unwrap_or_default())
    }

    /// Whether this node can do that to the record now.
    #[inline]
    fn serves(&self, digest: &Digest, command: &Command<'_>) -> bool {
        self.engine.cluster.serves(self.node, partition_of(digest), command.is_write())
    }
}

/// The namespace and the digest of a command, or the code that refuses it.
fn target<'e>(engine: &'e Engine, fields: &Fields<'_>) -> Result<(&'e Namespace, Digest), u8> {
    let namespace = engine.namespace(fields.namespace.unwrap_or_default()).ok_or(code::INVALID_NAMESPACE)?;
    match (fields.digest, fields.user_key) {
        (Some(digest), _) => Ok((namespace, *digest)),
        (None, Some(key)) => {
            key_digest(fields.set.unwrap_or_default(), key).map(|digest| (namespace, digest))
        }
        (None, None) => Err(code::PARAMETER),
    }
}

/// The digest of a key that came without one.
fn key_digest(set: &[u8], key: &[u8]) -> Result<Digest, u8> {
    let (&kind, value) = key.split_first().ok_or(code::PARAMETER)?;
    let kind = KeyType::try_from(kind).map_err(|_| code::PARAMETER)?;
    Ok(digest(set, kind, value))
}

/// Performs a command and appends the ops of its reply.
fn execute(
    service: Service<'_>,
    ns: &Namespace,
    digest: &Digest,
    command: &Command<'_>,
    now: Now,
    out: &mut Vec<u8>,
) -> Answer {
    let answer = if let Err(code) = service.check_command(command) {
        Err(Answer::failed(code))
    } else if !service.serves(digest, command) {
        Err(Answer::failed(code::PARTITION_UNAVAILABLE))
    } else if command.reads_for_enterprise() {
        Err(Answer::failed(code::ENTERPRISE_ONLY))
    } else if command.is_delete() {
        delete::delete(ns, digest, command, now)
    } else if command.is_write() && command.fields.udf {
        function::call(ns, digest, command, now, out)
    } else if command.is_write() {
        write::write(ns, digest, command, now, out)
    } else if command.info1 & info1::READ != 0 {
        let mut names = Vec::new();
        let selection = read::Selection::of(command, &mut names);
        read::read(ns, digest, &selection, command, now, out)
    } else {
        Err(Answer::failed(code::PARAMETER))
    };
    answer.unwrap_or_else(|failure| failure)
}

/// Applies the command's filter to a record.
fn check_filter(
    ns: &Namespace,
    digest: &Digest,
    record: &Record,
    command: &Command<'_>,
    now: Now,
) -> Result<(), Answer> {
    let Some(filter) = &command.filter else {
        return Ok(());
    };
    let filter = filter.as_ref().map_err(|code| Answer::about(*code, record))?;
    let set = filter.names_set().then(|| ns.set_name(record.set));
    let set = set.as_deref().unwrap_or_default();
    if filter.passes(&Subject { digest, record: Some(record), bins: record, set, now }) {
        Ok(())
    } else {
        Err(Answer::about(code::FILTERED_OUT, record))
    }
}

/// Compares the set that came with a command with that of the record. Reads need not name it.
#[inline]
fn check_set(ns: &Namespace, record: &Record, command: &Command<'_>) -> Result<(), Answer> {
    let name = command.fields.set.unwrap_or_default();
    if command.is_background || (name.is_empty() && (record.set == 0 || !command.is_write())) {
        return Ok(());
    }
    if command.set.get() != Some(record.set) {
        command.set.set(ns.set_id(name));
        if command.set.get() != Some(record.set) {
            return Err(Answer::about(code::PARAMETER, record));
        }
    }
    Ok(())
}

/// Compares the user key that came with a command with the one that the record keeps.
fn check_key(record: &Record, key: Option<&[u8]>) -> Result<(), Answer> {
    match key {
        Some(key) if !record.user_key().is_empty() && record.user_key() != key => {
            Err(Answer::about(code::KEY_MISMATCH, record))
        }
        _ => Ok(()),
    }
}
