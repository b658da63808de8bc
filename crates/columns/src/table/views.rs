use aerostride_wire::{Op, Particle, geo_text};

use super::blocks::{Block, Spot};
use super::{FieldPlan, OnLoss, Table};
use crate::convert::{self, Outcome};
use crate::{Element, VIEW_SIZE};

/// The longest value that lies in its cell.
const INLINE: usize = 12;

/// What a cell says of a value.
type View = [u8; VIEW_SIZE];

/// What cells without a value hold, and lists without elements.
const EMPTY: View = [0; VIEW_SIZE];

impl Table {
    /// Writes a value of any length: the view into the cell, and what does not lie in it into the block. After a mismatch
    /// the cell is to be cleared.
    #[inline]
    pub(super) fn write_view(
        &self,
        plan: &FieldPlan,
        cell: usize,
        op: &Op<'_>,
        particle: &Particle<'_>,
        block: &mut Block,
    ) -> Outcome {
        let (head, bytes) = match (plan.element, *particle) {
            (Element::Utf8, Particle::String(bytes)) if is_text(bytes) => (None, bytes),
            (Element::Utf8, Particle::GeoJson(bytes)) => match geo_text(bytes).filter(|text| is_text(text)) {
                Some(text) => (None, text),
                None => return Outcome::Mismatch,
            },
            (Element::Binary, Particle::Blob(bytes) | Particle::Hll(bytes) | Particle::String(bytes)) => {
                (None, bytes)
            }
            (Element::Any, _) => (Some(op.particle), op.value),
            (Element::List(element), _) => return self.write_list(*element, cell, particle, block),
            _ => return Outcome::Mismatch,
        };
        match view_of(head, bytes, |head, bytes| block.append(&self.blocks, head, bytes)) {
            Some(view) => {
                self.memory.put(cell, view);
                Outcome::Exact
            }
            None => Outcome::Mismatch,
        }
    }

    /// Lists never lie in their cell, and their cells say how many elements they have.
    fn write_list(
        &self,
        element: Element,
        cell: usize,
        particle: &Particle<'_>,
        block: &mut Block,
    ) -> Outcome {
        let size = element.size();
        let (mut outcome, mut count) = (Outcome::Exact, 0);
        let mut bytes = 0;
        let keeps_lossy = self.options.on_loss != OnLoss::Null;
        let mut write = |most: usize, read: &dyn Fn(&mut Vec<u8>) -> (Outcome, usize)| {
            block.append_aligned(&self.blocks, most, &mut |out| {
                let before = out.len();
                (outcome, count) = read(out);
                bytes = out.len() - before;
                outcome == Outcome::Exact || outcome == Outcome::Lossy && keeps_lossy
            })
        };
        let spot = match particle {
            Particle::Blob(blob) if blob.len().is_multiple_of(size) => write(blob.len(), &|out| {
                out.extend_from_slice(blob);
                (Outcome::Exact, blob.len() / size)
            }),
            // The frame around a malformed list is sound; only this value is not a list of numbers.
            Particle::List(msgpack) => write(convert::most_bytes(msgpack, element), &|out| {
                convert::numbers(msgpack, element, out).unwrap_or((Outcome::Mismatch, 0))
            }),
            _ => return Outcome::Mismatch,
        };
        match (spot, i32::try_from(bytes)) {
            (Some(_), Ok(0)) => self.memory.put(cell, EMPTY),
            (Some(spot), Ok(bytes)) => self.memory.put(cell, view(bytes, (count as u32).to_le_bytes(), spot)),
            (Some(_), Err(_)) => return Outcome::Mismatch,
            (None, _) => {}
        }
        outcome
    }
}

/// The view on a value; `append` is called for one that does not lie in its cell. `None` for one that no cell can say.
#[inline]
fn view_of(head: Option<u8>, bytes: &[u8], append: impl FnOnce(Option<u8>, &[u8]) -> Spot) -> Option<View> {
    let skip = usize::from(head.is_some());
    let size = bytes.len() + skip;
    let length = i32::try_from(size).ok()?;
    let mut short = EMPTY;
    if let Some(head) = head {
        short[4] = head;
    }
    if size <= INLINE {
        short[..4].copy_from_slice(&length.to_le_bytes());
        short[4 + skip..4 + size].copy_from_slice(bytes);
        return Some(short);
    }
    short[4 + skip..8].copy_from_slice(&bytes[..4 - skip]);
    let [_, _, _, _, a, b, c, d, ..] = short;
    Some(view(length, [a, b, c, d], append(head, bytes)))
}

fn view(length: i32, prefix: [u8; 4], spot: Spot) -> View {
    let mut view = EMPTY;
    for (at, part) in
        [length.to_le_bytes(), prefix, spot.block.to_le_bytes(), spot.offset.to_le_bytes()].iter().enumerate()
    {
        view[at * 4..at * 4 + 4].copy_from_slice(part);
    }
    view
}

/// Most text is ASCII, which is seen a word at a time.
#[inline]
fn is_text(bytes: &[u8]) -> bool {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let mut seen = 0;
    if let Some(last) = bytes.last_chunk::<8>() {
        bytes.as_chunks::<8>().0.iter().for_each(|word| seen |= u64::from_ne_bytes(*word));
        seen |= u64::from_ne_bytes(*last);
    } else {
        bytes.iter().for_each(|byte| seen |= u64::from(*byte));
    }
    seen & HIGH == 0 || std::str::from_utf8(bytes).is_ok()
}
