//! Blindness: when it is told, once an episode, and when it ends. Never raises or resolves a step, never acts.
//! Tested in `tests/judgement/blindness.rs`.

use tidegate_meter::{Blind, Reason, Time};

use crate::state::BlindState;
use crate::{Decision, GuardSpec, limits};

impl BlindState {
    /// A look without truth. `truth` is the fetch of the last reading that was believed.
    pub(crate) fn miss(
        &mut self,
        spec: &GuardSpec,
        blind: &Blind,
        truth: Option<Time>,
        now: Time,
    ) -> Option<Decision> {
        // A locked keychain is told for all accounts together and ends for all: what blinds after it is news of its own.
        if self.told == Some(Reason::Locked) && blind.reason != Reason::Locked {
            let ended = self.end(truth, now);
            (self.misses, self.first, self.reason) = (1, Some(now), Some(blind.reason));
            return ended;
        }
        self.misses = self.misses.saturating_add(1);
        let first = *self.first.get_or_insert(now);
        self.reason = Some(blind.reason);
        if self.told.is_some() || !self.is_due(spec, blind.reason, truth.unwrap_or(first), now) {
            return None;
        }
        self.told = Some(blind.reason);
        Some(Decision::RaiseBlind {
            blind: blind.clone(),
            since: truth,
        })
    }

    /// Truth again.
    pub(crate) fn end(&mut self, truth: Option<Time>, now: Time) -> Option<Decision> {
        let was = std::mem::take(self);
        Some(Decision::ResolveBlind {
            reason: was.told?,
            since: truth.or(was.first).unwrap_or(now),
        })
    }

    /// Told at once where a person must act; else after three intervals without truth, but never on a single look: after
    /// a sleep the first look often comes before the network.
    fn is_due(&self, spec: &GuardSpec, reason: Reason, truth: Time, now: Time) -> bool {
        let silent = now.since(truth) >= spec.interval.saturating_mul(limits::BLIND_INTERVALS);
        needs_person(reason) || (silent && self.misses > 1) || self.misses >= limits::BLIND_LOOKS
    }
}

/// Waiting does not help: a key, a right, a keychain, a switch, or a provider that changed its answers.
const fn needs_person(reason: Reason) -> bool {
    match reason {
        Reason::Auth | Reason::Scope | Reason::Locked | Reason::Disabled | Reason::Shape => true,
        Reason::Rate | Reason::Transient | Reason::Missing | Reason::Stale | Reason::Implausible => false,
    }
}
