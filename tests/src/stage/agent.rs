//! An agent as a process of its own, in a home of its own: what it says goes to a file there.

use std::cell::RefCell;
use std::fs::{File, OpenOptions};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, ensure};
use serde_json::Value;

use super::Answer;
use super::desk::until;

/// A home that is an agent's.
pub struct AgentHome {
    folder: tempfile::TempDir,
    program: PathBuf,
    /// What stands before the options: `agent` for `tidegated`.
    words: Vec<String>,
    /// When what the last one left behind was said.
    left: RefCell<Option<Value>>,
}

/// A running agent.
pub struct Agent {
    child: Child,
}

impl AgentHome {
    /// For `tidegated agent`.
    pub fn new() -> anyhow::Result<Self> {
        Ok(Self {
            folder: tempfile::tempdir()?,
            program: crate::program()?,
            words: vec!["agent".to_owned()],
            left: RefCell::default(),
        })
    }

    /// For the small program.
    pub fn small() -> anyhow::Result<Self> {
        Ok(Self {
            folder: tempfile::tempdir()?,
            program: crate::agent()?,
            words: Vec::new(),
            left: RefCell::default(),
        })
    }

    /// The agent's folder.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.folder.path().join("home/agent")
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .env("TIDEGATE_HOME", self.folder.path().join("home"))
            .env("LANG", "en_US.UTF-8")
            .stdin(Stdio::null())
            .args(&self.words)
            .arg("--json")
            .args(args);
        command
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// Starts it.
    pub fn start(&self, args: &[&str]) -> anyhow::Result<Agent> {
        *self.left.borrow_mut() = self.status().ok().as_ref().and_then(said_at);
        let log: File = OpenOptions::new().create(true).append(true).open(self.log())?;
        let child = self.command(args).stdout(Stdio::null()).stderr(log).spawn();
        Ok(Agent {
            child: child.context("the agent starts")?,
        })
    }

    /// Runs it to its end.
    pub fn run(&self, args: &[&str]) -> anyhow::Result<Answer> {
        let output = self.command(args).output().context("the agent starts")?;
        Ok(Answer {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    /// How it stands, as it tells itself.
    pub fn status(&self) -> anyhow::Result<Value> {
        self.run(&["--status"])?.json()
    }

    /// Waits until it stands so; what the one before it left behind does not count.
    pub fn until(&self, what: &str, fits: impl Fn(&Value) -> bool) -> anyhow::Result<Value> {
        until(what, || {
            let status = self.status()?;
            let is_its_own = said_at(&status) != *self.left.borrow();
            Ok((is_its_own && fits(&status)).then_some(status))
        })
        .with_context(|| format!("{:?}; it said:\n{}", self.status(), self.said()))
    }

    /// Everything it said.
    #[must_use]
    pub fn said(&self) -> String {
        std::fs::read_to_string(self.log()).unwrap_or_default()
    }
}

/// When a status was said.
fn said_at(status: &Value) -> Option<Value> {
    status.pointer("/standing/at").cloned()
}

impl Agent {
    /// Kills it without warning.
    pub fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks it to end, as a service manager does.
    pub fn end(mut self) -> anyhow::Result<()> {
        super::guard::signal(&self.child, libc::SIGTERM)?;
        let status = self.child.wait()?;
        ensure!(status.success(), "it ends well: {status}");
        Ok(())
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
