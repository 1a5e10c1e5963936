//! The fast signal: bytes since a package's number last changed. Silence is not zero, and its failure blinds nothing.

use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use serde_json::{Value, json};
use tidegate_guard::FastSignal;
use tidegate_meter::{Clock, Time};
use tidegate_providers::Source;
use tidegate_providers::huawei::Huawei;

use crate::support::*;
use crate::usages::find;

const MINUTE: Duration = Duration::from_secs(60);
const PERIOD: i64 = 300_000;

fn fast(cloud: &Arc<Cloud>) -> Huawei {
    cloud.account_with(|config| config.fast = true)
}

/// What is left of the instance's package, settable.
fn amount(cloud: &Cloud) -> Arc<Mutex<Value>> {
    let amount = Arc::new(Mutex::new(json!(180)));
    let told = Arc::clone(&amount);
    cloud.on(USAGES, move |seen| {
        let mut answer = usages_of(&seen.ids());
        answer["free_resources"][0]["amount"] = told.lock().unwrap().clone();
        ok(&answer)
    });
    amount
}

/// Monitoring that tells `bytes` for every whole period asked for, but those that `skip` names by their number.
fn monitoring(cloud: &Cloud, bytes: Value, skip: &'static [i64]) {
    cloud.on(POINTS, move |seen| {
        let (from, to) = (
            seen.body["from"].as_i64().unwrap(),
            seen.body["to"].as_i64().unwrap(),
        );
        let data: Vec<Value> = (0..)
            .map(|n| (n, from + n * PERIOD))
            .take_while(|(_, at)| *at < to)
            .filter(|(n, _)| !skip.contains(n))
            .map(|(_, at)| json!({"sum": bytes, "timestamp": at}))
            .collect();
        let dimensions = seen.body["metrics"][0]["dimensions"].clone();
        ok(&json!({"metrics": [{"metric_name": "up_stream", "dimensions": dimensions, "datapoints": data}]}))
    });
}

async fn signal(huawei: &Huawei) -> Option<FastSignal> {
    let report = huawei.read().await.unwrap();
    let look = find(&report.meters, PACKAGE_A);
    assert!(
        look.outcome.reading().is_some(),
        "the signal never touches the reading"
    );
    look.fast
}

fn at(text: &str) -> Time {
    text.parse().unwrap()
}

#[tokio::test]
async fn bytes_are_counted_from_the_look_before_the_number_changed() {
    let cloud = Cloud::new();
    let amount = amount(&cloud);
    monitoring(&cloud, json!(1000), &[]);
    let huawei = fast(&cloud);
    signal(&huawei).await;
    cloud.advance(10 * MINUTE);
    *amount.lock().unwrap() = json!(179.5);
    signal(&huawei).await;
    cloud.advance(12 * MINUTE);
    let signal = signal(&huawei).await.unwrap();
    assert_eq!(
        signal.since,
        at("2026-01-26T03:00:00Z"),
        "the last look that gave the old number"
    );
    assert_eq!(
        signal.until,
        at("2026-01-26T03:20:00Z"),
        "the end of the newest complete period"
    );
    assert_eq!(signal.bytes, 4000);
    assert!(signal.complete);
}

#[tokio::test]
async fn before_the_first_change_the_signal_is_incomplete() {
    let cloud = Cloud::new();
    amount(&cloud);
    monitoring(&cloud, json!(1000), &[]);
    let huawei = fast(&cloud);
    signal(&huawei).await;
    cloud.advance(10 * MINUTE);
    let signal = signal(&huawei).await.unwrap();
    assert_eq!(signal.bytes, 2000);
    assert!(!signal.complete, "nobody knows how long the number had stood");
}

#[tokio::test]
async fn a_missing_period_is_not_zero_traffic() {
    let cloud = Cloud::new();
    let amount = amount(&cloud);
    monitoring(&cloud, json!(1000), &[1]);
    let huawei = fast(&cloud);
    signal(&huawei).await;
    cloud.advance(5 * MINUTE);
    *amount.lock().unwrap() = json!(179);
    signal(&huawei).await;
    cloud.advance(10 * MINUTE);
    let signal = signal(&huawei).await.unwrap();
    assert_eq!(signal.bytes, 2000);
    assert!(!signal.complete);
}

#[tokio::test]
async fn an_unreadable_point_is_a_missing_one() {
    for told in [json!(null), json!("x"), json!(-5), json!([])] {
        let cloud = Cloud::new();
        amount(&cloud);
        monitoring(&cloud, told.clone(), &[]);
        let huawei = fast(&cloud);
        signal(&huawei).await;
        cloud.advance(10 * MINUTE);
        assert_eq!(signal(&huawei).await, None, "{told}");
    }
    let cloud = Cloud::new();
    amount(&cloud);
    monitoring(&cloud, json!(71_303_168.9), &[]);
    let huawei = fast(&cloud);
    signal(&huawei).await;
    cloud.advance(5 * MINUTE);
    assert_eq!(
        signal(&huawei).await.unwrap().bytes,
        71_303_168,
        "a fraction of a byte is dropped"
    );
}

#[tokio::test]
async fn a_silent_address_gives_no_signal() {
    let cloud = Cloud::new();
    amount(&cloud);
    cloud.answers(POINTS, json!({"metrics": [{"unit": "unknown", "dimensions": [{"name": "publicip_id", "value": EIP}], "datapoints": []}]}));
    let huawei = fast(&cloud);
    signal(&huawei).await;
    cloud.advance(10 * MINUTE);
    assert_eq!(signal(&huawei).await, None, "empty is not zero");
}

#[tokio::test]
async fn a_failing_monitor_or_address_list_blinds_nothing() {
    let answers: [fn(&Seen) -> Reply; 5] = [
        |_| raw(503, ""),
        |_| refused(403, "CES.0050", "no"),
        |_| raw(200, "<html>"),
        |_| ok(&json!({"metrics": null})),
        |_| hangs(),
    ];
    for answer in answers {
        for path in [POINTS, ADDRESSES] {
            let cloud = Cloud::new();
            cloud.on(path, answer);
            let report = fast(&cloud).read().await.unwrap();
            assert!(
                report.meters.iter().all(|look| look.outcome.reading().is_some()),
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn the_query_is_one_per_look_and_within_the_limits_of_the_service() {
    let cloud = Cloud::new();
    amount(&cloud);
    let huawei = fast(&cloud);
    huawei.read().await.unwrap();
    let asked = cloud.seen(POINTS);
    assert_eq!(asked.len(), 1);
    let body = &asked[0].body;
    assert_eq!(asked[0].path, format!("/V1.0/{PROJECT}/batch-query-metric-data"));
    assert_eq!(
        (body["period"].as_str(), body["filter"].as_str()),
        (Some("300"), Some("sum"))
    );
    assert_eq!(
        body["metrics"],
        json!([{"namespace": "SYS.VPC", "metric_name": "up_stream", "dimensions": [{"name": "publicip_id", "value": EIP}]}])
    );
    let (from, to) = (body["from"].as_i64().unwrap(), body["to"].as_i64().unwrap());
    assert!(
        to - from >= PERIOD && from % PERIOD == 0,
        "at least one period, from its start"
    );
    let now = cloud.timer.now().wall.ms();
    assert!(
        to <= now && now - to < 1000,
        "up to now, but for the pace of the account"
    );
}

#[tokio::test]
async fn many_addresses_over_a_long_span_are_asked_in_parts() {
    let cloud = Cloud::new();
    let rows: Vec<Value> = (0..600)
        .map(|n| {
            json!({"id": format!("eip-{n:03}"), "public_ip_address": "203.0.113.11", "vnic": {"device_id": SERVER},
                "bandwidth": {"id": "b", "size": 5, "charge_mode": "traffic"}})
        })
        .collect();
    cloud.on(ADDRESSES, move |seen| {
        let from: usize = seen
            .query
            .get("marker")
            .map_or(0, |marker| marker.parse().unwrap());
        let limit: usize = seen.query["limit"].parse().unwrap();
        let until = (from + limit).min(rows.len());
        ok(&json!({"publicips": rows[from..until], "page_info": {"next_marker": until.to_string()}}))
    });
    let huawei = fast(&cloud);
    huawei.read().await.unwrap();
    assert_eq!(cloud.seen(ADDRESSES).len(), 2, "500 rows a page, by marker");
    let sizes = |from: usize| -> Vec<usize> {
        cloud.seen(POINTS)[from..]
            .iter()
            .map(|seen| seen.body["metrics"].as_array().unwrap().len())
            .collect()
    };
    assert_eq!(
        sizes(0),
        [500, 101],
        "500 metrics a query; Config's own address is the 601st"
    );
    cloud.advance(100 * MINUTE);
    huawei.read().await.unwrap();
    assert!(
        sizes(2).iter().all(|size| size * 21 <= 3000),
        "3000 points a query: {:?}",
        sizes(2)
    );
    assert_eq!(sizes(2).iter().sum::<usize>(), 601);
}

#[tokio::test]
async fn an_address_paid_by_bandwidth_takes_nothing_from_a_package() {
    let cloud = Cloud::new();
    let mut list = fixture("addresses");
    let mut other = list["publicips"][0].clone();
    other["id"] = json!("paid-by-bandwidth");
    other["bandwidth"]["charge_mode"] = json!("bandwidth");
    list["publicips"].as_array_mut().unwrap().push(other);
    cloud.answers(ADDRESSES, list);
    fast(&cloud).read().await.unwrap();
    assert_eq!(cloud.seen(POINTS)[0].body["metrics"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn without_the_wish_for_it_monitoring_is_not_asked() {
    let cloud = Cloud::new();
    cloud.account().read().await.unwrap();
    assert!(cloud.seen(POINTS).is_empty());
}

#[test]
fn the_recorded_answer_of_monitoring_has_the_shape_that_these_tests_imitate() {
    let recorded = fixture("points");
    assert_eq!(recorded["metrics"][0]["dimensions"][0]["value"], EIP);
    assert_eq!(
        recorded["metrics"][0]["datapoints"][1]["sum"].to_string(),
        "71303168.0",
        "a float in the record"
    );
}
