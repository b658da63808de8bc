use crate::WireError;

/// Bytes of a frame's header: version, type, 6-byte big-endian body size.
pub const FRAME_HEADER_SIZE: usize = 8;

/// The largest body that a real server accepts or sends: 128 MiB.
pub const MAX_FRAME_BODY: usize = 128 * 1024 * 1024;

const VERSION: u8 = 2;

/// What a frame carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum FrameType {
    /// Info names and values as text.
    Info = 1,
    /// Login and user administration.
    Admin = 2,
    /// One or more messages.
    Message = 3,
    /// An 8-byte uncompressed size, then a zlib stream of a whole frame.
    Compressed = 4,
}

/// The first 8 bytes of every frame, in either direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameHeader {
    /// What the body is.
    pub kind: FrameType,
    /// Body size in bytes, without this header.
    pub size: usize,
}

impl FrameHeader {
    /// Reads a header and checks version, type, and that the body is not over `limit` bytes.
    pub fn parse(bytes: &[u8; FRAME_HEADER_SIZE], limit: usize) -> Result<Self, WireError> {
        if bytes[0] != VERSION {
            return Err(WireError::FrameVersion(bytes[0]));
        }
        let kind = match bytes[1] {
            1 => FrameType::Info,
            2 => FrameType::Admin,
            3 => FrameType::Message,
            4 => FrameType::Compressed,
            other => return Err(WireError::FrameType(other)),
        };
        let size = u64::from_be_bytes(*bytes) & 0x0000_ffff_ffff_ffff;
        match usize::try_from(size) {
            Ok(size) if size <= limit => Ok(Self { kind, size }),
            _ => Err(WireError::FrameTooLarge { size, limit }),
        }
    }

    /// The header's bytes. Sizes are cut to the 48 bits that the protocol has.
    pub fn encode(self) -> [u8; FRAME_HEADER_SIZE] {
        let mut bytes = (self.size as u64 & 0x0000_ffff_ffff_ffff).to_be_bytes();
        bytes[0] = VERSION;
        bytes[1] = self.kind as u8;
        bytes
    }
}

/// Appends a frame header with size 0 and returns where it begins, for [`finish_frame`].
pub fn start_frame(out: &mut Vec<u8>, kind: FrameType) -> usize {
    let at = out.len();
    out.extend_from_slice(&FrameHeader { kind, size: 0 }.encode());
    at
}

/// Writes the size of everything behind the header at `start` into that header.
///
/// # Panics
/// When `start` does not come from [`start_frame`] on the same buffer.
pub fn finish_frame(out: &mut [u8], start: usize) {
    let size = (out.len() - start - FRAME_HEADER_SIZE) as u64;
    out[start + 2..start + FRAME_HEADER_SIZE].copy_from_slice(&size.to_be_bytes()[2..]);
}
