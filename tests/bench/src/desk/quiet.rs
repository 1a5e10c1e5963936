//! An idle minute: how often the icon is drawn anew, and how often a minimised window's webview wakes, against an empty
//! page's.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use tidegate_tests::stage::desk::{Driver, Listening, Part, until};
use tidegate_tests::stage::inside;

use super::{Desk, window};
use crate::budgets::{IDLE_METERS, QUIET_MOST, QUIET_SPAN, ROUNDS, WAKES_NOISE};
use crate::report::Row;
use crate::rounds::{Pairs, Rounds};
use crate::{process, stopwatch};

/// Watches both at the same time.
pub(super) fn measured(desk: &Desk) -> anyhow::Result<Vec<Row>> {
    // Only a window manager minimises.
    let manager = Part::start(manager(desk)?)?;
    let guard = desk.guarding()?;
    let item = desk.host.item()?;
    let subject = minimised(desk.window(), window::DRAWN)?;
    let control = minimised(desk.bare_window(), window::BARE)?;
    let (subject_view, control_view) = (settled(&desk.home)?, settled(&desk.bare_home)?);
    stopwatch::settle(|| process::ticks(guard.id()))?;

    let (mut redrawn, mut wakes) = (Rounds::default(), Pairs::default());
    for _ in 0..ROUNDS.get() {
        let redraws = item.redraws()?;
        wakes.push(woken(subject_view, control_view)?);
        redrawn.push(u64::try_from(redraws.of("NewIcon"))?);
    }

    subject.close()?;
    control.close()?;
    guard.end()?;
    drop(manager);
    Ok(rows(&redrawn, &wakes))
}

/// How often both webviews wake in the span. Looked at each second, so that what a thread that ends has done is not lost.
fn woken(subject: u32, control: u32) -> anyhow::Result<(u64, u64)> {
    let (mut wakes, mut of_control) = (0, 0);
    let mut last = (process::switches(subject)?, process::switches(control)?);
    for _ in 0..QUIET_SPAN.get().as_secs() {
        stopwatch::pass(Duration::from_secs(1));
        let now = (process::switches(subject)?, process::switches(control)?);
        wakes += process::between(&last.0, &now.0);
        of_control += process::between(&last.1, &now.1);
        last = now;
    }
    Ok((wakes, of_control))
}

fn rows(redrawn: &Rounds, wakes: &Pairs) -> Vec<Row> {
    let span = QUIET_SPAN.get().as_secs();
    let mut woken = Row::beyond(
        &format!("minimised window: wake-ups of its webview in {span} s"),
        wakes,
        |count| count.to_string(),
        "empty page",
        WAKES_NOISE,
    );
    woken.budget = format!("{}, as two empty pages differ", woken.budget);
    vec![
        Row::absolute(
            &format!(
                "idle with {} meters: redraws of the icon in {span} s",
                IDLE_METERS.get()
            ),
            redrawn,
            QUIET_MOST,
            "redraws",
        ),
        woken,
    ]
}

fn manager(desk: &Desk) -> anyhow::Result<Command> {
    let mut command = Command::new(inside::need("openbox", "openbox")?);
    command
        .env("DISPLAY", desk.display.name())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    Ok(command)
}

fn minimised(program: Command, selector: &str) -> anyhow::Result<Driver> {
    let window = Listening::start(program)?.open()?;
    window.first(selector)?;
    window.minimise()?;
    until("the page knows that nobody sees it", || {
        let seen = window.script("return document.visibilityState", &[])?;
        Ok((seen == "hidden").then_some(()))
    })?;
    Ok(window)
}

/// The webview of a home's window, once it uses no processor time.
fn settled(home: &Path) -> anyhow::Result<u32> {
    let view = process::webview(home)?;
    stopwatch::settle(|| process::ticks(view))?;
    Ok(view)
}
