//! Single records, by the `aerospike` crate.

use aerospike::expressions::from_packed_bytes;
use aerospike::operations::{self, Operation, exp};
use aerospike::{Bin, Bins, Key, ReadPolicy, Value, WritePolicy};
use aerostride_columns::TTL_NEVER;
use aerostride_wire::KeyType;

use crate::client::Pending;
use crate::keys::{PackedKeys, PackedType};
use crate::limits::{check_bins, check_count, check_name};
use crate::nesting::{MAX_DEPTH, is_too_deep};
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

/// A value that the server computes.
#[derive(Debug, Clone)]
pub struct Computed {
    /// The bin that it is written to, or the name of the result.
    pub name: String,
    /// The packed expression.
    pub expression: Vec<u8>,
    /// The server's flags.
    pub flags: i64,
}

/// One step of an `operate` call.
#[derive(Debug, Clone)]
pub enum RecordOp {
    /// Read a bin.
    Read(String),
    /// Read all bins.
    ReadAll,
    /// Read generation and ttl only.
    ReadHeader,
    /// Write a bin.
    Write(Bin),
    /// Add to a number.
    Add(Bin),
    /// Append to text or bytes.
    Append(Bin),
    /// Prepend to text or bytes.
    Prepend(Bin),
    /// Compute a value and return it.
    Compute(Computed),
    /// Compute a value and write it.
    WriteComputed(Computed),
    /// Renew the ttl.
    Touch,
    /// Delete the record.
    Delete,
}

impl RecordOp {
    /// What operations do to their record.
    pub fn effect(ops: &[Self]) -> Effect {
        let reads =
            |op: &Self| matches!(op, Self::Read(_) | Self::ReadAll | Self::ReadHeader | Self::Compute(_));
        if ops.iter().all(reads) { Effect::Reads } else { Effect::Writes }
    }

    const fn is_read(&self) -> bool {
        matches!(self, Self::Read(_) | Self::ReadAll)
    }
}

impl From<RecordOp> for Operation {
    fn from(op: RecordOp) -> Self {
        match op {
            RecordOp::Read(name) => operations::get_bin(name),
            RecordOp::ReadAll => operations::get(),
            RecordOp::ReadHeader => operations::get_header(),
            RecordOp::Write(bin) => operations::put(&bin),
            RecordOp::Add(bin) => operations::add(&bin),
            RecordOp::Append(bin) => operations::append(&bin),
            RecordOp::Prepend(bin) => operations::prepend(&bin),
            RecordOp::Compute(Computed { name, expression, flags }) => {
                exp::read_exp(name, from_packed_bytes(expression), exp::ExpReadFlags::from_bits(flags))
            }
            RecordOp::WriteComputed(Computed { name, expression, flags }) => {
                exp::write_exp(name, from_packed_bytes(expression), exp::ExpWriteFlags::from_bits(flags))
            }
            RecordOp::Touch => operations::touch(),
            RecordOp::Delete => operations::delete(),
        }
    }
}

impl TryFrom<aerospike::Record> for Record {
    type Error = Error;

    /// A value that is nested too deep counts as one that could not be decoded: read again, it is bytes.
    fn try_from(record: aerospike::Record) -> Result<Self, Error> {
        if let Some((name, _)) = record.bins.iter().find(|(_, value)| is_too_deep(value)) {
            let message = format!("the value of the bin {name:?} is nested deeper than {MAX_DEPTH} levels");
            return Err(Error::new(ErrorKind::Protocol, message));
        }
        let ttl = record
            .time_to_live()
            .map_or(TTL_NEVER, |left| u32::try_from(left.as_secs()).unwrap_or(TTL_NEVER));
        Ok(Self { generation: record.generation, ttl, bins: record.bins.into_iter().collect() })
    }
}

/// The crate's key of the only row. It is the digest; a user key is taken out of the packed ones only where the server is
/// to store it.
pub(crate) fn crate_key(keys: &PackedKeys, send_key: bool) -> Result<Key, Error> {
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

/// Checks the operations on a record.
pub(crate) fn check_operations(ops: &[RecordOp]) -> Result<(), Error> {
    check_count(|| "operations".to_owned(), "operations", ops.len())?;
    for (position, op) in ops.iter().enumerate() {
        let name = match op {
            RecordOp::Read(name) => name,
            RecordOp::Write(bin) | RecordOp::Add(bin) | RecordOp::Append(bin) | RecordOp::Prepend(bin) => {
                &bin.name
            }
            RecordOp::Compute(computed) | RecordOp::WriteComputed(computed) => &computed.name,
            RecordOp::ReadAll | RecordOp::ReadHeader | RecordOp::Touch | RecordOp::Delete => continue,
        };
        check_name(|| format!("operations[{position}]"), name)?;
    }
    Ok(())
}

/// The bins that operations read, where they do nothing else.
fn bins_read(ops: &[RecordOp]) -> Option<Bins> {
    let mut names = Vec::new();
    for op in ops {
        match op {
            RecordOp::ReadAll => return ops.iter().all(RecordOp::is_read).then_some(Bins::All),
            RecordOp::Read(name) => names.push(name.clone()),
            _ => return None,
        }
    }
    Some(Bins::Some(names))
}

pub(crate) fn selection(bins: Option<Vec<String>>) -> Bins {
    match bins {
        None => Bins::All,
        Some(names) if names.is_empty() => Bins::None,
        Some(names) => Bins::Some(names),
    }
}

impl Client {
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
            let key = crate_key(keys, policy.send_key)?;
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
            let key = crate_key(keys, false)?;
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
            let key = crate_key(keys, false)?;
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
            let key = crate_key(keys, policy.send_key)?;
            self.unless_closed(Effect::Writes, async { Ok(self.control().touch(policy, &key).await?) }).await
        })
    }

    /// Deletes the record; whether there was one.
    ///
    /// # Errors
    /// The crate's, as [`Error`].
    pub fn remove<'a>(&'a self, keys: &'a PackedKeys, policy: &'a WritePolicy) -> Pending<'a, bool> {
        Box::pin(async move {
            let key = crate_key(keys, policy.send_key)?;
            self.unless_closed(Effect::Writes, async { Ok(self.control().delete(policy, &key).await?) }).await
        })
    }

    /// Runs operations on one record, atomically, and gives what they read.
    ///
    /// # Errors
    /// The crate's, as [`Error`].
    pub fn operate<'a>(
        &'a self,
        keys: &'a PackedKeys,
        ops: Vec<RecordOp>,
        policy: &'a WritePolicy,
    ) -> Pending<'a, Record> {
        Box::pin(async move {
            let key = crate_key(keys, policy.send_key)?;
            check_operations(&ops)?;
            let effect = RecordOp::effect(&ops);
            let (read, is_filtered) = (bins_read(&ops), policy.base_policy.filter_expression.is_some());
            let ops: Vec<Operation> = ops.into_iter().map(Operation::from).collect();
            let done = self.unless_closed(effect, async {
                Record::try_from(self.control().operate(policy, &key, &ops).await?)
            });
            match (done.await, read) {
                (Err(error), Some(bins)) if !is_filtered => {
                    let gone = || Error::new(ErrorKind::Server, codes::describe(codes::NOT_FOUND));
                    let record = self.unless_undecoded(error, keys, &bins).await?;
                    record.ok_or_else(|| gone().with_code(codes::NOT_FOUND))
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
