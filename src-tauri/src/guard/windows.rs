//! Window processes: started on demand, never waited for. A second one brings the first to the front and ends.

use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use anyhow::Context as _;

use crate::args::Setting;
use crate::window::HAS_PAGES;

/// The windows this process has opened.
pub(crate) struct Windows {
    setting: Setting,
    open: Mutex<Vec<Child>>,
}

impl Windows {
    pub(crate) const fn new(setting: Setting) -> Self {
        Self {
            setting,
            open: Mutex::new(Vec::new()),
        }
    }

    /// Opens the window at a page, or brings the open one there. A build without pages has none to open.
    pub(crate) fn open(&self, page: &str) -> anyhow::Result<()> {
        if !HAS_PAGES {
            return Ok(());
        }
        let program = crate::args::program().context("where this program lies")?;
        let child = Command::new(program)
            .arg("--window")
            .arg("--home")
            .arg(self.setting.home.root())
            .args(["--page", page])
            .stdin(Stdio::null())
            .spawn()
            .context("the window could not be opened")?;
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain_mut(|child| matches!(child.try_wait(), Ok(None)));
        open.push(child);
        Ok(())
    }

    /// Ends them all: a window without a guard shows nothing.
    pub(crate) fn close(&self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        for mut child in open.drain(..) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
