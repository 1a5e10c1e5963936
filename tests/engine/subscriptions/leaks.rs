//! The leak check: C3.10, C3.13. Same interval on both sides, coverage stated, told once when found twice in a row.

use tidegate_engine::config::Config;
use tidegate_guard::leak::{Undecided, Verdict};
use tidegate_meter::{DeviceId, FlowBytes, Quantity, Span, Unit};
use tidegate_store::FlowWrite;

use super::house::{GIB, House, MIB, account, hours, id};

const NODE: (&str, &str) = ("香港 01", "airport");

async fn watched(params: &[(&str, &str)]) -> House {
    let house = House::one(params, Vec::new()).await;
    house.device("laptop").await;
    house
}

#[tokio::test(start_paused = true)]
async fn what_the_panel_bills_and_what_was_sent_agree() {
    let house = watched(&[]).await;
    assert_eq!(
        house.view("airport").await.leak,
        None,
        "without a baseline there is no verdict"
    );
    house.hours(26, NODE, GIB, GIB).await;
    let leak = house.view("airport").await.leak.unwrap();
    assert_eq!(leak.check.verdict, Verdict::Agrees, "{leak:?}");
    assert!(leak.check.billed >= 5 * GIB, "{leak:?}");
    assert_eq!(
        leak.check.coverage,
        Quantity::parse("100", Unit::Percent).unwrap()
    );
    assert_eq!(house.told().len(), 0);
    let rows = house.store.leaks(&id("airport"), 10).await.unwrap();
    assert!(rows.len() >= 3, "{}", rows.len());
    assert!(
        rows.windows(2).all(|pair| pair[0].span.start == pair[1].span.end),
        "one follows the other"
    );
}

#[tokio::test(start_paused = true)]
async fn use_elsewhere_is_told_once_when_it_was_found_twice_and_ends_when_both_agree() {
    let house = watched(&[]).await;
    house.hours(9, NODE, GIB, GIB / 2).await;
    let first = house.view("airport").await.leak.unwrap();
    assert_eq!(
        (first.check.verdict, first.confirmed),
        (Verdict::UsedElsewhere, false)
    );
    assert_eq!(house.told().len(), 0, "panels book late: once proves nothing");
    house.hours(20, NODE, GIB, GIB / 2).await;
    let later = house.view("airport").await.leak.unwrap();
    assert!(later.confirmed && later.check.difference().unwrap() > 0);
    let told = house.told();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].contains("billed") && told[0].contains("机场 airport"),
        "{}",
        told[0]
    );
    assert_eq!(house.alerts().await.len(), 1);
    let status = house.engine.status().await;
    assert!(
        status.conditions.is_empty(),
        "nothing is wrong with the program: {:?}",
        status.conditions
    );
    house.hours(16, NODE, GIB, GIB).await;
    assert_eq!(house.alerts().await.len(), 0);
    assert_eq!(house.told().len(), 2, "and whoever was told is told");
}

#[tokio::test(start_paused = true)]
async fn more_sent_than_billed_is_told_with_its_sign() {
    let house = watched(&[]).await;
    house.hours(20, NODE, GIB / 2, GIB).await;
    let leak = house.view("airport").await.leak.unwrap();
    assert_eq!((leak.check.verdict, leak.confirmed), (Verdict::CountedHere, true));
    assert!(leak.check.difference().unwrap() < 0);
    assert_eq!(house.told().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_multiplier_in_the_name_or_of_the_user_is_applied() {
    let half: (&str, &str) = ("香港 02 [0.5x]", "airport");
    let house = watched(&[]).await;
    house.hours(16, half, GIB / 2, GIB).await;
    let view = house.view("airport").await;
    assert_eq!(view.leak.unwrap().check.verdict, Verdict::Agrees);
    let node = &view.nodes[0];
    assert_eq!(
        (node.node.as_str(), node.multiplier.to_string(), node.by_user),
        (half.0, "0.5".to_owned(), false)
    );

    let house = watched(&[("multipliers", "香港 02 [0.5x]=2")]).await;
    house.hours(16, half, 2 * GIB, GIB).await;
    let view = house.view("airport").await;
    assert_eq!(
        view.leak.unwrap().check.verdict,
        Verdict::Agrees,
        "what the user says wins"
    );
    assert!(view.nodes[0].by_user);
}

#[tokio::test(start_paused = true)]
async fn with_a_device_offline_nobody_can_say_and_the_coverage_is_told() {
    let house = watched(&[]).await;
    house.device("phone").await;
    house.hours(16, NODE, GIB, GIB / 4).await;
    let leak = house.view("airport").await.leak.unwrap();
    assert_eq!(leak.check.verdict, Verdict::NotDecidable(Undecided::Coverage));
    assert!(
        leak.check.coverage.is_zero(),
        "the phone was never watched: {leak:?}"
    );
    assert_eq!(house.told().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_reset_within_the_interval_is_not_decidable() {
    let house = watched(&[]).await;
    house.hours(4, NODE, GIB, GIB).await;
    house.panel().reset();
    house.panel().bill(0, 1);
    house.hours(6, NODE, GIB, GIB).await;
    let leak = house.view("airport").await.leak.unwrap();
    assert_eq!(
        leak.check.verdict,
        Verdict::NotDecidable(Undecided::Reset),
        "{leak:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn without_devices_or_without_knowing_its_nodes_there_is_no_check() {
    let house = House::one(&[], Vec::new()).await;
    for _ in 0..16 {
        house.panel().bill(0, GIB);
        house.pass(hours(1)).await;
    }
    assert_eq!(house.view("airport").await.leak, None);
    let house = watched(&[]).await;
    house.hours(8, ("a", "one feed"), GIB, GIB / 4).await;
    house.hours(8, ("b", "other feed"), GIB, GIB / 4).await;
    let view = house.view("airport").await;
    assert_eq!(
        (view.feeds.len(), view.leak.is_some()),
        (0, true),
        "while there was one feed it was known"
    );
}

#[tokio::test(start_paused = true)]
async fn the_only_feed_of_the_only_subscription_is_its_own_and_a_name_wins() {
    let house = watched(&[]).await;
    house.hours(2, ("a", "whatever"), GIB, GIB).await;
    assert_eq!(house.view("airport").await.feeds, ["whatever"]);
    house.hours(2, ("a", "Airport"), GIB, GIB).await;
    assert_eq!(house.view("airport").await.feeds, ["Airport"], "it is called so");
    let all = watched(&[("feeds", "*")]).await;
    all.hours(2, ("a", ""), GIB, GIB).await;
    assert_eq!(
        all.view("airport").await.feeds,
        [""],
        "nodes of no feed count too"
    );
}

#[tokio::test(start_paused = true)]
async fn two_subscriptions_of_one_feed_are_checked_together() {
    let accounts = vec![
        account("airport", &[("feeds", "mixed")]),
        account("spare", &[("feeds", "mixed")]),
    ];
    let house = House::new(accounts, Vec::new()).await;
    house.pass(std::time::Duration::from_secs(5)).await;
    house.device("laptop").await;
    for _ in 0..16 {
        house.panels["spare"].bill(0, GIB);
        house.hours(1, ("a", "mixed"), GIB, 2 * GIB).await;
    }
    for (name, other) in [("airport", "spare"), ("spare", "airport")] {
        let leak = house.view(name).await.leak.unwrap();
        assert_eq!(leak.check.verdict, Verdict::Agrees, "{name}: {leak:?}");
        assert_eq!(leak.with, [id(other)]);
    }
}

#[tokio::test(start_paused = true)]
async fn unattributed_bytes_excuse_what_is_missing() {
    let house = watched(&[]).await;
    for _ in 0..9 {
        house.hours(1, NODE, GIB, GIB / 2).await;
        let now = house.now();
        let flow = tidegate_meter::Flow {
            minute: tidegate_meter::Time::from_ms((now.ms() - 1_800_000).div_euclid(60_000) * 60_000),
            key: tidegate_meter::FlowKey {
                kind: tidegate_meter::FlowKind::Unattributed,
                node: String::new(),
                group: String::new(),
                feed: String::new(),
            },
            bytes: FlowBytes {
                down: GIB / 2,
                ..FlowBytes::default()
            },
        };
        let day = super::house::shanghai().date_of(flow.minute);
        let device = DeviceId::new("laptop").unwrap();
        house.write(vec![FlowWrite::Flow { device, day, flow }]).await;
    }
    let leak = house.view("airport").await.leak.unwrap();
    assert_eq!(leak.check.verdict, Verdict::Agrees, "{leak:?}");
    assert!(leak.check.tolerance > 2 * GIB + 100 * MIB);
}

#[tokio::test(start_paused = true)]
async fn a_restart_in_the_middle_neither_repeats_nor_forgets() {
    let mut house = watched(&[]).await;
    house.hours(16, NODE, GIB, GIB / 2).await;
    assert_eq!(house.told().len(), 1);
    let before = house.store.leaks(&id("airport"), 20).await.unwrap();
    house.restart().await;
    house.hours(8, NODE, GIB, GIB / 2).await;
    assert_eq!(house.told().len(), 1, "it is open already");
    let after = house.store.leaks(&id("airport"), 20).await.unwrap();
    assert_eq!(after[after.len() - before.len()..], before[..]);
    let spans: Vec<Span> = after.iter().map(|row| row.span).collect();
    assert!(spans.windows(2).all(|pair| pair[0].start == pair[1].end));
}

#[tokio::test(start_paused = true)]
async fn a_subscription_that_is_removed_leaves_no_alert_open() {
    let house = watched(&[]).await;
    house.hours(16, NODE, GIB, GIB / 2).await;
    assert_eq!(house.alerts().await.len(), 1);
    let config = Config {
        accounts: Vec::new(),
        ..house.engine.config().await
    };
    house.engine.configure(config, "test").await.unwrap();
    assert_eq!(house.alerts().await.len(), 0);
    assert_eq!(house.told().len(), 1, "whoever removed it knows");
}
