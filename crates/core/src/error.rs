use std::fmt;

use aerostride_columns::RowError;
use aerostride_wire::{EncodeError, WireError};

use crate::codes;

/// What kind of failure an [`Error`] is. JavaScript's classes follow from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// An argument of the wrong type or form.
    InvalidArgument,
    /// An argument outside its range.
    OutOfRange,
    /// A connection could not be made, or broke.
    Connection,
    /// The time was up.
    Timeout,
    /// The server refused.
    Server,
    /// The client was closed.
    Closed,
    /// The caller aborted.
    Aborted,
    /// The server sent bytes that are not the protocol.
    Protocol,
    /// More batches are waiting than the client accepts.
    Overloaded,
    /// A fault of this library.
    Internal,
}

impl ErrorKind {
    /// The stable code that JavaScript shows as `error.code`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::InvalidArgument => "ERR_AEROSTRIDE_INVALID_ARGUMENT",
            Self::OutOfRange => "ERR_AEROSTRIDE_OUT_OF_RANGE",
            Self::Connection => "ERR_AEROSTRIDE_CONNECTION",
            Self::Timeout => "ERR_AEROSTRIDE_TIMEOUT",
            Self::Server => "ERR_AEROSTRIDE_SERVER",
            Self::Closed => "ERR_AEROSTRIDE_CLOSED",
            Self::Aborted => "ERR_AEROSTRIDE_ABORTED",
            Self::Protocol => "ERR_AEROSTRIDE_PROTOCOL",
            Self::Overloaded => "ERR_AEROSTRIDE_OVERLOADED",
            Self::Internal => "ERR_AEROSTRIDE_INTERNAL",
        }
    }
}

/// Every failure of this crate. Its text never holds passwords, tokens or record contents.
#[derive(Debug, Clone)]
pub struct Error {
    /// See [`ErrorKind`].
    pub kind: ErrorKind,
    /// What happened and what to do about it.
    pub message: String,
    /// The server's code, or one of [`codes`].
    pub result_code: Option<i32>,
    /// Name and address of the node, where one was involved.
    pub node: Option<String>,
    /// How often the request was tried.
    pub attempts: Option<u32>,
    /// The failure below this one.
    pub cause: Option<Box<Error>>,
    /// Whether a write may have been done all the same: it was sent and not answered, the server's time was up, or an
    /// earlier attempt had one of these ends.
    pub in_doubt: bool,
}

impl Error {
    /// An error of a kind, with nothing but a message.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            result_code: None,
            node: None,
            attempts: None,
            cause: None,
            in_doubt: false,
        }
    }

    /// The client was closed, before or while it was used.
    pub fn closed() -> Self {
        Self::new(ErrorKind::Closed, "the client is closed; connect again for further calls")
    }

    /// What should not have been possible.
    pub(crate) fn fault(what: impl fmt::Display) -> Self {
        Self::new(ErrorKind::Internal, format!("a fault of this library, please report it: {what}"))
    }

    /// With a result code.
    pub fn with_code(mut self, code: i32) -> Self {
        self.result_code = Some(code);
        self
    }

    /// With the node that was involved.
    pub fn at(mut self, node: impl Into<String>) -> Self {
        self.node = Some(node.into());
        self
    }

    /// With what the message is about in front of it.
    pub(crate) fn about(mut self, what: impl fmt::Display) -> Self {
        self.message = format!("{what}: {}", self.message);
        self
    }

    /// With the number of tries.
    pub fn after(mut self, attempts: u32) -> Self {
        self.attempts = Some(attempts);
        self
    }

    /// With the failure below.
    pub fn because(mut self, cause: Self) -> Self {
        self.cause = Some(Box::new(cause));
        self
    }

    /// In doubt, where that is so.
    pub fn in_doubt_if(mut self, in_doubt: bool) -> Self {
        self.in_doubt |= in_doubt;
        self
    }

    /// The caller has ended the call.
    pub fn aborted() -> Self {
        Self::new(ErrorKind::Aborted, "the call was aborted")
    }

    /// The code that rows of a request get that failed with this error.
    pub fn row_code(&self) -> i32 {
        self.result_code.unwrap_or(match self.kind {
            ErrorKind::Connection => codes::ERR_CONNECTION,
            ErrorKind::Timeout => codes::TIMEOUT,
            _ => codes::ERR_CLIENT,
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(node) = &self.node {
            write!(f, " (node {node})")?;
        }
        if let Some(attempts) = self.attempts {
            write!(f, " after {attempts} attempt{}", if attempts == 1 { "" } else { "s" })?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}

impl From<WireError> for Error {
    fn from(error: WireError) -> Self {
        Self::new(ErrorKind::Protocol, format!("malformed reply: {error}")).with_code(codes::ERR_CLIENT)
    }
}

impl From<EncodeError> for Error {
    fn from(error: EncodeError) -> Self {
        Self::new(ErrorKind::InvalidArgument, error.to_string()).with_code(codes::ERR_PARAM)
    }
}

impl From<RowError> for Error {
    fn from(error: RowError) -> Self {
        match error {
            RowError::Malformed(malformed) => malformed.into(),
            // Whoever closed the table has ended the call.
            RowError::Closed => Self::aborted(),
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::new(ErrorKind::Connection, format!("connection broke: {error}"))
            .with_code(codes::ERR_CONNECTION)
    }
}
