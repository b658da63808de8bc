use std::sync::Arc;

use aerostride_wire::{DIGEST_SIZE, Digest, KeyParts, KeyType, RowGroup, digest, digest_all};

use crate::{Error, ErrorKind};

/// The longest namespace name that a server takes, in bytes.
const MAX_NAMESPACE: usize = 31;
/// The longest set name that a server takes, in bytes.
const MAX_SET: usize = 63;
/// Bytes of an int key.
const INT_KEY: usize = 8;

/// The type byte of a key of which only the digest is known.
const DIGEST_ONLY: u8 = 0;

/// What a packed key's bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackedType {
    /// A user key of this type.
    User(KeyType),
    /// The digest itself.
    Digest,
}

impl PackedType {
    fn parse(byte: u8) -> Result<Self, Error> {
        if byte == DIGEST_ONLY {
            return Ok(Self::Digest);
        }
        KeyType::try_from(byte)
            .map(Self::User)
            .map_err(|byte| malformed(&format!("key type {byte} is unknown")))
    }

    /// The size of every key of this type, where they have one.
    const fn size(self) -> Option<usize> {
        match self {
            Self::User(KeyType::Int) => Some(INT_KEY),
            Self::User(_) => None,
            Self::Digest => Some(DIGEST_SIZE),
        }
    }
}

/// Namespace and set of keys; an empty set means none.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KeyGroup {
    /// Namespace name.
    pub namespace: String,
    /// Set name.
    pub set: String,
}

impl KeyGroup {
    /// Checks both names against the server's limits.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] that names the limit.
    pub fn new(namespace: String, set: String) -> Result<Self, Error> {
        let invalid = |message| Err(Error::new(ErrorKind::InvalidArgument, message));
        if namespace.is_empty() || namespace.len() > MAX_NAMESPACE {
            return invalid(format!(
                "namespace {namespace:?} has {} bytes; 1 to {MAX_NAMESPACE} fit",
                namespace.len()
            ));
        }
        if set.len() > MAX_SET {
            return invalid(format!("set {set:?} has {} bytes; at most {MAX_SET} fit", set.len()));
        }
        Ok(Self { namespace, set })
    }

    pub(crate) fn as_row_group(&self) -> RowGroup<'_> {
        RowGroup { namespace: &self.namespace, set: &self.set }
    }
}

/// The group of every row: one for all, or one each.
#[derive(Debug, Clone)]
struct Groups {
    groups: Vec<KeyGroup>,
    of_row: Option<Vec<u32>>,
}

impl Groups {
    fn new(groups: Vec<KeyGroup>, of_row: Option<Vec<u32>>, count: usize) -> Result<Self, Error> {
        let fits = match &of_row {
            Some(rows) => rows.len() == count && rows.iter().all(|&group| (group as usize) < groups.len()),
            None => count == 0 || groups.len() == 1,
        };
        if fits { Ok(Self { groups, of_row }) } else { Err(malformed("groups do not fit the keys")) }
    }

    #[inline]
    fn index(&self, row: usize) -> usize {
        self.of_row.as_ref().map_or(0, |rows| rows[row] as usize)
    }
}

fn malformed(what: &str) -> Error {
    Error::new(ErrorKind::InvalidArgument, format!("packed keys: {what}"))
}

/// Keys packed into flat arrays: no object per key.
#[derive(Debug, Clone)]
pub struct PackedKeys {
    count: usize,
    groups: Groups,
    types: Vec<PackedType>,
    /// Whether all are user keys, so that all have to be hashed.
    all_users: bool,
    ends: Vec<u32>,
    data: Vec<u8>,
}

impl PackedKeys {
    /// `types` holds one type per key or one for all, 1, 3 and 4 as in [`KeyType`], 0 for a digest of 20 bytes; `ends` the end of every key's bytes in `data`, or nothing when
    /// every key has 8 bytes; `group_of` the group of every key, or nothing when there is one group.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] when the arrays do not fit together.
    pub fn new(
        count: usize,
        groups: Vec<KeyGroup>,
        group_of: Option<Vec<u32>>,
        types: &[u8],
        ends: Vec<u32>,
        data: Vec<u8>,
    ) -> Result<Self, Error> {
        if u32::try_from(count).is_err() {
            return Err(malformed("more than 2^32 keys"));
        }
        if types.len() != count && types.len() != 1 && count != 0 {
            return Err(malformed("one type, or a type for every key, is needed"));
        }
        let types = types.iter().map(|&byte| PackedType::parse(byte)).collect::<Result<Vec<_>, _>>()?;
        check_ends(count, &ends, data.len())?;
        let all_users = !types.contains(&PackedType::Digest);
        let keys =
            Self { count, groups: Groups::new(groups, group_of, count)?, types, all_users, ends, data };
        // Without ends every key has the size of an int.
        let may_differ =
            (!keys.ends.is_empty() && keys.types.iter().any(|kind| kind.size().is_some())) || !all_users;
        let fits = |row| keys.kind(row).size().is_none_or(|size| keys.bytes(row).len() == size);
        if !may_differ || (0..count).all(fits) {
            return Ok(keys);
        }
        Err(malformed("an int key does not have 8 bytes, or a digest not 20"))
    }

    /// Number of keys.
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    #[inline]
    fn kind(&self, row: usize) -> PackedType {
        if self.types.len() == 1 { self.types[0] } else { self.types[row] }
    }

    #[inline]
    fn bytes(&self, row: usize) -> &[u8] {
        if self.ends.is_empty() {
            return &self.data[row * INT_KEY..(row + 1) * INT_KEY];
        }
        let begin = if row == 0 { 0 } else { self.ends[row - 1] as usize };
        &self.data[begin..self.ends[row] as usize]
    }

    /// Bytes of the longest key.
    fn longest(&self) -> usize {
        let begins = std::iter::once(&0).chain(&self.ends);
        let sizes = begins.zip(&self.ends).map(|(begin, end)| (end - begin) as usize);
        sizes.max().unwrap_or(INT_KEY)
    }

    /// Group, type and bytes of one key.
    pub fn key(&self, row: usize) -> (&KeyGroup, PackedType, &[u8]) {
        (&self.groups.groups[self.groups.index(row)], self.kind(row), self.bytes(row))
    }

    /// Appends the digests of rows.
    pub(crate) fn digests(&self, rows: impl Iterator<Item = usize>, out: &mut Vec<Digest>) {
        // Nearly always keys share their set and their type, which need not be looked for again for each of them then.
        if let (None, [group], &[PackedType::User(kind)]) =
            (&self.groups.of_row, self.groups.groups.as_slice(), self.types.as_slice())
        {
            let set = group.set.as_bytes();
            return digest_all(rows.map(|row| KeyParts { set, kind, bytes: self.bytes(row) }), out);
        }
        if self.all_users {
            return digest_all(rows.filter_map(|row| self.parts(row)), out);
        }
        out.extend(rows.map(|row| match self.parts(row) {
            Some(KeyParts { set, kind, bytes }) => digest(set, kind, bytes),
            None => self.bytes(row).try_into().unwrap_or_default(),
        }));
    }

    /// What the digest of a user key is made of.
    #[inline]
    fn parts(&self, row: usize) -> Option<KeyParts<'_>> {
        let (group, kind, bytes) = self.key(row);
        match kind {
            PackedType::User(kind) => Some(KeyParts { set: group.set.as_bytes(), kind, bytes }),
            PackedType::Digest => None,
        }
    }
}

fn check_ends(count: usize, ends: &[u32], data: usize) -> Result<(), Error> {
    if ends.is_empty() {
        return if data == count * INT_KEY { Ok(()) } else { Err(malformed("8 bytes per key are needed")) };
    }
    let sorted = ends.is_sorted();
    if ends.len() == count && sorted && ends.last().is_some_and(|&end| end as usize == data) {
        return Ok(());
    }
    Err(malformed("the ends of the keys do not fit their bytes"))
}

/// Keys whose digests were computed once.
#[derive(Debug)]
pub struct KeyList {
    groups: Groups,
    digests: Vec<Digest>,
}

impl KeyList {
    /// Hashes all keys.
    pub fn new(keys: &PackedKeys) -> Self {
        let mut digests = Vec::with_capacity(keys.count);
        keys.digests(0..keys.count, &mut digests);
        Self { groups: keys.groups.clone(), digests }
    }

    /// Number of keys.
    pub fn len(&self) -> usize {
        self.digests.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.digests.is_empty()
    }
}

/// Where a batch takes its digests from.
#[derive(Debug, Clone)]
pub enum KeySource {
    /// Hashed by the requests that send them.
    Packed(Arc<PackedKeys>),
    /// Hashed before.
    List(Arc<KeyList>),
}

impl KeySource {
    /// Number of keys.
    pub fn len(&self) -> usize {
        match self {
            Self::Packed(keys) => keys.len(),
            Self::List(list) => list.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The digests of all rows, where they are known already.
    pub(crate) fn hashed(&self) -> Option<&[Digest]> {
        match self {
            Self::Packed(_) => None,
            Self::List(list) => Some(&list.digests),
        }
    }

    fn groups(&self) -> &Groups {
        match self {
            Self::Packed(keys) => &keys.groups,
            Self::List(list) => &list.groups,
        }
    }

    /// The groups that rows refer to.
    pub(crate) fn distinct_groups(&self) -> &[KeyGroup] {
        &self.groups().groups
    }

    /// The position of a row's group in [`distinct_groups`](Self::distinct_groups).
    #[inline]
    pub(crate) fn group_index(&self, row: u32) -> usize {
        self.groups().index(row as usize)
    }

    /// Namespace and set of a row.
    #[inline]
    pub(crate) fn group(&self, row: u32) -> RowGroup<'_> {
        let groups = self.groups();
        groups.groups[groups.index(row as usize)].as_row_group()
    }

    /// Type and bytes of a row's key, where they are known.
    pub(crate) fn user_key(&self, row: u32) -> Option<(KeyType, &[u8])> {
        match self {
            Self::Packed(keys) => keys.parts(row as usize).map(|KeyParts { kind, bytes, .. }| (kind, bytes)),
            Self::List(_) => None,
        }
    }

    /// Bytes of the longest user key, where they are known.
    pub(crate) fn longest(&self) -> usize {
        match self {
            Self::Packed(keys) => keys.longest(),
            Self::List(_) => 0,
        }
    }

    /// Appends the digests of rows.
    pub(crate) fn digests(&self, rows: impl Iterator<Item = u32>, out: &mut Vec<Digest>) {
        match self {
            Self::Packed(keys) => keys.digests(rows.map(|row| row as usize), out),
            Self::List(list) => out.extend(rows.map(|row| list.digests[row as usize])),
        }
    }
}
