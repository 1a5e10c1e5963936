//! The account of a kernel: whether it answers, and what its subscriptions have left.

use std::collections::BTreeMap;
use std::sync::Arc;

use secrecy::SecretString;
use tidegate_meter::{AsOf, MeterKind, Outcome, Quantity, Reason, Unit};
use tidegate_providers::proxy::{
    Controller, FIELDS, KernelClient, KernelConfig, KernelSource, Place, device, local_nodes,
};
use tidegate_providers::{ProviderErrorKind, ReadReport, Source as _};
use tidegate_sim::proxy::{Dialect, Feed, FeedInfo, SimKernel};
use tidegate_sim::time::VirtualTimer;

use crate::support::{InMemory, There, config, kernel, recorded, start};

fn source(reach: InMemory, timer: &VirtualTimer) -> KernelSource {
    let client = KernelClient::over(config(), Arc::new(timer.clone()), Arc::new(reach));
    KernelSource::new("home".parse().unwrap(), Arc::new(client))
}

fn of_kernel(kernel: &SimKernel, timer: &VirtualTimer) -> KernelSource {
    let reach = InMemory::default();
    reach.put(Place::local(9090), There::Kernel(kernel.clone()));
    source(reach, timer)
}

fn reading(report: &ReadReport, id: &str) -> tidegate_meter::Reading {
    let look = report
        .meters
        .iter()
        .find(|look| look.info.id.as_str() == id)
        .unwrap();
    look.outcome.reading().unwrap().clone()
}

#[tokio::test(start_paused = true)]
async fn a_recorded_mihomo_tells_what_its_subscription_has_left_and_for_how_many_days() {
    let reach = InMemory::recorded(&[
        ("/version", 200, &recorded("mihomo-version")),
        ("/providers/proxies", 200, &recorded("mihomo-providers")),
    ]);
    let source = source(reach, &VirtualTimer::new(start()));
    assert_eq!(source.check().await.unwrap().owner, "mihomo v1.19.32");
    let report = source.read().await.unwrap();
    let traffic = reading(&report, "traffic:airport-a");
    assert_eq!(
        traffic.used(),
        Some(Quantity::bytes(1_073_741_824 + 53_687_091_200))
    );
    assert_eq!(traffic.limit(), Some(Quantity::bytes(214_748_364_800)));
    assert_eq!(
        traffic.as_of(),
        AsOf::Provider("2026-11-20T15:31:58.830Z".parse().unwrap()),
        "its last download"
    );
    let days = reading(&report, "expiry:airport-a");
    assert_eq!(days.remaining(), Some(Quantity::from_raw(41, Unit::Days)));
    let found = source.discover(false).await.unwrap();
    assert_eq!(found.meters.len(), 2);
    assert!(found.targets.is_empty());
    assert_eq!(found.meters[0].kind, MeterKind::Traffic);
}

#[tokio::test(start_paused = true)]
async fn a_kernel_without_subscriptions_has_no_meters_and_is_well() {
    for dialect in [
        Dialect::Mihomo,
        Dialect::SingBox,
        Dialect::Clash,
        Dialect::ClashRs,
    ] {
        let timer = VirtualTimer::new(start());
        let source = of_kernel(&kernel(dialect, &timer), &timer);
        assert!(source.check().await.is_ok(), "{dialect:?}");
        assert!(source.read().await.unwrap().meters.is_empty(), "{dialect:?}");
    }
}

fn info(upload: i64, download: i64, total: i64, expire: i64) -> FeedInfo {
    FeedInfo {
        upload,
        download,
        total,
        expire,
    }
}

async fn with(info: Option<FeedInfo>, name: &str, updated_at: &str) -> ReadReport {
    let timer = VirtualTimer::new(start());
    let kernel = kernel(Dialect::Mihomo, &timer);
    kernel.add_feed(Feed {
        name: name.to_owned(),
        nodes: vec![("A 01".to_owned(), "Trojan".to_owned())],
        info,
        updated_at: updated_at.to_owned(),
    });
    of_kernel(&kernel, &timer).read().await.unwrap()
}

const UPDATED: &str = "2026-11-20T15:00:00Z";

#[tokio::test(start_paused = true)]
async fn what_a_panel_did_not_tell_is_no_meter_and_never_zero() {
    assert!(
        with(None, "a", UPDATED).await.meters.is_empty(),
        "no header was ever seen"
    );
    assert!(
        with(Some(info(0, 0, 0, 0)), "a", UPDATED).await.meters.is_empty(),
        "nonsense, handed on as zeros"
    );
    assert!(
        with(Some(info(5, 5, 0, 0)), "a", UPDATED).await.meters.is_empty(),
        "unlimited"
    );
    assert!(
        with(Some(info(5, 5, i64::MIN, 0)), "a", UPDATED)
            .await
            .meters
            .is_empty(),
        "an overflow of the kernel"
    );
    let only_days = with(Some(info(5, 5, 0, 1_798_732_800)), "a", UPDATED).await;
    assert_eq!(only_days.meters.len(), 1);
    assert_eq!(only_days.meters[0].info.kind, MeterKind::Renewal);
}

#[tokio::test(start_paused = true)]
async fn odd_numbers_of_a_panel_are_taken_for_what_they_can_mean() {
    let negative = with(Some(info(-5, 10, 100, 0)), "a", UPDATED).await;
    assert_eq!(reading(&negative, "traffic:a").used(), Some(Quantity::bytes(10)));
    let over = with(Some(info(0, 150, 100, 0)), "a", UPDATED).await;
    assert_eq!(
        reading(&over, "traffic:a").remaining(),
        Some(Quantity::bytes(-50)),
        "overspent, as told"
    );
    let beyond = with(Some(info(i64::MAX, i64::MAX, 100, 0)), "a", UPDATED).await;
    assert!(
        matches!(&beyond.meters[0].outcome, Outcome::Blind(blind) if blind.reason == Reason::Implausible)
    );
    let in_ms = with(Some(info(0, 0, 0, 1_798_732_800_000)), "a", UPDATED).await;
    assert_eq!(
        reading(&in_ms, "expiry:a").remaining(),
        Some(Quantity::from_raw(41, Unit::Days))
    );
    let past = with(Some(info(0, 0, 0, 1_763_000_000)), "a", UPDATED).await;
    assert!(reading(&past, "expiry:a").remaining().unwrap().is_negative());
}

#[tokio::test(start_paused = true)]
async fn a_subscription_never_downloaded_has_no_time_of_its_own() {
    let report = with(Some(info(1, 2, 100, 0)), "a", "0001-01-01T00:00:00Z").await;
    assert_eq!(reading(&report, "traffic:a").as_of(), AsOf::Fetch(start()));
}

#[tokio::test(start_paused = true)]
async fn a_name_with_spaces_and_pictures_makes_an_id_that_stays() {
    let report = with(Some(info(1, 2, 100, 0)), "我的 机场 ✈️", UPDATED).await;
    assert_eq!(report.meters[0].info.id.as_str(), "traffic:我的_机场_✈️");
    assert_eq!(report.meters[0].info.name, "我的 机场 ✈️");
}

#[tokio::test(start_paused = true)]
async fn a_refused_secret_says_what_to_do_and_nothing_of_itself() {
    let timer = VirtualTimer::new(start());
    for dialect in [Dialect::Mihomo, Dialect::ClashRs] {
        let kernel = kernel(dialect, &timer);
        kernel.set_secret("FAKE-other");
        let error = of_kernel(&kernel, &timer).check().await.unwrap_err();
        assert_eq!(error.kind, ProviderErrorKind::Blind(Reason::Auth), "{dialect:?}");
        assert!(
            error.detail.contains("copy the one of the kernel's own settings"),
            "{}",
            error.detail
        );
        assert!(!format!("{error:?}").contains("FAKE"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_program_that_is_no_kernel_and_a_list_that_is_none_are_blind() {
    let timer = VirtualTimer::new(start());
    let page = InMemory::recorded(&[("/version", 200, "<html>FAKE</html>")]);
    let error = source(page, &timer).read().await.unwrap_err();
    assert_eq!(error.kind, ProviderErrorKind::Blind(Reason::Shape));
    for list in [
        "<html>FAKE</html>",
        "[]",
        r#"{"providers":{"a":{"subscriptionInfo":{"Total":"FAKE"}}}}"#,
    ] {
        let reach = InMemory::recorded(&[
            ("/version", 200, &recorded("mihomo-version")),
            ("/providers/proxies", 200, list),
        ]);
        let error = source(reach, &timer).read().await.unwrap_err();
        assert_eq!(error.kind, ProviderErrorKind::Blind(Reason::Shape), "{list}");
        assert!(!error.detail.contains("FAKE"), "{}", error.detail);
    }
}

fn params(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

#[test]
fn parameters_are_read_and_a_wrong_one_is_named_without_its_value() {
    let plain = KernelConfig::read(&params(&[]), None).unwrap();
    assert_eq!(
        (plain.controller, plain.logs, plain.secret.is_none()),
        (Controller::Auto, true, true)
    );
    let told = params(&[
        ("controller", "unix:/run/FAKE.sock"),
        ("logs", "off"),
        ("certificate", &"ab".repeat(32)),
    ]);
    let secret = SecretString::from("FAKE-secret\n");
    let config = KernelConfig::read(&told, Some(&secret)).unwrap();
    assert_eq!((config.logs, config.secret.is_some()), (false, true));
    assert!(!format!("{config:?}").contains("FAKE-secret"));
    for (key, wrong) in [
        ("controller", "http://8.8.8.8:9090/FAKE"),
        ("device", "FAKE Device"),
        ("local_nodes", " , ,"),
        ("logs", "FAKE"),
        ("certificate", "FAKE"),
    ] {
        let mistake = KernelConfig::read(&params(&[(key, wrong)]), None)
            .unwrap_err()
            .to_string();
        assert!(mistake.starts_with(&format!("params.{key}: ")), "{mistake}");
        assert!(!mistake.contains("FAKE"), "{mistake}");
    }
    assert!(
        FIELDS
            .iter()
            .all(|field| !field.zh.is_empty() && !field.en.is_empty())
    );
}

#[test]
fn device_and_local_nodes_stand_in_the_parameters_too() {
    let told = params(&[("device", "laptop"), ("local_nodes", "家里, nas，公司\n")]);
    assert_eq!(device(&told).unwrap().as_str(), "laptop");
    assert_eq!(
        local_nodes(&told).into_iter().collect::<Vec<_>>(),
        ["nas", "公司", "家里"]
    );
    assert_eq!(device(&params(&[])), None);
    assert!(local_nodes(&params(&[])).is_empty());
}
