//! What is kept: states, audit, drafts, the outbox, a damaged file.

use serde_json::json;
use tidegate_guard::{ActionKind, IntentState, Level};
use tidegate_lab::check::Invariant;
use tidegate_lab::line::Line;
use tidegate_lab::plan::{Deed, DiskDeed, UserDeed};
use tidegate_meter::Quantity;
use tidegate_sim::gib;
use tidegate_store::{AuditEntry, DeliveryState, GuardStateRow, OpenOptions, Store, Write};

use crate::scene::{GUARD, START, Stage, take};

pub(crate) fn s17(planted: bool) -> Vec<String> {
    let stage = Stage::new(Invariant::S17);
    let burned = if planted { -1 } else { 1 };
    stage.write(vec![Write::GuardState(GuardStateRow {
        guard: GUARD.parse().unwrap(),
        meter: stage.meter(),
        version: 0,
        state: json!({"burn": {"spans": [[START.ms(), 3_600_000, burned]]}}),
        level: Level::Calm,
        why: json!({}),
        at: START,
    })]);
    stage.end()
}

pub(crate) fn s20(planted: bool) -> Vec<String> {
    let mut stage = Stage::new(Invariant::S20);
    let row = stage.plans("edge", ActionKind::Stop);
    stage.goes(&row, &[IntentState::Rechecked, IntentState::Sent]);
    stage.deed(Deed::Disk(DiskDeed::Full { for_s: 600 }));
    stage
        .wait(if planted { 300 } else { 900 })
        .asks("ecs.stop", "edge");
    stage.end()
}

pub(crate) fn s21(planted: bool) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tidegate.db");
    if planted {
        std::fs::write(&path, [0x5a; 8192]).unwrap();
    }
    let mut stage = Stage::new(Invariant::S21);
    stage.store = Store::open(OpenOptions::file(&path, START, "next").inline()).unwrap();
    take(
        stage
            .store
            .take_lease(START, std::time::Duration::from_secs(86_400)),
    );
    stage.arms(true);
    stage
        .see(Line::Ended { killed: true })
        .see(Line::Began { life: 2 });
    stage.stops("edge");
    stage.end()
}

fn entry(event: &str) -> Write {
    Write::Audit(AuditEntry {
        at: START,
        actor: "engine".to_owned(),
        event: event.to_owned(),
        facts: json!({}),
    })
}

pub(crate) fn s24(planted: bool) -> Vec<String> {
    let mut stage = Stage::new(Invariant::S24);
    stage.write(vec![entry("guard.armed"), entry("intent.sent")]);
    stage.see(Line::Ended { killed: true });
    if planted {
        // The same file without its newest row: whole in itself, and shorter than the head that was remembered.
        stage.store = Store::open(OpenOptions::memory(START, "next")).unwrap();
        take(
            stage
                .store
                .take_lease(START, std::time::Duration::from_secs(86_400)),
        );
        stage.write(vec![entry("guard.armed")]);
    }
    stage.see(Line::Began { life: 2 });
    stage.end()
}

pub(crate) fn s25(planted: bool) -> Vec<String> {
    let mut stage = Stage::new(Invariant::S25);
    let draft = tidegate_guard::Limit::Headroom(Quantity::bytes(gib(50)));
    stage.deed(Deed::User(UserDeed::WhatIf {
        guard: GUARD.to_owned(),
        limit: draft,
    }));
    if planted {
        stage.guards(&json!({"mode": "watch"}), &serde_json::to_value(draft).unwrap());
    }
    stage.looked();
    stage.end()
}

pub(crate) fn l6(planted: bool) -> Vec<String> {
    let mut stage = Stage::new(Invariant::L6);
    let state = if planted {
        DeliveryState::Pending
    } else {
        DeliveryState::Delivered
    };
    let row = stage.delivery(json!({"code": "step_reached"}), state);
    stage.write(vec![Write::Delivery(row)]);
    stage.wait(3600);
    stage.end()
}

#[test]
fn an_undelivered_message_that_was_shown_nowhere_else_is_seen() {
    for elsewhere in [true, false] {
        let mut plan = crate::scene::plan();
        plan.sinks.push(tidegate_lab::plan::SinkPlan {
            kind: "slack".to_owned(),
        });
        let mut stage = Stage::of(Invariant::L6, plan);
        let lost = stage.delivery(json!({"code": "blind"}), DeliveryState::Expired);
        let mut copy = stage.delivery(json!({"code": "blind"}), DeliveryState::Delivered);
        copy.channel = "slack".parse().unwrap();
        stage.write(vec![Write::Delivery(lost)]);
        if elsewhere {
            stage.write(vec![Write::Delivery(copy)]);
        }
        stage.wait(3600);
        assert_eq!(stage.end().is_empty(), elsewhere);
    }
}

#[test]
fn an_audit_that_is_followed_from_its_remembered_head_may_grow() {
    let mut stage = Stage::new(Invariant::S24);
    for life in 2..5 {
        stage.write(vec![entry("guard.armed")]);
        stage.see(Line::Ended { killed: true }).see(Line::Began { life });
    }
    assert_eq!(stage.end(), Vec::<String>::new());
}
