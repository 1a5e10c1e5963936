//! Progress of looks: a wake reads everything again (L7), others are not delayed (L9), an unlocked keychain goes on (L10).
//! Bounds stand in `bounds`. Shown to fail in `tests/planted.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tidegate_engine::Event;
use tidegate_meter::Time;

use super::machine::Machine;
use super::{Check, Finding, Invariant, View, bounds};
use crate::line::{Line, Seen};
use crate::plan::{CloudPlan, Deed, MachineDeed, WorldDeed};

/// Shorter sleeps are within the drift of two clocks.
const SLEEP_MIN_S: u64 = 60;

/// L7: within a minute after the machine woke, with network, every account was looked at and the sleep is told as a lapse
/// that is as long, to a minute. Exempt from the second: a clock that ran ahead and is set right before the sleep was told,
/// since it hides a sleep that is no longer than it is set back.
pub(super) fn l7_a_wake_reads_everything_again() -> Box<dyn Check> {
    Box::new(Wakes::default())
}

#[derive(Default)]
struct Wakes {
    machine: Machine,
    wake: Option<Wake>,
}

struct Wake {
    at: Time,
    slept: Duration,
    unread: BTreeSet<String>,
    told: bool,
}

impl Wakes {
    fn happens(&mut self, seen: &Seen, view: &View<'_>) {
        match &seen.line {
            Line::Deed {
                deed: Deed::Machine(MachineDeed::Sleep { for_s }),
            } if *for_s >= SLEEP_MIN_S => {
                let slept = Duration::from_secs(*for_s);
                let accounts = view.plan.clouds.iter().map(|cloud| cloud.name.clone());
                let wake = Wake {
                    at: seen.at.plus(slept),
                    slept,
                    unread: accounts.collect(),
                    told: !view.plan.clouds.iter().any(guards),
                };
                self.wake = Some(wake);
            }
            Line::Deed {
                deed: Deed::Machine(_),
            }
            | Line::Ended { .. } => self.wake = None,
            Line::Event { event } => {
                let Some(wake) = self.wake.as_mut().filter(|wake| seen.at >= wake.at) else {
                    return;
                };
                match event {
                    Event::Looked { account, .. } => {
                        wake.unread.remove(account.as_str());
                    }
                    Event::Lapse { start, end, .. } => {
                        wake.told |= end.since(*start).saturating_add(bounds::WAKE) >= wake.slept;
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }
}

fn guards(cloud: &CloudPlan) -> bool {
    cloud.packages.iter().any(|package| package.guard.is_some())
}

impl Check for Wakes {
    fn invariant(&self) -> Invariant {
        Invariant::L7
    }

    fn see(&mut self, seen: &Seen, view: &View<'_>) -> Vec<Finding> {
        let is_set_back = matches!(seen.line, Line::Healed) && self.machine.ahead_ms > 0;
        if let Some(wake) = self.wake.as_mut().filter(|_| is_set_back) {
            wake.told = true;
        }
        self.machine.see(seen);
        self.happens(seen, view);
        let Some(wake) = self.wake.take_if(|wake| seen.at > wake.at.plus(bounds::WAKE)) else {
            return Vec::new();
        };
        if self
            .machine
            .whole_since(seen.at)
            .is_none_or(|since| since > wake.at)
        {
            return Vec::new();
        }
        let mut found: Vec<Finding> = wake
            .unread
            .into_iter()
            .map(|about| Finding {
                about,
                said: "not looked at within a minute after the machine woke".to_owned(),
            })
            .collect();
        if !wake.told {
            let said = format!("a sleep of {} s was not told as a lapse", wake.slept.as_secs());
            found.extend(Finding::one("lapse", said));
        }
        found
    }
}

/// L9: between two looks at an account about which nobody lies pass at most 1.1 × its interval and its jitter, by the
/// machine's monotonic clock, whatever is wrong with others. Exempt: the machine itself was broken in between, and the rest
/// that an account may keep after lies about itself.
pub(super) fn l9_others_are_not_delayed() -> Box<dyn Check> {
    Box::new(Others::default())
}

#[derive(Default)]
struct Others {
    machine: Machine,
    /// Lies about an account, and about all.
    lied_until: BTreeMap<String, Time>,
    all_until: Option<Time>,
    looked: BTreeMap<String, (Time, u64)>,
}

impl Others {
    fn lies(&mut self, seen: &Seen) {
        match &seen.line {
            Line::Deed {
                deed: Deed::World(WorldDeed::Lie { fault }),
            } => {
                let lasts = fault.for_s.map(|lasts| fault.after_s.saturating_add(lasts));
                let until = lasts.map_or(Time::from_ms(i64::MAX), |lasts| {
                    seen.at.plus(Duration::from_secs(lasts))
                });
                match &fault.account {
                    Some(account) => {
                        let known = self.lied_until.entry(account.clone()).or_insert(until);
                        *known = until.max(*known);
                    }
                    None => self.all_until = self.all_until.max(Some(until)),
                }
            }
            Line::Deed {
                deed: Deed::World(WorldDeed::Latency { .. } | WorldDeed::RotateKey { .. }),
            } => {
                self.all_until = Some(Time::from_ms(i64::MAX));
            }
            Line::Healed => {
                self.lied_until.values_mut().for_each(|until| *until = seen.at);
                self.all_until = Some(seen.at);
            }
            _ => {}
        }
    }

    fn looks(&mut self, account: &str, seen: &Seen, cloud: &CloudPlan) -> Vec<Finding> {
        let before = self.looked.insert(account.to_owned(), (seen.at, seen.mono_ms));
        let Some((last, mono_ms)) = before else {
            return Vec::new();
        };
        let lied = self.lied_until.get(account).copied().max(self.all_until);
        let is_clear = lied.is_none_or(|until| until.ms() < i64::MAX && until.plus(bounds::REST) <= last);
        let awake = self
            .machine
            .awake_since(seen.at)
            .is_some_and(|since| since <= last);
        let waited = seen.mono_ms.saturating_sub(mono_ms);
        let bound = bounds::others_within_ms(cloud.interval_s);
        if !is_clear || !awake || waited <= bound {
            return Vec::new();
        }
        Finding::one(
            account,
            format!("{waited} ms between two looks; {bound} are allowed"),
        )
    }
}

impl Check for Others {
    fn invariant(&self) -> Invariant {
        Invariant::L9
    }

    fn see(&mut self, seen: &Seen, view: &View<'_>) -> Vec<Finding> {
        self.machine.see(seen);
        self.lies(seen);
        match &seen.line {
            Line::Began { .. } => self.looked.clear(),
            Line::Event {
                event: Event::Looked { account, .. },
            } => {
                let cloud = view
                    .plan
                    .clouds
                    .iter()
                    .find(|cloud| cloud.name == account.as_str());
                return cloud.map_or_else(Vec::new, |cloud| self.looks(account.as_str(), seen, cloud));
            }
            _ => {}
        }
        Vec::new()
    }
}

/// L10: within one interval after the keychain is unlocked every account is read, without a restart. Exempt: a wall clock so
/// wrong that no provider takes a signature.
pub(super) fn l10_unlocked_goes_on() -> Box<dyn Check> {
    Box::new(Unlocks::default())
}

#[derive(Default)]
struct Unlocks {
    machine: Machine,
    unlocked_at: Option<Time>,
    unread: BTreeSet<String>,
}

impl Unlocks {
    fn overdue(&mut self, at: Time, view: &View<'_>) -> Vec<Finding> {
        let Some(unlocked) = self.unlocked_at else {
            return Vec::new();
        };
        let whole = self
            .machine
            .whole_since(at)
            .is_some_and(|since| since <= unlocked);
        let mut found = Vec::new();
        for cloud in &view.plan.clouds {
            let late = at > unlocked.plus(bounds::look_within(cloud.interval_s));
            if late && self.unread.remove(&cloud.name) && whole && self.machine.is_clock_right() {
                found.extend(Finding::one(
                    cloud.name.as_str(),
                    "not read within an interval after the keychain was unlocked",
                ));
            }
        }
        found
    }
}

impl Check for Unlocks {
    fn invariant(&self) -> Invariant {
        Invariant::L10
    }

    fn see(&mut self, seen: &Seen, view: &View<'_>) -> Vec<Finding> {
        self.machine.see(seen);
        match &seen.line {
            Line::Deed {
                deed: Deed::Machine(MachineDeed::LockKeychain { for_s }),
            } => {
                self.unlocked_at = Some(seen.at.plus(Duration::from_secs(*for_s)));
                self.unread = view.plan.clouds.iter().map(|cloud| cloud.name.clone()).collect();
            }
            Line::Deed {
                deed: Deed::Machine(_),
            }
            | Line::Ended { .. } => self.unlocked_at = None,
            Line::Event {
                event: Event::Looked {
                    account, blind: None, ..
                },
            } if self.unlocked_at.is_some_and(|unlocked| seen.at >= unlocked) => {
                self.unread.remove(account.as_str());
            }
            _ => {}
        }
        self.overdue(seen.at, view)
    }
}
