//! Flows: minute, hour and day in one transaction, exact sums, what is kept how long, lines and pages.

use jiff::civil::{Date, date};
use tidegate_meter::{DeviceId, Flow, FlowBytes, FlowKey, FlowKind, Span, Time};
use tidegate_store::{
    FlowBy, FlowFilter, FlowPage, FlowSpanFilter, FlowSum, FlowWrite, Store, StoreError, Write, limits,
};

use crate::support::*;

pub(crate) const TODAY: Date = date(2026, 1, 1);

pub(crate) fn device(name: &str) -> DeviceId {
    name.parse().unwrap()
}

pub(crate) fn both(up: u64, down: u64) -> FlowBytes {
    FlowBytes {
        up,
        down,
        ..FlowBytes::default()
    }
}

fn way(kind: FlowKind, node: &str) -> FlowKey {
    FlowKey {
        kind,
        node: node.to_owned(),
        group: "auto".to_owned(),
        feed: "airport".to_owned(),
    }
}

fn flow(at: Time, node: &str, bytes: FlowBytes) -> Flow {
    Flow {
        minute: at,
        key: way(FlowKind::Proxy, node),
        bytes,
    }
}

fn add(of: &str, day: Date, flow: Flow) -> Write {
    Write::Flow(FlowWrite::Flow {
        device: device(of),
        day,
        flow,
    })
}

fn filter(by: &[FlowBy]) -> FlowFilter {
    FlowFilter {
        from: TODAY,
        through: TODAY,
        device: None,
        by: by.to_vec(),
        limit: 100,
    }
}

fn span(from: Time, to: Time) -> FlowSpanFilter {
    FlowSpanFilter {
        span: Span { start: from, end: to },
        device: None,
    }
}

fn total(page: &FlowPage) -> FlowBytes {
    let sums = page.sums.iter().map(|sum| sum.bytes);
    sums.chain([page.rest.0])
        .fold(FlowBytes::default(), |sum, bytes| sum.plus(bytes).unwrap())
}

async fn total_of(store: &Store) -> FlowBytes {
    total(&store.flows(filter(&[])).await.unwrap())
}

async fn in_span(store: &Store, from: Time, to: Time) -> FlowBytes {
    let sums = store.flow_sums(span(from, to)).await.unwrap();
    sums.iter()
        .fold(FlowBytes::default(), |sum, row| sum.plus(row.bytes).unwrap())
}

#[tokio::test]
async fn bytes_stand_in_their_minute_their_hour_and_their_day_and_nothing_is_lost_or_doubled() {
    let store = ready().await;
    let estimated = FlowBytes {
        estimated_down: 5,
        ..both(1, 9)
    };
    let writes = [
        add("nas", TODAY, flow(minutes(0), "hk", both(10, 100))),
        add("nas", TODAY, flow(minutes(0), "hk", estimated)),
        add("nas", TODAY, flow(minutes(59), "jp", both(0, 7))),
        add("pc", TODAY, flow(minutes(60), "hk", both(3, 0))),
    ];
    store.write(batch(writes)).await.unwrap();
    let all = FlowBytes {
        estimated_down: 5,
        ..both(14, 116)
    };
    assert_eq!(total_of(&store).await, all, "by day");
    assert_eq!(in_span(&store, minutes(0), minutes(61)).await, all, "by minute");
    assert_eq!(in_span(&store, minutes(1), minutes(60)).await, both(0, 7));
    let first = store.flow_sums(span(minutes(0), minutes(1))).await.unwrap();
    let expected = FlowSum {
        device: Some(device("nas")),
        node: Some("hk".to_owned()),
        group: Some("auto".to_owned()),
        feed: Some("airport".to_owned()),
        kind: Some(FlowKind::Proxy),
        day: None,
        bytes: FlowBytes {
            estimated_down: 5,
            ..both(11, 109)
        },
    };
    assert_eq!(first, [expected], "one minute of one way is one sum");
}

#[tokio::test]
async fn sums_are_told_apart_only_by_what_was_asked_for_the_largest_first_and_the_rest_in_one() {
    let store = ready().await;
    let writes = [
        add("nas", TODAY, flow(minutes(0), "hk", both(1, 1))),
        add("pc", TODAY, flow(minutes(0), "hk", both(10, 10))),
        add("pc", TODAY, flow(minutes(0), "jp", both(100, 100))),
        add(
            "pc",
            date(2026, 1, 2),
            flow(minutes(1441), "jp", both(1000, 1000)),
        ),
    ];
    store.write(batch(writes)).await.unwrap();
    let by_node = store.flows(filter(&[FlowBy::Node])).await.unwrap();
    let seen = |page: &FlowPage| -> Vec<(Option<String>, u64)> {
        page.sums
            .iter()
            .map(|sum| (sum.node.clone(), sum.bytes.up))
            .collect()
    };
    assert_eq!(
        seen(&by_node),
        [(Some("jp".to_owned()), 100), (Some("hk".to_owned()), 11)]
    );
    assert!(
        by_node
            .sums
            .iter()
            .all(|sum| sum.device.is_none() && sum.kind.is_none())
    );
    let cut = FlowFilter {
        limit: 1,
        ..filter(&[FlowBy::Node])
    };
    let cut = store.flows(cut).await.unwrap();
    assert_eq!(
        (seen(&cut), cut.rest),
        (vec![(Some("jp".to_owned()), 100)], (both(11, 11), 1))
    );
    let by_day = FlowFilter {
        through: date(2026, 1, 2),
        device: Some(device("pc")),
        ..filter(&[FlowBy::Day])
    };
    let by_day = store.flows(by_day).await.unwrap();
    let days: Vec<_> = by_day.sums.iter().map(|sum| (sum.day, sum.bytes)).collect();
    assert_eq!(
        days,
        [
            (Some(date(2026, 1, 2)), both(1000, 1000)),
            (Some(TODAY), both(110, 110))
        ]
    );
}

#[tokio::test]
async fn a_flow_is_filed_under_the_day_that_the_caller_names() {
    let store = ready().await;
    // 23:30 in UTC on the last day of the year is already the first in Shanghai.
    let late = T0.minus(MINUTE * 30);
    store
        .write(batch([add("nas", TODAY, flow(late, "hk", both(1, 2)))]))
        .await
        .unwrap();
    assert_eq!(total_of(&store).await, both(1, 2));
    let old = date(1969, 12, 31);
    store
        .write(batch([add("nas", old, flow(late, "hk", both(3, 4)))]))
        .await
        .unwrap();
    let before = FlowFilter {
        from: old,
        through: old,
        ..filter(&[FlowBy::Day])
    };
    let before = store.flows(before).await.unwrap();
    assert_eq!(
        before.sums.first().map(|sum| (sum.day, sum.bytes)),
        Some((Some(old), both(3, 4)))
    );
}

#[tokio::test]
async fn what_would_not_fit_or_makes_no_sense_refuses_the_whole_batch() {
    let store = ready().await;
    let most = limits::FLOW_DAY_BYTES;
    store
        .write(batch([add(
            "nas",
            TODAY,
            flow(minutes(0), "hk", both(most - 1, 1)),
        )]))
        .await
        .unwrap();
    let unsound = FlowBytes {
        estimated_up: 2,
        ..both(1, 0)
    };
    for bytes in [
        both(1, 0),
        both(u64::MAX, 0),
        both(u64::MAX, 1),
        both(0, u64::MAX),
        unsound,
    ] {
        let writes = [
            add("nas", TODAY, flow(minutes(0), "jp", both(5, 5))),
            add("nas", TODAY, flow(minutes(1), "hk", bytes)),
        ];
        let written = store.write(batch(writes)).await;
        assert!(
            matches!(written, Err(StoreError::Conflict { .. })),
            "{bytes:?}: {written:?}"
        );
    }
    assert_eq!(
        total_of(&store).await,
        both(most - 1, 1),
        "nothing of them was kept"
    );
    assert_eq!(in_span(&store, minutes(0), minutes(2)).await, both(most - 1, 1));
}

#[tokio::test]
async fn a_flow_of_nothing_leaves_nothing() {
    let store = ready().await;
    store
        .write(batch([add("nas", TODAY, flow(minutes(0), "hk", both(0, 0)))]))
        .await
        .unwrap();
    assert_eq!(
        store.flows(filter(&[FlowBy::Node])).await.unwrap(),
        FlowPage::default()
    );
}

#[tokio::test]
async fn a_line_has_steps_from_its_start_and_tells_the_kinds_apart() {
    let store = ready().await;
    let direct = Flow {
        key: way(FlowKind::Direct, "DIRECT"),
        ..flow(minutes(14), "", both(2, 0))
    };
    let writes = [
        add("nas", TODAY, flow(minutes(4), "hk", both(1, 0))),
        add("nas", TODAY, flow(minutes(5), "hk", both(10, 0))),
        add("nas", TODAY, flow(minutes(14), "jp", both(100, 0))),
        add("nas", TODAY, direct),
        add("nas", TODAY, flow(minutes(15), "jp", both(1000, 0))),
    ];
    store.write(batch(writes)).await.unwrap();
    let line = store.flow_line(span(minutes(5), minutes(25)), 10).await.unwrap();
    let seen: Vec<_> = line
        .iter()
        .map(|point| (point.at, point.kind, point.bytes.up))
        .collect();
    assert_eq!(
        seen,
        [
            (minutes(5), FlowKind::Proxy, 110),
            (minutes(5), FlowKind::Direct, 2),
            (minutes(15), FlowKind::Proxy, 1000),
        ]
    );
}

#[tokio::test]
async fn a_line_that_would_have_too_many_steps_is_made_coarser_and_loses_nothing() {
    let store = ready().await;
    store
        .write(batch([add(
            "nas",
            TODAY,
            flow(minutes(100_001), "hk", both(7, 0)),
        )]))
        .await
        .unwrap();
    let line = store
        .flow_line(span(minutes(0), minutes(200_000)), 0)
        .await
        .unwrap();
    assert_eq!(
        line.iter()
            .map(|point| (point.at, point.bytes.up))
            .collect::<Vec<_>>(),
        [(minutes(100_000), 7)]
    );
}

#[tokio::test]
async fn minutes_end_after_a_fortnight_and_hours_after_a_year_and_no_sum_changes() {
    let store = ready().await;
    let writes = [
        add("nas", TODAY, flow(minutes(10), "hk", both(1, 0))),
        add("nas", TODAY, flow(minutes(50), "hk", both(10, 0))),
        add("nas", TODAY, flow(minutes(70), "hk", both(100, 0))),
    ];
    store.write(batch(writes)).await.unwrap();
    // A fortnight after the first hour has ended: its minutes go, those of the second hour stay.
    let now = minutes(60).plus(limits::FLOW_MINUTES_KEPT);
    store.take_lease(now, TTL).await.unwrap();
    assert_eq!(store.maintenance(now).await.unwrap().flows_deleted, 2);
    assert_eq!(
        in_span(&store, minutes(0), minutes(120)).await,
        both(111, 0),
        "an hour stands for its minutes"
    );
    assert_eq!(in_span(&store, minutes(60), minutes(71)).await, both(100, 0));
    assert_eq!(total_of(&store).await, both(111, 0));
    let line = store.flow_line(span(minutes(0), minutes(120)), 5).await.unwrap();
    let seen: Vec<_> = line.iter().map(|point| (point.at, point.bytes.up)).collect();
    assert_eq!(seen, [(minutes(0), 11), (minutes(70), 100)]);
    // What arrives late is counted once, where the others of its hour stand.
    store
        .write(batch([add("nas", TODAY, flow(minutes(20), "hk", both(1000, 0)))]))
        .await
        .unwrap();
    assert_eq!(in_span(&store, minutes(0), minutes(60)).await, both(1011, 0));
    let now = minutes(120).plus(limits::FLOW_HOURS_KEPT);
    store.take_lease(now, TTL).await.unwrap();
    assert_eq!(
        store.maintenance(now).await.unwrap().flows_deleted,
        3,
        "two hours and a minute"
    );
    assert_eq!(in_span(&store, minutes(0), minutes(120)).await, both(0, 0));
    store
        .write(batch([add("nas", TODAY, flow(minutes(20), "hk", both(5000, 0)))]))
        .await
        .unwrap();
    assert_eq!(
        total_of(&store).await,
        both(6111, 0),
        "days stay for ever, and take what is late"
    );
    assert_eq!(store.maintenance(now).await.unwrap().flows_deleted, 0);
}

#[tokio::test]
async fn more_rows_than_one_transaction_deletes_go_in_several() {
    let store = ready().await;
    let count = u64::try_from(limits::DELETE_ROWS + 7).unwrap();
    let writes = (0..count).map(|n| add("nas", TODAY, flow(minutes(n), "hk", both(1, 0))));
    store.write(batch(writes)).await.unwrap();
    let now = minutes(count + 60).plus(limits::FLOW_MINUTES_KEPT);
    store.take_lease(now, TTL).await.unwrap();
    assert_eq!(store.maintenance(now).await.unwrap().flows_deleted, count);
    assert_eq!(total_of(&store).await, both(count, 0));
}

#[tokio::test]
async fn a_backup_and_the_whole_check_take_the_flows_with_them() {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = (folder.path().join("tidegate.db"), folder.path().join("copy.db"));
    let store = held(file(&path, "tester")).await;
    store
        .write(batch([add("nas", TODAY, flow(minutes(0), "hk", both(1, 2)))]))
        .await
        .unwrap();
    store.integrity().await.unwrap();
    store.backup(&copy).await.unwrap();
    drop(store);
    let copied = file(&copy, "tester");
    assert_eq!(total_of(&copied).await, both(1, 2));
    copied.integrity().await.unwrap();
}
