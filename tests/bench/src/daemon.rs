//! The shipped daemon as a process of its own, over the accounts of a simulated cloud; and what it takes at rest.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::budgets::{DAEMON_RSS_KIB, IDLE_METERS, IDLE_SPAN, IDLE_TICKS, ROUNDS};
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
    /// Starts it with the accounts of the cloud in a file, and waits until it has looked at every account once.
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
        let mut daemon = Self::begun(folder, cloud, Some(&file))?;
        daemon.looked_at(config.accounts.len())?;
        Ok(daemon)
    }

    /// Starts it with whatever its home holds, and waits until its doors are open.
    pub(crate) fn ready(folder: &Path, cloud: &Cloud) -> anyhow::Result<Self> {
        let mut daemon = Self::begun(folder, cloud, None)?;
        while daemon.door.is_empty() {
            let event = daemon.running.hear()?;
            if name_of(&event) == "listening" {
                daemon.door = door_of(&event)?;
            }
        }
        Ok(daemon)
    }

    fn begun(folder: &Path, cloud: &Cloud, config: Option<&Path>) -> anyhow::Result<Self> {
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
        if let Some(file) = config {
            command.arg("--config").arg(file);
        }
        Ok(Self {
            running: Running::start(command)?,
            folder: folder.to_owned(),
            environment,
            door: String::new(),
        })
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
        Ok(self.answer(&["tokens", "create", name])?.trim().to_owned())
    }

    /// The code by which an agent becomes that device.
    pub(crate) fn invite(&self, device: &str) -> anyhow::Result<String> {
        let told = self.told(&["agents", "invite", device, "--name", device, "--json"])?;
        let code = told.get("code").and_then(Value::as_str);
        Ok(code.with_context(|| format!("no code: {told}"))?.to_owned())
    }

    /// What a command of it prints as JSON.
    pub(crate) fn told(&self, arguments: &[&str]) -> anyhow::Result<Value> {
        Ok(serde_json::from_str(&self.answer(arguments)?)?)
    }

    fn answer(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let mut command = command(&self.folder, &self.environment)?;
        let output = command.args(arguments).output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{arguments:?}: {said}");
        Ok(String::from_utf8(output.stdout)?)
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

/// Lets several of them look once, then watches them do nothing, all at the same time.
pub(crate) fn run() -> anyhow::Result<Vec<Row>> {
    let folder = process::scratch()?;
    let (_cloud, told) = cloud::start(Kind::Packages, IDLE_METERS.get())?;
    let daemons = (0..ROUNDS.get())
        .map(|round| {
            let home = folder.path().join(round.to_string());
            fs::create_dir(&home)?;
            Daemon::start(&home, &told, LONG)
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    let pids: Vec<u32> = daemons.iter().map(Daemon::pid).collect();
    stopwatch::settle(|| process::all(&pids, process::ticks).map(|all| all.iter().sum()))?;
    let before = process::all(&pids, process::ticks)?;
    stopwatch::pass(IDLE_SPAN.get());
    let after = process::all(&pids, process::ticks)?;
    let ticks = after.iter().zip(&before).map(|(after, before)| after - before);
    let memory = process::all(&pids, |pid| process::memory_kib(pid, "VmRSS"))?;
    let what = format!(
        "idle daemon with {} meters and both doors open",
        IDLE_METERS.get()
    );
    Ok(vec![
        Row::absolute(
            &format!("{what}: memory"),
            &memory.into_iter().collect(),
            u128::from(DAEMON_RSS_KIB),
            "KiB",
        ),
        Row::absolute(
            &format!("{what}: processor ticks in {} s", IDLE_SPAN.get().as_secs()),
            &ticks.collect(),
            u128::from(IDLE_TICKS),
            "ticks",
        ),
    ])
}
