//! Shrinking, with predicates that know what matters: nothing else is left, and what is left still breaks the same.

#![expect(
    clippy::expect_used,
    reason = "a failed assumption of a test is a failed test"
)]

use std::cell::Cell;

use proptest::prelude::*;
use tidegate_lab::check::Invariant;
use tidegate_lab::plan::{Deed, MachineDeed, Mode, Plan, Shape, Storage, WorldDeed};
use tidegate_lab::shrink::shrink;
use tidegate_sim::{Curve, Lie};

const TRIES: u32 = 5_000;

fn lies(plan: &Plan, lie: &Lie) -> bool {
    plan.events
        .iter()
        .any(|timed| matches!(&timed.deed, Deed::World(WorldDeed::Lie { fault }) if fault.lie == *lie))
}

/// The first large plan for which something holds.
fn with(holds: impl Fn(&Plan) -> bool) -> Plan {
    let mut plans = (0..2000).map(|seed| Plan::draw(seed, &Shape::large()));
    plans.find(holds).expect("drawn often enough")
}

#[test]
fn only_the_lie_and_whom_it_is_told_about_is_left() {
    let breaks = |plan: &Plan| lies(plan, &Lie::UsedUp).then_some(Invariant::S3);
    let plan = with(|plan| breaks(plan).is_some());
    let shrunk = shrink(&plan, breaks, TRIES).expect("it breaks");
    assert_eq!(shrunk.invariant, Invariant::S3);
    let plan = shrunk.plan;
    assert_eq!(plan.events.len(), 1, "{:?}", plan.events);
    assert_eq!(
        (plan.clouds.len(), plan.mains.len(), plan.purses.len()),
        (1, 0, 0)
    );
    let cloud = &plan.clouds[0];
    assert_eq!((cloud.servers.len(), cloud.packages.len()), (1, 1));
    assert_eq!((plan.zone.as_str(), plan.storage), ("UTC", Storage::Memory));
    assert_eq!((cloud.packages[0].lag_s, &cloud.packages[0].guard), (0, &None));
    assert!(matches!(cloud.servers[0].traffic, Curve::Steady(_) | Curve::Idle));
    assert_eq!(plan.mistakes(), Vec::<String>::new());
}

#[test]
fn two_things_that_break_only_together_both_stay() {
    let sleeps = |plan: &Plan| {
        let is_sleep = |deed: &Deed| matches!(deed, Deed::Machine(MachineDeed::Sleep { .. }));
        plan.events.iter().any(|timed| is_sleep(&timed.deed))
    };
    let breaks = |plan: &Plan| (sleeps(plan) && !plan.mains.is_empty()).then_some(Invariant::L7);
    let plan = with(|plan| breaks(plan).is_some());
    let shrunk = shrink(&plan, breaks, TRIES).expect("it breaks").plan;
    assert_eq!(
        (shrunk.events.len(), shrunk.mains.len(), shrunk.clouds.len()),
        (1, 1, 0)
    );
    assert!(
        shrunk.weight() < plan.weight() / 4,
        "{} of {}",
        shrunk.weight(),
        plan.weight()
    );
}

#[test]
fn a_plan_that_breaks_another_promise_is_not_followed() {
    let breaks = |plan: &Plan| {
        if plan.clouds.len() > 1 {
            Some(Invariant::S6)
        } else {
            Some(Invariant::S1)
        }
    };
    let plan = with(|plan| plan.clouds.len() == 3);
    let shrunk = shrink(&plan, breaks, TRIES).expect("it breaks");
    assert_eq!((shrunk.invariant, shrunk.plan.clouds.len()), (Invariant::S6, 2));
}

#[test]
fn the_run_is_cut_behind_what_matters_and_times_are_round() {
    let late = |plan: &Plan| plan.span_s >= 40_000;
    let plan = Plan::draw(5, &Shape::large().mode(Some(Mode::Safety)));
    let shrunk = shrink(&plan, |plan| late(plan).then_some(Invariant::S18), TRIES).expect("it breaks");
    assert!(
        (40_000..60_000).contains(&shrunk.plan.span_s),
        "{}",
        shrunk.plan.span_s
    );
    assert_eq!(shrunk.plan.span_s % 60, 0);
    assert!(shrunk.plan.events.is_empty() && shrunk.plan.cast().is_empty());
}

#[test]
fn what_breaks_nothing_is_not_shrunk_and_tries_are_counted() {
    let plan = Plan::draw(1, &Shape::large());
    assert_eq!(shrink(&plan, |_| None, TRIES), None);
    let played = Cell::new(0);
    let breaks = |_: &Plan| {
        played.set(played.get() + 1);
        Some(Invariant::S1)
    };
    let shrunk = shrink(&plan, breaks, 3).expect("it breaks");
    assert_eq!(
        (shrunk.tries, played.get()),
        (3, 4),
        "once to see what breaks, and each try"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn whatever_is_left_is_sound_and_still_breaks(seed: u64, least in 1_usize..6) {
        let breaks = |plan: &Plan| (plan.events.len() >= least && plan.weight() > least).then_some(Invariant::S2);
        let plan = Plan::draw(seed, &Shape::large());
        let shrunk = shrink(&plan, breaks, TRIES).expect("large plans have more").plan;
        prop_assert_eq!(shrunk.mistakes(), Vec::<String>::new());
        prop_assert_eq!(breaks(&shrunk), Some(Invariant::S2));
        prop_assert_eq!(shrunk.events.len(), least);
    }
}
