//! The way in for fuzzing: a server without sockets.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::LazyLock;

use aerostride_wire::{FRAME_HEADER_SIZE, FrameHeader, PARTITIONS};

use crate::cluster::Cluster;
use crate::command::Gathered;
use crate::connection::Session;
use crate::engine::Engine;
use crate::{Config, NamespaceConfig, User};

/// Answers frames, one after the other, as a new server would answer a connection. The replies are one behind the
/// other. An odd number of bytes is answered by a server with users.
#[doc(hidden)]
pub fn fuzz_answer(frames: &[u8]) -> Vec<u8> {
    let engine = if frames.len().is_multiple_of(2) { &OPEN } else { &SECURED };
    let mut session = Session::new(ADDRESS, ADDRESS);
    let (mut replies, mut output) = (Gathered::up_to(usize::MAX), Vec::new());
    let mut rest = frames;
    while let Some((header, tail)) = rest.split_first_chunk::<FRAME_HEADER_SIZE>()
        && let Ok(header) = FrameHeader::parse(header, tail.len())
    {
        let (body, tail) = tail.split_at(header.size);
        if !session.answer((engine, 0), header.kind, body, &mut output, &mut replies).unwrap_or(false) {
            break;
        }
        rest = tail;
    }
    if engine.namespaces().iter().any(|namespace| namespace.objects() > 0) {
        engine.lose(&(0..PARTITIONS).collect::<Vec<_>>());
    }
    replies.into_bytes()
}

const ADDRESS: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 3000);

/// Making a server takes longer than anything that is asked of it here, so there are two of them, emptied every time.
static OPEN: LazyLock<Engine> = LazyLock::new(|| engine(Config::new()));
static SECURED: LazyLock<Engine> =
    LazyLock::new(|| engine(Config::new().users([User::with_hash("ada", b"hash").role("read")])));

fn engine(config: Config) -> Engine {
    let config = config.namespaces([NamespaceConfig::new("test").memory_limit(1 << 20)]);
    let cluster = Cluster::new(&[ADDRESS], 1, &[], config.pace);
    Engine::new(config, cluster)
}
