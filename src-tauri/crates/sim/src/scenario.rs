//! Worlds from a TOML file, for `tidegated sim --scenario`. An unknown key is an error.
//!
//! ```toml
//! seed = 7                     # optional
//! latency_ms = 0               # every answer takes so long
//! stop_delay = "10s"           # a stop or start takes so long
//!
//! [feishu]                     # the sink; left out: a random fake secret, no keyword
//! secret = "FAKE-secret"
//! keyword = "潮闸"
//!
//! [[account]]
//! name = "main"
//! count = 1                    # so many alike, as with servers
//! site = "china"               # or "international"
//! region = "cn-north-4"
//! rights = "all"               # or "watch", or a list of the provider's action names
//! extra_keys = ["watch"]       # more keys, by their rights
//! balance_cents = 10000
//!
//! [[account.server]]
//! name = "ecs-hk-01"
//! count = 1                    # so many alike: more than one are called name-001, name-002, …
//! mbit = 30                    # steady; or curve = { burst = { base = 0, peak = 1000000, every_s = 60, lasting_s = 5 } }
//! off = false                  # also: locked, by_bandwidth, line = "5_sbgp", region = "ap-southeast-1"
//!
//! [[account.server.package]]   # monthly, of this server
//! gib = 200
//! used_gib = 188
//! lag = "1h"                   # the bill runs so far behind
//! bought = "2026-01-05T02:00:00Z"   # optional
//! once = false                 # true: not renewed each month
//! measure_id = 10              # the unit it is told in
//!
//! [[account.shared]]           # for all by-traffic addresses of the region
//! name = "共享流量包"
//! gib = 100
//!
//! [[balance]]                  # money at a provider; none at all: one account at each of them
//! provider = "openai"
//! name = "lab"                 # letters, digits, hyphens; the fake keys contain it
//! left = "12.50"               # optional, as spent, cap and currency
//!
//! [[volcengine]]               # a main account of Volcengine
//! name = "main"
//! settling = "5s"              # a write shows so much later; also: root, rights, balance, bill_lag = "12h"
//! project = ["team-a"]         # beside default
//!
//! [[volcengine.user]]          # a sub-account; also: keys, inactive_keys, policies, granted, groups, console_open, role
//! name = "bob"
//! count = 1                    # so many alike, as with servers
//! login = true
//! endpoints = ["team-a"]       # also: instances, api_keys
//!
//! [[volcengine.user.spend]]
//! project = "team-a"
//! per_day = "24.5"             # up to six digits; also: product, discount_percent, coupon
//! by = "key"                   # or console, endpoint, instance, api_key, role, always
//! since = "40d"                # before the world; also: late = "3d", parts = 24 rows a day
//!
//! [[volcengine.meanwhile]]     # what somebody else does after so many calls of the client
//! after = "iam.ListAccessKeys"
//! calls = 1
//! deed = "create_key"
//! user = "bob"
//!
//! [[fault]]                    # as in the control route: lie, and optionally on, account, subject, after_s, for_s, times
//! lie = "throttled"
//! retry_after = 2
//! on = "bss.usages"
//! after_s = 60
//! for_s = 30
//! ```

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tidegate_meter::{Time, parse_span, print_span};

use crate::balances::Money;
use crate::volcengine::MainAccount;
use crate::world::{Builder, Curve, Fault, Rights, Site, World, gib, mbit};
use crate::{SimError, limits};

/// A described world.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    seed: Option<u64>,
    #[serde(default)]
    latency_ms: u64,
    stop_delay: Option<Span>,
    feishu: Option<SinkPart>,
    #[serde(default)]
    account: Vec<AccountPart>,
    #[serde(default)]
    balance: Vec<BalancePart>,
    #[serde(default)]
    volcengine: Vec<MainAccount>,
    #[serde(default)]
    fault: Vec<Fault>,
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BalancePart {
    provider: String,
    name: String,
    left: Option<String>,
    spent: Option<String>,
    cap: Option<String>,
    currency: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SinkPart {
    secret: Option<String>,
    keyword: Option<String>,
}

/// A span as text. Values are judged where they are read, so that a mistake names its line and field.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Span(pub(crate) Duration);

impl From<Span> for String {
    fn from(span: Span) -> Self {
        print_span(span.0)
    }
}

impl TryFrom<String> for Span {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        parse_span(&text).map(Self).map_err(|error| error.to_string())
    }
}

/// An amount of traffic that a package can have.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(try_from = "i64")]
struct Gib(i64);

impl TryFrom<i64> for Gib {
    type Error = String;

    fn try_from(amount: i64) -> Result<Self, String> {
        if (0..=limits::PACKAGE_GIB).contains(&amount) {
            Ok(Self(amount))
        } else {
            Err(format!("use a whole number from 0 to {}", limits::PACKAGE_GIB))
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(untagged)]
enum RightsText {
    Named(String),
    Listed(Vec<String>),
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "RightsText")]
enum RightsPart {
    All,
    Watch,
    Listed(Vec<String>),
}

impl TryFrom<RightsText> for RightsPart {
    type Error = String;

    fn try_from(text: RightsText) -> Result<Self, String> {
        match text {
            RightsText::Named(name) if name == "all" => Ok(Self::All),
            RightsText::Named(name) if name == "watch" => Ok(Self::Watch),
            RightsText::Named(name) => Err(format!("rights {name:?}: use \"all\", \"watch\" or a list")),
            RightsText::Listed(actions) => Ok(Self::Listed(actions)),
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountPart {
    name: String,
    count: Option<usize>,
    site: Option<Site>,
    region: Option<String>,
    rights: Option<RightsPart>,
    #[serde(default)]
    extra_keys: Vec<RightsPart>,
    balance_cents: Option<i64>,
    #[serde(default)]
    server: Vec<ServerPart>,
    #[serde(default)]
    shared: Vec<PackagePart>,
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ServerPart {
    name: String,
    count: Option<usize>,
    region: Option<String>,
    mbit: Option<u64>,
    curve: Option<Curve>,
    line: Option<String>,
    #[serde(default)]
    off: bool,
    #[serde(default)]
    locked: bool,
    #[serde(default)]
    by_bandwidth: bool,
    #[serde(default)]
    package: Vec<PackagePart>,
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PackagePart {
    name: Option<String>,
    region: Option<String>,
    gib: Gib,
    #[serde(default)]
    used_gib: Gib,
    lag: Option<Span>,
    bought: Option<Time>,
    #[serde(default)]
    once: bool,
    measure_id: Option<i64>,
}

impl Scenario {
    /// Reads the text of a scenario file.
    pub fn parse(text: &str) -> Result<Self, SimError> {
        toml::from_str(text).map_err(|error| SimError::Scenario(error.to_string()))
    }

    fn purses(&self, world: Builder) -> Result<Builder, SimError> {
        self.balance.iter().try_fold(world, |world, part| {
            let money = Money {
                left: part.left.clone(),
                spent: part.spent.clone(),
                cap: part.cap.clone(),
                currency: part.currency.clone(),
            };
            world.purse(&part.provider, &part.name, &money)
        })
    }

    /// A scenario that is part of the program, by its name; `quota` is the one there is.
    #[must_use]
    pub fn told(name: &str) -> Option<&'static str> {
        (name == "quota").then_some(include_str!("scenarios/quota.toml"))
    }

    /// The world that it describes; `seed` counts when the file names none.
    pub fn builder(&self, seed: u64) -> Result<Builder, SimError> {
        let mut world = World::new(self.seed.unwrap_or(seed)).latency(Duration::from_millis(self.latency_ms));
        if let Some(delay) = &self.stop_delay {
            world = world.stop_delay(delay.0);
        }
        if let Some(sink) = &self.feishu {
            world = world.feishu(sink.secret.as_deref(), sink.keyword.as_deref());
        }
        for account in &self.account {
            for name in names(&account.name, account.count) {
                world = account.add(world, &name);
            }
        }
        let world = self.fault.iter().cloned().fold(world, Builder::fault);
        let mut accounts = self.volcengine.iter().cloned();
        self.purses(accounts.try_fold(world, Builder::volcengine)?)
    }
}

/// One name, or numbered ones.
pub(crate) fn names(name: &str, count: Option<usize>) -> Vec<String> {
    match count {
        None | Some(1) => vec![name.to_owned()],
        Some(count) => (1..=count).map(|number| format!("{name}-{number:03}")).collect(),
    }
}

impl AccountPart {
    fn add(&self, world: Builder, name: &str) -> Builder {
        let home = self.region.as_deref().unwrap_or("cn-north-4");
        let mut world = world.account(name).region(home);
        world = match self.site {
            Some(site) => world.site(site),
            None => world,
        };
        world = match self.balance_cents {
            Some(cents) => world.balance(cents),
            None => world,
        };
        world = match &self.rights {
            Some(rights) => world.rights(rights.read()),
            None => world,
        };
        for rights in &self.extra_keys {
            world = world.key(rights.read());
        }
        for server in &self.server {
            let region = server.region.as_deref().unwrap_or(home);
            for name in names(&server.name, server.count) {
                world = server.add(world.region(region), &name);
            }
        }
        for package in &self.shared {
            let name = package.name.as_deref().unwrap_or("共享流量包_动态BGP");
            let region = package.region.as_deref().unwrap_or(home);
            world = package.finish(world.region(region).shared(name, gib(package.gib.0)));
        }
        world
    }
}

impl RightsPart {
    fn read(&self) -> Rights {
        match self {
            Self::All => Rights::all(),
            Self::Watch => Rights::watch(),
            Self::Listed(actions) => {
                let actions: Vec<&str> = actions.iter().map(String::as_str).collect();
                Rights::of(&actions)
            }
        }
    }
}

impl ServerPart {
    fn add(&self, world: Builder, name: &str) -> Builder {
        let mut world = world.server(name);
        if let Some(line) = &self.line {
            world = world.line(line);
        }
        if self.off {
            world = world.off();
        }
        if self.locked {
            world = world.locked();
        }
        if self.by_bandwidth {
            world = world.by_bandwidth();
        }
        if let Some(rate) = self.mbit {
            world = world.burn(mbit(rate));
        }
        if let Some(curve) = &self.curve {
            world = world.traffic(curve.clone());
        }
        for package in &self.package {
            world = package.finish(world.package(gib(package.gib.0)));
        }
        world
    }
}

impl PackagePart {
    fn finish(&self, mut world: Builder) -> Builder {
        world = world.used(gib(self.used_gib.0));
        if let Some(lag) = &self.lag {
            world = world.lag(lag.0);
        }
        if let Some(at) = self.bought {
            world = world.bought(at);
        }
        if self.once {
            world = world.once();
        }
        if let Some(id) = self.measure_id {
            world = world.measure(id);
        }
        world
    }
}
