//! The steps of an `operate` call, and what the `aerospike` crate makes of them.

mod arguments;
mod bits;
mod lists;
mod maps;

use aerospike::expressions::from_packed_bytes;
use aerospike::operations::cdt_context::ctx_from_bytes;
use aerospike::operations::{self, Operation, exp};
use aerospike::{Bin, Bins, Value};

use crate::limits::{check_count, check_name};
use crate::under_way::Effect;
use crate::{Error, ErrorKind};
use arguments::Arguments;

/// A value that the server computes.
#[derive(Debug, Clone)]
pub struct Computed {
    /// The bin that it is written to, or the name of the result.
    pub name: String,
    /// The packed expression.
    pub expression: Vec<u8>,
    /// The server's flags.
    pub flags: i64,
}

/// What an operation on the inside of a bin is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InsideOf {
    /// A list.
    List,
    /// A map.
    Map,
    /// The bits of a blob.
    Bits,
    /// A HyperLogLog.
    Hll,
}

/// An operation on the inside of a bin.
#[derive(Debug, Clone)]
pub struct Inside {
    /// See [`InsideOf`].
    pub content: InsideOf,
    /// The operation's number in the protocol.
    pub code: u8,
    /// The bin.
    pub bin: String,
    /// The arguments in the order of the protocol, where what is returned stands first and flags stand last. Trailing
    /// counts and ends can be left out.
    pub arguments: Vec<Value>,
    /// The packed steps to a nested list or map; empty for the bin itself.
    pub context: Vec<u8>,
}

impl Inside {
    /// Whether it changes nothing.
    const fn reads(&self) -> bool {
        match self.content {
            InsideOf::List => matches!(self.code, 16..=31),
            InsideOf::Map => self.code >= 96,
            InsideOf::Bits | InsideOf::Hll => self.code >= 50,
        }
    }

    fn operation(self) -> Result<Operation, Error> {
        let mut args = Arguments::new(self.bin, self.arguments);
        let operation = match self.content {
            InsideOf::List => lists::operation(self.code, &mut args),
            InsideOf::Map => maps::operation(self.code, &mut args),
            InsideOf::Bits => bits::operation(self.code, &mut args),
            InsideOf::Hll => bits::hll_operation(self.code, &mut args),
        }?;
        if self.context.is_empty() {
            return Ok(operation);
        }
        let malformed = |_| Error::new(ErrorKind::InvalidArgument, "a context is malformed");
        Ok(operation.context(ctx_from_bytes(&self.context).map_err(malformed)?))
    }
}

/// One step of an `operate` call.
#[derive(Debug, Clone)]
pub enum RecordOp {
    /// Read a bin.
    Read(String),
    /// Read all bins.
    ReadAll,
    /// Read generation and ttl only.
    ReadHeader,
    /// Write a bin.
    Write(Bin),
    /// Add to a number.
    Add(Bin),
    /// Append to text or bytes.
    Append(Bin),
    /// Prepend to text or bytes.
    Prepend(Bin),
    /// Compute a value and return it.
    Compute(Computed),
    /// Compute a value and write it.
    WriteComputed(Computed),
    /// Do something to the inside of a bin.
    Inside(Inside),
    /// Renew the ttl.
    Touch,
    /// Delete the record.
    Delete,
}

impl RecordOp {
    /// What operations do to their record.
    pub fn effect(ops: &[Self]) -> Effect {
        let reads = |op: &Self| match op {
            Self::Read(_) | Self::ReadAll | Self::ReadHeader | Self::Compute(_) => true,
            Self::Inside(inside) => inside.reads(),
            _ => false,
        };
        if ops.iter().all(reads) { Effect::Reads } else { Effect::Writes }
    }

    /// Whether the server answers each operation: where that was asked for, or where several on one bin could not be
    /// distinguished otherwise. A read of all bins excludes it.
    pub(crate) fn give_answers(ops: &[Self], each: bool) -> bool {
        let any_inside = || ops.iter().any(|op| matches!(op, Self::Inside(_)));
        !ops.iter().any(|op| matches!(op, Self::ReadAll)) && (each || any_inside())
    }

    const fn is_read(&self) -> bool {
        matches!(self, Self::Read(_) | Self::ReadAll)
    }

    fn bin(&self) -> Option<&str> {
        match self {
            Self::Read(name) => Some(name),
            Self::Write(bin) | Self::Add(bin) | Self::Append(bin) | Self::Prepend(bin) => Some(&bin.name),
            Self::Compute(computed) | Self::WriteComputed(computed) => Some(&computed.name),
            Self::Inside(inside) => Some(&inside.bin),
            Self::ReadAll | Self::ReadHeader | Self::Touch | Self::Delete => None,
        }
    }

    fn operation(self) -> Result<Operation, Error> {
        Ok(match self {
            Self::Read(name) => operations::get_bin(name),
            Self::ReadAll => operations::get(),
            Self::ReadHeader => operations::get_header(),
            Self::Write(bin) => operations::put(&bin),
            Self::Add(bin) => operations::add(&bin),
            Self::Append(bin) => operations::append(&bin),
            Self::Prepend(bin) => operations::prepend(&bin),
            Self::Compute(Computed { name, expression, flags }) => {
                exp::read_exp(name, from_packed_bytes(expression), exp::ExpReadFlags::from_bits(flags))
            }
            Self::WriteComputed(Computed { name, expression, flags }) => {
                exp::write_exp(name, from_packed_bytes(expression), exp::ExpWriteFlags::from_bits(flags))
            }
            Self::Inside(inside) => inside.operation()?,
            Self::Touch => operations::touch(),
            Self::Delete => operations::delete(),
        })
    }
}

/// The crate's operations of the steps on one record, whose names and number are checked first.
///
/// # Errors
/// [`ErrorKind::InvalidArgument`] for a name that is too long, too many operations, or arguments that do not fit.
pub fn operations_of(ops: Vec<RecordOp>) -> Result<Vec<Operation>, Error> {
    check_operations(&ops)?;
    let made = |(position, op): (usize, RecordOp)| {
        op.operation().map_err(|error| error.about(format_args!("operations[{position}]")))
    };
    ops.into_iter().enumerate().map(made).collect()
}

/// Checks the names and the number of the steps on one record.
pub(crate) fn check_operations(ops: &[RecordOp]) -> Result<(), Error> {
    check_count(|| "operations".to_owned(), "operations", ops.len())?;
    ops.iter().enumerate().try_for_each(|(position, op)| {
        op.bin().map_or(Ok(()), |name| check_name(|| format!("operations[{position}]"), name))
    })
}

/// The bins that operations read, where they do nothing else.
pub(crate) fn bins_read(ops: &[RecordOp]) -> Option<Bins> {
    let mut names = Vec::new();
    for op in ops {
        match op {
            RecordOp::ReadAll => return ops.iter().all(RecordOp::is_read).then_some(Bins::All),
            RecordOp::Read(name) => names.push(name.clone()),
            _ => return None,
        }
    }
    Some(Bins::Some(names))
}
