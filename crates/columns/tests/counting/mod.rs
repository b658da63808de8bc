//! An allocator that counts, for tests of how much is allocated. A thread's count is its own: others may be at work in the
//! same process, such as a server.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// The system's allocator, counting the allocations of each thread.
struct Counting;

thread_local!(static ALLOCATIONS: Cell<usize> = const { Cell::new(0) });

fn count() {
    ALLOCATIONS.with(|allocations| allocations.set(allocations.get() + 1));
}

/// What this thread has allocated so far.
pub fn so_far() -> usize {
    ALLOCATIONS.with(Cell::get)
}

// SAFETY: every call goes to the system's allocator as it came; counting touches a constant-initialized thread local,
// which neither allocates nor has a destructor.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, request: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(request) }
    }

    unsafe fn realloc(&self, at: *mut u8, request: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: the caller's promise is passed on.
        unsafe { System.realloc(at, request, size) }
    }

    unsafe fn dealloc(&self, at: *mut u8, request: Layout) {
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(at, request) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;
