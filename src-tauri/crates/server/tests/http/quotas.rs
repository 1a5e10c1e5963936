//! Quotas through the door: who may ask, allocate and make, and what is refused before anything is tried.

use serde_json::{Value, json};
use tidegate_api::door::Scope;

use crate::kit::{Call, Kit};

const USER: &str = "/api/v1/quotas/volc/users/60000001";

fn post(path: &str, body: &Value) -> Call {
    Call::new("POST", &format!("{USER}/{path}")).json(body)
}

#[tokio::test]
async fn another_system_reads_and_tops_up_and_may_make_nothing() {
    let kit = Kit::new().await;
    let read = kit.token(&[Scope::Read]).await;
    let (write, _) = kit.made("billing", &[Scope::Read, Scope::Write]).await;
    let list = kit.call(Call::get("/api/v1/quotas").token(&read)).await;
    assert_eq!(
        (list.status, list.json()),
        (200, json!({ "accounts": [], "users": [] }))
    );
    let amount = json!({ "amount": "100 CNY", "note": "order 4711", "after": 3 });
    for (token, status) in [(&read, 403), (&write, 404)] {
        let told = kit.call(post("allocations", &amount).token(token)).await;
        assert_eq!(told.status, status, "{}", told.json());
    }
    let rules = json!({ "disable": true, "steps": ["50%"] });
    let told = kit
        .call(
            Call::new("PUT", &format!("{USER}/rules"))
                .json(&rules)
                .token(&read),
        )
        .await;
    assert_eq!(told.status, 403);
    for path in ["keys", "policies/attach", "policies/detach"] {
        let told = kit
            .call(post(path, &json!({ "policy": "ArkFullAccess" })).token(&write))
            .await;
        assert_eq!(
            (told.status, told.json()["args"]["scope"].clone()),
            (403, json!("act")),
            "{path}"
        );
    }
    let new = Call::new("POST", "/api/v1/quotas/volc/users").json(&json!({ "name": "dave" }));
    assert_eq!(kit.call(new.token(&write)).await.status, 403);
}

#[tokio::test]
async fn what_does_not_belong_there_is_named_before_anything_is_tried() {
    let kit = Kit::new().await;
    let token = kit.token(&[Scope::Read, Scope::Write, Scope::Act]).await;
    let long = "x".repeat(501);
    let table = [
        ("allocations", json!({ "note": "" }), "amount"),
        ("allocations", json!({ "amount": 100 }), "amount"),
        ("allocations", json!({ "amount": "1 CNY", "note": long }), "note"),
        ("allocations", json!({ "amount": "1 CNY", "after": -1 }), "after"),
        (
            "link",
            json!({ "project": "team-a", "from": "yesterday" }),
            "from",
        ),
        ("link", json!({ "project": "", "from": "now" }), "project"),
        ("toggle", json!({ "on": "yes" }), "on"),
    ];
    for (path, body, field) in table {
        let told = kit.call(post(path, &body).token(&token)).await;
        assert_eq!(told.status, 400, "{path}: {}", told.json());
        assert!(told.json().to_string().contains(field), "{path}: {}", told.json());
    }
    let amount = json!({ "amount": "ten CNY" });
    let told = kit.call(post("allocations", &amount).token(&token)).await;
    assert_eq!((told.status, told.code()), (409, "bad_request".to_owned()));
    let month = Call::get("/api/v1/quotas/volc/bill?month=March").token(&token);
    assert_eq!(kit.call(month).await.status, 409);
}

#[tokio::test]
async fn what_asks_the_cloud_is_a_job_and_not_a_get() {
    let kit = Kit::new().await;
    let token = kit.token(&[Scope::Read]).await;
    let sync = Call::new("POST", "/api/v1/quotas/sync").json(&json!({}));
    let begun = kit.call(sync.token(&token)).await;
    assert_eq!(begun.status, 202, "{}", begun.json());
    assert!(
        begun
            .header("location")
            .is_some_and(|place| place.starts_with("/api/v1/jobs/"))
    );
    for path in ["projects", "policies", "users/60000001/look"] {
        let told = kit
            .call(Call::get(&format!("/api/v1/quotas/volc/{path}")).token(&token))
            .await;
        assert_eq!(told.status, 405, "{path}");
    }
}
