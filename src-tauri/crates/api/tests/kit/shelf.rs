//! A past that no test could wait for, written by the store's own writer before the program opens its home. Guard states
//! come from the real judgement of the readings that are written.

use std::time::Duration;

use serde_json::{Value, json};
use tidegate_guard::{
    ActionKind, Facts, GuardSpec, GuardState, IntentState, Judgement, Observation, RestartPolicy, Severity,
    judge,
};
use tidegate_meter::{
    AsOf, Blind, ByteBase, MeterInfo, MeterKind, Outcome, Quantity, Reading, Reason, RowId, Target,
    TargetKind, Time, Unit, Window, WindowKind,
};
use tidegate_store::{
    AlertRow, Batch, DeliveryRow, DeliveryState, GuardStateRow, IntentEventRow, IntentRow, LapseRow,
    LeaseState, OpenOptions, Store, Write,
};

use super::{Stage, save_account};

/// 2026-01-15T08:00:00Z: what the stages begin with.
pub const NOW: Time = Time::from_ms(1_768_464_000_000);
pub const MINUTE: Duration = Duration::from_secs(60);
pub const HOUR: Duration = Duration::from_secs(3600);
pub const DAY: Duration = Duration::from_secs(86_400);
pub const GB: i64 = 1_000_000_000;
/// The whole package.
pub const WHOLE: i64 = 200 * GB;

/// The database of a stage on which one account with one guard is configured.
pub struct Shelf(Store);

impl Shelf {
    pub async fn of(stage: &Stage) -> Self {
        let app = stage.app().await;
        save_account(&app, stage).await;
        app.stop().await;
        drop(app);
        let file = stage.options.home.join("tidegate.db");
        let store = Store::open(OpenOptions::file(file, NOW, "shelf")).unwrap();
        let lease = store.take_lease(NOW, MINUTE).await.unwrap();
        assert!(matches!(lease, LeaseState::Held { .. }), "{lease:?}");
        Self(store)
    }

    pub async fn put(&self, writes: impl IntoIterator<Item = Write>) {
        let writes: Vec<Write> = writes.into_iter().collect();
        for part in writes.chunks(4000) {
            let batch = Batch {
                writes: part.to_vec(),
            };
            self.0.write(batch).await.unwrap();
        }
    }

    /// Folds what the daily round would have folded, and lets go of the home.
    pub async fn close(self) {
        self.0.maintenance(NOW).await.unwrap();
        self.0.release_lease().await.unwrap();
    }
}

pub fn ago(span: Duration) -> Time {
    NOW.minus(span)
}

pub fn id(at: Time, n: u8) -> RowId {
    RowId::new(at, [n; 10])
}

/// A traffic package of a server of the same name.
pub fn package(name: &str) -> MeterInfo {
    MeterInfo {
        account: "hw".parse().unwrap(),
        id: name.parse().unwrap(),
        kind: MeterKind::Traffic,
        name: name.to_owned(),
        byte_base: ByteBase::Decimal,
        targets: vec![server(name)],
    }
}

pub fn server(name: &str) -> Target {
    Target {
        kind: TargetKind::Server,
        id: name.parse().unwrap(),
        name: name.to_owned(),
        region: "ap-southeast-1".to_owned(),
    }
}

/// Thirty days from `start` on.
pub fn cycle(start: Time) -> Window {
    Window::told(WindowKind::Cycle, start, Some(start.plus(30 * DAY)))
}

/// What is left of the whole package, in bytes.
pub fn left(at: Time, bytes: i64, window: Window) -> Reading {
    let (whole, bytes) = (Quantity::bytes(WHOLE), Quantity::bytes(bytes));
    Reading::new(None, Some(whole), Some(bytes), Some(window), AsOf::Fetch(at), at).unwrap()
}

pub fn look(info: &MeterInfo, reading: Reading) -> Write {
    Write::Look {
        info: info.clone(),
        at: reading.fetched_at(),
        outcome: Outcome::Known(reading),
        lag_ms: None,
    }
}

pub fn blind(info: &MeterInfo, at: Time, reason: Reason) -> Write {
    Write::Look {
        info: info.clone(),
        at,
        outcome: Outcome::Blind(Blind::new(reason, "FAKE detail")),
        lag_ms: None,
    }
}

/// The guard that `save_account` saves, as the engine hands it to the judgement.
pub fn spec() -> GuardSpec {
    GuardSpec {
        id: "hw-traffic".parse().unwrap(),
        steps: vec!["70%".parse().unwrap(), "95%".parse().unwrap()],
        limit: Some("10 GB".parse().unwrap()),
        action: ActionKind::Stop,
        mode: tidegate_guard::Mode::Watch,
        countdown: MINUTE,
        interval: 5 * MINUTE,
        stop_latency: 2 * MINUTE,
        bandwidth_mbit: None,
        belts: tidegate_guard::Belts::default(),
        forced: false,
        restart: RestartPolicy::default(),
        start_after_reset: false,
        reminder: 6 * HOUR,
        hysteresis: Quantity::parse("1", Unit::Percent).unwrap(),
    }
}

/// What the guard said of a meter after these looks.
pub fn judged(info: &MeterInfo, looks: impl IntoIterator<Item = (Time, Outcome)>) -> Write {
    let spec = spec();
    let mut state = GuardState::default();
    let mut last: Option<(Time, Judgement<GuardState>)> = None;
    for (at, outcome) in looks {
        let seen = Observation {
            outcome,
            facts: Facts::inert(),
        };
        let judgement = judge(&spec, &state, &seen, at);
        state = judgement.state.clone();
        last = Some((at, judgement));
    }
    let (at, judgement) = last.expect("at least one look");
    Write::GuardState(GuardStateRow {
        guard: spec.id,
        meter: info.id.clone(),
        version: 0,
        state: serde_json::to_value(&judgement.state).unwrap(),
        level: judgement.level,
        why: serde_json::to_value(&judgement.why).unwrap(),
        at,
    })
}

/// A meter that reads the same for a while, with what the guard says of it.
pub fn steady(name: &str, bytes: i64) -> Vec<Write> {
    let info = package(name);
    let window = cycle(ago(5 * DAY));
    let readings: Vec<Reading> = (0..4_u32)
        .map(|n| left(ago((20 - 5 * n) * MINUTE), bytes, window))
        .collect();
    let looks = readings
        .iter()
        .map(|reading| (reading.fetched_at(), Outcome::Known(reading.clone())));
    let state = judged(&info, looks);
    let mut writes: Vec<Write> = readings.into_iter().map(|reading| look(&info, reading)).collect();
    writes.push(state);
    writes
}

/// The message of an alert about a meter.
fn about(info: &MeterInfo, code: &str, rest: &Value) -> Value {
    let mut body = json!({
        "code": code,
        "meter": {
            "account": info.account, "account_name": "hw", "meter": info.id, "meter_name": info.name,
            "guard": "hw-traffic", "byte_base": info.byte_base,
        },
    });
    let fields = body.as_object_mut().unwrap();
    fields.extend(rest.as_object().unwrap().clone());
    body
}

pub fn alert(info: &MeterInfo, at: Time, n: u8, key: &str, severity: Severity) -> AlertRow {
    AlertRow {
        id: id(at, n),
        guard: Some("hw-traffic".parse().unwrap()),
        account: Some(info.account.clone()),
        meter: Some(info.id.clone()),
        key: key.to_owned(),
        window_start: Time::from_ms(i64::from(n)),
        severity,
        raised_at: at,
        resolved_at: None,
        acknowledged: None,
        snoozed_until: None,
        body: json!({ "code": "step_reached" }),
    }
}

/// A blindness that was told, and is over at `until`.
pub fn blindness(info: &MeterInfo, (at, until): (Time, Time), n: u8, reason: Reason) -> AlertRow {
    let blind = Blind::new(reason, "FAKE detail");
    AlertRow {
        key: "blind".to_owned(),
        resolved_at: Some(until),
        body: about(info, "blind", &json!({ "blind": blind, "since": null })),
        ..alert(info, at, n, "blind", Severity::Warning)
    }
}

pub fn lapse(start: Time, end: Time, cause: &str) -> Write {
    Write::Lapse(LapseRow {
        start,
        end,
        cause: cause.to_owned(),
    })
}

/// A stop that was decided at `at` and now stands in `state`.
pub fn stop(info: &MeterInfo, at: Time, n: u8, state: IntentState) -> IntentRow {
    IntentRow {
        id: id(at, n),
        guard: Some("hw-traffic".parse().unwrap()),
        account: info.account.clone(),
        meter: Some(info.id.clone()),
        action: ActionKind::Stop,
        target: info.targets.first().unwrap().clone(),
        window_start: Time::from_ms(i64::from(n)),
        state,
        due: at.plus(MINUTE),
        next_at: at.plus(MINUTE),
        tries: 0,
        detail: json!({}),
        created_at: at,
        updated_at: at,
    }
}

pub fn decided(row: IntentRow) -> Write {
    let event = IntentEventRow {
        intent: row.id,
        from: None,
        to: row.state,
        at: row.created_at,
        facts: json!({}),
    };
    Write::Intent(row, event)
}

pub fn delivery(at: Time, n: u8, state: DeliveryState) -> Write {
    Write::Delivery(DeliveryRow {
        id: id(at, n),
        channel: "screen".parse().unwrap(),
        alert: None,
        intent: None,
        severity: Severity::Warning,
        message: json!({ "code": "test" }),
        state,
        tries: 1,
        next_at: at,
        repeat: false,
        error: None,
        created_at: at,
        delivered_at: (state == DeliveryState::Delivered).then_some(at),
    })
}
