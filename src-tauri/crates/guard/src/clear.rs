//! The last check before a request leaves.

use tidegate_meter::{Target, Time};

use crate::{ActionKind, GuardSpec, GuardState, Observation, Permit, StopManner, Why};

/// Holds every belt once more, on a fresh reading and the fresh state of `target`, just before a request to it leaves.
///
/// # Errors
/// The sentence that says which belt does not hold.
pub fn clear(
    spec: &GuardSpec,
    state: &GuardState,
    seen: &Observation,
    target: &Target,
    action: ActionKind,
    manner: StopManner,
    now: Time,
) -> Result<Permit, Box<Why>> {
    let _ = (target, action, manner);
    Err(Box::new(crate::judge(spec, state, seen, now).why))
}
