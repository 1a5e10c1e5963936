//! History of a meter that ends now: readings at one pace, of a package that is renewed from time to time.

use std::path::Path;
use std::time::Duration;

use tidegate_api::{App, AppOptions, Home, VaultChoice};
use tidegate_meter::{
    AccountId, AsOf, ByteBase, MeterId, MeterInfo, MeterKind, Outcome, Quantity, Reading, Time, Window,
    WindowKind,
};
use tidegate_store::{AccountRow, Batch, OpenOptions, Store, Write};

use crate::budgets::{SERIES_READINGS, SERIES_SPAN, YEAR_READINGS};
use crate::quota::LEASE;

/// How much there is.
#[derive(Clone, Copy)]
pub(crate) struct Past {
    /// Of each meter.
    pub(crate) readings: u64,
    /// Between two of them.
    step: Duration,
    /// Readings of one package.
    package: u64,
}

/// One reading every five minutes, a new package each month.
pub(crate) fn year() -> Past {
    Past {
        readings: YEAR_READINGS.get(),
        step: Duration::from_secs(300),
        package: 30 * 288,
    }
}

/// Far more readings than a month has at the usual pace, a new package each week or so.
pub(crate) fn series() -> Past {
    let readings = SERIES_READINGS.get();
    Past {
        readings,
        step: Duration::from_millis(SERIES_SPAN.as_secs() * 1000 / readings),
        package: readings / 4,
    }
}

/// As many readings as a year has at the usual pace, within the days for which raw readings are kept; a new package each
/// week or so.
pub(crate) fn kept() -> Past {
    let readings = YEAR_READINGS.get();
    Past {
        readings,
        step: Duration::from_millis(KEPT_DAYS * 86_400_000 / readings),
        package: readings / 13,
    }
}

/// As many readings as those days have at the usual pace.
pub(crate) fn season() -> Past {
    Past {
        readings: YEAR_READINGS.get().min(KEPT_DAYS * 288),
        ..year()
    }
}

/// A day less than raw readings are kept.
const KEPT_DAYS: u64 = 89;
/// Between two times that a growing history is folded and what is old is deleted: as a guard does.
const DAILY: Duration = Duration::from_secs(86_400);
/// The whole package.
const WHOLE: i64 = 2_000_000_000_000;
/// Readings in one transaction.
const AT_ONCE: usize = 2000;

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
        let info = meter("bench".parse()?, 1)?;
        let home = Home::new(folder.join("home"));
        home.make()?;
        account(&home.database(), &info, end).await?;
        self.write(&home.database(), std::slice::from_ref(&info), end)
            .await?;
        let mut options = AppOptions::new(home.root());
        options.vault = VaultChoice::Memory;
        Ok((App::open(options).await?, info))
    }

    /// Writes it for these meters, in the order in which a guard would have looked at them, and folds it as the daily
    /// round of a guard does.
    pub(crate) async fn write(self, database: &Path, meters: &[MeterInfo], end: Time) -> anyhow::Result<()> {
        let store = Store::open(OpenOptions::file(database.to_owned(), end, "bench"))?;
        store.take_lease(end, LEASE).await?;
        self.fill(&store, meters, end, Some(DAILY)).await?;
        store.maintenance(end).await?;
        store.release_lease().await?;
        Ok(())
    }

    /// The same into an open store; it is folded so often, or never.
    pub(crate) async fn fill(
        self,
        store: &Store,
        meters: &[MeterInfo],
        end: Time,
        folded: Option<Duration>,
    ) -> anyhow::Result<()> {
        let (mut batch, mut held) = (Batch::default(), 0);
        let mut next = folded.map(|every| self.begin(end).plus(every));
        for (number, (fetched, left)) in (0_u64..).zip(self.readings(end)) {
            for info in meters {
                batch.push(self.look(info, end, number, (fetched, left))?);
                held += 1;
                if held == AT_ONCE {
                    held = 0;
                    store.write(std::mem::take(&mut batch)).await?;
                }
            }
            if let (Some(every), Some(due)) = (folded, next)
                && fetched >= due
            {
                store.write(std::mem::take(&mut batch)).await?;
                held = 0;
                store.maintenance(fetched).await?;
                next = Some(due.plus(every));
            }
        }
        store.write(batch).await?;
        store.flush().await?;
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
pub(crate) fn meter(account: AccountId, number: u32) -> anyhow::Result<MeterInfo> {
    Ok(MeterInfo {
        account,
        id: MeterId::new(format!("package-{number}"))?,
        kind: MeterKind::Traffic,
        name: format!("ecs-{number} · 流量包"),
        byte_base: ByteBase::Binary,
        targets: Vec::new(),
    })
}

/// Its account.
async fn account(database: &Path, info: &MeterInfo, now: Time) -> anyhow::Result<()> {
    let store = Store::open(OpenOptions::file(database.to_owned(), now, "bench"))?;
    store.take_lease(now, LEASE).await?;
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
        let all: Vec<(Time, i64)> = year().readings(end).collect();
        assert_eq!(all.len(), 105_120);
        assert_eq!(all.first().map(|first| first.0), Some(year().begin(end)));
        assert_eq!(all.last().map(|last| last.0), Some(end));
        assert_eq!(all.iter().filter(|(_, left)| *left == WHOLE).count(), 13);
    }

    #[test]
    fn a_series_spans_thirty_days() {
        let end = Time::from_ms(1_767_225_600_000);
        let all: Vec<(Time, i64)> = series().readings(end).collect();
        assert_eq!(all.len(), 100_000);
        let days = end.since(series().begin(end)).as_secs() / 86_400;
        assert_eq!(days, 29, "thirty days less the step before the first reading");
    }
}
