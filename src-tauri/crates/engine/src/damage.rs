//! Stored rows that this version cannot read. Owns that one of them harms only itself: the rest goes on guarding and
//! telling, nothing acts because of what cannot be read, and people are told which item it is.

use std::collections::BTreeSet;

use tidegate_guard::{Mode, Severity};
use tidegate_meter::{AccountId, ChannelId, GuardId};
use tidegate_store::{Batch, GuardRow, StoredKind, Write};

use crate::config::GuardConfig;
use crate::crash::Step;
use crate::event::Event;
use crate::inner::{Inner, audit, json};
use crate::{EngineError, guards, program};

/// What could not be read at a load.
#[derive(Default)]
pub(crate) struct Damage {
    pub(crate) accounts: BTreeSet<AccountId>,
    pub(crate) channels: BTreeSet<ChannelId>,
    pub(crate) guards: Vec<GuardRow>,
    /// Guards that can be read, of accounts that cannot.
    pub(crate) orphans: Vec<GuardConfig>,
    /// Guards whose state cannot be read.
    pub(crate) states: Vec<GuardId>,
    /// Renewals and mailboxes.
    pub(crate) items: Vec<(StoredKind, String)>,
}

/// Disarms what cannot be read, and tells it; ends what was told of rows that can be read again.
pub(crate) async fn record(inner: &Inner, damage: &Damage) -> Result<(), EngineError> {
    for row in &damage.guards {
        if let Some(row) = disarmed_row(row) {
            disarm(inner, row, "row_unreadable").await?;
        }
        tell(inner, "guard_unreadable", row.id.as_str()).await;
    }
    for guard in damage.orphans.iter().filter(|guard| is_armed(guard)) {
        let watching = GuardConfig {
            mode: Mode::Watch,
            ..guard.clone()
        };
        disarm(inner, guards::row(&watching), "account_unreadable").await?;
    }
    for id in &damage.accounts {
        tell(inner, ACCOUNT, id.as_str()).await;
    }
    for id in &damage.channels {
        tell(inner, CHANNEL, id.as_str()).await;
    }
    for (kind, id) in &damage.items {
        tell(inner, condition(*kind), id).await;
    }
    end(inner, damage).await;
    Ok(())
}

const ACCOUNT: &str = "account_unreadable";
const CHANNEL: &str = "channel_unreadable";

const fn condition(kind: StoredKind) -> &'static str {
    match kind {
        StoredKind::Renewal => "renewal_unreadable",
        StoredKind::Mailbox => "mailbox_unreadable",
    }
}

/// Whether an item that a condition names can still not be read.
fn is_lost(damage: &Damage, kind: StoredKind, id: &str) -> bool {
    damage
        .items
        .iter()
        .any(|(other, bad)| *other == kind && bad == id)
}

const fn is_armed(guard: &GuardConfig) -> bool {
    matches!(guard.mode, Mode::Armed { .. })
}

/// The row in watch mode, for the version that can read it again; `None` when it says nothing of arming.
fn disarmed_row(row: &GuardRow) -> Option<GuardRow> {
    let watch = json(&Mode::Watch);
    let mut config = row.config.clone();
    let mode = config.as_object_mut()?.get_mut("mode")?;
    if *mode == watch {
        return None;
    }
    *mode = watch;
    Some(GuardRow {
        config,
        ..row.clone()
    })
}

async fn disarm(inner: &Inner, row: GuardRow, cause: &str) -> Result<(), EngineError> {
    let now = inner.wall();
    let mut batch = Batch::default();
    let facts = serde_json::json!({ "guard": row.id, "cause": cause });
    batch.push(audit(now, "engine", "guard.disarmed", facts));
    let event = Event::Mode {
        at: now,
        guard: row.id.clone(),
        armed_until: None,
    };
    batch.push(Write::PutGuard(row));
    inner.commit(Step::Disarmed, batch, vec![event]).await?;
    Ok(())
}

async fn tell(inner: &Inner, condition: &str, id: &str) {
    let detail =
        format!("the stored row of {id} cannot be read; it is left out, and whatever was armed there is not");
    program::raise(
        inner,
        &format!("{condition}:{id}"),
        &detail,
        Severity::Critical,
        None,
    )
    .await;
}

async fn end(inner: &Inner, damage: &Damage) {
    for (name, _) in inner.conditions.all() {
        let over = match name.split_once(':') {
            Some((ACCOUNT, id)) => !damage.accounts.iter().any(|bad| bad.as_str() == id),
            Some((CHANNEL, id)) => !damage.channels.iter().any(|bad| bad.as_str() == id),
            Some((name, id)) => [StoredKind::Renewal, StoredKind::Mailbox]
                .into_iter()
                .any(|kind| condition(kind) == name && !is_lost(damage, kind, id)),
            None => false,
        };
        if over {
            program::resolve(inner, &name).await;
        }
    }
}
