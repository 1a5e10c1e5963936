//! From the start of the program to its item in the tray, with a year of history in the home.

use super::Desk;
use crate::budgets::{DESK_YEARS, TRAY_PERMILLE, TRAY_ROUNDS};
use crate::report::Row;
use crate::rounds::Pairs;
use crate::stopwatch::Stopwatch;

/// Starts both in turn; the first pair only warms the files.
pub(super) fn measured(desk: &Desk) -> anyhow::Result<Vec<Row>> {
    let mut pairs = Pairs::default();
    for round in 0..=TRAY_ROUNDS.get() {
        let (guard, subject) = visible(desk, || desk.guard())?;
        guard.end()?;
        let (bare, control) = visible(desk, || desk.bare_tray())?;
        drop(bare);
        if round > 0 {
            pairs.push((subject, control));
        }
    }
    Ok(vec![Row::ratio(
        &format!("tray visible, {} meters with a year of history", DESK_YEARS.get()),
        &pairs,
        |nanos| format!("{} ms", nanos / 1_000_000),
        "bare Tauri tray",
        TRAY_PERMILLE,
    )])
}

/// Starts a program and tells after how many nanoseconds its item was registered.
fn visible<T>(desk: &Desk, start: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<(T, u64)> {
    let before = desk.host.registered();
    let watch = Stopwatch::start();
    let program = start()?;
    desk.host.wait_for(before + 1)?;
    Ok((program, watch.nanos()))
}
