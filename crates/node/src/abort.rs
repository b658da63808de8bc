use aerostride_core::{CancellationToken, Error, ErrorKind};
use napi_derive::napi;

/// Ends the call that it was given to.
#[napi]
#[derive(Default)]
pub struct NativeAbort {
    pub(crate) token: CancellationToken,
}

#[napi]
impl NativeAbort {
    /// A handle that nobody has used yet.
    #[napi(constructor)]
    #[allow(clippy::new_without_default, reason = "the macro makes a JavaScript constructor of it")]
    pub fn new() -> Self {
        Self::default()
    }

    /// Aborts. Calling it again does nothing.
    #[napi]
    pub fn abort(&self) {
        self.token.cancel();
    }
}

/// Runs `work` unless it is aborted. Dropping it closes the connection that it was using; what the server has received by
/// then it carries out.
pub fn unless_aborted<T: Send, W: Future<Output = Result<T, Error>> + Send>(
    abort: Option<&NativeAbort>,
    work: W,
) -> impl Future<Output = Result<T, Error>> + Send + use<T, W> {
    let token = abort.map(|abort| abort.token.clone());
    async move {
        let Some(token) = token else { return work.await };
        let aborted = || Err(Error::new(ErrorKind::Aborted, "the call was aborted"));
        token.run_until_cancelled_owned(work).await.unwrap_or_else(aborted)
    }
}
