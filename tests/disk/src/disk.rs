//! One disk: its name for `SQLite`, and what a test does to it.

use std::ffi::CString;
use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::switches::{Call, Fault, Refusal, Switches, Then};
use crate::vfs;

/// A disk that does what it is asked until it is told to fail. A clone is the same disk.
///
/// The layer stays known to `SQLite` until the process ends, since a connection may outlive the test that opened it.
#[derive(Clone, Debug)]
pub struct Disk {
    name: String,
    switches: Arc<Mutex<Switches>>,
}

impl Disk {
    /// A new disk around the system's own; it fails nothing yet. Errors: `SQLite` has no layer to stand on.
    pub fn new() -> io::Result<Self> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let name = format!("tidegate-disk-{}", MADE.fetch_add(1, Ordering::Relaxed));
        let switches = Arc::new(Mutex::new(Switches::default()));
        vfs::register(CString::new(name.as_str())?, Arc::clone(&switches))?;
        Ok(Self { name, switches })
    }

    /// The name under which a connection is opened on this disk.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many calls of these kinds there were since the disk was made.
    #[must_use]
    pub fn count(&self, calls: &[Call]) -> u32 {
        self.lock().count(calls)
    }

    /// Plays a failure; it takes the place of one that was still to come.
    pub fn fail(&self, fault: Fault) {
        self.lock().fail(fault);
    }

    /// Every change fails from now on, until the disk is healed.
    pub fn refuse(&self, refusal: Refusal) {
        self.fail(Fault {
            calls: &Call::CHANGES,
            nth: 1,
            refusal,
            then: Then::Failing,
        });
    }

    /// How many calls failed as they were asked to.
    #[must_use]
    pub fn refused(&self) -> u32 {
        self.lock().refused
    }

    /// Whether each call of some kind fails now, and until the disk is healed.
    #[must_use]
    pub fn is_failing(&self) -> bool {
        self.lock().is_failing()
    }

    /// Of the `nth` write from now only the first bytes reach the file; then the process is dead.
    pub fn tear(&self, nth: u32, bytes: usize) {
        self.lock().tear(nth, bytes);
    }

    /// One bit of what the `nth` read from now answers is another; `bit` counts from the beginning of what is read, and
    /// begins anew behind its end.
    pub fn flip(&self, nth: u32, bit: usize) {
        self.lock().flip(nth, bit);
    }

    /// From now on it says of everything that it is durable, and makes nothing so: no promise can be kept on such a disk,
    /// so a test that would not see that one is broken sees nothing.
    pub fn lie(&self) {
        self.lock().lies = true;
    }

    /// The process is dead: whatever it still asks for fails, and nothing it does reaches a file.
    pub fn die(&self) {
        self.lock().is_dead = true;
    }

    /// Whether the process is dead.
    #[must_use]
    pub fn is_dead(&self) -> bool {
        self.lock().is_dead
    }

    /// Nothing fails any more; a dead process has a successor.
    pub fn heal(&self) {
        self.lock().heal();
    }

    /// The power went as well: of the writes that were not durable only those reached the disk of which `reached` says
    /// so, asked in their order. How many were lost. A file that was cut or removed stays so. To be called when no
    /// connection is open any more; until then the process is dead.
    pub fn lose_power(&self, mut reached: impl FnMut() -> bool) -> io::Result<usize> {
        let unsynced = {
            let mut switches = self.lock();
            switches.is_dead = true;
            switches.unsynced.take()
        };
        unsynced.lose(&mut reached)
    }

    fn lock(&self) -> MutexGuard<'_, Switches> {
        lock(&self.switches)
    }
}

/// Takes the switches; every section is a plain assignment.
pub(crate) fn lock(switches: &Mutex<Switches>) -> MutexGuard<'_, Switches> {
    switches.lock().unwrap_or_else(PoisonError::into_inner)
}
