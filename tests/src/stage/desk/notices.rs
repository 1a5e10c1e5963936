//! A notification daemon: dunst on the test's display, asked by its own client; what it showed stands in its own log.

use std::collections::HashMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, ensure};

use zbus::blocking::fdo::MonitoringProxy;
use zbus::blocking::{Connection, MessageIterator};
use zbus::zvariant::OwnedValue;

use super::{Display, Part, until};
use crate::stage::inside;

const SERVICE: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
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

/// One notice as the program asked for it.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The number of the notice whose place it takes; 0 for a new one.
    pub replaces: u32,
    /// Its first line.
    pub summary: String,
    /// Its buttons: the word of each, and what stands on it.
    pub buttons: Vec<(String, String)>,
}

type Wish = (
    String,
    u32,
    String,
    String,
    String,
    Vec<String>,
    HashMap<String, OwnedValue>,
    i32,
);

/// What programs ask of the daemon, as they send it.
pub struct Wire {
    asked: Arc<Mutex<Vec<Asked>>>,
    bus: Connection,
}

impl Wire {
    /// Listens from now on.
    pub fn tap() -> anyhow::Result<Self> {
        let monitor = Connection::session()?;
        let rule = zbus::MatchRule::builder()
            .msg_type(zbus::message::Type::MethodCall)
            .interface(SERVICE)?
            .member("Notify")?
            .build();
        MonitoringProxy::new(&monitor)?.become_monitor(&[rule], 0)?;
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        std::thread::spawn(move || {
            for call in MessageIterator::from(monitor).map_while(Result::ok) {
                if let Ok(wish) = call.body().deserialize::<Wish>() {
                    let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
                    heard.push(wished(wish));
                }
            }
        });
        let bus = Connection::session()?;
        Ok(Self { asked, bus })
    }

    /// Everything asked for so far, oldest first.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Clicks a button of a notice by its word, as the daemon tells it. A menu of buttons needs a person before a real one.
    pub fn click(&self, number: u32, button: &str) -> anyhow::Result<()> {
        let to = None::<&str>;
        self.bus
            .emit_signal(to, PATH, SERVICE, "ActionInvoked", &(number, button))?;
        Ok(())
    }
}

fn wished((_, replaces, _, summary, _, words, _, _): Wish) -> Asked {
    let pairs = words.chunks_exact(2);
    let buttons = pairs.filter_map(|pair| Some((pair.first()?.clone(), pair.last()?.clone())));
    Asked {
        replaces,
        summary,
        buttons: buttons.collect(),
    }
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
