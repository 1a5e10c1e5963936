//! The account check, missing rights, and a clock that is off.

use serde_json::json;
use tidegate_meter::Reason;
use tidegate_providers::volcengine::{Volcengine, VolcengineConfig};
use tidegate_providers::{Credential, ProviderErrorKind, Source};

use crate::support::*;

#[tokio::test(start_paused = true)]
async fn a_usable_key_tells_its_account() {
    let cloud = Cloud::new();
    let check = cloud.account().check().await.unwrap();
    assert_eq!(check.owner, "2100012345");
    assert_eq!(check.regions, ["cn-beijing"]);
    assert_eq!(cloud.story(), ["GetCallerIdentity", "QueryBalanceAcct"]);
    assert_eq!(cloud.seen("GetCallerIdentity")[0].service, "sts");
}

#[tokio::test(start_paused = true)]
async fn both_keys_are_proved() {
    let cloud = Cloud::new();
    cloud.on("GetCallerIdentity", |seen| {
        if seen.ak == ACT.0 {
            return refused(401, "InvalidAccessKey", "no");
        }
        ok(&fixture("caller"))
    });
    let error = cloud.account_of_two().check().await.unwrap_err();
    assert_eq!(error.kind, ProviderErrorKind::Blind(Reason::Auth));
}

#[tokio::test(start_paused = true)]
async fn a_balance_that_is_missing_is_no_balance() {
    for broken in [
        json!(null),
        json!({}),
        json!({"AvailableBalance": null}),
        json!({"AvailableBalance": true}),
    ] {
        let cloud = Cloud::new();
        let mut answer = fixture("balance");
        answer["Result"] = broken.clone();
        cloud.answers("QueryBalanceAcct", answer);
        let error = cloud.account().check().await.unwrap_err();
        assert_eq!(error.kind, ProviderErrorKind::Blind(Reason::Shape), "{broken}");
    }
}

#[tokio::test(start_paused = true)]
async fn every_missing_right_is_named_and_nothing_is_changed_to_find_it() {
    let cloud = Cloud::new();
    assert_eq!(cloud.account().missing_rights().await, Vec::<String>::new());
    let story = cloud.story();
    let reads = |action: &String| {
        ["List", "Get", "Query"]
            .iter()
            .any(|verb| action.starts_with(verb))
    };
    assert!(story.iter().all(reads), "{story:?}");
    for action in [
        "ListSplitBillDetail",
        "ListProjects",
        "GetLoginProfile",
        "ListGroupsForUser",
    ] {
        let cloud = Cloud::new();
        cloud.on(action, |_| refused(403, "AccessDenied", "no"));
        let lacking = cloud.account().missing_rights().await;
        assert_eq!(lacking.len(), 1, "{lacking:?}");
        assert!(lacking[0].contains(action), "{lacking:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_key_of_the_main_account_is_warned_of() {
    let cloud = Cloud::new();
    let mut caller = fixture("caller");
    caller["Result"]["IdentityType"] = json!("Account");
    caller["Result"]["IdentityId"] = json!("2100012345");
    cloud.answers("GetCallerIdentity", caller);
    let told = cloud.account().missing_rights().await;
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("main account"), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_off_is_corrected_once_by_the_clouds() {
    let cloud = Cloud::new();
    let date = "Fri, 20 Mar 2026 05:00:00 GMT";
    let skewed = with_header(refused(403, "InvalidTimestamp", "no"), "date", date);
    cloud.on_each("ListUsers", vec![skewed.clone(), ok(&fixture("users"))]);
    let account = cloud.account();
    assert!(account.read().await.is_ok());
    assert_eq!(cloud.seen("ListUsers").len(), 2);
    assert_eq!(account.clock_ahead_ms(), Some(3_600_000));
    cloud.on("ListUsers", move |_| skewed.clone());
    let error = cloud.account().read().await.unwrap_err();
    assert_eq!(error.kind, ProviderErrorKind::Blind(Reason::Auth));
    assert!(error.detail.contains("min behind"), "{}", error.detail);
    assert_eq!(cloud.seen("ListUsers").len(), 4, "never a loop");
}

#[tokio::test(start_paused = true)]
async fn a_temporary_key_sends_its_token_signed_and_an_endpoint_serves_every_service() {
    let cloud = Cloud::new();
    let mut config = VolcengineConfig::new("volc-main".parse().unwrap());
    config.endpoint = Some("http://127.0.0.1:18099".parse().unwrap());
    let key = Credential {
        security_token: Some(TOKEN.into()),
        ..credential(WATCH)
    };
    let account = Volcengine::new(config, key, None, cloud.egress());
    account.check().await.unwrap();
    account.read().await.unwrap();
    for action in cloud.story() {
        assert_eq!(cloud.seen(&action)[0].host, "127.0.0.1", "{action}");
    }
}
