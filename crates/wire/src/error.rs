use thiserror::Error;

/// What is wrong with bytes that should be the Aerospike protocol. Each variant names what was read and what fits.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WireError {
    /// Fewer bytes than the structure needs.
    #[error("{what} needs {need} bytes, only {have} are left")]
    Truncated {
        /// The structure that was being read.
        what: &'static str,
        /// Bytes that it needs.
        need: usize,
        /// Bytes that are there.
        have: usize,
    },
    /// The first byte of a frame is not 2.
    #[error("frame version is {0}, expected 2")]
    FrameVersion(u8),
    /// The second byte of a frame is none of the known types.
    #[error("frame type is {0}, expected 1 (info), 2 (admin), 3 (message) or 4 (compressed)")]
    FrameType(u8),
    /// A frame of another type than the one awaited.
    #[error("frame type is {got:?}, expected {expected:?}")]
    UnexpectedFrame {
        /// The type that was read.
        got: crate::FrameType,
        /// The type that fits.
        expected: crate::FrameType,
    },
    /// A frame that says it is larger than this side accepts.
    #[error("frame body of {size} bytes is over the limit of {limit}")]
    FrameTooLarge {
        /// The size that the header states.
        size: u64,
        /// The largest size accepted.
        limit: usize,
    },
    /// A message whose header size byte is not 22.
    #[error("message header size is {0}, expected 22")]
    HeaderSize(u8),
    /// A field or op with a size that cannot hold its own header.
    #[error("{what} size is {size}, at least {least} is needed")]
    TooSmall {
        /// The structure that was being read.
        what: &'static str,
        /// The size that it states.
        size: usize,
        /// The least size that fits.
        least: usize,
    },
    /// Bytes behind the end of a structure.
    #[error("{bytes} bytes follow the {what}")]
    Surplus {
        /// The structure that was read.
        what: &'static str,
        /// Bytes behind it.
        bytes: usize,
    },
    /// An op whose bin name is longer than the op itself.
    #[error("bin name length {name} does not fit in an op with {room} bytes after its header")]
    NameBeyondOp {
        /// The stated name length.
        name: usize,
        /// The bytes that the op has for name and value.
        room: usize,
    },
    /// A particle whose value has not the size of its type.
    #[error("particle type {kind} has {size} bytes, expected {expected}")]
    ParticleSize {
        /// The particle type byte.
        kind: u8,
        /// The size that was read.
        size: usize,
        /// The size of that type.
        expected: usize,
    },
    /// A batch reply row for an index that the request did not ask for.
    #[error("batch index {index} is not one of the {rows} rows of the request")]
    ForeignIndex {
        /// The index that was read.
        index: u32,
        /// The rows of the request.
        rows: usize,
    },
    /// A batch reply row that was already answered.
    #[error("batch index {0} was answered twice")]
    DoubledIndex(u32),
    /// A bin, given by its position among those of the request, that one record has twice.
    #[error("bin {0} of the request came twice in one record")]
    DoubledBin(usize),
    /// Bytes behind the closing message of a reply.
    #[error("{0} bytes follow the last message of the reply")]
    AfterTrailer(usize),
    /// The closing message of a batch, where a record was asked for by itself.
    #[error("a reply that closes a batch came where a record was asked for")]
    UnexpectedTrailer,
    /// A record of a stream without its digest.
    #[error("a record of the stream has no digest")]
    NoDigest,
    /// A message about a partition that does not exist.
    #[error("partition {0} is not one of 0 to 4095")]
    Partition(u32),
    /// A field or op that is not what its place needs.
    #[error("{what} has {size} bytes, expected {expected}")]
    FieldSize {
        /// The structure that was being read.
        what: &'static str,
        /// The size that was read.
        size: usize,
        /// The size that fits.
        expected: usize,
    },
    /// A batch row that repeats the row before it where there is nothing to repeat.
    #[error("batch row {0} repeats a row that cannot be repeated")]
    NothingToRepeat(u32),
    /// Text that is not UTF-8.
    #[error("{0} is not UTF-8")]
    NotText(&'static str),
    /// msgpack that is malformed, nested too deep, or longer than its container.
    #[error("msgpack: {0}")]
    Msgpack(&'static str),
}

/// A request that the protocol cannot express, or that no server takes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EncodeError {
    /// More of something than its count can say.
    #[error("{count} {what} do not fit in one request; at most {most} do")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// How many fit.
        most: usize,
    },
    /// Longer than its size can say, or than servers take.
    #[error("{what} of {size} bytes does not fit in a request; at most {most} bytes do")]
    TooLong {
        /// What is too long.
        what: &'static str,
        /// Its bytes.
        size: usize,
        /// How many fit.
        most: usize,
    },
}
