//! Result codes. Those of the server are its own; the negative ones are those that the official clients use.

use aerospike::ResultCode;

/// The reply could not be understood.
pub const ERR_CLIENT: i32 = -1;
/// Nothing that could be sent.
pub const ERR_PARAM: i32 = -2;
/// No node to send the row to.
pub const INVALID_NODE: i32 = -8;
/// The connection could not be made, or broke.
pub const ERR_CONNECTION: i32 = -10;
/// The reply ended without this row.
pub const NO_RESPONSE: i32 = aerostride_columns::NO_RESPONSE;
/// Success.
pub const OK: i32 = 0;
/// The server does not say more.
pub(crate) const SERVER_ERROR: i32 = 1;
/// The record does not exist.
pub const NOT_FOUND: i32 = 2;
/// The client's or the server's time was up.
pub const TIMEOUT: i32 = 9;
/// The partition has no owner.
pub const PARTITION_UNAVAILABLE: i32 = 11;
/// The namespace is unknown.
pub const NAMESPACE_NOT_FOUND: i32 = 20;

/// Not now, or not with these settings: writes are stopped, a truncation is under way, records cannot expire.
const FORBIDDEN: i32 = 22;
/// The server takes no batches.
const BATCH_DISABLED: i32 = 150;
/// The request has more rows than the server takes.
const BATCH_MAX_REQUESTS: i32 = 151;
/// The server has no place for another batch at the moment.
const BATCH_QUEUES_FULL: i32 = 152;

/// Codes that another attempt may turn into a success: timeout, partition unavailable, key busy, device overload, batch
/// queues full.
pub const fn is_retryable(code: i32) -> bool {
    matches!(code, TIMEOUT | PARTITION_UNAVAILABLE | 14 | 18 | BATCH_QUEUES_FULL)
}

/// What to do about a server's refusal, where there is more to say than the code says.
pub(crate) const fn advice(code: i32) -> Option<&'static str> {
    match code {
        FORBIDDEN => Some("a write with a ttl is refused where the namespace has no nsup-period"),
        BATCH_DISABLED => Some("the server's batch-index-threads is 0"),
        BATCH_MAX_REQUESTS => {
            Some("set policy.maxKeysPerRequest to the server's batch-max-requests, or less")
        }
        _ => None,
    }
}

/// Row codes that the client itself answers with.
pub(crate) const fn is_by_client(code: i32) -> bool {
    matches!(code, NAMESPACE_NOT_FOUND | PARTITION_UNAVAILABLE | ERR_PARAM)
}

/// What a code means, in words.
pub fn describe(code: i32) -> String {
    match code {
        ERR_CLIENT => "the reply could not be understood".into(),
        ERR_PARAM => "nothing that could be sent".into(),
        INVALID_NODE => "no node to send the row to".into(),
        ERR_CONNECTION => "connection failed".into(),
        NO_RESPONSE => "the server's reply ended without this row".into(),
        code => match u8::try_from(code) {
            Ok(byte) => ResultCode::from(byte).into_string(),
            Err(_) => format!("code {code}"),
        },
    }
}
