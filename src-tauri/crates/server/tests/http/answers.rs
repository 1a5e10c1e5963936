//! Every answer says what happened, in one shape.

use serde_json::json;
use tidegate_api::ConfigRefusal;
use tidegate_api::door::Scope;

use crate::kit::{Call, Kit};

#[tokio::test]
async fn a_parameter_that_does_not_belong_there_is_named_with_what_is_allowed() {
    let kit = Kit::new().await;
    let token = kit.token(&Scope::ALL).await;
    for (path, parameter) in [
        ("/api/v1/alerts?limit=0", "limit"),
        ("/api/v1/alerts?limit=501", "limit"),
        ("/api/v1/alerts?limit=05", "limit"),
        ("/api/v1/alerts?open=yes", "open"),
        ("/api/v1/alerts?lang=fr", "lang"),
        ("/api/v1/alerts?before=x", "before"),
        ("/api/v1/alerts?colour=red", "colour"),
        ("/api/v1/alerts?open=true&open=false", "open"),
        ("/api/v1/meters?account=UPPER", "account"),
        ("/api/v1/meters/hw/m/history", "start"),
    ] {
        let answer = kit.call(Call::get(path).token(&token)).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (400, "bad_request"),
            "{path}"
        );
        assert_eq!(answer.json()["args"]["parameter"], parameter, "{path}");
    }
    let zh = Call::get("/api/v1/alerts?limit=0")
        .token(&token)
        .header("accept-language", "zh-CN,zh;q=0.9");
    assert!(
        kit.call(zh).await.json()["message"]
            .as_str()
            .unwrap()
            .contains("应在")
    );
}

#[tokio::test]
async fn a_body_is_one_json_object_of_known_fields() {
    let kit = Kit::new().await;
    let token = kit.token(&Scope::ALL).await;
    let post = |body: &str, media: &str| {
        Call::new("POST", "/api/v1/pause")
            .token(&token)
            .header("content-type", media)
            .body(body.as_bytes())
    };
    assert_eq!(kit.call(post("{\"seconds\":60}", "text/plain")).await.status, 415);
    assert_eq!(kit.call(post("[]", "application/json")).await.status, 400);
    assert_eq!(
        kit.call(post("{\"seconds\":60", "application/json")).await.status,
        400
    );
    assert_eq!(
        kit.call(post("{\"seconds\":60,\"more\":1}", "application/json"))
            .await
            .status,
        400
    );
    assert_eq!(
        kit.call(post("{\"seconds\":\"60\"}", "application/json"))
            .await
            .status,
        400
    );
    assert_eq!(
        kit.call(post("{\"seconds\":60}", "application/json; charset=utf-8"))
            .await
            .status,
        204
    );
    // JSON has no whole numbers of their own.
    assert_eq!(
        kit.call(post("{\"seconds\":60.0}", "application/json"))
            .await
            .status,
        204
    );
    assert_eq!(
        kit.call(post("{\"seconds\":60.5}", "application/json"))
            .await
            .status,
        400
    );
    let status = kit.call(Call::get("/api/v1/status").token(&token)).await.json();
    assert!(status["paused_until"].is_string(), "{status}");
}

#[tokio::test]
async fn what_is_too_long_is_refused_with_the_reason() {
    let kit = Kit::new().await;
    let token = kit.token(&Scope::ALL).await;
    let long = "x".repeat(3 * 1024 * 1024);
    let body = Call::new("POST", "/api/v1/config/plan")
        .token(&token)
        .json(&json!({ "text": long }));
    assert_eq!(kit.call(body).await.status, 413);
    let path = format!("/api/v1/status?{}", "x".repeat(9000));
    assert_eq!(kit.call(Call::get(&path).token(&token)).await.status, 414);
    let header = Call::get("/api/v1/status")
        .token(&token)
        .header("x-long", &"x".repeat(20_000));
    assert_eq!(kit.call(header).await.status, 431);
}

#[tokio::test]
async fn what_the_caller_has_already_is_not_sent_again() {
    let kit = Kit::new().await;
    let token = kit.token(&[Scope::Read]).await;
    let first = kit.call(Call::get("/api/v1/catalogue").token(&token)).await;
    let tag = first.header("etag").unwrap().to_owned();
    assert!(tag.starts_with('"') && tag.ends_with('"'), "{tag}");
    assert_eq!(first.header("cache-control"), Some("no-store"));
    let again = |known: &str| {
        Call::get("/api/v1/catalogue")
            .token(&token)
            .header("if-none-match", known)
    };
    let same = kit.call(again(&tag)).await;
    assert_eq!((same.status, same.body.len()), (304, 0));
    assert_eq!(same.header("etag"), Some(tag.as_str()));
    assert_eq!(kit.call(again("\"other\"")).await.status, 200);
    assert_eq!(kit.call(again(&format!("\"other\", W/{tag}"))).await.status, 304);
    let zipped = kit
        .call(again("\"other\"").header("accept-encoding", "gzip"))
        .await;
    assert_eq!(zipped.header("content-encoding"), Some("gzip"));
    assert!(zipped.body.len() < first.body.len() / 2);
    let of_zipped = zipped.header("etag").unwrap().to_owned();
    assert_ne!(of_zipped, tag);
    assert_eq!(kit.call(again(&of_zipped)).await.status, 304);
    let chinese = kit
        .call(Call::get("/api/v1/catalogue?lang=zh-CN").token(&token))
        .await;
    assert_ne!(chinese.header("etag"), Some(tag.as_str()));
}

#[tokio::test]
async fn the_configuration_goes_out_as_text_and_in_as_text() {
    let kit = Kit::new().await;
    let token = kit.token(&[Scope::Read, Scope::Write]).await;
    let text = "[[channel]]\nid = \"ops\"\nkind = \"feishu\"\nurl = \"env:FAKE_URL\"\n";
    let apply = |text: &str| {
        Call::new("POST", "/api/v1/config/apply")
            .token(&token)
            .json(&json!({ "text": text }))
    };
    let applied = kit.call(apply(text)).await;
    assert_eq!(applied.status, 200, "{}", applied.json());
    let exported = kit.call(Call::get("/api/v1/config").token(&token)).await;
    assert_eq!(exported.header("content-type"), Some("application/toml"));
    assert!(String::from_utf8_lossy(&exported.body).contains("id = \"ops\""));
    let refused = kit
        .call(apply("[[channel]]\nid = \"ops\"\nkind = \"pigeon\"\n"))
        .await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "config_invalid"));
    assert!(!refused.json()["args"]["findings"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn a_question_to_the_outside_is_a_job() {
    let kit = Kit::new().await;
    let token = kit.token(&[Scope::Read]).await;
    assert_eq!(
        kit.call(Call::get("/api/v1/check").token(&token)).await.status,
        405
    );
    let begun = kit.call(Call::new("POST", "/api/v1/check").token(&token)).await;
    assert_eq!(begun.status, 202, "{begun:?}");
    let place = begun.header("location").unwrap().to_owned();
    for _ in 0..500 {
        let job = kit.call(Call::get(&place).token(&token)).await.json();
        if job["state"] == "done" {
            assert_eq!(job["result"]["meters"], json!([]));
            assert_eq!(
                kit.call(Call::get("/api/v1/jobs/999").token(&token)).await.status,
                404
            );
            return;
        }
        assert_eq!(job["state"], "running", "{job}");
        tokio::task::yield_now().await;
    }
    panic!("the job never ended");
}

#[tokio::test]
async fn health_needs_no_token_and_says_why_not() {
    let kit = Kit::new().await;
    for path in ["/health", "/ready", "/live"] {
        let answer = kit.call(Call::get(path)).await;
        assert_eq!(
            (answer.status, &answer.json()["reasons"]),
            (200, &json!([])),
            "{path}"
        );
    }
    let why = ConfigRefusal::whole("line 3: FAKE".to_owned());
    kit.app.refuse_config("tidegate.toml", &why).await;
    let ill = kit.call(Call::get("/health")).await;
    assert_eq!(
        (ill.status, &ill.json()["reasons"]),
        (503, &json!(["config_refused"]))
    );
    assert_eq!(kit.call(Call::get("/ready")).await.status, 200);
    kit.app.accept_config("tidegate.toml").await;
    assert_eq!(kit.call(Call::get("/health")).await.status, 200);
    kit.app.stop().await;
    assert_eq!(kit.call(Call::get("/health")).await.status, 503);
    assert_eq!(kit.call(Call::get("/ready")).await.status, 503);
    assert_eq!(kit.call(Call::get("/live")).await.status, 200);
    assert_eq!(kit.call(Call::get("/healthy")).await.code(), "not_found");
}

#[tokio::test]
async fn the_document_is_openapi_and_names_every_route() {
    let kit = Kit::new().await;
    let token = kit.token(&[Scope::Read]).await;
    let document = kit
        .call(Call::get("/api/v1/openapi.json").token(&token))
        .await
        .json();
    assert_eq!(document["openapi"], "3.1.0");
    for route in tidegate_server::http::routes::all() {
        let verb = route.verb.method().as_str().to_lowercase();
        let operation = &document["paths"][route.path][&verb];
        assert!(operation["responses"]["401"].is_object(), "{verb} {}", route.path);
    }
}
