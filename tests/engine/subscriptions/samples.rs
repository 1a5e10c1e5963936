//! What is kept of looks, and when a panel is asked.

use std::time::Duration;

use tidegate_engine::subscriptions::ResetBy;
use tidegate_guard::allowance::{Left, NoEstimate};
use tidegate_meter::{Outcome, Reason, Span, Time};
use tidegate_sim::panel::PanelLie;
use tidegate_store::SampleRow;

use super::house::{GIB, House, hours, id, shanghai, start};

async fn samples(house: &House) -> Vec<SampleRow> {
    let all = Span {
        start: start().minus(hours(1)),
        end: house.now().plus(hours(1)),
    };
    house.store.samples(&id("airport"), all).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn each_accepted_look_leaves_one_sample_an_hour_and_one_right_after_local_midnight() {
    let house = House::one(&[], Vec::new()).await;
    house.pass(hours(24)).await;
    let rows = samples(&house).await;
    assert!((22..=28).contains(&rows.len()), "{}", rows.len());
    let midnight: Time = "2026-11-10T16:00:00Z".parse().unwrap();
    let cut = rows.iter().find(|row| row.at >= midnight).unwrap();
    assert!(cut.at.since(midnight) <= Duration::from_secs(120), "{:?}", cut.at);
    let apart = rows
        .windows(2)
        .map(|pair| pair[1].at.since(pair[0].at))
        .min()
        .unwrap();
    assert!(
        apart >= Duration::from_secs(900),
        "never within a quarter of an hour: {apart:?}"
    );
    assert_eq!(house.panel().asked().len(), rows.len());
}

#[tokio::test(start_paused = true)]
async fn the_same_answer_told_twice_is_one_sample() {
    let house = House::one(&[], Vec::new()).await;
    for _ in 0..3 {
        house.engine.check(&[]).await.unwrap();
    }
    assert_eq!((samples(&house).await.len(), house.panel().asked().len()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_restart_does_not_ask_again_within_the_quarter_of_an_hour() {
    let mut house = House::one(&[], Vec::new()).await;
    for _ in 0..4 {
        house.restart().await;
        house.pass(Duration::from_secs(120)).await;
    }
    assert_eq!(house.panel().asked().len(), 1);
    house.pass(hours(1)).await;
    assert_eq!(house.panel().asked().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_was_not_read_leaves_no_sample_and_the_last_truth_stands_with_its_age() {
    let house = House::one(&[], Vec::new()).await;
    for lie in [
        PanelLie::Empty,
        PanelLie::Page(403),
        PanelLie::Silent,
        PanelLie::Gone,
    ] {
        house.panel().lie(Some(lie.clone()));
        house.pass(hours(2)).await;
        let view = house.view("airport").await;
        assert!(view.blind.is_some(), "{lie:?}");
        assert_eq!(view.used.unwrap().raw(), 10 * (1_i64 << 30), "{lie:?}: not zero");
        assert!(
            view.as_of.unwrap() < start().plus(hours(1)),
            "{lie:?}: as old as it is"
        );
    }
    assert_eq!(samples(&house).await.len(), 1);
    house.panel().lie(None);
    house.pass(hours(2)).await;
    assert_eq!(house.view("airport").await.blind, None);
}

#[tokio::test(start_paused = true)]
async fn a_number_that_no_guard_believes_is_no_sample_until_it_is_told_again() {
    let guards = vec![super::house::guard("airport", &["80%"])];
    let house = House::one(&[], guards).await;
    house.pass(hours(3)).await;
    let before = samples(&house).await.len();
    house.panel().reset();
    house.engine.check(&[]).await.unwrap();
    house.pass(hours(1)).await;
    let row = house.meter("traffic").await;
    assert!(
        matches!(&row.outcome, Some(Outcome::Blind(blind)) if blind.reason == Reason::Implausible),
        "{:?}",
        row.outcome
    );
    assert_eq!(samples(&house).await.len(), before);
    house.pass(hours(2)).await;
    assert!(samples(&house).await.len() > before, "told twice, it is so");
}

#[tokio::test(start_paused = true)]
async fn days_left_come_with_three_days_of_samples_and_today_with_a_sample_of_yesterday() {
    let house = House::one(&[], Vec::new()).await;
    let fresh = house.view("airport").await;
    assert_eq!(
        (fresh.left, fresh.today),
        (Left::NoEstimate(NoEstimate::NoSample), None)
    );
    for _ in 0..4 * 24 {
        house.panel().bill(0, GIB / 8);
        house.pass(hours(1)).await;
    }
    let view = house.view("airport").await;
    // 78 GiB left at 3 GiB a day.
    assert!(
        matches!(
            view.left,
            Left::Range {
                least: 25..=26,
                most: 25..=26,
                ..
            }
        ),
        "{:?}",
        view.left
    );
    let today = view.today.unwrap();
    let twelve_hours = 12 * GIB / 8;
    assert!(
        (twelve_hours - GIB / 4..=twelve_hours + GIB / 4).contains(&today.bytes),
        "{today:?}"
    );
    let day = shanghai().date_of(house.now()).yesterday().unwrap();
    let told = house.engine.subscriptions_on(day).await.unwrap();
    let used = told[0].used.unwrap();
    assert!(
        (3 * GIB - GIB / 4..=3 * GIB + GIB / 4).contains(&used.bytes),
        "{used:?}"
    );
    assert!(!used.gap);
}

#[tokio::test(start_paused = true)]
async fn the_reset_day_makes_the_window_and_a_late_panel_does_not_begin_it_early() {
    let house = House::one(&[("reset_day", "12")], Vec::new()).await;
    let window = || async { house.meter("traffic").await.last_good.unwrap().window().unwrap() };
    assert_eq!(window().await.start.to_string(), "2026-10-11T16:00:00Z");
    let view = house.view("airport").await;
    let reset = view.reset.unwrap();
    assert_eq!(
        (reset.day, reset.next.to_string(), reset.by),
        (12, "2026-11-12".to_owned(), ResetBy::Set)
    );
    // Local midnight of the 12th is at 16:00 UTC of the 11th; this panel is three hours late.
    house.pass(hours(37)).await;
    assert_eq!(
        window().await.start.to_string(),
        "2026-10-11T16:00:00Z",
        "nothing was reset yet"
    );
    house.panel().reset();
    house.panel().bill(0, 1 << 20);
    house.pass(hours(3)).await;
    assert_eq!(window().await.start.to_string(), "2026-11-11T16:00:00Z");
}

#[tokio::test(start_paused = true)]
async fn what_the_panel_says_of_the_reset_comes_before_nothing_and_after_the_user() {
    let header = "upload=0; download=10737418240; total=107374182400; reset_day=3";
    for (params, day, by) in [
        (&[][..], 3, ResetBy::Told),
        (&[("reset_day", "20")][..], 20, ResetBy::Set),
    ] {
        let house = House::one(params, Vec::new()).await;
        house.panel().lie(Some(PanelLie::Header(header.to_owned())));
        house.pass(hours(2)).await;
        let reset = house.view("airport").await.reset.unwrap();
        assert_eq!((reset.day, reset.by), (day, by));
    }
    let never = House::one(&[("reset_day", "never")], Vec::new()).await;
    never.panel().lie(Some(PanelLie::Header(header.to_owned())));
    never.pass(hours(2)).await;
    assert_eq!(never.view("airport").await.reset, None);
}

#[tokio::test(start_paused = true)]
async fn two_resets_teach_the_day() {
    let house = House::one(&[], Vec::new()).await;
    for month in [12_u64, 30] {
        house.panel().bill(0, 20 * GIB);
        // The 22nd of November and of December, shortly after local midnight.
        let until: Time = if month == 12 {
            "2026-11-21T16:00:30Z"
        } else {
            "2026-12-21T16:00:30Z"
        }
        .parse()
        .unwrap();
        house
            .pass(until.since(house.now()) - Duration::from_secs(20))
            .await;
        house.panel().reset();
        house.panel().bill(0, 1);
    }
    house.pass(hours(4)).await;
    let reset = house.view("airport").await.reset.unwrap();
    assert_eq!((reset.day, reset.by), (22, ResetBy::Learned));
    assert_eq!(reset.next.to_string(), "2027-01-22");
}
