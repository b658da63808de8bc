//! Calls that end before their work does: when the caller aborts, or the client is closed.

use std::pin::pin;
use std::task::Poll;

use tokio_util::sync::CancellationToken;

use crate::Error;

/// What a call does to records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It reads.
    Reads,
    /// It writes: once it has begun, ending it early leaves it in doubt.
    Writes,
}

/// Runs `work` until it is done or `ended` is cancelled, and gives `reason` then. A token that was cancelled before lets
/// nothing begin.
///
/// # Errors
/// Those of the work, and `reason`.
pub async fn run_until<T>(
    ended: &CancellationToken,
    reason: fn() -> Error,
    effect: Effect,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let (mut ended, mut work) = (pin!(ended.cancelled()), pin!(work));
    let mut has_begun = false;
    std::future::poll_fn(|context| {
        if ended.as_mut().poll(context).is_ready() {
            let in_doubt = has_begun && effect == Effect::Writes;
            return Poll::Ready(Err(reason().in_doubt_if(in_doubt)));
        }
        has_begun = true;
        work.as_mut().poll(context)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    async fn aborted(effect: Effect, before: bool) -> Error {
        let abort = CancellationToken::new();
        if before {
            abort.cancel();
        }
        let call = run_until(&abort, Error::aborted, effect, std::future::pending::<Result<(), Error>>());
        let abortion = async {
            tokio::task::yield_now().await;
            abort.cancel();
        };
        tokio::join!(call, abortion).0.unwrap_err()
    }

    #[tokio::test]
    async fn only_a_write_that_has_begun_is_in_doubt() {
        for (effect, before, in_doubt) in [
            (Effect::Writes, false, true),
            (Effect::Writes, true, false),
            (Effect::Reads, false, false),
            (Effect::Reads, true, false),
        ] {
            let error = aborted(effect, before).await;
            assert_eq!((error.kind, error.in_doubt), (ErrorKind::Aborted, in_doubt), "{effect:?} {before}");
        }
        let never = CancellationToken::new();
        assert_eq!(run_until(&never, Error::aborted, Effect::Writes, async { Ok(7) }).await.unwrap(), 7);
    }
}
