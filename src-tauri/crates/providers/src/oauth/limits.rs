//! Bounds of tokens, each with its reason.

use std::time::Duration;

/// A token is renewed so long before its end, as Microsoft's own clients do: a request under way must not outlive it.
pub(super) const SPARE: Duration = Duration::from_secs(300);
/// No token is believed to last longer, whatever the answer says: a day is the longest that Microsoft issues.
pub(super) const LONGEST: Duration = Duration::from_secs(24 * 3600);
/// A refused client sends nothing for this long, or the directory would lock it.
pub(super) const CLIENT_PAUSE: Duration = Duration::from_secs(300);
