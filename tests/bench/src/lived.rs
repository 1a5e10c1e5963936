//! A home in which a guard has lived for a year.

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use tidegate_api::{App, AppOptions, Face as _, Home, VaultChoice};
use tidegate_engine::SystemTimer;
use tidegate_guard::{ActionKind, IntentState};
use tidegate_meter::{Clock as _, MeterInfo, RowId, Time};
use tidegate_store::{Batch, IntentEventRow, IntentRow, OpenOptions, Store, Write};

use crate::budgets::{START_DUE, START_INTENTS};
use crate::cloud::{Cloud, LONG};
use crate::past;
use crate::quota::LEASE;

/// Makes it: the accounts of the cloud are configured and looked at by the real program; then so many of their meters get
/// a year of readings, written through the real store.
pub(crate) async fn in_for_a_year(home: &Home, cloud: &Cloud, meters: usize) -> anyhow::Result<()> {
    let mut options = AppOptions::new(home.root());
    options.vault = VaultChoice::Memory;
    options.environment = cloud.environment();
    let app = App::open(options).await?;
    app.engine().configure(cloud.config(LONG)?, "bench").await?;
    app.run().await?;
    app.engine().check(&[]).await?;
    let known = app.store().meters(None).await?;
    let past_the_first_steps = json!({"request": "save_settings", "change": {"welcomed": true}});
    app.handle(serde_json::from_value(past_the_first_steps)?, "bench")
        .await?;
    app.stop().await;
    drop(app);
    let with_history: Vec<_> = known.into_iter().map(|row| row.info).take(meters).collect();
    let now = SystemTimer::new().now().wall;
    past::year().write(&home.database(), &with_history, now).await
}

/// Leaves so many actions behind in it, each on a server of another account: half of them count down, the others were
/// just asked for and are to be verified.
pub(crate) async fn in_haste(home: &Home) -> anyhow::Result<()> {
    let now = SystemTimer::new().now().wall;
    let store = Store::open(OpenOptions::file(home.database(), now, "bench"))?;
    store.take_lease(now, LEASE).await?;
    let known = store.meters(None).await?;
    let meters = known
        .into_iter()
        .map(|row| row.info)
        .filter(|info| !info.targets.is_empty());
    let mut batch = Batch::default();
    let mut count = 0;
    for (number, info) in (0_u8..).zip(meters.take(START_INTENTS.get())) {
        let state = match number % 2 {
            0 => IntentState::Planned,
            _ => IntentState::Verifying,
        };
        let row = intent(&info, number, state, now)?;
        let event = IntentEventRow {
            intent: row.id,
            from: None,
            to: state,
            at: now,
            facts: Value::Null,
        };
        batch.push(Write::Intent(row, event));
        count += 1;
    }
    ensure!(count == START_INTENTS.get(), "{count} meters have a server");
    store.write(batch).await?;
    store.release_lease().await?;
    Ok(())
}

fn intent(info: &MeterInfo, number: u8, state: IntentState, now: Time) -> anyhow::Result<IntentRow> {
    let due = match state {
        IntentState::Planned => now.plus(START_DUE),
        _ => now,
    };
    Ok(IntentRow {
        id: RowId::new(now, [0, 0, 0, 0, 0, 0, 0, 0, 1, number]),
        guard: Some(format!("{}-guard", info.account).parse()?),
        account: info.account.clone(),
        meter: Some(info.id.clone()),
        action: ActionKind::Stop,
        target: info.targets.first().context("a server")?.clone(),
        window_start: Time::from_ms(0),
        state,
        due,
        next_at: due,
        tries: 1,
        detail: json!({ "account_name": info.account, "sent_at": now, "left": state != IntentState::Planned }),
        created_at: now,
        updated_at: now,
    })
}
