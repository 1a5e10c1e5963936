//! The nodes of recorded kernels, by what they are.

use tidegate_meter::FlowKind;
use tidegate_providers::proxy::{KernelConfig, KernelEvent, NodeMap};
use tidegate_sim::proxy::{Dialect, SimKernel};
use tidegate_sim::time::VirtualTimer;

use crate::support::{InMemory, Watched, config, recorded, start};

/// What is told of the nodes when these bodies are answered.
async fn told(version: &str, proxies: &str, providers: Option<&str>) -> NodeMap {
    let mut answers = vec![
        ("/version", 200, version),
        ("/proxies", 200, proxies),
        (
            "/connections",
            200,
            r#"{"uploadTotal":0,"downloadTotal":0,"connections":null}"#,
        ),
    ];
    answers.extend(providers.map(|body| ("/providers/proxies", 200, body)));
    watch(InMemory::recorded(&answers)).nodes().await
}

/// A watch over recorded answers; the simulated kernel beside it is not asked.
fn watch(reach: InMemory) -> Watched {
    let timer = VirtualTimer::new(start());
    let unasked = SimKernel::new(Dialect::Mihomo, std::sync::Arc::new(timer.clone()));
    let config = KernelConfig {
        logs: false,
        ..config()
    };
    Watched::over(unasked, reach, timer, config)
}

#[tokio::test(start_paused = true)]
async fn mihomos_own_nodes_and_those_of_its_subscriptions_are_one_map() {
    let nodes = told(
        &recorded("mihomo-version"),
        &recorded("mihomo-proxies"),
        Some(&recorded("mihomo-providers")),
    )
    .await;
    for (name, kind) in [
        ("DIRECT", FlowKind::Direct),
        ("my-direct", FlowKind::Direct),
        ("PASS", FlowKind::Direct),
        ("COMPATIBLE", FlowKind::Direct),
        ("REJECT", FlowKind::Reject),
        ("REJECT-DROP", FlowKind::Reject),
        ("🇭🇰 香港 01", FlowKind::Proxy),
        ("via-hop", FlowKind::Proxy),
        ("A HK-01", FlowKind::Proxy),
    ] {
        assert_eq!(nodes.kinds.get(name), Some(&kind), "{name}");
    }
    for group in [
        "GLOBAL",
        "节点选择",
        "自动选择",
        "故障转移",
        "负载均衡",
        "广告拦截",
    ] {
        assert!(!nodes.kinds.contains_key(group), "{group} is a group");
    }
    assert_eq!(nodes.feeds.get("A JP-02").map(String::as_str), Some("airport-a"));
    assert_eq!(nodes.feeds.get("DIRECT"), None);
}

#[tokio::test(start_paused = true)]
async fn sing_boxes_nodes_are_known_by_type_under_any_name() {
    let nodes = told(
        &recorded("sing-box-version"),
        &recorded("sing-box-proxies"),
        Some(r#"{"providers":{}}"#),
    )
    .await;
    assert_eq!(nodes.kinds["direct"], FlowKind::Direct);
    assert_eq!(nodes.kinds["block"], FlowKind::Reject);
    assert_eq!(nodes.kinds["🇯🇵 日本 02 [1.5x]"], FlowKind::Proxy);
    assert!(
        !nodes.kinds.contains_key("GLOBAL"),
        "its type is Fallback, its members make it a group"
    );
}

#[tokio::test(start_paused = true)]
async fn a_kernel_without_a_list_of_subscriptions_has_none() {
    let nodes = told(
        r#"{"meta":false,"version":"0.10.8"}"#,
        &recorded("sing-box-proxies"),
        None,
    )
    .await;
    assert_eq!(nodes.kinds["direct"], FlowKind::Direct);
    assert!(nodes.feeds.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_list_of_another_shape_is_lost_and_no_guess() {
    let mut watched = watch(InMemory::recorded(&[
        ("/version", 200, &recorded("mihomo-version")),
        ("/proxies", 200, "<html>FAKE</html>"),
        ("/providers/proxies", 200, r#"{"providers":{}}"#),
    ]));
    watched.answers().await;
    let next = watched.next().await;
    assert!(
        matches!(&next, KernelEvent::Lost(error) if error.detail.starts_with("proxies: ")),
        "{next:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn one_entry_that_says_nothing_hides_no_other() {
    let proxies = r#"{"proxies":{"a":null,"b":{},"c":{"type":null},"d":{"type":"Direct"}}}"#;
    let nodes = told(
        &recorded("mihomo-version"),
        proxies,
        Some(r#"{"providers":null}"#),
    )
    .await;
    assert_eq!(nodes.kinds.len(), 1);
    assert_eq!(nodes.kinds["d"], FlowKind::Direct);
}
