//! Every way of telling usage that is about, and what each comes to.

use tidegate_meter::{Reason, Time};
use tidegate_providers::{ProviderErrorKind, Source as _};
use tidegate_sim::panel::PanelLie;

use super::support::{GIB, Scene, days_left, traffic, usage};

/// Used, whole, and expiry in seconds as a header tells them; `None`: blind.
type Row = (&'static str, Option<(u64, Option<u64>, Option<i64>)>);

const ROWS: [Row; 31] = [
    (
        "upload=455727941; download=6174315083; total=1073741824000; expire=1671815872",
        Some((6_630_043_024, Some(1_073_741_824_000), Some(1_671_815_872))),
    ),
    (
        "upload=1;download=2;total=3;expire=4",
        Some((3, Some(3), Some(4))),
    ),
    (
        "upload = 1 ; download = 2 ; total = 3 ; expire = 4",
        Some((3, Some(3), Some(4))),
    ),
    (
        "Upload=5; DOWNLOAD=6; Total=70; Expire=8",
        Some((11, Some(70), Some(8))),
    ),
    ("upload=1; download=2; total=3", Some((3, Some(3), None))),
    ("upload=1; download=2; total=3; expire=", Some((3, Some(3), None))),
    (
        "upload=1; download=2; total=3; expire=0",
        Some((3, Some(3), None)),
    ),
    (
        "upload=1; download=2; total=3; expire=null",
        Some((3, Some(3), None)),
    ),
    (
        "upload=1; download=2; total=3; expire=soon",
        Some((3, Some(3), None)),
    ),
    (
        "upload=1; download=2; total=0; expire=9",
        Some((3, None, Some(9))),
    ),
    ("upload=1; download=2; expire=9", Some((3, None, Some(9)))),
    ("upload=1; download=2; total=Infinity", Some((3, None, None))),
    (
        "upload=1.4; download=2.5e10; total=1e11",
        Some((25_000_000_001, Some(100_000_000_000), None)),
    ),
    ("upload=0.5; download=0; total=3", Some((1, Some(3), None))),
    (
        "upload=1, download=2, total=3, expire=4",
        Some((3, Some(3), Some(4))),
    ),
    (
        "upload=-5; download=6; total=-1; expire=-1",
        Some((6, None, None)),
    ),
    (
        "upload=1; upload=5; download=2; total=30",
        Some((7, Some(30), None)),
    ),
    (
        "upload=1; download=2; total=3; expire=1671815872000",
        Some((3, Some(3), Some(1_671_815_872))),
    ),
    (
        "upload=1; download=2; total=9223372036854775807",
        Some((3, Some(i64::MAX.unsigned_abs()), None)),
    ),
    (
        "upload=1; download=2; total=3; reset_day=5; app_url=https://x",
        Some((3, Some(3), None)),
    ),
    ("upload=0; download=0; total=3", Some((0, Some(3), None))),
    // Half of a number is no number.
    ("upload=1,024; download=2; total=3", None),
    ("upload=1_000; download=2; total=3", None),
    ("upload=0x10; download=2; total=3", None),
    ("upload=NaN; download=2; total=3", None),
    ("upload=Infinity; download=2; total=3", None),
    ("upload=99999999999999999999; download=2; total=3", None),
    (
        "upload=9223372036854775807; download=9223372036854775807; total=3",
        None,
    ),
    ("upload=1; download=2; total=9223372036854775808", None),
    ("upload=1; total=3", None),
    ("download=2; total=3", None),
];

#[tokio::test]
async fn every_header_that_is_about_is_read_exactly_or_not_at_all() {
    let scene = Scene::new(&[]).await;
    for (header, expected) in ROWS {
        let told = scene.told(PanelLie::Header(header.to_owned())).await;
        match expected {
            Some((used, whole, expires)) => {
                let usage = usage(&told.unwrap());
                let seconds = usage.expires_at.map(Time::seconds);
                assert_eq!(
                    (usage.up + usage.down, usage.total, seconds),
                    (used, whole, expires),
                    "{header}"
                );
            }
            None => {
                let kind = told.unwrap_err().kind;
                assert_eq!(kind, ProviderErrorKind::Blind(Reason::Shape), "{header}");
            }
        }
    }
}

#[tokio::test]
async fn garbage_is_no_usage_and_never_nothing_used() {
    let scene = Scene::new(&[]).await;
    for header in ["garbage", "", ";;;", "=", "expire=1671815872"] {
        let error = scene.told(PanelLie::Header(header.to_owned())).await.unwrap_err();
        assert_eq!(error.kind, ProviderErrorKind::Blind(Reason::Missing), "{header}");
    }
}

#[tokio::test]
async fn a_plain_answer_becomes_two_meters() {
    let scene = Scene::new(&[]).await;
    let report = scene.source.read().await.unwrap();
    let traffic = traffic(&report);
    let raw = |quantity: Option<tidegate_meter::Quantity>| u64::try_from(quantity.unwrap().raw()).unwrap();
    assert_eq!(raw(traffic.used()), 10 * GIB);
    assert_eq!(raw(traffic.limit()), 100 * GIB);
    assert_eq!(raw(traffic.remaining()), 90 * GIB);
    assert_eq!(days_left(&report), Some(30), "whole days to the expiry");
}

#[tokio::test]
async fn without_a_whole_nothing_is_left_to_count_and_without_an_expiry_there_is_no_such_meter() {
    let scene = Scene::new(&[]).await;
    scene.panel.set_total(None);
    scene.panel.set_expiry(None);
    let report = scene.source.read().await.unwrap();
    assert_eq!(
        (traffic(&report).limit(), traffic(&report).remaining()),
        (None, None)
    );
    assert_eq!(report.meters.len(), 1);
}

#[tokio::test]
async fn a_prefixed_header_the_first_line_and_a_packed_answer_say_the_same() {
    let scene = Scene::new(&[]).await;
    for lie in [PanelLie::Prefixed, PanelLie::FirstLine, PanelLie::Packed] {
        let report = scene.told(lie.clone()).await.unwrap();
        assert_eq!(usage(&report).total, Some(100 * GIB), "{lie:?}");
    }
}

#[tokio::test]
async fn pseudo_nodes_stand_in_where_there_is_no_header() {
    let scene = Scene::new(&[]).await;
    let names: Vec<String> = [
        "剩余流量：12.3 GB",
        "套餐到期：2026-12-31",
        "距离下次重置剩余：5 天",
    ]
    .map(str::to_owned)
    .to_vec();
    for lie in [
        PanelLie::Pseudo(names.clone()),
        PanelLie::PseudoPacked(names.clone()),
    ] {
        let report = scene.told(lie.clone()).await.unwrap();
        // 12.3 × 2^30, rounded down: panels count in powers of 1024.
        assert_eq!(
            traffic(&report).remaining().unwrap().raw(),
            13_207_024_435,
            "{lie:?}"
        );
        assert_eq!(traffic(&report).used(), None, "what was used is not told");
        assert_eq!(report.usage, None, "rounded numbers are no sample");
        assert!(days_left(&report).unwrap() >= 50, "{lie:?}");
    }
    let lasting = scene.told(PanelLie::Pseudo(vec![
        "剩余流量：1 TB".to_owned(),
        "套餐到期：长期有效".to_owned(),
    ]));
    assert_eq!(days_left(&lasting.await.unwrap()), None, "for ever is no expiry");
}

#[tokio::test]
async fn the_reset_day_is_told_by_the_header_or_by_a_pseudo_node() {
    let scene = Scene::new(&[]).await;
    for (header, day) in [
        ("upload=1; download=2; total=3; reset_day=5", Some(5)),
        ("upload=1; download=2; total=3; reset=28", Some(28)),
        ("upload=1; download=2; total=3; reset_day=0", None),
        ("upload=1; download=2; total=3; reset_day=32", None),
        ("upload=1; download=2; total=3; reset_day=4.5", None),
    ] {
        let report = scene.told(PanelLie::Header(header.to_owned())).await.unwrap();
        assert_eq!(usage(&report).reset_day, day, "{header}");
    }
    // The 10th in Shanghai, and five days.
    let told = scene
        .told(PanelLie::Both(vec!["距离下次重置剩余：5 天".to_owned()]))
        .await;
    let told = usage(&told.unwrap()).reset_day;
    assert_eq!(told, Some(15));
}
