//! Result codes of replies.

/// Success.
pub const OK: u8 = 0;
/// The server does not know what went wrong.
pub const UNKNOWN: u8 = 1;
/// The record does not exist.
pub const NOT_FOUND: u8 = 2;
/// The record has another generation than the one asked for.
pub const GENERATION: u8 = 3;
/// The request is malformed or contradicts itself.
pub const PARAMETER: u8 = 4;
/// The record exists.
pub const RECORD_EXISTS: u8 = 5;
/// The bin exists.
pub const BIN_EXISTS: u8 = 6;
/// The namespace is full.
pub const OUT_OF_SPACE: u8 = 8;
/// The server's deadline passed.
pub const TIMEOUT: u8 = 9;
/// The server's configuration forbids it.
pub const ALWAYS_FORBIDDEN: u8 = 10;
/// The node does not hold the partition.
pub const PARTITION_UNAVAILABLE: u8 = 11;
/// The bin has a type that the operation cannot work on.
pub const BIN_TYPE: u8 = 12;
/// The record is larger than the namespace allows.
pub const RECORD_TOO_BIG: u8 = 13;
/// Too many transactions wait for the record.
pub const KEY_BUSY: u8 = 14;
/// The scan was aborted.
pub const SCAN_ABORT: u8 = 15;
/// The server does not support it.
pub const UNSUPPORTED_FEATURE: u8 = 16;
/// The bin does not exist.
pub const BIN_NOT_FOUND: u8 = 17;
/// The device cannot keep up.
pub const DEVICE_OVERLOAD: u8 = 18;
/// The stored user key is another one.
pub const KEY_MISMATCH: u8 = 19;
/// The namespace does not exist.
pub const INVALID_NAMESPACE: u8 = 20;
/// A bin name is longer than 15 bytes.
pub const BIN_NAME: u8 = 21;
/// Forbidden at this time.
pub const FAIL_FORBIDDEN: u8 = 22;
/// The element of a list or map does not exist.
pub const ELEMENT_NOT_FOUND: u8 = 23;
/// The element of a list or map exists.
pub const ELEMENT_EXISTS: u8 = 24;
/// The edition of the server does not have it.
pub const ENTERPRISE_ONLY: u8 = 25;
/// The operation does not fit the bin's value.
pub const OP_NOT_APPLICABLE: u8 = 26;
/// The record did not pass the filter expression.
pub const FILTERED_OUT: u8 = 27;
/// End of an admin query.
pub const QUERY_END: u8 = 50;
/// The server cannot do security.
pub const SECURITY_NOT_SUPPORTED: u8 = 51;
/// Security is not enabled on the server.
pub const SECURITY_NOT_ENABLED: u8 = 52;
/// The admin command is unknown.
pub const INVALID_COMMAND: u8 = 54;
/// An admin field is missing or malformed.
pub const INVALID_FIELD: u8 = 55;
/// The connection is not in the state that the command needs.
pub const ILLEGAL_STATE: u8 = 56;
/// The user is missing or unknown.
pub const INVALID_USER: u8 = 60;
/// The user exists.
pub const USER_EXISTS: u8 = 61;
/// The password is missing or wrong.
pub const INVALID_PASSWORD: u8 = 62;
/// The password has expired.
pub const EXPIRED_PASSWORD: u8 = 63;
/// The credential is missing or wrong.
pub const INVALID_CREDENTIAL: u8 = 65;
/// The session token is too old.
pub const EXPIRED_SESSION: u8 = 66;
/// The role is missing or unknown.
pub const INVALID_ROLE: u8 = 70;
/// The role exists.
pub const ROLE_EXISTS: u8 = 71;
/// A privilege is missing or unknown.
pub const INVALID_PRIVILEGE: u8 = 72;
/// An address or network of an allowlist is not one.
pub const INVALID_ALLOWLIST: u8 = 73;
/// The server has no quotas.
pub const QUOTAS_NOT_ENABLED: u8 = 74;
/// A quota is not a number.
pub const INVALID_QUOTA: u8 = 75;
/// The connection has not logged in.
pub const NOT_AUTHENTICATED: u8 = 80;
/// The user's roles do not allow it.
pub const ROLE_VIOLATION: u8 = 81;
/// User-defined functions: they failed.
pub const UDF: u8 = 100;
/// The batch has more rows than the server allows.
pub const BATCH_MAX_REQUESTS: u8 = 151;
/// The GeoJSON value is no geometry.
pub const INVALID_GEOJSON: u8 = 160;
/// An index of that name exists, with another definition.
pub const INDEX_EXISTS: u8 = 200;
/// The secondary index does not exist.
pub const INDEX_NOT_FOUND: u8 = 201;
/// The secondary index is being built.
pub const INDEX_NOT_READY: u8 = 203;
