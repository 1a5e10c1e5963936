//! The simulated kernel: exact to the byte, and as particular about its door as the real ones.
#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test fails the test, which is what it is for"
)]

use bytes::Bytes;
use serde_json::Value;
use tidegate_egress::{HttpTransport, Method, Request, Transport as _};
use tidegate_sim::proxy::{Carried, Dialect, Feed, FeedInfo, Lie, SimKernel};

/// The status and the body of an answer.
async fn get(base: &str, path: &str, header: Option<(&str, &str)>) -> (u16, String) {
    let request = Request {
        method: Method::Get,
        url: format!("{base}{path}").parse().unwrap(),
        headers: header
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        body: Bytes::new(),
    };
    let answer = HttpTransport::new().unwrap().exchange(request).await.unwrap();
    (answer.status, String::from_utf8(answer.body.to_vec()).unwrap())
}

async fn json(base: &str, path: &str) -> Value {
    serde_json::from_str(&get(base, path, None).await.1).unwrap()
}

async fn listening(dialect: Dialect) -> (SimKernel, String) {
    let kernel = SimKernel::live(dialect);
    let base = format!("http://{}", kernel.listen().await.unwrap());
    (kernel, base)
}

#[tokio::test]
async fn the_totals_are_what_passed_and_a_hop_is_listed_and_not_in_them() {
    let (kernel, base) = listening(Dialect::Mihomo).await;
    kernel.add_node("a", "Shadowsocks");
    let id = kernel.open(&["a", "group"]);
    kernel.pass(&id, 100, 2000);
    let hop = kernel.open_inner("a", false);
    kernel.pass(&hop, 7, 7);
    let own = kernel.open_inner("a", true);
    kernel.pass(&own, 1, 2);
    kernel.flash(&["DIRECT"], 10, 20);
    let told = json(&base, "/connections").await;
    assert_eq!(
        (&told["uploadTotal"], &told["downloadTotal"]),
        (&111.into(), &2022.into())
    );
    assert_eq!(
        told["connections"].as_array().unwrap().len(),
        3,
        "what was closed is in none"
    );
    assert_eq!(kernel.truth()["a"], Carried { up: 101, down: 2002 });
    assert_eq!(kernel.truth()["DIRECT"], Carried { up: 10, down: 20 });
    let hops = told["connections"].as_array().unwrap().iter();
    assert_eq!(
        hops.filter(|row| row["metadata"]["type"] == "Inner" && row["rule"] == "")
            .count(),
        1
    );
}

#[tokio::test]
async fn an_idle_kernel_tells_null_or_an_empty_list_by_its_dialect() {
    for (dialect, idle) in [
        (Dialect::Mihomo, Value::Null),
        (Dialect::SingBox, Value::Array(Vec::new())),
    ] {
        let (_kernel, base) = listening(dialect).await;
        assert_eq!(
            json(&base, "/connections").await["connections"],
            idle,
            "{dialect:?}"
        );
    }
}

#[tokio::test]
async fn a_secret_is_taken_from_the_header_to_the_letter() {
    let (kernel, base) = listening(Dialect::Mihomo).await;
    kernel.set_secret("FAKE");
    for (header, path, status) in [
        (Some(("authorization", "Bearer FAKE")), "/version", 200),
        (Some(("authorization", "bearer FAKE")), "/version", 401),
        (None, "/version", 401),
        (None, "/version?token=FAKE", 401),
    ] {
        assert_eq!(get(&base, path, header).await.0, status, "{header:?} {path}");
    }
    assert_eq!(kernel.asked().len(), 4);
}

#[tokio::test]
async fn a_restart_in_place_begins_at_zero_and_a_reload_changes_nothing() {
    let (kernel, base) = listening(Dialect::Mihomo).await;
    let id = kernel.open(&["DIRECT"]);
    kernel.pass(&id, 1, 2);
    kernel.reload();
    assert_eq!(json(&base, "/connections").await["downloadTotal"], 2);
    kernel.restart();
    let told = json(&base, "/connections").await;
    assert_eq!(
        (&told["downloadTotal"], &told["connections"]),
        (&0.into(), &Value::Null)
    );
    assert_eq!(
        kernel.truth()["DIRECT"],
        Carried { up: 1, down: 2 },
        "the truth forgets nothing"
    );
}

#[tokio::test]
async fn a_lie_lasts_until_it_is_honest_again() {
    let (kernel, base) = listening(Dialect::SingBox).await;
    kernel.open(&["direct"]);
    kernel.lie(Lie::NullList);
    assert_eq!(json(&base, "/connections").await["connections"], Value::Null);
    kernel.be_honest();
    kernel.lie(Lie::Html);
    assert!(get(&base, "/connections", None).await.1.starts_with("<html>"));
    kernel.be_honest();
    assert_eq!(
        json(&base, "/connections").await["connections"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn nodes_of_a_subscription_stand_in_its_list_alone() {
    let (kernel, base) = listening(Dialect::Mihomo).await;
    kernel.add_feed(Feed {
        name: "airport".to_owned(),
        nodes: vec![("A".to_owned(), "Trojan".to_owned())],
        info: Some(FeedInfo {
            upload: 1,
            download: 2,
            total: 3,
            expire: 4,
        }),
        updated_at: "2026-11-20T15:00:00Z".to_owned(),
    });
    assert_eq!(json(&base, "/proxies").await["proxies"]["A"], Value::Null);
    let feed = json(&base, "/providers/proxies").await["providers"]["airport"].clone();
    assert_eq!(feed["proxies"][0]["name"], "A");
    assert_eq!(feed["subscriptionInfo"]["Total"], 3);
    kernel.open(&["A", "group"]);
    let told = json(&base, "/connections").await;
    assert_eq!(
        told["connections"][0]["providerChains"],
        serde_json::json!(["airport", ""])
    );
    kernel.remove_node("A");
    assert_eq!(
        json(&base, "/connections").await["connections"][0]["chains"][0],
        "A",
        "it lives on"
    );
}
