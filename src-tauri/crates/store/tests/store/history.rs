//! History: every fetch comes back exactly, hours and days keep first, last, lowest and highest, charts stay short.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;
use tidegate_meter::{AsOf, Quantity, Reading, Time, Unit, Window, WindowKind};
use tidegate_store::{Point, Store, Write, limits};

use crate::support::*;

async fn stored(store: &Store, from: Time) -> Vec<Reading> {
    let mut stream = store.readings(&account(), &meter(), from);
    let mut all = Vec::new();
    loop {
        let page = stream.next_page().await.unwrap();
        if page.is_empty() {
            return all;
        }
        assert!(page.len() <= limits::STREAM_PAGE);
        all.extend(page);
    }
}

async fn line(store: &Store, from: Time, to: Time, points_max: usize) -> Vec<Point> {
    store
        .history(&account(), &meter(), from, to, points_max)
        .await
        .unwrap()
}

/// Numbers that look random and are the same in each run.
fn noise(n: u64) -> i64 {
    let mixed = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (n << 7);
    i64::try_from((mixed.wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 40) % 1_000_000).unwrap() * 100_000
}

/// Every five minutes for so many days, from T0.
async fn write_days(store: &Store, days: u64) -> Vec<Reading> {
    let readings: Vec<Reading> = (0..days * 288)
        .map(|n| reading(minutes(5 * n), noise(n)))
        .collect();
    for part in readings.chunks(2000) {
        store
            .write(batch(part.iter().cloned().map(look_with)))
            .await
            .unwrap();
    }
    readings
}

fn any_reading() -> impl Strategy<Value = (u64, Reading)> {
    let amount = proptest::option::of(any::<i64>());
    let window = prop_oneof![
        Just(None),
        Just(Some(window())),
        Just(Some(Window::told(WindowKind::Life, T0.minus(DAY), None))),
    ];
    let times = (1..40 * 86_400_000_u64, any::<bool>(), -1000..100_000_i64);
    (
        amount.clone(),
        amount.clone(),
        amount,
        window,
        times,
        any::<bool>(),
    )
        .prop_filter_map(
            "used or remaining",
            |(used, limit, remaining, window, (after, told, lag), money)| {
                let unit = if money {
                    Unit::Money("CNY".parse().unwrap())
                } else {
                    Unit::Bytes
                };
                let of = |raw: Option<i64>| raw.map(|raw| Quantity::from_raw(raw, unit));
                let as_of = if told {
                    AsOf::Provider(Time::from_ms(T0.ms() - lag))
                } else {
                    AsOf::Fetch(T0)
                };
                let reading = Reading::new(of(used), of(limit), of(remaining), window, as_of, T0).ok()?;
                Some((after, reading))
            },
        )
}

/// The same reading fetched at another time.
fn moved(reading: &Reading, fetched_at: Time) -> Reading {
    let by = fetched_at.ms_since(T0);
    let as_of = match reading.as_of() {
        AsOf::Provider(at) => AsOf::Provider(Time::from_ms(at.ms() + by)),
        AsOf::Fetch(_) => AsOf::Fetch(fetched_at),
    };
    let values = (reading.used(), reading.limit(), reading.remaining());
    Reading::new(values.0, values.1, values.2, reading.window(), as_of, fetched_at).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_reading_comes_back_exactly_and_in_order(seen in proptest::collection::vec(any_reading(), 1..40)) {
        let mut at = T0;
        let readings: Vec<Reading> = seen
            .iter()
            .map(|(after, reading)| {
                at = at.plus(Duration::from_millis(*after));
                moved(reading, at)
            })
            .collect();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let back = runtime.block_on(async {
            let store = ready().await;
            store.write(batch(readings.iter().cloned().map(look_with))).await.unwrap();
            stored(&store, T0).await
        });
        prop_assert_eq!(back, readings);
    }
}

#[tokio::test]
async fn every_fetch_is_kept_also_one_that_repeats_the_value_but_the_same_fetch_once() {
    let store = ready().await;
    let looks = [
        look(minutes(0), 5),
        look(minutes(5), 5),
        look(minutes(5), 5),
        blind_look(minutes(10)),
    ];
    store.write(batch(looks)).await.unwrap();
    assert_eq!(
        stored(&store, T0).await,
        [reading(minutes(0), 5), reading(minutes(5), 5)]
    );
}

#[tokio::test]
async fn readings_come_in_pages_and_from_where_they_were_asked_for() {
    let store = ready().await;
    let written = write_days(&store, 30).await;
    assert!(written.len() > 2 * limits::STREAM_PAGE);
    assert_eq!(stored(&store, T0).await, written);
    let late = stored(&store, T0.plus(29 * DAY)).await;
    assert_eq!(late.as_slice(), &written[29 * 288..]);
    assert!(stored(&store, T0.plus(31 * DAY)).await.is_empty());
}

#[tokio::test]
async fn a_clock_set_back_loses_no_reading() {
    let store = ready().await;
    let order = [minutes(60), minutes(65), minutes(5), minutes(10)];
    store.write(batch(order.map(|at| look(at, 5)))).await.unwrap();
    let fetched: Vec<Time> = stored(&store, T0).await.iter().map(Reading::fetched_at).collect();
    assert_eq!(fetched, order);
    let charted: Vec<Time> = line(&store, T0, minutes(90), 100)
        .await
        .iter()
        .map(|point| point.fetched_at)
        .collect();
    assert_eq!(charted, [minutes(5), minutes(10), minutes(60), minutes(65)]);
}

/// First, last, lowest and highest of each stretch of `width`, as (time, value).
fn extremes(readings: &[Reading], width: Duration) -> Vec<(Time, i64)> {
    let mut stretches: BTreeMap<i64, Vec<(Time, i64)>> = BTreeMap::new();
    let width = i64::try_from(width.as_millis()).unwrap();
    for reading in readings {
        let at = reading.fetched_at();
        let stretch = stretches.entry(at.ms() / width).or_default();
        stretch.push((at, reading.remaining().unwrap().raw()));
    }
    let mut kept = Vec::new();
    for stretch in stretches.values() {
        let least = stretch
            .iter()
            .copied()
            .min_by_key(|(at, value)| (*value, *at))
            .unwrap();
        let most = stretch
            .iter()
            .copied()
            .max_by_key(|(at, value)| (*value, std::cmp::Reverse(*at)))
            .unwrap();
        let mut four = vec![stretch[0], least, most, stretch[stretch.len() - 1]];
        four.sort();
        four.dedup();
        kept.extend(four);
    }
    kept
}

fn told(points: &[Point]) -> Vec<(Time, i64)> {
    points
        .iter()
        .map(|point| (point.fetched_at, point.remaining.unwrap()))
        .collect()
}

#[tokio::test]
async fn hours_and_then_days_keep_first_last_lowest_and_highest_exactly() {
    let store = ready().await;
    let written = write_days(&store, 3).await;
    let end = T0.plus(3 * DAY);
    let done = store.maintenance(end.plus(HOUR)).await.unwrap();
    assert_eq!((done.readings_deleted, done.hours_deleted), (0, 0));
    assert_eq!(
        line(&store, T0, end, 5000).await.len(),
        written.len(),
        "raw while it is kept"
    );
    let done = store.maintenance(end.plus(limits::RAW_KEPT)).await.unwrap();
    assert_eq!(done.readings_deleted, 3 * 288);
    assert!(stored(&store, T0).await.is_empty());
    assert_eq!(told(&line(&store, T0, end, 5000).await), extremes(&written, HOUR));
    let done = store.maintenance(end.plus(limits::HOURS_KEPT)).await.unwrap();
    assert_eq!(done.hours_deleted, 72);
    assert_eq!(told(&line(&store, T0, end, 5000).await), extremes(&written, DAY));
}

#[tokio::test]
async fn nothing_is_deleted_before_its_time_or_before_it_is_folded() {
    let store = ready().await;
    let written = write_days(&store, 2).await;
    let done = store
        .maintenance(T0.plus(DAY).plus(limits::RAW_KEPT))
        .await
        .unwrap();
    assert_eq!(done.readings_deleted, 288);
    assert_eq!(stored(&store, T0).await.as_slice(), &written[288..]);
    let joined = line(&store, T0, T0.plus(2 * DAY), 5000).await;
    let mut expected = extremes(&written[..288], HOUR);
    expected.extend(
        written[288..]
            .iter()
            .map(|one| (one.fetched_at(), one.remaining().unwrap().raw())),
    );
    assert_eq!(
        told(&joined),
        expected,
        "hours and raw readings join without gap or double"
    );
}

#[tokio::test]
async fn maintenance_again_changes_nothing() {
    let store = ready().await;
    write_days(&store, 40).await;
    let now = T0.plus(40 * DAY);
    store.maintenance(now).await.unwrap();
    let before = line(&store, T0, now, 60).await;
    let again = store.maintenance(now.plus(MINUTE)).await.unwrap();
    assert_eq!((again.readings_deleted, again.hours_deleted), (0, 0));
    assert_eq!(line(&store, T0, now, 60).await, before);
}

#[tokio::test]
async fn a_reading_that_arrives_in_a_folded_hour_is_folded_in() {
    let store = ready().await;
    write_days(&store, 2).await;
    store.maintenance(T0.plus(3 * DAY)).await.unwrap();
    store.write(batch([look(minutes(62), -7)])).await.unwrap();
    store.maintenance(T0.plus(3 * DAY)).await.unwrap();
    store
        .maintenance(T0.plus(4 * DAY).plus(limits::RAW_KEPT))
        .await
        .unwrap();
    let points = line(&store, T0, T0.plus(2 * DAY), 5000).await;
    assert!(told(&points).contains(&(minutes(62), -7)));
    assert_eq!(
        points
            .iter()
            .filter(|point| point.fetched_at == minutes(62))
            .count(),
        1
    );
}

#[tokio::test]
async fn a_clock_that_jumped_years_ahead_hides_nothing_once_it_is_right_again() {
    let store = ready().await;
    let written = write_days(&store, 2).await;
    let jumped = T0.plus(4 * 365 * DAY);
    store.write(batch([look(jumped, 1)])).await.unwrap();
    store.maintenance(jumped.plus(DAY)).await.unwrap();
    let right: Vec<Reading> = (0..12)
        .map(|n| reading(minutes(5 * n).plus(3 * DAY), 42))
        .collect();
    store
        .write(batch(right.iter().cloned().map(look_with)))
        .await
        .unwrap();
    store.maintenance(T0.plus(4 * DAY)).await.unwrap();
    let points = told(&line(&store, T0, T0.plus(4 * DAY), 5000).await);
    let mut expected = extremes(&written, DAY);
    expected.extend(right.iter().map(|one| (one.fetched_at(), 42)));
    assert_eq!(points, expected);
}

#[tokio::test]
async fn a_window_that_ends_within_an_hour_stays_apart_from_the_next() {
    let store = ready().await;
    let next = Window::told(WindowKind::Cycle, minutes(30), None);
    let looks: Vec<Write> = (0..12_u64)
        .map(|n| {
            let window = if n < 6 { window() } else { next };
            let at = minutes(5 * n);
            let remaining = Quantity::bytes(100 - i64::try_from(n % 6).unwrap());
            look_with(Reading::new(None, None, Some(remaining), Some(window), AsOf::Fetch(at), at).unwrap())
        })
        .collect();
    store.write(batch(looks)).await.unwrap();
    store
        .maintenance(T0.plus(DAY).plus(limits::RAW_KEPT))
        .await
        .unwrap();
    let points = line(&store, T0, T0.plus(DAY), 100).await;
    let windows: Vec<_> = points
        .iter()
        .map(|point| (point.fetched_at, point.window_start.unwrap(), point.remaining))
        .collect();
    assert_eq!(
        windows,
        [
            (minutes(0), T0, Some(100)),
            (minutes(25), T0, Some(95)),
            (minutes(30), minutes(30), Some(100)),
            (minutes(55), minutes(30), Some(95)),
        ]
    );
}

#[tokio::test]
async fn a_long_line_is_short_and_keeps_its_lowest_and_its_highest_at_every_length() {
    let store = ready().await;
    let written = write_days(&store, 60).await;
    let end = T0.plus(60 * DAY);
    let values = |points: &[(Time, i64)]| {
        let of = points.iter().map(|(_, value)| *value);
        (of.clone().min().unwrap(), of.max().unwrap())
    };
    let whole: Vec<_> = written
        .iter()
        .map(|one| (one.fetched_at(), one.remaining().unwrap().raw()))
        .collect();
    for folded in [false, true] {
        if folded {
            store.maintenance(end).await.unwrap();
        }
        for points_max in [4, 50, 200, 1000, 2000, 5000] {
            let points = told(&line(&store, T0, end, points_max).await);
            assert!(points.len() <= points_max, "{} of {points_max}", points.len());
            assert_eq!(values(&points), values(&whole), "{points_max} {folded}");
            assert_eq!(points.first(), whole.first());
            assert_eq!(points.last(), whole.last());
            assert!(points.iter().all(|point| whole.contains(point)));
        }
    }
    assert!(line(&store, T0, end, usize::MAX).await.len() <= limits::HISTORY_POINTS);
}

#[tokio::test]
async fn a_year_asked_of_a_young_meter_shows_its_readings_not_its_days() {
    let store = ready().await;
    write_days(&store, 2).await;
    store.maintenance(T0.plus(2 * DAY)).await.unwrap();
    assert_eq!(
        line(&store, T0.minus(365 * DAY), T0.plus(2 * DAY), 2000)
            .await
            .len(),
        2 * 288
    );
}

#[tokio::test]
async fn an_unknown_meter_and_an_empty_span_have_no_line() {
    let store = ready().await;
    assert!(line(&store, T0, minutes(5), 100).await.is_empty());
    store.write(batch([look(T0, 5)])).await.unwrap();
    assert!(line(&store, minutes(5), T0, 100).await.is_empty());
    assert!(line(&store, T0, T0, 100).await.is_empty());
    assert_eq!(line(&store, T0, minutes(5), 0).await.len(), 1);
}

#[tokio::test]
async fn old_deliveries_go_and_waiting_ones_stay() {
    use tidegate_store::{DeliveryFilter, DeliveryState};
    let store = ready().await;
    let rows = [
        delivery(1, DeliveryState::Delivered, T0),
        delivery(2, DeliveryState::Pending, T0),
    ];
    store.write(batch(rows.map(Write::Delivery))).await.unwrap();
    let late = T0.plus(limits::DELIVERIES_KEPT).plus(DAY);
    assert_eq!(
        store
            .maintenance(late.minus(2 * DAY))
            .await
            .unwrap()
            .deliveries_deleted,
        0
    );
    assert_eq!(store.maintenance(late).await.unwrap().deliveries_deleted, 1);
    let recent = DeliveryFilter::Recent {
        before: None,
        limit: 9,
    };
    let left = store.deliveries(recent).await.unwrap();
    assert_eq!(left.iter().map(|row| row.id).collect::<Vec<_>>(), [id(2)]);
}
