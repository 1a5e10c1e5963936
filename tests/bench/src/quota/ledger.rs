//! Opening a long ledger: its first page and the totals of the account, asked of the program until the answer is a text.

use std::path::Path;

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use tidegate_api::App;
use tidegate_engine::SystemTimer;
use tidegate_meter::{Clock as _, TargetId};

use super::book::Book;
use super::compose::{answer, micros, opened};
use crate::budgets::{LEDGER_ENTRIES, LEDGER_MOST, LEDGER_SAMPLES, LEDGER_SHORT, ROUNDS};
use crate::report::Row;
use crate::rounds::Rounds;
use crate::stopwatch::Stopwatch;
use crate::{process, stats};

/// One long ledger and a short one in the same account.
pub(super) fn run() -> anyhow::Result<Vec<Row>> {
    let folder = process::scratch()?;
    tidegate_api::runtime()?.block_on(measured(folder.path()))
}

async fn measured(folder: &Path) -> anyhow::Result<Vec<Row>> {
    let book = Book::new("bench", SystemTimer::new().now().wall)?;
    let [long, short, ..] = book.users.as_slice() else {
        anyhow::bail!("two sub-accounts");
    };
    let app = opened(
        folder,
        &book,
        1,
        &[(long, LEDGER_ENTRIES.get()), (short, LEDGER_SHORT)],
    )
    .await?;
    let (mut slowest, mut control, mut middle) = (Rounds::default(), Rounds::default(), Rounds::default());
    for _ in 0..ROUNDS.get() {
        let (mut subjects, mut controls) = (Vec::new(), Vec::new());
        for _ in 0..LEDGER_SAMPLES.get() {
            subjects.push(shown(&app, &book, long, LEDGER_ENTRIES.get()).await?);
            controls.push(shown(&app, &book, short, LEDGER_SHORT).await?);
        }
        slowest.push(stats::percentile(&subjects, 100));
        control.push(stats::percentile(&controls, 100));
        middle.push(stats::median(&subjects));
    }
    let row = Row::micros(
        &format!(
            "ledger of {} entries: first page and totals, slowest of {}",
            LEDGER_ENTRIES.get(),
            LEDGER_SAMPLES.get()
        ),
        &slowest,
        LEDGER_MOST,
    );
    Ok(vec![Row {
        control: format!("{}, a ledger of {LEDGER_SHORT} entries", micros(control.median())),
        ..row.remarked(&format!("p50: {}", micros(middle.median())))
    }])
}

/// Nanoseconds until both texts are there.
async fn shown(app: &App, book: &Book, user: &TargetId, entries: i64) -> anyhow::Result<u64> {
    let page = json!({ "account": book.account, "user": user, "limit": 100 });
    let totals = json!({ "account": book.account, "lang": "en" });
    let watch = Stopwatch::start();
    let page = answer(app, "ledger", &page).await?;
    let totals = answer(app, "quotas", &totals).await?;
    let took = watch.nanos();
    let page: Value = serde_json::from_str(&page)?;
    let newest = page.pointer("/data/entries/0/seq").and_then(Value::as_i64);
    ensure!(newest == Some(entries), "the newest entry is shown: {newest:?}");
    let totals: Value = serde_json::from_str(&totals)?;
    let users = totals.pointer("/data/users").and_then(Value::as_array);
    let known = users.context("the totals are a list")?.len();
    ensure!(known == book.users.len(), "{known} sub-accounts");
    Ok(took)
}
