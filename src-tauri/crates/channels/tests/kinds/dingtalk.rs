//! DingTalk: the signature in the address, success by `errcode`, the table of refusals.

use std::sync::Arc;
use std::time::Duration;

use ::secrecy::SecretString;
use serde_json::{Value, json};
use tidegate_channels::{Channel as _, ChannelError, Hook, Pace, Refusal, Telling, limits};
use tidegate_guard::Severity;
use tidegate_meter::Lang;

use super::support::{SECRET, Script, answer, delivery, harmful, now, pause, tell, telling, wire};

/// FAKE.
pub const URL: &str = "https://oapi.dingtalk.com/robot/send?access_token=FAKEcanarytoken5c1d";

pub fn robot(script: &Arc<Script>, secret: Option<&str>) -> Hook {
    Hook::dingtalk(
        telling(Lang::En),
        SecretString::from(URL),
        secret.map(SecretString::from),
        wire(script),
    )
    .unwrap()
}

fn said(code: i64, words: &str) -> Result<tidegate_egress::Response, tidegate_egress::Failure> {
    answer(200, &[], &json!({ "errcode": code, "errmsg": words }).to_string())
}

fn ok() -> Result<tidegate_egress::Response, tidegate_egress::Failure> {
    said(0, "ok")
}

async fn refused(code: i64, words: &str) -> tidegate_channels::DeliveryError {
    tell(&robot(&Script::new([said(code, words)]), Some(SECRET)))
        .await
        .unwrap_err()
}

#[tokio::test]
async fn every_vector_stands_in_the_address_as_published() {
    let vectors: Value = serde_json::from_str(include_str!("../vectors/channel-sign-vectors.json")).unwrap();
    let vectors = vectors["dingtalk"]["vectors"].as_array().unwrap();
    assert!(vectors.len() >= 6);
    for vector in vectors {
        let text = |key: &str| vector[key].as_str().unwrap();
        let sign = tidegate_channels::dingtalk::sign(text("timestamp"), &SecretString::from(text("secret")));
        assert_eq!(sign, text("sign_base64"), "{}", text("name"));
        let mut url: url::Url = URL.parse().unwrap();
        url.query_pairs_mut().append_pair("sign", &sign);
        assert!(
            url.as_str()
                .ends_with(&format!("&sign={}", text("sign_urlencoded")))
        );
    }
}

#[tokio::test]
async fn a_request_is_signed_in_its_address() {
    let script = Script::new([ok(), ok()]);
    let delivered = tell(&robot(&script, Some(SECRET))).await.unwrap();
    assert_eq!((delivered.word.as_str(), delivered.sends), ("0 ok", 1));
    tell(&robot(&script, None)).await.unwrap();
    let sent = script.sent.lock().unwrap();
    let pairs: Vec<(String, String)> = sent[0].url.query_pairs().into_owned().collect();
    let stamp = now().ms().to_string();
    let sign = tidegate_channels::dingtalk::sign(&stamp, &SecretString::from(SECRET));
    assert_eq!(
        pairs[1..],
        [("timestamp".to_owned(), stamp), ("sign".to_owned(), sign)]
    );
    assert_eq!(sent[1].url.as_str(), URL, "without a secret nothing is signed");
}

#[tokio::test]
async fn success_is_only_errcode_zero() {
    for body in [
        "",
        "ok",
        "<html>",
        "{}",
        r#"{"errcode":"0"}"#,
        r#"{"errcode":null}"#,
        r#"{"errmsg":"ok"}"#,
    ] {
        let error = tell(&robot(&Script::new([answer(200, &[], body)]), None))
            .await
            .unwrap_err();
        assert!(
            matches!(error.refusal, Refusal::Retry(_)) && error.may_have_arrived,
            "{body}"
        );
    }
    let error = tell(&robot(&Script::new([answer(500, &[], r#"{"errcode":0}"#)]), None))
        .await
        .unwrap_err();
    assert!(matches!(error.refusal, Refusal::Retry(_)));
}

#[tokio::test]
async fn refusals_for_good_name_the_next_step() {
    for (code, words, step) in [
        (
            310_000,
            "keywords not in content, more: [https://ding-doc]",
            "keyword",
        ),
        (310_000, "description:关键词不匹配;solution:…", "keyword"),
        (310_000, "sign not match, more: […]", "begins with SEC"),
        (310_000, "ip 203.0.113.7 not in whitelist", "robot's list"),
        (310_000, "something new", "compare keyword"),
        (300_005, "token is not exist", "copy the address again"),
        (300_001, "token is not exist", "copy the address again"),
        (400_101, "access_token不存在", "copy the address again"),
        (40_035, "不合法的参数", "report"),
        (43_004, "无效的HTTP HEADER Content-Type", "report"),
        (400_013, "群已被解散", "another group"),
        (400_102, "机器人已停用", "switch it on"),
        (400_106, "机器人不存在", "add one"),
        (460_101, "message too long, exceed 20000 bytes", "report"),
        (999_999, "new", "999999"),
    ] {
        let error = refused(code, words).await;
        assert_eq!(error.refusal, Refusal::Permanent, "{code}");
        assert!(
            error.detail.contains(step) && error.detail.contains(&code.to_string()),
            "{}",
            error.detail
        );
        assert!(!error.may_have_arrived);
    }
}

#[tokio::test]
async fn the_first_warning_costs_a_minute_and_the_next_ten() {
    let punished = answer(
        200,
        &[],
        r#"{"status":1111,"wait":5,"source":"x5","punish":"deny"}"#,
    );
    let script = Script::new([
        said(130_101, "send too fast"),
        punished,
        ok(),
        said(410_100, "rate"),
    ]);
    let robot = robot(&script, None);
    let waits = |error: &tidegate_channels::DeliveryError| pause(error).as_secs();
    let first = tell(&robot).await.unwrap_err();
    assert!((60..120).contains(&waits(&first)), "{first:?}");
    let second = tell(&robot).await.unwrap_err();
    assert!((600..660).contains(&waits(&second)), "{second:?}");
    tell(&robot).await.unwrap();
    assert!(
        waits(&tell(&robot).await.unwrap_err()) < 120,
        "a taken message ends the warning"
    );
}

#[tokio::test]
async fn a_busy_platform_and_a_used_up_quota_are_tried_again() {
    assert_eq!(pause(&refused(-1, "系统繁忙").await), limits::RETRY_TRANSIENT);
    assert_eq!(pause(&refused(90_030, "over limit").await), limits::RETRY_MAX);
}

#[tokio::test]
async fn a_link_that_is_refused_is_left_out_at_once() {
    for code in [430_101, 400_105] {
        let script = Script::new([said(code, "unsafe"), ok()]);
        assert_eq!(tell(&robot(&script, None)).await.unwrap().sends, 2);
        let bodies = script.bodies();
        assert_eq!(
            (&bodies[0]["msgtype"], &bodies[1]["msgtype"]),
            (&json!("markdown"), &json!("text"))
        );
    }
}

#[tokio::test]
async fn a_timestamp_is_made_again_when_the_clock_explains_it() {
    let old = answer(
        200,
        &[("date", "Fri, 20 Nov 2026 16:05:10 GMT")],
        r#"{"errcode":310000,"errmsg":"invalid timestamp"}"#,
    );
    let script = Script::new([old.clone(), ok(), old.clone(), old]);
    let robot = robot(&script, Some(SECRET));
    tell(&robot).await.unwrap();
    let theirs = now().plus(Duration::from_secs(7_200)).ms().to_string();
    assert!(script.sent.lock().unwrap()[1].url.as_str().contains(&theirs));
    let right = tell(&robot).await.unwrap_err();
    assert!(
        right.detail.contains("the clock is right") && right.refusal == Refusal::Permanent,
        "{right}"
    );
}

#[tokio::test]
async fn nobody_is_called_unless_it_is_configured() {
    let calls = |severity, mention: &[&str]| {
        let mention: Vec<String> = mention.iter().map(|id| (*id).to_owned()).collect();
        async move {
            let script = Script::new([ok()]);
            let telling = Telling {
                mention,
                ..telling(Lang::En)
            };
            let hook = Hook::dingtalk(telling, SecretString::from(URL), None, wire(&script)).unwrap();
            hook.deliver(&delivery(severity, harmful("@all <b>")))
                .await
                .unwrap();
            script.bodies()[0].clone()
        }
    };
    let silent = calls(Severity::Critical, &[]).await;
    assert_eq!(silent["at"], json!({ "isAtAll": false, "atMobiles": [] }));
    assert!(
        !silent["markdown"]["text"].as_str().unwrap().contains("@all"),
        "{silent}"
    );
    let loud = calls(Severity::Critical, &["all", "13800000000"]).await;
    assert_eq!(
        loud["at"],
        json!({ "isAtAll": true, "atMobiles": ["13800000000"] })
    );
    let quiet = calls(Severity::Warning, &["all"]).await;
    assert_eq!(quiet["at"]["isAtAll"], false, "only a critical message calls");
}

#[tokio::test]
async fn a_long_message_is_cut_below_the_limit() {
    let script = Script::new([ok()]);
    let message = super::support::endless(400);
    robot(&script, None)
        .deliver(&delivery(Severity::Warning, message))
        .await
        .unwrap();
    let size = script.sent.lock().unwrap()[0].body.len();
    assert!(
        (limits::DINGTALK_BODY_BYTES / 2..=limits::DINGTALK_BODY_BYTES).contains(&size),
        "{size}"
    );
}

#[test]
fn an_address_must_be_a_robots() {
    let make = |url: &str| {
        Hook::dingtalk(
            telling(Lang::Zh),
            SecretString::from(url),
            None,
            wire(&Script::new([])),
        )
        .map(drop)
    };
    for good in [
        URL,
        "https://gateway.example/x",
        "http://127.0.0.1:1/dingtalk/robot/send?access_token=x",
    ] {
        assert_eq!(make(good), Ok(()), "{good}");
    }
    for bad in [
        "https://oapi.dingtalk.com/robot/send",
        "https://oapi.dingtalk.com/gettoken?access_token=x",
    ] {
        assert!(matches!(make(bad), Err(ChannelError::Hook(_))), "{bad}");
    }
}

#[test]
fn twenty_a_minute_and_no_more_also_after_a_restart() {
    let robot = robot(&Script::new([]), None);
    let mut pace = Pace::default();
    for _ in 0..20 {
        assert_eq!(robot.earliest(&pace, now()), now());
        pace.record(now());
    }
    let pace: Pace = serde_json::from_str(&serde_json::to_string(&pace).unwrap()).unwrap();
    assert_eq!(robot.earliest(&pace, now()), now().plus(Duration::from_secs(60)));
}
