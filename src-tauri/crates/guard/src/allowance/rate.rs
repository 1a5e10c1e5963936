//! How fast a subscription is used: means over whole weeks. A mean, since traffic comes in bursts and the bursts are what
//! empties a plan; whole weeks, since weekends differ.

use std::time::Duration;

use tidegate_meter::{Span, Time};

use super::NoEstimate;
use super::series::Series;
use crate::limits;

const DAY: Duration = Duration::from_secs(86_400);

/// Bytes in a span of whole days.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rate {
    /// The days before the last sample that it is the mean of.
    pub days: u32,
    /// What was used in them.
    pub bytes: u64,
}

impl Rate {
    /// For how many whole days `bytes` last at this rate; `None`: at this rate they never end.
    #[must_use]
    pub fn days_for(self, bytes: u64) -> Option<u64> {
        let days = u128::from(bytes).checked_mul(u128::from(self.days))?;
        u64::try_from(days.checked_div(u128::from(self.bytes))?).ok()
    }

    /// What is used in a span at this rate, rounded down.
    #[must_use]
    pub fn over(self, span: Duration) -> Option<u64> {
        let whole = DAY.as_millis().checked_mul(u128::from(self.days))?;
        let bytes = u128::from(self.bytes).checked_mul(span.as_millis())?;
        u64::try_from(bytes.checked_div(whole)?).ok()
    }
}

/// The rates of the last 7, 14 and 28 days, as far back as there are samples; of the whole days there are where these are
/// fewer than seven. At least three full days are needed.
pub fn rates(series: &Series) -> Result<Vec<Rate>, NoEstimate> {
    let whole = series.span().ok_or(NoEstimate::NoSample)?;
    let days = u32::try_from(whole.end.since(whole.start).as_secs() / DAY.as_secs()).unwrap_or(u32::MAX);
    if days < limits::RATE_DAYS_LEAST {
        return Err(NoEstimate::TooYoung { days });
    }
    let rates: Vec<Rate> = limits::RATE_DAYS
        .into_iter()
        .filter(|wanted| *wanted <= days)
        .filter_map(|wanted| rate(series, whole.end, wanted))
        .collect();
    if rates.is_empty() {
        return Ok(rate(series, whole.end, days).into_iter().collect());
    }
    Ok(rates)
}

fn rate(series: &Series, end: Time, days: u32) -> Option<Rate> {
    let used = series.used(Span {
        start: end.minus(DAY.checked_mul(days)?),
        end,
    })?;
    Some(Rate {
        days,
        bytes: used.bytes,
    })
}
