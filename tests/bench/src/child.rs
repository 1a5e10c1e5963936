//! The other processes of a bench: started, spoken to line by line in JSON, and ended with the bench.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::size;

/// A running process with its two pipes. Dropping it ends it.
pub(crate) struct Running {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

/// The arguments by which this program plays that role, as much or as little as this process does.
pub(crate) fn role<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    let quick = size::is_quick().then_some(size::FLAG);
    quick
        .into_iter()
        .chain(["role"])
        .chain(arguments.iter().copied())
        .collect()
}

impl Running {
    /// This program in another role.
    pub(crate) fn role(arguments: &[&str]) -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(role(arguments));
        Self::start(command)
    }

    /// Any program.
    pub(crate) fn start(mut command: Command) -> anyhow::Result<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .with_context(|| format!("{command:?}"))?;
        let input = child.stdin.take().context("a pipe to the child")?;
        let output = child.stdout.take().context("a pipe from the child")?;
        Ok(Self {
            child,
            input,
            output: BufReader::new(output),
        })
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends one line of JSON.
    pub(crate) fn tell(&mut self, value: &Value) -> anyhow::Result<()> {
        writeln!(self.input, "{value}")?;
        self.input.flush()?;
        Ok(())
    }

    /// Waits for one line of JSON.
    pub(crate) fn hear(&mut self) -> anyhow::Result<Value> {
        let mut line = String::new();
        let count = self.output.read_line(&mut line)?;
        ensure!(count > 0, "the other process ended early");
        serde_json::from_str(&line).with_context(|| format!("no JSON: {line}"))
    }

    /// Waits until it has ended by itself.
    pub(crate) fn ended(mut self) -> anyhow::Result<()> {
        let status = self.child.wait()?;
        ensure!(status.success(), "the other process failed: {status}");
        Ok(())
    }

    /// Sends one line and waits for its answer.
    pub(crate) fn ask(&mut self, value: &Value) -> anyhow::Result<Value> {
        self.tell(value)?;
        self.hear()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
