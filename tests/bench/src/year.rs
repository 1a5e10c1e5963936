//! A year of history of a meter: one reading every five minutes, a package that is renewed each month.

use std::path::Path;
use std::time::Duration;

use tidegate_meter::{AsOf, MeterInfo, Outcome, Quantity, Reading, Time, Window, WindowKind};
use tidegate_store::{AccountRow, Batch, OpenOptions, Store, Write};

use crate::budgets::YEAR_READINGS;

/// Between two readings.
pub(crate) const STEP: Duration = Duration::from_secs(300);
/// Readings of one month's package.
const MONTH: u64 = 30 * 288;
/// The whole package.
const WHOLE: i64 = 2_000_000_000_000;
/// Readings in one transaction.
const AT_ONCE: u64 = 2000;

/// When the first reading of a year that ends at `end` was fetched.
pub(crate) fn begin(end: Time) -> Time {
    at(end, 0)
}

fn at(end: Time, number: u64) -> Time {
    let before = YEAR_READINGS.saturating_sub(number + 1);
    end.minus(STEP.saturating_mul(u32::try_from(before).unwrap_or(u32::MAX)))
}

/// What each reading of the year left, with its time, oldest first: it falls unevenly to about nothing in each month.
pub(crate) fn readings(end: Time) -> impl Iterator<Item = (Time, i64)> {
    let mut burn = fastrand::Rng::with_seed(7);
    let most = WHOLE / i64::try_from(MONTH).unwrap_or(i64::MAX) * 2;
    (0..YEAR_READINGS).scan(WHOLE, move |left, number| {
        *left = if number % MONTH == 0 {
            WHOLE
        } else {
            (*left - burn.i64(0..most)).max(0)
        };
        Some((at(end, number), *left))
    })
}

/// Writes the year of these meters and folds it, as the daily round of a guard does.
pub(crate) async fn write(database: &Path, meters: &[MeterInfo], end: Time) -> anyhow::Result<()> {
    let store = Store::open(OpenOptions::file(database.to_owned(), end, "bench"))?;
    store.take_lease(end, Duration::from_secs(3600)).await?;
    for info in meters {
        let mut batch = Batch::default();
        for (number, (fetched, left)) in (0_u64..).zip(readings(end)) {
            batch.push(look(info, end, number, (fetched, left))?);
            if number % AT_ONCE == AT_ONCE - 1 {
                store.write(std::mem::take(&mut batch)).await?;
            }
        }
        store.write(batch).await?;
    }
    store.maintenance(end).await?;
    store.release_lease().await?;
    Ok(())
}

fn look(info: &MeterInfo, end: Time, number: u64, (fetched, left): (Time, i64)) -> anyhow::Result<Write> {
    let month = number - number % MONTH;
    let window = Window::told(
        WindowKind::Life,
        at(end, month),
        Some(at(end, month).plus(STEP.saturating_mul(u32::try_from(MONTH)?))),
    );
    let reading = Reading::new(
        None,
        Some(Quantity::bytes(WHOLE)),
        Some(Quantity::bytes(left)),
        Some(window),
        AsOf::Fetch(fetched),
        fetched,
    )?;
    Ok(Write::Look {
        info: info.clone(),
        outcome: Outcome::Known(reading),
        at: fetched,
        lag_ms: None,
    })
}

/// The account of a meter that no cloud knows.
pub(crate) async fn account(database: &Path, info: &MeterInfo, now: Time) -> anyhow::Result<()> {
    let store = Store::open(OpenOptions::file(database.to_owned(), now, "bench"))?;
    store.take_lease(now, Duration::from_secs(3600)).await?;
    let mut batch = Batch::default();
    batch.push(Write::PutAccount(AccountRow {
        id: info.account.clone(),
        provider: "huawei".to_owned(),
        name: "bench".to_owned(),
        enabled: false,
        config: serde_json::json!({}),
    }));
    store.write(batch).await?;
    store.release_lease().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_ends_at_its_end_and_is_renewed_each_month() {
        let end = Time::from_ms(1_767_225_600_000);
        let all: Vec<(Time, i64)> = readings(end).collect();
        assert_eq!(all.len(), 105_120);
        assert_eq!(all.first().map(|first| first.0), Some(begin(end)));
        assert_eq!(all.last().map(|last| last.0), Some(end));
        assert_eq!(all.iter().filter(|(_, left)| *left == WHOLE).count(), 13);
    }
}
