//! What every channel offers to the engine.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tidegate_guard::Severity;
use tidegate_meter::{RowId, Time};

use crate::Message;

/// One message on its way to one channel.
#[derive(Clone, PartialEq, Debug)]
pub struct Delivery {
    /// Its row; the short form stands in the text, so that a person can tell a repeat.
    pub id: RowId,
    /// How loud.
    pub severity: Severity,
    /// What it says.
    pub message: Message,
    /// When what it says was decided.
    pub decided_at: Time,
    /// An earlier copy may have arrived: the text says so.
    pub repeat: bool,
}

/// The platform's own word that it took the message.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Delivered {
    /// When.
    pub at: Time,
    /// The platform's code and word, short.
    pub word: String,
    /// Requests it took: each counts against the platform's limits.
    #[serde(default = "one")]
    pub sends: u8,
}

const fn one() -> u8 {
    1
}

/// Whether to try again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// Again, not earlier than this.
    Retry(Duration),
    /// Never: a person must change something.
    Permanent,
}

/// Why a message was not taken.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{detail}")]
pub struct DeliveryError {
    /// Whether to try again.
    pub refusal: Refusal,
    /// The platform's code and our words; never the address.
    pub detail: String,
    /// An earlier copy may have arrived all the same.
    pub may_have_arrived: bool,
    /// Requests that left: each counts against the platform's limits, taken or not.
    pub sends: u8,
}

/// How much a platform was used lately; stored, so that its limits hold across restarts.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Pace {
    /// Instants of the latest sends, oldest first, no more than the longest limit counts.
    pub sent: Vec<Time>,
    /// Blocked by the platform until then.
    pub blocked_until: Option<Time>,
}

/// One configured channel.
#[async_trait]
pub trait Channel: Send + Sync {
    /// Its kind: `feishu`.
    fn kind(&self) -> &'static str;
    /// The earliest instant at which the platform's limits allow another send.
    fn earliest(&self, pace: &Pace, now: Time) -> Time;
    /// Sends once; a form that the platform refuses may be followed by another. The caller has waited for
    /// [`Self::earliest`] and records in the pace each request that the answer counts.
    async fn deliver(&self, delivery: &Delivery) -> Result<Delivered, DeliveryError>;
}
