//! Renewals over virtual days: told once, at their hour, in the user's zone; through sleep, restarts and two copies.

#![expect(
    clippy::unwrap_used,
    reason = "a failed assumption of a test is a failed test"
)]

use std::sync::Arc;
use std::time::Duration;

use crate::kit::{self, TestTimer, World, channel, parts, start, store_options};
use jiff::civil::Date;
use tidegate_channels::Message;
use tidegate_egress::Timer as _;
use tidegate_engine::config::{Config, RenewalConfig};
use tidegate_engine::view::RenewalState;
use tidegate_engine::{Engine, EngineError, QuietHours, Refused};
use tidegate_meter::{ChannelId, Clock as _, RenewalId, Time, Zone};
use tidegate_providers::calendar::Cycle;
use tidegate_store::{AlertFilter, AlertRow, Store};

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;

fn on(text: &str) -> Date {
    text.parse().unwrap()
}

fn id() -> RenewalId {
    RenewalId::new("domain").unwrap()
}

fn renewal(cycle: &str, day: &str, paid: Option<&str>) -> RenewalConfig {
    RenewalConfig {
        id: id(),
        name: "example.org".to_owned(),
        enabled: true,
        owner: None,
        cycle: Cycle::parse(cycle, day).unwrap(),
        amount: None,
        auto_renew: false,
        remind: vec![3, 0],
        paid: paid.map(on),
        note: None,
        channels: Vec::new(),
    }
}

fn config(renewal: RenewalConfig) -> Config {
    Config {
        channels: vec![channel("ops")],
        renewals: vec![renewal],
        ..Config::default()
    }
}

/// The world begins on 10 November 2026, a Tuesday, at midnight UTC; nothing runs yet.
async fn idle(renewal: RenewalConfig) -> World {
    World::with(&[], |config| config.renewals = vec![renewal]).await
}

async fn running(renewal: RenewalConfig) -> World {
    let world = idle(renewal).await;
    world.engine.run().await.unwrap();
    world
}

/// The same store and the same world, in a zone.
async fn in_zone(world: &World, zone: &str) -> Engine {
    let mut parts = parts(world.store.clone(), &world.outside, &world.vault, &world.timer);
    parts.zone = zone.parse::<Zone>().unwrap();
    Engine::open(parts).await.unwrap()
}

/// What arrived about due dates: each with the days it was told for.
fn told(world: &World) -> Vec<(String, i64)> {
    let messages = world.sink("ops").messages();
    let due = messages.iter().filter_map(|message| match message {
        Message::RenewalDue { due, days, .. } => Some((due.to_string(), *days)),
        _ => None,
    });
    due.collect()
}

fn tell(due: &str, days: i64) -> (String, i64) {
    (due.to_owned(), days)
}

async fn alerts(store: &Store, open: bool) -> Vec<AlertRow> {
    let filter = AlertFilter {
        open,
        ..AlertFilter::open()
    };
    store.alerts(filter).await.unwrap()
}

fn wall(world: &World) -> Time {
    world.timer.now().wall
}

#[tokio::test(start_paused = true)]
async fn a_due_date_is_told_ahead_on_its_day_and_overdue() {
    let world = running(renewal("monthly", "15", Some("2026-10-15"))).await;
    world.pass(2 * DAY + 8 * HOUR).await;
    assert!(told(&world).is_empty(), "12 November, 08:00");
    world.pass(2 * HOUR).await;
    assert_eq!(told(&world), [tell("2026-11-15", 3)]);
    world.pass(3 * DAY).await;
    assert_eq!(told(&world).last(), Some(&tell("2026-11-15", 0)));
    world.pass(10 * DAY).await;
    let late: Vec<i64> = told(&world).iter().map(|(_, days)| *days).collect();
    assert_eq!(late, [3, 0, -1, -2, -3, -7]);
    assert_eq!(
        alerts(&world.store, true).await.len(),
        1,
        "each ends the one before"
    );
}

#[tokio::test(start_paused = true)]
async fn it_is_told_at_nine_in_the_users_zone_and_not_at_midnight() {
    let world = idle(renewal("monthly", "12", Some("2026-10-12"))).await;
    let engine = in_zone(&world, "Asia/Shanghai").await;
    engine.run().await.unwrap();
    // 08:00 in Shanghai: before its hour.
    world.pass(50 * 60).await;
    assert!(told(&world).is_empty());
    world.pass(11 * 60).await;
    assert_eq!(told(&world), [tell("2026-11-12", 3)]);
    // 12 November begins in Shanghai at 16:00 UTC of the 11th.
    world.pass(DAY + 16 * HOUR).await;
    assert_eq!(told(&world).len(), 1);
    world.pass(8 * HOUR).await;
    assert_eq!(told(&world).last(), Some(&tell("2026-11-12", 0)));
}

#[tokio::test(start_paused = true)]
async fn a_start_after_the_hour_tells_at_once() {
    let world = idle(renewal("monthly", "10", Some("2026-10-10"))).await;
    world.pass(15 * HOUR).await;
    world.engine.run().await.unwrap();
    world.pass(5).await;
    assert_eq!(
        told(&world),
        [tell("2026-11-10", 0)],
        "the due day, not the notice that was missed"
    );
}

#[tokio::test(start_paused = true)]
async fn a_sleep_over_the_hour_tells_after_it() {
    let world = running(renewal("monthly", "13", Some("2026-10-13"))).await;
    world.pass(8 * HOUR).await;
    // The lid is closed: the monotonic clock stands, the wall goes on for two days.
    world.timer.jump(i64::try_from(2 * DAY * 1000).unwrap());
    world.pass(120).await;
    assert!(told(&world).is_empty(), "12 November, 08:02");
    world.timer.jump(i64::try_from(DAY * 1000).unwrap());
    world.timer.jump(i64::try_from(3 * HOUR * 1000).unwrap());
    world.pass(120).await;
    assert_eq!(told(&world), [tell("2026-11-13", 0)], "what holds now, once");
}

#[tokio::test(start_paused = true)]
async fn a_restart_on_the_day_tells_nothing_twice() {
    let world = running(renewal("monthly", "10", Some("2026-10-10"))).await;
    world.pass(10 * HOUR).await;
    assert_eq!(told(&world).len(), 1);
    for _ in 0..3 {
        world.engine.stop().await;
        let again = world.again().await;
        again.engine.run().await.unwrap();
        again.pass(HOUR).await;
        again.engine.stop().await;
    }
    assert_eq!(told(&world), [tell("2026-11-10", 0)]);
}

#[tokio::test(start_paused = true)]
async fn a_state_that_was_lost_tells_nothing_twice() {
    let world = running(renewal("monthly", "10", Some("2026-10-10"))).await;
    world.pass(10 * HOUR).await;
    world.engine.stop().await;
    let mut batch = tidegate_store::Batch::default();
    batch.push(tidegate_store::Write::ItemState {
        kind: tidegate_store::StoredKind::Renewal,
        id: "domain".to_owned(),
        state: None,
    });
    world
        .store
        .take_lease(wall(&world), Duration::from_secs(60))
        .await
        .unwrap();
    world.store.write(batch).await.unwrap();
    world.store.release_lease().await.unwrap();
    let again = world.again().await;
    again.engine.run().await.unwrap();
    again.pass(HOUR).await;
    assert_eq!(told(&world).len(), 1, "the alert's name is in the store");
    assert_eq!(alerts(&world.store, false).await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn two_copies_tell_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tidegate.db");
    let timer = TestTimer::new(start());
    let outside = Arc::new(kit::FakeOutside {
        clouds: std::sync::Mutex::default(),
        sinks: std::sync::Mutex::default(),
        timer: Arc::clone(&timer),
    });
    let vault = Arc::new(kit::TestVault::default());
    let mut copies = Vec::new();
    for name in ["one", "two"] {
        let store = Store::open(store_options(Some(&path), &timer, name)).unwrap();
        copies.push(
            Engine::open(parts(store, &outside, &vault, &timer))
                .await
                .unwrap(),
        );
    }
    copies[0]
        .configure(config(renewal("monthly", "10", Some("2026-10-10"))), "test")
        .await
        .unwrap();
    copies[0].run().await.unwrap();
    assert!(copies[1].run().await.is_err(), "another copy holds the lease");
    timer.sleep(Duration::from_secs(10 * HOUR)).await;
    copies[0].stop().await;
    copies[1].run().await.unwrap();
    timer.sleep(Duration::from_secs(10 * HOUR)).await;
    let sink = Arc::clone(&outside.sinks.lock().unwrap()[&ChannelId::new("ops").unwrap()]);
    assert_eq!(sink.count("renewal_due"), 1);
}

#[tokio::test(start_paused = true)]
async fn the_hour_stays_nine_when_clocks_are_changed() {
    // In New York clocks go forward on 8 March 2026: 09:00 is 14:00 UTC before it and 13:00 after.
    let world = idle(renewal("every 1 day", "2026-03-01", Some("2026-03-06"))).await;
    let start_of_march: Time = "2026-03-07T06:00:00Z".parse().unwrap();
    world.timer.jump(start_of_march.ms_since(wall(&world)));
    let engine = in_zone(&world, "America/New_York").await;
    engine.run().await.unwrap();
    let mut hours = Vec::new();
    for _ in 0..3 * 24 {
        let before = told(&world).len();
        world.pass(HOUR).await;
        if told(&world).len() > before {
            hours.push(wall(&world).to_string());
        }
    }
    assert_eq!(hours.len(), 3, "{hours:?}");
    assert!(hours[0].starts_with("2026-03-07T15:00"), "{hours:?}");
    assert!(hours[1].starts_with("2026-03-08T14:00"), "{hours:?}");
    assert!(hours[2].starts_with("2026-03-09T14:00"), "{hours:?}");
}

#[tokio::test(start_paused = true)]
async fn a_mark_ends_the_reminders_and_says_so() {
    let world = running(renewal("monthly", "10", Some("2026-10-10"))).await;
    world.pass(10 * HOUR).await;
    let marked = world.engine.mark_renewed(&id(), None, "test").await.unwrap();
    assert_eq!(
        (marked.paid, marked.next),
        (Some(on("2026-11-10")), Some(on("2026-12-10")))
    );
    world.pass(20 * DAY).await;
    assert_eq!(world.sink("ops").codes(), ["renewal_due", "renewal_settled"]);
    assert!(alerts(&world.store, true).await.is_empty());
    world.pass(8 * DAY).await;
    assert_eq!(
        told(&world).last(),
        Some(&tell("2026-12-10", 3)),
        "the next cycle is told"
    );
}

#[tokio::test(start_paused = true)]
async fn an_early_payment_is_not_reminded_of_and_says_nothing() {
    let world = running(renewal("monthly", "15", Some("2026-10-15"))).await;
    world.pass(HOUR).await;
    world
        .engine
        .mark_renewed(&id(), Some(on("2026-11-10")), "test")
        .await
        .unwrap();
    world.pass(20 * DAY).await;
    assert!(
        world.sink("ops").codes().is_empty(),
        "nobody was told, so nobody is told that it is over"
    );
    world.pass(13 * DAY).await;
    assert_eq!(told(&world), [tell("2026-12-15", 3)]);
}

#[tokio::test(start_paused = true)]
async fn a_mark_is_taken_back_to_what_was_before() {
    let world = running(renewal("monthly", "10", None)).await;
    world.pass(10 * HOUR).await;
    world
        .engine
        .mark_renewed(&id(), Some(on("2026-11-10")), "test")
        .await
        .unwrap();
    world
        .engine
        .mark_renewed(&id(), Some(on("2026-12-10")), "test")
        .await
        .unwrap();
    let cleared = world.engine.clear_renewed(&id(), "test").await.unwrap();
    assert_eq!(cleared.paid, Some(on("2026-11-10")));
    let cleared = world.engine.clear_renewed(&id(), "test").await.unwrap();
    assert_eq!((cleared.paid, cleared.next), (None, Some(on("2026-11-10"))));
}

#[tokio::test(start_paused = true)]
async fn the_same_mark_twice_is_one_payment() {
    let world = running(renewal("monthly", "10", None)).await;
    world.pass(10 * HOUR).await;
    for _ in 0..2 {
        let marked = world
            .engine
            .mark_renewed(&id(), Some(on("2026-11-10")), "test")
            .await
            .unwrap();
        assert_eq!(marked.next, Some(on("2026-12-10")));
    }
    let cleared = world.engine.clear_renewed(&id(), "test").await.unwrap();
    assert_eq!(cleared.paid, None);
}

#[tokio::test(start_paused = true)]
async fn neither_a_read_nor_an_edit_sends() {
    let world = running(renewal("monthly", "20", Some("2026-10-20"))).await;
    world.pass(12 * HOUR).await;
    let due_today = renewal("monthly", "10", Some("2026-10-10"));
    world.engine.configure(config(due_today), "test").await.unwrap();
    let (_, seen) = world.engine.renewals().await.unwrap();
    assert_eq!(seen[0].state, RenewalState::Due);
    world.pass(8 * HOUR).await;
    assert!(
        world.sink("ops").codes().is_empty(),
        "{:?}",
        world.sink("ops").codes()
    );
    world.pass(14 * HOUR).await;
    assert_eq!(
        told(&world),
        [tell("2026-11-10", -1)],
        "the next morning's round does"
    );
}

#[tokio::test(start_paused = true)]
async fn an_edit_that_settles_a_due_date_ends_its_alert_in_silence() {
    let world = running(renewal("monthly", "10", Some("2026-10-10"))).await;
    world.pass(10 * HOUR).await;
    assert_eq!(alerts(&world.store, true).await.len(), 1);
    let moved = renewal("monthly", "25", Some("2026-10-25"));
    world.engine.configure(config(moved), "test").await.unwrap();
    world.pass(60).await;
    assert!(alerts(&world.store, true).await.is_empty());
    assert_eq!(world.sink("ops").codes(), ["renewal_due"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_switched_off_is_silent() {
    let world = running(RenewalConfig {
        enabled: false,
        ..renewal("monthly", "12", Some("2026-10-12"))
    })
    .await;
    world.pass(10 * DAY).await;
    assert!(world.sink("ops").codes().is_empty());
    let (_, seen) = world.engine.renewals().await.unwrap();
    assert_eq!(seen[0].state, RenewalState::Off);
}

#[tokio::test(start_paused = true)]
async fn what_renews_by_itself_is_told_quietly_and_never_overdue() {
    let world = running(RenewalConfig {
        auto_renew: true,
        ..renewal("monthly", "12", None)
    })
    .await;
    world.pass(20 * DAY).await;
    assert_eq!(told(&world), [tell("2026-11-12", 3), tell("2026-11-12", 0)]);
    let (_, seen) = world.engine.renewals().await.unwrap();
    assert_eq!((seen[0].next, seen[0].overdue), (Some(on("2026-12-12")), 0));
    assert!(alerts(&world.store, true).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn quiet_hours_hold_a_notice_and_let_the_due_day_through() {
    let world = running(renewal("monthly", "12", Some("2026-10-12"))).await;
    let quiet = QuietHours::new("08:00", "20:00", "UTC").unwrap();
    world
        .engine
        .save_settings(Some(Some(quiet)), None, Vec::new(), "test")
        .await
        .unwrap();
    world.pass(12 * HOUR).await;
    assert!(told(&world).is_empty(), "the notice ahead waits");
    world.pass(9 * HOUR).await;
    assert_eq!(told(&world), [tell("2026-11-12", 3)]);
    world.pass(DAY + 13 * HOUR).await;
    assert_eq!(
        told(&world).last(),
        Some(&tell("2026-11-12", 0)),
        "10:00 on the due day"
    );
}

#[tokio::test(start_paused = true)]
async fn what_was_due_before_it_was_known_is_not_overdue_but_what_comes_after_is() {
    let world = running(renewal("monthly", "9", None)).await;
    world.pass(10 * HOUR).await;
    let (_, seen) = world.engine.renewals().await.unwrap();
    assert_eq!((seen[0].next, seen[0].overdue), (Some(on("2026-12-09")), 0));
    world.pass(35 * DAY).await;
    let (today, seen) = world.engine.renewals().await.unwrap();
    assert_eq!(today, on("2026-12-15"));
    assert_eq!((seen[0].days, seen[0].overdue), (Some(-6), 1));
    assert_eq!(seen[0].state, RenewalState::Overdue);
}

#[tokio::test(start_paused = true)]
async fn a_renewal_is_no_condition_of_the_program() {
    let world = running(renewal("monthly", "10", Some("2026-10-10"))).await;
    world.pass(10 * HOUR).await;
    world.engine.stop().await;
    let again = world.again().await;
    assert!(again.engine.status().await.conditions.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_marked_says_why() {
    let world = running(renewal("once", "2026-11-10", Some("2026-11-10"))).await;
    let other = RenewalId::new("other").unwrap();
    let missing = world.engine.mark_renewed(&other, None, "test").await.unwrap_err();
    assert!(matches!(missing, EngineError::NoRenewal(_)), "{missing}");
    let done = world.engine.mark_renewed(&id(), None, "test").await.unwrap_err();
    assert!(
        matches!(&done, EngineError::Refused(why) if matches!(**why, Refused::NothingDue(_))),
        "{done}"
    );
    let far = world
        .engine
        .mark_renewed(&id(), Some(on("2036-11-11")), "test")
        .await
        .unwrap_err();
    assert!(far.to_string().contains("ten years"), "{far}");
}
