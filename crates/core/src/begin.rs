//! The first step of a call on the thread that makes it, the others where it is woken.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use parking_lot::Mutex;
use tokio::runtime::Handle;

/// What is to be done, without a result.
type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Does the first step of `work` here and now: for a small batch that is everything up to the waiting for the server.
/// It becomes a task of the runtime when it is first woken, so no thread wakes up only to wait for the reply, and the one
/// that sees the reply goes on with it.
pub fn begin(runtime: &Handle, work: impl Future<Output = ()> + Send + 'static) {
    let _inside = runtime.enter();
    let begun =
        Arc::new(Begun { runtime: runtime.clone(), state: Mutex::new(State::Working { woken: false }) });
    let mut work: Work = Box::pin(work);
    let waker = Waker::from(Arc::clone(&begun));
    if work.as_mut().poll(&mut Context::from_waker(&waker)) == Poll::Ready(()) {
        return;
    }
    let mut state = begun.state.lock();
    match *state {
        State::Working { woken: true } => drop(runtime.spawn(work)),
        State::Working { woken: false } | State::Waiting(_) | State::Spawned => *state = State::Waiting(work),
    }
}

/// Work whose first step is being done, or was.
struct Begun {
    runtime: Handle,
    state: Mutex<State>,
}

enum State {
    /// The first step is being done; what it waits for may have happened meanwhile.
    Working { woken: bool },
    /// It waits for the first time.
    Waiting(Work),
    /// It is a task, which has wakers of its own.
    Spawned,
}

impl Wake for Begun {
    fn wake(self: Arc<Self>) {
        let mut state = self.state.lock();
        if let State::Working { woken } = &mut *state {
            *woken = true;
            return;
        }
        let before = std::mem::replace(&mut *state, State::Spawned);
        drop(state);
        if let State::Waiting(work) = before {
            self.runtime.spawn(work);
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
