//! The belts: restrictions that hold even when armed. Owns the list of what blocks an action now, and which targets may
//! be touched. Whatever could not be read blocks, and is named. Tested in `tests/judgement/belts.rs`.

use std::time::Duration;

use tidegate_meter::{Reading, Target, Time, Unit};

use crate::line::{self, Line};
use crate::{
    ActionKind, Belt, Facts, GuardSpec, GuardState, Mode, PowerState, RestartPolicy, TargetFacts, limits,
};

/// What became of the look at the meter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sight {
    /// A new reading that is believed.
    Believed,
    /// The last reading once more.
    Replayed,
    /// A reading in quarantine.
    Doubtful,
    /// A reading of another window.
    OtherWindow,
    /// No reading.
    Blind,
}

/// What blocks an action, first reason first, and what may be acted on.
pub(crate) struct Check<'a> {
    /// Blocks every target.
    pub(crate) general: Vec<Belt>,
    /// Blocks one target each.
    pub(crate) particular: Vec<Belt>,
    /// Nothing blocks these.
    pub(crate) free: Vec<&'a Target>,
}

/// What a belt looks at.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub(crate) spec: &'a GuardSpec,
    pub(crate) state: &'a GuardState,
    pub(crate) facts: &'a Facts,
    pub(crate) line: &'a Line,
    pub(crate) sight: Sight,
    pub(crate) now: Time,
}

impl<'a> Scene<'a> {
    /// Every belt of a stop.
    pub(crate) fn check(&self) -> Check<'a> {
        let mut general = Vec::new();
        self.consent(&mut general);
        self.surroundings(&mut general);
        self.truth(&mut general);
        self.counts(&mut general);
        self.agreeing(&mut general);
        let (free, particular) = self.targets(&mut general);
        Check {
            general,
            particular,
            free,
        }
    }

    /// The person's consent: an action, armed, not expired.
    pub(crate) fn consent(&self, belts: &mut Vec<Belt>) {
        if self.spec.limit.is_none() || self.spec.action != ActionKind::Stop {
            belts.push(Belt::NoAction);
        }
        belts.extend(self.unarmed());
    }

    /// Not armed, or no longer.
    pub(crate) fn unarmed(&self) -> Option<Belt> {
        match &self.spec.mode {
            Mode::Watch => Some(Belt::Watch),
            Mode::Armed { until, .. } => (*until <= self.now).then_some(Belt::Expired { at: *until }),
        }
    }

    /// The process, the person's pause or hold, and the credential.
    pub(crate) fn surroundings(&self, belts: &mut Vec<Belt>) {
        if !self.facts.may_act {
            belts.push(Belt::NotHolder);
        }
        let ahead = |until: &Time| *until > self.now;
        belts.extend(
            self.facts
                .paused_until
                .filter(ahead)
                .map(|until| Belt::Paused { until }),
        );
        let held = self
            .facts
            .held_until
            .into_iter()
            .chain(self.state.limit_snoozed())
            .max();
        belts.extend(held.filter(ahead).map(|until| Belt::Held { until }));
        match self.facts.can_act {
            Some(true) => {}
            Some(false) => belts.push(Belt::NoCredential),
            None => belts.push(unreadable("credential")),
        }
    }

    /// The reading: of this window, believed, young, past the window's first hour, comparable with the line.
    fn truth(&self, belts: &mut Vec<Belt>) {
        self.sight(belts);
        let Some(last) = self.state.last.as_ref() else {
            return;
        };
        if self.sight != Sight::OtherWindow && self.window_over() {
            belts.push(Belt::OtherWindow);
        }
        belts.extend(self.too_old(last));
        if self.state.is_fresh_jump(self.now) && self.sight != Sight::Doubtful {
            belts.push(Belt::Quarantined);
        }
        let until = last
            .window()
            .map(|window| window.start.plus(self.spec.belts.window_settle));
        belts.extend(
            until
                .filter(|until| *until > self.now)
                .map(|until| Belt::Settling { until }),
        );
        // A package cannot hold less than nothing: minus one means "unlimited" or "error" to some providers.
        if last.unit() == Unit::Bytes && last.headroom().is_some_and(tidegate_meter::Quantity::is_negative) {
            belts.push(unreadable("negative"));
        }
        if self.spec.limit.is_some() && self.line.over.is_none() {
            belts.push(unreadable("limit"));
        }
    }

    /// The window of the last reading is over: its number says nothing about now.
    pub(crate) fn window_over(&self) -> bool {
        let window = self.state.last.as_ref().and_then(Reading::window);
        window.is_some_and(|window| !window.contains(self.now))
    }

    /// Targets are known, and each is known to be one that may not be touched.
    pub(crate) fn none_touchable(&self) -> bool {
        let refused = |facts: &TargetFacts| {
            let listed = self.spec.belts.protect.contains(&facts.target.id);
            listed || facts.protected == Some(true) || self.frozen(facts).is_err()
        };
        !self.facts.targets.is_empty() && self.facts.targets.iter().all(refused)
    }

    /// What the look gave.
    pub(crate) fn sight(&self, belts: &mut Vec<Belt>) {
        match self.sight {
            Sight::Believed | Sight::Replayed if self.state.last.is_some() => {}
            Sight::Doubtful => belts.push(Belt::Quarantined),
            Sight::OtherWindow => belts.push(Belt::OtherWindow),
            Sight::Believed | Sight::Replayed | Sight::Blind => belts.push(unreadable("reading")),
        }
    }

    /// Older than some intervals, and than the learned lag and the time until the next number; or told by a clock that is not ours.
    pub(crate) fn too_old(&self, last: &Reading) -> Option<Belt> {
        let newest = last.fetched_at().max(last.as_of().at());
        if newest.since(self.now) > limits::SKEW {
            return Some(unreadable("clock"));
        }
        let age = self.now.since(last.as_of().at());
        let intervals = self.spec.interval.saturating_mul(self.spec.belts.fresh_intervals);
        let agreeing = self
            .spec
            .interval
            .saturating_mul(u32::from(self.spec.belts.agreeing));
        let oldest = self
            .lag()
            .map(|lag| self.state.lag.oldest(lag).max(lag.saturating_add(agreeing)));
        let allowed = intervals.max(oldest.unwrap_or(Duration::ZERO));
        (age > allowed).then_some(Belt::Old { age, allowed })
    }

    fn lag(&self) -> Option<Duration> {
        self.facts.lag.or_else(|| self.state.lag())
    }

    fn counts(&self, belts: &mut Vec<Belt>) {
        let allowed = &self.spec.belts;
        let (Some(guard), Some(all)) = (self.facts.actions_guard, self.facts.actions_all) else {
            belts.push(unreadable("actions"));
            return;
        };
        if guard >= allowed.actions_guard {
            belts.push(Belt::GuardCount {
                actions: guard,
                allowed: allowed.actions_guard,
            });
        }
        if all >= allowed.actions_all {
            belts.push(Belt::AllCount {
                actions: all,
                allowed: allowed.actions_all,
            });
        }
    }

    fn agreeing(&self, belts: &mut Vec<Belt>) {
        let same_line = self.state.over.line == self.spec.limit;
        let (seen, needed) = (
            if same_line { self.state.over.seen } else { 0 },
            self.spec.belts.agreeing.max(1),
        );
        if self.line.over == Some(true) && seen < needed {
            belts.push(Belt::Agreeing { seen, needed });
        }
    }

    /// The targets that may be touched, and what blocks each of the others that runs.
    fn targets(&self, general: &mut Vec<Belt>) -> (Vec<&'a Target>, Vec<Belt>) {
        let (mut free, mut blocked) = (Vec::new(), Vec::new());
        if self.facts.targets.is_empty() {
            general.push(Belt::NoTarget);
        }
        for (index, facts) in self.facts.targets.iter().enumerate() {
            // Named twice by the mapping: the first entry counts, so that one target is never planned twice.
            let earlier = self.facts.targets.iter().take(index);
            if earlier
                .into_iter()
                .any(|known| is_same(&known.target, &facts.target))
            {
                continue;
            }
            match self.target(facts) {
                Ok(Some(target)) => free.push(target),
                Ok(None) => {}
                Err(belt) => blocked.push(belt),
            }
        }
        free.truncate(self.room());
        if free.is_empty() && blocked.is_empty() && !self.facts.targets.is_empty() {
            general.push(Belt::NothingRunning);
        }
        (free, blocked)
    }

    /// How many more actions the counts allow.
    fn room(&self) -> usize {
        let left = |allowed: u32, actions: Option<u32>| allowed.saturating_sub(actions.unwrap_or(allowed));
        let belts = &self.spec.belts;
        let room = left(belts.actions_guard, self.facts.actions_guard)
            .min(left(belts.actions_all, self.facts.actions_all));
        usize::try_from(room).unwrap_or(usize::MAX)
    }

    /// One target: `Ok(None)` when there is nothing to stop.
    fn target(&self, facts: &'a TargetFacts) -> Result<Option<&'a Target>, Belt> {
        match &facts.power {
            None | Some(PowerState::Other { .. }) => return Err(unreadable("power")),
            Some(PowerState::Running) => {}
            Some(_) => return Ok(None),
        }
        let target = self.frozen(facts)?;
        self.touchable(facts)?;
        self.patience(facts)?;
        self.uncovered(facts)?;
        if facts.started_after_our_stop && self.spec.restart == RestartPolicy::SuspendUntilReset {
            return Err(Belt::Suspended {
                target: target.clone(),
            });
        }
        let until = facts
            .started_at
            .map(|started| started.plus(self.spec.belts.start_grace));
        match until.filter(|until| *until > self.now) {
            Some(until) => Err(Belt::Grace {
                target: target.clone(),
                until,
            }),
            None => Ok(Some(target)),
        }
    }

    /// Whichever guard asks: a target bears no more actions in 24 h than one guard may take.
    fn patience(&self, facts: &TargetFacts) -> Result<(), Belt> {
        let allowed = self.spec.belts.actions_guard;
        match facts.actions {
            Some(actions) if actions < allowed => Ok(()),
            Some(actions) => Err(Belt::TargetCount {
                target: facts.target.clone(),
                actions,
                allowed,
            }),
            None => Err(unreadable("actions")),
        }
    }

    /// No other meter pays for the target any more. A server with two packages is stopped when the last of them is over
    /// the line; that one of them is, is believed after two looks, as for the meter that is judged.
    fn uncovered(&self, facts: &TargetFacts) -> Result<(), Belt> {
        let over = |reading: &Option<Reading>| reading.as_ref().and_then(|reading| self.is_over(reading));
        let mut unread = None;
        for other in &facts.others {
            match (over(&other.now), over(&other.before)) {
                (Some(false), _) | (Some(true), Some(false)) => {
                    return Err(Belt::Covered {
                        target: facts.target.clone(),
                        meter: other.name.clone(),
                    });
                }
                (Some(true), Some(true)) => {}
                (None, _) | (_, None) => unread = Some(unreadable("other_package")),
            }
        }
        unread.map_or(Ok(()), Err)
    }

    /// Another meter's reading against this guard's line, at the pace known here: when one package is used up, the
    /// target burns the next at the same pace. `None` when it cannot be compared, or its window is not the one of now.
    fn is_over(&self, reading: &Reading) -> Option<bool> {
        if reading.window().is_some_and(|window| !window.contains(self.now)) {
            return None;
        }
        let facts = Facts {
            fast: None,
            ..Facts::inert()
        };
        let pace = self.state.burn.pace(self.state.last.as_ref());
        line::line(self.spec, &facts, pace, reading, self.lag(), self.now).over
    }

    /// The target as frozen at arming; while watching, every mapped target counts as frozen: it says what it would do.
    pub(crate) fn frozen(&self, facts: &'a TargetFacts) -> Result<&'a Target, Belt> {
        let Mode::Armed { targets, .. } = &self.spec.mode else {
            return Ok(&facts.target);
        };
        let frozen = targets.iter().find(|target| is_same(target, &facts.target));
        frozen.ok_or_else(|| Belt::NotFrozen {
            target: facts.target.clone(),
        })
    }

    /// Not protected, and known not to be.
    pub(crate) fn touchable(&self, facts: &TargetFacts) -> Result<(), Belt> {
        let listed = self.spec.belts.protect.contains(&facts.target.id);
        match facts.protected {
            Some(false) if !listed => Ok(()),
            Some(_) => Err(Belt::Protected {
                target: facts.target.clone(),
            }),
            None if listed => Err(Belt::Protected {
                target: facts.target.clone(),
            }),
            None => Err(unreadable("protect")),
        }
    }
}

/// The same thing at the provider, whatever it is called now.
pub(crate) fn is_same(one: &Target, other: &Target) -> bool {
    one.kind == other.kind && one.id == other.id && one.region == other.region
}

pub(crate) fn unreadable(what: &str) -> Belt {
    Belt::Unreadable {
        what: what.to_owned(),
    }
}

/// A belt that is known not to hold any more: reason enough to call off a running countdown. What merely could not be
/// read is not; the check just before sending will refuse it if it stays so.
pub(crate) fn calls_off(belt: &Belt) -> bool {
    match belt {
        Belt::Watch
        | Belt::Expired { .. }
        | Belt::Paused { .. }
        | Belt::Held { .. }
        | Belt::NoCredential
        | Belt::NoAction => true,
        Belt::NotHolder
        | Belt::OtherWindow
        | Belt::Agreeing { .. }
        | Belt::Old { .. }
        | Belt::Quarantined
        | Belt::Settling { .. }
        | Belt::Grace { .. }
        | Belt::GuardCount { .. }
        | Belt::TargetCount { .. }
        | Belt::AllCount { .. }
        | Belt::Protected { .. }
        | Belt::NotFrozen { .. }
        | Belt::Covered { .. }
        | Belt::NoTarget
        | Belt::Suspended { .. }
        | Belt::Unreadable { .. }
        | Belt::NothingRunning
        | Belt::NoConsent
        | Belt::StillOver
        | Belt::NotOver => false,
    }
}
