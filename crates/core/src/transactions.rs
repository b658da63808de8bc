//! Transactions over several records, by the `aerospike` crate.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aerospike::{AbortStatus, CommitStatus, Txn, TxnState};

use crate::client::Pending;
use crate::under_way::Effect;
use crate::{Client, Error};

/// A transaction that calls can be a part of. Clones are the same one.
#[derive(Clone)]
pub struct Transaction(Arc<Txn>);

/// Where a transaction stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum TransactionState {
    Open,
    Verified,
    Committed,
    Aborted,
    /// The end of a commit is not known.
    InDoubt,
}

/// How the end of a transaction was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransactionEnd {
    /// Everything is done.
    Done,
    /// It had ended this way before.
    Already,
    /// It is decided; the server does the rest of the work.
    Decided,
}

impl fmt::Debug for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction").field("id", &self.0.id()).finish_non_exhaustive()
    }
}

impl Transaction {
    /// A transaction that the server ends after `timeout`; zero is the server's own.
    pub fn new(timeout: Duration) -> Self {
        Self(Arc::new(Txn::new().with_timeout(timeout)))
    }

    /// Its number.
    pub fn id(&self) -> i64 {
        self.0.id()
    }

    /// Where it stands.
    pub fn state(&self) -> TransactionState {
        match self.0.state() {
            TxnState::Open => TransactionState::Open,
            TxnState::Verified => TransactionState::Verified,
            TxnState::Committed => TransactionState::Committed,
            TxnState::Aborted => TransactionState::Aborted,
            TxnState::CommitFailed => TransactionState::InDoubt,
        }
    }

    /// Whether a commit may have been done although no answer says so.
    pub fn in_doubt(&self) -> bool {
        self.0.in_doubt()
    }

    pub(crate) fn txn(&self) -> Arc<Txn> {
        Arc::clone(&self.0)
    }
}

impl Client {
    /// Makes everything that was written in the transaction visible, or nothing of it.
    ///
    /// # Errors
    /// The crate's, as [`Error`]; the transaction is then aborted, or in doubt.
    pub fn commit<'a>(&'a self, transaction: &'a Transaction) -> Pending<'a, TransactionEnd> {
        Box::pin(async move {
            let ended = self
                .unless_closed(Effect::Writes, async { Ok(self.control().commit(&transaction.0).await?) });
            Ok(match ended.await? {
                CommitStatus::Ok => TransactionEnd::Done,
                CommitStatus::AlreadyCommitted => TransactionEnd::Already,
                CommitStatus::RollForwardAbandoned | CommitStatus::CloseAbandoned => TransactionEnd::Decided,
            })
        })
    }

    /// Takes back everything that was written in the transaction.
    ///
    /// # Errors
    /// The crate's, as [`Error`].
    pub fn roll_back<'a>(&'a self, transaction: &'a Transaction) -> Pending<'a, TransactionEnd> {
        Box::pin(async move {
            let ended =
                self.unless_closed(Effect::Writes, async { Ok(self.control().abort(&transaction.0).await?) });
            match ended.await? {
                AbortStatus::Ok => Ok(TransactionEnd::Done),
                AbortStatus::AlreadyAborted => Ok(TransactionEnd::Already),
                AbortStatus::RollBackAbandoned | AbortStatus::CloseAbandoned => Ok(TransactionEnd::Decided),
                AbortStatus::CommitFailed => {
                    let message = "the end of the commit is not known; commit again to find out";
                    Err(Error::new(crate::ErrorKind::Server, message).in_doubt_if(true))
                }
            }
        })
    }
}
