//! What glibc does with memory that was freed.

/// From this size on glibc takes memory from the system and gives it back by itself, until larger memory was freed.
const LEAST: usize = 128 * 1024;

/// Just below the largest size that glibc learns from: 32 MiB, with its header and rounded up to whole pages.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const MOST: usize = 32 * 1024 * 1024 - 64 * 1024;

/// Has glibc keep up to 64 MiB of freed memory, where a program has results of `size` bytes and has not set that itself.
///
/// Whether it does so by default depends on the order in which large memory was freed before: see `M_MMAP_THRESHOLD` in
/// mallopt(3). A result of 6 MB is 1,500 pages, and to get each of them anew takes the system longer than it takes to read
/// them from a server. So one block of the largest size is freed, untouched, once: that takes two calls of the system.
pub fn keep(size: usize) {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    if size >= LEAST {
        static ONCE: std::sync::Once = std::sync::Once::new();
        ONCE.call_once(|| {
            let mut block = Vec::<u8>::new();
            // Without room for it things stay as they are.
            let _ = block.try_reserve_exact(MOST);
            std::hint::black_box(&mut block);
        });
    }
    #[cfg(not(all(target_os = "linux", target_env = "gnu")))]
    let _ = (size, LEAST);
}
