//! Guards as rows, and the text of their steps. Owns the stored shape of a guard and the name of an alert's key.

use tidegate_guard::print_amount;
use tidegate_meter::{Quantity, Unit, print_span};
use tidegate_store::{AccountRow, ChannelRow, GuardRow};

use crate::EngineError;
use crate::config::{AccountConfig, ChannelConfig, GuardConfig};
use crate::inner::{Inner, json};

/// Separates a guard's own key from the number that makes it unique among earlier guards of the same id.
const AGAIN: char = '~';

/// A guard as it is stored.
pub(crate) fn row(guard: &GuardConfig) -> GuardRow {
    GuardRow {
        id: guard.id.clone(),
        account: guard.account.clone(),
        enabled: guard.enabled,
        config: json(guard),
    }
}

/// An account as it is stored.
pub(crate) fn account_row(account: &AccountConfig) -> AccountRow {
    AccountRow {
        id: account.id.clone(),
        provider: account.provider.clone(),
        name: account.name.clone(),
        enabled: account.enabled,
        config: json(account),
    }
}

/// A channel as it is stored.
pub(crate) fn channel_row(channel: &ChannelConfig) -> ChannelRow {
    ChannelRow {
        id: channel.id.clone(),
        kind: channel.kind.clone(),
        enabled: channel.enabled,
        config: json(channel),
    }
}

/// Every stored guard, and the rows that cannot be read.
pub(crate) async fn stored(inner: &Inner) -> Result<(Vec<GuardConfig>, Vec<GuardRow>), EngineError> {
    let (mut guards, mut unreadable) = (Vec::new(), Vec::new());
    for row in inner.parts.store.guards().await? {
        match serde_json::from_value(row.config.clone()) {
            Ok(guard) => guards.push(guard),
            Err(_) => unreadable.push(row),
        }
    }
    Ok((guards, unreadable))
}

/// The guard's own key of a stored key.
pub(crate) fn base_key(stored: &str) -> &str {
    stored.split(AGAIN).next().unwrap_or(stored)
}

/// The key with a number that no earlier alert of that name has.
pub(crate) fn numbered(key: &str, number: usize) -> String {
    format!("{key}{AGAIN}{number}")
}

/// The text of a step from its key: `85%`, `20 GB`, `2d`, `limit`.
#[must_use]
pub fn step_text(key: &str) -> String {
    let base = base_key(key).split('#').next().unwrap_or(key);
    let text = match base.split_once(':') {
        Some(("share", percent)) => Some(format!("{percent}%")),
        Some(("run_out", seconds)) => seconds
            .parse()
            .ok()
            .map(|seconds| print_span(std::time::Duration::from_secs(seconds))),
        Some(("headroom", amount)) => amount.split_once(':').and_then(|(unit, decimal)| {
            let unit: Unit = unit.parse().ok()?;
            Quantity::parse(decimal, unit).ok().map(print_amount)
        }),
        _ => None,
    };
    text.unwrap_or_else(|| base.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_as_the_step_it_came_from() {
        assert_eq!(step_text("share:70"), "70%");
        assert_eq!(step_text("share:97.5#2"), "97.5%");
        assert_eq!(step_text("headroom:bytes:20000000000"), "20 GB");
        assert_eq!(step_text("run_out:172800"), "2d");
        assert_eq!(step_text("limit~2"), "limit");
    }

    #[test]
    fn a_numbered_key_keeps_its_own_name() {
        assert_eq!(base_key(&numbered("share:70#2", 3)), "share:70#2");
    }
}
