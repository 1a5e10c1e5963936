//! The last check before a request leaves. Owns which belts hold then; the only place of this crate that gives a
//! [`Permit`] without a person. Tested in `tests/judgement/clearance.rs`.

use std::time::Duration;

use tidegate_meter::{Reading, Target, Time};

use crate::belts::{Check, Scene, is_same, unreadable};
use crate::judge::{News, compare, explain, look};
use crate::{
    ActionKind, Belt, Facts, GuardSpec, GuardState, Observation, Permit, PowerState, StopManner, TargetFacts,
    Why,
};

/// Holds every belt once more, just before a request to `target` leaves: on a fresh reading (`seen.outcome`) and the
/// fresh state of the target (in `seen.facts.targets`). `state` is the stored state; the fresh reading counts towards
/// the agreeing ones, and nothing is stored. A soft stop never becomes a forced one here: `manner` is what the caller
/// will do, and a forced stop needs the consent in the spec.
///
/// # Errors
/// The sentence that says which belts do not hold. Nothing may be sent then.
pub fn clear(
    spec: &GuardSpec,
    state: &GuardState,
    seen: &Observation,
    target: &Target,
    action: ActionKind,
    manner: StopManner,
    now: Time,
) -> Result<Permit, Box<Why>> {
    let mut next = state.clone();
    let sight = look(
        spec,
        &mut next,
        &seen.outcome,
        &seen.facts,
        now,
        &mut News::default(),
    );
    let facts = only(&seen.facts, target);
    let compared = compare(spec, &next, &facts, sight, now);
    let scene = Scene {
        spec,
        state: &next,
        facts: &facts,
        line: &compared,
        sight,
        now,
    };
    let mut check = match action {
        ActionKind::Stop => stop_check(&scene, manner),
        ActionKind::Start => start_check(&scene),
        ActionKind::Warn => Check {
            general: vec![Belt::NoAction],
            particular: Vec::new(),
            free: Vec::new(),
        },
    };
    let cleared = check.general.is_empty() && check.particular.is_empty();
    match check.free.pop().filter(|_| cleared) {
        Some(target) => Ok(Permit::cleared(target.clone(), action, manner, now)),
        None => Err(Box::new(explain(&scene, check))),
    }
}

/// The surroundings with this target alone.
fn only(facts: &Facts, target: &Target) -> Facts {
    let mut facts = facts.clone();
    facts.targets.retain(|known| is_same(&known.target, target));
    facts
}

fn stop_check<'a>(scene: &Scene<'a>, manner: StopManner) -> Check<'a> {
    let mut check = scene.check();
    if scene.line.over == Some(false) {
        check.general.push(Belt::NotOver);
    }
    if manner == StopManner::Forced && !scene.spec.forced {
        check.general.push(Belt::NoConsent);
    }
    check.general.extend(not_fresh(scene));
    check
}

/// Starting again what was stopped: no counts, no grace, no settling, because a start destroys nothing and comes right
/// after the reset. Still: armed, asked for, ours, readable, and clearly not over the line.
fn start_check<'a>(scene: &Scene<'a>) -> Check<'a> {
    let mut general = Vec::new();
    if !scene.spec.start_after_reset {
        general.push(Belt::NoConsent);
    }
    general.extend(scene.unarmed());
    scene.surroundings(&mut general);
    scene.sight(&mut general);
    if scene.window_over() {
        general.push(Belt::OtherWindow);
    }
    general.extend(scene.state.last.as_ref().and_then(|last| scene.too_old(last)));
    general.extend(not_fresh(scene));
    match scene.line.recovered {
        Some(true) => {}
        Some(false) => general.push(Belt::StillOver),
        None => general.push(unreadable("limit")),
    }
    let (mut particular, mut free) = (Vec::new(), Vec::new());
    match scene.facts.targets.first().map(|facts| startable(scene, facts)) {
        None => general.push(Belt::NoTarget),
        Some(Ok(target)) => free.push(target),
        Some(Err(belt)) => particular.push(belt),
    }
    Check {
        general,
        particular,
        free,
    }
}

fn startable<'a>(scene: &Scene<'a>, facts: &'a TargetFacts) -> Result<&'a Target, Belt> {
    match &facts.power {
        Some(PowerState::Stopped) => {}
        None | Some(PowerState::Other { .. }) => return Err(unreadable("power")),
        Some(_) => return Err(Belt::NothingRunning),
    }
    let target = scene.frozen(facts)?;
    scene.touchable(facts)?;
    Ok(target)
}

/// The reading was not fetched for this request: older than one interval.
fn not_fresh(scene: &Scene<'_>) -> Option<Belt> {
    let last = scene.state.last.as_ref()?;
    let (age, allowed) = (scene.now.since(Reading::fetched_at(last)), scene.spec.interval);
    (age > allowed.max(Duration::from_secs(1))).then_some(Belt::Old { age, allowed })
}
