//! A token is asked for once and kept until five minutes before its end.

use tidegate_egress::Method;
use tidegate_meter::Reason;
use tidegate_providers::ProviderErrorKind;

use crate::support::{Client, SECRET, granted, json};

#[tokio::test]
async fn the_client_presents_itself_in_the_body_and_nowhere_else() {
    let client = Client::new([granted("FAKE-1", 3599)]);
    assert_eq!(client.bearer().await.unwrap(), "FAKE-1");
    let sent = client.last();
    assert_eq!(sent.method, Method::Post);
    assert_eq!(
        std::str::from_utf8(&sent.body).unwrap(),
        "grant_type=client_credentials&client_id=fake-client&client_secret=FAKE-canary-secret\
         &scope=https%3A%2F%2Fmanagement.example%2F.default"
    );
    assert!(!sent.url.as_str().contains(SECRET));
    assert!(sent.headers.iter().all(|(_, value)| !value.contains(SECRET)));
}

#[tokio::test]
async fn a_token_serves_until_five_minutes_before_its_end() {
    let client = Client::new([granted("FAKE-1", 3600), granted("FAKE-2", 3600)]);
    client.bearer().await.unwrap();
    client.hands.advance(3299);
    assert_eq!(
        (client.bearer().await.unwrap().as_str(), client.sent()),
        ("FAKE-1", 1)
    );
    client.hands.advance(1);
    assert_eq!(
        (client.bearer().await.unwrap().as_str(), client.sent()),
        ("FAKE-2", 2)
    );
}

#[tokio::test]
async fn many_who_ask_at_once_share_one_request() {
    let client = Client::new([granted("FAKE-1", 3600), granted("FAKE-2", 3600)]);
    let asked = futures_util::future::join_all((0..20).map(|_| client.bearer())).await;
    assert!(asked.iter().all(|token| token.as_deref() == Ok("FAKE-1")));
    assert_eq!(client.sent(), 1);
}

#[tokio::test]
async fn a_life_may_be_text_and_a_token_without_one_is_not_kept() {
    let client = Client::new([
        json(200, r#"{"access_token":"FAKE-1","expires_in":"3600"}"#),
        json(200, r#"{"access_token":"FAKE-2"}"#),
        granted("FAKE-3", 299),
        granted("FAKE-4", 3600),
    ]);
    assert_eq!(client.bearer().await.unwrap(), "FAKE-1");
    assert_eq!(client.bearer().await.unwrap(), "FAKE-1");
    client.hands.advance(3600);
    for expected in ["FAKE-2", "FAKE-3", "FAKE-4", "FAKE-4"] {
        assert_eq!(client.bearer().await.unwrap(), expected);
    }
}

#[tokio::test]
async fn no_token_is_believed_to_last_longer_than_a_day() {
    let client = Client::new([granted("FAKE-1", u32::MAX), granted("FAKE-2", 3600)]);
    client.bearer().await.unwrap();
    client.hands.advance(24 * 3600);
    assert_eq!(client.bearer().await.unwrap(), "FAKE-2");
}

#[tokio::test]
async fn another_secret_does_not_get_the_token_of_the_old_one() {
    let client = Client::new([granted("FAKE-1", 3600), granted("FAKE-2", 3600)]);
    client.bearer().await.unwrap();
    assert_eq!(client.bearer_with("FAKE-rotated").await.unwrap(), "FAKE-2");
}

#[tokio::test]
async fn a_forgotten_token_is_asked_for_again() {
    let client = Client::new([granted("FAKE-1", 3600), granted("FAKE-2", 3600)]);
    client.bearer().await.unwrap();
    client.cache.forget().await;
    assert_eq!(client.bearer().await.unwrap(), "FAKE-2");
}

#[tokio::test]
async fn an_answer_without_a_usable_token_is_no_token() {
    for body in [
        "",
        "<html>",
        "[]",
        "null",
        "{}",
        r#"{"access_token":null}"#,
        r#"{"access_token":7}"#,
        r#"{"access_token":"FAKE-1","expires_in":-1}"#,
        r#"{"access_token":"FAKE-1","expires_in":1.5}"#,
        r#"{"access_token":"FAKE-1","expires_in":"soon"}"#,
        r#"{"access_token":"FAKE-1","token_type":"mac"}"#,
        r#"{"access_token":"FAKE-1"#,
    ] {
        let error = Client::new([json(200, body)]).bearer().await.unwrap_err();
        assert_eq!(error.kind, ProviderErrorKind::Blind(Reason::Shape), "{body}");
        assert!(!error.detail.contains("FAKE"), "{}", error.detail);
    }
}
