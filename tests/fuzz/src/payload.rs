//! Answers of providers: whatever comes, no secret is told, and a zero only where a zero was told.

use std::collections::BTreeMap;
use std::sync::Arc;

use secrecy::SecretString;
use tidegate_egress::Response;
use tidegate_meter::{Mono, Now, Reading, Zone};
use tidegate_providers::huawei::{Huawei, HuaweiConfig};
use tidegate_providers::proxy::Frame;
use tidegate_providers::sub_accounts::{Reach, SubAccounts};
use tidegate_providers::subscription_info::{Subscription, SubscriptionConfig, SubscriptionParams};
use tidegate_providers::volcengine::{Volcengine, VolcengineConfig};
use tidegate_providers::{Control, Credential, ProviderError, ReadReport, Source};

use crate::outside::{answer, egress, wait};

const SECRET: &str = "FAKE-canary-secret";

fn credential() -> Credential {
    Credential {
        ak: "FAKEAK".into(),
        sk: SECRET.into(),
        security_token: None,
    }
}

/// No secret is said, and what is nothing was told as nothing.
fn holds(report: &Result<ReadReport, ProviderError>, body: &[u8]) {
    assert!(!format!("{report:?}").contains(SECRET), "a secret is told");
    let has_zero = body.contains(&b'0') || body.contains(&b'-');
    for look in report.iter().flat_map(|report| &report.meters) {
        let left = look.outcome.reading().and_then(Reading::remaining);
        assert!(
            has_zero || left.is_none_or(|left| !left.is_zero()),
            "a zero of nothing"
        );
    }
}

/// A snapshot of a kernel: its sums do not wrap, and no error tells what it held.
pub(crate) fn frame(bytes: &[u8]) {
    let now = Now {
        wall: "2026-11-20T16:00:00Z".parse().unwrap(),
        mono: Mono(0),
    };
    match Frame::read(bytes, now) {
        Ok(frame) => {
            for connection in frame.connections.iter().flatten() {
                assert!(!connection.chain.is_empty(), "a connection without a way");
            }
        }
        Err(error) => assert!(error.detail.len() < 200, "{}", error.detail),
    }
}

/// A panel's answer: as a header, as a list, and packed.
pub(crate) fn subscription(bytes: &[u8]) {
    let named = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
    let line = String::from_utf8_lossy(bytes).into_owned();
    let header = Response {
        headers: named("subscription-userinfo", &line),
        ..answer(b"proxies: []\n")
    };
    let packed = Response {
        headers: named("content-encoding", "gzip"),
        ..answer(bytes)
    };
    for answer in [header, answer(bytes), packed] {
        let config = SubscriptionConfig {
            account: "airport".parse().unwrap(),
            url: SecretString::from(format!("https://panel.example/{SECRET}")),
            params: SubscriptionParams::read(&BTreeMap::new()).unwrap(),
            zone: Zone::beijing(),
        };
        let egress = egress("2026-11-10T04:00:00Z", move |_| answer.clone());
        let report = wait(Subscription::new(config, egress).unwrap().read());
        assert!(!format!("{report:?}").contains(SECRET), "a secret is told");
    }
}

macro_rules! recorded {
    ($provider:literal, $($place:literal => $name:literal),* $(,)?) => {
        [$((
            $place,
            include_bytes!(concat!(
                "../../../src-tauri/crates/providers/src/", $provider, "/fixtures/", $name, ".json"
            ))
            .as_slice(),
        )),*]
    };
}

/// Huawei's answers by a part of their paths.
static HUAWEI: [(&str, &[u8]); 7] = recorded!(
    "huawei",
    "/v3/auth/projects" => "projects",
    "/all-resources" => "instances",
    "/free-resources/query" => "packages",
    "/usages/details/query" => "usages",
    "/eip/publicips" => "addresses",
    "/batch-query-metric-data" => "points",
    "/cloudservers/detail" => "server",
);

/// The body in the place of each of Huawei's answers.
pub(crate) fn huawei(bytes: &[u8]) {
    for (place, _) in HUAWEI {
        let body = bytes.to_vec();
        let egress = egress("2026-01-26T03:00:00Z", move |request| {
            let path = request.url.path();
            let found = HUAWEI.iter().find(|(place, _)| path.contains(place));
            let recorded = found.map_or(&b"{}"[..], |(_, body)| body);
            answer(if path.contains(place) { &body } else { recorded })
        });
        let config = HuaweiConfig::new("hw-main".parse().unwrap());
        let huawei = Huawei::new(config, credential(), None, egress);
        // Of the other answers no number is made: the recorded usages hold a zero of their own.
        let told = if place.contains("usages") { bytes } else { b"0" };
        holds(&wait(huawei.read()), told);
        let _ = wait(huawei.discover(true));
        let _ = wait(huawei.check());
    }
}

/// Volcengine's answers by their action.
static VOLCENGINE: [(&str, &[u8]); 9] = recorded!(
    "volcengine",
    "ListUsers" => "users",
    "GetUser" => "user",
    "ListAccessKeys" => "keys",
    "GetLoginProfile" => "login",
    "ListAttachedUserPolicies" => "attached",
    "GetPolicy" => "deny_all",
    "ListEndpoints" => "endpoints",
    "ListSplitBillDetail" => "bill",
    "GetCallerIdentity" => "caller",
);

/// The body in the place of each of Volcengine's answers.
pub(crate) fn volcengine(bytes: &[u8]) {
    for (place, _) in VOLCENGINE {
        let body = bytes.to_vec();
        let egress = egress("2026-03-20T04:00:00Z", move |request| {
            let action = request.url.query_pairs().find(|(key, _)| key == "Action");
            let action = action.map(|(_, action)| action.into_owned()).unwrap_or_default();
            let found = VOLCENGINE.iter().find(|(place, _)| *place == action);
            let recorded = found.map_or(&b"{}"[..], |(_, body)| body);
            answer(if action == place { &body } else { recorded })
        });
        let config = VolcengineConfig::new("volc-main".parse().unwrap());
        let account = Arc::new(Volcengine::new(config, credential(), None, egress));
        let target = tidegate_meter::Target {
            kind: tidegate_meter::TargetKind::SubAccount,
            id: "60000001".parse().unwrap(),
            name: "bob".to_owned(),
            region: String::new(),
        };
        let said = wait(async {
            let read = account.read().await;
            let survey = account.survey(&target, &Reach::default()).await;
            let state = account.state(&target).await;
            format!("{read:?} {survey:?} {state:?}")
        });
        assert!(!said.contains(SECRET), "a secret is told");
    }
}
