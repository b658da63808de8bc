//! Policies as JavaScript gives them. What is left out, and what follows from what is given, is the core's business.

use std::time::Duration;

use aerostride_core::{
    CommitLevel, Exists, GenerationPolicy, ReadModeAp, ReadModeSc, ReadPolicy, Replica, WritePolicy,
};
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;

use crate::transactions::GivenTransaction;
use crate::value::Integers;
use crate::words::words;

words!(
    /// Which copy of a record is asked.
    "camelCase" NativeReplica => Replica { Sequence, Master, Random, PreferRack }
);
words!(
    /// How many copies an availability-mode namespace consults.
    "camelCase" NativeReadModeAp => ReadModeAp { One, All }
);
words!(
    /// How strict a strong-consistency namespace reads.
    "camelCase" NativeReadModeSc => ReadModeSc { Session, Linearize, AllowReplica, AllowUnavailable }
);
words!(
    /// Whether the generation decides about a write.
    "camelCase" NativeGenerationPolicy => GenerationPolicy { None, Eq, Gt }
);
words!(
    /// What happens to a record that exists, or does not.
    "camelCase" NativeExists => Exists { Update, UpdateOnly, Replace, ReplaceOnly, Create }
);
words!(
    /// When the server answers a write.
    "camelCase" NativeCommitLevel => CommitLevel { All, Master }
);

/// The policy of reads, of one record or of many.
#[napi(object, object_to_js = false)]
#[derive(Default)]
pub struct NativeReadPolicy {
    /// In ms.
    pub total_timeout: Option<u32>,
    /// In ms.
    pub socket_timeout: Option<u32>,
    /// Further attempts.
    pub max_retries: Option<u32>,
    /// In ms.
    pub sleep_between_retries: Option<u32>,
    /// See [`NativeReplica`].
    pub replica: Option<NativeReplica>,
    /// See [`NativeReadModeAp`].
    pub read_mode_ap: Option<NativeReadModeAp>,
    /// See [`NativeReadModeSc`].
    pub read_mode_sc: Option<NativeReadModeSc>,
    /// Process rows in the receiving thread.
    pub allow_inline: Option<bool>,
    /// The same for rows on SSD.
    #[napi(js_name = "allowInlineSSD")]
    pub allow_inline_ssd: Option<bool>,
    /// Rows per request.
    pub max_keys_per_request: Option<u32>,
    /// Requests in flight per node.
    pub max_concurrent_requests: Option<u32>,
    /// A filter expression's bytes.
    pub filter_expression: Option<Uint8Array>,
    /// All integers of records as bigints.
    pub bigints: Option<bool>,
    /// 1 to 100; 0 as the server is set, -1 never.
    pub read_touch_ttl_percent: Option<i32>,
    /// The transaction that the read is a part of.
    #[napi(ts_type = "NativeTransaction")]
    pub transaction: Option<GivenTransaction>,
}

impl NativeReadPolicy {
    /// Which integers of records become bigints.
    pub fn integers(&self) -> Integers {
        Integers::of(self.bigints)
    }
}

impl From<NativeReadPolicy> for ReadPolicy {
    fn from(given: NativeReadPolicy) -> Self {
        Self {
            total_timeout: given.total_timeout.map(milliseconds),
            socket_timeout: given.socket_timeout.map(milliseconds),
            max_retries: given.max_retries,
            sleep_between_retries: given.sleep_between_retries.map(milliseconds),
            replica: given.replica.map(Replica::from),
            read_mode_ap: given.read_mode_ap.map(ReadModeAp::from),
            read_mode_sc: given.read_mode_sc.map(ReadModeSc::from),
            allow_inline: given.allow_inline,
            allow_inline_ssd: given.allow_inline_ssd,
            max_keys_per_request: given.max_keys_per_request.map(|most| most as usize),
            max_concurrent_requests: given.max_concurrent_requests.map(|most| most as usize),
            filter_expression: given.filter_expression.map(|bytes| bytes.to_vec()),
            read_touch_ttl_percent: given
                .read_touch_ttl_percent
                .and_then(|percent| percent.try_into().ok())
                .unwrap_or(0),
            transaction: given.transaction.map(|given| given.0),
        }
    }
}

/// The policy of writes, of one record or of many.
#[napi(object, object_to_js = false)]
#[derive(Default)]
pub struct NativeWritePolicy {
    /// In ms.
    pub total_timeout: Option<u32>,
    /// In ms.
    pub socket_timeout: Option<u32>,
    /// Further attempts.
    pub max_retries: Option<u32>,
    /// Seconds; -1 never, -2 keep, 0 the namespace's default.
    pub ttl: Option<i64>,
    /// For `generationPolicy`.
    pub generation: Option<u32>,
    /// See [`NativeGenerationPolicy`].
    pub generation_policy: Option<NativeGenerationPolicy>,
    /// See [`NativeExists`].
    pub exists: Option<NativeExists>,
    /// Store the user key with the record.
    pub send_key: Option<bool>,
    /// Leave a tombstone.
    pub durable_delete: Option<bool>,
    /// See [`NativeCommitLevel`].
    pub commit_level: Option<NativeCommitLevel>,
    /// A filter expression's bytes.
    pub filter_expression: Option<Uint8Array>,
    /// All integers that operations read as bigints.
    pub bigints: Option<bool>,
    /// The transaction that the write is a part of.
    #[napi(ts_type = "NativeTransaction")]
    pub transaction: Option<GivenTransaction>,
}

impl NativeWritePolicy {
    /// Which integers of records become bigints.
    pub fn integers(&self) -> Integers {
        Integers::of(self.bigints)
    }
}

impl From<NativeWritePolicy> for WritePolicy {
    fn from(given: NativeWritePolicy) -> Self {
        Self {
            total_timeout: given.total_timeout.map(milliseconds),
            socket_timeout: given.socket_timeout.map(milliseconds),
            max_retries: given.max_retries,
            ttl: given.ttl.unwrap_or_default(),
            generation: given.generation.unwrap_or_default(),
            generation_policy: given.generation_policy.map(GenerationPolicy::from).unwrap_or_default(),
            exists: given.exists.map(Exists::from).unwrap_or_default(),
            send_key: given.send_key.unwrap_or_default(),
            durable_delete: given.durable_delete.unwrap_or_default(),
            commit_level: given.commit_level.map(CommitLevel::from).unwrap_or_default(),
            filter_expression: given.filter_expression.map(|bytes| bytes.to_vec()),
            transaction: given.transaction.map(|given| given.0),
        }
    }
}

/// A time as JavaScript gives it.
pub const fn milliseconds(ms: u32) -> Duration {
    Duration::from_millis(ms as u64)
}
