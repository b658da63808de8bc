use aerostride_wire::{Digest, KeyType};

/// What is kept of the keys of a stream's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum KeyColumns {
    /// The user keys of the records that have one.
    #[default]
    User,
    /// The digests.
    Digest,
    /// Nothing.
    None,
}

/// The keys of a batch's rows, beside its columns. Each part is one allocation for all rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RowKeys {
    /// Per row the particle type of its user key, 0 without one.
    pub kinds: Vec<u8>,
    /// Per row where the bytes of its user key end; they begin where those of the row before it end.
    pub ends: Vec<u32>,
    /// The bytes of all user keys: text, bytes, or the 8 big-endian bytes of an integer.
    pub bytes: Vec<u8>,
    /// 20 bytes per row.
    pub digests: Vec<u8>,
    /// The names of the sets that the rows are of.
    pub sets: Vec<Vec<u8>>,
    /// Per row the position of its set in `sets`; empty as long as all rows are of one set.
    pub set_of: Vec<u32>,
}

impl RowKeys {
    /// Room for so many rows.
    pub fn with_room(which: KeyColumns, rows: usize) -> Self {
        let room = |wanted: bool, size: usize| if wanted { rows * size } else { 0 };
        let (user, digest) = (which == KeyColumns::User, which == KeyColumns::Digest);
        Self {
            kinds: Vec::with_capacity(room(user, 1)),
            ends: Vec::with_capacity(room(user, 1)),
            bytes: Vec::new(),
            digests: Vec::with_capacity(room(digest, size_of::<Digest>())),
            sets: Vec::new(),
            set_of: Vec::new(),
        }
    }

    /// Appends a row. A user key that no client could have sent, such as an integer of 3 bytes, counts as none: it is one
    /// record's matter and not that of the reply.
    #[inline]
    pub fn push(&mut self, which: KeyColumns, digest: &Digest, set: &[u8], user_key: Option<(u8, &[u8])>) {
        match which {
            KeyColumns::None => {}
            KeyColumns::Digest => self.digests.extend_from_slice(digest),
            KeyColumns::User => {
                self.push_set(set);
                let (kind, bytes) = user_key.filter(is_key).unwrap_or_default();
                self.kinds.push(kind);
                self.bytes.extend_from_slice(bytes);
                self.ends.push(self.bytes.len() as u32);
            }
        }
    }

    /// Neighbours are nearly always of one set, so the last one is looked at first.
    #[inline]
    fn push_set(&mut self, set: &[u8]) {
        let last = self.set_of.last().map_or(0, |&last| last as usize);
        let at =
            if self.sets.get(last).is_some_and(|known| known == set) { last } else { self.number_of(set) };
        if at > 0 || !self.set_of.is_empty() {
            self.set_of.resize(self.kinds.len(), 0);
            self.set_of.push(at as u32);
        }
    }

    #[cold]
    fn number_of(&mut self, set: &[u8]) -> usize {
        self.sets.iter().position(|known| known == set).unwrap_or_else(|| {
            self.sets.push(set.to_vec());
            self.sets.len() - 1
        })
    }

    /// Keeps the first rows.
    pub fn truncate(&mut self, rows: usize) {
        self.kinds.truncate(rows);
        self.ends.truncate(rows);
        self.bytes.truncate(self.ends.last().map_or(0, |&end| end as usize));
        self.digests.truncate(rows * size_of::<Digest>());
        self.set_of.truncate(rows);
    }
}

fn is_key(&(kind, bytes): &(u8, &[u8])) -> bool {
    match KeyType::try_from(kind) {
        Ok(KeyType::Int) => bytes.len() == size_of::<i64>(),
        Ok(KeyType::String | KeyType::Blob) => true,
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: Digest = [7; 20];

    #[test]
    fn keys_lie_one_behind_the_other() {
        let mut keys = RowKeys::with_room(KeyColumns::User, 4);
        keys.push(KeyColumns::User, &DIGEST, b"s", Some((3, b"abc")));
        keys.push(KeyColumns::User, &DIGEST, b"s", None);
        keys.push(KeyColumns::User, &DIGEST, b"s", Some((1, &[0, 0, 0, 0, 0, 0, 0, 9])));
        assert_eq!((&*keys.kinds, &*keys.ends), (&[3, 0, 1][..], &[3, 3, 11][..]));
        assert_eq!(keys.bytes, b"abc\0\0\0\0\0\0\0\x09");
        keys.truncate(2);
        assert_eq!((keys.kinds.len(), keys.ends.len(), &*keys.bytes), (2, 2, &b"abc"[..]));
        assert!(keys.digests.is_empty());
    }

    #[test]
    fn a_key_that_is_none_leaves_its_row_without_one() {
        let mut keys = RowKeys::default();
        keys.push(KeyColumns::User, &DIGEST, b"s", Some((1, &[1, 2, 3])));
        keys.push(KeyColumns::User, &DIGEST, b"s", Some((2, &[0; 8])));
        assert_eq!((&*keys.kinds, &*keys.ends, keys.bytes.len()), (&[0, 0][..], &[0, 0][..], 0));
    }

    #[test]
    fn sets_are_numbered_once_there_are_two() {
        let mut keys = RowKeys::default();
        for set in [&b"a"[..], b"a", b"", b"a", b""] {
            keys.push(KeyColumns::User, &DIGEST, set, None);
        }
        assert_eq!(keys.sets, [b"a".to_vec(), Vec::new()]);
        assert_eq!(keys.set_of, [0, 0, 1, 0, 1]);
        keys.truncate(1);
        keys.push(KeyColumns::User, &DIGEST, b"", None);
        assert_eq!(keys.set_of, [0, 1]);
    }

    #[test]
    fn digests_have_20_bytes_each() {
        let mut keys = RowKeys::with_room(KeyColumns::Digest, 2);
        keys.push(KeyColumns::Digest, &DIGEST, b"s", Some((3, b"abc")));
        keys.push(KeyColumns::Digest, &DIGEST, b"s", None);
        assert_eq!((keys.digests.len(), keys.kinds.len()), (40, 0));
        keys.truncate(1);
        assert_eq!(keys.digests, DIGEST);
    }
}
