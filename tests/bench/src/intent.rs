//! From a decision to its durable intent, against one bare full-sync commit on the same disk.
//!
//! The subject is a real judgement that plans a stop and the whole batch of that check, until the store says it is
//! durable. The control is one row of the intent's size in one commit. They alternate, so that a slow moment of the
//! disk hits both. A round starts on new files.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, ensure};
use tidegate_guard::{
    ActionKind, Belts, Decision, Facts, GuardSpec, GuardState, IntentState, Limit, Mode, Observation,
    RestartPolicy, Severity, Step, judge,
};
use tidegate_meter::{
    AccountId, AsOf, ByteBase, GuardId, MeterId, MeterInfo, MeterKind, Outcome, Quantity, Reading, RowId,
    Target, TargetId, TargetKind, Time, Unit,
};
use tidegate_store::{
    AccountRow, AlertRow, AuditEntry, Batch, DeliveryRow, DeliveryState, GuardRow, GuardStateRow,
    IntentEventRow, IntentRow, OpenOptions, Store, Write,
};

use crate::report::Row;
use crate::rounds::Pairs;
use crate::stopwatch::Stopwatch;
use crate::{budgets, process, stats};

/// 2026-01-01T00:00:00Z; any instant serves.
const START: Time = Time::from_ms(1_767_225_600_000);
/// Between the two looks that must agree.
const INTERVAL: Duration = Duration::from_secs(300);
/// The one guard.
const GUARD: &str = "bench-traffic";
/// 200 GB.
const WHOLE: i64 = 200_000_000_000;

/// Runs every round and compares.
pub(crate) fn run() -> anyhow::Result<Vec<Row>> {
    let runtime = tidegate_api::runtime()?;
    let (mut tails, mut middles) = (Pairs::default(), Pairs::default());
    for _ in 0..budgets::ROUNDS.get() {
        let round = runtime.block_on(round())?;
        let at = |percent| {
            (
                stats::percentile(&round.subjects, percent),
                stats::percentile(&round.controls, percent),
            )
        };
        tails.push(at(99));
        middles.push(at(50));
    }
    let row = Row::ratio(
        &format!(
            "decide → durable intent, p99 of {} samples",
            budgets::INTENT_SAMPLES.get()
        ),
        &tails,
        |nanos| format!("{} µs", nanos / 1000),
        "one full-sync commit",
        budgets::INTENT_P99_PERMILLE,
    );
    let middle = stats::shown(middles.ratios().median());
    Ok(vec![row.remarked(&format!("p50: {middle} × its control"))])
}

/// Nanoseconds of each sample.
struct Round {
    subjects: Vec<u64>,
    controls: Vec<u64>,
}

async fn round() -> anyhow::Result<Round> {
    let folder = process::scratch()?;
    let store = Store::open(OpenOptions::file(folder.path().join("guard.db"), START, "bench"))?;
    store.take_lease(START, Duration::from_secs(3600)).await?;
    store.write(configured()?).await?;
    let control = Control::open(&folder.path().join("control.db"))?;
    let (mut subjects, mut controls) = (Vec::new(), Vec::new());
    for index in 0..budgets::INTENT_SAMPLES.get() {
        let case = Case::prepared(&store, index).await?;
        let watch = Stopwatch::start();
        let payload = case.decide(&store).await?;
        subjects.push(watch.nanos());
        let watch = Stopwatch::start();
        control.commit(&payload)?;
        controls.push(watch.nanos());
    }
    let stored = store.next_due().await?;
    ensure!(stored.intent.is_some(), "no intent was stored");
    Ok(Round { subjects, controls })
}

/// The bare commit: one table, one row, the same journal and the same syncing as the store.
struct Control(rusqlite::Connection);

impl Control {
    fn open(file: &Path) -> anyhow::Result<Self> {
        let connection = rusqlite::Connection::open(file)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "full")?;
        connection.execute_batch("create table intent (id integer primary key, detail text not null)")?;
        Ok(Self(connection))
    }

    fn commit(&self, payload: &str) -> anyhow::Result<()> {
        self.0
            .prepare_cached("insert into intent (detail) values (?1)")?
            .execute([payload])?;
        Ok(())
    }
}

/// One meter about to be judged for the second time, over its line, armed.
struct Case {
    index: usize,
    info: MeterInfo,
    spec: GuardSpec,
    state: GuardState,
    version: i64,
    facts: Facts,
    now: Time,
}

impl Case {
    /// Brings a new meter to one agreeing reading short of a plan, and stores that, as the loops would have.
    async fn prepared(store: &Store, index: usize) -> anyhow::Result<Self> {
        let target = target(index)?;
        let info = meter(index, &target)?;
        let spec = spec(&target)?;
        let facts = Facts::supposed([target.clone()]);
        let seen = Observation {
            outcome: reading(START)?,
            facts: facts.clone(),
        };
        let first = judge(&spec, &GuardState::default(), &seen, START);
        let row = GuardStateRow {
            guard: spec.id.clone(),
            meter: info.id.clone(),
            version: 0,
            state: serde_json::to_value(&first.state)?,
            level: first.level,
            why: serde_json::to_value(&first.why)?,
            at: START,
        };
        let mut batch = Batch::default();
        batch.push(look(&info, seen.outcome, START));
        batch.push(Write::GuardState(row));
        store.write(batch).await?;
        let stored = store
            .guard_state(&spec.id, &info.id)
            .await?
            .context("the state was stored")?;
        Ok(Self {
            index,
            info,
            spec,
            state: first.state,
            version: stored.version,
            facts,
            now: START.plus(INTERVAL),
        })
    }

    /// Judges, and writes all that was decided. Gives the intent's text, for the control to write as much.
    async fn decide(self, store: &Store) -> anyhow::Result<String> {
        let seen = Observation {
            outcome: reading(self.now)?,
            facts: self.facts.clone(),
        };
        let judged = judge(&self.spec, &self.state, &seen, self.now);
        let mut batch = Batch::default();
        batch.push(look(&self.info, seen.outcome, self.now));
        batch.push(Write::GuardState(GuardStateRow {
            guard: self.spec.id.clone(),
            meter: self.info.id.clone(),
            version: self.version,
            state: serde_json::to_value(&judged.state)?,
            level: judged.level,
            why: serde_json::to_value(&judged.why)?,
            at: self.now,
        }));
        let detail = judged
            .decisions
            .iter()
            .find(|decision| matches!(decision, Decision::Plan { .. }))
            .context("the judgement plans a stop")?;
        let detail = serde_json::to_value(detail)?;
        let text = detail.to_string();
        for write in self.planned(detail)? {
            batch.push(write);
        }
        store.write(batch).await?;
        Ok(text)
    }

    /// What one plan becomes: an alert, the intent with its first event, a message and an audit entry.
    fn planned(&self, detail: serde_json::Value) -> anyhow::Result<[Write; 4]> {
        let alert = AlertRow {
            id: self.row_id(1),
            guard: Some(self.spec.id.clone()),
            account: Some(self.info.account.clone()),
            meter: Some(self.info.id.clone()),
            key: "limit".to_owned(),
            window_start: Time::from_ms(0),
            severity: Severity::Critical,
            raised_at: self.now,
            resolved_at: None,
            acknowledged: None,
            snoozed_until: None,
            body: detail.clone(),
        };
        let intent = self.intent(detail.clone())?;
        let event = IntentEventRow {
            intent: intent.id,
            from: None,
            to: IntentState::Planned,
            at: self.now,
            facts: serde_json::Value::Null,
        };
        let delivery = self.delivery(alert.id, intent.id, detail)?;
        let audit = AuditEntry {
            at: self.now,
            actor: "engine".to_owned(),
            event: "intent.planned".to_owned(),
            facts: serde_json::json!({ "intent": intent.id, "target": intent.target.id }),
        };
        Ok([
            Write::RaiseAlert(alert),
            Write::Intent(intent, event),
            Write::Delivery(delivery),
            Write::Audit(audit),
        ])
    }

    fn intent(&self, detail: serde_json::Value) -> anyhow::Result<IntentRow> {
        let due = self.now.plus(self.spec.countdown);
        Ok(IntentRow {
            id: self.row_id(2),
            guard: Some(self.spec.id.clone()),
            account: self.info.account.clone(),
            meter: Some(self.info.id.clone()),
            action: ActionKind::Stop,
            target: target(self.index)?,
            window_start: Time::from_ms(0),
            state: IntentState::Planned,
            due,
            next_at: due,
            tries: 0,
            detail,
            created_at: self.now,
            updated_at: self.now,
        })
    }

    fn delivery(
        &self,
        alert: RowId,
        intent: RowId,
        message: serde_json::Value,
    ) -> anyhow::Result<DeliveryRow> {
        Ok(DeliveryRow {
            id: self.row_id(3),
            channel: "ops".parse()?,
            alert: Some(alert),
            intent: Some(intent),
            severity: Severity::Critical,
            message,
            state: DeliveryState::Pending,
            tries: 0,
            next_at: self.now,
            repeat: false,
            error: None,
            created_at: self.now,
            delivered_at: None,
        })
    }

    /// Unique by sample and kind. The first bytes of the entropy lose bits to the id's version and variant.
    fn row_id(&self, kind: u8) -> RowId {
        let mut entropy = [0, 0, 0, kind, 0, 0, 0, 0, 0, 0];
        for (to, from) in entropy.iter_mut().skip(4).zip(self.index.to_le_bytes()) {
            *to = from;
        }
        RowId::new(self.now, entropy)
    }
}

/// The account and the guard, as configured.
fn configured() -> anyhow::Result<Batch> {
    let mut batch = Batch::default();
    batch.push(Write::PutAccount(AccountRow {
        id: account()?,
        provider: "huawei".to_owned(),
        name: "bench".to_owned(),
        enabled: true,
        config: serde_json::json!({}),
    }));
    batch.push(Write::PutGuard(GuardRow {
        id: GuardId::new(GUARD)?,
        account: account()?,
        enabled: true,
        config: serde_json::json!({}),
    }));
    Ok(batch)
}

fn account() -> anyhow::Result<AccountId> {
    Ok("bench".parse()?)
}

fn target(index: usize) -> anyhow::Result<Target> {
    Ok(Target {
        kind: TargetKind::Server,
        id: TargetId::new(format!("server-{index:05}"))?,
        name: format!("ecs-{index:05}"),
        region: "cn-north-4".to_owned(),
    })
}

fn meter(index: usize, target: &Target) -> anyhow::Result<MeterInfo> {
    Ok(MeterInfo {
        account: account()?,
        id: MeterId::new(format!("package-{index:05}"))?,
        kind: MeterKind::Traffic,
        name: format!("ecs-{index:05} · 流量包"),
        byte_base: ByteBase::Binary,
        targets: vec![target.clone()],
    })
}

/// 5 GB left of 200, told by the provider at `at`.
fn reading(at: Time) -> anyhow::Result<Outcome> {
    let used = Quantity::bytes(WHOLE - 5_000_000_000);
    let reading = Reading::new(
        Some(used),
        Some(Quantity::bytes(WHOLE)),
        None,
        None,
        AsOf::Provider(at),
        at,
    )?;
    Ok(Outcome::Known(reading))
}

fn look(info: &MeterInfo, outcome: Outcome, at: Time) -> Write {
    Write::Look {
        info: info.clone(),
        outcome,
        at,
        lag_ms: None,
    }
}

fn spec(target: &Target) -> anyhow::Result<GuardSpec> {
    let percent = |raw: &str| Quantity::parse(raw, Unit::Percent).map(Step::Share);
    Ok(GuardSpec {
        id: GuardId::new(GUARD)?,
        steps: vec![percent("70")?, percent("85")?, percent("95")?],
        limit: Some(Limit::Headroom(Quantity::bytes(10_000_000_000))),
        action: ActionKind::Stop,
        mode: Mode::Armed {
            until: START.plus(Duration::from_secs(30 * 24 * 3600)),
            targets: vec![target.clone()],
        },
        countdown: Duration::from_secs(60),
        interval: INTERVAL,
        stop_latency: Duration::from_secs(60),
        bandwidth_mbit: None,
        belts: Belts::default(),
        forced: false,
        restart: RestartPolicy::default(),
        start_after_reset: false,
        reminder: Duration::from_secs(6 * 3600),
        hysteresis: Quantity::parse("1", Unit::Percent)?,
    })
}
