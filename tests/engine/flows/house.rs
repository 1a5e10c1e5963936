//! A guard process over proxy kernels, in virtual time.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::civil::Date;
use tidegate_channels::Channel;
use tidegate_egress::Timer;
use tidegate_engine::config::{AccountConfig, ChannelConfig, Config};
use tidegate_engine::{
    AccountSecrets, CrashHook, Engine, Event, FlowsTold, Links, MakeError, Outside, Parts,
};
use tidegate_meter::{AccountId, Clock, DeviceId, FlowBytes, Span, Time, Zone};
use tidegate_providers::specs::NothingToControl;
use tidegate_store::{FlowBy, FlowFilter, FlowSpanFilter, Store};
use tidegate_vault::Fields;

use crate::flows::kernel::FakeKernel;
use crate::kit::{self, FakeOutside, Sink, TestTimer, TestVault};

/// The kit's outside, whose accounts are kernels.
pub(crate) struct WithKernels {
    rest: Arc<FakeOutside>,
    pub(crate) kernels: Mutex<BTreeMap<AccountId, Arc<FakeKernel>>>,
    /// How often adapters were made.
    pub(crate) made: Mutex<usize>,
}

impl Outside for WithKernels {
    fn account(&self, config: &AccountConfig, _secrets: AccountSecrets) -> Result<Links, MakeError> {
        *self.made.lock().unwrap() += 1;
        let kernels = self.kernels.lock().unwrap();
        let kernel = kernels
            .get(&config.id)
            .ok_or_else(|| MakeError("no kernel".to_owned()))?;
        Ok(Links {
            source: Arc::clone(kernel) as Arc<dyn tidegate_providers::Source>,
            control: Arc::new(NothingToControl),
            sub_accounts: None,
            kernel: Some(Arc::clone(kernel) as Arc<dyn tidegate_providers::proxy::Kernel>),
        })
    }

    fn has_kernel(&self, config: &AccountConfig) -> bool {
        config.provider == "proxy"
    }

    fn channel(&self, config: &ChannelConfig, secrets: Fields) -> Result<Arc<dyn Channel>, MakeError> {
        self.rest.channel(config, secrets)
    }
}

/// Everything outside of one engine: it outlives the engine's end.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) timer: Arc<TestTimer>,
    pub(crate) outside: Arc<WithKernels>,
    pub(crate) sinks: Arc<FakeOutside>,
    zone: Zone,
}

/// One engine in its world.
pub(crate) struct House {
    pub(crate) world: World,
    pub(crate) engine: Engine,
    pub(crate) store: Store,
    pub(crate) events: Arc<Mutex<Vec<Event>>>,
}

/// An account whose kernel counts for `device`.
pub(crate) fn proxy(id: &str, device: &str) -> AccountConfig {
    AccountConfig {
        provider: "proxy".to_owned(),
        params: BTreeMap::from([("device".to_owned(), device.to_owned())]),
        ..kit::account(id)
    }
}

pub(crate) fn config(accounts: Vec<AccountConfig>) -> Config {
    Config {
        accounts,
        channels: vec![kit::channel("ops")],
        ..Config::default()
    }
}

pub(crate) fn device(id: &str) -> DeviceId {
    DeviceId::new(id).unwrap()
}

pub(crate) fn at(text: &str) -> Time {
    text.parse().unwrap()
}

impl World {
    pub(crate) fn new(start: &str, zone: &str) -> Self {
        let timer = TestTimer::new(at(start));
        let sinks = Arc::new(FakeOutside {
            clouds: Mutex::default(),
            sinks: Mutex::default(),
            timer: Arc::clone(&timer),
        });
        let outside = Arc::new(WithKernels {
            rest: Arc::clone(&sinks),
            kernels: Mutex::default(),
            made: Mutex::default(),
        });
        Self {
            timer,
            outside,
            sinks,
            zone: zone.parse().unwrap(),
        }
    }

    /// The kernel of an account; made when it is asked for first.
    pub(crate) fn kernel(&self, account: &str) -> Arc<FakeKernel> {
        let id = AccountId::new(account).unwrap();
        let mut kernels = self.outside.kernels.lock().unwrap();
        Arc::clone(kernels.entry(id).or_insert_with(|| FakeKernel::new(&self.timer)))
    }

    fn parts(&self, store: Store, hook: Option<CrashHook>) -> Parts {
        let mut parts = kit::parts(store, &self.sinks, &Arc::new(TestVault::default()), &self.timer);
        parts.zone = self.zone.clone();
        parts.options.outside = Some(Arc::clone(&self.outside) as Arc<dyn Outside>);
        parts.options.crash_hook = hook;
        parts
    }

    /// An engine over a store, not running.
    pub(crate) async fn open(&self, store: Store, hook: Option<CrashHook>) -> House {
        let engine = Engine::open(self.parts(store.clone(), hook)).await.unwrap();
        let events = Arc::new(Mutex::new(Vec::new()));
        let (mut changes, log) = (engine.changes(), Arc::clone(&events));
        tokio::spawn(async move {
            while let Ok(batch) = changes.recv().await {
                log.lock().unwrap().extend(batch.events.clone());
            }
        });
        House {
            world: self.clone(),
            engine,
            store,
            events,
        }
    }

    /// A running engine over a database in memory, with these accounts.
    pub(crate) async fn running(&self, accounts: Vec<AccountConfig>) -> House {
        for account in &accounts {
            self.kernel(account.id.as_str());
        }
        let store = Store::open(kit::store_options(None, &self.timer, "one")).unwrap();
        let house = self.open(store, None).await;
        house.configure(accounts).await;
        house.engine.run().await.unwrap();
        house.pass(3).await;
        house
    }
}

impl House {
    /// One kernel of the device `mac`, watched for some seconds, in UTC.
    pub(crate) async fn running() -> Self {
        let world = World::new("2026-11-10T00:00:00Z", "UTC");
        world.running(vec![proxy("home", "mac")]).await
    }

    pub(crate) async fn configure(&self, accounts: Vec<AccountConfig>) {
        self.engine.configure(config(accounts), "test").await.unwrap();
    }

    pub(crate) fn kernel(&self, account: &str) -> Arc<FakeKernel> {
        self.world.kernel(account)
    }

    pub(crate) fn sink(&self) -> Arc<Sink> {
        let mut sinks = self.world.sinks.sinks.lock().unwrap();
        Arc::clone(sinks.entry("ops".parse().unwrap()).or_default())
    }

    /// Lets virtual time pass.
    pub(crate) async fn pass(&self, seconds: u64) {
        self.world.timer.sleep(Duration::from_secs(seconds)).await;
    }

    pub(crate) fn now(&self) -> Time {
        self.world.timer.now().wall
    }

    pub(crate) async fn asked(&self, days: (&str, &str), by: &[FlowBy]) -> FlowsTold {
        let filter = FlowFilter {
            from: days.0.parse().unwrap(),
            through: days.1.parse().unwrap(),
            device: None,
            by: by.to_vec(),
            limit: 100,
        };
        self.engine.flows(filter).await.unwrap()
    }

    /// The bytes of each node on these days, by name.
    pub(crate) async fn nodes(&self, days: (&str, &str)) -> BTreeMap<String, FlowBytes> {
        let told = self.asked(days, &[FlowBy::Node]).await;
        let sums = told.page.sums.into_iter();
        sums.map(|sum| (sum.node.unwrap(), sum.bytes)).collect()
    }

    /// Every byte that stands in the minutes, the hours or the days; all of them must hold the same.
    pub(crate) async fn stored(&self) -> u64 {
        let whole = FlowSpanFilter {
            span: Span {
                start: at("2026-01-01T00:00:00Z"),
                end: at("2027-01-01T00:00:00Z"),
            },
            device: None,
        };
        let sums = self.store.flow_sums(whole).await.unwrap();
        let minutes: u64 = sums.iter().filter_map(|sum| sum.bytes.total()).sum();
        let days = FlowFilter {
            from: Date::constant(2026, 1, 1),
            through: Date::constant(2026, 12, 31),
            device: None,
            by: Vec::new(),
            limit: 1,
        };
        let days = self.store.flows(days).await.unwrap();
        let days: u64 = days.sums.iter().filter_map(|sum| sum.bytes.total()).sum();
        assert_eq!(minutes, days, "minutes and days hold the same");
        minutes
    }

    /// How many events are of a kind.
    pub(crate) fn count(&self, is: impl Fn(&Event) -> bool) -> usize {
        self.events
            .lock()
            .unwrap()
            .iter()
            .filter(|event| is(event))
            .count()
    }
}
