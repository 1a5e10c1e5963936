//! The runtime that carries a program. Owns how many threads it has, for the daemon and for what measures it.

use std::io;

use tokio::runtime::{Builder, Runtime};

use crate::limits;

/// One thread for everything that waits. The guard waits for networks and timers; the database and the keychain have
/// threads of their own, and the look-up of names takes one of the blocking ones. More threads would only wake each
/// other, and each would hold a heap of its own.
///
/// An error is the operating system's: no thread or no file descriptor was to be had.
pub fn runtime() -> io::Result<Runtime> {
    Builder::new_current_thread()
        .max_blocking_threads(limits::BLOCKING_THREADS)
        .enable_all()
        .build()
}
