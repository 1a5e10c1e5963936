//! What a message says of a leak check: both sides of one interval, and by how much they differ.

use serde::{Deserialize, Serialize};
use tidegate_meter::{AccountId, Quantity, Span};

/// A check that found a difference, twice in a row.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LeakNote {
    /// The subscription.
    pub account: AccountId,
    /// Its name, and those of the subscriptions that share nodes with it.
    pub names: Vec<String>,
    /// More was billed than sent from here; else more was sent than billed.
    pub elsewhere: bool,
    /// The interval of both sides.
    pub span: Span,
    /// What the panel billed.
    pub billed: Quantity,
    /// What our devices sent, as it would be billed.
    pub ours: Quantity,
    /// By how much they differ, never below zero.
    pub difference: Quantity,
    /// How much they may differ.
    pub tolerance: Quantity,
    /// The part of the interval in which every device was watched, in percent.
    pub coverage: Quantity,
}
