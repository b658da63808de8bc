//! Batches of ordinary records, by the `aerospike` crate.

use std::collections::BTreeMap;
use std::time::Instant;

use aerospike::{
    BatchOperation, BatchPolicy, BatchReadPolicy, BatchRecord, Bin, Bins, ErrorKind as CrateKind, Value,
};
use aerostride_wire::result_code;

use crate::batch::FailedRequest;
use crate::client::{Pending, check_rows};
use crate::control_error::classify;
use crate::keys::PackedKeys;
use crate::limits::check_bins;
use crate::operations::RecordOp;
use crate::partition_map::PartitionMap;
use crate::policy::{WritePolicy, whole_milliseconds};
use crate::records::{Record, check_selection, crate_keys, selection, too_deep};
use crate::row_batches::{RowTerms, RowWork, WorkedRows};
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
            let read = BatchReadPolicy {
                read_touch_ttl: policy.base_policy.read_touch_ttl,
                ..BatchReadPolicy::default()
            };
            let operations = crate_keys(keys, false)
                .map(|key| Ok(BatchOperation::read(&read, key?, bins.clone())))
                .collect::<Result<Vec<_>, Error>>()?;
            let without = |result_code| vec![RecordOutcome { result_code, record: None }; keys.len()];
            let (mut outcomes, failure) = match self.answers(Effect::Reads, operations, policy).await {
                Ok(Answers::Rows(rows)) => (rows.into_iter().map(RecordOutcome::from).collect(), None),
                Ok(Answers::Nowhere) => return Ok(without(codes::NAMESPACE_NOT_FOUND)),
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
        terms: RowTerms,
        policy: &'a WritePolicy,
    ) -> Pending<'a, WrittenRecords> {
        Box::pin(async move {
            check_rows(keys.len(), bins.len())?;
            for (row, bins) in bins.iter().enumerate() {
                check_bins(|| format!("records[{row}][1]"), bins.iter().map(|bin| bin.name.as_str()))?;
            }
            let writes = |bins: Vec<Bin>| RowWork::Operate(bins.into_iter().map(RecordOp::Write).collect());
            let work: Vec<RowWork> = bins.into_iter().map(writes).collect();
            Ok(self.work_on(keys, work, terms, policy).await?.into())
        })
    }

    /// Runs a batch in parts that every server takes, one after the other. The first error of the whole is kept.
    async fn in_parts(
        &self,
        policy: &BatchPolicy,
        operations: &mut [BatchOperation],
    ) -> Result<(), aerospike::Error> {
        let (begin, mut policy) = (Instant::now(), policy.clone());
        let total = policy.base_policy.total_timeout;
        let mut whole = Ok(());
        for part in operations.chunks_mut(crate::BatchPolicy::MOST_KEYS) {
            if total != 0 {
                // What is left of the time; 0 would be without limit.
                let spent = whole_milliseconds(begin.elapsed());
                policy.base_policy.total_timeout = total.saturating_sub(spent).max(1);
            }
            whole = whole.and(self.control().batch(&policy, part).await);
        }
        whole
    }

    /// Runs a batch. It is an error when no row at all was answered.
    pub(crate) async fn answers(
        &self,
        effect: Effect,
        mut operations: Vec<BatchOperation>,
        policy: &BatchPolicy,
    ) -> Result<Answers, Error> {
        if operations.is_empty() {
            return Ok(Answers::Rows(Vec::new()));
        }
        self.unless_closed(effect, async {
            let whole = self.in_parts(policy, &mut operations).await;
            let rows: Vec<_> = operations.into_iter().map(BatchOperation::into_batch_record).collect();
            // The crate reports an error when any part failed; the rows say which.
            match whole {
                // Here it has not even asked: a row for every key says so, as where only some of them have no namespace.
                Err(error) if matches!(error.kind(), CrateKind::InvalidNamespace) => Ok(Answers::Nowhere),
                Err(error) if !rows.iter().any(is_answered) => Err(error.into()),
                _ => Ok(Answers::Rows(rows)),
            }
        })
        .await
    }
}

pub(crate) enum Answers {
    Rows(Vec<BatchRecord>),
    /// No key has a namespace that the cluster has.
    Nowhere,
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

/// The rows whose answers cannot be given, by reason. What their operations write is written.
pub(crate) fn unreadable(rows: &[BatchRecord]) -> Vec<FailedRequest> {
    let mut failures: BTreeMap<(String, String), Vec<u32>> = BTreeMap::new();
    for (row, record) in rows.iter().enumerate().filter(|(_, row)| row.error().is_none()) {
        if let Some(message) = record.record.as_ref().and_then(too_deep) {
            let node = record.node().unwrap_or_default().to_owned();
            failures.entry((node, message)).or_default().push(row as u32);
        }
    }
    let failed = |((node, message), in_rows): ((String, String), Vec<u32>)| {
        let in_doubt = in_rows.iter().any(|row| rows[*row as usize].has_write());
        FailedRequest { node, code: codes::ERR_CLIENT, message, rows: in_rows, in_doubt }
    };
    failures.into_iter().map(failed).collect()
}

/// Whether a row may have been written although no answer says so.
pub(crate) fn is_in_doubt(row: &BatchRecord) -> bool {
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

impl From<WorkedRows> for WrittenRecords {
    fn from(rows: WorkedRows) -> Self {
        let generation = |row: &RecordOutcome| row.record.as_ref().map_or(0, |record| record.generation);
        Self {
            codes: rows.outcomes.iter().map(|row| row.result_code).collect(),
            generations: rows.outcomes.iter().map(generation).collect(),
            failures: rows.failures,
            in_doubt: rows.in_doubt,
        }
    }
}

/// The failures of rows of which none has a namespace that the cluster has.
pub(crate) fn nowhere(keys: &PackedKeys, map: &PartitionMap) -> Vec<FailedRequest> {
    let mut failures: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for row in 0..keys.len() {
        failures.entry(&keys.key(row).0.namespace).or_default().push(row as u32);
    }
    let failed = |(namespace, rows): (&str, Vec<u32>)| FailedRequest {
        node: String::new(),
        code: codes::NAMESPACE_NOT_FOUND,
        message: map.unknown_namespace(namespace).message,
        rows,
        in_doubt: false,
    };
    failures.into_iter().map(failed).collect()
}

/// Why a row has no answer. Of a namespace that the cluster does not have, all calls say the same.
fn reason_of(row: &BatchRecord, map: &PartitionMap) -> String {
    if row.node().is_none() && code_of(row) == codes::NAMESPACE_NOT_FOUND {
        return map.unknown_namespace(row.key.namespace()).message;
    }
    if let Some(said) = said_by_function(row) {
        return said.to_owned();
    }
    row.error().map_or_else(
        || codes::describe(codes::NO_RESPONSE),
        |error| error.cause().unwrap_or(error).base_message(),
    )
}

/// What a function that failed says, which the server puts into a bin of the answer.
fn said_by_function(row: &BatchRecord) -> Option<&str> {
    // First, as nearly no row has it: all rows of all batches are asked.
    if code_of(row) != i32::from(result_code::UDF) {
        return None;
    }
    match row.record.as_ref()?.bins.get("FAILURE")? {
        Value::String(said) => Some(said),
        _ => None,
    }
}

/// The rows that no server has answered, or whose function failed, together by node and reason.
pub(crate) fn failures_of(rows: &[BatchRecord], map: &PartitionMap) -> Vec<FailedRequest> {
    let by_client = |row: &BatchRecord| row.node().is_none() && codes::is_by_client(code_of(row));
    let mut failures: BTreeMap<(String, i32, String), Vec<u32>> = BTreeMap::new();
    let failed = |row: &BatchRecord| !is_answered(row) || by_client(row) || said_by_function(row).is_some();
    for (row, record) in rows.iter().enumerate().filter(|(_, row)| failed(row)) {
        let node = record.node().unwrap_or_default().to_owned();
        failures.entry((node, code_of(record), reason_of(record, map))).or_default().push(row as u32);
    }
    let failed = |((node, code, message), in_rows): ((String, i32, String), Vec<u32>)| {
        let in_doubt = in_rows.iter().any(|row| is_in_doubt(&rows[*row as usize]));
        FailedRequest { node, code, message, rows: in_rows, in_doubt }
    };
    failures.into_iter().map(failed).collect()
}
