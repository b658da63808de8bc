//! Secondary indexes: what is indexed, which records are found there, and how queries look for them.

mod definition;
mod entries;
mod hash;
mod search;

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use aerostride_wire::result_code as code;

use crate::clock::Now;

pub(crate) use definition::{Collection, Definition, Kind, Source};
pub(crate) use entries::{Entries, entries_of};
pub(crate) use search::Search;

/// Indexes that a namespace can have.
const MAX_INDEXES: usize = 256;

/// A secondary index. Its entries are kept with the partitions.
#[derive(Debug)]
pub(crate) struct Index {
    pub(crate) id: u32,
    pub(crate) name: String,
    pub(crate) definition: Definition,
    created: Now,
    building: Duration,
}

impl Index {
    /// Whether queries can use it. Building one takes its time.
    pub(crate) fn is_ready(&self, now: Now) -> bool {
        self.percent(now) == 100
    }

    /// Whether it is about being in a set, not about values.
    pub(crate) fn is_of_set(&self) -> bool {
        self.definition.source == Source::Set
    }

    /// How much of it is built.
    pub(crate) fn percent(&self, now: Now) -> u64 {
        let whole = self.building.as_millis() as u64;
        let passed = now.0.saturating_sub(self.created.0);
        if passed >= whole { 100 } else { passed * 100 / whole }
    }

    /// Milliseconds that it took to build; 0 until then.
    pub(crate) fn load_time(&self, now: Now) -> u64 {
        if self.is_ready(now) { self.building.as_millis() as u64 } else { 0 }
    }
}

/// The indexes of a namespace.
#[derive(Debug, Default)]
pub(crate) struct Indexes {
    all: RwLock<Vec<Arc<Index>>>,
    next: AtomicU32,
    exist: AtomicBool,
}

/// What creating an index has led to.
#[derive(Debug)]
pub(crate) enum Created {
    /// A new one, still empty.
    New(Arc<Index>),
    /// It was there, perhaps under another name.
    Known,
}

impl Indexes {
    /// Whether there are any: without, writes have nothing to keep.
    #[inline]
    pub(crate) fn exist(&self) -> bool {
        self.exist.load(Ordering::Acquire)
    }

    /// All of them, in the order in which they were created.
    pub(crate) fn list(&self) -> Vec<Arc<Index>> {
        self.read().clone()
    }

    pub(crate) fn by_name(&self, name: &str) -> Option<Arc<Index>> {
        self.read().iter().find(|index| index.name == name).cloned()
    }

    /// The index of that definition, or else one of the same for all sets.
    pub(crate) fn by_definition(&self, wanted: &Definition) -> Option<Arc<Index>> {
        let all = self.read();
        let anywhere = Definition { set: String::new(), ..wanted.clone() };
        let find = |wanted: &Definition| all.iter().find(|index| index.definition == *wanted).cloned();
        find(wanted).or_else(|| find(&anywhere))
    }

    /// Makes an index, or renames the one of the same definition. The code says why not.
    pub(crate) fn create(
        &self,
        name: &str,
        definition: Definition,
        now: Now,
        building: Duration,
    ) -> Result<Created, u8> {
        let mut all = self.write();
        let twin = all.iter().position(|index| index.definition == definition);
        if all.iter().any(|index| index.name == name && index.definition != definition) {
            return Err(code::INDEX_EXISTS);
        }
        if let Some(at) = twin {
            let Index { id, created, building, .. } = *all[at];
            all[at] = Arc::new(Index { id, name: name.to_owned(), definition, created, building });
            return Ok(Created::Known);
        }
        if all.len() >= MAX_INDEXES {
            return Err(code::FAIL_FORBIDDEN);
        }
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let index = Arc::new(Index { id, name: name.to_owned(), definition, created: now, building });
        all.push(Arc::clone(&index));
        self.exist.store(true, Ordering::Release);
        Ok(Created::New(index))
    }

    /// Forgets an index and gives it.
    pub(crate) fn remove(&self, name: &str) -> Option<Arc<Index>> {
        let mut all = self.write();
        let at = all.iter().position(|index| index.name == name)?;
        let index = all.remove(at);
        self.exist.store(!all.is_empty(), Ordering::Release);
        Some(index)
    }

    fn read(&self) -> RwLockReadGuard<'_, Vec<Arc<Index>>> {
        self.all.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Vec<Arc<Index>>> {
        self.all.write().unwrap_or_else(PoisonError::into_inner)
    }
}
