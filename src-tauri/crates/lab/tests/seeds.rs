//! Two hundred seeds of three virtual days each, in the mode that each draws: every promise is kept, and every fiftieth
//! seed plays the same run twice. In eight parts, so that a machine with several cores plays them beside each other.
//! `tidegated sim run --seed N --story` tells what a failing one did.

use std::num::NonZeroUsize;

use tidegate_lab::many::{judged, many};
use tidegate_lab::plan::{Mode, Plan, Shape};

/// Seeds of one part.
const PART: u64 = 25;

fn every_promise_is_kept(part: u64) {
    let seeds = part * PART..(part + 1) * PART;
    let summary = many(
        seeds,
        &Shape::small(),
        NonZeroUsize::MIN,
        |plan| judged(plan, 0),
        |_| {},
    );
    assert_eq!(summary.seeds, PART);
    let told: Vec<String> = summary
        .broken
        .iter()
        .flat_map(|broken| broken.breaches.iter().map(|breach| (broken.seed, breach)))
        .map(|(seed, breach)| {
            format!(
                "seed {seed}: {:?} {}: {}",
                breach.invariant, breach.about, breach.said
            )
        })
        .collect();
    assert!(
        summary.is_kept(),
        "not alike: {:?}\n{}",
        summary.unlike,
        told.join("\n")
    );
}

#[test]
fn seeds_000_to_024() {
    every_promise_is_kept(0);
}

#[test]
fn seeds_025_to_049() {
    every_promise_is_kept(1);
}

#[test]
fn seeds_050_to_074() {
    every_promise_is_kept(2);
}

#[test]
fn seeds_075_to_099() {
    every_promise_is_kept(3);
}

#[test]
fn seeds_100_to_124() {
    every_promise_is_kept(4);
}

#[test]
fn seeds_125_to_149() {
    every_promise_is_kept(5);
}

#[test]
fn seeds_150_to_174() {
    every_promise_is_kept(6);
}

#[test]
fn seeds_175_to_199() {
    every_promise_is_kept(7);
}

#[test]
fn the_seeds_have_both_modes_and_three_days() {
    let plans: Vec<Plan> = (0..8 * PART)
        .map(|seed| Plan::draw(seed, &Shape::small()))
        .collect();
    assert!(plans.iter().all(|plan| plan.span_s == 3 * 86_400));
    for mode in [Mode::Safety, Mode::Liveness] {
        assert!(plans.iter().filter(|plan| plan.mode == mode).count() > 70);
    }
}
