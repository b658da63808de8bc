//! Where the records are. Records are kept in wire form, so that reading one is a copy of its bytes, and every
//! partition of a namespace has a lock of its own, so that connections hardly ever wait for one another.

mod namespace;
mod partition;
mod record;

pub(crate) use namespace::{Namespace, SetId};
pub(crate) use partition::Partition;
pub(crate) use record::{Record, RecordMeta};
