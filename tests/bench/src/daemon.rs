//! The shipped daemon as a process of its own, over the accounts of a simulated cloud; and what it takes at rest.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::budgets::{DAEMON_RSS_KIB, IDLE_METERS, IDLE_SPAN, IDLE_TICKS};
use crate::child::Running;
use crate::cloud::{self, Cloud, Kind, LONG};
use crate::report::Row;
use crate::{process, stopwatch};

/// `tidegated run` with its configuration in a file and both its doors open.
pub(crate) struct Daemon {
    running: Running,
    folder: PathBuf,
    environment: Vec<(String, String)>,
    /// Where other programs ask: `127.0.0.1:8080`.
    pub(crate) door: String,
}

impl Daemon {
    /// Starts it, and waits until it has looked at every account once.
    pub(crate) fn start(folder: &Path, cloud: &Cloud, interval: Duration) -> anyhow::Result<Self> {
        let config = cloud.config(interval)?;
        let file = folder.join("tidegate.toml");
        // A guard without a line has nothing to do when it is crossed.
        let text = tidegate_api::config::print(&config);
        let text = match config.guards.iter().any(|guard| guard.limit.is_none()) {
            true => text.replace("action = \"stop\"\n", ""),
            false => text,
        };
        fs::write(&file, text)?;
        let environment = cloud.variables();
        let mut command = command(folder, &environment)?;
        command.args([
            "run",
            "--json",
            "--listen",
            "127.0.0.1:0",
            "--metrics",
            "127.0.0.1:0",
        ]);
        command.arg("--config").arg(&file);
        let mut daemon = Self {
            running: Running::start(command)?,
            folder: folder.to_owned(),
            environment,
            door: String::new(),
        };
        daemon.looked_at(config.accounts.len())?;
        Ok(daemon)
    }

    fn looked_at(&mut self, accounts: usize) -> anyhow::Result<()> {
        let mut readings = 0;
        while readings < accounts || self.door.is_empty() {
            let event = self.running.hear()?;
            match name_of(&event) {
                "reading" => readings += 1,
                "unread" => anyhow::bail!("a look gave nothing: {event}"),
                "listening" => self.door = door_of(&event)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// The next thing that happens.
    pub(crate) fn event(&mut self) -> anyhow::Result<Value> {
        self.running.hear()
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.running.pid()
    }

    /// The file that it follows.
    pub(crate) fn config_file(&self) -> PathBuf {
        self.folder.join("tidegate.toml")
    }

    /// A new token of that name that may read.
    pub(crate) fn token(&self, name: &str) -> anyhow::Result<String> {
        let mut command = command(&self.folder, &self.environment)?;
        let output = command.args(["tokens", "create", name]).output()?;
        ensure!(
            output.status.success(),
            "no token: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }
}

/// What an event of the daemon is called.
pub(crate) fn name_of(event: &Value) -> &str {
    event.get("event").and_then(Value::as_str).unwrap_or_default()
}

fn door_of(event: &Value) -> anyhow::Result<String> {
    let url = event.get("http").and_then(Value::as_str).context("a door")?;
    let rest = url.strip_prefix("http://").context("an address")?;
    Ok(rest.split('/').next().unwrap_or_default().to_owned())
}

fn command(folder: &Path, environment: &[(String, String)]) -> anyhow::Result<Command> {
    let mut command = Command::new(process::beside("tidegated")?);
    command
        .env("TIDEGATE_HOME", folder.join("home"))
        .env("TIDEGATE_VAULT", "env")
        .env("LANG", "en_US.UTF-8")
        .envs(environment.iter().map(|(name, value)| (name, value)));
    Ok(command)
}

/// Lets it look once, then watches it do nothing.
pub(crate) fn run() -> anyhow::Result<Vec<Row>> {
    let folder = process::scratch()?;
    let (_cloud, told) = cloud::start(Kind::Packages, IDLE_METERS)?;
    let daemon = Daemon::start(folder.path(), &told, LONG)?;
    stopwatch::settle(|| process::ticks(daemon.pid()))?;
    let before = process::ticks(daemon.pid())?;
    stopwatch::pass(IDLE_SPAN);
    let ticks = process::ticks(daemon.pid())? - before;
    let memory = process::memory_kib(daemon.pid(), "VmRSS")?;
    let what = format!("idle daemon with {IDLE_METERS} meters and both doors open");
    Ok(vec![
        Row::absolute(
            &format!("{what}: memory"),
            memory,
            u128::from(DAEMON_RSS_KIB),
            "KiB",
        ),
        Row::absolute(
            &format!("{what}: processor ticks in {} s", IDLE_SPAN.as_secs()),
            ticks,
            u128::from(IDLE_TICKS),
            "ticks",
        ),
    ])
}
