//! What a kernel carried stands in the database: whole, once, under its node, and when it was not watched that is told.

use tidegate_engine::Event;
use tidegate_meter::{FlowKind, Span};
use tidegate_store::{FlowBy, Store};

use crate::flows::house::{House, World, at, device, proxy};
use crate::kit;

const DAY: (&str, &str) = ("2026-11-10", "2026-11-10");
const MIB: u64 = 1024 * 1024;

#[tokio::test(start_paused = true)]
async fn what_passed_stands_under_its_node_its_group_and_its_kind() {
    let house = House::running().await;
    let kernel = house.kernel("home");
    kernel.carry("a", ("HK 01", "Auto"), (1000, 5 * MIB));
    kernel.carry("b", ("DIRECT", "DIRECT"), (10, 20));
    house.pass(61).await;
    let told = house
        .asked(DAY, &[FlowBy::Device, FlowBy::Node, FlowBy::Group, FlowBy::Kind])
        .await;
    let rows: Vec<_> = told
        .page
        .sums
        .iter()
        .map(|sum| {
            (
                sum.node.as_deref(),
                sum.group.as_deref(),
                sum.kind,
                sum.bytes.total(),
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            (
                Some("HK 01"),
                Some("Auto"),
                Some(FlowKind::Proxy),
                Some(5 * MIB + 1000)
            ),
            (Some("DIRECT"), Some("DIRECT"), Some(FlowKind::Direct), Some(30)),
        ]
    );
    assert_eq!(told.page.sums.first().unwrap().device, Some(device("mac")));
    assert_eq!((told.sum.proxy.down, told.sum.direct.up), (5 * MIB, 10));
    assert_eq!(house.stored().await, kernel.carried());
    let row = house.store.device(&device("mac")).await.unwrap().unwrap();
    assert_eq!(
        (row.account.unwrap().as_str(), row.name.as_str()),
        ("home", "account home")
    );
    assert_eq!(row.body["kernel"], "mihomo v1.19.32");
}

#[tokio::test(start_paused = true)]
async fn what_passed_before_it_was_ever_watched_is_not_counted() {
    let world = World::new("2026-11-10T00:00:00Z", "UTC");
    world
        .kernel("home")
        .carry("old", ("HK 01", "Auto"), (10 * MIB, 10 * MIB));
    let house = world.running(vec![proxy("home", "mac")]).await;
    house.pass(600).await;
    assert_eq!(house.stored().await, 0);
    house.kernel("home").carry("old", ("HK 01", "Auto"), (7, 0));
    house.pass(2).await;
    house.engine.stop().await;
    assert_eq!(house.stored().await, 7);
}

#[tokio::test(start_paused = true)]
async fn a_clean_end_loses_nothing_and_a_start_goes_on_where_it_was_left() {
    let house = House::running().await;
    let kernel = house.kernel("home");
    kernel.carry("a", ("HK 01", "Auto"), (100, 200));
    house.pass(2).await;
    house.engine.stop().await;
    assert_eq!(house.stored().await, 300, "less than a minute, and kept");
    kernel.carry("a", ("HK 01", "Auto"), (30, 40));
    let again = house.world.open(house.store.clone(), None).await;
    again.engine.run().await.unwrap();
    again.pass(400).await;
    assert_eq!(
        again.stored().await,
        370,
        "what passed while nobody watched is known by the kernel's own totals"
    );
}

#[tokio::test(start_paused = true)]
async fn a_kernel_that_starts_again_counts_from_nothing_and_nothing_is_lost_or_negative() {
    let house = House::running().await;
    let kernel = house.kernel("home");
    kernel.carry("a", ("HK 01", "Auto"), (MIB, 3 * MIB));
    house.pass(65).await;
    kernel.restart();
    kernel.carry("b", ("JP 02", "Auto"), (5, 6));
    house.pass(400).await;
    assert_eq!(house.stored().await, kernel.carried());
    assert_eq!(house.nodes(DAY).await.get("JP 02").unwrap().total(), Some(11));
}

#[tokio::test(start_paused = true)]
async fn a_count_that_cannot_be_written_is_written_later_once() {
    let world = World::new("2026-11-10T00:00:00Z", "UTC");
    world.kernel("home");
    let mut options = kit::store_options(None, &world.timer, "one");
    let faults = tidegate_store::Faults::default();
    options.faults = faults.clone();
    let house = world.open(Store::open(options).unwrap(), None).await;
    house.configure(vec![proxy("home", "mac")]).await;
    house.engine.run().await.unwrap();
    house.pass(3).await;
    let kernel = house.kernel("home");
    for minute in 0..10_u64 {
        kernel.carry("a", ("HK 01", "Auto"), (0, 2 * MIB));
        if minute % 3 == 1 {
            // An error of the disk.
            faults.fail_commit(0, 10);
        }
        house.pass(60).await;
    }
    house.pass(60).await;
    assert_eq!(house.stored().await, kernel.carried());
}

#[tokio::test(start_paused = true)]
async fn a_kernel_that_is_gone_for_hours_is_told_once_and_missing_is_not_zero() {
    let house = House::running().await;
    let kernel = house.kernel("home");
    house.pass(600).await;
    kernel.answers(false);
    house.pass(4 * 3600).await;
    kernel.carry("a", ("HK 01", "Auto"), (0, 9 * MIB));
    kernel.answers(true);
    house.pass(1800).await;
    let span = Span {
        start: at("2026-11-10T00:00:00Z"),
        end: at("2026-11-10T05:00:00Z"),
    };
    let line = house.engine.flow_line(span, None, 5).await.unwrap();
    let known: Vec<bool> = line.points.iter().map(|point| point.bytes.is_some()).collect();
    assert_eq!(known, [true, false, false, false, true], "{line:?}");
    let told = house.asked(DAY, &[]).await;
    let coverage = told.coverage.first().unwrap();
    let (watched, could) = (coverage.watched.as_secs(), coverage.of.as_secs());
    assert!((2300..=2410).contains(&watched), "{watched} s");
    assert!((16_700..=16_810).contains(&could), "{could} s");
    assert_eq!(house.stored().await, 9 * MIB, "the totals tell what nobody saw");
    let codes = house.sink().codes();
    let blind = codes
        .iter()
        .filter(|code| code.contains("blind") || code.contains("program"))
        .count();
    assert!(blind <= 2, "one trouble and its end: {codes:?}");
    assert!(blind >= 1, "somebody was told: {codes:?}");
    let states = house.count(|event| matches!(event, Event::Device { .. }));
    assert_eq!(states, 4, "known, watched, lost, watched again");
}

#[tokio::test(start_paused = true)]
async fn a_kernel_through_which_nothing_passes_writes_every_five_minutes() {
    let house = House::running().await;
    house.pass(3600).await;
    let written = house.count(|event| matches!(event, Event::Flows { .. }));
    assert!((11..=13).contains(&written), "{written} transactions in an hour");
    for _ in 0..60 {
        house.kernel("home").carry("a", ("HK 01", "Auto"), (0, 2 * MIB));
        house.pass(60).await;
    }
    let more = house.count(|event| matches!(event, Event::Flows { .. })) - written;
    assert!((58..=62).contains(&more), "{more} transactions in a busy hour");
}

#[tokio::test(start_paused = true)]
async fn who_asks_is_told_of_what_was_counted_a_minute_ago() {
    let house = House::running().await;
    house.pass(57).await;
    house.kernel("home").carry("a", ("HK 01", "Auto"), (0, 100));
    house.pass(61).await;
    assert_eq!(house.stored().await, 0, "so little may wait");
    let told = house.asked(DAY, &[]).await;
    assert_eq!(told.sum.proxy.down, 100);
    let before = house.count(|event| matches!(event, Event::Flows { .. }));
    for _ in 0..20 {
        house.asked(DAY, &[]).await;
    }
    house.pass(1).await;
    let after = house.count(|event| matches!(event, Event::Flows { .. }));
    assert_eq!(
        after, before,
        "a page that asks again and again costs one transaction a minute"
    );
}

/// C3.19: minutes and hours are let go, and a device's totals stay as they were.
#[tokio::test(start_paused = true)]
async fn c3_19_what_is_cleaned_up_stays_in_the_sums_of_its_days() {
    let house = House::running().await;
    house.kernel("home").carry("a", ("HK 01", "Auto"), (0, 5 * MIB));
    house.pass(61).await;
    let before = house.nodes(DAY).await;
    for days in [30, 500] {
        let later = at("2026-11-10T00:00:00Z").plus(std::time::Duration::from_secs(days * 86_400));
        house.store.maintenance(later).await.unwrap();
        assert_eq!(house.nodes(DAY).await, before, "after {days} days");
    }
}

/// C3.20: a question is bounded, whatever passed.
#[tokio::test(start_paused = true)]
async fn c3_20_more_rows_than_were_asked_for_are_summed_up_and_nothing_is_lost() {
    let house = House::running().await;
    let kernel = house.kernel("home");
    for node in 0..300_u64 {
        kernel.carry(
            &format!("c{node}"),
            (&format!("node {node}"), "Auto"),
            (node, 10_000),
        );
    }
    house.pass(400).await;
    let told = house.asked(DAY, &[FlowBy::Node]).await;
    assert_eq!((told.page.sums.len(), told.page.rest.1), (100, 200));
    let listed: u64 = told.page.sums.iter().filter_map(|sum| sum.bytes.total()).sum();
    assert_eq!(listed + told.page.rest.0.total().unwrap(), kernel.carried());
    let least = told.page.sums.last().unwrap().bytes.total().unwrap();
    assert!(
        least >= told.page.rest.0.total().unwrap() / 200,
        "the largest are listed"
    );
}
