//! What each refusal means: the code decides, whatever the status, also inside a 200.

use serde_json::json;
use tidegate_egress::FailureKind;
use tidegate_guard::ActionKind;
use tidegate_meter::Reason;
use tidegate_providers::sub_accounts::{Hatch, Piece, SubAccounts};
use tidegate_providers::{ProviderError, ProviderErrorKind, Source};

use crate::support::*;

/// What listing users makes of a reply, and how often it was asked.
async fn listing(reply: Reply) -> (ProviderError, usize) {
    let cloud = Cloud::new();
    cloud.on("ListUsers", move |_| reply.clone());
    let error = cloud.account().discover(true).await.unwrap_err();
    (error, cloud.seen("ListUsers").len())
}

/// What switching a key makes of a reply, and how often it was asked.
async fn switching(reply: Reply) -> (ProviderError, usize) {
    let cloud = Cloud::new();
    cloud.on("UpdateAccessKey", move |_| reply.clone());
    let piece = Piece::Key { id: KEY.to_owned() };
    let error = cloud
        .account()
        .set(&permit(ActionKind::Stop), &piece, Hatch::Closed)
        .await
        .unwrap_err();
    (error, cloud.seen("UpdateAccessKey").len())
}

#[tokio::test(start_paused = true)]
async fn each_code_has_its_class_under_every_status() {
    let blind = ProviderErrorKind::Blind;
    let cases = [
        ("MissingAuthenticationToken", blind(Reason::Auth)),
        ("MissingSignature", blind(Reason::Auth)),
        ("InvalidAccessKey", blind(Reason::Auth)),
        ("SignatureDoesNotMatch", blind(Reason::Auth)),
        ("InvalidAuthorization", blind(Reason::Auth)),
        ("InvalidCredential", blind(Reason::Auth)),
        ("InvalidSecretToken", blind(Reason::Auth)),
        ("InvalidTimestamp", blind(Reason::Auth)),
        ("LackPolicy", blind(Reason::Scope)),
        ("LackProjectPolicy", blind(Reason::Scope)),
        ("AccessDenied", blind(Reason::Scope)),
        ("AccessDeniedException", blind(Reason::Scope)),
        ("AccountNotVerified", blind(Reason::Scope)),
        ("FlowLimitExceeded", blind(Reason::Rate)),
        ("Billing.FlowLimitExceeded", blind(Reason::Rate)),
        ("InternalError", blind(Reason::Transient)),
        ("InternalServiceError", blind(Reason::Transient)),
        ("InternalServiceTimeout", blind(Reason::Transient)),
        ("ServiceUnavailableTemp", blind(Reason::Transient)),
        ("ServiceFailure", blind(Reason::Transient)),
        ("ServiceNotFound", blind(Reason::Shape)),
        ("ParameterNotFound", blind(Reason::Shape)),
        ("UserNotExist", ProviderErrorKind::Gone),
        ("RecordNoFound", ProviderErrorKind::Gone),
        ("InvalidInstance.NotFound", ProviderErrorKind::Gone),
        ("UserAlreadyExists", ProviderErrorKind::Conflict),
        ("PolicyAttachConflict", ProviderErrorKind::Conflict),
        ("AccessKeyLimitExceeded", ProviderErrorKind::Conflict),
        ("OperationDenied.EndpointStatus", ProviderErrorKind::Conflict),
    ];
    for (code, expected) in cases {
        for status in [200, 400, 403, 404, 500] {
            let (error, _) = listing(refused(status, code, "no")).await;
            assert_eq!(error.kind, expected, "{code} {status}");
            assert!(error.detail.contains(code), "{}", error.detail);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_unknown_code_goes_by_its_status_and_is_never_an_answer() {
    let blind = ProviderErrorKind::Blind;
    for (status, expected) in [
        (200, blind(Reason::Shape)),
        (400, blind(Reason::Shape)),
        (401, blind(Reason::Auth)),
        (403, blind(Reason::Scope)),
        (429, blind(Reason::Rate)),
        (503, blind(Reason::Transient)),
    ] {
        assert_eq!(
            listing(refused(status, "SomethingNew", "no")).await.0.kind,
            expected,
            "{status}"
        );
        assert_eq!(
            listing(refused(status, "", "")).await.0.kind,
            expected,
            "{status}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_without_metadata_is_no_answer() {
    let shape = ProviderErrorKind::Blind(Reason::Shape);
    for body in [
        "",
        "{}",
        "[]",
        "null",
        "<html>portal</html>",
        r#"{"Result":{"UserMetadata":[],"Total":0}}"#,
        r#"{"ResponseMetadata":null,"Result":{"UserMetadata":[],"Total":0}}"#,
        r#"{"ResponseMetadata":"ok","Result":{"UserMetadata":[],"Total":0}}"#,
        r#"{"ResponseMetadata":{"RequestId":"x"}}"#,
        r#"{"ResponseMetadata":{"RequestId":"x"},"Result":null}"#,
        r#"{"ResponseMetadata":{"RequestId":"x"},"Result":{}}"#,
        r#"{"ResponseMetadata":{"RequestId":"x"},"Result":{"UserMetadata":null,"Total":0}}"#,
    ] {
        assert_eq!(listing(raw(200, body)).await.0.kind, shape, "{body}");
    }
    let transient = ProviderErrorKind::Blind(Reason::Transient);
    assert_eq!(
        listing(raw(502, "<html>bad gateway</html>")).await.0.kind,
        transient
    );
}

#[tokio::test(start_paused = true)]
async fn a_missing_right_is_named() {
    let (error, asked) = listing(refused(
        403,
        "AccessDenied",
        "User is not authorized to perform: iam:ListUsers on resource: trn:iam::2100012345:user/*.",
    ))
    .await;
    assert_eq!(
        error.detail,
        "iam:ListUsers: the key lacks the right iam:ListUsers (AccessDenied)"
    );
    assert_eq!(asked, 1, "a refusal is final");
    let (error, _) = listing(refused(403, "LackPolicy", "")).await;
    assert_eq!(
        error.detail,
        "iam:ListUsers: the key lacks the right iam:ListUsers (LackPolicy)"
    );
}

#[tokio::test(start_paused = true)]
async fn reads_and_settings_are_tried_again_after_a_fault_or_a_throttle_and_refusals_are_not() {
    for (code, tries) in [
        ("InternalError", 3),
        ("FlowLimitExceeded", 3),
        ("AccessDenied", 1),
        ("UserNotExist", 1),
        ("SignatureDoesNotMatch", 1),
    ] {
        assert_eq!(listing(refused(500, code, "no")).await.1, tries, "{code}");
        assert_eq!(switching(refused(500, code, "no")).await.1, tries, "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_setting_whose_answer_is_lost_is_lost_and_not_failed() {
    for reply in [
        fails(FailureKind::Timeout),
        fails(FailureKind::Broken),
        refused(500, "InternalError", "no"),
        raw(502, "<html>"),
        raw(200, "<html>portal</html>"),
        raw(200, ""),
        raw(200, r#"{"ResponseMetadata":{"Req"#),
    ] {
        let told = format!("{reply:?}");
        assert_eq!(switching(reply).await.0.kind, ProviderErrorKind::Lost, "{told}");
    }
    let (error, _) = switching(fails(FailureKind::Connect)).await;
    assert_eq!(
        error.kind,
        ProviderErrorKind::Blind(Reason::Transient),
        "it never left"
    );
}

#[tokio::test(start_paused = true)]
async fn a_setting_may_answer_without_a_result() {
    for result in [None, Some(json!(null)), Some(json!({}))] {
        let cloud = Cloud::new();
        let mut answer = fixture("done");
        if let Some(result) = result {
            answer["Result"] = result;
        }
        cloud.answers("UpdateAccessKey", answer);
        let piece = Piece::Key { id: KEY.to_owned() };
        cloud
            .account()
            .set(&permit(ActionKind::Stop), &piece, Hatch::Closed)
            .await
            .unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_key_rests_for_five_minutes() {
    let cloud = Cloud::new();
    cloud.on("ListUsers", |_| refused(401, "InvalidAccessKey", "no"));
    let account = cloud.account();
    let error = account.read().await.unwrap_err();
    assert_eq!(error.kind, ProviderErrorKind::Blind(Reason::Auth));
    assert_eq!(error.retry_after, Some(std::time::Duration::from_secs(300)));
    account.read().await.unwrap_err();
    account.check().await.unwrap_err();
    assert_eq!(cloud.story(), ["ListUsers"], "presented once");
}

#[tokio::test(start_paused = true)]
async fn failed_reads_of_the_bill_hold_back_no_disable() {
    let cloud = Cloud::new();
    cloud.on("ListSplitBillDetail", |_| refused(500, "InternalError", "no"));
    cloud.on("ListGroupsForUser", |_| refused(500, "InternalError", "no"));
    let account = cloud.account();
    for _ in 0..4 {
        account.read().await.unwrap();
        account.detail(&bob()).await.unwrap_err();
    }
    let piece = Piece::Key { id: KEY.to_owned() };
    let closed = account
        .set(&permit(ActionKind::Stop), &piece, Hatch::Closed)
        .await;
    assert!(closed.is_ok(), "{closed:?}");
}
