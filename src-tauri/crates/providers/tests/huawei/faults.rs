//! What can go wrong between us and the provider, and what must not follow from it.

use std::time::Duration;

use serde_json::json;
use tidegate_egress::{Failure, FailureKind};
use tidegate_meter::Reason;
use tidegate_providers::huawei::{Credential, Huawei};
use tidegate_providers::{Control, ProviderError, Source};

use crate::support::*;

/// The error of a first look when usages answer so.
async fn error_of(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> (ProviderError, usize) {
    let cloud = Cloud::new();
    cloud.on(USAGES, answer);
    let error = cloud.account().read().await.unwrap_err();
    (error, cloud.seen(USAGES).len())
}

#[tokio::test]
async fn a_refused_key_sends_nothing_for_five_minutes() {
    for code in ["APIGW.0301", "APIGW.0303", "APIG.0305", "IAM.0061"] {
        let cloud = Cloud::new();
        cloud.on(PROJECTS, move |_| {
            refused(401, code, "Get secretKey failed,ak:X,err:ak not exist")
        });
        let huawei = cloud.account();
        let error = huawei.read().await.unwrap_err();
        assert_eq!(error.blind().reason, Reason::Auth, "{code}");
        assert_eq!(error.retry_after, Some(Duration::from_secs(300)));
        assert!(
            error.detail.contains(code) && error.detail.contains("does not exist"),
            "{error}"
        );
        cloud.advance(Duration::from_secs(100));
        let again = huawei.check().await.unwrap_err();
        assert_eq!(again.blind().reason, Reason::Auth);
        assert_eq!(again.retry_after, Some(Duration::from_secs(200)));
        assert_eq!(again.detail, error.detail, "it still says why");
        assert_eq!(cloud.seen("/").len(), 1, "no request leaves during the pause");
        cloud.advance(Duration::from_secs(200));
        huawei.check().await.unwrap_err();
        assert_eq!(cloud.seen("/").len(), 2);
    }
}

#[tokio::test]
async fn a_key_refused_between_two_calls_of_one_look_stops_the_look() {
    let cloud = Cloud::new();
    cloud.on(INSTANCES, |_| {
        refused(
            401,
            "APIGW.0301",
            "AK access failed to reach the limit,forbidden.",
        )
    });
    let error = cloud.account().read().await.unwrap_err();
    assert_eq!(error.blind().reason, Reason::Auth);
    assert!(error.detail.contains("locked for 5 min"), "{error}");
    assert_eq!(
        cloud.seen("/").len(),
        2,
        "projects and Config, nothing after the refusal"
    );
}

#[tokio::test]
async fn an_iam_refusal_may_carry_a_number_as_code() {
    let cloud = Cloud::new();
    let body = json!({"error": {"code": 401, "message": "The request you have made requires authentication.", "title": "Unauthorized"}});
    cloud.on(PROJECTS, move |_| reply(401, &body));
    let error = cloud.account().check().await.unwrap_err();
    assert_eq!(error.blind().reason, Reason::Auth);
    assert!(error.detail.contains("(401)"), "{error}");
}

#[tokio::test]
async fn a_wrong_clock_is_named_with_its_minutes() {
    for (date, words) in [
        ("Mon, 26 Jan 2026 02:43:00 GMT", "17 min ahead"),
        ("Mon, 26 Jan 2026 03:20:30 GMT", "20 min behind"),
    ] {
        let cloud = Cloud::new();
        cloud.on(PROJECTS, move |_| {
            with_header(refused(401, "APIGW.0301", "x"), "date", date)
        });
        let error = cloud.account().check().await.unwrap_err();
        assert_eq!(error.blind().reason, Reason::Auth);
        assert!(error.detail.contains(words), "{error}");
    }
    let cloud = Cloud::new();
    let right = "Mon, 26 Jan 2026 03:00:30 GMT";
    cloud.on(PROJECTS, move |_| {
        with_header(
            refused(401, "APIGW.0301", "verify aksk signature fail"),
            "date",
            right,
        )
    });
    let error = cloud.account().check().await.unwrap_err();
    assert!(!error.detail.contains("clock"), "{error}");
    assert!(error.detail.contains("secret key does not belong"), "{error}");
}

#[tokio::test]
async fn an_expired_temporary_key_is_called_that() {
    let cloud = Cloud::new();
    cloud.on(PROJECTS, |seen| {
        assert_eq!(seen.headers["x-security-token"], TOKEN);
        refused(
            401,
            "APIGW.0301",
            "Incorrect IAM authentication information: token expired",
        )
    });
    let temporary = Credential {
        security_token: Some(TOKEN.into()),
        ..credential(WATCH)
    };
    let error = Huawei::new(config(), temporary, None, cloud.egress())
        .check()
        .await
        .unwrap_err();
    assert_eq!(error.blind().reason, Reason::Auth);
    assert!(error.detail.contains("temporary key has expired"), "{error}");

    cloud.on(PROJECTS, |_| {
        refused(
            401,
            "APIGW.0301",
            "x-security-token is required: securityToken missing",
        )
    });
    let error = cloud.account().check().await.unwrap_err();
    assert!(
        error.detail.contains("security token is missing or expired"),
        "{error}"
    );
}

#[tokio::test]
async fn a_missing_right_is_named() {
    let cases = [
        (
            refused(
                403,
                "CBC.0151",
                "user access denied.checkCustomerPermission,correct permission code is bss:order:view",
            ),
            "lacks the right bss:order:view",
        ),
        (
            refused(
                403,
                "PAP.0001",
                "User: iam::0d04:user:w is not authorized to perform: rms:resources:list on resource x",
            ),
            "lacks the right rms:resources:list",
        ),
        (
            reply(
                403,
                &json!({"error": {"code": "Pdp.0001", "message": "Policy doesn't allow ecs:cloudServers:stop to be performed."}}),
            ),
            "lacks the right ecs:cloudServers:stop",
        ),
        (
            reply(
                403,
                &json!({"error_code": "PAP.0001", "error_msg": "denied", "encoded_authorization_message": "AAAA"}),
            ),
            "can decode the details",
        ),
        (refused(403, "APIGW.0302", "no"), "APIGW.0302"),
    ];
    for (answer, words) in cases {
        let (error, _) = error_of(move |_| answer.clone()).await;
        assert_eq!(error.blind().reason, Reason::Scope);
        assert!(error.detail.contains(words), "{error}");
        assert!(!error.detail.contains("AAAA"));
    }
}

#[tokio::test]
async fn throttling_is_tried_again_and_then_reported_with_its_wait() {
    for code in ["APIGW.0308", "CBC.0250", "Common.1503", "ces.0429"] {
        let (error, tries) = error_of(move |_| refused(429, code, "slow")).await;
        assert_eq!(
            (error.blind().reason, error.retry_after),
            (Reason::Rate, None),
            "{code}"
        );
        assert_eq!(tries, 3);
    }
    let (error, tries) =
        error_of(|_| with_header(refused(429, "CBC.0250", "slow"), "retry-after", "9")).await;
    assert_eq!((error.retry_after, tries), (Some(Duration::from_secs(9)), 3));
    let (error, tries) = error_of(|_| with_header(raw(429, "<html>"), "retry-after", "120")).await;
    assert_eq!(error.blind().reason, Reason::Rate);
    assert_eq!(
        (error.retry_after, tries),
        (Some(Duration::from_secs(120)), 1),
        "a long wait is not slept through"
    );
    let (error, _) = error_of(|_| refused(202, "Common.0024", "flow limit")).await;
    assert_eq!(error.blind().reason, Reason::Rate, "202 is no success here");
}

#[tokio::test]
async fn a_throttled_call_that_then_succeeds_is_a_reading() {
    let cloud = Cloud::new();
    let first = std::sync::atomic::AtomicBool::new(true);
    cloud.on(USAGES, move |seen| {
        if first.swap(false, std::sync::atomic::Ordering::SeqCst) {
            return with_header(refused(429, "APIGW.0308", "slow"), "retry-after", "5");
        }
        ok(&usages_of(&seen.ids()))
    });
    let report = cloud.account().read().await.unwrap();
    assert!(report.meters.iter().all(|look| look.outcome.reading().is_some()));
    assert!(
        cloud.now().since(START.parse().unwrap()) >= Duration::from_secs(5),
        "it waited as told"
    );
    let dates: Vec<String> = cloud
        .seen(USAGES)
        .iter()
        .map(|seen| seen.headers["x-sdk-date"].clone())
        .collect();
    assert_ne!(dates[0], dates[1], "each try is signed anew");
}

#[tokio::test]
async fn faults_of_the_network_and_of_the_provider_are_transient() {
    let broken = |kind| move |_: &Seen| Err(Failure::new(kind, "host", "no"));
    let (error, tries) = error_of(|_| hangs()).await;
    assert_eq!(
        (error.blind().reason, tries),
        (Reason::Transient, 1),
        "a hang is not tried again"
    );
    let cases = [
        error_of(broken(FailureKind::Connect)).await,
        error_of(broken(FailureKind::Broken)).await,
        error_of(|_| refused(500, "CBC.0999", "unknown")).await,
        error_of(|_| raw(502, "<html>Bad gateway</html>")).await,
        error_of(|_| raw(504, "")).await,
    ];
    for (error, tries) in cases {
        assert_eq!(error.blind().reason, Reason::Transient, "{error}");
        assert_eq!(tries, 3);
    }
    let (error, tries) = error_of(broken(FailureKind::Tls)).await;
    assert_eq!(
        (error.blind().reason, tries),
        (Reason::Transient, 1),
        "a refused certificate is not tried again"
    );
    let (error, _) = error_of(broken(FailureKind::TooLarge)).await;
    assert_eq!(error.blind().reason, Reason::Shape);
}

#[tokio::test]
async fn after_three_failed_looks_the_service_is_left_alone_for_a_minute() {
    let cloud = Cloud::new();
    let huawei = cloud.account();
    huawei.read().await.unwrap();
    cloud.on(USAGES, |_| raw(503, ""));
    for _ in 0..3 {
        huawei.read().await.unwrap_err();
    }
    let before = cloud.seen(USAGES).len();
    let error = huawei.read().await.unwrap_err();
    assert_eq!(error.blind().reason, Reason::Transient);
    assert!(error.retry_after.is_some());
    assert_eq!(cloud.seen(USAGES).len(), before);
    huawei.state(&target()).await.unwrap();
    cloud.on(USAGES, |seen| ok(&usages_of(&seen.ids())));
    cloud.advance(Duration::from_secs(61));
    huawei.read().await.unwrap();
}

#[tokio::test]
async fn other_refusals_show_the_code_and_cut_words() {
    let long = "x".repeat(5000);
    let (error, tries) = error_of(move |_| refused(400, "CBC.0100", &long)).await;
    assert_eq!((error.blind().reason, tries), (Reason::Shape, 1));
    assert!(
        error.detail.contains("CBC.0100") && error.detail.len() < 200,
        "{error}"
    );
    let (error, _) = error_of(|_| refused(404, "APIGW.0101", "The API does not exist")).await;
    assert_eq!(error.blind().reason, Reason::Shape);
    let (error, _) = error_of(|_| raw(302, "")).await;
    assert!(error.detail.contains("HTTP 302"), "{error}");
}

/// The canaries: secrets that a hostile or chatty other side repeats at us.
fn echoes(status: u16) -> impl Fn(&Seen) -> Reply + Send + Sync + 'static {
    move |seen| {
        let told = format!("canonicalRequest: {} {} {:?}", WATCH.1, TOKEN, seen.headers);
        with_header(
            reply(
                status,
                &json!({"error_code": format!("X.{}", WATCH.1), "error_msg": told}),
            ),
            "x-request-id",
            WATCH.1,
        )
    }
}

#[tokio::test]
async fn no_error_and_no_debug_output_holds_a_secret() {
    for status in [200, 202, 302, 400, 401, 403, 404, 409, 429, 500, 501, 503] {
        let cloud = Cloud::new();
        cloud.on(USAGES, echoes(status));
        cloud.on(DETAIL, echoes(status));
        let temporary = Credential {
            security_token: Some(TOKEN.into()),
            ..credential(WATCH)
        };
        let debug = format!("{temporary:?}");
        let huawei = Huawei::new(config(), temporary, None, cloud.egress());
        let read = huawei.read().await.map(|report| format!("{report:?}"));
        let state = huawei.state(&target()).await.map(|state| format!("{state:?}"));
        let said = format!("{read:?} {state:?} {debug}");
        for secret in [WATCH.0, WATCH.1, TOKEN] {
            assert!(!said.contains(secret), "{status}: {said}");
        }
    }
}
