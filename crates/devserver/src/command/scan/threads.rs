use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aerostride_wire::{FRAME_HEADER_SIZE, FrameType, Request, finish_frame, start_frame};
use parking_lot::Mutex;

use super::plan::{Place, Plan};
use super::walk::Walk;
use crate::command::{Ended, Peer, Service};
use crate::queries::Query;

/// A client that several threads write to, a frame at a time.
struct Shared<'m, 'p>(&'m Mutex<&'p mut dyn Peer>);

impl Peer for Shared<'_, '_> {
    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.lock().send(bytes)
    }

    fn set_patience(&mut self, patience: Option<Duration>) -> io::Result<()> {
        self.0.lock().set_patience(patience)
    }

    fn pause(&mut self, time: Duration) -> bool {
        self.0.lock().pause(time)
    }
}

/// Runs a scan on several threads, as real servers do: each takes one partition after the other, and sends what it has gathered
/// when that is a frame, or nothing is left to take.
pub(super) fn run(
    service: Service<'_>,
    request: &Request<'_>,
    (places, threads): (&[Place], usize),
    query: &Query,
    peer: &mut dyn Peer,
) -> Result<(), Ended> {
    let (peer, next) = (Mutex::new(peer), AtomicUsize::new(0));
    let work = || {
        let take = || places.get(next.fetch_add(1, Ordering::Relaxed));
        let ended = visit_all(service, request, take, query, Shared(&peer));
        if ended.is_err() {
            // The others end as well.
            next.store(places.len(), Ordering::Relaxed);
        }
        ended
    };
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let panicked = || Err(Ended::Io(io::ErrorKind::Other.into()));
        let ends: Vec<_> =
            running.into_iter().map(|thread| thread.join().unwrap_or_else(|_| panicked())).collect();
        ends.into_iter().collect()
    })
}

fn visit_all<'p>(
    service: Service<'_>,
    request: &Request<'_>,
    take: impl Fn() -> Option<&'p Place>,
    query: &Query,
    mut peer: Shared<'_, '_>,
) -> Result<(), Ended> {
    let mut names = Vec::new();
    let plan = Plan::new(service, request, &mut names).map_err(Ended::Code)?;
    let mut walk = Walk::new(&plan, query);
    let mut out = Vec::new();
    start_frame(&mut out, FrameType::Message);
    while let Some(place) = take() {
        walk.visit(place, &mut out, &mut peer)?;
    }
    if out.len() > FRAME_HEADER_SIZE {
        finish_frame(&mut out, 0);
        peer.send(&out)?;
    }
    Ok(())
}
