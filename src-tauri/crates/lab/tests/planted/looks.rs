//! When what is looked at.

use tidegate_engine::Event;
use tidegate_lab::check::Invariant;
use tidegate_lab::plan::{Deed, MachineDeed, WorldDeed};
use tidegate_meter::{Blind, Reason, RowId};
use tidegate_sim::gib;

use crate::scene::{GUARD, INTERVAL_S, START, Stage, window};

pub(crate) fn l7(planted: bool) -> Vec<String> {
    let mut stage = Stage::new(Invariant::L7);
    stage.deed(Deed::Machine(MachineDeed::Sleep { for_s: 3600 }));
    stage.wait(3620);
    if !planted {
        let lapse = Event::Lapse {
            at: stage.at(),
            start: START,
            end: stage.at(),
            cause: "asleep".to_owned(),
        };
        stage.event(lapse).looked();
    }
    stage.wait(300).looked();
    stage.end()
}

fn blind(stage: &Stage) -> Event {
    Event::Blind {
        at: stage.at(),
        alert: RowId::new(START, [9; 10]),
        account: "acme".parse().unwrap(),
        guard: GUARD.parse().unwrap(),
        meter: stage.meter(),
        blind: Blind::new(Reason::Auth, "refused"),
        since: None,
    }
}

fn sees(stage: &Stage) -> Event {
    Event::BlindResolved {
        at: stage.at(),
        guard: GUARD.parse().unwrap(),
        meter: stage.meter(),
        reason: Reason::Auth,
        since: START,
    }
}

pub(crate) fn l8(planted: bool) -> Vec<String> {
    let mut stage = Stage::new(Invariant::L8);
    let event = blind(&stage);
    stage.event(event).wait(600);
    if !planted {
        let event = sees(&stage);
        stage.event(event);
    }
    let event = blind(&stage);
    stage.event(event);
    stage.end()
}

pub(crate) fn l9(planted: bool) -> Vec<String> {
    let mut stage = Stage::new(Invariant::L9);
    stage
        .looked()
        .wait(if planted { 2 * INTERVAL_S } else { INTERVAL_S })
        .looked();
    stage.end()
}

pub(crate) fn l10(planted: bool) -> Vec<String> {
    let mut stage = Stage::new(Invariant::L10);
    stage.deed(Deed::Machine(MachineDeed::LockKeychain { for_s: 600 }));
    stage.wait(900);
    if !planted {
        stage.looked();
    }
    stage.wait(2 * INTERVAL_S).reads(40);
    stage.end()
}

pub(crate) fn l11(planted: bool) -> Vec<String> {
    let mut stage = Stage::new(Invariant::L11);
    stage.world.correct("pack", gib(3)).unwrap();
    stage.deed(Deed::World(WorldDeed::Correct {
        package: "pack".to_owned(),
        bytes: gib(3),
    }));
    stage.wait(3600);
    let used = gib(if planted { 96 } else { 99 });
    stage.reads_as(gib(100) - used, used, window(START));
    stage.end()
}

#[test]
fn nothing_read_for_hours_and_nobody_told_is_seen() {
    for told in [true, false] {
        let mut stage = Stage::new(Invariant::L8);
        for look in 0..20 {
            let unread = Event::Looked {
                at: stage.at(),
                account: "acme".parse().unwrap(),
                next_at: None,
                blind: Some(Blind::new(Reason::Auth, "refused")),
            };
            stage.wait(INTERVAL_S).event(unread);
            if told && look == 3 {
                let event = blind(&stage);
                stage.event(event);
            }
        }
        assert_eq!(stage.end().is_empty(), told);
    }
}
