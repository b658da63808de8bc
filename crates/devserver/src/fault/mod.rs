//! Faults on demand: rules that say when something goes wrong, and how.

mod mangle;
mod plan;
mod rule;
mod stream;

use std::time::Duration;

pub(crate) use mangle::mangle;
pub(crate) use plan::{Event, Fired, Plan};
pub use rule::{FaultRule, ParseRuleError};

/// What goes wrong when a [`FaultRule`] fires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The reply comes so much later.
    Delay(Duration),
    /// The reply comes byte by byte, with a pause before each.
    Drip(Duration),
    /// The connection closes after so many bytes of the reply.
    Cut(usize),
    /// Nothing more comes after so many bytes of the reply, and the connection stays open.
    Stall(usize),
    /// The connection is reset, without a reply.
    Refuse,
    /// The connection closes, without a reply.
    Close,
    /// No reply to this nor any later request of the connection, which stays open.
    Silence,
    /// The first frame of the reply has a wrong size in its header.
    Size(WrongSize),
    /// The first frame of the reply has this version.
    Version(u8),
    /// The first frame of the reply has this type.
    Type(u8),
    /// A row of a batch has a wrong index.
    Index(WrongIndex),
    /// So many rows of a batch are not there.
    LoseRows(usize),
    /// So many rows come twice.
    DoubleRows(usize),
    /// A message of a scan or query is about a partition that it should not be about.
    Partition(WrongPartition),
    /// A scan or query ends after so many records, with code 15.
    Abort(usize),
    /// Something is wrong with the message that closes a batch or scan.
    Trailer(WrongTrailer),
    /// So many rows, or the record, have this result code and no bins.
    Code {
        /// The result code.
        code: u8,
        /// How many rows have it.
        rows: usize,
    },
    /// The first bin of every row has this particle type.
    Particle(u8),
    /// The first bin of the first row has a name that is longer than the bin.
    NameBeyondOp,
    /// The connection's earlier reply comes again in front of this one.
    Stale,
    /// So many random bytes come instead of the reply.
    Garbage(usize),
}

/// See [`Fault::Size`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrongSize {
    /// 0 bytes.
    Zero,
    /// One byte less than there are.
    Short,
    /// One byte more than there are.
    Long,
    /// 2^47 bytes.
    Huge,
}

/// See [`Fault::Index`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrongIndex {
    /// One that nobody asked for.
    Foreign,
    /// One that another row has too, which is lost to it.
    Doubled,
}

/// See [`Fault::Partition`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrongPartition {
    /// A record has a digest of another partition.
    Foreign,
    /// A partition is refused as one of another node while its records come.
    Early,
}

impl Fault {
    /// The bytes of a reply that are sent, where the rest is not.
    pub(crate) const fn end(&self) -> Option<usize> {
        match self {
            Self::Cut(bytes) | Self::Stall(bytes) => Some(*bytes),
            _ => None,
        }
    }
}

/// See [`Fault::Trailer`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrongTrailer {
    /// It comes twice.
    Doubled,
    /// It does not come.
    Missing,
    /// It has this result code.
    Code(u8),
}

/// What a [`FaultRule`] waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// A new connection. Only [`Fault::Delay`], [`Fault::Refuse`], [`Fault::Close`] and [`Fault::Silence`] mean
    /// something there; other faults do nothing.
    Connect,
    /// An info request.
    Info,
    /// A login or another admin command.
    Admin,
    /// A read of one record.
    Read,
    /// A write of one record, or its deletion.
    Write,
    /// A batch.
    Batch,
    /// A scan or query.
    Scan,
    /// Any request.
    Any,
}

impl Trigger {
    /// Whether a rule that waits for `self` is concerned by `event`.
    fn covers(self, event: Self) -> bool {
        self == event || (self == Self::Any && event != Self::Connect)
    }
}
