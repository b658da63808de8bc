//! Calls whose first step is done where they are called, and the others where their replies are seen.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, ThreadId};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::runtime::Handle;

use super::{HERE, LEAVING, OPEN, Sockets, with_here};

/// What is to be done, without a result.
type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

thread_local! {
    /// The calls that were woken during a [`turn`] of this thread, while there is one.
    static WOKEN: RefCell<Option<VecDeque<Arc<Begun>>>> = const { RefCell::new(None) };
}

/// Does the first step of `work` here and now: for a small batch that is everything up to the waiting for the server.
/// Where this thread is [watched](super::watch) and the work waits for a socket of this thread, [`turn`] goes on with it. When
/// anything else wakes it, it becomes a task of the runtime: no thread wakes up only to wait for the reply, and the one that
/// sees the reply goes on with it.
pub fn begin(runtime: &Handle, work: impl Future<Output = ()> + Send + 'static) {
    let _inside = runtime.enter();
    let state = Mutex::new(State::Working { woken: false });
    let begun = Arc::new(Begun { runtime: runtime.clone(), state });
    let sockets = HERE
        .with_borrow(|here| here.as_ref().filter(|here| here.watched).map(|here| Arc::clone(&here.sockets)));
    begun.step(Box::pin(work), sockets);
}

/// Goes on with the calls whose sockets have something, without waiting for any.
///
/// # Errors
/// Those of the system.
pub fn turn(runtime: &Handle) -> io::Result<()> {
    let _inside = runtime.enter();
    let (wakers, sockets) = with_here(|here| {
        here.collect(Some(Duration::ZERO)).map(|wakers| (wakers, Arc::clone(&here.sockets)))
    })??;
    WOKEN.set(Some(VecDeque::new()));
    let _over = OnDrop(Some(|| drop(WOKEN.take())));
    wakers.into_iter().for_each(Waker::wake);
    while let Some(begun) = WOKEN.with_borrow_mut(|woken| woken.as_mut().and_then(VecDeque::pop_front)) {
        begun.go_on(&sockets);
    }
    Ok(())
}

/// Does `work` here, and waits for its sockets and for whatever else wakes it.
pub fn block<T>(runtime: &Handle, work: impl Future<Output = T>) -> T {
    let Ok((sockets, waker)) = with_here(|here| (Arc::clone(&here.sockets), Arc::clone(&here.waker))) else {
        return runtime.block_on(work);
    };
    let _inside = runtime.enter();
    let blocked = Arc::new(Blocked { woken: AtomicBool::new(false), thread: thread::current().id(), waker });
    let (waker, mut work) = (Waker::from(Arc::clone(&blocked)), pin!(work));
    loop {
        if let Poll::Ready(done) = poll_with(work.as_mut(), &waker, Some(Arc::clone(&sockets))) {
            return done;
        }
        while !blocked.woken.swap(false, Ordering::AcqRel) {
            // Where the system gives no events, the work looks for itself.
            let wakers = with_here(|here| here.collect(None)).flatten();
            wakers.unwrap_or_else(|_| vec![waker.clone()]).into_iter().for_each(Waker::wake);
        }
    }
}

/// Polls `work`, which may wait for sockets of this thread meanwhile.
fn poll_with<F: Future + ?Sized>(
    work: Pin<&mut F>,
    waker: &Waker,
    sockets: Option<Arc<Sockets>>,
) -> Poll<F::Output> {
    let before = OPEN.replace(sockets);
    LEAVING.set(false);
    let _over = OnDrop(Some(|| drop(OPEN.replace(before))));
    work.poll(&mut Context::from_waker(waker))
}

/// Does something however its scope is left.
struct OnDrop<F: FnOnce()>(Option<F>);

impl<F: FnOnce()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        if let Some(work) = self.0.take() {
            work();
        }
    }
}

/// Work whose first step is being done, or was.
struct Begun {
    runtime: Handle,
    state: Mutex<State>,
}

enum State {
    /// A step is being done; what it waits for may have happened meanwhile.
    Working { woken: bool },
    /// It waits.
    Waiting(Work),
    /// It is a task, which has wakers of its own.
    Spawned,
}

impl Begun {
    /// Does a step, and notes that the work waits if it is not done.
    fn step(self: Arc<Self>, mut work: Work, sockets: Option<Arc<Sockets>>) {
        let waker = Waker::from(Arc::clone(&self));
        if poll_with(work.as_mut(), &waker, sockets).is_ready() {
            return;
        }
        let mut state = self.state.lock();
        if LEAVING.take() {
            *state = State::Spawned;
            drop(state);
            self.runtime.spawn(work);
            return;
        }
        let woken = matches!(*state, State::Working { woken: true });
        *state = State::Waiting(work);
        drop(state);
        if woken {
            self.wake();
        }
    }

    /// Does a further step of what was woken in a turn.
    fn go_on(self: Arc<Self>, sockets: &Arc<Sockets>) {
        let mut state = self.state.lock();
        if !matches!(*state, State::Waiting(_)) {
            // It is done, or another thread has woken it as well.
            return;
        }
        let before = std::mem::replace(&mut *state, State::Working { woken: false });
        drop(state);
        if let State::Waiting(work) = before {
            self.step(work, Some(Arc::clone(sockets)));
        }
    }
}

impl Wake for Begun {
    fn wake(self: Arc<Self>) {
        let mut state = self.state.lock();
        if let State::Working { woken } = &mut *state {
            *woken = true;
            return;
        }
        let is_queued = WOKEN.with_borrow_mut(|queue| match queue {
            Some(queue) if matches!(*state, State::Waiting(_)) => {
                queue.push_back(Arc::clone(&self));
                true
            }
            _ => false,
        });
        if is_queued {
            return;
        }
        let before = std::mem::replace(&mut *state, State::Spawned);
        drop(state);
        if let State::Waiting(work) = before {
            self.runtime.spawn(work);
        }
    }
}

/// Work that a thread waits for.
struct Blocked {
    woken: AtomicBool,
    thread: ThreadId,
    waker: Arc<mio::Waker>,
}

impl Wake for Blocked {
    fn wake(self: Arc<Self>) {
        if !self.woken.swap(true, Ordering::AcqRel) && thread::current().id() != self.thread {
            // Without it the thread would wait for ever; there is nobody to tell.
            let _ = self.waker.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread::{self, ThreadId};

    use tokio::sync::{mpsc, oneshot};

    use super::*;

    /// The threads that did the steps before and after `waits`.
    async fn steps(waits: impl Future<Output = ()>) -> (ThreadId, ThreadId) {
        let first = thread::current().id();
        waits.await;
        (first, thread::current().id())
    }

    fn run(
        waits: impl Future<Output = ()> + Send + 'static,
    ) -> mpsc::UnboundedReceiver<(ThreadId, ThreadId)> {
        let (done, steps_of) = mpsc::unbounded_channel();
        begin(&Handle::current(), async move { done.send(steps(waits).await).unwrap() });
        steps_of
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn work_that_waits_for_nothing_is_done_at_once() {
        let here = thread::current().id();
        assert_eq!(run(async {}).try_recv().unwrap(), (here, here));
    }

    #[test]
    fn the_first_step_is_done_here_and_the_others_by_the_runtime() {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
        let (wake, woken) = oneshot::channel::<()>();
        let inside = runtime.enter();
        let mut steps = run(async { woken.await.unwrap() });
        assert!(steps.try_recv().is_err());
        wake.send(()).unwrap();
        let (first, last) = steps.blocking_recv().unwrap();
        assert_eq!(first, thread::current().id());
        assert_ne!(last, first);
        drop(inside);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn work_that_is_woken_during_its_first_step_goes_on() {
        for _ in 0..1000 {
            assert!(run(tokio::task::yield_now()).recv().await.is_some());
            let (wake, woken) = oneshot::channel::<()>();
            let other = thread::spawn(move || wake.send(()).unwrap());
            assert!(run(async { woken.await.unwrap() }).recv().await.is_some());
            other.join().unwrap();
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn work_that_waits_again_and_again_ends() {
        let waits = async {
            for _ in 0..10 {
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
                tokio::task::yield_now().await;
            }
        };
        assert!(run(waits).recv().await.is_some());
    }
}
