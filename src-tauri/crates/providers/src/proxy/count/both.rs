//! A number of bytes for each direction. Owns the little arithmetic that is the same for both.

use serde::{Deserialize, Serialize};

/// Bytes up and bytes down.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(super) struct Both {
    /// Sent.
    pub(super) up: u64,
    /// Received.
    pub(super) down: u64,
}

impl Both {
    pub(super) const ZERO: Self = Self { up: 0, down: 0 };

    /// What is left above `other`; zero where there is nothing.
    pub(super) const fn above(self, other: Self) -> Self {
        Self {
            up: self.up.saturating_sub(other.up),
            down: self.down.saturating_sub(other.down),
        }
    }

    /// The sum; stays at the largest number.
    pub(super) const fn plus(self, other: Self) -> Self {
        Self {
            up: self.up.saturating_add(other.up),
            down: self.down.saturating_add(other.down),
        }
    }

    /// The smaller of each.
    pub(super) fn least(self, other: Self) -> Self {
        Self {
            up: self.up.min(other.up),
            down: self.down.min(other.down),
        }
    }

    /// Either is lower than in `other`.
    pub(super) const fn fell_below(self, other: Self) -> bool {
        self.up < other.up || self.down < other.down
    }

    pub(super) const fn is_zero(self) -> bool {
        self.up == 0 && self.down == 0
    }
}
