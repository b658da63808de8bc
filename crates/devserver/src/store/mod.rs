//! Where the records are. Records are kept in wire form, so that reading one is a copy of its bytes, and every
//! partition of a namespace has a lock of its own, so that connections hardly ever wait for one another.

mod namespace;
mod partition;
mod record;
mod tuning;

use aerostride_wire::Op;

pub(crate) use namespace::{Namespace, SetId};
pub(crate) use partition::Partition;
pub(crate) use record::{Record, RecordMeta};

/// Something that has bins: a record as it is stored, or while it is being changed.
pub(crate) trait HasBins: std::fmt::Debug {
    /// The bin of that name.
    fn bin(&self, name: &[u8]) -> Option<Op<'_>>;
}

impl HasBins for Record {
    fn bin(&self, name: &[u8]) -> Option<Op<'_>> {
        Record::bin(self, name)
    }
}
