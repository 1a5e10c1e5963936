//! A world for the engine's tests: a clock that tokio's paused time drives, a cloud, and a channel that remember.

#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a failed assumption of a test is a failed test; the kit is where virtual time meets tokio's clock"
)]

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use tidegate_channels::{Channel, Delivered, Delivery, DeliveryError, Message, Pace};
use tidegate_egress::{Failure, FailureKind, Request, Response, Timer, Transport};
use tidegate_engine::config::{
    AccountConfig, ChannelConfig, Config, GuardConfig, MeterChoice, Params, SecretRef, SecretRefs,
};
use tidegate_engine::{AccountSecrets, Engine, Event, Links, MakeError, Options, Outside, Parts};
use tidegate_guard::{
    ActionKind, Belts, Limit, Mode, Permit, PowerState, Receipt, RestartPolicy, Severity, Step, StopManner,
};
use tidegate_meter::{
    AccountId, AsOf, ByteBase, ChannelId, Clock, GuardId, Lang, MeterId, MeterInfo, MeterKind, Mono, Now,
    Outcome, Quantity, Reading, Reason, RowId, Target, TargetId, TargetKind, Time, Window, WindowKind,
};
use tidegate_providers::{
    AccountCheck, Control, Discovery, FoundTarget, MeterLook, ProviderError, ProviderErrorKind, ReadReport,
    Rights, Source, TargetState,
};
use tidegate_store::{IntentFilter, IntentRow, OpenOptions, Store};
use tidegate_vault::{Fields, Vault, VaultError};

mod cloud;
mod fuse;
mod mailbox;
mod simulated;

pub use cloud::*;
pub use fuse::*;
pub use mailbox::*;
pub use simulated::*;

pub const GB: i64 = 1_000_000_000;

/// 2026-11-10T00:00:00Z: well inside a month.
pub fn start() -> Time {
    "2026-11-10T00:00:00Z".parse().unwrap()
}

/// A folder in memory where the machine has a place for it: a guard lays out twelve megabytes of log at each start.
pub fn folder() -> tempfile::TempDir {
    let shared = Path::new("/dev/shm");
    let made = if shared.is_dir() {
        tempfile::tempdir_in(shared)
    } else {
        tempfile::tempdir()
    };
    made.unwrap()
}

/// Tokio's paused clock, with a wall that can jump.
pub struct TestTimer {
    base: tokio::time::Instant,
    wall: Mutex<Time>,
    jump: AtomicI64,
    /// A defect of ours: whoever asks for this span next panics, once.
    pub bad_sleep: Mutex<Option<Duration>>,
}

impl TestTimer {
    pub fn new(wall: Time) -> Arc<Self> {
        Arc::new(Self {
            base: tokio::time::Instant::now(),
            wall: Mutex::new(wall),
            jump: AtomicI64::new(0),
            bad_sleep: Mutex::default(),
        })
    }

    /// The wall clock is set forward or back; the monotonic one goes on.
    pub fn jump(&self, ms: i64) {
        self.jump.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for TestTimer {
    fn now(&self) -> Now {
        let passed = self.base.elapsed();
        let jump = self.jump.load(Ordering::SeqCst);
        let wall = self.wall.lock().unwrap().plus(passed);
        Now {
            wall: Time::from_ms(wall.ms() + jump),
            mono: Mono(u64::try_from(passed.as_millis()).unwrap()),
        }
    }
}

#[async_trait]
impl Timer for TestTimer {
    async fn sleep(&self, span: Duration) {
        let bad = self.bad_sleep.lock().unwrap().take_if(|bad| *bad == span);
        assert!(bad.is_none(), "a defect of a loop");
        tokio::time::sleep(span).await;
    }
}

/// Looks on as a message leaves.
pub type AtSend = Arc<dyn Fn(&Delivery) -> bool + Send + Sync>;

/// A channel that remembers.
pub struct Sink {
    pub got: Mutex<Vec<(Message, RowId, bool)>>,
    pub answers: Mutex<VecDeque<DeliveryError>>,
    pub down: Mutex<Option<DeliveryError>>,
    pub tries: Mutex<u32>,
    pub sends: Mutex<u8>,
    /// A defect of ours: the next message panics.
    pub panics: Mutex<bool>,
    /// Looks on as a message leaves; whether it gets out at all.
    pub at_send: Mutex<Option<AtSend>>,
}

impl Default for Sink {
    fn default() -> Self {
        Self {
            got: Mutex::default(),
            answers: Mutex::default(),
            down: Mutex::default(),
            tries: Mutex::default(),
            sends: Mutex::new(1),
            panics: Mutex::default(),
            at_send: Mutex::default(),
        }
    }
}

impl Sink {
    pub fn messages(&self) -> Vec<Message> {
        self.got.lock().unwrap().iter().map(|got| got.0.clone()).collect()
    }

    /// The codes of what arrived, groups opened.
    pub fn codes(&self) -> Vec<String> {
        fn code(message: &Message, codes: &mut Vec<String>) {
            if let Message::Group { messages } = message {
                messages.iter().for_each(|message| code(message, codes));
            } else {
                let value = serde_json::to_value(message).unwrap();
                codes.push(value["code"].as_str().unwrap().to_owned());
            }
        }
        let mut codes = Vec::new();
        self.messages()
            .iter()
            .for_each(|message| code(message, &mut codes));
        codes
    }

    pub fn count(&self, code: &str) -> usize {
        self.codes().iter().filter(|got| *got == code).count()
    }
}

struct SinkChannel(Arc<Sink>, Arc<TestTimer>);

#[async_trait]
impl Channel for SinkChannel {
    fn kind(&self) -> &'static str {
        "feishu"
    }

    fn earliest(&self, pace: &Pace, now: Time) -> Time {
        pace.blocked_until.unwrap_or(now).max(now)
    }

    async fn deliver(&self, delivery: &Delivery) -> Result<Delivered, DeliveryError> {
        *self.0.tries.lock().unwrap() += 1;
        let panics = std::mem::take(&mut *self.0.panics.lock().unwrap());
        assert!(!panics, "a defect of the channel");
        let look = self.0.at_send.lock().unwrap().clone();
        if look.is_some_and(|look| !look(delivery)) {
            std::future::pending::<()>().await;
        }
        if let Some(error) = self.0.answers.lock().unwrap().pop_front() {
            return Err(error);
        }
        if let Some(error) = self.0.down.lock().unwrap().clone() {
            return Err(error);
        }
        self.0
            .got
            .lock()
            .unwrap()
            .push((delivery.message.clone(), delivery.id, delivery.repeat));
        Ok(Delivered {
            at: self.1.now().wall,
            word: "success".to_owned(),
            sends: *self.0.sends.lock().unwrap(),
        })
    }
}

/// A vault that can be locked.
#[derive(Default)]
pub struct TestVault {
    pub locked: Mutex<bool>,
    pub hangs: Mutex<bool>,
}

#[async_trait]
impl Vault for TestVault {
    async fn get(&self, _item: &str) -> Result<Option<Fields>, VaultError> {
        if *self.hangs.lock().unwrap() {
            std::future::pending::<()>().await;
        }
        if *self.locked.lock().unwrap() {
            return Err(VaultError::Locked);
        }
        let secret = secrecy::SecretString::from("FAKE-secret");
        Ok(Some(Fields::from([
            ("ak".to_owned(), secret.clone()),
            ("sk".to_owned(), secret.clone()),
            ("url".to_owned(), secret),
        ])))
    }

    async fn set(&self, _item: &str, _fields: Fields) -> Result<(), VaultError> {
        Err(VaultError::ReadOnly("test"))
    }

    async fn delete(&self, _item: &str) -> Result<bool, VaultError> {
        Ok(false)
    }

    async fn list(&self) -> Result<Vec<String>, VaultError> {
        Ok(Vec::new())
    }

    fn name(&self) -> &'static str {
        "test"
    }
}

/// A wire that leads nowhere.
pub struct NoWire;

#[async_trait]
impl Transport for NoWire {
    async fn exchange(&self, _request: Request) -> Result<Response, Failure> {
        Err(Failure::new(
            FailureKind::Connect,
            "nowhere",
            "no wire in this test",
        ))
    }
}

/// Makes the fakes.
pub struct FakeOutside {
    pub clouds: Mutex<BTreeMap<AccountId, Arc<Cloud>>>,
    pub sinks: Mutex<BTreeMap<ChannelId, Arc<Sink>>>,
    pub timer: Arc<TestTimer>,
}

impl Outside for FakeOutside {
    fn account(&self, config: &AccountConfig, _secrets: AccountSecrets) -> Result<Links, MakeError> {
        let clouds = self.clouds.lock().unwrap();
        let cloud = clouds
            .get(&config.id)
            .cloned()
            .ok_or_else(|| MakeError("no cloud".to_owned()))?;
        Ok(Links {
            source: Arc::clone(&cloud) as Arc<dyn Source>,
            control: cloud,
            sub_accounts: None,
            kernel: None,
        })
    }

    fn channel(&self, config: &ChannelConfig, _secrets: Fields) -> Result<Arc<dyn Channel>, MakeError> {
        let mut sinks = self.sinks.lock().unwrap();
        let sink = Arc::clone(sinks.entry(config.id.clone()).or_default());
        Ok(Arc::new(SinkChannel(sink, Arc::clone(&self.timer))))
    }
}

pub fn account(id: &str) -> AccountConfig {
    let secret = |name: &str| SecretRef::Vault(name.to_owned());
    AccountConfig {
        id: AccountId::new(id).unwrap(),
        provider: "fake".to_owned(),
        name: format!("account {id}"),
        enabled: true,
        site: "auto".to_owned(),
        regions: Vec::new(),
        interval: Duration::from_secs(300),
        interval_near: Duration::from_secs(120),
        endpoint: None,
        params: Params::new(),
        secret: SecretRefs::from([("ak".to_owned(), secret(id)), ("sk".to_owned(), secret(id))]),
        act_secret: SecretRefs::new(),
        mappings: Vec::new(),
        protect: Vec::new(),
    }
}

pub fn channel(id: &str) -> ChannelConfig {
    ChannelConfig {
        id: ChannelId::new(id).unwrap(),
        kind: "feishu".to_owned(),
        enabled: true,
        language: Lang::En,
        secrets: SecretRefs::from([("url".to_owned(), SecretRef::Vault(id.to_owned()))]),
        keyword: None,
        params: Params::new(),
        severity: Severity::Info,
    }
}

pub fn guard(id: &str, account: &str) -> GuardConfig {
    GuardConfig {
        id: GuardId::new(id).unwrap(),
        account: AccountId::new(account).unwrap(),
        meter: MeterChoice::All,
        enabled: true,
        steps: vec!["70%".parse::<Step>().unwrap(), "90%".parse::<Step>().unwrap()],
        limit: Some("10 GB".parse::<Limit>().unwrap()),
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

pub fn config(accounts: &[&str]) -> Config {
    Config {
        accounts: accounts.iter().map(|id| account(id)).collect(),
        channels: vec![channel("ops")],
        guards: accounts
            .iter()
            .map(|id| guard(&format!("{id}-traffic"), id))
            .collect(),
        ..Config::default()
    }
}

/// A whole test world.
pub struct World {
    pub timer: Arc<TestTimer>,
    pub outside: Arc<FakeOutside>,
    pub vault: Arc<TestVault>,
    pub engine: Engine,
    pub events: Arc<Mutex<Vec<Event>>>,
    pub store: Store,
}

pub fn store_options(path: Option<&Path>, timer: &TestTimer, holder: &str) -> OpenOptions {
    let now = timer.now().wall;
    match path {
        Some(path) => OpenOptions::file(path, now, holder).inline(),
        None => OpenOptions::memory(now, holder),
    }
}

pub fn parts(
    store: Store,
    outside: &Arc<FakeOutside>,
    vault: &Arc<TestVault>,
    timer: &Arc<TestTimer>,
) -> Parts {
    Parts {
        vault: Arc::clone(vault) as Arc<dyn Vault>,
        options: Options {
            outside: Some(Arc::clone(outside) as Arc<dyn Outside>),
            ..Options::default()
        },
        ..parts_over(Arc::new(NoWire), timer.clone(), store, Arc::new(|_| None), 7)
    }
}

impl World {
    /// Configured, not running.
    pub async fn idle(accounts: &[&str]) -> Self {
        Self::with(accounts, |_| {}).await
    }

    pub async fn with(accounts: &[&str], change: impl FnOnce(&mut Config)) -> Self {
        let timer = TestTimer::new(start());
        let clouds = accounts
            .iter()
            .map(|id| (AccountId::new(*id).unwrap(), Cloud::new(id, &timer)))
            .collect();
        let outside = Arc::new(FakeOutside {
            clouds: Mutex::new(clouds),
            sinks: Mutex::new(BTreeMap::new()),
            timer: Arc::clone(&timer),
        });
        let vault = Arc::new(TestVault::default());
        let store = Store::open(store_options(None, &timer, "one")).unwrap();
        let world = Self::on(store, outside, vault, timer, None).await;
        let mut config = config(accounts);
        change(&mut config);
        world.engine.configure(config, "test").await.unwrap();
        world
    }

    pub async fn on(
        store: Store,
        outside: Arc<FakeOutside>,
        vault: Arc<TestVault>,
        timer: Arc<TestTimer>,
        hook: Option<tidegate_engine::CrashHook>,
    ) -> Self {
        let mut parts = parts(store.clone(), &outside, &vault, &timer);
        parts.options.crash_hook = hook;
        let engine = Engine::open(parts).await.unwrap();
        let events = Arc::new(Mutex::new(Vec::new()));
        let mut changes = engine.changes();
        let log = Arc::clone(&events);
        tokio::spawn(async move {
            while let Ok(batch) = changes.recv().await {
                log.lock().unwrap().extend(batch.events.clone());
            }
        });
        Self {
            timer,
            outside,
            vault,
            engine,
            events,
            store,
        }
    }

    /// Opened again, as by a start after an end, over the same database.
    pub async fn again(&self) -> Self {
        self.again_on(self.store.clone()).await
    }

    /// Opened again over another store.
    pub async fn again_on(&self, store: Store) -> Self {
        let (outside, vault) = (Arc::clone(&self.outside), Arc::clone(&self.vault));
        Self::on(store, outside, vault, Arc::clone(&self.timer), None).await
    }

    /// Configured and running.
    pub async fn running(accounts: &[&str]) -> Self {
        let world = Self::idle(accounts).await;
        world.engine.run().await.unwrap();
        world
    }

    /// Running, with every guard armed.
    pub async fn armed(accounts: &[&str]) -> Self {
        Self::armed_with(accounts, |_| {}).await
    }

    pub async fn armed_with(accounts: &[&str], change: impl FnOnce(&mut Config)) -> Self {
        let world = Self::with(accounts, change).await;
        world.engine.run().await.unwrap();
        world.pass(1).await;
        for id in accounts {
            world.arm(id).await;
        }
        world
    }

    pub async fn arm(&self, account: &str) {
        let guard = GuardId::new(format!("{account}-traffic")).unwrap();
        self.engine
            .arm(&guard, Duration::from_secs(30 * 86_400), "test")
            .await
            .unwrap();
    }

    pub fn cloud(&self, account: &str) -> Arc<Cloud> {
        Arc::clone(&self.outside.clouds.lock().unwrap()[&AccountId::new(account).unwrap()])
    }

    pub fn sink(&self, channel: &str) -> Arc<Sink> {
        let mut sinks = self.outside.sinks.lock().unwrap();
        Arc::clone(sinks.entry(ChannelId::new(channel).unwrap()).or_default())
    }

    /// Lets virtual time pass.
    pub async fn pass(&self, seconds: u64) {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }

    /// Lets less than seconds of virtual time pass.
    pub async fn pass_ms(&self, ms: u64) {
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }

    pub async fn intents(&self) -> Vec<IntentRow> {
        let filter = IntentFilter::Recent {
            before: None,
            limit: 100,
        };
        self.store.intents(filter).await.unwrap()
    }

    pub fn events(&self) -> Vec<serde_json::Value> {
        self.events
            .lock()
            .unwrap()
            .iter()
            .map(|event| serde_json::to_value(event).unwrap())
            .collect()
    }

    /// The names of the events, looks left out.
    pub fn story(&self) -> Vec<String> {
        self.events()
            .iter()
            .map(|event| event["event"].as_str().unwrap().to_owned())
            .filter(|name| !["reading", "power", "configured", "lease", "mode"].contains(&name.as_str()))
            .collect()
    }

    pub fn count(&self, name: &str) -> usize {
        self.story().iter().filter(|event| *event == name).count()
    }
}
