//! Proxy traffic at its largest: a month of twenty devices drawn, a hundred agents that hand in, ten thousand connections
//! that are counted.

mod counted;
mod drawn;
mod ingest;

use anyhow::bail;

use crate::report::Row;

/// What the guard takes for it.
pub(crate) fn run() -> anyhow::Result<Vec<Row>> {
    let mut rows = drawn::run()?;
    rows.extend(ingest::run()?);
    Ok(rows)
}

/// What the collector takes for it.
pub(crate) fn agent() -> anyhow::Result<Vec<Row>> {
    counted::run()
}

/// The other process: the kernel.
pub(crate) fn play(words: &[&str]) -> anyhow::Result<()> {
    match words {
        ["kernel", connections] => tidegate_api::runtime()?.block_on(counted::serve(connections.parse()?)),
        other => bail!("no role of flows is called {other:?}"),
    }
}
