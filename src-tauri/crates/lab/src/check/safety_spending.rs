//! Safety of sub-accounts: none is disabled that has not truly spent what it was given (S3), by a guard that is not armed
//! (S5), and none is called disabled that can still spend (S11). Shown to fail in `tests/planted.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::ToSpan as _;
use tidegate_engine::Event;
use tidegate_guard::ActionKind;
use tidegate_meter::{GuardId, Quantity, RowId, Target, TargetKind, Time, Unit, Zone};
use tidegate_sim::SimError;

use super::machine::Machine;
use super::{Check, Finding, Invariant, View, stored};
use crate::line::{Line, Seen};
use crate::plan::{Deed, MainPlan, UserPlan, WorldDeed};
use crate::stage::money::project;

/// Between the read of what is closed and the word of it: what other hands opened since, the proof cannot know.
const PROOF: Duration = Duration::from_secs(120);

/// A sub-account of the plan by its target's id.
fn known<'a>(target: &Target, view: &'a View<'_>) -> Option<(&'a MainPlan, &'a UserPlan)> {
    let of = |main: &'a MainPlan| {
        let cloud = view.world.volcengine(&main.name).ok()?;
        let is_meant = |user: &&UserPlan| {
            let id = cloud.user(&user.name).map(|truth| truth.id.to_string());
            id.is_ok_and(|id| id == target.id.as_str())
        };
        Some((main, main.users.iter().find(is_meant)?))
    };
    (target.kind == TargetKind::SubAccount)
        .then(|| view.plan.mains.iter().find_map(of))
        .flatten()
}

/// What a sub-account's project is truly charged since the month in which the run began.
fn charged(main: &MainPlan, user: &UserPlan, at: Time, view: &View<'_>) -> Result<i64, SimError> {
    let cloud = view.world.volcengine(&main.name)?;
    let zone = Zone::beijing();
    let mut month = zone.date_of(view.plan.start).first_of_month();
    let mut sum = 0_i64;
    while month <= zone.date_of(at) {
        let period = format!("{:04}-{:02}", month.year(), month.month());
        sum = sum.saturating_add(cloud.charged(&project(&user.name), &period)?.raw());
        month = month.saturating_add(1.month());
    }
    Ok(sum)
}

/// S3 of sub-accounts: when a disable is decided, the sub-account was truly charged at least what the plan gave it first;
/// what it was given afterwards only makes it more. Exempt: a correction or refund of its bill since, which the bill that
/// was read cannot have told.
pub(super) fn s3_no_disable_without_truth() -> Box<dyn Check> {
    Box::new(Spent::default())
}

#[derive(Default)]
struct Spent {
    charged_by_hand: bool,
}

impl Spent {
    fn decides(&self, target: &Target, at: Time, view: &View<'_>) -> Option<String> {
        let (main, user) = known(target, view)?;
        let yuan = Unit::Money("CNY".parse().ok()?);
        let granted = Quantity::parse(user.allocated.as_deref()?, yuan).ok()?.raw();
        let charged = charged(main, user, at, view).ok()?;
        (!self.charged_by_hand && charged < granted).then(|| {
            format!("it is to be disabled after {charged} of {granted} millionths that it was given")
        })
    }
}

impl Check for Spent {
    fn invariant(&self) -> Invariant {
        Invariant::S3
    }

    fn see(&mut self, seen: &Seen, view: &View<'_>) -> Vec<Finding> {
        match &seen.line {
            Line::Deed {
                deed: Deed::World(WorldDeed::Volcengine { deed, .. }),
            } => {
                let text = |name: &str| deed.get(name).and_then(serde_json::Value::as_str);
                let is_back = text("amount").is_some_and(|amount| amount.starts_with('-'));
                self.charged_by_hand |= is_back && text("project") != Some("default");
                Vec::new()
            }
            Line::Event {
                event:
                    Event::Planned {
                        guard: Some(_),
                        action: ActionKind::Stop,
                        target,
                        ..
                    },
            } => {
                let said = self.decides(target, seen.at, view);
                said.map_or_else(Vec::new, |said| Finding::one(target.name.as_str(), said))
            }
            _ => Vec::new(),
        }
    }
}

/// S5 of sub-accounts: while the first of its requests leaves the database says that the guard is armed, and no pause runs.
pub(super) fn s5_armed_when_disabled() -> Box<dyn Check> {
    Box::new(Armed::default())
}

#[derive(Default)]
struct Armed {
    machine: Machine,
    paused_until: Option<Time>,
    of: BTreeMap<RowId, GuardId>,
}

impl Armed {
    fn leaves(&self, intent: RowId, at: Time, view: &View<'_>) -> Option<String> {
        let guard = self.of.get(&intent)?;
        stored::may_not_act(view.store, guard, self.paused_until, self.machine.wall(at))
    }
}

impl Check for Armed {
    fn invariant(&self) -> Invariant {
        Invariant::S5
    }

    fn see(&mut self, seen: &Seen, view: &View<'_>) -> Vec<Finding> {
        self.machine.see(seen);
        match &seen.line {
            Line::Event {
                event: Event::Paused { until, .. },
            } => self.paused_until = *until,
            Line::Event {
                event:
                    Event::Planned {
                        intent,
                        guard: Some(guard),
                        action: ActionKind::Stop,
                        target,
                        ..
                    },
            } if target.kind == TargetKind::SubAccount => {
                self.of.insert(*intent, guard.clone());
            }
            Line::Event {
                event: Event::Sent { intent, target, .. },
            } => {
                let said = self.leaves(*intent, seen.at, view);
                return said.map_or_else(Vec::new, |said| Finding::one(target.name.as_str(), said));
            }
            _ => {}
        }
        Vec::new()
    }
}

/// S11 of sub-accounts: a disable is called verified only of one that cannot spend any more in any way that an administrator
/// could close. Exempt: other hands at the account within two minutes, which the proof cannot know.
pub(super) fn s11_disabled_means_closed() -> Box<dyn Check> {
    Box::new(Closed::default())
}

#[derive(Default)]
struct Closed {
    disables: BTreeSet<RowId>,
    touched_at: BTreeMap<String, Time>,
}

impl Closed {
    fn is_told(&self, target: &Target, at: Time, view: &View<'_>) -> Option<String> {
        let (main, user) = known(target, view)?;
        let touched = self.touched_at.get(&main.name);
        if touched.is_some_and(|touched| at.since(*touched) <= PROOF) {
            return None;
        }
        let cloud = view.world.volcengine(&main.name).ok()?;
        let open = cloud.can_spend(&user.name).ok()?;
        open.then(|| format!("called disabled, and it can spend: {:?}", cloud.paths(&user.name)))
    }
}

impl Check for Closed {
    fn invariant(&self) -> Invariant {
        Invariant::S11
    }

    fn see(&mut self, seen: &Seen, view: &View<'_>) -> Vec<Finding> {
        match &seen.line {
            Line::Deed {
                deed: Deed::World(WorldDeed::Volcengine { main, .. }),
            } => {
                self.touched_at.insert(main.clone(), seen.at);
            }
            Line::Event {
                event:
                    Event::Planned {
                        intent,
                        action: ActionKind::Stop,
                        target,
                        ..
                    },
            } if target.kind == TargetKind::SubAccount => {
                self.disables.insert(*intent);
            }
            Line::Event {
                event: Event::Verified { intent, target, .. },
            } if self.disables.contains(intent) => {
                let said = self.is_told(target, seen.at, view);
                return said.map_or_else(Vec::new, |said| Finding::one(target.name.as_str(), said));
            }
            _ => {}
        }
        Vec::new()
    }
}
