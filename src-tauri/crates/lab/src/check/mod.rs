//! The promises, as checks of a run. Owns the list of invariants and what a check is; each check stands in a file of its
//! kind (`safety_*`, `live*`), is named after its invariant, and is shown to fail by a planted fault
//! (`tests/planted.rs`). What each promises, its bound and its exemptions stand in `docs/invariants.md`.
//!
//! A check goes by what the world, the wire and the platforms saw and by what is durable; what the engine says of itself
//! is taken only as the moment at which something was to be true.

mod bounds;
mod cast;
mod live;
mod live_act;
mod live_look;
mod machine;
mod safety_belts;
mod safety_clock;
mod safety_data;
mod safety_disk;
mod safety_flows;
mod safety_money;
mod safety_spending;
mod safety_stop;
mod safety_tell;
mod safety_window;
mod safety_wire;
mod set;
mod stored;

use serde::{Deserialize, Serialize};
use tidegate_meter::Time;
use tidegate_sim::World;
use tidegate_store::Store;

use crate::line::Seen;
use crate::plan::Plan;

pub use cast::changes;
pub use set::CheckSet;

/// A promise; the words stand in `docs/invariants.md`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the numbers are the table's")]
#[rustfmt::skip]
pub enum Invariant {
    S1, S2, S3, S4, S5, S6, S7, S8, S9, S10, S11, S12, S13, S14, S15, S16, S17, S18, S19, S20, S21, S22, S23, S24, S25, S26, S27,
    L1, L2, L3, L4, L5, L6, L7, L8, L9, L10, L11,
    /// The run itself came to a stand: nothing was left to wait for, or time did not move any more.
    Stuck,
}

/// Every promise of the table, in its order.
#[rustfmt::skip]
pub const ALL: [Invariant; 38] = {
    use Invariant::*;
    [
        S1, S2, S3, S4, S5, S6, S7, S8, S9, S10, S11, S12, S13, S14, S15, S16, S17, S18, S19, S20, S21, S22, S23, S24, S25, S26, S27,
        L1, L2, L3, L4, L5, L6, L7, L8, L9, L10, L11,
    ]
};

/// Promises that no run can show: they hold for what the program is made of, and are checked on its sources.
pub const STATIC: [Invariant; 1] = [Invariant::S26];

impl Invariant {
    /// The name of its check, as `docs/invariants.md` and the kept bugs call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::S1 => "s1_recorded_before_sent",
            Self::S2 => "s2_only_frozen_targets",
            Self::S3 => "s3_no_stop_without_truth",
            Self::S4 => "s4_a_jump_needs_a_second_witness",
            Self::S5 => "s5_armed_when_sent",
            Self::S6 => "s6_counts_in_any_day",
            Self::S7 => "s7_grace_after_a_start",
            Self::S8 => "s8_protected_never_asked",
            Self::S9 => "s9_forced_only_with_consent",
            Self::S10 => "s10_restore_only_what_is_ours",
            Self::S11 => "s11_no_claim_beyond_the_record",
            Self::S12 => "s12_a_replay_is_idle",
            Self::S13 => "s13_each_step_once",
            Self::S14 => "s14_extra_copies_are_marked",
            Self::S15 => "s15_closed_numbers_are_silent",
            Self::S16 => "s16_amounts_add_up",
            Self::S17 => "s17_no_negative_burn",
            Self::S18 => "s18_countdowns_keep_their_length",
            Self::S19 => "s19_one_holder_acts",
            Self::S20 => "s20_unwritable_acts_not",
            Self::S21 => "s21_damage_disarms",
            Self::S22 => "s22_secrets_stay_inside",
            Self::S23 => "s23_each_key_in_its_role",
            Self::S24 => "s24_the_chain_is_whole",
            Self::S25 => "s25_drafts_are_silent",
            Self::S26 => "s26_the_window_only_asks_what_is_listed",
            Self::S27 => "s27_limits_hold",
            Self::L1 => "l1_over_means_a_request",
            Self::L2 => "l2_resumed_within_ten_seconds",
            Self::L3 => "l3_unknown_ends",
            Self::L4 => "l4_failed_is_told",
            Self::L5 => "l5_a_restart_is_noticed",
            Self::L6 => "l6_the_outbox_empties",
            Self::L7 => "l7_a_wake_reads_everything_again",
            Self::L8 => "l8_blind_once",
            Self::L9 => "l9_others_are_not_delayed",
            Self::L10 => "l10_unlocked_goes_on",
            Self::L11 => "l11_corrections_are_shown",
            Self::Stuck => "stuck",
        }
    }
}

/// A promise that was broken.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Breach {
    /// Which.
    pub invariant: Invariant,
    /// When it was seen, true time.
    pub at: Time,
    /// What was seen beside what was promised, in words.
    pub said: String,
    /// The account, guard, server or channel that it is about, for the story.
    pub about: String,
}

/// What a check may look at beside the lines: the truth of the world, what was planned, and what is durable.
pub struct View<'a> {
    /// What is played.
    pub plan: &'a Plan,
    /// The world as it truly is.
    pub world: &'a World,
    /// The database; between two lives the one that will be opened next. It works on the caller's thread: one that does
    /// not answer at once is not looked into.
    pub store: &'a Store,
}

/// Watches a run for one promise.
pub trait Check: Send {
    /// Whose.
    fn invariant(&self) -> Invariant;

    /// A line was seen. What it breaks, if it does: what was seen, and about whom.
    fn see(&mut self, seen: &Seen, view: &View<'_>) -> Vec<Finding>;

    /// The run is over; its store is still open.
    fn end(&mut self, at: Time, view: &View<'_>) -> Vec<Finding> {
        let _ = (at, view);
        Vec::new()
    }
}

/// What a check found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// What was seen beside what was promised.
    pub said: String,
    /// About whom.
    pub about: String,
}

impl Finding {
    /// One finding.
    #[must_use]
    pub fn one(about: impl Into<String>, said: impl Into<String>) -> Vec<Self> {
        vec![Self {
            said: said.into(),
            about: about.into(),
        }]
    }
}
