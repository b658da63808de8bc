use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::time::sleep;

/// The longest time that an attempt has for itself before the next one begins beside it (RFC 8305).
pub(crate) const HEAD_START: Duration = Duration::from_millis(250);

/// The head start of each of `attempts`, such that the last one still has half of the time.
pub(crate) fn head_start(attempts: usize, limit: Duration) -> Duration {
    let attempts = u32::try_from(attempts).unwrap_or(u32::MAX).max(1);
    HEAD_START.min(limit / 2 / attempts)
}

/// The first success of attempts that begin one after the other: the next one when one before it has failed, or after
/// `head_start` at the latest. The others are dropped.
///
/// # Errors
/// Those of all attempts, when none succeeded.
pub(crate) async fn first<C, T, E, F>(
    candidates: Vec<C>,
    head_start: Duration,
    attempt: impl Fn(C) -> F,
) -> Result<T, Vec<E>>
where
    F: Future<Output = Result<T, E>>,
{
    let mut waiting = candidates.into_iter();
    let mut running = FuturesUnordered::new();
    let mut failures = Vec::new();
    loop {
        running.extend(waiting.next().map(&attempt));
        tokio::select! {
            biased;
            ended = running.next() => match ended {
                Some(Ok(success)) => return Ok(success),
                Some(Err(failure)) => failures.push(failure),
                None => return Err(failures),
            },
            () = sleep(head_start), if waiting.len() > 0 => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEVER: Duration = Duration::from_secs(86_400);
    const SOON: Duration = Duration::from_millis(1);

    /// What an attempt does.
    #[derive(Debug, Clone, Copy)]
    enum Fate {
        Fails,
        Hangs,
        Succeeds,
        SucceedsAfter(Duration),
    }

    /// The place of the winner, or how many have failed.
    async fn race(head_start: Duration, fates: &[Fate]) -> Result<usize, usize> {
        let candidates = fates.iter().copied().enumerate().collect();
        let ended = first(candidates, head_start, async |(place, fate)| match fate {
            Fate::Fails => Err(()),
            Fate::Hangs => std::future::pending().await,
            Fate::Succeeds => Ok(place),
            Fate::SucceedsAfter(time) => {
                sleep(time).await;
                Ok(place)
            }
        });
        ended.await.map_err(|failures| failures.len())
    }

    #[tokio::test]
    async fn a_failure_lets_the_next_begin_at_once_and_silence_after_its_head_start() {
        use Fate::{Fails, Hangs, Succeeds, SucceedsAfter};
        assert_eq!(race(NEVER, &[Fails, Fails, Succeeds, Fails]).await, Ok(2));
        assert_eq!(race(NEVER, &[Succeeds, Succeeds]).await, Ok(0));
        assert_eq!(race(SOON, &[Hangs, Hangs, Succeeds]).await, Ok(2));
        // A slow one goes on beside the others, and may still win.
        assert_eq!(race(SOON, &[SucceedsAfter(SOON * 20), Hangs, Fails, Hangs]).await, Ok(0));
    }

    #[tokio::test]
    async fn it_fails_when_all_have_failed_and_with_nobody() {
        assert_eq!(race(NEVER, &[Fate::Fails; 3]).await, Err(3));
        assert_eq!(race(NEVER, &[]).await, Err(0));
    }

    #[test]
    fn the_last_of_many_has_half_of_the_time() {
        let limit = Duration::from_secs(1);
        assert_eq!(head_start(1, limit), HEAD_START);
        assert_eq!(head_start(2, limit), HEAD_START);
        assert_eq!(head_start(10, limit), Duration::from_millis(50));
        assert_eq!(head_start(0, limit), HEAD_START);
    }
}
