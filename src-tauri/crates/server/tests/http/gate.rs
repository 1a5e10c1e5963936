//! Who is let in.

use serde_json::json;
use tidegate_api::door::Scope;
use tidegate_api::{Face, Request};
use tidegate_server::http::routes;

use crate::kit::{Call, Kit, pace};

/// A path that a route matches.
fn filled(path: &str) -> String {
    let row = "0190c5f0-0000-7000-8000-000000000000";
    let words = [
        ("{action}", row),
        ("{alert}", row),
        ("{delivery}", row),
        ("{token}", row),
        ("{job}", "1"),
    ];
    let mut path = words
        .iter()
        .fold(path.to_owned(), |path, (word, with)| path.replace(word, with));
    while let (Some(start), Some(end)) = (path.find('{'), path.find('}')) {
        path.replace_range(start..=end, "x");
    }
    format!("/api/v1{path}")
}

#[tokio::test]
async fn every_route_without_a_token_answers_401_and_says_nothing_else() {
    let kit = Kit::new().await;
    let mut walked = 0;
    for route in routes::all().filter(|route| !route.open) {
        let verb = route.verb.method();
        let path = filled(route.path);
        for call in [
            Call::new(verb.as_str(), &path),
            Call::new(verb.as_str(), &path).token("tg_FAKE-token-that-nobody-made"),
            Call::new(verb.as_str(), &path).header("authorization", "Basic RkFLRTpGQUtF"),
            Call::new(verb.as_str(), &format!("{path}?access_token=tg_FAKE")),
        ] {
            let answer = kit.call(call).await;
            assert_eq!(answer.status, 401, "{verb} {path}");
            assert_eq!(answer.code(), "unauthorized");
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
            walked += 1;
        }
    }
    assert!(walked > 200, "only {walked} calls were made");
}

#[tokio::test]
async fn what_is_not_there_and_what_another_method_finds_is_not_told_without_a_token() {
    let kit = Kit::new().await;
    for (verb, path) in [
        ("GET", "/api/v1/nothing"),
        ("PATCH", "/api/v1/status"),
        ("OPTIONS", "/api/v1/status"),
        ("HEAD", "/api/v1/status"),
    ] {
        assert_eq!(kit.call(Call::new(verb, path)).await.status, 401, "{verb} {path}");
    }
    let token = kit.token(&[Scope::Read]).await;
    assert_eq!(
        kit.call(Call::get("/api/v1/nothing").token(&token)).await.code(),
        "not_found"
    );
    let other = kit.call(Call::new("PATCH", "/api/v1/status").token(&token)).await;
    assert_eq!(
        (other.status, other.header("allow")),
        (405, Some("GET, HEAD, OPTIONS"))
    );
    assert_eq!(other.code(), "method_not_allowed");
    let options = kit
        .call(Call::new("OPTIONS", "/api/v1/config/apply").token(&token))
        .await;
    assert_eq!(
        (options.status, options.header("allow")),
        (204, Some("OPTIONS, POST"))
    );
    let head = kit.call(Call::new("HEAD", "/api/v1/status").token(&token)).await;
    assert_eq!((head.status, head.body.len()), (200, 0));
}

#[tokio::test]
async fn a_token_does_what_its_scopes_say_and_no_more() {
    let kit = Kit::new().await;
    for held in Scope::ALL {
        let (token, _) = kit.made(held.word(), &[held]).await;
        // A stream that is let in ends only with its listener: it has tests of its own.
        let behind = routes::all().filter(|route| !route.open);
        for route in behind.filter(|route| route.path != "/changes" || route.scope != held) {
            let answer = kit
                .call(
                    Call::new(route.verb.method().as_str(), &filled(route.path))
                        .token(&token)
                        .header("accept", "*/*"),
                )
                .await;
            if route.scope == held {
                assert_ne!(answer.status, 403, "{} with {}", route.path, held.word());
                assert_ne!(answer.status, 401, "{} with {}", route.path, held.word());
            } else {
                assert_eq!(answer.status, 403, "{} with {}", route.path, held.word());
                assert_eq!(answer.json()["args"]["scope"], route.scope.word());
            }
        }
    }
}

#[tokio::test]
async fn a_revoked_token_is_nobody_at_once_and_its_last_use_was_noted() {
    let kit = Kit::new().await;
    let (token, view) = kit.made("dashboard", &[Scope::Read, Scope::Write]).await;
    assert_eq!(view["last_used_at"], json!(null));
    let listed = kit.call(Call::get("/api/v1/tokens").token(&token)).await.json();
    assert_eq!(listed[0]["name"], "dashboard");
    assert!(listed[0]["last_used_at"].is_string(), "{listed}");
    assert!(!listed.to_string().contains(&token), "the list holds the token");
    let path = format!("/api/v1/tokens/{}", view["id"].as_str().unwrap());
    assert_eq!(
        kit.call(Call::new("DELETE", &path).token(&token)).await.status,
        204
    );
    assert_eq!(
        kit.call(Call::get("/api/v1/tokens").token(&token)).await.status,
        401
    );
    let audit = kit
        .app
        .handle(
            Request::Audit {
                after: 0,
                limit: 50,
                before: None,
                lang: None,
            },
            "test",
        )
        .await
        .unwrap();
    let audit = serde_json::to_string(&audit).unwrap();
    assert!(
        audit.contains("token.created") && audit.contains("token.revoked") && audit.contains("api:dashboard")
    );
    assert!(!audit.contains(&token), "the audit holds the token");
}

#[tokio::test]
async fn a_token_hands_on_no_more_than_it_has() {
    let kit = Kit::new().await;
    let token = kit.token(&[Scope::Write, Scope::Read]).await;
    let more = Call::new("POST", "/api/v1/tokens")
        .token(&token)
        .json(&json!({ "name": "a", "scopes": ["act"] }));
    assert_eq!(kit.call(more).await.code(), "forbidden");
    let less = Call::new("POST", "/api/v1/tokens")
        .token(&token)
        .json(&json!({ "name": "b", "scopes": ["read"] }));
    let made = kit.call(less).await.json();
    let secret = made["secret"].as_str().unwrap();
    assert!(
        secret.starts_with("tg_") && secret.len() == 46,
        "its length is {}",
        secret.len()
    );
    assert_eq!(
        kit.call(Call::get("/api/v1/status").token(secret)).await.status,
        200
    );
}

#[tokio::test]
async fn a_token_in_the_address_is_refused_even_beside_a_good_one() {
    let kit = Kit::new().await;
    let token = kit.token(&[Scope::Read]).await;
    let call = Call::get(&format!("/api/v1/status?token={token}")).token(&token);
    let answer = kit.call(call).await;
    assert_eq!((answer.status, answer.code().as_str()), (400, "bad_request"));
    assert!(!String::from_utf8_lossy(&answer.body).contains(&token));
}

#[tokio::test]
async fn a_name_that_somebody_pointed_at_this_machine_is_refused() {
    let kit = Kit::new().await;
    let token = kit.token(&[Scope::Read]).await;
    for path in ["/api/v1/status", "/health"] {
        let answer = kit
            .call(Call::get(path).token(&token).header("host", "evil.example:8787"))
            .await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (421, "misdirected"),
            "{path}"
        );
    }
    assert_eq!(
        kit.call(Call::get("/health").header("host", "localhost"))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn who_asks_too_often_is_told_when_to_come_back() {
    let kit = Kit::with(pace(3), pace(2)).await;
    let token = kit.token(&[Scope::Read]).await;
    for _ in 0..3 {
        assert_eq!(
            kit.call(Call::get("/api/v1/version").token(&token)).await.status,
            200
        );
    }
    let slow = kit.call(Call::get("/api/v1/version").token(&token)).await;
    assert_eq!((slow.status, slow.code().as_str()), (429, "too_many_requests"));
    assert!(slow.header("retry-after").unwrap().parse::<u64>().unwrap() >= 1);
    assert_eq!(slow.json()["retryable"], true);
    let strangers: Vec<u16> = vec![
        kit.call(Call::get("/api/v1/version")).await.status,
        kit.call(Call::get("/api/v1/version")).await.status,
        kit.call(Call::get("/api/v1/version")).await.status,
    ];
    assert_eq!(strangers, [401, 401, 429]);
    // Another token has a pace of its own, and whoever only looks after the guard none.
    let (other, _) = kit.made("other", &[Scope::Read]).await;
    assert_eq!(
        kit.call(Call::get("/api/v1/version").token(&other)).await.status,
        200
    );
    for _ in 0..10 {
        assert_eq!(kit.call(Call::get("/live")).await.status, 200);
    }
}
