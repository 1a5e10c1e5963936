//! WeCom: lengths in bytes, success by `errcode`, who is called.

use std::sync::Arc;
use std::time::Duration;

use ::secrecy::SecretString;
use serde_json::json;
use tidegate_channels::{Channel as _, ChannelError, Hook, Pace, Refusal, Telling, limits};
use tidegate_guard::Severity;
use tidegate_meter::Lang;

use super::support::{Script, answer, delivery, endless, harmful, now, pause, tell, telling, wire};

/// FAKE.
pub const URL: &str = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=FAKE-canary-key-2b7e";

pub fn robot(script: &Arc<Script>) -> Hook {
    Hook::wecom(telling(Lang::Zh), SecretString::from(URL), wire(script)).unwrap()
}

fn said(code: i64, words: &str) -> Result<tidegate_egress::Response, tidegate_egress::Failure> {
    answer(200, &[], &json!({ "errcode": code, "errmsg": words }).to_string())
}

#[tokio::test]
async fn success_is_only_errcode_zero() {
    let script = Script::new([said(0, "ok")]);
    assert_eq!(tell(&robot(&script)).await.unwrap().word, "0 ok");
    for body in ["", "ok", "{}", r#"{"errcode":"0"}"#] {
        let error = tell(&robot(&Script::new([answer(200, &[], body)])))
            .await
            .unwrap_err();
        assert!(
            matches!(error.refusal, Refusal::Retry(_)) && error.may_have_arrived,
            "{body}"
        );
    }
}

#[tokio::test]
async fn a_refusal_is_for_good_or_for_later_by_the_table() {
    let refused =
        |code, words| async move { tell(&robot(&Script::new([said(code, words)]))).await.unwrap_err() };
    let gone = refused(93_000, "invalid webhook url, hint: […]").await;
    assert!(
        gone.refusal == Refusal::Permanent && gone.detail.contains("重新复制网址"),
        "{gone}"
    );
    assert_eq!(
        refused(40_008, "invalid message type").await.refusal,
        Refusal::Permanent
    );
    let rate = refused(45_009, "api freq out of limit").await;
    assert!((60..120).contains(&pause(&rate).as_secs()), "{rate:?}");
    assert_eq!(pause(&refused(-1, "system busy").await), limits::RETRY_TRANSIENT);
}

#[tokio::test]
async fn a_form_that_is_too_long_for_the_platform_is_sent_again_as_text() {
    let script = Script::new([
        said(40_058, "markdown.content exceed max length 4096"),
        said(0, "ok"),
    ]);
    let sent = robot(&script)
        .deliver(&delivery(Severity::Warning, endless(200)))
        .await
        .unwrap();
    assert_eq!(sent.sends, 2);
    let bodies = script.bodies();
    let markdown = bodies[0]["markdown"]["content"].as_str().unwrap();
    let text = bodies[1]["text"]["content"].as_str().unwrap();
    // The limits count bytes: these texts have a third as many characters.
    assert!(
        (2_048..=4_096).contains(&markdown.len()) && markdown.chars().count() < 3_000,
        "{}",
        markdown.len()
    );
    assert!((1_024..=2_048).contains(&text.len()), "{}", text.len());
    assert!(
        text.starts_with("200 条消息") || text.contains("200"),
        "what matters most comes first: {text}"
    );
}

#[tokio::test]
async fn only_a_configured_mention_calls_and_then_by_text() {
    let script = Script::new([said(0, "ok"), said(0, "ok")]);
    robot(&script)
        .deliver(&delivery(Severity::Critical, harmful("<@all>**x**")))
        .await
        .unwrap();
    let mention = ["all", "zhangsan", "13800000000"].map(str::to_owned).to_vec();
    let telling = Telling {
        mention,
        ..telling(Lang::Zh)
    };
    let hook = Hook::wecom(telling, SecretString::from(URL), wire(&script)).unwrap();
    hook.deliver(&delivery(Severity::Critical, harmful("<@all>")))
        .await
        .unwrap();
    let bodies = script.bodies();
    let silent = bodies[0]["markdown"]["content"].as_str().unwrap();
    assert!(
        !silent.contains("<@") && !silent.contains("**x**") && silent.contains("‹@"),
        "{silent}"
    );
    assert_eq!(bodies[1]["text"]["mentioned_list"], json!(["@all", "zhangsan"]));
    assert_eq!(bodies[1]["text"]["mentioned_mobile_list"], json!(["13800000000"]));
    assert!(!bodies[1]["text"]["content"].as_str().unwrap().contains("<@"));
}

#[test]
fn an_address_must_be_a_robots_and_twenty_a_minute_are_taken() {
    let make =
        |url: &str| Hook::wecom(telling(Lang::Zh), SecretString::from(url), wire(&Script::new([]))).map(drop);
    assert_eq!(make(URL), Ok(()));
    assert!(matches!(
        make("https://qyapi.weixin.qq.com/cgi-bin/webhook/send"),
        Err(ChannelError::Hook(_))
    ));
    let robot = robot(&Script::new([]));
    let mut pace = Pace::default();
    for _ in 0..20 {
        assert_eq!(robot.earliest(&pace, now()), now());
        pace.record(now());
    }
    assert_eq!(robot.earliest(&pace, now()), now().plus(Duration::from_secs(60)));
}
