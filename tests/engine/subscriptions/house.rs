//! A house with panels: an engine with its real adapters, a channel that remembers, and devices whose flows a test files.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;
use tidegate_egress::{Failure, FailureKind, Request, Response, Timer, Transport};
use tidegate_engine::config::{AccountConfig, Config, GuardConfig, MeterChoice, SecretRefs};
use tidegate_engine::subscriptions::SubscriptionView;
use tidegate_engine::{Engine, Event, Parts, ReportSettings};
use tidegate_meter::{
    AccountId, Clock, DeviceId, Flow, FlowBytes, FlowKey, FlowKind, MeterId, Span, Time, Zone,
};
use tidegate_sim::panel::{Panel, Plan};
use tidegate_sim::time::VirtualTimer;
use tidegate_sim::{SimTransport, World};
use tidegate_store::{
    AlertFilter, AlertRow, Batch, DeviceRow, FlowWrite, MeterRow, OpenOptions, Store, Write,
};

use crate::kit;

pub(crate) const MIB: u64 = 1 << 20;
pub(crate) const GIB: u64 = 1 << 30;

/// Noon in Shanghai, in the middle of a month.
pub(crate) fn start() -> Time {
    "2026-11-10T04:00:00Z".parse().unwrap()
}

pub(crate) fn hours(count: u64) -> Duration {
    Duration::from_secs(count * 3600)
}

pub(crate) fn id(name: &str) -> AccountId {
    AccountId::new(name).unwrap()
}

/// To each panel by its host, and to the sink.
struct Wire {
    panels: BTreeMap<String, Panel>,
    cloud: SimTransport,
}

#[async_trait]
impl Transport for Wire {
    async fn exchange(&self, request: Request) -> Result<Response, Failure> {
        let host = request.url.host_str().unwrap_or_default().to_owned();
        if host == "127.0.0.1" {
            return self.cloud.exchange(request).await;
        }
        match self.panels.get(&host) {
            Some(panel) => panel.exchange(request).await,
            None => Err(Failure::new(
                FailureKind::Connect,
                host,
                "the name did not resolve",
            )),
        }
    }
}

/// The engine and all around it.
pub(crate) struct House {
    pub(crate) panels: BTreeMap<String, Panel>,
    pub(crate) timer: VirtualTimer,
    pub(crate) world: World,
    pub(crate) store: Store,
    pub(crate) engine: Engine,
    pub(crate) events: Arc<Mutex<Vec<Event>>>,
}

/// The host of a subscription's panel: as secret as the rest of its address.
pub(crate) fn host(name: &str) -> String {
    format!("{name}.fake-canary-host.example")
}

pub(crate) fn account(name: &str, params: &[(&str, &str)]) -> AccountConfig {
    let field = format!("{name}_URL").to_uppercase();
    AccountConfig {
        provider: "subscription".to_owned(),
        name: format!("机场 {name}"),
        interval: hours(1),
        interval_near: Duration::from_secs(900),
        params: params
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect(),
        secret: SecretRefs::from_iter(kit::env(&[("url", &field)])),
        ..kit::account(name)
    }
}

pub(crate) fn guard(account: &str, steps: &[&str]) -> GuardConfig {
    GuardConfig {
        meter: MeterChoice::One(MeterId::new("traffic").unwrap()),
        steps: steps.iter().map(|step| step.parse().unwrap()).collect(),
        limit: None,
        action: tidegate_guard::ActionKind::Warn,
        ..kit::guard(&format!("{account}-traffic"), account)
    }
}

pub(crate) fn plan() -> Plan {
    Plan {
        up: 0,
        down: 10 * GIB,
        total: Some(100 * GIB),
        expires_at: Some(start().plus(hours(24 * 200))),
    }
}

impl House {
    /// With these subscriptions and guards, running.
    pub(crate) async fn new(accounts: Vec<AccountConfig>, guards: Vec<GuardConfig>) -> Self {
        let timer = VirtualTimer::new(start());
        let world = World::new(7)
            .feishu(Some("FAKE-sign-secret"), None)
            .build(timer.outside());
        let panels = accounts
            .iter()
            .map(|account| (account.id.to_string(), Panel::new(plan())))
            .collect();
        let store = Store::open(OpenOptions::memory(timer.now().wall, "test")).unwrap();
        let engine = Engine::open(parts(&panels, &world, &timer, &store))
            .await
            .unwrap();
        let config = Config {
            accounts,
            channels: vec![kit::sink()],
            guards,
            ..Config::default()
        };
        engine.configure(config, "test").await.unwrap();
        let unreported = ReportSettings {
            daily: false,
            ..ReportSettings::default()
        };
        let saved = engine.save_settings(None, Some(unreported), Vec::new(), "test");
        saved.await.unwrap();
        let events = heard(&engine);
        engine.run().await.unwrap();
        Self {
            panels,
            timer,
            world,
            store,
            engine,
            events,
        }
    }

    /// One subscription, called `airport`.
    pub(crate) async fn one(params: &[(&str, &str)], guards: Vec<GuardConfig>) -> Self {
        let house = Self::new(vec![account("airport", params)], guards).await;
        house.pass(Duration::from_secs(5)).await;
        house
    }

    /// Ends the engine, and begins another over the same store.
    pub(crate) async fn restart(&mut self) {
        self.engine.stop().await;
        let parts = parts(&self.panels, &self.world, &self.timer, &self.store);
        self.engine = Engine::open(parts).await.unwrap();
        self.events = heard(&self.engine);
        self.engine.run().await.unwrap();
    }

    pub(crate) async fn pass(&self, span: Duration) {
        self.timer.sleep(span).await;
    }

    pub(crate) fn panel(&self) -> &Panel {
        &self.panels["airport"]
    }

    pub(crate) fn now(&self) -> Time {
        self.timer.now().wall
    }

    pub(crate) async fn view(&self, name: &str) -> SubscriptionView {
        let views = self.engine.subscriptions().await.unwrap();
        views.into_iter().find(|view| view.account == id(name)).unwrap()
    }

    pub(crate) async fn meter(&self, meter: &str) -> MeterRow {
        let meter = MeterId::new(meter).unwrap();
        self.store.meter(&id("airport"), &meter).await.unwrap().unwrap()
    }

    /// The open alerts.
    pub(crate) async fn alerts(&self) -> Vec<AlertRow> {
        self.store.alerts(AlertFilter::open()).await.unwrap()
    }

    /// The texts that the sink took.
    pub(crate) fn told(&self) -> Vec<String> {
        self.world
            .feishu()
            .into_iter()
            .map(|message| message.text)
            .collect()
    }

    /// A device that is there since now.
    pub(crate) async fn device(&self, name: &str) {
        let row = DeviceRow {
            device: DeviceId::new(name).unwrap(),
            name: name.to_owned(),
            account: None,
            token: None,
            since: self.now(),
            seen_at: None,
            ended_at: None,
            body: serde_json::Value::Null,
        };
        self.write(vec![FlowWrite::Device(row)]).await;
    }

    /// The device was watched in all of the last hour, and so many bytes went through this node of this feed.
    pub(crate) async fn hour(&self, device: &str, (node, feed): (&str, &str), down: u64) {
        let (now, device) = (self.now(), DeviceId::new(device).unwrap());
        let minute = Time::from_ms((now.ms() - 1_800_000).div_euclid(60_000) * 60_000);
        let watched = FlowWrite::Watched {
            device: device.clone(),
            span: Span {
                start: now.minus(hours(1)),
                end: now,
            },
        };
        let flow = Flow {
            minute,
            key: FlowKey {
                kind: FlowKind::Proxy,
                node: node.to_owned(),
                group: "Proxy".to_owned(),
                feed: feed.to_owned(),
            },
            bytes: FlowBytes {
                down,
                ..FlowBytes::default()
            },
        };
        let day = shanghai().date_of(minute);
        self.write(vec![watched, FlowWrite::Flow { device, day, flow }])
            .await;
    }

    /// That many hours, in each of which the panel bills, and the device sends, so many bytes.
    pub(crate) async fn hours(&self, count: u64, node: (&str, &str), billed: u64, sent: u64) {
        for _ in 0..count {
            self.panel().bill(0, billed);
            self.pass(hours(1)).await;
            self.hour("laptop", node, sent).await;
        }
    }

    pub(crate) async fn write(&self, writes: Vec<FlowWrite>) {
        let writes = writes.into_iter().map(Write::Flow).collect();
        self.store.write(Batch { writes }).await.unwrap();
    }
}

pub(crate) fn shanghai() -> Zone {
    "Asia/Shanghai".parse().unwrap()
}

fn heard(engine: &Engine) -> Arc<Mutex<Vec<Event>>> {
    let events = Arc::new(Mutex::new(Vec::new()));
    let (mut changes, log) = (engine.changes(), Arc::clone(&events));
    tokio::spawn(async move {
        while let Ok(batch) = changes.recv().await {
            log.lock().unwrap().extend(batch.events.clone());
        }
    });
    events
}

fn parts(panels: &BTreeMap<String, Panel>, world: &World, timer: &VirtualTimer, store: &Store) -> Parts {
    let clock: Arc<dyn Timer> = Arc::new(timer.clone());
    let wire = Wire {
        panels: panels
            .iter()
            .map(|(name, panel)| (host(name), panel.clone()))
            .collect(),
        cloud: SimTransport::new(world.clone(), Arc::clone(&clock)),
    };
    let (hook, secret) = world.feishu_hook();
    let mut known = BTreeMap::from([
        ("FEISHU_URL".to_owned(), format!("http://127.0.0.1:18080{hook}")),
        ("FEISHU_SECRET".to_owned(), secret.unwrap()),
    ]);
    for name in panels.keys() {
        let url = Panel::url(&format!("https://{}", host(name)));
        known.insert(format!("{name}_URL").to_uppercase(), url);
    }
    let environment = Arc::new(move |name: &str| known.get(name).cloned().map(SecretString::from));
    let parts = kit::parts_over(Arc::new(wire), clock, store.clone(), environment, 7);
    Parts {
        zone: shanghai(),
        ..parts
    }
}
