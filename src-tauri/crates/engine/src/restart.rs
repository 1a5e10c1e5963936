//! Start again after a reset: only what this guard stopped, once per window. Owns the conditions for it; the start
//! itself is an intent like any other.

use std::time::Duration;

use tidegate_channels::MeterRef;
use tidegate_guard::{ActionKind, IntentState, Mode, PowerState, StepFacts};
use tidegate_meter::{AccountId, ChannelId, GuardId, Outcome, Reading, RowId, Target, Time};
use tidegate_providers::MeterLook;
use tidegate_store::{IntentFilter, IntentRow, TargetRow};

use crate::config::GuardConfig;
use crate::inner::Inner;
use crate::look::Looked;
use crate::memory::AccountMemory;
use crate::quotas;
use crate::watch::Watch;
use crate::{EngineError, limits, near};

/// One target that starts again.
#[derive(Clone, Debug)]
pub(crate) struct Start {
    pub(crate) guard: GuardId,
    pub(crate) account: AccountId,
    pub(crate) meter: MeterRef,
    pub(crate) target: Target,
    pub(crate) window_start: Time,
    pub(crate) countdown: Duration,
    pub(crate) channels: Vec<ChannelId>,
    pub(crate) facts: StepFacts,
    /// The stop it undoes.
    pub(crate) restores: RowId,
}

/// What restarts by itself after this look; mostly nothing, and then nothing is read from the store.
pub(crate) async fn after_reset(
    inner: &Inner,
    watch: &Watch,
    memory: &AccountMemory,
    looked: &Looked,
) -> Result<Vec<Start>, EngineError> {
    let mut starts = Vec::new();
    for look in &looked.meters {
        let Outcome::Known(reading) = &look.outcome else {
            continue;
        };
        for guard in memory
            .guards_of(&look.info, look.outcome.reading())
            .filter(|guard| wants(guard, looked.at.wall))
        {
            for row in candidates(memory, look, reading, looked) {
                if let Some(restores) = undone(inner, &guard, row, reading).await? {
                    starts.push(start(watch, &guard, look, reading, row, restores));
                }
            }
        }
    }
    Ok(starts)
}

fn wants(guard: &GuardConfig, now: Time) -> bool {
    guard.start_after_reset && matches!(guard.mode, Mode::Armed { until, .. } if until > now)
}

/// Targets we stopped in an earlier window, that are stopped now, and whose meter is far from its line.
fn candidates<'a>(
    memory: &'a AccountMemory,
    look: &'a MeterLook,
    reading: &'a Reading,
    looked: &'a Looked,
) -> impl Iterator<Item = &'a TargetRow> {
    let start = reading.window().map(|window| window.start);
    let far = memory
        .guards_of(&look.info, look.outcome.reading())
        .all(|guard| !near::is_near(&guard, reading));
    look.info
        .targets
        .iter()
        .filter_map(|target| memory.targets.get(&target.id))
        .filter(move |row| {
            let before = row
                .stopped_by_us_at
                .zip(start)
                .is_some_and(|(at, start)| at < start);
            let state = looked.states.get(&row.target.id).and_then(Option::as_ref);
            far && before && state.is_some_and(|state| state.power == PowerState::Stopped)
        })
}

/// The verified stop of this guard that would be undone; `None` when there is none, or a start was decided already.
async fn undone(
    inner: &Inner,
    guard: &GuardConfig,
    target: &TargetRow,
    reading: &Reading,
) -> Result<Option<RowId>, EngineError> {
    let recent = IntentFilter::Recent {
        before: None,
        limit: limits::INTENT_PAGE,
    };
    let rows = inner.parts.store.intents(recent).await?;
    let ours = |row: &&IntentRow| row.target.id == target.target.id && row.account == target.account;
    let window_start = reading.window().map_or(Time::from_ms(0), |window| window.start);
    let decided = rows
        .iter()
        .filter(ours)
        .any(|row| row.action == ActionKind::Start && row.window_start == window_start);
    if decided {
        return Ok(None);
    }
    Ok(rows
        .iter()
        .filter(ours)
        .find(|row| row.state == IntentState::Verified && row.action == ActionKind::Stop)
        .filter(|row| row.guard.as_ref() == Some(&guard.id))
        .map(|row| row.id))
}

fn start(
    watch: &Watch,
    guard: &GuardConfig,
    look: &MeterLook,
    reading: &Reading,
    row: &TargetRow,
    restores: RowId,
) -> Start {
    let share = reading
        .used()
        .zip(reading.limit())
        .and_then(|(used, whole)| used.share_of(whole));
    Start {
        guard: guard.id.clone(),
        account: row.account.clone(),
        meter: MeterRef {
            account: row.account.clone(),
            account_name: watch.config().name.clone(),
            meter: look.info.id.clone(),
            meter_name: look.info.name.clone(),
            guard: guard.id.clone(),
            byte_base: look.info.byte_base,
            behind_hours: quotas::behind_hours(&look.info),
        },
        target: row.target.clone(),
        window_start: reading.window().map_or(Time::from_ms(0), |window| window.start),
        countdown: guard.countdown,
        channels: guard.channels.clone(),
        facts: StepFacts {
            headroom: reading.headroom(),
            whole: reading.limit(),
            share,
            run_out: None,
            as_of: reading.as_of().at(),
        },
        restores,
    }
}
