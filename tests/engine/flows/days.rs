//! Calendar days are the user's: where they begin, how long they are, and how much of them was watched.

use std::time::Duration;

use tidegate_engine::EngineError;
use tidegate_meter::Span;
use tidegate_store::FlowBy;

use crate::flows::house::{House, World, at, proxy};

const MIB: u64 = 1024 * 1024;

async fn in_zone(start: &str, zone: &str) -> House {
    World::new(start, zone).running(vec![proxy("home", "mac")]).await
}

/// C3.8: today is the day of the user's zone, from its first second to its last.
#[tokio::test(start_paused = true)]
async fn c3_8_a_day_is_the_users_and_not_that_of_utc() {
    let house = in_zone("2026-11-10T15:50:00Z", "Asia/Shanghai").await;
    let kernel = house.kernel("home");
    kernel.carry("a", ("HK 01", "Auto"), (0, 2 * MIB));
    // Until 16:01Z, a minute after midnight in Shanghai.
    house.pass(660).await;
    kernel.carry("a", ("HK 01", "Auto"), (0, 3 * MIB));
    house.pass(400).await;
    let told = house.asked(("2026-11-10", "2026-11-11"), &[FlowBy::Day]).await;
    let days: Vec<_> = told
        .page
        .sums
        .iter()
        .map(|sum| (sum.day.unwrap().to_string(), sum.bytes.down))
        .collect();
    assert_eq!(
        days,
        [
            ("2026-11-11".to_owned(), 3 * MIB),
            ("2026-11-10".to_owned(), 2 * MIB)
        ]
    );
    let morning = house.asked(("2026-11-11", "2026-11-11"), &[]).await;
    assert_eq!(
        morning.sum.proxy.down,
        3 * MIB,
        "nothing of yesterday, and all of the hours before 08:00"
    );
}

#[tokio::test(start_paused = true)]
async fn days_of_23_and_25_hours_are_covered_whole() {
    for (start, day, hours) in [
        ("2026-03-28T22:30:00Z", "2026-03-29", 23),
        ("2026-10-24T21:30:00Z", "2026-10-25", 25),
    ] {
        let house = in_zone(start, "Europe/Berlin").await;
        house.pass(27 * 3600).await;
        let told = house.asked((day, day), &[]).await;
        let coverage = told.coverage.first().unwrap();
        let whole = Duration::from_secs(hours * 3600);
        assert_eq!(coverage.of, whole, "{day}");
        assert_eq!(coverage.watched, whole, "{day}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_line_by_days_has_one_step_for_each_day_of_the_zone() {
    let house = in_zone("2026-10-23T22:00:00Z", "Europe/Berlin").await;
    let kernel = house.kernel("home");
    for hours in [24, 25, 24] {
        kernel.carry("a", ("HK 01", "Auto"), (0, MIB));
        house.pass(hours * 3600).await;
    }
    let span = Span {
        start: at("2026-10-22T22:00:00Z"),
        end: at("2026-10-26T23:00:00Z"),
    };
    let line = house.engine.flow_line(span, None, 4).await.unwrap();
    assert_eq!(line.step, Duration::from_secs(86_400));
    let told: Vec<_> = line
        .points
        .iter()
        .map(|point| (point.at.to_string(), point.bytes.map(|bytes| bytes.proxy.down)))
        .collect();
    assert_eq!(
        told,
        [
            ("2026-10-22T22:00:00Z".to_owned(), None),
            ("2026-10-23T22:00:00Z".to_owned(), Some(MIB)),
            // Twenty-five hours.
            ("2026-10-24T22:00:00Z".to_owned(), Some(MIB)),
            ("2026-10-25T23:00:00Z".to_owned(), Some(MIB)),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn the_steps_of_a_line_hold_together_what_the_days_hold() {
    let house = in_zone("2026-11-10T00:00:00Z", "UTC").await;
    let kernel = house.kernel("home");
    for n in 0..90_u64 {
        kernel.carry("a", ("HK 01", "Auto"), (n, MIB));
        house.pass(60).await;
    }
    house.pass(301).await;
    let span = Span {
        start: at("2026-11-10T00:00:00Z"),
        end: at("2026-11-10T02:00:00Z"),
    };
    for (points, steps) in [(120, 120), (30, 24), (8, 8), (4, 2)] {
        let line = house.engine.flow_line(span, None, points).await.unwrap();
        assert_eq!(line.points.len(), steps, "{points} points");
        let sum: u64 = line
            .points
            .iter()
            .filter_map(|point| point.bytes?.proxy.total())
            .sum();
        assert_eq!(sum, kernel.carried(), "{points} points");
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_answered_is_refused_by_the_name_of_its_field() {
    let house = in_zone("2026-11-10T00:00:00Z", "UTC").await;
    let span = Span {
        start: at("2026-01-01T00:00:00Z"),
        end: at("2026-11-10T00:00:00Z"),
    };
    let told = house.engine.flow_line(span, None, 100).await.unwrap_err();
    assert!(
        matches!(&told, EngineError::Refused(_)) && told.to_string().contains("points"),
        "{told}"
    );
}

/// C3.21: nothing is made up where nothing is known, and a device that was never watched is no zero.
#[tokio::test(start_paused = true)]
async fn c3_21_an_empty_database_tells_of_nothing() {
    let world = World::new("2026-11-10T00:00:00Z", "UTC");
    let house = world.running(Vec::new()).await;
    let told = house
        .asked(("2026-11-09", "2026-11-10"), &[FlowBy::Device, FlowBy::Node])
        .await;
    assert!(told.page.sums.is_empty() && told.coverage.is_empty(), "{told:?}");
    let span = Span {
        start: at("2026-11-09T00:00:00Z"),
        end: at("2026-11-10T00:00:00Z"),
    };
    let line = house.engine.flow_line(span, None, 24).await.unwrap();
    assert!(line.points.iter().all(|point| point.bytes.is_none()));
    let live = house.engine.live().await.unwrap();
    assert!(live.devices.is_empty() && live.connections.is_empty());
}
