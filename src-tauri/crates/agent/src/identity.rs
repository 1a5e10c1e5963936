//! Which device this agent is, and the token that says so: one small file that only its owner may read, replaced whole.

use std::fmt;
use std::path::Path;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tidegate_meter::{DeviceId, Time};

use crate::{AgentError, limits, private};

/// The name of the file in the agent's folder.
const FILE: &str = "identity.json";

/// What enrolment gave.
#[derive(Clone)]
pub struct Identity {
    /// Which device it is.
    pub device: DeviceId,
    /// The device's name for people.
    pub name: String,
    /// Where it is enrolled.
    pub report_to: String,
    /// When, by this machine's clock.
    pub enrolled_at: Time,
    /// A mark of the code that was used up, so that one left in a unit file is not tried again.
    pub(crate) code_mark: String,
    pub(crate) token: SecretString,
}

/// As it lies on the disk.
#[derive(Serialize, Deserialize)]
struct Written {
    device: DeviceId,
    name: String,
    report_to: String,
    enrolled_at: Time,
    code_mark: String,
    token: String,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("device", &self.device)
            .field("report_to", &self.report_to)
            .finish_non_exhaustive()
    }
}

impl Identity {
    /// Reads it; `None` before the first enrolment. Changes nothing.
    pub fn load(folder: &Path) -> Result<Option<Self>, AgentError> {
        let path = folder.join(FILE);
        let bytes = private::read(&path, limits::STATE_BYTES).map_err(AgentError::file(&path))?;
        let Some(bytes) = bytes else {
            return Ok(None);
        };
        let written: Written =
            serde_json::from_slice(&bytes).map_err(|_| AgentError::State { path: path.clone() })?;
        Ok(Some(Self {
            device: written.device,
            name: written.name,
            report_to: written.report_to,
            enrolled_at: written.enrolled_at,
            code_mark: written.code_mark,
            token: written.token.into(),
        }))
    }

    /// Makes what others may read its owner's alone.
    pub(crate) fn close(folder: &Path) -> Result<(), AgentError> {
        let path = folder.join(FILE);
        private::own(&path).map_err(AgentError::file(&path))
    }

    /// Puts it in the file's place, durable on return.
    pub(crate) fn save(&self, folder: &Path) -> Result<(), AgentError> {
        let path = folder.join(FILE);
        let written = Written {
            device: self.device.clone(),
            name: self.name.clone(),
            report_to: self.report_to.clone(),
            enrolled_at: self.enrolled_at,
            code_mark: self.code_mark.clone(),
            token: self.token.expose_secret().to_owned(),
        };
        let bytes =
            serde_json::to_vec_pretty(&written).map_err(|_| AgentError::State { path: path.clone() })?;
        private::replace(&path, &bytes).map_err(AgentError::file(&path))
    }
}

/// A mark that tells one code from another and gives none back.
pub(crate) fn code_mark(code: &str) -> String {
    hex::encode(Sha256::digest(code.trim().as_bytes()))
}
