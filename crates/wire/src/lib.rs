//! The Aerospike wire protocol as bytes: frames, info, messages, batch requests, scans and queries, and the walk over their
//! replies.
//!
//! Nothing here does I/O, and nothing allocates per row: encoders append to a buffer that the caller owns,
//! parsers borrow from the buffer that the caller read. Every length that comes from outside is checked before it
//! is used, and a violation is a [`WireError`] that says what was read and what was allowed.
#![forbid(unsafe_code)]
#![warn(clippy::too_many_lines)]

mod admin;
mod batch_request;
mod batch_rows;
mod batch_write;
mod cursor;
mod digest;
mod digest_lanes;
mod error;
mod frame;
mod in_list;
mod info;
mod key;
mod message;
pub mod msgpack;
mod number_bin;
mod particle;
mod pattern;
mod record_pattern;
mod record_request;
mod reply;
mod request;
pub mod result_code;
mod run;
mod stream_reply;
mod stream_request;
mod varying;

pub use admin::{AdminMessage, admin_command, admin_field, encode_admin, encode_admin_message};
pub use batch_request::{
    BatchEncoder, BatchFlags, BatchHeader, BinRead, BinSelection, ReadAttributes, RowGroup,
};
pub use batch_rows::{BatchRow, BatchRows, RowTemplate, row_flag};
pub use batch_write::{BatchWriteEncoder, OpSink, WriteAttributes};
pub use cursor::Cursor;
pub use digest::{PARTITIONS, digest, digest_all, partition_of};
pub use error::{EncodeError, WireError};
pub use frame::{FRAME_HEADER_SIZE, FrameHeader, FrameType, MAX_FRAME_BODY, finish_frame, start_frame};
pub use in_list::{Scratch, first_of_list};
pub use info::{InfoCommand, InfoTextError, check_info_name, encode_info_request, info_pairs};
pub use key::{DIGEST_SIZE, Digest, KeyParts, KeyType};
pub use message::{
    Field, MAX_BIN_NAME, MAX_OPS, MESSAGE_HEADER_SIZE, MessageHeader, OP_HEADER_SIZE, Op, field_type, info1,
    info2, info3, put_field, put_op, read_op, try_put_field, try_put_op, write_type,
};
pub use number_bin::{Number, NumberBin};
pub use particle::{Particle, geo_text, particle_type};
pub use record_pattern::{AlikeRecord, NumberPlace, NumberRead, RecordPattern};
pub use record_request::RecordRequest;
pub use reply::{ReplyWalker, RowHeader};
pub use request::{Fields, Ops, Request};
pub use run::{Messages, Run};
pub use stream_reply::{StreamMessage, StreamRecord, StreamWalker};
pub use stream_request::{IndexQuery, IndexRange, IndexType, Resume, StreamBins, StreamRequest};
