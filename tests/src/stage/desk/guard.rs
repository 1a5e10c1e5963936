//! The desktop program as a person has it: the guard process in the tray, and a window process for the driver.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, ensure};

use super::{Display, Part};

/// What is found of the program's processes after it ended.
pub type Leftovers = Vec<String>;

/// The guard process, `tidegate`, with what it said.
pub struct Desktop {
    part: Part,
    said: Arc<Mutex<String>>,
}

impl Desktop {
    /// Starts it on the display with this home, without a window.
    pub fn start(display: &Display, home: &Path) -> anyhow::Result<Self> {
        Self::with(display, home, &["--hidden"])
    }

    /// Starts it without a window, with more in its environment.
    pub fn with_environment(
        display: &Display,
        home: &Path,
        environment: &[(String, String)],
    ) -> anyhow::Result<Self> {
        Self::installed(&crate::desktop()?, display, home, environment)
    }

    /// The same with the program of that file, as an installation has it.
    pub fn installed(
        program: &Path,
        display: &Display,
        home: &Path,
        environment: &[(String, String)],
    ) -> anyhow::Result<Self> {
        let mut command = Self::command_of(program, display, home);
        command
            .args(["--hidden"])
            .envs(environment.iter().map(|(name, value)| (name, value)));
        Self::begin(command)
    }

    /// Starts it with these arguments.
    pub fn with(display: &Display, home: &Path, args: &[&str]) -> anyhow::Result<Self> {
        let mut command = Self::command(display, home)?;
        command.args(args);
        Self::begin(command)
    }

    fn begin(mut command: Command) -> anyhow::Result<Self> {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut part = Part::start(command)?;
        let stderr = part.child().stderr.take().context("it has a stderr")?;
        let said = Arc::new(Mutex::new(String::new()));
        let heard = Arc::clone(&said);
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let mut said = heard.lock().unwrap_or_else(PoisonError::into_inner);
                said.push_str(&line);
                said.push('\n');
            }
        });
        Ok(Self { part, said })
    }

    /// The program with this display and home; the role and other arguments are the caller's.
    pub fn command(display: &Display, home: &Path) -> anyhow::Result<Command> {
        Ok(Self::command_of(&crate::desktop()?, display, home))
    }

    /// The same of any program that opens a tray or a window.
    #[must_use]
    pub fn command_of(program: &Path, display: &Display, home: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env("DISPLAY", display.name())
            .env("TIDEGATE_HOME", home)
            .env("LANG", "en_US.UTF-8")
            .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
            .env_remove("WAYLAND_DISPLAY");
        command
    }

    /// What it wrote for people so far.
    #[must_use]
    pub fn said(&self) -> String {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Its process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.part.id()
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> anyhow::Result<bool> {
        Ok(self.part.child().try_wait()?.is_none())
    }

    /// Waits for its end by itself; what it started lives on until this is dropped.
    pub fn ended(&mut self) -> anyhow::Result<i32> {
        self.part.ended()
    }

    /// Ends it as a logout does; gives its exit code.
    pub fn end(mut self) -> anyhow::Result<i32> {
        self.part.signal(libc::SIGTERM)?;
        self.part.ended()
    }

    /// Kills it without warning, and what it started.
    pub fn kill(self) {
        drop(self.part);
    }
}

/// The command lines of processes whose environment names this home: what a test must not leave behind.
pub fn processes_of(home: &Path) -> anyhow::Result<Leftovers> {
    let mark = format!("TIDEGATE_HOME={}", home.display());
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc")? {
        let folder: PathBuf = entry?.path();
        // A process may end while it is looked at.
        let Ok(environment) = std::fs::read(folder.join("environ")) else {
            continue;
        };
        if environment
            .split(|byte| *byte == 0)
            .any(|variable| variable == mark.as_bytes())
        {
            let line = std::fs::read(folder.join("cmdline")).unwrap_or_default();
            found.push(String::from_utf8_lossy(&line).replace('\0', " "));
        }
    }
    ensure!(found.len() < 1000, "the processes of one home are few");
    Ok(found)
}

/// A window process of a home.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Window {
    /// Its process.
    pub id: i32,
    /// Where it was asked to open.
    pub page: String,
}

impl Window {
    /// Kills it without warning.
    pub fn kill(&self) -> anyhow::Result<()> {
        super::parts::kill(self.id, libc::SIGKILL).context("the window is killed")
    }
}

/// The window processes that were started for this home and still run.
pub fn windows_of(home: &Path) -> anyhow::Result<Vec<Window>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc")? {
        let folder = entry?.path();
        let id = folder.file_name().and_then(|name| name.to_str()?.parse().ok());
        // A process may end while it is looked at; one that has ended and is not yet waited for has no line.
        let (Some(id), Ok(line)) = (id, std::fs::read(folder.join("cmdline"))) else {
            continue;
        };
        let line = String::from_utf8_lossy(&line).into_owned();
        let words: Vec<&str> = line.split('\0').collect();
        let after = |name: &str| words.iter().skip_while(|word| **word != name).nth(1).copied();
        if words.contains(&"--window") && after("--home").map(Path::new) == Some(home) {
            let page = after("--page").unwrap_or_default().to_owned();
            found.push(Window { id, page });
        }
    }
    Ok(found)
}
