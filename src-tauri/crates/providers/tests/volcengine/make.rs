//! Making a user and a key: sent once, and after a lost answer the cloud is asked before anything is said.

use serde_json::json;
use tidegate_egress::FailureKind;
use tidegate_providers::ProviderErrorKind;
use tidegate_providers::sub_accounts::{NewSubAccount, SubAccounts};

use crate::support::*;
use secrecy_text::exposed;

/// The one way of a test to a secret.
mod secrecy_text {
    use tidegate_providers::sub_accounts::NewKey;

    pub(super) fn exposed(key: &NewKey) -> String {
        use secrecy::ExposeSecret;
        key.secret.expose_secret().to_owned()
    }
}

fn carol() -> NewSubAccount {
    NewSubAccount {
        name: "carol".to_owned(),
        title: "Carol".to_owned(),
        about: "批处理".to_owned(),
        email: String::new(),
        phone: String::new(),
    }
}

#[tokio::test(start_paused = true)]
async fn a_user_is_made_with_what_was_given_and_nothing_empty() {
    let cloud = Cloud::new();
    let made = cloud.account().create(&carol()).await.unwrap();
    assert_eq!((made.id.as_str(), made.name.as_str()), ("60000003", "carol"));
    let sent = &cloud.seen("CreateUser")[0].query;
    let given: Vec<(&str, &str)> = sent
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(
        given,
        [
            ("Description", "批处理"),
            ("DisplayName", "Carol"),
            ("UserName", "carol")
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_name_that_is_taken_is_refused_and_nothing_more_is_sent() {
    let cloud = Cloud::new();
    cloud.on("CreateUser", |_| refused(409, "UserAlreadyExists", "taken"));
    let error = cloud.account().create(&carol()).await.unwrap_err();
    assert_eq!(error.kind, ProviderErrorKind::Conflict);
    assert_eq!(cloud.story(), ["CreateUser"]);
}

/// Makes a user whose answer is lost; `found` is what the cloud then has of that name, made at that time.
async fn lost_user(found: Option<&str>) -> (Result<String, ProviderErrorKind>, usize) {
    let cloud = Cloud::new();
    cloud.on("CreateUser", |_| fails(FailureKind::Timeout));
    let found = found.map(|made| {
        let mut user = fixture("made_user");
        user["Result"]["User"]["CreateDate"] = json!(made);
        user
    });
    cloud.on("GetUser", move |_| {
        found
            .as_ref()
            .map_or_else(|| refused(404, "UserNotExist", "no"), ok)
    });
    let made = cloud.account().create(&carol()).await;
    let told = made.map(|user| user.id.to_string()).map_err(|error| error.kind);
    (told, cloud.seen("CreateUser").len())
}

#[tokio::test(start_paused = true)]
async fn a_user_whose_answer_was_lost_is_looked_for_and_never_made_twice() {
    let (made, sent) = lost_user(Some("20260320T040000Z")).await;
    assert_eq!((made, sent), (Ok("60000003".to_owned()), 1));
    let (older, sent) = lost_user(Some("20260310T040000Z")).await;
    assert_eq!((older, sent), (Err(ProviderErrorKind::Conflict), 1));
    let (none, sent) = lost_user(None).await;
    assert_eq!((none, sent), (Err(ProviderErrorKind::Conflict), 1));
    let (unclear, sent) = lost_user(Some("whenever")).await;
    assert_eq!((unclear, sent), (Err(ProviderErrorKind::Conflict), 1));
}

#[tokio::test(start_paused = true)]
async fn a_success_without_the_user_is_a_lost_answer() {
    let cloud = Cloud::new();
    cloud.answers("CreateUser", fixture("done"));
    cloud.on("GetUser", |_| fails(FailureKind::Timeout));
    let error = cloud.account().create(&carol()).await.unwrap_err();
    assert_eq!(error.kind, ProviderErrorKind::Lost);
    let mut there = fixture("made_user");
    there["Result"]["User"]["CreateDate"] = json!("20260320T040000Z");
    cloud.answers("GetUser", there);
    assert_eq!(cloud.account().create(&carol()).await.unwrap().name, "carol");
}

#[tokio::test(start_paused = true)]
async fn a_key_is_made_for_the_user_by_name_and_its_secret_is_handed_over() {
    let cloud = Cloud::new();
    let made = cloud.account_of_two().create_key(&bob()).await.unwrap();
    assert_eq!(made.id, "AKLTFAKE0000000000000003");
    assert_eq!(exposed(&made), "FAKE-canary-secret-of-a-new-key");
    let sent = &cloud.seen("CreateAccessKey")[0];
    assert_eq!(
        sent.query["UserName"], "bob",
        "without a name it would be a key of our own"
    );
    assert_eq!(sent.ak, ACT.0);
}

#[tokio::test(start_paused = true)]
async fn a_key_whose_secret_was_lost_is_switched_off_and_deleted_and_that_is_said() {
    for lost in [
        fails(FailureKind::Timeout),
        fails(FailureKind::Broken),
        refused(500, "InternalError", "no"),
        raw(200, "<html>"),
        raw(200, r#"{"ResponseMetadata":{"RequestId":"x"}}"#),
        raw(
            200,
            r#"{"ResponseMetadata":{"RequestId":"x"},"Result":{"AccessKey":{"AccessKeyId":"x"}}}"#,
        ),
    ] {
        let cloud = Cloud::new();
        let told = format!("{lost:?}");
        cloud.on("CreateAccessKey", move |_| lost.clone());
        let mut after = fixture("keys");
        let stranger =
            json!({"AccessKeyId": "AKLTFAKE0000000000000009", "UserName": "bob", "Status": "active"});
        after["Result"]["AccessKeyMetadata"]
            .as_array_mut()
            .unwrap()
            .push(stranger);
        cloud.on_each("ListAccessKeys", vec![ok(&fixture("keys")), ok(&after)]);
        let error = cloud.account().create_key(&bob()).await.unwrap_err();
        assert_eq!(error.kind, ProviderErrorKind::Conflict, "{told}");
        assert!(error.detail.contains("deleted"), "{}", error.detail);
        assert_eq!(cloud.seen("CreateAccessKey").len(), 1, "{told}");
        let off = &cloud.seen("UpdateAccessKey")[0].query;
        assert_eq!(off["AccessKeyId"], "AKLTFAKE0000000000000009");
        assert_eq!(off["Status"], "inactive");
        let dropped = cloud.seen("DeleteAccessKey");
        assert_eq!(dropped.len(), 1);
        assert_eq!(dropped[0].query["AccessKeyId"], "AKLTFAKE0000000000000009");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_without_a_new_key_and_one_that_cannot_be_cleared_are_told_apart() {
    let cloud = Cloud::new();
    cloud.on("CreateAccessKey", |_| fails(FailureKind::Timeout));
    let error = cloud.account().create_key(&bob()).await.unwrap_err();
    assert_eq!(error.kind, ProviderErrorKind::Conflict);
    assert!(error.detail.contains("no key was made"), "{}", error.detail);
    assert!(cloud.seen("DeleteAccessKey").is_empty());
    cloud.on_each(
        "ListAccessKeys",
        vec![ok(&fixture("keys")), refused(403, "AccessDenied", "no")],
    );
    let error = cloud.account().create_key(&bob()).await.unwrap_err();
    assert_eq!(error.kind, ProviderErrorKind::Lost);
    assert!(
        error.detail.contains("look at the user's keys"),
        "{}",
        error.detail
    );
}

#[tokio::test(start_paused = true)]
async fn a_third_key_is_refused_in_the_clouds_words() {
    let cloud = Cloud::new();
    cloud.on("CreateAccessKey", |_| {
        refused(409, "AccessKeyLimitExceeded", "at most 2 keys")
    });
    let error = cloud.account().create_key(&bob()).await.unwrap_err();
    assert_eq!(error.kind, ProviderErrorKind::Conflict);
    assert!(error.detail.contains("at most 2 keys"), "{}", error.detail);
}
