//! Blindness: there is no truth about a meter now, and why. Owns the reasons and what each asks for.
//! Absence is never zero: everything that is not a complete, parsed reading becomes one of these.

use serde::{Deserialize, Serialize};

use crate::limits;

/// Why there is no truth. Stable names: they are stored, shown and matched on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The provider refuses the key: wrong, expired, locked or with a wrong clock.
    Auth,
    /// The key is good but lacks a right, or belongs to the provider's other site.
    Scope,
    /// The provider throttles us.
    Rate,
    /// Network, timeout or a fault inside the provider.
    Transient,
    /// The answer has another shape, type or unit than the contract says.
    Shape,
    /// The answer is good but does not contain this meter.
    Missing,
    /// The newest reading is too old to be believed.
    Stale,
    /// The value is not physically possible, or fell to nothing at once; it waits for a second reading.
    Implausible,
    /// The keychain is locked or absent.
    Locked,
    /// The account is switched off.
    Disabled,
}

/// What a blind reason asks of the poller.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Retry {
    /// At the next regular interval.
    NextInterval,
    /// After a pause at least this long, in seconds; never earlier.
    Pause(u32),
    /// Only when a person or an event changes something (unlocking, enabling).
    OnChange,
}

impl Reason {
    /// Every reason, for tables and tests.
    pub const ALL: [Self; 10] = [
        Self::Auth,
        Self::Scope,
        Self::Rate,
        Self::Transient,
        Self::Shape,
        Self::Missing,
        Self::Stale,
        Self::Implausible,
        Self::Locked,
        Self::Disabled,
    ];

    /// The stored and shown name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Scope => "scope",
            Self::Rate => "rate",
            Self::Transient => "transient",
            Self::Shape => "shape",
            Self::Missing => "missing",
            Self::Stale => "stale",
            Self::Implausible => "implausible",
            Self::Locked => "locked",
            Self::Disabled => "disabled",
        }
    }

    /// When to look again. A refused key waits 5 min: Huawei locks a key for that long after 5 refusals.
    #[must_use]
    pub const fn retry(self) -> Retry {
        match self {
            Self::Auth => Retry::Pause(300),
            Self::Rate => Retry::Pause(60),
            Self::Locked => Retry::NextInterval,
            Self::Disabled => Retry::OnChange,
            Self::Scope | Self::Transient | Self::Shape | Self::Missing | Self::Stale | Self::Implausible => {
                Retry::NextInterval
            }
        }
    }
}

/// No truth for a meter now, with the reason and one short line for a person.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Blind {
    /// The class of the reason.
    pub reason: Reason,
    /// Short technical detail (the provider's code, a missing right, a field name); never a secret, never a URL.
    pub detail: String,
}

impl Blind {
    /// Blind for `reason`; `detail` is cut to what a card can show.
    #[must_use]
    pub fn new(reason: Reason, detail: impl AsRef<str>) -> Self {
        Self {
            reason,
            detail: detail.as_ref().chars().take(limits::BLIND_DETAIL_CHARS).collect(),
        }
    }
}
