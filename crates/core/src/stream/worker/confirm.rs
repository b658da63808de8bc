//! Whether a query that has come to its end has seen all of its index.

use std::time::Duration;

use aerostride_wire::{FrameType, StreamBins as WireBins, StreamMessage, StreamRequest, StreamWalker};

use super::{Worker, refused};
use crate::Error;
use crate::stream::IndexSpec;
use crate::stream::chunk::Place;
use crate::watchdog::Watchdog;

impl Worker {
    /// Asks whether the index is still there, behind the last request.
    pub(super) async fn confirm(&mut self) -> Result<(), Error> {
        let places = std::mem::take(&mut self.unconfirmed);
        let Some(Place { id, .. }) = places.first() else { return Ok(()) };
        match self.probe(*id).await {
            Ok(()) => {
                self.finish(&places);
                Ok(())
            }
            Err(error) => {
                self.intake.hand_over()?;
                self.retry(places, error, false)
            }
        }
    }

    /// A query for one record of a partition, of which only the code counts.
    async fn probe(&mut self, partition: u16) -> Result<(), Error> {
        let mut lease = self.leased().await?;
        let index = self.shared.options.index.as_ref().map(IndexSpec::query);
        let request = StreamRequest {
            max_records: 1,
            partitions: &[partition],
            index: index.as_ref(),
            bins: WireBins::None,
            ..self.request()
        };
        lease.connection.output.clear();
        request.encode(&mut lease.connection.output)?;
        let mut watchdog = Watchdog::new(self.patience());
        lease.connection.send(&mut watchdog).await?;
        loop {
            let body = lease.connection.next_frame(FrameType::Message, &mut watchdog).await?;
            match end_of(lease.connection.body(body))? {
                Some(0) => {
                    self.lease = Some(lease);
                    return Ok(());
                }
                Some(code) => return Err(refused(code, true)),
                None => {}
            }
        }
    }

    /// After a failure nobody confirms what was read before it: it goes on behind its last records, of which there may be none.
    pub(super) fn take_back(&mut self) -> Result<(), Error> {
        if self.unconfirmed.is_empty() {
            return Ok(());
        }
        self.intake.hand_over()?;
        self.shared.ledger.put_back(std::mem::take(&mut self.unconfirmed), Duration::ZERO);
        Ok(())
    }
}

/// The code at the end of a reply, where this frame is the last one.
fn end_of(frame: &[u8]) -> Result<Option<u8>, Error> {
    let mut walker = StreamWalker::new(frame);
    while let Some(message) = walker.next_message()? {
        if let StreamMessage::Last { code } | StreamMessage::Refused { code } = message {
            return Ok(Some(code));
        }
    }
    Ok(None)
}
