//! The house of a plan: the simulated world behind it, the configuration over it, and the secrets that both know.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tidegate_engine::config::{
    AccountConfig, ChannelConfig, Config, GuardConfig, MeterChoice, Params, SecretRef, SecretRefs,
};
use tidegate_guard::{ActionKind, Belts, Mode, RestartPolicy, Severity};
use tidegate_meter::{AccountId, ChannelId, GuardId, Lang, MeterId, TargetId, Time, Zone};
use tidegate_sim::{Builder, Rights, SimError, World, seconds};
use tidegate_vault::Fields;

use crate::plan::{CloudPlan, DevicePlan, GuardPlan, PackagePlan, Plan, SinkPlan};
use crate::stage::agents::Agent;
use crate::stage::kernel::{Kernels, LabKernel};
use crate::stage::money;
use crate::stage::panel::Panels;
use crate::stage::vault::item;
use crate::time::Tide;

/// Where every simulated service stands; the wire is in process, so that the address leads nowhere.
const BASE: &str = "http://127.0.0.1:18080";

/// Why a plan cannot be played; names the entry.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StageError {
    #[error("{0}: {1}")]
    Name(String, tidegate_meter::IdError),
    #[error("{0}")]
    World(#[from] SimError),
    #[error("sinks: {0:?} is none of feishu, dingtalk, wecom, slack, webhook")]
    Sink(String),
    #[error("{0:?} is no amount of money")]
    Amount(String),
    #[error("zone: {0}")]
    Zone(String),
    #[error("the database: {0}")]
    Store(#[from] tidegate_store::StoreError),
    #[error("the engine: {0}")]
    Engine(#[from] tidegate_engine::EngineError),
    #[error("the system: {0}")]
    System(#[from] std::io::Error),
}

/// Everything that stands before the first life.
pub(crate) struct House {
    pub(crate) world: World,
    pub(crate) config: Config,
    pub(crate) items: BTreeMap<String, Fields>,
    pub(crate) kernels: Kernels,
    pub(crate) agents: Vec<Arc<Agent>>,
    pub(crate) panels: Panels,
}

impl House {
    /// Builds it as of the plan's start.
    pub(crate) fn build(plan: &Plan, zone: &Zone, tide: &Arc<Tide>) -> Result<Self, StageError> {
        let world = world(plan)?.build(tide.outside());
        let mut house = Self {
            config: Config::default(),
            items: cloud_keys(plan, &world)?,
            kernels: Kernels::new(),
            agents: Vec::new(),
            panels: Panels::new(),
            world,
        };
        for cloud in &plan.clouds {
            house.cloud(cloud)?;
        }
        for purse in &plan.purses {
            house.purse(purse)?;
        }
        for main in &plan.mains {
            house.main(main)?;
        }
        for subscription in &plan.subscriptions {
            house.subscription(subscription, tide)?;
        }
        for renewal in &plan.renewals {
            house.renewal(renewal, plan.start, zone)?;
        }
        for (device, number) in plan.devices.iter().zip(1..) {
            house.device(device, number, (plan.start, tide))?;
        }
        for sink in &plan.sinks {
            house.sink(sink)?;
        }
        Ok(house)
    }

    /// A kernel that the guard watches itself is an account; an agent is known when it has enrolled.
    fn device(
        &mut self,
        plan: &DevicePlan,
        number: u8,
        (start, tide): (Time, &Arc<Tide>),
    ) -> Result<(), StageError> {
        if plan.is_agent {
            let agent = Agent::new(plan, number, start).map_err(|error| named(&plan.name, error))?;
            self.agents.push(agent);
            return Ok(());
        }
        let id = account_id(&plan.name)?;
        self.kernels.insert(id.clone(), LabKernel::new(plan, tide));
        self.config.accounts.push(AccountConfig {
            endpoint: None,
            params: Params::from([("device".to_owned(), plan.name.clone())]),
            ..account(id, "proxy")
        });
        Ok(())
    }

    fn cloud(&mut self, plan: &CloudPlan) -> Result<(), StageError> {
        let id = account_id(&plan.name)?;
        let refs = |role: &str| vault_refs(&format!("{}-{role}", plan.name), &["ak", "sk"]);
        let act_secret = if plan.has_act_key {
            refs("act")
        } else {
            SecretRefs::new()
        };
        let protected = plan.servers.iter().filter(|server| server.is_protected);
        let protect: Result<Vec<TargetId>, StageError> =
            protected.map(|server| self.target(&server.name)).collect();
        self.config.accounts.push(AccountConfig {
            interval: seconds(plan.interval_s),
            interval_near: seconds(plan.interval_near_s),
            secret: refs("watch"),
            act_secret,
            protect: protect?,
            ..account(id.clone(), "huawei")
        });
        for package in &plan.packages {
            if let Some(guard) = &package.guard {
                let guard = self.guard(plan, package, guard, &id)?;
                self.config.guards.push(guard);
            }
        }
        Ok(())
    }

    /// The guard of a package. The only package of an account is guarded as whatever package the account has, so that
    /// the guard outlives its renewal.
    fn guard(
        &self,
        cloud: &CloudPlan,
        package: &PackagePlan,
        plan: &GuardPlan,
        account: &AccountId,
    ) -> Result<GuardConfig, StageError> {
        let meter = if cloud.packages.len() == 1 {
            MeterChoice::All
        } else {
            let id = self.world.package_id(&package.name)?;
            MeterChoice::One(MeterId::new(id).map_err(|error| named(&package.name, error))?)
        };
        let id = guard_id(&Plan::guard_id(&cloud.name, &package.name))?;
        Ok(GuardConfig {
            steps: plan.steps.clone(),
            limit: plan.limit,
            countdown: seconds(plan.countdown_s),
            belts: plan.belts.clone(),
            bandwidth_mbit: plan.bandwidth_mbit,
            forced: plan.is_forced,
            restart: plan.restart,
            start_after_reset: plan.starts_after_reset,
            ..guard(id, account.clone(), meter)
        })
    }

    fn sink(&mut self, plan: &SinkPlan) -> Result<(), StageError> {
        let secrets = if plan.kind == "feishu" {
            let (hook, sign) = self.world.feishu_hook();
            let mut fields = vec![("url".to_owned(), format!("{BASE}{hook}"))];
            fields.extend(sign.map(|sign| ("secret".to_owned(), sign)));
            fields
        } else {
            sink_fields(&self.world, &plan.kind)?
        };
        let told: Vec<(&str, &str)> = secrets
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect();
        let names: Vec<&str> = told.iter().map(|(name, _)| *name).collect();
        let name = format!("{}-sink", plan.kind);
        self.items.insert(name.clone(), item(&told));
        self.config.channels.push(ChannelConfig {
            id: ChannelId::new(plan.kind.clone()).map_err(|error| named(&plan.kind, error))?,
            kind: plan.kind.clone(),
            enabled: true,
            language: Lang::En,
            secrets: vault_refs(&name, &names),
            keyword: None,
            params: Params::new(),
            severity: Severity::Info,
        });
        Ok(())
    }

    /// The target that a server of that name is.
    fn target(&self, server: &str) -> Result<TargetId, StageError> {
        target(&self.world, server)
    }
}

/// The keys of the plan's accounts with servers, as they are now: what watches, and what acts where that is another one.
pub(crate) fn cloud_keys(plan: &Plan, world: &World) -> Result<BTreeMap<String, Fields>, StageError> {
    let mut items = BTreeMap::new();
    for cloud in &plan.clouds {
        let keys = world.credentials(&cloud.name)?;
        for (role, key) in ["watch", "act"].into_iter().zip(keys) {
            let fields = item(&[("ak", &key.ak), ("sk", &key.sk)]);
            items.insert(format!("{}-{role}", cloud.name), fields);
        }
    }
    Ok(items)
}

/// The target that a server of that name is in a world.
pub(crate) fn target(world: &World, server: &str) -> Result<TargetId, StageError> {
    TargetId::new(world.server_id(server)?).map_err(|error| named(server, error))
}

/// What a client must know of a sink: `{"url": …, "secret": …}` as its platform has it.
fn sink_fields(world: &World, kind: &str) -> Result<Vec<(String, String)>, StageError> {
    let all = world.channels(BASE);
    let fields = all
        .get(kind)
        .filter(|_| kind != "telegram")
        .and_then(serde_json::Value::as_object)
        .ok_or_else(|| StageError::Sink(kind.to_owned()))?;
    let text =
        |(name, value): (&String, &serde_json::Value)| Some((name.clone(), value.as_str()?.to_owned()));
    Ok(fields.iter().filter_map(text).collect())
}

/// A guard of its account's meters that watches and tells nothing.
pub(super) fn guard(id: GuardId, account: AccountId, meter: MeterChoice) -> GuardConfig {
    GuardConfig {
        id,
        account,
        meter,
        enabled: true,
        steps: Vec::new(),
        limit: None,
        action: ActionKind::Stop,
        countdown: Duration::from_secs(60),
        mode: Mode::Watch,
        belts: Belts::default(),
        bandwidth_mbit: None,
        forced: false,
        restart: RestartPolicy::SuspendUntilReset,
        start_after_reset: false,
        channels: Vec::new(),
    }
}

/// An account of which only its id and provider are said.
pub(super) fn account(id: AccountId, provider: &str) -> AccountConfig {
    AccountConfig {
        name: id.to_string(),
        id,
        provider: provider.to_owned(),
        enabled: true,
        site: "auto".to_owned(),
        regions: Vec::new(),
        interval: Duration::from_secs(300),
        interval_near: Duration::from_secs(120),
        endpoint: Some(BASE.to_owned()),
        params: Params::new(),
        secret: SecretRefs::new(),
        act_secret: SecretRefs::new(),
        mappings: Vec::new(),
        protect: Vec::new(),
    }
}

pub(super) fn vault_refs(name: &str, fields: &[&str]) -> SecretRefs {
    let of = |field: &&str| ((*field).to_owned(), SecretRef::Vault(name.to_owned()));
    fields.iter().map(of).collect()
}

/// A name of the plan that is no id.
pub(super) fn named(entry: &str, error: tidegate_meter::IdError) -> StageError {
    StageError::Name(entry.to_owned(), error)
}

/// The id of an account.
pub(crate) fn account_id(name: &str) -> Result<AccountId, StageError> {
    AccountId::new(name).map_err(|error| named(name, error))
}

/// The id of a guard.
pub(crate) fn guard_id(name: &str) -> Result<GuardId, StageError> {
    GuardId::new(name).map_err(|error| named(name, error))
}

/// The world of a plan, before it begins.
fn world(plan: &Plan) -> Result<Builder, StageError> {
    let world = World::new(plan.seed).feishu(Some("FAKE-sign-secret"), None);
    Ok(money::describe(plan.clouds.iter().fold(world, cloud), plan)?)
}

fn cloud(world: Builder, plan: &CloudPlan) -> Builder {
    let mut world = world.account(&plan.name);
    if plan.has_act_key {
        world = world.rights(Rights::watch()).key(Rights::all());
    }
    for server in &plan.servers {
        world = world.server(&server.name).traffic(server.traffic.clone());
        if server.is_off {
            world = world.off();
        }
        if server.is_locked {
            world = world.locked();
        }
    }
    plan.packages.iter().fold(world, package)
}

fn package(world: Builder, plan: &PackagePlan) -> Builder {
    let servers: Vec<&str> = plan.servers.iter().map(String::as_str).collect();
    let mut world = world
        .package_of(&plan.name, &servers, plan.quota)
        .used(plan.used)
        .lag(seconds(plan.lag_s))
        .step(seconds(plan.step_s.max(1)));
    if let Some(bought) = plan.bought {
        world = world.bought(bought);
    }
    if plan.is_once {
        world = world.once();
    }
    world
}
