//! A guard process over every kind of account at once, and the ground that outlives it.

use std::cell::RefCell;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use tidegate_channels::Channel;
use tidegate_engine::config::{AccountConfig, ChannelConfig, Config, MailboxConfig};
use tidegate_engine::{AccountSecrets, CrashHook, Engine, Links, MakeError, Outside};
use tidegate_guard::{ActionKind, IntentState};
use tidegate_meter::{Clock as _, GuardId, Time};
use tidegate_providers::mailbox::MailSource;
use tidegate_providers::specs::NothingToControl;
use tidegate_store::{
    Batch, DeliveryFilter, DeliveryRow, DeliveryState, IntentFilter, IntentRow, Store, Write,
};
use tidegate_vault::Fields;

use crate::closing::iam::Iam;
use crate::flows::kernel::FakeKernel;
use crate::kit::{self, Cloud, FakeBox, FakeOutside, TestTimer, TestVault};
use crate::quotas::bank::Bank;
use crate::sweep::panel::Panel;
use crate::sweep::watched::{Watched, Wire};

/// Until nothing is left to do.
const PATIENCE: usize = 24 * 60;

/// What outlives a process.
pub(crate) struct Ground {
    pub(crate) timer: Arc<TestTimer>,
    pub(crate) cloud: Arc<Cloud>,
    pub(crate) iam: Arc<Iam>,
    pub(crate) bank: Arc<Bank>,
    pub(crate) kernel: Arc<FakeKernel>,
    pub(crate) mailbox: Arc<FakeBox>,
    pub(crate) wire: Arc<Wire>,
    kit: Arc<FakeOutside>,
    vault: Arc<TestVault>,
    /// What a person remembers of what was done before the process ended.
    pub(crate) notes: RefCell<Vec<String>>,
}

struct Makers {
    cloud: Arc<Cloud>,
    iam: Arc<Iam>,
    bank: Arc<Bank>,
    kernel: Arc<FakeKernel>,
    mailbox: Arc<FakeBox>,
    wire: Arc<Wire>,
    kit: Arc<FakeOutside>,
    timer: Arc<TestTimer>,
    store: Store,
}

impl Makers {
    fn watched<T>(&self, inner: &Arc<T>) -> Arc<Watched<T>> {
        Arc::new(Watched {
            inner: Arc::clone(inner),
            store: self.store.clone(),
            wire: Arc::clone(&self.wire),
        })
    }
}

#[async_trait]
impl Outside for Makers {
    fn account(&self, config: &AccountConfig, _secrets: AccountSecrets) -> Result<Links, MakeError> {
        Ok(match config.provider.as_str() {
            "iam" => Links {
                source: Arc::clone(&self.iam) as _,
                control: self.watched(&self.iam),
                sub_accounts: Some(self.watched(&self.iam)),
                kernel: None,
            },
            "bank" => Links {
                source: Arc::clone(&self.bank) as _,
                control: self.watched(&self.bank),
                sub_accounts: Some(self.watched(&self.bank)),
                kernel: None,
            },
            "proxy" => Links {
                source: Arc::clone(&self.kernel) as _,
                control: Arc::new(NothingToControl),
                sub_accounts: None,
                kernel: Some(Arc::clone(&self.kernel) as _),
            },
            "subscription" => Links {
                source: Arc::new(Panel(Arc::clone(&self.timer))),
                control: Arc::new(NothingToControl),
                sub_accounts: None,
                kernel: None,
            },
            _ => Links {
                source: Arc::clone(&self.cloud) as _,
                control: self.watched(&self.cloud),
                sub_accounts: None,
                kernel: None,
            },
        })
    }

    fn has_sub_accounts(&self, config: &AccountConfig) -> bool {
        matches!(config.provider.as_str(), "iam" | "bank")
    }

    fn has_kernel(&self, config: &AccountConfig) -> bool {
        config.provider == "proxy"
    }

    fn channel(&self, config: &ChannelConfig, secrets: Fields) -> Result<Arc<dyn Channel>, MakeError> {
        Ok(self.wire.channel(self.kit.channel(config, secrets)?))
    }

    fn mailbox(&self, _config: &MailboxConfig, _secrets: Fields) -> Result<Arc<dyn MailSource>, MakeError> {
        Ok(Arc::clone(&self.mailbox) as _)
    }
}

impl Ground {
    /// As it stands at an instant.
    pub(crate) fn at(start: Time) -> Self {
        let timer = TestTimer::new(start);
        Self {
            cloud: Cloud::new("hw", &timer),
            iam: Iam::new(&timer),
            bank: Bank::new(&timer),
            kernel: FakeKernel::new(&timer),
            mailbox: Arc::default(),
            wire: Arc::default(),
            kit: Arc::new(FakeOutside {
                clouds: Mutex::default(),
                sinks: Mutex::default(),
                timer: Arc::clone(&timer),
            }),
            vault: Arc::default(),
            notes: RefCell::default(),
            timer,
        }
    }

    /// The next process on this file.
    pub(crate) async fn house(&self, path: &Path, hook: Option<CrashHook>) -> House<'_> {
        let store = Store::open(kit::store_options(Some(path), &self.timer, "process")).unwrap();
        let mut parts = kit::parts(store.clone(), &self.kit, &self.vault, &self.timer);
        parts.options.crash_hook = hook;
        parts.options.outside = Some(Arc::new(Makers {
            cloud: Arc::clone(&self.cloud),
            iam: Arc::clone(&self.iam),
            bank: Arc::clone(&self.bank),
            kernel: Arc::clone(&self.kernel),
            mailbox: Arc::clone(&self.mailbox),
            wire: Arc::clone(&self.wire),
            kit: Arc::clone(&self.kit),
            timer: Arc::clone(&self.timer),
            store: store.clone(),
        }));
        House {
            engine: Engine::open(parts).await.unwrap(),
            ground: self,
            store,
        }
    }

    pub(crate) fn sinks(&self) -> Vec<(String, Arc<kit::Sink>)> {
        let sinks = self.kit.sinks.lock().unwrap();
        sinks
            .iter()
            .map(|(id, sink)| (id.to_string(), Arc::clone(sink)))
            .collect()
    }

    pub(crate) fn sink(&self, id: &str) -> Arc<kit::Sink> {
        let mut sinks = self.kit.sinks.lock().unwrap();
        Arc::clone(sinks.entry(id.parse().unwrap()).or_default())
    }

    pub(crate) fn now(&self) -> Time {
        self.timer.now().wall
    }
}

/// One process.
pub(crate) struct House<'a> {
    pub(crate) ground: &'a Ground,
    pub(crate) engine: Engine,
    pub(crate) store: Store,
}

impl House<'_> {
    pub(crate) async fn pass(&self, seconds: u64) {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }

    /// Begins with this configuration; a process that finds it already there changes nothing.
    pub(crate) async fn begin(&self, config: Config) {
        self.engine.run().await.unwrap();
        if self.engine.config().await.channels.is_empty() {
            self.engine.configure(config, "test").await.unwrap();
        }
        self.pass(1).await;
    }

    /// Arms a guard that is not armed.
    pub(crate) async fn arm(&self, guard: &str) {
        let id = GuardId::new(guard).unwrap();
        let armed = self.engine.guards().await.iter().any(|view| {
            view.config.id == id && matches!(view.config.mode, tidegate_guard::Mode::Armed { .. })
        });
        if !armed {
            let span = Duration::from_secs(30 * 86_400);
            self.engine.arm(&id, span, "test").await.unwrap();
        }
    }

    /// Does something once, however often the process ends: a person does it again while it is not remembered as done.
    pub(crate) async fn once(&self, what: &str, deed: impl AsyncFnOnce()) {
        if self.ground.notes.borrow().iter().any(|note| note == what) {
            return;
        }
        deed().await;
        self.ground.notes.borrow_mut().push(what.to_owned());
    }

    /// Lets minutes pass until it is so.
    pub(crate) async fn until(&self, what: &str, is_so: impl AsyncFn() -> bool) {
        for _ in 0..PATIENCE {
            if is_so().await {
                return;
            }
            self.pass(60).await;
        }
        panic!(
            "never: {what}; {:#?} {:#?}",
            self.intents().await,
            self.deliveries().await
        );
    }

    /// So many actions of a kind reached their proof.
    pub(crate) async fn verified(&self, action: ActionKind, count: usize) {
        self.until("the proof", async || {
            let rows = self.intents().await;
            let is = |row: &&IntentRow| row.action == action && row.state == IntentState::Verified;
            rows.iter().filter(is).count() >= count
        })
        .await;
    }

    /// Every action has ended and nothing waits to be told.
    pub(crate) async fn settled(&self) {
        self.pass(60).await;
        self.until("every action ends and the outbox empties", async || {
            let ended = self.intents().await.iter().all(|row| row.state.is_end());
            let waits =
                |row: &DeliveryRow| matches!(row.state, DeliveryState::Pending | DeliveryState::Sending);
            ended && !self.deliveries().await.iter().any(waits)
        })
        .await;
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

    pub(crate) async fn deliveries(&self) -> Vec<DeliveryRow> {
        let filter = DeliveryFilter::Recent {
            before: None,
            limit: 200,
        };
        self.store.deliveries(filter).await.unwrap()
    }
}

/// The row of the guard is from a later version; nobody runs meanwhile.
pub(crate) async fn damage(house: &House<'_>) {
    let mut batch = Batch::default();
    for mut row in house.store.guards().await.unwrap() {
        row.config["steps"] = "of a later version".into();
        batch.push(Write::PutGuard(row));
    }
    let ttl = Duration::from_secs(60);
    house.store.take_lease(house.ground.now(), ttl).await.unwrap();
    house.store.write(batch).await.unwrap();
    house.store.release_lease().await.unwrap();
}
