//! A key is in the request and nowhere else: not in an error, not in `Debug`, whatever the other side answers.

use tidegate_egress::FailureKind;
use tidegate_providers::Source;
use tidegate_providers::specs::Spec;

use crate::examples::every_spec;
use crate::support::{CANARY, Reply, Stage, any_params, reply};

/// Answers that repeat the key wherever a provider could.
fn answers() -> Vec<(&'static str, Reply)> {
    let echo = format!(
        r#"{{"error":{{"message":"bad key {CANARY}","type":"{CANARY}","code":"{CANARY}"}},"Code":"{CANARY}",
        "__type":"{CANARY}","code":"{CANARY}","error_code":"{CANARY}","Response":{{"Error":{{"Code":"{CANARY}"}}}},
        "ResponseMetadata":{{"Error":{{"Code":"{CANARY}"}}}},"access_token":"{CANARY}","data":[{{"{CANARY}":1}}]}}"#
    );
    vec![
        ("refused", reply(401, &echo)),
        ("forbidden", reply(403, &echo)),
        ("elsewhere", reply(302, &echo)),
        ("not found", reply(404, &echo)),
        ("throttled", reply(429, &echo)),
        ("broken", reply(500, &echo)),
        ("good, and says no", reply(200, &echo)),
        ("no JSON", reply(200, &format!("<html>{CANARY}</html>"))),
        ("no connection", Err(FailureKind::Connect)),
        ("cut off", Err(FailureKind::Broken)),
        ("too slow", Err(FailureKind::Timeout)),
    ]
}

async fn told(spec: &Spec, answer: Reply) -> String {
    let stage = Stage::new(move |_| answer.clone());
    let given = any_params(spec);
    let params: Vec<(&str, &str)> = given
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect();
    let account = stage.account(spec, &params);
    let read = account.read().await;
    let shown = match &read {
        Ok(report) => format!("{report:?}"),
        Err(error) => format!("{error} {error:?} {:?}", error.blind()),
    };
    assert!(!stage.wire.seen().is_empty(), "{} asked nothing", spec.id);
    format!("{shown} {:?}", stage.wire.seen())
}

#[tokio::test]
async fn no_answer_makes_a_provider_tell_its_key() {
    for spec in every_spec() {
        for (name, answer) in answers() {
            let told = told(&spec, answer).await;
            assert!(!told.contains(CANARY), "{} ({name}): {told}", spec.id);
        }
    }
}

#[tokio::test]
async fn every_key_is_sent_to_the_hosts_of_its_spec_only() {
    for spec in every_spec() {
        let stage = Stage::new(|_| reply(500, "{}"));
        let given = any_params(&spec);
        let params: Vec<(&str, &str)> = given
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect();
        let _ = stage.account(&spec, &params).read().await;
        for request in stage.wire.seen() {
            let origin = tidegate_egress::redact(&request.url);
            let typed = origin == "https://gateway.example.com" && spec.hosts().is_empty();
            assert!(typed || spec.hosts().contains(&origin), "{}: {origin}", spec.id);
            assert_eq!(request.url.scheme(), "https", "{}", spec.id);
        }
    }
}
