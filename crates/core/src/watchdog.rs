use std::pin::Pin;
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use crate::codes;
use crate::{Error, ErrorKind};

/// Ends a request whose peer has been silent for too long. There is one timer per request, not one per read: when it
/// fires it looks when the last byte moved, and goes on sleeping if that was not long ago.
#[derive(Debug)]
pub(crate) struct Watchdog {
    sleep: Pin<Box<Sleep>>,
    limit: Duration,
    last_activity: Instant,
}

impl Watchdog {
    /// A watchdog that bites after `limit` without activity; zero never.
    pub(crate) fn new(limit: Duration) -> Self {
        // 30 years is what tokio itself takes for "never".
        let limit = if limit.is_zero() { Duration::from_secs(86_400 * 365 * 30) } else { limit };
        let now = Instant::now();
        Self { sleep: Box::pin(sleep_until(now + limit)), limit, last_activity: now }
    }

    /// Begins to wait anew, after a time in which nothing was expected of the peer.
    pub(crate) fn rouse(&mut self) {
        self.last_activity = Instant::now();
    }

    /// When the last bytes moved.
    pub(crate) const fn last_activity(&self) -> Instant {
        self.last_activity
    }

    /// A watchdog that never bites, where the caller bounds the time.
    pub(crate) fn never() -> Self {
        Self::new(Duration::ZERO)
    }

    /// Waits for `io`, and for no longer than the peer may be silent.
    ///
    /// # Errors
    /// [`ErrorKind::Timeout`], and those of `io`.
    pub(crate) async fn guard<T>(
        &mut self,
        io: impl Future<Output = std::io::Result<T>>,
    ) -> Result<T, Error> {
        tokio::pin!(io);
        loop {
            tokio::select! {
                biased;
                done = &mut io => {
                    self.last_activity = Instant::now();
                    return done.map_err(Error::from);
                }
                () = &mut self.sleep => {
                    let due = self.last_activity + self.limit;
                    if Instant::now() >= due {
                        let message = format!("no byte from the server for {} ms (socketTimeout)", self.limit.as_millis());
                        return Err(Error::new(ErrorKind::Timeout, message).with_code(codes::TIMEOUT));
                    }
                    self.sleep.as_mut().reset(due);
                }
            }
        }
    }
}
