//! Writes that the nodes do by themselves, to every record of a set or of an index's values.

use std::time::Duration;

use aerospike::expressions::from_packed_bytes;
use aerospike::operations::cdt_context::ctx_from_bytes;
use aerospike::query::Filter;
use aerospike::{Bins, CollectionIndexType, ExecuteTask, Statement, Value};
use aerostride_wire::{IndexType, check_info_name, particle_type};

use crate::client::Pending;
use crate::operations::{RecordOp, operations_of};
use crate::stream::IndexSpec;
use crate::udfs::Udf;
use crate::under_way::Effect;
use crate::{Client, Error, ErrorKind};

/// What is done with every record.
#[derive(Debug, Clone)]
pub enum BackgroundWork {
    /// Operations that write.
    Operate(Vec<RecordOp>),
    /// A function is applied.
    Apply(Udf),
}

/// Which records.
#[derive(Debug, Clone)]
pub struct BackgroundScope {
    /// Namespace.
    pub namespace: String,
    /// Set; empty for the whole namespace.
    pub set: String,
    /// Those that an index has; `None` for all.
    pub index: Option<IndexSpec>,
}

/// How far a job is, summed over the nodes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct JobProgress {
    /// Whether every node is done.
    pub done: bool,
    /// Records that were written.
    pub succeeded: u64,
    /// Records that could not be written.
    pub failed: u64,
    /// Records that a filter has left out.
    pub filtered: u64,
    /// Percent of the partitions, over all nodes.
    pub percent: f64,
}

/// A job that the nodes do by themselves. It goes on when this is dropped.
#[derive(Debug, Clone)]
pub struct BackgroundJob {
    client: Client,
    task: ExecuteTask,
}

impl Client {
    /// Begins a job on all nodes.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] for operations that only read and for a set with a control character; the crate's, as [`Error`].
    pub fn begin_job<'a>(
        &'a self,
        scope: BackgroundScope,
        work: BackgroundWork,
        policy: &'a aerospike::WritePolicy,
    ) -> Pending<'a, BackgroundJob> {
        Box::pin(async move {
            self.check_namespace(&scope.namespace)?;
            if !scope.set.is_empty() {
                // Nodes write it into what they say of the job, and would be asked for its end for ever.
                check_info_name("set", &scope.set)?;
            }
            let mut statement = Statement::new(scope.namespace, scope.set, Bins::All);
            if let Some(index) = scope.index {
                statement.set_filter(filter_of(index)?);
            }
            let control = self.control();
            let begun = match work {
                BackgroundWork::Operate(ops) => {
                    check_writes(&ops)?;
                    let ops = operations_of(ops)?;
                    statement.set_operations(ops);
                    self.unless_closed(Effect::Writes, async {
                        Ok(control.query_operate(policy, statement).await?)
                    })
                    .await
                }
                BackgroundWork::Apply(Udf { module, function, args }) => {
                    self.unless_closed(Effect::Writes, async {
                        Ok(control.query_execute_udf(policy, statement, &module, &function, &args).await?)
                    })
                    .await
                }
            };
            Ok(BackgroundJob { client: self.clone(), task: begun? })
        })
    }
}

impl BackgroundJob {
    /// The job's number on every node.
    pub const fn id(&self) -> u64 {
        self.task.task_id()
    }

    /// How far it is.
    ///
    /// # Errors
    /// The crate's, as [`Error`].
    pub fn progress(&self) -> Pending<'_, JobProgress> {
        Box::pin(async move {
            let progress =
                self.client.unless_closed(Effect::Reads, async { Ok(self.task.progress().await?) });
            let progress = progress.await?;
            Ok(JobProgress {
                done: progress.complete,
                succeeded: progress.succeeded,
                failed: progress.failed,
                filtered: progress.filtered_bins + progress.filtered_meta,
                percent: progress.percent,
            })
        })
    }

    /// Waits until every node is done, and asks them every `interval`.
    ///
    /// # Errors
    /// As [`progress`](Self::progress).
    pub fn wait(&self, interval: Duration) -> Pending<'_, JobProgress> {
        Box::pin(async move {
            loop {
                let progress = self.progress().await?;
                if progress.done {
                    return Ok(progress);
                }
                tokio::time::sleep(interval).await;
            }
        })
    }
}

/// The server refuses jobs that read.
fn check_writes(ops: &[RecordOp]) -> Result<(), Error> {
    match ops.iter().position(|op| RecordOp::effect(std::slice::from_ref(op)) == Effect::Reads) {
        None => Ok(()),
        Some(position) => {
            let message =
                format!("operations[{position}] reads, and a job in the background returns no values");
            Err(Error::new(ErrorKind::InvalidArgument, message))
        }
    }
}

fn filter_of(index: IndexSpec) -> Result<Filter, Error> {
    let (begin, end) = (&index.range.begin, &index.range.end);
    let text = || String::from_utf8_lossy(begin).into_owned();
    let filter = match (index.range.particle, index.name) {
        (particle_type::INT, Some(name)) => Filter::range_by_index(name, integer(begin)?, integer(end)?),
        (particle_type::INT, None) => Filter::range(index.bin, integer(begin)?, integer(end)?),
        (particle_type::GEOJSON, Some(name)) => Filter::geo_within_region_by_index(name, &text()),
        (particle_type::GEOJSON, None) => Filter::geo_within_region(index.bin, &text()),
        (particle, name) => {
            let is_text = particle == particle_type::STRING;
            let value = if is_text { Value::String(text()) } else { Value::Blob(begin.clone()) };
            match name {
                Some(name) => Filter::equal_by_index(name, value),
                None => Filter::equal(index.bin, value),
            }
        }
    };
    let filter = filter.collection_type(match index.index_type {
        IndexType::Default => CollectionIndexType::Default,
        IndexType::List => CollectionIndexType::List,
        IndexType::MapKeys => CollectionIndexType::MapKeys,
        IndexType::MapValues => CollectionIndexType::MapValues,
    });
    let filter = match index.context {
        Some(bytes) => filter.context(ctx_from_bytes(&bytes)?),
        None => filter,
    };
    Ok(match index.expression {
        Some(bytes) => filter.expression(from_packed_bytes(bytes)),
        None => filter,
    })
}

fn integer(bytes: &[u8]) -> Result<i64, Error> {
    let bytes = bytes.try_into().map_err(|_| Error::fault("an integer of an index does not have 8 bytes"))?;
    Ok(i64::from_be_bytes(bytes))
}
