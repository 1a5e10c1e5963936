//! The checks together. Owns which of them watch a run of which mode, and that each is told what it sees of itself.

use tidegate_meter::Time;

use super::{
    Breach, Check, Finding, View, live, live_act, live_look, safety_belts, safety_clock, safety_data,
    safety_disk, safety_flows, safety_money, safety_spending, safety_stop, safety_tell, safety_window,
    safety_wire,
};
use crate::line::Seen;
use crate::plan::Mode;

/// Checks that watch one run.
pub struct CheckSet {
    checks: Vec<Box<dyn Check>>,
}

impl std::fmt::Debug for CheckSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = self.checks.iter().map(|check| check.invariant().name());
        f.debug_list().entries(names).finish()
    }
}

impl CheckSet {
    /// Nothing bad happens.
    #[must_use]
    pub fn safety() -> Self {
        Self {
            checks: vec![
                safety_stop::s1_recorded_before_sent(),
                safety_stop::s2_only_frozen_targets(),
                safety_data::s3_no_stop_without_truth(),
                safety_spending::s3_no_disable_without_truth(),
                safety_data::s4_a_jump_needs_a_second_witness(),
                safety_stop::s5_armed_when_sent(),
                safety_spending::s5_armed_when_disabled(),
                safety_belts::s6_counts_in_any_day(),
                safety_belts::s7_grace_after_a_start(),
                safety_belts::s8_protected_never_asked(),
                safety_belts::s9_forced_only_with_consent(),
                safety_belts::s10_restore_only_what_is_ours(),
                safety_tell::s11_no_claim_beyond_the_record(),
                safety_spending::s11_disabled_means_closed(),
                safety_window::s12_a_replay_is_idle(),
                safety_tell::s13_each_step_once(),
                safety_tell::s14_extra_copies_are_marked(),
                safety_window::s15_closed_numbers_are_silent(),
                safety_money::s16_amounts_add_up(),
                safety_flows::s16_flows_are_whole_and_once(),
                safety_flows::s16_money_is_told_as_it_is(),
                safety_money::s17_no_negative_burn(),
                safety_clock::s18_countdowns_keep_their_length(),
                safety_clock::s19_one_holder_acts(),
                safety_disk::s20_unwritable_acts_not(),
                safety_disk::s21_damage_disarms(),
                safety_wire::s22_secrets_stay_inside(),
                safety_wire::s23_each_key_in_its_role(),
                safety_disk::s24_the_chain_is_whole(),
                safety_window::s25_drafts_are_silent(),
                safety_wire::s27_limits_hold(),
            ],
        }
    }

    /// Something good happens within its bound, once everything is mended.
    #[must_use]
    pub fn liveness() -> Self {
        Self {
            checks: vec![
                live_act::l1_over_means_a_request(),
                live_act::l2_resumed_within_ten_seconds(),
                live_act::l3_unknown_ends(),
                live_act::l4_failed_is_told(),
                live_act::l5_a_restart_is_noticed(),
                live::l6_the_outbox_empties(),
                live_look::l7_a_wake_reads_everything_again(),
                live::l8_blind_once(),
                live_look::l9_others_are_not_delayed(),
                live_look::l10_unlocked_goes_on(),
                live::l11_corrections_are_shown(),
            ],
        }
    }

    /// Both.
    #[must_use]
    pub fn all() -> Self {
        let mut set = Self::safety();
        set.checks.extend(Self::liveness().checks);
        set
    }

    /// What a run of that mode is watched for. What is good about a run with faults to its end is not promised.
    #[must_use]
    pub fn of(mode: Mode) -> Self {
        match mode {
            Mode::Safety => Self::safety(),
            Mode::Liveness => Self::all(),
        }
    }

    /// The check of one promise; `None` for one that no run can show.
    #[must_use]
    pub fn only(invariant: super::Invariant) -> Option<Self> {
        let mut set = Self::all();
        set.checks.retain(|check| check.invariant() == invariant);
        (!set.checks.is_empty()).then_some(set)
    }

    /// The checks themselves, for whoever plays a run.
    #[must_use]
    pub fn into_checks(self) -> Vec<Box<dyn Check>> {
        self.checks
    }

    /// Whose checks they are.
    pub fn invariants(&self) -> impl Iterator<Item = super::Invariant> + '_ {
        self.checks.iter().map(|check| check.invariant())
    }

    /// A line was seen: what it breaks.
    pub fn see(&mut self, seen: &Seen, view: &View<'_>) -> Vec<Breach> {
        let mut breaches = Vec::new();
        for check in &mut self.checks {
            let found = check.see(seen, view);
            keep(&mut breaches, check.as_ref(), found, seen.at);
        }
        breaches
    }

    /// The run is over: what is broken then.
    pub fn end(&mut self, at: Time, view: &View<'_>) -> Vec<Breach> {
        let mut breaches = Vec::new();
        for check in &mut self.checks {
            let found = check.end(at, view);
            keep(&mut breaches, check.as_ref(), found, at);
        }
        breaches
    }
}

fn keep(breaches: &mut Vec<Breach>, check: &dyn Check, found: Vec<Finding>, at: Time) {
    let invariant = check.invariant();
    breaches.extend(found.into_iter().map(|finding| Breach {
        invariant,
        at,
        said: finding.said,
        about: finding.about,
    }));
}
