//! The simulated clouds of a bench: the process that answers as one, what a guard is told of it, and the configuration
//! that follows from that.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tidegate_engine::Environment;
use tidegate_engine::config::{AccountConfig, Config, GuardConfig, MeterChoice, Params, SecretRef};
use tidegate_guard::{ActionKind, Belts, Limit, Mode, RestartPolicy, Step};
use tidegate_meter::{Quantity, Unit};
use tidegate_providers::specs::{BUILT_IN, OwnSpecs, Registry};
use tidegate_sim::World;
use tidegate_sim::balances::Money;
use tidegate_sim::time::ScaledTimer;

use crate::child::Running;
use crate::role;

/// An interval so long that no look of the schedule falls into a measure.
pub(crate) const LONG: Duration = Duration::from_secs(6 * 3600);

/// The provider of the balances: one request and one meter a look.
const SELLER: &str = "stepfun";

/// The same provider under another name.
const HURRIED: &str = "bench";

/// What the accounts of a cloud hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// One traffic package each.
    Packages,
    /// One balance each, which a spec reads.
    Balances,
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::Packages => "packages",
            Self::Balances => "balances",
        }
    }
}

impl FromStr for Kind {
    type Err = anyhow::Error;

    fn from_str(word: &str) -> anyhow::Result<Self> {
        let known = [Self::Packages, Self::Balances].into_iter();
        match known.into_iter().find(|kind| kind.word() == word) {
            Some(kind) => Ok(kind),
            None => bail!("no kind of account is called {word}"),
        }
    }
}

/// What the guard needs to know of a cloud.
#[derive(Serialize, Deserialize)]
pub(crate) struct Cloud {
    /// Where it listens.
    pub base: String,
    kind: Kind,
    /// The keys of each account, by field. All of them made up.
    accounts: BTreeMap<String, BTreeMap<String, String>>,
}

/// Starts a cloud as a process of its own.
pub(crate) fn start(kind: Kind, accounts: u32) -> anyhow::Result<(Running, Cloud)> {
    let mut running = Running::role(&["cloud", kind.word(), &accounts.to_string()])?;
    let told = serde_json::from_value(running.hear()?)?;
    Ok((running, told))
}

/// That process: serves the accounts; a line `{"latency_ms": N}` changes how long each answer takes and tells the requests
/// so far.
pub(crate) async fn serve(kind: Kind, accounts: usize) -> anyhow::Result<()> {
    let world = world(kind, accounts)?;
    let listening = tidegate_sim::listen("127.0.0.1:0", world.clone()).await?;
    let told = Cloud::of(&world, kind, format!("http://{}", listening.addr))?;
    let serving = tokio::spawn(listening.run());
    role::say(&serde_json::to_value(told)?)?;
    while let Some(order) = role::hear().await? {
        let latency = order.get("latency_ms").and_then(Value::as_u64).unwrap_or(0);
        world.set_latency(Duration::from_millis(latency));
        let requests = world.requests().len();
        world.clear_requests();
        role::say(&json!({ "requests": requests }))?;
    }
    serving.abort();
    Ok(())
}

fn world(kind: Kind, accounts: usize) -> anyhow::Result<World> {
    let clock = Arc::new(ScaledTimer::live());
    if kind == Kind::Packages {
        return Ok(World::many(accounts).build(clock));
    }
    let mut builder = World::new(7);
    for number in 0..accounts {
        let money = Money {
            left: Some(format!("{}.25", 100 + number)),
            ..Money::default()
        };
        builder = builder.purse(SELLER, &format!("s{number:04}"), &money)?;
    }
    Ok(builder.build(clock))
}

impl Cloud {
    /// What a guard is told of the accounts of a simulated world behind `base`.
    pub(crate) fn of(world: &World, kind: Kind, base: String) -> anyhow::Result<Self> {
        let accounts = match kind {
            Kind::Packages => packages(world)?,
            Kind::Balances => balances(world)?,
        };
        Ok(Self { base, kind, accounts })
    }

    /// The made-up keys under the names that the configuration refers to.
    pub(crate) fn variables(&self) -> Vec<(String, String)> {
        let of = |(name, keys): (&String, &BTreeMap<String, String>)| {
            let name = name.clone();
            let named = keys
                .iter()
                .map(|(field, value)| (variable(field, &name), value.clone()));
            named.collect::<Vec<_>>()
        };
        self.accounts.iter().flat_map(of).collect()
    }

    /// The same for a guard within this process.
    pub(crate) fn environment(&self) -> Environment {
        let secrets: BTreeMap<String, String> = self.variables().into_iter().collect();
        Arc::new(move |name| secrets.get(name).cloned().map(SecretString::from))
    }

    /// Its accounts, each with one guard on every meter.
    pub(crate) fn config(&self, interval: Duration) -> anyhow::Result<Config> {
        let mut config = Config::default();
        for (name, keys) in &self.accounts {
            config.accounts.push(self.account(name, keys, interval)?);
            config.guards.push(self.guard(name)?);
        }
        Ok(config)
    }

    /// The same for rounds that follow each other at once: a balance may be asked for again after a second, not a minute.
    pub(crate) fn hurried(&self) -> anyhow::Result<(Config, Arc<Registry>)> {
        let mut config = self.config(LONG)?;
        for account in config.accounts.iter_mut().filter(|item| item.provider == SELLER) {
            account.provider = HURRIED.to_owned();
        }
        let text = BUILT_IN
            .iter()
            .find(|(id, _)| *id == SELLER)
            .context("the spec")?
            .1;
        let text = text
            .replace(&format!("id = \"{SELLER}\""), &format!("id = \"{HURRIED}\""))
            .replace("min_interval = \"1m\"", "min_interval = \"1s\"");
        let mut own = OwnSpecs::default();
        own.add(format!("{HURRIED}.toml"), &text);
        ensure!(own.faults().is_empty(), "the spec: {:?}", own.faults());
        let registry = Registry::default();
        registry.replace(own);
        Ok((config, Arc::new(registry)))
    }

    fn account(
        &self,
        name: &str,
        keys: &BTreeMap<String, String>,
        interval: Duration,
    ) -> anyhow::Result<AccountConfig> {
        let (provider, site, regions) = match self.kind {
            Kind::Packages => ("huawei", "china", vec!["cn-north-4".to_owned()]),
            Kind::Balances => (SELLER, "", Vec::new()),
        };
        let refer = |field: &String| (field.clone(), SecretRef::Env(variable(field, name)));
        Ok(AccountConfig {
            id: name.parse()?,
            provider: provider.to_owned(),
            name: name.to_owned(),
            enabled: true,
            site: site.to_owned(),
            regions,
            interval,
            interval_near: interval,
            endpoint: Some(self.base.clone()),
            params: Params::new(),
            secret: keys.keys().map(refer).collect(),
            act_secret: BTreeMap::new(),
            mappings: Vec::new(),
            protect: Vec::new(),
        })
    }

    fn guard(&self, name: &str) -> anyhow::Result<GuardConfig> {
        let percent = |text: &str| Quantity::parse(text, Unit::Percent).map(Step::Share);
        let (steps, limit) = match self.kind {
            Kind::Packages => (
                vec![percent("70")?, percent("85")?, percent("95")?],
                Some(Limit::Headroom(Quantity::bytes(10_000_000_000))),
            ),
            Kind::Balances => (vec!["20 CNY".parse()?, "5 CNY".parse()?], None),
        };
        Ok(GuardConfig {
            id: format!("{name}-guard").parse()?,
            account: name.parse()?,
            meter: MeterChoice::All,
            enabled: true,
            steps,
            limit,
            action: ActionKind::Stop,
            countdown: Duration::from_secs(60),
            mode: Mode::Watch,
            belts: Belts::default(),
            bandwidth_mbit: None,
            forced: false,
            restart: RestartPolicy::default(),
            start_after_reset: false,
            channels: Vec::new(),
        })
    }
}

fn packages(world: &World) -> anyhow::Result<BTreeMap<String, BTreeMap<String, String>>> {
    let keys = |name: String| {
        let key = world.credentials(&name)?.into_iter().next().context("a key")?;
        let keys = BTreeMap::from([("ak".to_owned(), key.ak), ("sk".to_owned(), key.sk)]);
        Ok((name, keys))
    };
    world.accounts().into_iter().map(keys).collect()
}

fn balances(world: &World) -> anyhow::Result<BTreeMap<String, BTreeMap<String, String>>> {
    let mut accounts = BTreeMap::new();
    // They are numbered without a hole.
    for number in 0.. {
        let name = format!("s{number:04}");
        let Ok(keys) = world.purse(&name) else {
            break;
        };
        let keys = keys.into_iter().map(|(field, value)| (field.to_owned(), value));
        accounts.insert(name, keys.collect());
    }
    Ok(accounts)
}

fn variable(field: &str, account: &str) -> String {
    format!("{}_{account}", field.to_uppercase())
}
