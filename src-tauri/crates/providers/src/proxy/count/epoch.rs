//! One life of a kernel's counters: what it told, what of it is booked. Owns the sum that must come out.

use tidegate_meter::{Mono, Now, Time};

use super::baseline::Stand;
use super::both::Both;

/// The counters since the kernel began to count.
#[derive(Clone, Copy, Debug)]
pub(super) struct Epoch {
    /// The totals that were told last.
    pub(super) told: Both,
    /// What of them is booked: never more than told.
    pub(super) booked: Both,
    /// When they were told; `None` before this process saw the first snapshot of it.
    pub(super) at: Option<Now>,
    /// When what was told was last booked: lists that are not told leave it behind.
    pub(super) settled: Option<Now>,
    /// The wall clock then, also across a restart.
    pub(super) wall: Time,
    /// Connections that were opened before this were there when watching began: their counters tell nothing yet.
    pub(super) reference: Time,
    /// A list was read since watching began: whatever is new from now on is new indeed.
    pub(super) listed: bool,
    /// Lists are not told since then, though connections were open.
    pub(super) listless: Option<Mono>,
}

impl Epoch {
    /// A kernel that was never watched: what it counted so far is not ours to book (C3.1).
    pub(super) fn found(told: Both, at: Now) -> Self {
        Self {
            told,
            booked: told,
            at: Some(at),
            settled: Some(at),
            wall: at.wall,
            reference: at.wall,
            listed: false,
            listless: None,
        }
    }

    /// A kernel that counts from nothing: all of it is new.
    pub(super) fn begun(at: Option<Now>, wall: Time) -> Self {
        Self {
            told: Both::ZERO,
            booked: Both::ZERO,
            at,
            settled: at,
            wall,
            reference: wall,
            listed: true,
            listless: None,
        }
    }

    /// The epoch of an earlier watch, as it was kept.
    pub(super) fn resumed(stand: Stand) -> Self {
        Self {
            told: stand.told,
            booked: stand.booked.least(stand.told),
            at: None,
            settled: None,
            wall: stand.at,
            reference: stand.at,
            listed: false,
            listless: None,
        }
    }

    /// To be kept.
    pub(super) const fn stand(&self) -> Stand {
        Stand {
            at: self.wall,
            told: self.told,
            booked: self.booked,
        }
    }

    /// What is told and not booked.
    pub(super) const fn held(&self) -> Both {
        self.told.above(self.booked)
    }
}
