//! How actions move, in time.

use serde_json::json;
use tidegate_engine::Event;
use tidegate_guard::{ActionKind, IntentState, PowerState};
use tidegate_lab::check::Invariant;
use tidegate_lab::line::Line;
use tidegate_lab::plan::{Deed, WorldDeed};
use tidegate_store::IntentRow;

use crate::scene::{INTERVAL_S, Stage};

pub(crate) fn s18(planted: bool) -> Vec<String> {
    let mut stage = Stage::new(Invariant::S18);
    let row = stage.plans("edge", ActionKind::Stop);
    stage.wait(if planted { 59 } else { 60 });
    stage.goes(&row, &[IntentState::Rechecked, IntentState::Sent]);
    stage.asks("ecs.stop", "edge");
    stage.end()
}

pub(crate) fn s19(planted: bool) -> Vec<String> {
    let mut stage = Stage::new(Invariant::S19);
    stage.see(Line::Ended { killed: true }).wait(60);
    if !planted {
        stage.see(Line::Began { life: 2 });
    }
    stage.asks("ecs.show", "edge");
    stage.end()
}

pub(crate) fn l1(planted: bool) -> Vec<String> {
    let mut stage = Stage::new(Invariant::L1);
    stage.see(Line::Healed).wait(3600);
    for look in 0..8 {
        stage.reads(5).wait(INTERVAL_S);
        if !planted && look == 2 {
            stage.stops("edge");
        }
    }
    stage.end()
}

pub(crate) fn l2(planted: bool) -> Vec<String> {
    let mut stage = Stage::new(Invariant::L2);
    let row = stage.stops("edge");
    stage
        .see(Line::Ended { killed: true })
        .wait(5)
        .see(Line::Began { life: 2 });
    if !planted {
        let event = unknown(&stage, &row);
        stage.wait(3).event(event);
    }
    stage.wait(60).looked();
    stage.end()
}

fn unknown(stage: &Stage, row: &IntentRow) -> Event {
    Event::Unknown {
        at: stage.at(),
        intent: row.id,
        target: row.target.clone(),
        detail: "lost".to_owned(),
    }
}

pub(crate) fn l3(planted: bool) -> Vec<String> {
    let mut stage = Stage::new(Invariant::L3);
    let row = stage.stops("edge");
    let event = unknown(&stage, &row);
    stage.event(event).wait(60);
    if !planted {
        let event = Event::Verifying {
            at: stage.at(),
            intent: row.id,
            target: row.target.clone(),
            power: Some(PowerState::Stopping),
        };
        stage.event(event);
    }
    stage.wait(120).looked();
    stage.end()
}

fn failed(stage: &Stage, row: &IntentRow) -> Event {
    Event::Failed {
        at: stage.at(),
        intent: row.id,
        target: row.target.clone(),
        detail: "refused".to_owned(),
        retry_at: None,
    }
}

pub(crate) fn l4(planted: bool) -> Vec<String> {
    let mut stage = Stage::new(Invariant::L4);
    let row = stage.stops("edge");
    let event = failed(&stage, &row);
    stage.event(event).wait(10);
    if !planted {
        stage.see(Line::Card {
            platform: "feishu".to_owned(),
            text: "edge: refused".to_owned(),
            is_repeat: false,
        });
    }
    stage.wait(200).looked();
    stage.end()
}

fn verified(stage: &Stage, row: &IntentRow) -> Event {
    let receipt = json!({"job": null, "request": null, "at": stage.at()});
    let proof = json!({
        "target": row.target, "before": {"power": "running"}, "after": {"power": "stopped"}, "at": stage.at(),
        "receipt": receipt,
    });
    Event::Verified {
        at: stage.at(),
        intent: row.id,
        target: row.target.clone(),
        proof: serde_json::from_value(proof).unwrap(),
    }
}

pub(crate) fn l5(planted: bool) -> Vec<String> {
    let mut stage = Stage::new(Invariant::L5);
    let row = stage.stops("edge");
    let event = verified(&stage, &row);
    stage.event(event).wait(7200);
    stage.deed(Deed::World(WorldDeed::Power {
        server: "edge".to_owned(),
        on: true,
    }));
    stage.wait(200);
    if !planted {
        let seen = Event::Power {
            at: stage.at(),
            account: "acme".parse().unwrap(),
            target: row.target.clone(),
            power: PowerState::Running,
        };
        stage.event(seen);
    }
    stage.wait(2 * INTERVAL_S).looked();
    stage.end()
}

#[test]
fn a_second_stop_within_the_settling_time_is_seen() {
    let mut stage = Stage::new(Invariant::S19);
    stage.stops("edge");
    stage.wait(29).asks("ecs.stop", "edge");
    assert_eq!(stage.end(), ["two stops within the settling time"]);
}

#[test]
fn a_stop_that_was_taken_on_and_did_nothing_must_have_failed_in_seven_minutes() {
    for counted in [true, false] {
        let mut stage = Stage::new(Invariant::L4);
        let row = stage.stops("edge");
        stage.wait(310);
        if counted {
            let event = failed(&stage, &row);
            stage.event(event);
            stage.see(Line::Card {
                platform: "feishu".to_owned(),
                text: "edge".to_owned(),
                is_repeat: false,
            });
        }
        stage.wait(120).looked();
        assert_eq!(stage.end().is_empty(), counted);
    }
}
