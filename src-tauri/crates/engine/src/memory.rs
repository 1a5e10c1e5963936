//! What the engine keeps in memory about an account, between two transactions. Owns the shapes; every value here was
//! durable first, but for the readings of the last minute that decided nothing and for what was read of the targets' power;
//! a conflict makes it be read anew.

mod few;

use std::borrow::Cow;
use std::time::Duration;

use tidegate_guard::{GuardSpec, GuardState, Level, PowerState, Severity, Why, compares};
use tidegate_meter::{
    AccountId, Blind, GuardId, MeterId, MeterInfo, MeterKind, Mono, Now, Outcome, Quantity, Reading, RowId,
    Target, TargetId, Time, Unit,
};
use tidegate_providers::TargetState;
use tidegate_store::TargetRow;

use crate::config::{GuardConfig, MeterChoice};
use crate::limits;
use crate::quotas::{self, Book};

pub(crate) use few::Few;

/// A guard on one meter.
#[derive(Clone, Debug, Default)]
pub(crate) struct Slot {
    /// The version of the stored state; 0: never stored.
    pub(crate) version: i64,
    pub(crate) state: GuardState,
    pub(crate) level: Level,
    pub(crate) why: Option<Why>,
    pub(crate) judged_at: Option<Time>,
    /// When the state was written last; a look that changed nothing but times is not written at once.
    pub(crate) stored_at: Option<Time>,
    /// Held by a person until then.
    pub(crate) held_until: Option<Time>,
}

/// A meter with its newest look.
#[derive(Clone, Debug)]
pub(crate) struct MeterMemory {
    pub(crate) info: MeterInfo,
    pub(crate) outcome: Option<Outcome>,
    pub(crate) last_good: Option<Reading>,
    pub(crate) lag: Option<Duration>,
    /// Since when the provider no longer names it, by the clock that cannot be set.
    pub(crate) missing_since: Option<Mono>,
}

/// An alert that was raised and not yet resolved.
#[derive(Clone, Debug)]
pub(crate) struct OpenAlert {
    pub(crate) id: RowId,
    /// The key it is stored with: the guard's key, made unique where the same key was used by an earlier guard.
    pub(crate) stored_key: String,
    pub(crate) window_start: Time,
    pub(crate) severity: Severity,
    pub(crate) raised_at: Time,
}

/// A target's state as it was asked for last; `None`: the provider did not answer.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) at: Now,
    pub(crate) state: Option<TargetState>,
}

/// What this process has read of a target's power, whether or not it could be recorded. In the order and by the clock of
/// this process, so that a clock that is set changes nothing.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    power: PowerState,
    /// The first of the reads in a row that agree.
    since: Mono,
    /// The newest of them.
    pub(crate) at: Mono,
    /// When it was last proved to be stopped.
    pub(crate) stopped: Option<(Time, Mono)>,
}

impl Seen {
    const fn first(power: PowerState, at: Mono) -> Self {
        Self {
            power,
            since: at,
            at,
            stopped: None,
        }
    }

    fn take(&mut self, state: &TargetState, at: Mono) {
        if self.power != state.power {
            self.power = state.power.clone();
            self.since = at;
        }
        self.at = at;
        if self.is_proved(&PowerState::Stopped) {
            self.stopped = Some((state.at, at));
        }
    }

    /// The list of a provider's servers may flap for a while: what reads in a row agree on, some seconds apart, is so.
    pub(crate) fn is_proved(&self, power: &PowerState) -> bool {
        self.power == *power && self.at.since(self.since) >= limits::VERIFY_FAST
    }
}

/// What became of the last discovery.
#[derive(Clone, Debug)]
pub(crate) struct Discovered {
    /// When it was tried.
    pub(crate) at: Time,
    /// As of when the list of servers stands; `None`: there never was one in this process.
    pub(crate) list_at: Option<Time>,
    /// The first try of this process.
    pub(crate) first: Time,
    /// Why it failed.
    pub(crate) failed: Option<Blind>,
}

/// An alert by guard, meter and the guard's own key.
pub(crate) type AlertKey = (GuardId, MeterId, String);

/// Everything about one account that its checks change.
#[derive(Clone, Debug, Default)]
pub(crate) struct AccountMemory {
    pub(crate) guards: Few<GuardId, GuardConfig>,
    pub(crate) meters: Few<MeterId, MeterMemory>,
    pub(crate) targets: Few<TargetId, TargetRow>,
    pub(crate) slots: Few<(GuardId, MeterId), Slot>,
    pub(crate) alerts: Few<AlertKey, OpenAlert>,
    /// Why nothing of the account can be read.
    pub(crate) blind: Option<Blind>,
    /// Looks in a row that read nothing.
    pub(crate) misses: u32,
    pub(crate) looked_at: Option<Time>,
    pub(crate) next_at: Option<Time>,
    /// Whether the credential may act; `None` while unknown.
    pub(crate) can_act: Option<bool>,
    pub(crate) interval: Duration,
    /// The states that this process has asked for.
    pub(crate) asked: Few<TargetId, Asked>,
    /// What this process has read of each target.
    pub(crate) seen: Few<TargetId, Seen>,
    /// `None` before the first discovery of this process.
    pub(crate) discovered: Option<Discovered>,
    /// Quotas; `None` for an account without sub-accounts.
    pub(crate) book: Option<Box<Book>>,
}

impl AccountMemory {
    /// The guards that watch a meter, each as it is for that meter. `newest` is what this look told of it.
    pub(crate) fn guards_of<'a>(
        &'a self,
        info: &'a MeterInfo,
        newest: Option<&'a Reading>,
    ) -> impl Iterator<Item = Cow<'a, GuardConfig>> {
        let known = self.meters.get(&info.id).and_then(MeterMemory::newest);
        let newest = newest.or(known);
        let is_judged = quotas::is_judged(self.book.as_deref(), info);
        self.guards
            .values()
            .filter(move |guard| guard.enabled && is_judged)
            .map(move |guard| self.guard_on(guard, info))
            .filter(move |guard| watches(guard, info, newest))
    }

    /// A guard as it is for one meter: a sub-account may have steps of its own, and may not be disabled.
    pub(crate) fn guard_on<'a>(&self, guard: &'a GuardConfig, info: &MeterInfo) -> Cow<'a, GuardConfig> {
        quotas::own_guard(self.book.as_deref(), guard, info)
    }

    /// The target as it is known, from the store's rows or a meter's mapping.
    pub(crate) fn target(&self, id: &TargetId) -> Option<Target> {
        let known = self.targets.get(id).map(|row| row.target.clone());
        known.or_else(|| {
            self.meters
                .values()
                .flat_map(|meter| &meter.info.targets)
                .find(|target| target.id == *id)
                .cloned()
        })
    }

    /// Takes in what was read of a target: what follows from it must not wait for a disk that takes no rows.
    pub(crate) fn saw(&mut self, target: &TargetId, state: &TargetState, at: Mono) {
        match self.seen.get_mut(target) {
            Some(seen) => seen.take(state, at),
            None => {
                let seen = Seen::first(state.power.clone(), at);
                self.seen.insert(target.clone(), seen);
            }
        }
    }

    /// The meters that measure a target.
    pub(crate) fn meters_of<'a>(&'a self, target: &'a TargetId) -> impl Iterator<Item = &'a MeterMemory> {
        self.meters
            .values()
            .filter(move |meter| meter.info.targets.iter().any(|known| known.id == *target))
    }
}

impl MeterMemory {
    /// Whether the provider has not named it for so long that it covers nothing any more: by its word, or as its window
    /// ended, for an hour and a half; else for a week.
    pub(crate) fn is_over(&self, by_word: bool, now: Now) -> bool {
        let Some(since) = self.missing_since else {
            return false;
        };
        let window = self.last_good.as_ref().and_then(Reading::window);
        let has_ended = window
            .and_then(|window| window.end)
            .is_some_and(|end| end <= now.wall);
        let most = if by_word || has_ended {
            limits::OVER_STANDS
        } else {
            limits::MISSING_MAX
        };
        now.mono.since(since) >= most
    }

    /// Its newest number, true or not any more.
    pub(crate) fn newest(&self) -> Option<&Reading> {
        let now = self.outcome.as_ref().and_then(Outcome::reading);
        now.or(self.last_good.as_ref())
    }
}

/// Whether a guard watches a meter: `*` is every traffic package, and every balance and spending that one of the guard's
/// thresholds can be compared with. Until a number of it is known, `*` does not watch it: there is nothing to compare.
pub(crate) fn watches(guard: &GuardConfig, info: &MeterInfo, newest: Option<&Reading>) -> bool {
    match (&guard.meter, info.kind) {
        (MeterChoice::One(id), _) => *id == info.id,
        (MeterChoice::All, MeterKind::Traffic) => true,
        (MeterChoice::All, MeterKind::Balance | MeterKind::Spending) => {
            newest.is_some_and(|reading| compares(&guard.steps, guard.limit, reading))
        }
        (MeterChoice::All, MeterKind::Renewal) => false,
    }
}

/// What judgement needs to know of a configured guard.
pub(crate) fn spec_of(guard: &GuardConfig, interval: Duration) -> GuardSpec {
    GuardSpec {
        id: guard.id.clone(),
        steps: guard.steps.clone(),
        limit: guard.limit,
        action: guard.action,
        mode: guard.mode.clone(),
        countdown: guard.countdown,
        interval,
        stop_latency: limits::STOP_LATENCY,
        bandwidth_mbit: guard.bandwidth_mbit,
        belts: guard.belts.clone(),
        forced: guard.forced,
        restart: guard.restart,
        start_after_reset: guard.start_after_reset,
        reminder: limits::REMINDER,
        hysteresis: Quantity::from_raw(limits::HYSTERESIS_RAW, Unit::Percent),
    }
}

/// What judgement needs to know of a guard on one meter: its interval is not shorter than its numbers stay as they are.
pub(crate) fn spec_on(guard: &GuardConfig, info: &MeterInfo, interval: Duration) -> GuardSpec {
    spec_of(guard, quotas::interval_of(info, interval))
}

/// What a meter is called before the provider has ever named it: a guard names it by id, and it is missing.
pub(crate) fn unseen(account: &AccountId, meter: &MeterId) -> MeterInfo {
    MeterInfo {
        account: account.clone(),
        id: meter.clone(),
        kind: MeterKind::Traffic,
        name: meter.to_string(),
        byte_base: tidegate_meter::ByteBase::Decimal,
        targets: Vec::new(),
    }
}

/// A target seen for the first time.
pub(crate) fn new_target(account: &AccountId, target: &Target) -> TargetRow {
    TargetRow {
        account: account.clone(),
        target: target.clone(),
        protected: false,
        power: None,
        started_at: None,
        stopped_by_us_at: None,
        present: true,
        meters: Vec::new(),
        addresses: Vec::new(),
    }
}

/// Takes a state into a target's row: a start is one that was seen, or one the provider tells.
pub(crate) fn note_power(row: &mut TargetRow, power: &PowerState, started_at: Option<Time>, at: Time) {
    let ran = row.power.as_ref().map(|(power, _)| is_running(power));
    if is_running(power) && ran == Some(false) {
        row.started_at = Some(at);
    }
    if let Some(told) = started_at
        && row.started_at.is_none_or(|known| known < told)
    {
        row.started_at = Some(told);
    }
    row.power = Some((power.clone(), at));
}

/// Running or about to.
pub(crate) const fn is_running(power: &PowerState) -> bool {
    matches!(power, PowerState::Running | PowerState::Starting)
}
