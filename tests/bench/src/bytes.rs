//! What a reading takes in the database: kept raw, and after a year in which older ones were folded and deleted.

use std::fs;
use std::path::Path;

use anyhow::ensure;
use tidegate_meter::{AccountId, Time};
use tidegate_store::{OpenOptions, Store};

use crate::budgets::{BYTES_FOLDED_CENTI, BYTES_METERS, BYTES_RAW_CENTI};
use crate::past::{self, Past};
use crate::process;
use crate::quota::LEASE;
use crate::report::Row;

/// 2026-01-01T00:00:00Z; any instant serves. Nothing here varies from run to run.
const END: Time = Time::from_ms(1_767_225_600_000);

/// Fills both databases.
pub(crate) fn run() -> anyhow::Result<Vec<Row>> {
    let folder = process::scratch()?;
    let runtime = tidegate_api::runtime()?;
    let raw = runtime.block_on(filled(&folder.path().join("raw.db"), past::season(), false))?;
    let folded = runtime.block_on(filled(&folder.path().join("folded.db"), past::year(), true))?;
    Ok(vec![
        row("database, kept raw,", raw.bytes, raw.readings, BYTES_RAW_CENTI),
        row(
            "database after a year of folding and deleting,",
            folded.bytes,
            folded.readings,
            BYTES_FOLDED_CENTI,
        ),
    ])
}

/// A database at rest.
struct Filled {
    readings: u64,
    bytes: u64,
}

async fn filled(database: &Path, past: Past, folded: bool) -> anyhow::Result<Filled> {
    let account: AccountId = "bench".parse()?;
    let meters = (0..BYTES_METERS.get())
        .map(|number| past::meter(account.clone(), number))
        .collect::<anyhow::Result<Vec<_>>>()?;
    match folded {
        true => past.write(database, &meters, END).await?,
        false => {
            let store = Store::open(OpenOptions::file(database.to_owned(), END, "bench"))?;
            store.take_lease(END, LEASE).await?;
            past.fill(&store, &meters, END, None).await?;
            store.release_lease().await?;
        }
    }
    let log = database.with_extension("db-wal");
    let bytes = fs::metadata(database)?.len();
    ensure!(
        !log.exists() || fs::metadata(&log)?.len() == 0,
        "the log was folded"
    );
    Ok(Filled {
        readings: past.readings * u64::from(BYTES_METERS.get()),
        bytes,
    })
}

/// What each reading takes of so many bytes.
pub(crate) fn row(what: &str, bytes: u64, readings: u64, most: u64) -> Row {
    let centi = (bytes * 100).div_ceil(readings.max(1));
    let shown = |centi: u64| format!("{}.{:02} bytes", centi / 100, centi % 100);
    Row {
        what: format!("{what} over {readings} readings: each"),
        subject: format!("{} KiB", bytes / 1024),
        measured: shown(centi),
        budget: format!("≤ {}", shown(most)),
        counts: (centi, most),
        ..Row::exact("", 0, 0, "")
    }
}
