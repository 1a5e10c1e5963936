//! An idle minute: how often the icon is drawn anew, and how often a minimised window's webview wakes, against an empty
//! page's.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use tidegate_tests::stage::desk::{Driver, Listening, Part, until};
use tidegate_tests::stage::inside;

use super::{Desk, window};
use crate::budgets::{IDLE_METERS, QUIET_MOST, QUIET_SPAN, WAKES_NOISE};
use crate::report::Row;
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

    let redraws = item.redraws()?;
    let (wakes, of_control) = woken(subject_view, control_view)?;
    let redrawn = u64::try_from(redraws.of("NewIcon"))?;

    subject.close()?;
    control.close()?;
    guard.end()?;
    drop(manager);
    Ok(rows(redrawn, wakes, of_control))
}

/// How often both webviews wake in the span. Looked at each second, so that what a thread that ends has done is not lost.
fn woken(subject: u32, control: u32) -> anyhow::Result<(u64, u64)> {
    let (mut wakes, mut of_control) = (0, 0);
    let mut last = (process::switches(subject)?, process::switches(control)?);
    for _ in 0..QUIET_SPAN.as_secs() {
        stopwatch::pass(Duration::from_secs(1));
        let now = (process::switches(subject)?, process::switches(control)?);
        wakes += process::between(&last.0, &now.0);
        of_control += process::between(&last.1, &now.1);
        last = now;
    }
    Ok((wakes, of_control))
}

fn rows(redrawn: u64, wakes: u64, of_control: u64) -> Vec<Row> {
    let span = QUIET_SPAN.as_secs();
    let beyond = wakes.saturating_sub(of_control);
    vec![
        Row::absolute(
            &format!("idle with {IDLE_METERS} meters: redraws of the icon in {span} s"),
            redrawn,
            QUIET_MOST,
            "redraws",
        ),
        Row {
            what: format!("minimised window: wake-ups of its webview in {span} s"),
            subject: format!("{wakes}"),
            control: format!("{of_control}, empty page"),
            measured: format!("{beyond} beyond"),
            budget: format!("≤ {WAKES_NOISE}, as two empty pages differ"),
            counts: (beyond, WAKES_NOISE),
        },
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
