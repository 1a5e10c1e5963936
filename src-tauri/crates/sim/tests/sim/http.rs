//! The world behind HTTP: the first line, the control routes and the endings of the wire, over a real socket.

use std::time::Duration;

use serde_json::{Value, json};
use tidegate_sim::{World, gib, listen, mbit};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::common::Client;

/// A served world and a client that signs for it.
async fn served() -> (World, String, Value, Client) {
    let world = World::example(1).build_live();
    let listening = listen("127.0.0.1:0", world.clone()).await.unwrap();
    let (addr, first) = (listening.addr.to_string(), listening.first_line.clone());
    tokio::spawn(listening.run());
    let mut client = Client::of(&world);
    client.host.clone_from(&addr);
    client.project = first["huawei"]["project_id"].as_str().unwrap().to_owned();
    (world, addr, first, client)
}

/// Everything that comes back for a request, up to the end of the connection.
async fn exchange(addr: &str, method: &str, path: &str, headers: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

async fn control(addr: &str, method: &str, path: &str, body: &Value) -> Value {
    let answer = exchange(addr, method, path, "host: sim\r\n", &body.to_string()).await;
    serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap()
}

async fn signed(addr: &str, client: &Client, method: &str, target: &str, body: &str) -> String {
    let call = client.signed(method, target, body, client.world.now());
    let headers: String = call
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    exchange(addr, method, target, &headers, body).await
}

#[tokio::test]
async fn the_first_line_says_where_everything_is() {
    let (world, addr, first, _) = served().await;
    assert_eq!(first["listening"], format!("http://{addr}"));
    let huawei = first["huawei"].as_object().unwrap();
    for name in ["ak", "sk", "region", "project_id", "domain_id"] {
        assert!(huawei[name].is_string(), "{name}");
    }
    assert_eq!(huawei["region"], "cn-north-4");
    let ids = |name: &str| -> Vec<String> {
        huawei[name]
            .as_array()
            .unwrap()
            .iter()
            .map(|id| id.as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(ids("servers"), world.servers("main").unwrap());
    assert_eq!(ids("free_resources").len(), 4);
    assert!(
        first["feishu"]["url"]
            .as_str()
            .unwrap()
            .starts_with(&format!("http://{addr}/feishu/hook/"))
    );
    for secret in [&first["feishu"]["secret"], &huawei["sk"], &huawei["ak"]] {
        assert!(
            secret.as_str().unwrap().contains("FAKE"),
            "secrets say that they are fake"
        );
    }
}

#[tokio::test]
async fn a_signed_request_is_answered_over_a_socket() {
    let (world, addr, _, client) = served().await;
    let target = format!("/v1/{}/cloudservers/detail?limit=2", client.project);
    let answer = signed(&addr, &client, "GET", &target, "").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("\"count\":4"));
    let answer = exchange(&addr, "GET", "/v3/auth/projects", "host: x\r\n", "").await;
    assert!(answer.starts_with("HTTP/1.1 401"));
    assert_eq!(world.requests().len(), 2);
}

#[tokio::test]
async fn a_test_in_another_process_sees_and_changes_the_world() {
    let (world, addr, first, client) = served().await;
    let id = first["huawei"]["servers"][0].as_str().unwrap();
    let body = json!({"os-stop": {"servers": [{"id": id}]}}).to_string();
    signed(
        &addr,
        &client,
        "POST",
        &format!("/v1/{}/cloudservers/action", client.project),
        &body,
    )
    .await;
    let log = control(&addr, "GET", "/_sim/requests", &json!({})).await;
    assert_eq!(
        (&log["stops"], &log["requests"][0]["operation"]),
        (&json!([id]), &json!("ecs.stop"))
    );
    let later = control(&addr, "POST", "/_sim/advance", &json!({"seconds": 60})).await;
    assert!(later["now"].is_string() && !world.runs(id).unwrap());
    control(&addr, "POST", &format!("/_sim/servers/{id}/start"), &json!({})).await;
    assert!(world.runs(id).unwrap());
    let state = control(&addr, "GET", "/_sim/state", &json!({})).await;
    assert_eq!(state["accounts"][0]["servers"][0]["runs"], true);
    let before = world.truth("ecs-hk-02").unwrap().quota;
    control(
        &addr,
        "POST",
        "/_sim/packages/ecs-hk-02/top_up",
        &json!({"bytes": gib(1)}),
    )
    .await;
    assert_eq!(world.truth("ecs-hk-02").unwrap().quota, before + gib(1));
    control(
        &addr,
        "POST",
        "/_sim/traffic",
        &json!({"server": "ecs-hk-02", "mbit": 800}),
    )
    .await;
    world.advance(Duration::from_secs(10));
    assert!(world.truth("ecs-hk-02").unwrap().used > gib(100) + i64::try_from(mbit(800)).unwrap());
    let renewed = control(
        &addr,
        "POST",
        "/_sim/packages/ecs-hk-02/renew",
        &json!({"overlap_s": 0}),
    )
    .await;
    assert_eq!(
        world.package_id("ecs-hk-02").unwrap(),
        renewed["id"].as_str().unwrap()
    );
    let key = control(&addr, "POST", "/_sim/accounts/main/rotate", &json!({})).await;
    assert_eq!(
        world.credentials("main").unwrap()[0].ak,
        key["ak"].as_str().unwrap()
    );
    let wrong = control(&addr, "POST", "/_sim/servers/nobody/start", &json!({})).await;
    assert!(wrong["error"].as_str().unwrap().contains("nobody"));
    assert!(control(&addr, "GET", "/_sim/feishu", &json!({})).await["messages"].is_array());
}

#[tokio::test]
async fn faults_are_switched_on_and_off_over_http() {
    let (world, addr, _, client) = served().await;
    let id = control(
        &addr,
        "POST",
        "/_sim/faults",
        &json!({"lie": "html", "on": "iam"}),
    )
    .await["id"]
        .clone();
    assert!(
        signed(&addr, &client, "GET", "/v3/auth/projects", "")
            .await
            .contains("<html>")
    );
    control(&addr, "DELETE", &format!("/_sim/faults/{id}"), &json!({})).await;
    assert!(
        signed(&addr, &client, "GET", "/v3/auth/projects", "")
            .await
            .contains("\"projects\"")
    );
    let wrong = control(&addr, "POST", "/_sim/faults", &json!({"lie": "no_such_lie"})).await;
    assert!(wrong["error"].is_string());
    control(&addr, "POST", "/_sim/faults", &json!({"lie": "stop_ignored"})).await;
    control(&addr, "DELETE", "/_sim/faults", &json!({})).await;
    assert_eq!(world.faults(), []);
}

#[tokio::test]
async fn a_body_may_break_off_and_an_answer_never_come() {
    let (world, addr, _, client) = served().await;
    control(
        &addr,
        "POST",
        "/_sim/faults",
        &json!({"lie": "truncated", "times": 1}),
    )
    .await;
    let half = signed(&addr, &client, "GET", "/v3/auth/projects", "").await;
    assert!(
        half.contains("HTTP/1.1 200") && !half.ends_with("0\r\n\r\n"),
        "the body has no end: {half}"
    );
    control(
        &addr,
        "POST",
        "/_sim/faults",
        &json!({"lie": "broken", "times": 1}),
    )
    .await;
    let none = signed(&addr, &client, "GET", "/v3/auth/projects", "").await;
    assert!(!none.contains("projects"), "{none}");
    control(
        &addr,
        "POST",
        "/_sim/faults",
        &json!({"lie": "hanging", "times": 1}),
    )
    .await;
    let hung = tokio::spawn({
        let (addr, client) = (addr.clone(), client.clone());
        async move { signed(&addr, &client, "GET", "/v3/auth/projects", "").await }
    });
    while world.requests().len() < 3 {
        tokio::task::yield_now().await;
    }
    let other = signed(&addr, &client, "GET", "/v3/auth/projects", "").await;
    assert!(other.contains("\"projects\""), "others are served meanwhile");
    assert!(!hung.is_finished());
    hung.abort();
}
