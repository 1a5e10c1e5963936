//! The guard as a process: its events as they come.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use serde_json::Value;

use super::PATIENCE;

/// A running `tidegated run --json`.
pub struct Guard {
    child: Child,
    lines: Receiver<String>,
    seen: Vec<Value>,
    text: String,
}

impl Guard {
    pub(super) fn start(mut command: Command) -> anyhow::Result<Self> {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("tidegated run starts")?;
        let (sender, lines) = channel();
        let stdout = child.stdout.take().context("it has a stdout")?;
        let stderr = child.stderr.take().context("it has a stderr")?;
        let errors = sender.clone();
        std::thread::spawn(move || {
            BufReader::new(stdout)
                .lines()
                .map_while(Result::ok)
                .try_for_each(|line| sender.send(line))
        });
        std::thread::spawn(move || {
            let lines = BufReader::new(stderr).lines().map_while(Result::ok);
            lines
                .map(|line| format!("stderr: {line}"))
                .try_for_each(|line| errors.send(line))
        });
        Ok(Self {
            child,
            lines,
            seen: Vec::new(),
            text: String::new(),
        })
    }

    /// The next event that fits, from those already seen or yet to come.
    pub fn event(&mut self, kind: &str, fits: impl Fn(&Value) -> bool) -> anyhow::Result<Value> {
        let is = |event: &Value| event.pointer("/event").and_then(Value::as_str) == Some(kind) && fits(event);
        if let Some(found) = self.seen.iter().find(|event| is(event)) {
            return Ok(found.clone());
        }
        loop {
            let event = self.next(kind)?;
            if is(&event) {
                return Ok(event);
            }
        }
    }

    /// The next event of any of these kinds, from those already seen or yet to come.
    pub fn event_of(&mut self, kinds: &[&str]) -> anyhow::Result<Value> {
        let is = |event: &Value| {
            event
                .pointer("/event")
                .and_then(Value::as_str)
                .is_some_and(|kind| kinds.contains(&kind))
        };
        if let Some(found) = self.seen.iter().find(|event| is(event)) {
            return Ok(found.clone());
        }
        loop {
            let event = self.next(&kinds.join(" or "))?;
            if is(&event) {
                return Ok(event);
            }
        }
    }

    /// The next event of that kind that was not seen before this call.
    pub fn later(&mut self, kind: &str) -> anyhow::Result<Value> {
        self.drain();
        loop {
            let event = self.next(kind)?;
            if event.pointer("/event").and_then(Value::as_str) == Some(kind) {
                return Ok(event);
            }
        }
    }

    /// The events of that kind that came so far.
    pub fn all(&mut self, kind: &str) -> Vec<Value> {
        self.drain();
        let is = |event: &&Value| event.pointer("/event").and_then(Value::as_str) == Some(kind);
        self.seen.iter().filter(is).cloned().collect()
    }

    /// How many events of that kind came so far.
    pub fn count(&mut self, kind: &str) -> usize {
        self.drain();
        let is = |event: &&Value| event.pointer("/event").and_then(Value::as_str) == Some(kind);
        self.seen.iter().filter(is).count()
    }

    /// Reads so many lines, then waits for one more, but no longer than `pause`: a moment between two events.
    pub fn pass(&mut self, lines: usize, pause: Duration) -> anyhow::Result<()> {
        for _ in 0..lines {
            self.next("line")?;
        }
        if let Ok(line) = self.lines.recv_timeout(pause) {
            self.keep(&line);
        }
        Ok(())
    }

    /// Sends it a signal, for example to freeze it and to let it go on.
    pub fn signal(&self, number: i32) -> anyhow::Result<()> {
        signal(&self.child, number)
    }

    /// Everything it printed so far.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills it without warning.
    pub fn kill(mut self) -> anyhow::Result<Vec<Value>> {
        self.child.kill()?;
        self.child.wait()?;
        self.drain();
        Ok(std::mem::take(&mut self.seen))
    }

    /// Asks it to end, as a service manager does, and gives its exit code. Waits for its first line: who is asked before it
    /// listens to signals dies of them.
    pub fn end(mut self) -> anyhow::Result<(i32, String)> {
        self.drain();
        if self.text.is_empty() {
            self.next("line")?;
        }
        self.signal(libc::SIGTERM)?;
        let status = self.child.wait()?;
        self.drain();
        Ok((status.code().unwrap_or(-1), std::mem::take(&mut self.text)))
    }

    fn drain(&mut self) {
        while let Ok(line) = self.lines.try_recv() {
            self.keep(&line);
        }
    }

    fn next(&mut self, kind: &str) -> anyhow::Result<Value> {
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => {
                    if let Some(event) = self.keep(&line) {
                        return Ok(event);
                    }
                }
                Err(RecvTimeoutError::Timeout) => bail!("no event {kind:?} came; so far: {}", self.text),
                Err(RecvTimeoutError::Disconnected) => {
                    bail!("the guard ended before {kind:?}: {}", self.text)
                }
            }
        }
    }

    fn keep(&mut self, line: &str) -> Option<Value> {
        self.text.push_str(line);
        self.text.push('\n');
        let event: Value = serde_json::from_str(line).ok()?;
        self.seen.push(event.clone());
        Some(event)
    }
}

/// Sends a child of ours a signal.
pub(super) fn signal(child: &Child, number: i32) -> anyhow::Result<()> {
    let id = i32::try_from(child.id())?;
    #[expect(
        unsafe_code,
        reason = "kill(2) has no safe wrapper in std; the process is our own child"
    )]
    let sent = unsafe { libc::kill(id, number) };
    ensure!(sent == 0, "the signal is sent");
    Ok(())
}

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
