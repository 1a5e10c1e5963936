//! How the agent stands, as `--status` tells it: written into its folder whenever it changes, for another process to
//! read. Never holds a secret, or where a connection leads.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use tidegate_meter::Time;
use tidegate_meter::handover::Receipt;

use crate::spool::SpoolLoad;
use crate::{limits, private};

/// The name of the file in the agent's folder.
const FILE: &str = "standing.json";

/// How the agent stands.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Standing {
    /// The kernel that is watched.
    pub kernel: KernelStanding,
    /// The way to the other side.
    pub hand_in: HandInStanding,
    /// What the last batch was answered.
    pub last_receipt: Option<Receipt>,
    /// What waits.
    pub load: SpoolLoad,
    /// Why the last batch could not be kept on the disk; empty while it can.
    pub disk: String,
    /// When any of it was written last.
    pub at: Option<Time>,
}

/// The kernel that is watched.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct KernelStanding {
    /// It answers.
    pub is_answering: bool,
    /// As it calls itself; empty before it did.
    pub name: String,
    /// Why it does not answer; empty while it does.
    pub why: String,
    /// Why its log is not followed; empty while it is. Short connections are then told apart less well.
    pub logless: String,
}

/// The way to the other side.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct HandInStanding {
    /// Why nothing arrives; empty while it does.
    pub why: String,
    /// The token is not accepted: a person has to act.
    pub is_barred: bool,
}

/// Where it is written.
pub(crate) struct Board {
    path: PathBuf,
    standing: Mutex<Standing>,
}

impl Board {
    pub(crate) fn new(folder: &Path, load: SpoolLoad) -> Self {
        let mut standing = read(folder).unwrap_or_default();
        standing.load = load;
        // What was in the way then need not be now; what was answered last stays true.
        standing.kernel = KernelStanding::default();
        standing.hand_in = HandInStanding::default();
        standing.disk.clear();
        Self {
            path: folder.join(FILE),
            standing: Mutex::new(standing),
        }
    }

    /// Changes it and writes it down. It is not flushed: after a loss of power an older one may stand there, which the
    /// next change puts right.
    pub(crate) fn tell(&self, at: Time, change: impl FnOnce(&mut Standing)) {
        let mut standing = self.standing.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut standing);
        standing.at = Some(at);
        if let Err(error) = self.write(&standing) {
            tracing::debug!(%error, "how it stands cannot be written down");
        }
    }

    /// What is known now.
    pub(crate) fn look(&self) -> Standing {
        let standing = self.standing.lock().unwrap_or_else(PoisonError::into_inner);
        standing.clone()
    }

    fn write(&self, standing: &Standing) -> io::Result<()> {
        let fresh = self.path.with_extension("next");
        let bytes = serde_json::to_vec_pretty(standing)?;
        private::jot(&fresh, &bytes)?;
        std::fs::rename(&fresh, &self.path)
    }
}

/// How the agent of a folder stood last; `None` where nothing was written down.
#[must_use]
pub fn read(folder: &Path) -> Option<Standing> {
    let bytes = private::read(&folder.join(FILE), limits::STATE_BYTES).ok()??;
    serde_json::from_slice(&bytes).ok()
}
