//! What a message says of the pieces of a sub-account: what became of each, and what of them stays open. Shapes only.

use serde::{Deserialize, Serialize};
use tidegate_guard::{Piece, PieceTold};
use tidegate_meter::{AccountId, Target, Time};

/// A disable or restore, piece by piece.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Deed {
    /// Each piece, in the order in which it is changed.
    pub pieces: Vec<PieceTold>,
    /// A restore while its quota is still used up: what its guards do next.
    #[serde(default)]
    pub over: Option<StillOver>,
}

/// What a guard does with a sub-account that was restored while it is still over its limit.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "guards")]
pub enum StillOver {
    /// They leave it alone until then.
    Wait {
        /// Until when.
        until: Time,
    },
    /// They disable it again.
    Again,
}

/// A sub-account that we disabled and somebody else opened.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Opened {
    /// Whose.
    pub account: AccountId,
    /// The account's name.
    pub account_name: String,
    /// Which.
    pub target: Target,
    /// What of it is open.
    pub pieces: Vec<Piece>,
    /// A guard that acts would disable it again by itself.
    pub again: bool,
}
