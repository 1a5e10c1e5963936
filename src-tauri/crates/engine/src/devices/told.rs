//! What a device told of itself, as it stands in its row.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tidegate_meter::handover::HandIn;
use tidegate_store::DeviceRow;

use super::clock::Difference;
use crate::limits;

/// What a device told of itself last. A kernel that is watched from here tells `kernel` alone.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DeviceTold {
    /// Its kernel: `mihomo v1.19.32`.
    pub kernel: Option<String>,
    /// The version of its agent.
    pub agent: Option<String>,
    /// Its system: `linux x86_64`.
    pub system: Option<String>,
    /// How far its clock is ahead of ours, in milliseconds, where it matters.
    pub clock_ahead_ms: Option<i64>,
    /// Batches that it still keeps.
    pub backlog: Option<u64>,
    /// Batches of which the device had numbered more than arrived: they are lost.
    pub missing: u64,
    /// How often its kernel began to count anew, by the day on which that was told; the newest days alone.
    pub restarts: BTreeMap<Date, u32>,
}

impl DeviceTold {
    /// Of a row; what cannot be read is not told.
    #[must_use]
    pub fn of(row: &DeviceRow) -> Self {
        serde_json::from_value(row.body.clone()).unwrap_or_default()
    }

    /// With restarts of its kernel on a day.
    pub(crate) fn restarted(mut self, day: Date, count: u32) -> Self {
        if count > 0 {
            let known = self.restarts.entry(day).or_default();
            *known = known.saturating_add(count);
        }
        while self.restarts.len() > limits::DEVICE_RESTART_DAYS {
            self.restarts.pop_first();
        }
        self
    }

    /// With what comes with a batch.
    pub(super) fn heard(mut self, hand_in: &HandIn, difference: Difference) -> Self {
        self.agent = short(&hand_in.agent).or(self.agent);
        self.kernel = short(&hand_in.batch.kernel).or(self.kernel);
        self.backlog = Some(hand_in.backlog);
        self.clock_ahead_ms = difference.ahead_ms();
        self
    }
}

/// A text from outside as it is kept: in one line, and not endless. `None` when nothing is left of it.
pub(super) fn short(text: &str) -> Option<String> {
    let kept: String = text
        .chars()
        .filter(|c| !c.is_control())
        .take(limits::INGEST_TOLD_CHARS)
        .collect();
    let kept = kept.trim();
    (!kept.is_empty()).then(|| kept.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_device_tells_of_itself_is_one_short_line_or_nothing() {
        assert_eq!(short(" mihomo\n v1\u{1b}[31m "), Some("mihomo v1[31m".to_owned()));
        assert_eq!(
            short(&"字".repeat(500)).map(|text| text.chars().count()),
            Some(100)
        );
        assert_eq!(short(" \r\n"), None);
    }
}
