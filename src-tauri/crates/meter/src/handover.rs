//! How an agent speaks with the program that it reports to: the bodies of enrolment and of handing in a batch, as both
//! sides read them. Owns their shapes; the way there is HTTP with a bearer token. `Debug` shows no code and no token.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{DeviceId, FlowBatch, Time};

/// What an agent sends to `POST /api/v1/enrol`, once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolBody {
    /// The code that a person was shown.
    pub code: String,
    /// The agent's version.
    pub agent: String,
    /// Its system, for people: `linux x86_64`.
    pub system: String,
}

/// What it is answered.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolled {
    /// Its token from now on: shown here and never again.
    pub token: String,
    /// Which device it is.
    pub device: DeviceId,
    /// The device's name for people.
    pub name: String,
}

impl fmt::Debug for EnrolBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnrolBody")
            .field("agent", &self.agent)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Enrolled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Enrolled")
            .field("device", &self.device)
            .finish_non_exhaustive()
    }
}

/// What an agent sends to `POST /api/v1/ingest`, one batch after the other, the oldest first, never two at a time.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HandIn {
    /// When it is sent, by the agent's clock.
    pub sent_at: Time,
    /// The agent's version.
    pub agent: String,
    /// Batches that it keeps besides this one.
    pub backlog: u64,
    /// The batch.
    pub batch: FlowBatch,
}

/// What became of a batch; told after it is durable. Whatever it is, the agent need not keep the batch any longer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandedIn {
    /// It was counted.
    Stored,
    /// It was counted before.
    Repeated,
    /// It was not believed, and is kept aside for a person.
    Quarantined,
}

/// What an agent is answered.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Receipt {
    /// The number of the batch.
    pub sequence: u64,
    /// What became of it.
    pub verdict: HandedIn,
    /// When it arrived, by the clock of the program that was reported to.
    pub received_at: Time,
}
