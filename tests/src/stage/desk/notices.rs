//! A notification daemon: dunst on the test's display, asked by its own client; what it showed stands in its own log.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};

use super::{Display, Part, until};
use crate::stage::inside;

/// The daemon calls this for each notice it shows; a line of its log is urgency, number, title and text.
const SCRIPT: &str = r#"#!/bin/sh
body=$(printf '%s' "$DUNST_BODY" | tr '\n\t' '  ')
printf '%s\t%s\t%s\t%s\n' "$DUNST_URGENCY" "$DUNST_ID" "$DUNST_SUMMARY" "$body" >> "LOG"
"#;

/// One notice as the daemon showed it.
#[derive(Clone, Debug)]
pub struct Notice {
    /// `LOW`, `NORMAL`, `CRITICAL`.
    pub urgency: String,
    /// Its number; one that takes another's place has the other's.
    pub id: String,
    /// Its first line.
    pub summary: String,
    /// Its text on one line.
    pub body: String,
}

/// A running daemon.
pub struct Notices {
    _daemon: Part,
    display: String,
    log: PathBuf,
}

impl Notices {
    /// Starts it with its files in `folder`, and waits until it owns its name on the bus.
    pub fn start(display: &Display, folder: &Path) -> anyhow::Result<Self> {
        let (log, script, rules) = (
            folder.join("notices.log"),
            folder.join("told.sh"),
            folder.join("dunstrc"),
        );
        std::fs::write(&script, SCRIPT.replace("LOG", &log.display().to_string()))?;
        std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o700))?;
        let script = script.display();
        std::fs::write(
            &rules,
            format!(
                "[global]\n    notification_limit = 0\n[every]\n    summary = \"*\"\n    script = \"{script}\"\n"
            ),
        )?;
        let mut command = Command::new(inside::need("dunst", "dunst")?);
        command
            .arg("-conf")
            .arg(&rules)
            .env("DISPLAY", display.name())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let notices = Self {
            _daemon: Part::start(command)?,
            display: display.name().to_owned(),
            log,
        };
        until("the notification daemon answers", || {
            Ok(notices.control(&["count"]).is_ok().then_some(()))
        })?;
        Ok(notices)
    }

    /// Runs its own client.
    pub fn control(&self, args: &[&str]) -> anyhow::Result<String> {
        let output = Command::new(inside::need("dunstctl", "dunst")?)
            .args(args)
            .env("DISPLAY", &self.display)
            .output()?;
        ensure!(
            output.status.success(),
            "dunstctl {args:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(String::from_utf8(output.stdout)?)
    }

    /// How many stand on the screen now, or wait to.
    pub fn shown(&self) -> anyhow::Result<usize> {
        let count = |what| -> anyhow::Result<usize> { Ok(self.control(&["count", what])?.trim().parse()?) };
        Ok(count("displayed")? + count("waiting")?)
    }

    /// Every notice it has shown so far, oldest first.
    pub fn told(&self) -> anyhow::Result<Vec<Notice>> {
        // Before the first one there is no log.
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        Ok(text.lines().filter_map(notice).collect())
    }

    /// The first notice that fits, as soon as it was shown.
    pub fn wait_for(&self, what: &str, fits: impl Fn(&Notice) -> bool) -> anyhow::Result<Notice> {
        until(what, || Ok(self.told()?.into_iter().find(|notice| fits(notice))))
            .with_context(|| format!("told was {:?}", self.told()))
    }

    /// Takes the first named action of the notice on top.
    pub fn act(&self) -> anyhow::Result<()> {
        self.control(&["action", "0"]).map(drop)
    }
}

fn notice(line: &str) -> Option<Notice> {
    let mut parts = line.splitn(4, '\t').map(str::to_owned);
    Some(Notice {
        urgency: parts.next()?,
        id: parts.next()?,
        summary: parts.next()?,
        body: parts.next()?,
    })
}
