//! Single records, by the `aerospike` crate.

use std::ops::RangeInclusive;

use aerospike::{Bin, Bins, Key, ReadPolicy, Value, WritePolicy};
use aerostride_columns::TTL_NEVER;
use aerostride_wire::KeyType;

use crate::client::Pending;
use crate::keys::{PackedKeys, PackedType};
use crate::limits::check_bins;
use crate::nesting::{MAX_DEPTH, is_too_deep};
use crate::operations::{RecordOp, bins_read, operations_of};
use crate::record_batches::RecordOutcome;
use crate::under_way::Effect;
use crate::{Client, Error, ErrorKind, codes};

/// A record as the crate gives it.
#[derive(Debug, Clone)]
pub struct Record {
    /// Bins in the server's order.
    pub bins: Vec<(String, Value)>,
    /// Generation.
    pub generation: u32,
    /// Seconds left, [`TTL_NEVER`] when it never expires.
    pub ttl: u32,
}

/// A record as operations left and read it.
#[derive(Debug, Clone)]
pub struct Operated {
    /// The record. Its bins are empty where there are answers.
    pub record: Record,
    /// What each operation answered, where the server answered each of them.
    pub answers: Option<Vec<Value>>,
}

impl TryFrom<aerospike::Record> for Record {
    type Error = Error;

    /// A value that is nested too deep counts as one that could not be decoded: read again, it is bytes.
    fn try_from(record: aerospike::Record) -> Result<Self, Error> {
        if let Some(message) = too_deep(&record) {
            return Err(Error::new(ErrorKind::Protocol, message));
        }
        let ttl = record
            .time_to_live()
            .map_or(TTL_NEVER, |left| u32::try_from(left.as_secs()).unwrap_or(TTL_NEVER));
        Ok(Self { generation: record.generation, ttl, bins: record.bins.into_iter().collect() })
    }
}

/// Why a record cannot be given: the value of a bin is nested too deep.
pub(crate) fn too_deep(record: &aerospike::Record) -> Option<String> {
    let (name, _) = record.bins.iter().find(|(_, value)| is_too_deep(value))?;
    Some(format!("the value of the bin {name:?} is nested deeper than {MAX_DEPTH} levels"))
}

impl Operated {
    /// The answers replace the bins where there are as many as were asked for: servers do not answer a touch.
    fn of(mut record: aerospike::Record, asked: Option<RangeInclusive<usize>>) -> Result<Self, Error> {
        let fits = |answers: &Vec<Value>| asked.is_some_and(|asked| asked.contains(&answers.len()));
        let answers = record.results.take().filter(fits);
        let mut record = Record::try_from(record)?;
        if answers.is_some() {
            record.bins.clear();
        }
        Ok(Self { record, answers })
    }
}

/// The crate's key of the only row. It is the digest; a user key is taken out of the packed ones only where the server is
/// to store it.
fn crate_key(keys: &PackedKeys, send_key: bool) -> Result<Key, Error> {
    crate_keys(keys, send_key).next().unwrap_or_else(|| Err(Error::fault("a call without a key")))
}

/// The crate's keys of all rows.
pub(crate) fn crate_keys(
    keys: &PackedKeys,
    send_key: bool,
) -> impl Iterator<Item = Result<Key, Error>> + use<'_> {
    let mut digests = Vec::with_capacity(keys.len());
    keys.digests(0..keys.len(), &mut digests);
    digests.into_iter().enumerate().map(move |(row, digest)| {
        let (group, kind, bytes) = keys.key(row);
        let stored = match kind {
            PackedType::User(kind) if send_key => Some(user_key(kind, bytes)?),
            PackedType::User(_) | PackedType::Digest => None,
        };
        Ok(Key::with_digest(group.namespace.as_str(), group.set.as_str(), stored, digest))
    })
}

fn user_key(kind: KeyType, bytes: &[u8]) -> Result<Value, Error> {
    Ok(match kind {
        KeyType::Int => {
            let bytes = bytes.try_into().map_err(|_| Error::fault("an int key does not have 8 bytes"))?;
            Value::Int(i64::from_be_bytes(bytes))
        }
        KeyType::String => {
            let text = String::from_utf8(bytes.to_vec());
            Value::String(text.map_err(|_| Error::new(ErrorKind::InvalidArgument, "a key is not UTF-8"))?)
        }
        KeyType::Blob => Value::Blob(bytes.to_vec()),
    })
}

/// Checks the bins that a read names.
pub(crate) fn check_selection(bins: Option<&[String]>) -> Result<(), Error> {
    bins.map_or(Ok(()), |names| check_bins(|| "bins".to_owned(), names.iter().map(String::as_str)))
}

pub(crate) fn selection(bins: Option<Vec<String>>) -> Bins {
    match bins {
        None => Bins::All,
        Some(names) if names.is_empty() => Bins::None,
        Some(names) => Bins::Some(names),
    }
}

impl Client {
    /// The crate's key of the only row, in a namespace that the cluster has.
    pub(crate) fn known_key(&self, keys: &PackedKeys, send_key: bool) -> Result<Key, Error> {
        let key = crate_key(keys, send_key)?;
        self.check_namespace(key.namespace())?;
        Ok(key)
    }

    /// Writes bins of the record of `keys`' only key.
    ///
    /// # Errors
    /// The crate's, as [`Error`].
    pub fn put<'a>(
        &'a self,
        keys: &'a PackedKeys,
        bins: Vec<Bin>,
        policy: &'a WritePolicy,
    ) -> Pending<'a, ()> {
        Box::pin(async move {
            check_bins(|| "bins".to_owned(), bins.iter().map(|bin| bin.name.as_str()))?;
            let key = self.known_key(keys, policy.send_key)?;
            self.unless_closed(Effect::Writes, async { Ok(self.control().put(policy, &key, &bins).await?) })
                .await
        })
    }

    /// The record of `keys`' only key, or `None` when there is none. No `bins` are all bins.
    ///
    /// # Errors
    /// The crate's, as [`Error`].
    pub fn get<'a>(
        &'a self,
        keys: &'a PackedKeys,
        bins: Option<Vec<String>>,
        policy: &'a ReadPolicy,
    ) -> Pending<'a, Option<Record>> {
        Box::pin(async move {
            check_selection(bins.as_deref())?;
            let key = self.known_key(keys, false)?;
            self.check_racks(policy.base_policy.replica == aerospike::policy::Replica::PreferRack)?;
            let bins = selection(bins);
            let got = self.unless_closed(Effect::Reads, async {
                match self.control().get(policy, &key, bins.clone()).await {
                    Ok(record) => Record::try_from(record).map(Some),
                    Err(error) if error.result_code() == codes::NOT_FOUND => Ok(None),
                    Err(error) => Err(error.into()),
                }
            });
            match got.await {
                Err(error) if policy.base_policy.filter_expression.is_none() => {
                    self.unless_undecoded(error, keys, &bins).await
                }
                got => got,
            }
        })
    }

    /// Whether the record exists.
    ///
    /// # Errors
    /// The crate's, as [`Error`].
    pub fn exists<'a>(&'a self, keys: &'a PackedKeys, policy: &'a ReadPolicy) -> Pending<'a, bool> {
        Box::pin(async move {
            let key = self.known_key(keys, false)?;
            self.check_racks(policy.base_policy.replica == aerospike::policy::Replica::PreferRack)?;
            self.unless_closed(Effect::Reads, async { Ok(self.control().exists(policy, &key).await?) }).await
        })
    }

    /// Renews the record's ttl; the code is 2 when there is none.
    ///
    /// # Errors
    /// The crate's, as [`Error`].
    pub fn touch<'a>(&'a self, keys: &'a PackedKeys, policy: &'a WritePolicy) -> Pending<'a, ()> {
        Box::pin(async move {
            let key = self.known_key(keys, policy.send_key)?;
            self.unless_closed(Effect::Writes, async { Ok(self.control().touch(policy, &key).await?) }).await
        })
    }

    /// Deletes the record; whether there was one.
    ///
    /// # Errors
    /// The crate's, as [`Error`].
    pub fn remove<'a>(&'a self, keys: &'a PackedKeys, policy: &'a WritePolicy) -> Pending<'a, bool> {
        Box::pin(async move {
            let key = self.known_key(keys, policy.send_key)?;
            self.unless_closed(Effect::Writes, async { Ok(self.control().delete(policy, &key).await?) }).await
        })
    }

    /// Runs operations on one record, atomically, and gives what they read. With `each` the server answers every operation.
    ///
    /// # Errors
    /// The crate's, as [`Error`].
    pub fn operate<'a>(
        &'a self,
        keys: &'a PackedKeys,
        ops: Vec<RecordOp>,
        each: bool,
        policy: &'a WritePolicy,
    ) -> Pending<'a, Operated> {
        Box::pin(async move {
            let key = self.known_key(keys, policy.send_key)?;
            let effect = RecordOp::effect(&ops);
            let (read, is_filtered) = (bins_read(&ops), policy.base_policy.filter_expression.is_some());
            let mut policy = policy.clone();
            policy.respond_per_each_op = RecordOp::give_answers(&ops, each);
            let touches = ops.iter().filter(|op| matches!(op, RecordOp::Touch)).count();
            let ops = operations_of(ops)?;
            let answers = policy.respond_per_each_op.then_some((ops.len() - touches)..=ops.len());
            let done = self.unless_closed(effect, async {
                let operated = self.control().operate(&policy, &key, &ops).await?;
                // What was written is written, whatever cannot be read of the answer.
                Operated::of(operated, answers).map_err(|error| error.in_doubt_if(effect == Effect::Writes))
            });
            match (done.await, read) {
                (Err(error), Some(bins)) if !is_filtered && !each => {
                    let gone = || Error::new(ErrorKind::Server, codes::describe(codes::NOT_FOUND));
                    let record = self.unless_undecoded(error, keys, &bins).await?;
                    let record = record.ok_or_else(|| gone().with_code(codes::NOT_FOUND))?;
                    Ok(Operated { record, answers: None })
                }
                (done, _) => done,
            }
        })
    }

    /// The record, read once more, where the error is that it could not be decoded.
    async fn unless_undecoded(
        &self,
        error: Error,
        keys: &PackedKeys,
        bins: &Bins,
    ) -> Result<Option<Record>, Error> {
        if error.kind != ErrorKind::Protocol {
            return Err(error);
        }
        match self.reread_one(keys, bins).await {
            Some(RecordOutcome { result_code: codes::OK, record }) => Ok(record),
            Some(RecordOutcome { result_code: codes::NOT_FOUND, .. }) => Ok(None),
            _ => Err(error),
        }
    }
}
