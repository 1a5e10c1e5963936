//! A world with one account whose sub-account is guarded by its quota.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tidegate_channels::{Channel, Message};
use tidegate_engine::config::{AccountConfig, ChannelConfig, GuardConfig};
use tidegate_engine::intent::IntentDetail;
use tidegate_engine::intent::closure::{ClosedDeed, Closure, closure_of};
use tidegate_engine::quotas::{Allocation, CountFrom, LinkAsked, QuotaStanding};
use tidegate_engine::{AccountSecrets, CrashHook, Engine, Links, MakeError, Outside};
use tidegate_guard::{
    ActionKind, Consent, IntentState, Limit, Piece, PieceState, RestartPolicy, Step, StopManner,
};
use tidegate_meter::{AccountId, ChannelId, GuardId, Quantity, RowId, Unit};
use tidegate_providers::sub_accounts::{Project, SubAccounts};
use tidegate_providers::{Control, Source};
use tidegate_store::{IntentFilter, IntentRow, Store};
use tidegate_vault::Fields;

use crate::closing::iam::{Iam, money};
use crate::kit::{self, FakeOutside, Sink, TestTimer, TestVault};

/// Makes the provider of this world; channels are the kit's.
struct Makers {
    iam: Arc<Iam>,
    kit: Arc<FakeOutside>,
}

impl Outside for Makers {
    fn account(&self, _config: &AccountConfig, _secrets: AccountSecrets) -> Result<Links, MakeError> {
        Ok(Links {
            source: Arc::clone(&self.iam) as Arc<dyn Source>,
            control: Arc::clone(&self.iam) as Arc<dyn Control>,
            sub_accounts: Some(Arc::clone(&self.iam) as Arc<dyn SubAccounts>),
            kernel: None,
        })
    }

    fn channel(&self, config: &ChannelConfig, secrets: Fields) -> Result<Arc<dyn Channel>, MakeError> {
        self.kit.channel(config, secrets)
    }
}

/// What outlives a process.
pub(crate) struct Ground {
    pub(crate) timer: Arc<TestTimer>,
    pub(crate) iam: Arc<Iam>,
    kit: Arc<FakeOutside>,
    vault: Arc<TestVault>,
}

impl Ground {
    pub(crate) fn new() -> Self {
        let timer = TestTimer::new(kit::start());
        Self {
            iam: Iam::new(&timer),
            kit: Arc::new(FakeOutside {
                clouds: Mutex::default(),
                sinks: Mutex::default(),
                timer: Arc::clone(&timer),
            }),
            vault: Arc::default(),
            timer,
        }
    }

    pub(crate) fn store(&self, path: Option<&Path>, holder: &str) -> Store {
        Store::open(kit::store_options(path, &self.timer, holder)).unwrap()
    }

    /// A process on this ground.
    pub(crate) async fn house(&self, store: Store, hook: Option<CrashHook>) -> House {
        let mut parts = kit::parts(store.clone(), &self.kit, &self.vault, &self.timer);
        parts.options.crash_hook = hook;
        parts.options.outside = Some(Arc::new(Makers {
            iam: Arc::clone(&self.iam),
            kit: Arc::clone(&self.kit),
        }));
        let engine = Engine::open(parts).await.unwrap();
        House {
            iam: Arc::clone(&self.iam),
            sink: self.sink(),
            engine,
            store,
        }
    }

    pub(crate) fn sink(&self) -> Arc<Sink> {
        let mut sinks = self.kit.sinks.lock().unwrap();
        Arc::clone(sinks.entry(ChannelId::new("ops").unwrap()).or_default())
    }
}

/// One process.
pub(crate) struct House {
    pub(crate) iam: Arc<Iam>,
    pub(crate) sink: Arc<Sink>,
    pub(crate) engine: Engine,
    pub(crate) store: Store,
}

pub(crate) fn guard() -> GuardConfig {
    GuardConfig {
        steps: ["50%", "80%", "90%"]
            .map(|step| step.parse::<Step>().unwrap())
            .to_vec(),
        limit: Some("100%".parse::<Limit>().unwrap()),
        restart: RestartPolicy::SuspendUntilReset,
        ..kit::guard("quota", "volc")
    }
}

pub(crate) fn volc() -> AccountId {
    AccountId::new("volc").unwrap()
}

pub(crate) fn consent() -> Consent {
    Consent {
        by: "test".to_owned(),
        typed_name: "bob".to_owned(),
    }
}

impl House {
    /// Watching, and disarmed.
    pub(crate) async fn idle(change: impl FnOnce(&mut GuardConfig)) -> Self {
        let ground = Ground::new();
        let house = ground.house(ground.store(None, "one"), None).await;
        house.begin(change).await;
        house
    }

    /// Armed; the guard may disable bob.
    pub(crate) async fn armed() -> Self {
        Self::armed_with(|_| {}).await
    }

    pub(crate) async fn armed_with(change: impl FnOnce(&mut GuardConfig)) -> Self {
        let house = Self::idle(change).await;
        house.arm().await;
        house
    }

    pub(crate) async fn begin(&self, change: impl FnOnce(&mut GuardConfig)) {
        let mut config = kit::config(&["volc"]);
        let mut watching = guard();
        change(&mut watching);
        config.guards = vec![watching];
        self.engine.configure(config, "test").await.unwrap();
        self.engine.run().await.unwrap();
        self.pass(1).await;
        let asked = LinkAsked {
            account: volc(),
            user: Iam::target().id,
            project: Project("web".to_owned()),
            share: Quantity::parse("100", Unit::Percent).unwrap(),
            from: CountFrom::Month,
        };
        self.engine.link_project(asked, "test").await.unwrap();
        self.grant(1000).await;
        self.pass(600).await;
    }

    /// So much more for bob.
    pub(crate) async fn grant(&self, amount: i64) {
        let asked = Allocation {
            account: volc(),
            user: Iam::target().id,
            amount: money(amount),
            note: String::new(),
            below_spent: false,
            after: None,
        };
        self.engine.allocate(asked, "test").await.unwrap();
    }

    /// How bob is shown.
    pub(crate) async fn standing(&self) -> QuotaStanding {
        let user = Iam::target().id;
        self.engine.quota(&volc(), &user).await.unwrap().standing
    }

    pub(crate) async fn arm(&self) {
        let guard = GuardId::new("quota").unwrap();
        self.engine
            .arm(&guard, Duration::from_secs(30 * 86_400), "test")
            .await
            .unwrap();
        self.pass(600).await;
    }

    /// The quota is used up, and what follows is over.
    pub(crate) async fn used_up(&self) {
        self.iam.with(|iam| iam.spent = 1000);
        self.pass(1500).await;
    }

    pub(crate) async fn pass(&self, seconds: u64) {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }

    /// A person disables bob, and it comes to its end.
    pub(crate) async fn disable(&self) -> IntentRow {
        let account = volc();
        let id = self
            .engine
            .act(
                &account,
                &Iam::target().id,
                ActionKind::Stop,
                StopManner::Soft,
                consent(),
            )
            .await
            .unwrap();
        self.engine.drive(id).await.unwrap()
    }

    /// A person restores what an action did, and it comes to its end.
    pub(crate) async fn restore(&self, id: RowId) -> IntentRow {
        let id = self.engine.restore(id, consent()).await.unwrap();
        self.engine.drive(id).await.unwrap()
    }

    /// Oldest first.
    pub(crate) async fn intents(&self) -> Vec<IntentRow> {
        let filter = IntentFilter::Recent {
            before: None,
            limit: 100,
        };
        let mut rows = self.store.intents(filter).await.unwrap();
        rows.reverse();
        rows
    }

    pub(crate) async fn states(&self) -> Vec<IntentState> {
        self.intents().await.iter().map(|row| row.state).collect()
    }

    /// The words of the newest message with this code.
    pub(crate) fn told(&self, code: &str) -> String {
        let messages = self.sink.messages();
        let is = |message: &&Message| serde_json::to_value(message).unwrap()["code"] == code;
        let message = messages.iter().rev().find(is);
        let message = message.unwrap_or_else(|| panic!("{code} was not told: {:?}", self.sink.codes()));
        words(message)
    }
}

/// A message as a person reads it.
pub(crate) fn words(message: &Message) -> String {
    use tidegate_channels::catalogue;
    use tidegate_meter::{Lang, Zone};
    let lines = catalogue::lines(message, Lang::En, &Zone::utc(), kit::start());
    let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
    format!("{}\n{}", catalogue::title(message, Lang::En), lines.join("\n"))
}

pub(crate) fn detail(row: &IntentRow) -> IntentDetail {
    serde_json::from_value(row.detail.clone()).unwrap()
}

pub(crate) fn closure(row: &IntentRow) -> Closure {
    detail(row).closure.unwrap()
}

pub(crate) fn deed(row: &IntentRow) -> ClosedDeed {
    closure_of(row).unwrap()
}

pub(crate) fn state_of(row: &IntentRow, piece: &Piece) -> PieceState {
    let deed = deed(row);
    deed.pieces
        .iter()
        .find(|told| told.piece == *piece)
        .unwrap()
        .state
}
