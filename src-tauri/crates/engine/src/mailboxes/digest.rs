//! Mails that may matter, told together once a day. Owns when a day's digest is due and what stands in it.

use jiff::civil::Time as Civil;
use jiff::{Timestamp, ToSpan};
use tidegate_channels::Message;
use tidegate_guard::Severity;
use tidegate_meter::{Time, Zone};
use tidegate_store::{FindingFilter, StoreError};

use super::finding::{Finding, POSSIBLE};
use super::telling;
use crate::config::MailboxConfig;
use crate::inner::Inner;
use crate::limits;
use crate::outbox::Outgoing;

/// The digest of a mailbox, where one is due: what was found since the last one. `fresh` was found in this very look.
pub(super) async fn due(
    inner: &Inner,
    config: &MailboxConfig,
    last: Time,
    fresh: &[Finding],
) -> Result<Option<Outgoing>, StoreError> {
    if !is_due(last, inner.wall(), &inner.parts.zone) {
        return Ok(None);
    }
    let filter = FindingFilter {
        mailbox: Some(config.id.clone()),
        certainty: Some(POSSIBLE.to_owned()),
        after: Some(last),
        limit: tidegate_store::limits::PAGE_ROWS,
        ..FindingFilter::default()
    };
    let rows = inner.parts.store.findings(filter).await?;
    let stored = rows.iter().filter_map(|row| Finding::stored(row).ok());
    let new = fresh
        .iter()
        .filter(|finding| finding.certainty == POSSIBLE)
        .cloned();
    let all: Vec<Finding> = new.chain(stored).collect();
    if all.is_empty() {
        return Ok(None);
    }
    let message = Message::MailDigest {
        mailbox: telling::mailbox(config),
        count: u32::try_from(all.len()).unwrap_or(u32::MAX),
        mails: all.iter().take(limits::DIGEST_MAILS).map(Finding::note).collect(),
    };
    Ok(Some(Outgoing {
        message,
        severity: Severity::Info,
        routed: Severity::Info,
        alert: None,
        intent: None,
        channels: config.channels.clone(),
    }))
}

/// Whether the hour of the digest has come since the last one.
fn is_due(last: Time, now: Time, zone: &Zone) -> bool {
    newest_hour(now, zone).is_some_and(|hour| last < hour && hour <= now)
}

/// The newest [`limits::DIGEST_HOUR`] that is not ahead.
fn newest_hour(now: Time, zone: &Zone) -> Option<Time> {
    let hour = Civil::new(limits::DIGEST_HOUR, 0, 0, 0).ok()?;
    let today = Timestamp::from_millisecond(now.ms())
        .ok()?
        .to_zoned(zone.jiff().clone())
        .date();
    let at = |day: jiff::civil::Date| {
        let zoned = day.to_datetime(hour).to_zoned(zone.jiff().clone()).ok()?;
        Some(Time::from_jiff(zoned.timestamp()))
    };
    let this = at(today)?;
    if this <= now {
        Some(this)
    } else {
        at(today.checked_sub(1.day()).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due_at(last: &str, now: &str) -> bool {
        let at = |text: &str| text.parse().expect("an instant");
        is_due(at(last), at(now), &Zone::beijing())
    }

    #[test]
    fn a_digest_comes_once_a_day_at_nine_in_the_users_zone() {
        // Nine in Beijing is 01:00Z.
        assert!(!due_at("2026-11-20T02:00:00Z", "2026-11-21T00:59:00Z"));
        assert!(due_at("2026-11-20T02:00:00Z", "2026-11-21T01:00:00Z"));
        assert!(!due_at("2026-11-21T01:00:00Z", "2026-11-21T20:00:00Z"));
        assert!(due_at("2026-11-20T00:30:00Z", "2026-11-21T00:30:00Z"));
    }
}
