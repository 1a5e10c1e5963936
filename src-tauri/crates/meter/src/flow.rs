//! Proxy traffic: bytes through a node in a minute, and the batch in which a device hands them in. Owns their exact
//! arithmetic; never knows a kernel, a subscription or a wire. Tested in `tests/vocabulary/flows.rs`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{DeviceId, RowId, Time};

/// What became of bytes, by the type of the node that carried them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlowKind {
    /// Through a proxy node.
    Proxy,
    /// Past every proxy.
    Direct,
    /// Refused by a rule; nothing left the device.
    Reject,
    /// The kernel counted them, and nobody can say where they went.
    Unattributed,
}

impl FlowKind {
    /// Every kind, in the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::Proxy, Self::Direct, Self::Reject, Self::Unattributed];

    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Proxy => "proxy",
            Self::Direct => "direct",
            Self::Reject => "reject",
            Self::Unattributed => "unattributed",
        }
    }
}

/// A word that is no kind of flow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no kind of flow: proxy, direct, reject or unattributed")]
pub struct FlowKindError(String);

impl FromStr for FlowKind {
    type Err = FlowKindError;

    fn from_str(text: &str) -> Result<Self, FlowKindError> {
        let found = Self::ALL.into_iter().find(|kind| kind.word() == text);
        found.ok_or_else(|| FlowKindError(text.chars().take(24).collect()))
    }
}

impl fmt::Display for FlowKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The way that bytes took through a kernel.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct FlowKey {
    /// What became of them.
    pub kind: FlowKind,
    /// The node that was dialled: the first of the chain; empty when nobody can say.
    pub node: String,
    /// What the rule named: the last of the chain.
    pub group: String,
    /// The kernel's name of the subscription that the node came from; empty when it came from none, or is not told.
    pub feed: String,
}

/// Bytes, exact. What was estimated is a part of `up` and `down`, and known as such for ever.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct FlowBytes {
    /// Sent by the device.
    pub up: u64,
    /// Received by the device.
    pub down: u64,
    /// Of `up`: spread by estimate.
    #[serde(default)]
    pub estimated_up: u64,
    /// Of `down`: spread by estimate.
    #[serde(default)]
    pub estimated_down: u64,
}

impl FlowBytes {
    /// Both directions; `None` beyond what a `u64` holds.
    #[must_use]
    pub const fn total(self) -> Option<u64> {
        self.up.checked_add(self.down)
    }

    /// What was estimated in both directions.
    #[must_use]
    pub const fn estimated(self) -> Option<u64> {
        self.estimated_up.checked_add(self.estimated_down)
    }

    /// The sum; `None` beyond what a `u64` holds.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        Some(Self {
            up: self.up.checked_add(other.up)?,
            down: self.down.checked_add(other.down)?,
            estimated_up: self.estimated_up.checked_add(other.estimated_up)?,
            estimated_down: self.estimated_down.checked_add(other.estimated_down)?,
        })
    }

    /// Nothing went either way.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.up == 0 && self.down == 0
    }

    /// No estimate is more than what it is a part of.
    #[must_use]
    pub const fn is_sound(self) -> bool {
        self.estimated_up <= self.up && self.estimated_down <= self.down
    }
}

/// Bytes by what became of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct KindBytes {
    /// Through a proxy node.
    pub proxy: FlowBytes,
    /// Past every proxy.
    pub direct: FlowBytes,
    /// Refused by a rule.
    pub reject: FlowBytes,
    /// Nobody can say.
    pub unattributed: FlowBytes,
}

impl KindBytes {
    /// Those of a kind.
    #[must_use]
    pub const fn of(&self, kind: FlowKind) -> FlowBytes {
        match kind {
            FlowKind::Proxy => self.proxy,
            FlowKind::Direct => self.direct,
            FlowKind::Reject => self.reject,
            FlowKind::Unattributed => self.unattributed,
        }
    }

    /// Counts bytes of a kind; what a `u64` does not hold stays at its end.
    pub fn add(&mut self, kind: FlowKind, bytes: FlowBytes) {
        let slot = self.slot(kind);
        *slot = FlowBytes {
            up: slot.up.saturating_add(bytes.up),
            down: slot.down.saturating_add(bytes.down),
            estimated_up: slot.estimated_up.saturating_add(bytes.estimated_up),
            estimated_down: slot.estimated_down.saturating_add(bytes.estimated_down),
        };
    }

    /// The same with more of one kind; `None` beyond what a `u64` holds.
    #[must_use]
    pub fn plus(mut self, kind: FlowKind, more: FlowBytes) -> Option<Self> {
        let slot = self.slot(kind);
        *slot = slot.plus(more)?;
        Some(self)
    }

    fn slot(&mut self, kind: FlowKind) -> &mut FlowBytes {
        match kind {
            FlowKind::Proxy => &mut self.proxy,
            FlowKind::Direct => &mut self.direct,
            FlowKind::Reject => &mut self.reject,
            FlowKind::Unattributed => &mut self.unattributed,
        }
    }

    /// All of them.
    #[must_use]
    pub fn sum(&self) -> FlowBytes {
        let mut sum = Self::default();
        for kind in FlowKind::ALL {
            sum.add(FlowKind::Proxy, self.of(kind));
        }
        sum.proxy
    }
}

/// Bytes that took one way in one minute.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Flow {
    /// The start of the minute.
    pub minute: Time,
    /// Their way.
    #[serde(flatten)]
    pub key: FlowKey,
    /// How many.
    #[serde(flatten)]
    pub bytes: FlowBytes,
}

/// A half-open span of time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Span {
    /// Its first instant.
    pub start: Time,
    /// The first instant after it.
    pub end: Time,
}

/// What a device hands in at once. A batch is numbered within its epoch, without a gap, and counts once however often it
/// is handed in.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FlowBatch {
    /// Whose.
    pub device: DeviceId,
    /// The life of the sender's spool: made anew when that was lost.
    pub epoch: RowId,
    /// From 1 within the epoch.
    pub sequence: u64,
    /// When it was closed, by the sender's clock.
    pub sealed_at: Time,
    /// The bytes, at most one of each minute and way.
    pub flows: Vec<Flow>,
    /// When the kernel was watched: what passed outside of these is not known here.
    pub watched: Vec<Span>,
    /// How often the kernel began to count anew.
    #[serde(default)]
    pub restarts: u32,
    /// The kernel as it calls itself: `mihomo v1.19.32`; empty when it never told.
    #[serde(default)]
    pub kernel: String,
}
