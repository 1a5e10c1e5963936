//! What is shown of a sub-account. Shapes only.

use serde::{Deserialize, Serialize};
pub use tidegate_guard::PieceState as ClosedView;

/// How a sub-account stands, by what was last seen of it and by our own open action on it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuotaStanding {
    /// It can spend.
    Enabled,
    /// A disable of ours is under way.
    Disabling,
    /// A disable of ours ended, or is being tried again, with pieces still open.
    PartlyDisabled,
    /// No piece is open.
    Disabled,
    /// A restore of ours is under way.
    Restoring,
    /// The provider no longer lists it.
    Missing,
    /// It was never read.
    Unknown,
}
