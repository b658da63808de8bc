//! Connections on which something goes wrong.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use aerostride_wire::FrameHeader;
use socket2::SockRef;

use super::Connection;
use super::session::trigger_of_frame;
use crate::command::Gathered;
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
        let fired = self.node.engine.faults().react(&event);
        let mut gathered = Gathered::default();
        let place = (&*self.node.engine, self.node.index);
        let keep = self.session.answer(place, header.kind, body, &mut self.output, &mut gathered)?;
        let honest = gathered.0.clone();
        let kept = self.deliver(fired, gathered.0)?;
        self.earlier = honest;
        Ok(keep && kept)
    }

    fn deliver(&mut self, fired: Vec<Fired>, mut reply: Vec<u8>) -> io::Result<bool> {
        let mut cut = None;
        let mut drip = None;
        for Fired { fault, mut random } in fired {
            match fault {
                Fault::Delay(time) if !self.node.pause(time) => return Ok(false),
                Fault::Drip(pause) => drip = Some(pause),
                Fault::Cut(at) => cut = Some(at),
                Fault::Refuse => return reset(self.transport.stream()).map(|()| false),
                Fault::Close => return Ok(false),
                Fault::Silence => return discard(&mut self.transport).map(|()| false),
                _ => reply = mangle(&fault, &mut random, reply, &self.earlier),
            }
        }
        let end = cut.map_or(reply.len(), |at| at.min(reply.len()));
        match drip {
            Some(pause) if !self.drip(&reply[..end], pause)? => return Ok(false),
            Some(_) => {}
            None => self.transport.write_all(&reply[..end])?,
        }
        self.transport.flush()?;
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
