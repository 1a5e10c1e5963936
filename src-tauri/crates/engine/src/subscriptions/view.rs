//! Subscriptions as they are shown: shapes only.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tidegate_guard::Multiplier;
use tidegate_guard::allowance::{Left, Used};
use tidegate_guard::leak::Check;
use tidegate_meter::{AccountId, Blind, Quantity, Span, Time};

/// A subscription as it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SubscriptionView {
    /// Which account.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// When the amounts were true; `None` when it was never read.
    pub as_of: Option<Time>,
    /// Why the newest look gave nothing.
    pub blind: Option<Blind>,
    /// Used since the last reset.
    pub used: Option<Quantity>,
    /// The whole; `None` when unlimited or not told.
    pub total: Option<Quantity>,
    /// Left.
    pub remaining: Option<Quantity>,
    /// Used today; `None` without a sample of yesterday.
    pub today: Option<Used>,
    /// When it expires; `None` when never or not told.
    pub expires_at: Option<Time>,
    /// When it is counted anew, where that is known.
    pub reset: Option<Reset>,
    /// For how long it lasts.
    pub left: Left,
    /// The newest leak check.
    pub leak: Option<Leak>,
    /// What kernels call it; an empty name stands for nodes that came from no feed.
    pub feeds: Vec<String>,
    /// Its nodes that count other than once.
    pub nodes: Vec<NodeMultiplier>,
}

/// A subscription on one calendar day of the user's zone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SubscriptionDay {
    /// Which account.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// What was used on it, so far where it is today; `None` without samples around it.
    pub used: Option<Used>,
    /// The leak checks that ended on it, newest first.
    pub leaks: Vec<Leak>,
}

/// When a subscription is counted anew.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reset {
    /// On which day of the month; in a shorter month on its last.
    pub day: u8,
    /// Next.
    pub next: Date,
    /// Who says so.
    pub by: ResetBy,
}

/// Who says on which day a subscription is counted anew.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ResetBy {
    /// The panel.
    Told,
    /// The user.
    Set,
    /// Two resets that were seen.
    Learned,
}

/// A leak check as it was made.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Leak {
    /// The interval of both sides.
    pub span: Span,
    /// When it was made.
    pub at: Time,
    /// Both sides, and what they come to.
    pub check: Check,
    /// The check right before came to the same difference: only then is it told.
    pub confirmed: bool,
    /// Subscriptions that were checked together with it, since they share nodes.
    pub with: Vec<AccountId>,
}

/// A node that counts other than once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NodeMultiplier {
    /// Its name.
    pub node: String,
    /// By how much it counts.
    pub multiplier: Multiplier,
    /// The user says so; else its name.
    pub by_user: bool,
}
