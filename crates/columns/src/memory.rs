//! The one file with unsafe code: writes through raw pointers into memory that JavaScript's engine owns.

use std::marker::PhantomData;

/// A span of memory that belongs to somebody else. It is only ever written, and moved within itself, through raw pointers, never borrowed as
/// a slice: JavaScript may hold a view on it, and Rust must not assume that it is alone.
#[derive(Debug)]
pub struct RawMemory {
    base: *mut u8,
    len: usize,
}

// SAFETY: the pointer is plain data. Whoever makes a `RawMemory` promises (see `new`) that the memory may be written
// from any thread; that two threads never write the same bytes is kept by `Table`, which is the only user.
unsafe impl Send for RawMemory {}
// SAFETY: as above.
unsafe impl Sync for RawMemory {}

impl RawMemory {
    /// Takes `len` bytes at `base` for writing.
    ///
    /// # Safety
    /// Until the table over this memory is closed ([`crate::Table::close`] has returned) or dropped, the `len` bytes at
    /// `base` must stay allocated and writable, must not be read or written by anyone else, and may be written from
    /// any thread.
    pub const unsafe fn new(base: *mut u8, len: usize) -> Self {
        Self { base, len }
    }

    /// Bytes of the span.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether the span is empty.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The span for writing, to be kept where a loop has its variables.
    #[inline]
    pub(crate) const fn pen(&self) -> Pen<'_> {
        Pen { base: self.base, len: self.len, _memory: PhantomData }
    }

    /// Writes `N` bytes at `at`.
    #[inline]
    pub(crate) fn put<const N: usize>(&self, at: usize, bytes: [u8; N]) {
        self.pen().put(at, bytes);
    }

    /// Copies `bytes` to `at`.
    #[inline]
    pub(crate) fn copy(&self, at: usize, bytes: &[u8]) {
        self.pen().copy(at, bytes);
    }

    /// Sets `size` bytes at `at` to zero.
    #[inline]
    pub(crate) fn zero(&self, at: usize, size: usize) {
        self.pen().zero(at, size);
    }

    /// Sets `size` bytes at `at` to `byte`.
    #[inline]
    pub(crate) fn fill(&self, at: usize, size: usize, byte: u8) {
        let to = self.pen().address(at, size);
        // SAFETY: checked and writable as above.
        unsafe { to.write_bytes(byte, size) }
    }

    /// Writes `N` bytes at `at`, at `at + stride` and so on: what `bytes` makes of each of `values`. The room is checked once.
    #[inline(always)]
    pub(crate) fn put_each<const N: usize, T>(
        &self,
        at: usize,
        stride: usize,
        values: impl ExactSizeIterator<Item = T>,
        mut bytes: impl FnMut(T) -> [u8; N],
    ) {
        let count = values.len();
        let Some(last) = count.checked_sub(1) else { return };
        let span = last.checked_mul(stride).and_then(|begin| begin.checked_add(N));
        let to = self.pen().address(at, span.unwrap_or(usize::MAX));
        // An iterator may say that it has fewer values than it gives: no more than that are taken.
        for (position, value) in (0..count).zip(values) {
            // SAFETY: `address` has checked the bytes up to the end of the last ones, which are the farthest away; they are
            // writable by `new`'s contract, and the type has alignment 1.
            unsafe { to.add(position * stride).cast::<[u8; N]>().write(bytes(value)) }
        }
    }

    /// Moves `size` bytes from `from` to `to`; the two may overlap.
    pub(crate) fn shift(&self, from: usize, to: usize, size: usize) {
        let (from, to) = (self.pen().address(from, size), self.pen().address(to, size));
        // SAFETY: both are checked, `new`'s contract makes them readable and writable, and `copy` allows overlaps.
        unsafe { to.copy_from(from, size) }
    }
}

/// Address and size of a [`RawMemory`], for as long as that is there.
#[derive(Clone, Copy)]
pub(crate) struct Pen<'m> {
    base: *mut u8,
    len: usize,
    _memory: PhantomData<&'m RawMemory>,
}

impl Pen<'_> {
    /// Checks that `size` bytes at `at` are inside and gives their address. The check stays in release builds: it is
    /// what makes every write sound, whatever the layout says.
    #[inline]
    fn address(self, at: usize, size: usize) -> *mut u8 {
        if at.checked_add(size).is_none_or(|end| end > self.len) {
            outside(at, size, self.len);
        }
        // SAFETY: `at + size <= len`, so the address is inside the allocation or one past its end.
        unsafe { self.base.add(at) }
    }

    /// Writes `N` bytes at `at`.
    #[inline]
    pub(crate) fn put<const N: usize>(self, at: usize, bytes: [u8; N]) {
        let to = self.address(at, N).cast::<[u8; N]>();
        // SAFETY: `address` has checked the N bytes; `new`'s contract makes them writable; the type has alignment 1.
        unsafe { to.write(bytes) }
    }

    /// Copies `bytes` to `at`.
    #[inline]
    pub(crate) fn copy(self, at: usize, bytes: &[u8]) {
        let to = self.address(at, bytes.len());
        // SAFETY: the destination is checked and writable; the source is a borrowed slice of a receive buffer, which
        // cannot overlap memory that nobody else may access.
        unsafe { to.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) }
    }

    /// Sets `size` bytes at `at` to zero.
    #[inline]
    pub(crate) fn zero(self, at: usize, size: usize) {
        let to = self.address(at, size);
        // SAFETY: checked and writable as above.
        unsafe { to.write_bytes(0, size) }
    }
}

/// Apart, so that the check takes two comparisons and leaves its numbers in registers.
#[cold]
#[inline(never)]
fn outside(at: usize, size: usize, len: usize) -> ! {
    panic!("write of {size} bytes at {at} in {len} bytes")
}
