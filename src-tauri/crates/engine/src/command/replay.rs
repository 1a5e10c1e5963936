//! Replays: what a guard, stored or drafted, would have done over the stored history. Reaches no channel and no target, and
//! never holds up the loops: readings are read page by page and judged on a thread of their own. Dropping the question
//! ends the judging at the page in hand.

use std::time::Duration;

use tidegate_guard::{GuardSpec, Replay, ReplayOptions, contract, replay as replay_history};
use tidegate_meter::{AccountId, GuardId, MeterId, MeterInfo, Reading, Time};
use tokio::sync::mpsc;

use crate::config::GuardConfig;
use crate::inner::Inner;
use crate::memory::{MeterMemory, spec_of, watches};
use crate::view::WhatIf;
use crate::{EngineError, Refused, limits};

/// What a changed spec would have done over the stored history.
pub(crate) async fn replay(
    inner: &Inner,
    id: &GuardId,
    changed: Option<GuardConfig>,
    days: u32,
) -> Result<Vec<(MeterId, Replay)>, EngineError> {
    let from = beginning(inner, days)?;
    let watch = inner.watch_of_guard(id)?;
    let (guard, meters) = {
        let memory = watch.memory.lock().await;
        let stored = memory.guards.get(id).cloned();
        let guard = changed
            .or(stored)
            .ok_or_else(|| EngineError::NoGuard(id.clone()))?;
        let meters: Vec<MeterMemory> = memory
            .meters
            .values()
            .filter(|meter| watches(&guard, &meter.info, meter.newest()))
            .cloned()
            .collect();
        (guard, meters)
    };
    let spec = spec_of(&guard, watch.config().interval);
    let mut replays = Vec::new();
    for meter in meters {
        let run = run(inner, &spec, &meter.info, meter.lag, from).await?;
        replays.push((meter.info.id, run.replay));
    }
    Ok(replays)
}

/// What a draft would have done on one meter. The draft's own id and meter do not matter.
pub(crate) async fn what_if(
    inner: &Inner,
    account: &AccountId,
    meter: &MeterId,
    draft: &GuardConfig,
    days: u32,
) -> Result<WhatIf, EngineError> {
    let from = beginning(inner, days)?;
    let watch = inner
        .watch(account)
        .ok_or_else(|| EngineError::NoAccount(account.clone()))?;
    let now = inner.wall();
    let spec = spec_of(draft, watch.config().interval);
    let (info, behind, upper) = {
        let memory = watch.memory.lock().await;
        let known = memory.meters.get(meter);
        let known = known.ok_or_else(|| EngineError::NoMeter(meter.clone()))?;
        // Any guard on the meter has learned its burn.
        let slots = || memory.slots.iter().filter(|((_, id), _)| id == meter);
        let upper = slots().find_map(|(_, slot)| super::arming::upper(slot, &spec, now));
        let measured = slots()
            .map(|(_, slot)| &slot.state)
            .find(|state| state.behind().measured);
        let behind = crate::quotas::behind(&known.info, known.lag, measured);
        (known.info.clone(), behind, upper)
    };
    let done = run(inner, &spec, &info, behind.lag, from).await?;
    Ok(WhatIf {
        replay: done.replay,
        span: done.span,
        contract: contract(&spec, behind, upper),
        info,
    })
}

fn beginning(inner: &Inner, days: u32) -> Result<Time, EngineError> {
    if days == 0 || days > limits::REPLAY_DAYS {
        return Err(Refused::Range {
            field: "days",
            allowed: "1 to 90",
        }
        .into());
    }
    Ok(inner.wall().minus(Duration::from_secs(u64::from(days) * 86_400)))
}

/// One replay with the first and the last reading of it.
#[derive(Default)]
struct Done {
    replay: Replay,
    span: Option<(Time, Time)>,
}

/// Judges as it reads: no more than a few pages are held at once, whatever the history's length. When this future is
/// dropped, so is the sender, and the judging thread ends with the page in hand.
async fn run(
    inner: &Inner,
    spec: &GuardSpec,
    info: &MeterInfo,
    lag: Option<Duration>,
    from: Time,
) -> Result<Done, EngineError> {
    if inner.parts.store.is_inline() {
        return run_here(inner, spec, info, lag, from).await;
    }
    let (pages, queue) = mpsc::channel::<Vec<Reading>>(limits::REPLAY_PAGES);
    let (spec, mut queue) = (spec.clone(), queue);
    let judging = tokio::task::spawn_blocking(move || {
        let history = std::iter::from_fn(|| queue.blocking_recv()).flatten();
        judge_all(&spec, history, &ReplayOptions { lag })
    });
    let mut stream = inner.parts.store.readings(&info.account, &info.id, from);
    loop {
        let page = stream.next_page().await?;
        // Nobody takes it: the thread is gone, and its answer says so.
        if page.is_empty() || pages.send(page).await.is_err() {
            break;
        }
    }
    drop(pages);
    judging
        .await
        .map_err(|_| EngineError::Row("a replay broke off".to_owned()))
}

/// The same on the caller's thread, beside which virtual time has no other.
async fn run_here(
    inner: &Inner,
    spec: &GuardSpec,
    info: &MeterInfo,
    lag: Option<Duration>,
    from: Time,
) -> Result<Done, EngineError> {
    let mut stream = inner.parts.store.readings(&info.account, &info.id, from);
    let mut history = Vec::new();
    loop {
        let page = stream.next_page().await?;
        if page.is_empty() {
            break;
        }
        history.extend(page);
    }
    Ok(judge_all(spec, history.into_iter(), &ReplayOptions { lag }))
}

fn judge_all(spec: &GuardSpec, history: impl Iterator<Item = Reading>, options: &ReplayOptions) -> Done {
    let mut span: Option<(Time, Time)> = None;
    let seen = history.inspect(|reading| {
        let at = reading.fetched_at();
        span = Some((span.map_or(at, |(first, _)| first), at));
    });
    let replay = replay_history(spec, seen, options);
    Done { replay, span }
}
