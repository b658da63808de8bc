use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::connection::Connection;
use crate::near::Sockets;

/// The connections to a node that nobody uses, in the order in which they are lent.
///
/// A server gives its connections to its threads in turns, and answers a batch on the thread of its connection: those that were
/// opened one after the other, and are used together, keep different threads busy, unless other clients have opened some in
/// between. Where that is seen twice in a row, which chance seldom does, they change places. Always lending the first ones also
/// lets the others grow old and be closed.
#[derive(Debug)]
pub(super) struct IdleConnections {
    /// How long a connection may be idle.
    most: Duration,
    queue: Mutex<Queue>,
}

#[derive(Debug, Default)]
struct Queue {
    idle: Vec<Idle>,
    /// The place behind all others.
    end: usize,
}

#[derive(Debug)]
struct Idle {
    connection: Connection,
    place: Place,
    since: Instant,
}

/// Where a connection stands among the idle ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(super) number: usize,
    /// Whether its last request among several had to wait for another one.
    waited: bool,
}

impl Queue {
    const fn take_place(&mut self) -> Place {
        self.end += 1;
        Place { number: self.end - 1, waited: false }
    }
}

impl IdleConnections {
    pub(super) fn new(most: Duration) -> Self {
        Self { most, queue: Mutex::default() }
    }

    /// A place behind all others, for a connection that was just opened.
    pub(super) fn take_place(&self) -> Place {
        self.queue.lock().take_place()
    }

    pub(super) fn put(&self, connection: Connection, place: Place) {
        self.queue.lock().idle.push(Idle { connection, place, since: Instant::now() });
    }

    /// The connection that is the first, with its place; of those, if there are any, that are where this one is to be.
    pub(super) fn take(&self, sockets: Option<&Arc<Sockets>>) -> Option<(Connection, Place)> {
        let Queue { idle, .. } = &mut *self.queue.lock();
        loop {
            let first = |(_, idle): &(usize, &Idle)| (!idle.connection.is_at(sockets), idle.place.number);
            let (first, _) = idle.iter().enumerate().min_by_key(first)?;
            let Idle { mut connection, place, since } = idle.swap_remove(first);
            if since.elapsed() < self.most && connection.is_clean() && connection.move_to(sockets).is_ok() {
                return Some((connection, place));
            }
        }
    }

    /// Notes whose requests had to wait for others, and moves those behind all others for which that was so before.
    pub(super) fn rank(&self, seen: impl Iterator<Item = (Place, bool)>) {
        let queue = &mut *self.queue.lock();
        for (place, waited) in seen {
            let Some(at) = queue.idle.iter().position(|idle| idle.place == place) else { continue };
            let next = if place.waited && waited { queue.take_place() } else { Place { waited, ..place } };
            queue.idle[at].place = next;
        }
    }

    pub(super) fn len(&self) -> usize {
        self.queue.lock().idle.len()
    }

    /// Closes those that were idle for too long.
    pub(super) fn close_old(&self) {
        self.queue.lock().idle.retain(|idle| idle.since.elapsed() < self.most);
    }

    pub(super) fn close(&self) {
        self.queue.lock().idle.clear();
    }
}
