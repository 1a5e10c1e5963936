//! A house with an invited and enrolled device, and what its agent would send.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tidegate_egress::Timer;
use tidegate_engine::{CrashHook, DeviceTold, Engine, Taken};
use tidegate_meter::handover::{EnrolBody, HandIn, HandedIn};
use tidegate_meter::{Clock, DeviceId, Flow, FlowBatch, FlowBytes, FlowKey, FlowKind, RowId, Span, Time};
use tidegate_store::{DeviceRow, FlowFilter, FlowPage, InviteRow, Store, TokenRow};

use crate::kit::{FakeOutside, TestTimer, TestVault, World, store_options};

pub(crate) const MINUTE: Duration = Duration::from_secs(60);

pub(crate) fn nas() -> DeviceId {
    "nas".parse().unwrap()
}

pub(crate) fn id(n: u8) -> RowId {
    RowId::from_bytes([n; 16])
}

pub(crate) fn flow(minute: Time, up: u64) -> Flow {
    Flow {
        minute,
        key: FlowKey {
            kind: FlowKind::Proxy,
            node: "hk".to_owned(),
            group: "auto".to_owned(),
            feed: String::new(),
        },
        bytes: FlowBytes {
            up,
            ..FlowBytes::default()
        },
    }
}

/// A running engine with a device and the world around it.
pub(crate) struct House {
    pub(crate) world: World,
    pub(crate) token: RowId,
}

impl House {
    /// With the device `nas`, enrolled.
    pub(crate) async fn new() -> Self {
        let world = World::running(&[]).await;
        let token = enrolled(&world.engine, &world, 1).await;
        Self { world, token }
    }

    /// The whole minute before now.
    pub(crate) fn minute(&self) -> Time {
        let now = self.world.timer.now().wall;
        Time::from_ms((now.ms() / 60_000 - 1) * 60_000)
    }

    /// A batch that was sealed just now and holds this.
    pub(crate) fn hand_in(&self, sequence: u64, flows: Vec<Flow>) -> HandIn {
        hand_in(self.world.timer.now().wall, sequence, flows)
    }

    pub(crate) async fn take(&self, hand_in: &HandIn) -> HandedIn {
        verdict(&self.world.engine, self.token, hand_in).await
    }

    pub(crate) async fn row(&self) -> DeviceRow {
        self.world.store.device(&nas()).await.unwrap().unwrap()
    }

    pub(crate) async fn told(&self) -> DeviceTold {
        DeviceTold::of(&self.row().await)
    }

    pub(crate) async fn total(&self) -> u64 {
        total(&self.world.store).await
    }

    /// Conditions that need a person.
    pub(crate) async fn conditions(&self) -> Vec<String> {
        let alerts = self
            .world
            .store
            .alerts(tidegate_store::AlertFilter::open())
            .await
            .unwrap();
        alerts.into_iter().map(|alert| alert.key).collect()
    }

    /// How often an entry stands in the audit.
    pub(crate) async fn audited(&self, event: &str) -> usize {
        let rows = self.world.store.audit(0, 1000).await.unwrap();
        rows.iter().filter(|row| row.event == event).count()
    }
}

pub(crate) fn hand_in(now: Time, sequence: u64, flows: Vec<Flow>) -> HandIn {
    HandIn {
        sent_at: now,
        agent: "0.1.0".to_owned(),
        backlog: 3,
        batch: FlowBatch {
            device: nas(),
            epoch: id(9),
            sequence,
            sealed_at: now,
            watched: flows
                .iter()
                .map(|flow| Span {
                    start: flow.minute,
                    end: flow.minute.plus(MINUTE),
                })
                .collect(),
            flows,
            restarts: 0,
            kernel: "mihomo v1.19.32".to_owned(),
        },
    }
}

pub(crate) async fn verdict(engine: &Engine, token: RowId, hand_in: &HandIn) -> HandedIn {
    match engine.ingest(token, hand_in).await.unwrap() {
        Taken::Receipt(receipt) => {
            assert_eq!(receipt.sequence, hand_in.batch.sequence);
            receipt.verdict
        }
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn total(store: &Store) -> u64 {
    page(store)
        .await
        .sums
        .first()
        .map_or(0, |sum| sum.bytes.total().unwrap())
}

pub(crate) async fn page(store: &Store) -> FlowPage {
    let filter = FlowFilter {
        from: "2024-01-01".parse().unwrap(),
        through: "2030-01-01".parse().unwrap(),
        device: None,
        by: Vec::new(),
        limit: 100,
    };
    store.flows(filter).await.unwrap()
}

pub(crate) fn invite(world: &World, n: u8) -> InviteRow {
    let now = world.timer.now().wall;
    InviteRow {
        hash: [n; 32],
        device: nas(),
        name: "家里的 NAS".to_owned(),
        by: "window".to_owned(),
        created_at: now,
        expires_at: now.plus(15 * MINUTE),
        used_at: None,
    }
}

pub(crate) fn token(n: u8) -> TokenRow {
    TokenRow {
        id: id(n),
        name: format!("agent {n}"),
        hash: [n; 32],
        scopes: "ingest".to_owned(),
        created_at: Time::from_ms(0),
        expires_at: None,
        last_used_at: None,
        revoked_at: None,
    }
}

pub(crate) fn body() -> EnrolBody {
    EnrolBody {
        code: "FAKE".to_owned(),
        agent: "0.1.0".to_owned(),
        system: "linux x86_64".to_owned(),
    }
}

/// Invites and enrols; the id of the token.
pub(crate) async fn enrolled(engine: &Engine, world: &World, n: u8) -> RowId {
    let invite = invite(world, n);
    engine.invite_agent(invite.clone()).await.unwrap();
    let row = engine.enrol(&invite, token(n), &body()).await.unwrap().unwrap();
    assert_eq!(row.token, Some(id(n)));
    id(n)
}

/// A world over a file, with a hook at the points where a process may end.
pub(crate) async fn on_file(
    path: &Path,
    timer: &Arc<TestTimer>,
    holder: &str,
    hook: Option<CrashHook>,
) -> World {
    let outside = Arc::new(FakeOutside {
        clouds: std::sync::Mutex::default(),
        sinks: std::sync::Mutex::default(),
        timer: Arc::clone(timer),
    });
    let store = Store::open(store_options(Some(path), timer, holder)).unwrap();
    let vault = Arc::new(TestVault::default());
    let world = World::on(store, outside, vault, Arc::clone(timer), hook).await;
    world.engine.run().await.unwrap();
    world
}

/// Waits as the world's clock does.
pub(crate) async fn wait(timer: &TestTimer, span: Duration) {
    timer.sleep(span).await;
}
