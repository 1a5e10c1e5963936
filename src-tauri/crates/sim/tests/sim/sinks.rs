//! The sinks of the other platforms: what each refuses, in its platform's words. That our channels are taken by each is
//! tested in `channels/tests/kinds/sinks.rs`.

use bytes::Bytes;
use serde_json::{Value, json};
use tidegate_sim::{Call, Door, World, seconds};

use crate::common::build;

fn post(world: &World, path: &str, query: &str, body: &Value) -> tidegate_sim::Answer {
    let call = Call {
        method: "POST".to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: Bytes::from(body.to_string()),
    };
    Door::new(world.clone()).answer(&call).answer
}

#[test]
fn what_is_wrong_is_refused_in_the_platforms_words() {
    let world = build(World::new(3).server("s"));
    let text = json!({ "msgtype": "text", "text": { "content": "x" } });
    let ding = |query: &str| post(&world, "/dingtalk/robot/send", query, &text).value()["errcode"].clone();
    assert_eq!(ding("access_token=no"), 300_005);
    assert_eq!(ding("access_token=FAKE0dingtalk0access0token"), 310_000);
    let wecom = |query: &str, body: &Value| {
        post(&world, "/wecom/cgi-bin/webhook/send", query, body).value()["errcode"].clone()
    };
    assert_eq!(wecom("key=no", &text), 93_000);
    let long = json!({ "msgtype": "markdown", "markdown": { "content": "字".repeat(1_366) } });
    assert_eq!(
        wecom("key=FAKE-wecom-robot-key", &long),
        40_058,
        "4098 bytes, 1366 characters"
    );
    let telegram = |body: Value| {
        world.advance(seconds(2));
        post(
            &world,
            "/telegram/bot123456789:FAKE-telegram-bot-token/sendMessage",
            "",
            &body,
        )
        .value()
    };
    assert_eq!(
        telegram(json!({ "chat_id": 5, "text": "x" }))["description"],
        "Bad Request: chat not found"
    );
    let tags = json!({ "chat_id": -1_001_234_567_890_i64, "text": "<b>x & y</b>", "parse_mode": "HTML" });
    assert!(
        telegram(tags)["description"]
            .as_str()
            .unwrap()
            .contains("can't parse entities")
    );
    let slack = post(
        &world,
        "/slack/services/T00FAKE/B00FAKE/FAKEslackwebhook",
        "",
        &json!({ "blocks": [] }),
    );
    assert_eq!(
        (slack.status, slack.body.as_ref()),
        (400, b"invalid_blocks".as_slice())
    );
}
