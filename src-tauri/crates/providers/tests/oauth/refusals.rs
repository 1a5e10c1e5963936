//! What the identity service refuses, and what is told of it.

use std::time::Duration;

use tidegate_egress::{Failure, FailureKind};
use tidegate_meter::Reason;
use tidegate_providers::ProviderErrorKind;

use crate::support::{Client, SECRET, granted, json};

const WRONG_SECRET: &str = r#"{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is FAKE-canary-secret for app 'fake-client'. Trace ID: 11111111-fake","error_codes":[7000215]}"#;

#[tokio::test]
async fn a_refused_client_is_auth_with_the_directorys_code_and_nothing_else_of_its_text() {
    let error = Client::new([json(401, WRONG_SECRET)]).bearer().await.unwrap_err();
    assert_eq!(error.kind, ProviderErrorKind::Blind(Reason::Auth));
    assert_eq!(
        error.detail,
        "token: the client id or its secret is refused or has expired (AADSTS7000215)"
    );
}

#[tokio::test]
async fn a_refused_client_sends_nothing_for_five_minutes_unless_its_secret_changes() {
    let client = Client::new([
        json(401, WRONG_SECRET),
        granted("FAKE-new", 3600),
        json(401, WRONG_SECRET),
        granted("FAKE-old", 3600),
    ]);
    let refused = client.bearer().await.unwrap_err();
    assert_eq!(refused.retry_after, Some(Duration::from_secs(300)));
    client.hands.advance(100);
    let again = client.bearer().await.unwrap_err();
    assert_eq!(
        (again.retry_after, client.sent()),
        (Some(Duration::from_secs(200)), 1)
    );
    assert_eq!(client.bearer_with("FAKE-rotated").await.unwrap(), "FAKE-new");
    client.bearer().await.unwrap_err();
    client.hands.advance(300);
    assert_eq!(client.bearer().await.unwrap(), "FAKE-old");
}

#[tokio::test]
async fn each_refusal_has_its_class() {
    let cases = [
        (400, r#"{"error":"unauthorized_client"}"#, Reason::Auth),
        (400, r#"{"error":"invalid_client"}"#, Reason::Auth),
        (
            400,
            r#"{"error":"invalid_request","error_description":"AADSTS90002: Tenant 'x' not found."}"#,
            Reason::Auth,
        ),
        (401, "<html>", Reason::Auth),
        (400, r#"{"error":"invalid_scope"}"#, Reason::Scope),
        (403, "{}", Reason::Scope),
        (400, r#"{"error":"temporarily_unavailable"}"#, Reason::Transient),
        (503, "", Reason::Transient),
        (429, "{}", Reason::Rate),
        (404, "<html>", Reason::Shape),
        (302, "", Reason::Shape),
    ];
    for (status, body, reason) in cases {
        let replies = (0..3).map(|_| json(status, body));
        let error = Client::new(replies).bearer().await.unwrap_err();
        assert_eq!(error.kind, ProviderErrorKind::Blind(reason), "{status} {body}");
    }
}

#[tokio::test]
async fn a_failure_passes_and_the_next_who_asks_tries_again() {
    let client = Client::new([
        Err(Failure::new(
            FailureKind::Timeout,
            "login.example",
            "no answer in time",
        )),
        granted("FAKE-1", 3600),
    ]);
    let error = client.bearer().await.unwrap_err();
    assert_eq!(error.kind, ProviderErrorKind::Blind(Reason::Transient));
    assert_eq!(client.bearer().await.unwrap(), "FAKE-1");
}

#[tokio::test]
async fn no_refusal_shows_the_secret_whatever_the_service_echoes() {
    for field in ["error", "error_description", "message"] {
        let body = format!(r#"{{"{field}":"AADSTS{SECRET} {SECRET}"}}"#);
        for status in [400, 401, 403, 429, 500] {
            let replies = (0..3).map(|_| json(status, &body));
            let error = Client::new(replies).bearer().await.unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("canary"), "{shown}");
        }
    }
}
