//! The engine with specs and the real channel, against simulated providers in process: bad keys beside good ones, and a
//! thousand accounts at once.

#![expect(
    clippy::unwrap_used,
    reason = "a failed assumption of a test is a failed test"
)]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::kit;
use async_trait::async_trait;
use secrecy::SecretString;
use tidegate_egress::{Failure, Request, Response, Timer, Transport};
use tidegate_engine::config::{AccountConfig, Config, GuardConfig, MeterChoice, SecretRef};
use tidegate_engine::{Engine, Parts};
use tidegate_meter::{AccountId, Clock, MeterId, Outcome, Reason, Time};
use tidegate_sim::balances::Money;
use tidegate_sim::time::VirtualTimer;
use tidegate_sim::{Builder, Fault, Lie, SimTransport, World};
use tidegate_store::{AlertFilter, MeterRow, OpenOptions, Store};

/// The way to the simulated providers, counting how many requests are on it at once.
struct Counted {
    inner: SimTransport,
    now: AtomicUsize,
    most: AtomicUsize,
}

#[async_trait]
impl Transport for Counted {
    async fn exchange(&self, request: Request) -> Result<Response, Failure> {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        let answer = self.inner.exchange(request).await;
        self.now.fetch_sub(1, Ordering::SeqCst);
        answer
    }
}

/// An account that a spec reads at a simulated provider.
#[derive(Clone)]
struct Subject {
    id: String,
    spec: &'static str,
    provider: &'static str,
    currency: &'static str,
}

impl Subject {
    fn account(&self) -> AccountId {
        AccountId::new(self.id.as_str()).unwrap()
    }

    /// Where a field of the account stands in the environment.
    fn variable(&self, field: &str) -> String {
        format!("{}_{field}", self.id).to_uppercase()
    }

    fn reference(&self, field: &str) -> (String, SecretRef) {
        (field.to_owned(), SecretRef::Env(self.variable(field)))
    }

    fn config(&self, params: &BTreeMap<&'static str, String>) -> AccountConfig {
        let secrets = params.keys().map(|field| self.reference(field));
        AccountConfig {
            provider: self.spec.to_owned(),
            interval: Duration::from_secs(1800),
            interval_near: Duration::from_secs(1800),
            secret: secrets.collect(),
            ..kit::account(&self.id)
        }
    }

    fn guard(&self, meter: &MeterId) -> GuardConfig {
        GuardConfig {
            meter: MeterChoice::One(meter.clone()),
            steps: vec![format!("5 {}", self.currency).parse().unwrap()],
            limit: None,
            ..kit::guard(&format!("{}-money", self.id), &self.id)
        }
    }

    fn meter(&self) -> MeterId {
        let name = if self.spec == "deepseek" {
            "balance.CNY"
        } else {
            "balance"
        };
        MeterId::new(name).unwrap()
    }
}

/// A world, and an engine that reads it.
struct Scene {
    world: World,
    timer: Arc<dyn Timer>,
    store: Store,
    engine: Engine,
    wire: Arc<Counted>,
    subjects: Vec<Subject>,
}

fn left(amount: &str) -> Money {
    Money {
        left: Some(amount.to_owned()),
        ..Money::default()
    }
}

impl Scene {
    async fn new(subjects: Vec<Subject>, latency: Duration) -> Self {
        let timer = VirtualTimer::new("2026-11-10T00:00:00Z".parse().unwrap());
        let described = subjects.iter().enumerate().try_fold(
            World::new(7).latency(latency),
            |world: Builder, (index, subject)| {
                world.purse(
                    subject.provider,
                    &subject.id,
                    &left(&format!("{}.25", 100 + index)),
                )
            },
        );
        let world = described.unwrap().build(timer.outside());
        let clock: Arc<dyn Timer> = Arc::new(timer.clone());
        let store = Store::open(OpenOptions::memory(timer.now().wall, "test")).unwrap();
        let wire = Arc::new(Counted {
            inner: SimTransport::new(world.clone(), Arc::clone(&clock)),
            now: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
        });
        let parts = parts(&world, &subjects, &store, (Arc::clone(&wire), Arc::clone(&clock)));
        let engine = Engine::open(parts).await.unwrap();
        Self {
            world,
            timer: clock,
            store,
            engine,
            wire,
            subjects,
        }
    }

    /// Ends the engine, and begins another over the same store.
    async fn restart(&mut self) {
        self.engine.stop().await;
        let outside = (Arc::clone(&self.wire), Arc::clone(&self.timer));
        let parts = parts(&self.world, &self.subjects, &self.store, outside);
        self.engine = Engine::open(parts).await.unwrap();
        self.engine.run().await.unwrap();
    }

    /// Configures every subject, with a guard on each when `guarded`, and runs.
    async fn run(&self, guarded: bool) {
        let accounts = self.subjects.iter().map(|subject| {
            let params = self.world.purse(&subject.id).unwrap();
            subject.config(&params)
        });
        let guards = self.subjects.iter().filter(|_| guarded);
        let config = Config {
            accounts: accounts.collect(),
            channels: vec![kit::sink()],
            guards: guards.map(|subject| subject.guard(&subject.meter())).collect(),
            ..Config::default()
        };
        self.engine.configure(config, "test").await.unwrap();
        self.engine.run().await.unwrap();
    }

    async fn pass(&self, span: Duration) {
        self.timer.sleep(span).await;
    }

    fn now(&self) -> Time {
        self.timer.now().wall
    }

    async fn meter(&self, subject: &Subject) -> MeterRow {
        let row = self.store.meter(&subject.account(), &subject.meter()).await;
        row.unwrap().unwrap()
    }

    /// The texts that the sink took and that hold `word`.
    fn told(&self, word: &str) -> Vec<String> {
        let texts = self.world.feishu().into_iter().map(|message| message.text);
        texts.filter(|text| text.contains(word)).collect()
    }
}

fn parts(
    world: &World,
    subjects: &[Subject],
    store: &Store,
    (wire, timer): (Arc<Counted>, Arc<dyn Timer>),
) -> Parts {
    let environment = Arc::new(environment(world, subjects));
    kit::parts_over(wire, timer, store.clone(), environment, 7)
}

/// The fake keys of every subject, and the sink's address.
fn environment(
    world: &World,
    subjects: &[Subject],
) -> impl Fn(&str) -> Option<SecretString> + Send + Sync + use<> {
    let (hook, secret) = world.feishu_hook();
    let mut known = BTreeMap::from([
        ("FEISHU_URL".to_owned(), format!("http://127.0.0.1:18080{hook}")),
        ("FEISHU_SECRET".to_owned(), secret.unwrap()),
    ]);
    for subject in subjects {
        for (field, value) in world.purse(&subject.id).unwrap() {
            known.insert(subject.variable(field), value);
        }
    }
    move |name| known.get(name).cloned().map(SecretString::from)
}

fn subject(id: &str, spec: &'static str, provider: &'static str, currency: &'static str) -> Subject {
    Subject {
        id: id.to_owned(),
        spec,
        provider,
        currency,
    }
}

/// Eight accounts; the first three lose their keys, each refused in another dialect.
fn eight() -> Vec<Subject> {
    vec![
        subject("tencent", "tencent-balance", "tencent", "CNY"),
        subject("aliyun", "aliyun-balance", "aliyun", "CNY"),
        subject("deepseek", "deepseek", "deepseek", "CNY"),
        subject("openrouter", "openrouter", "openrouter", "USD"),
        subject("novita", "novita", "novita", "USD"),
        subject("stepfun", "stepfun", "stepfun", "CNY"),
        subject("huawei", "huawei-balance", "huawei", "CNY"),
        subject("volcengine", "volc-balance", "volcengine", "CNY"),
    ]
}

#[tokio::test(start_paused = true)]
async fn three_bad_keys_of_eight_leave_five_good_and_are_told_each_with_its_last_value_and_age() {
    let scene = Scene::new(eight(), Duration::from_millis(50)).await;
    let (_, secret) = scene.world.feishu_hook();
    assert!(
        secret.is_some(),
        "the sink takes signed messages only, unless told otherwise"
    );
    scene.run(true).await;
    scene.pass(Duration::from_secs(60)).await;
    let before = scene.now();
    for subject in scene.subjects.iter().take(3) {
        scene
            .world
            .fault(Fault::new(Lie::KeyRotated).account(&subject.id));
    }
    scene.pass(Duration::from_secs(3 * 3600)).await;
    for (index, subject) in scene.subjects.iter().enumerate() {
        let row = scene.meter(subject).await;
        let good = row.last_good.unwrap();
        let value = good.remaining().unwrap().to_string();
        assert_eq!(
            value,
            format!("{}.25 {}", 100 + index, subject.currency),
            "{}",
            subject.id
        );
        match row.outcome.unwrap() {
            Outcome::Blind(blind) => {
                assert!(index < 3, "{} is good: {blind:?}", subject.id);
                assert_eq!(blind.reason, Reason::Auth, "{}", subject.id);
                assert!(good.fetched_at() < before, "{}: as old as it is", subject.id);
            }
            Outcome::Known(reading) => {
                assert!(index >= 3, "{} lost its key", subject.id);
                assert!(reading.fetched_at() > before, "{}: still looked at", subject.id);
            }
        }
    }
    let open = scene.store.alerts(AlertFilter::open()).await.unwrap();
    let mut blind: Vec<String> = open
        .iter()
        .filter(|alert| alert.key.starts_with("blind"))
        .map(|alert| alert.account.as_ref().unwrap().to_string())
        .collect();
    blind.sort_unstable();
    assert_eq!(blind, ["aliyun", "deepseek", "tencent"], "{open:?}");
    for subject in &scene.subjects {
        let told = scene.told(&format!("account {}", subject.id));
        let expected = usize::from(blind.contains(&subject.id));
        assert_eq!(told.len(), expected, "{}: {told:?}", subject.id);
    }
    scene.world.heal_all();
    scene.pass(Duration::from_secs(2 * 3600)).await;
    let open = scene.store.alerts(AlertFilter::open()).await.unwrap();
    assert_eq!(open.len(), 0, "{open:?}");
    for subject in &scene.subjects {
        let row = scene.meter(subject).await;
        assert!(matches!(row.outcome, Some(Outcome::Known(_))), "{}", subject.id);
    }
    scene.engine.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_thousand_accounts_at_fifty_in_flight_are_looked_at_twice_and_each_observation_is_stored_once() {
    let kinds = [
        ("deepseek", "deepseek"),
        ("stepfun", "stepfun"),
        ("volc-balance", "volcengine"),
    ];
    let subjects = (0..1000).map(|index| {
        let (spec, provider) = kinds[index % kinds.len()];
        subject(&format!("s{index:04}"), spec, provider, "CNY")
    });
    let scene = Scene::new(subjects.collect(), Duration::from_millis(200)).await;
    scene.run(false).await;
    scene.pass(Duration::from_secs(120)).await;
    assert_eq!(scene.world.requests().len(), 1000, "one look each");
    let report = scene.engine.check(&[]).await.unwrap();
    assert!(!report.any_blind());
    assert_eq!(scene.world.requests().len(), 2000, "two looks each");
    assert_eq!(
        scene.wire.most.load(Ordering::SeqCst),
        50,
        "fifty in flight, and no more"
    );
    let (from, to) = (Time::from_ms(0), scene.now().plus(Duration::from_secs(1)));
    for (index, subject) in scene.subjects.iter().enumerate() {
        let of = (&subject.account(), &subject.meter());
        let (readings, more) = scene
            .store
            .readings_page(of, (from, to), None, 100)
            .await
            .unwrap();
        assert!(more.is_none());
        let values: Vec<String> = readings
            .iter()
            .map(|reading| reading.remaining().unwrap().to_string())
            .collect();
        let value = format!("{}.25 CNY", 100 + index);
        assert_eq!(values, [value.clone(), value], "{}: each look once", subject.id);
        assert!(
            readings[0].fetched_at() < readings[1].fetched_at(),
            "{}",
            subject.id
        );
    }
    scene.engine.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_restart_asks_nothing_before_the_least_interval_of_a_query_that_costs_money() {
    let aws = subject("aws", "aws-ce", "aws", "USD");
    let mut scene = Scene::new(vec![aws.clone()], Duration::from_millis(50)).await;
    let config = AccountConfig {
        interval: Duration::from_secs(6 * 3600),
        interval_near: Duration::from_secs(6 * 3600),
        params: [("accept_cost".to_owned(), "yes".to_owned())].into(),
        ..aws.config(&scene.world.purse("aws").unwrap())
    };
    let config = Config {
        accounts: vec![config],
        ..Config::default()
    };
    scene.engine.configure(config, "test").await.unwrap();
    scene.engine.run().await.unwrap();
    scene.pass(Duration::from_secs(3600)).await;
    assert_eq!(scene.world.requests().len(), 1);
    let spent = MeterId::new("spend_month").unwrap();
    let first = scene.store.meter(&aws.account(), &spent).await.unwrap().unwrap();

    for _ in 0..3 {
        scene.restart().await;
        scene.pass(Duration::from_secs(600)).await;
        assert!(!scene.engine.check(&[]).await.unwrap().any_blind());
    }
    assert_eq!(scene.world.requests().len(), 1, "each query costs money");
    let row = scene.store.meter(&aws.account(), &spent).await.unwrap().unwrap();
    assert_eq!(row.outcome, first.outcome, "as old as it is");

    scene.pass(Duration::from_secs(7 * 3600)).await;
    assert_eq!(scene.world.requests().len(), 2);
    scene.engine.stop().await;
}
