//! Where the count stood when it was stored. Owns what of it outlives the process.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tidegate_meter::Time;

use super::both::Both;

/// Where the count of a device's kernels stands: stored together with the flows that lead up to it, given back at the
/// next start. What a kernel counted in between becomes one lump that nobody can attribute.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Baseline {
    /// The kernel that is watched, as it calls itself; empty when it never told.
    pub(super) kernel: String,
    /// The totals of each kernel that answered for the device, by its name.
    pub(super) kernels: BTreeMap<String, Stand>,
    /// Told by counters that have ended, and not booked yet.
    #[serde(default)]
    pub(super) leftover: Both,
}

/// Where one kernel's totals stood.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Stand {
    /// When they were told.
    pub(super) at: Time,
    /// What they were.
    pub(super) told: Both,
    /// What of them is booked; never more.
    pub(super) booked: Both,
}
