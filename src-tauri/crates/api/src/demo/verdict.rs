//! Whether everything happened: from the store's rows and the simulator's own records.

use std::time::Duration;

use tidegate_guard::{IntentState, PowerState, Proof};
use tidegate_store::{
    AlertFilter, AuditVerdict, DeliveryFilter, DeliveryState, IntentEventRow, IntentFilter, IntentRow,
};

use super::stage::{ACCOUNT, Stage};
use super::traffic::{DRY, HEALTHY};
use super::{Check, not_ready};
use crate::ApiError;

/// The steps that had to be reached, each once.
const STEPS: [&str; 3] = ["share:70", "share:85", "share:95"];
/// What had to be told.
const TOLD: [&str; 5] = [
    "step_reached",
    "action_planned",
    "action_sent",
    "action_verified",
    "test",
];
/// The states the action had to pass, in this order.
const WAY: [IntentState; 6] = [
    IntentState::Planned,
    IntentState::Rechecked,
    IntentState::Sent,
    IntentState::Accepted,
    IntentState::Verifying,
    IntentState::Verified,
];

pub(super) fn check(name: &str, ok: bool, found: impl Into<String>) -> Check {
    Check {
        check: name.to_owned(),
        ok,
        found: found.into(),
    }
}

pub(super) async fn checks(stage: &Stage) -> Result<Vec<Check>, ApiError> {
    let store = stage.app.store();
    let intents = store
        .intents(IntentFilter::Recent {
            before: None,
            limit: 50,
        })
        .await?;
    let events = match intents.first() {
        Some(intent) => store.intent_events(intent.id).await?,
        None => Vec::new(),
    };
    let mut checks = vec![
        steps(stage, &STEPS).await?,
        one_action(&intents),
        countdown(&intents),
        way(&events),
    ];
    checks.push(proof(&intents));
    checks.extend(cloud(stage)?);
    checks.extend(messages(stage).await?);
    checks.push(audit(stage).await?);
    Ok(checks)
}

/// Each step once, and of no other meter.
pub(super) async fn steps(stage: &Stage, wanted: &[&str]) -> Result<Check, ApiError> {
    let alerts = stage.app.store().alerts(AlertFilter::recent(200)).await?;
    let keys: Vec<&str> = alerts.iter().map(|alert| alert.key.as_str()).collect();
    let once = wanted
        .iter()
        .all(|step| keys.iter().filter(|key| *key == step).count() == 1);
    Ok(check("steps", once, keys.join(" ")))
}

fn one_action(intents: &[IntentRow]) -> Check {
    let targets: Vec<&str> = intents.iter().map(|intent| intent.target.name.as_str()).collect();
    check(
        "one_action",
        targets.len() == 1 && targets.first().is_some_and(|name| name.contains(DRY)),
        targets.join(" "),
    )
}

pub(super) fn countdown(intents: &[IntentRow]) -> Check {
    let span = intents
        .first()
        .map(|intent| intent.due.since(intent.created_at))
        .unwrap_or_default();
    check(
        "countdown",
        span >= Duration::from_secs(60),
        format!("{} s", span.as_secs()),
    )
}

pub(super) fn way(events: &[IntentEventRow]) -> Check {
    let states: Vec<IntentState> = events.iter().map(|event| event.to).collect();
    let names: Vec<&str> = states.iter().map(|state| state.name()).collect();
    check("way", states == WAY, names.join(" → "))
}

fn proof(intents: &[IntentRow]) -> Check {
    let kept = intents
        .first()
        .and_then(|intent| intent.detail.get("proof"))
        .cloned();
    let proof: Option<Proof> = kept.and_then(|kept| serde_json::from_value(kept).ok());
    let holds = proof.as_ref().is_some_and(|proof| {
        proof.before == PowerState::Running && proof.after == PowerState::Stopped && proof.receipt.is_some()
    });
    let found = proof.map_or_else(
        || "none".to_owned(),
        |proof| format!("{:?} → {:?}", proof.before, proof.after),
    );
    check("proof", holds, found)
}

/// The cloud's own records: one stop request, for the right server; the other one runs; nothing was used beyond.
fn cloud(stage: &Stage) -> Result<Vec<Check>, ApiError> {
    let failed = |error: tidegate_sim::SimError| not_ready(&error.to_string());
    let world = &stage.world;
    let stops = world.stops();
    let wanted = world.server_id(DRY).map_err(failed)?;
    let (dry, healthy) = (
        world.runs(DRY).map_err(failed)?,
        world.runs(HEALTHY).map_err(failed)?,
    );
    let excess = world.excess(ACCOUNT).map_err(failed)?;
    Ok(vec![
        check(
            "stopped_once",
            stops == [wanted] && !dry,
            format!("{} stop requests; {DRY} runs: {dry}", stops.len()),
        ),
        check("healthy_untouched", healthy, format!("{HEALTHY} runs: {healthy}")),
        check("nothing_beyond", excess == 0, format!("{excess} bytes")),
    ])
}

/// Every message was taken by its platform: by the outbox's rows and by the sink's own log.
pub(super) async fn messages(stage: &Stage) -> Result<Vec<Check>, ApiError> {
    let rows = stage
        .app
        .store()
        .deliveries(DeliveryFilter::Recent {
            before: None,
            limit: 200,
        })
        .await?;
    let waiting = rows
        .iter()
        .filter(|row| row.state != DeliveryState::Delivered)
        .count();
    let cards = stage.world.feishu();
    let shown =
        |row: &tidegate_store::DeliveryRow| cards.iter().any(|card| card.text.contains(&row.id.short()));
    let unseen = rows.iter().filter(|row| !shown(row)).count();
    let code = |row: &tidegate_store::DeliveryRow| {
        row.message
            .get("code")
            .and_then(|code| code.as_str())
            .map(str::to_owned)
    };
    let codes: Vec<String> = rows.iter().filter_map(code).collect();
    let told = TOLD
        .iter()
        .filter(|code| **code != "test")
        .all(|wanted| codes.iter().any(|code| code == wanted));
    // The test message goes past the outbox: the sink has it, the rows do not.
    let with_test = cards.len() == rows.len() + 1;
    Ok(vec![
        check("told", told && !rows.is_empty(), codes.join(" ")),
        check(
            "delivered",
            waiting == 0 && !rows.is_empty(),
            format!("{} of {}", rows.len() - waiting, rows.len()),
        ),
        check(
            "cards_received",
            unseen == 0 && with_test,
            format!("{} cards", cards.len()),
        ),
    ])
}

pub(super) async fn audit(stage: &Stage) -> Result<Check, ApiError> {
    Ok(match stage.app.store().audit_verify(None).await? {
        AuditVerdict::Intact { head } => check("audit", true, format!("{} rows", head.seq)),
        AuditVerdict::Broken { seq, .. } => check("audit", false, format!("row {seq}")),
    })
}
