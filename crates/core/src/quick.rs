//! One record over a data connection that is at hand: no task, no other thread, and values that are decoded without a deep
//! stack, so the thread of the caller may do all of it. Whatever goes another way than usual is left to the `aerospike` crate.

use std::time::{Duration, Instant};

use aerospike::policy::{ReadTouchTtl, Replica};
use aerospike::{ReadModeAp, ReadModeSc, ReadPolicy};
use aerostride_wire::partition_of;

use crate::client::Pending;
use crate::ended::Ended;
use crate::keys::PackedKeys;
use crate::record_batches::RecordOutcome;
use crate::records::{Record, check_selection, selection};
use crate::reread::exchange;
use crate::under_way::Effect;
use crate::{Client, codes};

/// What became of a quick read.
#[derive(Debug)]
pub enum Quick {
    /// It is done: the record, if there is one.
    Done(Option<Record>),
    /// It is left to [`Client::get`], with the time that is left.
    Left(ReadPolicy),
}

impl Client {
    /// The record of `keys`' only key, if its node answers at once and as usual.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for a wrong name, and
    /// [`ErrorKind::Closed`](crate::ErrorKind::Closed).
    pub fn get_quickly<'a>(
        &'a self,
        keys: &'a PackedKeys,
        bins: Option<&'a [String]>,
        policy: ReadPolicy,
    ) -> Pending<'a, Quick> {
        Box::pin(async move {
            check_selection(bins)?;
            let begun = Instant::now();
            let Some(limit) = limit(&policy) else { return Ok(Quick::Left(policy)) };
            let reading = async { Ok(tokio::time::timeout(limit, self.read_idle(keys, bins, limit)).await) };
            match self.unless_closed(Effect::Reads, reading).await? {
                Ok(Some(RecordOutcome { result_code: codes::OK, record: Some(record) })) => {
                    Ok(Quick::Done(Some(record)))
                }
                Ok(Some(RecordOutcome { result_code: codes::NOT_FOUND, .. })) => Ok(Quick::Done(None)),
                _ => Ok(Quick::Left(without(policy, begun.elapsed()))),
            }
        })
    }

    async fn read_idle(
        &self,
        keys: &PackedKeys,
        bins: Option<&[String]>,
        limit: Duration,
    ) -> Option<RecordOutcome> {
        let mut digests = Vec::with_capacity(1);
        keys.digests(0..1, &mut digests);
        let digest = digests.pop()?;
        let map = self.engine().cluster.map();
        let namespace = map.namespace(&keys.key(0).0.namespace)?;
        let master = namespace.owners(partition_of(&digest), 0).next()?;
        let node = map.nodes().get(master).filter(|node| node.is_preferred())?;
        let mut lease = node.lease_idle()?;
        let bins = selection(bins.map(<[String]>::to_vec));
        let read = exchange(&mut lease.connection, keys, &[(0, digest)], &bins, limit).await;
        match read {
            Ok(mut read) => {
                node.judge(&Ended::Answered, limit);
                lease.give_back();
                read.pop().map(|(_, outcome)| outcome)
            }
            Err(error) => {
                node.judge(&error.into(), limit);
                None
            }
        }
    }
}

/// How long a quick read may take; `None` where the policy asks for more than the master's record, or for one attempt only.
fn limit(policy: &ReadPolicy) -> Option<Duration> {
    let base = &policy.base_policy;
    let usual = base.filter_expression.is_none()
        && base.txn.is_none()
        && matches!(base.replica, Replica::Sequence | Replica::Master)
        && base.read_mode_ap == ReadModeAp::One
        && base.read_mode_sc == ReadModeSc::Session
        && matches!(base.read_touch_ttl, ReadTouchTtl::ServerDefault)
        && base.max_retries > 0;
    let part = |whole: u32| if whole == 0 { u32::MAX } else { whole };
    let attempts = u32::try_from(base.max_retries).unwrap_or(u32::MAX).saturating_add(1);
    let limit = (part(base.total_timeout) / attempts).min(part(base.socket_timeout));
    (usual && limit > 0).then(|| Duration::from_millis(limit.into()))
}

/// The policy for what is left to do.
fn without(mut policy: ReadPolicy, elapsed: Duration) -> ReadPolicy {
    let base = &mut policy.base_policy;
    if base.total_timeout > 0 {
        let elapsed = u32::try_from(elapsed.as_millis()).unwrap_or(u32::MAX);
        base.total_timeout = base.total_timeout.saturating_sub(elapsed).max(1);
    }
    policy
}
