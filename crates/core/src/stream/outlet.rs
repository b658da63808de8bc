use std::collections::VecDeque;

use parking_lot::Mutex;
use tokio::sync::{Notify, Semaphore};

use super::cursor::Mark;
use super::slot::{Filled, Slot};
use crate::Error;

/// What goes to the consumer, in this order.
#[derive(Debug)]
pub(super) enum Out {
    /// Partitions that came to their end when no batch was being filled.
    Marks(Vec<Mark>),
    /// A batch, and what is true once it is delivered.
    Batch(Box<Filled>, Vec<Mark>),
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
        self.empty.lock().push_back(slot);
        self.lent.add_permits(1);
    }

    /// An empty batch; waits until there is one.
    pub(super) async fn take(&self) -> Result<Slot, Error> {
        loop {
            let permit = self.lent.acquire().await.map_err(|_| Error::closed())?;
            permit.forget();
            if let Some(slot) = self.empty.lock().pop_front() {
                return Ok(slot);
            }
        }
    }

    /// An empty batch, if there is one.
    pub(super) fn try_take(&self) -> Option<Slot> {
        self.lent.try_acquire().ok()?.forget();
        self.empty.lock().pop_front()
    }

    /// Hands something to the consumer.
    pub(super) fn put(&self, out: Out) {
        self.filled.lock().push_back(out);
        self.arrived.notify_one();
    }

    /// The next thing for the consumer.
    pub(super) async fn next_out(&self) -> Out {
        loop {
            let arrived = self.arrived.notified();
            if let Some(out) = self.filled.lock().pop_front() {
                return out;
            }
            arrived.await;
        }
    }
}
