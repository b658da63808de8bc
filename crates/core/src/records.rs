//! Single records and record batches, by the `aerospike` crate.

use aerospike::{
    BatchOperation, BatchPolicy, BatchReadPolicy, Bin, Bins, Key, ReadPolicy, Value, WritePolicy,
};
use aerostride_columns::TTL_NEVER;
use aerostride_wire::KeyType;

use crate::keys::PackedKeys;
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

/// One key's answer in a record batch.
#[derive(Debug, Clone)]
pub struct RecordOutcome {
    /// 0, or why there is no record.
    pub result_code: i32,
    /// The record, when the code is 0.
    pub record: Option<Record>,
}

impl From<aerospike::Record> for Record {
    fn from(record: aerospike::Record) -> Self {
        let ttl = record
            .time_to_live()
            .map_or(TTL_NEVER, |left| u32::try_from(left.as_secs()).unwrap_or(TTL_NEVER));
        Self { generation: record.generation, ttl, bins: record.bins.into_iter().collect() }
    }
}

/// The crate's key for one packed key.
fn crate_key(keys: &PackedKeys, row: usize) -> Result<Key, Error> {
    let (group, kind, bytes) = keys.key(row);
    let value = match kind {
        KeyType::Int => {
            let bytes = bytes
                .try_into()
                .map_err(|_| Error::new(ErrorKind::Internal, "an int key has not 8 bytes"))?;
            Value::Int(i64::from_be_bytes(bytes))
        }
        KeyType::String => Value::String(
            String::from_utf8(bytes.to_vec())
                .map_err(|_| Error::new(ErrorKind::InvalidArgument, format!("keys[{row}] is not UTF-8")))?,
        ),
        KeyType::Blob => Value::Blob(bytes.to_vec()),
    };
    Ok(Key::new(group.namespace.as_str(), group.set.as_str(), value)?)
}

fn selection(bins: Option<Vec<String>>) -> Bins {
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
    pub async fn put(&self, keys: &PackedKeys, bins: Vec<Bin>, policy: &WritePolicy) -> Result<(), Error> {
        let key = crate_key(keys, 0)?;
        self.unless_closed(async { Ok(self.cluster.control().put(policy, &key, &bins).await?) }).await
    }

    /// The record of `keys`' only key, or `None` when there is none. No `bins` are all bins.
    ///
    /// # Errors
    /// The crate's, as [`Error`].
    pub async fn get(
        &self,
        keys: &PackedKeys,
        bins: Option<Vec<String>>,
        policy: &ReadPolicy,
    ) -> Result<Option<Record>, Error> {
        let key = crate_key(keys, 0)?;
        self.unless_closed(async {
            match self.cluster.control().get(policy, &key, selection(bins)).await {
                Ok(record) => Ok(Some(record.into())),
                Err(error) if error.result_code() == codes::NOT_FOUND => Ok(None),
                Err(error) => Err(error.into()),
            }
        })
        .await
    }

    /// Reads all keys as records, in their order.
    ///
    /// # Errors
    /// The crate's, as [`Error`], when the batch as a whole failed.
    pub async fn batch_records(
        &self,
        keys: &PackedKeys,
        bins: Option<Vec<String>>,
        policy: &BatchPolicy,
    ) -> Result<Vec<RecordOutcome>, Error> {
        let bins = selection(bins);
        let read = BatchReadPolicy::default();
        let mut operations = (0..keys.len())
            .map(|row| Ok(BatchOperation::read(&read, crate_key(keys, row)?, bins.clone())))
            .collect::<Result<Vec<_>, Error>>()?;
        if operations.is_empty() {
            return Ok(Vec::new());
        }
        self.unless_closed(async {
            let whole = self.cluster.control().batch(policy, &mut operations).await;
            let outcomes: Vec<RecordOutcome> = operations.into_iter().map(outcome).collect();
            // The crate reports an error when any part failed; the rows say which.
            match whole {
                Err(error) if outcomes.iter().all(|o| o.result_code == codes::NO_RESPONSE) => {
                    Err(error.into())
                }
                _ => Ok(outcomes),
            }
        })
        .await
    }
}

fn outcome(operation: BatchOperation) -> RecordOutcome {
    let row = operation.into_batch_record();
    let result_code = match (&row.record, row.result_code()) {
        (Some(_), _) => codes::OK,
        (None, Some(code)) => i32::from(u8::from(code)),
        (None, None) => codes::NO_RESPONSE,
    };
    RecordOutcome { result_code, record: row.record.map(Record::from) }
}
