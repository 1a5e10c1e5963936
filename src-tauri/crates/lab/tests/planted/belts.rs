//! What is asked for, of whom, how often and in which manner.

use std::time::Duration;

use tidegate_engine::Event;
use tidegate_guard::{ActionKind, IntentState};
use tidegate_lab::check::Invariant;
use tidegate_lab::plan::{Deed, WorldDeed};

use crate::scene::{GUARD, Stage};

pub(crate) fn s1(planted: bool) -> Vec<String> {
    let mut stage = Stage::new(Invariant::S1);
    let row = stage.plans("edge", ActionKind::Stop);
    // Decided is not sent: without the record of the sending it may not arrive.
    if !planted {
        stage.goes(&row, &[IntentState::Rechecked, IntentState::Sent]);
    }
    stage.asks("ecs.stop", "edge");
    stage.end()
}

pub(crate) fn s2(planted: bool) -> Vec<String> {
    let mut stage = Stage::new(Invariant::S2);
    let row = stage.plans("edge", ActionKind::Stop);
    stage.goes(&row, &[IntentState::Rechecked, IntentState::Sent]);
    let mut request = stage.request("ecs.stop", Some("edge"));
    if planted {
        request.servers.push(stage.world.server_id("stranger").unwrap());
    }
    stage.arrives(request);
    stage.end()
}

pub(crate) fn s5(planted: bool) -> Vec<String> {
    let mut stage = Stage::new(Invariant::S5);
    let row = stage.plans("edge", ActionKind::Stop);
    if planted {
        stage.arms(false);
    }
    stage.goes(&row, &[IntentState::Rechecked, IntentState::Sent]);
    stage.asks("ecs.stop", "edge");
    stage.end()
}

pub(crate) fn s6(planted: bool) -> Vec<String> {
    let mut stage = Stage::new(Invariant::S6);
    for _ in 0..4 {
        let row = stage.stops("edge");
        // The same try again is the same action.
        stage.wait(60).asks("ecs.stop", "edge");
        stage.goes(
            &row,
            &[
                IntentState::Accepted,
                IntentState::Verifying,
                IntentState::Verified,
            ],
        );
        stage.wait(if planted { 3600 } else { 9 * 3600 });
    }
    stage.end()
}

pub(crate) fn s7(planted: bool) -> Vec<String> {
    let mut stage = Stage::new(Invariant::S7);
    stage.world.stop_by_hand("edge").unwrap();
    stage.wait(600);
    stage.world.start_by_hand("edge").unwrap();
    stage.wait(if planted { 240 } else { 1000 });
    stage.stops("edge");
    stage.end()
}

pub(crate) fn s8(planted: bool) -> Vec<String> {
    let mut stage = Stage::new(Invariant::S8);
    stage.stops(if planted { "vault" } else { "edge" });
    let target = stage.target("edge");
    let protected = Event::Protected {
        at: stage.at(),
        account: "acme".parse().unwrap(),
        target: target.id,
        protected: true,
    };
    stage.event(protected);
    stage.end()
}

pub(crate) fn s9(planted: bool) -> Vec<String> {
    let mut plan = crate::scene::plan();
    let guard = plan.clouds[0].packages[0].guard.as_mut().unwrap();
    guard.is_forced = !planted;
    let mut stage = Stage::of(Invariant::S9, plan);
    stage.stops("edge");
    stage.wait(600);
    let mut request = stage.request("ecs.stop", Some("edge"));
    request.forced = true;
    stage.arrives(request);
    stage.end()
}

pub(crate) fn s10(planted: bool) -> Vec<String> {
    let mut stage = Stage::new(Invariant::S10);
    if planted {
        stage.deed(Deed::World(WorldDeed::Power {
            server: "edge".to_owned(),
            on: false,
        }));
    } else {
        stage.stops("edge");
    }
    stage.wait(3600).asks("ecs.start", "edge");
    stage.end()
}

#[test]
fn a_guard_that_was_armed_too_long_ago_does_not_act() {
    let mut stage = Stage::new(Invariant::S5);
    let row = stage.plans("edge", ActionKind::Stop);
    let until = stage.at().minus(Duration::from_secs(1));
    let target = stage.target("edge");
    let mode = serde_json::json!({"mode": "armed", "until": until, "targets": [target]});
    stage.guards(&mode, &serde_json::Value::Null);
    stage.goes(&row, &[IntentState::Rechecked, IntentState::Sent]);
    stage.asks("ecs.stop", "edge");
    let found = stage.end();
    assert_eq!(found, [format!("the arming of {GUARD} has expired")]);
}

#[test]
fn a_server_that_the_guard_did_not_freeze_when_it_decided_is_not_its_own_later() {
    let mut stage = Stage::new(Invariant::S2);
    stage.guards(
        &serde_json::json!({"mode": "armed", "until": stage.at(), "targets": []}),
        &serde_json::Value::Null,
    );
    let row = stage.plans("edge", ActionKind::Stop);
    stage.arms(true);
    stage.goes(&row, &[IntentState::Rechecked, IntentState::Sent]);
    stage.asks("ecs.stop", "edge");
    assert_eq!(stage.end(), [format!("it was not frozen when {GUARD} decided")]);
}
