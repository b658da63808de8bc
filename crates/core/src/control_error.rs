//! What a failure of the control plane is called: the same as on the data plane.

use aerospike::ErrorKind as Kind;

use crate::{Error, ErrorKind, codes};

/// What the crate puts around the last failure when it has no attempts left.
const RETRIES_EXHAUSTED: i32 = -11;

/// Kind and code of a failure of the crate.
pub(crate) fn classify(error: &aerospike::Error) -> (ErrorKind, i32) {
    let decisive = decisive(error);
    match decisive.kind() {
        Kind::Server { .. } | Kind::InvalidNamespace | Kind::UdfBadResponse | Kind::Commit { .. } => {
            (ErrorKind::Server, decisive.result_code())
        }
        Kind::InvalidArgument => (ErrorKind::InvalidArgument, decisive.result_code()),
        Kind::Timeout => (ErrorKind::Timeout, codes::TIMEOUT),
        Kind::InvalidNode => (ErrorKind::Connection, codes::INVALID_NODE),
        Kind::BadResponse
        | Kind::ParsePeers
        | Kind::InvalidUtf8(_)
        | Kind::ParseInt(_)
        | Kind::ParseAddr(_) => (ErrorKind::Protocol, codes::ERR_CLIENT),
        Kind::Client => (ErrorKind::Internal, codes::ERR_CLIENT),
        // The limit of connections, and the crate's own breaker.
        Kind::NoMoreConnections | Kind::MaxErrorRate => (ErrorKind::Connection, decisive.result_code()),
        _ => (ErrorKind::Connection, codes::ERR_CONNECTION),
    }
}

/// The failure that says what happened: of the last attempt, where the crate only says that it was the last, and below
/// what it wraps into a sentence of its own.
fn decisive(error: &aerospike::Error) -> &aerospike::Error {
    match (error.kind(), error.cause()) {
        (Kind::Timeout, Some(cause)) if error.result_code() == RETRIES_EXHAUSTED => decisive(cause),
        (Kind::Client, Some(cause)) => decisive(cause),
        _ => error,
    }
}

impl From<aerospike::Error> for Error {
    fn from(error: aerospike::Error) -> Self {
        let (kind, code) = classify(&error);
        let below = decisive(&error);
        let message = match error.kind() {
            Kind::Client if error.cause().is_some() => {
                format!("{}: {}", error.base_message(), below.base_message())
            }
            _ => below.base_message(),
        };
        let advice = codes::advice(code).map(|what| format!("; {what}")).unwrap_or_default();
        let mut own = Self::new(kind, format!("{message}{advice}")).with_code(code);
        own.node = error.node().map(str::to_owned);
        own.attempts = error.iteration();
        own.in_doubt = error.in_doubt();
        own.cause = below.cause().map(|cause| {
            let (kind, code) = classify(cause);
            Box::new(Self::new(kind, cause.base_message()).with_code(code))
        });
        own
    }
}
