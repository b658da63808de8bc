use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::{Error, ErrorKind};

/// How many batches of a client run, and how many wait for that.
#[derive(Debug)]
pub(crate) struct Admission {
    running: Semaphore,
    most_running: usize,
    /// Batches that ever ran.
    entered: AtomicUsize,
    waiting: AtomicUsize,
    most_waiting: usize,
}

impl Admission {
    pub(crate) fn new(most_running: usize, most_waiting: usize) -> Self {
        Self {
            running: Semaphore::new(most_running),
            most_running,
            entered: AtomicUsize::new(0),
            waiting: AtomicUsize::new(0),
            most_waiting,
        }
    }

    /// Batches that run now.
    pub(super) fn running(&self) -> usize {
        self.most_running.saturating_sub(self.running.available_permits())
    }

    /// Batches that ever ran, those that run now included. While it stays the same nobody else begins.
    pub(super) fn entered(&self) -> usize {
        self.entered.load(Ordering::Relaxed)
    }

    /// Waits for a place.
    pub(super) async fn enter(&self) -> Result<SemaphorePermit<'_>, Error> {
        let permit = self.place().await?;
        self.entered.fetch_add(1, Ordering::Relaxed);
        Ok(permit)
    }

    async fn place(&self) -> Result<SemaphorePermit<'_>, Error> {
        if let Ok(permit) = self.running.try_acquire() {
            return Ok(permit);
        }
        let waiting = Waiting::new(&self.waiting);
        if waiting.before >= self.most_waiting {
            let message = format!(
                "{} batches are waiting already (maxQueuedBatches); await some before starting more",
                self.most_waiting
            );
            return Err(Error::new(ErrorKind::Overloaded, message));
        }
        self.running.acquire().await.map_err(|_| Error::closed())
    }
}

/// One batch in the queue; counted for as long as it exists, so that one that gives up is not counted for ever.
struct Waiting<'a> {
    count: &'a AtomicUsize,
    before: usize,
}

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        Self { count, before: count.fetch_add(1, Ordering::Relaxed) }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.count.fetch_sub(1, Ordering::Relaxed);
    }
}
