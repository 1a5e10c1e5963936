//! Whether everything happened in the story of the quota: from the store's rows and the cloud's own records.

use tidegate_guard::{ActionKind, IntentState};
use tidegate_providers::volcengine::DENY_ALL;
use tidegate_sim::volcengine::Cloud;
use tidegate_store::{IntentFilter, IntentRow, LedgerFilter};

use super::quota::{SAVER, SPENDER, Truth, broken};
use super::stage::{ACCOUNT, Stage};
use super::verdict::{audit, check, countdown, messages, steps, way};
use super::{Check, not_ready};
use crate::ApiError;

/// The steps that had to be reached, each once.
const STEPS: [&str; 3] = ["share:50", "share:80", "share:90"];

pub(super) async fn checks(stage: &Stage, cloud: &Cloud, truth: Truth) -> Result<Vec<Check>, ApiError> {
    let store = stage.app.store();
    let recent = IntentFilter::Recent {
        before: None,
        limit: 50,
    };
    let intents = store.intents(recent).await?;
    let of = |action: ActionKind| {
        let of_it = intents.iter().filter(|intent| intent.action == action);
        of_it.cloned().collect::<Vec<IntentRow>>()
    };
    let (disables, restores) = (of(ActionKind::Stop), of(ActionKind::Start));
    let events = match disables.first() {
        Some(intent) => store.intent_events(intent.id).await?,
        None => Vec::new(),
    };
    let mut checks = vec![
        steps(stage, &STEPS).await?,
        verified("one_disable", &disables),
        countdown(&disables),
        way(&events),
        check(
            "cannot_spend",
            !truth.after_disable,
            format!("{SPENDER} can spend: {}", truth.after_disable),
        ),
        verified("one_restore", &restores),
    ];
    checks.extend(as_before(cloud, truth)?);
    checks.push(ledger(stage, cloud).await?);
    checks.extend(messages(stage).await?);
    checks.push(audit(stage).await?);
    Ok(checks)
}

/// One action, of the spender, that ended well.
fn verified(name: &str, intents: &[IntentRow]) -> Check {
    let told: Vec<String> = intents
        .iter()
        .map(|intent| format!("{} {}", intent.target.name, intent.state.name()))
        .collect();
    let well =
        matches!(intents, [intent] if intent.target.name == SPENDER && intent.state == IntentState::Verified);
    check(name, well, told.join(", "))
}

/// After the restore everything at the cloud is as it was before the disable, and nobody else was touched.
fn as_before(cloud: &Cloud, truth: Truth) -> Result<Vec<Check>, ApiError> {
    let spender = cloud.user(SPENDER).map_err(|error| broken(&error))?;
    let active = spender.keys.iter().filter(|key| key.active).count();
    let denied = spender.policies.iter().any(|(policy, _)| policy == DENY_ALL);
    let whole = active == spender.keys.len() && spender.login == Some(true) && !denied;
    let saver = cloud.can_spend(SAVER).map_err(|error| broken(&error))?;
    Ok(vec![
        check(
            "as_before",
            whole && truth.after_restore,
            format!(
                "{active} of {} keys, login {:?}, denied {denied}",
                spender.keys.len(),
                spender.login
            ),
        ),
        check("healthy_untouched", saver, format!("{SAVER} can spend: {saver}")),
    ])
}

/// Both grants stand in the ledger, and its total is their sum.
async fn ledger(stage: &Stage, cloud: &Cloud) -> Result<Check, ApiError> {
    let id = cloud
        .user(SPENDER)
        .map_err(|error| broken(&error))?
        .id
        .to_string();
    let filter = LedgerFilter {
        account: ACCOUNT.parse().map_err(|_| not_ready("the account's id"))?,
        user: id.parse().map_err(|_| not_ready("the sub-account's id"))?,
        before: None,
        limit: 10,
    };
    let entries = stage.app.store().ledger(filter).await?;
    let total = entries.first().map(|entry| entry.total.to_string());
    let told = total.clone().unwrap_or_default();
    Ok(check(
        "ledger",
        entries.len() == 2 && total.as_deref() == Some("200 CNY"),
        format!("{} entries, {told}", entries.len()),
    ))
}
