//! Reading what is left: exact numbers, or blind with a reason. Never a zero that nobody told.

use serde_json::{Value, json};
use tidegate_meter::{AsOf, MeterId, Outcome, Quantity, Reason, Time, WindowKind};
use tidegate_providers::{MeterLook, Source};

use crate::support::*;

/// What one row, told for the instance's package, becomes.
async fn read_row(row: Value) -> Outcome {
    let cloud = Cloud::new();
    cloud.answers(PACKAGES, json!({"total_count": 0, "free_resource_packages": []}));
    cloud.on(USAGES, move |_| ok(&json!({"free_resources": [row]})));
    let report = cloud.account().read().await.unwrap();
    assert_eq!(report.meters.len(), 1, "a meter is never left out");
    report.meters[0].outcome.clone()
}

fn row() -> Value {
    fixture("usages")["free_resources"][0].clone()
}

fn row_with(key: &str, value: Value) -> Value {
    let mut row = row();
    row[key] = value;
    row
}

fn reason(outcome: &Outcome) -> Option<Reason> {
    match outcome {
        Outcome::Blind(blind) => Some(blind.reason),
        Outcome::Known(_) => None,
    }
}

fn remaining(outcome: &Outcome) -> Option<i64> {
    outcome.reading()?.remaining().map(Quantity::raw)
}

pub(crate) fn find<'a>(looks: &'a [MeterLook], id: &str) -> &'a MeterLook {
    let id: MeterId = id.parse().unwrap();
    looks.iter().find(|look| look.info.id == id).unwrap()
}

#[tokio::test]
async fn the_recorded_answer_is_read_exactly() {
    let outcome = read_row(row()).await;
    let reading = outcome.reading().unwrap();
    assert_eq!(
        reading.remaining().unwrap().raw(),
        193_541_963_776,
        "180.25 × 2^30"
    );
    assert_eq!(reading.limit().unwrap().raw(), 200 * GIB);
    assert_eq!(reading.used().unwrap().raw(), 200 * GIB - 193_541_963_776);
    let window = reading.window().unwrap();
    let at = |text: &str| -> Time { text.parse().unwrap() };
    assert_eq!(window.kind, WindowKind::Cycle);
    assert_eq!(window.start, at("2026-01-25T16:00:00Z"));
    assert_eq!(window.end, Some(at("2026-02-25T16:00:00Z")));
    assert!(
        matches!(reading.as_of(), AsOf::Fetch(_)),
        "billing tells no time of its own"
    );
}

#[tokio::test]
async fn used_up_is_a_known_zero_because_it_was_told() {
    for told in [json!(0), json!("0"), json!(0.0)] {
        assert_eq!(remaining(&read_row(row_with("amount", told)).await), Some(0));
    }
}

#[tokio::test]
async fn units_are_converted_by_their_id_and_no_other_is_guessed() {
    let cases = [
        (10, Some(180 * GIB)),
        (11, Some(180 << 20)),
        (13, Some(180)),
        (12, None),
        (17, None),
        (4, None),
    ];
    for (id, expected) in cases {
        let mut row = row_with("amount", json!(180));
        row["measure_id"] = json!(id);
        let outcome = read_row(row).await;
        assert_eq!(remaining(&outcome), expected, "measure_id {id}");
        if let Outcome::Blind(blind) = outcome {
            assert_eq!(blind.reason, Reason::Shape);
            assert!(
                blind.detail.contains(&format!("measure_id {id}")),
                "{}",
                blind.detail
            );
        }
    }
}

#[tokio::test]
async fn a_number_may_be_text_and_keeps_every_digit() {
    assert_eq!(
        remaining(&read_row(row_with("amount", json!("180.25"))).await),
        Some(193_541_963_776)
    );
    let finer: Value = serde_json::from_str("0.00000000186264514923").unwrap();
    assert_eq!(
        remaining(&read_row(row_with("amount", finer)).await),
        Some(1),
        "below a byte it is rounded down: 1.99… bytes are one"
    );
    let exponent: Value = serde_json::from_str("1.8025e2").unwrap();
    assert_eq!(
        remaining(&read_row(row_with("amount", exponent)).await),
        Some(193_541_963_776)
    );
}

#[tokio::test]
async fn impossible_values_are_implausible() {
    let cases = [
        ("amount", json!(-1)),
        ("amount", json!(200.01)),
        ("original_amount", json!(0)),
        ("original_amount", json!(-200)),
    ];
    for (key, value) in cases {
        let outcome = read_row(row_with(key, value.clone())).await;
        assert_eq!(reason(&outcome), Some(Reason::Implausible), "{key} = {value}");
    }
}

#[tokio::test]
async fn unreadable_values_are_shape() {
    for key in ["amount", "original_amount"] {
        for value in [
            json!(null),
            json!("many"),
            json!(""),
            json!([1]),
            json!({}),
            json!(true),
        ] {
            let outcome = read_row(row_with(key, value.clone())).await;
            assert_eq!(reason(&outcome), Some(Reason::Shape), "{key} = {value}");
        }
    }
}

#[tokio::test]
async fn a_cycle_that_is_not_todays_is_stale() {
    let past = row_with("end_time", json!("2026-01-26T02:59:59Z"));
    assert_eq!(reason(&read_row(past).await), Some(Reason::Stale));
    let future = row_with("start_time", json!("2026-01-26T03:00:01Z"));
    assert_eq!(reason(&read_row(future).await), Some(Reason::Stale));
    let backwards = row_with("end_time", json!("2026-01-01T00:00:00Z"));
    assert_eq!(reason(&read_row(backwards).await), Some(Reason::Shape));
}

#[tokio::test]
async fn a_package_without_cycle_counts_over_its_life() {
    let mut once = row();
    once.as_object_mut().unwrap().remove("quota_reuse_cycle");
    let outcome = read_row(once).await;
    assert_eq!(
        outcome.reading().unwrap().window().unwrap().kind,
        WindowKind::Life
    );
}

#[tokio::test]
async fn an_answer_that_is_no_list_of_packages_is_shape() {
    for body in [
        "<html>login</html>",
        "",
        "null",
        "[]",
        "{}",
        "{\"free_resources\":null}",
        "{\"free_resources\":{}}",
    ] {
        let cloud = Cloud::new();
        cloud.on(USAGES, move |_| raw(200, body));
        let error = cloud.account().read().await.unwrap_err();
        assert_eq!(error.blind().reason, Reason::Shape, "{body:?}");
    }
}

#[tokio::test]
async fn a_package_that_the_answer_leaves_out_is_missing_and_not_zero() {
    let cloud = Cloud::new();
    cloud.answers(USAGES, json!({"free_resources": []}));
    let report = cloud.account().read().await.unwrap();
    assert_eq!(report.meters.len(), 3);
    for look in &report.meters {
        assert_eq!(reason(&look.outcome), Some(Reason::Missing), "{}", look.info.id);
    }
}

#[tokio::test]
async fn a_package_told_twice_with_different_values_is_not_believed() {
    let cloud = Cloud::new();
    let other = row_with("amount", json!(10));
    cloud.answers(PACKAGES, json!({"total_count": 0, "free_resource_packages": []}));
    cloud.answers(USAGES, json!({"free_resources": [row(), other]}));
    let report = cloud.account().read().await.unwrap();
    assert_eq!(reason(&report.meters[0].outcome), Some(Reason::Shape));
}

/// A billing list of `count` shared packages.
fn packages(count: usize) -> Value {
    let one = fixture("packages")["free_resource_packages"][2].clone();
    let rows: Vec<Value> = (0..count)
        .map(|n| {
            let mut package = one.clone();
            package["free_resources"][0]["free_resource_id"] = json!(format!("shared-{n:04}"));
            package
        })
        .collect();
    json!({"total_count": count, "free_resource_packages": rows})
}

fn only_shared(cloud: &Cloud, count: usize) {
    cloud.answers(
        INSTANCES,
        json!({"resources": [], "page_info": {"current_count": 0, "next_marker": null}}),
    );
    let all = packages(count);
    cloud.on(PACKAGES, move |seen| {
        let (offset, limit) = (
            seen.body["offset"].as_u64().unwrap(),
            seen.body["limit"].as_u64().unwrap(),
        );
        let rows = all["free_resource_packages"].as_array().unwrap();
        let (offset, limit) = (usize::try_from(offset).unwrap(), usize::try_from(limit).unwrap());
        let page: Vec<&Value> = rows.iter().skip(offset).take(limit).collect();
        ok(&json!({"total_count": rows.len(), "free_resource_packages": page}))
    });
}

#[tokio::test]
async fn usages_are_asked_a_hundred_at_a_time() {
    for (count, chunks) in [
        (1, vec![1]),
        (100, vec![100]),
        (101, vec![100, 1]),
        (201, vec![100, 100, 1]),
    ] {
        let cloud = Cloud::new();
        only_shared(&cloud, count);
        let report = cloud.account().read().await.unwrap();
        assert_eq!(report.meters.len(), count);
        let asked: Vec<usize> = cloud.seen(USAGES).iter().map(|seen| seen.ids().len()).collect();
        assert_eq!(asked, chunks, "{count} packages");
    }
}

#[tokio::test]
async fn a_failed_chunk_blinds_its_own_packages_only() {
    let cloud = Cloud::new();
    only_shared(&cloud, 101);
    cloud.on(USAGES, |seen| {
        if seen.ids().len() == 1 {
            refused(500, "CBC.0999", "unknown error")
        } else {
            ok(&usages_of(&seen.ids()))
        }
    });
    let report = cloud.account().read().await.unwrap();
    let blind: Vec<&MeterLook> = report
        .meters
        .iter()
        .filter(|look| look.outcome.reading().is_none())
        .collect();
    assert_eq!(report.meters.len(), 101);
    assert_eq!(blind.len(), 1);
    assert_eq!(reason(&blind[0].outcome), Some(Reason::Transient));
}

#[tokio::test]
async fn a_steady_look_is_one_request() {
    let cloud = Cloud::new();
    cloud.answers(USAGES, plenty());
    let huawei = cloud.account();
    huawei.read().await.unwrap();
    let before = cloud.seen("/").len();
    huawei.read().await.unwrap();
    assert_eq!(cloud.seen("/").len() - before, 1);
}
