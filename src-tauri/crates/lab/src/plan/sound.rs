//! What a sound plan is. Owns the names of a plan's cast and which of them a deed cannot do without: a plan that was read,
//! drawn or shrunk names nobody who is not there, and nothing happens outside of its span. Tested in `tests/draw.rs`.

use std::collections::BTreeSet;

use tidegate_meter::{Quantity, Unit, Zone};
use tidegate_sim::volcengine;

use super::{CloudPlan, Deed, Mode, Plan, UserDeed, WorldDeed};

/// The name of a sub-account among those of a plan: `maple/ann`.
fn user_name(main: &str, user: &str) -> String {
    format!("{main}/{user}")
}

impl Plan {
    /// Everybody and everything that a deed can be about: accounts, servers, packages, guards by their ids, sub-accounts
    /// as `main/user`, devices, platforms. In the order of the plan; a name that stands twice is a mistake.
    #[must_use]
    pub fn cast(&self) -> Vec<String> {
        let clouds = self.clouds.iter().flat_map(|cloud| {
            let servers = cloud.servers.iter().map(|server| server.name.clone());
            let packages = cloud.packages.iter().map(|package| package.name.clone());
            servers.chain(packages).chain([cloud.name.clone()])
        });
        let mains = self.mains.iter().flat_map(|main| {
            let users = main.users.iter().map(|user| user_name(&main.name, &user.name));
            users.chain([main.name.clone()])
        });
        let guards = self.guards().into_iter().map(|(id, _)| id);
        let purses = self.purses.iter().map(|purse| purse.name.clone());
        let devices = self.devices.iter().map(|device| device.name.clone());
        let subscriptions = self.subscriptions.iter().map(|of| of.name.clone());
        let sinks = self.sinks.iter().map(|sink| sink.kind.clone());
        clouds
            .chain(mains)
            .chain(guards)
            .chain(purses)
            .chain(devices)
            .chain(subscriptions)
            .chain(sinks)
            .collect()
    }

    /// Everything that is wrong with it, in words; empty: it can be played.
    #[must_use]
    pub fn mistakes(&self) -> Vec<String> {
        let mut found = self.of_times();
        found.extend(self.of_names());
        found.extend(self.clouds.iter().flat_map(of_cloud));
        found.extend(self.of_money());
        found
    }

    fn of_times(&self) -> Vec<String> {
        let mut found = Vec::new();
        if self.span_s == 0 {
            found.push("span_s: 0; it lasts at least a second".to_owned());
        }
        if self.zone.parse::<Zone>().is_err() {
            found.push(format!("zone: {:?} is no time zone", self.zone));
        }
        match (self.mode, self.heal_at_s) {
            (Mode::Safety, None) => {}
            (Mode::Liveness, Some(at)) if at < self.span_s => {}
            (mode, at) => found.push(format!(
                "heal_at_s: {at:?} in mode {mode:?}; only liveness heals, and before the end"
            )),
        }
        let mut last = 0;
        for timed in &self.events {
            if timed.at_s < last || timed.at_s > self.span_s {
                found.push(format!(
                    "events: second {} is out of order or after the end",
                    timed.at_s
                ));
            }
            last = timed.at_s;
        }
        found
    }

    fn of_names(&self) -> Vec<String> {
        let mut cast = BTreeSet::new();
        let mut found = Vec::new();
        for name in self.cast() {
            if !cast.insert(name.clone()) {
                found.push(format!("{name}: two are called so"));
            }
        }
        for timed in &self.events {
            let strangers = timed.deed.names().into_iter().filter(|name| !cast.contains(name));
            found.extend(strangers.map(|name| format!("events: at {} s: there is no {name}", timed.at_s)));
            found.extend(unreadable(&timed.deed));
        }
        found
    }

    fn of_money(&self) -> Vec<String> {
        let purses = self.purses.iter().map(|purse| &purse.left);
        let users = self.mains.iter().flat_map(|main| &main.users);
        let users = users.flat_map(|user| user.allocated.iter().chain([&user.per_day]));
        let bad = purses
            .chain(users)
            .filter(|text| Quantity::parse(text, Unit::Credits).is_err());
        bad.map(|text| format!("{text:?} is no amount of money"))
            .collect()
    }
}

fn of_cloud(cloud: &CloudPlan) -> Vec<String> {
    let mut found = Vec::new();
    if cloud.interval_s == 0 || cloud.interval_near_s == 0 || cloud.interval_near_s > cloud.interval_s {
        found.push(format!(
            "{}: interval_near_s is above 0 and at most interval_s",
            cloud.name
        ));
    }
    for package in &cloud.packages {
        let is_there = |name: &String| cloud.servers.iter().any(|server| server.name == *name);
        if package.servers.is_empty() || !package.servers.iter().all(is_there) {
            found.push(format!("{}: servers: name those of {}", package.name, cloud.name));
        }
        if package.quota <= 0 || !(0..=package.quota).contains(&package.used) {
            found.push(format!(
                "{}: used is within the quota, which is above 0",
                package.name
            ));
        }
    }
    found
}

/// Only other hands are written in words that the plan does not check by itself.
fn unreadable(deed: &Deed) -> Option<String> {
    let Deed::World(WorldDeed::Volcengine { deed, .. }) = deed else {
        return None;
    };
    let read = serde_json::from_value::<volcengine::Deed>(deed.clone());
    read.err()
        .map(|error| format!("events: a deed of other hands: {error}"))
}

impl Deed {
    /// Whom of [`Plan::cast`] it cannot do without.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        match self {
            Self::World(deed) => of_world(deed),
            Self::User(deed) => of_user(deed),
            Self::Machine(_) | Self::Disk(_) => Vec::new(),
        }
    }
}

fn of_world(deed: &WorldDeed) -> Vec<String> {
    match deed {
        WorldDeed::Lie { fault } => fault.account.iter().chain(&fault.subject).cloned().collect(),
        WorldDeed::Power { server, .. } | WorldDeed::Traffic { server, .. } => vec![server.clone()],
        WorldDeed::TopUp { package, .. }
        | WorldDeed::Correct { package, .. }
        | WorldDeed::Renew { package, .. }
        | WorldDeed::Unsubscribe { package } => vec![package.clone()],
        WorldDeed::Foreign { cloud, .. } | WorldDeed::RotateKey { cloud } => vec![cloud.clone()],
        WorldDeed::Money { purse, .. } => vec![purse.clone()],
        WorldDeed::Volcengine { main, deed } => {
            let user = deed.get("user").and_then(serde_json::Value::as_str);
            let user = user.map(|user| user_name(main, user));
            [main.clone()].into_iter().chain(user).collect()
        }
        WorldDeed::KernelRestart { device } | WorldDeed::KernelLie { device, .. } => vec![device.clone()],
        WorldDeed::PanelLie { subscription, .. } | WorldDeed::PanelReset { subscription } => {
            vec![subscription.clone()]
        }
        WorldDeed::Latency { .. } => Vec::new(),
    }
}

fn of_user(deed: &UserDeed) -> Vec<String> {
    match deed {
        UserDeed::Arm { guard, .. }
        | UserDeed::Disarm { guard }
        | UserDeed::Cancel { guard }
        | UserDeed::Snooze { guard, .. }
        | UserDeed::Acknowledge { guard }
        | UserDeed::Restore { guard }
        | UserDeed::Limit { guard, .. }
        | UserDeed::WhatIf { guard, .. } => vec![guard.clone()],
        UserDeed::Protect { cloud, server } => vec![cloud.clone(), server.clone()],
        UserDeed::Allocate { main, user, .. } => vec![main.clone(), user_name(main, user)],
        UserDeed::Pause { .. } | UserDeed::Resume => Vec::new(),
    }
}
