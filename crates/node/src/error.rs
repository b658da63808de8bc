//! The one place where errors become JavaScript's: an `Error` with a property `failures`, plain data of which
//! `src/errors.ts` builds the error that the caller sees.

use aerostride_core::{Error, ErrorKind};
use napi::Env;
use napi::bindgen_prelude::{JsObjectValue, JsValue, Result};
use napi_derive::napi;

/// The class that JavaScript makes of a failure.
#[napi(string_enum)]
#[allow(clippy::enum_variant_names, reason = "the names are those of JavaScript's classes")]
pub enum NativeErrorClass {
    TypeError,
    RangeError,
    ConnectionError,
    TimeoutError,
    ServerError,
    ClosedError,
    AbortError,
    AerostrideError,
}

impl From<ErrorKind> for NativeErrorClass {
    fn from(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::InvalidArgument => Self::TypeError,
            ErrorKind::OutOfRange => Self::RangeError,
            ErrorKind::Connection => Self::ConnectionError,
            ErrorKind::Timeout => Self::TimeoutError,
            ErrorKind::Server => Self::ServerError,
            ErrorKind::Closed => Self::ClosedError,
            ErrorKind::Aborted => Self::AbortError,
            ErrorKind::Protocol | ErrorKind::Overloaded | ErrorKind::Internal => Self::AerostrideError,
        }
    }
}

/// What an error says.
#[napi(object, object_from_js = false)]
pub struct NativeFailure {
    /// Its class.
    pub kind: NativeErrorClass,
    /// Its stable code.
    pub code: String,
    /// What happened and what to do about it.
    pub message: String,
    /// The server's code, or one of the client's own.
    pub result_code: Option<i32>,
    /// The node that was involved.
    pub node: Option<String>,
    /// How often the request was sent.
    pub attempts: Option<u32>,
    /// Whether a write may have been done all the same.
    pub in_doubt: bool,
}

impl From<&Error> for NativeFailure {
    fn from(error: &Error) -> Self {
        Self {
            kind: error.kind.into(),
            code: error.kind.code().to_owned(),
            message: error.to_string(),
            result_code: error.result_code,
            node: error.node.clone(),
            attempts: error.attempts,
            in_doubt: error.in_doubt,
        }
    }
}

/// What can go wrong between JavaScript and the core.
pub enum Fault {
    /// The core, or an argument that does not fit it.
    Core(Error),
    /// Node-API itself, or JavaScript that it ran, such as a getter.
    Napi(napi::Error),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Core(error)
    }
}

impl From<napi::Error> for Fault {
    fn from(error: napi::Error) -> Self {
        Self::Napi(error)
    }
}

/// The result of a conversion.
pub type Checked<T> = std::result::Result<T, Fault>;

/// A `TypeError`.
pub fn invalid(message: impl Into<String>) -> Fault {
    Error::new(ErrorKind::InvalidArgument, message).into()
}

/// A `RangeError`.
pub fn out_of_range(message: impl Into<String>) -> Fault {
    Error::new(ErrorKind::OutOfRange, message).into()
}

impl Fault {
    /// What is thrown, or what a promise rejects with.
    pub fn thrown(self, env: &Env) -> napi::Error {
        match self {
            Self::Core(error) => described(env, &error).unwrap_or_else(|fault| fault),
            Self::Napi(error) => error,
        }
    }
}

/// Runs `work` and throws what went wrong in it.
pub fn thrown<T>(env: &Env, work: impl FnOnce() -> Checked<T>) -> Result<T> {
    work().map_err(|fault| fault.thrown(env))
}

/// The property `failures` begins with the failure itself; every further one is the cause of the one before.
fn described(env: &Env, error: &Error) -> Result<napi::Error> {
    let chain = std::iter::successors(Some(error), |error| error.cause.as_deref());
    let failures: Vec<NativeFailure> = chain.map(NativeFailure::from).collect();
    let mut object = env.create_error(napi::Error::from_reason(error.to_string()))?;
    object.set_named_property("failures", failures)?;
    Ok(napi::Error::from_unknown_without_coercion(object.to_unknown()))
}
