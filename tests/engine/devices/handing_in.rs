//! A batch handed in: once, twice, at once, with lies.

use std::time::Duration;

use tidegate_engine::Taken;
use tidegate_meter::Clock;
use tidegate_meter::handover::{HandIn, HandedIn};
use tidegate_meter::{Span, Time};
use tidegate_store::FlowSpanFilter;

use crate::devices::house::*;

#[tokio::test(start_paused = true)]
async fn a_batch_counts_once_however_often_it_is_handed_in() {
    let house = House::new().await;
    let first = house.hand_in(1, vec![flow(house.minute(), 700)]);
    assert_eq!(house.take(&first).await, HandedIn::Stored);
    house.world.pass(30).await;
    // Sent again: another instant and another backlog, the same batch.
    let again = HandIn {
        sent_at: house.world.timer.now().wall,
        backlog: 0,
        ..first.clone()
    };
    assert_eq!(house.take(&again).await, HandedIn::Repeated);
    assert_eq!(
        house.take(&house.hand_in(2, vec![flow(house.minute(), 5)])).await,
        HandedIn::Stored
    );
    assert_eq!(
        house.take(&first).await,
        HandedIn::Repeated,
        "also after the next one"
    );
    assert_eq!(house.total().await, 705);
    house.world.pass(1).await;
    assert_eq!(house.world.count("flows"), 2, "a repeat is no news");
}

#[tokio::test(start_paused = true)]
async fn two_copies_of_one_batch_at_the_same_time_count_once() {
    let house = House::new().await;
    let batch = house.hand_in(1, vec![flow(house.minute(), 700)]);
    let tries = (0..8).map(|_| house.take(&batch));
    let verdicts = futures_util::future::join_all(tries).await;
    let stored = verdicts.iter().filter(|verdict| **verdict == HandedIn::Stored);
    assert_eq!(stored.count(), 1, "{verdicts:?}");
    assert!(
        verdicts.iter().all(|verdict| *verdict != HandedIn::Quarantined),
        "{verdicts:?}"
    );
    assert_eq!(house.total().await, 700);
}

#[tokio::test(start_paused = true)]
async fn what_a_device_tells_of_itself_stands_in_its_row() {
    let house = House::new().await;
    assert_eq!(house.row().await.seen_at, None, "it is new until it hands in");
    house.take(&house.hand_in(1, vec![flow(house.minute(), 1)])).await;
    let row = house.row().await;
    assert_eq!(row.seen_at, Some(house.world.timer.now().wall));
    let told = house.told().await;
    assert_eq!(told.kernel.as_deref(), Some("mihomo v1.19.32"));
    assert_eq!(told.system.as_deref(), Some("linux x86_64"));
    assert_eq!(
        (told.backlog, told.clock_ahead_ms, told.missing),
        (Some(3), None, 0)
    );
    let span = Span {
        start: house.minute(),
        end: house.minute().plus(MINUTE),
    };
    assert_eq!(
        house.world.store.watched(Some(nas()), span).await.unwrap(),
        [(nas(), span)]
    );
}

#[tokio::test(start_paused = true)]
async fn another_batch_of_a_number_that_was_counted_is_kept_aside_and_told_once() {
    let house = House::new().await;
    house
        .take(&house.hand_in(1, vec![flow(house.minute(), 700)]))
        .await;
    let twin = house.hand_in(1, vec![flow(house.minute(), 9_000)]);
    assert_eq!(house.take(&twin).await, HandedIn::Quarantined);
    assert_eq!(
        house.take(&twin).await,
        HandedIn::Quarantined,
        "its answer was lost"
    );
    let other = house.hand_in(1, vec![flow(house.minute(), 9_001)]);
    assert_eq!(house.take(&other).await, HandedIn::Quarantined);
    assert_eq!(house.total().await, 700);
    let kept = house.world.store.quarantine(&nas(), 10).await.unwrap();
    assert_eq!(kept.len(), 2, "each batch once");
    assert!(
        kept[0].reason.contains("two agents with one identity"),
        "{}",
        kept[0].reason
    );
    assert_eq!(kept[1].body, serde_json::to_value(&twin.batch).unwrap(), "whole");
    assert_eq!(house.conditions().await, ["device_refused:nas"]);
    assert_eq!(house.audited("device.batch_refused").await, 2);
    assert_eq!(house.audited("program.raised").await, 1, "told once");
    assert_eq!(
        house.take(&house.hand_in(2, vec![flow(house.minute(), 1)])).await,
        HandedIn::Stored
    );
    house.world.pass(26 * 3600).await;
    let open = house.conditions().await;
    assert!(
        !open.contains(&"device_refused:nas".to_owned()),
        "it is old news: {open:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_sender_that_was_put_back_to_an_earlier_day_loses_nothing_silently() {
    let house = House::new().await;
    for number in 1..=70 {
        let batch = house.hand_in(number, vec![flow(house.minute(), number)]);
        assert_eq!(house.take(&batch).await, HandedIn::Stored);
    }
    for number in [3, 69] {
        let batch = house.hand_in(number, vec![flow(house.minute(), 1_000)]);
        assert_eq!(house.take(&batch).await, HandedIn::Quarantined, "{number}");
    }
    assert_eq!(house.world.store.quarantined(&nas()).await.unwrap(), 2);
    assert_eq!(house.total().await, (1..=70).sum::<u64>());
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_cannot_be_true_is_kept_aside_whole_and_what_follows_it_counts() {
    let house = House::new().await;
    let future = flow(house.minute().plus(Duration::from_secs(3600)), 5);
    let lie = house.hand_in(1, vec![flow(house.minute(), 700), future]);
    assert_eq!(house.take(&lie).await, HandedIn::Quarantined);
    assert_eq!(
        house.take(&lie).await,
        HandedIn::Quarantined,
        "a repeat of it is no other"
    );
    assert_eq!(house.total().await, 0, "half of a batch is no batch");
    assert_eq!(house.world.store.quarantined(&nas()).await.unwrap(), 1);
    assert_eq!(
        house.take(&house.hand_in(2, vec![flow(house.minute(), 1)])).await,
        HandedIn::Stored
    );
    for (sequence, kept) in [(0, 2), (u64::MAX, 3)] {
        let batch = house.hand_in(sequence, Vec::new());
        assert_eq!(house.take(&batch).await, HandedIn::Quarantined);
        assert_eq!(house.take(&batch).await, HandedIn::Quarantined);
        assert_eq!(house.world.store.quarantined(&nas()).await.unwrap(), kept);
    }
}

#[tokio::test(start_paused = true)]
async fn more_than_a_day_can_carry_is_kept_aside_and_not_wrapped() {
    let house = House::new().await;
    let most = 1_u64 << 40;
    let at = |n: u64| Time::from_ms(house.minute().ms() - 60_000 * i64::try_from(n).unwrap());
    // The world begins at midnight: all of this lies in the day before.
    let full = (10..10 + 1024).map(|n| flow(at(n), most)).collect();
    assert_eq!(house.take(&house.hand_in(1, full)).await, HandedIn::Stored);
    assert_eq!(
        house.take(&house.hand_in(2, vec![flow(at(10), 1)])).await,
        HandedIn::Quarantined
    );
    assert_eq!(house.total().await, most * 1024);
    assert_eq!(
        house
            .take(&house.hand_in(3, vec![flow(house.world.timer.now().wall, 1)]))
            .await,
        HandedIn::Stored
    );
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_wrong_moves_the_minutes_and_says_so_until_it_is_right() {
    let house = House::new().await;
    let (hour, now) = (Duration::from_secs(3600), house.world.timer.now().wall);
    let behind = HandIn {
        sent_at: now.minus(2 * hour),
        ..house.hand_in(1, vec![flow(house.minute().minus(2 * hour), 700)])
    };
    assert_eq!(house.take(&behind).await, HandedIn::Stored);
    let minute = FlowSpanFilter {
        span: Span {
            start: house.minute(),
            end: house.minute().plus(MINUTE),
        },
        device: None,
    };
    let sums = house.world.store.flow_sums(minute).await.unwrap();
    assert_eq!(sums[0].bytes.up, 700, "it stands at our minute");
    assert_eq!(house.told().await.clock_ahead_ms, Some(-7_200_000));
    assert_eq!(house.conditions().await, ["device_clock:nas"]);
    let ahead = HandIn {
        sent_at: now.plus(91_000 * Duration::from_millis(1)),
        ..house.hand_in(2, Vec::new())
    };
    house.take(&ahead).await;
    assert_eq!(house.told().await.clock_ahead_ms, Some(91_000));
    house.take(&house.hand_in(3, Vec::new())).await;
    assert_eq!(house.told().await.clock_ahead_ms, None);
    assert_eq!(house.conditions().await, [] as [&str; 0]);
    assert_eq!(house.audited("program.raised").await, 1, "told once");
}

#[tokio::test(start_paused = true)]
async fn batches_that_never_came_are_counted_as_missing() {
    let house = House::new().await;
    house.take(&house.hand_in(1, Vec::new())).await;
    house.take(&house.hand_in(5, Vec::new())).await;
    house.take(&house.hand_in(6, Vec::new())).await;
    assert_eq!(house.told().await.missing, 3);
}

#[tokio::test(start_paused = true)]
async fn only_the_agent_of_a_device_hands_in_for_it() {
    let house = House::new().await;
    let batch = house.hand_in(1, vec![flow(house.minute(), 700)]);
    let stranger = house.world.engine.ingest(id(200), &batch).await.unwrap();
    assert_eq!(stranger, Taken::NotAnAgent);
    let mut others = batch.clone();
    others.batch.device = "pc".parse().unwrap();
    let other = house.world.engine.ingest(house.token, &others).await.unwrap();
    assert_eq!(other, Taken::OtherDevice);
    house.world.engine.end_device(&nas(), "test").await.unwrap();
    let ended = house.world.engine.ingest(house.token, &batch).await.unwrap();
    assert_eq!(ended, Taken::NotAnAgent);
    assert_eq!(house.total().await, 0);
    assert_eq!(house.row().await.seen_at, None);
}
