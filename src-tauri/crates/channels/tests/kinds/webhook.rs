//! The generic webhook: template, headers, success rule, the id of a delivery.

use std::collections::BTreeMap;
use std::sync::Arc;

use ::secrecy::SecretString;
use serde_json::{Value, json};
use tidegate_channels::webhook::{Expected, Template, TemplateError, WebhookConfig, check_header};
use tidegate_channels::{Channel as _, ChannelError, Hook, Refusal};
use tidegate_egress::Method;
use tidegate_guard::Severity;
use tidegate_meter::Lang;

use super::samples;
use super::support::{Script, answer, delivery, harmful, now, tell, telling, test_message, wire};

/// FAKE.
pub const URL: &str = "https://receiver.example/alerts/FAKE-canary-path-81aa?key=FAKEcanaryquery";
/// FAKE.
pub const BEARER: &str = "Bearer FAKE-canary-bearer-09fe";

pub fn config() -> WebhookConfig {
    WebhookConfig {
        put: false,
        template: Template::default(),
        ok: None,
    }
}

pub fn hook(script: &Arc<Script>, config: WebhookConfig) -> Hook {
    let headers = BTreeMap::from([("Authorization".to_owned(), SecretString::from(BEARER))]);
    Hook::webhook(
        telling(Lang::En),
        config,
        SecretString::from(URL),
        headers,
        wire(script),
    )
    .unwrap()
}

fn with_ok(pointer: &str, equals: &str) -> WebhookConfig {
    let ok = Expected {
        pointer: pointer.to_owned(),
        equals: equals.to_owned(),
    };
    WebhookConfig {
        ok: Some(ok),
        ..config()
    }
}

#[tokio::test]
async fn a_request_carries_headers_and_the_id_of_its_delivery() {
    let script = Script::new([answer(204, &[], ""), answer(200, &[], "thanks")]);
    let put = WebhookConfig {
        put: true,
        ..config()
    };
    assert_eq!(tell(&hook(&script, config())).await.unwrap().word, "204 no word");
    let mut repeat = delivery(Severity::Info, test_message());
    repeat.repeat = true;
    hook(&script, put).deliver(&repeat).await.unwrap();
    let sent = script.sent.lock().unwrap();
    assert_eq!((sent[0].method, sent[1].method), (Method::Post, Method::Put));
    let header = |index: usize, name: &str| {
        let found = sent[index].headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.clone()).unwrap()
    };
    assert_eq!(header(0, "authorization"), BEARER);
    assert_eq!(header(0, "idempotency-key"), repeat.id.to_string());
    assert_eq!(
        header(0, "idempotency-key"),
        header(1, "idempotency-key"),
        "a repeat has the same"
    );
    let body: Value = serde_json::from_slice(&sent[1].body).unwrap();
    assert_eq!(
        (&body["repeat"], &body["id"]),
        (&json!("true"), &json!(repeat.id.to_string()))
    );
}

#[tokio::test]
async fn every_place_of_every_message_is_filled_inside_its_string() {
    let places: Vec<String> = tidegate_channels::webhook::PLACES
        .iter()
        .map(|place| format!("\"{place}\":\"{{{{{place}}}}}\""))
        .collect();
    let template: Template = format!("{{{}}}", places.join(",")).parse().unwrap();
    for (name, severity, message) in samples::all() {
        let script = Script::new([answer(200, &[], "")]);
        let config = WebhookConfig {
            template: template.clone(),
            ..config()
        };
        hook(&script, config)
            .deliver(&delivery(severity, message.clone()))
            .await
            .unwrap();
        let body = &script.bodies()[0];
        assert_eq!(body["code"], samples::code_of(&message), "{name}");
        assert_eq!(
            body["at"],
            now().minus(std::time::Duration::from_secs(10)).to_string()
        );
        assert!(
            !body["title"].as_str().unwrap().is_empty() && !body.to_string().contains("{{"),
            "{name}"
        );
    }
    let script = Script::new([answer(200, &[], "")]);
    let harm = "\",\"admin\":true,\"x\":\"{{id}}\\";
    hook(&script, config())
        .deliver(&delivery(Severity::Warning, harmful(harm)))
        .await
        .unwrap();
    let body = &script.bodies()[0];
    assert_eq!(
        body["account"], harm,
        "a value is never read as a template or as JSON"
    );
    assert!(body.get("admin").is_none());
}

#[tokio::test]
async fn success_is_a_2xx_and_what_the_body_is_asked_for() {
    for (pointer, equals, body) in [
        ("/code", "0", r#"{"code":0}"#),
        ("/code", "0", r#"{"code":"0"}"#),
        ("/ok", "true", r#"{"ok":true}"#),
    ] {
        let script = Script::new([answer(200, &[], body)]);
        tell(&hook(&script, with_ok(pointer, equals))).await.unwrap();
    }
    for body in ["", "{}", r#"{"code":1}"#, r#"{"code":null}"#, "[0]"] {
        let script = Script::new([answer(200, &[], body)]);
        let error = tell(&hook(&script, with_ok("/code", "0"))).await.unwrap_err();
        assert!(
            matches!(error.refusal, Refusal::Retry(_)) && error.may_have_arrived,
            "{body}"
        );
        assert!(error.detail.contains("ok_equals"), "{error}");
    }
}

#[tokio::test]
async fn another_status_is_for_later_or_for_good() {
    let refused = |status| async move {
        tell(&hook(
            &Script::new([answer(status, &[], r#"{"message":"why"}"#)]),
            config(),
        ))
        .await
        .unwrap_err()
    };
    for status in [408, 425, 429, 500, 503] {
        assert!(
            matches!(refused(status).await.refusal, Refusal::Retry(_)),
            "{status}"
        );
    }
    for status in [400, 401, 403, 404, 410, 413, 422] {
        let error = refused(status).await;
        assert_eq!(error.refusal, Refusal::Permanent, "{status}");
        assert!(
            error.detail.contains("why") && error.detail.contains(&status.to_string()),
            "{error}"
        );
    }
    let moved = refused(302).await;
    assert!(
        moved.refusal == Refusal::Permanent && moved.detail.contains("no redirect"),
        "{moved}"
    );
}

#[test]
fn a_template_is_refused_by_the_name_of_its_fault() {
    let fault = |text: &str| text.parse::<Template>().unwrap_err();
    assert!(matches!(fault(r#"{"a":"{{tilte}}"}"#), TemplateError::Place { name } if name == "tilte"));
    assert!(matches!(
        fault(r#"{"a":{{title}}}"#),
        TemplateError::Json { line: 1, .. }
    ));
    assert!(matches!(
        fault(&format!("\"{}\"", "x".repeat(20_000))),
        TemplateError::Long
    ));
}

#[test]
fn a_header_that_the_request_itself_sets_is_refused() {
    for name in [
        "Host",
        "content-length",
        "Content-Type",
        "Idempotency-Key",
        "a b",
        "",
        "x:y",
        "中",
    ] {
        assert_eq!(
            check_header(name),
            Err(ChannelError::HeaderName(name.to_owned())),
            "{name}"
        );
    }
    let headers = BTreeMap::from([("X-Key".to_owned(), SecretString::from("FAKE\r\nX-Admin: 1"))]);
    let made = Hook::webhook(
        telling(Lang::En),
        config(),
        SecretString::from(URL),
        headers,
        wire(&Script::new([])),
    );
    assert_eq!(made.map(drop), Err(ChannelError::HeaderValue("X-Key".to_owned())));
}
