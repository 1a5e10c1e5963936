//! From the start of a window process to the first element of its page, against an empty window of the same size.

use std::process::Command;

use tidegate_tests::stage::desk::Listening;

use super::Desk;
use crate::budgets::{WINDOW_PERMILLE, WINDOW_ROUNDS};
use crate::report::Row;
use crate::rounds::Pairs;
use crate::stopwatch::Stopwatch;

/// What the page's program draws, not what its file holds.
pub(super) const DRAWN: &str = "#app > *";
/// What the bare page's file holds.
pub(super) const BARE: &str = "#ready";

/// Opens both in turn; the first pair only warms the files.
pub(super) fn measured(desk: &Desk) -> anyhow::Result<Vec<Row>> {
    let guard = desk.guarding()?;
    let mut pairs = Pairs::default();
    for round in 0..=WINDOW_ROUNDS.get() {
        let subject = ready(desk.window(), DRAWN)?;
        desk.without_window()?;
        let control = ready(desk.bare_window(), BARE)?;
        if round > 0 {
            pairs.push((subject, control));
        }
    }
    guard.end()?;
    Ok(vec![Row::ratio(
        "window ready",
        &pairs,
        |nanos| format!("{} ms", nanos / 1_000_000),
        "empty Tauri window",
        WINDOW_PERMILLE,
    )])
}

/// Nanoseconds until the program's page has such an element.
fn ready(program: Command, selector: &str) -> anyhow::Result<u64> {
    let driver = Listening::start(program)?;
    let watch = Stopwatch::start();
    let window = driver.open()?;
    window.first(selector)?;
    let taken = watch.nanos();
    window.close()?;
    Ok(taken)
}
