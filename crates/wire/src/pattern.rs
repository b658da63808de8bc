/// Bytes that have to be equal where the mask is set.
#[derive(Debug, Clone, Default)]
pub(crate) enum Pattern {
    /// Of 32 bytes or more, which are compared 32 at a time.
    Long(Units<4>),
    /// Of 8 bytes or more, 8 at a time.
    Short(Units<1>),
    /// Fewer: nothing follows it.
    #[default]
    None,
}

/// Bytes that need not be equal.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Free {
    pub(crate) at: usize,
    pub(crate) size: usize,
    /// The bits of each byte that have to be equal even so.
    pub(crate) mask: u8,
}

impl Free {
    pub(crate) const fn whole(at: usize, size: usize) -> Self {
        Self { at, size, mask: 0 }
    }
}

impl Pattern {
    /// A pattern of `bytes`.
    pub(crate) fn new(bytes: &[u8], free: &[Free]) -> Self {
        let mut masks = vec![0xff; bytes.len()];
        for &Free { at, size, mask } in free {
            masks[at..at + size].fill(mask);
        }
        let long = || Units::new(bytes, &masks).map(Self::Long);
        let short = || Units::new(bytes, &masks).map(Self::Short);
        long().or_else(short).unwrap_or_default()
    }

    /// Bytes that it has.
    #[inline(always)]
    pub(crate) const fn len(&self) -> usize {
        match self {
            Self::Long(units) => units.len,
            Self::Short(units) => units.len,
            Self::None => 0,
        }
    }

    /// The bytes that follow the pattern, when `rest` begins with such.
    #[inline(always)]
    pub(crate) fn find<'a>(&self, rest: &'a [u8]) -> Option<&'a [u8]> {
        let seen = rest.get(..self.len())?;
        self.is_followed_by(seen).then_some(seen)
    }

    /// Whether so many bytes as it has follow it.
    #[inline(always)]
    pub(crate) fn is_followed_by(&self, seen: &[u8]) -> bool {
        match self {
            Self::Long(units) => units.are_in(seen),
            Self::Short(units) => units.are_in(seen),
            Self::None => false,
        }
    }
}

/// A pattern as units of `N` words, which a processor compares together.
#[derive(Debug, Clone)]
pub(crate) struct Units<const N: usize> {
    len: usize,
    first: Unit<N>,
    /// The last bytes, which may overlap those before.
    last: Unit<N>,
    /// What lies between them; nothing in most patterns.
    between: Vec<Unit<N>>,
}

#[derive(Debug, Clone, Copy)]
struct Unit<const N: usize> {
    words: [u64; N],
    masks: [u64; N],
}

impl<const N: usize> Unit<N> {
    fn new(bytes: &[[u8; 8]; N], mask: &[[u8; 8]; N]) -> Self {
        let masks = mask.map(u64::from_ne_bytes);
        Self { words: std::array::from_fn(|at| u64::from_ne_bytes(bytes[at]) & masks[at]), masks }
    }

    /// The bits in which bytes differ, beside those that did.
    #[inline(always)]
    fn differs(&self, seen: &[[u8; 8]; N], differs: [u64; N]) -> [u64; N] {
        let Self { words, masks } = self;
        std::array::from_fn(|at| differs[at] | ((u64::from_ne_bytes(seen[at]) & masks[at]) ^ words[at]))
    }
}

impl<const N: usize> Units<N> {
    /// `None` for fewer bytes than a unit has.
    fn new(bytes: &[u8], mask: &[u8]) -> Option<Self> {
        let between = (bytes.len() > 16 * N).then(|| inner(bytes).iter().zip(inner(mask)));
        Some(Self {
            len: bytes.len(),
            first: Unit::new(first(bytes)?, first(mask)?),
            last: Unit::new(last(bytes)?, last(mask)?),
            between: between.into_iter().flatten().map(|(bytes, mask)| Unit::new(bytes, mask)).collect(),
        })
    }

    #[inline(always)]
    fn are_in(&self, seen: &[u8]) -> bool {
        let (Some(first), Some(last)) = (first(seen), last(seen)) else { return false };
        let mut differs = self.last.differs(last, self.first.differs(first, [0; N]));
        if !self.between.is_empty() {
            for (unit, seen) in self.between.iter().zip(inner(seen)) {
                differs = unit.differs(seen, differs);
            }
        }
        differs.iter().fold(0, |all, differs| all | differs) == 0
    }
}

#[inline(always)]
fn first<const N: usize>(bytes: &[u8]) -> Option<&[[u8; 8]; N]> {
    bytes.as_chunks().0.first_chunk()
}

/// The last words of `bytes`, whatever lies in front of them.
#[inline(always)]
fn last<const N: usize>(bytes: &[u8]) -> Option<&[[u8; 8]; N]> {
    bytes.get(bytes.len().checked_sub(8 * N)?..)?.as_chunks().0.first_chunk()
}

/// The units behind the first, without what is left at the end.
#[inline(always)]
fn inner<const N: usize>(bytes: &[u8]) -> &[[[u8; 8]; N]] {
    bytes.get(8 * N..).unwrap_or_default().as_chunks().0.as_chunks().0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_follow_a_pattern_when_they_differ_in_free_ones_alone() {
        for len in 0..110_usize {
            let bytes: Vec<u8> = (0..len as u8).collect();
            let whole = Free::whole(len / 2, len.min(9) / 2);
            let free = [whole, Free { at: len.saturating_sub(3), size: len.min(2), mask: 0x0f }];
            let pattern = Pattern::new(&bytes, &free);
            let follows = |bytes: &[u8]| pattern.find(bytes).map(<[u8]>::len);
            let expected = (len >= 8).then_some(len);
            assert_eq!(follows(&bytes), expected, "{len}");
            assert_eq!(follows(&[&bytes[..], b"more"].concat()), expected, "{len}");
            assert_eq!(follows(&bytes[..len.saturating_sub(1)]), None, "{len}");
            for at in 0..len {
                for bit in [0x10, 0x08] {
                    let mut changed = bytes.clone();
                    changed[at] ^= bit;
                    // What was said last of a byte counts.
                    let said = free.iter().rfind(|free| (free.at..free.at + free.size).contains(&at));
                    let is_free = said.is_some_and(|free| free.mask & bit == 0);
                    assert_eq!(follows(&changed), expected.filter(|_| is_free), "{len} {at}");
                }
            }
        }
    }
}
