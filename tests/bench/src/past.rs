//! History of a meter that ends now: readings at one pace, of a package that is renewed from time to time.

use std::path::Path;
use std::time::Duration;

use tidegate_api::{App, AppOptions, Home, VaultChoice};
use tidegate_meter::{
    AsOf, ByteBase, MeterId, MeterInfo, MeterKind, Outcome, Quantity, Reading, Time, Window, WindowKind,
};
use tidegate_store::{AccountRow, Batch, OpenOptions, Store, Write};

use crate::budgets::{SERIES_READINGS, SERIES_SPAN, YEAR_READINGS};

/// How much there is.
#[derive(Clone, Copy)]
pub(crate) struct Past {
    readings: u64,
    /// Between two of them.
    step: Duration,
    /// Readings of one package.
    package: u64,
}

/// One reading every five minutes, a new package each month.
pub(crate) const YEAR: Past = Past {
    readings: YEAR_READINGS,
    step: Duration::from_secs(300),
    package: 30 * 288,
};

/// Far more readings than a month has at the usual pace, a new package each week or so.
pub(crate) const SERIES: Past = Past {
    readings: SERIES_READINGS,
    step: Duration::from_millis(SERIES_SPAN.as_secs() * 1000 / SERIES_READINGS),
    package: SERIES_READINGS / 4,
};

/// The whole package.
const WHOLE: i64 = 2_000_000_000_000;
/// Readings in one transaction.
const AT_ONCE: u64 = 2000;

impl Past {
    /// When the first reading of a past that ends at `end` was fetched.
    pub(crate) fn begin(self, end: Time) -> Time {
        self.at(end, 0)
    }

    fn at(self, end: Time, number: u64) -> Time {
        let before = self.readings.saturating_sub(number + 1);
        end.minus(
            self.step
                .saturating_mul(u32::try_from(before).unwrap_or(u32::MAX)),
        )
    }

    /// What each reading left, with its time, oldest first: it falls unevenly to about nothing with each package.
    pub(crate) fn readings(self, end: Time) -> impl Iterator<Item = (Time, i64)> {
        let mut burn = fastrand::Rng::with_seed(7);
        let most = WHOLE / i64::try_from(self.package).unwrap_or(i64::MAX) * 2;
        (0..self.readings).scan(WHOLE, move |left, number| {
            *left = if number % self.package == 0 {
                WHOLE
            } else {
                (*left - burn.i64(0..most)).max(0)
            };
            Some((self.at(end, number), *left))
        })
    }

    /// A program over a home of that folder, whose one meter has this past.
    pub(crate) async fn program(self, folder: &Path, end: Time) -> anyhow::Result<(App, MeterInfo)> {
        let info = meter()?;
        let home = Home::new(folder.join("home"));
        home.make()?;
        account(&home.database(), &info, end).await?;
        self.write(&home.database(), std::slice::from_ref(&info), end)
            .await?;
        let mut options = AppOptions::new(home.root());
        options.vault = VaultChoice::Memory;
        Ok((App::open(options).await?, info))
    }

    /// Writes it for these meters and folds it, as the daily round of a guard does.
    pub(crate) async fn write(self, database: &Path, meters: &[MeterInfo], end: Time) -> anyhow::Result<()> {
        let store = Store::open(OpenOptions::file(database.to_owned(), end, "bench"))?;
        store.take_lease(end, Duration::from_secs(3600)).await?;
        for info in meters {
            let mut batch = Batch::default();
            for (number, (fetched, left)) in (0_u64..).zip(self.readings(end)) {
                batch.push(self.look(info, end, number, (fetched, left))?);
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

    fn look(
        self,
        info: &MeterInfo,
        end: Time,
        number: u64,
        (fetched, left): (Time, i64),
    ) -> anyhow::Result<Write> {
        let bought = self.at(end, number - number % self.package);
        let life = self.step.saturating_mul(u32::try_from(self.package)?);
        let window = Window::told(WindowKind::Life, bought, Some(bought.plus(life)));
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
}

/// A meter that no cloud knows.
fn meter() -> anyhow::Result<MeterInfo> {
    Ok(MeterInfo {
        account: "bench".parse()?,
        id: MeterId::new("package-1".to_owned())?,
        kind: MeterKind::Traffic,
        name: "ecs-1 · 流量包".to_owned(),
        byte_base: ByteBase::Binary,
        targets: Vec::new(),
    })
}

/// Its account.
async fn account(database: &Path, info: &MeterInfo, now: Time) -> anyhow::Result<()> {
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
        let all: Vec<(Time, i64)> = YEAR.readings(end).collect();
        assert_eq!(all.len(), 105_120);
        assert_eq!(all.first().map(|first| first.0), Some(YEAR.begin(end)));
        assert_eq!(all.last().map(|last| last.0), Some(end));
        assert_eq!(all.iter().filter(|(_, left)| *left == WHOLE).count(), 13);
    }

    #[test]
    fn a_series_spans_thirty_days() {
        let end = Time::from_ms(1_767_225_600_000);
        let all: Vec<(Time, i64)> = SERIES.readings(end).collect();
        assert_eq!(all.len(), 100_000);
        let days = end.since(SERIES.begin(end)).as_secs() / 86_400;
        assert_eq!(days, 29, "thirty days less the step before the first reading");
    }
}
