//! What fails, and when. Owns the count of calls and the switches; knows nothing of `SQLite`'s pointers.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::ffi;

use crate::unsynced::Unsynced;

/// What `SQLite` asks of a disk.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Call {
    /// A file is opened, or made.
    Open,
    /// Bytes are read.
    Read,
    /// Bytes are written.
    Write,
    /// A file is cut to a length.
    Truncate,
    /// What was written is made durable.
    Sync,
    /// A file is removed.
    Delete,
    /// A piece of the memory that processes share is mapped.
    Shared,
}

impl Call {
    /// Every call but reading.
    pub const CHANGES: [Self; 6] = [
        Self::Open,
        Self::Write,
        Self::Truncate,
        Self::Sync,
        Self::Delete,
        Self::Shared,
    ];
}

/// How a call fails.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// The disk does not do it.
    Failed,
    /// No space is left.
    Full,
    /// The disk is read-only.
    ReadOnly,
}

impl Refusal {
    /// The extended code that `SQLite`'s own layer gives for such a failure.
    pub(crate) const fn code(self, call: Call) -> i32 {
        match (call, self) {
            (Call::Write, Self::Full) => ffi::SQLITE_FULL,
            (Call::Write | Call::Delete, Self::ReadOnly) => ffi::SQLITE_READONLY,
            (Call::Write, Self::Failed) => ffi::SQLITE_IOERR_WRITE,
            (Call::Open, _) => ffi::SQLITE_CANTOPEN,
            (Call::Read, _) => ffi::SQLITE_IOERR_READ,
            (Call::Truncate, _) => ffi::SQLITE_IOERR_TRUNCATE,
            (Call::Sync, _) => ffi::SQLITE_IOERR_FSYNC,
            (Call::Delete, _) => ffi::SQLITE_IOERR_DELETE,
            (Call::Shared, Self::Full) => ffi::SQLITE_IOERR_SHMSIZE,
            (Call::Shared, _) => ffi::SQLITE_IOERR_SHMMAP,
        }
    }
}

/// One failure to come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fault {
    /// Among which calls it is counted; each of them is met while it lasts.
    pub calls: &'static [Call],
    /// The how many-th of these calls from now fails: 1 is the next.
    pub nth: u32,
    /// How.
    pub refusal: Refusal,
    /// What follows.
    pub then: Then,
}

/// What follows a failure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Then {
    /// Nothing: it was the only one.
    Whole,
    /// Each of these calls fails, until the disk is healed.
    Failing,
    /// The same number of calls later the next one fails, until the disk is healed.
    Again,
}

/// What becomes of a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    /// It is done.
    Done,
    /// It fails with a code.
    Refused(i32),
    /// So many bytes reach the file; then the process is dead.
    Torn(usize),
    /// It is done, and this bit of what was read is another.
    Flipped(usize),
}

/// The switches of one disk.
#[derive(Debug, Default)]
pub(crate) struct Switches {
    counts: BTreeMap<Call, u32>,
    fault: Option<Fault>,
    /// How many calls come before the next failure.
    good: u32,
    torn: Option<(u32, usize)>,
    flipped: Option<(u32, usize)>,
    pub(crate) is_dead: bool,
    /// Says that everything is durable, and makes nothing so.
    pub(crate) lies: bool,
    pub(crate) refused: u32,
    pub(crate) unsynced: Unsynced,
}

impl Switches {
    /// Counts a call, and says what becomes of it.
    pub(crate) fn meet(&mut self, call: Call) -> Verdict {
        let count = self.counts.entry(call).or_default();
        *count = count.saturating_add(1);
        if self.is_dead {
            return Verdict::Refused(Refusal::Failed.code(call));
        }
        if let Some(code) = self.refusal(call) {
            self.refused = self.refused.saturating_add(1);
            return Verdict::Refused(code);
        }
        match call {
            Call::Write => due(&mut self.torn).map_or(Verdict::Done, |bytes| {
                self.is_dead = true;
                Verdict::Torn(bytes)
            }),
            Call::Read => due(&mut self.flipped).map_or(Verdict::Done, Verdict::Flipped),
            _ => Verdict::Done,
        }
    }

    fn refusal(&mut self, call: Call) -> Option<i32> {
        let fault = self.fault.filter(|fault| fault.calls.contains(&call))?;
        if self.good > 0 {
            self.good -= 1;
            return None;
        }
        match fault.then {
            Then::Whole => self.fault = None,
            Then::Failing => {}
            Then::Again => self.good = fault.nth.saturating_sub(1),
        }
        Some(fault.refusal.code(call))
    }

    pub(crate) fn fail(&mut self, fault: Fault) {
        self.good = fault.nth.saturating_sub(1);
        self.fault = Some(fault);
    }

    pub(crate) fn tear(&mut self, nth: u32, bytes: usize) {
        self.torn = Some((nth, bytes));
    }

    pub(crate) fn flip(&mut self, nth: u32, bit: usize) {
        self.flipped = Some((nth, bit));
    }

    pub(crate) fn heal(&mut self) {
        self.fault = None;
        self.torn = None;
        self.flipped = None;
        self.is_dead = false;
    }

    /// Whether every call of some kind fails now.
    pub(crate) fn is_failing(&self) -> bool {
        self.good == 0 && self.fault.is_some_and(|fault| fault.then == Then::Failing)
    }

    /// How many calls of these kinds there were.
    pub(crate) fn count(&self, calls: &[Call]) -> u32 {
        calls.iter().filter_map(|call| self.counts.get(call)).sum()
    }

    /// A file is as durable as it can be.
    pub(crate) fn synced(&mut self, path: &Path) {
        if !self.lies {
            self.unsynced.forget(path);
        }
    }
}

/// Counts down; what is due when it came to its end.
fn due(waiting: &mut Option<(u32, usize)>) -> Option<usize> {
    let (nth, what) = waiting.as_mut()?;
    *nth = nth.saturating_sub(1);
    let what = *what;
    if *nth > 0 {
        return None;
    }
    *waiting = None;
    Some(what)
}
