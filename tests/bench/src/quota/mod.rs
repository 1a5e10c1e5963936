//! Quotas at their largest: a bill of 200 sub-accounts with five projects each, a ledger of 100 000 entries, two years of
//! spending.

mod bill;
mod book;
mod compose;
mod ledger;

use anyhow::bail;

pub(crate) use book::LEASE;
pub(crate) use compose::{answer, micros};

use crate::report::Row;

/// All three.
pub(crate) fn run() -> anyhow::Result<Vec<Row>> {
    let mut rows = bill::run()?;
    rows.extend(ledger::run()?);
    rows.extend(compose::run()?);
    Ok(rows)
}

/// The other processes: the cloud with the bill, and its reader.
pub(crate) fn play(words: &[&str]) -> anyhow::Result<()> {
    let runtime = tidegate_api::runtime()?;
    match words {
        ["cloud", parts] => runtime.block_on(bill::serve(parts.parse()?)),
        ["reader"] => runtime.block_on(bill::read()),
        other => bail!("no role of quotas is called {other:?}"),
    }
}
