//! What exists in the world. Plain data; what happens to it stands in `ledger`, `run` and the dialects.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tidegate_meter::{Time, Window, WindowKind};

use super::{Curve, cycle};

/// Which of the provider's two sites an account belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Site {
    /// 中国站.
    China,
    /// 国际站.
    International,
}

/// A key pair. Every secret in the simulator is fake and says so.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Credential {
    /// The access key.
    pub ak: String,
    /// The secret key.
    pub sk: String,
    /// The security token of a temporary key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// What a key may do, by the provider's own action names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rights(BTreeSet<String>);

impl Rights {
    /// Everything the watch needs: lists, details, metrics, packages, balance; no action.
    #[must_use]
    pub fn watch() -> Self {
        Self::of(&[
            "ecs:cloudServers:list",
            "ecs:cloudServers:get",
            "ces:metricData:list",
            "ces:metrics:list",
            "vpc:publicIps:list",
            "vpc:bandwidths:list",
            "rms:resources:list",
            "bss:order:view",
            "bss:balance:view",
            "bss:bill:view",
            "iam:projects:list",
        ])
    }

    /// The watch rights, and stop and start.
    #[must_use]
    pub fn all() -> Self {
        let mut rights = Self::watch();
        rights.0.insert("ecs:cloudServers:stop".to_owned());
        rights.0.insert("ecs:cloudServers:start".to_owned());
        rights
    }

    /// Exactly these.
    #[must_use]
    pub fn of(actions: &[&str]) -> Self {
        Self(actions.iter().map(|&action| action.to_owned()).collect())
    }

    /// The same without one.
    #[must_use]
    pub fn without(mut self, action: &str) -> Self {
        self.0.remove(action);
        self
    }

    /// Whether it may stop servers.
    #[must_use]
    pub fn acts(&self) -> bool {
        self.allow("ecs:cloudServers:stop")
    }

    /// Whether the action is allowed.
    #[must_use]
    pub fn allow(&self, action: &str) -> bool {
        self.0.contains(action)
    }
}

/// How the gateway of BSS refuses too many calls.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Throttle {
    /// Calls of one account to one API within a second; 10 at the real one.
    pub per_second: usize,
    /// Refuse with the service's own `CBC.0250` instead of the gateway's `APIGW.0308`; both are seen.
    pub by_service: bool,
}

impl Default for Throttle {
    fn default() -> Self {
        Self {
            per_second: 10,
            by_service: false,
        }
    }
}

/// A region that an account may enter.
pub(crate) struct Project {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// A key of an account.
pub(crate) struct Key {
    pub(crate) credential: Credential,
    pub(crate) rights: Rights,
    pub(crate) user_id: String,
    pub(crate) expires: Option<Time>,
    pub(crate) failures: u32,
    pub(crate) locked_until: Option<Time>,
}

/// Calls of one API within the last second or minute, for throttling.
#[derive(Default)]
pub(crate) struct Recent(VecDeque<Time>);

impl Recent {
    /// Counts a call, or says that there were too many within `span`.
    pub(crate) fn take(&mut self, now: Time, span: Duration, limit: usize) -> bool {
        while self.0.front().is_some_and(|&at| at.plus(span) <= now || at > now) {
            self.0.pop_front();
        }
        if self.0.len() >= limit {
            return false;
        }
        self.0.push_back(now);
        true
    }
}

/// One customer of the cloud.
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) site: Site,
    pub(crate) domain_id: String,
    pub(crate) projects: Vec<Project>,
    pub(crate) keys: Vec<Key>,
    pub(crate) servers: Vec<Server>,
    pub(crate) packages: Vec<Package>,
    /// Money in the account at the start, in cents.
    pub(crate) balance_cents: i64,
    pub(crate) recent: Vec<(&'static str, Recent)>,
}

/// A public address with its bandwidth.
pub(crate) struct Eip {
    pub(crate) id: String,
    pub(crate) bandwidth_id: String,
    pub(crate) address: String,
    pub(crate) private: String,
    pub(crate) port_id: String,
    /// `5_bgp` dynamic, `5_sbgp` static.
    pub(crate) line: String,
    /// Mbit/s.
    pub(crate) size: u64,
    /// `traffic` or `bandwidth`.
    pub(crate) charge_mode: String,
}

/// What a server is busy with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Task {
    /// Towards running.
    pub(crate) up: bool,
    pub(crate) from: Time,
    pub(crate) until: Time,
}

/// A server.
pub(crate) struct Server {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) region: String,
    pub(crate) created: Time,
    /// The L instance it is part of.
    pub(crate) instance: Option<String>,
    pub(crate) eip: Eip,
    /// Since when it runs or stands, oldest first; an entry may lie ahead.
    pub(crate) power: Vec<(Time, bool)>,
    /// What it sends while running, and since when.
    pub(crate) traffic: Vec<(Time, Curve)>,
    pub(crate) task: Option<Task>,
    pub(crate) locked: bool,
}

impl Server {
    pub(crate) fn runs(&self, at: Time) -> bool {
        self.power
            .iter()
            .rev()
            .find(|(since, _)| *since <= at)
            .is_some_and(|(_, on)| *on)
    }

    pub(crate) fn launched(&self, at: Time) -> Time {
        self.power
            .iter()
            .rev()
            .find(|(since, on)| *since <= at && *on)
            .map_or(self.created, |(since, _)| *since)
    }

    /// The task under way at an instant.
    pub(crate) fn busy(&self, at: Time) -> Option<Task> {
        self.task.filter(|task| task.from <= at && at < task.until)
    }

    /// Forgets what was still ahead, and changes the power at an instant.
    pub(crate) fn switch(&mut self, now: Time, at: Time, on: bool) {
        self.power.retain(|(since, _)| *since <= now);
        if self.runs(at) != on {
            self.power.push((at, on));
        }
    }

    /// Bytes that left it between two instants.
    pub(crate) fn sent(&self, from: Time, to: Time) -> i64 {
        let mut sum = 0_i64;
        for (index, (since, on)) in self.power.iter().enumerate() {
            let end = self.power.get(index + 1).map_or(to, |(next, _)| *next);
            if *on {
                sum = sum.saturating_add(self.flowed(from.max(*since), to.min(end)));
            }
        }
        sum
    }

    fn flowed(&self, from: Time, to: Time) -> i64 {
        let mut sum = 0_i64;
        for (index, (since, curve)) in self.traffic.iter().enumerate() {
            let end = self.traffic.get(index + 1).map_or(to, |(next, _)| *next);
            let (from, to) = (from.max(*since), to.min(end));
            if from < to {
                sum = sum.saturating_add(curve.bytes(*since, from, to));
            }
        }
        sum
    }
}

/// Which traffic a package pays for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cover {
    /// That of these servers (ids): a Flexus L instance.
    Servers(Vec<String>),
    /// That of all by-traffic addresses of its region on this line (`5_bgp` or `5_sbgp`).
    Shared(String),
}

/// What happens to a package besides being used.
pub(crate) enum PackageEvent {
    /// More in this cycle.
    TopUp(i64),
    /// The provider corrects what was used, up or down.
    Correct(i64),
}

/// A traffic package. Amounts are bytes.
pub(crate) struct Package {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) product: String,
    pub(crate) order_id: String,
    pub(crate) order_instance_id: String,
    pub(crate) region: String,
    pub(crate) cover: Cover,
    pub(crate) bought: Time,
    pub(crate) expires: Time,
    pub(crate) quota: i64,
    pub(crate) monthly: bool,
    /// Used when the world starts.
    pub(crate) used: i64,
    pub(crate) events: Vec<(Time, PackageEvent)>,
    /// The provider's unit: 10 GB, 11 MB, 13 byte.
    pub(crate) measure_id: i64,
    /// How far the bill runs behind.
    pub(crate) lag: Duration,
    /// The bill moves in steps of this, counted from the epoch.
    pub(crate) step: Duration,
    /// Gone from the lists (unsubscribed).
    pub(crate) unsubscribed: Option<Time>,
}

impl Package {
    /// The window that counts at an instant.
    pub(crate) fn window(&self, at: Time) -> Window {
        let life = Window::told(WindowKind::Life, self.bought, Some(self.expires));
        if self.monthly {
            cycle::around(self.bought, at).unwrap_or(life)
        } else {
            life
        }
    }

    /// In effect at an instant.
    pub(crate) fn active(&self, at: Time) -> bool {
        self.bought <= at && at < self.expires && self.unsubscribed.is_none_or(|end| at < end)
    }
}

/// What a job does to one server.
pub(crate) struct JobPart {
    pub(crate) server: String,
    pub(crate) id: String,
    /// Code and text that it fails with.
    pub(crate) error: Option<(String, String)>,
}

/// A stop or start under way.
pub(crate) struct Job {
    pub(crate) id: String,
    pub(crate) project_id: String,
    pub(crate) up: bool,
    pub(crate) begun: Time,
    pub(crate) ends: Time,
    pub(crate) parts: Vec<JobPart>,
    /// Stays running whatever the clock says.
    pub(crate) stuck: bool,
}
