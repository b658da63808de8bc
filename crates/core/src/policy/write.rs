use std::time::Duration;

use aerospike::policy::BasePolicy;
use aerospike::{Expiration, RecordExistsAction};
use aerostride_wire::{WriteAttributes, info2, info3};

use super::{filter, whole_milliseconds};
use crate::options::BatchPolicy;
use crate::transactions::Transaction;
use crate::{Error, ErrorKind};

/// Whether the generation decides about a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GenerationPolicy {
    /// No.
    #[default]
    None,
    /// Written only if it is equal.
    Eq,
    /// Written only if the given one is greater.
    Gt,
}

/// What happens to a record that exists, or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Exists {
    /// Bins are added or changed; a record that does not exist is created.
    #[default]
    Update,
    /// As above, but only where there is a record.
    UpdateOnly,
    /// The other bins go.
    Replace,
    /// As above, but only where there is a record.
    ReplaceOnly,
    /// Only where there is no record.
    Create,
}

/// When the server answers a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CommitLevel {
    /// When all replicas have it.
    #[default]
    All,
    /// When the master has it.
    Master,
}

/// How a write behaves, of one record or of many.
#[derive(Debug, Clone, Default)]
pub struct WritePolicy {
    /// Over all attempts.
    pub total_timeout: Option<Duration>,
    /// Without a byte from the server.
    pub socket_timeout: Option<Duration>,
    /// Further attempts.
    pub max_retries: Option<u32>,
    /// Seconds from 1; 0 the namespace's default, -1 never, -2 keep it.
    pub ttl: i64,
    /// For [`GenerationPolicy`].
    pub generation: u32,
    /// See [`GenerationPolicy`].
    pub generation_policy: GenerationPolicy,
    /// See [`Exists`].
    pub exists: Exists,
    /// Store the user key with the record.
    pub send_key: bool,
    /// Leave a tombstone.
    pub durable_delete: bool,
    /// See [`CommitLevel`].
    pub commit_level: CommitLevel,
    /// A filter expression's bytes.
    pub filter_expression: Option<Vec<u8>>,
    /// The transaction that the write is a part of.
    pub transaction: Option<Transaction>,
}

impl WritePolicy {
    /// The policy of a single write through the crate, with the crate's own times and retries where none are given.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] for a ttl that is none.
    pub fn single(&self) -> Result<aerospike::WritePolicy, Error> {
        let defaults = aerospike::WritePolicy::default();
        let base = defaults.base_policy;
        Ok(aerospike::WritePolicy {
            base_policy: BasePolicy {
                total_timeout: self.total_timeout.map_or(base.total_timeout, whole_milliseconds),
                socket_timeout: self.socket_timeout.map_or(base.socket_timeout, whole_milliseconds),
                max_retries: self.max_retries.map_or(base.max_retries, |most| most as usize),
                filter_expression: filter(self.filter_expression.as_ref()),
                txn: self.transaction.as_ref().map(Transaction::txn),
                ..base
            },
            expiration: expiration(self.ttl)?,
            generation: self.generation,
            generation_policy: self.generation_policy.into(),
            record_exists_action: self.exists.into(),
            commit_level: self.commit_level.into(),
            send_key: self.send_key,
            durable_delete: self.durable_delete,
            ..defaults
        })
    }

    /// Times and retries of a write of many records. It is not tried again unless asked for.
    pub fn columnar(&self) -> BatchPolicy {
        let defaults = BatchPolicy::default();
        BatchPolicy {
            total_timeout: self.total_timeout.unwrap_or(defaults.total_timeout),
            socket_timeout: self.socket_timeout.unwrap_or(defaults.socket_timeout),
            max_retries: self.max_retries.unwrap_or(0),
            filter_expression: self.filter_expression.clone(),
            ..defaults
        }
    }

    /// The bits and ttl of every row of a columnar write.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] with a [`GenerationPolicy`], or a ttl that is none.
    pub fn attributes(&self) -> Result<WriteAttributes, Error> {
        self.refuse_generations()?;
        expiration(self.ttl)?;
        let (mut info2, mut info3) = match self.exists {
            Exists::Update => (0, 0),
            Exists::UpdateOnly => (0, info3::UPDATE_ONLY),
            Exists::Replace => (0, info3::CREATE_OR_REPLACE),
            Exists::ReplaceOnly => (0, info3::REPLACE_ONLY),
            Exists::Create => (info2::CREATE_ONLY, 0),
        };
        if self.durable_delete {
            info2 |= info2::DURABLE_DELETE;
        }
        if self.commit_level == CommitLevel::Master {
            info3 |= info3::COMMIT_LEVEL_MASTER;
        }
        // The protocol's own numbers: 0 the namespace's default, -1 never, -2 keep.
        Ok(WriteAttributes { info2, info3, ttl: self.ttl as u32 })
    }

    /// The policies of a batch of records and of each of its rows. Times and retries are those of a columnar write: the
    /// crate's own are for single records.
    ///
    /// # Errors
    /// As [`attributes`](Self::attributes).
    pub fn rows(&self) -> Result<(aerospike::BatchPolicy, aerospike::BatchWritePolicy), Error> {
        self.refuse_generations()?;
        self.each_row()
    }

    /// The same for rows that may have generations of their own.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] for a ttl that is none.
    pub(crate) fn each_row(&self) -> Result<(aerospike::BatchPolicy, aerospike::BatchWritePolicy), Error> {
        let (times, single) = (self.columnar(), self.single()?);
        let base_policy = BasePolicy {
            total_timeout: whole_milliseconds(times.total_timeout),
            socket_timeout: whole_milliseconds(times.socket_timeout),
            ..single.base_policy
        };
        let row = aerospike::BatchWritePolicy {
            record_exists_action: single.record_exists_action,
            generation_policy: single.generation_policy,
            generation: single.generation,
            commit_level: single.commit_level,
            expiration: single.expiration,
            send_key: single.send_key,
            durable_delete: single.durable_delete,
            ..aerospike::BatchWritePolicy::default()
        };
        Ok((aerospike::BatchPolicy { base_policy, ..aerospike::BatchPolicy::default() }, row))
    }

    fn refuse_generations(&self) -> Result<(), Error> {
        if self.generation_policy == GenerationPolicy::None {
            return Ok(());
        }
        let message = "policy.generationPolicy does not fit a batch write, whose rows have no generations of their own; write such records with put";
        Err(Error::new(ErrorKind::InvalidArgument, message))
    }
}

pub(crate) fn expiration(ttl: i64) -> Result<Expiration, Error> {
    Ok(match ttl {
        0 => Expiration::NamespaceDefault,
        -1 => Expiration::Never,
        -2 => Expiration::DontUpdate,
        seconds => Expiration::Seconds(u32::try_from(seconds).map_err(|_| {
            let message = format!(
                "policy.ttl is {seconds}; use seconds from 1, 0 for the namespace's default, -1 for never, -2 to keep it"
            );
            Error::new(ErrorKind::InvalidArgument, message)
        })?),
    })
}

impl From<GenerationPolicy> for aerospike::GenerationPolicy {
    fn from(own: GenerationPolicy) -> Self {
        match own {
            GenerationPolicy::None => Self::None,
            GenerationPolicy::Eq => Self::ExpectGenEqual,
            GenerationPolicy::Gt => Self::ExpectGenGreater,
        }
    }
}

impl From<Exists> for RecordExistsAction {
    fn from(own: Exists) -> Self {
        match own {
            Exists::Update => Self::Update,
            Exists::UpdateOnly => Self::UpdateOnly,
            Exists::Replace => Self::Replace,
            Exists::ReplaceOnly => Self::ReplaceOnly,
            Exists::Create => Self::CreateOnly,
        }
    }
}

impl From<CommitLevel> for aerospike::CommitLevel {
    fn from(own: CommitLevel) -> Self {
        match own {
            CommitLevel::All => Self::CommitAll,
            CommitLevel::Master => Self::CommitMaster,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_and_ttl_of_rows() {
        let policy = WritePolicy {
            exists: Exists::Create,
            durable_delete: true,
            commit_level: CommitLevel::Master,
            ttl: -2,
            ..WritePolicy::default()
        };
        let attributes = policy.attributes().unwrap();
        assert_eq!(attributes.info2, info2::CREATE_ONLY | info2::DURABLE_DELETE);
        assert_eq!((attributes.info3, attributes.ttl), (info3::COMMIT_LEVEL_MASTER, 0xffff_fffe));
        let replaced = WritePolicy { exists: Exists::ReplaceOnly, ..WritePolicy::default() };
        assert_eq!(replaced.attributes().unwrap().info3, info3::REPLACE_ONLY);
    }

    #[test]
    fn writes_of_many_records_are_not_repeated_unless_asked_for_and_have_the_times_of_batches() {
        let (rows, _) = WritePolicy::default().rows().unwrap();
        let batch = BatchPolicy::default();
        assert_eq!(u128::from(rows.base_policy.total_timeout), batch.total_timeout.as_millis());
        assert_eq!(WritePolicy::default().columnar().max_retries, 0);
        let asked = WritePolicy { max_retries: Some(3), ..WritePolicy::default() };
        assert_eq!(asked.columnar().max_retries, 3);
        assert_eq!(asked.rows().unwrap().0.base_policy.max_retries, 3);
    }

    #[test]
    fn generations_belong_to_single_records() {
        let policy =
            WritePolicy { generation: 4, generation_policy: GenerationPolicy::Gt, ..WritePolicy::default() };
        assert_eq!(policy.attributes().unwrap_err().kind, ErrorKind::InvalidArgument);
        assert!(policy.rows().unwrap_err().message.contains("put"));
        let single = policy.single().unwrap();
        assert_eq!(
            (single.generation, single.generation_policy),
            (4, aerospike::GenerationPolicy::ExpectGenGreater)
        );
    }

    #[test]
    fn a_ttl_that_is_none() {
        for ttl in [-3, i64::from(u32::MAX) + 1] {
            let policy = WritePolicy { ttl, ..WritePolicy::default() };
            assert!(policy.single().unwrap_err().message.contains(&format!("policy.ttl is {ttl}")));
            assert!(policy.attributes().is_err());
        }
        let keep = WritePolicy { ttl: -2, ..WritePolicy::default() };
        assert_eq!(keep.single().unwrap().expiration, Expiration::DontUpdate);
    }
}
