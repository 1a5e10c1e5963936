//! What people are told, and what the wire carries.

use serde_json::{Value, json};
use tidegate_guard::IntentState;
use tidegate_lab::check::Invariant;
use tidegate_lab::line::Line;
use tidegate_meter::RowId;
use tidegate_store::{DeliveryState, IntentRow, Write};

use crate::scene::{START, Stage};

fn verified(row: &IntentRow) -> Value {
    json!({"code": "action_verified", "action": {"intent": row.id}})
}

pub(crate) fn s11(planted: bool) -> Vec<String> {
    let mut stage = Stage::new(Invariant::S11);
    let row = stage.stops("edge");
    let row = if planted {
        stage.goes(&row, &[IntentState::Failed])
    } else {
        stage.goes(
            &row,
            &[
                IntentState::Accepted,
                IntentState::Verifying,
                IntentState::Verified,
            ],
        )
    };
    let told = stage.delivery(verified(&row), DeliveryState::Delivered);
    stage.write(vec![Write::Delivery(told)]);
    stage.end()
}

pub(crate) fn s13(planted: bool) -> Vec<String> {
    let mut stage = Stage::new(Invariant::S13);
    for alert in [1, if planted { 1 } else { 2 }] {
        let mut told = stage.delivery(json!({"code": "step_reached"}), DeliveryState::Delivered);
        told.alert = Some(RowId::new(START, [alert; 10]));
        stage.write(vec![Write::Delivery(told)]);
    }
    stage.end()
}

fn card(text: &str, is_repeat: bool) -> Line {
    Line::Card {
        platform: "feishu".to_owned(),
        text: text.to_owned(),
        is_repeat,
    }
}

pub(crate) fn s14(planted: bool) -> Vec<String> {
    let mut stage = Stage::new(Invariant::S14);
    let text = "pack 5% · Tidegate · #0123abcd · 10:00";
    stage.see(card(text, false));
    stage
        .see(Line::Ended { killed: true })
        .wait(5)
        .see(Line::Began { life: 2 });
    stage.see(card(text, !planted));
    stage.end()
}

pub(crate) fn s22(planted: bool) -> Vec<String> {
    let mut stage = Stage::new(Invariant::S22);
    let key = stage.world.credentials("acme").unwrap().remove(0);
    let said = if planted { key.sk } else { key.ak };
    stage.see(card(&format!("refused: {said}"), false));
    stage.end()
}

pub(crate) fn s23(planted: bool) -> Vec<String> {
    let mut stage = Stage::new(Invariant::S23);
    let keys = stage.world.credentials("acme").unwrap();
    let mut look = stage.request("bss.usages", None);
    look.key = Some(keys[0].ak.clone());
    stage.arrives(look);
    let mut stop = stage.request("ecs.stop", Some("edge"));
    stop.key = Some(keys[usize::from(!planted)].ak.clone());
    stage.arrives(stop);
    stage.end()
}

pub(crate) fn s27(planted: bool) -> Vec<String> {
    let mut stage = Stage::new(Invariant::S27);
    for _ in 0..10 + usize::from(planted) {
        let request = stage.request("bss.usages", None);
        stage.arrives(request);
    }
    stage.wait(1);
    let request = stage.request("bss.usages", None);
    stage.arrives(request);
    stage.end()
}

#[test]
fn a_stop_that_is_called_verified_while_the_server_runs_is_seen() {
    for stands in [true, false] {
        let mut stage = Stage::new(Invariant::S11);
        let row = stage.stops("edge");
        if stands {
            stage.world.stop_by_hand("edge").unwrap();
        }
        let proof = serde_json::from_value(json!({
            "target": row.target, "before": {"power": "running"}, "after": {"power": "stopped"},
            "at": stage.at(), "receipt": null,
        }));
        let told = tidegate_engine::Event::Verified {
            at: stage.at(),
            intent: row.id,
            target: row.target.clone(),
            proof: proof.unwrap(),
        };
        stage.event(told);
        assert_eq!(stage.end().is_empty(), stands);
    }
}

#[test]
fn a_secret_is_found_in_base64_and_percent_encoded_as_well() {
    let (_, secret) = Stage::new(Invariant::S22).world.feishu_hook();
    let secret = secret.unwrap();
    // As `printf %s SECRET | base64` and an address bar write them.
    let forms = ["RkFLRS1zaWduLXNlY3JldC1vZi10aGUtc2luaw==", secret.as_str()];
    for form in forms {
        let mut stage = Stage::new(Invariant::S22);
        stage.see(card(form, false));
        assert_eq!(stage.end().len(), 1, "{form}");
    }
}

#[test]
fn more_repeats_than_anything_cost_answers_are_seen() {
    let mut stage = Stage::new(Invariant::S14);
    stage.see(card("#0123abcd", false)).see(card("#0123abcd", true));
    assert_eq!(stage.end().len(), 1);
}

#[test]
fn a_step_that_the_engine_tells_twice_is_seen() {
    let mut stage = Stage::new(Invariant::S13);
    stage.step(1).step(2).step(1);
    assert_eq!(stage.end(), ["step 70% was told twice"]);
}
