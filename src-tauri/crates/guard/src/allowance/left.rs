//! For how long the rest of a subscription lasts: a range, never a single day, and cut by the reset and the expiry. What
//! cannot be said is told as such, with its reason.

use tidegate_meter::Time;

use super::rate::{Rate, rates};
use super::series::Series;
use crate::limits;

const DAY_MS: u64 = 86_400_000;

/// What a subscription holds now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Allowance {
    /// Counted since the last reset.
    pub used: u64,
    /// The whole; `None` when unlimited or not told.
    pub total: Option<u64>,
}

/// What ends it otherwise than by use.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Limits {
    /// When it is counted anew, where that is known.
    pub reset_at: Option<Time>,
    /// When it expires, where that is told.
    pub expires_at: Option<Time>,
}

/// Why nobody can say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoEstimate {
    /// Fewer than two samples.
    NoSample,
    /// Samples of so many full days only.
    TooYoung {
        /// How many.
        days: u32,
    },
    /// Nothing, or next to nothing, is used.
    NoUse,
}

/// What ends the span first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// It is counted anew.
    Reset,
    /// It expires.
    Expiry,
}

/// Bytes that are left over when it ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Spare {
    /// At the fastest rate.
    pub least: u64,
    /// At the slowest.
    pub most: u64,
}

/// For how long it lasts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Left {
    /// It runs out in `least` to `most` days; with an end in `end`, which comes no earlier than `least`.
    Range {
        /// Days at the fastest rate.
        least: u32,
        /// Days at the slowest rate, or until the end where that comes first.
        most: u32,
        /// What would end it, and in how many days.
        end: Option<(Ending, u32)>,
    },
    /// It lasts until its end, at every rate.
    Until {
        /// What ends it.
        end: Ending,
        /// In how many days.
        days: u32,
        /// What is left over then.
        spare: Spare,
    },
    /// Nobody can say.
    NoEstimate(NoEstimate),
    /// No whole was told: it does not run out, or nobody can say.
    Unlimited,
    /// Nothing is left.
    UsedUp,
    /// It expired.
    Expired,
}

/// For how long `allowance` lasts at the rates of `series`.
#[must_use]
pub fn left(allowance: Allowance, limits: Limits, series: &Series, now: Time) -> Left {
    if limits.expires_at.is_some_and(|at| at <= now) {
        return Left::Expired;
    }
    let Some(total) = allowance.total else {
        return Left::Unlimited;
    };
    let remaining = total.saturating_sub(allowance.used);
    if remaining == 0 {
        return Left::UsedUp;
    }
    let rates = match rates(series) {
        Ok(rates) => rates,
        Err(why) => return Left::NoEstimate(why),
    };
    lasting(remaining, first_end(limits, now), &rates, now)
}

fn lasting(remaining: u64, end: Option<(Ending, Time)>, rates: &[Rate], now: Time) -> Left {
    let days: Vec<u64> = rates
        .iter()
        .map(|rate| rate.days_for(remaining).unwrap_or(u64::MAX))
        .collect();
    let (Some(least), Some(most)) = (days.iter().min(), days.iter().max()) else {
        return Left::NoEstimate(NoEstimate::NoSample);
    };
    if rates.iter().all(|rate| rate.bytes == 0) {
        return Left::NoEstimate(NoEstimate::NoUse);
    }
    if let Some((ending, at)) = end {
        let span = at.since(now);
        let spares: Option<Vec<u64>> = rates
            .iter()
            .map(|rate| remaining.checked_sub(rate.over(span)?))
            .collect();
        let days = whole_days(at, now);
        if let Some(spare) = spares.as_deref().and_then(spare) {
            return Left::Until {
                end: ending,
                days,
                spare,
            };
        }
        return Left::Range {
            least: short(*least).min(days),
            most: short(*most).min(days),
            end: Some((ending, days)),
        };
    }
    if *least > u64::from(limits::LONGEST_DAYS) {
        return Left::NoEstimate(NoEstimate::NoUse);
    }
    Left::Range {
        least: short(*least),
        most: short(*most).min(limits::LONGEST_DAYS),
        end: None,
    }
}

fn spare(spares: &[u64]) -> Option<Spare> {
    Some(Spare {
        least: *spares.iter().min()?,
        most: *spares.iter().max()?,
    })
}

fn first_end(limits: Limits, now: Time) -> Option<(Ending, Time)> {
    let reset = limits.reset_at.map(|at| (Ending::Reset, at));
    let expiry = limits.expires_at.map(|at| (Ending::Expiry, at));
    let ends = [reset, expiry].into_iter().flatten();
    ends.filter(|(_, at)| *at > now).min_by_key(|(_, at)| *at)
}

fn whole_days(at: Time, now: Time) -> u32 {
    let ms = u64::try_from(at.since(now).as_millis()).unwrap_or(u64::MAX);
    short(ms / DAY_MS)
}

fn short(days: u64) -> u32 {
    u32::try_from(days).unwrap_or(u32::MAX)
}
