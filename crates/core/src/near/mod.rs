//! Connections that the thread of a caller waits for by itself: no thread of the runtime hands a small reply over to it.

mod socket;
mod step;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::task::{Poll, Waker};
use std::time::Duration;

use mio::{Events, Interest, Registry, Token};
use parking_lot::Mutex;

pub(crate) use socket::NearSocket;
pub use step::{begin, block, turn};

/// The token by which other threads wake this one.
const WAKE: Token = Token(0);

/// Events that are taken from the system at once; the others come next.
const EVENTS: usize = 256;

/// The sockets of one thread, as other threads may see them: a call may go on elsewhere and take its connection with it.
#[derive(Debug)]
pub(crate) struct Sockets {
    registry: Registry,
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    last: usize,
    /// A thread has few sockets, among which one is found faster like this than by a hash.
    by_token: BTreeMap<usize, Arc<Readiness>>,
    /// Whether the thread looks no more.
    over: bool,
}

/// Who waits for a socket.
#[derive(Debug, Default)]
pub(crate) struct Readiness(Mutex<Option<Waker>>);

impl Readiness {
    /// Notes who waits. What comes from now on wakes it; what has come before has to be looked for.
    fn wait(&self, waker: &Waker) {
        let mut waiting = self.0.lock();
        if !waiting.as_ref().is_some_and(|known| known.will_wake(waker)) {
            *waiting = Some(waker.clone());
        }
    }

    fn take(&self) -> Option<Waker> {
        self.0.lock().take()
    }
}

impl Sockets {
    fn enter(&self) -> (Token, Arc<Readiness>) {
        let mut waiting = self.waiting.lock();
        waiting.last += 1;
        let (token, readiness) = (waiting.last, Arc::<Readiness>::default());
        waiting.by_token.insert(token, Arc::clone(&readiness));
        (Token(token), readiness)
    }

    fn leave(&self, Token(token): Token) {
        let left = self.waiting.lock().by_token.remove(&token);
        // Outside the lock: the waker may be the last that holds a call.
        drop(left.and_then(|readiness| readiness.take()));
    }

    /// Whether nobody will be woken any more.
    fn are_over(&self) -> bool {
        self.waiting.lock().over
    }

    /// Ends the waiting: whoever waits finds out, and goes on elsewhere.
    fn end(&self) {
        let mut waiting = self.waiting.lock();
        waiting.over = true;
        let wakers: Vec<_> = waiting.by_token.values().filter_map(|readiness| readiness.take()).collect();
        drop(waiting);
        wakers.into_iter().for_each(Waker::wake);
    }

    fn waker(&self, Token(token): Token) -> Option<Waker> {
        self.waiting.lock().by_token.get(&token).and_then(|readiness| readiness.take())
    }
}

/// What a thread has to wait for its sockets.
struct Here {
    poll: mio::Poll,
    events: Events,
    waker: Arc<mio::Waker>,
    sockets: Arc<Sockets>,
    /// Whether somebody calls [`turn`] when a socket has something.
    watched: bool,
}

thread_local! {
    static HERE: RefCell<Option<Here>> = const { RefCell::new(None) };
    /// The sockets that the step of a call that is being done may wait for.
    static OPEN: RefCell<Option<Arc<Sockets>>> = const { RefCell::new(None) };
    /// Whether the step that is being done is to be the last of its call in this thread.
    static LEAVING: Cell<bool> = const { Cell::new(false) };
    /// Whether this thread ever has sockets of its own, which most threads never do.
    static USED: Cell<bool> = const { Cell::new(false) };
}

impl Here {
    fn new() -> io::Result<Self> {
        let poll = mio::Poll::new()?;
        let waker = Arc::new(mio::Waker::new(poll.registry(), WAKE)?);
        let registry = poll.registry().try_clone()?;
        let sockets = Arc::new(Sockets { registry, waiting: Mutex::default() });
        Ok(Self { poll, events: Events::with_capacity(EVENTS), waker, sockets, watched: false })
    }

    /// Whoever waits for what has come; waits for something to come where there is no `timeout`.
    fn collect(&mut self, timeout: Option<Duration>) -> io::Result<Vec<Waker>> {
        match self.poll.poll(&mut self.events, timeout) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(Vec::new()),
            polled => polled?,
        }
        let tokens = self.events.iter().map(mio::event::Event::token);
        Ok(tokens.filter(|token| *token != WAKE).filter_map(|token| self.sockets.waker(token)).collect())
    }
}

/// Runs `work` with what this thread has, which is made when it is first wanted.
fn with_here<T>(work: impl FnOnce(&mut Here) -> T) -> io::Result<T> {
    HERE.with_borrow_mut(|here| {
        if here.is_none() {
            *here = Some(Here::new()?);
            USED.set(true);
        }
        here.as_mut().map(work).ok_or_else(|| io::ErrorKind::Unsupported.into())
    })
}

/// Has this thread wait for its sockets itself from now on: whoever calls this calls [`turn`] whenever what it gives can be
/// read.
///
/// # Errors
/// Those of the system.
#[cfg(unix)]
pub fn watch() -> io::Result<std::os::fd::RawFd> {
    use std::os::fd::AsRawFd as _;
    with_here(|here| {
        here.watched = true;
        here.poll.as_raw_fd()
    })
}

/// Ends what [`watch`] has begun, and closes what the thread has.
pub fn unwatch() {
    if let Some(here) = HERE.take() {
        here.sockets.end();
    }
}

/// The sockets of this thread, where the step of a call that is being done may wait for them.
pub(crate) fn sockets() -> Option<Arc<Sockets>> {
    if USED.get() { OPEN.with_borrow(Clone::clone) } else { None }
}

/// Whether these are the sockets of the step that is being done.
fn are_here(sockets: &Arc<Sockets>) -> bool {
    USED.get() && OPEN.with_borrow(|open| open.as_ref().is_some_and(|open| Arc::ptr_eq(open, sockets)))
}

/// Goes on in the runtime, where the call is in a thread that waits for its sockets itself: what follows takes a while.
pub(crate) async fn leave() {
    let mut asked = false;
    poll_fn(|context| {
        if asked || sockets().is_none() {
            return Poll::Ready(());
        }
        asked = true;
        LEAVING.set(true);
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// What a socket is looked at for.
const INTEREST: Interest = Interest::READABLE.add(Interest::WRITABLE);
