//! The judgement.

use tidegate_meter::Time;

use crate::{Decision, GuardSpec, GuardState, Judgement, Observation, Why};

/// Judges one look.
#[must_use]
pub fn judge(spec: &GuardSpec, state: &GuardState, seen: &Observation, now: Time) -> Judgement<GuardState> {
    let mut next = state.clone();
    let mut decisions = Vec::new();
    let why = judge_in_place(spec, &mut next, seen, now, &mut decisions);
    Judgement {
        level: next.level,
        state: next,
        decisions,
        why,
    }
}

pub(crate) fn judge_in_place(
    spec: &GuardSpec,
    state: &mut GuardState,
    seen: &Observation,
    now: Time,
    _decisions: &mut Vec<Decision>,
) -> Why {
    if let Some(reading) = seen.outcome.reading() {
        state.last = Some(reading.clone());
    }
    Why {
        headroom: state.last.as_ref().and_then(tidegate_meter::Reading::headroom),
        distance: None,
        lower_bound: None,
        limit: spec.limit,
        forecast: Some(state.forecast(spec, now)),
        blind: None,
        over: false,
        belts: vec![crate::Belt::Watch],
        acting: None,
    }
}
