//! Frames that are read before all of them has come.

use std::ops::Range;

use aerostride_wire::{FRAME_HEADER_SIZE, FrameType};

use super::{Connection, LEAST_READ, body_size};
use crate::Error;
use crate::watchdog::Watchdog;

impl Connection {
    /// Receives until a frame is in the buffer, or a part of it that is not too small, and gives the place of its body and whether
    /// that is whole. Then it is consumed; of a part, [`consume`](Self::consume) says how much is.
    pub(crate) async fn next_part(
        &mut self,
        expected: FrameType,
        least: usize,
        watchdog: &mut Watchdog,
    ) -> Result<(Range<usize>, bool), Error> {
        // What was left of a part is not looked at again before more has come.
        let (left, mut has_more) = match self.frame_left {
            Some(left) => (left, false),
            None => (self.begin_frame(expected, watchdog).await?, true),
        };
        loop {
            let come = self.input.len() - self.read_to;
            if come >= left {
                let body = self.read_to..self.read_to + left;
                (self.read_to, self.frame_left) = (body.end, None);
                return Ok((body, true));
            }
            if has_more && come >= least {
                return Ok((self.read_to..self.input.len(), false));
            }
            self.receive(left.min(come.max(least).max(LEAST_READ)), watchdog).await?;
            has_more = true;
        }
    }

    /// Consumes the header of a frame, and gives the size of its body.
    async fn begin_frame(&mut self, expected: FrameType, watchdog: &mut Watchdog) -> Result<usize, Error> {
        loop {
            if let Some(header) = self.input[self.read_to..].first_chunk() {
                let size = body_size(header, expected)?;
                self.read_to += FRAME_HEADER_SIZE;
                self.frame_left = Some(size);
                return Ok(size);
            }
            self.receive(FRAME_HEADER_SIZE, watchdog).await?;
        }
    }

    /// Consumes the first bytes of the frame that [`next_part`](Self::next_part) has given a part of; without any, it is to be
    /// given as a whole.
    pub(crate) async fn consume(&mut self, bytes: usize, watchdog: &mut Watchdog) -> Result<(), Error> {
        let Some(left) = &mut self.frame_left else { return Ok(()) };
        *left -= bytes;
        self.read_to += bytes;
        let left = *left;
        while bytes == 0 && self.input.len() - self.read_to < left {
            self.receive(left, watchdog).await?;
        }
        Ok(())
    }
}
