//! Tokens of other programs as they are answered. Owns the one answer that holds a secret: a new token, shown once.

use std::fmt;

use serde::{Deserialize, Serialize};
use tidegate_meter::{RowId, Time};
use ts_rs::TS;

use crate::door::Scope;

/// A token of another program; what it is itself is kept nowhere.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct TokenView {
    /// Which.
    #[ts(type = "string")]
    pub id: RowId,
    /// Its name.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// When it was made.
    #[ts(type = "string")]
    pub created_at: Time,
    /// When it ends by itself; null: never.
    #[ts(type = "string | null")]
    pub expires_at: Option<Time>,
    /// When it was shown last, to the minute; null: never.
    #[ts(type = "string | null")]
    pub last_used_at: Option<Time>,
    /// When it was revoked; null while it stands.
    #[ts(type = "string | null")]
    pub revoked_at: Option<Time>,
}

/// A new token.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct MadeToken {
    /// As it is listed.
    pub token: TokenView,
    /// The token itself: shown here and never again.
    #[ts(type = "string")]
    pub secret: ShownOnce,
}

/// A text that is shown once. `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ShownOnce(pub String);

impl fmt::Debug for ShownOnce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}
