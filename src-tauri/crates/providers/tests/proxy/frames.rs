//! Snapshots as the kernels tell them, and broken in every place.

use serde_json::{Value, json};
use tidegate_providers::ProviderError;
use tidegate_providers::proxy::{Frame, Network};

use crate::support::{now, recorded};

fn read(body: &str) -> Result<Frame<'_>, ProviderError> {
    Frame::read(body.as_bytes(), now())
}

fn body(name: &str) -> Value {
    serde_json::from_str(&recorded(name)).unwrap()
}

/// What is counted: both sums over all connections that are in the totals.
fn sums(frame: &Frame<'_>) -> (u64, u64) {
    let list = frame
        .connections
        .iter()
        .flatten()
        .filter(|connection| !connection.is_inner);
    list.fold((0, 0), |(up, down), one| (up + one.up, down + one.down))
}

#[test]
fn the_first_of_a_chain_is_the_node_and_the_last_what_the_rule_named() {
    let text = recorded("mihomo-connections-nested");
    let frame = read(&text).unwrap();
    let only = &frame.connections.as_ref().unwrap()[0];
    assert_eq!(only.chain, ["🇭🇰 香港 01", "自动选择", "节点选择", "国内直连"]);
    assert_eq!(only.feeds.len(), only.chain.len());
    let text = recorded("mihomo-connections-global");
    let frame = read(&text).unwrap();
    assert_eq!(frame.connections.as_ref().unwrap()[0].chain, ["DIRECT", "GLOBAL"]);
}

#[test]
fn a_node_of_a_subscription_names_it() {
    let text = recorded("mihomo-connections");
    let frame = read(&text).unwrap();
    let list = frame.connections.unwrap();
    let fed: Vec<&str> = list
        .iter()
        .filter(|one| one.chain[0].starts_with("A "))
        .map(|one| one.feeds[0].as_ref())
        .collect();
    assert_eq!(fed, ["airport-a", "airport-a"]);
}

#[test]
fn what_the_kernel_makes_for_itself_without_a_rule_is_known_as_such() {
    let text = recorded("mihomo-connections");
    let frame = read(&text).unwrap();
    let list = frame.connections.as_ref().unwrap();
    assert_eq!(list.len(), 22);
    let inner: Vec<_> = list.iter().filter(|one| one.is_inner).collect();
    assert_eq!(inner.len(), 2, "the hops of a chained node");
    assert!(inner.iter().all(|one| one.chain == ["🇯🇵 日本 02 [1.5x]"]));
    let (up, down) = sums(&frame);
    assert!(
        up <= frame.up_total && down <= frame.down_total,
        "with the hops it would be more than the totals"
    );
    assert_eq!((frame.up_total, frame.down_total), (761_450, 1_003_998));
}

#[test]
fn an_inner_connection_with_a_rule_is_in_the_totals() {
    let mut told = body("mihomo-connections");
    for row in told["connections"].as_array_mut().unwrap() {
        row["rule"] = json!("Match");
    }
    let text = told.to_string();
    assert!(
        read(&text)
            .unwrap()
            .connections
            .unwrap()
            .iter()
            .all(|one| !one.is_inner)
    );
}

#[test]
fn port_and_transport_join_a_connection_with_the_log() {
    let text = recorded("mihomo-connections");
    let list = read(&text).unwrap().connections.unwrap();
    let direct = list.iter().find(|one| one.host == "a.direct.test").unwrap();
    assert_eq!((direct.network, direct.source_port != 0), (Network::Tcp, true));
    assert!(list.iter().any(|one| one.network == Network::Udp));
    assert!(direct.since.is_some());
    assert_eq!(direct.process, "curl");
}

#[test]
fn sing_box_tells_less_and_is_read_all_the_same() {
    let text = recorded("sing-box-connections");
    let frame = read(&text).unwrap();
    let list = frame.connections.as_ref().unwrap();
    assert_eq!(list[0].chain, ["direct", "国内直连"]);
    assert!(
        list.iter()
            .all(|one| one.feeds.is_empty() && one.source_port != 0 && !one.is_inner)
    );
    let text = recorded("sing-box-connections-idle");
    assert_eq!(
        read(&text).unwrap().connections,
        Some(Vec::new()),
        "told, and empty"
    );
}

#[test]
fn a_list_that_is_null_or_missing_is_not_told_and_never_an_empty_one() {
    let text = recorded("mihomo-connections-idle");
    let idle = read(&text).unwrap();
    assert_eq!(
        (idle.up_total, idle.down_total, idle.connections),
        (25_598, 250_328, None)
    );
    let missing = r#"{"uploadTotal":1,"downloadTotal":2}"#;
    assert_eq!(read(missing).unwrap().connections, None);
}

#[test]
fn counters_may_be_objects_as_stash_tells_them() {
    let text = json!({ "uploadTotal": 7, "downloadTotal": 9, "connections": [{
        "id": "a", "chains": ["DIRECT"],
        "upload": { "current": 1, "max": 2, "total": 300, "last": 4 },
        "download": { "current": 1, "max": 2, "total": 500, "last": 4 },
    }] })
    .to_string();
    let list = read(&text).unwrap().connections.unwrap();
    assert_eq!((list[0].up, list[0].down), (300, 500));
}

#[test]
fn ports_may_be_texts_or_numbers() {
    let port = |port: Value| {
        let text = json!({ "uploadTotal": 0, "downloadTotal": 0, "connections": [{
            "id": "a", "chains": ["DIRECT"], "upload": 1, "download": 2, "metadata": { "sourcePort": port },
        }] })
        .to_string();
        read(&text).unwrap().connections.unwrap()[0].source_port
    };
    assert_eq!(port(json!("44532")), 44_532);
    assert_eq!(port(json!(44_532)), 44_532);
    assert_eq!(port(json!("70000")), 0, "no port");
    assert_eq!(port(Value::Null), 0);
}

#[test]
fn names_are_read_as_they_are_however_they_are_written() {
    let text = r#"{"uploadTotal":0,"downloadTotal":0,"connections":[{"id":"\u0061","upload":1,"download":2,
        "chains":["A \"B\" \u003c1\u003e [2]","\ud83c\udded\ud83c\uddf0"],"metadata":{"host":"\u0066.test"}}]}"#;
    let list = read(text).unwrap().connections.unwrap();
    assert_eq!(list[0].id, "a");
    assert_eq!(list[0].chain, ["A \"B\" <1> [2]", "🇭🇰"]);
    assert_eq!(list[0].host, "f.test");
}

#[test]
fn another_programs_answer_is_no_snapshot() {
    for body in [
        "",
        "null",
        "[]",
        "{}",
        "<html>FAKE</html>",
        "{\"message\":\"Unauthorized\"}",
        "1",
    ] {
        assert!(read(body).is_err(), "{body}");
    }
    assert!(Frame::read(&[0xff, 0xfe], now()).is_err());
}
