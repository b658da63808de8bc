//! The way in for fuzzing: a server without sockets.

use std::net::{Ipv4Addr, SocketAddr};

use aerostride_wire::{FRAME_HEADER_SIZE, FrameHeader};

use crate::cluster::Cluster;
use crate::connection::Session;
use crate::engine::Engine;
use crate::{Config, NamespaceConfig, User};

/// Answers frames, one after the other, as a new server would answer a connection. The replies are one behind the
/// other. An odd number of bytes is answered by a server with users.
#[doc(hidden)]
pub fn fuzz_answer(frames: &[u8]) -> Vec<u8> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 3000));
    let mut config = Config::new().namespaces([NamespaceConfig::new("test").memory_limit(1 << 20)]);
    if frames.len() % 2 == 1 {
        config = config.users([User::with_hash("ada", b"hash").role("read")]);
    }
    let cluster = Cluster::new(&[address], 1, config.pace);
    let engine = Engine::new(config, cluster);
    let mut session = Session::new(address);
    let (mut replies, mut output) = (Vec::new(), Vec::new());
    let mut rest = frames;
    while let Some((header, tail)) = rest.split_first_chunk::<FRAME_HEADER_SIZE>()
        && let Ok(header) = FrameHeader::parse(header, tail.len())
    {
        let (body, tail) = tail.split_at(header.size);
        let mut send = |bytes: &[u8]| {
            replies.extend_from_slice(bytes);
            Ok(())
        };
        if !session.answer((&engine, 0), header.kind, body, &mut output, &mut send).unwrap_or(false) {
            break;
        }
        rest = tail;
    }
    replies
}
