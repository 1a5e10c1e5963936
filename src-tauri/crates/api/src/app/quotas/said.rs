//! The one sentence of a sub-account: what is so, what follows, and how far the bill runs behind. Owns which of it is said
//! and in which order the sub-accounts stand; the words are in `texts`. Tested in `tests/quotas.rs`.

use std::cmp::Reverse;
use std::time::Duration;

use tidegate_channels::catalogue;
use tidegate_engine::quotas::{Guarded, QuotaStanding as Standing, QuotaUser, WithoutQuota};
use tidegate_guard::Level;
use tidegate_meter::{ByteBase, Quantity, Time};

use super::deed::Own;
use crate::app::views::Telling;
use crate::texts::{self as t, Text};

/// Where a sub-account stands among all: what spends although it should not comes first, what cannot spend last; among
/// equals, whoever used up more of its quota, then by name.
pub(super) fn rank(user: &QuotaUser) -> (u8, Reverse<Option<i64>>, String, String) {
    let share = user.share.map(Quantity::raw);
    (
        urgency(user),
        Reverse(share),
        user.user.name.clone(),
        user.account.to_string(),
    )
}

fn urgency(user: &QuotaUser) -> u8 {
    match user.standing {
        Standing::PartlyDisabled => 0,
        Standing::Disabling => 1,
        Standing::Restoring => 2,
        Standing::Disabled => 7,
        Standing::Missing => 8,
        Standing::Enabled | Standing::Unknown => match user.level {
            _ if is_used_up(user) => 1,
            Level::Critical => 1,
            Level::Blind => 3,
            _ if user.blind.is_some() => 4,
            Level::Warning => 3,
            Level::Calm => 5,
        },
    }
}

/// Nothing is left of what was granted, or of the nothing that is allowed to one that is blocked.
fn is_used_up(user: &QuotaUser) -> bool {
    user.left
        .is_some_and(|left| left.is_negative() || (left.is_zero() && user.granted.is_some()))
}

impl Telling<'_> {
    /// What is so, then what follows.
    pub(super) fn quota_sentence(&self, user: &QuotaUser, delay: Duration, own: Option<&Own>) -> String {
        let mut said = match user.standing {
            Standing::Missing => self.missing(user),
            Standing::Disabling => vec![self.of(t::QUOTA_DISABLING), self.of(t::QUOTA_PIECES)],
            Standing::Restoring => vec![self.of(t::QUOTA_RESTORING), self.of(t::QUOTA_PIECES)],
            Standing::PartlyDisabled => self.partly(own),
            Standing::Disabled => self.disabled(user, own),
            Standing::Enabled | Standing::Unknown => self.spending(user),
        };
        if user.blind.is_none() && user.spent.is_some() && user.standing != Standing::Missing {
            let lag = catalogue::span(self.lag(user.as_of, delay), self.lang);
            said.push(t::QUOTA_LAG.say(self.lang, &[("lag", &lag)]));
        }
        let mut sentence = said.join(t::QUOTA_AND.of(self.lang));
        sentence.push_str(t::STOP.of(self.lang));
        sentence
    }

    /// What was used since is in no number: at least what the provider says, more when the bill was not read lately.
    fn lag(&self, as_of: Option<Time>, delay: Duration) -> Duration {
        as_of.map_or(delay, |as_of| self.now.since(as_of).max(delay))
    }

    fn of(&self, text: Text) -> String {
        text.of(self.lang).to_owned()
    }

    fn money(&self, amount: Quantity) -> String {
        catalogue::amount(amount, ByteBase::Decimal, self.lang)
    }

    fn missing(&self, user: &QuotaUser) -> Vec<String> {
        let since = user.missing_since.map_or_else(
            || "-".to_owned(),
            |since| catalogue::at(since, self.lang, self.zone, self.now),
        );
        vec![
            t::QUOTA_MISSING.say(self.lang, &[("since", &since)]),
            self.of(t::QUOTA_KEPT),
        ]
    }

    fn partly(&self, own: Option<&Own>) -> Vec<String> {
        let open = own.map(|own| self.open_pieces(own)).unwrap_or_default();
        let what = if open.is_empty() {
            self.of(t::QUOTA_PARTLY_BARE)
        } else {
            t::QUOTA_PARTLY.say(self.lang, &[("pieces", &open)])
        };
        let next = match own.map(Own::next_try) {
            Some(Some(at)) if at > self.now => {
                let at = catalogue::age(at, self.lang, self.zone, self.now);
                t::QUOTA_AGAIN.say(self.lang, &[("at", &at)])
            }
            Some(Some(_)) => self.of(t::QUOTA_AGAIN_NOW),
            Some(None) | None => self.of(t::QUOTA_NOT_AGAIN),
        };
        vec![what, next]
    }

    fn disabled(&self, user: &QuotaUser, own: Option<&Own>) -> Vec<String> {
        let Some(at) = own.and_then(Own::disabled_at) else {
            return vec![self.of(t::QUOTA_DISABLED_ELSEWHERE), self.of(t::QUOTA_THEIRS)];
        };
        let at = catalogue::at(at, self.lang, self.zone, self.now);
        let (what, next) = if is_used_up(user) {
            (t::QUOTA_DISABLED_USED_UP, t::QUOTA_TOP_UP)
        } else {
            (t::QUOTA_DISABLED, t::QUOTA_RESTORABLE)
        };
        vec![what.say(self.lang, &[("at", &at)]), self.of(next)]
    }

    /// One that can spend.
    fn spending(&self, user: &QuotaUser) -> Vec<String> {
        if let Some(blind) = &user.blind {
            return if user.projects.is_empty() {
                vec![self.of(t::QUOTA_NO_PROJECT), self.of(t::QUOTA_LINK)]
            } else {
                let reason = self.blindness(blind);
                vec![
                    t::QUOTA_UNKNOWN.say(self.lang, &[("reason", &reason)]),
                    catalogue::blind_next(blind.reason, self.lang).to_owned(),
                ]
            };
        }
        let Some(spent) = user.spent else {
            return vec![self.of(t::QUOTA_UNREAD), self.of(t::QUOTA_UNREAD_NEXT)];
        };
        match (user.granted, user.rules.without_quota) {
            (None, WithoutQuota::Watch) => {
                let spent = self.money(spent);
                vec![
                    self.of(t::QUOTA_NONE_WATCHED),
                    t::QUOTA_SPENT.say(self.lang, &[("spent", &spent)]),
                ]
            }
            (None, WithoutQuota::Block) => vec![self.of(t::QUOTA_NONE_BLOCKED), self.consequence(user)],
            (Some(granted), _) => vec![self.left(user, granted), self.consequence(user)],
        }
    }

    fn left(&self, user: &QuotaUser, granted: Quantity) -> String {
        let left = user.left.unwrap_or(granted);
        if left.is_zero() {
            return self.of(t::QUOTA_USED_UP_JUST);
        }
        if left.is_negative() {
            let over = Quantity::zero(left.unit())
                .minus(left)
                .map(|over| self.money(over));
            return t::QUOTA_USED_UP.say(self.lang, &[("over", &over.unwrap_or_default())]);
        }
        let (left, granted) = (self.money(left), self.money(granted));
        t::QUOTA_LEFT.say(self.lang, &[("left", &left), ("granted", &granted)])
    }

    /// What the guards make of it. Over the line, an armed guard says itself why it has not acted yet.
    fn consequence(&self, user: &QuotaUser) -> String {
        let now = is_used_up(user);
        let pick = |later: Text, at_once: Text| self.of(if now { at_once } else { later });
        match user.guarded {
            Guarded::Not => pick(t::QUOTA_UNGUARDED, t::QUOTA_UNGUARDED_NOW),
            _ if user.protected => self.of(t::QUOTA_PROTECTED),
            _ if !user.rules.disable => self.of(t::QUOTA_EXEMPT),
            Guarded::Warned => pick(t::QUOTA_WARNED, t::QUOTA_WARNED_NOW),
            Guarded::Watched => pick(t::QUOTA_UNARMED, t::QUOTA_UNARMED_NOW),
            Guarded::Armed => match &user.why {
                Some((_, why)) if now => {
                    let told = self.why(why.clone(), ByteBase::Decimal).text;
                    told.trim_end_matches(['.', '。']).to_owned()
                }
                _ => pick(t::QUOTA_ARMED, t::QUOTA_ARMED_NOW),
            },
        }
    }
}
