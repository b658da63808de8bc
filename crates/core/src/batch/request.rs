use std::sync::Arc;

use aerostride_columns::{Conversions, Dtype, Field, Loss, Mismatches, Source};
use aerostride_wire::{BinRead, WriteAttributes};

use crate::options::{BatchPolicy, Replica};
use crate::{Error, ErrorKind, codes};

/// What is read, and how.
#[derive(Debug, Clone, Default)]
pub struct ReadRequest {
    /// What to ask for, in the order of the dtype's fields. None: only generation, ttl and code.
    pub bins: Arc<[BinRead]>,
    /// See [`BatchPolicy`].
    pub policy: BatchPolicy,
}

impl ReadRequest {
    /// A request for some of the fields of a dtype, or for all of them. The bins come in the order of the fields, so that
    /// replies do too.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] for a bin that is no field.
    pub fn new(dtype: &Dtype, bins: Option<&[String]>, policy: BatchPolicy) -> Result<Self, Error> {
        let Some(bins) = bins else {
            return Ok(Self { bins: Arc::clone(dtype.reads()), policy });
        };
        let fields = dtype.fields();
        let is_field = |name: &String| fields.iter().any(|field| field.name == *name);
        if let Some((position, name)) = bins.iter().enumerate().find(|(_, name)| !is_field(name)) {
            let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
            let message = format!(
                "bins[{position}] is {name:?}, which is not a field of the dtype; its fields are {}",
                names.join(", ")
            );
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        let wanted = fields.iter().filter(|field| bins.contains(&field.name));
        Ok(Self { bins: wanted.map(Field::read).collect(), policy })
    }
}

/// What is written, and how.
#[derive(Debug, Clone)]
pub struct WriteRequest {
    /// Row i holds the bins of key i; only its valid cells are written.
    pub source: Arc<Source>,
    /// Ttl and what is to happen when the record exists.
    pub attributes: WriteAttributes,
    /// Store the user keys with the records.
    pub send_key: bool,
    /// Timeouts, retries and request sizes. Writes always go to the masters.
    pub policy: BatchPolicy,
}

/// What the requests of a batch do.
#[derive(Debug)]
pub(crate) enum Work {
    Read { bins: Arc<[BinRead]> },
    Write { source: Arc<Source>, attributes: WriteAttributes, send_key: bool },
}

/// What the requests of a batch do, and how.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) policy: BatchPolicy,
    pub(crate) work: Work,
}

impl Batch {
    /// Whether records change.
    pub(super) const fn writes(&self) -> bool {
        matches!(self.work, Work::Write { .. })
    }

    /// Values that a row of it asks for or brings, at most.
    pub(crate) fn values(&self) -> usize {
        match &self.work {
            Work::Read { bins } => bins.len(),
            Work::Write { source, .. } => source.field_count(),
        }
    }
}

impl From<ReadRequest> for Batch {
    fn from(request: ReadRequest) -> Self {
        Self { policy: request.policy, work: Work::Read { bins: request.bins } }
    }
}

impl From<WriteRequest> for Batch {
    fn from(request: WriteRequest) -> Self {
        let WriteRequest { source, attributes, send_key, policy } = request;
        let policy = BatchPolicy { replica: Replica::Master, ..policy };
        Self { policy, work: Work::Write { source, attributes, send_key } }
    }
}

/// One request whose rows got no answer, in the attempt that was the last for them.
#[derive(Debug, Clone)]
pub struct FailedRequest {
    /// Name and address of the node; empty where no node was involved.
    pub node: String,
    /// The code that the rows have.
    pub code: i32,
    /// What happened.
    pub message: String,
    /// Rows of the batch.
    pub rows: Vec<u32>,
    /// Whether one of the rows may have been written all the same; see [`BatchOutcome::in_doubt`].
    pub in_doubt: bool,
}

impl FailedRequest {
    /// Whether these rows have an answer of the client's own: no node was asked.
    pub(super) fn is_by_client(&self) -> bool {
        self.node.is_empty() && codes::is_by_client(self.code)
    }
}

/// What a batch read says besides the columns.
#[derive(Debug, Clone, Default)]
pub struct BatchOutcome {
    /// Rows with result code 0.
    pub ok: u64,
    /// Per field of the dtype.
    pub conversions: Vec<Conversions>,
    /// See [`Tally::mismatches`].
    pub mismatches: Vec<Mismatches>,
    /// See [`Table::take_blocks`].
    pub blocks: Vec<Vec<u8>>,
    /// See [`Tally::first_loss`].
    pub first_loss: Option<Loss>,
    /// Requests without an answer.
    pub failures: Vec<FailedRequest>,
    /// Of a write: the rows without code 0 that may have been written, ascending. They were sent and not answered, the
    /// server's time was up, or a further attempt was answered after one of which nobody knows.
    pub in_doubt: Vec<u32>,
}

#[cfg(test)]
mod tests {
    use aerostride_columns::FieldSpec;

    use super::*;

    #[test]
    fn bins_come_in_the_order_of_the_fields() {
        let names = ["a", "b", "c"].map(str::to_owned);
        let specs = names.each_ref().map(|name| FieldSpec { name, code: "i4", shape: &[] });
        let dtype = Dtype::parse(&specs).unwrap();
        let bins = |wanted: Option<&[String]>| {
            let request = ReadRequest::new(&dtype, wanted, BatchPolicy::default())?;
            Ok::<_, Error>(request.bins.iter().map(|read| read.name.clone()).collect::<Vec<_>>())
        };
        assert_eq!(bins(None).unwrap(), names);
        assert_eq!(bins(Some(&["c", "a"].map(str::to_owned))).unwrap(), ["a", "c"]);
        assert!(bins(Some(&[])).unwrap().is_empty());
        let error = bins(Some(&["a", "x"].map(str::to_owned))).unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidArgument);
        assert!(error.message.contains("bins[1] is \"x\"") && error.message.contains("a, b, c"));
    }
}
