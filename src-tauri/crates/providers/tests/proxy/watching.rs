//! The stream of events: what comes first, what counts as an end, and what happens after it.

use std::time::Duration;

use tidegate_meter::{FlowKind, Reason};
use tidegate_providers::ProviderErrorKind;
use tidegate_providers::proxy::{KernelConfig, KernelEvent, Network};
use tidegate_sim::proxy::{Dialect, Feed, Lie};

use crate::support::{SECRET, Watched, config};

fn is(error: &tidegate_providers::ProviderError, reason: Reason) -> bool {
    error.kind == ProviderErrorKind::Blind(reason)
}

#[tokio::test(start_paused = true)]
async fn a_kernel_says_who_it_is_then_its_nodes_then_a_snapshot_each_second() {
    let mut watched = Watched::new(Dialect::Mihomo);
    let id = watched.kernel.open(&["🇭🇰 香港 01", "节点选择"]);
    watched.kernel.pass(&id, 100, 2000);
    assert!(matches!(watched.next().await, KernelEvent::Answers { kernel } if kernel == "mihomo v1.19.32"));
    assert!(matches!(watched.next().await, KernelEvent::Nodes(_)));
    for second in 0..5 {
        assert_eq!(watched.frame().await, (100, 2000, Some(1)));
        assert_eq!(watched.seconds(), second);
    }
}

#[tokio::test(start_paused = true)]
async fn the_secret_stands_in_a_header_also_of_an_upgrade_and_in_no_address() {
    let mut watched = Watched::new(Dialect::Mihomo);
    watched.frame().await;
    let bearer = Some(format!("Bearer {SECRET}"));
    let asked = watched.kernel.asked();
    assert!(
        asked
            .iter()
            .all(|asked| asked.authorization == bearer && asked.method == "GET")
    );
    assert!(asked.iter().all(|asked| !asked.path.contains(SECRET)));
    let upgrades: Vec<_> = asked.iter().filter(|asked| asked.upgrade.is_some()).collect();
    assert_eq!(upgrades.len(), 2, "snapshots and log");
    assert!(
        upgrades
            .iter()
            .all(|asked| asked.upgrade.as_deref() == Some("websocket")),
        "in small letters"
    );
}

#[tokio::test(start_paused = true)]
async fn an_interval_is_told_in_the_unit_of_the_kernel() {
    for (dialect, path, name) in [
        (Dialect::Mihomo, "/connections?interval=1000", "mihomo v1.19.32"),
        (Dialect::SingBox, "/connections?interval=1000", "sing-box 1.14.4"),
        (Dialect::Clash, "/connections?interval=1000", "clash 1.18.0"),
        (Dialect::ClashRs, "/connections?interval=1", "clash-rs 0.10.8"),
    ] {
        let mut watched = Watched::new(dialect);
        assert_eq!(watched.answers().await, name);
        watched.frame().await;
        watched.frame().await;
        assert_eq!((watched.asked(path), watched.seconds()), (1, 1), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_restart_in_place_is_an_end_like_any_other_and_followed_anew_at_once() {
    let mut watched = Watched::new(Dialect::Mihomo);
    let id = watched.kernel.open(&["DIRECT"]);
    watched.kernel.pass(&id, 5, 9);
    watched.frame().await;
    watched.kernel.restart();
    let error = watched.lost().await;
    assert!(is(&error, Reason::Transient), "{error:?}");
    assert_eq!(watched.answers().await, "mihomo v1.19.32");
    assert_eq!(watched.frame().await, (0, 0, None));
    assert!(watched.seconds() < 2);
}

#[tokio::test(start_paused = true)]
async fn a_socket_that_says_nothing_for_three_intervals_is_lost_however_open_it_is() {
    let mut watched = Watched::new(Dialect::Mihomo);
    watched.frame().await;
    let before = watched.seconds();
    watched.kernel.lie(Lie::Silent);
    let error = watched.lost().await;
    assert_eq!(error.detail, "no snapshot came for 3 s");
    assert_eq!(watched.seconds() - before, 3);
    watched.kernel.be_honest();
    watched.frame().await;
}

#[tokio::test(start_paused = true)]
async fn a_refused_secret_is_told_once_and_shown_once_a_minute() {
    let mut watched = Watched::with(
        Dialect::Mihomo,
        |kernel| kernel.set_secret("FAKE-other"),
        config(),
    );
    let error = watched.lost().await;
    assert!(is(&error, Reason::Auth), "{error:?}");
    assert!(
        error.detail.contains("secret") && !error.detail.contains("FAKE"),
        "{}",
        error.detail
    );
    let other = watched.kernel.clone();
    let timer = watched.timer.clone();
    tokio::spawn(async move {
        tidegate_egress::Timer::sleep(&timer, Duration::from_secs(630)).await;
        other.set_secret(SECRET);
    });
    let event = watched.next().await;
    assert!(
        matches!(event, KernelEvent::Answers { .. }),
        "the same refusal again is no news: {event:?}"
    );
    assert_eq!(
        watched.asked("/version"),
        12,
        "one a minute, and the one that was heard"
    );
}

#[tokio::test(start_paused = true)]
async fn a_kernel_that_upgrades_nothing_is_asked_each_second() {
    let mut watched = Watched::with(Dialect::Mihomo, |kernel| kernel.lie(Lie::NoUpgrade), config());
    for second in 0..5 {
        watched.frame().await;
        assert_eq!(watched.seconds(), second);
    }
    assert_eq!(watched.asked("/connections"), 5);
    let knocks = watched.reach.knocks();
    watched.frame().await;
    assert_eq!(watched.reach.knocks(), knocks, "over one connection that is held");
}

#[tokio::test(start_paused = true)]
async fn a_polled_kernel_that_ends_is_lost_and_found_again() {
    let mut watched = Watched::with(Dialect::Mihomo, |kernel| kernel.lie(Lie::NoUpgrade), config());
    watched.frame().await;
    watched.kernel.restart();
    watched.lost().await;
    watched.answers().await;
    watched.frame().await;
}

#[tokio::test(start_paused = true)]
async fn a_refused_log_is_told_once_and_counting_goes_on() {
    let mut watched = Watched::with(Dialect::Mihomo, |kernel| kernel.lie(Lie::LogRefused), config());
    let error = watched.logless().await;
    assert!(is(&error, Reason::Scope), "{error:?}");
    for _ in 0..120 {
        assert!(!matches!(watched.next().await, KernelEvent::Logless(_)));
    }
    assert_eq!(watched.asked("/logs?level=info"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_log_that_is_not_wanted_is_not_asked_for() {
    let config = KernelConfig {
        logs: false,
        ..config()
    };
    let mut watched = Watched::with(Dialect::Mihomo, |_| {}, config);
    watched.frame().await;
    watched.kernel.flash(&["DIRECT"], 1, 2);
    watched.frame().await;
    assert_eq!(watched.asked("/logs?level=info"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_no_snapshot_shows_is_told_by_the_log() {
    for (dialect, group) in [
        (Dialect::Mihomo, "节点选择"),
        (Dialect::SingBox, "🇯🇵 日本 02 [1.5x]"),
    ] {
        let mut watched = Watched::new(dialect);
        watched.frame().await;
        // By the second snapshot the log is followed too.
        watched.frame().await;
        watched
            .kernel
            .flash(&["🇯🇵 日本 02 [1.5x]", "节点选择"], 80, 20_000);
        let opened = watched.opened().await;
        assert_eq!((opened.network, opened.source_port), (Network::Tcp, 10_001));
        assert_eq!(opened.node.as_deref(), Some("🇯🇵 日本 02 [1.5x]"));
        assert_eq!(opened.group, group, "sing-box tells no group");
        assert!(
            !format!("{opened:?}").contains("fake.test"),
            "names of hosts stay behind"
        );
        assert_eq!(watched.frame().await.2.unwrap_or(0), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn nodes_are_told_by_their_type_and_by_their_subscription() {
    let prepare = |kernel: &tidegate_sim::proxy::SimKernel| {
        kernel.add_node("我的直连", "Direct");
        kernel.add_feed(airport("airport-a", &["A HK-01"]));
    };
    let mut watched = Watched::with(Dialect::Mihomo, prepare, config());
    let nodes = watched.nodes().await;
    assert_eq!(nodes.kinds["我的直连"], FlowKind::Direct, "by type, not by name");
    assert_eq!(nodes.kinds["REJECT-DROP"], FlowKind::Reject);
    assert_eq!(nodes.kinds["🇭🇰 香港 01"], FlowKind::Proxy);
    assert_eq!(
        nodes.kinds["A HK-01"],
        FlowKind::Proxy,
        "in no list but its subscription's"
    );
    assert_eq!(nodes.feeds["A HK-01"], "airport-a");
    assert!(!nodes.kinds.contains_key("节点选择"), "a group is no node");
    assert!(
        !nodes.feeds.contains_key("DIRECT"),
        "the kernel's own list is no subscription"
    );
}

fn airport(name: &str, nodes: &[&str]) -> Feed {
    Feed {
        name: name.to_owned(),
        nodes: nodes
            .iter()
            .map(|node| ((*node).to_owned(), "Vmess".to_owned()))
            .collect(),
        info: None,
        updated_at: "2026-11-20T15:00:00Z".to_owned(),
    }
}

#[tokio::test(start_paused = true)]
async fn an_unknown_node_in_a_snapshot_is_asked_about_at_once() {
    let mut watched = Watched::new(Dialect::Mihomo);
    watched.frame().await;
    watched.kernel.add_feed(airport("new", &["N \"1\" <新>"]));
    watched.kernel.open(&["N \"1\" <新>", "节点选择"]);
    let nodes = watched.nodes().await;
    assert_eq!(nodes.kinds["N \"1\" <新>"], FlowKind::Proxy);
    assert!(watched.seconds() <= 6, "{}", watched.seconds());
}

#[tokio::test(start_paused = true)]
async fn a_node_that_nobody_lists_is_asked_about_once_and_then_each_minute() {
    let mut watched = Watched::new(Dialect::Mihomo);
    watched.kernel.open(&["gone before we came", "节点选择"]);
    while watched.seconds() < 200 {
        watched.frame().await;
    }
    let asked = watched.asked("/proxies");
    assert!(
        (4..=5).contains(&asked),
        "on start, for the name, and each minute: {asked}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_node_that_an_update_removed_keeps_its_last_known_type() {
    let mut watched = Watched::with(
        Dialect::Mihomo,
        |kernel| kernel.add_node("旧直连", "Direct"),
        config(),
    );
    assert_eq!(watched.nodes().await.kinds["旧直连"], FlowKind::Direct);
    watched.kernel.remove_node("旧直连");
    watched.kernel.add_node("新节点", "Trojan");
    let nodes = watched.nodes().await;
    assert_eq!(
        nodes.kinds["旧直连"],
        FlowKind::Direct,
        "its connections may live on"
    );
    assert_eq!(nodes.kinds["新节点"], FlowKind::Proxy);
    watched.kernel.restart();
    assert_eq!(watched.nodes().await.kinds["旧直连"], FlowKind::Direct);
}

#[tokio::test(start_paused = true)]
async fn a_kernel_gone_for_hours_is_knocked_at_twice_a_minute_and_heard_when_it_is_back() {
    let mut watched = Watched::new(Dialect::Mihomo);
    watched.frame().await;
    let knocks = watched.reach.knocks();
    watched.kernel.stop();
    watched.lost().await;
    let (kernel, timer) = (watched.kernel.clone(), watched.timer.clone());
    tokio::spawn(async move {
        tidegate_egress::Timer::sleep(&timer, Duration::from_secs(3 * 3600 - 7)).await;
        kernel.start();
    });
    let mut told = 0;
    while !matches!(watched.within(4 * 3600).await, KernelEvent::Answers { .. }) {
        told += 1;
    }
    assert!(told <= 1, "an outage is told, not repeated: {told}");
    assert!(
        (3 * 3600 - 7..=3 * 3600 + 30).contains(&watched.seconds()),
        "{}",
        watched.seconds()
    );
    let tries = watched.reach.knocks() - knocks;
    assert!((350..=380).contains(&tries), "{tries}");
    assert_eq!(watched.frame().await, (0, 0, None));
}

#[tokio::test(start_paused = true)]
async fn the_watch_ends_when_nobody_listens() {
    let mut watched = Watched::new(Dialect::Mihomo);
    watched.frame().await;
    let watch = watched.stop_listening();
    tokio::time::timeout(Duration::from_secs(60), watch)
        .await
        .unwrap()
        .unwrap();
}

#[tokio::test(start_paused = true)]
async fn another_program_and_a_broken_one_are_lost_with_their_reason() {
    for (lie, reason) in [(Lie::Html, Reason::Shape), (Lie::Unavailable, Reason::Transient)] {
        let mut watched = Watched::with(Dialect::Mihomo, |kernel| kernel.lie(lie), config());
        let error = watched.lost().await;
        assert!(is(&error, reason), "{lie:?}: {error:?}");
        assert!(!error.detail.contains("FAKE"), "{}", error.detail);
        watched.kernel.be_honest();
        watched.frame().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_of_many_megabytes_comes_whole() {
    let mut watched = Watched::with(Dialect::Mihomo, |kernel| kernel.lie(Lie::Huge), config());
    let bytes = watched.until(|event| match event {
        KernelEvent::Frame { body, .. } => Some(body.len()),
        _ => None,
    });
    assert!(bytes.await > 20_000_000);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_connection_is_followed_anew() {
    let mut watched = Watched::new(Dialect::Mihomo);
    let id = watched.kernel.open(&["DIRECT"]);
    watched.kernel.pass(&id, 5, 9);
    for _ in 0..3 {
        watched.frame().await;
        watched.kernel.hang_up();
        watched.lost().await;
    }
    assert_eq!(
        watched.frame().await,
        (5, 9, Some(1)),
        "the same kernel, the same totals"
    );
}
