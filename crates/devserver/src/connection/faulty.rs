//! Connections on which something goes wrong.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use aerostride_wire::FrameHeader;
use socket2::SockRef;

use super::Connection;
use super::client::Client;
use super::session::trigger_of_frame;
use crate::command::{Gathered, Peer};
use crate::fault::{Event, Fault, Fired, Trigger, mangle};
use crate::standing::Standing;

/// Lets the rules for new connections have their way. `false` ends the connection.
pub(super) fn admit(node: &Standing, stream: &TcpStream, number: u64) -> io::Result<bool> {
    if !node.engine.has_faults() {
        return Ok(true);
    }
    let event = Event { trigger: Trigger::Connect, node: node.index, connection: number, body: &[] };
    for Fired { fault, .. } in node.engine.faults().react(&event) {
        match fault {
            Fault::Delay(time) if !node.pause(time) => return Ok(false),
            Fault::Refuse => return reset(stream).map(|()| false),
            Fault::Close => return Ok(false),
            Fault::Silence => return discard(stream).map(|()| false),
            _ => {}
        }
    }
    Ok(true)
}

/// Closes the connection with a reset instead of an orderly end.
fn reset(stream: &TcpStream) -> io::Result<()> {
    SockRef::from(stream).set_linger(Some(Duration::ZERO))
}

/// Reads and answers nothing, until the client or the node closes the connection.
fn discard(mut from: impl Read) -> io::Result<()> {
    let mut nothing = [0; 4096];
    while from.read(&mut nothing)? > 0 {}
    Ok(())
}

impl Connection<'_> {
    /// Performs a request and lets the rules that fire have their way with the reply. `false` ends the connection.
    pub(super) fn answer_faulty(&mut self, header: FrameHeader) -> io::Result<bool> {
        let body = self.input.frame_body(header.size);
        let trigger = trigger_of_frame(header.kind, body);
        let event = Event { trigger, node: self.node.index, connection: self.number, body };
        let mut fired = self.node.engine.faults().react(&event);
        if trigger == Trigger::Scan {
            if !self.wait_for(&mut fired) {
                return Ok(false);
            }
            if fired.is_empty() {
                return self.answer_kept(header);
            }
        }
        // What is cut off anyway is not gathered.
        let enough = fired.iter().filter_map(|fired| fired.fault.end()).min();
        let mut gathered = Gathered::up_to(enough.unwrap_or(usize::MAX));
        let place = (&*self.node.engine, self.node.index);
        let keep = match self.session.answer(place, header.kind, body, &mut self.output, &mut gathered) {
            Err(error) if !gathered.is_full() => return Err(error),
            ended => ended.unwrap_or(true),
        };
        let reply = gathered.into_bytes();
        let honest = reply.clone();
        let kept = self.deliver(fired, reply)?;
        self.earlier = honest;
        Ok(keep && kept)
    }

    /// Makes the pauses in front of a scan, whose reply is not gathered for them. `false` when the node stops meanwhile.
    fn wait_for(&self, fired: &mut Vec<Fired>) -> bool {
        let mut goes_on = true;
        fired.retain(|fired| match fired.fault {
            Fault::Delay(time) => {
                goes_on &= self.node.pause(time);
                false
            }
            _ => true,
        });
        goes_on
    }

    /// Answers a scan on which nothing goes wrong as it comes, and keeps its reply if it is a short one.
    fn answer_kept(&mut self, header: FrameHeader) -> io::Result<bool> {
        let Self { node, transport, session, input, output, .. } = self;
        let mut client = Client::new(node, transport);
        let mut kept = Kept { client: &mut client, bytes: Vec::new(), complete: true };
        let body = input.frame_body(header.size);
        let keep = session.answer((&node.engine, node.index), header.kind, body, output, &mut kept)?;
        self.earlier = if kept.complete { kept.bytes } else { Vec::new() };
        Ok(keep)
    }

    fn deliver(&mut self, fired: Vec<Fired>, mut reply: Vec<u8>) -> io::Result<bool> {
        let mut cut = None;
        let mut drip = None;
        for Fired { fault, mut random } in fired {
            match fault {
                Fault::Delay(time) if !self.node.pause(time) => return Ok(false),
                Fault::Drip(pause) => drip = Some(pause),
                Fault::Cut(at) => cut = Some((at, false)),
                Fault::Stall(at) => cut = Some((at, true)),
                Fault::Refuse => return reset(self.transport.stream()).map(|()| false),
                Fault::Close => return Ok(false),
                Fault::Silence => return discard(&mut self.transport).map(|()| false),
                _ => reply = mangle(&fault, &mut random, reply, &self.earlier),
            }
        }
        let end = cut.map_or(reply.len(), |(at, _)| at.min(reply.len()));
        match drip {
            Some(pause) if !self.drip(&reply[..end], pause)? => return Ok(false),
            Some(_) => {}
            None => self.transport.write_all(&reply[..end])?,
        }
        self.transport.flush()?;
        if let Some((_, true)) = cut {
            discard(&mut self.transport)?;
        }
        Ok(cut.is_none())
    }

    fn drip(&mut self, reply: &[u8], pause: Duration) -> io::Result<bool> {
        for byte in reply.chunks(1) {
            if !self.node.pause(pause) {
                return Ok(false);
            }
            self.transport.write_all(byte)?;
            self.transport.flush()?;
        }
        Ok(true)
    }
}

/// Replies of more bytes than this do not come again.
const KEPT: usize = 4 * 1024 * 1024;

/// A client whose reply is kept, as far as it is short.
struct Kept<'k, 'c, 'n> {
    client: &'k mut Client<'c, 'n>,
    bytes: Vec<u8>,
    complete: bool,
}

impl Peer for Kept<'_, '_, '_> {
    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.complete &= self.bytes.len() + bytes.len() <= KEPT;
        if self.complete {
            self.bytes.extend_from_slice(bytes);
        }
        self.client.send(bytes)
    }

    fn set_patience(&mut self, patience: Option<Duration>) -> io::Result<()> {
        self.client.set_patience(patience)
    }

    fn pause(&mut self, time: Duration) -> bool {
        self.client.pause(time)
    }
}
