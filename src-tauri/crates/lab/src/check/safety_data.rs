//! Safety of what is decided on which number: the truth behind a stop (S3) and the second witness of a jump (S4). Shown to
//! fail in `tests/planted.rs`.

use std::collections::BTreeMap;
use std::time::Duration;

use tidegate_engine::Event;
use tidegate_guard::limits::DELAY_ASSUMED;
use tidegate_guard::{ActionKind, Limit};
use tidegate_meter::{GuardId, MeterId, Quantity, Time};
use tidegate_sim::{Fault, Lie, Truth, World};

use super::cast::{Guarded, Known, Lines, is_stop};
use super::{Check, Finding, Invariant, View, stored};
use crate::line::{Line, Seen};
use crate::plan::{Deed, UserDeed, WorldDeed};

/// How long a stop takes until traffic ends, which a predictive line reckons with.
const STOP_LATENCY: Duration = Duration::from_secs(120);
/// What one Mbit/s carries in an hour.
const BYTES_HOUR_PER_MBIT: i64 = 450_000_000;
/// Numbers are told in units of the provider: a hundredth of the whole covers their rounding.
const ROUNDING: i64 = 100;
/// A hundred percent, raw.
const WHOLE_PERCENT: i64 = 1_000_000;

/// The most bytes that a link carries in a span, rounded up.
fn carried(mbit: u32, span: Duration) -> i64 {
    let hourly = i64::from(mbit).saturating_mul(BYTES_HOUR_PER_MBIT);
    let seconds = i64::try_from(span.as_secs())
        .unwrap_or(i64::MAX)
        .saturating_add(1);
    hourly.saturating_mul(seconds).div_euclid(3600).saturating_add(1)
}

/// From the truth of a number until it may be seen: lag, step, two looks.
fn unseen(guarded: &Guarded) -> Duration {
    let looks = guarded
        .interval_s
        .saturating_mul(u64::from(guarded.guard.belts.agreeing.max(1)) + 1);
    let seconds = guarded
        .package
        .lag_s
        .saturating_add(guarded.package.step_s)
        .saturating_add(looks);
    Duration::from_secs(seconds)
}

/// S3: when a guard's stop arrives, its package truly is over the guard's line; a predictive line may reckon with all that
/// the link carries until the stop takes effect, from a truth as old as it is or as the guard assumes. And an action is
/// never decided while its meter is blind. Exempt: a lie that only a second source could tell from truth (used up, other
/// unit, frozen) is on; the line or the package itself was changed within the time that a number needs to be seen; the look
/// that gave truth is told in the same moment, after what was decided on it.
pub(super) fn s3_no_stop_without_truth() -> Box<dyn Check> {
    Box::new(Truthful::default())
}

#[derive(Default)]
struct Truthful {
    cast: Known,
    lines: Lines,
    /// Packages and guards that somebody changed.
    changed: BTreeMap<String, Time>,
    /// The last look at a meter told nothing.
    blind: BTreeMap<MeterId, bool>,
    /// What was decided in this moment on a meter whose last look told nothing.
    decided: Vec<(Time, GuardId, MeterId)>,
}

impl Truthful {
    fn happens(&mut self, at: Time, deed: &Deed) {
        let name = match deed {
            Deed::User(UserDeed::Limit { guard, limit }) => {
                self.lines.set(guard, *limit);
                guard
            }
            Deed::World(
                WorldDeed::TopUp { package, .. }
                | WorldDeed::Correct { package, .. }
                | WorldDeed::Renew { package, .. }
                | WorldDeed::Unsubscribe { package },
            ) => package,
            _ => return,
        };
        self.changed.insert(name.clone(), at);
    }

    fn asks(&self, server: &str, at: Time, view: &View<'_>) -> Option<String> {
        let intent = stored::newest_intent(view.store, server, ActionKind::Stop)?;
        let guard = intent.guard?;
        let cast = self.cast.of(view);
        let guarded = cast.guards.get(guard.as_str())?;
        let package = guarded.package.name.as_str();
        let recent = |name: &str| {
            let changed = self.changed.get(name);
            changed.is_some_and(|changed| at.since(*changed) <= unseen(guarded).saturating_add(STOP_LATENCY))
        };
        if recent(package) || recent(guard.as_str()) || is_lied_about(guarded, view.world) {
            return None;
        }
        let limit = self.lines.of(guard.as_str(), cast)?;
        let truth = view.world.truth(package).ok()?;
        let above = above(limit, guarded, &truth)?;
        (above > 0).then(|| {
            format!("{guard} stops it although {package} is {above} bytes above everything that its line reckons with")
        })
    }

    fn decides(&mut self, at: Time, guard: &GuardId, meter: &MeterId) {
        if self.blind.get(meter) == Some(&true) {
            self.decided.push((at, guard.clone(), meter.clone()));
        }
    }

    /// The moment is over: whatever was decided in it without a look that gave truth.
    fn over(&mut self, now: Option<Time>) -> Vec<Finding> {
        let (over, open) = std::mem::take(&mut self.decided)
            .into_iter()
            .partition(|(at, ..)| now.is_none_or(|now| *at < now));
        self.decided = open;
        let over: Vec<(Time, GuardId, MeterId)> = over;
        over.into_iter()
            .map(|(_, guard, _)| Finding {
                about: guard.as_str().to_owned(),
                said: "an action was decided while its meter was blind".to_owned(),
            })
            .collect()
    }
}

/// Whether somebody tells of its package what cannot be told from truth.
fn is_lied_about(guarded: &Guarded, world: &World) -> bool {
    let is_meant = |fault: &Fault| {
        fault.account.as_ref().is_none_or(|of| *of == guarded.account)
            && fault
                .subject
                .as_ref()
                .is_none_or(|of| *of == guarded.package.name)
    };
    let faults = world.faults();
    let mut meant = faults.iter().filter(|(_, fault)| is_meant(fault));
    meant.any(|(_, fault)| matches!(fault.lie, Lie::UsedUp | Lie::Unit { .. } | Lie::Frozen))
}

/// How far what is truly left is above the line and what it reckons with; `None` where the line has no bound to hold it
/// against: a prediction from the pace alone.
fn above(limit: Limit, guarded: &Guarded, truth: &Truth) -> Option<i64> {
    let (line, reckoned) = match limit {
        Limit::Headroom(mark) => (mark.raw(), 0),
        Limit::Share(percent) => (left_at(truth.quota, percent), 0),
        Limit::Predictive { reserve } => {
            let guard = &guarded.guard;
            let span = unseen(guarded)
                .saturating_add(Duration::from_secs(guard.countdown_s))
                .saturating_add(STOP_LATENCY);
            // What was seen stands for what was true a lag before, and the lag is reckoned with once more; where it was
            // never measured, the guard assumes one and says so.
            let span = span.saturating_add(span.max(DELAY_ASSUMED));
            (reserve.raw(), carried(guard.bandwidth_mbit?, span))
        }
    };
    let rounding = truth.quota.div_euclid(ROUNDING);
    let bound = line.saturating_add(reckoned).saturating_add(rounding);
    Some(truth.remaining.saturating_sub(bound))
}

/// What is left of the whole when so much of it is used.
fn left_at(whole: i64, percent: Quantity) -> i64 {
    let used = Quantity::bytes(whole).scaled(percent.raw(), WHOLE_PERCENT);
    whole.saturating_sub(used.map_or(0, Quantity::raw))
}

impl Check for Truthful {
    fn invariant(&self) -> Invariant {
        Invariant::S3
    }

    fn see(&mut self, seen: &Seen, view: &View<'_>) -> Vec<Finding> {
        let mut found = self.over(Some(seen.at));
        match &seen.line {
            Line::Deed { deed } => self.happens(seen.at, deed),
            Line::Event {
                event: Event::Reading { meter, .. },
            } => {
                self.blind.insert(meter.clone(), false);
                self.decided.retain(|(_, _, of)| of != meter);
            }
            Line::Event {
                event: Event::Unread {
                    meter: Some(meter), ..
                },
            } => {
                self.blind.insert(meter.clone(), true);
            }
            Line::Event {
                event:
                    Event::Planned {
                        guard: Some(guard),
                        meter: Some(meter),
                        action: ActionKind::Stop,
                        ..
                    },
            } => self.decides(seen.at, guard, meter),
            Line::Request { request, .. } if is_stop(request) => {
                let servers = request.servers.iter();
                found.extend(servers.filter_map(|server| {
                    let said = self.asks(server, seen.at, view)?;
                    let about = self.cast.of(view).name(server).to_owned();
                    Some(Finding { said, about })
                }));
            }
            _ => {}
        }
        found
    }

    fn end(&mut self, _: Time, _: &View<'_>) -> Vec<Finding> {
        self.over(None)
    }
}

/// S4: no action is decided on a number that fell faster than the link carries since the look before, counted over the
/// time and the lag between the two: such a fall waits for a second fetch, after which the two newest agree. Exempt: a guard
/// that knows no bandwidth has no physical bound; there a fall to nothing from more than half of the whole is one.
pub(super) fn s4_a_jump_needs_a_second_witness() -> Box<dyn Check> {
    Box::new(Witnesses::default())
}

#[derive(Default)]
struct Witnesses {
    cast: Known,
    seen: BTreeMap<MeterId, (Sight, Option<Sight>)>,
}

#[derive(Clone, Copy)]
struct Sight {
    at: Time,
    left: i64,
    whole: Option<i64>,
    window: Option<Time>,
}

impl Witnesses {
    fn sees(&mut self, meter: &MeterId, sight: Sight) {
        let before = self.seen.get(meter).map(|(newest, _)| *newest);
        self.seen.insert(meter.clone(), (sight, before));
    }

    fn decides(&self, guard: &GuardId, meter: &MeterId, view: &View<'_>) -> Vec<Finding> {
        let Some((newest, Some(before))) = self.seen.get(meter) else {
            return Vec::new();
        };
        let Some(guarded) = self.cast.of(view).guards.get(guard.as_str()) else {
            return Vec::new();
        };
        if newest.window != before.window || newest.whole != before.whole {
            return Vec::new();
        }
        let fell = before.left.saturating_sub(newest.left);
        let most = match guarded.guard.bandwidth_mbit {
            Some(mbit) => {
                let behind =
                    Duration::from_secs(guarded.package.lag_s.saturating_add(guarded.package.step_s));
                let span = newest.at.since(before.at).saturating_add(behind);
                carried(mbit, span).saturating_add(newest.whole.unwrap_or(0).div_euclid(ROUNDING))
            }
            None if newest.left == 0 => newest.whole.unwrap_or(i64::MAX).div_euclid(2),
            None => return Vec::new(),
        };
        if fell <= most {
            return Vec::new();
        }
        let said = format!(
            "decided on a number that fell by {fell} bytes since the look before; {most} are possible"
        );
        Finding::one(guard.as_str(), said)
    }
}

impl Check for Witnesses {
    fn invariant(&self) -> Invariant {
        Invariant::S4
    }

    fn see(&mut self, seen: &Seen, view: &View<'_>) -> Vec<Finding> {
        match &seen.line {
            Line::Event {
                event:
                    Event::Reading {
                        meter,
                        remaining: Some(left),
                        limit,
                        window,
                        ..
                    },
            } => {
                let sight = Sight {
                    at: seen.at,
                    left: left.raw(),
                    whole: limit.map(Quantity::raw),
                    window: window.map(|window| window.start),
                };
                self.sees(meter, sight);
                Vec::new()
            }
            Line::Event {
                event:
                    Event::Planned {
                        guard: Some(guard),
                        meter: Some(meter),
                        action: ActionKind::Stop,
                        ..
                    },
            } => self.decides(guard, meter, view),
            _ => Vec::new(),
        }
    }
}
