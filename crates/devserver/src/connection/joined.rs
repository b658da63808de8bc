//! Connections of nodes that run in processes of their own. Such a node has nothing but its port: it passes on what clients send,
//! and leaves everything else to the process that it has joined.

use std::io::{self, Read};
use std::net::SocketAddr;
use std::sync::Arc;

use aerostride_wire::FRAME_HEADER_SIZE;

use super::{Connection, Session, serve_session};
use crate::standing::Standing;

/// The type of the frames that such nodes send: none that clients have.
pub(crate) const JOINED: u8 = 0xa5;
/// Longest text of such a frame.
const MAX_TEXT: usize = 256;

impl Connection<'_> {
    /// Does what a node of another process asks for, until it closes the connection: `join PORT` makes it a member for so long,
    /// and `serve NODE LOCAL CLIENT` answers what one of its clients sends.
    pub(super) fn adopt(&mut self, header: [u8; FRAME_HEADER_SIZE]) -> io::Result<bool> {
        let size = u64::from_be_bytes(header) & 0xffff_ffff_ffff;
        let Some(size) = usize::try_from(size).ok().filter(|size| *size <= MAX_TEXT) else {
            return Ok(false);
        };
        if !self.input.body(&mut self.transport, size)? {
            return Ok(false);
        }
        let text = String::from_utf8_lossy(self.input.frame_body(size)).into_owned();
        self.input.consume(size);
        match *text.split(' ').collect::<Vec<_>>() {
            ["join", port] => self.take_in(port.parse().unwrap_or(0)),
            ["serve", node, local, client] => {
                let addresses = (local.parse::<SocketAddr>(), client.parse::<SocketAddr>());
                let (Ok(node), (Ok(local), Ok(client))) = (node.parse::<usize>(), addresses) else {
                    return Ok(false);
                };
                if node >= self.node.engine.cluster.members().len() {
                    return Ok(false);
                }
                let standing = Standing::new(Arc::clone(&self.node.engine), node);
                let session = Session::new(local, client);
                let input = std::mem::take(&mut self.input);
                serve_session(&standing, self.transport.stream(), (self.number, input), session)
                    .map(|()| false)
            }
            _ => Ok(false),
        }
    }

    fn take_in(&mut self, port: u16) -> io::Result<bool> {
        let engine = &self.node.engine;
        let Some(place) = engine.cluster.join(port) else { return Ok(false) };
        let reply = frame(&place.to_string());
        let mut member = || -> io::Result<()> {
            io::Write::write_all(&mut self.transport, &reply)?;
            while self.transport.read(&mut [0])? > 0 {}
            Ok(())
        };
        let _ended_either_way = member();
        let lost = engine.cluster.stop(place);
        engine.lose(&lost);
        Ok(false)
    }
}

/// A frame with a text.
pub(crate) fn frame(text: &str) -> Vec<u8> {
    let mut bytes = (text.len() as u64).to_be_bytes().to_vec();
    (bytes[0], bytes[1]) = (2, JOINED);
    bytes.extend_from_slice(text.as_bytes());
    bytes
}
