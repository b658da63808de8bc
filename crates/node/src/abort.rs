use aerostride_core::CancellationToken;
use napi_derive::napi;

/// Ends the batch that it was given to.
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
