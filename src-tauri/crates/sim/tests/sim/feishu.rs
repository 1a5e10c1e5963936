//! The message sink: signature, limits, sanity, scripted failures.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tidegate_sim::{Call, Door, Ending, Fault, Lie, Served, World, hours, minutes, seconds};

use crate::common::build;

const SECRET: &str = "FAKE-sink-secret";

fn sink(secret: Option<&str>, keyword: Option<&str>) -> World {
    build(World::new(3).server("s").feishu(secret, keyword))
}

fn post(world: &World, body: &Value) -> Served {
    post_to(world, &world.feishu_hook().0, body)
}

fn post_to(world: &World, path: &str, body: &Value) -> Served {
    Door::new(world.clone()).answer(&Call {
        method: "POST".to_owned(),
        path: path.to_owned(),
        body: Bytes::from(body.to_string()),
        ..Call::default()
    })
}

fn code(world: &World, body: &Value) -> i64 {
    let served = post(world, body);
    assert_eq!(served.answer.status, 200, "errors come with status 200");
    served.answer.value()["code"].as_i64().unwrap()
}

fn text(words: &str) -> Value {
    json!({"msg_type": "text", "content": {"text": words}})
}

fn signed(mut body: Value, timestamp: i64, secret: &str) -> Value {
    let key = format!("{timestamp}\n{secret}");
    let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    body["timestamp"] = json!(timestamp.to_string());
    body["sign"] = json!(STANDARD.encode(mac.finalize().into_bytes()));
    body
}

fn card() -> Value {
    json!({"msg_type": "interactive", "card": {"schema": "2.0",
        "header": {"title": {"tag": "plain_text", "content": "流量"}, "template": "orange"},
        "body": {"elements": [{"tag": "markdown", "content": "**剩余** 12 GiB"}, {"tag": "hr"}]}}})
}

#[test]
fn a_message_that_is_taken_is_kept_with_its_words() {
    let world = sink(None, None);
    assert_eq!(code(&world, &card()), 0);
    assert_eq!(code(&world, &text("hello")), 0);
    let kept = world.feishu();
    assert_eq!(
        (kept[0].msg_type.as_str(), kept[0].body == card()),
        ("interactive", true)
    );
    assert!(kept[0].text.contains("流量") && kept[0].text.contains("**剩余** 12 GiB"));
    assert_eq!(kept[1].text, "hello");
}

#[test]
fn a_signature_must_match_and_be_of_this_hour() {
    let world = sink(Some(SECRET), None);
    let now = world.now().seconds();
    assert_eq!(code(&world, &text("bare")), 19021);
    assert_eq!(code(&world, &signed(text("x"), now, "FAKE-other")), 19021);
    assert_eq!(code(&world, &signed(text("x"), now - 3601, SECRET)), 19021);
    assert_eq!(code(&world, &signed(text("x"), now + 3601, SECRET)), 19021);
    world.advance(minutes(1));
    assert_eq!(code(&world, &signed(text("late"), now - 3500, SECRET)), 0);
    assert_eq!(world.feishu().len(), 1);
    assert!(world.feishu()[0].body.get("sign").is_none());
}

#[test]
fn another_token_is_invalid_and_the_real_path_works_too() {
    let world = sink(None, None);
    let other = post_to(&world, "/feishu/hook/FAKE-nobody", &text("x"))
        .answer
        .value();
    assert_eq!(other["code"], 19001);
    let (path, _) = world.feishu_hook();
    let real = path.replace("/feishu/hook/", "/open-apis/bot/v2/hook/");
    assert_eq!(post_to(&world, &real, &text("x")).answer.value()["code"], 0);
}

#[test]
fn a_keyword_must_stand_in_the_words() {
    let world = sink(None, Some("潮闸"));
    assert_eq!(code(&world, &text("nothing")), 19024);
    assert_eq!(code(&world, &text("潮闸: 12 GiB")), 0);
}

#[test]
fn the_sixth_in_a_second_and_the_hundred_and_first_in_a_minute_are_too_many() {
    let world = sink(None, None);
    let send = || code(&world, &text("x"));
    assert_eq!([send(), send(), send(), send(), send()], [0; 5]);
    assert_eq!(send(), 11232);
    for _ in 0..19 {
        world.advance(seconds(1));
        for _ in 0..5 {
            assert_eq!(send(), 0);
        }
    }
    world.advance(seconds(1));
    assert_eq!(send(), 11232, "a hundred were taken within the minute");
    world.advance(minutes(1));
    assert_eq!(send(), 0);
}

#[test]
fn what_is_too_long_or_malformed_is_refused_by_its_own_code() {
    let world = sink(None, None);
    assert_eq!(code(&world, &text(&"x".repeat(20 * 1024))), 9499);
    world.advance(seconds(1));
    assert_eq!(code(&world, &json!("no object")), 19002);
    assert_eq!(code(&world, &json!({"msg_type": "text", "content": {}})), 19002);
    assert_eq!(code(&world, &json!({"content": {"text": "x"}})), 19002);
    world.advance(seconds(1));
    let mut unknown = card();
    unknown["card"]["colour"] = json!("red");
    assert_eq!(
        code(&world, &unknown),
        200_621,
        "an unknown attribute of a 2.0 card"
    );
    let mut empty = card();
    empty["card"]["body"]["elements"] = json!([]);
    assert_eq!(code(&world, &empty), 200_621);
    let mut colour = card();
    colour["card"]["header"]["template"] = json!("pink");
    assert_eq!(code(&world, &colour), 200_621);
    let mut tables = card();
    tables["card"]["body"]["elements"] = json!([{"tag": "table"}, {"tag": "table"}, {"tag": "table"}, {"tag": "table"}, {"tag": "table"}, {"tag": "table"}]);
    assert_eq!(code(&world, &tables), 11310);
    assert_eq!(world.feishu(), []);
}

#[test]
fn failures_are_scripted() {
    let world = sink(None, None);
    let fault = |lie: Lie| {
        world.heal_all();
        world.advance(seconds(1));
        world.fault(Fault::new(lie).on("feishu"));
        post(&world, &text("x"))
    };
    assert_eq!(fault(Lie::Status { status: 500 }).answer.status, 500);
    assert_eq!(fault(Lie::Code { code: 11232 }).answer.value()["code"], 11232);
    assert!(fault(Lie::Html).answer.body.starts_with(b"<html>"));
    assert_eq!(fault(Lie::Throttled { retry_after: Some(3) }).answer.status, 429);
    assert_eq!(fault(Lie::Refused).ending, Ending::Refused);
    assert_eq!(world.feishu(), [], "none of these was taken");
    assert_eq!(fault(Lie::Hanging).ending, Ending::Hanging);
    assert_eq!(world.feishu().len(), 1, "it arrived, and nobody knows");
}

#[test]
fn it_may_be_unreachable_for_an_hour() {
    let world = sink(None, None);
    world.fault(Fault::new(Lie::Refused).on("feishu").lasting(hours(1)));
    assert_eq!(post(&world, &text("x")).ending, Ending::Refused);
    world.advance(minutes(59));
    assert_eq!(post(&world, &text("x")).ending, Ending::Refused);
    world.advance(minutes(1));
    assert_eq!(code(&world, &text("x")), 0);
}
