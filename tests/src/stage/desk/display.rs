//! A display without a screen: Xvfb on a number of its own choice.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};

use super::Part;
use crate::stage::inside;

/// A running display.
pub struct Display {
    _server: Part,
    name: String,
}

impl Display {
    /// Starts one, wide enough for a window and a panel.
    pub fn start() -> anyhow::Result<Self> {
        let mut command = Command::new(inside::need("Xvfb", "xvfb")?);
        command
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1280x900x24",
                "-nolisten",
                "tcp",
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut server = Part::start(command)?;
        let stdout = server.child().stdout.take().context("it has a stdout")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        ensure!(!line.trim().is_empty(), "Xvfb names its display");
        Ok(Self {
            _server: server,
            name: format!(":{}", line.trim()),
        })
    }

    /// Its name for `DISPLAY`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether a window with this in its title stands on it now.
    pub fn shows(&self, title: &str) -> anyhow::Result<bool> {
        let output = Command::new(inside::need("xwininfo", "x11-utils")?)
            .args(["-display", &self.name, "-root", "-tree"])
            .output()?;
        Ok(String::from_utf8_lossy(&output.stdout).contains(title))
    }
}
