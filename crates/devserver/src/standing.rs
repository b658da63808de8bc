use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

use crate::engine::Engine;

/// What a connection needs of its node: which one it is, and whether it answers, is frozen, or stops.
#[derive(Debug)]
pub(crate) struct Standing {
    pub(crate) engine: Arc<Engine>,
    pub(crate) index: usize,
    stopping: AtomicBool,
    frozen: AtomicBool,
    gate: Mutex<()>,
    /// Signals that the node goes on, or stops.
    thawed: Condvar,
}

impl Standing {
    /// A node that answers.
    pub(crate) fn new(engine: Arc<Engine>, index: usize) -> Self {
        Self {
            engine,
            index,
            stopping: AtomicBool::new(false),
            frozen: AtomicBool::new(false),
            gate: Mutex::default(),
            thawed: Condvar::new(),
        }
    }

    /// Stops answering.
    pub(crate) fn freeze(&self) {
        self.frozen.store(true, Ordering::Release);
    }

    /// Answers again.
    pub(crate) fn thaw(&self) {
        self.frozen.store(false, Ordering::Release);
        self.wake();
    }

    /// Ends all waiting for good.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        self.wake();
    }

    /// Whether the node stops.
    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    /// Waits while the node is frozen. `false` when it stops meanwhile.
    pub(crate) fn wait_while_frozen(&self) -> bool {
        if self.frozen.load(Ordering::Acquire) {
            let mut gate = self.gate.lock();
            while self.frozen.load(Ordering::Acquire) && !self.stopping.load(Ordering::Acquire) {
                self.thawed.wait(&mut gate);
            }
        }
        !self.stopping.load(Ordering::Acquire)
    }

    /// Waits so long. `false` when the node stops meanwhile.
    pub(crate) fn pause(&self, time: Duration) -> bool {
        let deadline = Instant::now() + time;
        let mut gate = self.gate.lock();
        while !self.stopping.load(Ordering::Acquire) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            self.thawed.wait_for(&mut gate, left);
        }
        false
    }

    fn wake(&self) {
        let _gate = self.gate.lock();
        self.thawed.notify_all();
    }
}
