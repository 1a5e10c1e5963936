//! The simulated cloud as a process of its own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, ensure};
use serde_json::{Value, json};

/// A running `tidegated sim`.
pub struct Cloud {
    child: Child,
    first: Value,
}

impl Cloud {
    /// Starts the default world.
    pub fn start() -> anyhow::Result<Self> {
        Self::with(&[])
    }

    /// Starts the world of a scenario file's text.
    pub fn scenario(folder: &std::path::Path, text: &str) -> anyhow::Result<Self> {
        let file = folder.join("scenario.toml");
        std::fs::write(&file, text)?;
        Self::with(&["--scenario", file.to_str().context("a printable path")?])
    }

    fn with(args: &[&str]) -> anyhow::Result<Self> {
        let mut child = Command::new(crate::program()?)
            .args(["sim", "--listen", "127.0.0.1:0"])
            .args(args)
            .stdout(Stdio::piped())
            .stdin(Stdio::null())
            .spawn()
            .context("tidegated sim starts")?;
        let stdout = child.stdout.take().context("it has a stdout")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let first = serde_json::from_str(&line).context("its first line is JSON")?;
        Ok(Self { child, first })
    }

    /// The base address of every service.
    pub fn base(&self) -> anyhow::Result<&str> {
        self.text("/listening")
    }

    /// A text of the first line by JSON pointer.
    pub fn text(&self, pointer: &str) -> anyhow::Result<&str> {
        self.first
            .pointer(pointer)
            .and_then(Value::as_str)
            .with_context(|| format!("the first line has {pointer}"))
    }

    /// The first line.
    #[must_use]
    pub const fn first(&self) -> &Value {
        &self.first
    }

    /// Asks the simulator about itself: `state`, `requests`, `feishu`.
    pub fn ask(&self, what: &str) -> anyhow::Result<Value> {
        let url = format!("{}/_sim/{what}", self.base()?);
        Ok(ureq::get(&url).call()?.body_mut().read_json()?)
    }

    /// Tells the simulator something: `faults`, `traffic`, `servers/<id>/start`.
    pub fn tell(&self, what: &str, body: &Value) -> anyhow::Result<Value> {
        let url = format!("{}/_sim/{what}", self.base()?);
        Ok(ureq::post(&url).send_json(body)?.body_mut().read_json()?)
    }

    /// Switches a lie on.
    pub fn lie(&self, fault: &Value) -> anyhow::Result<()> {
        self.tell("faults", fault).map(|_| ())
    }

    /// Ends every lie.
    pub fn heal(&self) -> anyhow::Result<()> {
        let url = format!("{}/_sim/faults", self.base()?);
        let answer = ureq::delete(&url).call()?;
        ensure!(answer.status().is_success(), "faults are cleared");
        Ok(())
    }

    /// Every request that arrived at the simulated provider: operation, key, servers, status.
    pub fn requests(&self) -> anyhow::Result<Vec<Value>> {
        let log = self.ask("requests")?;
        let rows = log.pointer("/requests").and_then(Value::as_array);
        rows.cloned().context("the request log is a list")
    }

    /// What a person read, one text for each message that the sink took.
    pub fn told(&self) -> anyhow::Result<Vec<String>> {
        let log = self.ask("feishu")?;
        let rows = log.pointer("/messages").and_then(Value::as_array);
        let rows = rows.context("the sink's log is a list")?;
        let text = |row: &Value| row.pointer("/text").and_then(Value::as_str).map(str::to_owned);
        Ok(rows.iter().filter_map(text).collect())
    }

    /// The server ids of every stop request that arrived, in order.
    pub fn stops(&self) -> anyhow::Result<Vec<String>> {
        let log = self.ask("requests")?;
        let rows = log
            .as_array()
            .or_else(|| log.pointer("/requests").and_then(Value::as_array));
        let rows = rows.context("the request log is a list")?;
        let of = |row: &Value| row.pointer("/operation").and_then(Value::as_str) == Some("ecs.stop");
        Ok(rows
            .iter()
            .filter(|row| of(row))
            .flat_map(|row| {
                row.pointer("/servers")
                    .and_then(Value::as_array)
                    .cloned()
                    .unwrap_or_default()
            })
            .filter_map(|id| id.as_str().map(str::to_owned))
            .collect())
    }

    /// The texts of every card the sink took.
    pub fn cards(&self) -> anyhow::Result<Vec<String>> {
        let log = self.ask("feishu")?;
        let rows = log
            .as_array()
            .or_else(|| log.pointer("/messages").and_then(Value::as_array));
        Ok(rows
            .context("the sink's log is a list")?
            .iter()
            .map(Value::to_string)
            .collect())
    }

    /// A plain lie by name at one operation.
    pub fn lie_at(&self, lie: &str, operation: &str) -> anyhow::Result<()> {
        self.lie(&json!({ "lie": lie, "on": operation }))
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
