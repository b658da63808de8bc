//! Records that the `aerospike` crate cannot decode, because they hold text that is not UTF-8 or a map with keys of other
//! types, are read again on the data plane, where an odd value is nobody else's matter.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use aerospike::Bins;
use aerostride_columns::TTL_NEVER;
use aerostride_wire::{
    BatchEncoder, BatchFlags, BatchHeader, BinSelection, Digest, FrameType, ReadAttributes, ReplyWalker,
    partition_of,
};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

use crate::connection::Connection;
use crate::keys::PackedKeys;
use crate::pool::DataNode;
use crate::record_batches::RecordOutcome;
use crate::records::Record;
use crate::stream::read_bins;
use crate::under_way::Effect;
use crate::watchdog::Watchdog;
use crate::{Client, Error, codes, now_seconds};

/// Rows of one request; the replies are small, as there is rarely more than one such record.
const MOST_ROWS: usize = 1000;

/// The time for all of it.
const LIMIT: Duration = Duration::from_secs(10);

/// A row and its digest.
type Row = (usize, Digest);

impl Client {
    /// Reads rows again. Those that are not in the result could not be read this way either.
    pub(crate) async fn reread(
        &self,
        keys: &PackedKeys,
        rows: &[usize],
        bins: &Bins,
    ) -> BTreeMap<usize, RecordOutcome> {
        let requests = self.rows_by_node(keys, rows).into_iter().flat_map(|(node, rows)| {
            let chunks: Vec<Vec<Row>> = rows.chunks(MOST_ROWS).map(<[Row]>::to_vec).collect();
            chunks.into_iter().map(move |rows| (Arc::clone(&node), rows))
        });
        let mut answers =
            requests.map(|(node, rows)| ask(node, keys, rows, bins)).collect::<FuturesUnordered<_>>();
        let mut read = BTreeMap::new();
        let reading = self.unless_closed(Effect::Reads, async {
            while let Some(answer) = answers.next().await {
                read.extend(answer.into_iter().flatten());
            }
            Ok(())
        });
        // What is there when the time is up, or the client closed, is as good as it was.
        let _ = tokio::time::timeout(LIMIT, reading).await;
        read
    }

    /// The only row of `keys`, read again.
    pub(crate) async fn reread_one(&self, keys: &PackedKeys, bins: &Bins) -> Option<RecordOutcome> {
        self.reread(keys, &[0], bins).await.remove(&0)
    }

    /// Rows by the master of their partition.
    fn rows_by_node(&self, keys: &PackedKeys, rows: &[usize]) -> Vec<(Arc<DataNode>, Vec<Row>)> {
        let map = self.engine().cluster.map();
        let mut digests = Vec::with_capacity(rows.len());
        keys.digests(rows.iter().copied(), &mut digests);
        let mut by_node: BTreeMap<usize, Vec<Row>> = BTreeMap::new();
        for (&row, digest) in rows.iter().zip(digests) {
            let namespace = map.namespace(&keys.key(row).0.namespace);
            let master = namespace.and_then(|namespace| namespace.owners(partition_of(&digest), 0).next());
            if let Some(master) = master {
                by_node.entry(master).or_default().push((row, digest));
            }
        }
        let nodes = map.nodes();
        by_node.into_iter().filter_map(|(node, rows)| Some((Arc::clone(nodes.get(node)?), rows))).collect()
    }
}

/// One request and its reply.
async fn ask(
    node: Arc<DataNode>,
    keys: &PackedKeys,
    rows: Vec<Row>,
    bins: &Bins,
) -> Result<Vec<(usize, RecordOutcome)>, Error> {
    let mut lease = node.lease(None).await?;
    let connection = &mut lease.connection;
    let first = connection.reserve_indexes(rows.len());
    encode(connection, keys, &rows, bins, first)?;
    let mut watchdog = Watchdog::new(LIMIT);
    connection.send(&mut watchdog).await?;
    let (mut read, now) = (Vec::with_capacity(rows.len()), now_seconds());
    loop {
        let body = connection.next_frame(FrameType::Message, &mut watchdog).await?;
        let mut walker = ReplyWalker::new(connection.body(body));
        while let Some(header) = walker.next_row()? {
            if header.last {
                lease.give_back();
                return Ok(read);
            }
            let place = header.index.wrapping_sub(first) as usize;
            let Some(&(row, _)) = rows.get(place) else { continue };
            let ttl = match header.ttl {
                0 => TTL_NEVER,
                time => time.saturating_sub(now).max(1),
            };
            let record = Record { bins: read_bins(&mut walker)?, generation: header.generation, ttl };
            let result_code = i32::from(header.result_code);
            read.push((
                row,
                RecordOutcome { result_code, record: (result_code == codes::OK).then_some(record) },
            ));
        }
    }
}

fn encode(
    connection: &mut Connection,
    keys: &PackedKeys,
    rows: &[Row],
    bins: &Bins,
    first: u32,
) -> Result<(), Error> {
    let names: Vec<&str> = match bins {
        Bins::Some(names) => names.iter().map(String::as_str).collect(),
        Bins::All | Bins::None => Vec::new(),
    };
    let header = BatchHeader {
        timeout_ms: LIMIT.as_millis() as u32,
        flags: BatchFlags::default(),
        filter: None,
        bins: match bins {
            Bins::All => BinSelection::All,
            Bins::None => BinSelection::HeaderOnly,
            Bins::Some(_) => BinSelection::Named(&names),
        },
        attributes: ReadAttributes::default(),
    };
    connection.output.clear();
    let mut encoder = BatchEncoder::new(&mut connection.output, header);
    for (place, (row, digest)) in rows.iter().enumerate() {
        encoder.row(first.wrapping_add(place as u32), digest, keys.key(*row).0.as_row_group());
    }
    Ok(encoder.finish()?)
}
