//! Whether a reading is near its guard's line, so that it is looked at more often and its targets are read live.
//! Only tunes the effort; what is over the line is judgement's to say.

use tidegate_guard::{Limit, Step};
use tidegate_meter::{Quantity, Reading, Unit};

use crate::config::GuardConfig;
use crate::limits;

/// Whether the reading is within 20 % of the limit, or of the last step where there is no limit.
pub(crate) fn is_near(guard: &GuardConfig, reading: &Reading) -> bool {
    match guard.limit {
        Some(Limit::Headroom(line)) => near_headroom(reading, line),
        Some(Limit::Share(share)) => near_share(reading, share),
        // The fast signal and the burn may eat the distance at once: twice the reserve is near.
        Some(Limit::Predictive { reserve }) => {
            near_headroom(reading, doubled(reserve)) || near_empty(reading)
        }
        None => guard.steps.iter().any(|step| match step {
            Step::Headroom(line) => near_headroom(reading, *line),
            Step::Share(share) => near_share(reading, *share),
            Step::RunOut(_) => false,
        }),
    }
}

fn doubled(amount: Quantity) -> Quantity {
    amount.plus(amount).unwrap_or(amount)
}

/// Less than 20 % of the whole is left.
fn near_empty(reading: &Reading) -> bool {
    let share = Quantity::from_raw(raw_percent(100 - limits::NEAR_PERCENT), Unit::Percent);
    near_share(reading, share)
}

fn near_headroom(reading: &Reading, line: Quantity) -> bool {
    let widened = line.scaled(100 + limits::NEAR_PERCENT, 100).unwrap_or(line);
    reading
        .headroom()
        .is_some_and(|headroom| headroom.compare(widened).is_ok_and(std::cmp::Ordering::is_lt))
}

fn near_share(reading: &Reading, share: Quantity) -> bool {
    let (Some(used), Some(whole)) = (reading.used(), reading.limit()) else {
        return false;
    };
    let lowered = share.scaled(100 - limits::NEAR_PERCENT, 100).unwrap_or(share);
    used.share_reaches(whole, lowered).unwrap_or(false)
}

const fn raw_percent(points: i64) -> i64 {
    points * 10_000
}
