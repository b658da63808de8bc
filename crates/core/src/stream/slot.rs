use std::sync::Arc;

use aerostride_columns::{Appended, Appender, Burst, Dtype, KeyColumns, Learnt, RowKeys, Table};
use aerostride_wire::{ReplyWalker, StreamRecord, StreamWalker};

use super::Stream;
use super::cursor::Mark;
use super::incoming::Incoming;
use super::values::read_bins;
use crate::records::Record;
use crate::{Error, ErrorKind};

/// What a batch holds.
#[derive(Debug)]
pub enum Content {
    /// The memory that was lent begins with this layout.
    Columns(Box<Appended>),
    /// Records.
    Records(Vec<Record>),
}

/// A batch on its way back to the consumer.
#[derive(Debug)]
pub struct Filled {
    /// The number under which it was lent.
    pub id: u32,
    /// Its rows.
    pub rows: usize,
    /// See [`Content`].
    pub content: Content,
    /// See [`RowKeys`].
    pub keys: RowKeys,
}

/// Where rows go.
#[derive(Debug)]
pub(super) enum Rows {
    Columns(Box<Appender>),
    Records { most: usize, records: Vec<Record>, now: u32 },
}

/// What has come of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// More follows.
    Part,
    /// Its end is there.
    Whole,
}

/// What is known of the records of a stream of this dtype.
pub(super) type Known = (Arc<Dtype>, Learnt);

/// An empty or partly filled batch.
#[derive(Debug)]
pub(super) struct Slot {
    id: u32,
    rows: Rows,
    which: KeyColumns,
    keys: RowKeys,
    kept: usize,
    /// What is true once the batch is delivered.
    pub(super) marks: Vec<Mark>,
}

/// A batch is handed over before it is full when its user keys alone are so large.
const MOST_KEY_BYTES: usize = 64 * 1024 * 1024;

impl Slot {
    fn new(id: u32, rows: Rows, which: KeyColumns, room: usize) -> Self {
        Self { id, rows, which, keys: RowKeys::with_room(which, room), kept: 0, marks: Vec::new() }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.kept == 0
    }

    /// An empty batch that can be filled by somebody else, and its marks.
    pub(super) fn without_marks(mut self) -> (Self, Vec<Mark>) {
        let marks = std::mem::take(&mut self.marks);
        (self, marks)
    }

    pub(super) fn is_full(&self) -> bool {
        let full = match &self.rows {
            Rows::Columns(appender) => appender.is_full(),
            Rows::Records { most, records, .. } => records.len() >= *most,
        };
        full || self.keys.bytes.len() >= MOST_KEY_BYTES
    }

    pub(super) fn len(&self) -> usize {
        match &self.rows {
            Rows::Columns(appender) => appender.len(),
            Rows::Records { records, .. } => records.len(),
        }
    }

    /// Appends records for as long as there are any and there is room; of the beginning of a frame only those that are like the
    /// ones before, which are known to be whole.
    pub(super) fn append(
        &mut self,
        walker: &mut StreamWalker<'_>,
        incoming: &mut Incoming<'_>,
        extent: Extent,
    ) -> Result<(), Error> {
        let Self { rows, which, keys, .. } = self;
        let mut note = |record: &StreamRecord<'_>| {
            keys.push(*which, record.digest, record.set.unwrap_or_default(), record.user_key);
            keys.bytes.len() < MOST_KEY_BYTES
        };
        match rows {
            Rows::Columns(appender) => {
                let closed = || Error::new(ErrorKind::Aborted, "the stream has ended");
                let mut burst = appender.open().ok_or_else(closed)?;
                append_columns(&mut burst, walker, incoming, extent, note)
            }
            Rows::Records { .. } if extent == Extent::Part => Ok(()),
            Rows::Records { most, records, now } => {
                let mut has_room = true;
                while has_room && records.len() < *most {
                    let Some(record) = incoming.next(walker)? else { break };
                    records.push(read_record(&record, walker.bins(), *now)?);
                    has_room = note(&record);
                }
                Ok(())
            }
        }
    }

    /// What it knows of the records that come, for the batch behind it.
    pub(super) fn take_learnt(&mut self) -> Option<Known> {
        match &mut self.rows {
            Rows::Columns(appender) => Some(appender.take_learnt()),
            Rows::Records { .. } => None,
        }
    }

    /// See [`take_learnt`](Self::take_learnt).
    pub(super) fn recall(&mut self, known: Known) {
        if let Rows::Columns(appender) = &mut self.rows {
            appender.recall(known);
        }
    }

    /// Reads the rest of a frame of which nothing is taken.
    ///
    /// # Errors
    /// A malformed frame.
    pub(super) fn check(&mut self, mut rest: StreamWalker<'_>) -> Result<(), Error> {
        loop {
            if let Rows::Columns(appender) = &mut self.rows {
                appender.skip_alike(&mut rest);
            }
            if rest.next_message()?.is_none() {
                return Ok(());
            }
        }
    }

    /// Makes the rows appended so far final.
    pub(super) fn keep(&mut self) {
        if let Rows::Columns(appender) = &mut self.rows {
            appender.keep();
        }
        self.kept = self.len();
    }

    /// Takes back the rows appended since they were last made final.
    pub(super) fn rewind(&mut self) {
        match &mut self.rows {
            Rows::Columns(appender) => appender.rewind(),
            Rows::Records { records, .. } => records.truncate(self.kept),
        }
        self.keys.truncate(self.kept);
    }

    /// Ends the filling; `None` when the consumer's memory is gone.
    pub(super) fn finish(mut self) -> Result<Option<(Filled, Vec<Mark>)>, Error> {
        self.rewind();
        let Self { id, rows, keys, kept, marks, .. } = self;
        let content = match rows {
            Rows::Columns(appender) => match appender.finish().map_err(Error::fault)? {
                Some(appended) => Content::Columns(Box::new(appended)),
                None => return Ok(None),
            },
            Rows::Records { records, .. } => Content::Records(records),
        };
        Ok(Some((Filled { id, rows: kept, content, keys }, marks)))
    }
}

/// Appends rows for as long as there are records, room, and room for their keys, which `note` says.
fn append_columns(
    burst: &mut Burst<'_>,
    walker: &mut StreamWalker<'_>,
    incoming: &mut Incoming<'_>,
    extent: Extent,
    mut note: impl FnMut(&StreamRecord<'_>) -> bool,
) -> Result<(), Error> {
    let mut has_room = true;
    while has_room && !burst.is_full() {
        let take = |record: &StreamRecord<'_>| {
            let wanted = incoming.take(record)?;
            if wanted {
                has_room = note(record);
            }
            Ok::<_, Error>(wanted)
        };
        match burst.append_alike(walker, take)? {
            None => break,
            Some(0) if extent == Extent::Part => break,
            Some(0) => {}
            Some(_) => continue,
        }
        let Some(record) = incoming.next(walker)? else { break };
        burst.append_record(&record, walker)?;
        has_room = note(&record);
    }
    Ok(())
}

fn read_record(record: &StreamRecord<'_>, bins: &mut ReplyWalker<'_>, now: u32) -> Result<Record, Error> {
    let header = &record.header;
    let ttl = match header.ttl {
        0 => aerostride_columns::TTL_NEVER,
        time => time.saturating_sub(now).max(1),
    };
    Ok(Record { bins: read_bins(bins)?, generation: header.generation, ttl })
}

impl Stream {
    /// Lends a table, whose rows are to be filled in whatever order they come. It comes back as [`Filled`] with `id`.
    ///
    /// # Errors
    /// [`ErrorKind::Internal`] for a table that somebody else has claimed.
    pub fn lend_columns(&self, id: u32, table: &Arc<Table>, dtype: Arc<Dtype>) -> Result<(), Error> {
        let appender = Appender::new(table, dtype).map_err(Error::fault)?;
        self.lend(id, Rows::Columns(Box::new(appender)), table.rows());
        Ok(())
    }

    /// Asks for a batch of at most so many records.
    pub fn lend_records(&self, id: u32, most: usize) {
        let rows = Rows::Records { most: most.max(1), records: Vec::new(), now: crate::now_seconds() };
        self.lend(id, rows, 0);
    }

    fn lend(&self, id: u32, rows: Rows, room: usize) {
        // Room for the keys of a batch that is rarely full would be as large as the batch.
        let room = room.min(1024);
        self.shared.outlet.lend(Slot::new(id, rows, self.shared.options.keys, room));
    }
}
