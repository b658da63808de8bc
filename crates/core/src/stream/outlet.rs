use std::collections::VecDeque;
use std::sync::Mutex;

use tokio::sync::{Notify, Semaphore};

use super::cursor::Mark;
use super::lock;
use super::slot::{Filled, Slot};
use crate::Error;

/// What goes to the consumer, in this order.
#[derive(Debug)]
pub(super) enum Out {
    /// Partitions that came to their end when no batch was being filled.
    Marks(Vec<Mark>),
    /// A batch, and what is true once it is delivered.
    Batch(Filled, Vec<Mark>),
    /// Nothing follows.
    End(Result<(), Error>),
}

/// Batches on their way: empty ones from the consumer, filled ones back to it.
#[derive(Debug)]
pub(super) struct Outlet {
    empty: Mutex<VecDeque<Slot>>,
    /// As many permits as empty batches.
    lent: Semaphore,
    filled: Mutex<VecDeque<Out>>,
    arrived: Notify,
}

impl Default for Outlet {
    fn default() -> Self {
        Self {
            empty: Mutex::default(),
            lent: Semaphore::new(0),
            filled: Mutex::default(),
            arrived: Notify::new(),
        }
    }
}

impl Outlet {
    /// Takes an empty batch from the consumer.
    pub(super) fn lend(&self, slot: Slot) {
        lock(&self.empty).push_back(slot);
        self.lent.add_permits(1);
    }

    /// An empty batch; waits until there is one.
    pub(super) async fn take(&self) -> Result<Slot, Error> {
        loop {
            let permit = self.lent.acquire().await.map_err(|_| Error::closed())?;
            permit.forget();
            if let Some(slot) = lock(&self.empty).pop_front() {
                return Ok(slot);
            }
        }
    }

    /// Hands something to the consumer.
    pub(super) fn put(&self, out: Out) {
        lock(&self.filled).push_back(out);
        self.arrived.notify_one();
    }

    /// The next thing for the consumer.
    pub(super) async fn next_out(&self) -> Out {
        loop {
            let arrived = self.arrived.notified();
            if let Some(out) = lock(&self.filled).pop_front() {
                return out;
            }
            arrived.await;
        }
    }
}
