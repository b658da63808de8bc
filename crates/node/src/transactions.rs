//! Transactions.

use std::time::Duration;

use aerostride_core::{Transaction, TransactionEnd, TransactionState};
use napi::bindgen_prelude::{BigInt, ClassInstance, FromNapiValue, Result};
use napi::sys;
use napi_derive::napi;

/// A transaction that calls can be a part of.
#[napi]
pub struct NativeTransaction {
    transaction: Transaction,
}

#[napi]
impl NativeTransaction {
    /// One that the server ends after so many seconds; 0 for the server's own time.
    #[napi(constructor, catch_unwind)]
    pub fn new(seconds: u32) -> Self {
        Self { transaction: Transaction::new(Duration::from_secs(seconds.into())) }
    }

    /// Its number.
    #[napi(getter, catch_unwind)]
    pub fn id(&self) -> BigInt {
        BigInt::from(self.transaction.id())
    }

    /// Where it stands.
    #[napi(getter, catch_unwind)]
    pub fn state(&self) -> NativeTransactionState {
        match self.transaction.state() {
            TransactionState::Open => NativeTransactionState::Open,
            TransactionState::Verified => NativeTransactionState::Verified,
            TransactionState::Committed => NativeTransactionState::Committed,
            TransactionState::Aborted => NativeTransactionState::Aborted,
            TransactionState::InDoubt => NativeTransactionState::InDoubt,
        }
    }

    /// Whether a commit may have been done all the same.
    #[napi(getter, catch_unwind)]
    pub fn in_doubt(&self) -> bool {
        self.transaction.in_doubt()
    }

    pub(crate) fn shared(&self) -> Transaction {
        self.transaction.clone()
    }
}

/// Where a transaction stands.
#[napi(string_enum = "camelCase")]
#[allow(missing_docs, reason = "they are those of the core")]
pub enum NativeTransactionState {
    Open,
    Verified,
    Committed,
    Aborted,
    InDoubt,
}

/// How the end of a transaction was reached.
#[napi(string_enum = "camelCase")]
#[allow(missing_docs, reason = "they are those of the core")]
pub enum NativeTransactionEnd {
    Done,
    Already,
    Decided,
}

impl From<TransactionEnd> for NativeTransactionEnd {
    fn from(end: TransactionEnd) -> Self {
        match end {
            TransactionEnd::Done => Self::Done,
            TransactionEnd::Already => Self::Already,
            TransactionEnd::Decided => Self::Decided,
        }
    }
}

/// A transaction in a policy.
pub struct GivenTransaction(pub Transaction);

impl FromNapiValue for GivenTransaction {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> Result<Self> {
        // SAFETY: env and value are those that this function was called with.
        let instance = unsafe { ClassInstance::<'_, NativeTransaction>::from_napi_value(env, value)? };
        Ok(Self(instance.shared()))
    }
}
