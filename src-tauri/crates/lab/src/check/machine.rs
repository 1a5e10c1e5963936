//! How the machine stands, by what the plan did to it: off, asleep, without network, disk or keychain, with a wrong clock.
//! Owns from when on a bound may be asked for; knows nothing of what is promised. A bound counts only from the moment at
//! which all that was broken is whole again.

use std::time::Duration;

use tidegate_meter::Time;
use tidegate_sim::Lie;

use crate::line::{Line, Seen};
use crate::plan::{Deed, DiskDeed, MachineDeed, WorldDeed};

/// The end of what nobody ends.
const EVER: Time = Time::from_ms(i64::MAX);
/// Answers slower than this count as a fault: a look makes a handful of requests.
const SLOW_MS: u64 = 2_000;
/// A clock that is further off than this is refused by the clouds' gateways.
const SKEW_MS: u64 = 15 * 60_000;

/// The state of the one machine.
#[derive(Clone, Debug)]
pub(super) struct Machine {
    /// The wall clock runs so far ahead of true time.
    pub(super) ahead_ms: i64,
    /// Lives that were ended by a kill.
    pub(super) kills: u32,
    /// Spans in which something was broken, and lies, together: what may have cost an answer.
    pub(super) troubles: u32,
    lives: bool,
    began_at: Time,
    /// Until when the machine itself is broken, and until when anything is.
    disturbed_until: Time,
    broken_until: Time,
    slow: bool,
    is_mended: bool,
}

impl Default for Machine {
    fn default() -> Self {
        Self {
            ahead_ms: 0,
            kills: 0,
            troubles: 0,
            lives: false,
            began_at: Time::from_ms(0),
            disturbed_until: Time::from_ms(0),
            broken_until: Time::from_ms(0),
            slow: false,
            is_mended: false,
        }
    }
}

impl Machine {
    /// Takes on a line.
    pub(super) fn see(&mut self, seen: &Seen) {
        match &seen.line {
            Line::Began { .. } => {
                self.lives = true;
                self.began_at = seen.at;
            }
            Line::Ended { killed } => {
                self.lives = false;
                self.kills += u32::from(*killed);
            }
            Line::Deed { deed } => self.befalls(seen.at, deed),
            Line::Healed => {
                self.broken_until = seen.at;
                self.disturbed_until = self.disturbed_until.min(seen.at);
                self.slow = false;
                self.ahead_ms = 0;
                self.is_mended = true;
            }
            Line::Request { .. } | Line::Card { .. } | Line::Event { .. } => {}
        }
    }

    fn befalls(&mut self, at: Time, deed: &Deed) {
        let until = |seconds: u64| at.plus(Duration::from_secs(seconds));
        let trouble = match deed {
            Deed::World(WorldDeed::Lie { fault }) if is_about_power(&fault.lie) => at,
            Deed::World(WorldDeed::Lie { fault }) => fault
                .for_s
                .map_or(EVER, |lasts| until(fault.after_s.saturating_add(lasts))),
            Deed::World(WorldDeed::RotateKey { .. }) => EVER,
            Deed::World(WorldDeed::Latency { ms }) => {
                self.slow = *ms > SLOW_MS;
                return;
            }
            Deed::World(_) | Deed::User(_) => return,
            Deed::Machine(machine) => self.disturbs(at, machine),
            Deed::Disk(DiskDeed::Full { for_s }) => until(*for_s),
            Deed::Disk(DiskDeed::FailingCommit { .. } | DiskDeed::Flip { .. }) => at,
        };
        self.troubles += 1;
        if matches!(deed, Deed::Machine(_) | Deed::Disk(_)) {
            self.disturbed_until = self.disturbed_until.max(trouble);
        }
        self.broken_until = self.broken_until.max(trouble);
    }

    fn disturbs(&mut self, at: Time, machine: &MachineDeed) -> Time {
        let until = |seconds: u64| at.plus(Duration::from_secs(seconds));
        match machine {
            MachineDeed::Sleep { for_s }
            | MachineDeed::SecondCopy { for_s }
            | MachineDeed::Freeze { for_s }
            | MachineDeed::LockKeychain { for_s }
            | MachineDeed::Offline { for_s } => until(*for_s),
            MachineDeed::JumpWall { ms } => {
                self.ahead_ms = self.ahead_ms.saturating_add(*ms);
                at
            }
            MachineDeed::Crash { down_s, .. } => until(*down_s),
        }
    }

    /// Whether a provider would take what it signs: gateways allow a quarter of an hour.
    pub(super) const fn is_clock_right(&self) -> bool {
        self.ahead_ms.unsigned_abs() < SKEW_MS
    }

    /// What its wall clock says.
    pub(super) fn wall(&self, at: Time) -> Time {
        Time::from_ms(at.ms().saturating_add(self.ahead_ms))
    }

    /// Since when it runs and nothing is broken; `None` while something is.
    pub(super) fn whole_since(&self, at: Time) -> Option<Time> {
        let since = self.broken_until.max(self.began_at);
        (self.lives && !self.slow && since <= at).then_some(since)
    }

    /// Since when it is awake and has network, disk and keychain, whatever others tell it; `None` while it has not.
    pub(super) fn awake_since(&self, at: Time) -> Option<Time> {
        let since = self.disturbed_until.max(self.began_at);
        (self.lives && since <= at).then_some(since)
    }

    /// Whether it ran whole for all of this span.
    pub(super) fn is_whole_for(&self, at: Time, span: Duration) -> bool {
        self.whole_since(at).is_some_and(|since| since.plus(span) <= at)
    }

    /// Whether everything was mended for good.
    pub(super) const fn is_mended(&self) -> bool {
        self.is_mended
    }

    /// Whether a process is there.
    pub(super) const fn lives(&self) -> bool {
        self.lives
    }
}

/// Lies about what becomes of a stop: numbers and states are told as they are, so nothing is broken for whoever reads.
const fn is_about_power(lie: &Lie) -> bool {
    matches!(
        lie,
        Lie::StopIgnored
            | Lie::StopFails
            | Lie::StopStuck
            | Lie::StopSlow { .. }
            | Lie::StopRefused { .. }
            | Lie::Restarts { .. }
            | Lie::JobGone
    )
}
