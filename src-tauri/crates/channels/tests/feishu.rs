//! The bot against a scripted other side: what counts as success, what each refusal means, signing, limits, secrecy.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "helpers of tests: a failed assumption is a failed test, and each test file uses a part of them"
)]

mod support;

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use secrecy::SecretString;
use serde_json::Value;
use support::{SECRET, Script, URL, answer, code, deliver, feishu, now, ok, pause, telling, wire};
use tidegate_channels::{Channel as _, ChannelError, DeliveryError, Hook, Pace, Refusal, limits};
use tidegate_egress::{Failure, FailureKind, Response};
use tidegate_meter::{Lang, Time};

async fn refused(answers: impl IntoIterator<Item = Result<Response, Failure>>) -> DeliveryError {
    deliver(&Script::new(answers), Some(SECRET)).await.unwrap_err()
}

#[test]
fn the_signature_passes_every_vector() {
    let vectors: Value = serde_json::from_str(include_str!("vectors/channel-sign-vectors.json")).unwrap();
    let vectors = vectors["feishu"]["vectors"].as_array().unwrap();
    assert!(vectors.len() >= 6);
    for vector in vectors {
        let text = |key: &str| vector[key].as_str().unwrap();
        let secret = SecretString::from(text("secret"));
        assert_eq!(
            tidegate_channels::feishu::sign(text("timestamp"), &secret),
            text("sign"),
            "{}",
            text("name")
        );
    }
}

#[tokio::test]
async fn a_signed_request_carries_time_and_signature() {
    let script = Script::new([ok()]);
    let delivered = deliver(&script, Some(SECRET)).await.unwrap();
    assert_eq!((delivered.at, delivered.word.as_str()), (now(), "0 success"));
    let body = &script.bodies()[0];
    let timestamp = body["timestamp"].as_str().unwrap();
    assert_eq!(timestamp, now().seconds().to_string());
    assert_eq!(
        body["sign"],
        tidegate_channels::feishu::sign(timestamp, &SecretString::from(SECRET))
    );
    assert_eq!(body["msg_type"], "interactive");
    let unsigned = Script::new([ok()]);
    deliver(&unsigned, None).await.unwrap();
    assert!(unsigned.bodies()[0].get("sign").is_none() && unsigned.bodies()[0].get("timestamp").is_none());
}

#[tokio::test]
async fn success_is_only_what_the_body_says() {
    for body in [r#"{"code":0}"#, r#"{"StatusCode":0,"StatusMessage":"success"}"#] {
        deliver(&Script::new([answer(200, &[], body)]), None)
            .await
            .unwrap();
    }
    for body in [
        "",
        "ok",
        "<html>login</html>",
        "{}",
        "[]",
        "0",
        r#"{"code":null}"#,
        r#"{"code":"0"}"#,
        r#"{"code":0.5}"#,
        r#"{"code":null,"StatusCode":0}"#,
        r#"{"msg":"success"}"#,
    ] {
        let error = refused([answer(200, &[], body)]).await;
        assert!(pause(&error) >= Duration::from_secs(1), "{body}");
        assert!(error.may_have_arrived, "a proxy may have passed it on: {body}");
    }
    let error = refused([answer(302, &[], r#"{"code":0}"#)]).await;
    assert!(
        matches!(error.refusal, Refusal::Retry(_)),
        "code 0 without HTTP 2xx is no success"
    );
}

#[tokio::test]
async fn refusals_for_good_name_the_next_step() {
    for (number, said, word) in [
        (9499, "Bad Request", "9499"),
        (
            19001,
            "param invalid: incoming webhook access token invalid",
            "copy it again",
        ),
        (19002, "params error, msg_type need", "19002"),
        (19022, "Ip Not Allowed", "bot's list"),
        (19024, "Key Words Not Found", "keyword"),
        (19036, "something new", "something new"),
        (99999, "", "no word"),
    ] {
        let error = refused([code(number, said)]).await;
        assert_eq!(error.refusal, Refusal::Permanent, "{number}");
        assert!(
            error.detail.contains(word) && error.detail.contains(&number.to_string()),
            "{}",
            error.detail
        );
        assert!(!error.may_have_arrived);
    }
}

#[tokio::test]
async fn a_rate_limit_waits_a_minute_and_keeps_off_the_hour() {
    for (number, said) in [
        (
            11232,
            "frequency limited psm[lark.oapi.app_platform_runtime]appID[1500]",
        ),
        (9499, "too many request, frequency limited"),
        (9499, "exceeds Limit"),
    ] {
        let error = refused([code(number, said)]).await;
        let pause = pause(&error);
        assert!((60..=200).contains(&pause.as_secs()), "{pause:?}");
        let again = now().plus(pause).seconds().rem_euclid(1800);
        assert!((90..1770).contains(&again), "{again} s into the half hour");
    }
}

#[tokio::test]
async fn http_trouble_is_retried_as_the_header_asks() {
    for status in [408, 425, 429, 500, 502, 503, 504] {
        let asked = refused([answer(status, &[("retry-after", "120")], "<html>busy</html>")]).await;
        assert_eq!(pause(&asked), Duration::from_secs(120), "{status}");
        let dated = [("retry-after", "Fri, 20 Nov 2026 14:10:10 GMT")];
        assert_eq!(
            pause(&refused([answer(status, &dated, "")]).await),
            Duration::from_secs(300)
        );
        let endless = refused([answer(status, &[("retry-after", "999999999")], "")]).await;
        assert_eq!(pause(&endless), limits::RETRY_MAX);
        let silent = refused([answer(status, &[], r#"{"code":77}"#)]).await;
        assert!(pause(&silent) >= limits::RETRY_TRANSIENT);
        assert_eq!(silent.may_have_arrived, status >= 500, "{status}");
    }
    assert!(pause(&refused([answer(429, &[], "")]).await) >= limits::RETRY_RATE);
    assert!(matches!(
        refused([answer(403, &[], "<html>proxy</html>")]).await.refusal,
        Refusal::Retry(_)
    ));
}

#[tokio::test]
async fn a_network_failure_is_retried_and_says_whether_it_may_have_arrived() {
    for (kind, arrived) in [
        (FailureKind::Connect, false),
        (FailureKind::Tls, false),
        (FailureKind::Timeout, true),
        (FailureKind::Broken, true),
    ] {
        let error = refused([Err(failure(kind, arrived))]).await;
        assert!(matches!(error.refusal, Refusal::Retry(_)));
        assert_eq!(error.may_have_arrived, arrived);
    }
    assert_eq!(
        refused([Err(failure(FailureKind::Refused, false))]).await.refusal,
        Refusal::Permanent
    );
}

fn failure(kind: FailureKind, may_have_arrived: bool) -> Failure {
    Failure {
        kind,
        host: "open.feishu.cn".to_owned(),
        text: format!("broken off while calling {URL}"),
        may_have_arrived,
        retry_after: None,
    }
}

#[tokio::test]
async fn every_request_of_a_delivery_is_counted() {
    let counted = |script: Arc<Script>| async move {
        match deliver(&script, Some(SECRET)).await {
            Ok(delivered) => delivered.sends,
            Err(error) => error.sends,
        }
    };
    assert_eq!(counted(Script::new([ok()])).await, 1);
    assert_eq!(counted(Script::new([code(11310, "card"), ok()])).await, 2);
    let both = [code(11310, "card"), code(11310, "text")];
    assert_eq!(counted(Script::new(both)).await, 2);
    let lost = Failure::new(FailureKind::Connect, "nowhere", "refused");
    assert_eq!(counted(Script::new([Err(lost)])).await, 1);
}

#[tokio::test]
async fn a_refused_card_is_sent_again_as_text_at_once() {
    for number in [11310, 11999, 200_621, 200_000] {
        let script = Script::new([code(number, "card table number over limit"), ok()]);
        deliver(&script, Some(SECRET)).await.unwrap();
        let bodies = script.bodies();
        assert_eq!(
            (&bodies[0]["msg_type"], &bodies[1]["msg_type"]),
            (&"interactive".into(), &"text".into())
        );
        assert!(
            bodies[1]["content"]["text"]
                .as_str()
                .unwrap()
                .contains("Tidegate test message")
        );
        assert!(bodies[1]["sign"].is_string());
    }
    let both = refused([code(11310, "card"), code(11310, "text")]).await;
    assert_eq!(both.refusal, Refusal::Permanent);
    let limited = refused([code(11310, "card"), code(11232, "frequency limited")]).await;
    assert!(pause(&limited) >= limits::RETRY_RATE);
}

#[tokio::test]
async fn a_signature_is_made_again_only_when_the_clock_explains_it() {
    let mismatch = |date: &str| {
        let body =
            r#"{"code":19021,"msg":"sign match fail or timestamp is not within one hour from current time"}"#;
        answer(200, &[("date", date)], body)
    };
    // The platform's clock is two hours ahead: signed again with its time, and remembered.
    let script = Script::new([mismatch("Fri, 20 Nov 2026 16:05:10 GMT"), ok(), ok()]);
    let bot = feishu(&script, Lang::En, None, Some(SECRET));
    let message = tidegate_channels::Message::Test {
        channel: "ops".to_owned(),
    };
    let delivery = support::delivery(tidegate_guard::Severity::Info, message);
    bot.deliver(&delivery).await.unwrap();
    bot.deliver(&delivery).await.unwrap();
    let theirs = now().plus(Duration::from_secs(7200)).seconds().to_string();
    for body in &script.bodies()[1..] {
        assert_eq!(body["timestamp"].as_str().unwrap(), theirs);
    }
    // The clock is right: the secret is not.
    let secret = refused([mismatch("Fri, 20 Nov 2026 14:05:11 GMT")]).await;
    assert_eq!(secret.refusal, Refusal::Permanent);
    assert!(secret.detail.contains("signing secret"), "{}", secret.detail);
    // Both are wrong: once, then never.
    let late = "Fri, 20 Nov 2026 16:05:10 GMT";
    let both = refused([mismatch(late), mismatch(late)]).await;
    assert_eq!(both.refusal, Refusal::Permanent);
    assert!(both.detail.contains("2 hours"), "{}", both.detail);
    let unchecked = refused([code(19021, "sign match fail")]).await;
    assert_eq!(unchecked.refusal, Refusal::Permanent);
    let demanded = deliver(&Script::new([code(19021, "sign match fail")]), None)
        .await
        .unwrap_err();
    assert!(demanded.detail.contains("add the secret"), "{}", demanded.detail);
}

#[tokio::test]
async fn nothing_shows_address_or_secret() {
    let token = URL.rsplit('/').next().unwrap();
    let echo = format!("bad token {token} at {URL} with {SECRET}");
    let mut shown = String::new();
    for number in [0, 9499, 11232, 11310, 19001, 19021, 19024, 19036] {
        let script = Script::new([code(number, &echo), code(number, &echo)]);
        shown.push_str(&format!("{:?}", deliver(&script, Some(SECRET)).await));
    }
    shown.push_str(&format!(
        "{:?}",
        refused([Err(failure(FailureKind::Timeout, true))]).await
    ));
    shown.push_str(&format!(
        "{:?}",
        feishu(&Script::new([]), Lang::Zh, None, Some(SECRET))
    ));
    assert!(!shown.contains("canary"), "{shown}");
}

const HINT: &str = "a custom bot's of the second version has a path that begins with /open-apis/bot/v2/hook/";

#[test]
fn only_https_or_this_machine_is_an_address() {
    let make = |url: &str, secret: Option<&str>| {
        let secret = secret.map(SecretString::from);
        Hook::feishu(
            telling(Lang::Zh),
            SecretString::from(url),
            secret,
            wire(&Script::new([])),
        )
        .map(drop)
    };
    for good in [
        URL,
        "https://open.larksuite.com/open-apis/bot/v2/hook/FAKE",
        "https://gateway.example/any/path?x=1",
        "http://127.0.0.1:18080/feishu",
        "http://localhost:1/x",
        "http://[::1]:1/x",
        " https://gateway.example/x\n",
    ] {
        assert_eq!(make(good, None), Ok(()), "{good}");
    }
    for (bad, error) in [
        (
            "http://open.feishu.cn/open-apis/bot/v2/hook/FAKE",
            ChannelError::Plain,
        ),
        ("http://192.168.1.2/hook", ChannelError::Plain),
        ("https://169.254.169.254/latest", ChannelError::LinkLocal),
        ("https://[fe80::1]/x", ChannelError::LinkLocal),
        ("https://metadata.google.internal/x", ChannelError::LinkLocal),
        ("ftp://gateway.example/x", ChannelError::Plain),
        ("https://user:FAKE@gateway.example/x", ChannelError::Address),
        ("FAKE", ChannelError::Address),
        ("", ChannelError::Address),
        (
            "https://open.feishu.cn/open-apis/bot/hook/FAKE",
            ChannelError::Hook(HINT),
        ),
        (
            "https://open.feishu.cn/open-apis/bot/v2/hook/",
            ChannelError::Hook(HINT),
        ),
    ] {
        assert_eq!(make(bad, None), Err(error), "{bad}");
    }
    assert_eq!(make(URL, Some(" ")), Err(ChannelError::EmptySecret));
}

#[test]
fn the_limits_hold_across_a_restart() {
    let bot = feishu(&Script::new([]), Lang::Zh, None, None);
    let mut pace = Pace::default();
    let second = Duration::from_secs(1);
    for _ in 0..5 {
        assert_eq!(bot.earliest(&pace, now()), now());
        pace.record(now());
    }
    assert_eq!(bot.earliest(&pace, now()), now().plus(second));
    let stored = serde_json::to_string(&pace).unwrap();
    let pace: Pace = serde_json::from_str(&stored).unwrap();
    assert_eq!(bot.earliest(&pace, now()), now().plus(second));
    assert_eq!(bot.earliest(&pace, now().plus(second)), now().plus(second));
}

#[test]
fn a_block_is_kept_believed_for_an_hour_at_most_and_forgotten() {
    let bot = feishu(&Script::new([]), Lang::Zh, None, None);
    let mut pace = Pace::default();
    pace.block(now().plus(Duration::from_secs(90)));
    pace.block(now().plus(Duration::from_secs(60)));
    assert_eq!(bot.earliest(&pace, now()), now().plus(Duration::from_secs(90)));
    pace.record(now().plus(Duration::from_secs(91)));
    assert_eq!(pace.blocked_until, None);
    pace.block(now().plus(Duration::from_secs(86_400)));
    assert_eq!(bot.earliest(&pace, now()), now().plus(limits::RETRY_MAX));
}

#[test]
fn a_clock_set_back_does_not_block_the_channel() {
    let bot = feishu(&Script::new([]), Lang::Zh, None, None);
    let mut pace = Pace {
        sent: vec![now(); 200],
        blocked_until: None,
    };
    let earlier = now().minus(Duration::from_secs(86_400));
    assert_eq!(bot.earliest(&pace, earlier), earlier);
    pace.record(earlier);
    assert_eq!(pace.sent, [earlier]);
}

proptest! {
    #[test]
    fn whoever_waits_for_earliest_keeps_both_limits(gaps in proptest::collection::vec(0_u64..700, 1..260)) {
        let bot = feishu(&Script::new([]), Lang::Zh, None, None);
        let (mut pace, mut clock, mut sent) = (Pace::default(), now(), Vec::<Time>::new());
        for gap in gaps {
            clock = bot.earliest(&pace, clock.plus(Duration::from_millis(gap)));
            pace.record(clock);
            sent.push(clock);
            let within = |span: u64| sent.iter().filter(|at| clock.since(**at) < Duration::from_secs(span)).count();
            prop_assert!(within(1) <= 5 && within(60) <= 100);
            prop_assert!(pace.sent.len() <= limits::PACE_ENTRIES);
        }
    }
}
