use crate::{Error, ErrorKind};

/// How an exchange with a node ended. Only what the node did wrong counts against it: see
/// [`DataNode::judge`](crate::pool::DataNode::judge).
#[derive(Debug)]
pub(crate) enum Ended {
    /// With a complete and sound reply.
    Answered,
    /// With a complete reply that refuses the request as a whole.
    Refused(Error),
    /// With bytes that are not the protocol. The connection is lost; the node is there.
    Malformed(Error),
    /// The connection could not be made, or broke.
    PeerFailed(Error),
    /// No byte came for as long as the caller wanted to wait.
    Silent(Error),
    /// The caller has given up or closed the client, which says nothing about the node.
    CallerGone(Error),
    /// Nothing was sent, because the request cannot be sent.
    Unsendable(Error),
}

impl From<Error> for Ended {
    fn from(error: Error) -> Self {
        match error.kind {
            ErrorKind::Server => Self::Refused(error),
            ErrorKind::Protocol => Self::Malformed(error),
            ErrorKind::Connection => Self::PeerFailed(error),
            ErrorKind::Timeout => Self::Silent(error),
            ErrorKind::Closed | ErrorKind::Aborted => Self::CallerGone(error),
            ErrorKind::InvalidArgument
            | ErrorKind::OutOfRange
            | ErrorKind::Overloaded
            | ErrorKind::Internal => Self::Unsendable(error),
        }
    }
}

impl From<Result<(), Error>> for Ended {
    fn from(ended: Result<(), Error>) -> Self {
        ended.map_or_else(Self::from, |()| Self::Answered)
    }
}

impl Ended {
    /// Whether nothing of a request or reply is left on the connection.
    pub(crate) const fn leaves_connection_clean(&self) -> bool {
        match self {
            Self::Answered | Self::Refused(_) | Self::Unsendable(_) => true,
            Self::Malformed(_) | Self::PeerFailed(_) | Self::Silent(_) | Self::CallerGone(_) => false,
        }
    }

    /// Why there is no answer.
    pub(crate) fn error(self) -> Option<Error> {
        match self {
            Self::Answered => None,
            Self::Refused(error)
            | Self::Malformed(error)
            | Self::PeerFailed(error)
            | Self::Silent(error)
            | Self::CallerGone(error)
            | Self::Unsendable(error) => Some(error),
        }
    }
}
