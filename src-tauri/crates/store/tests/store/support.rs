//! Rows and stores that the tests begin with.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;
use tidegate_guard::{ActionKind, IntentState, Level, Severity};
use tidegate_meter::{
    AccountId, AsOf, Blind, ByteBase, MeterId, MeterInfo, MeterKind, Outcome, Quantity, Reading, Reason,
    RowId, Target, TargetKind, Time, Window, WindowKind,
};
use tidegate_store::{
    AlertRow, AuditEntry, Batch, DeliveryRow, DeliveryState, GuardRow, GuardStateRow, IntentEventRow,
    IntentRow, LeaseState, OpenOptions, Store, TargetRow, Write,
};

/// 2026-01-01T00:00:00Z.
pub(crate) const T0: Time = Time::from_ms(1_767_225_600_000);
pub(crate) const TTL: Duration = Duration::from_secs(30);
pub(crate) const MINUTE: Duration = Duration::from_secs(60);
pub(crate) const HOUR: Duration = Duration::from_secs(3600);
pub(crate) const DAY: Duration = Duration::from_secs(86_400);

pub(crate) fn minutes(n: u64) -> Time {
    T0.plus(Duration::from_secs(60 * n))
}

pub(crate) fn id(n: u8) -> RowId {
    RowId::new(T0, [n; 10])
}

pub(crate) fn account() -> AccountId {
    "hw-main".parse().unwrap()
}

pub(crate) fn meter() -> MeterId {
    "package-1".parse().unwrap()
}

pub(crate) fn memory() -> Store {
    Store::open(OpenOptions::memory(T0, "tester")).unwrap()
}

/// A store in memory that holds the lease.
pub(crate) async fn ready() -> Store {
    held(memory()).await
}

pub(crate) async fn held(store: Store) -> Store {
    let state = store.take_lease(T0, TTL).await.unwrap();
    assert!(matches!(state, LeaseState::Held { .. }), "{state:?}");
    store
}

pub(crate) fn file(path: &Path, holder: &str) -> Store {
    Store::open(OpenOptions::file(path, T0, holder)).unwrap()
}

pub(crate) fn batch(writes: impl IntoIterator<Item = Write>) -> Batch {
    Batch {
        writes: writes.into_iter().collect(),
    }
}

pub(crate) fn setting(key: &str, value: i64) -> Write {
    Write::Setting(key.to_owned(), Some(json!(value)))
}

pub(crate) fn info() -> MeterInfo {
    info_of(meter())
}

pub(crate) fn info_of(id: MeterId) -> MeterInfo {
    MeterInfo {
        account: account(),
        id,
        kind: MeterKind::Traffic,
        name: "flexus-1 · 流量包".to_owned(),
        byte_base: ByteBase::Binary,
        targets: vec![server()],
    }
}

pub(crate) fn server() -> Target {
    Target {
        kind: TargetKind::Server,
        id: "server-1".parse().unwrap(),
        name: "flexus-1".to_owned(),
        region: "cn-north-4".to_owned(),
    }
}

pub(crate) fn window() -> Window {
    Window::told(WindowKind::Cycle, T0, Some(T0.plus(30 * DAY)))
}

/// What remains of 200 GB, fetched at `at`.
pub(crate) fn reading(at: Time, remaining: i64) -> Reading {
    let whole = Some(Quantity::bytes(200_000_000_000));
    let remaining = Some(Quantity::bytes(remaining));
    Reading::new(None, whole, remaining, Some(window()), AsOf::Fetch(at), at).unwrap()
}

pub(crate) fn look(at: Time, remaining: i64) -> Write {
    look_with(reading(at, remaining))
}

pub(crate) fn look_with(reading: Reading) -> Write {
    Write::Look {
        info: info(),
        at: reading.fetched_at(),
        outcome: Outcome::Known(reading),
        lag_ms: None,
    }
}

pub(crate) fn blind_look(at: Time) -> Write {
    Write::Look {
        info: info(),
        at,
        outcome: Outcome::Blind(Blind::new(Reason::Auth, "APIGW.0301")),
        lag_ms: None,
    }
}

pub(crate) fn guard() -> GuardRow {
    GuardRow {
        id: "traffic".parse().unwrap(),
        account: account(),
        enabled: true,
        config: json!({"limit": "10 GB"}),
    }
}

pub(crate) fn state(version: i64, said: &str) -> Write {
    Write::GuardState(GuardStateRow {
        guard: guard().id,
        meter: meter(),
        version,
        state: json!({"said": said}),
        level: Level::Warning,
        why: json!({"code": said}),
        at: T0,
    })
}

pub(crate) fn alert(n: u8, key: &str) -> AlertRow {
    AlertRow {
        id: id(n),
        guard: Some(guard().id),
        account: Some(account()),
        meter: Some(meter()),
        key: key.to_owned(),
        window_start: T0,
        severity: Severity::Critical,
        raised_at: T0,
        resolved_at: None,
        acknowledged: None,
        snoozed_until: None,
        body: json!({"code": "step_reached"}),
    }
}

pub(crate) fn intent(n: u8) -> IntentRow {
    IntentRow {
        id: id(n),
        guard: Some(guard().id),
        account: account(),
        meter: Some(meter()),
        action: ActionKind::Stop,
        target: server(),
        window_start: T0,
        state: IntentState::Planned,
        due: minutes(1),
        next_at: minutes(1),
        tries: 0,
        detail: json!({}),
        created_at: T0,
        updated_at: T0,
    }
}

pub(crate) fn event(row: &IntentRow, from: Option<IntentState>, at: Time) -> IntentEventRow {
    IntentEventRow {
        intent: row.id,
        from,
        to: row.state,
        at,
        facts: json!({"at": at}),
    }
}

pub(crate) fn plan(n: u8) -> Write {
    let row = intent(n);
    let event = event(&row, None, T0);
    Write::Intent(row, event)
}

/// Moves the intent `n` from a state to another.
pub(crate) fn go(n: u8, from: IntentState, to: IntentState, at: Time) -> Write {
    let row = IntentRow {
        state: to,
        next_at: at.plus(MINUTE),
        updated_at: at,
        ..intent(n)
    };
    let event = event(&row, Some(from), at);
    Write::MoveIntent { row, event }
}

pub(crate) fn delivery(n: u8, state: DeliveryState, next_at: Time) -> DeliveryRow {
    DeliveryRow {
        id: id(n),
        channel: "ops".parse().unwrap(),
        alert: Some(id(1)),
        intent: None,
        severity: Severity::Warning,
        message: json!({"code": "test"}),
        state,
        tries: 0,
        next_at,
        repeat: false,
        error: None,
        created_at: T0,
        delivered_at: None,
    }
}

pub(crate) fn target() -> TargetRow {
    TargetRow {
        account: account(),
        target: server(),
        protected: false,
        power: None,
        started_at: None,
        stopped_by_us_at: None,
        present: true,
        meters: vec![meter()],
        addresses: vec!["192.0.2.1".to_owned()],
    }
}

pub(crate) fn audit(event: &str, at: Time) -> Write {
    Write::Audit(AuditEntry {
        at,
        actor: "engine".to_owned(),
        event: event.to_owned(),
        facts: json!({"z": 1, "a": ["甲", null, {"k": 2.5, "b": true}]}),
    })
}

/// The write-ahead log of a database.
pub(crate) fn log_of(database: &Path) -> PathBuf {
    database.with_extension("db-wal")
}

fn word(bytes: &[u8], at: usize) -> u32 {
    bytes
        .get(at..at + 4)
        .map_or(0, |four| u32::from_be_bytes(four.try_into().unwrap()))
}

/// The valid frames of the log of a database.
pub(crate) fn frames(database: &Path) -> usize {
    let log = std::fs::read(log_of(database)).unwrap();
    let frame = 24 + usize::try_from(word(&log, 8)).unwrap();
    let salt = log[16..24].to_vec();
    let valid = |number: &usize| log.get(32 + number * frame + 8..32 + number * frame + 16) == Some(&*salt);
    (0..).take_while(valid).count()
}
