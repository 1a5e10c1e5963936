//! When a report is due: its hour, its zone, changed clocks, quiet hours, idle days, agents that are behind.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_day_is_told_at_its_end_and_once() {
    let world = running().await;
    world.pass(23 * HOUR + 50 * MINUTE).await;
    assert!(told(&world).is_empty(), "23:50");
    world.pass(6 * MINUTE).await;
    assert_eq!(told(&world), ["2026-11-10"]);
    world.pass(3 * DAY).await;
    assert_eq!(
        told(&world),
        ["2026-11-10", "2026-11-11", "2026-11-12", "2026-11-13"]
    );
    let facts = reports(&world).remove(1);
    assert_eq!(facts.cause, ReportCause::Scheduled);
    assert_eq!(facts.window.end, at("2026-11-11T23:55:00Z"));
    assert!(!facts.whole && facts.missed.is_none());
}

#[tokio::test(start_paused = true)]
async fn without_a_device_or_a_subscription_nothing_is_told() {
    let world = World::with(&[], |_| {}).await;
    world.engine.run().await.unwrap();
    world.pass(3 * DAY).await;
    assert!(told(&world).is_empty());
    // One that comes later is no reason to tell of the days before it.
    write(&world.store, vec![device("laptop", wall(&world))]).await;
    world.pass(DAY).await;
    assert_eq!(told(&world), ["2026-11-13"]);
}

#[tokio::test(start_paused = true)]
async fn the_day_is_the_users_and_not_that_of_utc() {
    // C3.8: in UTC+8 the day began at 08:00, and the hours before it were in no report.
    let world = idle().await;
    let engine = in_zone(&world, "Asia/Shanghai").await;
    // 00:30 and 23:00 of 11 November in Shanghai.
    write(
        &world.store,
        vec![
            flow(
                "laptop",
                "2026-11-11",
                at("2026-11-10T16:30:00Z"),
                (FlowKind::Proxy, "hk"),
                7,
            ),
            flow(
                "laptop",
                "2026-11-11",
                at("2026-11-11T15:00:00Z"),
                (FlowKind::Proxy, "hk"),
                2,
            ),
            flow(
                "laptop",
                "2026-11-10",
                at("2026-11-10T15:59:00Z"),
                (FlowKind::Proxy, "hk"),
                50,
            ),
        ],
    )
    .await;
    engine.run().await.unwrap();
    world.pass(DAY + 16 * HOUR).await;
    let facts = reports(&world).pop().unwrap();
    assert_eq!(facts.through, on("2026-11-11"));
    let sum = facts.traffic.unwrap().sum.unwrap();
    assert_eq!(sum.proxy.down, 9 * MIB);
}

#[tokio::test(start_paused = true)]
async fn a_report_before_noon_tells_of_the_whole_day_before() {
    let world = running().await;
    set(&world, ReportSettings::new("08:00", None).unwrap()).await;
    world.pass(8 * HOUR + MINUTE).await;
    assert_eq!(told(&world), ["2026-11-09"]);
    world.pass(DAY).await;
    let facts = reports(&world).pop().unwrap();
    assert_eq!(facts.through, on("2026-11-10"));
    assert!(facts.whole);
    assert_eq!(facts.window.end, at("2026-11-11T00:00:00Z"));
}

#[tokio::test(start_paused = true)]
async fn a_week_is_told_on_its_day() {
    let world = running().await;
    let weekly = ReportSettings {
        daily: false,
        ..ReportSettings::new("23:55", Some("sun")).unwrap()
    };
    set(&world, weekly).await;
    world.pass(14 * DAY).await;
    assert_eq!(told(&world), ["2026-11-15", "2026-11-22"]);
    let facts = reports(&world).pop().unwrap();
    assert_eq!((facts.kind, facts.from), (ReportKind::Weekly, on("2026-11-16")));
}

#[tokio::test(start_paused = true)]
async fn a_switched_off_report_is_not_told_nor_missed() {
    let world = running().await;
    let off = ReportSettings {
        daily: false,
        ..ReportSettings::default()
    };
    set(&world, off).await;
    world.pass(3 * DAY).await;
    assert!(told(&world).is_empty());
    set(&world, ReportSettings::default()).await;
    world.pass(DAY).await;
    let facts = reports(&world);
    assert_eq!(facts.len(), 1);
    assert!(facts.iter().all(|facts| facts.missed.is_none()));
}

#[tokio::test(start_paused = true)]
async fn the_hour_stays_when_clocks_are_changed() {
    // In New York clocks go forward on 8 March 2026 and back on 1 November.
    for (begin, hours) in [
        (
            "2026-03-07T06:00:00Z",
            ["2026-03-08T04:5", "2026-03-09T03:5", "2026-03-10T03:5"],
        ),
        (
            "2026-10-31T06:00:00Z",
            ["2026-11-01T03:5", "2026-11-02T04:5", "2026-11-03T04:5"],
        ),
    ] {
        let world = idle().await;
        world.timer.jump(at(begin).ms_since(wall(&world)));
        let engine = in_zone(&world, "America/New_York").await;
        engine.run().await.unwrap();
        world.pass(3 * DAY).await;
        let made: Vec<String> = reports(&world)
            .iter()
            .map(|facts| facts.made_at.to_string())
            .collect();
        assert_eq!(made.len(), 3, "{made:?}");
        for (made, hour) in made.iter().zip(hours) {
            assert!(made.starts_with(hour), "{made} {hour}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn quiet_hours_hold_a_report_back_and_do_not_lose_it() {
    let world = running().await;
    let quiet = QuietHours::new("22:00", "07:00", "UTC").unwrap();
    world
        .engine
        .save_settings(Some(Some(quiet)), None, Vec::new(), "test")
        .await
        .unwrap();
    world.pass(DAY).await;
    assert!(told(&world).is_empty(), "midnight");
    world.pass(7 * HOUR + MINUTE).await;
    assert_eq!(told(&world), ["2026-11-10"]);
    let facts = reports(&world).pop().unwrap();
    assert_eq!(facts.cause, ReportCause::Scheduled, "it was made at its hour");
}

#[tokio::test(start_paused = true)]
async fn a_day_without_anything_is_left_out_where_that_is_wanted() {
    let world = running().await;
    let quiet = ReportSettings {
        quiet_when_idle: true,
        ..ReportSettings::default()
    };
    set(&world, quiet).await;
    write(
        &world.store,
        vec![flow(
            "laptop",
            "2026-11-11",
            at("2026-11-11T10:00:00Z"),
            (FlowKind::Direct, ""),
            1,
        )],
    )
    .await;
    world.pass(3 * DAY).await;
    assert_eq!(told(&world), ["2026-11-11"]);
    let left_out = world
        .engine
        .report(ReportKind::Daily, Some(on("2026-11-10")))
        .await
        .unwrap();
    assert!(left_out.quiet && left_out.sent.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_report_waits_for_an_agent_that_is_behind_and_not_for_ever() {
    let world = idle().await;
    let seen = |at: Time| {
        Write::Flow(FlowWrite::Device(DeviceRow {
            device: laptop(),
            name: "my laptop".to_owned(),
            account: None,
            token: None,
            since: start(),
            seen_at: Some(at),
            ended_at: None,
            body: serde_json::Value::Null,
        }))
    };
    write(
        &world.store,
        vec![
            seen(at("2026-11-10T23:53:00Z")),
            watched("laptop", "2026-11-10T00:00:00Z", "2026-11-10T23:53:00Z"),
        ],
    )
    .await;
    world.engine.run().await.unwrap();
    world.pass(DAY - 2 * MINUTE).await;
    assert!(told(&world).is_empty(), "23:58: the agent is alive and behind");
    write(
        &world.store,
        vec![
            flow(
                "laptop",
                "2026-11-10",
                at("2026-11-10T23:54:00Z"),
                (FlowKind::Proxy, "hk"),
                3,
            ),
            flow(
                "laptop",
                "2026-11-10",
                at("2026-11-10T23:57:00Z"),
                (FlowKind::Proxy, "hk"),
                90,
            ),
            watched("laptop", "2026-11-10T23:53:00Z", "2026-11-10T23:58:00Z"),
        ],
    )
    .await;
    world.pass(MINUTE).await;
    let facts = reports(&world).pop().unwrap();
    assert_eq!(facts.cause, ReportCause::Scheduled);
    let sum = facts.traffic.unwrap().sum.unwrap();
    assert_eq!(sum.proxy.down, 3 * MIB, "what came after 23:55 is not in it");
    // The next day it stays behind.
    write(&world.store, vec![seen(at("2026-11-11T23:54:00Z"))]).await;
    world.pass(DAY).await;
    assert_eq!(told(&world).len(), 1);
    world.pass(7 * MINUTE).await;
    assert_eq!(told(&world).len(), 2, "00:06 of the day after");
}

#[tokio::test(start_paused = true)]
async fn reports_go_where_they_are_sent_to() {
    let world = World::with(&[], |config| config.channels.push(channel("second"))).await;
    write(&world.store, vec![device("laptop", start())]).await;
    world.engine.run().await.unwrap();
    let chosen = ReportSettings {
        channels: vec![ChannelId::new("second").unwrap()],
        ..ReportSettings::default()
    };
    set(&world, chosen).await;
    world.pass(DAY).await;
    assert_eq!((told(&world).len(), world.sink("second").count("report")), (0, 1));
}
