use std::time::Duration;

use aerospike::ReadTouchTtl;
use aerospike::policy::BasePolicy;

use super::{filter, whole_milliseconds};
use crate::options::{BatchPolicy, ReadModeAp, ReadModeSc, Replica};
use crate::stream::StreamPolicy;
use crate::transactions::Transaction;

/// How a read behaves, of one record or of many. The meanings are those of [`BatchPolicy`].
#[derive(Debug, Clone, Default)]
pub struct ReadPolicy {
    /// Over all attempts.
    pub total_timeout: Option<Duration>,
    /// Without a byte from the server.
    pub socket_timeout: Option<Duration>,
    /// Further attempts.
    pub max_retries: Option<u32>,
    /// Before every further attempt.
    pub sleep_between_retries: Option<Duration>,
    /// See [`Replica`].
    pub replica: Option<Replica>,
    /// See [`ReadModeAp`].
    pub read_mode_ap: Option<ReadModeAp>,
    /// See [`ReadModeSc`].
    pub read_mode_sc: Option<ReadModeSc>,
    /// Rows in memory may be read by the server thread that received the request.
    pub allow_inline: Option<bool>,
    /// The same for rows on SSD.
    pub allow_inline_ssd: Option<bool>,
    /// Rows per request.
    pub max_keys_per_request: Option<usize>,
    /// Requests in flight per node.
    pub max_concurrent_requests: Option<usize>,
    /// A filter expression's bytes.
    pub filter_expression: Option<Vec<u8>>,
    /// Percent of a record's ttl within which a read renews it: 1 to 100; 0 as the server is set, -1 never.
    pub read_touch_ttl_percent: i8,
    /// The transaction that the read is a part of.
    pub transaction: Option<Transaction>,
}

impl ReadPolicy {
    /// The policy of a columnar read.
    pub fn columnar(&self) -> BatchPolicy {
        let defaults = BatchPolicy::default();
        BatchPolicy {
            total_timeout: self.total_timeout.unwrap_or(defaults.total_timeout),
            socket_timeout: self.socket_timeout.unwrap_or(defaults.socket_timeout),
            max_retries: self.max_retries.unwrap_or(defaults.max_retries),
            sleep_between_retries: self.sleep_between_retries.unwrap_or(defaults.sleep_between_retries),
            replica: self.replica.unwrap_or(defaults.replica),
            read_mode_ap: self.read_mode_ap.unwrap_or(defaults.read_mode_ap),
            read_mode_sc: self.read_mode_sc.unwrap_or(defaults.read_mode_sc),
            allow_inline: self.allow_inline.unwrap_or(defaults.allow_inline),
            allow_inline_ssd: self.allow_inline_ssd.unwrap_or(defaults.allow_inline_ssd),
            max_keys_per_request: self.max_keys_per_request.unwrap_or(defaults.max_keys_per_request),
            max_concurrent_requests: self.max_concurrent_requests.unwrap_or(defaults.max_concurrent_requests),
            filter_expression: self.filter_expression.clone(),
            read_touch_ttl_percent: self.read_touch_ttl_percent,
        }
    }

    /// The policy of a scan or query, whose defaults are those of streams.
    pub fn stream(&self) -> StreamPolicy {
        let defaults = StreamPolicy::default();
        StreamPolicy {
            total_timeout: self.total_timeout.unwrap_or(defaults.total_timeout),
            socket_timeout: self.socket_timeout.unwrap_or(defaults.socket_timeout),
            server_timeout: self.socket_timeout.unwrap_or(defaults.server_timeout),
            max_retries: self.max_retries.unwrap_or(defaults.max_retries),
            sleep_between_retries: self.sleep_between_retries.unwrap_or(defaults.sleep_between_retries),
            replica: self.replica.unwrap_or(defaults.replica),
            connections_per_node: self.max_concurrent_requests.unwrap_or(defaults.connections_per_node),
            ..defaults
        }
    }

    /// The policy of a single read through the crate.
    pub fn single(&self) -> aerospike::ReadPolicy {
        aerospike::ReadPolicy { base_policy: self.base(&self.columnar()) }
    }

    /// The policy of a batch of records through the crate.
    pub fn records(&self) -> aerospike::BatchPolicy {
        let own = self.columnar();
        aerospike::BatchPolicy {
            base_policy: self.base(&own),
            allow_inline: own.allow_inline,
            allow_inline_ssd: own.allow_inline_ssd,
            ..aerospike::BatchPolicy::default()
        }
    }

    /// What the crate's reads have in common.
    fn base(&self, own: &BatchPolicy) -> BasePolicy {
        BasePolicy {
            read_touch_ttl: match u8::try_from(self.read_touch_ttl_percent) {
                Ok(0) => ReadTouchTtl::ServerDefault,
                Ok(percent) => ReadTouchTtl::Percent(percent),
                Err(_) => ReadTouchTtl::DontReset,
            },
            txn: self.transaction.as_ref().map(Transaction::txn),
            total_timeout: whole_milliseconds(own.total_timeout),
            socket_timeout: whole_milliseconds(own.socket_timeout),
            max_retries: own.max_retries as usize,
            sleep_between_retries: whole_milliseconds(own.sleep_between_retries),
            replica: own.replica.into(),
            read_mode_ap: own.read_mode_ap.into(),
            read_mode_sc: own.read_mode_sc.into(),
            filter_expression: filter(own.filter_expression.as_ref()),
            ..BasePolicy::default()
        }
    }
}

impl From<Replica> for aerospike::policy::Replica {
    fn from(own: Replica) -> Self {
        match own {
            Replica::Sequence => Self::Sequence,
            Replica::Master => Self::Master,
            Replica::Random => Self::Random,
            Replica::PreferRack => Self::PreferRack,
        }
    }
}

impl From<ReadModeAp> for aerospike::ReadModeAp {
    fn from(own: ReadModeAp) -> Self {
        match own {
            ReadModeAp::One => Self::One,
            ReadModeAp::All => Self::All,
        }
    }
}

impl From<ReadModeSc> for aerospike::ReadModeSc {
    fn from(own: ReadModeSc) -> Self {
        match own {
            ReadModeSc::Session => Self::Session,
            ReadModeSc::Linearize => Self::Linearize,
            ReadModeSc::AllowReplica => Self::AllowReplica,
            ReadModeSc::AllowUnavailable => Self::AllowUnavailable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_the_default_of_a_batch() {
        let (given, defaults) = (ReadPolicy::default().columnar(), BatchPolicy::default());
        assert_eq!(format!("{given:?}"), format!("{defaults:?}"));
        let records = ReadPolicy::default().records();
        assert_eq!((records.allow_inline, records.allow_inline_ssd), (true, false));
    }

    #[test]
    fn streams_have_defaults_of_their_own_and_wait_at_the_server_as_long_as_here() {
        let defaults = StreamPolicy::default();
        assert_eq!(format!("{:?}", ReadPolicy::default().stream()), format!("{defaults:?}"));
        let given =
            ReadPolicy { socket_timeout: Some(Duration::from_secs(7)), ..ReadPolicy::default() }.stream();
        assert_eq!(
            (given.socket_timeout, given.server_timeout),
            (Duration::from_secs(7), Duration::from_secs(7))
        );
        assert_eq!(given.max_retries, defaults.max_retries);
    }

    #[test]
    fn single_reads_have_the_same_times_and_retries_as_batches() {
        let policy = ReadPolicy {
            total_timeout: Some(Duration::from_millis(7)),
            max_retries: Some(9),
            replica: Some(Replica::PreferRack),
            read_mode_sc: Some(ReadModeSc::AllowReplica),
            filter_expression: Some(vec![0xc3]),
            ..ReadPolicy::default()
        };
        let base = policy.single().base_policy;
        assert_eq!((base.total_timeout, base.socket_timeout, base.max_retries), (7, 5_000, 9));
        assert_eq!(base.replica, aerospike::policy::Replica::PreferRack);
        assert_eq!(base.read_mode_sc, aerospike::ReadModeSc::AllowReplica);
        assert!(base.filter_expression.is_some());
        assert_eq!(policy.columnar().total_timeout, Duration::from_millis(7));
    }
}
