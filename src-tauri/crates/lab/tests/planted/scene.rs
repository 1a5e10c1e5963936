//! A small world, its database and the lines of a run, made by hand.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt as _;
use serde_json::{Value, json};
use tidegate_engine::Event;
use tidegate_guard::{ActionKind, Belts, IntentState, Level, Limit, RestartPolicy, Severity};
use tidegate_lab::check::{CheckSet, Invariant, View};
use tidegate_lab::line::{Line, Seen};
use tidegate_lab::plan::{
    CloudPlan, Deed, GuardPlan, Mode, PackagePlan, Plan, ServerPlan, SinkPlan, Storage, VERSION,
};
use tidegate_meter::{Clock, Mono, Now, Quantity, RowId, Target, TargetKind, Time, Window, WindowKind};
use tidegate_sim::balances::Money;
use tidegate_sim::volcengine::{MainAccount, Spend};
use tidegate_sim::{Curve, LoggedRequest, Rights, World, gib};
use tidegate_store::{
    Batch, DeliveryRow, DeliveryState, GuardRow, IntentEventRow, IntentRow, OpenOptions, Store, Write,
};

/// 2026-03-05T00:00:00Z: no window of the scene turns near it.
pub(crate) const START: Time = Time::from_ms(1_772_668_800_000);
pub(crate) const GUARD: &str = "acme-pack";
pub(crate) const INTERVAL_S: u64 = 300;

struct Hand(Arc<Mutex<Time>>);

impl Clock for Hand {
    fn now(&self) -> Now {
        let wall = *self.0.lock().unwrap();
        Now {
            wall,
            mono: Mono(u64::try_from(wall.ms() - START.ms()).unwrap()),
        }
    }
}

/// What a scene is played with.
pub(crate) struct Stage {
    pub(crate) plan: Plan,
    pub(crate) world: World,
    pub(crate) store: Store,
    now: Arc<Mutex<Time>>,
    checks: CheckSet,
    found: Vec<String>,
    rows: u8,
}

impl Stage {
    /// One account with an armed guard over one server that runs, and one check.
    pub(crate) fn new(invariant: Invariant) -> Self {
        Self::of(invariant, plan())
    }

    pub(crate) fn of(invariant: Invariant, plan: Plan) -> Self {
        let now = Arc::new(Mutex::new(START));
        let world = World::new(7)
            .account("acme")
            .key(Rights::all())
            .server("edge")
            .burn(1_000_000)
            .shared("pack", gib(100))
            .used(gib(95))
            .server("vault")
            .server("stranger")
            .volcengine(main_account())
            .unwrap()
            .purse("deepseek", "wallet", &money())
            .unwrap()
            .feishu(Some("FAKE-sign-secret-of-the-sink"), None)
            .build(Arc::new(Hand(Arc::clone(&now))));
        let store = Store::open(OpenOptions::memory(START, "scene")).unwrap();
        take(store.take_lease(START, Duration::from_secs(30 * 86_400)));
        let mut stage = Self {
            plan,
            world,
            store,
            now,
            checks: CheckSet::only(invariant).unwrap(),
            found: Vec::new(),
            rows: 0,
        };
        stage.arms(true);
        stage.see(Line::Began { life: 1 });
        stage
    }

    pub(crate) fn at(&self) -> Time {
        *self.now.lock().unwrap()
    }

    /// Time passes.
    pub(crate) fn wait(&mut self, seconds: u64) -> &mut Self {
        let mut now = self.now.lock().unwrap();
        *now = now.plus(Duration::from_secs(seconds));
        drop(now);
        self
    }

    /// A line is seen.
    pub(crate) fn see(&mut self, line: Line) -> &mut Self {
        let at = self.at();
        let seen = Seen {
            at,
            mono_ms: u64::try_from(at.ms() - START.ms()).unwrap(),
            line,
        };
        let view = View {
            plan: &self.plan,
            world: &self.world,
            store: &self.store,
        };
        let breaches = self.checks.see(&seen, &view);
        self.found.extend(breaches.into_iter().map(|breach| breach.said));
        self
    }

    pub(crate) fn event(&mut self, event: Event) -> &mut Self {
        self.see(Line::Event { event })
    }

    pub(crate) fn deed(&mut self, deed: Deed) -> &mut Self {
        self.see(Line::Deed { deed })
    }

    /// The end: everything that was found.
    pub(crate) fn end(mut self) -> Vec<String> {
        let view = View {
            plan: &self.plan,
            world: &self.world,
            store: &self.store,
        };
        let at = *self.now.lock().unwrap();
        let breaches = self.checks.end(at, &view);
        self.found.extend(breaches.into_iter().map(|breach| breach.said));
        self.found
    }

    pub(crate) fn write(&self, writes: Vec<Write>) {
        take(self.store.write(Batch { writes }));
    }

    /// The guard is armed for a month on its server, or only watches.
    pub(crate) fn arms(&self, armed: bool) {
        let mode = if armed {
            json!({"mode": "armed", "until": START.plus(Duration::from_secs(30 * 86_400)), "targets": [self.target("edge")]})
        } else {
            json!({"mode": "watch"})
        };
        self.guards(&mode, &json!({"headroom": Quantity::bytes(gib(10))}));
    }

    pub(crate) fn guards(&self, mode: &Value, limit: &Value) {
        let row = GuardRow {
            id: GUARD.parse().unwrap(),
            account: "acme".parse().unwrap(),
            enabled: true,
            config: json!({"mode": mode, "limit": limit}),
        };
        self.write(vec![Write::PutGuard(row)]);
    }

    pub(crate) fn target(&self, server: &str) -> Target {
        Target {
            kind: TargetKind::Server,
            id: self.world.server_id(server).unwrap().parse().unwrap(),
            name: server.to_owned(),
            region: "cn-north-4".to_owned(),
        }
    }

    fn row_id(&mut self) -> RowId {
        self.rows += 1;
        RowId::new(self.at(), [self.rows; 10])
    }

    /// The guard decides; its countdown runs.
    pub(crate) fn plans(&mut self, server: &str, action: ActionKind) -> IntentRow {
        let at = self.at();
        let row = IntentRow {
            id: self.row_id(),
            guard: Some(GUARD.parse().unwrap()),
            account: "acme".parse().unwrap(),
            meter: Some(self.meter()),
            action,
            target: self.target(server),
            window_start: START,
            state: IntentState::Planned,
            due: at.plus(Duration::from_secs(60)),
            next_at: at.plus(Duration::from_secs(60)),
            tries: 0,
            detail: json!({}),
            created_at: at,
            updated_at: at,
        };
        self.write(vec![Write::Intent(row.clone(), event_row(&row, None, at))]);
        self.event(Event::Planned {
            at,
            intent: row.id,
            guard: row.guard.clone(),
            meter: row.meter.clone(),
            account: row.account.clone(),
            action,
            target: row.target.clone(),
            due: row.due,
        });
        row
    }

    /// An intent goes through states, durably.
    pub(crate) fn goes(&self, row: &IntentRow, states: &[IntentState]) -> IntentRow {
        let mut row = row.clone();
        let at = self.at();
        for state in states {
            let from = row.state;
            row.state = *state;
            row.updated_at = at;
            row.next_at = at;
            let event = event_row(&row, Some(from), at);
            self.write(vec![Write::MoveIntent {
                row: row.clone(),
                event,
            }]);
        }
        row
    }

    /// A whole stop: decided, recorded as sent after the countdown, arrived.
    pub(crate) fn stops(&mut self, server: &str) -> IntentRow {
        let row = self.plans(server, ActionKind::Stop);
        self.wait(60);
        let row = self.goes(&row, &[IntentState::Rechecked, IntentState::Sent]);
        self.asks("ecs.stop", server);
        row
    }

    pub(crate) fn request(&self, operation: &str, server: Option<&str>) -> LoggedRequest {
        let keys = self.world.credentials("acme").unwrap();
        LoggedRequest {
            at: self.at(),
            method: "POST".to_owned(),
            path: "/".to_owned(),
            query: String::new(),
            operation: operation.to_owned(),
            account: Some("acme".to_owned()),
            key: Some(keys[1].ak.clone()),
            servers: server
                .map(|name| self.world.server_id(name).unwrap())
                .into_iter()
                .collect(),
            unseen: false,
            forced: false,
            status: 200,
            code: None,
        }
    }

    /// A request arrives and is taken on.
    pub(crate) fn asks(&mut self, operation: &str, server: &str) -> &mut Self {
        let request = self.request(operation, Some(server));
        self.arrives(request)
    }

    pub(crate) fn arrives(&mut self, request: LoggedRequest) -> &mut Self {
        self.see(Line::Request {
            request,
            recorded: None,
        })
    }

    pub(crate) fn meter(&self) -> tidegate_meter::MeterId {
        self.world.package_id("pack").unwrap().parse().unwrap()
    }

    /// A look that read so much left of a hundred, in GiB.
    pub(crate) fn reads(&mut self, left_gib: i64) -> &mut Self {
        let left = gib(left_gib);
        self.reads_as(left, gib(100) - left, window(START))
    }

    pub(crate) fn reads_as(&mut self, left: i64, used: i64, window: Window) -> &mut Self {
        let event = Event::Reading {
            at: self.at(),
            account: "acme".parse().unwrap(),
            meter: self.meter(),
            name: "pack".to_owned(),
            used: Some(Quantity::bytes(used)),
            limit: Some(Quantity::bytes(gib(100))),
            remaining: Some(Quantity::bytes(left)),
            window: Some(window),
            as_of: self.at(),
            level: Level::Calm,
        };
        self.event(event)
    }

    pub(crate) fn looked(&mut self) -> &mut Self {
        let event = Event::Looked {
            at: self.at(),
            account: "acme".parse().unwrap(),
            next_at: None,
            blind: None,
        };
        self.event(event)
    }

    pub(crate) fn step(&mut self, alert: u8) -> &mut Self {
        let event = Event::Step {
            at: self.at(),
            alert: RowId::new(START, [alert; 10]),
            account: "acme".parse().unwrap(),
            guard: GUARD.parse().unwrap(),
            meter: self.meter(),
            key: "share:70".to_owned(),
            step: "70%".to_owned(),
            severity: Severity::Warning,
            remaining: None,
            share: None,
            why: serde_json::from_value(json!({
                "headroom": null, "distance": null, "lower_bound": null, "limit": null, "forecast": null,
                "blind": null, "over": false, "belts": [], "acting": null,
            }))
            .unwrap(),
        };
        self.event(event)
    }

    /// A row of the outbox.
    pub(crate) fn delivery(&mut self, message: Value, state: DeliveryState) -> DeliveryRow {
        let at = self.at();
        DeliveryRow {
            id: self.row_id(),
            channel: "feishu".parse().unwrap(),
            alert: None,
            intent: None,
            severity: Severity::Critical,
            message,
            state,
            tries: 1,
            next_at: at,
            repeat: false,
            error: None,
            created_at: at,
            delivered_at: None,
        }
    }
}

/// A main account whose `ann` spends 24 a day.
fn main_account() -> MainAccount {
    MainAccount::new("maple")
        .project("ann-work")
        .user("ann")
        .keys(1, 0)
        .spend(Spend::new("ann-work", "24"))
}

fn money() -> Money {
    Money {
        left: Some("12.50".to_owned()),
        ..Money::default()
    }
}

/// What a store on the caller's thread answers.
pub(crate) fn take<T>(asked: impl Future<Output = Result<T, tidegate_store::StoreError>>) -> T {
    asked.now_or_never().unwrap().unwrap()
}

fn event_row(row: &IntentRow, from: Option<IntentState>, at: Time) -> IntentEventRow {
    IntentEventRow {
        intent: row.id,
        from,
        to: row.state,
        at,
        facts: json!({}),
    }
}

/// A cycle of thirty days from a day before then.
pub(crate) fn window(from: Time) -> Window {
    let start = from.minus(Duration::from_secs(86_400));
    Window::told(
        WindowKind::Cycle,
        start,
        Some(start.plus(Duration::from_secs(30 * 86_400))),
    )
}

fn server(name: &str, is_locked: bool) -> ServerPlan {
    ServerPlan {
        name: name.to_owned(),
        traffic: Curve::Steady(1_000_000),
        is_off: false,
        is_locked,
        is_protected: false,
    }
}

/// One account, its guard on `edge`, a locked `vault`, and a sink.
pub(crate) fn plan() -> Plan {
    let guard = GuardPlan {
        steps: Vec::new(),
        limit: Some(Limit::Headroom(Quantity::bytes(gib(10)))),
        countdown_s: 60,
        belts: Belts::default(),
        bandwidth_mbit: Some(100),
        is_forced: false,
        restart: RestartPolicy::SuspendUntilReset,
        starts_after_reset: false,
        is_armed: true,
    };
    let package = PackagePlan {
        name: "pack".to_owned(),
        servers: vec!["edge".to_owned()],
        quota: gib(100),
        used: gib(95),
        lag_s: 0,
        step_s: 60,
        bought: None,
        is_once: false,
        guard: Some(guard),
    };
    let cloud = CloudPlan {
        name: "acme".to_owned(),
        has_act_key: true,
        interval_s: INTERVAL_S,
        interval_near_s: 60,
        servers: vec![server("edge", false), server("vault", true)],
        packages: vec![package],
    };
    Plan {
        version: VERSION,
        seed: 7,
        mode: Mode::Liveness,
        start: START,
        span_s: 86_400,
        zone: "UTC".to_owned(),
        storage: Storage::Memory,
        clouds: vec![cloud],
        purses: Vec::new(),
        mains: Vec::new(),
        devices: Vec::new(),
        subscriptions: Vec::new(),
        renewals: Vec::new(),
        sinks: vec![SinkPlan {
            kind: "feishu".to_owned(),
        }],
        events: Vec::new(),
        heal_at_s: Some(0),
    }
}
