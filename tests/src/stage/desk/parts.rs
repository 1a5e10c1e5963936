//! A process of the desktop in a group of its own, so that nothing of it outlives the test; and waiting for a condition.

use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command};
use std::time::Duration;

use anyhow::{Context, bail};

use crate::stage::PATIENCE;

/// Between two looks at a condition that nothing tells of.
const LOOK: Duration = Duration::from_millis(20);

/// A child process with everything it starts.
pub struct Part(Child);

impl Part {
    /// Starts it in a group of its own.
    pub fn start(mut command: Command) -> anyhow::Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command
            .process_group(0)
            .spawn()
            .with_context(|| format!("{name} starts"))?;
        Ok(Self(child))
    }

    /// The process.
    pub const fn child(&mut self) -> &mut Child {
        &mut self.0
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// Sends a signal to it alone.
    pub fn signal(&self, signal: i32) -> anyhow::Result<()> {
        let id = i32::try_from(self.0.id())?;
        kill(id, signal).context("the signal is sent")
    }

    /// Waits until it ended and gives its exit code; -1 for a signal.
    pub fn ended(&mut self) -> anyhow::Result<i32> {
        until("the process ends", || Ok(self.0.try_wait()?)).map(|status| status.code().unwrap_or(-1))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if let Ok(id) = i32::try_from(self.0.id()) {
            let _ = kill(-id, libc::SIGKILL);
        }
        let _ = self.0.wait();
    }
}

pub(super) fn kill(id: i32, signal: i32) -> std::io::Result<()> {
    #[expect(
        unsafe_code,
        reason = "kill(2) has no safe wrapper in std; the process is our own child"
    )]
    let sent = unsafe { libc::kill(id, signal) };
    if sent == 0 {
        Ok(())
    } else {
        Err(std::io::Error::last_os_error())
    }
}

/// Looks until there is something to see, as long as patience lasts; `what` is what was waited for. Only the pauses
/// between the looks count: where a look itself is slow, because the machine is busy, there are no fewer of them.
pub fn until<T>(what: &str, mut look: impl FnMut() -> anyhow::Result<Option<T>>) -> anyhow::Result<T> {
    let mut left = PATIENCE;
    while !left.is_zero() {
        if let Some(found) = look()? {
            return Ok(found);
        }
        std::thread::park_timeout(LOOK);
        left = left.saturating_sub(LOOK);
    }
    bail!("waited in vain: {what}");
}
