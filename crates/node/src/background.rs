//! Jobs that the nodes do by themselves.

use std::time::Duration;

use aerostride_core::{BackgroundJob, BackgroundScope, BackgroundWork, JobProgress};
use napi::bindgen_prelude::BigInt;
use napi_derive::napi;

use crate::call::NativeCall;
use crate::error::{Checked, invalid};
use crate::records::{NativeOperation, ops_of};
use crate::stream::NativeIndexQuery;
use crate::udfs::NativeUdf;

/// What is done with which records: operations or a function.
#[napi(object, object_to_js = false)]
pub struct NativeJobOptions<'env> {
    /// Namespace.
    pub namespace: String,
    /// Set; empty for the whole namespace.
    pub set: String,
    /// Absent for all records.
    pub index: Option<NativeIndexQuery>,
    /// Operations that write.
    pub operations: Option<Vec<NativeOperation<'env>>>,
    /// A function.
    pub udf: Option<NativeUdf<'env>>,
}

impl NativeJobOptions<'_> {
    /// The core's own.
    pub fn convert(self) -> Checked<(BackgroundScope, BackgroundWork)> {
        let work = match (self.operations, self.udf) {
            (Some(operations), None) => BackgroundWork::Operate(ops_of(operations)?),
            (None, Some(udf)) => BackgroundWork::Apply(udf.convert()?),
            _ => return Err(invalid("a job has either operations or a function")),
        };
        let scope = BackgroundScope {
            namespace: self.namespace,
            set: self.set,
            index: self.index.map(aerostride_core::IndexSpec::from),
        };
        Ok((scope, work))
    }
}

/// How far a job is.
#[napi(object, object_from_js = false)]
#[allow(missing_docs, reason = "the fields are those of the core's JobProgress")]
pub struct NativeJobProgress {
    pub done: bool,
    pub succeeded: f64,
    pub failed: f64,
    pub filtered: f64,
    pub percent: f64,
}

impl From<JobProgress> for NativeJobProgress {
    fn from(progress: JobProgress) -> Self {
        Self {
            done: progress.done,
            succeeded: progress.succeeded as f64,
            failed: progress.failed as f64,
            filtered: progress.filtered as f64,
            percent: progress.percent,
        }
    }
}

/// A job that the nodes do by themselves.
#[napi]
pub struct NativeJob {
    job: BackgroundJob,
}

impl From<BackgroundJob> for NativeJob {
    fn from(job: BackgroundJob) -> Self {
        Self { job }
    }
}

#[napi]
impl NativeJob {
    /// Its number.
    #[napi(getter, catch_unwind)]
    pub fn id(&self) -> BigInt {
        BigInt::from(self.job.id())
    }

    /// How far it is.
    #[napi(ts_return_type = "NativeCallOf<NativeJobProgress>", catch_unwind)]
    pub fn progress(&self) -> NativeCall {
        let job = self.job.clone();
        NativeCall::new(async move { job.progress().await }, |_, progress| {
            Ok(NativeJobProgress::from(progress))
        })
    }

    /// Waits until it is done, and asks every so many ms.
    #[napi(ts_return_type = "NativeCallOf<NativeJobProgress>", catch_unwind)]
    pub fn finished(&self, interval: u32) -> NativeCall {
        let job = self.job.clone();
        let waited = async move { job.wait(Duration::from_millis(interval.into())).await };
        NativeCall::new(waited, |_, progress| Ok(NativeJobProgress::from(progress)))
    }
}
