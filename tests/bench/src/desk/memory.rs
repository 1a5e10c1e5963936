//! Resident memory of the guard process: against a bare tray without a webview, and against itself after fifty windows.

use tidegate_tests::stage::desk::Listening;

use super::{Desk, window};
use crate::budgets::{GUARD_GROWTH_PERMILLE, GUARD_RSS_PERMILLE, GUARD_WINDOWS, IDLE_METERS, ROUNDS};
use crate::report::Row;
use crate::rounds::Pairs;
use crate::{process, stopwatch};

/// Lets a guard settle, opens and closes the windows, and lets it settle again; so in every round.
pub(super) fn measured(desk: &Desk) -> anyhow::Result<Vec<Row>> {
    let (mut beside_bare, mut grown) = (Pairs::default(), Pairs::default());
    for _ in 0..ROUNDS.get() {
        let guard = desk.guarding()?;
        let before = desk.host.registered();
        let bare = desk.bare_tray()?;
        desk.host.wait_for(before + 1)?;
        let first = resident(guard.id())?;
        beside_bare.push((first, resident(bare.id())?));
        drop(bare);
        for _ in 0..GUARD_WINDOWS.get() {
            let window = Listening::start(desk.window())?.open()?;
            window.first(window::DRAWN)?;
            window.close()?;
            desk.without_window()?;
        }
        grown.push((resident(guard.id())?, first));
        guard.end()?;
    }
    let shown = |kib: u64| format!("{kib} KiB");
    Ok(vec![
        Row::ratio(
            &format!(
                "guard process in the tray with {} meters: memory",
                IDLE_METERS.get()
            ),
            &beside_bare,
            shown,
            "bare Tauri tray",
            GUARD_RSS_PERMILLE,
        ),
        Row::ratio(
            &format!("guard process after {} windows: memory", GUARD_WINDOWS.get()),
            &grown,
            shown,
            "before the first",
            GUARD_GROWTH_PERMILLE,
        ),
    ])
}

/// Once the process is quiet.
fn resident(pid: u32) -> anyhow::Result<u64> {
    stopwatch::settle(|| process::ticks(pid))?;
    process::memory_kib(pid, "VmRSS")
}
