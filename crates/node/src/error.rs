//! The one place where errors become JavaScript's.

use aerostride_core::{Error, ErrorKind};
use serde_json::{Value, json};

/// The class that JavaScript makes of an error.
const fn class_of(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InvalidArgument => "TypeError",
        ErrorKind::OutOfRange => "RangeError",
        ErrorKind::Connection => "ConnectionError",
        ErrorKind::Timeout => "TimeoutError",
        ErrorKind::Server => "ServerError",
        ErrorKind::Closed => "ClosedError",
        ErrorKind::Aborted => "AbortError",
        ErrorKind::Protocol | ErrorKind::Overloaded | ErrorKind::Internal => "AerostrideError",
    }
}

fn document(error: &Error) -> Value {
    json!({
        "kind": class_of(error.kind),
        "code": error.kind.code(),
        "message": error.to_string(),
        "resultCode": error.result_code,
        "node": error.node,
        "attempts": error.attempts,
        "cause": error.cause.as_deref().map(document),
    })
}

/// An error on its way to JavaScript.
pub fn to_napi(error: &Error) -> napi::Error {
    napi::Error::from_reason(document(error).to_string())
}

/// A `TypeError`.
pub fn invalid(message: impl Into<String>) -> napi::Error {
    to_napi(&Error::new(ErrorKind::InvalidArgument, message))
}

/// A `RangeError`.
pub fn out_of_range(message: impl Into<String>) -> napi::Error {
    to_napi(&Error::new(ErrorKind::OutOfRange, message))
}
