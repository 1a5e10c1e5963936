//! Proxy traffic in a report: sums by kind, what is usual, devices with how much of the time they were watched.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tidegate_meter::{FlowBytes, KindBytes, Time};

/// What days of this kind come to on the average.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct UsualFacts {
    /// The mean of proxy bytes in both directions.
    pub proxy: u64,
    /// The mean of direct bytes.
    pub direct: u64,
    /// Of so many days, or weeks, that were watched.
    pub of: u32,
    /// Days that are Saturday or Sunday; a week is neither.
    pub weekend: bool,
}

/// One day of the chart; `None` when no device was watched.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DayFacts {
    /// Which.
    pub day: Date,
    /// Proxy bytes.
    pub proxy: Option<u64>,
    /// Direct bytes.
    pub direct: Option<u64>,
}

/// How a device was heard of when the report was made.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "heard")]
pub enum DeviceHeard {
    /// To the end of the window.
    Well,
    /// Not for a while.
    Silent {
        /// Since then; `None`: never heard of.
        since: Option<Time>,
    },
    /// A person ended it.
    Ended,
}

/// A device.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DeviceFacts {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: KindBytes,
    /// Seconds in which its kernel was watched.
    pub watched: u64,
    /// Seconds that could have been: of the window, since it was first known.
    pub of: u64,
    /// How often its kernel began to count anew.
    pub restarts: u32,
    /// How it was heard of last.
    pub heard: DeviceHeard,
}

/// Bytes of a node or group.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SharedBytes {
    /// Its name; empty: nobody can say.
    pub name: String,
    /// Its bytes.
    pub bytes: FlowBytes,
}

/// Proxy traffic of the window.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TrafficFacts {
    /// By kind; `None` when no device was watched at all.
    pub sum: Option<KindBytes>,
    /// The day, or week, before; `None` when no device was watched then.
    pub before: Option<KindBytes>,
    /// What is usual; `None` before there was enough to say.
    pub usual: Option<UsualFacts>,
    /// Each device, the most bytes first; those that were ended before are left out.
    pub devices: Vec<DeviceFacts>,
    /// The nodes with the most bytes.
    pub nodes: Vec<SharedBytes>,
    /// What the other nodes come to, and how many they are.
    pub nodes_rest: Option<(FlowBytes, usize)>,
    /// The groups with the most bytes.
    pub groups: Vec<SharedBytes>,
    /// The last days, oldest first, with this one.
    pub days: Vec<DayFacts>,
}

impl TrafficFacts {
    /// Nothing passed, as far as anybody watched.
    #[must_use]
    pub fn is_still(&self) -> bool {
        self.sum.is_none_or(|sum| sum.sum().is_zero())
    }

    /// Seconds in which a device that is in use was not watched, all devices together.
    #[must_use]
    pub fn unwatched(&self) -> u64 {
        let in_use = self
            .devices
            .iter()
            .filter(|device| device.heard != DeviceHeard::Ended);
        in_use
            .map(|device| device.of.saturating_sub(device.watched))
            .fold(0, u64::saturating_add)
    }
}
