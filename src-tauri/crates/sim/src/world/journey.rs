//! What the network does to one exchange: the lies of the wire, which are the same for every provider.

use std::time::Duration;

use tidegate_meter::Time;

use super::{Faults, Lie, Spot};
use crate::Ending;

/// How one exchange travels.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Journey {
    pub(crate) ending: Ending,
    /// It takes so much longer.
    pub(crate) slow: Duration,
}

impl Faults {
    /// The lies of the wire that hold here and now; they count as told.
    pub(crate) fn journey(&mut self, now: Time, spot: Spot<'_>) -> Journey {
        let ending = self.tell(now, spot, |lie, _| match lie {
            Lie::Refused => Some(Ending::Refused),
            Lie::Hanging => Some(Ending::Hanging),
            Lie::Truncated => Some(Ending::Truncated),
            Lie::Broken => Some(Ending::Broken),
            _ => None,
        });
        let slow = self.tell(now, spot, |lie, _| match lie {
            Lie::Slow { ms } => Some(Duration::from_millis(*ms)),
            _ => None,
        });
        Journey {
            ending: ending.unwrap_or(Ending::Whole),
            slow: slow.unwrap_or_default(),
        }
    }

    /// By how many milliseconds the provider's clock is off.
    pub(crate) fn skew(&mut self, now: Time, spot: Spot<'_>) -> i64 {
        let skew = self.tell(now, spot, |lie, _| match lie {
            Lie::Skewed { ms } => Some(*ms),
            _ => None,
        });
        skew.unwrap_or(0)
    }
}
