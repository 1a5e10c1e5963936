//! A guard process over one account with sub-accounts, in virtual time.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tidegate_egress::Timer;
use tidegate_engine::config::{Config, GuardConfig};
use tidegate_engine::quotas::{Allocation, CountFrom, LinkAsked, QuotaRefused, QuotaUser, Rules};
use tidegate_engine::{Engine, EngineError, Refused};
use tidegate_guard::IntentState;
use tidegate_meter::{AccountId, Clock, GuardId, Quantity, Time, Unit};
use tidegate_providers::sub_accounts::Project;
use tidegate_store::{AllocationRow, AuditRow, ChargeRow, IntentFilter, IntentRow, Store};

use crate::kit::{self, FakeOutside, Sink, TestTimer, TestVault};
use crate::quotas::bank::{Bank, BankOutside, cny, id};

pub(crate) struct House {
    pub(crate) timer: Arc<TestTimer>,
    pub(crate) bank: Arc<Bank>,
    pub(crate) sinks: Arc<FakeOutside>,
    pub(crate) engine: Engine,
    pub(crate) store: Store,
}

pub(crate) fn vc() -> AccountId {
    AccountId::new("vc").unwrap()
}

pub(crate) fn percent(text: &str) -> Quantity {
    Quantity::parse(text, Unit::Percent).unwrap()
}

/// A guard on every quota of the account, as it is made where nobody chooses.
pub(crate) fn quota_guard() -> GuardConfig {
    GuardConfig {
        steps: Vec::new(),
        limit: Some("100%".parse().unwrap()),
        ..kit::guard("vc-quota", "vc")
    }
}

pub(crate) fn quota_config() -> Config {
    let mut account = kit::account("vc");
    account.interval = Duration::from_secs(3600);
    account.interval_near = Duration::from_secs(1800);
    Config {
        accounts: vec![account],
        channels: vec![kit::channel("ops")],
        guards: vec![quota_guard()],
        ..Config::default()
    }
}

/// What a change was refused with.
pub(crate) fn refusal<T: std::fmt::Debug>(answer: Result<T, EngineError>) -> QuotaRefused {
    match answer.unwrap_err() {
        EngineError::Refused(refused) => match *refused {
            Refused::Quota(refused) => refused,
            other => panic!("{other}"),
        },
        other => panic!("{other}"),
    }
}

impl House {
    /// Two users without projects, looked at once.
    pub(crate) async fn new() -> Self {
        Self::at(kit::start()).await
    }

    pub(crate) async fn at(start: Time) -> Self {
        Self::with(start, quota_config()).await
    }

    /// An account that was never looked at; nothing runs.
    pub(crate) async fn unseen(start: Time, config: Config) -> Self {
        let timer = TestTimer::new(start);
        let bank = Bank::new(&timer);
        let store = Store::open(kit::store_options(None, &timer, "one")).unwrap();
        let house = Self::over(store, &timer, &bank).await;
        house.engine.configure(config, "test").await.unwrap();
        house
    }

    pub(crate) async fn with(start: Time, config: Config) -> Self {
        let house = Self::unseen(start, config).await;
        house.engine.run().await.unwrap();
        house.pass(1).await;
        house
    }

    /// Another process over the same store and cloud; not running.
    pub(crate) async fn over(store: Store, timer: &Arc<TestTimer>, bank: &Arc<Bank>) -> Self {
        let sinks = Arc::new(FakeOutside {
            clouds: Mutex::new(BTreeMap::new()),
            sinks: Mutex::new(BTreeMap::new()),
            timer: Arc::clone(timer),
        });
        let vault = Arc::new(TestVault::default());
        let mut parts = kit::parts(store.clone(), &sinks, &vault, timer);
        parts.options.outside = Some(Arc::new(BankOutside {
            bank: Arc::clone(bank),
            sinks: Arc::clone(&sinks),
        }));
        Self {
            timer: Arc::clone(timer),
            bank: Arc::clone(bank),
            sinks,
            engine: Engine::open(parts).await.unwrap(),
            store,
        }
    }

    pub(crate) fn timer_now(&self) -> Time {
        self.timer.now().wall
    }

    pub(crate) async fn pass(&self, seconds: u64) {
        self.timer.sleep(Duration::from_secs(seconds)).await;
    }

    /// Passes until that instant.
    pub(crate) async fn pass_until(&self, until: &str) {
        let until: Time = until.parse().unwrap();
        self.timer.sleep(until.since(self.timer.now().wall)).await;
    }

    /// A look now.
    pub(crate) async fn look(&self) {
        self.pass(1).await;
        self.engine.sync_quotas(&vc()).await.unwrap();
    }

    pub(crate) async fn user(&self, user: &str) -> QuotaUser {
        self.engine.quota(&vc(), &id(user)).await.unwrap()
    }

    pub(crate) async fn spent(&self, user: &str) -> Option<Quantity> {
        let user = self.user(user).await;
        user.spent.filter(|_| user.blind.is_none())
    }

    pub(crate) async fn try_link(
        &self,
        user: &str,
        project: &str,
        share: &str,
        from: CountFrom,
    ) -> Result<ChargeRow, EngineError> {
        let asked = LinkAsked {
            account: vc(),
            user: id(user),
            project: Project(project.to_owned()),
            share: percent(share),
            from,
        };
        self.engine.link_project(asked, "test").await
    }

    pub(crate) async fn link(&self, user: &str, project: &str) {
        self.try_link(user, project, "100", CountFrom::Month)
            .await
            .unwrap();
    }

    pub(crate) async fn try_allocate(
        &self,
        user: &str,
        amount: &str,
        below_spent: bool,
        after: Option<i64>,
    ) -> Result<AllocationRow, EngineError> {
        let asked = Allocation {
            account: vc(),
            user: id(user),
            amount: cny(amount),
            note: "for the test".to_owned(),
            below_spent,
            after,
        };
        self.engine.allocate(asked, "test").await
    }

    pub(crate) async fn allocate(&self, user: &str, amount: &str) -> AllocationRow {
        self.try_allocate(user, amount, false, None).await.unwrap()
    }

    pub(crate) async fn rule(&self, user: &str, change: impl FnOnce(&mut Rules)) {
        let mut rules = self.user(user).await.rules;
        change(&mut rules);
        self.engine
            .set_rules(&vc(), &id(user), rules, "test")
            .await
            .unwrap();
    }

    pub(crate) async fn toggle(
        &self,
        user: &str,
        project: Option<&str>,
        on: bool,
    ) -> Result<usize, EngineError> {
        let project = project.map(|name| Project(name.to_owned()));
        self.engine
            .toggle_projects(&vc(), &id(user), project.as_ref(), on, "test")
            .await
    }

    pub(crate) async fn arm(&self) {
        let guard = GuardId::new("vc-quota").unwrap();
        let span = Duration::from_secs(30 * 86_400);
        self.engine.arm(&guard, span, "test").await.unwrap();
    }

    pub(crate) fn sink(&self) -> Arc<Sink> {
        let mut sinks = self.sinks.sinks.lock().unwrap();
        Arc::clone(sinks.entry("ops".parse().unwrap()).or_default())
    }

    /// The steps that were told, by their texts: `alice 80%`.
    pub(crate) fn steps(&self) -> Vec<String> {
        let mut told = Vec::new();
        for message in self.sink().messages() {
            gather(&serde_json::to_value(&message).unwrap(), &mut told);
        }
        told
    }

    pub(crate) async fn intents(&self) -> Vec<IntentRow> {
        let filter = IntentFilter::Recent {
            before: None,
            limit: 100,
        };
        self.store.intents(filter).await.unwrap()
    }

    pub(crate) async fn states(&self) -> Vec<IntentState> {
        self.intents().await.iter().map(|row| row.state).collect()
    }

    /// The audit entries of that name.
    pub(crate) async fn audit(&self, event: &str) -> Vec<AuditRow> {
        let rows = self.store.audit(0, 1000).await.unwrap();
        rows.into_iter().filter(|row| row.event == event).collect()
    }
}

fn gather(value: &serde_json::Value, told: &mut Vec<String>) {
    if let Some(messages) = value.get("messages").and_then(|messages| messages.as_array()) {
        messages.iter().for_each(|message| gather(message, told));
    }
    if value["code"] == "step_reached" {
        told.push(format!(
            "{} {}",
            value["meter"]["meter_name"].as_str().unwrap(),
            value["step"].as_str().unwrap_or("limit")
        ));
    }
}
