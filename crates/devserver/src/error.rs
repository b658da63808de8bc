use std::io;
use std::net::SocketAddr;

use thiserror::Error;

/// Why a server could not be started.
#[derive(Debug, Error)]
pub enum DevServerError {
    /// A port is taken or an address is not this computer's.
    #[error("cannot listen on {address}: {cause}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// The system's reason.
        #[source]
        cause: io::Error,
    },
    /// Settings that contradict themselves.
    #[error("impossible configuration: {0}")]
    Config(String),
    /// Certificates or keys that cannot be used.
    #[error("impossible TLS settings: {0}")]
    Tls(String),
    /// The system gave no thread or no socket.
    #[error("cannot start: {0}")]
    Io(#[from] io::Error),
}
