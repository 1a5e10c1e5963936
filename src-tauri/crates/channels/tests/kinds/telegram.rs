//! Telegram: the token in the path, HTML, the pause in the body, a group that moved.

use std::sync::Arc;
use std::time::Duration;

use ::secrecy::SecretString;
use serde_json::{Value, json};
use tidegate_channels::telegram::{Chat, TelegramConfig};
use tidegate_channels::{Channel as _, ChannelError, Hook, Pace, Refusal, Telling, limits};
use tidegate_egress::{Failure, Response};
use tidegate_guard::Severity;
use tidegate_meter::Lang;

use super::support::{Script, answer, delivery, endless, harmful, now, pause, tell, telling, wire};

/// FAKE.
pub const TOKEN: &str = "123456789:FAKE_canary-bot-token-4f6a";

pub fn config(chat: &str) -> TelegramConfig {
    TelegramConfig {
        chat: chat.parse().unwrap(),
        thread: None,
        base: None,
    }
}

pub fn bot(script: &Arc<Script>, chat: &str) -> Hook {
    Hook::telegram(
        telling(Lang::En),
        config(chat),
        SecretString::from(TOKEN),
        wire(script),
    )
    .unwrap()
}

fn ok() -> Result<Response, Failure> {
    answer(200, &[], r#"{"ok":true,"result":{"message_id":1}}"#)
}

fn said(code: u16, words: &str, parameters: &Value) -> Result<Response, Failure> {
    let body = json!({ "ok": false, "error_code": code, "description": words, "parameters": parameters });
    answer(code, &[], &body.to_string())
}

fn refusal(code: u16, words: &str) -> Result<Response, Failure> {
    said(code, words, &json!({}))
}

#[tokio::test]
async fn a_message_goes_to_the_chat_as_html() {
    let script = Script::new([ok(), ok()]);
    assert_eq!(tell(&bot(&script, "-1001234567890")).await.unwrap().word, "ok");
    let thread = TelegramConfig {
        thread: Some(7),
        ..config("@tidegate_ops")
    };
    let bot = Hook::telegram(
        telling(Lang::En),
        thread,
        SecretString::from(TOKEN),
        wire(&script),
    )
    .unwrap();
    tell(&bot).await.unwrap();
    let bodies = script.bodies();
    assert_eq!(bodies[0]["chat_id"], json!(-1_001_234_567_890_i64));
    assert_eq!(
        (
            &bodies[0]["parse_mode"],
            &bodies[0]["link_preview_options"]["is_disabled"]
        ),
        (&json!("HTML"), &json!(true))
    );
    assert!(bodies[0].get("message_thread_id").is_none());
    assert_eq!(
        (&bodies[1]["chat_id"], &bodies[1]["message_thread_id"]),
        (&json!("@tidegate_ops"), &json!(7))
    );
    let sent = script.sent.lock().unwrap();
    assert_eq!(
        sent[0].url.as_str(),
        format!("https://api.telegram.org/bot{TOKEN}/sendMessage")
    );
}

#[tokio::test]
async fn success_is_only_ok_true() {
    for body in [
        "",
        "{}",
        "ok",
        r#"{"ok":"true"}"#,
        r#"{"ok":false}"#,
        r#"{"ok":1}"#,
    ] {
        let error = tell(&bot(&Script::new([answer(200, &[], body)]), "5"))
            .await
            .unwrap_err();
        assert!(matches!(error.refusal, Refusal::Retry(_)), "{body}");
    }
}

#[tokio::test]
async fn refusals_for_good_name_the_next_step() {
    for (code, words, step) in [
        (401, "Unauthorized", "BotFather"),
        (404, "Not Found", "BotFather"),
        (403, "Forbidden: bot was kicked from the group chat", "unblock"),
        (400, "Bad Request: chat not found", "chat_id"),
        (400, "Bad Request: message thread not found", "thread_id"),
        (400, "Bad Request: something new", "something new"),
    ] {
        let error = tell(&bot(&Script::new([refusal(code, words)]), "5"))
            .await
            .unwrap_err();
        assert_eq!(error.refusal, Refusal::Permanent, "{words}");
        assert!(error.detail.contains(step), "{}", error.detail);
    }
}

#[tokio::test]
async fn the_pause_stands_in_the_body() {
    let refused = |answer| async move { tell(&bot(&Script::new([answer]), "5")).await.unwrap_err() };
    let asked = refused(said(
        429,
        "Too Many Requests: retry after 35",
        &json!({ "retry_after": 35 }),
    ))
    .await;
    assert_eq!(pause(&asked), Duration::from_secs(35));
    let endless = refused(said(
        429,
        "Too Many Requests",
        &json!({ "retry_after": 999_999_999 }),
    ))
    .await;
    assert_eq!(pause(&endless), limits::RETRY_MAX);
    assert_eq!(
        pause(&refused(refusal(429, "Too Many Requests")).await),
        limits::RETRY_RATE
    );
    assert!(matches!(
        refused(refusal(502, "Bad Gateway")).await.refusal,
        Refusal::Retry(_)
    ));
}

#[tokio::test]
async fn a_group_that_moved_is_written_to_where_it_is() {
    let moved = said(
        400,
        "Bad Request: group chat was upgraded to a supergroup chat",
        &json!({ "migrate_to_chat_id": -100_987 }),
    );
    let script = Script::new([moved.clone(), ok(), ok()]);
    let bot = bot(&script, "-987");
    assert_eq!(tell(&bot).await.unwrap().sends, 2);
    tell(&bot).await.unwrap();
    let chats: Vec<i64> = script
        .bodies()
        .iter()
        .map(|body| body["chat_id"].as_i64().unwrap())
        .collect();
    assert_eq!(chats, [-987, -100_987, -100_987]);
    let script = Script::new([moved.clone(), moved]);
    let circle = tell(&super::telegram::bot(&script, "-987")).await.unwrap_err();
    assert_eq!(
        circle.refusal,
        Refusal::Permanent,
        "told the same again, it is no move"
    );
}

#[tokio::test]
async fn refused_tags_are_left_out_at_once() {
    let script = Script::new([
        refusal(400, "Bad Request: can't parse entities: Unsupported start tag"),
        ok(),
    ]);
    tell(&bot(&script, "5")).await.unwrap();
    let bodies = script.bodies();
    assert!(bodies[1].get("parse_mode").is_none() && !bodies[1]["text"].as_str().unwrap().contains("<b>"));
}

#[tokio::test]
async fn a_name_is_neither_a_tag_nor_a_call() {
    let script = Script::new([ok(), ok()]);
    bot(&script, "5")
        .deliver(&delivery(Severity::Critical, harmful("<b>&@someone")))
        .await
        .unwrap();
    let mention = ["@duty_engineer", "all"].map(str::to_owned).to_vec();
    let telling = Telling {
        mention,
        ..telling(Lang::En)
    };
    let calling = Hook::telegram(telling, config("5"), SecretString::from(TOKEN), wire(&script)).unwrap();
    calling
        .deliver(&delivery(Severity::Critical, harmful("x")))
        .await
        .unwrap();
    let bodies = script.bodies();
    let text = bodies[0]["text"].as_str().unwrap();
    assert!(
        text.contains("&lt;b&gt;&amp;@\u{2060}someone") && !text.contains("@someone"),
        "{text}"
    );
    assert!(bodies[1]["text"].as_str().unwrap().ends_with("\n@duty_engineer"));
}

#[tokio::test]
async fn a_long_message_is_cut_below_the_limit_in_utf16() {
    let script = Script::new([ok()]);
    bot(&script, "5")
        .deliver(&delivery(Severity::Warning, endless(200)))
        .await
        .unwrap();
    let units = script.bodies()[0]["text"]
        .as_str()
        .unwrap()
        .encode_utf16()
        .count();
    assert!((3_000..=4_096).contains(&units), "{units}");
}

#[test]
fn token_chat_and_base_are_checked() {
    for good in ["5", "-1001234567890", "@channel"] {
        assert!(good.parse::<Chat>().is_ok(), "{good}");
    }
    for bad in ["", "0", "channel", "@a b", "@x", "1.5"] {
        assert_eq!(bad.parse::<Chat>(), Err(ChannelError::Chat), "{bad}");
    }
    let make = |token: &str, base: Option<&str>| {
        let config = TelegramConfig {
            base: base.map(str::to_owned),
            ..config("5")
        };
        Hook::telegram(
            telling(Lang::Zh),
            config,
            SecretString::from(token),
            wire(&Script::new([])),
        )
        .map(drop)
    };
    for bad in ["", "FAKE", "12:", ":x", "12:a/b", "12:a?b", "x:abc"] {
        assert_eq!(make(bad, None), Err(ChannelError::Token), "{bad}");
    }
    assert_eq!(make(TOKEN, Some("http://127.0.0.1:8081/telegram/")), Ok(()));
    assert_eq!(
        make(TOKEN, Some("http://telegram.example")),
        Err(ChannelError::Plain)
    );
}

#[test]
fn a_group_takes_twenty_a_minute_and_a_person_one_a_second() {
    let second = Duration::from_secs(1);
    let mut pace = Pace::default();
    pace.record(now());
    assert_eq!(
        bot(&Script::new([]), "5").earliest(&pace, now()),
        now().plus(second)
    );
    let mut pace = Pace {
        sent: vec![now(); 19],
        blocked_until: None,
    };
    pace.record(now().plus(second));
    let later = now().plus(second * 3);
    assert_eq!(bot(&Script::new([]), "5").earliest(&pace, later), later);
    assert_eq!(
        bot(&Script::new([]), "-5").earliest(&pace, later),
        now().plus(second * 60)
    );
}
