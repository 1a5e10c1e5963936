//! What a guard remembers between two looks at a meter. Owns the stored shape; every rule that changes it stands in
//! the module of that rule. Never holds a time that was not given to it. Tested in `tests/judgement/stored.rs`.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tidegate_meter::{Reading, Reason, Time, Window};

use crate::burn::Burn;
use crate::lag::LagLearner;
use crate::{Behind, Forecast, GuardSpec, Level, Limit, Severity, Step, limits};

/// The memory of a guard on one meter. Stored as JSON (under 4 KiB); an unknown field refuses the whole state, because
/// a state that is half understood must not act.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GuardState {
    /// The ladder of the current window.
    pub(crate) ladder: Ladder,
    /// The ladder of the window before: a provider may show the closed window once more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) previous: Option<Ladder>,
    /// The last reading that was believed.
    pub(crate) last: Option<Reading>,
    /// A reading that is not believed until another fetch agrees with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) quarantine: Option<Reading>,
    /// When a value that jumped down was believed, while it stands or falls on: told at once, acted on later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) jumped: Option<Time>,
    /// Agreeing readings over the line.
    pub(crate) over: Over,
    /// Burn.
    pub(crate) burn: Burn,
    /// The lag as learned from this meter's changes.
    pub(crate) lag: LagLearner,
    /// Blindness.
    pub(crate) blind: BlindState,
    /// The level of the last judgement.
    pub(crate) level: Level,
}

/// The steps of one window with what became of each.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Ladder {
    /// The window; `None` for a meter without one.
    pub(crate) window: Option<Window>,
    /// Steps that were passed at least once.
    pub(crate) rungs: Vec<Rung>,
}

/// One step of a ladder that was passed at least once in the window.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rung {
    /// Which step; `None` is the limit.
    pub(crate) step: Option<Step>,
    /// Crossed now, hysteresis included.
    pub(crate) crossed: bool,
    /// Was passed and not re-armed by a top-up since: it does not fire again.
    pub(crate) spent: bool,
    /// How often it was passed after a top-up re-armed it; told in the key, so that a key stays unique in its window.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) rearmed: u32,
    /// The open alert, if this step was the one that was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) alert: Option<Alert>,
    /// For the limit: which one was passed. Another limit is another line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) limit: Option<Limit>,
}

/// An alert that was raised and not yet resolved.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Alert {
    /// How loud.
    pub(crate) severity: Severity,
    /// When it was told last.
    pub(crate) told: Time,
    /// A person acknowledged it: no reminders.
    #[serde(default)]
    pub(crate) acknowledged: bool,
    /// No reminders, and for the limit no action, until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) snoozed: Option<Time>,
}

/// Readings in a row that were over the line, each of another fetch.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Over {
    /// The line they were compared with: another line starts anew.
    pub(crate) line: Option<Limit>,
    /// How many.
    pub(crate) seen: u8,
    /// The fetch of the newest.
    pub(crate) fetched: Option<Time>,
}

/// One episode without truth.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct BlindState {
    /// Looks without truth in a row.
    pub(crate) misses: u32,
    /// The first of them.
    pub(crate) first: Option<Time>,
    /// The newest reason.
    pub(crate) reason: Option<Reason>,
    /// The reason it was told with; `None`: not told.
    pub(crate) told: Option<Reason>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands a reference to skip_serializing_if"
)]
const fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl GuardState {
    /// The level of the last judgement.
    #[must_use]
    pub const fn level(&self) -> Level {
        self.level
    }

    /// Whether `other` knows the same but for the time of the look: the value, the ladder, what was counted and told.
    /// Judgement goes on from either alike; only the count of looks and the age of the last one differ.
    #[must_use]
    pub fn knows_the_same(&self, other: &Self) -> bool {
        let values = |state: &Self| {
            let last = state.last.as_ref();
            last.map(|last| (last.used(), last.limit(), last.remaining(), last.window()))
        };
        values(self) == values(other)
            && self.stands_the_same(other)
            && self.burn.rates(self.last.as_ref()) == other.burn.rates(other.last.as_ref())
            && self.lag() == other.lag()
    }

    /// Whether nothing but what was measured differs: what stands open between two looks (steps, a doubted reading,
    /// readings that agree over the line, a blindness) is the same. Forgetting such a look is as if it had not been.
    #[must_use]
    pub fn stands_the_same(&self, other: &Self) -> bool {
        self.ladder == other.ladder
            && self.previous == other.previous
            && self.quarantine == other.quarantine
            && self.jumped == other.jumped
            && (self.over.line, self.over.seen) == (other.over.line, other.over.seen)
            && self.blind == other.blind
            && self.level == other.level
    }

    /// The last reading that was believed, kept while blind.
    #[must_use]
    pub const fn last_reading(&self) -> Option<&Reading> {
        self.last.as_ref()
    }

    /// How far the provider's numbers run behind, as learned from this meter's changes; `None` below three changes.
    #[must_use]
    pub fn lag(&self) -> Option<Duration> {
        self.lag.lag()
    }

    /// How old `reading` may be beyond its fetch, where `lag` is the most that it can be.
    pub(crate) fn late(&self, lag: Option<Duration>, reading: &Reading) -> Option<Duration> {
        self.lag.age(lag, self.burn.stands_since(reading.as_of().at()))
    }

    /// How far the provider's numbers run behind, and whether that was measured.
    #[must_use]
    pub fn behind(&self) -> Behind {
        Behind {
            lag: self.lag(),
            measured: self.lag.is_measured(),
        }
    }

    /// The rate and when the meter runs out, from the readings seen so far. `now` only cuts what already lies behind.
    #[must_use]
    pub fn forecast(&self, spec: &GuardSpec, now: Time) -> Forecast {
        self.burn.forecast(spec, self.last.as_ref(), now)
    }

    /// A person has seen the alert raised with `key`: no reminders follow. False when no such alert is open.
    pub fn acknowledge(&mut self, key: &str) -> bool {
        self.answer(key, |alert| alert.acknowledged = true)
    }

    /// A person wants quiet about the alert raised with `key` until then; a snoozed `limit` also does not act.
    /// False when no such alert is open.
    pub fn snooze(&mut self, key: &str, until: Time) -> bool {
        self.answer(key, |alert| alert.snoozed = Some(until))
    }

    /// The value jumped a moment ago: a provider that tells a wrong number tells it for a while.
    pub(crate) fn is_fresh_jump(&self, now: Time) -> bool {
        self.jumped.is_some_and(|at| now.since(at) < limits::JUMP_STANDS)
    }

    /// Until when a person wants quiet about the limit.
    pub(crate) fn limit_snoozed(&self) -> Option<Time> {
        let limit = self.ladder.rungs.iter().find(|rung| rung.step.is_none())?;
        limit.alert.as_ref()?.snoozed
    }

    fn answer(&mut self, key: &str, change: impl FnOnce(&mut Alert)) -> bool {
        let rung = self.ladder.rungs.iter_mut().find(|rung| rung.key() == key);
        let Some(alert) = rung.and_then(|rung| rung.alert.as_mut()) else {
            return false;
        };
        change(alert);
        true
    }
}

impl Rung {
    /// The key its alert is raised with.
    pub(crate) fn key(&self) -> String {
        let base = crate::ladder::key_of(self.step);
        if self.rearmed == 0 {
            base
        } else {
            format!("{base}#{}", self.rearmed.saturating_add(1))
        }
    }
}
