//! What is decided and told by which number.

use std::time::Duration;

use tidegate_guard::ActionKind;
use tidegate_lab::check::Invariant;
use tidegate_sim::{Fault, Lie, gib};

use crate::scene::{START, Stage, plan, window};

pub(crate) fn s3(planted: bool) -> Vec<String> {
    let mut stage = Stage::new(Invariant::S3);
    // Five of a hundred are left in truth, below the line of ten.
    if planted {
        stage.world.correct("pack", -gib(60)).unwrap();
    }
    stage.wait(1).stops("edge");
    stage.end()
}

pub(crate) fn s4(planted: bool) -> Vec<String> {
    let mut stage = Stage::new(Invariant::S4);
    stage.reads(80).wait(300);
    if !planted {
        // Confirmed by a second fetch.
        stage.reads(5).wait(60);
    }
    stage.reads(5);
    stage.plans("edge", ActionKind::Stop);
    stage.end()
}

pub(crate) fn s12(planted: bool) -> Vec<String> {
    let mut stage = Stage::new(Invariant::S12);
    stage.reads(40);
    if planted {
        stage.reads(40);
    } else {
        stage.wait(300).reads(29);
    }
    stage.step(1);
    stage.end()
}

pub(crate) fn s15(planted: bool) -> Vec<String> {
    let mut stage = Stage::new(Invariant::S15);
    let from = if planted {
        START.minus(Duration::from_secs(40 * 86_400))
    } else {
        START
    };
    stage.reads_as(gib(5), gib(95), window(from)).step(1);
    stage.end()
}

pub(crate) fn s16(planted: bool) -> Vec<String> {
    let mut stage = Stage::new(Invariant::S16);
    let used = gib(60) + i64::from(planted);
    stage.reads_as(gib(40), used, window(START));
    stage.end()
}

#[test]
fn a_predictive_line_may_reckon_with_the_link_and_not_with_more() {
    let mut plan = plan();
    let guard = plan.clouds[0].packages[0].guard.as_mut().unwrap();
    guard.limit = Some(tidegate_guard::Limit::Predictive {
        reserve: tidegate_meter::Quantity::bytes(gib(1)),
    });
    // In the two hours that are assumed, and those of the looks, no more than half of the package.
    guard.bandwidth_mbit = Some(40);
    let mut stage = Stage::of(Invariant::S3, plan.clone());
    stage.stops("edge");
    assert_eq!(stage.end(), Vec::<String>::new());
    let mut stage = Stage::of(Invariant::S3, plan);
    stage.world.correct("pack", -gib(90)).unwrap();
    stage.wait(1).stops("edge");
    assert_eq!(stage.end().len(), 1);
}

#[test]
fn an_action_that_is_decided_while_its_meter_is_blind_is_seen() {
    let mut stage = Stage::new(Invariant::S3);
    stage.reads(5);
    let unread = tidegate_engine::Event::Unread {
        at: stage.at(),
        account: "acme".parse().unwrap(),
        meter: Some(stage.meter()),
        blind: tidegate_meter::Blind::new(tidegate_meter::Reason::Missing, "gone"),
    };
    stage.event(unread);
    stage.plans("edge", ActionKind::Stop);
    assert_eq!(stage.end(), ["an action was decided while its meter was blind"]);
}

#[test]
fn only_a_lie_that_nothing_contradicts_excuses_a_stop() {
    for (lie, breaks) in [
        (Lie::UsedUp, false),
        (Lie::Frozen, false),
        (Lie::AmountZero, true),
    ] {
        let mut stage = Stage::new(Invariant::S3);
        stage.world.correct("pack", -gib(60)).unwrap();
        stage.world.fault(Fault::new(lie.clone()).account("acme"));
        stage.wait(1).stops("edge");
        assert_eq!(!stage.end().is_empty(), breaks, "{lie:?}");
    }
}
