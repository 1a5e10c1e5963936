//! What the sweeps must find is put there on purpose: a check that cannot fail shows nothing.

use std::time::Duration;

use tidegate_channels::{Delivery, Message};
use tidegate_disk::Refusal;
use tidegate_engine::Event;
use tidegate_guard::Severity;
use tidegate_meter::{Clock as _, RowId};

use crate::disk::house::Prepared;
use crate::disk::stop::dies_in;

#[tokio::test(start_paused = true)]
async fn on_a_disk_that_lies_the_same_sweep_finds_what_was_told_and_lost() {
    let prepared = Prepared::new().await;
    let mut found = 0;
    for nth in (40..200).step_by(20) {
        let house = prepared.begin().await;
        house.disk.lie();
        let wrong = dies_in(house, nth, Some(u64::from(nth))).await;
        found += usize::from(!wrong.is_empty());
    }
    assert!(found > 0, "no promise was seen to be broken");
}

#[tokio::test(start_paused = true)]
async fn a_request_a_message_and_an_event_without_their_records_are_seen() {
    let house = Prepared::new().await.begin().await;
    let at = house.world.timer.now().wall;
    let row = RowId::new(at, [9; 10]);
    house.witness.at_act();
    house.witness.at_send(&Delivery {
        id: row,
        severity: Severity::Info,
        message: Message::Program {
            condition: "made_up".to_owned(),
            detail: String::new(),
        },
        decided_at: at,
        repeat: false,
    });
    house.witness.at_event(&Event::Sent {
        at,
        intent: row,
        target: house.world.cloud("hw").target(),
    });
    house.disk.refuse(Refusal::Full);
    let refused = house
        .world
        .engine
        .pause(at.plus(Duration::from_secs(60)), "test")
        .await;
    assert!(refused.is_err() && house.disk.is_failing());
    house.witness.at_act();
    assert_eq!(
        house.witness.breaches().len(),
        5,
        "{:?}",
        house.witness.breaches()
    );
}
