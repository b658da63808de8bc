//! Batches of ordinary records, by the `aerospike` crate.

use std::collections::BTreeMap;

use aerospike::operations;
use aerospike::{
    BatchOperation, BatchPolicy, BatchReadPolicy, BatchRecord, BatchWritePolicy, Bin, Bins,
    ErrorKind as CrateKind,
};

use crate::batch::FailedRequest;
use crate::client::{Pending, check_rows};
use crate::control_error::classify;
use crate::keys::PackedKeys;
use crate::limits::check_bins;
use crate::records::{Record, check_selection, crate_keys, selection};
use crate::under_way::Effect;
use crate::{Client, Error, ErrorKind, codes};

/// One key's answer in a record batch.
#[derive(Debug, Clone)]
pub struct RecordOutcome {
    /// 0, or why there is no record.
    pub result_code: i32,
    /// The record, when the code is 0.
    pub record: Option<Record>,
}

/// What became of the rows of [`Client::put_many`].
#[derive(Debug, Clone, Default)]
pub struct WrittenRecords {
    /// Per row 0, or why it was not written.
    pub codes: Vec<i32>,
    /// Per row the record's generation after the write.
    pub generations: Vec<u32>,
    /// Why rows have no answer.
    pub failures: Vec<FailedRequest>,
    /// The rows without code 0 that may have been written, ascending.
    pub in_doubt: Vec<u32>,
}

impl Client {
    /// Reads all keys as records, in their order.
    ///
    /// # Errors
    /// The crate's, as [`Error`], when the batch as a whole failed.
    pub fn batch_records<'a>(
        &'a self,
        keys: &'a PackedKeys,
        bins: Option<Vec<String>>,
        policy: &'a BatchPolicy,
    ) -> Pending<'a, Vec<RecordOutcome>> {
        Box::pin(async move {
            self.check_racks(policy.base_policy.replica == aerospike::policy::Replica::PreferRack)?;
            check_selection(bins.as_deref())?;
            let bins = selection(bins);
            let read = BatchReadPolicy::default();
            let operations = crate_keys(keys, false)
                .map(|key| Ok(BatchOperation::read(&read, key?, bins.clone())))
                .collect::<Result<Vec<_>, Error>>()?;
            let without = |result_code| vec![RecordOutcome { result_code, record: None }; keys.len()];
            let (mut outcomes, failure) = match self.answers(Effect::Reads, operations, policy).await {
                Ok(Answers::Rows(rows)) => (rows.into_iter().map(RecordOutcome::from).collect(), None),
                Ok(Answers::Nowhere(_)) => return Ok(without(codes::NAMESPACE_NOT_FOUND)),
                Err(error) if error.kind == ErrorKind::Protocol => (without(codes::ERR_CLIENT), Some(error)),
                Err(error) => return Err(error),
            };
            // The rows that a filter would leave out cannot be told from the others then.
            let is_filtered = policy.base_policy.filter_expression.is_some();
            let reread = if is_filtered { 0 } else { self.reread_spoilt(keys, &mut outcomes, &bins).await };
            failure.filter(|_| reread == 0).map_or(Ok(outcomes), Err)
        })
    }

    /// Reads rows again whose records could not be decoded, or came behind one that could not; how many there were.
    async fn reread_spoilt(&self, keys: &PackedKeys, outcomes: &mut [RecordOutcome], bins: &Bins) -> usize {
        let spoilt =
            outcomes.iter().enumerate().filter(|(_, outcome)| outcome.result_code == codes::ERR_CLIENT);
        let spoilt: Vec<usize> = spoilt.map(|(row, _)| row).collect();
        if spoilt.is_empty() {
            return 0;
        }
        let reread = self.reread(keys, &spoilt, bins).await;
        let count = reread.len();
        for (row, outcome) in reread {
            outcomes[row] = outcome;
        }
        count
    }

    /// Writes the bins of row i to the record of key i, all rows in one batch.
    ///
    /// # Errors
    /// The crate's, as [`Error`], when the batch as a whole failed.
    pub fn put_many<'a>(
        &'a self,
        keys: &'a PackedKeys,
        bins: Vec<Vec<Bin>>,
        policy: &'a BatchPolicy,
        row_policy: &'a BatchWritePolicy,
    ) -> Pending<'a, WrittenRecords> {
        Box::pin(async move {
            check_rows(keys.len(), bins.len())?;
            let rows = crate_keys(keys, row_policy.send_key).zip(&bins).enumerate();
            let writes = rows.map(|(row, (key, bins))| {
                check_bins(|| format!("records[{row}][1]"), bins.iter().map(|bin| bin.name.as_str()))?;
                let writes: Vec<_> = bins.iter().map(operations::put).collect();
                Ok(BatchOperation::write(row_policy, key?, writes))
            });
            let operations = writes.collect::<Result<Vec<_>, Error>>()?;
            Ok(match self.answers(Effect::Writes, operations, policy).await? {
                Answers::Rows(rows) => WrittenRecords::from(rows),
                Answers::Nowhere(error) => WrittenRecords::nowhere(bins.len(), error),
            })
        })
    }

    /// Runs a batch. It is an error when no row at all was answered.
    async fn answers(
        &self,
        effect: Effect,
        mut operations: Vec<BatchOperation>,
        policy: &BatchPolicy,
    ) -> Result<Answers, Error> {
        if operations.is_empty() {
            return Ok(Answers::Rows(Vec::new()));
        }
        self.unless_closed(effect, async {
            let whole = self.control().batch(policy, &mut operations).await;
            let rows: Vec<_> = operations.into_iter().map(BatchOperation::into_batch_record).collect();
            // The crate reports an error when any part failed; the rows say which.
            match whole {
                // Here it has not even asked: a row for every key says so, as where only some of them have no namespace.
                Err(error) if matches!(error.kind(), CrateKind::InvalidNamespace) => {
                    Ok(Answers::Nowhere(error.into()))
                }
                Err(error) if !rows.iter().any(is_answered) => Err(error.into()),
                _ => Ok(Answers::Rows(rows)),
            }
        })
        .await
    }
}

enum Answers {
    Rows(Vec<BatchRecord>),
    /// No key has a namespace that the cluster has.
    Nowhere(Error),
}

/// Whether the row has an answer of the server, or one that needs no server.
fn is_answered(row: &BatchRecord) -> bool {
    row.error().map_or(row.record.is_some(), |error| error.server_result_code().is_some())
}

fn code_of(row: &BatchRecord) -> i32 {
    match (row.error(), &row.record) {
        (None, Some(_)) => codes::OK,
        (None, None) => codes::NO_RESPONSE,
        (Some(error), _) => classify(error).1,
    }
}

/// Whether a row may have been written although no answer says so.
fn is_in_doubt(row: &BatchRecord) -> bool {
    row.in_doubt() || (row.has_write() && row.error().is_none() && row.record.is_none())
}

impl From<BatchRecord> for RecordOutcome {
    fn from(row: BatchRecord) -> Self {
        let result_code = code_of(&row);
        match row.record.map(Record::try_from).transpose() {
            Ok(record) => Self { result_code, record },
            Err(_) => Self { result_code: codes::ERR_CLIENT, record: None },
        }
    }
}

impl From<Vec<BatchRecord>> for WrittenRecords {
    fn from(rows: Vec<BatchRecord>) -> Self {
        let generation = |row: &BatchRecord| row.record.as_ref().map_or(0, |record| record.generation);
        Self {
            codes: rows.iter().map(code_of).collect(),
            generations: rows.iter().map(generation).collect(),
            failures: failures_of(&rows),
            in_doubt: (0..).zip(&rows).filter(|(_, row)| is_in_doubt(row)).map(|(row, _)| row).collect(),
        }
    }
}

impl WrittenRecords {
    fn nowhere(rows: usize, error: Error) -> Self {
        let code = codes::NAMESPACE_NOT_FOUND;
        let failure = FailedRequest {
            node: String::new(),
            code,
            message: error.message,
            rows: (0..rows as u32).collect(),
            in_doubt: false,
        };
        let (codes, generations) = (vec![code; rows], vec![0; rows]);
        Self { codes, generations, failures: vec![failure], in_doubt: Vec::new() }
    }
}

/// The rows that no server has answered, together by node and reason.
fn failures_of(rows: &[BatchRecord]) -> Vec<FailedRequest> {
    let by_client = |row: &BatchRecord| row.node().is_none() && codes::is_by_client(code_of(row));
    let mut failures: BTreeMap<(String, i32, String), Vec<u32>> = BTreeMap::new();
    for (row, record) in rows.iter().enumerate().filter(|(_, row)| !is_answered(row) || by_client(row)) {
        let node = record.node().unwrap_or_default().to_owned();
        let message = record.error().map_or_else(
            || codes::describe(codes::NO_RESPONSE),
            |error| error.cause().unwrap_or(error).base_message(),
        );
        failures.entry((node, code_of(record), message)).or_default().push(row as u32);
    }
    let failed = |((node, code, message), in_rows): ((String, i32, String), Vec<u32>)| {
        let in_doubt = in_rows.iter().any(|row| is_in_doubt(&rows[*row as usize]));
        FailedRequest { node, code, message, rows: in_rows, in_doubt }
    };
    failures.into_iter().map(failed).collect()
}
