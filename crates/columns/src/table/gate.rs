use std::sync::atomic::{AtomicU32, Ordering};

/// Counts the writers inside, and once closed lets none in.
#[derive(Debug, Default)]
pub(super) struct Gate(AtomicU32);

impl Gate {
    const CLOSED: u32 = 1 << 31;

    /// Whether the caller may write; it must then [`leave`](Self::leave).
    pub(super) fn enter(&self) -> bool {
        let open = self.0.fetch_add(1, Ordering::Acquire) & Self::CLOSED == 0;
        if !open {
            self.leave();
        }
        open
    }

    pub(super) fn leave(&self) {
        self.0.fetch_sub(1, Ordering::Release);
    }

    /// Shuts the gate and waits for those inside.
    pub(super) fn close(&self) {
        self.0.fetch_or(Self::CLOSED, Ordering::AcqRel);
        self.wait_for(Self::CLOSED);
    }

    /// Shuts the gate, waits for the others inside, and calls `last` as the last writer: whoever closes the gate
    /// meanwhile waits for it. `last` is not called when the gate is closed already.
    pub(super) fn close_after(&self, last: impl FnOnce()) {
        if !self.enter() {
            return self.wait_for(Self::CLOSED);
        }
        let closed_before = self.0.fetch_or(Self::CLOSED, Ordering::AcqRel) & Self::CLOSED != 0;
        if !closed_before {
            self.wait_for(Self::CLOSED + 1);
            last();
        }
        self.leave();
        self.wait_for(Self::CLOSED);
    }

    /// Writers are inside for a bounded number of rows (see [`Pass`](super::Pass)), never across a wait, so this takes less
    /// than a millisecond; it spins because the caller may be the JavaScript thread with nothing else to do.
    fn wait_for(&self, state: u32) {
        while self.0.load(Ordering::Acquire) != state {
            std::thread::yield_now();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;

    #[test]
    fn a_closed_gate_lets_nobody_in_and_stays_closed() {
        let gate = Gate::default();
        assert!(gate.enter() && gate.enter());
        gate.leave();
        gate.leave();
        gate.close();
        assert!(!gate.enter());
        gate.close();
        gate.close_after(|| panic!("it was closed before"));
        assert!(!gate.enter());
    }

    #[test]
    fn closing_waits_for_those_inside() {
        let (gate, left) = (Gate::default(), AtomicBool::new(false));
        assert!(gate.enter());
        std::thread::scope(|scope| {
            scope.spawn(|| {
                gate.close();
                assert!(left.load(Ordering::Acquire), "somebody is inside");
            });
            // Nobody comes in from the moment on that somebody closes.
            while gate.enter() {
                gate.leave();
            }
            left.store(true, Ordering::Release);
            gate.leave();
        });
    }

    #[test]
    fn the_last_writer_is_alone_and_others_wait_for_it() {
        let (gate, done) = (Gate::default(), AtomicBool::new(false));
        std::thread::scope(|scope| {
            gate.close_after(|| {
                assert!(!gate.enter());
                scope.spawn(|| {
                    gate.close();
                    assert!(done.load(Ordering::Acquire), "the last writer still writes");
                });
                scope.spawn(|| {
                    gate.close_after(|| panic!("there is only one last writer"));
                    assert!(done.load(Ordering::Acquire), "the last writer still writes");
                });
                done.store(true, Ordering::Release);
            });
        });
    }
}
