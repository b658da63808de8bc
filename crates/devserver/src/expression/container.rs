use aerostride_wire::{Cursor, result_code as code};

use crate::msgpack::{self, Item};

/// A list or map, taken apart in the order in which it stands. Elements of lists have an empty key.
pub(super) struct Container<'v> {
    pub(super) is_map: bool,
    pub(super) flags: Option<&'v [u8]>,
    pub(super) entries: Vec<(&'v [u8], &'v [u8])>,
}

impl<'v> Container<'v> {
    pub(super) fn parse(bytes: &'v [u8]) -> Result<Self, u8> {
        let mut cursor = Cursor::new(bytes);
        let (is_map, count) = match msgpack::item(&mut cursor)? {
            Item::Map(count) => (true, count),
            Item::List(count) => (false, count),
            _ => return Err(code::BIN_TYPE),
        };
        let (mut flags, mut entries) = (None, Vec::new());
        for at in 0..count {
            let first = msgpack::element(&mut cursor)?;
            let entry = if is_map { (first, msgpack::element(&mut cursor)?) } else { (&first[..0], first) };
            if at == 0 && msgpack::is_flags(first) {
                flags = Some(first);
            } else {
                entries.push(entry);
            }
        }
        Ok(Self { is_map, flags, entries })
    }

    pub(super) fn is_ordered_list(&self) -> bool {
        !self.is_map && matches!(self.flags, Some([.., flags]) if flags & 1 != 0)
    }

    /// The entry at an index, or at a rank of its values.
    pub(super) fn position(&self, at: i64, by_rank: bool) -> Option<usize> {
        let count = self.entries.len();
        let at = if at < 0 { at.checked_add(count as i64)? } else { at };
        let at = usize::try_from(at).ok().filter(|at| *at < count)?;
        let mut order: Vec<usize> = (0..count).collect();
        if by_rank {
            msgpack::sort_by(&mut order, &mut |a, b| compare(self.entries[*a].1, self.entries[*b].1));
        } else if self.is_map {
            msgpack::sort_by(&mut order, &mut |a, b| compare(self.entries[*a].0, self.entries[*b].0));
        }
        order.get(at).copied()
    }
}

pub(super) fn compare(a: &[u8], b: &[u8]) -> std::cmp::Ordering {
    msgpack::compare(a, b).unwrap_or(std::cmp::Ordering::Equal)
}
