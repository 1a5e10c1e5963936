//! The desktop as a person has it, against bare Tauri programs of the same versions (`src-tauri/examples/bare`): on a
//! display without a screen, a private session bus with a keyring and a tray host, and a home with fifty meters and a year
//! of history.
//!
//! Owns the surroundings and their order; the benches stand in the modules beside. Each runs in a process of its own behind
//! the bus's, and hands its rows out as JSON.

mod memory;
mod quiet;
mod tray;
mod window;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::bail;
use tidegate_api::Home;
use tidegate_tests::stage::desk::{Desktop, Display, Part, TrayHost, processes_of, until};
use tidegate_tests::stage::keyring::{Keyring, private_bus};

use crate::budgets::{DESK_YEARS, IDLE_METERS};
use crate::child::Running;
use crate::cloud::{self, Kind};
use crate::report::Row;
use crate::{child, lived, process, role};

/// Runs the bench of that name on a session bus of its own.
pub(crate) fn run(bench: &str) -> anyhow::Result<Vec<Row>> {
    let folder = process::scratch()?;
    let mut bus = private_bus(folder.path())?;
    bus.arg(std::env::current_exe()?)
        .args(child::role(&["desk", bench]))
        .arg(folder.path());
    let mut inside = Running::start(bus)?;
    let rows = serde_json::from_value(inside.hear()?)?;
    inside.ended()?;
    Ok(rows)
}

/// The process on the bus.
pub(crate) fn play(bench: &str, folder: &Path) -> anyhow::Result<()> {
    let desk = Desk::set(folder)?;
    let rows = match bench {
        "tray" => tray::measured(&desk),
        "window" => window::measured(&desk),
        "memory" => memory::measured(&desk),
        "quiet" => quiet::measured(&desk),
        other => bail!("no bench of the desktop is called {other}"),
    }?;
    drop(desk);
    role::say(&serde_json::to_value(rows)?)
}

/// Everything that is there before the program starts. Ends with the value.
struct Desk {
    display: Display,
    _keyring: Keyring,
    host: TrayHost,
    _cloud: Running,
    environment: Vec<(String, String)>,
    home: PathBuf,
    /// Names the bare programs, which keep nothing.
    bare_home: PathBuf,
    product: PathBuf,
    bare: PathBuf,
    /// As on a real desktop some program is there before: the first GTK program on a display looks for its visuals and
    /// keeps the whole of OpenGL for that in its memory; with the last one the display forgets them.
    panel: Option<Part>,
}

impl Desk {
    fn set(folder: &Path) -> anyhow::Result<Self> {
        let (cloud, told) = cloud::start(Kind::Packages, IDLE_METERS.get())?;
        let home = Home::new(folder.join("home"));
        tidegate_api::runtime()?.block_on(lived::in_for_a_year(&home, &told, DESK_YEARS.get()))?;
        let mut desk = Self {
            display: Display::start()?,
            _keyring: Keyring::start()?,
            host: TrayHost::start()?,
            environment: told.variables(),
            _cloud: cloud,
            home: home.root().to_owned(),
            bare_home: folder.join("bare"),
            product: process::beside("tidegate")?,
            bare: process::beside("examples/bare")?,
            panel: None,
        };
        let panel = desk.bare_tray()?;
        desk.host.wait_for(1)?;
        desk.panel = Some(panel);
        Ok(desk)
    }

    /// The guard process in the tray.
    fn guard(&self) -> anyhow::Result<Desktop> {
        Desktop::installed(&self.product, &self.display, &self.home, &self.environment)
    }

    /// The bare tray.
    fn bare_tray(&self) -> anyhow::Result<Part> {
        let mut command = self.bare("tray");
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Part::start(command)
    }

    /// The window of the guard, not started yet.
    fn window(&self) -> Command {
        let mut command = Desktop::command_of(&self.product, &self.display, &self.home);
        command.arg("--window");
        command
    }

    /// An empty window, not started yet.
    fn bare_window(&self) -> Command {
        self.bare("window")
    }

    fn bare(&self, role: &str) -> Command {
        let mut command = Desktop::command_of(&self.bare, &self.display, &self.bare_home);
        command.arg(role);
        command
    }

    /// The guard, when it knows its meters and answers.
    fn guarding(&self) -> anyhow::Result<Desktop> {
        let before = self.host.registered();
        let guard = self.guard()?;
        self.host.wait_for(before + 1)?;
        let item = self.host.item()?;
        until("the tray speaks of the meters", || {
            Ok((!item.tooltip()?.contains("No account yet")).then_some(()))
        })?;
        Ok(guard)
    }

    /// Waits until the window that was closed is gone: the next one would only bring it forward.
    fn without_window(&self) -> anyhow::Result<()> {
        until("the window is gone", || {
            let all = processes_of(&self.home)?;
            Ok((!all.iter().any(|line| line.contains("--window"))).then_some(()))
        })
    }
}
