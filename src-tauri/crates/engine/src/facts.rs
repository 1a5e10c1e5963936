//! The surroundings of a judgement. Owns what each belt is told, and the targets' rows as a look changes them; what
//! could not be read stays `None`, which never lets anything happen.

use std::collections::BTreeMap;
use std::time::Duration;

use tidegate_guard::{Facts, Observation, OtherMeter, PowerState, TargetFacts};
use tidegate_meter::{Now, Outcome, Reading, RowId, Target, TargetId, TargetKind, Time, WindowKind};
use tidegate_providers::{MeterLook, TargetState};
use tidegate_store::{IntentRow, TargetRow, Write};

use crate::config::AccountConfig;
use crate::draft::{Draft, Scene};
use crate::event::Event;
use crate::inner::Inner;
use crate::limits;
use crate::look::Looked;
use crate::memory::{AccountMemory, Few, is_running, new_target, note_power};
use crate::watch::Watch;

/// One look at one meter with its surroundings. `except` is an intent that is being cleared and does not count itself.
pub(crate) fn observe(
    scene: &Scene<'_>,
    targets: &Few<TargetId, TargetRow>,
    looked: &Looked,
    look: &MeterLook,
    lag: Option<Duration>,
    except: Option<RowId>,
) -> Observation {
    // A judgement does not count what this guard has planned on this meter: it is what is being judged.
    let judged = |row: &IntentRow| {
        except.is_none()
            && row.guard.as_ref() == Some(&scene.guard.id)
            && row.meter.as_ref() == Some(&scene.info.id)
    };
    let now = Now {
        wall: scene.at,
        mono: scene.inner.now().mono,
    };
    let config = scene.watch.config();
    let whose = (&config.id, &scene.guard.id);
    let counts = scene.inner.desk.counts(whose, except, judged, now);
    let slot = scene
        .memory
        .slots
        .get(&(scene.guard.id.clone(), scene.info.id.clone()));
    let open = match except {
        Some(_) => None,
        None => scene.inner.desk.open_intent(&scene.guard.id, &scene.info.id),
    };
    let window_start = look
        .outcome
        .reading()
        .and_then(tidegate_meter::Reading::window)
        .map(|window| window.start);
    let facts = Facts {
        targets: look
            .info
            .targets
            .iter()
            .map(|target| {
                let actions = counts.on(&target.id);
                target_facts(scene, targets, looked, target, (window_start, actions))
            })
            .collect(),
        actions_guard: Some(counts.guard),
        actions_all: Some(counts.all),
        open,
        paused_until: scene.inner.paused(scene.at),
        held_until: slot
            .and_then(|slot| slot.held_until)
            .filter(|until| *until > scene.at),
        may_act: scene.inner.may_act(),
        lag,
        fast: look.fast,
        can_act: looked.can_act,
    };
    Observation {
        outcome: look.outcome.clone(),
        facts,
    }
}

fn target_facts(
    scene: &Scene<'_>,
    targets: &Few<TargetId, TargetRow>,
    looked: &Looked,
    target: &Target,
    (window_start, actions): (Option<Time>, u32),
) -> TargetFacts {
    let row = targets
        .get(&target.id)
        .or_else(|| scene.memory.targets.get(&target.id));
    let live = looked.states.get(&target.id);
    let read = live.or_else(|| scene.memory.asked.get(&target.id).map(|asked| &asked.state));
    let power = match live {
        Some(state) => state.as_ref().map(|state| state.power.clone()),
        None => last_power(row, read, scene.at),
    };
    let stopped_in_window = row
        .and_then(|row| row.stopped_by_us_at)
        .is_some_and(|at| window_start.is_none_or(|start| at >= start));
    TargetFacts {
        others: others(scene, looked, target),
        started_after_our_stop: stopped_in_window && power.as_ref().is_some_and(is_running),
        protected: protection(&scene.watch.config(), row, &target.id, read),
        started_at: row.and_then(|row| row.started_at),
        target: target.clone(),
        power,
        actions: Some(actions),
    }
}

/// The other meters of one kind that measure `target`, as this look and the one before read them. A package that is known
/// to be over covers nothing; any other that cannot be read may.
fn others(scene: &Scene<'_>, looked: &Looked, target: &Target) -> Vec<OtherMeter> {
    let measures = |look: &&MeterLook| {
        look.info.id != scene.info.id
            && look.info.kind == scene.info.kind
            && look.info.targets.iter().any(|other| other.id == target.id)
    };
    let looks = looked.meters.iter().filter(measures);
    looks
        .filter_map(|look| {
            let known = scene.memory.meters.get(&look.info.id);
            let now = look.outcome.reading().cloned();
            let last = now.as_ref().or_else(|| known?.last_good.as_ref());
            let ended = last.and_then(Reading::window).is_some_and(|window| {
                window.kind == WindowKind::Life && window.end.is_some_and(|end| end <= scene.at)
            });
            // One that this look reads again is not over, however long it was missing.
            let missing = known.filter(|_| now.is_none());
            let is_told_over = looked.over.contains(&look.info.id);
            let ended = ended || missing.is_some_and(|known| known.is_over(is_told_over, looked.at));
            let before = known.and_then(|known| known.outcome.as_ref()?.reading().cloned());
            (!ended).then(|| OtherMeter {
                name: look.info.name.clone(),
                now,
                before,
            })
        })
        .collect()
}

/// The newest power state known, as long as it is young. `None` when the last try to read it failed.
fn last_power(row: Option<&TargetRow>, read: Option<&Option<TargetState>>, now: Time) -> Option<PowerState> {
    if matches!(read, Some(None)) {
        return None;
    }
    let read = read
        .and_then(Option::as_ref)
        .map(|state| (&state.power, state.at));
    let stored = row
        .and_then(|row| row.power.as_ref())
        .map(|(power, at)| (power, *at));
    let (power, at) = read.into_iter().chain(stored).max_by_key(|(_, at)| *at)?;
    (now.since(at) <= limits::POWER_AGE).then(|| power.clone())
}

/// Whether a target is protected, by a person here or by a tag at the provider; `None` when the tag could not be read.
pub(crate) fn protection(
    config: &AccountConfig,
    row: Option<&TargetRow>,
    target: &TargetId,
    read: Option<&Option<TargetState>>,
) -> Option<bool> {
    if config.protect.contains(target) || row.is_some_and(|row| row.protected) {
        return Some(true);
    }
    match read {
        Some(Some(state)) => state.protected,
        Some(None) => None,
        None => Some(false),
    }
}

/// Takes what the look says of targets into their rows, and writes those that changed.
pub(crate) fn note_targets(
    draft: &mut Draft,
    inner: &Inner,
    watch: &Watch,
    memory: &AccountMemory,
    looked: &Looked,
) {
    let account = watch.config().id.clone();
    let mut rows: BTreeMap<TargetId, TargetRow> = BTreeMap::new();
    for look in looked.meters.iter().filter(|look| is_listed(&look.outcome)) {
        for target in &look.info.targets {
            let row = rows.entry(target.id.clone()).or_insert_with(|| {
                let known = memory.targets.get(&target.id).cloned();
                known.unwrap_or_else(|| new_target(&account, target))
            });
            row.target = target.clone();
            row.present = true;
            if !row.meters.contains(&look.info.id) {
                row.meters.push(look.info.id.clone());
            }
        }
    }
    for (id, state) in &looked.states {
        let (Some(row), Some(state)) = (rows.get_mut(id), state) else {
            continue;
        };
        note_state(draft, row, state);
        if is_opened_again(inner, memory, row) {
            draft.tell_opened(watch, memory, row, looked.open.get(id));
        }
    }
    for (id, row) in rows {
        if memory.targets.get(&id).is_none_or(|known| differs(known, &row)) {
            draft.batch.push(Write::PutTarget(row.clone()));
        }
        draft.targets.insert(id, row);
    }
}

/// A sub-account that we disabled can spend again, by no action of ours. Told once: at the next look it was so before.
fn is_opened_again(inner: &Inner, memory: &AccountMemory, row: &TargetRow) -> bool {
    let before = memory.targets.get(&row.target.id);
    let stopped = before
        .and_then(|before| before.power.as_ref())
        .is_some_and(|(power, _)| *power == PowerState::Stopped);
    row.target.kind == TargetKind::SubAccount
        && stopped
        && before.is_some_and(|before| before.stopped_by_us_at.is_some())
        && row.power.as_ref().is_some_and(|(power, _)| is_running(power))
        && inner.desk.on_target(&row.account, &row.target.id).is_none()
}

/// A blind meter says nothing new about its targets.
const fn is_listed(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Known(_))
}

fn note_state(draft: &mut Draft, row: &mut TargetRow, state: &TargetState) {
    let before = row.power.as_ref().map(|(power, _)| power.clone());
    note_power(row, &state.power, state.started_at, state.at);
    if state.power == PowerState::Gone {
        row.present = false;
    }
    if before.as_ref() != Some(&state.power) {
        draft.events.push(Event::Power {
            at: state.at,
            account: row.account.clone(),
            target: row.target.clone(),
            power: state.power.clone(),
        });
    }
}

/// Whether a row says something new; the time of an unchanged power state does not.
fn differs(known: &TargetRow, row: &TargetRow) -> bool {
    let power = |row: &TargetRow| row.power.as_ref().map(|(power, _)| power.clone());
    power(known) != power(row)
        || known.started_at != row.started_at
        || known.target != row.target
        || known.present != row.present
        || known.meters != row.meters
        || known.stopped_by_us_at != row.stopped_by_us_at
}
