//! Who computes first while streams are read. Linux (6.12 and newer) lets every thread say how long its turns are to be: its
//! share of the time stays the same, but whoever wakes up and has shorter turns than the one that computes goes first. So the
//! event loop does not wait for the threads that fill batches. Its own turns stay as they are: processes and threads that
//! it starts would inherit them.

/// Lasts as long as a stream.
pub struct Turns(());

impl Turns {
    /// Long turns for the threads of the runtime.
    pub fn begin() -> Self {
        #[cfg(target_os = "linux")]
        linux::begin();
        Self(())
    }
}

impl Drop for Turns {
    fn drop(&mut self) {
        #[cfg(target_os = "linux")]
        linux::end();
    }
}

/// To be called by each thread of the runtime when it starts.
pub fn enter() {
    #[cfg(target_os = "linux")]
    linux::enter();
}

/// To be called by each thread of the runtime before it ends.
pub fn leave() {
    #[cfg(target_os = "linux")]
    linux::leave();
}

#[cfg(target_os = "linux")]
mod linux {
    use libc::{SYS_gettid, SYS_sched_getattr, SYS_sched_setattr, c_long, syscall};
    use parking_lot::Mutex;

    /// Nanoseconds: more than any other thread has by default.
    const LONG: u64 = 20_000_000;

    const SCHED_OTHER: u32 = 0;

    /// The first version of the system's `sched_attr`.
    #[repr(C)]
    #[derive(Debug, Default, Clone, Copy)]
    struct Attributes {
        size: u32,
        policy: u32,
        flags: u64,
        nice: i32,
        priority: u32,
        /// Of an ordinary thread: how long its turns are.
        runtime: u64,
        deadline: u64,
        period: u64,
    }

    /// Threads of the runtime, and the streams of all environments.
    #[derive(Debug, Default)]
    struct Workers {
        threads: Vec<c_long>,
        streams: usize,
    }

    static WORKERS: Mutex<Workers> = Mutex::new(Workers { threads: Vec::new(), streams: 0 });

    /// Gives a thread turns of this length, where the system has such.
    fn set(thread: c_long, turns: u64) {
        let mut attributes = Attributes::default();
        let size = size_of::<Attributes>();
        // SAFETY: the system writes as many bytes as it is told, and the structure has them.
        let got = unsafe { syscall(SYS_sched_getattr, thread, &raw mut attributes, size, 0) };
        // Older systems say nothing of turns, and what has another policy knows why.
        if got != 0 || attributes.policy != SCHED_OTHER || attributes.runtime == 0 {
            return;
        }
        attributes.runtime = turns;
        // SAFETY: the system reads the structure, which says its size. Where it refuses, things stay as they are.
        unsafe { syscall(SYS_sched_setattr, thread, &raw const attributes, 0) };
    }

    fn this_thread() -> c_long {
        // SAFETY: it has no arguments and cannot fail.
        unsafe { syscall(SYS_gettid) }
    }

    pub fn enter() {
        let mut workers = WORKERS.lock();
        let thread = this_thread();
        workers.threads.push(thread);
        if workers.streams > 0 {
            set(thread, LONG);
        }
    }

    /// The system may give the number of a thread that has ended to one of another process.
    pub fn leave() {
        let thread = this_thread();
        WORKERS.lock().threads.retain(|other| *other != thread);
    }

    pub fn begin() {
        let mut workers = WORKERS.lock();
        workers.streams += 1;
        if workers.streams == 1 {
            workers.threads.iter().for_each(|thread| set(*thread, LONG));
        }
    }

    pub fn end() {
        let mut workers = WORKERS.lock();
        workers.streams -= 1;
        if workers.streams == 0 {
            // Of no length: as long as by default.
            workers.threads.iter().for_each(|thread| set(*thread, 0));
        }
    }
}
