//! The fluent description of a world. Owns how ids and secrets are made from the seed: the same seed and calls give the
//! same world. Each call speaks of the account, server or package that was named last.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tidegate_meter::{Clock, Time};

use super::make::{hex_text, new_key, new_package, new_server, uuid};
use super::model::Throttle;
use super::{
    Account, Cover, Curve, Fault, Faults, Log, Package, Project, Rights, Server, Site, State, World, days,
    gib, hours, mbit, minutes, seconds,
};
use crate::SimError;
use crate::balances::{Money, Purses};
use crate::feishu::Sink;
use crate::sinks::Sinks;
use crate::volcengine::{Accounts, MainAccount};

/// A package as described, before the world has a start.
struct Draft {
    package: Package,
    account: usize,
    /// Bought so long before the start.
    age: Duration,
    /// Lives so long from its purchase.
    life: Duration,
    /// Bought exactly then.
    bought: Option<Time>,
}

/// Describes a world; see [`World::new`].
pub struct Builder {
    rng: fastrand::Rng,
    accounts: Vec<Account>,
    drafts: Vec<Draft>,
    servers_off: Vec<(usize, usize)>,
    traffic: Vec<(usize, usize, Curve)>,
    region: String,
    sink: Sink,
    purses: Purses,
    volcengine: Vec<MainAccount>,
    faults: Vec<Fault>,
    stop_delay: Duration,
    latency: Duration,
    throttle: Throttle,
    expiring: Vec<(usize, usize, Duration)>,
}

impl Builder {
    pub(super) fn new(seed: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let sink = Sink::new(
            &format!("FAKE-{}", uuid(&mut rng)),
            Some(format!("FAKE{}", hex_text(&mut rng, 18))),
        );
        Self {
            rng,
            accounts: Vec::new(),
            drafts: Vec::new(),
            servers_off: Vec::new(),
            traffic: Vec::new(),
            region: "cn-north-4".to_owned(),
            sink,
            purses: Purses::default(),
            volcengine: Vec::new(),
            faults: Vec::new(),
            stop_delay: seconds(10),
            latency: Duration::ZERO,
            throttle: Throttle::default(),
            expiring: Vec::new(),
        }
    }

    pub(super) fn many(count: usize) -> Self {
        (0..count).fold(Self::new(1), |world, index| {
            world
                .account(&format!("acc-{index:04}"))
                .server(&format!("srv-{index:04}"))
                .package(gib(200))
                .used(gib(20))
                .burn(mbit(1))
                .lag(hours(1))
        })
    }

    pub(super) fn example(seed: u64) -> Self {
        Self::new(seed)
            .account("main")
            .key(Rights::watch())
            .region("ap-southeast-1")
            .region("cn-north-4")
            .server("ecs-hk-01")
            .package(gib(200))
            .used(gib(188))
            .burn(mbit(30))
            .server("ecs-hk-02")
            .package(gib(1024))
            .used(gib(100))
            .burn(mbit(2))
            .server("ecs-off-03")
            .package(gib(500))
            .off()
            .server("ecs-plain-04")
            .burn(mbit(5))
            .shared("共享流量包_动态BGP_100GB", gib(100))
            .used(gib(40))
    }

    /// An account of the China site with one key that may do everything. It may enter `cn-north-4` unless
    /// [`Self::region`] says otherwise.
    #[must_use]
    pub fn account(mut self, name: &str) -> Self {
        let domain_id = hex_text(&mut self.rng, 32);
        "cn-north-4".clone_into(&mut self.region);
        self.accounts.push(Account {
            name: name.to_owned(),
            site: Site::China,
            domain_id,
            projects: Vec::new(),
            keys: Vec::new(),
            servers: Vec::new(),
            packages: Vec::new(),
            balance_cents: 10_000,
            recent: Vec::new(),
        });
        self.key(Rights::all())
    }

    /// The site of the account.
    #[must_use]
    pub fn site(mut self, site: Site) -> Self {
        if let Some(account) = self.accounts.last_mut() {
            account.site = site;
        }
        self
    }

    /// A region that the account may enter; what follows lies in it.
    #[must_use]
    pub fn region(mut self, name: &str) -> Self {
        name.clone_into(&mut self.region);
        self.enter(name);
        self
    }

    /// One more key of the account.
    #[must_use]
    pub fn key(mut self, rights: Rights) -> Self {
        let key = new_key(&mut self.rng, rights, None);
        if let Some(account) = self.accounts.last_mut() {
            account.keys.push(key);
        }
        self
    }

    /// One more key of the account, temporary: it has a token and ends `life` after the start.
    #[must_use]
    pub fn temporary_key(mut self, rights: Rights, life: Duration) -> Self {
        let token = format!("FAKE.token.{}", hex_text(&mut self.rng, 40));
        let key = new_key(&mut self.rng, rights, Some(token));
        let account = self.accounts.len().saturating_sub(1);
        if let Some(last) = self.accounts.last_mut() {
            self.expiring.push((account, last.keys.len(), life));
            last.keys.push(key);
        }
        self
    }

    /// Replaces the rights of the account's first key.
    #[must_use]
    pub fn rights(mut self, rights: Rights) -> Self {
        if let Some(key) = self
            .accounts
            .last_mut()
            .and_then(|account| account.keys.first_mut())
        {
            key.rights = rights;
        }
        self
    }

    /// Money in the account, in cents.
    #[must_use]
    pub fn balance(mut self, cents: i64) -> Self {
        if let Some(account) = self.accounts.last_mut() {
            account.balance_cents = cents;
        }
        self
    }

    /// A running server with a by-traffic address on the dynamic line. Makes an account `main` when there is none.
    #[must_use]
    pub fn server(mut self, name: &str) -> Self {
        if self.accounts.is_empty() {
            self = self.account("main");
        }
        let region = self.region.clone();
        self.enter(&region);
        let number = self.accounts.iter().map(|account| account.servers.len()).sum();
        let server = new_server(&mut self.rng, name, &region, number);
        if let Some(account) = self.accounts.last_mut() {
            account.servers.push(server);
        }
        self
    }

    /// The server stands.
    #[must_use]
    pub fn off(mut self) -> Self {
        self.servers_off.extend(self.last_server());
        self
    }

    /// The server is locked against actions.
    #[must_use]
    pub fn locked(self) -> Self {
        self.each_server(|server| server.locked = true)
    }

    /// The server is billed by bandwidth: no package pays for it.
    #[must_use]
    pub fn by_bandwidth(self) -> Self {
        self.each_server(|server| "bandwidth".clone_into(&mut server.eip.charge_mode))
    }

    /// The server's address is on this line: `5_bgp` or `5_sbgp`.
    #[must_use]
    pub fn line(self, line: &str) -> Self {
        self.each_server(|server| line.clone_into(&mut server.eip.line))
    }

    /// The server sends at a steady rate (bits per second) while it runs.
    #[must_use]
    pub fn burn(self, rate: u64) -> Self {
        self.traffic(Curve::Steady(rate))
    }

    /// The server sends by this curve while it runs.
    #[must_use]
    pub fn traffic(mut self, curve: Curve) -> Self {
        if let Some((account, server)) = self.last_server() {
            self.traffic.push((account, server, curve));
        }
        self
    }

    /// A monthly package of the server named last, of so many bytes each cycle, bought ten days before the start: a
    /// Flexus L instance.
    #[must_use]
    pub fn package(mut self, bytes: i64) -> Self {
        let Some((account, index)) = self.last_server() else {
            return self;
        };
        let instance = hex_text(&mut self.rng, 24);
        let Some(server) = self
            .accounts
            .get_mut(account)
            .and_then(|account| account.servers.get_mut(index))
        else {
            return self;
        };
        server.instance.get_or_insert(instance);
        let cover = Cover::Servers(vec![server.id.clone()]);
        let (name, region) = (server.name.clone(), server.region.clone());
        let mut package = new_package(&mut self.rng, &name, &region, cover, bytes);
        package.monthly = true;
        self.draft(package, days(365))
    }

    /// A monthly package of that name for these servers of the account, else like [`Self::package`].
    #[must_use]
    pub fn package_of(mut self, name: &str, servers: &[&str], bytes: i64) -> Self {
        let region = self.region.clone();
        let Some(account) = self.accounts.last_mut() else {
            return self;
        };
        let mut ids = Vec::new();
        for server in &mut account.servers {
            if servers.contains(&server.name.as_str()) {
                let instance = hex_text(&mut self.rng, 24);
                server.instance.get_or_insert(instance);
                ids.push(server.id.clone());
            }
        }
        let cover = Cover::Servers(ids);
        let mut package = new_package(&mut self.rng, name, &region, cover, bytes);
        package.monthly = true;
        self.draft(package, days(365))
    }

    /// A package for all by-traffic addresses of the region on the dynamic line, for half a year, not monthly.
    #[must_use]
    pub fn shared(mut self, name: &str, bytes: i64) -> Self {
        let region = self.region.clone();
        let cover = Cover::Shared("5_bgp".to_owned());
        let package = new_package(&mut self.rng, name, &region, cover, bytes);
        self.draft(package, days(182))
    }

    /// So much of the package is used at the start.
    #[must_use]
    pub fn used(self, bytes: i64) -> Self {
        self.each_package(|draft| draft.package.used = bytes)
    }

    /// The bill of the package runs so far behind, and moves every hour, or every lag if that is shorter.
    #[must_use]
    pub fn lag(self, lag: Duration) -> Self {
        self.each_package(|draft| {
            draft.package.lag = lag;
            draft.package.step = lag.min(hours(1)).max(Duration::from_millis(1));
        })
    }

    /// The bill of the package moves in steps of this.
    #[must_use]
    pub fn step(self, step: Duration) -> Self {
        self.each_package(|draft| draft.package.step = step)
    }

    /// The package was bought so long before the start.
    #[must_use]
    pub fn bought_ago(self, age: Duration) -> Self {
        self.each_package(|draft| draft.age = age)
    }

    /// The package was bought at this instant.
    #[must_use]
    pub fn bought(self, at: Time) -> Self {
        self.each_package(|draft| draft.bought = Some(at))
    }

    /// The package lives so long from its purchase.
    #[must_use]
    pub fn life(self, life: Duration) -> Self {
        self.each_package(|draft| draft.life = life)
    }

    /// The package is told in this unit: 10 GB, 11 MB, 13 byte.
    #[must_use]
    pub fn measure(self, id: i64) -> Self {
        self.each_package(|draft| draft.package.measure_id = id)
    }

    /// The package is not renewed each month: what is used is used.
    #[must_use]
    pub fn once(self) -> Self {
        self.each_package(|draft| draft.package.monthly = false)
    }

    /// A lie that holds from the start, or from its own delay.
    #[must_use]
    pub fn fault(mut self, fault: impl Into<Fault>) -> Self {
        self.faults.push(fault.into());
        self
    }

    /// A stop or start takes so long.
    #[must_use]
    pub const fn stop_delay(mut self, span: Duration) -> Self {
        self.stop_delay = span;
        self
    }

    /// Every answer takes so long.
    #[must_use]
    pub const fn latency(mut self, span: Duration) -> Self {
        self.latency = span;
        self
    }

    /// How many calls are too many.
    #[must_use]
    pub const fn throttle(mut self, throttle: Throttle) -> Self {
        self.throttle = throttle;
        self
    }

    /// An account with money at one of [`crate::balances::providers`]. A world in which none is described has one at
    /// each of them, called as the provider.
    pub fn purse(mut self, provider: &str, name: &str, money: &Money) -> Result<Self, SimError> {
        self.purses.open(provider, name)?;
        self.purses.named(name)?.set(money)?;
        Ok(self)
    }

    /// A main account of Volcengine, with its sub-accounts; see [`crate::volcengine`].
    pub fn volcengine(mut self, account: MainAccount) -> Result<Self, SimError> {
        self.volcengine.push(account);
        // What is wrong with a description does not depend on the time that it is opened at.
        Accounts::check(&self.volcengine)?;
        Ok(self)
    }

    /// The message sink's secret and keyword.
    #[must_use]
    pub fn feishu(mut self, secret: Option<&str>, keyword: Option<&str>) -> Self {
        self.sink.secret = secret.map(str::to_owned);
        self.sink.keyword = keyword.map(str::to_owned);
        self
    }

    /// The world begins now by this clock, which is its own: a virtual one for tests, a live one behind HTTP.
    #[must_use]
    pub fn build(self, clock: Arc<dyn Clock>) -> World {
        let start = clock.now().wall;
        let state = self.begin(start);
        World {
            clock,
            state: Arc::new(Mutex::new(state)),
        }
    }

    /// The world begins now by the machine's own clock: what a world behind HTTP needs.
    #[must_use]
    pub fn build_live(self) -> World {
        self.build(Arc::new(crate::time::ScaledTimer::live()))
    }

    fn begin(mut self, start: Time) -> State {
        if self.purses.is_empty() {
            self.purses.open_everywhere();
        }
        for account in &mut self.accounts {
            if account.projects.is_empty() {
                enter(&mut self.rng, account, "cn-north-4");
            }
            for server in &mut account.servers {
                server.created = start.minus(days(30));
                server.power = vec![(server.created, true)];
            }
        }
        for (account, server) in &self.servers_off {
            if let Some(server) = server_of(&mut self.accounts, *account, *server) {
                server.power = vec![(server.created, false)];
            }
        }
        for (account, server, curve) in self.traffic.drain(..) {
            if let Some(server) = server_of(&mut self.accounts, account, server) {
                server.traffic.push((start, curve));
            }
        }
        for (account, key, life) in &self.expiring {
            let account = self.accounts.get_mut(*account);
            if let Some(key) = account.and_then(|account| account.keys.get_mut(*key)) {
                key.expires = Some(start.plus(*life));
            }
        }
        place(&mut self.accounts, self.drafts, start);
        let mut faults = Faults::default();
        for fault in self.faults {
            faults.add(start, fault);
        }
        let mut state = State {
            start,
            advanced: Duration::ZERO,
            rng: self.rng,
            accounts: self.accounts,
            keys: HashMap::new(),
            faults,
            log: Log::default(),
            sink: self.sink,
            sinks: Sinks::default(),
            purses: self.purses,
            volcengine: Accounts::of(&self.volcengine, start),
            stop_delay: self.stop_delay,
            latency: self.latency,
            throttle: self.throttle,
            jobs: Vec::new(),
        };
        state.index_keys();
        state
    }

    fn enter(&mut self, region: &str) {
        if let Some(account) = self.accounts.last_mut() {
            enter(&mut self.rng, account, region);
        }
    }

    fn last_server(&self) -> Option<(usize, usize)> {
        let account = self.accounts.len().checked_sub(1)?;
        let server = self.accounts.get(account)?.servers.len().checked_sub(1)?;
        Some((account, server))
    }

    fn each_server(mut self, change: impl Fn(&mut Server)) -> Self {
        if let Some((account, server)) = self.last_server()
            && let Some(server) = server_of(&mut self.accounts, account, server)
        {
            change(server);
        }
        self
    }

    fn each_package(mut self, change: impl Fn(&mut Draft)) -> Self {
        if let Some(draft) = self.drafts.last_mut() {
            change(draft);
        }
        self
    }

    fn draft(mut self, package: Package, life: Duration) -> Self {
        self.drafts.push(Draft {
            package,
            account: self.accounts.len().saturating_sub(1),
            age: days(10).saturating_add(minutes(17)),
            life,
            bought: None,
        });
        self
    }
}

fn place(accounts: &mut [Account], drafts: Vec<Draft>, start: Time) {
    for draft in drafts {
        let mut package = draft.package;
        package.bought = draft.bought.unwrap_or(start.minus(draft.age));
        package.expires = package.bought.plus(draft.life);
        if let Some(account) = accounts.get_mut(draft.account) {
            account.packages.push(package);
        }
    }
}

fn server_of(accounts: &mut [Account], account: usize, server: usize) -> Option<&mut Server> {
    accounts.get_mut(account)?.servers.get_mut(server)
}

fn enter(rng: &mut fastrand::Rng, account: &mut Account, region: &str) {
    if !account.projects.iter().any(|project| project.name == region) {
        account.projects.push(Project {
            id: hex_text(rng, 32),
            name: region.to_owned(),
        });
    }
}
