//! What history comes to: exact figures of a line, hours and days for export, counts of what happened.
#![expect(
    clippy::inconsistent_digit_grouping,
    reason = "amounts are written in cents, set apart as people write them"
)]

use std::time::Duration;

use proptest::prelude::*;
use tidegate_guard::{IntentState, Severity};
use tidegate_meter::{AsOf, Quantity, Reading, RowId, Time, Unit};
use tidegate_store::{
    ActionCount, AlertCount, AlertRow, Bucket, DeliveryCount, DeliveryState, Figures, FoldedRow, LookCount,
    Sample, Store, Write,
};

use crate::support::*;

/// A balance, which has neither window nor limit.
fn balance(at: Time, cents: i64) -> Reading {
    let unit = Unit::Money("CNY".parse().unwrap());
    let left = Quantity::from_raw(cents * 10_000, unit);
    Reading::new(None, None, Some(left), None, AsOf::Fetch(at), at).unwrap()
}

/// What was spent, which counts up.
fn spent(at: Time, cents: i64) -> Reading {
    let unit = Unit::Money("CNY".parse().unwrap());
    let used = Quantity::from_raw(cents * 10_000, unit);
    Reading::new(Some(used), None, None, None, AsOf::Fetch(at), at).unwrap()
}

async fn kept(readings: Vec<Reading>) -> Store {
    let store = ready().await;
    store
        .write(batch(readings.into_iter().map(look_with)))
        .await
        .unwrap();
    store
}

async fn figures(store: &Store, to: Time) -> Figures {
    let line = store
        .chart((&account(), &meter()), (T0, to), 500, 15 * MINUTE)
        .await
        .unwrap();
    line.figures.unwrap()
}

fn sample(minute: u64, cents: i64) -> Sample {
    Sample {
        at: minutes(minute),
        value: cents * 10_000,
    }
}

#[tokio::test]
async fn the_average_weighs_each_value_by_the_time_it_held() {
    // 100 for an hour at the usual pace, then 40 seen every minute for ten: counted by readings it would be 58.
    let mut readings: Vec<Reading> = (0..12).map(|n| balance(minutes(5 * n), 100_00)).collect();
    readings.extend((60..=70).map(|n| balance(minutes(n), 40_00)));
    let told = figures(&kept(readings).await, minutes(71)).await;
    // (60 × 100 + 10 × 40) / 70 = 91.428571…
    assert_eq!(told.average, 91_428_571);
    assert_eq!((told.first, told.last), (sample(0, 100_00), sample(70, 40_00)));
    assert_eq!((told.least, told.most), (sample(60, 40_00), sample(0, 100_00)));
    assert_eq!(told.readings, 23);
}

#[tokio::test]
async fn a_top_up_is_an_event_and_never_burn() {
    let cents = [100_00, 90_00, 80_00, 180_00, 170_00];
    let readings = (0..).zip(cents).map(|(n, cents)| balance(minutes(5 * n), cents));
    let told = figures(&kept(readings.collect()).await, minutes(21)).await;
    assert_eq!(told.burned, 30 * 1_000_000);
    assert_eq!(told.burned_ms, 15 * 60_000);
    assert_eq!(told.events, [minutes(15)]);
    assert_eq!((told.first.value, told.last.value), (100_000_000, 170_000_000));
}

#[tokio::test]
async fn a_correction_is_taken_off_the_burn() {
    let cents = [100_00, 90_00, 90_50, 80_00];
    let readings = (0..).zip(cents).map(|(n, cents)| balance(minutes(5 * n), cents));
    let told = figures(&kept(readings.collect()).await, minutes(16)).await;
    assert_eq!((told.burned, told.events), (20 * 1_000_000, Vec::new()));
}

#[tokio::test]
async fn a_counter_that_begins_again_burned_nothing_then() {
    let cents = [10_00, 20_00, 30_00, 0, 5_00];
    let readings = (0..).zip(cents).map(|(n, cents)| spent(minutes(5 * n), cents));
    let told = figures(&kept(readings.collect()).await, minutes(21)).await;
    assert!(told.of_used);
    assert_eq!(told.burned, 25 * 1_000_000);
    assert_eq!(told.events, [minutes(15)]);
}

#[tokio::test]
async fn a_silence_is_counted_and_left_out_of_the_average() {
    let minute = [0, 5, 10, 15, 20, 200, 205, 210];
    let readings = minute
        .iter()
        .map(|n| balance(minutes(*n), if *n < 100 { 80_00 } else { 20_00 }));
    let store = kept(readings.collect()).await;
    let line = store
        .chart((&account(), &meter()), (T0, minutes(212)), 500, 15 * MINUTE)
        .await
        .unwrap();
    assert_eq!(line.silent, (1, 180 * 60_000));
    // Twenty minutes at 80 and ten at 20; held through the silence it would be 77.
    assert_eq!(line.figures.unwrap().average, 60_000_000);
}

#[tokio::test]
async fn no_line_leads_from_one_currency_to_another() {
    let dollars = Unit::Money("USD".parse().unwrap());
    let left = Quantity::from_raw(7_000_000, dollars);
    let at = minutes(10);
    let switched = Reading::new(None, None, Some(left), None, AsOf::Fetch(at), at).unwrap();
    let store = kept(vec![
        balance(minutes(0), 100_00),
        balance(minutes(5), 100_00),
        switched,
    ])
    .await;
    let told = figures(&store, minutes(20)).await;
    assert_eq!((told.readings, told.most.value), (1, 7_000_000));
}

#[tokio::test]
async fn nothing_read_comes_to_nothing() {
    let store = ready().await;
    store.write(batch([blind_look(T0)])).await.unwrap();
    let line = store
        .chart((&account(), &meter()), (T0, minutes(60)), 500, HOUR)
        .await
        .unwrap();
    assert_eq!(line.figures, None);
}

/// All hours or days from T0 on.
async fn all(store: &Store, to: Time, bucket: Bucket) -> Vec<FoldedRow> {
    let (mut rows, mut from) = (Vec::new(), Some(T0));
    while let Some(begin) = from {
        let page = store
            .folded_page((&account(), &meter()), (begin, to), bucket)
            .await
            .unwrap();
        rows.extend(page.rows);
        from = page.next;
    }
    rows
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    /// Whether the daily round has been there or not, an export tells the same, each reading in one hour and one day.
    #[test]
    fn hours_and_days_are_exported_alike_before_and_after_they_are_folded(
        steps in proptest::collection::vec((1..400_u64, 0..100_00_i64), 1..300),
        cut in 0..2000_u64,
    ) {
        let mut at = 0;
        let readings: Vec<Reading> = steps.iter().map(|(step, cents)| {
            at += step;
            balance(minutes(at), *cents)
        }).collect();
        let end = minutes(at + 1);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let store = kept(readings.clone()).await;
            let fresh = (all(&store, end, Bucket::Hour).await, all(&store, end, Bucket::Day).await);
            store.maintenance(minutes(cut.min(at))).await.unwrap();
            prop_assert_eq!(&all(&store, end, Bucket::Hour).await, &fresh.0);
            prop_assert_eq!(&all(&store, end, Bucket::Day).await, &fresh.1);
            let told = |rows: &[FoldedRow]| rows.iter().map(|row| row.readings).sum::<u64>();
            prop_assert_eq!(told(&fresh.0), readings.len() as u64);
            prop_assert_eq!(told(&fresh.1), readings.len() as u64);
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn raw_readings_come_page_by_page_and_end_where_asked() {
    let readings: Vec<Reading> = (0..25).map(|n| balance(minutes(5 * n), 100_00)).collect();
    let store = kept(readings.clone()).await;
    let (of, span) = ((&account(), &meter()), (minutes(5), minutes(100)));
    let (mut seen, mut place) = (Vec::new(), None);
    loop {
        let (page, next) = store.readings_page(of, span, place, 7).await.unwrap();
        assert!(page.len() <= 7);
        seen.extend(page);
        if next.is_none() {
            break;
        }
        place = next;
    }
    assert_eq!(seen, readings[1..20]);
}

#[tokio::test]
async fn looks_are_counted_by_day_whether_they_are_filed_or_not() {
    let store = ready().await;
    store
        .write(batch([
            look(minutes(1), 9),
            look(minutes(2), 8),
            blind_look(minutes(3)),
        ]))
        .await
        .unwrap();
    let counted = |known, blind| {
        vec![LookCount {
            account: account(),
            known,
            blind,
        }]
    };
    let looks = async |from: Time, to: Time| store.statistics(from, to).await.unwrap().looks;
    assert_eq!(looks(T0, T0.plus(DAY)).await, counted(2, 1));
    store.maintenance(T0.plus(HOUR)).await.unwrap();
    assert_eq!(looks(T0, T0.plus(DAY)).await, counted(2, 1));
    store.write(batch([blind_look(minutes(70))])).await.unwrap();
    store.maintenance(T0.plus(2 * HOUR)).await.unwrap();
    assert_eq!(looks(T0, T0.plus(DAY)).await, counted(2, 2));
    assert_eq!(looks(T0.plus(DAY), T0.plus(2 * DAY)).await, []);
}

#[tokio::test]
async fn no_alert_is_left_out_of_a_count_however_many_kinds_there_are() {
    let store = ready().await;
    let kinds = 1_200_u64;
    let raised = (1..=kinds).map(|n| {
        Write::RaiseAlert(AlertRow {
            id: RowId::new(T0.plus(Duration::from_millis(n)), [1; 10]),
            ..alert(1, &format!("share:{n}"))
        })
    });
    store.write(batch(raised)).await.unwrap();
    let told = store.statistics(T0, T0.plus(DAY)).await.unwrap();
    assert_eq!(told.alerts.iter().map(|row| row.raised).sum::<u64>(), kinds);
}

#[tokio::test]
async fn alerts_deliveries_and_actions_are_counted_within_the_span() {
    let store = ready().await;
    store
        .write(batch([
            Write::RaiseAlert(alert(1, "share:70")),
            Write::RaiseAlert(alert(2, "limit")),
            Write::Delivery(delivery(3, DeliveryState::Delivered, T0)),
            Write::Delivery(delivery(4, DeliveryState::Delivered, T0)),
        ]))
        .await
        .unwrap();
    store.write(batch([plan(5)])).await.unwrap();
    let told = store.statistics(T0, T0.plus(HOUR)).await.unwrap();
    let raised = |key: &str| AlertCount {
        account: Some(account()),
        key: key.to_owned(),
        severity: Severity::Critical,
        raised: 1,
        resolved: 0,
    };
    assert_eq!(told.alerts, [raised("limit"), raised("share:70")]);
    let delivered = DeliveryCount {
        channel: "ops".parse().unwrap(),
        state: DeliveryState::Delivered,
        count: 2,
    };
    assert_eq!(told.deliveries, [delivered]);
    let planned = ActionCount {
        account: account(),
        state: IntentState::Planned,
        count: 1,
    };
    assert_eq!(told.actions, [planned]);
    let later = store.statistics(T0.plus(HOUR), T0.plus(DAY)).await.unwrap();
    assert_eq!(
        (later.alerts.len(), later.deliveries.len(), later.actions.len()),
        (0, 0, 0)
    );
}
