//! Batches that do something with each record, by the `aerospike` crate.

use std::collections::BTreeSet;

use aerospike::{
    BatchDeletePolicy, BatchOperation, BatchReadPolicy, BatchUdfPolicy, BatchWritePolicy, GenerationPolicy,
    Key,
};

use crate::batch::FailedRequest;
use crate::client::{Pending, check_rows};
use crate::keys::PackedKeys;
use crate::operations::{RecordOp, check_operations, operations_of};
use crate::policy::{WritePolicy, expiration};
use crate::record_batches::{Answers, RecordOutcome, failures_of, is_in_doubt, nowhere, unreadable};
use crate::records::crate_keys;
use crate::udfs::Udf;
use crate::under_way::Effect;
use crate::{Client, Error, codes};

/// What is done with a record.
#[derive(Debug, Clone)]
pub enum RowWork {
    /// Operations run on it, all or none of them.
    Operate(Vec<RecordOp>),
    /// A function of the server's modules is applied to it.
    Apply(Udf),
    /// It is deleted.
    Remove,
}

/// What rows have of their own; without it they have the policy's.
#[derive(Debug, Clone, Default)]
pub struct RowTerms {
    /// Seconds per row, as in [`WritePolicy::ttl`].
    pub ttls: Option<Vec<i64>>,
    /// The generation that each record must have.
    pub generations: Option<Vec<u32>>,
}

/// What became of the rows.
#[derive(Debug, Clone, Default)]
pub struct WorkedRows {
    /// Per row its code, and what was read.
    pub outcomes: Vec<RecordOutcome>,
    /// Why rows have no answer.
    pub failures: Vec<FailedRequest>,
    /// The rows without code 0 that may have been changed, ascending.
    pub in_doubt: Vec<u32>,
}

/// The policies of all rows, of which each gets its own terms.
struct RowPolicies {
    write: BatchWritePolicy,
    terms: RowTerms,
}

impl RowPolicies {
    fn write(&self, row: usize) -> Result<BatchWritePolicy, Error> {
        let mut policy = self.write.clone();
        if let Some(ttls) = &self.terms.ttls {
            policy.expiration =
                expiration(ttls[row]).map_err(|error| error.about(format_args!("row {row}")))?;
        }
        if let Some(generations) = &self.terms.generations {
            policy.generation = generations[row];
            if policy.generation_policy == GenerationPolicy::None {
                policy.generation_policy = GenerationPolicy::ExpectGenEqual;
            }
        }
        Ok(policy)
    }

    fn operation(&self, row: usize, key: Key, work: RowWork) -> Result<BatchOperation, Error> {
        let policy = self.write(row)?;
        Ok(match work {
            RowWork::Operate(ops) if RecordOp::effect(&ops) == Effect::Reads => {
                BatchOperation::read_ops(&BatchReadPolicy::default(), key, operations_of(ops)?)
            }
            RowWork::Operate(ops) => BatchOperation::write(&policy, key, operations_of(ops)?),
            RowWork::Remove => {
                let policy = BatchDeletePolicy {
                    generation_policy: policy.generation_policy,
                    generation: policy.generation,
                    commit_level: policy.commit_level,
                    send_key: policy.send_key,
                    durable_delete: policy.durable_delete,
                    filter_expression: None,
                };
                BatchOperation::delete(&policy, key)
            }
            RowWork::Apply(Udf { module, function, args }) => {
                let policy = BatchUdfPolicy {
                    commit_level: policy.commit_level,
                    expiration: policy.expiration,
                    send_key: policy.send_key,
                    durable_delete: policy.durable_delete,
                    ..BatchUdfPolicy::default()
                };
                BatchOperation::udf(&policy, key, module, function, args)
            }
        })
    }
}

impl Client {
    /// Does to the record of key i what row i of `work` says, or to all of them what its only row says.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) when numbers of rows differ; the crate's, as
    /// [`Error`], when the batch as a whole failed.
    pub fn work_on<'a>(
        &'a self,
        keys: &'a PackedKeys,
        work: Vec<RowWork>,
        terms: RowTerms,
        policy: &'a WritePolicy,
    ) -> Pending<'a, WorkedRows> {
        Box::pin(async move {
            let rows = keys.len();
            if work.len() != 1 {
                check_rows(rows, work.len())?;
            }
            terms.ttls.as_ref().map_or(Ok(()), |ttls| check_rows(rows, ttls.len()))?;
            terms.generations.as_ref().map_or(Ok(()), |generations| check_rows(rows, generations.len()))?;
            check_work(&work)?;
            let (batch_policy, write) = policy.each_row()?;
            let policies = RowPolicies { write, terms };
            let effect = RowWork::effect(&work);
            let shared = (work.len() == 1).then(|| work[0].clone());
            let mut own = work.into_iter();
            let operations = crate_keys(keys, policy.send_key)
                .enumerate()
                .map_while(|(row, key)| Some((row, key, shared.clone().or_else(|| own.next())?)))
                .map(|(row, key, work)| policies.operation(row, key?, work))
                .collect::<Result<Vec<_>, Error>>()?;
            Ok(match self.answers(effect, operations, &batch_policy).await? {
                Answers::Rows(rows) => {
                    let unreadable = unreadable(&rows);
                    let mut in_doubt: BTreeSet<u32> =
                        (0..).zip(&rows).filter(|(_, row)| is_in_doubt(row)).map(|(row, _)| row).collect();
                    in_doubt.extend(
                        unreadable
                            .iter()
                            .flat_map(|failed| &failed.rows)
                            .filter(|row| rows[**row as usize].has_write()),
                    );
                    WorkedRows {
                        in_doubt: in_doubt.into_iter().collect(),
                        failures: [failures_of(&rows, &self.engine().cluster.map()), unreadable].concat(),
                        outcomes: rows.into_iter().map(RecordOutcome::from).collect(),
                    }
                }
                Answers::Nowhere => WorkedRows {
                    outcomes: vec![
                        RecordOutcome { result_code: codes::NAMESPACE_NOT_FOUND, record: None };
                        rows
                    ],
                    failures: nowhere(keys, &self.engine().cluster.map()),
                    in_doubt: Vec::new(),
                },
            })
        })
    }
}

impl RowWork {
    /// What work does to its records.
    pub fn effect(work: &[Self]) -> Effect {
        let reads =
            |work: &Self| matches!(work, Self::Operate(ops) if RecordOp::effect(ops) == Effect::Reads);
        if work.iter().all(reads) { Effect::Reads } else { Effect::Writes }
    }
}

fn check_work(work: &[RowWork]) -> Result<(), Error> {
    for (row, work_of_row) in work.iter().enumerate() {
        let RowWork::Operate(ops) = work_of_row else { continue };
        check_operations(ops)
            .map_err(|error| if work.len() == 1 { error } else { error.about(format_args!("row {row}")) })?;
    }
    Ok(())
}
